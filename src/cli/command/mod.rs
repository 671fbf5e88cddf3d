//! The commands, a file each: options in, an answer out.

use super::args::{Cli, Command, GitTask};
use super::session::Session;
use super::{CliError, Io};

mod day;
mod describe;
mod done;
mod due;
mod edit;
mod explain;
mod funnel;
mod git;
#[cfg(feature = "search")]
mod index;
mod init;
mod list;
mod log;
mod mend;
mod merge_driver;
mod move_stage;
mod new;
mod record_data;
mod resolve;
mod search;
mod set;
mod shell;
mod show;
mod snooze;
mod task;
mod validate;
mod watch;

pub(super) use merge_driver::FAILED as MERGE_FAILED;

/// Runs what the command line says; gives the exit status.
pub(super) fn run(cli: Cli, io: &mut Io<'_>) -> Result<u8, CliError> {
    let Cli { command, global } = cli;
    let said = global.directory.clone();
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
        Command::Init { folder, currency, timezone, dry_run } => {
            // A folder that is named is meant as seen from here; `KARTO_DIR` speaks of the workspace that there is.
            let base = if folder.is_some() { said } else { global.directory.clone() };
            let parts = [base, folder].into_iter().flatten();
            let folder = parts.fold(io.folder.clone(), |path, part| path.join(part));
            init::run(folder, currency, timezone, dry_run, &global, io)
        }
        Command::New { record_type, words, id, next, log, dry_run, yes } => {
            let options = new::Options { id, next, log, dry_run, yes };
            new::run(Session::open(global, io)?, &record_type, &words, options)
        }
        Command::Set { words, write } => set::run(Session::open(global, io)?, &words, &write),
        Command::Move { words, at, reopen, write } => {
            move_stage::run(Session::open(global, io)?, &words, at.as_deref(), reopen, &write)
        }
        Command::Log { breaks, words, outcome, incoming, outgoing, with, at, minutes, next, write, .. } => {
            let options = log::Options { outcome, incoming, outgoing, with, at, minutes, next };
            log::run(Session::open(global, io)?, words, breaks, options, &write)
        }
        Command::Task { breaks, words, due, on, est, rec, person, as_kind, priority, next, write, .. } => {
            let options = task::Options { due, on, est, rec, person, as_kind, priority, next };
            task::run(Session::open(global, io)?, words, breaks, options, &write)
        }
        Command::Done { words, at, cancel, next, write } => {
            done::run(Session::open(global, io)?, &words, &done::Options { at, cancel, next }, &write)
        }
        Command::Snooze { words, write } => snooze::run(Session::open(global, io)?, &words, &write),
        Command::Edit { words, history, resume, over, discard, keep, dry_run } => {
            let how = edit::Options { history, resume, over, discard, keep, dry_run };
            edit::run(Session::open(global, io)?, &words, how)
        }
        Command::Resolve { words, side, fields, list, format, no_history, add, dry_run } => {
            let how = resolve::Options { all: side.choice(), fields, list, format, no_history, add, dry_run };
            resolve::run(Session::open(global, io)?, &words, &how)
        }
        #[cfg(feature = "search")]
        Command::Index { rebuild, status, verify } => index::run(Session::open(global, io)?, rebuild, status, verify),
        Command::Validate { paths, strict, fix, history, dry_run, format, limit } => {
            let options = validate::Options { strict, history, dry_run, format, limit };
            let session = Session::open(global, io)?;
            if fix { mend::run(session, &paths, &options) } else { validate::run(session, &paths, &options) }
        }
        Command::Watch { poll, format } => watch::run(&global, io, poll, format),
        Command::Explain { code } => explain::run(code.as_deref(), &global, io),
        Command::Schema { record_type } => describe::schema(record_type.as_deref(), &global, io),
        Command::Fields { record_type, format, limit } => {
            describe::fields(Session::open(global, io)?, record_type.as_deref(), format, limit)
        }
        Command::Git { task: GitTask::Setup } => git::setup(Session::open(global, io)?),
        Command::Git { task: GitTask::Check { since } } => git::check(Session::open(global, io)?, since.as_deref()),
        Command::MergeDriver { files } => Ok(merge_driver::run(&files, io)),
        Command::Completions { shell } => shell::completions(shell, io),
        Command::Man { command } => shell::man(command.as_deref(), io),
    }
}
