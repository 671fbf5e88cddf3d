//! Full text: which files hold a word, a phrase, a beginning, or something near.
//!
//! With the feature `search` a tantivy index in `.karto/` answers. It is brought up to date whenever it is opened, so an
//! answer is never older than the files were then. Where there can be no index (without the feature, on a read-only
//! disk), all files are read and matched: slower, but with the same hits.

#[cfg(feature = "search")]
mod index;
#[cfg(not(feature = "search"))]
#[path = "no_index.rs"]
mod index;
mod naive;
mod passage;
mod search;
mod snippet;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use search::{FoundCard, Nearness, SearchAnswer, SearchHit};
pub use snippet::Snippet;

use super::{Snapshot, Workspace};
use crate::catalog::{Catalog, RecordIndex};
use crate::query::{Hits, TextTerm};
use crate::text::SourcePath;

/// Is told from time to time how many files of how many have been read into the index.
pub type Progress<'p> = &'p mut dyn FnMut(usize, usize);

/// A file's place in the list of all files, which goes by path.
type FileNumber = u32;

/// The files that hold a term, with scores.
type Found = HashMap<FileNumber, f32>;

/// What a file is in the catalog.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Record(RecordIndex),
    Note(usize),
    Unreadable,
}

/// The full text of all files of a catalog.
pub struct FullText<'a> {
    root: &'a Path,
    catalog: &'a Catalog,
    files: Vec<SourcePath>,
    owners: Vec<Owner>,
    engine: Engine,
    notice: Option<Notice>,
}

enum Engine {
    Index(Box<index::Ready>),
    Reading,
}

/// What a user should be told of the index, once.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice {
    /// It was damaged and has been built anew; answers are right.
    Rebuilt(String),
    /// It can't be used, so that all files were read; answers are right, but slower.
    StandIn(IndexError),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Rebuilt(how) => write!(f, "the full-text index was damaged and has been built anew ({how})"),
            Notice::StandIn(error) => write!(f, "searched without the full-text index: {error}"),
        }
    }
}

/// Why the index can't be used, or not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Something else stands where the folder should be: a file, or a link, which is not followed.
    #[error("{} is no folder of its own", .path.display())]
    NotAFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// Another process is writing to it.
    #[error("another karto is bringing it up to date")]
    Busy,
    /// There is none yet.
    #[error("there is no index yet")]
    Missing,
    /// The program was built without it.
    #[error("this karto was built without a full-text index")]
    Unsupported,
    /// It is not as it was written.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// The system does not let us.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl IndexError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            IndexError::NotAFolder { .. } => "move it away; .karto/ holds derived data only and is made anew",
            IndexError::Busy => "try again when it is done",
            IndexError::Missing => "`karto index` builds it",
            IndexError::Unsupported => "searching works without; the feature `search` brings it",
            IndexError::Damaged(_) => "`karto index --rebuild` builds it anew",
            IndexError::Io { .. } => {
                "check that the disk has room and that you may write to .karto/; searching works without"
            }
        }
    }
}

/// What the index holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexStatus {
    /// Where it lies.
    pub folder: PathBuf,
    /// What made it: the format of the index and the version of the program.
    pub version: String,
    /// False if there is none.
    pub exists: bool,
    /// How many files it holds.
    pub documents: usize,
    /// How many bytes it takes.
    pub bytes: u64,
    /// When it was last brought up to date.
    pub updated: Option<SystemTime>,
    /// How many files are new, changed or gone since.
    pub stale: usize,
    /// What is wrong with it, if it can't be read.
    pub damaged: Option<String>,
}

/// How the index differs from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexDifference {
    /// The file is not in the index yet; the next search takes it in.
    Missing(SourcePath),
    /// The file has changed since; the next search takes it in.
    Stale(SourcePath),
    /// The file is gone; the next search forgets it.
    Gone(SourcePath),
    /// The index holds something else than the file, and would go on doing so: rebuild it.
    Differs(SourcePath),
}

impl<'a> FullText<'a> {
    /// Opens the index and brings it up to date with the files; `progress` hears of it where that takes long.
    ///
    /// Never fails: where there can be no index the files are read in its stead, and [`FullText::notice`] says why.
    pub fn open(workspace: &'a Workspace, catalog: &'a Catalog, progress: Progress<'_>) -> Self {
        Self::without_index(workspace, catalog).with_index(progress)
    }

    /// The full text without any index: every question reads all files.
    pub fn without_index(workspace: &'a Workspace, catalog: &'a Catalog) -> Self {
        let (files, owners) = numbered(catalog).into_iter().unzip();
        Self { root: workspace.root(), catalog, files, owners, engine: Engine::Reading, notice: None }
    }

    fn with_index(mut self, progress: Progress<'_>) -> Self {
        match index::ready(self.root, &self.files, progress) {
            Ok(ready) => self.use_index(ready),
            // It is said only where something is wrong: not where somebody else is at work, or the program has none.
            Err(IndexError::Busy | IndexError::Unsupported) => {}
            Err(error) => self.notice = Some(Notice::StandIn(error)),
        }
        self
    }

    fn use_index(&mut self, mut ready: index::Ready) {
        self.notice = ready.was_damaged.take().map(Notice::Rebuilt);
        self.engine = Engine::Index(Box::new(ready));
    }

    /// True if an index answers, false if the files are read.
    pub fn has_index(&self) -> bool {
        !matches!(self.engine, Engine::Reading)
    }

    /// What the user should be told, if anything.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The records that hold each term, under the terms' keys.
    pub fn hits(&mut self, terms: &[TextTerm]) -> Hits {
        let found = self.find(terms);
        self.to_hits(terms, &found)
    }

    /// The files that hold each term.
    fn find(&mut self, terms: &[TextTerm]) -> Vec<Found> {
        if let Some(found) = self.find_in_index(terms) {
            return found;
        }
        let all: Vec<FileNumber> = (0..).take(self.files.len()).collect();
        naive::find(self.root, &self.files, &all, terms)
    }

    /// Asks the index; if it turns out to be damaged it is built anew, once.
    fn find_in_index(&mut self, terms: &[TextTerm]) -> Option<Vec<Found>> {
        let Engine::Index(ready) = &self.engine else { return None };
        let how = match ready.find(self.root, &self.files, terms) {
            Ok(found) => return Some(found),
            Err(error) => error.to_string(),
        };
        self.engine = Engine::Reading;
        let answer = index::update(self.root, &self.files, true, &mut |_, _| {})
            .and_then(|ready| Ok((ready.find(self.root, &self.files, terms)?, ready)));
        match answer {
            Ok((found, ready)) => {
                self.use_index(ready);
                self.notice = Some(Notice::Rebuilt(how));
                Some(found)
            }
            Err(error) => {
                self.notice = Some(Notice::StandIn(error));
                None
            }
        }
    }

    fn to_hits(&self, terms: &[TextTerm], found: &[Found]) -> Hits {
        let mut hits = Hits::default();
        for (term, found) in terms.iter().zip(found) {
            let owners = found.keys().filter_map(|number| self.owners.get(*number as usize));
            let records = owners.filter_map(|owner| match owner {
                Owner::Record(record) => Some(*record),
                Owner::Note(_) | Owner::Unreadable => None,
            });
            hits.insert(term.key.clone(), records);
        }
        hits
    }

    fn number_of(&self, record: RecordIndex) -> Option<FileNumber> {
        let at = self.files.binary_search(&self.catalog.record(record).path).ok()?;
        FileNumber::try_from(at).ok()
    }
}

impl fmt::Debug for FullText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FullText").field("files", &self.files.len()).field("has_index", &self.has_index()).finish()
    }
}

/// All files that were read for a catalog, by path.
fn numbered(catalog: &Catalog) -> Vec<(SourcePath, Owner)> {
    let records = catalog.entries().map(|(index, record)| (record.path.clone(), Owner::Record(index)));
    let notes = catalog.notes().iter().enumerate().map(|(at, note)| (note.path.clone(), Owner::Note(at)));
    let unreadable = catalog.unreadable().iter().map(|path| (path.clone(), Owner::Unreadable));
    let mut files: Vec<_> = records.chain(notes).chain(unreadable).collect();
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

/// The index as such, for the command that looks after it.
///
/// Without the feature `search` all it does fails with [`IndexError::Unsupported`].
#[derive(Clone, Debug)]
pub struct FullTextIndex<'a> {
    root: &'a Path,
    files: Vec<SourcePath>,
}

/// What an update did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexUpdate {
    /// How many files were read into the index.
    pub updated: usize,
    /// How many it holds now.
    pub documents: usize,
    /// Why all of it was built anew, if it was damaged.
    pub was_damaged: Option<String>,
}

impl<'a> FullTextIndex<'a> {
    /// The index over the files of a catalog; nothing is opened yet.
    pub fn new(workspace: &'a Workspace, catalog: &Catalog) -> Self {
        let files = numbered(catalog).into_iter().map(|(path, _)| path).collect();
        Self { root: workspace.root(), files }
    }

    /// The same over files whose catalog is still to come.
    pub fn of_files(workspace: &'a Workspace, mut files: Vec<SourcePath>) -> Self {
        files.sort();
        Self { root: workspace.root(), files }
    }

    /// Takes in what has changed.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process does it; otherwise if it can't be written.
    pub fn update(&self, progress: Progress<'_>) -> Result<IndexUpdate, IndexError> {
        self.bring_up_to_date(false, progress)
    }

    /// Takes in these files alone, and forgets those that are gone: for whoever knows what has changed since the last
    /// update. What else has changed waits for the next.
    ///
    /// # Errors
    /// As for [`FullTextIndex::update`]; [`IndexError::Missing`] if there is none yet, [`IndexError::Damaged`] if it has
    /// to be built anew.
    pub fn update_only(workspace: &Workspace, changed: &[SourcePath], gone: &[SourcePath]) -> Result<(), IndexError> {
        index::update_only(workspace.root(), changed, gone)
    }

    /// Builds it anew. The old one serves until the new one is finished.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process writes to it; otherwise if it can't be written.
    pub fn rebuild(&self, progress: Progress<'_>) -> Result<IndexUpdate, IndexError> {
        self.bring_up_to_date(true, progress)
    }

    fn bring_up_to_date(&self, anew: bool, progress: Progress<'_>) -> Result<IndexUpdate, IndexError> {
        let ready = index::update(self.root, &self.files, anew, progress)?;
        let documents = ready.documents();
        Ok(IndexUpdate { updated: ready.updated, documents, was_damaged: ready.was_damaged })
    }

    /// What is there, without changing it.
    ///
    /// # Errors
    /// [`IndexError`] if it can't be looked at; that it is missing or damaged is no error here.
    pub fn status(&self) -> Result<IndexStatus, IndexError> {
        index::status(self.root, &self.files)
    }

    /// Reads all of the index and all files, and names where they differ, by path within each kind of difference.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::Damaged`], or what the system says.
    pub fn verify(&self) -> Result<Vec<IndexDifference>, IndexError> {
        index::verify(self.root, &self.files)
    }
}

impl Workspace {
    /// The records that hold each full-text term of a query; opens the index only if there are any.
    ///
    /// To hear of progress and of trouble with the index, use [`FullText`].
    pub fn hits(&self, snapshot: &Snapshot, terms: &[TextTerm]) -> Hits {
        match terms {
            [] => Hits::default(),
            terms => FullText::open(self, &snapshot.catalog, &mut |_, _| {}).hits(terms),
        }
    }
}
