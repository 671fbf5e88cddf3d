//! A small workspace for each code, in `tests/fixtures/diagnostics/CODE/`: what it raises, and where, is `expected.txt`.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it diagnostics` writes these files anew; read the difference before you commit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use karto::check::{CheckOptions, all_codes, check};
use karto::diagnostic::{Diagnostic, Severity};
use karto::output::{self, diagnostics};
use karto::query::{Context, Hits};
use karto::text::splice;
use karto::workspace::Workspace;

/// The day on which all fixtures are looked at.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diagnostics")
}

fn codes() -> BTreeSet<&'static str> {
    all_codes().chain(karto::workspace::codes::ALL.iter().copied()).map(|code| code.as_str()).collect()
}

fn is_strict(code: &str) -> bool {
    matches!(code, "next-step-missing" | "owner-missing")
}

/// A copy of a fixture, with what can't be kept in git.
fn copy_of(code: &str) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in from.read_dir().unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else if entry.file_name() != "expected.txt" {
                fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
            }
        }
    }
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("workspace");
    copy(&fixtures().join(code), &root);
    fs::create_dir_all(root.join("leads")).unwrap();
    let lead = |rest: String| format!("---\ntype: lead\nname: Large\nstage: new\n{rest}");
    match code {
        "file-too-large" => {
            fs::write(root.join("leads/large.md"), lead("---\n".to_owned() + &"word ".repeat(4 << 20))).unwrap();
        }
        "front-matter-too-large" => {
            fs::write(root.join("leads/large.md"), lead(format!("note: {}\n---\n", "word ".repeat(1 << 18)))).unwrap();
        }
        #[cfg(unix)]
        "file-unreadable" => {
            std::os::unix::fs::symlink("lead-gone.md", root.join("leads/lead-link.md")).unwrap();
        }
        #[cfg(unix)]
        "link-outside" => {
            fs::write(outer.path().join("outside.md"), lead("---\n".to_owned())).unwrap();
            std::os::unix::fs::symlink("../../outside.md", root.join("leads/lead-link.md")).unwrap();
        }
        #[cfg(unix)]
        "file-name" => fs::write(root.join("leads/lead\u{7}bell.md"), lead("---\n".to_owned())).unwrap(),
        _ => {}
    }
    outer
}

/// Everything that is wrong with a workspace.
fn findings(root: &Path, strict: bool) -> (Workspace, Vec<Diagnostic>) {
    let workspace = Workspace::open(root).unwrap();
    let snapshot = workspace.load().unwrap();
    let hits = Hits::default();
    let ctx = Context { catalog: &snapshot.catalog, config: workspace.config(), today: today(), me: None, hits: &hits };
    let across = check(&ctx, CheckOptions { strict });
    let mut all = snapshot.findings;
    all.extend(across);
    (workspace, all)
}

fn rendered(workspace: &Workspace, findings: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    let sources = |path: &karto::text::SourcePath| workspace.text_of(path);
    diagnostics::text(findings, &sources, &output::Options::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.replace(&workspace.root().display().to_string(), "ROOT")
}

#[test]
fn every_code_has_a_fixture_and_every_fixture_a_code() {
    let folders: BTreeSet<String> =
        fixtures().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let codes: BTreeSet<String> = codes().into_iter().map(str::to_owned).collect();
    assert_eq!(folders.difference(&codes).collect::<Vec<_>>(), [""; 0], "fixtures without a code");
    assert_eq!(codes.difference(&folders).collect::<Vec<_>>(), [""; 0], "codes without a fixture");
}

#[test]
fn every_fixture_raises_its_code_and_nothing_else() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    for code in codes().into_iter().filter(|code| cfg!(unix) || !needs_unix(code)) {
        let copy = copy_of(code);
        let (workspace, found) = findings(&copy.path().join("workspace"), is_strict(code));
        let others: BTreeSet<&str> = found.iter().map(|f| f.code.as_str()).filter(|other| *other != code).collect();
        if found.is_empty() || !others.is_empty() {
            wrong.push(format!("{code}: raises {} of its own, and {others:?}", found.len()));
        }
        let text = rendered(&workspace, &found);
        let file = fixtures().join(code).join("expected.txt");
        if update {
            fs::write(&file, &text).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if text != expected {
            wrong.push(format!("{code}: expected\n{expected}\nfound\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn needs_unix(code: &str) -> bool {
    matches!(code, "file-unreadable" | "link-outside" | "file-name")
}

#[test]
fn every_fix_mends_its_finding_and_breaks_nothing() {
    let mut fixes = 0;
    for code in codes().into_iter().filter(|code| cfg!(unix) || !needs_unix(code)) {
        let copy = copy_of(code);
        let root = copy.path().join("workspace");
        let (_, before) = findings(&root, is_strict(code));
        for finding in &before {
            let (Some(fix), Some(path)) = (&finding.fix, &finding.path) else { continue };
            fixes += 1;
            let copy = copy_of(code);
            let root = copy.path().join("workspace");
            let file = path.under(&root);
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, splice(&text, &fix.edits).unwrap()).unwrap();
            if let Some(target) = &fix.rename {
                fs::rename(&file, target.under(&root)).unwrap();
            }
            let (workspace, after) = findings(&root, is_strict(code));
            let shown = || rendered(&workspace, &after);
            let is_known = |f: &Diagnostic| before.iter().any(|b| (b.code, &b.message) == (f.code, &f.message));
            assert!(after.len() < before.len(), "{code}: `{}` mends nothing:\n{}", fix.title, shown());
            let new = after.iter().filter(|f| f.severity == Severity::Error && !is_known(f)).count();
            assert_eq!(new, 0, "{code}: `{}` breaks something:\n{}", fix.title, shown());
        }
    }
    assert!(fixes > 5, "the fixtures have fixes");
}
