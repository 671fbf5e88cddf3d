//! The laws of a merge: nothing lost, nothing doubled, nothing decided that somebody must decide.

pub(crate) mod meant;
pub(crate) mod said;
pub(crate) mod sheet;

use std::collections::BTreeMap;

use karto::change::merge::{MarkStyle, Merge, merge};
use karto::diagnostic::Severity;
use karto::model::schema::Schemas;
use karto::model::{Config, read_card};
use karto::text::{Document, SourcePath};

use meant::{Meant, meant};
use said::said;
use sheet::{Choices, Sheet};

/// A card, and what two people have made of it.
#[derive(Debug)]
pub(crate) struct Triple {
    pub(crate) base: Sheet,
    pub(crate) ours: Sheet,
    pub(crate) theirs: Sheet,
}

impl Triple {
    /// Three cards by chance; each side does up to `most` things.
    pub(crate) fn drawn(chance: &mut Choices<'_>, most: usize) -> Self {
        let base = Sheet::drawn(chance);
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        for id in 0..chance.below(most + 1) {
            let before = chance.0;
            ours.edit(100 + id, chance);
            // Both did the same.
            if chance.one_in(8) {
                theirs.edit(100 + id, &mut Choices(before));
            }
        }
        for id in 0..chance.below(most + 1) {
            theirs.edit(200 + id, chance);
        }
        Self { base, ours, theirs }
    }
}

thread_local!(static CONFIG: Config = Config::builtin(Schemas::builtin()));

/// Merges the texts of three cards.
pub(crate) fn merged(base: &str, ours: &str, theirs: &str) -> Merge {
    let path = SourcePath::new("opportunities/acme-erp.md").expect("it is a path");
    let marks = MarkStyle::new(7, "ours", "theirs");
    CONFIG.with(|config| merge(base.as_bytes(), ours.as_bytes(), theirs.as_bytes(), &path, marks, config))
}

/// All laws over three cards of which it is known what they mean.
pub(crate) fn of_cards(triple: &Triple) {
    let Triple { base, ours, theirs } = triple;
    let texts = [base.written(), ours.written(), theirs.written()];
    let [old, mine, yours] = texts.each_ref().map(String::as_str);
    let shown = || format!("--- base\n{old}\n--- ours\n{mine}\n--- theirs\n{yours}\n");
    of_any(old, mine, yours);
    match (meant(base, ours, theirs), merged(old, mine, yours)) {
        (_, Merge::AsText) => panic!("not merged\n{}", shown()),
        (Meant::Both(sheet), Merge::Clean(bytes)) => {
            let text = text(&bytes);
            let (found, wanted) = (said(&text), said(&sheet.written()));
            assert_eq!(found, wanted, "{}--- merged\n{text}", shown());
        }
        (Meant::Both(_), Merge::Conflicts { bytes, .. }) => {
            panic!("a conflict that is none\n{}--- merged\n{}", shown(), text(&bytes));
        }
        (Meant::Conflict, Merge::Clean(bytes)) => {
            panic!("a conflict that was decided\n{}--- merged\n{}", shown(), text(&bytes));
        }
        _ => {}
    }
}

/// The laws over any three texts.
pub(crate) fn of_any(base: &str, ours: &str, theirs: &str) {
    let clean = |text: &str| Merge::Clean(text.as_bytes().to_vec());
    assert_eq!(merged(base, base, theirs), clean(theirs));
    assert_eq!(merged(base, ours, base), clean(ours));
    assert_eq!(merged(base, ours, ours), clean(ours));
    let (there, back) = (merged(base, ours, theirs), merged(base, theirs, ours));
    let shown = || format!("--- base\n{base}\n--- ours\n{ours}\n--- theirs\n{theirs}\n");
    match (&there, &back) {
        (Merge::Clean(there), Merge::Clean(back)) => {
            let (there, back) = (text(there), text(back));
            let unordered = |text: &str| {
                let mut said = said(text);
                said.prose.sort();
                said
            };
            assert_eq!(unordered(&there), unordered(&back), "{}--- merged\n{there}\n--- other way\n{back}", shown());
            nothing_is_lost(base, ours, theirs, &there, &shown);
            untouched_lines_stay(base, ours, theirs, &there, &shown);
            errors_are_old(ours, theirs, &there, &shown);
        }
        (Merge::Conflicts { bytes: there, places }, Merge::Conflicts { .. }) => {
            conflicts_can_be_decided(base, ours, theirs, &text(there), *places, &shown);
        }
        (Merge::AsText, Merge::AsText) => {}
        _ => panic!("{}--- merged\n{there:?}\n--- other way\n{back:?}", shown()),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// How often each line stands there; blank ones, headings and those of the front matter aside.
fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    let body = Document::parse(text);
    for line in body.body().lines().filter(|line| !line.trim().is_empty() && !line.starts_with("## ")) {
        *lines.entry(line.trim_end().to_owned()).or_insert(0) += 1;
    }
    lines
}

/// A line that a side has, and that the other has not taken away or changed, is there, and as often as one side has it.
fn nothing_is_lost(base: &str, ours: &str, theirs: &str, merged: &str, shown: &impl Fn() -> String) {
    let [base, ours, theirs, merged_lines] = [base, ours, theirs, merged].map(lines);
    let count = |lines: &BTreeMap<String, usize>, line: &String| lines.get(line).copied().unwrap_or(0);
    for line in merged_lines.keys().chain(ours.keys()).chain(theirs.keys()) {
        let (old, mine, yours) = (count(&base, line), count(&ours, line), count(&theirs, line));
        let found = count(&merged_lines, line);
        // A head of which each side changed another word is of neither.
        let is_woven = line.starts_with("- [") || line.starts_with("###");
        if !is_woven {
            let most = (mine + yours).saturating_sub(old).max(mine).max(yours);
            assert!(found <= most, "doubled: {line}\n{}--- merged\n{merged}", shown());
            let least = mine.min(yours) + mine.saturating_sub(old.max(yours)).max(yours.saturating_sub(old.max(mine)));
            assert!(found >= least, "lost: {line}\n{}--- merged\n{merged}", shown());
        }
    }
}

/// What stands in all three to the byte stands in the merge, and in the same order if both have it in one.
fn untouched_lines_stay(base: &str, ours: &str, theirs: &str, merged: &str, shown: &impl Fn() -> String) {
    let all = [base, ours, theirs, merged];
    let counts = all.map(|text| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        text.split_inclusive('\n').for_each(|line| *counts.entry(line).or_insert(0) += 1);
        counts
    });
    let once = |line: &&str| counts.iter().take(3).all(|counts| counts.get(line) == Some(&1));
    // The line above a list changes where the list is emptied or filled.
    let common: Vec<&str> = ours
        .split_inclusive('\n')
        .filter(once)
        .filter(|line| !line.trim().is_empty() && !line.trim_end().ends_with(':'))
        .collect();
    let of = |text| -> Vec<&str> { str::split_inclusive(text, '\n').filter(|line| common.contains(line)).collect() };
    let (mut kept, mut common_now) = (of(merged), common.clone());
    if of(theirs) != common {
        kept.sort_unstable();
        common_now.sort_unstable();
    }
    assert_eq!(kept, common_now, "{}--- merged\n{merged}", shown());
}

/// No error that neither side had.
fn errors_are_old(ours: &str, theirs: &str, merged: &str, shown: &impl Fn() -> String) {
    let [ours, theirs, merged_errors] = [ours, theirs, merged].map(errors);
    if ours.is_empty() && theirs.is_empty() {
        assert!(merged_errors.is_empty(), "{merged_errors:?}\n{}--- merged\n{merged}", shown());
    }
}

fn errors(text: &str) -> Vec<String> {
    let path = SourcePath::new("opportunities/acme-erp.md").expect("it is a path");
    let (_, findings) = CONFIG.with(|config| read_card(&path, &Document::parse(text), config));
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).map(|finding| finding.message).collect()
}

/// The marks are whole, and whichever side is taken, a card is left in which nothing stands twice.
fn conflicts_can_be_decided(
    base: &str,
    ours: &str,
    theirs: &str,
    marked: &str,
    places: usize,
    shown: &impl Fn() -> String,
) {
    let taken = [decided(marked, true), decided(marked, false)];
    let (Some((mine, found)), Some((yours, _))) = (&taken[0], &taken[1]) else {
        panic!("marks\n{}--- merged\n{marked}", shown());
    };
    assert_eq!(*found, places, "{}--- merged\n{marked}", shown());
    let is_readable = |text: &str| Document::parse(text).is_readable();
    if [base, ours, theirs].into_iter().all(is_readable) && !base.is_empty() {
        assert!(is_readable(mine) && is_readable(yours), "{}--- merged\n{marked}", shown());
    }
    let [old, mine_was, yours_was, mine, yours] = [base, ours, theirs, mine, yours].map(lines);
    let count = |lines: &BTreeMap<String, usize>, line: &String| lines.get(line).copied().unwrap_or(0);
    for line in mine_was.keys().chain(yours_was.keys()) {
        let most = count(&mine_was, line).max(count(&yours_was, line));
        let sum = (count(&mine_was, line) + count(&yours_was, line)).saturating_sub(count(&old, line)).max(most);
        assert!(
            count(&mine, line) <= sum && count(&yours, line) <= sum,
            "doubled: {line}\n{}--- merged\n{marked}",
            shown()
        );
        let is_kept = count(&mine_was, line) > 0 && count(&yours_was, line) > 0 || count(&old, line) == 0;
        let is_woven = line.starts_with("- [") || line.starts_with("###");
        let is_there = count(&mine, line) + count(&yours, line) > 0;
        assert!(!is_kept || is_woven || is_there, "lost: {line}\n{}--- merged\n{marked}", shown());
    }
}

/// The file with one side of every mark, and how many marks there are; `None` if they are not whole.
pub(crate) fn decided(marked: &str, ours: bool) -> Option<(String, usize)> {
    let (mut text, mut places, mut within) = (String::new(), 0, 0);
    for line in marked.split_inclusive('\n') {
        match within {
            0 if line.starts_with("<<<<<<< ") => (within, places) = (1, places + 1),
            1 if line.trim_end() == "=======" => within = 2,
            2 if line.starts_with(">>>>>>> ") => within = 0,
            _ if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") => return None,
            0 => text += line,
            1 if ours => text += line,
            2 if !ours => text += line,
            _ => {}
        }
    }
    (within == 0).then_some((text, places))
}
