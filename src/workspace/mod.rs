//! Floor 5: the folder on the disk. It finds the root, walks the files, reads them on all cores, and knows the full text.

use std::io;
use std::path::{Path, PathBuf};

use self::cache::Cache;
use self::fulltext::Progress;
use crate::catalog::Catalog;
use crate::change::ChangeSet;
use crate::diagnostic::Diagnostic;
use crate::model::schema::Schemas;
use crate::model::{Card, Config, Record, read_card};
use crate::text::{Document, SourcePath};

mod cache;
pub mod codes;
mod commit;
mod derived;
pub mod findings;
pub mod fulltext;
pub mod git;
pub mod init;
mod load;
mod mirror;
mod stamp;
mod templates;
mod walk;
pub mod workbench;

pub use cache::CacheStatus;
pub use commit::{CommitError, Committed, JournalTrouble, LeftBehind, LeftReason, NextCommand, Recovered, RecoveryEnd};
pub use mirror::{CardName, FileEvent, Mirror, SeenChange, Sighting, WhereToLook};
pub use walk::read_limited;

/// The file that marks the root of a workspace.
pub const CONFIG_FILE: &str = "karto.yaml";

/// Where `karto.yaml` lies.
pub fn config_path() -> SourcePath {
    SourcePath::of_root(CONFIG_FILE)
}

/// True for Karto's own rules, as a path within the workspace: what is wrong there concerns every card.
pub fn is_rule(path: impl AsRef<Path>) -> bool {
    path.as_ref() == Path::new(CONFIG_FILE) || path.as_ref().starts_with("schemas")
}

/// A folder with a `karto.yaml`, its rules read.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    config: Config,
    findings: Vec<Diagnostic>,
    /// A hash of the configuration's and the schemas' bytes.
    rules: u64,
}

/// All that was read of a workspace's files at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// The records and notes.
    pub catalog: Catalog,
    /// What is wrong with single files, by path; the configuration and schemas first.
    pub findings: Vec<Diagnostic>,
    /// How many files were read.
    pub files: usize,
}

/// What was read with the help of what was kept.
#[derive(Debug)]
pub struct Loaded {
    /// All of it.
    pub snapshot: Snapshot,
    /// True if what was kept was damaged, so that everything had to be read.
    pub was_damaged: bool,
}

/// Why a workspace can't be opened or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// No folder from the start upwards has a `karto.yaml`.
    #[error("there is no karto.yaml in {start} or any folder above it")]
    NotFound {
        /// Where the search began.
        start: PathBuf,
    },
    /// A file or folder can't be read.
    #[error("can't read {path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WorkspaceError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            WorkspaceError::NotFound { .. } => {
                "go to the folder of your workspace, or name it: `karto -C DIR …`; `karto init` makes any folder a \
                 workspace"
            }
            WorkspaceError::Io { .. } => "check that it exists and that you may read it",
        }
    }
}

impl Workspace {
    /// Opens the workspace that `start` lies in: the nearest folder from there upwards that holds a `karto.yaml`.
    ///
    /// What is wrong with the configuration or a schema is no error but a finding.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`], or [`WorkspaceError::Io`] if `karto.yaml` or a schema can't be read.
    pub fn open(start: &Path) -> Result<Self, WorkspaceError> {
        Self::open_so(start, true)
    }

    /// The same, where nobody asks what is wrong with the rules: [`Workspace::findings`] does not tell all of it.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub fn open_unchecked(start: &Path) -> Result<Self, WorkspaceError> {
        Self::open_so(start, false)
    }

    fn open_so(start: &Path, is_checked: bool) -> Result<Self, WorkspaceError> {
        let start = start.canonicalize().map_err(|source| WorkspaceError::Io { path: start.to_owned(), source })?;
        // Whatever is called so marks the root, for a broken link or a locked folder must not lead to another workspace
        // further up; whether it can be read is seen when it is.
        let marks_root = |folder: &&Path| match folder.join(CONFIG_FILE).symlink_metadata() {
            Ok(_) => true,
            Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
        };
        let root = start.ancestors().find(marks_root);
        let root = root.ok_or_else(|| WorkspaceError::NotFound { start: start.clone() })?.to_owned();
        let (files, mut findings) = load::schema_files(&root)?;
        let config = load::config_bytes(&root)?;
        let rules = load::rules(&files, &findings, &config);
        let (schemas, schema_findings) = Schemas::with(&files);
        findings.extend(schema_findings);
        let config = if is_checked {
            let (config, config_findings) = Config::read(&config_path(), config, schemas);
            findings.extend(config_findings);
            config
        } else {
            Config::read_unchecked(&config_path(), config, schemas)
        };
        Ok(Self { root, config, findings, rules })
    }

    /// The folder that holds `karto.yaml`, as an absolute path without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The rules.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What is wrong with `karto.yaml` and the schemas.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Reads every file of the workspace.
    ///
    /// A file that can't be read is a finding, and stands in [`Catalog::unreadable`].
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if the root itself can't be walked.
    pub fn load(&self) -> Result<Snapshot, WorkspaceError> {
        load::snapshot(self)
    }

    /// The same, but reads only the files that have changed since they were last read: what was read of the others is kept in
    /// `.karto/`. What changes is kept there from now on, as far as something can be written there. Where that takes long,
    /// `progress` is told how many of how many files are read.
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if the root itself can't be walked.
    pub fn load_cached(&self, progress: Progress<'_>) -> Result<Loaded, WorkspaceError> {
        load::cached(self, progress)
    }

    /// Records of these files as they were when they were last read, whether or not they still are so; `None` if nothing is
    /// kept. By path.
    pub fn records_as_kept(&self, wanted: impl Fn(&SourcePath) -> bool) -> Option<Vec<Record>> {
        Cache::open(self).records(self, wanted)
    }

    /// What is kept of the files in `.karto/`, whether or not it still holds.
    pub fn cache_status(&self) -> CacheStatus {
        Cache::open(self).status()
    }

    /// What would be read if a set of changes were carried out; findings of the files that it changes come last.
    pub fn foresee(&self, snapshot: &Snapshot, changes: &ChangeSet) -> Snapshot {
        let mut cards = Vec::new();
        let mut findings: Vec<Diagnostic> = snapshot.findings.clone();
        findings.retain(|finding| finding.path.as_ref().is_none_or(|path| changes.get(path).is_none()));
        for (path, change) in changes.files() {
            let Some(bytes) = &change.after else { continue };
            let (card, own) = read_card(path, &Document::parse(bytes.clone()), &self.config);
            findings.extend(own);
            cards.push(card);
        }
        let paths = changes.files().map(|(path, _)| path.clone()).collect();
        let catalog = snapshot.catalog.replaced(&paths, cards, &self.config);
        Snapshot { catalog, findings, files: snapshot.files }
    }

    /// The workspace as it would be if `karto.yaml` held these bytes.
    pub fn with_rules(&self, bytes: Vec<u8>) -> Self {
        let path = config_path();
        let mut findings = self.findings.clone();
        findings.retain(|finding| finding.path.as_ref() != Some(&path));
        let (config, own) = Config::read(&path, bytes, self.config.schemas.clone());
        findings.extend(own);
        // These are never those of the files on the disk.
        Self { root: self.root.clone(), config, findings, rules: !self.rules }
    }

    /// What a file is read as if it holds these bytes, with what is wrong with it by itself.
    pub fn read(&self, path: &SourcePath, bytes: &[u8]) -> (Card, Vec<Diagnostic>) {
        read_card(path, &Document::parse(bytes), &self.config)
    }

    /// True if a card that is to lie at `path` would be read: neither `.gitignore` nor `include:` leaves it out.
    pub fn would_read(&self, path: &SourcePath) -> bool {
        walk::would_take(&self.root, &self.config.include, path)
    }

    /// The bytes of a file of the workspace.
    ///
    /// # Errors
    /// What the system says.
    pub fn bytes_of(&self, path: &SourcePath) -> io::Result<Vec<u8>> {
        read_limited(&path.under(&self.root))
    }

    /// The text of a file as the readers see it, for excerpts; `None` if it can't be read.
    pub fn text_of(&self, path: &SourcePath) -> Option<String> {
        let bytes = read_limited(&path.under(&self.root)).ok()?;
        Some(Document::parse(bytes).full_text().to_owned())
    }
}
