//! A workspace that is not there yet: what `karto init` makes of a folder, new, full of notes, or under git already.
//!
//! Nothing that is there is overwritten. What is missing is made, lines that git's own files lack are added to them, and
//! all else is left alone.

mod git_files;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{CONFIG_FILE, CommitError, Workspace, WorkspaceError, commit, config_path, read_limited};
use crate::change::{ChangeSet, FileChange};
use crate::diagnostic::Severity;
use crate::model::schema::Schemas;
use crate::model::{Config, Person};
use crate::text::yaml::quote_in_flow;
use crate::text::{MAX_FILE_SIZE, SourcePath};

/// What a new `karto.yaml` begins with: every setting, explained, behind a `#`.
const CONFIG: &str = include_str!("karto.yaml");

/// The folders that a salesperson starts with, and that of the templates.
const FOLDERS: [&str; 4] = ["leads", "clients", "opportunities", "templates"];

/// What a new workspace is to say from the start.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The currency of sums.
    pub currency: Option<String>,
    /// The time zone.
    pub timezone: Option<String>,
    /// Who makes it, the first of its people.
    pub me: Option<Person>,
}

/// What is to be made of a folder.
#[derive(Debug)]
pub struct Plan {
    root: PathBuf,
    changes: ChangeSet,
    folders: Vec<SourcePath>,
    kept: Vec<SourcePath>,
    cards: usize,
    notes: usize,
    unreadable: usize,
}

/// Why a folder can't become a workspace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Something else stands where a folder or a file is to be.
    #[error("{} is not {what}", .path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What it should be: `a folder`
        what: &'static str,
    },
    /// The folder lies in a workspace.
    #[error("{} lies in the workspace {} already", .path.display(), .root.display())]
    Inside {
        /// The folder.
        path: PathBuf,
        /// The root of the workspace.
        root: PathBuf,
    },
    /// A setting that is no such thing.
    #[error("{message}")]
    Setting {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: String,
    },
    /// The system refused.
    #[error("can't use {}: {source}", .path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is there can't be read.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The files can't be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl InitError {
    /// What the user can do about it.
    pub fn hint(&self) -> &str {
        match self {
            InitError::InTheWay { .. } => "name another folder, or move away what is there",
            InitError::Inside { .. } => "one workspace can't lie in another; go to a folder outside of it",
            InitError::Setting { hint, .. } => hint,
            InitError::Io { .. } => "check that you may read and write there",
            InitError::Workspace(error) => error.hint(),
            InitError::Commit(error) => error.hint(),
        }
    }
}

/// The lines that a workspace's `.gitattributes` and `.gitignore` lack; nothing where they have them.
///
/// # Errors
/// [`InitError::Io`] if the file can't be read, or is no text.
pub fn git_lines(root: &Path) -> Result<ChangeSet, InitError> {
    let mut changes = ChangeSet::default();
    for (path, change) in git_changes(root)? {
        changes.add(path, change);
    }
    Ok(changes)
}

/// Git's files, with what becomes of each; of those that have all lines, nothing.
fn git_changes(root: &Path) -> Result<Vec<(SourcePath, FileChange)>, InitError> {
    let change = |(name, lines): (&'static str, &[&str])| {
        let before = read(root, name)?;
        let after = git_files::with_lines(name, before.as_deref(), lines)
            .map_err(|source| InitError::Io { path: root.join(name), source })?;
        Ok((SourcePath::of_root(name), FileChange { before, after: Some(after) }))
    };
    git_files::NEEDED.into_iter().map(change).collect()
}

/// The bytes of a file of the root, if it is there.
fn read(root: &Path, name: &str) -> Result<Option<Vec<u8>>, InitError> {
    let path = root.join(name);
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(None),
        Ok(_) if !path.is_file() => return Err(InitError::InTheWay { path, what: "a file" }),
        // What lies outside is not ours to write into.
        Ok(_) if path.canonicalize().is_ok_and(|real| !real.starts_with(root)) => {
            let source = io::Error::new(io::ErrorKind::PermissionDenied, super::walk::LEADS_OUT);
            return Err(InitError::Io { path, source });
        }
        _ => {}
    }
    let bytes = read_limited(&path).map_err(|source| InitError::Io { path: path.clone(), source })?;
    if bytes.len() > MAX_FILE_SIZE {
        return Err(InitError::Io { path, source: io::Error::new(io::ErrorKind::FileTooLarge, "it is too large") });
    }
    Ok(Some(bytes))
}

impl Plan {
    /// Looks at a folder (an absolute path; it need not be there yet) and says what is to be made of it.
    ///
    /// # Errors
    /// [`InitError`]; nothing is written here.
    pub fn new(folder: &Path, settings: &Settings) -> Result<Self, InitError> {
        let root = real(folder)?;
        if let Some(outer) = root.ancestors().skip(1).find(|above| above.join(CONFIG_FILE).symlink_metadata().is_ok()) {
            return Err(InitError::Inside { root: outer.to_owned(), path: root });
        }
        let mut plan = Self {
            root,
            changes: ChangeSet::default(),
            folders: Vec::new(),
            kept: Vec::new(),
            cards: 0,
            notes: 0,
            unreadable: 0,
        };
        plan.configuration(settings)?;
        for (path, change) in git_changes(&plan.root)? {
            plan.put(path, change);
        }
        for name in FOLDERS {
            plan.folder(name)?;
        }
        plan.look_around()?;
        Ok(plan)
    }

    /// The folder, as an absolute path without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that are to be made or that lines are to be added to.
    pub fn changes(&self) -> &ChangeSet {
        &self.changes
    }

    /// The folders that are to be made.
    pub fn folders(&self) -> &[SourcePath] {
        &self.folders
    }

    /// What is there already and stays as it is.
    pub fn kept(&self) -> &[SourcePath] {
        &self.kept
    }

    /// How many Markdown files are there already: cards, notes, and cards that can't be read.
    pub fn found(&self) -> (usize, usize, usize) {
        (self.cards, self.notes, self.unreadable)
    }

    /// True if nothing is left to be made.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.folders.is_empty()
    }

    /// Makes the workspace. Where that fails, the empty folders that it made go away again.
    ///
    /// # Errors
    /// [`InitError`]; no file has changed then, unless it says so.
    pub fn carry_out(&self) -> Result<(), InitError> {
        let mut made = Vec::new();
        let missing = self.root.ancestors().take_while(|folder| !folder.exists());
        let mut folders: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        folders.reverse();
        folders.extend(self.folders.iter().map(|folder| folder.under(&self.root)));
        let mut result = Ok(());
        for folder in folders {
            match fs::create_dir(&folder) {
                Ok(()) => made.push(folder),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => {
                    result = Err(InitError::Io { path: folder, source });
                    break;
                }
            }
        }
        let result = result.and_then(|()| commit::commit(&self.root, &self.changes).map_err(InitError::from));
        if result.is_err() {
            for folder in made.iter().rev() {
                // One that is not empty any more is somebody's.
                let _ = fs::remove_dir(folder);
            }
        }
        result.map(drop)
    }

    /// `karto.yaml`, with the settings filled in.
    fn configuration(&mut self, settings: &Settings) -> Result<(), InitError> {
        if read(&self.root, CONFIG_FILE)?.is_none() {
            let after = Some(configuration(settings)?.into_bytes());
            self.put(config_path(), FileChange { before: None, after });
            return Ok(());
        }
        if settings.currency.is_some() || settings.timezone.is_some() {
            let message = "karto.yaml is there already, and is not overwritten".to_owned();
            return Err(InitError::Setting { message, hint: "write the setting into it".to_owned() });
        }
        self.kept.push(config_path());
        Ok(())
    }

    fn put(&mut self, path: SourcePath, change: FileChange) {
        if change.is_empty() {
            self.kept.push(path);
        } else {
            self.changes.add(path, change);
        }
    }

    fn folder(&mut self, name: &str) -> Result<(), InitError> {
        let path = self.root.join(name);
        let Ok(folder) = SourcePath::new(name) else { return Ok(()) };
        match path.symlink_metadata() {
            Err(_) => self.folders.push(folder),
            Ok(_) if path.is_dir() => self.kept.push(folder),
            Ok(_) => return Err(InitError::InTheWay { path, what: "a folder" }),
        }
        Ok(())
    }

    /// Counts what lies there already, read under the rules that will hold.
    fn look_around(&mut self) -> Result<(), InitError> {
        if !self.root.exists() {
            return Ok(());
        }
        let is_workspace = self.root.join(CONFIG_FILE).exists();
        let workspace = match is_workspace {
            true => Workspace::open(&self.root)?,
            false => Workspace {
                root: self.root.clone(),
                config: Config::builtin(Schemas::builtin()),
                findings: Vec::new(),
                rules: 0,
            },
        };
        let snapshot = workspace.load()?;
        self.cards = snapshot.catalog.records().len();
        self.notes = snapshot.catalog.notes().len();
        self.unreadable = snapshot.catalog.unreadable().len();
        Ok(())
    }
}

/// A path without links, as far as it is there.
fn real(folder: &Path) -> Result<PathBuf, InitError> {
    let trouble = |source| InitError::Io { path: folder.to_owned(), source };
    let there = folder.ancestors().find(|above| above.symlink_metadata().is_ok()).unwrap_or(folder);
    let rest = folder.strip_prefix(there).unwrap_or(Path::new(""));
    let root = there.canonicalize().map_err(trouble)?;
    if !root.is_dir() {
        return Err(InitError::InTheWay { path: root, what: "a folder" });
    }
    if rest.components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(trouble(io::ErrorKind::NotFound.into()));
    }
    // Joined with nothing a path would end in a slash.
    Ok(if rest.as_os_str().is_empty() { root } else { root.join(rest) })
}

/// The text of a new `karto.yaml`.
fn configuration(settings: &Settings) -> Result<String, InitError> {
    let mut text = CONFIG.to_owned();
    let scalars = [("currency", &settings.currency), ("timezone", &settings.timezone)];
    for (key, value) in scalars {
        if let Some(value) = value {
            text = filled_in(&text, key, &format!("{key}: {}\n", crate::text::yaml::quote(value)));
        }
    }
    if let Some(me) = &settings.me {
        let email = me.emails.first().map_or_else(String::new, |email| format!(", email: {}", quote_in_flow(email)));
        let line = format!("people:\n  {}: {{name: {}{email}}}\n", me.id, quote_in_flow(&me.name));
        text = filled_in(&text, "people", &line);
    }
    let (_, findings) = Config::read(&config_path(), text.clone().into_bytes(), Schemas::builtin());
    match findings.into_iter().find(|finding| finding.severity == Severity::Error) {
        Some(wrong) => {
            let hint = wrong.help.unwrap_or_else(|| "write it as PLN, or Europe/Warsaw".to_owned());
            Err(InitError::Setting { message: wrong.message, hint })
        }
        None => Ok(text),
    }
}

/// The text with a setting in the place of the lines that stand behind a `#` for it.
fn filled_in(text: &str, key: &str, setting: &str) -> String {
    let begins = format!("#{key}:");
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with(&begins) {
            inside = true;
            out.push_str(setting);
        } else if !(inside && line.starts_with("#  ")) {
            inside = false;
            out.push_str(line);
        }
    }
    out
}

#[cfg(test)]
mod tests;
