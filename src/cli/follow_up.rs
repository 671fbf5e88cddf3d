//! What happened is written down in any case, and then asks what comes next: where a change leaves a card without the
//! next step that it owes, somebody at a terminal is asked for one, which goes into the same change.

use super::CliError;
use super::args::Write;
use super::proposal::{Intention, NextStep, Proposal};
use super::session::Session;
use crate::catalog::RecordIndex;
use crate::change;
use crate::text::When;

/// A day and what to do then.
pub(super) type Promise = (When, Option<String>);

/// Proposes what the intention makes of each record with the next step that the call says, or else asks for the next step where the only one is left without, and
/// shows or makes the change; gives the exit status.
///
/// # Errors
/// [`CliError`] if the change can't be written, or nothing can be asked after all.
pub(super) fn propose(
    mut session: Session<'_, '_>,
    records: &[RecordIndex],
    write: &Write,
    said: Option<Promise>,
    intention: Intention<'_>,
) -> Result<u8, CliError> {
    let mut promise = said;
    loop {
        let mut proposal = Proposal::new(NextStep::AskedFor);
        let today = session.today;
        proposal.add_all(&session, records, &mut |draft, ctx| {
            intention(draft, ctx)?;
            match &promise {
                Some((day, step)) => change::promise(draft, *day, step.as_deref(), today),
                None => Ok(()),
            }
        });
        proposal.try_out(&session, write.keep_going);
        if promise.is_none() {
            promise = ask(&mut session, &proposal, write)?;
            if promise.is_some() {
                continue;
            }
        }
        return proposal.conclude(session, write);
    }
}

/// `None` where there is nothing to ask, nobody to be asked, or no answer.
fn ask(session: &mut Session<'_, '_>, proposal: &Proposal, write: &Write) -> Result<Option<Promise>, CliError> {
    if write.yes || !session.io.can_ask() || !proposal.is_of_one() || proposal.without_next_step(session).is_empty() {
        return Ok(None);
    }
    loop {
        let answer = session.io.ask("Next contact (a day, or nothing):")?.unwrap_or_default();
        if answer.is_empty() {
            return Ok(None);
        }
        match session.day_ahead(&answer) {
            Ok(day) if day.date >= session.today => {
                let step = session.io.ask("Next step:")?.filter(|step| !step.is_empty());
                return Ok(Some((day, step)));
            }
            Ok(_) => writeln!(session.io.err, "that day has been")?,
            Err(error) => writeln!(session.io.err, "{error}")?,
        }
    }
}
