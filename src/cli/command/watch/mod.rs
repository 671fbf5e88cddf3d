//! `karto watch`: keeps up with the files until Ctrl-C.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use chrono::{DateTime, Local, NaiveDate, Utc};

use crate::cli::args::{Global, WatchFormat};
use crate::cli::error::status;
use crate::cli::session::{open_workspace, wants_color};
use crate::cli::{CliError, Io};
use crate::output::Options;
use crate::watch::{Event, FolderEvents, watch};
use crate::workspace::Workspace;

mod lines;
mod text;

/// Exit status 0 also after Ctrl-C: that is how a watch is meant to end, and a script may go on.
pub(super) fn run(
    global: &Global,
    io: &mut Io<'_>,
    poll: Option<Duration>,
    format: WatchFormat,
) -> Result<u8, CliError> {
    let workspace = open_workspace(global, io)?;
    let mut events = FolderEvents::of(workspace.root(), poll);
    let stop = events.stop();
    ctrlc::set_handler(move || stop.stop()).map_err(|error| CliError::Output(io::Error::other(error)))?;
    let given = global.today;
    let today = |workspace: &Workspace| given.unwrap_or_else(|| today(workspace));
    let options = |is_terminal, width| Options {
        width,
        color: wants_color(global.color, is_terminal, io),
        unicode: io.unicode(),
    };
    let out_options = options(io.terminal.is_some(), io.terminal.map(|terminal| terminal.width));
    let err_options = options(io.err_is_terminal, None);
    let mut trouble = None;
    let mut tell = |event: &Event<'_>, workspace: &Workspace| {
        let said = match format {
            WatchFormat::Text => {
                let mut page = text::Page { workspace, time: clock(workspace), options: &out_options, out: io.out };
                page.tell(event, &err_options, io.err)
            }
            WatchFormat::Jsonl => lines::tell(event, workspace, &moment(workspace), io.out),
        };
        match said.and_then(|()| io.out.flush()) {
            Ok(()) if io.reader_has_gone.get() => ControlFlow::Break(()),
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                trouble = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    watch(workspace, &mut events, &today, &mut tell)?;
    match trouble {
        Some(error) => Err(error.into()),
        None => Ok(status::OK),
    }
}

/// A watch outlives the moment in which it was called, so it asks the clock itself.
fn today(workspace: &Workspace) -> NaiveDate {
    match workspace.config().timezone {
        Some(zone) => Utc::now().with_timezone(&zone).date_naive(),
        None => Local::now().date_naive(),
    }
}

/// `14:05`, on the workspace's clock.
fn clock(workspace: &Workspace) -> String {
    match workspace.config().timezone {
        Some(zone) => Utc::now().with_timezone(&zone).format("%H:%M").to_string(),
        None => Local::now().format("%H:%M").to_string(),
    }
}

/// The moment as programs read it, on the workspace's clock.
fn moment(workspace: &Workspace) -> String {
    let text = |moment: DateTime<chrono::FixedOffset>| moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, false);
    match workspace.config().timezone {
        Some(zone) => text(Utc::now().with_timezone(&zone).fixed_offset()),
        None => text(Local::now().fixed_offset()),
    }
}
