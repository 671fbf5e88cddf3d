//! One writer at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::CommitError;
use crate::workspace::derived::{self, DerivedError};

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// While it lives, no other process writes to the workspace; lost with the process.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a workspace, and makes `.karto/` where it is missing. Waits for another that has it.
    ///
    /// # Errors
    /// [`CommitError::Busy`] if another has it for longer than `patience`; otherwise if it can't be had at all.
    pub(super) fn take(root: &Path, patience: Duration) -> Result<Self, CommitError> {
        let start = Instant::now();
        loop {
            let path = derived::make(root)?.join("lock");
            let mut lock = Self { file: derived::open_lock(&path)?, path };
            let trouble = |path: &Path, source| CommitError::Io { path: path.to_owned(), source };
            match lock.file.try_lock() {
                // Somebody may have deleted `.karto/` between the opening and the locking: that lock is worth nothing.
                Ok(()) if !lock.is_held() => {}
                Ok(()) => {
                    // On a full disk there is no room even for that; what was interrupted can be ended all the same.
                    let _ = lock.sign();
                    return Ok(lock);
                }
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(CommitError::Busy { holder: lock.holder() });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(source)) => return Err(trouble(&lock.path, source)),
            }
        }
    }

    /// True if the file that is locked is still the one that others would lock.
    pub(super) fn is_held(&self) -> bool {
        match (self.file.metadata(), self.path.symlink_metadata()) {
            (Ok(ours), Ok(theirs)) => is_same(&ours, &theirs),
            _ => false,
        }
    }

    /// Leaves word of who has it, for those who wait.
    fn sign(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}", std::process::id())
    }

    /// The process that has it, as far as that can be read.
    fn holder(&mut self) -> Option<u32> {
        let mut text = String::new();
        (&self.file).take(20).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

#[cfg(unix)]
fn is_same(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev() && one.ino() == other.ino()
}

#[cfg(not(unix))]
fn is_same(_one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    other.is_file()
}

impl From<DerivedError> for CommitError {
    fn from(error: DerivedError) -> Self {
        match error {
            DerivedError::NotOurs { path } => CommitError::NotOurs { path },
            DerivedError::Io { path, source } => CommitError::Io { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_has_it() {
        let root = tempfile::tempdir().unwrap();
        let first = Lock::take(root.path(), Duration::ZERO).unwrap();
        let second = Lock::take(root.path(), Duration::ZERO).unwrap_err();
        assert!(matches!(second, CommitError::Busy { holder: Some(holder) } if holder == std::process::id()));
        drop(first);
        Lock::take(root.path(), Duration::ZERO).unwrap();
        assert_eq!(std::fs::read_to_string(root.path().join(".karto/.gitignore")).unwrap(), "*\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_whose_file_was_deleted_is_held_no_more() {
        let root = tempfile::tempdir().unwrap();
        let first = Lock::take(root.path(), Duration::ZERO).unwrap();
        std::fs::remove_dir_all(root.path().join(".karto")).unwrap();
        assert!(!first.is_held());
        assert!(Lock::take(root.path(), Duration::ZERO).unwrap().is_held());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_the_folder_is_not_followed() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), root.path().join(".karto")).unwrap();
        let error = Lock::take(root.path(), Duration::ZERO).unwrap_err();
        assert!(matches!(error, CommitError::NotOurs { .. }));
        assert_eq!(outside.path().read_dir().unwrap().count(), 0);
    }
}
