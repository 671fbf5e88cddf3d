//! A set of changes as a unified diff, which `git apply` and `patch` take too.

use std::io::{self, Write};

use similar::TextDiff;

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
        let diff = TextDiff::from_lines(&before, &after);
        let mut unified = diff.unified_diff();
        let unified =
            unified.context_radius(3).header(&name("a", &change.before), &name("b", &change.after)).to_string();
        for line in unified.split_inclusive('\n') {
            write_line(line, options, out)?;
        }
    }
    Ok(())
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
