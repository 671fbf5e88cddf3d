//! The line of history that tells of a change.

use super::draft::{Draft, empty_line};
use super::{Author, Refusal};
use crate::model::{HistoryLine, Record, Value};
use crate::text::When;

/// Adds the line that tells how the tracked fields of a draft differ from `before`, if they do.
///
/// A card without any history always had its present values; so that this stays known, what it had before is told by a
/// line of the day it was created.
///
/// # Errors
/// [`Refusal`] if the line would be older than the last one, or can't be written.
pub(super) fn tell(draft: &mut Draft<'_>, before: &Record, author: &Author) -> Result<(), Refusal> {
    let Some(type_def) = draft.type_def().filter(|def| def.field("history").is_some()) else { return Ok(()) };
    let mut line = empty_line(author);
    let mut first = HistoryLine { person: None, ..empty_line(author) };
    for name in type_def.tracked() {
        let (old, new) = (said(before, name), said(draft.record(), name));
        if old == new {
            continue;
        }
        put(&mut line, name, new);
        if !old.is_empty() {
            put(&mut first, name, old);
        }
    }
    if line.stage.is_none() && line.changes.is_empty() {
        return Ok(());
    }
    check_order(before, line.at)?;
    let tells_something = first.stage.is_some() || !first.changes.is_empty();
    if let Some(created) = before.when("created").filter(|_| before.history.is_empty() && tells_something)
        && created.date <= line.at.date
    {
        first.at = When::day(created.date);
        draft.add_history(&first)?;
    }
    draft.add_history(&line)
}

/// A line may not be older than the last one.
pub(super) fn check_order(record: &Record, at: When) -> Result<(), Refusal> {
    let Some(last) = record.history.iter().max_by_key(|line| line.at) else { return Ok(()) };
    let backwards = match (last.at.time, at.time) {
        (Some(_), Some(_)) => at < last.at,
        _ => at.date < last.at.date,
    };
    if backwards { Err(Refusal::Backwards { at, last: Box::new(last.clone()) }) } else { Ok(()) }
}

fn said(record: &Record, name: &str) -> String {
    record.value(name).map_or_else(String::new, Value::in_history)
}

fn put(line: &mut HistoryLine, name: &str, value: String) {
    if name == "stage" {
        line.stage = Some(value).filter(|stage| !stage.is_empty());
    } else {
        line.changes.push((name.to_owned(), value));
    }
}
