//! What the commands say, word for word: `tests/transcripts/TOPIC.txt`, run in process on a copy of the example.
//!
//! How to write one stands in `support/script.rs`: a line `$ karto due owner:anna` is enough. Then
//! `UPDATE_EXPECTED=1 cargo test --test it transcripts` writes down what is said, here and in all other texts that are
//! held; read the difference before you commit.

use std::fs;
use std::path::Path;

use crate::support::Golden;
use crate::support::script::{self, Look};

#[test]
fn commands_say_what_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10, "the transcripts are found");
    let held = |path: &Path| {
        let golden = Golden::open(path);
        golden.hold(&script::replay(golden.text(), Look::Marked))
    };
    // Each on its own copy, so side by side.
    let differences: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = files.iter().map(|path| scope.spawn(|| held(path))).collect();
        running.into_iter().filter_map(|one| one.join().unwrap()).collect()
    });
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
