//! `.karto/`: what Karto works out for itself, and its locks. It ignores itself in git and is safe to delete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::stamp::nanoseconds;

/// The folder's name.
pub(super) const DERIVED: &str = ".karto";

/// Why something can't be kept there.
#[derive(Debug)]
pub(super) enum DerivedError {
    /// Something else stands there, or a link, which could lead anywhere.
    NotOurs { path: PathBuf },
    /// The system refused.
    Io { path: PathBuf, source: io::Error },
}

impl From<DerivedError> for io::Error {
    fn from(error: DerivedError) -> Self {
        match error {
            DerivedError::NotOurs { path } => io::Error::other(format!("{} is not Karto's own", path.display())),
            DerivedError::Io { source, .. } => source,
        }
    }
}

/// Where it is, or would be.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join(DERIVED)
}

/// Looks whether a path is free for a folder of ours, or is one already.
///
/// # Errors
/// [`DerivedError`] if it is anything else.
pub(super) fn check_folder(path: &Path) -> Result<(), DerivedError> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(DerivedError::NotOurs { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(DerivedError::Io { path: path.to_owned(), source }),
    }
}

/// Makes the folder where it is missing, and git blind for it.
///
/// # Errors
/// [`DerivedError`], on a read-only disk for example.
pub(super) fn make(root: &Path) -> Result<PathBuf, DerivedError> {
    let folder = folder(root);
    check_folder(&folder)?;
    let made = match fs::create_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => ignore_itself(&folder),
    };
    match made {
        Ok(()) => Ok(folder),
        Err(source) => Err(DerivedError::Io { path: folder, source }),
    }
}

/// Opens a file that is there to be locked; makes it where it is missing.
///
/// # Errors
/// [`DerivedError`] if it is no plain file, or can't be opened.
pub(super) fn open_lock(path: &Path) -> Result<File, DerivedError> {
    if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) {
        return Err(DerivedError::NotOurs { path: path.to_owned() });
    }
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
    file.map_err(|source| DerivedError::Io { path: path.to_owned(), source })
}

/// The time as the disk's own clock tells it, which may be another than ours: a file of ours is written to, and asked.
pub(super) fn clock(file: &mut File) -> io::Result<u64> {
    file.set_len(0)?;
    file.write_all(b"1")?;
    file.metadata()?.modified().map(nanoseconds)
}

fn ignore_itself(folder: &Path) -> io::Result<()> {
    // `create_new` follows no link.
    match OpenOptions::new().create_new(true).write(true).open(folder.join(".gitignore")) {
        Ok(mut file) => file.write_all(b"*\n"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
