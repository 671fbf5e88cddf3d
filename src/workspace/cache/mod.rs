//! What was read of the files, kept in `.karto/`, so that only what has changed since is read again.
//!
//! The files stay the truth. What is kept of a file holds as long as the system says that it is still the file that was
//! read, and for these rules. Whatever can't be kept, read or believed is read from the files, as if nothing were kept.

mod base;
mod journal;
mod reading;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use self::base::Base;
use self::journal::{Journal, Put};
use super::fulltext::Progress;
use super::stamp::Stamp;
use super::{Workspace, derived, load, read_limited};
use crate::diagnostic::Diagnostic;
use crate::model::{Card, Record};
use crate::text::SourcePath;

/// To be raised whenever what is kept of a file, or how, changes.
const FORMAT: u32 = 1;
/// How many files are read between two words on progress; fewer are not worth a word.
const STEP: usize = 1000;
/// A journal of so many bytes is short, however little the base holds.
const SHORT: u64 = 1 << 20;

/// What a file was read as: the card, and what is wrong with it by itself.
pub(super) type Reading = (Card, Vec<Diagnostic>);

/// All readings of a moment.
pub(super) struct Readings {
    /// In the order of the files; of one that has gone meanwhile there is none.
    pub(super) all: Vec<Reading>,
    /// True if what was kept was damaged, and has been made anew.
    pub(super) was_damaged: bool,
}

/// What is kept of the files of a workspace, so that they need not be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheStatus {
    /// The file in which most of it stands.
    pub place: PathBuf,
    /// Of how many files something is kept.
    pub files: usize,
    /// How many bytes that takes.
    pub bytes: u64,
}

/// What is known of a file without its reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    path: SourcePath,
    /// What the system said of it before it was read.
    stamp: Stamp,
    /// True if nothing can have changed in it since without another stamp.
    is_settled: bool,
    /// Of its bytes.
    #[serde(with = "postcard::fixint::le")]
    content: u128,
    /// Of the reading's bytes.
    #[serde(with = "postcard::fixint::le")]
    sum: u64,
}

/// A file's row and the bytes of its reading.
#[derive(Clone, Copy)]
struct Kept<'c> {
    row: &'c Row,
    reading: &'c [u8],
}

impl Kept<'_> {
    /// `None` if it is damaged.
    fn reading(self, workspace: &Workspace) -> Option<Reading> {
        (xxh3_64(self.reading) == self.row.sum).then(|| reading::decode(self.reading, &self.row.path, workspace))?
    }
}

/// What is to be kept of a file from now on.
enum Outcome {
    /// What is kept already.
    AsKept,
    /// This.
    Put(Box<Put>),
    /// Nothing.
    Nothing,
}

/// Reads these files, as far as what is kept of them does not hold any more, and keeps what was read.
pub(super) fn readings(cache: &Cache, workspace: &Workspace, files: &[SourcePath], progress: Progress<'_>) -> Readings {
    readings_in(cache, workspace, files, 1, progress)
}

/// The same where the clock of the file system makes steps of `grain` nanoseconds.
fn readings_in(
    cache: &Cache,
    workspace: &Workspace,
    files: &[SourcePath],
    grain: u64,
    progress: Progress<'_>,
) -> Readings {
    let mut read: Vec<Option<Reading>> =
        files.par_iter().enumerate().map(|file| cache.as_it_was(workspace, file, grain)).collect();
    let changed: Vec<usize> = (0..).zip(&read).filter(|(_, reading)| reading.is_none()).map(|(at, _)| at).collect();
    let mut outcomes: Vec<Outcome> = files.iter().map(|_| Outcome::AsKept).collect();
    if !changed.is_empty() {
        // Before the files are looked at once more: what changes from now on has another stamp.
        let clock = cache.clock(grain);
        let of_file = |at: &usize| {
            let (reading, outcome) = cache.read(workspace, files.get(*at)?, clock, grain);
            Some((*at, reading, outcome))
        };
        for (done, some) in (0..).step_by(STEP).zip(changed.chunks(STEP)) {
            if changed.len() > STEP {
                progress(done, changed.len());
            }
            for (at, reading, outcome) in some.par_iter().filter_map(of_file).collect::<Vec<_>>() {
                if let (Some(read), Some(kept)) = (read.get_mut(at), outcomes.get_mut(at)) {
                    (*read, *kept) = (reading, outcome);
                }
            }
        }
    }
    let was_damaged = cache.was_damaged();
    let mut is_new = false;
    if !changed.is_empty() || was_damaged || cache.len() > files.len() {
        // Who can't keep anything reads again the next time.
        is_new = cache.keep(files, outcomes).unwrap_or_default();
    }
    Readings { all: read.into_iter().flatten().collect(), was_damaged: was_damaged && is_new }
}

/// What is kept of one workspace.
pub(super) struct Cache {
    /// `.karto/`
    folder: PathBuf,
    root: PathBuf,
    /// Of the rules under which the files were read.
    rules: u64,
    base: Option<Base>,
    journal: Journal,
    /// True once something turned out not to be what was written.
    is_damaged: AtomicBool,
}

impl Cache {
    /// What is kept for these rules.
    pub(super) fn open(workspace: &Workspace) -> Self {
        let root = workspace.root().to_owned();
        let folder = derived::folder(&root);
        let mut cache = Self {
            folder,
            root,
            rules: workspace.rules,
            base: None,
            journal: Journal::default(),
            is_damaged: AtomicBool::new(false),
        };
        if derived::check_folder(&cache.folder).is_err() {
            return cache;
        }
        match Base::read(&cache.base_path()) {
            Ok(base) => cache.base = base.filter(|base| base.rules() == cache.rules),
            Err(base::Damaged) => cache.is_damaged = AtomicBool::new(true),
        }
        if let Some(base) = &cache.base {
            cache.journal = Journal::read(&cache.journal_path(base.generation()));
            if cache.journal.is_torn() {
                cache.is_damaged = AtomicBool::new(true);
            }
        }
        cache
    }

    /// Records of these files as they were read; `None` if nothing is kept.
    pub(super) fn records(&self, workspace: &Workspace, wanted: impl Fn(&SourcePath) -> bool) -> Option<Vec<Record>> {
        if self.len() == 0 {
            return None;
        }
        let mut paths: Vec<&SourcePath> = self.paths().filter(|path| wanted(path)).collect();
        paths.sort_unstable();
        let record = |path: &&SourcePath| match self.get(path)?.reading(workspace)?.0 {
            Card::Record(record) => Some(record),
            Card::Note(_) | Card::Unreadable(_) => None,
        };
        Some(paths.par_iter().filter_map(record).collect())
    }

    /// What is kept, for people to look at.
    pub(super) fn status(&self) -> CacheStatus {
        let bytes = self.base.as_ref().map_or(0, Base::len) + self.journal.len();
        CacheStatus { place: self.base_path(), files: self.len(), bytes }
    }

    fn base_path(&self) -> PathBuf {
        self.folder.join(format!("cache-{FORMAT}-{}", env!("CARGO_PKG_VERSION")))
    }

    fn journal_path(&self, generation: u64) -> PathBuf {
        let base = self.base_path();
        base.with_file_name(format!("{}.{generation:016x}", base.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn get(&self, path: &SourcePath) -> Option<Kept<'_>> {
        self.get_near(path, 0)
    }

    /// The same for the file with this place among those that there are now.
    fn get_near(&self, path: &SourcePath, place: usize) -> Option<Kept<'_>> {
        match self.journal.get(path) {
            Some(told) => told,
            None => self.base.as_ref()?.get(path, place),
        }
    }

    fn was_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// What a file was read as, if it still is what it was.
    fn as_it_was(&self, workspace: &Workspace, (place, path): (usize, &SourcePath), grain: u64) -> Option<Reading> {
        let kept = self.get_near(path, place).filter(|kept| kept.row.is_settled)?;
        let is_same = Stamp::of_file_in(&path.under(&self.root), grain) == kept.row.stamp;
        if !is_same {
            return None;
        }
        let reading = kept.reading(workspace);
        if reading.is_none() {
            self.is_damaged.store(true, Ordering::Relaxed);
        }
        reading
    }

    /// Reads a file that may have changed.
    fn read(
        &self,
        workspace: &Workspace,
        path: &SourcePath,
        clock: Option<u64>,
        grain: u64,
    ) -> (Option<Reading>, Outcome) {
        let absolute = path.under(&self.root);
        let stamp = Stamp::of_file_in(&absolute, grain);
        let bytes = match read_limited(&absolute) {
            Ok(bytes) => bytes,
            // Whether it can be read now does not follow from its stamp.
            failed @ Err(_) => return (load::card_of(workspace, path, failed), Outcome::Nothing),
        };
        let is_settled = clock.is_some_and(|clock| stamp.changed < clock);
        let content = xxh3_128(&bytes);
        let known = self.get(path).filter(|kept| kept.row.content == content);
        if let Some((kept, reading)) = known.and_then(|kept| Some((kept, kept.reading(workspace)?))) {
            let row = Row { stamp, is_settled, ..kept.row.clone() };
            let is_kept = row == *kept.row;
            let put = || Outcome::Put(Box::new(Put { row, reading: kept.reading.to_vec() }));
            return (Some(reading), if is_kept { Outcome::AsKept } else { put() });
        }
        let reading = load::card_of(workspace, path, Ok(bytes));
        let encoded = reading.as_ref().and_then(reading::encode);
        let outcome = match encoded {
            Some(encoded) => {
                let sum = xxh3_64(&encoded);
                let row = Row { path: path.clone(), stamp, is_settled, content, sum };
                Outcome::Put(Box::new(Put { row, reading: encoded }))
            }
            None => Outcome::Nothing,
        };
        (reading, outcome)
    }

    /// The time as the disk's own clock tells it; `None` where nothing can be written.
    fn clock(&self, grain: u64) -> Option<u64> {
        let path = derived::make(&self.root).ok()?.join("clock");
        let time = derived::clock(&mut derived::open_lock(&path).ok()?).ok()?;
        Some(time - time % grain.max(1))
    }

    /// Of how many files something is kept.
    fn len(&self) -> usize {
        if self.journal.is_empty() { self.base.as_ref().map_or(0, Base::rows) } else { self.paths().count() }
    }

    /// The files of which something is kept.
    fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        let of_base = self.base.iter().flat_map(Base::paths);
        of_base.filter(|path| self.journal.get(path).is_none()).chain(self.journal.paths())
    }

    /// Keeps what has become of the files: a few in the journal, many in a base of their own. True if the base is new.
    fn keep(&self, files: &[SourcePath], outcomes: Vec<Outcome>) -> io::Result<bool> {
        let lock = derived::open_lock(&derived::make(&self.root)?.join("cache.lock"))?;
        if lock.try_lock().is_err() {
            return Ok(false);
        }
        let news = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Put(_))).count();
        let journal = match &self.base {
            Some(base) if !self.was_damaged() && news <= files.len() / 4 && self.journal.len() < self.longest() => {
                self.journal_path(base.generation())
            }
            _ => return self.keep_all(files, &outcomes).map(|()| true),
        };
        let stays = |path: &SourcePath| {
            let at = files.binary_search(path).ok();
            at.and_then(|at| outcomes.get(at)).is_some_and(|outcome| !matches!(outcome, Outcome::Nothing))
        };
        let gone: Vec<SourcePath> = self.paths().filter(|path| !stays(path)).cloned().collect();
        let puts: Vec<Put> = outcomes.into_iter().filter_map(Outcome::put).collect();
        if !(gone.is_empty() && puts.is_empty()) {
            journal::append(&journal, &puts, &gone)?;
        }
        Ok(false)
    }

    /// From which length on a journal is to become part of a base.
    fn longest(&self) -> u64 {
        self.base.as_ref().map_or(0, |base| base.len() / 4).max(SHORT)
    }

    /// Writes a base anew, and removes what it replaces.
    fn keep_all(&self, files: &[SourcePath], outcomes: &[Outcome]) -> io::Result<()> {
        let kept: Vec<Kept<'_>> = (files.iter().zip(outcomes))
            .filter_map(|(path, outcome)| match outcome {
                Outcome::AsKept => self.get(path),
                Outcome::Put(put) => Some(put.kept()),
                Outcome::Nothing => None,
            })
            .collect();
        let path = self.base_path();
        let beside = self.folder.join(format!("cache-new-{}", std::process::id()));
        let written = Base::write(&beside, self.rules, &kept).and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
            return written;
        }
        self.remove_others(&path);
        Ok(())
    }

    /// Removes journals, and what other versions have kept.
    fn remove_others(&self, base: &Path) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_ours = entry.file_name().to_string_lossy().starts_with("cache-");
            if is_ours && entry.path() != base && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Outcome {
    fn put(self) -> Option<Put> {
        match self {
            Outcome::Put(put) => Some(*put),
            Outcome::AsKept | Outcome::Nothing => None,
        }
    }
}

/// The bytes of a file of ours, which is plain and no link.
fn bytes_of(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(io::Error::other("it is no plain file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// Makes a file of ours that is not there yet.
fn create(path: &Path) -> io::Result<File> {
    let _ = fs::remove_file(path);
    private().create_new(true).write(true).open(path)
}

/// What is kept of cards is for nobody who may not read them, and whoever that is, only their owner knows.
fn private() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests;
