//! Real git with the merge driver: what people do, and what must not go wrong when the driver does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const CARD: &str = "\
---
type: opportunity
name: ERP rollout
client: acme
owner: anna
stage: identification
next_contact: 2026-11-25
value: 1000
currency: PLN
---
They want it.

## Log

### 2026-11-03 visit @anna: First
";

/// A repository with a workspace in it, where nothing of the machine's git shines through.
struct Repository {
    outer: TempDir,
    folder: PathBuf,
    /// Where `karto` is found.
    path: String,
}

impl Repository {
    fn new() -> Self {
        Self::at("work space")
    }

    /// In a folder of this name, told of Karto, with one card.
    fn at(name: &str) -> Self {
        let mut repository = Self::bare(name);
        let program = Path::new(env!("CARGO_BIN_EXE_karto")).parent().unwrap();
        repository.path = format!("{}:{}", program.display(), repository.path);
        repository.write("karto.yaml", "format: 1\n");
        repository.write("clients/acme.md", "---\ntype: client\nname: Acme\nstage: active\n---\n");
        repository.write("opportunities/erp.md", CARD);
        repository.karto(&["git", "setup"]);
        repository.commit("first");
        repository
    }

    fn bare(name: &str) -> Self {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        let repository = Self { outer, folder, path: std::env::var("PATH").unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("PATH", &self.path).env("HOME", self.outer.path()).env("LANG", "C.UTF-8");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_EDITOR", "true");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Anna").env(format!("GIT_{who}_EMAIL"), "anna@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-11-22T12:00:00Z");
        }
        command.env("KARTO_TODAY", "2026-11-23");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().unwrap()
    }

    /// Git, which must succeed.
    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.run("git", arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        said(&output)
    }

    #[track_caller]
    fn karto(&self, arguments: &[&str]) -> String {
        let output = self.run(env!("CARGO_BIN_EXE_karto"), arguments);
        assert!(output.status.success(), "karto {arguments:?}: {}", said(&output));
        said(&output)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    fn card(&self) -> String {
        self.read("opportunities/erp.md")
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    /// Changes the card, each old text to a new one.
    #[track_caller]
    fn change(&self, changes: &[(&str, &str)]) {
        self.write("opportunities/erp.md", &changed(&self.card(), changes));
    }

    /// Two branches of `main`: `theirs` with one change, and `main` with another, checked out.
    #[track_caller]
    fn two_sides(&self, ours: &[(&str, &str)], theirs: &[(&str, &str)]) {
        self.git(&["checkout", "-q", "-b", "theirs"]);
        self.change(theirs);
        self.commit("theirs");
        self.git(&["checkout", "-q", "main"]);
        self.change(ours);
        self.commit("ours");
    }

    fn unmerged(&self) -> String {
        self.git(&["ls-files", "--unmerged"])
    }
}

/// A lead whose text names another card.
fn lead(link: &str) -> String {
    format!("---\ntype: lead\nname: Nowak\nstage: new\n---\nSee [[{link}]].\n")
}

#[track_caller]
fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old} in {text}");
        text.replacen(old, new, 1)
    })
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const OURS: &[(&str, &str)] =
    &[("value: 1000", "value: 2000"), ("### 2026-11-03", "### 2026-11-10 call @anna: A\n\n### 2026-11-03")];
const THEIRS: &[(&str, &str)] = &[
    ("next_contact: 2026-11-25", "next_contact: 2026-12-01"),
    ("### 2026-11-03", "### 2026-11-12 call @piotr: B\n\n### 2026-11-03"),
];

fn both() -> String {
    let entries = "### 2026-11-12 call @piotr: B\n\n### 2026-11-10 call @anna: A\n\n### 2026-11-03";
    changed(CARD, &[OURS[0], THEIRS[0], ("### 2026-11-03", entries)])
}

#[test]
fn a_merge() {
    let repository = Repository::new();
    repository.two_sides(OURS, THEIRS);
    repository.git(&["merge", "-q", "--no-edit", "theirs"]);
    assert_eq!(repository.card(), both());
}

#[test]
fn a_rebase() {
    let repository = Repository::new();
    repository.two_sides(OURS, THEIRS);
    repository.git(&["rebase", "-q", "theirs"]);
    assert_eq!(repository.card(), both());
}

#[test]
fn a_cherry_pick_and_a_revert() {
    let repository = Repository::new();
    repository.two_sides(OURS, THEIRS);
    repository.git(&["cherry-pick", "theirs"]);
    assert_eq!(repository.card(), both());
    repository.git(&["revert", "--no-edit", "HEAD~1"]);
    assert_eq!(repository.card(), changed(CARD, THEIRS));
}

#[test]
fn a_stash() {
    let repository = Repository::new();
    repository.change(OURS);
    repository.git(&["stash", "-q"]);
    repository.change(THEIRS);
    repository.commit("theirs");
    repository.git(&["stash", "pop", "-q"]);
    assert_eq!(repository.card(), both());
}

#[test]
fn a_card_renamed_on_one_side() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.change(THEIRS_ONLY_FIELD);
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["mv", "opportunities/erp.md", "opportunities/erp-rollout.md"]);
    repository.commit("renamed");
    repository.git(&["merge", "-q", "--no-edit", "theirs"]);
    assert_eq!(repository.read("opportunities/erp-rollout.md"), changed(CARD, THEIRS_ONLY_FIELD));
}

const THEIRS_ONLY_FIELD: &[(&str, &str)] = &[("value: 1000", "value: 3000")];

#[test]
fn one_field_in_conflict() {
    let repository = Repository::new();
    repository.two_sides(OURS, &[("value: 1000", "value: 3000"), ("owner: anna", "owner: piotr")]);
    let merge = repository.run("git", &["merge", "theirs"]);
    assert_eq!(merge.status.code(), Some(1), "{}", said(&merge));
    assert_eq!(
        repository.card(),
        changed(
            CARD,
            &[
                ("owner: anna", "owner: piotr"),
                ("value: 1000\n", "<<<<<<< ours\nvalue: 2000\n=======\nvalue: 3000\n>>>>>>> theirs\n"),
                OURS[1],
            ]
        )
        .replace("<<<<<<< ours", &format!("<<<<<<< {}", label(&repository.card(), "<<<<<<< ")))
        .replace(">>>>>>> theirs", &format!(">>>>>>> {}", label(&repository.card(), ">>>>>>> ")))
    );
    assert!(!repository.unmerged().is_empty());
}

fn label<'t>(text: &'t str, mark: &str) -> &'t str {
    text.lines().find_map(|line| line.strip_prefix(mark)).unwrap()
}

#[test]
fn deleted_on_one_side_and_changed_on_the_other_is_gits_conflict() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.git(&["rm", "-q", "opportunities/erp.md"]);
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.change(OURS);
    repository.commit("ours");
    assert_eq!(repository.run("git", &["merge", "theirs"]).status.code(), Some(1));
    assert_eq!(repository.card(), changed(CARD, OURS));
    assert!(!repository.unmerged().is_empty());
}

#[test]
fn one_id_made_by_both_is_one_conflict_of_the_whole_file() {
    let repository = Repository::new();
    let card = |value: &str| CARD.replace("value: 1000", value);
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write("leads/new.md", &card("value: 1"));
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("leads/new.md", &card("value: 2"));
    repository.commit("ours");
    assert_eq!(repository.run("git", &["merge", "theirs"]).status.code(), Some(1));
    let text = repository.read("leads/new.md");
    assert!(
        text.starts_with("<<<<<<< ") && text.contains(&card("value: 1")) && text.contains(&card("value: 2")),
        "{text}"
    );
}

#[test]
fn a_criss_cross_keeps_marks_of_both() {
    let repository = Repository::new();
    let value = |value: &'static str| [("value: 1000", value)];
    repository.two_sides(&value("value: 2000"), &value("value: 3000"));
    repository.git(&["branch", "a"]);
    // Each side takes the other in, and decides otherwise.
    let decide = |with: &str, value: &str| {
        repository.run("git", &["merge", "--no-commit", with]);
        repository.write("opportunities/erp.md", &CARD.replace("value: 1000", value));
        repository.commit("decided");
    };
    decide("theirs", "value: 2500");
    repository.git(&["checkout", "-q", "theirs"]);
    decide("a", "value: 3500");
    repository.git(&["checkout", "-q", "main"]);
    assert_eq!(repository.run("git", &["merge", "theirs"]).status.code(), Some(1));
    let card = repository.card();
    assert!(card.contains("value: 2500") && card.contains("value: 3500") && card.contains("<<<<<<<"), "{card}");
}

#[test]
fn line_ends_are_no_change() {
    for autocrlf in ["false", "true"] {
        let repository = Repository::new();
        repository.git(&["config", "core.autocrlf", autocrlf]);
        repository.git(&["checkout", "-q", "-b", "theirs"]);
        let theirs = changed(&repository.card().replace("\r\n", "\n"), THEIRS).replace('\n', "\r\n");
        repository.write("opportunities/erp.md", &theirs);
        repository.commit("theirs");
        repository.git(&["checkout", "-q", "main"]);
        repository.change(OURS);
        repository.commit("ours");
        repository.git(&["merge", "-q", "--no-edit", "theirs"]);
        assert_eq!(repository.card().replace("\r\n", "\n"), both(), "core.autocrlf {autocrlf}");
    }
}

/// Notes, and cards that can't be edited with certainty.
#[test]
fn what_is_no_plain_card_is_merged_as_git_does() {
    let lines: String = (1..20).map(|number| format!("line {number}\n")).collect();
    let yaml = format!("---\ntype: &a lead\nname: *a\n---\n{lines}");
    for text in [lines, yaml] {
        for theirs in ["line 18", "line 2"] {
            let repository = Repository::new();
            repository.write("notes/n.md", &text);
            repository.commit("note");
            repository.git(&["checkout", "-q", "-b", "theirs"]);
            repository.write("notes/n.md", &text.replace(&format!("{theirs}\n"), "theirs\n"));
            repository.commit("theirs");
            repository.git(&["checkout", "-q", "main"]);
            repository.write("notes/n.md", &text.replace("line 2\n", "ours\n"));
            repository.commit("ours");
            let with = repository.run("git", &["merge", "--no-edit", "theirs"]).status.code();
            let ours = repository.read("notes/n.md");
            repository.git(&["reset", "-q", "--hard", "main"]);
            if with == Some(0) {
                repository.git(&["reset", "-q", "--hard", "HEAD~1"]);
            }
            repository.git(&[
                "config",
                "merge.karto.driver",
                "git merge-file --marker-size=%L -L %X -L base -L %Y %A %O %B",
            ]);
            assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), with);
            assert_eq!(ours, repository.read("notes/n.md"));
        }
    }
}

/// A stand-in for `karto` that ends in this way.
#[cfg(unix)]
fn stand_in(repository: &mut Repository, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let folder = repository.outer.path().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("karto");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let real = std::env::var("PATH").unwrap();
    repository.path = format!("{}:{real}", folder.display());
}

/// A driver that is missing, panics, is killed or gives nonsense: git's own merge takes over, with marks.
#[cfg(unix)]
#[test]
fn a_driver_that_fails_never_drops_theirs() {
    for script in ["exit 101", "exit 137", "exit 2", "exit 129", "kill -9 $$", "exit 127", "exit 255"] {
        let mut repository = Repository::new();
        repository.two_sides(OURS, &[("value: 1000", "value: 3000")]);
        stand_in(&mut repository, script);
        let merge = repository.run("git", &["merge", "theirs"]);
        let card = repository.card();
        assert_eq!(merge.status.code(), Some(1), "{script}: {}", said(&merge));
        for needed in ["<<<<<<<", "=======", ">>>>>>>", "value: 2000", "value: 3000"] {
            assert!(card.contains(needed), "{script}: no {needed} in\n{card}");
        }
        assert!(!repository.unmerged().is_empty(), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn without_the_program_git_merges_lines() {
    let mut repository = Repository::new();
    repository.two_sides(OURS, &[("value: 1000", "value: 3000")]);
    repository.path = std::env::var("PATH").unwrap();
    let has_karto = repository.run("sh", &["-c", "command -v karto"]).status.success();
    assert_eq!(repository.run("git", &["merge", "theirs"]).status.code(), Some(1));
    assert!(repository.card().contains("<<<<<<<") && repository.card().contains("value: 3000"), "{has_karto}");
}

/// A disk that takes no more bytes: nothing of the merge is written, and the file is as it was. A limit on the size of files
/// gives the same error, and needs no disk of its own.
#[cfg(unix)]
#[test]
fn a_full_disk_is_no_merge() {
    let repository = Repository::new();
    let theirs = changed(CARD, THEIRS);
    let long = format!("{}{}", changed(CARD, OURS), "x".repeat(6000));
    let note = |word: &str| format!("{}\n{word}\n", "y\n".repeat(3000));
    let versions = [
        ("card", CARD.to_owned(), long, theirs),
        ("note", note("old"), note("ours").replacen('y', "z", 1), note("old") + "more\n"),
    ];
    for (name, base, ours, theirs) in &versions {
        for (side, text) in [("base", base), ("ours", ours), ("theirs", theirs)] {
            repository.write(&format!("{name}-{side}"), text);
        }
        let script = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
        let of = |side: &str| format!("{name}-{side}");
        let (base, mine, yours) = (of("base"), of("ours"), of("theirs"));
        let program = env!("CARGO_BIN_EXE_karto");
        let driver = ["-c", script, "sh", program, "merge-driver", &base, &mine, &yours, "opportunities/erp.md"];
        let output = repository.run("sh", &driver);
        assert_eq!(output.status.code(), Some(129), "{name}: {}", said(&output));
        assert_eq!(repository.read(&mine), *ours, "{name}");
        let left = fs::read_dir(&repository.folder).unwrap().flatten();
        let names: Vec<_> = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        assert!(!names.iter().any(|name| name.starts_with(".karto-merge")), "{names:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_no_merge() {
    let repository = Repository::new();
    let output =
        repository.run(env!("CARGO_BIN_EXE_karto"), &["merge-driver", "no", "opportunities/erp.md", "no", "x.md"]);
    assert_eq!(output.status.code(), Some(129), "{}", said(&output));
    assert_eq!(repository.card(), CARD);
}

#[test]
fn setting_up_twice_is_setting_up_once() {
    let repository = Repository::new();
    assert_eq!(repository.karto(&["git", "setup"]), "git knows it already, nothing was changed\n");
}

/// A hook that is there is kept and called first; its status counts, and it is given what git gives.
#[cfg(unix)]
#[test]
fn hooks_that_are_there_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::new();
    let hooks = repository.folder.join(".git/hooks");
    let hook = hooks.join("post-rewrite");
    fs::write(&hook, "#!/bin/sh\necho \"theirs $1\" > told\ncat >> told\nexit 3\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    repository.karto(&["git", "setup"]);
    assert!(hooks.join("post-rewrite.before-karto").exists());
    repository.karto(&["git", "setup"]);
    let mut child = repository.command(hook.to_str().unwrap(), &["rebase"]);
    let mut child = child.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"old new\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(repository.read("told"), "theirs rebase\nold new\n");
}

#[cfg(unix)]
#[test]
fn hooks_elsewhere_a_workspace_below_and_odd_names() {
    let mut repository = Repository::bare("it's 100% \"odd\"");
    let program = Path::new(env!("CARGO_BIN_EXE_karto")).parent().unwrap();
    repository.path = format!("{}:{}", program.display(), repository.path);
    repository.git(&["config", "core.hooksPath", "my hooks"]);
    repository.write("sales/my crm's/karto.yaml", "format: 1\n");
    repository.write("sales/my crm's/opportunities/erp.md", CARD);
    repository.karto(&["-C", "sales/my crm's", "git", "setup"]);
    repository.commit("first");
    let path = "sales/my crm's/opportunities/erp.md";
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write(path, &changed(CARD, THEIRS));
    repository.write("sales/my crm's/leads/nowak.md", &lead("gone"));
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.write(path, &changed(CARD, OURS));
    repository.commit("ours");
    let said = repository.git(&["merge", "--no-edit", "theirs"]);
    assert_eq!(repository.read(path), both());
    assert!(said.contains("have this wrong") && said.contains("gone"), "{said}");
    assert!(!said.contains("acme"), "that there is no such client was wrong before\n{said}");
}

/// The hooks of two workspaces in one repository look at both.
#[cfg(unix)]
#[test]
fn two_workspaces_in_one_repository() {
    let repository = Repository::new();
    repository.write("second/karto.yaml", "format: 1\n");
    repository.karto(&["-C", "second", "git", "setup"]);
    assert_eq!(repository.karto(&["git", "setup"]), "git knows it already, nothing was changed\n");
    repository.commit("two");
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write("leads/nowak.md", &lead("gone-first"));
    repository.write("second/leads/nowak.md", &lead("gone-second"));
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    let said = repository.git(&["merge", "--no-edit", "theirs"]);
    assert!(said.contains("gone-first") && said.contains("gone-second"), "{said}");
}

/// What git would take for an option of the driver is a name.
#[test]
fn a_card_that_is_called_like_an_option() {
    for name in ["-h.md", "-hello.md", "--help.md", "-V.md", "-Cx.md"] {
        let repository = Repository::new();
        repository.write(name, CARD);
        repository.commit("named so");
        repository.git(&["checkout", "-q", "-b", "theirs"]);
        repository.write(name, &changed(CARD, THEIRS));
        repository.commit("theirs");
        repository.git(&["checkout", "-q", "main"]);
        repository.write(name, &changed(CARD, OURS));
        repository.commit("ours");
        repository.git(&["merge", "-q", "--no-edit", "theirs"]);
        assert_eq!(repository.read(name), both(), "{name}");
    }
    let repository = Repository::new();
    let help = repository.run(env!("CARGO_BIN_EXE_karto"), &["merge-driver", "--help"]);
    assert_eq!(help.status.code(), Some(129), "a driver's line of an earlier version may ask for help by accident");
}

/// Git merges nothing into a file that is no text to it, and neither do we; both are kept.
#[test]
fn a_card_with_a_byte_that_is_no_text() {
    let repository = Repository::new();
    repository.two_sides(&[("They want it.", "They want it\0now.")], THEIRS);
    let merged = repository.run("git", &["merge", "--no-edit", "theirs"]);
    assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
    let card = repository.card();
    assert!(card.starts_with("<<<<<<< HEAD\n---\n") && card.ends_with(">>>>>>> theirs\n"), "{card}");
    assert!(card.contains("it\0now") && card.contains("2026-12-01"), "{card}");
}

/// Marks that are shorter than the usual ones could not be found again.
#[test]
fn marks_have_the_length_that_git_asks_for_but_never_too_few_signs() {
    for (size, mark) in [("12", "\n<<<<<<<<<<<< HEAD\n"), ("3", "\n<<<<<<< HEAD\n")] {
        let repository = Repository::new();
        repository.write(".gitattributes", &format!("*.md text merge=karto conflict-marker-size={size}\n"));
        repository.commit("size");
        repository.two_sides(&[("value: 1000", "value: 2000")], &[("value: 1000", "value: 3000")]);
        assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
        assert!(repository.card().contains(mark), "{}", repository.card());
        let answer = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve"]);
        assert_eq!(answer.status.code(), Some(1), "{}", said(&answer));
    }
}

/// Git calls no hook of merges when a merge with conflicts is ended by a commit.
#[test]
fn after_a_merge_with_conflicts_the_cards_are_looked_at() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write("opportunities/erp.md", &changed(CARD, &[("value: 1000", "value: 3000")]));
    repository.git(&["rm", "-q", "clients/acme.md"]);
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("opportunities/erp.md", &changed(CARD, &[("value: 1000", "value: 2000")]));
    repository.commit("ours");
    assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
    let resolved = repository.karto(&["resolve", "erp", "--ours", "--add"]);
    assert!(resolved.ends_with("then: git commit\n"), "{resolved}");
    let committed = repository.git(&["commit", "--no-edit"]);
    assert!(committed.contains("have this wrong") && committed.contains("acme"), "{committed}");
    // A commit that is no merge says nothing.
    repository.write("leads/nowak.md", &lead("gone"));
    repository.git(&["add", "."]);
    assert!(!repository.git(&["commit", "-m", "plain"]).contains("wrong"));
}

/// After a rebase too, and only what it brought.
#[test]
fn after_a_rebase_the_cards_are_looked_at() {
    let repository = Repository::new();
    repository.two_sides(OURS, THEIRS);
    repository.git(&["rm", "-q", "clients/acme.md"]);
    repository.git(&["commit", "-qm", "no client"]);
    repository.git(&["checkout", "-q", "theirs"]);
    let said = repository.git(&["rebase", "main"]);
    assert!(said.contains("have this wrong") && said.contains("acme"), "{said}");
}

/// A hook of which nobody knows what it does is never lost.
#[cfg(unix)]
#[test]
fn hooks_are_never_written_over() {
    let setup = |repository: &Repository| repository.run(env!("CARGO_BIN_EXE_karto"), &["git", "setup"]);
    let repository = Repository::new();
    let hook = repository.folder.join(".git/hooks/post-merge");
    let kept = repository.folder.join(".git/hooks/post-merge.before-karto");

    // A compiled program, and a link that leads nowhere.
    fs::write(&hook, b"\x7fELF\xff\xfe").unwrap();
    setup(&repository);
    assert_eq!(fs::read(&kept).unwrap(), b"\x7fELF\xff\xfe");
    let ours = fs::read(&hook).unwrap();

    // Another one comes while one is kept already.
    fs::write(&hook, "#!/bin/sh\necho new\n").unwrap();
    let output = setup(&repository);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("post-merge.before-karto was kept from an earlier time"), "{}", said(&output));
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\necho new\n");
    assert_eq!(fs::read(&kept).unwrap(), b"\x7fELF\xff\xfe");

    // Somebody added a line to ours.
    fs::write(&hook, [&ours[..], b"echo mine\n"].concat()).unwrap();
    let output = setup(&repository);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("somebody changed it since"), "{}", said(&output));

    fs::remove_file(&kept).unwrap();
    fs::remove_file(&hook).unwrap();
    std::os::unix::fs::symlink("gone.sh", &hook).unwrap();
    setup(&repository);
    assert_eq!(fs::read_link(&kept).unwrap(), Path::new("gone.sh"));
    assert_eq!(fs::read(&hook).unwrap(), ours);
}

/// A later line of git's attributes holds, and whoever sets up is told.
#[test]
fn attributes_that_say_otherwise_are_told() {
    let repository = Repository::new();
    repository.write(".gitattributes", "*.md text merge=karto\nopportunities/*.md merge=union\n");
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["git", "setup"]);
    assert!(said(&output).contains("note: of opportunities/erp.md git merges it by `union`"), "{}", said(&output));
    assert!(!said(&output).contains("clients/acme.md"), "{}", said(&output));
}

#[test]
fn a_linked_worktree() {
    let repository = Repository::new();
    repository.two_sides(OURS, THEIRS);
    repository.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    assert_eq!(repository.karto(&["-C", "../linked", "git", "setup"]), "git knows it already, nothing was changed\n");
    repository.git(&["-C", "../linked", "merge", "-q", "--no-edit", "theirs"]);
    assert_eq!(repository.read("../linked/opportunities/erp.md"), both());
}

#[test]
fn no_repository() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.folder.join(".git")).unwrap();
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["git", "setup"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("is in no git repository"), "{}", said(&output));
}

/// What only shows across files is said after the merge.
#[test]
fn after_a_merge_the_cards_are_looked_at() {
    let repository = Repository::new();
    let offer = "---\ntype: offer\nname: Offer\nopportunity: erp\nstage: draft\nnumber: OF/1\n---\n";
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write("offers/erp-offer-1.md", offer);
    repository.write("leads/nowak.md", &lead("gone"));
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("offers/erp-offer-2.md", offer);
    repository.write(
        "clients/nowak.md",
        "---\ntype: client\nname: Nowak\nstage: active\nformer_ids:\n  - old-acme\n---\nOf [[old-acme]].\n",
    );
    repository.commit("ours");
    let said = repository.git(&["merge", "--no-edit", "theirs"]);
    for needed in ["nowak", "gone", "OF/1"] {
        assert!(said.contains(needed), "no {needed} in\n{said}");
    }
    assert!(!said.contains("old-acme"), "{said}");
}

/// Two people made one id: both cards can stay, the second under a name of its own.
#[test]
fn two_cards_of_one_name_are_both_kept() {
    let new = |name: &str| lead("acme").replace("Nowak", name);
    let conflict = || {
        let repository = Repository::new();
        repository.git(&["checkout", "-q", "-b", "theirs"]);
        repository.write("leads/kowal.md", &new("Kowal of Łódź"));
        repository.commit("theirs");
        repository.git(&["checkout", "-q", "main"]);
        repository.write("leads/kowal.md", &new("Kowal of Gdynia"));
        repository.commit("ours");
        assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
        repository
    };
    let repository = conflict();
    let said = repository.karto(&["resolve", "kowal", "--both", "--add"]);
    assert!(said.contains("kowal-2: theirs is here now, leads/kowal-2.md; links to kowal mean ours"), "{said}");
    assert_eq!(repository.read("leads/kowal.md"), new("Kowal of Gdynia"));
    assert_eq!(repository.read("leads/kowal-2.md"), new("Kowal of Łódź"));
    assert_eq!(repository.unmerged(), "");
    assert!(repository.git(&["status", "--porcelain"]).contains("A  leads/kowal-2.md"));

    let repository = conflict();
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve", "kowal", "--theirs"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("`--both` would have kept it"), "{output:?}");
    assert_eq!(repository.read("leads/kowal.md"), new("Kowal of Łódź"));
}

/// What neither of two people had wrong is refused, however the marks stand.
#[test]
fn a_choice_that_breaks_a_gate_is_refused() {
    let repository = Repository::new();
    repository.two_sides(
        &[("stage: identification", "stage: negotiation"), ("value: 1000", "expected_close: 2026-12-20\nvalue: 1000")],
        &[("value: 1000\ncurrency: PLN\n", "")],
    );
    assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
    let before = repository.card();
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve", "erp", "--theirs"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("gate-not-met"), "{}", said(&output));
    assert_eq!(repository.card(), before);
    repository.karto(&["resolve", "erp", "--ours"]);
}

/// An error that somebody saved half-way is not taken for one that was there.
#[test]
fn an_error_made_while_deciding_is_refused_at_the_end() {
    let repository = Repository::new();
    let sides = [("value: 1000", "value: 2000"), ("They want it.", "They want it now.")];
    let theirs = [("value: 1000", "value: 3000"), ("They want it.", "They want it soon.")];
    repository.two_sides(&sides, &theirs);
    assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
    let broken = repository.card().replace("name: ERP rollout\n", "name: ERP rollout\nname: ERP\n");
    repository.write("opportunities/erp.md", &broken);
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve", "erp", "--ours"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("duplicate-key"), "{}", said(&output));
    assert_eq!(repository.card(), broken);
}

/// Places have names, and the line on which each begins is one too.
#[test]
fn a_place_of_the_text_is_chosen_by_its_line() {
    let repository = Repository::new();
    let card = CARD.replace("They want it.", "They want it.\n\nMore.\n\nThe end.");
    repository.write("opportunities/erp.md", &card);
    repository.commit("longer");
    let change = |words: &str| {
        let text = card.replace("They want it.", &format!("They want it {words}."));
        text.replace("The end.", &format!("The end {words}."))
    };
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.write("opportunities/erp.md", &change("soon"));
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("opportunities/erp.md", &change("now"));
    repository.commit("ours");
    repository.run("git", &["merge", "--no-edit", "theirs"]);
    let listed = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve", "--list", "--format", "csv"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let places: Vec<&str> = listed.lines().filter(|line| line.starts_with("opportunities/")).collect();
    assert!(places.len() == 2 && places.iter().all(|place| place.contains(",text,")), "{listed}");
    let line = places.last().and_then(|place| place.split(',').nth(1)).unwrap();
    let wish = format!("{line}=theirs");
    let refused = repository
        .run(env!("CARGO_BIN_EXE_karto"), &["resolve", "erp", "--field", "text=ours", "--field", "text=theirs"]);
    assert!(said(&refused).contains("two sides are wished for `text`"), "{}", said(&refused));
    repository.karto(&["resolve", "erp", "--field", "text=ours", "--field", &wish]);
    let card = repository.card();
    assert!(card.contains("They want it now.") && card.contains("The end soon."), "{card}");
}

/// What git can't decide by itself is listed with what it is to be told.
#[test]
fn a_card_deleted_here_and_changed_there_is_listed() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "theirs"]);
    repository.change(THEIRS);
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["rm", "-q", "opportunities/erp.md"]);
    repository.git(&["commit", "-qm", "gone"]);
    assert_eq!(repository.run("git", &["merge", "--no-edit", "theirs"]).status.code(), Some(1));
    let output = repository.run(env!("CARGO_BIN_EXE_karto"), &["resolve"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let expected = "opportunities/erp.md is changed on their side and not there on ours: \
                    `git add opportunities/erp.md` keeps it, `git rm opportunities/erp.md` lets it go";
    assert!(said(&output).contains(expected), "{}", said(&output));
}

/// Somebody who names a card by its whole id never means another one.
#[test]
fn a_card_that_cant_be_read_is_not_mistaken_for_one_whose_id_begins_so() {
    let repository = Repository::new();
    let offer = "---\ntype: offer\nname: Offer\nopportunity: erp\nstage: draft\nnumber: OF/1\n---\n";
    repository.write("offers/erp-offer-1.md", offer);
    repository.change(&[("value: 1000", "value: 1000\nvalue: 2000")]);
    for words in [&["log", "erp", "call", "Yes"][..], &["set", "erp", "name=X"], &["show", "erp"]] {
        let output = repository.run(env!("CARGO_BIN_EXE_karto"), words);
        assert!(said(&output).contains("opportunities/erp.md can't be read as a card"), "{}", said(&output));
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
    assert_eq!(repository.read("offers/erp-offer-1.md"), offer);
}
