//! The process dies, or the disk is full, at every single step.

use super::*;
use crate::workspace::commit::Outcome;

#[test]
fn killed_at_any_step_all_files_are_old_or_all_are_new() {
    for kind in disks() {
        let mut outcomes = Vec::new();
        for step in 0.. {
            let folder = folder(FILES);
            let disk = kind.fresh().dies_at(step);
            let _ = commit(&disk, folder.path(), &changes());
            let recovered = recover(&kind.fresh(), folder.path()).unwrap();
            let tree = tree(folder.path());
            assert!(is_old(&tree) || is_new(&tree), "killed at step {step}: {recovered:?} {tree:#?}");
            if let Some(recovered) = recovered {
                assert_eq!(recovered.left, [], "killed at step {step}");
                assert_eq!(recovered.outcome == Outcome::Finished, is_new(&tree), "killed at step {step}");
                outcomes.push(recovered.outcome);
            }
            if disk.steps() <= step {
                assert!(is_new(&tree));
                break;
            }
        }
        outcomes.dedup();
        assert_eq!(outcomes, [Outcome::NotBegun, Outcome::Finished]);
    }
}

#[test]
fn killed_again_at_any_step_of_the_recovery_it_is_the_same() {
    for kind in disks() {
        for (first, second) in pairs(&kind) {
            let folder = folder(FILES);
            let _ = commit(&kind.fresh().dies_at(first), folder.path(), &changes());
            let _ = recover(&kind.fresh().dies_at(second), folder.path());
            let recovered = recover(&kind.fresh(), folder.path()).unwrap();
            let tree = tree(folder.path());
            assert!(is_old(&tree) || is_new(&tree), "killed at {first} and {second}: {tree:#?}");
            assert!(recovered.is_none_or(|recovered| recovered.left.is_empty()), "killed at {first} and {second}");
        }
    }
}

/// Steps of a commit and of the recovery after it: every one of the first, some of the second.
fn pairs(kind: &Rigged<'_>) -> Vec<(usize, usize)> {
    let folder = folder(FILES);
    let disk = kind.fresh();
    commit(&disk, folder.path(), &changes()).unwrap();
    let steps = disk.steps();
    (0..steps).flat_map(|first| (first % 9..steps).step_by(9).map(move |second| (first, second))).collect()
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    for kind in disks() {
        for step in 0.. {
            let folder = folder(FILES);
            let disk = kind.fresh().full_at(step);
            let committed = commit(&disk, folder.path(), &changes());
            let tree = tree(folder.path());
            if let Err(error) = committed {
                assert!(is_old(&tree), "full at step {step}: {tree:#?}");
                let CommitError::Io { source, .. } = error else { panic!("full at step {step}: {error}") };
                assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
            } else {
                assert!(is_new(&tree), "full at step {step}: {tree:#?}");
            }
            assert_eq!(recover(&kind.fresh(), folder.path()).unwrap(), None);
            if disk.steps() <= step {
                break;
            }
        }
    }
}

#[test]
fn a_commit_finishes_an_earlier_one_first() {
    let folder = folder(&[("a.md", "1")]);
    let first = set(&[("a.md", Some("1"), Some("2"))]);
    let disk = Rigged::new();
    commit(&disk, folder.path(), &first).unwrap();
    let steps = disk.steps();
    let mut finished = 0;
    for step in 0..steps {
        fs::write(folder.path().join("a.md"), "1").unwrap();
        let _ = commit(&Rigged::new().dies_at(step), folder.path(), &first);
        let second = commit(&Rigged::new(), folder.path(), &set(&[("a.md", Some("2"), Some("3"))]));
        match second {
            Ok(committed) => {
                finished += usize::from(committed.recovered.is_some());
                assert_eq!(tree(folder.path()), Tree::from([("a.md".into(), Some(b"3".into()))]));
            }
            Err(CommitError::Changed { .. }) => {
                assert_eq!(tree(folder.path()), Tree::from([("a.md".into(), Some(b"1".into()))]));
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(finished > 5, "{finished}");
}
