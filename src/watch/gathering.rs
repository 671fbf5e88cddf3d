//! Events come in crowds: a save is three or four of them, a checkout ten thousand. They are gathered until it is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Signal;
use crate::workspace::WhereToLook;

/// How long it must be quiet.
const QUIET: Duration = Duration::from_millis(20);
/// How long to wait at the most.
const LONGEST: Duration = Duration::from_secs(1);
/// How long to wait for git at the most.
const GIT: Duration = Duration::from_secs(10);
/// How long to wait before looking whether git is done.
const GIT_STEP: Duration = Duration::from_millis(50);
/// So many paths are no save of a person.
const CROWD: usize = 50;
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
    /// What may be in the middle of a save, with the moment of the second look.
    again: BTreeMap<PathBuf, Instant>,
    root_at: Option<Instant>,
    put_off_to: Option<Instant>,
}

/// What is to be looked at now.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) look: WhereToLook,
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

    /// Of what was looked at these are to be looked at once more, and then taken for what they are. A look in between
    /// does not put that off.
    pub(super) fn look_again(&mut self, looked: &WhereToLook, doubtful: BTreeSet<PathBuf>, now: Instant) {
        self.again.retain(|path, _| doubtful.contains(path) || !(looked.everything || looked.paths.contains(path)));
        for path in doubtful {
            self.again.entry(path).or_insert(now + AGAIN);
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
            None => quiet.into_iter().chain(self.again.values().copied()).min().max(self.put_off_to),
        }
    }

    /// Waits a little longer, if this is a crowd and has not waited too long: for git, which would show a folder that is
    /// half of one branch and half of another. True if it waits.
    pub(super) fn put_off(&mut self, now: Instant) -> bool {
        let is_crowd = self.everything || self.paths.len() > CROWD;
        let may_wait = is_crowd && self.first.is_some_and(|first| now < first + GIT);
        if may_wait {
            self.put_off_to = Some(now + GIT_STEP);
        }
        may_wait
    }

    /// What there is to look at now.
    pub(super) fn take(&mut self, now: Instant) -> Batch {
        let mut look = WhereToLook { paths: std::mem::take(&mut self.paths), ..WhereToLook::default() };
        look.everything = std::mem::take(&mut self.everything);
        self.writing.clear();
        self.put_off_to = None;
        (self.first, self.quiet_since) = (None, None);
        look.settled = self.again.extract_if(.., |_, at| *at <= now).map(|(path, _)| path).collect();
        look.paths.extend(look.settled.iter().cloned());
        Batch { look, lost: std::mem::take(&mut self.lost), may_be_gone: self.root_at.take().is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths<const N: usize>(names: [&str; N]) -> BTreeSet<PathBuf> {
        names.into_iter().map(PathBuf::from).collect()
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_save_is_looked_at_when_it_is_quiet() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        assert_eq!(gathering.due(), None);
        gathering.add(Signal::Touched("a".into()), start);
        gathering.add(Signal::Touched("b".into()), start + ms(5));
        assert_eq!(gathering.due(), Some(start + ms(5) + QUIET));
        let batch = gathering.take(start + ms(25));
        assert_eq!((batch.look.paths, batch.look.everything), (paths(["a", "b"]), false));
        assert_eq!(gathering.due(), None);
    }

    #[test]
    fn a_writer_may_finish_but_not_hold_up_for_ever() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        gathering.add(Signal::Writing("a".into()), start);
        assert_eq!(gathering.due(), Some(start + LONGEST));
        gathering.add(Signal::Touched("a".into()), start + ms(70));
        assert_eq!(gathering.due(), Some(start + ms(70) + QUIET));
        // What goes on and on is looked at all the same.
        (0..200).for_each(|i| gathering.add(Signal::Touched("a".into()), start + ms(10 * i)));
        assert_eq!(gathering.due(), Some(start + LONGEST));
    }

    #[test]
    fn too_many_paths_are_the_whole_folder() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        (0..=MANY).for_each(|i| gathering.add(Signal::Touched(i.to_string().into()), start));
        let batch = gathering.take(start + LONGEST);
        assert_eq!((batch.look.paths.len(), batch.look.everything, batch.lost), (0, true, true));
    }

    #[test]
    fn a_crowd_waits_for_git_but_not_for_ever_and_a_save_does_not() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        gathering.add(Signal::Touched("a".into()), start);
        assert!(!gathering.put_off(start + QUIET));
        (0..=CROWD).for_each(|i| gathering.add(Signal::Touched(i.to_string().into()), start));
        assert!(gathering.put_off(start + QUIET));
        assert_eq!(gathering.due(), Some(start + QUIET + GIT_STEP));
        assert!(!gathering.put_off(start + GIT));
        assert_eq!(gathering.take(start + GIT).look.paths.len(), CROWD + 2);
    }

    #[test]
    fn what_is_doubtful_is_looked_at_a_second_time_and_no_third() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        let everything = WhereToLook { everything: true, ..WhereToLook::default() };
        gathering.look_again(&everything, paths(["a", "b"]), start);
        // Looked at again in between: one of them is well now, the other is not.
        gathering.look_again(&everything, paths(["a"]), start + ms(100));
        assert_eq!(gathering.due(), Some(start + AGAIN));
        let batch = gathering.take(start + AGAIN);
        assert_eq!((batch.look.settled, batch.look.paths), (paths(["a"]), paths(["a"])));
        assert_eq!(gathering.due(), None);
    }

    #[test]
    fn the_root_is_given_a_moment() {
        let (mut gathering, start) = (Gathering::default(), Instant::now());
        gathering.look_for_root(start);
        assert_eq!(gathering.due(), Some(start + AGAIN));
        assert!(gathering.take(start + AGAIN).may_be_gone);
        assert!(!gathering.take(start + AGAIN).may_be_gone);
    }
}
