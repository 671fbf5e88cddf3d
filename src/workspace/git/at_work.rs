//! Whether git is in the middle of something.

use std::path::{Path, PathBuf};

use crate::workspace::read_limited;

/// True while a git command is changing the files around `folder`: a checkout, a merge, a stash.
pub fn is_at_work(folder: &Path) -> bool {
    let repository = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists());
    repository.and_then(git_folder).is_some_and(|git| git.join("index.lock").exists())
}

/// Where git keeps its own of a repository; of a worktree `.git` is a file that says so.
fn git_folder(git: PathBuf) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git);
    }
    let said = read_limited(&git).ok()?;
    let place = String::from_utf8(said).ok()?.strip_prefix("gitdir:")?.trim().to_owned();
    Some(git.parent()?.join(place))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn git_is_at_work_while_it_holds_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (crm, git) = (folder.path().join("team/crm"), folder.path().join("team/.git"));
        fs::create_dir_all(&crm).unwrap();
        assert!(!is_at_work(&crm));
        fs::create_dir_all(&git).unwrap();
        fs::write(git.join("index.lock"), "").unwrap();
        assert!(is_at_work(&crm));
        // A worktree has its own.
        let worktree = folder.path().join("team/crm/worktree");
        fs::create_dir_all(&worktree).unwrap();
        fs::write(worktree.join(".git"), "gitdir: ../../.git/worktrees/w\n").unwrap();
        assert!(!is_at_work(&worktree));
        fs::create_dir_all(git.join("worktrees/w")).unwrap();
        fs::write(git.join("worktrees/w/index.lock"), "").unwrap();
        assert!(is_at_work(&worktree));
    }
}
