use std::collections::BTreeSet;
use std::ops::Range;

use super::super::clean::{must_go, push_visible};
use super::super::measure::{char_width, text_width};
use super::source::Source;
use crate::text::Span;

/// A mark over more lines than this is shown by its first line alone.
const MOST_LINES: usize = 4;
/// How wide a tab is drawn.
const TAB: &str = "    ";

/// A marked line as it may be shown: clean, and cut to a width around its marks.
#[derive(Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// The part of a mark that lies in one line.
#[derive(Debug)]
pub(super) struct Mark {
    /// Which of the marks that were asked for.
    pub(super) of: usize,
    /// The columns under which it stands, from 0; at least one.
    pub(super) columns: Range<usize>,
    /// Whether the mark ends here.
    pub(super) ends: bool,
}

/// The lines of `source` that hold `marks`, no wider than `width` columns; marks must fit the source.
pub(super) fn excerpt(source: &Source, marks: &[Span], width: usize) -> Vec<Line> {
    let marks: Vec<Span> = marks.iter().map(|mark| tidy(source, *mark)).collect();
    let lines = marks.iter().flat_map(|mark| source.line(mark.start())..=source.line(mark.end()));
    let lines: BTreeSet<usize> = lines.collect();
    lines.into_iter().map(|number| line(source, number, &marks, width)).collect()
}

fn line(source: &Source, number: usize, marks: &[Span], width: usize) -> Line {
    let whole = source.line_span(number);
    let parts: Vec<(usize, Span, bool)> = marks
        .iter()
        .enumerate()
        .filter(|(_, mark)| source.line(mark.start()) <= number && number <= source.line(mark.end()))
        .map(|(of, mark)| {
            let part = Span::new(mark.start().max(whole.start()), mark.end().min(whole.end()));
            (of, part, source.line(mark.end()) == number)
        })
        .collect();
    let from = parts.iter().map(|(_, part, _)| part.start()).min().unwrap_or(whole.start()).min(whole.end());
    let shown = window(source, whole, from, width);
    let head = if shown.start() > whole.start() { "…" } else { "" };
    let tail = if shown.end() < whole.end() { "…" } else { "" };
    let text = format!("{head}{}{tail}", visible(shown.of(&source.text), shown.start()));
    let column = |at: usize| {
        let before = Span::new(shown.start(), at.clamp(shown.start(), shown.end())).of(&source.text);
        text_width(head) + text_width(&visible(before, shown.start()))
    };
    let marks = parts.into_iter().map(|(of, part, ends)| {
        let start = column(part.start());
        Mark { of, columns: start..column(part.end()).max(start + 1), ends }
    });
    Line { number, marks: marks.collect(), text }
}

/// The text as it may be shown; `at` is its place in the file.
fn visible(text: &str, at: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        match c {
            '\t' => out.push_str(TAB),
            // A byte-order mark takes no column in an editor.
            '\u{feff}' if at + i == 0 => {}
            _ => push_visible(&mut out, c),
        }
    }
    out
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
    let (tail, tail_width) = take_width(before.chars().rev(), width);
    let (head, _) = take_width(after.chars(), width - tail_width);
    if tail == before.len() && head == after.len() {
        return line;
    }
    // Room for the two ellipses, and a third of the rest for what stands before the mark.
    let room = width.saturating_sub(2);
    let (tail, tail_width) = take_width(before.chars().rev(), room / 3);
    let (head, _) = take_width(after.chars(), room - tail_width);
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
        _ if must_go(c) => {
            let mut stand_in = String::new();
            push_visible(&mut stand_in, c);
            text_width(&stand_in)
        }
        _ => char_width(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line as it is shown, and below it its marks.
    fn shown(text: &str, marked: &str, width: usize) -> Vec<String> {
        let at = text.find(marked).unwrap();
        let lines = excerpt(&Source::new(text.to_owned()), &[Span::new(at, at + marked.len())], width);
        let row = |mark: &Mark| format!("{}{}", " ".repeat(mark.columns.start), "^".repeat(mark.columns.len()));
        lines
            .into_iter()
            .flat_map(|line| [vec![line.text.clone()], line.marks.iter().map(row).collect()].concat())
            .collect()
    }

    #[test]
    fn only_the_marked_lines_are_taken_and_tabs_are_spread() {
        assert_eq!(shown("a\n\tstage: x\r\nb\n", "x", 40), ["    stage: x", "           ^"]);
        assert_eq!(shown("a\nbb\nc\n", "a\nbb\n", 40), ["a", "^", "bb", "^^"]);
    }

    #[test]
    fn what_steers_a_terminal_is_shown_and_marked_as_what_is_shown() {
        assert_eq!(shown("x: \u{1b}[2J\u{9b}", "\u{9b}", 40), ["x: ␛[2J\\u{9b}", "       ^^^^^^"]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = format!("{} here {}", "x".repeat(3000), "y".repeat(3000));
        assert_eq!(shown(&long, "here", 30), ["…xxxxxxxx here yyyyyyyyyyyyyy…", "          ^^^^"]);
        let wide = "株".repeat(3000);
        assert_eq!(shown(&wide, "株", 8), ["株株株…", "^^"]);
    }

    #[test]
    fn a_mark_over_many_lines_shows_the_first() {
        assert_eq!(shown("---\na\nb\nc\nd\n---\n", "---\na\nb\nc\nd\n---", 40), ["---", "^^^"]);
    }
}
