//! The next contact as it is typed: a day, perhaps with a time, and what is to be done then.

use chrono::{Datelike, Weekday};

use super::CliError;
use super::args::Write;
use super::proposal::{Proposal, Proposed};
use super::session::Session;
use super::words::is_time;
use crate::output::clean;
use crate::report::some_of;
use crate::text::When;

/// What `DATE [TIME] [STEP…]` says; `None` where there are no words. A time right after the day is the day's.
///
/// # Errors
/// [`CliError::Argument`] if the first word is no day, or the time none that a clock has.
pub(super) fn next_contact(session: &Session<'_, '_>, words: &[String]) -> Result<Option<(When, String)>, CliError> {
    let Some((first, rest)) = words.split_first() else { return Ok(None) };
    let day = session.day_ahead(first)?;
    match rest.split_first() {
        Some((time, step)) if day.time.is_none() && is_time(time) => {
            let moment = session.day_ahead(&format!("{} {time}", day.date))?;
            Ok(Some((moment, step.join(" "))))
        }
        _ => Ok(Some((day, rest.join(" ")))),
    }
}

/// Tells of what is probably not meant: a day earlier than the one that was promised, which `+1w` after a promise for
/// next month is, and a day on which hardly anybody is at work. Nothing is said of a change that is not made.
///
/// # Errors
/// [`CliError::Output`] if that can't be written.
pub(super) fn say_doubts(
    session: &mut Session<'_, '_>,
    proposal: &Proposal,
    day: When,
    write: &Write,
) -> Result<(), CliError> {
    let ready = || proposal.cards.iter().filter(|card| card.is_ready());
    let is_made = ready().next().is_some() && (write.keep_going || proposal.cards.iter().all(|card| card.is_ready()));
    if !is_made {
        return Ok(());
    }
    let promised = |card: &&Proposed| card.before.as_ref().and_then(|record| record.when("next_contact"));
    let later = ready().filter(|card| promised(card).is_some_and(|old| old.date > day.date));
    let later: Vec<&str> = later.map(|card| card.id.as_str()).collect();
    if !later.is_empty() {
        writeln!(session.io.err, "note: {} is earlier than what was promised: {}", day.date, clean(&some_of(&later)))?;
    }
    say_weekend(session, day)
}

/// Tells of a day on which hardly anybody is at work.
///
/// # Errors
/// [`CliError::Output`] if that can't be written.
fn say_weekend(session: &mut Session<'_, '_>, day: When) -> Result<(), CliError> {
    let name = match day.date.weekday() {
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
        _ => return Ok(()),
    };
    Ok(writeln!(session.io.err, "note: {} is a {name}", day.date)?)
}
