//! Where a new block goes and what must stand around it.

use crate::text::Edit;
use crate::text::body::{Body, Heading};

/// The line end of a text: that of its first line, `\n` for a text without any.
pub(super) fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\r') => "\r\n",
        _ => "\n",
    }
}

/// The edit that puts `lines` (parted by `\n`) as a block of their own before the line that starts at `at`, or at the
/// end of the body.
pub(super) fn block(text: &str, body: &Body, at: usize, lines: &str) -> Edit {
    let end = line_end(text);
    let before = text.get(..at).unwrap_or("");
    let at_start = text.get(body.span.start()..at).unwrap_or("").trim().is_empty();
    let lead = match before.ends_with('\n') {
        _ if before.is_empty() => 0,
        true if at_start || ends_blank(before) => 0,
        true => 1,
        false if at_start => 1,
        false => 2,
    };
    let tail = match at == body.span.end() {
        false => 2,
        // A text without a final line end stays one.
        true => usize::from(before.is_empty() || before.ends_with('\n')),
    };
    Edit::insert(at, format!("{}{}{}", end.repeat(lead), lines.replace('\n', end), end.repeat(tail)))
}

fn ends_blank(before: &str) -> bool {
    let line = before.strip_suffix('\n').unwrap_or(before);
    let line = line.strip_suffix('\r').unwrap_or(line);
    line.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Where the line of a heading starts.
pub(super) fn line_of(text: &str, heading: &Heading) -> usize {
    let before = text.get(..heading.span.start()).unwrap_or("");
    before.len() - before.bytes().rev().take_while(|b| *b == b' ').count()
}

/// Where the section of the heading with this number ends: at the next heading of its level or a higher one.
pub(super) fn section_end(text: &str, body: &Body, heading: usize) -> usize {
    let level = body.headings.get(heading).map_or(0, |heading| heading.level);
    let next = body.headings.iter().skip(heading + 1).find(|next| next.level <= level);
    next.map_or(body.span.end(), |next| line_of(text, next))
}
