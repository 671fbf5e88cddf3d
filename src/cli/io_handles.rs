//! What a command may touch of the world: given to it, so that tests can give something else.

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use super::CliError;
use crate::output::clean;

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Characters in a line.
    pub width: usize,
    /// Lines on the screen.
    pub height: usize,
}

/// The world as a command sees it.
pub struct Io<'a> {
    /// Where answers go.
    pub out: &'a mut dyn Write,
    /// Where diagnostics and remarks go.
    pub err: &'a mut dyn Write,
    /// Becomes true when whoever reads the answers has gone.
    pub reader_has_gone: Rc<Cell<bool>>,
    /// The terminal that answers go to; `None` for a file or a pipe.
    pub terminal: Option<TerminalSize>,
    /// True if diagnostics go to a terminal.
    pub err_is_terminal: bool,
    /// Where answers to questions, and texts for the log, come from.
    pub input: &'a mut dyn BufRead,
    /// True if a person at a terminal types the input.
    pub input_is_terminal: bool,
    /// The environment.
    pub environment: HashMap<OsString, OsString>,
    /// The folder in which the command was called.
    pub folder: PathBuf,
    /// The present moment.
    pub now: DateTime<Utc>,
    /// True if a pager may be started for long answers.
    pub may_page: bool,
}

impl fmt::Debug for Io<'_> {
    /// Without the environment, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Io");
        shown.field("terminal", &self.terminal).field("folder", &self.folder).field("now", &self.now);
        shown.finish_non_exhaustive()
    }
}

impl Io<'_> {
    /// True if somebody sits at the terminal who can be asked.
    pub fn can_ask(&self) -> bool {
        self.input_is_terminal && self.err_is_terminal
    }

    /// Puts a question to the person at the terminal; gives what they typed, without blanks at its ends, `None` at the end
    /// of the input.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        self.out.flush()?;
        write!(self.err, "{} ", clean(question))?;
        self.err.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            writeln!(self.err)?;
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }

    /// Asks for a yes; anything but `y` or `yes` is a no.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn confirm(&mut self, question: &str) -> io::Result<bool> {
        let answer = self.ask(&format!("{question} [y/N]"))?.unwrap_or_default();
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// What came of telling that changes are made. They stay made, so that it is no failure if that can't be written;
    /// what is left of it goes nowhere.
    pub(super) fn told(&mut self, written: Result<(), CliError>) {
        if let Err(error) = written.and_then(|()| Ok(self.out.flush()?)) {
            self.reader_has_gone.set(true);
            // Where even standard error is gone there is nobody left to tell.
            let _ = writeln!(self.err, "note: the changes are made; the report on them is incomplete: {error}");
        }
    }

    /// A variable of the environment, if it is set, not empty, and plain text.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(OsStr::new(name)).and_then(|value| value.to_str()).filter(|value| !value.is_empty())
    }

    /// The same for one of our own, where what is no plain text must not be taken for nothing.
    ///
    /// # Errors
    /// [`CliError::Argument`] if it holds bytes that are no text.
    pub(super) fn own_variable(&self, name: &str) -> Result<Option<&str>, CliError> {
        match self.environment.get(OsStr::new(name)) {
            Some(value) if value.to_str().is_none() => {
                Err(CliError::argument(format!("{name} is no plain text: {value:?}"), "set it anew, or unset it"))
            }
            _ => Ok(self.variable(name)),
        }
    }

    /// True if the terminal's character set holds more than ASCII.
    pub fn unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.variable(name));
        // Without any locale a modern terminal is UTF-8 all the same; `C` and `POSIX` say that it is not.
        !matches!(locale, Some("C" | "POSIX")) || self.terminal.is_none()
    }
}
