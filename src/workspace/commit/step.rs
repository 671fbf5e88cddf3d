//! What to do next with one file, as told by what is found: the one place where this is decided, for a commit that runs
//! as for one that died.
//!
//! A file and its temporary change places: the file holds `before` and the temporary `after`, then the other way
//! round. That something is not there counts as what it holds, so making and removing a file are the same exchange.

use super::LeftReason;
use super::journal::{Digest, Entry};

/// What is found at a path, as compared with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// What the file held before the change; nothing, if it was not there.
    Before,
    /// What the file is to hold; nothing, if it is to go.
    After,
    /// Nothing, where something should be.
    Absent,
    /// Somebody else's text.
    Other,
    /// No plain file, or one that can't be read: it is left alone.
    Strange,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is as it should be. A temporary that is still there can go.
    Done,
    /// File and temporary change places; then the temporary should hold this.
    Swap(Holds),
    /// The temporary goes, then look again.
    Drop,
    /// It can't be brought there: whatever is there stays, the temporary too.
    Leave(LeftReason),
}

impl Holds {
    /// Compares what a path holds with what it could hold.
    pub(super) fn of(content: Option<&[u8]>, entry: &Entry) -> Self {
        let content = content.map(Digest::of);
        match content {
            content if content == entry.before => Holds::Before,
            content if content == entry.after => Holds::After,
            None => Holds::Absent,
            Some(_) => Holds::Other,
        }
    }
}

/// Towards `after`.
pub(super) fn forward(entry: &Entry, file: Holds, temporary: Holds) -> Step {
    use Holds::{Absent, After, Before, Other, Strange};
    match (file, temporary) {
        (Strange, _) | (_, Strange) => Step::Leave(LeftReason::Changed),
        (Before, After) => Step::Swap(Before),
        // What was to be made is nowhere.
        (Before, Before) if entry.before.is_none() => Step::Leave(LeftReason::Missing),
        // Done, and made as it was by somebody.
        (Before, Before) => Step::Done,
        (Before, Absent) => Step::Leave(LeftReason::Missing),
        (After, Before | After | Absent) => Step::Done,
        // Something else than `before` came out, and the process died before it saw that; or somebody wrote to the old
        // file that he had still open. That is newer than what we have to say.
        (After, Other) => Step::Swap(After),
        (Other | Absent, After) => Step::Leave(LeftReason::Changed),
        // Done, and written by somebody since.
        (Other | Absent, Before | Absent) => Step::Done,
        (Before | Other | Absent, Other) => Step::Leave(LeftReason::Changed),
    }
}

/// Back to `before`.
pub(super) fn back(entry: &Entry, file: Holds, temporary: Holds) -> Step {
    use Holds::{Absent, After, Before, Other, Strange};
    match (file, temporary) {
        (Strange, _) | (_, Strange) => Step::Leave(LeftReason::Newer),
        (After, Before | Other) => Step::Swap(After),
        // Killed while a new file had two names; see `Disk::place`.
        (After, After) if entry.before.is_none() => Step::Drop,
        (Before, Before | After | Absent) | (After, After) => Step::Done,
        // Something newer than `after` came out, and the process died before it saw that.
        (Before, Other) if entry.after.is_some() => Step::Swap(Before),
        (After, Absent) => Step::Leave(LeftReason::Missing),
        (Other | Absent, After) => Step::Done,
        (Before | Other | Absent, _) => Step::Leave(LeftReason::Newer),
    }
}
