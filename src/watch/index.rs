//! The full-text index of a watched workspace.

use std::time::{Duration, Instant};

use crate::text::SourcePath;
use crate::workspace::fulltext::{FullTextIndex, IndexError};
use crate::workspace::{FileEvent, Mirror, SeenChange};

/// When to try again while another process writes to the index.
const BUSY: Duration = Duration::from_millis(60);
/// When the files of a large change are old enough for the index to trust their times.
const SETTLED: Duration = Duration::from_millis(2500);
/// From so many changed files on the whole index is brought up to date when they are settled.
const WORTH_SETTLING: usize = 8;
/// Up to so many changed files are taken into the index by themselves.
const FEW: usize = 500;

/// How the index stands.
#[derive(Default)]
pub(super) struct Index {
    /// When all of it is to be brought up to date.
    due: Option<Instant>,
    /// How many files it has taken in by themselves since that was last done.
    unsettled: usize,
    /// The program has none.
    is_missing: bool,
    /// It could not be written, and that was told.
    is_broken: bool,
}

impl Index {
    /// When [`Index::update`] is to be called.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes in what changed; gives the trouble that is to be told of.
    pub(super) fn take_in(&mut self, changes: &[SeenChange], mirror: &Mirror) -> Option<IndexError> {
        if changes.is_empty() || self.is_missing {
            return None;
        }
        self.unsettled += changes.len();
        let is_worth_settling = self.unsettled >= WORTH_SETTLING;
        let (mut changed, mut gone): (Vec<SourcePath>, Vec<SourcePath>) = (Vec::new(), Vec::new());
        for SeenChange { path, how, .. } in changes {
            match how {
                FileEvent::Removed => gone.push(path.clone()),
                FileEvent::Renamed { from } => {
                    gone.push(from.clone());
                    changed.push(path.clone());
                }
                FileEvent::Added | FileEvent::Changed => changed.push(path.clone()),
            }
        }
        let is_done = !self.is_broken
            && changes.len() <= FEW
            && FullTextIndex::update_only(mirror.workspace(), &changed, &gone).is_ok();
        let trouble = if is_done { None } else { self.update(mirror) };
        if is_worth_settling && self.due.is_none() && !self.is_broken {
            // Until then each search would read these files to see whether they have changed again.
            self.due = Some(Instant::now() + SETTLED);
        }
        trouble
    }

    /// Brings all of it up to date; gives the trouble that is to be told of.
    pub(super) fn update(&mut self, mirror: &Mirror) -> Option<IndexError> {
        self.due = None;
        if self.is_missing {
            return None;
        }
        let files = mirror.files().cloned().collect();
        match FullTextIndex::of_files(mirror.workspace(), files).update(&mut |_, _| {}) {
            Ok(_) => {
                self.is_broken = false;
                self.unsettled = 0;
            }
            Err(IndexError::Busy) => self.due = Some(Instant::now() + BUSY),
            Err(IndexError::Unsupported) => self.is_missing = true,
            Err(error) => return (!std::mem::replace(&mut self.is_broken, true)).then_some(error),
        }
        None
    }
}
