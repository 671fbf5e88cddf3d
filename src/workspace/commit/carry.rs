//! Brings single files forward or back, as [`step`] decides, and looks again after everything that it does.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::journal::Entry;
use super::step::{self, Holds, Step};
use super::{CommitError, LeftBehind, LeftReason};
use crate::text::SourcePath;

/// How often to look again at a file that others keep changing.
const ATTEMPTS: usize = 8;

/// Carries the files of a journal. Whoever holds one holds the lock.
pub(super) struct Carrier<'a, D> {
    pub(super) disk: &'a D,
    pub(super) root: &'a Path,
}

/// The system refused, at this path.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) path: PathBuf,
    pub(super) source: io::Error,
}

impl From<Trouble> for CommitError {
    fn from(Trouble { path, source }: Trouble) -> Self {
        CommitError::Io { path, source }
    }
}

/// What lies at a path.
struct View {
    seen: Holds,
    content: Option<Vec<u8>>,
}

impl<D: Disk> Carrier<'_, D> {
    /// Brings a file to what it is to hold; `Some` if somebody else's text stands in the way, and stays.
    pub(super) fn forward(&self, entry: &Entry) -> Result<Option<LeftBehind>, Trouble> {
        self.carry(entry, step::forward)
    }

    /// Brings a file back to what it held; `Some` if something newer stands in the way, and stays.
    pub(super) fn back(&self, entry: &Entry) -> Result<Option<LeftBehind>, Trouble> {
        self.carry(entry, step::back)
    }

    /// True if what came out of the file is what it held: nobody has written to the old file since.
    pub(super) fn is_untouched(&self, entry: &Entry) -> Result<bool, Trouble> {
        self.look(entry, &entry.temporary).map(|view| view.seen == Holds::Before)
    }

    /// Removes a temporary, unless somebody wrote to it in the last moment.
    pub(super) fn clean(&self, entry: &Entry) -> Result<Option<LeftBehind>, Trouble> {
        let temporary = self.look(entry, &entry.temporary)?;
        match temporary.seen {
            Holds::Other | Holds::Strange => Ok(Some(left(entry, LeftReason::Late, Some(&entry.temporary)))),
            _ if temporary.content.is_some() => self.remove(entry, &entry.temporary).map(|()| None),
            _ => Ok(None),
        }
    }

    fn carry(&self, entry: &Entry, decide: fn(&Entry, Holds, Holds) -> Step) -> Result<Option<LeftBehind>, Trouble> {
        let mut last = LeftReason::Changed;
        for _ in 0..ATTEMPTS {
            if !self.settle_aside(entry)? {
                return Ok(Some(left(entry, last, Some(&entry.aside))));
            }
            let (file, temporary) = (self.look(entry, &entry.path)?, self.look(entry, &entry.temporary)?);
            match decide(entry, file.seen, temporary.seen) {
                Step::Done => return Ok(None),
                Step::Leave(why) => {
                    let is_kept = temporary.content.is_some() || temporary.seen == Holds::Strange;
                    return Ok(Some(left(entry, why, is_kept.then_some(&entry.temporary))));
                }
                Step::Drop => self.remove(entry, &entry.temporary)?,
                Step::Swap(expected) => {
                    let (has_file, has_temporary) = (file.content.is_some(), temporary.content.is_some());
                    self.swap(entry, has_file, has_temporary)?;
                    if self.look(entry, &entry.temporary)?.seen != expected {
                        // What came out is newer than what we have to say: it goes back.
                        self.swap(entry, has_temporary, has_file)?;
                        last = LeftReason::Newer;
                    }
                }
            }
        }
        // Others keep changing it faster than we can look.
        let is_kept = self.look(entry, &entry.temporary)?.content.is_some();
        Ok(Some(left(entry, last, is_kept.then_some(&entry.temporary))))
    }

    /// File and temporary change places, as far as they are there. Nothing is said of a name that was taken or lost
    /// meanwhile: whoever calls looks again.
    fn swap(&self, entry: &Entry, has_file: bool, has_temporary: bool) -> Result<(), Trouble> {
        let (file, temporary) = self.paths(entry);
        let swapped = match (has_file, has_temporary) {
            (true, true) => match self.disk.exchange(&file, &temporary) {
                Err(error) if error.kind() == ErrorKind::Unsupported => self.swap_in_three(entry),
                result => result,
            },
            (true, false) => self.disk.take(&file, &temporary),
            (false, true) => self.disk.place(&temporary, &file),
            (false, false) => Ok(()),
        };
        match swapped {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {
                Err(Trouble { path: file, source: error })
            }
            _ => Ok(()),
        }
    }

    /// Where two names can't be exchanged in one step. Nothing is ever written over, so nothing is lost, but for a moment
    /// the file is not there.
    fn swap_in_three(&self, entry: &Entry) -> io::Result<()> {
        let ((file, temporary), aside) = (self.paths(entry), entry.aside.under(self.root));
        self.disk.take(&file, &aside)?;
        self.disk.place(&temporary, &file)?;
        self.disk.take(&aside, &temporary)
    }

    /// Ends an exchange in three steps that was interrupted: what waits aside goes where there is room for it. False if there
    /// is none.
    fn settle_aside(&self, entry: &Entry) -> Result<bool, Trouble> {
        let View { seen, content } = self.look(entry, &entry.aside)?;
        let Some(aside) = content else { return Ok(seen != Holds::Strange) };
        let ((file, temporary), aside_path) = (self.paths(entry), entry.aside.under(self.root));
        let in_file = self.look(entry, &entry.path)?.content;
        let in_temporary = self.look(entry, &entry.temporary)?.content;
        let settled = match (in_file, in_temporary) {
            (None, _) => self.disk.place(&aside_path, &file),
            (Some(_), None) => self.disk.take(&aside_path, &temporary),
            // Killed while the new text had two names.
            (Some(in_file), Some(in_temporary)) if in_file == in_temporary => {
                self.disk.remove(&temporary).and_then(|()| self.disk.take(&aside_path, &temporary))
            }
            // Somebody saved the file in the moment in which it was not there, as if over what waits aside; or what waits
            // aside was on its way back to the file, and had two names.
            (Some(in_file), Some(_)) if in_file == aside => self.disk.remove(&aside_path),
            (Some(_), Some(_)) if matches!(seen, Holds::Before | Holds::After) => self.disk.remove(&aside_path),
            (Some(_), Some(_)) => return Ok(false),
        };
        match settled {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {
                Err(Trouble { path: file, source: error })
            }
            _ => Ok(true),
        }
    }

    fn look(&self, entry: &Entry, path: &SourcePath) -> Result<View, Trouble> {
        let path = path.under(self.root);
        match self.disk.read(&path) {
            Ok(content) => Ok(View { seen: Holds::of(content.as_deref(), entry), content }),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidInput | ErrorKind::IsADirectory | ErrorKind::NotADirectory
                ) =>
            {
                Ok(View { seen: Holds::Strange, content: None })
            }
            Err(source) => Err(Trouble { path, source }),
        }
    }

    fn remove(&self, entry: &Entry, path: &SourcePath) -> Result<(), Trouble> {
        match self.disk.remove(&path.under(self.root)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Trouble { path: entry.path.under(self.root), source: error })
            }
            _ => Ok(()),
        }
    }

    fn paths(&self, entry: &Entry) -> (PathBuf, PathBuf) {
        (entry.path.under(self.root), entry.temporary.under(self.root))
    }
}

fn left(entry: &Entry, why: LeftReason, kept: Option<&SourcePath>) -> LeftBehind {
    LeftBehind { path: entry.path.clone(), why, kept: kept.cloned() }
}
