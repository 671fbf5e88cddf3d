//! A body as a row of units: log entries, tasks, and single lines of all else.

use std::borrow::Cow;

use super::front::unified;
use crate::text::body::Body;
use crate::text::{Span, When};

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// A line that belongs to no entry and no task.
    Line,
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
}

impl Unit<'_> {
    pub(super) fn is_line(&self) -> bool {
        self.kind == UnitKind::Line
    }

    /// The first line.
    pub(super) fn head(&self) -> &str {
        self.meaning.lines().next().unwrap_or_default()
    }
}

/// Cuts a body into its units.
pub(super) fn units(text: &str) -> Vec<Unit<'_>> {
    let body = Body::parse(text, Span::new(0, text.len()));
    let mut blocks: Vec<(Span, UnitKind)> =
        body.log.iter().map(|entry| (whole_lines(text, entry.span), UnitKind::Entry { at: entry.moment() })).collect();
    let own = |task: &&crate::text::body::TaskBlock| task.entry.is_none() && task.parent.is_none();
    for task in body.tasks.iter().filter(own) {
        let lines = whole_lines(text, Span::new(task.span.start(), end_of(text, task.span)));
        // Behind a quote sign the lines are not the task's alone.
        if Span::new(lines.start(), task.span.start()).of(text).trim().is_empty() {
            blocks.push((lines, UnitKind::Task));
        }
    }
    blocks.sort_by_key(|(span, _)| span.start());
    let mut units = Vec::new();
    let mut at = 0;
    for (span, kind) in blocks {
        if span.start() < at {
            continue;
        }
        lines(Span::new(at, span.start()).of(text), &mut units);
        let text = span.of(text);
        units.push(Unit { kind, text, meaning: meaning(text) });
        at = span.end();
    }
    lines(text.get(at..).unwrap_or_default(), &mut units);
    units
}

fn lines<'t>(text: &'t str, units: &mut Vec<Unit<'t>>) {
    let line = |text: &'t str| Unit {
        kind: UnitKind::Line,
        text,
        meaning: Cow::Borrowed(text.trim_end_matches(['\n', '\r'])),
    };
    units.extend(text.split_inclusive('\n').map(line));
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
