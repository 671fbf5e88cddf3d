//! A body as a row of units: log entries, tasks, and single lines of all else.

use std::borrow::Cow;

use crate::text::body::{Body, LogBlock, TaskBlock, TaskKey};
use crate::text::{Span, When, unified};

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// A line that belongs to no entry and no task.
    Line,
    /// Such a line that begins a section: `## Tasks`.
    Heading,
    /// A task with what is nested in it.
    Task,
    /// A log entry.
    Entry { at: Option<When> },
}

/// A stretch of the body; all of them together are the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit<'t> {
    pub(super) kind: UnitKind,
    /// The bytes as they stand there.
    pub(super) text: &'t str,
    /// The same with LF at the line ends, and without those at the end: what is compared.
    pub(super) meaning: Cow<'t, str>,
    /// What it is called: what is to be done, or the head of an entry; nothing for a line.
    pub(super) name: Cow<'t, str>,
    /// The day that a task is due on.
    pub(super) due: Option<&'t str>,
}

impl Unit<'_> {
    pub(super) fn is_line(&self) -> bool {
        matches!(self.kind, UnitKind::Line | UnitKind::Heading)
    }

    /// True for an entry that has a title of its own.
    pub(super) fn is_titled(&self) -> bool {
        self.head().contains(": ")
    }

    /// The first line.
    pub(super) fn head(&self) -> &str {
        self.meaning.lines().next().unwrap_or_default()
    }
}

/// Cuts a body into its units.
pub(super) fn units<'t>(text: &'t str) -> Vec<Unit<'t>> {
    let body = Body::parse(text, Span::new(0, text.len()));
    let entry = |entry: &LogBlock| {
        let lines = whole_lines(text, entry.span);
        let name = lines.of(text).lines().next().unwrap_or_default().trim_end();
        let kind = UnitKind::Entry { at: entry.moment() };
        (lines, Unit { kind, text: "", meaning: "".into(), name: name.into(), due: None })
    };
    let mut blocks: Vec<(Span, Unit<'t>)> = body.log.iter().map(entry).collect();
    let own = |task: &&TaskBlock| task.entry.is_none() && task.parent.is_none();
    for task in body.tasks.iter().filter(own) {
        let lines = whole_lines(text, Span::new(task.span.start(), end_of(text, task.span)));
        // Behind a quote sign the lines are not the task's alone.
        if Span::new(lines.start(), task.span.start()).of(text).trim().is_empty() {
            let (name, due) = (Cow::Owned(name_of(task, text)), task.value(text, TaskKey::Due));
            blocks.push((lines, Unit { kind: UnitKind::Task, text: "", meaning: "".into(), name, due }));
        }
    }
    blocks.sort_by_key(|(span, _)| span.start());
    let headings = body.headings.iter().filter(|heading| heading.atx && heading.entry.is_none());
    let mut headings = headings.map(|heading| heading.span.start()).peekable();
    let mut units = Vec::new();
    let mut at = 0;
    let mut lines = |span: Span, units: &mut Vec<Unit<'t>>| {
        let mut start = span.start();
        for line in span.of(text).split_inclusive('\n') {
            let end = start + line.len();
            while headings.next_if(|heading| *heading < start).is_some() {}
            let kind =
                if headings.next_if(|heading| *heading < end).is_some() { UnitKind::Heading } else { UnitKind::Line };
            let meaning = Cow::Borrowed(line.trim_end_matches(['\n', '\r']));
            units.push(Unit { kind, text: line, meaning, name: "".into(), due: None });
            start = end;
        }
    };
    for (span, unit) in blocks {
        if span.start() < at {
            continue;
        }
        lines(Span::new(at, span.start()), &mut units);
        let text = span.of(text);
        units.push(Unit { text, meaning: meaning(text), ..unit });
        at = span.end();
    }
    lines(Span::new(at, text.len()), &mut units);
    units
}

/// What a task's first line says is to be done, without its tokens.
fn name_of(task: &TaskBlock, text: &str) -> String {
    let line = text.get(task.marker.end()..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    let end = task.marker.end() + line;
    let (mut name, mut at) = (String::new(), task.marker.end());
    for token in task.tokens.iter().filter(|token| token.span.end() <= end) {
        name.push_str(text.get(at..token.span.start()).unwrap_or_default());
        at = token.span.end();
    }
    name.push_str(text.get(at..end).unwrap_or_default());
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn meaning(text: &str) -> Cow<'_, str> {
    match unified(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
        Cow::Owned(text) => Cow::Owned(text.trim_end().to_owned()),
    }
}

/// Where the last line of a list item ends that is not blank.
fn end_of(text: &str, item: Span) -> usize {
    item.start() + item.of(text).trim_end().len()
}

/// From the start of the first line to just past the last one's end.
fn whole_lines(text: &str, span: Span) -> Span {
    let start = text.get(..span.start()).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = match text.get(..span.end()) {
        Some(before) if before.ends_with('\n') && span.end() > start => span.end(),
        _ => text.get(span.end()..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| span.end() + at + 1),
    };
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_of_no_entry_begins_a_section() {
        let text = "Text\n====\n## A\r\n\n```\n## no\n```\n### 2026-11-20 call: x\n#### of it\n  ### B";
        let headings = units(text).into_iter().filter(|unit| unit.kind == UnitKind::Heading);
        assert_eq!(headings.map(|unit| unit.text).collect::<Vec<_>>(), ["## A\r\n", "  ### B"]);
    }

    #[test]
    fn the_units_are_the_body() {
        let text = "Text.\n\n## Tasks\n\n- [ ] a\n  - why\n- [x] b\n\n> - [ ] quoted\n\n## Log\n\n### 2026-11-20 call: x\n\n- [ ] in it\n\n### 2026-11-01 visit\ny";
        let units = units(text);
        assert_eq!(units.iter().map(|unit| unit.text).collect::<String>(), text);
        let blocks: Vec<&str> = units.iter().filter(|unit| !unit.is_line()).map(|unit| unit.text).collect();
        assert_eq!(
            blocks,
            ["- [ ] a\n  - why\n", "- [x] b\n", "### 2026-11-20 call: x\n\n- [ ] in it\n\n", "### 2026-11-01 visit\ny"]
        );
    }
}
