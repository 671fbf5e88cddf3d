//! The tantivy index in `.karto/`: derived from the files, brought up to date when it is used, safe to delete.

mod ask;
mod home;
mod layout;
mod store;
mod update;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::home::Home;
use self::store::{Entries, Store, guarded};
use super::{FileNumber, Found, IndexDifference, IndexError, IndexStatus, Progress, naive};
use crate::query::TextTerm;
use crate::text::SourcePath;
use crate::workspace::stamp::Stamp;

/// Files that were read to see that they have not changed; from so many on it is worth a commit to spare the next
/// command that.
const WORTH_SETTLING: usize = 16;

/// An index that tells the truth about the files as they were when it was opened.
pub(super) struct Ready {
    store: Store,
    entries: Entries,
    /// Files of which the index knows nothing, or nothing true: they are read.
    masked: Vec<FileNumber>,
    /// How many files were read into it now.
    pub(super) updated: usize,
    /// Why it had to be built anew, if it was damaged.
    pub(super) was_damaged: Option<String>,
}

/// Opens the index and brings it up to date. While another process writes to it, its last commit is used, and what has
/// changed since is masked.
pub(super) fn ready(root: &Path, files: &[SourcePath], progress: Progress<'_>) -> Result<Ready, IndexError> {
    let home = Home::of(root)?;
    if let Ok(Some(store)) = Store::open(&home)
        && let Ok(mut entries) = store.entries(files)
    {
        let differences = entries.compare(root, files, &Stamp::of_all(root, files), store.as_of);
        let worth_settling = differences.would_settle && differences.compared >= WORTH_SETTLING;
        if differences.changed.is_empty() && entries.gone.is_empty() && !worth_settling {
            return Ok(Ready { store, entries, masked: Vec::new(), updated: 0, was_damaged: None });
        }
        match synchronise(&home, root, files, false, progress) {
            Err(IndexError::Busy) => {
                entries.mask(&differences.changed);
                return Ok(Ready { store, entries, masked: differences.changed, updated: 0, was_damaged: None });
            }
            result => return result,
        }
    }
    synchronise(&home, root, files, false, progress)
}

/// Brings the index up to date, or builds it anew.
pub(super) fn update(
    root: &Path,
    files: &[SourcePath],
    anew: bool,
    progress: Progress<'_>,
) -> Result<Ready, IndexError> {
    synchronise(&Home::of(root)?, root, files, anew, progress)
}

/// Takes in what is known to have changed, without looking at the rest.
pub(super) fn update_only(root: &Path, changed: &[SourcePath], gone: &[SourcePath]) -> Result<(), IndexError> {
    let home = Home::of(root)?;
    let lock = home.lock()?;
    let store = Store::open(&home)?.ok_or(IndexError::Missing)?;
    update::put_only(&store, &lock, root, changed, gone)
}

fn synchronise(
    home: &Home,
    root: &Path,
    files: &[SourcePath],
    anew: bool,
    progress: Progress<'_>,
) -> Result<Ready, IndexError> {
    let mut lock = home.lock()?;
    let opened = if anew { Ok(None) } else { Store::open(home) };
    let refreshed = match opened {
        Ok(Some(store)) => update::refresh(store, &mut lock, root, files, progress).map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let (built, was_damaged) = match refreshed {
        Ok(Some(refreshed)) => (refreshed, None),
        Ok(None) => (update::build(home, &mut lock, root, files, progress)?, None),
        Err(IndexError::Damaged(how)) => (update::build(home, &mut lock, root, files, progress)?, Some(how)),
        Err(error) => return Err(error),
    };
    let (store, entries, updated) = built;
    Ok(Ready { store, entries, masked: Vec::new(), updated, was_damaged })
}

impl Ready {
    /// The files that hold each term, with scores.
    pub(super) fn find(&self, root: &Path, files: &[SourcePath], terms: &[TextTerm]) -> Result<Vec<Found>, IndexError> {
        terms.iter().map(|term| self.find_term(root, files, term)).collect()
    }

    fn find_term(&self, root: &Path, files: &[SourcePath], term: &TextTerm) -> Result<Found, IndexError> {
        let by_reading = |numbers: &[FileNumber]| {
            naive::find(root, files, numbers, std::slice::from_ref(term)).into_iter().next().unwrap_or_default()
        };
        if !ask::can_answer(term) {
            return Ok(by_reading(&(0..).take(files.len()).collect::<Vec<_>>()));
        }
        let Store { searcher, layout, .. } = &self.store;
        let hits = guarded(|| searcher.search(&ask::query(searcher, layout, term)?, &ask::Everything))?;
        let known = hits.into_iter().filter_map(|(address, score)| Some((self.entries.file(address)?, score)));
        let mut found: Found = known.collect::<HashMap<_, _>>();
        if !self.masked.is_empty() {
            found.extend(by_reading(&self.masked));
        }
        Ok(found)
    }

    /// How many files the index holds.
    pub(super) fn documents(&self) -> usize {
        self.entries.documents
    }
}

/// What is there, without changing it.
pub(super) fn status(root: &Path, files: &[SourcePath]) -> Result<IndexStatus, IndexError> {
    let home = Home::of(root)?;
    let mut status = IndexStatus {
        folder: home.index(),
        version: home::version(),
        exists: false,
        documents: 0,
        bytes: home.size(),
        updated: None,
        stale: files.len(),
        damaged: None,
    };
    let read = || -> Result<_, IndexError> {
        let Some(store) = Store::open(&home)? else { return Ok(None) };
        let entries = store.entries(files)?;
        Ok(Some((store, entries)))
    };
    match read() {
        Ok(None) => {}
        Ok(Some((store, entries))) => {
            let differences = entries.compare(root, files, &Stamp::of_all(root, files), store.as_of);
            status.exists = true;
            status.documents = entries.documents;
            status.stale = differences.changed.len() + entries.gone.len();
            status.updated = Some(time(store.as_of));
        }
        Err(IndexError::Damaged(how)) => {
            status.exists = true;
            status.damaged = Some(how);
        }
        Err(error) => return Err(error),
    }
    Ok(status)
}

fn time(nanoseconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanoseconds)
}

/// Reads all of the index and all files, and names where they differ.
pub(super) fn verify(root: &Path, files: &[SourcePath]) -> Result<Vec<IndexDifference>, IndexError> {
    let home = Home::of(root)?;
    let Some(store) = Store::open(&home)? else { return Err(IndexError::Missing) };
    let torn = guarded(|| store.index.validate_checksum())?;
    if let Some(file) = torn.iter().min() {
        return Err(IndexError::Damaged(format!("{} is not as it was written", file.display())));
    }
    let entries = store.entries(files)?;
    let changed = entries.compare(root, files, &Stamp::of_all(root, files), store.as_of).changed;
    let name = |number: &FileNumber| files.get(*number as usize).cloned();
    let (stale, missing): (Vec<_>, Vec<_>) = changed.iter().partition(|number| entries.knows(**number));
    let differs: Vec<FileNumber> = entries
        .compare_content(root, files)
        .into_iter()
        .filter(|number| changed.binary_search(number).is_err())
        .collect();
    let mut found: Vec<IndexDifference> = missing.into_iter().filter_map(name).map(IndexDifference::Missing).collect();
    found.extend(stale.into_iter().filter_map(name).map(IndexDifference::Stale));
    found.extend(differs.iter().filter_map(name).map(IndexDifference::Differs));
    found.extend(entries.gone.iter().filter_map(|path| SourcePath::new(path).ok()).map(IndexDifference::Gone));
    Ok(found)
}
