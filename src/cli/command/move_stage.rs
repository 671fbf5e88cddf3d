//! `karto move`: a card to another stage.

use crate::change::{self, Assignment, Move};
use crate::cli::args::Write;
use crate::cli::proposal::{self, NextStep, Proposal};
use crate::cli::session::Session;
use crate::cli::{CliError, questions, targets};

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
    let mut assignments = super::set::assignments(rest)?;
    let at = at.map(|at| session.day(at)).transpose()?;
    let records = targets::find(&mut session, &ids, write)?;
    let mut author = proposal::author(&mut session)?;
    author.at = at.unwrap_or(author.at);
    loop {
        let mut proposal = Proposal::new(NextStep::Demanded);
        let movement = Move { stage, assignments: &assignments, reopen };
        proposal.add_all(&session, &records, &mut |draft, ctx| change::move_to(draft, &movement, ctx, &author));
        proposal.try_out(&session, write.keep_going);
        match questions::fill_in(&mut session, &proposal)? {
            answers if answers.is_empty() => return proposal.conclude(session, write),
            answers => assignments.extend(answers.into_iter().map(|(field, value)| Assignment::set(field, value))),
        }
    }
}
