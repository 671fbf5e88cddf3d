//! Events of a folder on the disk, from the system where it tells of changes, else by looking from time to time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};

use super::{Signal, Source, Trouble};

/// How often to look where the system can't tell of changes.
const POLLING: Duration = Duration::from_secs(2);

/// Tells what happens in a folder.
#[derive(Debug)]
pub struct FolderEvents {
    root: PathBuf,
    /// `None` if the folder is polled.
    watcher: Option<RecommendedWatcher>,
    /// A signal that goes before all others.
    pending: Option<Signal>,
    polling: Option<(Duration, Instant)>,
    sender: Sender<Signal>,
    receiver: Receiver<Signal>,
}

/// Ends a watch from another thread.
#[derive(Clone, Debug)]
pub struct Stop(Sender<Signal>);

impl Stop {
    /// Ends it; it does no harm if it has ended.
    pub fn stop(&self) {
        let _ = self.0.send(Signal::Stop);
    }
}

impl FolderEvents {
    /// Events of the workspace in `root`, as [`crate::workspace::Workspace::root`] names it.
    ///
    /// With `every` the folder is looked at so often, without it only where the system can't tell of changes.
    pub fn of(root: &Path, every: Option<Duration>) -> Self {
        let (sender, receiver) = mpsc::channel();
        let mut events = Self { root: root.to_owned(), watcher: None, pending: None, polling: None, sender, receiver };
        match every {
            Some(every) => events.poll(None, every),
            None => events.ask_system(),
        }
        events
    }

    /// What ends the watch.
    pub fn stop(&self) -> Stop {
        Stop(self.sender.clone())
    }

    fn ask_system(&mut self) {
        let (root, sender) = (self.root.clone(), self.sender.clone());
        let handler = move |event: notify::Result<notify::Event>| {
            // Nobody listens any more when the watch has ended.
            signals(&root, event, &mut |signal| drop(sender.send(signal)));
        };
        match notify::recommended_watcher(handler) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => self.poll(Some(without_watcher(&error)), POLLING),
        }
    }

    /// What to do where a folder can't be watched.
    fn unwatched(&mut self, folder: &Path, error: &notify::Error) {
        // It has gone meanwhile, or may not be read: the walk says so.
        if folder == self.root || !is_about_the_folder(error) {
            self.poll(Some(trouble(error)), POLLING);
        }
    }

    fn poll(&mut self, why: Option<Trouble>, every: Duration) {
        self.watcher = None;
        self.pending = Some(Signal::Polling { why, every });
        self.polling = Some((every, Instant::now() + every));
    }
}

impl Source for FolderEvents {
    fn watch(&mut self, folder: &Path) {
        let Some(watcher) = &mut self.watcher else { return };
        // Where each folder has a watch of its own, those that hold nothing of ours shall have none. Elsewhere one watch
        // takes in all that is below.
        let mode = match RecommendedWatcher::kind() {
            WatcherKind::Inotify => RecursiveMode::NonRecursive,
            _ if folder == self.root => RecursiveMode::Recursive,
            _ => return,
        };
        match watcher.watch(folder, mode) {
            Ok(()) => {}
            Err(error) => self.unwatched(folder, &error),
        }
    }

    fn forget(&mut self, folder: &Path) {
        if let Some(watcher) = &mut self.watcher {
            // The system forgets what is gone by itself.
            let _ = watcher.unwatch(folder);
        }
    }

    fn next(&mut self, wait: Duration) -> Option<Signal> {
        if let Some(signal) = self.pending.take() {
            return Some(signal);
        }
        let Some((every, due)) = self.polling else {
            return match self.receiver.recv_timeout(wait) {
                Ok(signal) => Some(signal),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Signal::Stop),
            };
        };
        let until_due = due.saturating_duration_since(Instant::now());
        if let Ok(Signal::Stop) = self.receiver.recv_timeout(wait.min(until_due)) {
            return Some(Signal::Stop);
        }
        if Instant::now() < due {
            return None;
        }
        self.polling = Some((every, Instant::now() + every));
        Some(Signal::Tick)
    }
}

/// What an event means for us; most mean nothing.
fn signals(root: &Path, event: notify::Result<notify::Event>, tell: &mut dyn FnMut(Signal)) {
    let Ok(event) = event else {
        return tell(Signal::Lost);
    };
    if event.need_rescan() {
        return tell(Signal::Lost);
    }
    let writes = match event.kind {
        // Every search opens every file.
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return,
        // Only inotify tells when a writer is done.
        EventKind::Modify(ModifyKind::Data(_)) => RecommendedWatcher::kind() == WatcherKind::Inotify,
        _ => false,
    };
    for path in event.paths.into_iter().filter(|path| may_be_ours(root, path)) {
        tell(if writes { Signal::Writing(path) } else { Signal::Touched(path) });
    }
}

/// False for what a walk never looks at, whatever the `.gitignore` says: `.git`, `.karto`, our own temporaries.
fn may_be_ours(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    inside.iter().all(|name| !name.as_encoded_bytes().starts_with(b".")) || inside.ends_with(".gitignore")
}

fn is_about_the_folder(error: &notify::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => matches!(error.kind(), NotFound | PermissionDenied | NotADirectory),
        _ => false,
    }
}

/// Why there is not even one that watches.
fn without_watcher(error: &notify::Error) -> Trouble {
    // The number of EMFILE, for which there is no name.
    let is_limit = matches!(&error.kind, ErrorKind::Io(error) if error.raw_os_error() == Some(24));
    if cfg!(unix) && is_limit { Trouble::TooManyWatchers } else { trouble(error) }
}

fn trouble(error: &notify::Error) -> Trouble {
    match &error.kind {
        ErrorKind::MaxFilesWatch => Trouble::TooManyFolders,
        ErrorKind::Io(error) => Trouble::Other(error.to_string()),
        ErrorKind::Generic(text) => Trouble::Other(text.clone()),
        _ => Trouble::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, Event, Flag};

    fn told(event: notify::Result<Event>) -> Vec<Signal> {
        let mut told = Vec::new();
        signals(Path::new("/crm"), event, &mut |signal| told.push(signal));
        told
    }

    fn events() -> FolderEvents {
        let root = tempfile::tempdir().unwrap();
        FolderEvents::of(root.path(), Some(Duration::from_secs(60)))
    }

    #[test]
    fn where_events_are_lost_everything_is_looked_at() {
        let rescan = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(told(Ok(rescan.add_path("/crm".into()))), [Signal::Lost]);
        assert_eq!(told(Err(notify::Error::generic("?"))), [Signal::Lost]);
        let made = Event::new(EventKind::Create(CreateKind::File));
        assert_eq!(told(Ok(made.clone().add_path("/crm/a.md".into()))), [Signal::Touched("/crm/a.md".into())]);
        assert_eq!(told(Ok(made.add_path("/crm/.karto/lock".into()))), []);
    }

    #[test]
    fn at_a_limit_of_the_system_the_folder_is_polled() {
        let limit = notify::Error::new(ErrorKind::MaxFilesWatch);
        let mut events = events();
        let root = events.root.clone();
        events.pending = None;
        events.unwatched(&root.join("clients"), &limit);
        let polling = Signal::Polling { why: Some(Trouble::TooManyFolders), every: POLLING };
        assert_eq!(events.next(Duration::ZERO), Some(polling));
        assert!(events.polling.is_some() && events.watcher.is_none());
        if cfg!(unix) {
            let no_more = notify::Error::io(std::io::Error::from_raw_os_error(24));
            assert_eq!(without_watcher(&no_more), Trouble::TooManyWatchers);
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_no_reason_to_poll_but_the_root_is() {
        let gone = || notify::Error::io(std::io::ErrorKind::NotFound.into());
        let mut events = events();
        let root = events.root.clone();
        events.pending = None;
        events.unwatched(&root.join("clients"), &gone());
        assert_eq!(events.pending, None);
        events.unwatched(&root, &gone());
        assert!(matches!(events.pending, Some(Signal::Polling { why: Some(Trouble::Other(_)), .. })));
    }
}
