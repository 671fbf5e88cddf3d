//! The commands, a file each: options in, an answer out.

use super::args::{Cli, Command};
use super::session::Session;
use super::{CliError, Io};
use crate::diagnostic::Code;

mod day;
mod describe;
mod done;
mod due;
mod explain;
mod funnel;
#[cfg(feature = "search")]
mod index;
mod list;
mod log;
mod move_stage;
mod record_data;
mod search;
mod set;
mod shell;
mod show;
mod snooze;
mod task;
mod validate;

/// Runs what the command line says; gives the exit status.
pub(super) fn run(cli: Cli, io: &mut Io<'_>) -> Result<u8, CliError> {
    let Cli { command, global } = cli;
    let global = global.with_environment(io)?;
    let Some(command) = command else { return day::run(Session::open(global, io)?) };
    match command {
        Command::Due { ask, limit, person, within } => {
            due::run(Session::open(global, io)?, &ask, limit, person.as_deref(), &within)
        }
        Command::Funnel { ask, record_type, pipeline, by, from, to } => {
            let options = funnel::Options { record_type, pipeline, by, from, to };
            funnel::run(Session::open(global, io)?, &ask, &options)
        }
        Command::List { ask, limit, columns, sort, group_by } => {
            let options = list::Options { columns, sort, group_by };
            list::run(Session::open(global, io)?, &ask, limit, &options)
        }
        Command::Show { id, format, limit } => show::run(Session::open(global, io)?, &id, format, limit),
        Command::Search { ask, limit } => search::run(Session::open(global, io)?, &ask, limit),
        Command::Set { words, write } => set::run(Session::open(global, io)?, &words, &write),
        Command::Move { words, at, reopen, write } => {
            move_stage::run(Session::open(global, io)?, &words, at.as_deref(), reopen, &write)
        }
        Command::Log { words, outcome, incoming, outgoing, with, at, minutes, next, write } => {
            let options = log::Options { outcome, incoming, outgoing, with, at, minutes, next };
            log::run(Session::open(global, io)?, &words, options, &write)
        }
        Command::Task { words, due, on, est, rec, person, as_kind, priority, write } => {
            let options = task::Options { due, on, est, rec, person, as_kind, priority };
            task::run(Session::open(global, io)?, &words, options, &write)
        }
        Command::Done { words, at, cancel, write } => {
            done::run(Session::open(global, io)?, &words, at.as_deref(), cancel, &write)
        }
        Command::Snooze { words, write } => snooze::run(Session::open(global, io)?, &words, &write),
        #[cfg(feature = "search")]
        Command::Index { rebuild, status, verify } => index::run(Session::open(global, io)?, rebuild, status, verify),
        Command::Validate { paths, strict, format, limit } => {
            validate::run(Session::open(global, io)?, &paths, strict, format, limit)
        }
        Command::Explain { code } => explain::run(code.as_deref(), &global, io),
        Command::Schema { record_type } => describe::schema(record_type.as_deref(), &global, io),
        Command::Fields { record_type, format, limit } => {
            describe::fields(Session::open(global, io)?, record_type.as_deref(), format, limit)
        }
        Command::Completions { shell } => shell::completions(shell, io),
        Command::Man { command } => shell::man(command.as_deref(), io),
    }
}

/// Every code that a finding can have.
pub(super) fn all_codes() -> impl Iterator<Item = Code> {
    crate::check::all_codes().chain(crate::workspace::codes::ALL.iter().copied())
}
