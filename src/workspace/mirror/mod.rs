//! A workspace in memory that keeps in step with its folder: what may have changed is looked at, and only what has is
//! read.

mod looking;
mod reading;
mod renames;
mod sighting;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use looking::WhereToLook;
pub use sighting::{FileEvent, SeenChange, Sighting};

use self::reading::{FileRead, Reread};
use super::stamp::Stamp;
use super::{CONFIG_FILE, Workspace, WorkspaceError, is_rule, load};
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostic;
use crate::model::Card;
use crate::text::SourcePath;

/// A workspace with all that was read of it, and by what it is told whether a file has changed since.
#[derive(Debug)]
pub struct Mirror {
    workspace: Workspace,
    /// A hash of the configuration and the schemas.
    rules: u64,
    files: BTreeMap<SourcePath, File>,
    folders: BTreeSet<PathBuf>,
    has_links: bool,
    walk_findings: Vec<Diagnostic>,
    catalog: Catalog,
}

#[derive(Debug)]
struct File {
    stamp: Stamp,
    /// When it was read, in nanoseconds since 1970.
    read_at: u64,
    content: u64,
    findings: Vec<Diagnostic>,
}

/// How a card is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardName {
    /// A record.
    Record {
        /// Its id.
        id: String,
        /// Its type.
        record_type: String,
        /// Its name.
        name: String,
    },
    /// A note.
    Note {
        /// The file's stem.
        id: String,
        /// Its title.
        title: String,
    },
    /// A file that can't be read as what it is meant to be.
    Unreadable,
}

impl Mirror {
    /// Reads all of a workspace.
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if the root can't be walked.
    pub fn open(workspace: Workspace) -> Result<Self, WorkspaceError> {
        let rules = rules_of(workspace.root())?;
        let mut mirror = Self {
            workspace,
            rules,
            files: BTreeMap::new(),
            folders: BTreeSet::new(),
            has_links: false,
            walk_findings: Vec::new(),
            catalog: Catalog::default(),
        };
        let seen = mirror.compare(&WhereToLook { everything: true, ..WhereToLook::default() }, true)?;
        mirror.take_in(seen);
        Ok(mirror)
    }

    /// The workspace with its rules.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// All that was read, as of the last [`Mirror::take_in`].
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The files that were read, by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &SourcePath> {
        self.files.keys()
    }

    /// True if a file of this path was read.
    pub fn knows(&self, path: &SourcePath) -> bool {
        self.files.contains_key(path)
    }

    /// The folders in which files of the workspace are or could be, as absolute paths.
    pub fn folders(&self) -> &BTreeSet<PathBuf> {
        &self.folders
    }

    /// What is wrong with single files, the configuration and the schemas.
    pub fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        let own = self.files.values().flat_map(|file| &file.findings);
        self.workspace.findings().iter().chain(&self.walk_findings).chain(own)
    }

    /// Looks at what may have changed, and reads what has. The catalog stays as it is until [`Mirror::take_in`].
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if the root or its `karto.yaml` is gone, or can't be read.
    pub fn look(&mut self, look: &WhereToLook) -> Result<Sighting, WorkspaceError> {
        let root = self.workspace.root();
        // What is gone with the whole folder was not removed file by file.
        let config = root.join(CONFIG_FILE);
        config.symlink_metadata().map_err(|source| WorkspaceError::Io { path: config, source })?;
        let is_rule = |path: &PathBuf| path.strip_prefix(root).is_ok_and(is_rule);
        if look.is_everything() || look.paths.iter().any(is_rule) {
            let rules = rules_of(root)?;
            if rules != self.rules {
                let workspace = Workspace::open(root)?;
                if workspace.root() != root {
                    return Err(WorkspaceError::NotFound { start: root.to_owned() });
                }
                self.workspace = workspace;
                self.rules = rules;
                return self.compare(look, true);
            }
        }
        self.compare(look, false)
    }

    /// Puts what was seen into the catalog.
    pub fn take_in(&mut self, seen: Sighting) {
        if !seen.replaced.is_empty() {
            let catalog = std::mem::take(&mut self.catalog);
            self.catalog = catalog.replace(&seen.replaced, seen.cards, self.workspace.config());
        }
    }

    fn compare(&mut self, look: &WhereToLook, anew: bool) -> Result<Sighting, WorkspaceError> {
        let (scope, found) = self.walk(look, anew)?;
        let mut gone: Vec<SourcePath> = self.known_in(&scope, |path| found.files.binary_search(path).is_err());
        let mut doubtful = Vec::new();
        let mut read = Vec::new();
        for file in self.read(&found.files, look, anew) {
            match file {
                FileRead::Now(file) => read.push(*file),
                FileRead::Gone(path) => gone.extend(self.files.contains_key(&path).then_some(path)),
                FileRead::Doubtful(path) => doubtful.push(path),
            }
        }
        self.keep_walk(&scope, found);
        let renamed = self.renamed(&gone, &read);
        let moved: BTreeSet<&SourcePath> = renamed.values().collect();
        if !anew {
            let is_settled = |path: &SourcePath| moved.contains(path) || look.is_settled(&self.absolute(path));
            let (settled, open) = gone.into_iter().partition(is_settled);
            gone = settled;
            doubtful.extend::<Vec<SourcePath>>(open);
        }
        let mut changes: Vec<SeenChange> = Vec::new();
        for path in gone.iter().filter(|path| !moved.contains(path)) {
            changes.push(SeenChange { path: path.clone(), how: FileEvent::Removed, card: self.name_of(path) });
        }
        let doubtful = doubtful.iter().map(|path| self.absolute(path)).collect();
        let mut seen = Sighting { doubtful, rules_changed: anew, ..Sighting::default() };
        for Reread { path, file, card } in read {
            let before = self.files.get(&path).map(|known| known.content);
            let how = match (renamed.get(&path), before) {
                (Some(from), _) => Some(FileEvent::Renamed { from: from.clone() }),
                (None, None) => Some(FileEvent::Added),
                (None, Some(before)) => (before != file.content).then_some(FileEvent::Changed),
            };
            if let Some(card) = card {
                changes.extend(how.map(|how| SeenChange { path: path.clone(), how, card: CardName::of(&card) }));
                seen.cards.push(card);
                seen.replaced.insert(path.clone());
            }
            self.files.insert(path, file);
        }
        for path in gone {
            self.files.remove(&path);
            seen.replaced.insert(path);
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        seen.changes = changes;
        Ok(seen)
    }

    /// How the card is called that a file holds, as far as the catalog knows.
    pub fn name_of(&self, path: &SourcePath) -> CardName {
        match (self.catalog.record_at(path), self.catalog.note_at(path)) {
            (Some(record), _) => CardName::of_record(record),
            (None, Some(note)) => CardName::Note { id: note.id.clone(), title: note.title.clone() },
            (None, None) => CardName::Unreadable,
        }
    }

    fn absolute(&self, path: &SourcePath) -> PathBuf {
        path.under(self.workspace.root())
    }
}

impl CardName {
    fn of(card: &Card) -> Self {
        match card {
            Card::Record(record) => Self::of_record(record),
            Card::Note(note) => CardName::Note { id: note.id.clone(), title: note.title.clone() },
            Card::Unreadable(_) => CardName::Unreadable,
        }
    }

    fn of_record(record: &crate::model::Record) -> Self {
        CardName::Record {
            id: record.id.clone(),
            record_type: record.record_type.to_string(),
            name: record.name().to_owned(),
        }
    }
}

/// A hash of the configuration and the schemas.
fn rules_of(root: &Path) -> Result<u64, WorkspaceError> {
    let (schemas, findings) = load::schema_files(root)?;
    Ok(load::rules(&schemas, &findings, &load::config_bytes(root)?))
}
