use std::io::{self, Write};

use super::source::Source;
use crate::diagnostic::Fix;
use crate::output::{Options, Style, clean, paint, shorten};
use crate::text::{Edit, splice};

/// At most this many lines that go, and as many that come, are shown of one change.
const MOST_LINES: usize = 6;

/// An edit that begins further in its line shows only so much of what stands before it, in bytes.
const MOST_BEFORE: usize = 100;
const SHOWN_BEFORE: usize = 40;
/// So much, in bytes, is looked at of what follows in the line: no screen shows more.
const MOST_AFTER: usize = 1000;

/// Lines that go and lines that come in their place.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    /// The number of the first line.
    line: usize,
    old: Vec<String>,
    new: Vec<String>,
}

/// What a fix changes, line by line.
pub(super) struct Changes(Vec<Change>);

impl Changes {
    /// The changes of a fix to the text; none where they do not fit it.
    pub(super) fn new(fix: &Fix, source: Option<&Source>) -> Self {
        Self(source.map(|source| changes(source, &fix.edits)).unwrap_or_default())
    }

    /// The last line that goes or comes.
    pub(super) fn last_line(&self) -> usize {
        let lines = |change: &Change| change.line + change.old.len().max(change.new.len()).saturating_sub(1);
        self.0.last().map_or(1, lines)
    }

    /// Writes what the fix would do: its title, and the lines that go and come.
    pub(super) fn write(&self, fix: &Fix, gutter: usize, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        let help = paint("help", Style::Good, options.color);
        let title = clean(&fix.title);
        match &fix.rename {
            Some(path) if !fix.title.contains(path.as_str()) => {
                writeln!(out, "{help}: {title}: {}", clean(path.as_str()))?;
            }
            _ => writeln!(out, "{help}: {title}")?,
        }
        if !self.0.is_empty() {
            writeln!(out, "{}", paint(&format!("{:gutter$} |", ""), Style::Muted, options.color))?;
        }
        for (i, change) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(out, "...")?;
            }
            let old = change.old.iter().map(|line| clean(line));
            write_lines(change.line, old, ('-', Style::Alarm), gutter, options, out)?;
            let new = change.new.iter().map(|line| clean(line));
            write_lines(change.line, new, ('+', Style::Good), gutter, options, out)?;
        }
        Ok(())
    }
}

fn write_lines<'a>(
    first: usize,
    lines: impl Iterator<Item = std::borrow::Cow<'a, str>>,
    (sign, style): (char, Style),
    gutter: usize,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = options.width.unwrap_or(140).saturating_sub(gutter + 3).max(20);
    for (i, line) in lines.enumerate() {
        if i == MOST_LINES {
            return writeln!(out, "...");
        }
        let number = paint(&format!("{:gutter$}", first + i), Style::Muted, options.color);
        let text = format!("{sign} {}", shorten(&line, width, options.unicode));
        writeln!(out, "{number} {}", paint(text.trim_end(), style, options.color))?;
    }
    Ok(())
}

/// The lines that edits change; none where they do not fit the text.
fn changes(source: &Source, edits: &[Edit]) -> Vec<Change> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut groups: Vec<(usize, usize, Vec<Edit>)> = Vec::new();
    for edit in edits {
        let (first, last) = (source.line(edit.span.start()), source.line(edit.span.end()));
        match groups.last_mut() {
            Some((_, end, group)) if first <= *end => {
                *end = last.max(*end);
                group.push(edit.clone());
            }
            _ => groups.push((first, last, vec![edit.clone()])),
        }
    }
    groups.into_iter().filter_map(|(first, last, group)| change(source, first, last, &group)).collect()
}

fn change(source: &Source, first: usize, last: usize, edits: &[Edit]) -> Option<Change> {
    let line_start = source.line_span(first).start();
    let line_end = source.line_span(last).end().max(line_start);
    // Of a line as long as a book only what stands around the edits is taken, lest many such fixes take for ever.
    let begin = edits.iter().map(|edit| edit.span.start()).min().unwrap_or(line_start);
    let end = edits.iter().map(|edit| edit.span.end()).max().unwrap_or(line_end);
    let (from, head) = match begin.saturating_sub(line_start) > MOST_BEFORE {
        true => (source.text.floor_char_boundary(begin - SHOWN_BEFORE), "…"),
        false => (line_start, ""),
    };
    let (to, tail) = match line_end.saturating_sub(end) > MOST_AFTER {
        true => (source.text.floor_char_boundary(end + MOST_AFTER), "…"),
        false => (line_end, ""),
    };
    let text = format!("{head}{}{tail}", source.text.get(from..to)?);
    let local: Vec<Edit> = edits
        .iter()
        .map(|edit| {
            let start = edit.span.start().checked_sub(from)? + head.len();
            Some(Edit::replace(crate::text::Span::new(start, start + edit.span.len()), edit.text.clone()))
        })
        .collect::<Option<_>>()?;
    let after = splice(&text, &local).ok()?;
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (text.split('\n').collect(), after.split('\n').collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    old.drain(..same);
    new.drain(..same);
    while let (Some(a), Some(b)) = (old.last(), new.last())
        && a == b
    {
        old.pop();
        new.pop();
    }
    let changed = !(old.is_empty() && new.is_empty());
    let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
    changed.then(|| Change { line: first + same, old: owned(old), new: owned(new) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn shown(text: &str, edits: Vec<Edit>) -> String {
        let fix = Fix { title: "mend it".into(), edits, rename: None, certain: true };
        let mut out = Vec::new();
        let source = Source::new(text.to_owned());
        Changes::new(&fix, Some(&source)).write(&fix, 1, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_lines_that_change_are_shown() {
        let text = "a: 1\nb: 2\nc: 3\n";
        assert_eq!(shown(text, vec![Edit::insert(5, "new: x\n")]), "help: mend it\n  |\n2 + new: x\n");
        assert_eq!(shown(text, vec![Edit::remove(Span::new(5, 10))]), "help: mend it\n  |\n2 - b: 2\n");
        assert_eq!(
            shown(text, vec![Edit::replace(Span::new(13, 14), "4"), Edit::replace(Span::new(3, 4), "0")]),
            "help: mend it\n  |\n1 - a: 1\n1 + a: 0\n...\n3 - c: 3\n3 + c: 4\n"
        );
    }

    #[test]
    fn of_a_long_line_what_stands_around_the_edit_is_shown() {
        let text = format!("a: {}ż bad {}\n", "x".repeat(3000), "y".repeat(3000));
        let at = text.find("bad").unwrap();
        let shown = shown(&text, vec![Edit::replace(Span::new(at, at + 3), "good")]);
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        let before = "x".repeat(SHOWN_BEFORE - 3);
        assert!(lines[0].starts_with(&format!("1 - …{before}ż bad yyy")), "{shown}");
        assert!(lines[1].starts_with(&format!("1 + …{before}ż good yyy")), "{shown}");
        assert!(lines.iter().all(|line| line.ends_with("y…") && line.chars().count() <= 140), "{shown}");
    }

    #[test]
    fn edits_that_do_not_fit_are_not_shown() {
        assert_eq!(shown("a", vec![Edit::remove(Span::new(5, 9))]), "help: mend it\n");
        assert_eq!(shown("", vec![]), "help: mend it\n");
    }
}
