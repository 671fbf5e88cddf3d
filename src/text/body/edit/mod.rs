//! Edits of a body: a log entry more, a task more, a task done. Each comes as values and is checked before it is
//! given out: the text is parsed as it would be, and must say what was meant and otherwise what it said before.

mod entry;
mod escape;
mod guard;
mod place;
mod task;

pub use entry::{NewEntry, insert_entry};
pub use escape::escaped;
pub use task::{Ticked, add_task, add_task_before, cancel_task, complete_task};

use super::TaskState;
use crate::text::EditError;

/// Why an edit of a body is refused. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyEditError {
    /// A word for a log heading that would not be read as one word.
    #[error("`{token}` can't stand in the heading of a log entry")]
    BadToken {
        /// The word.
        token: String,
    },
    /// A task without a text.
    #[error("a task needs a text")]
    Empty,
    /// The body has no task of this number.
    #[error("there is no such task")]
    NoSuchTask,
    /// The task is done or cancelled already.
    #[error("the task is closed already")]
    Closed {
        /// What it is.
        state: TaskState,
    },
    /// The edit would read as something else where it would stand, or change what other parts of the text mean: an
    /// unclosed code fence or comment before it, for example.
    #[error("the text around line {line} would change its meaning; is a code fence or a comment left open there?")]
    WouldChangeMeaning {
        /// The line, from 1, where the edit would begin.
        line: usize,
    },
    /// The edits don't fit the text.
    #[error(transparent)]
    Misfit(#[from] EditError),
}
