//! The README and the tour show what the commands print.
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

/// A page whose blocks go on from each other, as somebody who follows it would see them.
fn followed(text: &str) -> String {
    const CUT: &str = "# ---\n";
    let (mut script, mut inside) = (String::new(), false);
    for line in text.lines() {
        if let Some(preparation) = line.strip_prefix("<!-- @ ").and_then(|line| line.strip_suffix(" -->")) {
            script.push_str(&format!("@ {preparation}\n"));
        } else if line == "```console" || line == "```" {
            script.push_str(if line == "```" && inside { CUT } else { "" });
            inside = line == "```console";
        } else if inside {
            script.push_str(&format!("{line}\n"));
        }
    }
    let said = script::replay(&script, Look::Plain);
    let mut blocks = said.split(CUT);
    let (mut page, mut inside) = (String::new(), false);
    for line in text.lines() {
        if line == "```" && inside {
            let block = blocks.next().unwrap_or_default();
            block
                .trim_end()
                .lines()
                .filter(|line| !line.starts_with("@ "))
                .for_each(|line| page.push_str(&format!("{line}\n")));
            inside = false;
        }
        if !inside {
            page.push_str(&format!("{line}\n"));
        }
        inside |= line == "```console";
    }
    page
}

#[test]
fn the_tour_leads_from_an_empty_folder_to_a_won_deal_in_ten_commands() {
    let tour = Golden::open("docs/tour.md");
    let followed = followed(tour.text());
    let commands: Vec<&str> = followed.lines().filter(|line| line.starts_with("$ karto ")).collect();
    if let Some(difference) = tour.hold(&followed) {
        panic!("\n{difference}");
    }
    let (first, last) = (commands.first().unwrap(), commands.get(9).unwrap());
    assert!(first.contains(" init") && last.contains(" won "), "{commands:?}");
    assert!(!followed.contains("refused:") && !followed.contains("error"), "nothing goes wrong on the way");
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
