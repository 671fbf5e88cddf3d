//! The README shows what the commands print.
//!
//! Its `console` blocks are transcripts; what is to be prepared for one stands in comments before it, such as
//! `<!-- @ width 100 -->`. `UPDATE_EXPECTED=1 cargo test --test it readme` renews them.

use crate::support::Golden;
use crate::support::script::{self, Look};

/// The README with what its commands say now. Each block begins on a fresh copy of the example.
fn replayed(text: &str) -> String {
    let mut page = String::new();
    let mut lines = text.lines();
    let mut preparations = Vec::new();
    while let Some(line) = lines.next() {
        page.push_str(&format!("{line}\n"));
        if let Some(preparation) = line.strip_prefix("<!-- @ ").and_then(|line| line.strip_suffix(" -->")) {
            preparations.push(format!("@ {preparation}\n"));
        } else if line == "```console" {
            let block: String = lines.by_ref().take_while(|line| *line != "```").map(|l| format!("{l}\n")).collect();
            let prepared = preparations.concat();
            let said = script::replay(&format!("{prepared}{block}"), Look::Plain);
            let said = said.strip_prefix(&prepared).expect("what is prepared stays as it is");
            page.push_str(&format!("{said}```\n"));
            preparations.clear();
        }
    }
    page
}

#[test]
fn the_readme_shows_what_the_commands_print() {
    let readme = Golden::open("README.md");
    let replayed = replayed(readme.text());
    assert!(replayed.matches("\n$ karto").count() > 3, "the commands are found");
    if let Some(difference) = readme.hold(&replayed) {
        panic!("\n{difference}");
    }
}

#[test]
fn the_two_commands_for_a_stranger_are_there() {
    let readme = Golden::open("README.md");
    for command in ["cargo run -- -C example_workspace --today 2026-11-23", "cargo test"] {
        assert!(readme.text().lines().any(|line| line == command), "{command}");
    }
}
