//! Copies of cards on which somebody works in an editor, in `.karto/edit/`: the card itself stays as it is until the edit
//! is accepted, and a text that was not accepted is kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::derived::{self, DERIVED};
use super::{Workspace, read_limited};
use crate::text::{MAX_FILE_SIZE, SourcePath};

/// The copy of one card; while it lives, nobody else gets one of the same card.
#[derive(Debug)]
pub struct Workbench {
    folder: PathBuf,
    path: SourcePath,
    stem: String,
    _lock: File,
}

/// A text that was left on a workbench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The text.
    pub text: Vec<u8>,
    /// What the card held when the edit began; `None` where that is not known any more.
    pub base: Option<Vec<u8>>,
}

impl Workbench {
    /// The workbench for a card; makes the folder where it is missing.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::WouldBlock`] if the card is being edited by somebody already.
    pub fn of(workspace: &Workspace, path: &SourcePath) -> io::Result<Self> {
        let mut folder = derived::make(workspace.root())?.join("edit");
        make_folder(&folder)?;
        // In the same folders as the card itself: two cards of one name have two copies.
        for part in path.folder().split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            make_folder(&folder)?;
        }
        let stem = path.stem().to_owned();
        let lock = derived::open_lock(&folder.join(format!("{stem}.lock")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, path: path.clone(), stem, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// The file that the editor gets: called as the card is, so that it looks and behaves like one.
    pub fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.md", self.stem))
    }

    /// The same from the root of the workspace, for people.
    pub fn name(&self) -> String {
        let folder = self.path.folder();
        let slash = if folder.is_empty() { "" } else { "/" };
        format!("{DERIVED}/edit/{folder}{slash}{}.md", self.stem)
    }

    fn base(&self) -> PathBuf {
        self.folder.join(format!("{}.base", self.stem))
    }

    /// What was left by an edit that was not accepted.
    ///
    /// # Errors
    /// What the system says.
    pub fn kept(&self) -> io::Result<Option<Kept>> {
        let present = |file: &Path| {
            read_limited(file).map(Some).or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(None),
                _ => Err(error),
            })
        };
        let Some(text) = present(&self.file())? else { return Ok(None) };
        Ok(Some(Kept { text, base: present(&self.base())? }))
    }

    /// Begins with what the card holds, in place of what may lie there.
    ///
    /// # Errors
    /// What the system says.
    pub fn lay_out(&self, bytes: &[u8]) -> io::Result<()> {
        self.begin_from(bytes)?;
        put(&self.file(), bytes)
    }

    /// Goes on with the text that lies there, as an edit of what the card holds now.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin_from(&self, bytes: &[u8]) -> io::Result<()> {
        put(&self.base(), bytes)
    }

    /// The text as the editor left it.
    ///
    /// # Errors
    /// What the system says.
    pub fn text(&self) -> io::Result<Vec<u8>> {
        let text = read_limited(&self.file())?;
        match text.len() > MAX_FILE_SIZE {
            // What was read is not all of it.
            true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 16 MiB")),
            false => Ok(text),
        }
    }

    /// Takes everything away.
    ///
    /// # Errors
    /// What the system says.
    pub fn clear(&self) -> io::Result<()> {
        for file in [self.file(), self.base()] {
            fs::remove_file(file).or_else(unless(io::ErrorKind::NotFound))?;
        }
        Ok(())
    }
}

/// Makes a folder where there is none; a link is none, for it could lead anywhere.
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder).or_else(unless(io::ErrorKind::AlreadyExists))?;
    match folder.symlink_metadata()?.is_dir() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} is no folder", folder.display()))),
    }
}

/// Writes a file anew, whatever lay there, and follows no link.
fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::remove_file(file).or_else(unless(io::ErrorKind::NotFound))?;
    write_new(file, bytes)
}

fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().create_new(true).write(true).open(file)?.write_all(bytes)
}

fn unless(kind: io::ErrorKind) -> impl Fn(io::Error) -> io::Result<()> {
    move |error| if error.kind() == kind { Ok(()) } else { Err(error) }
}
