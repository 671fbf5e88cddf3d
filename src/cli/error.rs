//! What goes wrong with a call, as opposed to what is wrong with the user's files.

use std::io::{self, Write};

use crate::catalog::FindError;
use crate::output::diagnostics::query_error;
use crate::output::{Options, Style, clean, paint};
use crate::query::QueryError;
use crate::watch::WatchError;
use crate::workspace::fulltext::IndexError;
use crate::workspace::git::SetupError;
use crate::workspace::init::InitError;
use crate::workspace::{CommitError, WorkspaceError};

/// The exit statuses, as `docs/commands.md` promises them.
pub mod status {
    /// All is well; also where nothing was found.
    pub const OK: u8 = 0;
    /// `validate` found errors, or a change was refused.
    pub const FINDINGS: u8 = 1;
    /// The call was wrong, or something could not be read, so that the answer is missing or incomplete.
    pub const TROUBLE: u8 = 2;
}

/// How wide advice is set.
const USUAL_WIDTH: usize = 100;

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The workspace can't be opened or read.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// An id names no record, or several.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The query can't be understood.
    #[error("the query can't be understood")]
    Query {
        /// What is wrong with it.
        errors: Vec<QueryError>,
    },
    /// An argument has a value that it can't have.
    #[error("{message}")]
    Argument {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: String,
    },
    /// The call was understood, and what it asks for is not done.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// The full-text index can't be looked after.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The changes can't be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The folder can't be watched any more.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// The folder can't become a workspace.
    #[error(transparent)]
    Init(#[from] InitError),
    /// Git can't be told of Karto.
    #[error(transparent)]
    Git(#[from] SetupError),
    /// Who "me" is can't be told.
    #[error("nobody knows who you are")]
    Nobody,
    /// The answer can't be written.
    #[error("can't write: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// A wrong argument.
    pub(super) fn argument(message: impl Into<String>, hint: impl Into<String>) -> Self {
        CliError::Argument { message: message.into(), hint: hint.into() }
    }

    /// A call that is not done as it is.
    pub(super) fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        CliError::Refused { message: message.into(), hint: hint.into() }
    }

    /// The exit status: 1 for what is refused, 2 for a call that is wrong or can't be answered.
    pub(super) fn status(&self) -> u8 {
        match self {
            CliError::Refused { .. } | CliError::Commit(CommitError::Changed { .. } | CommitError::Crossed { .. }) => {
                status::FINDINGS
            }
            _ => status::TROUBLE,
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            CliError::Workspace(error) => Some(error.hint()),
            CliError::Index(error) => Some(error.hint()),
            CliError::Commit(error) => Some(error.hint()),
            CliError::Watch(error) => Some(error.hint()),
            CliError::Init(error) => Some(error.hint()),
            CliError::Git(error) => Some(error.hint()),
            CliError::Find(FindError::Unreadable { .. }) => {
                Some("`karto validate` shows what is wrong with it, `karto edit` opens it")
            }
            CliError::Find(_) => Some("`karto list` shows all ids; any unambiguous beginning of one will do"),
            CliError::Argument { hint, .. } | CliError::Refused { hint, .. } => Some(hint),
            CliError::Nobody => Some(
                "say `KARTO_USER=your-id`, or give yourself in karto.yaml the e-mail address that git has \
                 (`git config user.email`)",
            ),
            CliError::Query { .. } | CliError::Output(_) => None,
        }
    }

    /// Writes the error and what to do about it, for people.
    pub(super) fn print(&self, out: &mut dyn Write, color: bool) -> io::Result<()> {
        let mark = |text: &str, style: Style| paint(text, style, color);
        // Advice may list every field; the words that are wrong are always short.
        let options = Options { color, width: Some(USUAL_WIDTH), ..Options::default() };
        if let CliError::Query { errors } = self {
            for error in errors {
                query_error(&error.text, error.span, &error.to_string(), error.help().as_deref(), &options, out)?;
            }
            return Ok(());
        }
        writeln!(out, "{} {}", mark("error:", Style::Alarm), clean(&self.to_string()))?;
        if let Some(hint) = self.hint() {
            writeln!(out, "{} {}", mark("help:", Style::Good), clean(hint))?;
        }
        Ok(())
    }

    /// True if the reader of a pipe has gone, which is no one's fault.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
