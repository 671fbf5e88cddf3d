//! The line of history that tells of a change.

use super::draft::{Draft, empty_line};
use super::{Author, Refusal};
use crate::model::schema::TypeDef;
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
    let differ = |name: &&str| said(before, name) != said(draft.record(), name);
    let changed: Vec<&str> = tracked(draft).into_iter().filter(differ).collect();
    tell_of(draft, &changed, before, author)
}

/// The tracked fields of a card of which its history does not tell, though it should: those that the history's last word
/// disagrees with. With the card as it was `before` a hand changed it, only those that this hand left behind, and then
/// also those of which the history never told at all.
pub fn untold(draft: &Draft<'_>, before: Option<&Record>) -> Vec<String> {
    let record = draft.record();
    let is_behind = |name: &str| record.behind.iter().any(|gap| gap.field == name);
    let is_named = |name: &str| record.history.iter().any(|line| line.get(name).is_some());
    let is_untold = |name: &&str| match before {
        None => is_behind(name),
        Some(before) => said(before, name) != said(record, name) && (is_behind(name) || !is_named(name)),
    };
    tracked(draft).into_iter().filter(is_untold).map(str::to_owned).collect()
}

/// Adds the line that tells of what was changed by hand, as [`untold`] lists it; gives the line, or nothing where there
/// is nothing to tell.
///
/// # Errors
/// [`Refusal`] if the line would be older than the last one, or can't be written.
pub fn catch_up(
    draft: &mut Draft<'_>,
    before: Option<&Record>,
    author: &Author,
) -> Result<Option<HistoryLine>, Refusal> {
    let names = untold(draft, before);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lines = draft.record().history.len();
    let now = draft.record().clone();
    tell_of(draft, &names, before.unwrap_or(&now), author)?;
    Ok(draft.record().history.get(lines..).and_then(<[HistoryLine]>::last).cloned())
}

/// The names of a draft's tracked fields; none where its type keeps no history.
fn tracked<'d>(draft: &Draft<'d>) -> Vec<&'d str> {
    draft.type_def().filter(|def| def.field("history").is_some()).map_or_else(Vec::new, TypeDef::tracked)
}

/// Adds the line that tells what these fields hold now.
fn tell_of(draft: &mut Draft<'_>, names: &[&str], before: &Record, author: &Author) -> Result<(), Refusal> {
    let mut line = empty_line(author);
    let mut first = HistoryLine { person: None, ..empty_line(author) };
    for name in names {
        put(&mut line, name, said(draft.record(), name));
        let old = said(before, name);
        if !old.is_empty() {
            put(&mut first, name, old);
        }
    }
    if line.stage.is_none() && line.changes.is_empty() {
        return Ok(());
    }
    check_order(draft.record(), line.at)?;
    let tells_something = first.stage.is_some() || !first.changes.is_empty();
    let is_first = draft.record().history.is_empty() && tells_something;
    if let Some(created) = before.when("created").filter(|_| is_first)
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
