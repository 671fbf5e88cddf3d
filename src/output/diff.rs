//! A set of changes as a unified diff, which `git apply` and `patch` take too.

use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use super::{Options, Style, clean, paint};
use crate::change::ChangeSet;

/// Writes what would change: exactly the bytes where the place is a pipe, readable and harmless on a terminal.
///
/// # Errors
/// Those of `out`.
pub fn diff(changes: &ChangeSet, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for (path, change) in changes.files() {
        let text = |bytes: &Option<Vec<u8>>| String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
        let (before, after) = (text(&change.before), text(&change.after));
        let name = |side: &str, bytes: &Option<Vec<u8>>| match bytes {
            Some(_) => format!("{side}/{path}"),
            None => "/dev/null".to_owned(),
        };
        // A lone CR ends no line for git and patch.
        let (old, new): (Vec<&str>, Vec<&str>) =
            (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
        let unified = unified(&old, &new, &name("a", &change.before), &name("b", &change.after));
        for line in unified.split_inclusive('\n') {
            write_line(line, options, out)?;
        }
    }
    Ok(())
}

/// How many lines stand around a change.
const AROUND: usize = 3;

/// The unified form of GNU diff. The library's own ends a line at a lone CR, at which `git apply` gives up.
fn unified(old: &[&str], new: &[&str], old_name: &str, new_name: &str) -> String {
    let diff = TextDiff::from_slices(old, new);
    let mut text = String::new();
    for hunk in diff.grouped_ops(AROUND) {
        if text.is_empty() {
            text.push_str(&format!("--- {old_name}\n+++ {new_name}\n"));
        }
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let lines = |start: usize, end: usize| match end - start {
            0 => format!("{start},0"),
            1 => (start + 1).to_string(),
            count => format!("{},{count}", start + 1),
        };
        let (olds, news) =
            (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end);
        text.push_str(&format!("@@ -{} +{} @@\n", lines(olds.start, olds.end), lines(news.start, news.end)));
        for change in hunk.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line: &str = change.value();
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

fn write_line(line: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.width.is_none() && !options.color {
        return out.write_all(line.as_bytes());
    }
    let style = match line.get(..1) {
        _ if line.starts_with("+++") || line.starts_with("---") => Style::Strong,
        Some("+") => Style::Good,
        Some("-") => Style::Alarm,
        Some("@") => Style::Muted,
        _ => Style::Plain,
    };
    writeln!(out, "{}", paint(&clean(line.trim_end_matches(['\n', '\r'])), style, options.color))
}
