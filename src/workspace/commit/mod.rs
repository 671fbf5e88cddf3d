//! The one way in which files of a workspace are written.

use std::io;
use std::path::{Path, PathBuf};

use super::Workspace;
use crate::change::ChangeSet;
use crate::text::SourcePath;

/// Why a set of changes was not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Files hold something else than the change was made from.
    #[error("{} changed meanwhile", .paths.iter().map(SourcePath::as_str).collect::<Vec<_>>().join(", "))]
    Changed {
        /// Which ones.
        paths: Vec<SourcePath>,
    },
    /// The system refused.
    #[error("can't write {path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl CommitError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            CommitError::Changed { .. } => "look at what is there now, then run the command again",
            CommitError::Io { .. } => "check that there is room on the disk and that you may write there",
        }
    }
}

impl Workspace {
    /// Carries out a set of changes: all of it or nothing.
    ///
    /// # Errors
    /// [`CommitError`]; nothing has changed then.
    pub fn commit(&self, changes: &ChangeSet) -> Result<(), CommitError> {
        commit(self.root(), changes)
    }
}

/// The same in a folder that is to become a workspace.
pub(super) fn commit(root: &Path, changes: &ChangeSet) -> Result<(), CommitError> {
    for (path, change) in changes.files() {
        let file = path.under(root);
        let trouble = |source| CommitError::Io { path: file.clone(), source };
        let now = match std::fs::read(&file) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(trouble(error)),
        };
        if now != change.before {
            return Err(CommitError::Changed { paths: vec![path.clone()] });
        }
        match &change.after {
            Some(bytes) => {
                if let Some(folder) = file.parent() {
                    std::fs::create_dir_all(folder).map_err(trouble)?;
                }
                std::fs::write(&file, bytes).map_err(trouble)?;
            }
            None => std::fs::remove_file(&file).map_err(trouble)?,
        }
    }
    Ok(())
}
