//! The index as it stands on the disk: opened, and compared with the files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::{DocAddress, Index, ReloadPolicy, Searcher, SegmentReader, TantivyError};

use super::super::{FileNumber, IndexError};
use super::home::Home;
use super::layout::{self, Layout};
use crate::text::SourcePath;
use crate::workspace::read_limited;
use crate::workspace::stamp::{Stamp, hash, nanoseconds};

/// The number of no file.
const NO_FILE: FileNumber = FileNumber::MAX;

/// The last commit of an index.
pub(super) struct Store {
    pub(super) index: Index,
    pub(super) layout: Layout,
    pub(super) searcher: Searcher,
    /// When the files were looked at for this commit, by the disk's clock.
    pub(super) as_of: u64,
}

/// What the index knows of the files.
pub(super) struct Entries {
    /// Of each file, in the order of the files.
    by_file: Vec<Option<Entry>>,
    /// By segment and document.
    files: Vec<Vec<FileNumber>>,
    /// The paths of entries without a file.
    pub(super) gone: Vec<String>,
    pub(super) documents: usize,
}

/// One document.
#[derive(Clone, Copy)]
struct Entry {
    stamp: Stamp,
    content: u64,
    address: DocAddress,
    /// True if the index holds the file more than once.
    is_doubled: bool,
}

/// How the index differs from the files.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Files that are not in the index, or have changed since; in order.
    pub(super) changed: Vec<FileNumber>,
    /// How many of them the index does not know at all.
    pub(super) added: usize,
    /// Files that had to be read to see that they are the same.
    pub(super) compared: usize,
    /// True if these would not have to be read again after a commit.
    pub(super) would_settle: bool,
}

/// Runs what tantivy does on data that may be damaged: what it takes for impossible is an error here too.
pub(super) fn guarded<T>(work: impl FnOnce() -> tantivy::Result<T>) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| trouble(&error)),
        Err(_) => Err(IndexError::Damaged("reading it failed in a way that should not be possible".into())),
    }
}

fn trouble(error: &TantivyError) -> IndexError {
    let io = match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => return IndexError::Busy,
        TantivyError::LockFailure(LockError::IoError(source), _) | TantivyError::IoError(source) => Some(source),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error, .. }) => Some(io_error),
        _ => None,
    };
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match io {
        Some(io) if matches!(io.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull) => {
            IndexError::Io { path: "the index".into(), source: std::io::Error::new(io.kind(), io.to_string()) }
        }
        _ => IndexError::Damaged(error.to_string()),
    }
}

impl Store {
    /// Opens the last commit; `None` if there is no index yet.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] if it has to be built anew, [`IndexError::Io`] if the system does not let us.
    pub(super) fn open(home: &Home) -> Result<Option<Self>, IndexError> {
        if !home.index().exists() {
            return Ok(None);
        }
        home.check_plain()?;
        let layout = Layout::new();
        let index = guarded(|| Index::open_in_dir(home.index()))?;
        if index.schema() != layout.schema() {
            return Err(IndexError::Damaged("it holds other fields".into()));
        }
        layout::register(&index);
        Self::at_last_commit(index, layout).map(Some)
    }

    pub(super) fn at_last_commit(index: Index, layout: Layout) -> Result<Self, IndexError> {
        let payload = guarded(|| Ok(index.load_metas()?.payload))?;
        let as_of = payload.and_then(|payload| payload.parse().ok());
        let as_of = as_of.ok_or_else(|| IndexError::Damaged("it was never finished".into()))?;
        let searcher = guarded(|| {
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            Ok(tantivy::IndexReader::searcher(&reader))
        })?;
        Ok(Self { index, layout, searcher, as_of })
    }

    /// Which file each document is of.
    pub(super) fn entries(&self, files: &[SourcePath]) -> Result<Entries, IndexError> {
        let mut entries =
            Entries { by_file: vec![None; files.len()], files: Vec::new(), gone: Vec::new(), documents: 0 };
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            guarded(|| entries.add_segment(number, segment, files))?;
        }
        Ok(entries)
    }
}

impl Entries {
    fn add_segment(&mut self, segment: u32, reader: &SegmentReader, files: &[SourcePath]) -> tantivy::Result<()> {
        let fast = reader.fast_fields();
        let paths = fast.str(layout::PATH)?.ok_or_else(|| TantivyError::SchemaError("no paths".into()))?;
        // Both sides are sorted, so that one pass finds the file of every path.
        let mut of_path = Vec::with_capacity(paths.num_terms());
        let mut stream = paths.dictionary().stream()?;
        let mut at = 0;
        while stream.advance() {
            let path = stream.key();
            at += files.get(at..).unwrap_or_default().partition_point(|file| file.as_str().as_bytes() < path);
            let known = files.get(at).is_some_and(|file| file.as_str().as_bytes() == path);
            let number = if known { FileNumber::try_from(at).unwrap_or(NO_FILE) } else { NO_FILE };
            of_path.push(number);
        }
        let column = |name| fast.u64(name).map(|column| column.first_or_default_col(0));
        let (size, modified) = (column(layout::SIZE)?, column(layout::MODIFIED)?);
        let (identity, changed) = (column(layout::IDENTITY)?, column(layout::CHANGED)?);
        let content = column(layout::CONTENT)?;
        let mut of_doc = vec![NO_FILE; reader.max_doc() as usize];
        for doc in reader.doc_ids_alive() {
            self.documents += 1;
            let Some(path) = paths.ords().first(doc) else { continue };
            let number = of_path.get(path as usize).copied().unwrap_or(NO_FILE);
            let Some(known) = self.by_file.get_mut(number as usize) else {
                let mut name = String::new();
                paths.ord_to_str(path, &mut name)?;
                self.gone.push(name);
                continue;
            };
            let stamp = Stamp {
                size: size.get_val(doc),
                modified: modified.get_val(doc),
                identity: identity.get_val(doc),
                changed: changed.get_val(doc),
            };
            let entry = Entry {
                stamp,
                content: content.get_val(doc),
                address: DocAddress::new(segment, doc),
                is_doubled: known.is_some(),
            };
            *known = Some(entry);
            if let Some(slot) = of_doc.get_mut(doc as usize) {
                *slot = number;
            }
        }
        self.files.push(of_doc);
        Ok(())
    }

    /// The file that a document is of; `None` if it is gone, or has changed.
    pub(super) fn file(&self, address: DocAddress) -> Option<FileNumber> {
        let number = *self.files.get(address.segment_ord as usize)?.get(address.doc_id as usize)?;
        (number != NO_FILE).then_some(number)
    }

    /// Compares with the files as they are now. A file whose stamp is the same is the same, unless it was changed so
    /// shortly before it was read that it may have changed again without a trace (`as_of` tells): such a file is read.
    pub(super) fn compare(&self, root: &Path, files: &[SourcePath], stamps: &[Stamp], as_of: u64) -> Differences {
        let doubtful = |entry: &Entry, stamp: &Stamp| entry.stamp == *stamp && stamp.is_racy(as_of);
        let judged: Vec<(bool, bool)> = (self.by_file.par_iter().zip(files).zip(stamps))
            .map(|((entry, path), stamp)| match entry {
                None => (true, false),
                Some(entry) if entry.is_doubled => (true, false),
                Some(entry) if doubtful(entry, stamp) => (content_of(root, path) != entry.content, true),
                Some(entry) => (entry.stamp != *stamp, false),
            })
            .collect();
        let mut differences = Differences::default();
        for (number, (has_changed, was_compared)) in (0..).zip(judged) {
            differences.compared += usize::from(was_compared);
            if has_changed {
                differences.changed.push(number);
                differences.added += usize::from(self.by_file.get(number as usize).is_none_or(Option::is_none));
            }
        }
        let now = nanoseconds(SystemTime::now());
        let settled = |(entry, stamp): (&Option<Entry>, &Stamp)| {
            entry.as_ref().is_some_and(|entry| doubtful(entry, stamp)) && !stamp.is_racy(now)
        };
        differences.would_settle = differences.compared > 0 && self.by_file.iter().zip(stamps).any(settled);
        differences
    }

    /// The files whose content is not the one that the index was made from, whatever their stamps say.
    pub(super) fn compare_content(&self, root: &Path, files: &[SourcePath]) -> Vec<FileNumber> {
        let numbered: Vec<_> = (0..).zip(self.by_file.iter().zip(files)).collect();
        let differs = |(number, (entry, path)): (FileNumber, (&Option<Entry>, &SourcePath))| {
            entry.as_ref().is_some_and(|entry| content_of(root, path) != entry.content).then_some(number)
        };
        numbered.into_par_iter().filter_map(differs).collect()
    }

    /// Forgets what the index holds of files that have changed.
    pub(super) fn mask(&mut self, changed: &[FileNumber]) {
        for number in changed {
            if let Some(Some(entry)) = self.by_file.get(*number as usize) {
                let address = entry.address;
                let segment = self.files.get_mut(address.segment_ord as usize);
                if let Some(slot) = segment.and_then(|docs| docs.get_mut(address.doc_id as usize)) {
                    *slot = NO_FILE;
                }
            }
            if let Some(Some(entry)) = self.by_file.get(*number as usize)
                && entry.is_doubled
            {
                let wanted = *number;
                for slot in self.files.iter_mut().flatten().filter(|slot| **slot == wanted) {
                    *slot = NO_FILE;
                }
            }
        }
    }

    /// True if the index holds anything of the file.
    pub(super) fn knows(&self, number: FileNumber) -> bool {
        self.by_file.get(number as usize).is_some_and(Option::is_some)
    }
}

fn content_of(root: &Path, path: &SourcePath) -> u64 {
    hash(&read_limited(&path.under(root)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::fulltext::index::update;

    /// Builds the index of one file; gives its folder, the stamp of the file, and what differs after `edit`, although the
    /// stamp says that nothing does.
    fn unseen_edit(as_of: impl Fn(u64) -> u64, edit: &str) -> Vec<FileNumber> {
        let folder = tempfile::tempdir().unwrap();
        let files = [SourcePath::new("a.md").unwrap()];
        let file = folder.path().join("a.md");
        std::fs::write(&file, "apples").unwrap();
        let stamps = Stamp::of_all(folder.path(), &files);
        let home = Home::of(folder.path()).unwrap();
        let mut lock = home.lock().unwrap();
        let (store, entries, _) = update::build(&home, &mut lock, folder.path(), &files, &mut |_, _| {}).unwrap();
        std::fs::write(&file, edit).unwrap();
        entries.compare(folder.path(), &files, &stamps, as_of(store.as_of)).changed
    }

    #[test]
    fn a_file_that_was_read_in_the_tick_of_its_change_is_compared() {
        assert_eq!(unseen_edit(|as_of| as_of, "cherry"), [0]);
        assert_eq!(unseen_edit(|as_of| as_of, "apples"), [0; 0]);
    }

    #[test]
    fn a_file_that_was_old_when_it_was_read_is_trusted() {
        // Such an edit can't happen: the system would have given the file another time.
        let much_later = |as_of: u64| as_of + 10_000_000_000;
        assert_eq!(unseen_edit(much_later, "cherry"), [0; 0]);
    }
}
