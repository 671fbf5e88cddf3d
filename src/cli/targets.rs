//! Which cards a writing command is to change: the ids that were named, or what a query picks.

use super::CliError;
use super::args::Write;
use super::permission;
use super::session::Session;
use crate::catalog::RecordIndex;
use crate::output::{Style, clean, paint};
use crate::text::SourcePath;
use crate::text::codes::CONFLICT_MARKER;

/// From how many cards on a query is asked back for at a terminal.
const ASKS_ABOVE: usize = 10;

/// Ids, each perhaps with commas in it, from the front of a command's words; with `--where` there are none, and all words
/// are left. `is_id` says whether a word after the first is one too.
pub(super) fn split<'w>(
    words: &'w [String],
    write: &Write,
    is_id: impl Fn(&str, &[String]) -> bool,
) -> (Vec<&'w str>, &'w [String]) {
    if !write.query.is_empty() {
        return (Vec::new(), words);
    }
    let mut count = usize::from(!words.is_empty());
    while let Some((word, rest)) = words.get(count..).and_then(<[String]>::split_first) {
        if !is_id(word, rest) {
            break;
        }
        count += 1;
    }
    let (ids, rest) = words.split_at(count);
    (ids.iter().flat_map(|word| word.split(',')).map(str::trim).filter(|id| !id.is_empty()).collect(), rest)
}

/// The cards that are meant, each once, in the order in which they were named or by path.
///
/// # Errors
/// [`CliError`] if an id names none or several, if a card can't be read whose place in the answer to the query is
/// therefore unknown, or if the person at the terminal says no.
pub(super) fn find(session: &mut Session<'_, '_>, ids: &[&str], write: &Write) -> Result<Vec<RecordIndex>, CliError> {
    permission::check_rules(session)?;
    if !write.query.is_empty() && write.query.iter().all(|query| query.trim().is_empty()) {
        return Err(CliError::argument("the query after --where is empty", "say which cards: --where owner:me"));
    }
    if write.query.is_empty() {
        let mut records = Vec::new();
        let mut refused = Vec::new();
        for id in ids {
            match named(session, id) {
                Ok(record) if records.contains(&record) => {}
                Ok(record) => records.push(record),
                Err(error) if ids.len() == 1 => return Err(error),
                Err(error) => refused.push((*id, error)),
            }
        }
        if ids.is_empty() {
            let hint = "name its id, or several with commas, or --where QUERY";
            return Err(CliError::argument("no record is named", hint));
        }
        return but_for(session, records, &refused, write);
    }
    if session.report_left_out()? {
        let hint = "mend it first, or name the cards by their ids";
        return Err(CliError::refused("a card can't be read, so nobody knows whether the query means it", hint));
    }
    if let Some(open) = session.snapshot.findings.iter().find(|finding| finding.code == CONFLICT_MARKER) {
        let place = open.path.as_ref().map_or("a file", SourcePath::as_str);
        let message = format!("a merge left open questions in {place}, so nobody knows whether the query means it");
        return Err(CliError::argument(message, "`karto resolve` shows them; or name the cards by their ids"));
    }
    let question = session.ask(&write.query)?;
    let picked = question.bound.select(&session.context(&question.hits));
    if let Some(left_out) = super::session::remarks(&session.snapshot.catalog, &picked.left_out).first() {
        return Err(CliError::refused(left_out, "give the rate in karto.yaml, or name the cards by their ids"));
    }
    let mut records = picked.records;
    records.sort_unstable();
    if records.len() > ASKS_ABOVE
        && !write.yes
        && !write.dry_run
        && session.io.can_ask()
        && !session.io.confirm(&format!("Change {} records?", records.len()))?
    {
        return Err(CliError::refused("nothing was changed", "--dry-run shows what would change, --yes does not ask"));
    }
    Ok(records)
}

/// The files that words name for reading or mending: ids of cards, also of those that can't be read, names of notes, and
/// paths from the root.
///
/// # Errors
/// [`CliError`] if a word names none or several.
pub(super) fn files(session: &mut Session<'_, '_>, words: &[String]) -> Result<Vec<SourcePath>, CliError> {
    let mut files: Vec<SourcePath> = Vec::new();
    for word in words.iter().flat_map(|word| word.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        let catalog = &session.snapshot.catalog;
        let records = || catalog.records().map(|record| &record.path);
        let others = || catalog.unreadable().iter().chain(catalog.notes().iter().map(|note| &note.path));
        let by_path = records().chain(others()).find(|path| path.as_str() == word);
        let stems: Vec<&SourcePath> = match catalog.index_of(word) {
            None => others().filter(|path| path.stem() == word).collect(),
            Some(_) => Vec::new(),
        };
        if stems.len() > 1 && by_path.is_none() {
            let paths: Vec<&str> = stems.iter().map(|path| path.as_str()).collect();
            return Err(CliError::argument(format!("`{word}` could be {}", paths.join(", ")), "name the path"));
        }
        let file = match by_path.or(stems.first().copied()).cloned() {
            Some(file) => file,
            None => {
                let record = named(session, word)?;
                session.snapshot.catalog.record(record).path.clone()
            }
        };
        if !files.contains(&file) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(CliError::argument("no card is named", "name its id, or several with commas"));
    }
    Ok(files)
}

/// The records, but for words that name none; those are told, and keep the others from being changed too, unless the call
/// says to keep going.
fn but_for(
    session: &mut Session<'_, '_>,
    records: Vec<RecordIndex>,
    refused: &[(&str, CliError)],
    write: &Write,
) -> Result<Vec<RecordIndex>, CliError> {
    let color = session.err_options().color;
    for (id, error) in refused {
        writeln!(
            session.io.err,
            "{} {}: {}",
            paint("refused:", Style::Alarm, color),
            clean(id),
            clean(&error.to_string())
        )?;
    }
    session.refused += refused.len();
    if refused.is_empty() || write.keep_going && !records.is_empty() {
        return Ok(records);
    }
    let hint = "`karto list` shows all ids; --keep-going changes the others";
    Err(CliError::refused("nothing was changed", hint))
}

/// The record that an id names.
fn named(session: &mut Session<'_, '_>, id: &str) -> Result<RecordIndex, CliError> {
    let record = match session.snapshot.catalog.find(id) {
        Ok(record) => record,
        Err(error) => {
            // Perhaps it is there, but can't be read.
            session.report_left_out()?;
            return Err(error.into());
        }
    };
    let catalog = &session.snapshot.catalog;
    let found = &catalog.record(record).id;
    if catalog.duplicate_ids().contains(&found.as_str()) {
        let hint = "`karto validate` shows where they lie; rename one of them";
        return Err(CliError::argument(format!("more than one card has the id {found}"), hint));
    }
    Ok(record)
}
