//! Finds files that went from one place to another.

use std::collections::{BTreeSet, HashMap};

use super::Mirror;
use super::reading::Reread;
use crate::text::SourcePath;

impl Mirror {
    /// Which new files are old ones in another place: with the same content and name, else with one of them.
    pub(super) fn renamed(&self, gone: &[SourcePath], read: &[Reread]) -> HashMap<SourcePath, SourcePath> {
        let with_content = |path: &&SourcePath| self.files.get(*path).filter(|file| file.stamp.size > 0);
        let mut left: Vec<(&SourcePath, Option<u64>)> =
            gone.iter().map(|path| (path, with_content(&path).map(|file| file.content))).collect();
        let mut new: Vec<(&SourcePath, Option<u64>)> = read.iter().map(|r| (&r.path, Some(r.file.content))).collect();
        new.retain(|(path, _)| !self.files.contains_key(path));
        let mut renamed = HashMap::new();
        for (by_content, by_name) in [(true, true), (true, false), (false, true)] {
            let key = |(path, content): (&SourcePath, Option<u64>)| {
                let content = if by_content { Some(content?) } else { None };
                Some((content, by_name.then(|| path.file_name().to_owned())))
            };
            let mut old: HashMap<_, Vec<&SourcePath>> = HashMap::new();
            left.iter().rev().for_each(|one| old.entry(key(*one)).or_default().push(one.0));
            old.remove(&None);
            new.retain(|one| match old.get_mut(&key(*one)).and_then(Vec::pop) {
                Some(from) => renamed.insert(one.0.clone(), from.clone()).is_some(),
                None => true,
            });
            let taken: BTreeSet<&SourcePath> = renamed.values().collect();
            left.retain(|(path, _)| !taken.contains(path));
        }
        renamed
    }
}
