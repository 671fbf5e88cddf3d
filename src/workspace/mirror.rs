//! A workspace in memory that keeps in step with its folder: what may have changed is looked at, and only what has is
//! read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use super::stamp::{Stamp, hash, nanoseconds};
use super::{CONFIG_FILE, Workspace, WorkspaceError, is_rule, load, read_limited, walk};
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostic;
use crate::model::Card;
use crate::text::SourcePath;

/// From so many places on it is less work to walk through the whole folder.
const MANY: usize = 200;

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

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Files and folders that may have changed, as absolute paths; folders with all that is below them.
    pub paths: BTreeSet<PathBuf>,
    /// Anything may have changed.
    pub everything: bool,
    /// Those of the paths that are to be taken for what they are now, also if that is gone or empty: they were so before.
    pub settled: BTreeSet<PathBuf>,
}

impl Look {
    fn is_settled(&self, path: &Path) -> bool {
        !self.settled.is_empty() && path.ancestors().any(|path| self.settled.contains(path))
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It is new.
    Added,
    /// It holds something else.
    Changed,
    /// It is gone.
    Removed,
    /// It had another path before; it may have been changed too.
    Renamed {
        /// Where it was.
        from: SourcePath,
    },
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

/// A file that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Where it is; where it was if it is gone.
    pub path: SourcePath,
    /// What became of it.
    pub how: How,
    /// How the card is called; how it was called if it is gone.
    pub card: CardName,
}

/// What was seen, and is still to be taken into the catalog by [`Mirror::take_in`].
#[derive(Debug, Default)]
#[must_use = "the catalog is behind until it is taken in"]
pub struct Seen {
    /// The files that are not what they were, by path.
    pub changes: Vec<FileChange>,
    /// Files that are gone or empty, as in the middle of a save: they are left as they were, and to be looked at again.
    pub doubtful: BTreeSet<PathBuf>,
    /// The configuration or a schema is another, so that every file was read again.
    pub rules_changed: bool,
    replaced: BTreeSet<SourcePath>,
    cards: Vec<Card>,
}

/// A file that was read again.
struct Read {
    path: SourcePath,
    file: File,
    /// `None` where it holds what it held before.
    card: Option<Card>,
}

/// What reading a file came to.
enum Outcome {
    Read(Box<Read>),
    Gone(SourcePath),
    Doubtful(SourcePath),
}

/// What a look takes in.
enum Scope {
    Everything,
    Below(Vec<PathBuf>),
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
        let seen = mirror.compare(&Look { everything: true, ..Look::default() }, true)?;
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
    pub fn look(&mut self, look: &Look) -> Result<Seen, WorkspaceError> {
        let root = self.workspace.root();
        // What is gone with the whole folder was not removed file by file.
        let config = root.join(CONFIG_FILE);
        config.symlink_metadata().map_err(|source| WorkspaceError::Io { path: config, source })?;
        let is_rule = |path: &PathBuf| path.strip_prefix(root).is_ok_and(is_rule);
        if look.everything || look.paths.len() > MANY || look.paths.iter().any(is_rule) {
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
    pub fn take_in(&mut self, seen: Seen) {
        if !seen.replaced.is_empty() {
            let catalog = std::mem::take(&mut self.catalog);
            self.catalog = catalog.replace(&seen.replaced, seen.cards, self.workspace.config());
        }
    }

    fn compare(&mut self, look: &Look, anew: bool) -> Result<Seen, WorkspaceError> {
        let (scope, found) = self.walk(look, anew)?;
        let mut gone: Vec<SourcePath> = self.known_in(&scope, |path| found.files.binary_search(path).is_err());
        let mut doubtful = Vec::new();
        let mut read = Vec::new();
        for outcome in self.read(&found.files, look, anew) {
            match outcome {
                Outcome::Read(file) => read.push(*file),
                Outcome::Gone(path) => gone.extend(self.files.contains_key(&path).then_some(path)),
                Outcome::Doubtful(path) => doubtful.push(path),
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
        let mut changes: Vec<FileChange> = Vec::new();
        for path in gone.iter().filter(|path| !moved.contains(path)) {
            changes.push(FileChange { path: path.clone(), how: How::Removed, card: self.name_of(path) });
        }
        let doubtful = doubtful.iter().map(|path| self.absolute(path)).collect();
        let mut seen = Seen { doubtful, rules_changed: anew, ..Seen::default() };
        for Read { path, file, card } in read {
            let before = self.files.get(&path).map(|known| known.content);
            let how = match (renamed.get(&path), before) {
                (Some(from), _) => Some(How::Renamed { from: from.clone() }),
                (None, None) => Some(How::Added),
                (None, Some(before)) => (before != file.content).then_some(How::Changed),
            };
            if let Some(card) = card {
                changes.extend(how.map(|how| FileChange { path: path.clone(), how, card: CardName::of(&card) }));
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

    /// Walks where there is to look, each place once.
    fn walk(&self, look: &Look, anew: bool) -> Result<(Scope, walk::Found), WorkspaceError> {
        let (root, include) = (self.workspace.root(), &self.workspace.config().include);
        let concerns_all = |path: &PathBuf| path == root || path.file_name().is_some_and(|name| name == ".gitignore");
        // A link is read or not by what else is read, so that it can't be told from a part.
        let whole =
            anew || look.everything || self.has_links || look.paths.len() > MANY || look.paths.iter().any(concerns_all);
        if whole {
            return Ok((Scope::Everything, walk::walk(root, include)?));
        }
        let mut starts: Vec<PathBuf> = Vec::new();
        let mut all = walk::Found::default();
        // In the order of paths a folder comes before what is in it.
        for path in &look.paths {
            if starts.last().is_some_and(|last| path.starts_with(last)) {
                continue;
            }
            let found = walk::walk_below(root, include, path)?;
            if found.has_links {
                return Ok((Scope::Everything, walk::walk(root, include)?));
            }
            all.files.extend(found.files);
            all.folders.extend(found.folders);
            all.findings.extend(found.findings);
            starts.push(path.clone());
        }
        all.files.sort();
        Ok((Scope::Below(starts), all))
    }

    /// Keeps what a walk says beside the files.
    fn keep_walk(&mut self, scope: &Scope, found: walk::Found) {
        let walk::Found { folders, has_links, findings, .. } = found;
        match scope {
            Scope::Everything => {
                self.folders = folders.into_iter().collect();
                self.has_links = has_links;
                self.walk_findings = findings;
            }
            Scope::Below(starts) => {
                self.folders.retain(|folder| !starts.iter().any(|start| folder.starts_with(start)));
                self.folders.extend(folders);
                let root = self.workspace.root();
                let in_scope = |finding: &Diagnostic| {
                    let path = finding.path.as_ref().map(|path| path.under(root));
                    path.is_some_and(|path| starts.iter().any(|start| path.starts_with(start)))
                };
                self.walk_findings.retain(|finding| !in_scope(finding));
                self.walk_findings.extend(findings.into_iter().filter(|finding| in_scope(finding)));
            }
        }
    }

    /// The known files in a scope that are as asked.
    fn known_in(&self, scope: &Scope, asked: impl Fn(&SourcePath) -> bool) -> Vec<SourcePath> {
        match scope {
            Scope::Everything => self.files.keys().filter(|path| asked(path)).cloned().collect(),
            Scope::Below(starts) => {
                let starts = starts.iter().filter_map(|start| start.strip_prefix(self.workspace.root()).ok());
                let starts = starts.filter_map(|start| SourcePath::new(start).ok());
                let below = |start: SourcePath| self.known_below(&start).filter(|path| asked(path)).cloned().collect();
                starts.flat_map::<Vec<_>, _>(below).collect()
            }
        }
    }

    /// The known file of this path, and those in the folder of this path.
    fn known_below<'a>(&'a self, start: &'a SourcePath) -> impl Iterator<Item = &'a SourcePath> {
        // Between a path and what is below it may stand others that begin alike: `a`, `a-b`, `a/b`.
        let alike = self.files.range(start.clone()..).map(|(path, _)| path);
        let alike = alike.map_while(|path| Some((path, path.as_str().strip_prefix(start.as_str())?)));
        alike.filter(|(_, rest)| rest.is_empty() || rest.starts_with('/')).map(|(path, _)| path)
    }

    /// Reads those of the files that may have changed.
    fn read(&self, files: &[SourcePath], look: &Look, anew: bool) -> Vec<Outcome> {
        let root = self.workspace.root();
        let read = |path: &SourcePath| {
            let known = self.files.get(path);
            let absolute = path.under(root);
            let is_settled = anew || look.is_settled(&absolute);
            let stamp = Stamp::of_file(&absolute);
            let is_same = |known: &File| known.stamp == stamp && !stamp.is_racy(known.read_at);
            if !anew && !is_settled && !look.paths.contains(&absolute) && known.is_some_and(is_same) {
                return None;
            }
            let read_at = nanoseconds(SystemTime::now());
            let bytes = read_limited(&absolute);
            let is_emptied = bytes.as_ref().is_ok_and(Vec::is_empty) && known.is_none_or(|known| known.stamp.size > 0);
            if is_emptied && !is_settled {
                return Some(Outcome::Doubtful(path.clone()));
            }
            let content = match &bytes {
                Ok(bytes) => hash(bytes),
                Err(error) => hash(&error.to_string()),
            };
            let is_known = known.filter(|known| known.content == content && !anew);
            let (card, findings) = match is_known {
                Some(known) => (None, known.findings.clone()),
                None => match load::card_of(&self.workspace, path, bytes) {
                    Some((card, findings)) => (Some(card), findings),
                    None => return Some(Outcome::Gone(path.clone())),
                },
            };
            let file = File { stamp, read_at, content, findings };
            Some(Outcome::Read(Box::new(Read { path: path.clone(), file, card })))
        };
        files.par_iter().filter_map(read).collect()
    }

    /// Which new files are old ones in another place: with the same content and name, else with one of them.
    fn renamed(&self, gone: &[SourcePath], read: &[Read]) -> HashMap<SourcePath, SourcePath> {
        let with_content = |path: &&SourcePath| self.files.get(*path).filter(|file| file.stamp.size > 0);
        let mut left: Vec<(&SourcePath, Option<u64>)> =
            gone.iter().map(|path| (path, with_content(&path).map(|file| file.content))).collect();
        let mut new: Vec<(&SourcePath, Option<u64>)> = read.iter().map(|r| (&r.path, Some(r.file.content))).collect();
        new.retain(|(path, _)| !self.files.contains_key(path));
        let mut renamed = HashMap::new();
        for (by_content, by_name) in [(true, true), (true, false), (false, true)] {
            let key = |(path, content): (&SourcePath, Option<u64>)| {
                let content = if by_content { Some(content?) } else { None };
                Some((content, by_name.then(|| path.file_name().to_owned())))
            };
            let mut old: HashMap<_, Vec<&SourcePath>> = HashMap::new();
            left.iter().rev().for_each(|one| old.entry(key(*one)).or_default().push(one.0));
            old.remove(&None);
            new.retain(|one| match old.get_mut(&key(*one)).and_then(Vec::pop) {
                Some(from) => renamed.insert(one.0.clone(), from.clone()).is_some(),
                None => true,
            });
            let taken: BTreeSet<&SourcePath> = renamed.values().collect();
            left.retain(|(path, _)| !taken.contains(path));
        }
        renamed
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

impl Seen {
    /// Joins what was seen later to it.
    pub fn add(&mut self, later: Seen) {
        let Seen { changes, doubtful, rules_changed, replaced, cards } = later;
        let mut all: BTreeMap<SourcePath, FileChange> =
            self.changes.drain(..).map(|change| (change.path.clone(), change)).collect();
        for mut change in changes {
            // What is new is new also if it was changed once more.
            if let (Some(earlier), How::Changed) = (all.remove(&change.path), &change.how) {
                change.how = earlier.how;
            }
            all.insert(change.path.clone(), change);
        }
        self.changes = all.into_values().collect();
        self.doubtful.extend(doubtful);
        self.rules_changed |= rules_changed;
        let is_later = |path: &SourcePath| replaced.contains(path);
        self.cards.retain(|card| !is_later(card.path()));
        self.cards.extend(cards);
        self.replaced.extend(replaced);
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
    let schemas: Vec<_> = schemas.iter().map(|(path, text)| (path.as_str(), text)).collect();
    let findings: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
    let file = root.join(CONFIG_FILE);
    let config = read_limited(&file).map_err(|source| WorkspaceError::Io { path: file, source })?;
    Ok(hash(&(config, schemas, findings)))
}
