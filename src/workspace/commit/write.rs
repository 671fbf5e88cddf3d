//! The course of a commit: check, prepare, apply, clean; and back, if a file had changed in the last instant.
//!
//! At every moment the journal says enough to go on from there. What stands at the paths tells the rest:
//!
//! 1. `prepare` is written: only temporaries are made, they hold nothing but new text and may be thrown away.
//! 2. All temporaries and their folders are on the disk; then `apply` is written.
//! 3. Each file and its temporary change places, which is looked at anew each time: see [`step`](super::step).
//! 4. The folders are on the disk, and the old texts, which lie in the temporaries now, are as they were: else back.
//! 5. The temporaries go, then the journal.
//!
//! Back: `back` is written; each file and its temporary change places again; then as in 5. Where `back` can't be written,
//! the journal goes before the temporaries.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::carry::{Carrier, Trouble};
use super::disk::Disk;
use super::journal::{self, Digest, Entry, Journal, Phase};
use super::place::{self, Place};
use super::{CommitError, Committed, LeftBehind, NextCommand};
use crate::change::{ChangeSet, FileChange};
use crate::text::SourcePath;
use crate::workspace::derived;

/// Writes to one workspace. Whoever holds one holds the lock.
pub(super) struct Writer<'a, D> {
    pub(super) disk: &'a D,
    /// The root, without links.
    pub(super) root: &'a Path,
}

/// One file of the set, and where it lies.
struct Target<'c> {
    named: &'c SourcePath,
    change: &'c FileChange,
    place: Place,
}

impl<D: Disk> Writer<'_, D> {
    /// Carries out a set of changes; finishes an earlier one first. `is_locked` tells whether the lock still holds.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub(super) fn commit(&self, changes: &ChangeSet, is_locked: impl Fn() -> bool) -> Result<Committed, CommitError> {
        let recovered = self.recover()?;
        let targets = self.targets(changes)?;
        let mut journal = self.plan(&targets)?;
        if !is_locked() {
            return Err(CommitError::Busy { holder: None });
        }
        self.write_journal(&journal)?;
        if let Err(error) = self.prepare(&journal, &targets) {
            // What can't be removed now is removed by the next command: the journal stays.
            let _ = self.abandon(&journal);
            return Err(error);
        }
        journal.phase = Phase::Apply;
        let applied = match self.write_journal(&journal) {
            Ok(()) => self.apply(&journal).map_err(CommitError::from),
            Err(error) => Err(error),
        };
        let failed = match applied {
            Ok(None) => None,
            Ok(Some(path)) => Some(CommitError::Changed { paths: vec![name_of(&targets, path)] }),
            Err(error) => Some(error),
        };
        if let Some(error) = failed {
            let left = self.take_back(&mut journal)?;
            return Err(if left.is_empty() { error } else { CommitError::Crossed { left } });
        }
        // All is done. What can't be removed now is removed by the next command.
        let left = self.finish(&journal, &[]).unwrap_or_default();
        Ok(Committed { recovered, left })
    }

    fn targets<'c>(&self, changes: &'c ChangeSet) -> Result<Vec<Target<'c>>, CommitError> {
        let files: Vec<(&SourcePath, &FileChange)> = changes.files().collect();
        let find = |(named, change): (&'c SourcePath, &'c FileChange)| {
            let place = place::find(self.root, named, change.after.is_none())?;
            Ok(Target { named, change, place })
        };
        let targets: Vec<Target<'c>> = files.into_par_iter().map(find).collect::<Result<_, CommitError>>()?;
        let mut known: HashMap<&SourcePath, &SourcePath> = HashMap::with_capacity(targets.len());
        for target in &targets {
            if let Some(first) = known.insert(&target.place.path, target.named) {
                return Err(CommitError::SameFile { first: first.clone(), second: target.named.clone() });
            }
        }
        Ok(targets)
    }

    /// Compares every file with what the change was made from; all that differ are named.
    fn plan(&self, targets: &[Target<'_>]) -> Result<Journal, CommitError> {
        let differs = |target: &Target<'_>| {
            let file = target.place.path.under(self.root);
            match self.disk.read(&file) {
                Ok(now) if now == target.change.before => Ok(None),
                Ok(_) => Ok(Some(target.named.clone())),
                Err(source) => Err(CommitError::Io { path: file, source }),
            }
        };
        let changed: Vec<Option<SourcePath>> = targets.par_iter().map(differs).collect::<Result<_, _>>()?;
        let paths: Vec<SourcePath> = changed.into_iter().flatten().collect();
        if !paths.is_empty() {
            return Err(CommitError::Changed { paths });
        }
        self.check_protection(targets)?;
        let token = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let digest = |content: &Option<Vec<u8>>| content.as_deref().map(Digest::of);
        let entry = |target: &Target<'_>| {
            let (before, after) = (digest(&target.change.before), digest(&target.change.after));
            let entry = Entry::new(&token, target.place.path.clone(), before, after);
            entry.map_err(|_| CommitError::Outside { path: target.named.clone() })
        };
        let entries = targets.par_iter().map(entry).collect::<Result<_, _>>()?;
        let folders: BTreeSet<SourcePath> = targets.iter().flat_map(|target| target.place.missing.clone()).collect();
        Ok(Journal::new(token, folders.into_iter().collect(), entries))
    }

    fn check_protection(&self, targets: &[Target<'_>]) -> Result<(), CommitError> {
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        for Target { named, change, place } in targets {
            if change.before.is_some() && !self.disk.may_write(&place.path.under(self.root)) {
                return Err(CommitError::ReadOnly { path: named.to_string() });
            }
            folders.insert(place.missing.first().map_or(place.path.folder(), SourcePath::folder));
        }
        match folders.into_iter().find(|folder| !self.disk.may_write(&self.root.join(folder))) {
            Some("") => Err(CommitError::ReadOnly { path: self.root.display().to_string() }),
            Some(folder) => Err(CommitError::ReadOnly { path: folder.to_owned() }),
            None => Ok(()),
        }
    }

    /// Makes the folders and the temporaries, and sees them to the disk.
    fn prepare(&self, journal: &Journal, targets: &[Target<'_>]) -> Result<(), CommitError> {
        let trouble = |path: PathBuf| move |source| CommitError::Io { path, source };
        for folder in &journal.folders {
            let folder = folder.under(self.root);
            self.disk.make_folder(&folder).map_err(trouble(folder))?;
        }
        let changes: HashMap<&SourcePath, &FileChange> =
            targets.iter().map(|target| (&target.place.path, target.change)).collect();
        let written: Vec<(&Entry, &FileChange)> = journal
            .entries
            .iter()
            .filter_map(|entry| Some((entry, *changes.get(&entry.path)?)))
            .filter(|(_, change)| change.after.is_some())
            .collect();
        written.par_iter().try_for_each(|(entry, change)| {
            let (file, temporary) = (entry.path.under(self.root), entry.temporary.under(self.root));
            let like = change.before.is_some().then_some(file.as_path());
            let bytes = change.after.as_deref().unwrap_or_default();
            let made = self.disk.create(&temporary, bytes, like).and_then(|()| self.disk.sync_file(&temporary));
            made.map_err(trouble(file))
        })?;
        self.sync_folders(journal).map_err(CommitError::from)
    }

    /// All forward; the first that does not fit any more, and what the system says, end it.
    fn apply<'j>(&self, journal: &'j Journal) -> Result<Option<&'j SourcePath>, Trouble> {
        let carrier = self.carrier();
        for entry in &journal.entries {
            if carrier.forward(entry)?.is_some() {
                return Ok(Some(&entry.path));
            }
        }
        self.sync_folders(journal)?;
        for entry in &journal.entries {
            // Somebody who had the file open still may have written to the old text until now.
            if !carrier.is_untouched(entry)? {
                return Ok(Some(&entry.path));
            }
        }
        Ok(None)
    }

    /// All back, after the journal says so.
    fn take_back(&self, journal: &mut Journal) -> Result<Vec<LeftBehind>, CommitError> {
        journal.phase = Phase::Back;
        let undone = match self.write_journal(journal) {
            Ok(()) => self.undo(journal),
            // If that can't be written, on a full disk for example, it can still be done.
            Err(_) => self.undo_in_silence(journal),
        };
        undone.map_err(|Trouble { path, source }| CommitError::Interrupted { path, source, next: self.next_command() })
    }

    /// Brings all files back, removes what was made for the change, and the journal.
    pub(super) fn undo(&self, journal: &Journal) -> Result<Vec<LeftBehind>, Trouble> {
        let left = self.bring_back(journal)?;
        self.finish(journal, &left).map(|late| left.into_iter().chain(late).collect())
    }

    /// The same while the journal says `apply`: as long as it is there the new texts have to be there too, or the next
    /// command would bring only some of them forward.
    fn undo_in_silence(&self, journal: &Journal) -> Result<Vec<LeftBehind>, Trouble> {
        let left = self.bring_back(journal)?;
        self.remove_journal()?;
        self.finish(journal, &left).map(|late| left.into_iter().chain(late).collect())
    }

    fn bring_back(&self, journal: &Journal) -> Result<Vec<LeftBehind>, Trouble> {
        let carrier = self.carrier();
        let mut left = Vec::new();
        for entry in journal.entries.iter().rev() {
            left.extend(carrier.back(entry)?);
        }
        self.sync_folders(journal)?;
        Ok(left)
    }

    /// What the next command makes of this change: what the journal that lies there now tells it.
    fn next_command(&self) -> NextCommand {
        match self.disk.read(&self.journal_path()) {
            Ok(None) => NextCommand::DoesNothing,
            Ok(Some(bytes)) => match Journal::decode(&bytes).map(|journal| journal.phase) {
                Ok(Phase::Apply) => NextCommand::CarriesOut,
                Ok(Phase::Prepare | Phase::Back) => NextCommand::TakesBack,
                Err(_) => NextCommand::Unknown,
            },
            Err(_) => NextCommand::Unknown,
        }
    }

    /// Removes the temporaries of all files but those that are `left`, then the journal. Gives those that were written to
    /// in the last moment, and stay.
    pub(super) fn finish(&self, journal: &Journal, left: &[LeftBehind]) -> Result<Vec<LeftBehind>, Trouble> {
        let carrier = self.carrier();
        let left: HashSet<&SourcePath> = left.iter().map(|left| &left.path).collect();
        let mut late = Vec::new();
        for entry in &journal.entries {
            if !left.contains(&entry.path) {
                late.extend(carrier.clean(entry)?);
            }
        }
        if journal.phase == Phase::Back {
            self.remove_folders(journal);
        }
        self.remove_journal()?;
        Ok(late)
    }

    /// Forgets a change that has not touched a file.
    pub(super) fn abandon(&self, journal: &Journal) -> Result<(), Trouble> {
        for entry in &journal.entries {
            self.remove_if_there(entry.temporary.under(self.root))?;
        }
        self.remove_folders(journal);
        self.remove_journal()
    }

    fn remove_folders(&self, journal: &Journal) {
        for folder in journal.folders.iter().rev() {
            // One in which somebody else has put something stays.
            let _ = self.disk.remove_folder(&folder.under(self.root));
        }
    }

    pub(super) fn carrier(&self) -> Carrier<'_, D> {
        Carrier { disk: self.disk, root: self.root }
    }

    /// The folders of the files, and those in which folders were made.
    pub(super) fn sync_folders(&self, journal: &Journal) -> Result<(), Trouble> {
        let files = journal.entries.iter().map(|entry| &entry.path);
        let folders: BTreeSet<&str> = files.chain(&journal.folders).map(SourcePath::folder).collect();
        let folders: Vec<PathBuf> = folders.into_iter().map(|folder| self.root.join(folder)).collect();
        folders.into_par_iter().try_for_each(|folder| match self.disk.sync_folder(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Trouble { path: folder, source: error }),
            _ => Ok(()),
        })
    }

    /// Where the journal lies.
    pub(super) fn journal_path(&self) -> PathBuf {
        self.root.join(journal::NAME)
    }

    /// Puts the journal in its place in one step, and sees it to the disk. It is written in `.karto/`, so that what is
    /// left of one that was never finished is in nobody's way.
    fn write_journal(&self, journal: &Journal) -> Result<(), CommitError> {
        let (path, new) = (self.journal_path(), derived::folder(self.root).join("commit.new"));
        let is_first = journal.phase == Phase::Prepare;
        let write = || {
            self.remove_if_there(new.clone()).map_err(|trouble| trouble.source)?;
            self.disk.create(&new, &journal.encode(), None)?;
            if is_first {
                // Temporaries without a journal are left over after a power cut at worst; to wait for the disk is not
                // worth that.
                return self.disk.place(&new, &path);
            }
            self.disk.sync_file(&new)?;
            self.disk.replace(&new, &path)?;
            self.disk.sync_folder(self.root)
        };
        match write() {
            // Another process made one, though we hold the lock: somebody deleted `.karto/`.
            Err(error) if is_first && error.kind() == ErrorKind::AlreadyExists => {
                Err(CommitError::Busy { holder: None })
            }
            Err(source) => Err(CommitError::Io { path, source }),
            Ok(()) => Ok(()),
        }
    }

    fn remove_journal(&self) -> Result<(), Trouble> {
        self.remove_if_there(self.journal_path())?;
        let root = self.root;
        self.disk.sync_folder(root).map_err(|source| Trouble { path: root.to_owned(), source })
    }

    pub(super) fn remove_if_there(&self, path: PathBuf) -> Result<(), Trouble> {
        match self.disk.remove(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Trouble { path, source: error }),
            _ => Ok(()),
        }
    }
}

/// The file as the caller called it.
fn name_of(targets: &[Target<'_>], path: &SourcePath) -> SourcePath {
    let target = targets.iter().find(|target| target.place.path == *path);
    target.map_or_else(|| path.clone(), |target| target.named.clone())
}
