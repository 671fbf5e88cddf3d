//! The one way in which files of a workspace are written: several together or none, and nothing of anybody's lost.
//!
//! [`Writer`] has the course of a commit, [`step`] decides about each file, [`Disk`](disk::Disk) is what is done to the
//! disk. Documented for users in `docs/changes.md`, "How files are written".

mod carry;
mod disk;
mod error;
mod journal;
mod lock;
mod place;
mod recover;
mod step;
mod system;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::path::Path;
use std::time::Duration;

pub use error::{CommitError, Committed, JournalTrouble, LeftBehind, LeftReason, NextCommand, Recovered, RecoveryEnd};

use self::lock::Lock;
use self::system::System;
use self::write::Writer;
use super::Workspace;
use crate::change::ChangeSet;
use crate::model::codes::FORMAT_NEWER;

/// How long a commit waits for another.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a command that only reads waits for one that may be dying.
const SHORT_PATIENCE: Duration = Duration::from_secs(1);

impl Workspace {
    /// Carries out a set of changes: all of it or nothing.
    ///
    /// Waits for another that writes, and finishes a change that was interrupted. A file that holds something else than
    /// the change was made from is refused, also if that comes about in the last instant. Permissions and links stay.
    ///
    /// # Errors
    /// [`CommitError`]; nothing has changed then, unless it says so.
    pub fn commit(&self, changes: &ChangeSet) -> Result<Committed, CommitError> {
        if changes.is_empty() {
            return Ok(Committed::default());
        }
        self.check_format()?;
        commit(self.root(), changes)
    }

    /// Goes on from a change that was interrupted, if there is one; one look at the disk if there is none. Where another
    /// process is at it, it is left to that one.
    ///
    /// # Errors
    /// [`CommitError`], in a workspace that may only be read for example. Its files can be read all the same, but may be
    /// from before and after the change.
    pub fn recover(&self) -> Result<Option<Recovered>, CommitError> {
        let writer = Writer { disk: &System, root: self.root() };
        match writer.journal_path().symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => self.check_format()?,
        }
        match Lock::take(self.root(), SHORT_PATIENCE) {
            Ok(_lock) => writer.recover(),
            Err(CommitError::Busy { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn check_format(&self) -> Result<(), CommitError> {
        match self.findings().iter().any(|finding| finding.code == FORMAT_NEWER) {
            true => Err(CommitError::NewerFormat),
            false => Ok(()),
        }
    }
}

/// The same in a folder that is to become a workspace.
pub(super) fn commit(root: &Path, changes: &ChangeSet) -> Result<Committed, CommitError> {
    let lock = Lock::take(root, PATIENCE)?;
    Writer { disk: &System, root }.commit(changes, || lock.is_held())
}
