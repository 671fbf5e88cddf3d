//! The process dies, or the disk is full, at every single step.

use super::*;
use crate::workspace::commit::{NextCommand, RecoveryEnd};

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
                assert_eq!(recovered.end == RecoveryEnd::Finished, is_new(&tree), "killed at step {step}");
                outcomes.push(recovered.end);
            }
            if disk.steps() <= step {
                assert!(is_new(&tree));
                break;
            }
        }
        outcomes.dedup();
        assert_eq!(outcomes, [RecoveryEnd::NotBegun, RecoveryEnd::Finished]);
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

/// A step is refused, so that all is taken back, and then one step of that; with room to write `back` down and without.
///
/// Only where names can be exchanged: elsewhere a card that was to go may have two names just then, which can't be told from
/// one that somebody has brought back, and so it stays.
#[test]
fn what_is_said_of_the_next_command_is_what_it_does() {
    let mut said = Vec::new();
    let whole = folder(FILES);
    let old = tree(whole.path());
    let disk = Rigged::new();
    commit(&disk, whole.path(), &changes()).unwrap();
    for first in 0..disk.steps() {
        for (second, is_full) in (1..40).flat_map(|later| [(first + later, false), (first + later, true)]) {
            let folder = folder(FILES);
            let disk = Rigged::new().refuses(first).refuses(second);
            let disk = if is_full { disk.full_at(first) } else { disk };
            let when = format!("refused at {first} and {second}, full: {is_full}");
            let Err(CommitError::Interrupted { next, .. }) = commit(&disk, folder.path(), &changes()) else {
                continue;
            };
            let recovered = recover(&Rigged::new(), folder.path()).unwrap();
            let tree = tree(folder.path());
            match (next, recovered.map(|recovered| recovered.end)) {
                (NextCommand::CarriesOut, Some(RecoveryEnd::Finished)) => assert!(is_new(&tree), "{when}: {tree:#?}"),
                (NextCommand::TakesBack, Some(RecoveryEnd::TakenBack | RecoveryEnd::NotBegun)) => {
                    assert!(is_old(&tree), "{when}: {tree:#?}");
                }
                (NextCommand::DoesNothing, None) => assert_eq!(cards(&tree), cards(&old), "{when}"),
                other => panic!("{when}: {other:?}"),
            }
            said.push(next);
        }
    }
    for next in [NextCommand::CarriesOut, NextCommand::TakesBack, NextCommand::DoesNothing] {
        assert!(said.contains(&next), "{next:?} never came about");
    }
}

/// Without folders, and without what a commit leaves.
fn cards(tree: &Tree) -> Tree {
    let cards = tree.iter().filter(|(name, content)| content.is_some() && !name.contains(".karto-"));
    cards.map(|(name, content)| (name.clone(), content.clone())).collect()
}
