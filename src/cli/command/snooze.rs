//! `karto snooze`: another day for the next contact.

use crate::change;
use crate::cli::args::Write;
use crate::cli::proposal::{NextStep, Proposal};
use crate::cli::session::Session;
use crate::cli::{CliError, ahead, targets};

pub(super) fn run(mut session: Session<'_, '_>, words: &[String], write: &Write) -> Result<u8, CliError> {
    let today = session.today;
    let is_day = |word: &str| session.day_ahead(word).is_ok();
    // A day that can't be read stands where it should be all the same: before the step, or last.
    let (ids, rest) = targets::split(words, write, |word, rest| !is_day(word) && rest.iter().any(|word| is_day(word)));
    let Some((day, step)) = ahead::next_contact(&session, rest)? else {
        return Err(CliError::argument("no day is named", "name one: karto snooze acme friday"));
    };
    let records = targets::find(&mut session, &ids, write)?;
    let mut proposal = Proposal::new(NextStep::AskedFor);
    proposal.add_all(&session, &records, &mut |draft, _| change::promise(draft, day, Some(&step), today));
    proposal.try_out(&session, write.keep_going);
    ahead::say_doubts(&mut session, &proposal, day, write)?;
    proposal.conclude(session, write)
}
