//! What a commit does to the disk, one step each. Tests stop it, fail it or interfere with it at any of them.

use std::io;
use std::path::Path;

/// The operations that a commit is made of.
pub(super) trait Disk: Sync {
    /// The bytes of a plain file; `None` if nothing is there.
    ///
    /// # Errors
    /// What the system says; also for a link or anything else that is no plain file.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// Makes a new file with these contents, and with the permissions of `like`, else with those that new files have.
    fn create(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()>;

    /// The contents of a file are on the disk when this returns.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// Gives a file that belongs to others a name of our own, which must be free.
    fn take(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file of ours a name that others may want too: `AlreadyExists` if one has it. Killed half-way, the file may
    /// have both names.
    fn place(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Two files change places in one step; `Unsupported` where the file system can't.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;

    /// Gives a file another name, and takes it from the file that has it.
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// What was made, renamed and removed in a folder is on the disk when this returns.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// True unless a file or folder is write-protected.
    fn may_write(&self, path: &Path) -> bool;
}
