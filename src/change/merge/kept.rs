//! The last look at a merge: no line that all three versions have may go or come twice, whatever is chosen.

use std::collections::HashMap;

use super::of_each;
use crate::text::conflict::Choice;
use crate::text::{Document, Edit, splice};

/// True if each line of text that stands equally often in all three versions stands as often in the merge, and where that has
/// marks, in what either side makes of it. A line that goes to another place, such as into an entry whose heading was put
/// above it, is one line all the same.
pub(super) fn keeps_lines(versions: [&Document; 3], merged: &[u8]) -> bool {
    let [base, ours, theirs] = of_each(versions.map(Document::body), counted);
    let is_common =
        |(line, count): &(&&str, &usize)| ours.get(**line) == Some(*count) && theirs.get(**line) == Some(*count);
    let common: Vec<(&str, usize)> = base.iter().filter(is_common).map(|(line, count)| (*line, *count)).collect();
    let merged = Document::parse(merged);
    let holds = |body: &str| {
        let lines = counted(body);
        common.iter().all(|(line, count)| lines.get(line) == Some(count))
    };
    let keeps = |side: &Choice| {
        let marked = merged.full_text();
        let edits: Vec<Edit> = merged.conflicts().iter().map(|place| place.resolved(marked, side)).collect();
        let Ok(text) = splice(marked, &edits) else { return false };
        holds(Document::parse(text).body())
    };
    match merged.conflicts().is_empty() {
        true => holds(merged.body()),
        false => keeps(&Choice::Ours) && keeps(&Choice::Theirs),
    }
}

/// How often each line that says something stands there.
fn counted(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for line in text.lines().map(str::trim).filter(|line| line.chars().any(char::is_alphanumeric)) {
        *counts.entry(line).or_default() += 1;
    }
    counts
}
