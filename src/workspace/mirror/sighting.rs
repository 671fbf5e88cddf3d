//! What a look at the files brings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::CardName;
use crate::model::Card;
use crate::text::SourcePath;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileEvent {
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

/// A file that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenChange {
    /// Where it is; where it was if it is gone.
    pub path: SourcePath,
    /// What became of it.
    pub how: FileEvent,
    /// How the card is called; how it was called if it is gone.
    pub card: CardName,
}

/// What was seen, and is still to be taken into the catalog by [`Mirror::take_in`](super::Mirror::take_in).
#[derive(Debug, Default)]
#[must_use = "the catalog is behind until it is taken in"]
pub struct Sighting {
    /// The files that are not what they were, by path.
    pub changes: Vec<SeenChange>,
    /// Files that are gone or empty, as in the middle of a save: they are left as they were, and to be looked at again.
    pub doubtful: BTreeSet<PathBuf>,
    /// The configuration or a schema is another, so that every file was read again.
    pub rules_changed: bool,
    pub(super) replaced: BTreeSet<SourcePath>,
    pub(super) cards: Vec<Card>,
}

impl Sighting {
    /// Joins what was seen later to it.
    pub fn add(&mut self, later: Sighting) {
        let Sighting { changes, doubtful, rules_changed, replaced, cards } = later;
        let mut all: BTreeMap<SourcePath, SeenChange> =
            self.changes.drain(..).map(|change| (change.path.clone(), change)).collect();
        for mut change in changes {
            // What is new is new also if it was changed once more.
            if let (Some(earlier), FileEvent::Changed) = (all.remove(&change.path), &change.how) {
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
