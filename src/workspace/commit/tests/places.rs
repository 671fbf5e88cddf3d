//! Where a commit writes and where it does not, and what it keeps of a file beside its contents.

use std::path::PathBuf;

use super::*;
use crate::workspace::commit::system::System;
use crate::workspace::commit::{JournalTrouble, LeftReason, RecoveryEnd, journal};

/// A journal that died between its two steps: the temporaries are there, the files untouched.
fn interrupted() -> TempDir {
    for step in 0.. {
        let folder = folder(FILES);
        let _ = commit(&Rigged::new().dies_at(step), folder.path(), &changes());
        let journal = fs::read_to_string(folder.path().join(journal::NAME)).unwrap_or_default();
        if journal.contains("\"apply\"") {
            return folder;
        }
    }
    unreachable!()
}

fn temporaries(root: &Path) -> Vec<PathBuf> {
    let is_ours = |name: &&String| name.rsplit('/').next().unwrap().starts_with(".karto-") && !name.ends_with("commit");
    tree(root).keys().filter(is_ours).map(|name| root.join(name)).collect()
}

#[test]
fn all_files_that_changed_are_named() {
    let folder = folder(FILES);
    fs::write(folder.path().join("a.md"), "else").unwrap();
    fs::write(folder.path().join("clients/d.md"), "here already").unwrap();
    fs::remove_file(folder.path().join("leads/c.md")).unwrap();
    let before = tree(folder.path());
    let error = commit(&System, folder.path(), &changes()).unwrap_err();
    let CommitError::Changed { paths } = error else { panic!("{error}") };
    assert_eq!(paths, [path("a.md"), path("clients/d.md"), path("leads/c.md")]);
    assert_eq!(tree(folder.path()), before);
}

#[test]
fn what_no_longer_fits_is_kept_and_told_of() {
    let folder = interrupted();
    fs::write(folder.path().join("clients/b.md"), "newer").unwrap();
    let recovered = recover(&System, folder.path()).unwrap().unwrap();
    assert_eq!(recovered.end, RecoveryEnd::Finished);
    assert_eq!(recovered.files.len(), 4);
    let [left] = recovered.left.as_slice() else { panic!("{recovered:?}") };
    assert_eq!((&left.path, left.why), (&path("clients/b.md"), LeftReason::Changed));
    let kept = left.kept.as_ref().unwrap().under(folder.path());
    assert_eq!(fs::read_to_string(kept).unwrap(), "b2, and longer\n");
    assert_eq!(fs::read_to_string(folder.path().join("clients/b.md")).unwrap(), "newer");
    assert_eq!(recover(&System, folder.path()).unwrap(), None);
}

#[test]
fn a_temporary_that_is_gone_is_told_of() {
    let folder = interrupted();
    temporaries(folder.path()).into_iter().for_each(|file| fs::remove_file(file).unwrap());
    let recovered = recover(&System, folder.path()).unwrap().unwrap();
    let missing: Vec<(&str, LeftReason)> = recovered.left.iter().map(|left| (left.path.as_str(), left.why)).collect();
    let new = ["clients/d.md", "new/deep/e.md", "a.md", "clients/b.md"].map(|path| (path, LeftReason::Missing));
    assert_eq!(missing, new);
    assert_eq!(recovered.files, [path("leads/c.md")], "to remove a file takes no temporary");
}

#[test]
fn a_torn_journal_stays_for_nobody_knows_how_far_the_change_had_come() {
    let folder = interrupted();
    let file = folder.path().join(journal::NAME);
    let text = fs::read(&file).unwrap();
    fs::write(&file, &text[..text.len() / 2]).unwrap();
    let refused = recover(&System, folder.path()).unwrap_err();
    assert!(matches!(refused, CommitError::Journal { trouble: JournalTrouble::Torn, .. }), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), &text[..text.len() / 2]);
}

#[test]
fn a_journal_that_can_not_be_followed_stays_and_nothing_is_written() {
    let folder = interrupted();
    let file = folder.path().join(journal::NAME);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("karto-commit 1", "karto-commit 2", 1)).unwrap();
    let before = tree(folder.path());
    for error in [
        recover(&System, folder.path()).unwrap_err(),
        commit(&System, folder.path(), &set(&[("x.md", None, Some("x"))])).unwrap_err(),
    ] {
        assert!(matches!(error, CommitError::Journal { trouble: JournalTrouble::Version, .. }), "{error}");
    }
    assert_eq!(tree(folder.path()), before);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    use super::*;

    #[test]
    fn a_journal_does_not_lead_out_through_a_link() {
        let (folder, outside) = (interrupted(), folder(&[]));
        fs::rename(folder.path().join("clients"), outside.path().join("clients")).unwrap();
        symlink(outside.path().join("clients"), folder.path().join("clients")).unwrap();
        let before = tree(outside.path());
        let error = recover(&System, folder.path()).unwrap_err();
        assert!(matches!(error, CommitError::Journal { trouble: JournalTrouble::Unsafe(_), .. }), "{error}");
        assert_eq!(tree(outside.path()), before);
    }

    #[test]
    fn permissions_stay_and_new_files_have_the_usual_ones() {
        let folder = folder(FILES);
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o7777;
        fs::write(folder.path().join("usual"), "").unwrap();
        fs::set_permissions(folder.path().join("a.md"), fs::Permissions::from_mode(0o664)).unwrap();
        fs::set_permissions(folder.path().join("clients/b.md"), fs::Permissions::from_mode(0o600)).unwrap();
        // Only root can give a file away.
        let is_root = chown(folder.path().join("clients/b.md"), Some(1), Some(1)).is_ok();
        commit(&System, folder.path(), &changes()).unwrap();
        assert_eq!((mode("a.md"), mode("clients/b.md")), (0o664, 0o600));
        assert_eq!((mode("clients/d.md"), mode("new/deep/e.md")), (mode("usual"), mode("usual")));
        let owner = fs::metadata(folder.path().join("clients/b.md")).unwrap();
        assert!(!is_root || (owner.uid(), owner.gid()) == (1, 1));
    }

    #[test]
    fn a_write_protected_file_stays_as_it_is() {
        let folder = folder(FILES);
        fs::set_permissions(folder.path().join("leads/c.md"), fs::Permissions::from_mode(0o444)).unwrap();
        let error = commit(&System, folder.path(), &changes()).unwrap_err();
        assert_eq!(error.to_string(), "leads/c.md is write-protected");
        assert!(is_old(&tree(folder.path())));
    }

    #[test]
    fn a_write_protected_folder_stays_as_it_is() {
        let folder = folder(FILES);
        let leads = folder.path().join("leads");
        fs::set_permissions(&leads, fs::Permissions::from_mode(0o555)).unwrap();
        let error = commit(&System, folder.path(), &changes()).unwrap_err();
        fs::set_permissions(&leads, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(error.to_string(), "leads is write-protected");
        assert!(is_old(&tree(folder.path())));
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_changed() {
        let folder = folder(&[("shared/real.md", "1")]);
        let link = folder.path().join("clients.md");
        symlink("shared/real.md", &link).unwrap();
        commit(&System, folder.path(), &set(&[("clients.md", Some("1"), Some("2"))])).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("shared/real.md"));
        assert_eq!(fs::read_to_string(folder.path().join("shared/real.md")).unwrap(), "2");
        assert_eq!(fs::read_dir(folder.path().join("shared")).unwrap().count(), 1);

        let error = commit(&System, folder.path(), &set(&[("clients.md", Some("2"), None)])).unwrap_err();
        assert!(matches!(error, CommitError::Link { .. }), "{error}");
        let both = set(&[("clients.md", Some("2"), Some("3")), ("shared/real.md", Some("2"), Some("4"))]);
        let error = commit(&System, folder.path(), &both).unwrap_err();
        assert!(matches!(error, CommitError::SameFile { .. }), "{error}");
    }

    #[test]
    fn nothing_is_written_outside_or_in_hidden_folders() {
        let (folder, outside) = (folder(&[(".git/config", "1")]), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("a.md"), "1").unwrap();
        symlink(outside.path().join("a.md"), folder.path().join("file.md")).unwrap();
        symlink(outside.path(), folder.path().join("folder")).unwrap();
        symlink(".git/config", folder.path().join("config.md")).unwrap();
        for (name, before) in
            [("file.md", Some("1")), ("folder/a.md", Some("1")), ("folder/b.md", None), ("folder/c/d.md", None)]
        {
            let error = commit(&System, folder.path(), &set(&[(name, before, Some("2"))])).unwrap_err();
            assert!(matches!(error, CommitError::Outside { .. }), "{name}: {error}");
        }
        for (name, before) in [("config.md", Some("1")), (".git/config", Some("1")), (".git/hooks/x", None)] {
            let error = commit(&System, folder.path(), &set(&[(name, before, Some("2"))])).unwrap_err();
            assert!(matches!(error, CommitError::Outside { .. }), "{name}: {error}");
        }
        symlink("nowhere.md", folder.path().join("dangling.md")).unwrap();
        let error = commit(&System, folder.path(), &set(&[("dangling.md", None, Some("2"))])).unwrap_err();
        assert!(matches!(error, CommitError::Link { .. }), "{error}");
        assert_eq!(outside.path().read_dir().unwrap().count(), 1);
    }
}
