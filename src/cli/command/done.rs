//! `karto done`: a task ticked, or cancelled.

use crate::catalog::RecordIndex;
use crate::change::{self, Completion, Refusal, Which};
use crate::cli::args::Write;
use crate::cli::permission;
use crate::cli::session::Session;
use crate::cli::{CliError, ahead, follow_up, targets};
use crate::model::Record;
use crate::output::clean;
use crate::text::fold;

/// What the call says beside its words.
pub(super) struct Options {
    pub(super) at: Option<String>,
    pub(super) cancel: bool,
    /// The day of the next contact, and what to do then.
    pub(super) next: Vec<String>,
}

pub(super) fn run(
    mut session: Session<'_, '_>,
    words: &[String],
    options: &Options,
    write: &Write,
) -> Result<u8, CliError> {
    let (ids, rest) = targets::split(words, write, |_, _| false);
    let at = options.at.as_ref().map(|at| session.day(at)).transpose()?;
    let next = ahead::next_contact(&session, &options.next)?;
    let records = targets::find(&mut session, &ids, write)?;
    let author = permission::author(&mut session)?;
    let asked: Vec<String> =
        if rest.is_empty() { ask_which(&mut session, &records)?.into_iter().collect() } else { vec![] };
    let words = if rest.is_empty() { &asked } else { rest };
    follow_up::propose(session, &records, write, next.map(|(day, step)| (day, Some(step))), &mut |draft, _| {
        let (named, result) = words.split_at(name_length(draft.record(), words));
        let (named, result) = (named.join(" "), result.join(" "));
        let completion = Completion {
            which: if words.is_empty() { Which::Only } else { which(&named) },
            result: Some(result).filter(|result| !result.trim().is_empty()),
            at,
            cancelled: options.cancel,
        };
        change::complete(draft, &completion, &author)
    })
}

/// How many of the words name the task: as many from the first on as an open one says, so that a name needs no quotes;
/// those after it are the result.
fn name_length(record: &Record, words: &[String]) -> usize {
    let one = words.len().min(1);
    if words.first().is_some_and(|first| first.parse::<usize>().is_ok()) {
        return one;
    }
    let tasks: Vec<String> = record.open_tasks().map(|open| fold(&open.task.text).into_owned()).collect();
    let longest = tasks.iter().map(String::len).max().unwrap_or(0);
    let words: Vec<String> = words.iter().map(|word| fold(word.trim()).into_owned()).collect();
    let mut name = String::new();
    let mut said = one;
    for (count, word) in (1..).zip(&words) {
        name.push_str(if name.is_empty() { "" } else { " " });
        name.push_str(word);
        if name.len() > longest {
            break;
        }
        if tasks.iter().any(|task| task.contains(&name)) {
            said = count;
        }
    }
    said
}

/// A number is that of a task; all else is a part of its text.
fn which(named: &str) -> Which<'_> {
    named.parse().map_or(Which::Text(named), Which::Number)
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
