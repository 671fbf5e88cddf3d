//! Whether git is in the middle of something.

use std::path::{Path, PathBuf};

use crate::workspace::read_limited;

/// True while a git command is changing the files around `folder`: a checkout, a merge, a stash.
pub fn is_at_work(folder: &Path) -> bool {
    let repository = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists());
    repository.and_then(git_folder).is_some_and(|git| git.join("index.lock").exists())
}

/// What git has begun and waits to be told to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// A merge, or a pull.
    Merge,
    /// A rebase.
    Rebase,
    /// A commit taken from elsewhere.
    CherryPick,
    /// A commit taken back.
    Revert,
}

impl Unfinished {
    /// The command with which it goes on.
    pub fn command(self) -> &'static str {
        match self {
            Unfinished::Merge => "git commit",
            Unfinished::Rebase => "git rebase --continue",
            Unfinished::CherryPick => "git cherry-pick --continue",
            Unfinished::Revert => "git revert --continue",
        }
    }
}

/// What git has begun in the repository around `folder` and not ended.
pub fn unfinished(folder: &Path) -> Option<Unfinished> {
    let repository = folder.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let git = git_folder(repository)?;
    let signs = [
        ("rebase-merge", Unfinished::Rebase),
        ("rebase-apply", Unfinished::Rebase),
        ("MERGE_HEAD", Unfinished::Merge),
        ("CHERRY_PICK_HEAD", Unfinished::CherryPick),
        ("REVERT_HEAD", Unfinished::Revert),
    ];
    signs.into_iter().find(|(sign, _)| git.join(sign).exists()).map(|(_, what)| what)
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

    #[test]
    fn what_git_waits_for() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(unfinished(folder.path()), None);
        fs::create_dir_all(folder.path().join(".git/rebase-merge")).unwrap();
        fs::write(folder.path().join(".git/CHERRY_PICK_HEAD"), "").unwrap();
        assert_eq!(unfinished(folder.path()), Some(Unfinished::Rebase));
        fs::remove_dir(folder.path().join(".git/rebase-merge")).unwrap();
        assert_eq!(unfinished(folder.path()).map(Unfinished::command), Some("git cherry-pick --continue"));
    }
}
