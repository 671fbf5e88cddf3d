//! Commits of 1, 100 and 1,000 cards on the real disk, seen to its platter: what a command that writes waits for.
//!
//! The folder is `CARGO_TARGET_TMPDIR`'s disk, not one in memory.

#![allow(clippy::unwrap_used, reason = "what is measured is known to succeed")]

use divan::Bencher;
use karto::change::{ChangeSet, FileChange};
use karto::text::SourcePath;
use karto::workspace::Workspace;

fn main() {
    divan::main();
}

/// A card of the usual size, in one of two versions.
fn card(version: usize) -> Vec<u8> {
    let log =
        "### 2026-11-03 call out 10m @anna: They ask for a second price\n\nA line of what was said.\n\n".repeat(20);
    format!("---\ntype: lead\nname: Łódź Tools\nstage: contacted\nscore: {version}\n---\n## Log\n\n{log}").into_bytes()
}

#[divan::bench(args = [1, 100, 1_000], sample_count = 10, sample_size = 1)]
fn edit(bencher: Bencher<'_, '_>, cards: usize) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::write(folder.path().join("karto.yaml"), "").unwrap();
    std::fs::create_dir(folder.path().join("leads")).unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let set = |before: Option<usize>, after: usize| {
        let mut changes = ChangeSet::default();
        for number in 0..cards {
            let path = SourcePath::new(format!("leads/lead-{number}.md")).unwrap();
            changes.add(path, FileChange { before: before.map(card), after: Some(card(after)) });
        }
        changes
    };
    workspace.commit(&set(None, 0)).unwrap();
    let mut version = 0;
    bencher
        .with_inputs(|| {
            version += 1;
            set(Some(version - 1), version)
        })
        .bench_local_refs(|changes| workspace.commit(changes).unwrap());
}
