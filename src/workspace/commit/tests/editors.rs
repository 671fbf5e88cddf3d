//! Somebody saves a file, at every single step of a commit.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;

const SAVED: &str = "what the editor saved\n";

/// How editors save.
#[derive(Clone, Copy, Debug)]
enum Saving {
    /// Truncate and write.
    InPlace,
    /// Another file takes its place.
    ByRename,
    /// The file goes, then it is made anew.
    Anew,
}

fn save(file: &Path, how: Saving) {
    match how {
        Saving::InPlace => fs::write(file, SAVED).unwrap(),
        Saving::ByRename => {
            let new = file.with_file_name("saved.tmp");
            fs::write(&new, SAVED).unwrap();
            fs::rename(&new, file).unwrap();
        }
        Saving::Anew => {
            let _ = fs::remove_file(file);
            fs::write(file, SAVED).unwrap();
        }
    }
}

/// The files that the commit touches.
fn files() -> Vec<(String, FileChange)> {
    changes().files().map(|(path, change)| (path.to_string(), change.clone())).collect()
}

/// Nothing is lost, and what is not where it was saved is told of. The other files are all old or all new.
fn check(root: &Path, file: &str, committed: &Result<Committed, CommitError>, when: &str) {
    let tree = tree(root);
    let left = match committed {
        Ok(committed) => committed.left.clone(),
        Err(CommitError::Crossed { left }) => left.clone(),
        Err(_) => Vec::new(),
    };
    let holds = |path: &str| tree.get(path).cloned().flatten().is_some_and(|text| text == SAVED.as_bytes());
    let kept: Vec<&str> = left.iter().filter_map(|left| Some(left.kept.as_ref()?.as_str())).collect();
    assert!(holds(file) || kept.iter().any(|kept| holds(kept)), "{when}: lost: {committed:?} {tree:#?}");
    for (other, change) in files().iter().filter(|(other, _)| other != file) {
        let expected = if committed.is_ok() { &change.after } else { &change.before };
        assert_eq!(tree.get(other).cloned().flatten(), *expected, "{when}: {other}: {committed:?}");
    }
    for name in tree.keys().filter(|name| name.contains(".karto-")) {
        assert!(kept.contains(&name.as_str()), "{when}: {name} is not told of: {committed:?}");
    }
}

#[test]
fn what_an_editor_saves_at_any_step_is_never_lost() {
    for kind in disks() {
        for (file, _) in files().into_iter().filter(|(file, _)| !file.starts_with("new/")) {
            for how in [Saving::InPlace, Saving::ByRename, Saving::Anew] {
                for step in 0.. {
                    let folder = folder(FILES);
                    let target = folder.path().join(&file);
                    let disk = kind.fresh().meanwhile(step, || save(&target, how));
                    let committed = commit(&disk, folder.path(), &changes());
                    if disk.steps() <= step {
                        break;
                    }
                    check(folder.path(), &file, &committed, &format!("{file} {how:?} at step {step}"));
                }
            }
        }
    }
}

/// As above, and then the process dies.
#[test]
fn nor_is_it_if_the_process_dies_afterwards() {
    for kind in disks() {
        for file in ["clients/b.md", "clients/d.md", "leads/c.md"] {
            let mut runs = 0;
            for step in (0..200).step_by(2) {
                for death in [1, 2, 3, 5, 8, 13, 21, 34].map(|later| step + later) {
                    let folder = folder(FILES);
                    let target = folder.path().join(file);
                    let disk = kind.fresh().meanwhile(step, || save(&target, Saving::InPlace)).dies_at(death);
                    let committed = commit(&disk, folder.path(), &changes());
                    if disk.steps() <= step {
                        break;
                    }
                    runs += 1;
                    let when = format!("{file} at step {step}, death at {death}");
                    let recovered = recover(&kind.fresh(), folder.path()).unwrap();
                    let left = recovered.map(|recovered| recovered.left).unwrap_or_default();
                    let tree = tree(folder.path());
                    let holds = |path: &str| tree.get(path).cloned().flatten().is_some_and(|t| t == SAVED.as_bytes());
                    let kept: Vec<&str> = left.iter().filter_map(|left| Some(left.kept.as_ref()?.as_str())).collect();
                    assert!(holds(file) || kept.iter().any(|k| holds(k)), "{when}: {committed:?} {left:?} {tree:#?}");
                    let others = files().into_iter().filter(|(other, _)| other != file);
                    let others: Vec<(Option<Vec<u8>>, FileChange)> =
                        others.map(|(other, change)| (tree.get(&other).cloned().flatten(), change)).collect();
                    let all_old = others.iter().all(|(now, change)| *now == change.before);
                    let all_new = others.iter().all(|(now, change)| *now == change.after);
                    assert!(all_old || all_new, "{when}: {committed:?} {left:?} {tree:#?}");
                }
            }
            assert!(runs > 100);
        }
    }
}

/// An editor that opened the file at one step and writes to it at a later one, when the name may lead elsewhere.
#[cfg(unix)]
#[test]
fn what_is_written_to_a_file_that_was_open_is_never_lost() {
    for kind in disks() {
        for file in ["a.md", "clients/b.md", "leads/c.md"] {
            for opened in (0..).step_by(3) {
                let mut steps = usize::MAX;
                for written in [1, 2, 3, 5, 8, 13, 21, 34, 55].map(|later| opened + later) {
                    let folder = folder(FILES);
                    let target = folder.path().join(file);
                    let handle: Mutex<Option<File>> = Mutex::new(None);
                    let was_written = Mutex::new(false);
                    let disk = kind
                        .fresh()
                        .meanwhile(opened, || {
                            *handle.lock().unwrap() = OpenOptions::new().write(true).open(&target).ok();
                        })
                        .meanwhile(written, || {
                            if let Some(file) = handle.lock().unwrap().as_mut() {
                                *was_written.lock().unwrap() = !is_gone(file);
                                file.set_len(0).unwrap();
                                file.rewind().unwrap();
                                file.write_all(SAVED.as_bytes()).unwrap();
                            }
                        });
                    let committed = commit(&disk, folder.path(), &changes());
                    steps = disk.steps();
                    if steps <= written {
                        break;
                    }
                    if *was_written.lock().unwrap() {
                        check(folder.path(), file, &committed, &format!("{file} open {opened}, written {written}"));
                    }
                }
                if steps <= opened {
                    break;
                }
            }
        }
    }
}

/// True where what is written to a file is lost: it has no name any more, as with any editor whose file was replaced; or
/// it is just being removed, after the last look at it.
#[cfg(unix)]
fn is_gone(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let meta = file.metadata().unwrap();
    let is_same = |other: PathBuf| other.metadata().is_ok_and(|other| other.ino() == meta.ino());
    meta.nlink() == 0 || rigged::being_removed().is_some_and(is_same)
}
