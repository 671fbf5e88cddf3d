use std::collections::BTreeMap;

use crate::text::SourcePath;

/// Files that are to change together: all of them or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    files: BTreeMap<SourcePath, FileChange>,
}

/// What is to become of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The bytes from which the change was made: the file must still hold them. `None`: it must not be there.
    pub before: Option<Vec<u8>>,
    /// The bytes that it is to hold. `None`: it is to be removed.
    pub after: Option<Vec<u8>>,
}

impl FileChange {
    /// True if nothing would change.
    pub fn is_empty(&self) -> bool {
        self.before == self.after
    }
}

impl ChangeSet {
    /// Adds a change. Of two for one file, the second goes on from the first. One that changes nothing is left out.
    pub fn add(&mut self, path: SourcePath, change: FileChange) {
        let before = match self.files.remove(&path) {
            Some(first) => first.before,
            None => change.before,
        };
        let change = FileChange { before, after: change.after };
        if !change.is_empty() {
            self.files.insert(path, change);
        }
    }

    /// The files, by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&SourcePath, &FileChange)> {
        self.files.iter()
    }

    /// What is to become of a file; `None` if it stays as it is.
    pub fn get(&self, path: &SourcePath) -> Option<&FileChange> {
        self.files.get(path)
    }

    /// True if nothing would change.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: Option<&str>, after: Option<&str>) -> FileChange {
        FileChange { before: before.map(Into::into), after: after.map(Into::into) }
    }

    #[test]
    fn two_changes_of_a_file_are_one() {
        let path = SourcePath::new("leads/a.md").unwrap();
        let mut set = ChangeSet::default();
        set.add(path.clone(), change(Some("1"), Some("2")));
        set.add(path.clone(), change(Some("2"), Some("3")));
        assert_eq!(set.get(&path), Some(&change(Some("1"), Some("3"))));
        set.add(path, change(Some("3"), Some("1")));
        assert!(set.is_empty(), "there and back is nothing");
    }
}
