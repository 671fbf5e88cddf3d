//! The laws of a commit, held at every single step of it: whatever happens, every file is whole and nothing is lost.

mod editors;
mod kills;
mod places;
mod rigged;
mod sets;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::disk::Disk;
use super::lock::Lock;
use super::write::Writer;
use super::{CommitError, Committed, Recovered};
use crate::change::{ChangeSet, FileChange};
use crate::text::SourcePath;
use rigged::Rigged;

/// What lies in a folder, but for `.karto/`: folders have no content.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    // In memory where that is possible: thousands are made.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    fs::create_dir_all(folder.path().join(".karto")).unwrap();
    folder
}

fn tree(root: &Path) -> Tree {
    fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if name == ".karto" {
                continue;
            }
            if entry.path().is_dir() {
                walk(root, &entry.path(), tree);
                tree.insert(name, None);
            } else {
                tree.insert(name, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut tree = Tree::new();
    walk(root, root, &mut tree);
    tree
}

/// A set of changes: path, before, after.
fn set(changes: &[(&str, Option<&str>, Option<&str>)]) -> ChangeSet {
    let mut set = ChangeSet::default();
    for (name, before, after) in changes {
        let bytes = |text: &Option<&str>| text.map(|text| text.as_bytes().to_vec());
        set.add(path(name), FileChange { before: bytes(before), after: bytes(after) });
    }
    set
}

fn commit(disk: &impl Disk, root: &Path, changes: &ChangeSet) -> Result<Committed, CommitError> {
    let root = root.canonicalize().unwrap();
    let lock = Lock::take(&root, std::time::Duration::ZERO)?;
    Writer { disk, root: &root }.commit(changes, || lock.is_held())
}

fn recover(disk: &impl Disk, root: &Path) -> Result<Option<Recovered>, CommitError> {
    Writer { disk, root: &root.canonicalize().unwrap() }.recover()
}

/// A bit of everything: two edits, one of them with CRLF and at the root, two new files, one of them in new folders, and
/// one that goes.
const FILES: &[(&str, &str)] = &[("a.md", "a1\r\nb\r\n"), ("clients/b.md", "b1\n"), ("leads/c.md", "c1\n")];

fn changes() -> ChangeSet {
    set(&[
        ("a.md", Some("a1\r\nb\r\n"), Some("a2\r\nb\r\n")),
        ("clients/b.md", Some("b1\n"), Some("b2, and longer\n")),
        ("clients/d.md", None, Some("d2\n")),
        ("leads/c.md", Some("c1\n"), None),
        ("new/deep/e.md", None, Some("e2\n")),
    ])
}

fn is_old(tree: &Tree) -> bool {
    let old = folder(FILES);
    *tree == super::tests::tree(old.path())
}

fn is_new(tree: &Tree) -> bool {
    let new = folder(&[
        ("a.md", "a2\r\nb\r\n"),
        ("clients/b.md", "b2, and longer\n"),
        ("clients/d.md", "d2\n"),
        ("new/deep/e.md", "e2\n"),
    ]);
    fs::create_dir(new.path().join("leads")).unwrap();
    *tree == super::tests::tree(new.path())
}

/// On file systems with all that we like, and on others.
fn disks() -> [Rigged<'static>; 2] {
    [Rigged::new(), Rigged::new().without_flags()]
}
