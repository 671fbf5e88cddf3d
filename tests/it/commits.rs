//! Commits of real processes on a real disk: killed, crossed by each other and by editors, on a full disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use karto::change::{ChangeSet, FileChange};
use karto::text::SourcePath;
use karto::workspace::{CommitError, RecoveryEnd, Workspace};
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_128;

use crate::support::Karto;

/// Two cards that always change together.
const CARDS: [&str; 2] = ["clients/acme.md", "opportunities/2026/acme-erp.md"];
/// Tells the process of a writer where to write.
const WRITER: &str = "KARTO_TEST_WRITER";
/// How many lines it is to add; without it, it goes on until it is killed.
const LINES: &str = "KARTO_TEST_LINES";

fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("karto.yaml"), "").unwrap();
    for card in CARDS {
        let file = folder.path().join(card);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    folder
}

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

/// Adds a line to both cards, and a card of its own with each tenth; tries again while others come between.
fn add_line(workspace: &Workspace, line: &str) {
    loop {
        let mut changes = ChangeSet::default();
        for card in CARDS.map(path) {
            let before = fs::read(card.under(workspace.root())).unwrap();
            let after = [before.as_slice(), line.as_bytes(), b"\n"].concat();
            changes.add(card, FileChange { before: Some(before), after: Some(after) });
        }
        if line.ends_with('0') {
            let own = path(&format!("notes/{line}/note.md"));
            changes.add(own, FileChange { before: None, after: Some(line.into()) });
        }
        match workspace.commit(&changes) {
            Ok(committed) => return assert_eq!(committed.left, []),
            Err(CommitError::Changed { .. } | CommitError::Busy { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// This is no test: it is what the processes run that the tests start.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(WRITER) else { return };
    let workspace = Workspace::open(Path::new(&folder)).unwrap();
    let lines = std::env::var(LINES).map_or(usize::MAX, |lines| lines.parse().unwrap());
    (0..lines).for_each(|number| add_line(&workspace, &format!("{}-{number}", std::process::id())));
}

fn start_writer(folder: &Path, lines: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "commits::writer"]).env(WRITER, folder).stdout(Stdio::null());
    if let Some(lines) = lines {
        command.env(LINES, lines.to_string());
    }
    command.spawn().unwrap()
}

/// The lines of both cards, which must be the same, whole, and each only once.
fn lines(folder: &Path) -> Vec<String> {
    let [one, other] = CARDS.map(|card| fs::read_to_string(folder.join(card)).unwrap());
    assert_eq!(one, other);
    assert!(one.is_empty() || one.ends_with('\n'), "{one:?}");
    let lines: Vec<String> = one.lines().map(ToOwned::to_owned).collect();
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "a line stands twice");
    lines
}

/// Files that a commit has left, anywhere but in `.karto/`.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name();
        if name == ".karto" {
            continue;
        }
        if entry.path().is_dir() {
            found.extend(leftovers(&entry.path()));
        } else if name.to_str().unwrap().starts_with(".karto") {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn a_process_that_is_killed_tears_nothing() {
    let folder = workspace();
    let workspace = Workspace::open(folder.path()).unwrap();
    let mut before = 0;
    for round in 0..40_u64 {
        let mut child = start_writer(folder.path(), None);
        // It takes a while to start; from its first line on it does nothing but commit.
        let size = || fs::metadata(folder.path().join(CARDS[0])).map_or(0, |meta| meta.len());
        let start = size();
        while size() == start && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_micros(round * 7919 % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some(recovered) = workspace.recover().unwrap() {
            assert_eq!(recovered.left, []);
        }
        let lines = lines(folder.path());
        assert!(lines.len() >= before, "a line is lost");
        before = lines.len();
        for tenth in lines.iter().filter(|line| line.ends_with('0')) {
            assert_eq!(fs::read_to_string(folder.path().join(format!("notes/{tenth}/note.md"))).unwrap(), *tenth);
        }
        assert_eq!(leftovers(folder.path()), [] as [PathBuf; 0]);
    }
}

#[test]
fn two_writers_lose_nothing_of_each_other() {
    let folder = workspace();
    let writers = [(); 2].map(|()| start_writer(folder.path(), Some(20)));
    let workspace = Workspace::open(folder.path()).unwrap();
    (0..20).for_each(|number| add_line(&workspace, &format!("own-{number}")));
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(lines(folder.path()).len(), 60);
    assert_eq!(leftovers(folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn what_an_editor_saves_in_between_is_never_lost() {
    let folder = workspace();
    let workspace = Workspace::open(folder.path()).unwrap();
    let [card, other] = CARDS.map(path);
    let file = card.under(workspace.root());
    let text = |save: usize| format!("saved: {save}\n");
    fs::write(&file, text(0)).unwrap();
    let is_whole = |text: &str| text.starts_with("saved: ") && text.ends_with('\n');
    let editor = {
        let file = file.clone();
        thread::spawn(move || {
            for save in 1..=150 {
                if save % 2 == 0 {
                    fs::write(&file, text(save)).unwrap();
                } else {
                    let new = file.with_extension("tmp");
                    fs::write(&new, text(save)).unwrap();
                    fs::rename(&new, &file).unwrap();
                }
                thread::sleep(Duration::from_micros(save as u64 * 4999 % 9000));
            }
        })
    };
    let (mut made, mut kept) = (0, Vec::new());
    while !editor.is_finished() {
        let (before, count) = (fs::read(&file).unwrap(), fs::read(other.under(workspace.root())).unwrap());
        let Some(text) = std::str::from_utf8(&before).ok().filter(|text| is_whole(text)) else { continue };
        let after = format!("{text}and a line\n").into_bytes();
        let mut changes = ChangeSet::default();
        changes.add(card.clone(), FileChange { before: Some(before), after: Some(after) });
        let longer = [count.as_slice(), b"."].concat();
        changes.add(other.clone(), FileChange { before: Some(count), after: Some(longer) });
        match workspace.commit(&changes) {
            Ok(committed) => {
                made += 1;
                kept.extend(committed.left);
            }
            Err(CommitError::Changed { .. }) => {}
            Err(CommitError::Crossed { left }) => kept.extend(left),
            Err(error) => panic!("{error}"),
        }
    }
    editor.join().unwrap();
    let is_last = |file: &Path| fs::read_to_string(file).unwrap().starts_with(&text(150));
    let mut kept_files = kept.iter().filter_map(|left| left.kept.as_ref());
    assert!(is_last(&file) || kept_files.any(|kept| is_last(&kept.under(workspace.root()))), "{kept:?}");
    // The other card counts the commits that were made, and no other.
    let count = fs::read(other.under(workspace.root())).unwrap().len();
    let crossed = kept.len();
    assert!((made..=made + crossed).contains(&count), "{made} made, {count} counted, {crossed} crossed");
}

/// A file system of its own, in memory; only root may have one.
#[cfg(target_os = "linux")]
struct Small {
    folder: TempDir,
}

#[cfg(target_os = "linux")]
impl Small {
    #[allow(clippy::print_stderr, reason = "a test that was not tried should say so")]
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", size, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self { folder });
        }
        eprintln!("not tried: mounting a small file system is not permitted here");
        None
    }

    fn make_read_only(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(self.folder.path()).status().unwrap();
        assert!(done.success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_all_as_it_was() {
    let Some(small) = Small::mount("size=128k") else { return };
    let root = small.folder.path();
    fs::write(root.join("karto.yaml"), "").unwrap();
    let workspace = Workspace::open(root).unwrap();
    let set = |sizes: [usize; 3], before: bool| {
        let mut changes = ChangeSet::default();
        for (name, size) in ["a.md", "b.md", "c/d.md"].into_iter().zip(sizes) {
            let before = before.then(|| vec![b'1'; 100]);
            changes.add(path(name), FileChange { before, after: Some(vec![b'2'; size]) });
        }
        changes
    };
    for name in ["a.md", "b.md", "c/d.md"] {
        fs::create_dir_all(root.join("c")).unwrap();
        fs::write(root.join(name), [b'1'; 100]).unwrap();
    }
    for sizes in [[60_000, 60_000, 60_000], [100, 100, 500_000], [130_000, 1, 1]] {
        let error = workspace.commit(&set(sizes, true)).unwrap_err();
        let CommitError::Io { source, .. } = &error else { panic!("{error}") };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(leftovers(root), [] as [PathBuf; 0]);
        for name in ["a.md", "b.md", "c/d.md"] {
            assert_eq!(fs::read(root.join(name)).unwrap(), [b'1'; 100]);
        }
    }
    workspace.commit(&set([5_000, 5_000, 5_000], true)).unwrap();
    assert_eq!(fs::read(root.join("c/d.md")).unwrap().len(), 5_000);
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_interrupted_is_carried_out_on_a_full_disk_too() {
    let Some(small) = Small::mount("size=128k") else { return };
    let root = small.folder.path();
    fs::write(root.join("karto.yaml"), "").unwrap();
    fs::write(root.join("a.md"), "1").unwrap();
    fs::write(root.join(".karto-0123456789abcdef.a.md"), "2").unwrap();
    fs::write(root.join(".karto-commit"), journal(&[("a.md", Some("1"), Some("2"))])).unwrap();
    fs::create_dir(root.join(".karto")).unwrap();
    fs::write(root.join(".karto/.gitignore"), "*\n").unwrap();
    fs::write(root.join(".karto/lock"), "").unwrap();
    let filled = fs::write(root.join("filler"), vec![0; 1_000_000]);
    assert_eq!(filled.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    let recovered = Workspace::open(root).unwrap().recover().unwrap().unwrap();
    assert_eq!((recovered.end, recovered.left), (RecoveryEnd::Finished, Vec::new()));
    assert_eq!(fs::read(root.join("a.md")).unwrap(), b"2");
    assert_eq!(leftovers(root), [] as [PathBuf; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_is_read_and_not_written() {
    let Some(small) = Small::mount("size=1m") else { return };
    let root = small.folder.path();
    fs::write(root.join("karto.yaml"), "").unwrap();
    fs::write(root.join("a.md"), "1").unwrap();
    fs::write(root.join(".karto-commit"), "torn").unwrap();
    small.make_read_only();
    let workspace = Workspace::open(root).unwrap();
    assert!(
        workspace.recover().is_err(),
        "a journal that can not be followed is named, and the files are read all the same"
    );
    let mut changes = ChangeSet::default();
    changes.add(path("a.md"), FileChange { before: Some(b"1".into()), after: Some(b"2".into()) });
    let error = workspace.commit(&changes).unwrap_err();
    assert!(error.to_string().contains("Read-only"), "{error}");
    assert_eq!(workspace.load().unwrap().files, 1);
}

#[test]
fn a_workspace_of_a_newer_format_is_not_written() {
    let folder = workspace();
    fs::write(folder.path().join("karto.yaml"), "format: 99\n").unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let mut changes = ChangeSet::default();
    changes.add(path("x.md"), FileChange { before: None, after: Some(b"2".into()) });
    let error = workspace.commit(&changes).unwrap_err();
    assert!(matches!(error, CommitError::NewerFormat), "{error}");
    assert!(!folder.path().join("x.md").exists());
    assert!(!folder.path().join(".karto").exists());
}

/// A journal with these files: path, what it held, what it is to hold.
pub(crate) fn journal(files: &[(&str, Option<&str>, Option<&str>)]) -> String {
    let digest = |text: &Option<&str>| match text {
        Some(text) => format!("\"{}-{:032x}\"", text.len(), xxh3_128(text.as_bytes())),
        None => "null".to_owned(),
    };
    let file = |(path, before, after): &(&str, Option<&str>, Option<&str>)| {
        format!("{{\"path\": \"{path}\", \"before\": {}, \"after\": {}}}", digest(before), digest(after))
    };
    let files = files.iter().map(file).collect::<Vec<_>>().join(", ");
    let json =
        format!("{{\"phase\": \"apply\", \"token\": \"0123456789abcdef\", \"folders\": [], \"files\": [{files}]}}\n");
    format!("karto-commit 1 {:032x}\n{json}", xxh3_128(json.as_bytes()))
}

const LEAD: &str = "---\ntype: lead\nname: Zażółć\nstage: new\n---\n";

#[test]
fn the_next_command_finishes_a_change_and_tells_of_it() {
    let files = [("leads/lead-zazolc.md", None, Some(LEAD)), ("clients/acme.md", Some("1"), Some("2"))];
    let karto = Karto::on_nothing()
        .with_file("karto.yaml", "")
        .with_file("clients/acme.md", "newer")
        .with_file("leads/.karto-0123456789abcdef.lead-zazolc.md", LEAD)
        .with_file("clients/.karto-0123456789abcdef.acme.md", "2")
        .with_file(".karto-commit", &journal(&files));
    let answer = karto.run(["list", "type:lead", "--format", "csv", "--columns", "id,name"]);
    assert_eq!(
        answer.err,
        "note: a change that was interrupted is carried out now: leads/lead-zazolc.md written\n\
         note: clients/acme.md has changed since and stays as it is; the other text is kept in \
         clients/.karto-0123456789abcdef.acme.md\n1 record\n"
    );
    assert!(answer.out.contains("lead-zazolc,Zażółć"), "{}", answer.out);
    assert!(!karto.run(["list"]).err.contains("interrupted"), "it is told once");
}

#[test]
fn a_hostile_journal_is_named_and_not_followed() {
    for path in ["../outside.md", "/etc/outside.md", ".git/hooks/pre-commit"] {
        let karto = Karto::on_nothing()
            .with_file("karto.yaml", "")
            .with_file(".karto-commit", &journal(&[(path, None, Some("harm"))]))
            .with_file(".git/hooks/.karto-0123456789abcdef.pre-commit", "harm");
        let before = fs::read_dir(karto.root().join("..")).unwrap().count();
        let answer = karto.run(["list"]);
        let named = format!(
            "note: a change was interrupted and can't be gone on with: /home/anna/crm/.karto-commit: it names \"{path}\", \
             which no change of karto's would\nhelp: "
        );
        assert!(answer.err.starts_with(&named), "{}", answer.err);
        assert_eq!(answer.status, 0, "what can be read is told all the same");
        assert_eq!(fs::read_dir(karto.root().join("..")).unwrap().count(), before);
        assert!(!karto.root().join(".git/hooks/pre-commit").exists());
    }
}
