//! Bringing the index up to date: what changed, in one commit.

use std::fs;
use std::path::Path;
use std::thread::available_parallelism;

use rayon::prelude::*;
use tantivy::{Index, IndexWriter, Term};

use super::super::{FileNumber, IndexError, Progress};
use super::home::{Home, Lock};
use super::layout::{self, Layout};
use super::store::{Entries, Store, guarded};
use crate::text::SourcePath;
use crate::workspace::read_limited;
use crate::workspace::stamp::Stamp;

/// Above so many changed files all cores work.
const MANY: usize = 500;
/// How many files are read between two words on progress.
const STEP: usize = 1000;
/// Memory for the work of one core, in bytes.
const MEMORY: usize = 48 << 20;

/// What is to be written.
struct Work<'a> {
    root: &'a Path,
    files: &'a [SourcePath],
    stamps: &'a [Stamp],
    changed: &'a [FileNumber],
    gone: &'a [String],
    as_of: u64,
}

/// Brings an index up to date; what does not differ is not touched. Gives the number of files that were read into it.
pub(super) fn refresh(
    store: Store,
    lock: &mut Lock,
    root: &Path,
    files: &[SourcePath],
    progress: Progress<'_>,
) -> Result<(Store, Entries, usize), IndexError> {
    let as_of = lock.clock().map_err(|source| IndexError::Io { path: "the index".into(), source })?;
    let stamps = Stamp::of_all(root, files);
    let entries = store.entries(files)?;
    let differences = entries.compare(root, files, &stamps, store.as_of);
    if differences.changed.is_empty() && entries.gone.is_empty() && !differences.would_settle {
        return Ok((store, entries, 0));
    }
    let Store { index, layout, searcher, .. } = store;
    drop(searcher);
    let work = Work { root, files, stamps: &stamps, changed: &differences.changed, gone: &entries.gone, as_of };
    write(&index, &layout, &work, progress)?;
    let store = Store::at_last_commit(index, layout)?;
    let entries = store.entries(files)?;
    Ok((store, entries, differences.changed.len()))
}

/// Takes these files in and forgets those that are gone, whatever else may have changed.
///
/// The index stays as of the moment that it was: of the other files nobody has looked whether they changed since.
pub(super) fn put_only(
    store: &Store,
    _lock: &Lock,
    root: &Path,
    changed: &[SourcePath],
    gone: &[SourcePath],
) -> Result<(), IndexError> {
    let stamps = Stamp::of_all(root, changed);
    let numbers: Vec<FileNumber> = (0..).take(changed.len()).collect();
    let gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
    let work = Work { root, files: changed, stamps: &stamps, changed: &numbers, gone: &gone, as_of: store.as_of };
    write(&store.index, &store.layout, &work, &mut |_, _| {})
}

/// Builds an index from nothing beside the one that is there, if any, and puts it in its place when it is finished.
pub(super) fn build(
    home: &Home,
    lock: &mut Lock,
    root: &Path,
    files: &[SourcePath],
    progress: Progress<'_>,
) -> Result<(Store, Entries, usize), IndexError> {
    let trouble = |source| IndexError::Io { path: home.building(), source };
    let as_of = lock.clock().map_err(trouble)?;
    home.clear_building(lock).map_err(trouble)?;
    fs::create_dir(home.building()).map_err(trouble)?;
    let stamps = Stamp::of_all(root, files);
    let layout = Layout::new();
    let index = guarded(|| Index::create_in_dir(home.building(), layout.schema()))?;
    layout::register(&index);
    let changed: Vec<FileNumber> = (0..).take(files.len()).collect();
    let work = Work { root, files, stamps: &stamps, changed: &changed, gone: &[], as_of };
    write(&index, &layout, &work, progress)?;
    drop(index);
    home.replace(lock).map_err(trouble)?;
    home.remove_other_versions(lock);
    let store = Store::open(home)?.ok_or_else(|| IndexError::Damaged("it vanished".into()))?;
    let entries = store.entries(files)?;
    Ok((store, entries, files.len()))
}

fn write(index: &Index, layout: &Layout, work: &Work<'_>, progress: Progress<'_>) -> Result<(), IndexError> {
    let threads = if work.changed.len() > MANY { available_parallelism().map_or(1, |n| n.get().min(4)) } else { 1 };
    let mut writer: IndexWriter = guarded(|| index.writer_with_num_threads(threads, threads * MEMORY))?;
    for path in work.gone {
        writer.delete_term(Term::from_field_text(layout.path, path));
    }
    let is_new = index.load_metas().is_ok_and(|metas| metas.segments.is_empty());
    let mut done = 0;
    progress(done, work.changed.len());
    for numbers in work.changed.chunks(STEP) {
        guarded(|| numbers.par_iter().try_for_each(|number| put(&writer, layout, work, *number, is_new)))?;
        done += numbers.len();
        progress(done, work.changed.len());
    }
    guarded(|| {
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&work.as_of.to_string());
        commit.commit()
    })?;
    // Merging goes on in the background, and would be broken off at the end of the process.
    guarded(|| writer.wait_merging_threads())
}

fn put(
    writer: &IndexWriter,
    layout: &Layout,
    work: &Work<'_>,
    number: FileNumber,
    is_new: bool,
) -> tantivy::Result<()> {
    let at = number as usize;
    let (Some(path), Some(stamp)) = (work.files.get(at), work.stamps.get(at)) else { return Ok(()) };
    if !is_new {
        writer.delete_term(Term::from_field_text(layout.path, path.as_str()));
    }
    let bytes = read_limited(&path.under(work.root)).unwrap_or_default();
    writer.add_document(layout.document(path, stamp, bytes))?;
    Ok(())
}
