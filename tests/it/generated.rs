//! Generated workspaces, which the benchmarks measure on, are in order and are always the same.

use karto::check::{CheckOptions, check};
use karto::diagnostic::Severity;
use karto::query::{Context, Hits};
use karto::workspace::Workspace;

#[path = "../../benches/workspace/mod.rs"]
mod workspace;

const SEED: u64 = 7;

#[test]
fn a_generated_workspace_validates_without_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    workspace::write(folder.path(), 300, SEED).unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let snapshot = workspace.load().unwrap();
    assert_eq!((snapshot.files, snapshot.catalog.records().len()), (300, 300));
    let hits = Hits::default();
    let ctx = Context {
        catalog: &snapshot.catalog,
        config: workspace.config(),
        today: workspace::TODAY,
        me: Some("anna"),
        hits: &hits,
    };
    let found = snapshot.findings.iter().cloned().chain(check(&ctx, CheckOptions::default()));
    let found: Vec<_> = found.filter(|found| found.severity > Severity::Note).collect();
    let told: Vec<_> = found.iter().map(|found| format!("{:?} {} {}", found.path, found.code, found.message)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_cards_and_a_small_workspace_begins_a_large_one() {
    let large: Vec<_> = workspace::files(200, SEED).collect();
    let small: Vec<_> = workspace::files(50, SEED).collect();
    assert_eq!(large[..50], small);
    assert_ne!(large, workspace::files(200, SEED + 1).collect::<Vec<_>>());
    let paths: std::collections::HashSet<_> = large.iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), large.len(), "each card has a file of its own");
    let bytes: usize = large.iter().map(|(_, text)| text.len()).sum();
    assert!((1_500..2_500).contains(&(bytes / large.len())), "{} bytes a card", bytes / large.len());
}
