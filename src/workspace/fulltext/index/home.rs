//! Where the index lives: a folder of its own in `.karto/`, and the lock that lets one process write at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::super::IndexError;
use crate::workspace::derived::{self, DerivedError};

/// To be raised whenever the fields of the index or the analysis of words change.
const FORMAT: u32 = 2;

/// `.karto/` of one workspace, looked at but not yet made.
#[derive(Clone, Debug)]
pub(super) struct Home {
    root: PathBuf,
    derived: PathBuf,
}

/// While it lives, no other process writes to the index; lost with the process.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

/// What the index was made by; another version has a folder of its own.
pub(super) fn version() -> String {
    format!("{FORMAT}-{}", env!("CARGO_PKG_VERSION"))
}

impl Home {
    /// Looks whether derived data can be kept there at all.
    ///
    /// # Errors
    /// [`IndexError::NotAFolder`] if something stands there that is no folder, or a link, which could lead anywhere.
    pub(super) fn of(root: &Path) -> Result<Self, IndexError> {
        let home = Self { root: root.to_owned(), derived: derived::folder(root) };
        for folder in [home.derived.clone(), home.index(), home.building(), home.discarded()] {
            derived::check_folder(&folder)?;
        }
        Ok(home)
    }

    /// The folder of the index.
    pub(super) fn index(&self) -> PathBuf {
        self.derived.join(format!("index-{}", version()))
    }

    /// Where a new index is built before it takes its place.
    pub(super) fn building(&self) -> PathBuf {
        self.derived.join(format!("index-{}.new", version()))
    }

    /// Where an index goes that is replaced.
    pub(super) fn discarded(&self) -> PathBuf {
        self.derived.join(format!("index-{}.old", version()))
    }

    /// Makes the folder where it is missing, and takes the lock.
    ///
    /// # Errors
    /// [`IndexError::Busy`] if another process has it; [`IndexError::Io`], on a read-only disk for example.
    pub(super) fn lock(&self) -> Result<Lock, IndexError> {
        let path = derived::make(&self.root)?.join("index.lock");
        let file = derived::open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { file }),
            Err(fs::TryLockError::WouldBlock) => Err(IndexError::Busy),
            Err(fs::TryLockError::Error(source)) => Err(IndexError::Io { path, source }),
        }
    }

    /// Refuses an index in which anything is no plain file: a link in it could lead a writer anywhere.
    pub(super) fn check_plain(&self) -> Result<(), IndexError> {
        let path = self.index();
        let entries = fs::read_dir(&path).map_err(|source| IndexError::Io { path: path.clone(), source })?;
        match entries.flatten().find(|entry| !entry.file_type().is_ok_and(|kind| kind.is_file())) {
            Some(entry) => Err(IndexError::Damaged(format!("{} is no plain file", entry.path().display()))),
            None => Ok(()),
        }
    }

    /// Puts what was built in the place of what is there. Whoever reads the old one goes on reading it.
    pub(super) fn replace(&self, _lock: &Lock) -> io::Result<()> {
        remove(&self.discarded())?;
        match fs::rename(self.index(), self.discarded()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::rename(self.building(), self.index())?,
        }
        // What can't be removed now is tried again with the next rebuilding.
        let _ = remove(&self.discarded());
        Ok(())
    }

    /// Removes what an interrupted rebuilding left.
    pub(super) fn clear_building(&self, _lock: &Lock) -> io::Result<()> {
        remove(&self.building())
    }

    /// Removes the indexes of other versions.
    pub(super) fn remove_other_versions(&self, _lock: &Lock) {
        let own = self.index();
        for entry in fs::read_dir(&self.derived).into_iter().flatten().flatten() {
            let is_index = entry.file_name().to_string_lossy().starts_with("index-");
            if is_index && entry.path() != own && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let _ = remove(&entry.path());
            }
        }
    }

    /// How many bytes the index takes.
    pub(super) fn size(&self) -> u64 {
        let entries = fs::read_dir(self.index()).into_iter().flatten().flatten();
        entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    }
}

impl From<DerivedError> for IndexError {
    fn from(error: DerivedError) -> Self {
        match error {
            DerivedError::NotOurs { path } => IndexError::NotAFolder { path },
            DerivedError::Io { path, source } => IndexError::Io { path, source },
        }
    }
}

impl Lock {
    /// The time as the disk's own clock tells it, which may be another than ours.
    pub(super) fn clock(&mut self) -> io::Result<u64> {
        derived::clock(&mut self.file)
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
