//! Finding keys that stand twice, in time proportional to their number.

use super::Kind;
use super::tree::{NONE, NodeRef, Tree};

/// The keys of one map: compared one by one while they are few, by a table from there on.
#[derive(Default)]
pub(super) struct Keys {
    few: Vec<(u32, u32)>,
    many: std::collections::HashMap<(Kind, String), u32>,
}

const FEW: usize = 48;

impl Keys {
    /// Notes the entry `at`; gives the first entry with the same key.
    pub(super) fn add(&mut self, tree: &Tree, text: &str, at: u32, hash: u32) -> Option<u32> {
        if self.few.len() < FEW {
            // A number may be the same in another writing, so there the hash of the text does not tell.
            let id = tree.entries.get(at as usize).map_or(NONE, |entry| entry.key);
            let is_text = NodeRef { tree, text, id }.kind() == Kind::Text;
            let may_be = |other: u32| !is_text || other == hash;
            let found = self.few.iter().find(|(h, other)| may_be(*h) && key(tree, text, *other) == key(tree, text, at));
            let found = found.map(|(_, other)| *other);
            self.few.push((hash, at));
            return found;
        }
        if self.many.is_empty() {
            for (_, at) in &self.few {
                self.many.entry(key(tree, text, *at)).or_insert(*at);
            }
        }
        let first = *self.many.entry(key(tree, text, at)).or_insert(at);
        (first != at).then_some(first)
    }

    /// Forgets the entries from number `first` on.
    pub(super) fn forget_from(&mut self, first: u32) {
        self.few.retain(|(_, at)| *at < first);
        self.many.retain(|_, at| *at < first);
    }
}

fn key(tree: &Tree, text: &str, at: u32) -> (Kind, String) {
    let id = tree.entries.get(at as usize).map_or(NONE, |entry| entry.key);
    NodeRef { tree, text, id }.identity()
}
