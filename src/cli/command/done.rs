//! `karto done`: a task ticked, or cancelled.

use crate::catalog::RecordIndex;
use crate::change::{self, Completion, Refusal, Which};
use crate::cli::args::Write;
use crate::cli::permission;
use crate::cli::session::Session;
use crate::cli::{CliError, follow_up, targets};
use crate::output::clean;

pub(super) fn run(
    mut session: Session<'_, '_>,
    words: &[String],
    at: Option<&str>,
    cancel: bool,
    write: &Write,
) -> Result<u8, CliError> {
    let (ids, rest) = targets::split(words, write, |_, _| false);
    let at = at.map(|at| session.day(at)).transpose()?;
    let records = targets::find(&mut session, &ids, write)?;
    let author = permission::author(&mut session)?;
    let (named, result) = rest.split_first().map_or((None, rest), |(named, result)| (Some(named.clone()), result));
    let named = match named {
        None => ask_which(&mut session, &records)?,
        named => named,
    };
    let result = result.join(" ");
    let completion = Completion {
        which: which(named.as_deref()),
        result: Some(result).filter(|result| !result.trim().is_empty()),
        at,
        cancelled: cancel,
    };
    follow_up::propose(session, &records, write, &mut |draft, _| change::complete(draft, &completion, &author))
}

/// A number is that of a task; all else is a part of its text.
fn which(named: Option<&str>) -> Which<'_> {
    match named.map(|named| (named, named.parse())) {
        None => Which::Only,
        Some((_, Ok(number))) => Which::Number(number),
        Some((text, Err(_))) => Which::Text(text),
    }
}

/// Which of several tasks of the only record, where the call does not say and somebody can be asked.
fn ask_which(session: &mut Session<'_, '_>, records: &[RecordIndex]) -> Result<Option<String>, CliError> {
    let [record] = records else { return Ok(None) };
    let record = session.snapshot.catalog.record(*record);
    let Err(Refusal::NoTask { tasks, .. }) = change::find_task(record, Which::Only) else { return Ok(None) };
    if tasks.is_empty() || !session.io.can_ask() {
        return Ok(None);
    }
    for (number, task) in &tasks {
        writeln!(session.io.err, "{number} {}", clean(&task.gist()))?;
    }
    Ok(session.io.ask("Which one:")?.filter(|answer| !answer.is_empty()))
}
