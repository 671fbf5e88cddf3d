//! How often git, with and without Karto, merges what two people did to one card: a table for `docs/git.md`.
//!
//! `cargo run --release --example merges -- PAIRS SEED` draws pairs of edits, merges each through real `git merge` with
//! git's own driver, with `merge=union` and with Karto's, and compares what is left with what both meant.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for developers"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[allow(dead_code, reason = "the measurement needs the cards and what they mean")]
#[path = "../tests/it/laws/merge/mod.rs"]
mod merge;

use merge::meant::{Meant, meant};
use merge::said::said;
use merge::sheet::Choices;
use merge::{Triple, decided};

/// What became of the pairs that one driver merged.
#[derive(Default)]
struct Row {
    conflicts: usize,
    needless: usize,
    decided: usize,
    wrong: usize,
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("numbers: PAIRS SEED"));
    let (pairs, seed) = (arguments.next().unwrap_or(300), arguments.next().unwrap_or(1));
    let karto = karto();
    let drivers = [
        (CROWDED, "", ""),
        ("git alone", "", ""),
        ("merge=union", "*.md merge=union\n", ""),
        ("Karto", "*.md text merge=karto\n", karto.as_str()),
    ];
    let folder = std::env::temp_dir().join(format!("karto-merges-{}", std::process::id()));
    let repositories =
        drivers.map(|(name, attributes, driver)| Repository::new(&folder.join(name), attributes, driver));
    let mut rows = [(); 4].map(|()| Row::default());
    let (mut drawn, mut truly, mut number) = (0, 0, seed << 32);
    while drawn < pairs {
        number += 1;
        let chance = bytes(number);
        let triple = Triple::drawn(&mut Choices(&chance), 4);
        let Triple { base, ours, theirs } = &triple;
        let meaning = meant(base, ours, theirs);
        // Both did something, and it is known what comes of it.
        if ours == base || theirs == base || meaning == Meant::Unsure {
            continue;
        }
        drawn += 1;
        truly += usize::from(meaning == Meant::Conflict);
        for ((repository, row), (name, ..)) in repositories.iter().zip(&mut rows).zip(drivers) {
            let written = [base, ours, theirs].map(|sheet| match name == CROWDED {
                true => crowded(&sheet.written()),
                false => sheet.written(),
            });
            let [base, ours, theirs] = written.each_ref().map(String::as_str);
            let (clean, text) = repository.merge(base, ours, theirs);
            assert!(clean || decided(&text, true).is_some_and(|(_, places)| places > 0), "marks\n{text}");
            match (&meaning, clean) {
                // How it was written otherwise is not read again.
                (_, true) if name == CROWDED => {}
                (Meant::Conflict, true) => row.decided += 1,
                (Meant::Both(sheet), true) => row.wrong += usize::from(said(&text) != said(&sheet.written())),
                (Meant::Both(_), false) => (row.conflicts, row.needless) = (row.conflicts + 1, row.needless + 1),
                _ => row.conflicts += 1,
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    println!("{pairs} pairs, {truly} of which truly conflict (seed {seed})\n");
    println!("| | conflicts | of these needless | silently wrong |\n|---|---|---|---|");
    for ((name, ..), row) in drivers.iter().zip(rows) {
        let wrong = if *name == CROWDED { "not looked at".to_owned() } else { (row.wrong + row.decided).to_string() };
        println!("| {name} | {} | {} | {wrong} |", row.conflicts, row.needless);
    }
}

/// The same cards written otherwise.
const CROWDED: &str = "git alone, fields that change often side by side, tags on one line";

/// The card with the stage, the value and the next step on neighbouring lines, and the tags on one.
fn crowded(text: &str) -> String {
    let is_hot =
        |line: &&str| ["stage:", "value:", "next_contact:", "next_step:"].iter().any(|key| line.starts_with(key));
    let front = text.match_indices("\n---").next().map_or(text.len(), |(at, _)| at);
    let (front, rest) = text.split_at(front);
    let (hot, others): (Vec<&str>, Vec<&str>) = front.lines().partition(is_hot);
    let tags: Vec<&str> = others
        .iter()
        .filter_map(|line| line.strip_prefix("  - "))
        .filter(|tag| tag.chars().all(char::is_alphanumeric))
        .collect();
    let others = others.into_iter().filter(|line| !line.strip_prefix("  - ").is_some_and(|tag| tags.contains(&tag)));
    let others =
        others.map(|line| if line == "tags:" { format!("tags: [{}]", tags.join(", ")) } else { line.to_owned() });
    let mut lines: Vec<String> = others.collect();
    lines.splice(1..1, hot.into_iter().map(str::to_owned));
    format!("{}{rest}", lines.join("\n"))
}

/// The driver's line, with the program that lies beside this one.
fn karto() -> String {
    let program = std::env::current_exe().unwrap();
    let program = program.ancestors().nth(2).unwrap().join("karto");
    assert!(program.is_file(), "build karto first: {}", program.display());
    format!("'{}' merge-driver --marker-size %L %O %A %B %P", program.display())
}

/// Bytes of chance (splitmix64).
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)).to_le_bytes()[3]
    };
    (0..400).map(|_| next()).collect()
}

struct Repository(PathBuf);

impl Repository {
    fn new(folder: &Path, attributes: &str, driver: &str) -> Self {
        fs::create_dir_all(folder.join("opportunities")).unwrap();
        let repository = Self(folder.to_owned());
        repository.git(&["init", "-q", "-b", "main"]);
        fs::write(folder.join("karto.yaml"), "format: 1\n").unwrap();
        fs::write(folder.join(".gitattributes"), attributes).unwrap();
        if !driver.is_empty() {
            repository.git(&["config", "merge.karto.driver", driver]);
        }
        repository
    }

    fn git(&self, arguments: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Anna", "-c", "user.email=anna@example.com", "-c", "gc.auto=0"]).args(arguments);
        git.current_dir(&self.0).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        git.output().unwrap().status.success()
    }

    /// Merges three versions; tells whether git took the merge for clean, and what the file holds.
    fn merge(&self, base: &str, ours: &str, theirs: &str) -> (bool, String) {
        let card = self.0.join("opportunities/acme-erp.md");
        let commit = |text: &str| {
            fs::write(&card, text).unwrap();
            self.git(&["add", "-A"]) && self.git(&["commit", "-q", "--allow-empty", "-m", "x"])
        };
        assert!(commit(base) && self.git(&["checkout", "-q", "-B", "theirs"]) && commit(theirs));
        assert!(self.git(&["checkout", "-q", "-B", "main", "HEAD~1"]) && commit(ours));
        let clean = self.git(&["merge", "-q", "--no-edit", "theirs"]);
        let text = fs::read_to_string(&card).unwrap();
        if !clean {
            assert!(self.git(&["merge", "--abort"]));
        }
        (clean, text)
    }
}
