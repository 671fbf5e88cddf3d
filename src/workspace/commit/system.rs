//! The disk as the system gives it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::disk::Disk;

/// The real disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct System;

impl Disk for System {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        match path.symlink_metadata() {
            Ok(meta) if meta.is_file() => {}
            Ok(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn create(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        if like.is_some() {
            use std::os::unix::fs::OpenOptionsExt;
            // Nobody else reads it before it has the permissions of the file that it is for.
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        match like {
            Some(like) => copy_permissions(&fs::metadata(like)?, &file),
            None => Ok(()),
        }
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        // Windows asks for the right to write. Elsewhere the file may be one that we may only read.
        OpenOptions::new().read(true).write(cfg!(windows)).open(path)?.sync_all()
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn take(&self, from: &Path, to: &Path) -> io::Result<()> {
        match rename_if_free(from, to) {
            // Nobody else knows the name, so it is free still.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => fs::rename(from, to),
            result => result,
        }
    }

    fn place(&self, from: &Path, to: &Path) -> io::Result<()> {
        match rename_if_free(from, to) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => link_then_remove(from, to),
            result => result,
        }
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        exchange(one, other)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Elsewhere a folder can't be opened, and the system sees to it.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn may_write(&self, path: &Path) -> bool {
        may_write(path)
    }
}

/// Renaming in two steps that never take a name from anybody, where `from` is a name that nobody else knows.
fn link_then_remove(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Err(error),
        // A file system without second names. Between the look and the renaming somebody could take the name.
        Err(_) => match to.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        },
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod flags {
    use std::io;
    use std::path::Path;

    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    pub(super) fn rename_if_free(from: &Path, to: &Path) -> io::Result<()> {
        rename(from, to, RenameFlags::NOREPLACE)
    }

    pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
        rename(one, other, RenameFlags::EXCHANGE)
    }

    fn rename(from: &Path, to: &Path, flags: RenameFlags) -> io::Result<()> {
        renameat_with(CWD, from, CWD, to, flags).map_err(|error| {
            // What file systems and kernels say that don't know the flags; NFS and FUSE among them.
            if [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP].contains(&error) {
                io::ErrorKind::Unsupported.into()
            } else {
                error.into()
            }
        })
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod flags {
    use std::io;
    use std::path::Path;

    pub(super) fn rename_if_free(_from: &Path, _to: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

use flags::{exchange, rename_if_free};

/// Owner and group as far as we may, then the rest: to change an owner takes other rights away.
#[cfg(unix)]
fn copy_permissions(like: &fs::Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) && fchown(file, Some(like.uid()), Some(like.gid())).is_err() {
        let _ = fchown(file, None, Some(like.gid()));
    }
    file.set_permissions(like.permissions())
}

#[cfg(not(unix))]
fn copy_permissions(like: &fs::Metadata, file: &File) -> io::Result<()> {
    file.set_permissions(like.permissions())
}

#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Root may do anything; but a file that nobody may write to is meant to stay as it is.
    let is_protected = fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o222 == 0);
    let refused = rustix::fs::access(path, rustix::fs::Access::WRITE_OK);
    use rustix::io::Errno;
    !is_protected && !matches!(refused, Err(Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    !fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().readonly())
}
