//! By what it is told that a file is still the one that was read.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(feature = "search")]
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "search")]
use crate::text::SourcePath;

/// A file system may keep times to two seconds only, so a file changed that shortly before it was read may change again
/// without a trace.
pub(super) const TICK: Duration = Duration::from_secs(2);

/// What the system says of a file without opening it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    #[serde(with = "postcard::fixint::le")]
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    #[serde(with = "postcard::fixint::le")]
    pub(super) modified: u64,
    /// Of the file's device and number and the time of its last change of any kind, where the system tells them: a tool that sets
    /// the time of modification back can't set these back.
    #[serde(with = "postcard::fixint::le")]
    pub(super) identity: u64,
    /// The later of the two times.
    #[serde(with = "postcard::fixint::le")]
    pub(super) changed: u64,
}

impl Stamp {
    /// `grain` is the step of the file system's clock, in nanoseconds: 1, for what the system tells is told as it is.
    fn of(metadata: &Metadata, grain: u64) -> Self {
        let rounded = |time: u64| time - time % grain.max(1);
        let modified = rounded(metadata.modified().map_or(0, nanoseconds));
        let (file, changed) = identity(metadata);
        let changed = rounded(changed);
        Self { size: metadata.len(), modified, identity: hash(&(file, changed)), changed: changed.max(modified) }
    }

    /// The stamp of every file, in the order of `files`; that of a missing file is all zero.
    #[cfg(feature = "search")]
    pub(super) fn of_all(root: &Path, files: &[SourcePath]) -> Vec<Stamp> {
        files.par_iter().map(|path| Stamp::of_file(&path.under(root))).collect()
    }

    /// The stamp of one file; all zero if it is missing.
    pub(super) fn of_file(path: &Path) -> Stamp {
        Self::of_file_in(path, 1)
    }

    /// The same where the clock of the file system makes steps of `grain` nanoseconds.
    pub(super) fn of_file_in(path: &Path, grain: u64) -> Stamp {
        path.metadata().map_or(Stamp::default(), |meta| Stamp::of(&meta, grain))
    }

    /// True if a file with this stamp may have changed since `as_of` without a trace.
    pub(super) fn is_racy(&self, as_of: u64) -> bool {
        self.changed.saturating_add(TICK.as_nanos() as u64) >= as_of
    }
}

/// Which file it is, and when anything of it last changed.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> ((u64, u64), u64) {
    use std::os::unix::fs::MetadataExt;
    let changed = (metadata.ctime().max(0) as u64).saturating_mul(1_000_000_000) + metadata.ctime_nsec().max(0) as u64;
    ((metadata.dev(), metadata.ino()), changed)
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> ((u64, u64), u64) {
    ((0, 0), 0)
}

/// Nanoseconds since 1970; 0 for times before.
pub(super) fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

/// A hash that stays the same for one build of the program.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
