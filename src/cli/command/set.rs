//! `karto set`: fields of cards changed.

use crate::change::{self, Assignment};
use crate::cli::args::Write;
use crate::cli::permission;
use crate::cli::proposal::{NextStep, Proposal};
use crate::cli::session::Session;
use crate::cli::{CliError, targets};

pub(super) fn run(mut session: Session<'_, '_>, words: &[String], write: &Write) -> Result<u8, CliError> {
    let (ids, rest) = targets::split(words, write, |word, _| !word.contains('='));
    let assignments = assignments(rest)?;
    if assignments.is_empty() {
        return Err(CliError::argument("nothing is to be set", "write field=value: karto set acme owner=anna"));
    }
    let records = targets::find(&mut session, &ids, write)?;
    let author = permission::author(&mut session)?;
    let mut proposal = Proposal::new(NextStep::AskedFor);
    proposal.add_all(&session, &records, &mut |draft, ctx| change::set(draft, &assignments, ctx, &author));
    proposal.try_out(&session, write.keep_going);
    proposal.conclude(session, write)
}

/// The words as assignments.
///
/// # Errors
/// [`CliError::Argument`] for one that is none.
pub(super) fn assignments(words: &[String]) -> Result<Vec<Assignment>, CliError> {
    let read = |word: &String| {
        word.parse().map_err(|error: change::AssignmentError| {
            CliError::argument(error.to_string(), "write field=value, field+=value or field-=value")
        })
    };
    words.iter().map(read).collect()
}
