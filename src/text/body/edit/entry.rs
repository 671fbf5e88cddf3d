//! One log entry more.

use super::guard::Guard;
use super::place::{block, line_of, section_end};
use super::{BodyEditError, escape};
use crate::text::body::{Body, LogBlock, oldest_first};
use crate::text::{Edit, When};

/// A log entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened; the time is written after a space.
    pub when: When,
    /// The words before the colon, each without spaces: `call`, `out`, `25m`, `@anna`, `with:kowalski`.
    pub tokens: Vec<String>,
    /// What follows the colon; made one line. Empty for none.
    pub title: String,
    /// What stands under the heading; escaped where it would read as structure. Empty for nothing.
    pub text: String,
}

/// The edits that write `entry` where the file's own order puts it: newest first, unless the file's entries are oldest
/// first. `## Log` is made at the end where there is neither such a heading nor an entry.
///
/// # Errors
/// [`BodyEditError`] if a token is no word, or if the entry would not be read back as meant.
pub fn insert_entry(text: &str, body: &Body, entry: &NewEntry) -> Result<Vec<Edit>, BodyEditError> {
    for token in &entry.tokens {
        let plain = !token.is_empty() && !token.contains(|c: char| c.is_whitespace() || c.is_control());
        if !plain || token.ends_with(':') {
            return Err(BodyEditError::BadToken { token: token.clone() });
        }
    }
    let place = place(text, body, entry.when);
    let under = escape::escaped(&entry.text);
    let heading = heading_text(entry);
    let mut lines = String::new();
    if place.makes_log {
        lines.push_str("## Log\n\n");
    }
    lines.push_str(&"#".repeat(usize::from(place.level)));
    lines.push(' ');
    lines.push_str(&heading);
    if !under.is_empty() {
        lines.push_str("\n\n");
        lines.push_str(&under);
    }
    let edits = vec![block(text, body, place.at, &lines)];
    Guard::new(text, body).entry_added(&edits, place.at, entry, &under)?;
    Ok(edits)
}

/// The heading's text: `DATE[ TIME] token*[: TITLE]`.
fn heading_text(entry: &NewEntry) -> String {
    let mut heading = entry.when.spaced();
    for token in &entry.tokens {
        heading.push(' ');
        heading.push_str(token);
    }
    let title = heading_title(&entry.title);
    if !title.is_empty() {
        heading.push_str(": ");
        heading.push_str(&title);
    }
    heading
}

/// A title as it is written: one line, with the signs escaped that a heading would lose at its end.
pub(super) fn heading_title(title: &str) -> String {
    let title = escape::one_line(title);
    let open = title.trim_end_matches('#');
    match open.len() < title.len() && (open.is_empty() || open.ends_with(' ')) {
        true => format!("{open}\\{}", title.get(open.len()..).unwrap_or("")),
        false => title,
    }
}

struct Place {
    at: usize,
    level: u8,
    makes_log: bool,
}

fn place(text: &str, body: &Body, when: When) -> Place {
    let section = body.log_section();
    let inside = |entry: &&LogBlock| section.is_none_or(|section| section.span.contains(entry.heading));
    let level = body.log.iter().filter(inside).map(|entry| entry.level).min();
    // A deeper dated heading belongs to the entry before it.
    let peers: Vec<&LogBlock> = body.log.iter().filter(inside).filter(|entry| Some(entry.level) == level).collect();
    let dated: Vec<(When, &LogBlock)> = peers.iter().filter_map(|entry| Some((entry.moment()?, *entry))).collect();
    let Some((level, last)) = level.zip(peers.last()) else {
        return match section {
            Some(section) => Place { at: section.span.end(), level: (section.level + 1).min(6), makes_log: false },
            None => Place { at: body.span.end(), level: 3, makes_log: true },
        };
    };
    let before = match oldest_first(dated.iter().map(|(when, _)| *when)) {
        false => dated.iter().find(|(other, _)| *other <= when).map(|(_, entry)| *entry),
        true => {
            let after = dated.iter().rev().find(|(other, _)| *other <= when).map(|(_, entry)| entry.span.start());
            peers.iter().find(|entry| after.is_none_or(|after| entry.span.start() > after)).copied()
        }
    };
    let at = match before {
        Some(entry) => entry.span.start(),
        None => end_of(text, body, last),
    };
    Place { at, level, makes_log: false }
}

/// Where an entry ends together with the deeper headings after it.
fn end_of(text: &str, body: &Body, entry: &LogBlock) -> usize {
    let heading = body.headings.iter().position(|heading| heading.span == entry.heading);
    heading.map_or(entry.span.end(), |heading| section_end(text, body, heading))
}

/// Where the first log section or entry begins, before which other sections go.
pub(super) fn log_start(text: &str, body: &Body) -> Option<(usize, u8)> {
    let log = body.log_section().map(|section| section.heading);
    let first = body.headings.iter().find(|heading| match log {
        Some(log) => heading.span == log,
        None => heading.entry.is_some(),
    })?;
    Some((line_of(text, first), first.level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Span, splice};

    fn entry(when: &str, text: &str) -> NewEntry {
        let tokens = vec!["call".to_owned(), "@anna".to_owned()];
        NewEntry { when: When::parse(when).unwrap(), tokens, title: "Price: 5 #".into(), text: text.into() }
    }

    fn inserted(text: &str, new: &NewEntry) -> Result<String, BodyEditError> {
        let body = Body::parse(text, Span::new(0, text.len()));
        Ok(splice(text, &insert_entry(text, &body, new)?)?)
    }

    #[test]
    fn a_new_file_gets_a_log() {
        let new = entry("2026-11-20T14:30", "");
        assert_eq!(inserted("", &new).unwrap(), "## Log\n\n### 2026-11-20 14:30 call @anna: Price: 5 \\#\n");
        assert_eq!(
            inserted("Text\r\nmore", &entry("2026-11-20", "# a\nb")).unwrap(),
            "Text\r\nmore\r\n\r\n## Log\r\n\r\n### 2026-11-20 call @anna: Price: 5 \\#\r\n\r\n\\# a\r\nb"
        );
        assert_eq!(inserted("# Log\n\n# Rest\n", &new).unwrap().find("## 2026"), Some(7));
    }

    #[test]
    fn the_files_order_decides() {
        let newest = "## Log\n\n### 2026-11-22 call\n\nx\n\n#### Details\n\n### 2026-11-03 visit\n\ny\n";
        let at = |text: &str, when| inserted(text, &entry(when, "")).unwrap().find(&format!("### {when}"));
        assert_eq!(at(newest, "2026-11-23"), newest.find("### 2026-11-22"));
        assert_eq!(at(newest, "2026-11-20"), newest.find("### 2026-11-03"));
        assert_eq!(at(newest, "2026-11-01"), Some(newest.len() + 1));
        let oldest = "## Log\n### 2026-11-03 visit\ny\n### 2026-11-22 call\n#### 2026-11-23 note\n## Rest\n";
        assert_eq!(at(oldest, "2026-11-01"), oldest.find("### 2026-11-03").map(|at| at + 1));
        assert_eq!(at(oldest, "2026-11-20"), oldest.find("### 2026-11-22").map(|at| at + 1));
        assert_eq!(at(oldest, "2026-11-30"), oldest.find("## Rest").map(|at| at + 1));
    }

    #[test]
    fn an_open_fence_or_comment_refuses() {
        for text in ["```\nx\n", "<!--\nx\n", "## Log\n\n### 2026-01-01 call\n\n~~~\n"] {
            let refused = inserted(text, &entry("2025-11-20", "x"));
            assert!(matches!(refused, Err(BodyEditError::WouldChangeMeaning { .. })), "{text}");
        }
        let bad = NewEntry { tokens: vec!["two words".into()], ..entry("2026-01-01", "") };
        assert!(matches!(inserted("", &bad), Err(BodyEditError::BadToken { .. })));
    }
}
