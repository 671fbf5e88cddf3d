//! Events come in crowds: a save is three or four of them, a checkout ten thousand. They are gathered until it is quiet.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Signal;
use crate::workspace::Look;

/// How long it must be quiet.
const QUIET: Duration = Duration::from_millis(20);
/// How long to wait at the most.
const LONGEST: Duration = Duration::from_secs(1);
/// When to look again at what may be in the middle of a save.
const AGAIN: Duration = Duration::from_millis(150);
/// From so many paths on it does not matter any more which they are.
const MANY: usize = 5000;

/// What was told and not yet looked at.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    paths: BTreeSet<PathBuf>,
    writing: BTreeSet<PathBuf>,
    everything: bool,
    lost: bool,
    first: Option<Instant>,
    quiet_since: Option<Instant>,
    again: BTreeSet<PathBuf>,
    again_at: Option<Instant>,
    root_at: Option<Instant>,
}

/// What is to be looked at now.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) look: Look,
    /// True if events were lost, so that what is watched may have been moved or replaced.
    pub(super) lost: bool,
    /// True if the root was found to be gone before, so that it is.
    pub(super) may_be_gone: bool,
}

impl Gathering {
    /// Takes in a signal.
    pub(super) fn add(&mut self, signal: Signal, now: Instant) {
        match signal {
            Signal::Touched(path) => {
                self.writing.remove(&path);
                self.paths.insert(path);
            }
            Signal::Writing(path) => {
                self.writing.insert(path.clone());
                self.paths.insert(path);
            }
            Signal::Tick => self.everything = true,
            Signal::Lost => (self.everything, self.lost) = (true, true),
            Signal::Polling { .. } | Signal::Stop => return,
        }
        if self.paths.len() > MANY {
            (self.everything, self.lost) = (true, true);
            self.paths.clear();
        }
        self.first.get_or_insert(now);
        self.quiet_since = Some(now);
    }

    /// These are to be looked at once more, and then taken for what they are.
    pub(super) fn look_again(&mut self, paths: BTreeSet<PathBuf>, now: Instant) {
        if !paths.is_empty() {
            self.again.extend(paths);
            self.again_at = Some(now + AGAIN);
        }
    }

    /// The root was gone; if it is so still, it is gone.
    pub(super) fn look_for_root(&mut self, now: Instant) {
        (self.everything, self.lost) = (true, true);
        self.root_at = Some(now + AGAIN);
    }

    /// When to look; `None` while there is nothing to look at.
    pub(super) fn due(&self) -> Option<Instant> {
        let quiet = self.first.zip(self.quiet_since).map(|(first, since)| {
            let at_last = first + LONGEST;
            if self.writing.is_empty() { at_last.min(since + QUIET) } else { at_last }
        });
        // While the root is gone nothing else can be seen.
        match self.root_at {
            Some(at) => Some(at),
            None => [quiet, self.again_at].into_iter().flatten().min(),
        }
    }

    /// What there is to look at now.
    pub(super) fn take(&mut self, now: Instant) -> Batch {
        let mut look = Look { paths: std::mem::take(&mut self.paths), ..Look::default() };
        look.everything = std::mem::take(&mut self.everything);
        self.writing.clear();
        (self.first, self.quiet_since) = (None, None);
        if self.again_at.is_some_and(|at| at <= now) {
            self.again_at = None;
            look.settled = std::mem::take(&mut self.again);
        }
        Batch { look, lost: std::mem::take(&mut self.lost), may_be_gone: self.root_at.take().is_some() }
    }
}
