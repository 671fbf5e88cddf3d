//! What is kept in `.karto/` never shows in an answer, whatever somebody has put there.

use std::fs;

use karto::workspace::{Snapshot, Workspace};
use xxhash_rust::xxh3::xxh3_64;

/// A base of any bytes, then one whose sums are right, so that what follows them is looked at.
pub(crate) fn any_bytes(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("a file is written");
    write("karto.yaml", b"format: 1\n");
    write("a.md", b"---\ntype: lead\nname: A\nstage: new\n---\n");
    let workspace = Workspace::open(folder.path()).expect("a workspace");
    let plain = told(&workspace.load().expect("the files are read"));
    let kept = || told(&workspace.load_cached(&mut |_, _| {}).expect("the files are read").snapshot);
    assert_eq!(kept(), plain, "nothing is kept yet");
    let place = workspace.cache_status().place;
    let real = fs::read(&place).expect("what is kept");
    let summed = |head: &[u8]| {
        let lead = [b"karto cache\n".as_slice(), &(head.len() as u64).to_le_bytes(), &xxh3_64(head).to_le_bytes()];
        [lead.concat().as_slice(), head, data].concat()
    };
    for base in [data.to_vec(), summed(data), [&real, data].concat(), kept_but_for(&real, data)] {
        fs::write(&place, base).expect("a file is written");
        assert_eq!(kept(), plain);
    }
}

/// What is kept, with these bytes in the place of its last ones.
fn kept_but_for(real: &[u8], data: &[u8]) -> Vec<u8> {
    let end = real.len().saturating_sub(data.len());
    [real.get(..end).unwrap_or_default(), data].concat()
}

fn told(snapshot: &Snapshot) -> String {
    let records: Vec<_> = snapshot.catalog.records().collect();
    format!("{records:?} {:?} {:?}", snapshot.catalog.notes(), snapshot.findings)
}
