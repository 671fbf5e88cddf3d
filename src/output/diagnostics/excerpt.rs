use std::ops::Range;

use super::super::clean::push_visible;
use super::super::measure::char_width;
use super::source::Source;
use crate::text::Span;

/// A mark over more lines than this is shown by its first line alone.
const MOST_LINES: usize = 4;
/// How wide a tab is drawn.
const TAB: &str = "    ";

/// The lines around marks, as they may be shown: clean, without line ends of their own kind, and cut to a width.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// The number of the first line.
    pub(super) first_line: usize,
    /// The number of the last line.
    pub(super) last_line: usize,
    /// The marks in `text`, in the order they were given.
    pub(super) marks: Vec<Range<usize>>,
}

impl Excerpt {
    /// The lines of `source` from the first of `marks` to the last, no wider than `width` columns each.
    pub(super) fn new(source: &Source, marks: &[Span], width: usize) -> Self {
        let marks: Vec<Span> = marks.iter().map(|mark| tidy(source, *mark)).collect();
        let first_line = marks.iter().map(|mark| source.line(mark.start())).min().unwrap_or(1);
        let last_line = marks.iter().map(|mark| source.line(mark.end())).max().unwrap_or(first_line);
        let mut excerpt = Self { text: String::new(), first_line, last_line, marks: vec![0..0; marks.len()] };
        for line in first_line..=last_line {
            if line > first_line {
                excerpt.text.push('\n');
            }
            excerpt.add_line(source, source.line_span(line), &marks, width);
        }
        excerpt
    }

    fn add_line(&mut self, source: &Source, line: Span, marks: &[Span], width: usize) {
        let begins = |mark: &&Span| line.start() <= mark.start() && mark.start() <= line.end();
        let from = marks.iter().filter(begins).map(|mark| mark.start()).min().unwrap_or(line.start());
        let shown = window(source, line, from, width);
        let mut end = shown.start();
        if shown.start() > line.start() {
            self.text.push('…');
        }
        for (at, c) in shown.of(&source.text).char_indices() {
            let here = shown.start() + at;
            self.place(marks, end..=here);
            end = here + 1;
            match c {
                '\t' => self.text.push_str(TAB),
                // A byte-order mark takes no column in an editor.
                '\u{feff}' if here == 0 => {}
                _ => push_visible(&mut self.text, c),
            }
        }
        self.place(marks, end..=line.end());
        if shown.end() < line.end() {
            self.text.push('…');
        }
    }

    /// Marks that begin or end at these bytes of the source do so at the end of what is there of the text.
    fn place(&mut self, marks: &[Span], here: std::ops::RangeInclusive<usize>) {
        for (mark, placed) in marks.iter().zip(&mut self.marks) {
            if here.contains(&mark.start()) {
                *placed = self.text.len()..self.text.len();
            }
            if here.contains(&mark.end()) && !mark.is_empty() {
                placed.end = self.text.len();
            }
        }
    }
}

/// The mark without line ends at its end; of a mark over many lines, its part in the first.
fn tidy(source: &Source, mark: Span) -> Span {
    let text = mark.of(&source.text);
    let kept = text.trim_end_matches(['\n', '\r']);
    let many = kept.bytes().filter(|b| *b == b'\n').nth(MOST_LINES - 1).is_some();
    let kept = if many { kept.lines().next().unwrap_or("") } else { kept };
    Span::new(mark.start(), mark.start() + kept.len())
}

/// The part of a line that is shown: all of it if it fits, else as much as fits around `from`.
fn window(source: &Source, line: Span, from: usize, width: usize) -> Span {
    let before = Span::new(line.start(), from).of(&source.text);
    let after = Span::new(from, line.end()).of(&source.text);
    let room_before = width / 3;
    let (tail, tail_width) = take_width(before.chars().rev(), width);
    let (head, _) = take_width(after.chars(), width - tail_width);
    if tail == before.len() && head == after.len() {
        return line;
    }
    let (tail, tail_width) = take_width(before.chars().rev(), if tail_width > room_before { room_before } else { width });
    let (head, _) = take_width(after.chars(), (width - tail_width).saturating_sub(2));
    Span::new(from - tail, from + head)
}

/// How many bytes of the characters fit into `width` columns, and how many columns they take.
fn take_width(chars: impl Iterator<Item = char>, width: usize) -> (usize, usize) {
    let (mut bytes, mut used) = (0, 0);
    for c in chars {
        let next = used + shown_width(c);
        if next > width {
            break;
        }
        used = next;
        bytes += c.len_utf8();
    }
    (bytes, used)
}

fn shown_width(c: char) -> usize {
    match c {
        '\t' => TAB.len(),
        _ if super::super::clean::must_go(c) => 8,
        _ => char_width(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, marked: &str, width: usize) -> (String, String) {
        let at = text.find(marked).unwrap_or_default();
        let source = Source::new(text.to_owned());
        let excerpt = Excerpt::new(&source, &[Span::new(at, at + marked.len())], width);
        let mark = excerpt.marks.first().cloned().and_then(|mark| excerpt.text.get(mark)).unwrap_or("?").to_owned();
        (excerpt.text, mark)
    }

    #[test]
    fn only_the_marked_lines_are_taken_and_tabs_are_spread() {
        assert_eq!(excerpt("a\n\tstage: x\r\nb\n", "x", 40), ("    stage: x".into(), "x".into()));
        assert_eq!(excerpt("a\nb\nc\n", "a\nb\n", 40), ("a\nb".into(), "a\nb".into()));
    }

    #[test]
    fn what_steers_a_terminal_is_shown_and_marked_as_what_is_shown() {
        assert_eq!(excerpt("name: \u{1b}[2J", "\u{1b}", 40), ("name: ␛[2J".into(), "␛".into()));
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = format!("{} here {}", "x".repeat(3000), "y".repeat(3000));
        let (text, mark) = excerpt(&long, "here", 30);
        assert_eq!((text.as_str(), mark.as_str()), ("…xxxxxxxxx here yyyyyyyyyyyyyy…", "here"));
    }

    #[test]
    fn a_mark_over_many_lines_shows_the_first() {
        assert_eq!(excerpt("---\na\nb\nc\nd\n---\n", "---\na\nb\nc\nd\n---", 40), ("---".into(), "---".into()));
    }
}
