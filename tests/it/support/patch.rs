//! What git makes of a diff that the program prints.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::files;

/// The files of a copy of the workspace to which git has applied a diff.
pub(crate) fn patched(root: &Path, diff: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files(root) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    if !diff.is_empty() {
        let patch = folder.path().join("the.patch");
        fs::write(&patch, diff).unwrap();
        let mut git = Command::new("git");
        // As in a folder that is no part of any repository, and whatever the user has configured.
        git.env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let applied =
            git.current_dir(folder.path()).args(["apply", "--whitespace=nowarn", "the.patch"]).output().unwrap();
        assert!(applied.status.success(), "{}\n{diff:?}", String::from_utf8_lossy(&applied.stderr));
        fs::remove_file(patch).unwrap();
    }
    files(folder.path())
}
