//! Floor 6: the command line. It knows the terminal, the environment and the clock, and nothing of how answers are made.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;

use clap::{CommandFactory, Parser};

mod aftermath;
mod ahead;
mod args;
mod command;
mod complete;
mod editor;
mod error;
mod follow_up;
mod identity;
mod io_handles;
mod mending;
mod pager;
mod permission;
mod progress;
mod proposal;
mod questions;
mod session;
mod targets;
mod telling;
mod timings;
mod words;

use crate::output::{clean, clean_lines};

pub use args::Cli;
pub use error::{CliError, status};
pub use io_handles::{Io, TerminalSize};

/// The program: arguments, environment and clock of the process; gives the exit status.
pub fn main() -> u8 {
    let folder = std::env::current_dir();
    match clap_complete::CompleteEnv::with_factory(complete::command)
        .try_complete(std::env::args_os(), folder.as_deref().ok())
    {
        Ok(false) => {}
        Ok(true) => return status::OK,
        Err(error) => {
            let _ = error.print();
            return status::TROUBLE;
        }
    }
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let mut input = io::stdin().lock();
    let out_is_terminal = stdout.is_terminal();
    let has_gone = Rc::new(Cell::new(false));
    let mut out = io::BufWriter::with_capacity(1 << 16, Reader { out: stdout.lock(), has_gone: Rc::clone(&has_gone) });
    // Not locked: the progress bar draws from a thread of its own, and both would wait for each other for ever.
    let mut err = stderr;
    let size = || terminal_size::terminal_size().map_or((80, 24), |(width, height)| (width.0.into(), height.0.into()));
    let mut io = Io {
        out: &mut out,
        err: &mut err,
        reader_has_gone: has_gone,
        terminal: out_is_terminal.then(size).map(|(width, height)| TerminalSize { width, height }),
        err_is_terminal: io::stderr().is_terminal(),
        input: &mut input,
        input_is_terminal: io::stdin().is_terminal(),
        environment: std::env::vars_os().collect(),
        folder: folder.unwrap_or_else(|_| ".".into()),
        now: chrono::Utc::now(),
        may_page: out_is_terminal,
    };
    let status = run(std::env::args_os(), &mut io);
    let Err(error) = out.flush() else { return status };
    if status != status::TROUBLE {
        let _ = CliError::from(error).print(&mut io::stderr().lock(), false);
    }
    status::TROUBLE
}

/// Whoever reads what is written. Once they have gone (`| head -1`) the rest goes nowhere, which is no one's fault; what
/// had to be left out is still told, and the exit status is as ever.
struct Reader<W> {
    out: W,
    has_gone: Rc<Cell<bool>>,
}

impl<W: Write> Reader<W> {
    fn unless_gone<T>(&mut self, otherwise: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.has_gone.get() {
            return Ok(otherwise);
        }
        match act(&mut self.out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.has_gone.set(true);
                Ok(otherwise)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Reader<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_gone(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_gone((), Write::flush)
    }
}

/// Runs one command: `arguments` with the program's name first. Gives the exit status of [`status`].
pub fn run(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_driver = arguments.get(1).is_some_and(|command| command == "merge-driver");
    // Whatever goes wrong, git must not take the file for merged; help that a file's name asked for is no merge either.
    let of_driver = |status| if is_driver && status > 1 { command::MERGE_FAILED } else { status };
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => of_driver(run_cli(cli, io)),
        Err(error) => {
            // What was typed comes back in the message; it may hold what a terminal would obey.
            let is_plain =
                arguments.iter().all(|argument| clean(&argument.to_string_lossy()) == argument.to_string_lossy());
            let status = print_clap(&error, is_plain, io);
            if is_driver { command::MERGE_FAILED } else { status }
        }
    }
}

fn run_cli(cli: Cli, io: &mut Io<'_>) -> u8 {
    let color = session::wants_color(cli.global.color, io.err_is_terminal, io);
    match command::run(cli, io) {
        Ok(status) => status,
        Err(error) if error.is_broken_pipe() => status::OK,
        Err(error) => {
            // Where even standard error is gone there is nobody left to tell.
            let _ = error.print(io.err, color);
            error.status()
        }
    }
}

/// Help and version go to standard output, mistakes to standard error.
fn print_clap(error: &clap::Error, is_plain: bool, io: &mut Io<'_>) -> u8 {
    let text = error.render();
    let on_out = !error.use_stderr();
    let color = if on_out { io.terminal.is_some() } else { io.err_is_terminal };
    let color = session::wants_color(args::Color::Auto, color, io);
    let rendered =
        if color && is_plain { text.ansi().to_string() } else { clean_lines(&text.to_string()).into_owned() };
    let target: &mut dyn Write = if on_out { io.out } else { io.err };
    let _ = target.write_all(rendered.as_bytes());
    if on_out { status::OK } else { status::TROUBLE }
}

/// The command line as clap sees it, for documentation.
pub fn command() -> clap::Command {
    Cli::command()
}
