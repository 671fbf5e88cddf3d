//! Floor 6: keeps up with a folder. What a source of events tells is gathered, the files that changed are read, the
//! full-text index is brought up to date, and whoever asked is told what changed and what is newly wrong.
//!
//! No terminal is known here, and the files are always believed more than the events: an event only says where to look.

mod folder;
mod gathering;
mod index;
mod news;

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

pub use folder::{FolderEvents, Stop};
pub use news::{Cause, Change, ChangeKind, News};

use self::gathering::{Batch, Gathering};
use self::index::Index;
use self::news::Findings;
use crate::workspace::fulltext::IndexError;
use crate::workspace::{Mirror, Sighting, WhereToLook, Workspace, WorkspaceError, git};

/// How long to wait at the most before looking at the clock: at midnight other findings hold.
const NAP: Duration = Duration::from_secs(30);

/// What a source of events tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// Something happened with the file or folder at this path, and is over.
    Touched(PathBuf),
    /// Somebody is writing to this file; [`Signal::Touched`] follows when they are done.
    Writing(PathBuf),
    /// It is time to look at everything.
    Tick,
    /// Events were lost, so that anything may have changed.
    Lost,
    /// From now on there are no events but only [`Signal::Tick`]s.
    Polling {
        /// Why, if it was not asked for.
        why: Option<Trouble>,
        /// How often.
        every: Duration,
    },
    /// The watch is to end.
    Stop,
}

/// Why the system tells of no changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// The system's limit on watched folders is reached.
    #[error("the system's limit on watched folders is reached")]
    TooManyFolders,
    /// The system's limit on programs that watch is reached.
    #[error("the system's limit on programs that watch folders is reached")]
    TooManyWatchers,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

/// Where events come from.
pub trait Source {
    /// From now on tells what happens in this folder, but not below it; asked for each folder, those above before those
    /// in them.
    fn watch(&mut self, folder: &Path);

    /// This folder is gone, or another has its name.
    fn forget(&mut self, folder: &Path);

    /// The next signal; `None` if there was none for so long.
    fn next(&mut self, wait: Duration) -> Option<Signal>;
}

/// What a watch tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// All was read, and from now on changes are told.
    Ready {
        /// How many files there are.
        files: usize,
        /// How many findings.
        findings: usize,
    },
    /// Something changed.
    News(&'a News),
    /// Events were lost, so that everything was compared; what had changed follows.
    Lost,
    /// There are no events, so the folder is looked at from time to time.
    Polling {
        /// Why, if it was not asked for.
        why: Option<Trouble>,
        /// How often.
        every: Duration,
    },
    /// The full-text index can't be kept up to date; searching works without.
    NoIndex(&'a IndexError),
}

/// Why a watch ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The folder, or its `karto.yaml`, is gone.
    #[error("{} is gone, so there is nothing left to watch", .path.display())]
    Gone {
        /// What is gone.
        path: PathBuf,
    },
    /// The workspace can't be read any more.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl WatchError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            WatchError::Gone { .. } => "start the watch again when it is back",
            WatchError::Workspace(error) => error.hint(),
        }
    }
}

/// Who is told, with the workspace as it is then. `Break` ends the watch.
pub type Tell<'t> = &'t mut dyn FnMut(&Event<'_>, &Workspace) -> ControlFlow<()>;

/// Watches a workspace until the source or whoever is told ends it.
///
/// `today` is asked before every look at the findings, for a watch may go on over midnight.
///
/// # Errors
/// [`WatchError`] if the workspace is gone, or can't be read.
pub fn watch(
    workspace: Workspace,
    source: &mut dyn Source,
    today: &dyn Fn(&Workspace) -> NaiveDate,
    tell: Tell<'_>,
) -> Result<(), WatchError> {
    let mirror = Mirror::open(workspace)?;
    let findings = Findings::of(&mirror, today(mirror.workspace()));
    let mut watch = Watch {
        mirror,
        findings,
        source,
        today,
        tell,
        watched: BTreeSet::new(),
        gathering: Gathering::default(),
        index: Index::default(),
        was_lost: false,
    };
    match watch.run() {
        Ok(ControlFlow::Break(()) | ControlFlow::Continue(())) => Ok(()),
        Err(error) => Err(error),
    }
}

struct Watch<'w> {
    mirror: Mirror,
    findings: Findings,
    source: &'w mut dyn Source,
    today: &'w dyn Fn(&Workspace) -> NaiveDate,
    tell: Tell<'w>,
    watched: BTreeSet<PathBuf>,
    gathering: Gathering,
    index: Index,
    was_lost: bool,
}

/// Going on, or not.
type Flow = Result<ControlFlow<()>, WatchError>;

impl Watch<'_> {
    fn run(&mut self) -> Flow {
        // What changes while the watches are set is seen by the look after it.
        let mut seen = Sighting::default();
        self.follow_folders(&mut seen)?;
        self.mirror.take_in(seen);
        let no_index = self.index.update(&self.mirror);
        self.findings = Findings::of(&self.mirror, self.today());
        let ready = Event::Ready { files: self.mirror.files().len(), findings: self.findings.len() };
        let mut flow = self.tell(&ready);
        if flow.is_continue() {
            flow = self.tell_of_index(no_index);
        }
        while flow.is_continue() {
            flow = self.step()?;
        }
        Ok(flow)
    }

    /// Waits for something to do, and does it.
    fn step(&mut self) -> Flow {
        let now = Instant::now();
        if self.gathering.due().is_some_and(|due| due <= now) {
            if git::is_at_work(self.mirror.workspace().root()) && self.gathering.put_off(now) {
                return Ok(ControlFlow::Continue(()));
            }
            let batch = self.gathering.take(now);
            return self.act(batch);
        }
        if self.index.due().is_some_and(|due| due <= now) {
            let no_index = self.index.update(&self.mirror);
            return Ok(self.tell_of_index(no_index));
        }
        let wake = [self.gathering.due(), self.index.due()].into_iter().flatten().min();
        let wait = wake.map_or(NAP, |wake| wake.saturating_duration_since(now).min(NAP));
        match self.source.next(wait) {
            None => Ok(self.new_day()),
            Some(Signal::Stop) => Ok(ControlFlow::Break(())),
            Some(Signal::Polling { why, every }) => Ok(self.tell(&Event::Polling { why, every })),
            Some(signal) => {
                self.was_lost |= signal == Signal::Lost;
                self.gathering.add(signal, Instant::now());
                Ok(ControlFlow::Continue(()))
            }
        }
    }

    fn tell(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        (self.tell)(event, self.mirror.workspace())
    }

    fn today(&self) -> NaiveDate {
        (self.today)(self.mirror.workspace())
    }

    /// Looks at what was gathered, and tells what changed.
    fn act(&mut self, batch: Batch) -> Flow {
        let Batch { look, lost, may_be_gone } = batch;
        let was_lost = std::mem::take(&mut self.was_lost);
        self.forget_touched(&look, lost);
        let seen = match self.mirror.look(&look) {
            Ok(seen) => seen,
            Err(error) => return self.without_root(error, may_be_gone),
        };
        let mut seen = self.again_later(&look, seen);
        self.follow_folders(&mut seen)?;
        let rules_changed = seen.rules_changed;
        if seen.changes.is_empty() && !rules_changed {
            self.mirror.take_in(seen);
            return Ok(ControlFlow::Continue(()));
        }
        let no_index = self.index.take_in(&seen.changes, &self.mirror);
        if self.tell_of_index(no_index).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let cause = match (rules_changed, was_lost) {
            (true, _) => Cause::Rules,
            (false, true) => Cause::Lost,
            (false, false) => Cause::Edits,
        };
        let changes = std::mem::take(&mut seen.changes);
        self.mirror.take_in(seen);
        let news = self.findings.renew(&self.mirror, self.today(), changes, cause);
        // A search of very many files fills the system's queue too, and changes nothing.
        if was_lost && self.tell(&Event::Lost).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(self.tell(&Event::News(&news)))
    }

    /// What is gone or empty may be in the middle of a save: it is looked at once more.
    fn again_later(&mut self, looked: &WhereToLook, mut seen: Sighting) -> Sighting {
        self.gathering.look_again(looked, std::mem::take(&mut seen.doubtful), Instant::now());
        seen
    }

    /// The root may be gone for a moment, as when an editor saves `karto.yaml` under another name first.
    fn without_root(&mut self, error: WorkspaceError, may_be_gone: bool) -> Flow {
        if !may_be_gone {
            self.gathering.look_for_root(Instant::now());
            return Ok(ControlFlow::Continue(()));
        }
        Err(match error {
            WorkspaceError::Io { path, source } if source.kind() == io::ErrorKind::NotFound => {
                let root = self.mirror.workspace().root();
                WatchError::Gone { path: if root.exists() { path } else { root.to_owned() } }
            }
            WorkspaceError::NotFound { start } => WatchError::Gone { path: start },
            error => error.into(),
        })
    }

    /// A folder of which something is told may be another one under the same name.
    fn forget_touched(&mut self, look: &WhereToLook, lost: bool) {
        let touched = |folder: &PathBuf| lost || folder.ancestors().any(|path| look.paths.contains(path));
        // That something is told of a folder itself is rare.
        if lost || look.paths.iter().any(|path| self.watched.contains(path)) {
            let forgotten: Vec<PathBuf> = self.watched.iter().filter(|folder| touched(folder)).cloned().collect();
            for folder in forgotten {
                self.source.forget(&folder);
                self.watched.remove(&folder);
            }
        }
    }

    /// Watches all folders that there are, and looks into the new ones: what came into them before they were watched was
    /// not told.
    fn follow_folders(&mut self, seen: &mut Sighting) -> Result<(), WatchError> {
        loop {
            let mut folders = self.mirror.folders().clone();
            folders.extend(Some(self.mirror.workspace().root().join("schemas")).filter(|folder| folder.is_dir()));
            for gone in self.watched.difference(&folders) {
                self.source.forget(gone);
            }
            let new: BTreeSet<PathBuf> = folders.difference(&self.watched).cloned().collect();
            new.iter().for_each(|folder| self.source.watch(folder));
            self.watched = folders;
            if new.is_empty() {
                return Ok(());
            }
            let look = WhereToLook { paths: new, ..WhereToLook::default() };
            let more = match self.mirror.look(&look) {
                Ok(more) => self.again_later(&look, more),
                // The next look tells what it means.
                Err(_) => {
                    self.gathering.look_for_root(Instant::now());
                    return Ok(());
                }
            };
            seen.add(more);
        }
    }

    fn tell_of_index(&mut self, error: Option<IndexError>) -> ControlFlow<()> {
        error.map_or(ControlFlow::Continue(()), |error| self.tell(&Event::NoIndex(&error)))
    }

    /// Other findings may hold on a new day, without any file having changed.
    fn new_day(&mut self) -> ControlFlow<()> {
        let today = self.today();
        if self.findings.day() == today {
            return ControlFlow::Continue(());
        }
        let news = self.findings.renew(&self.mirror, today, Vec::new(), Cause::NewDay);
        if news.changes.is_empty() { ControlFlow::Continue(()) } else { self.tell(&Event::News(&news)) }
    }
}
