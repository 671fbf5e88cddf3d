//! `karto move`: a card to another stage.

use crate::change::{self, Move};
use crate::cli::args::Write;
use crate::cli::permission;
use crate::cli::proposal::{NextStep, Proposal};
use crate::cli::questions::Answers;
use crate::cli::session::Session;
use crate::cli::{CliError, targets};

pub(super) fn run(
    mut session: Session<'_, '_>,
    words: &[String],
    at: Option<&str>,
    reopen: bool,
    write: &Write,
) -> Result<u8, CliError> {
    // The stage is the last word before the assignments.
    let more_follows = |rest: &[String]| rest.first().is_some_and(|next| !next.contains('='));
    let (ids, rest) = targets::split(words, write, |word, rest| !word.contains('=') && more_follows(rest));
    let Some((stage, rest)) = rest.split_first().filter(|(stage, _)| !stage.contains('=')) else {
        return Err(CliError::argument("no stage is named", "name it after the id: karto move acme-erp offer"));
    };
    let assignments = super::set::assignments(rest)?;
    let at = at.map(|at| session.day(at)).transpose()?;
    let records = targets::find(&mut session, &ids, write)?;
    let mut author = permission::author(&mut session)?;
    author.at = at.unwrap_or(author.at);
    let mut answers = Answers::default();
    loop {
        let mut proposal = Proposal::new(NextStep::Demanded);
        proposal.add_all(&session, &records, &mut |draft, ctx| {
            let assignments = [assignments.as_slice(), answers.of(&draft.record().id)].concat();
            change::move_to(draft, &Move { stage, assignments: &assignments, reopen }, ctx, &author)
        });
        proposal.try_out(&session, write.keep_going);
        if !answers.ask(&mut session, &proposal)? {
            return proposal.conclude(session, write);
        }
    }
}
