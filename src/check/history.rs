//! Histories that stayed behind when a card was changed by hand.

use super::Check;
use crate::diagnostic::Diagnostic;
use crate::model::codes::HISTORY_DISAGREES;
use crate::model::{HistoryGap, Record};

/// The last history line that names a field agrees with the field; else a line of today tells of the change.
pub(super) fn gaps(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        // A card without a stage is told so by its schema; no line of history could say it.
        let gaps = record.behind.iter().filter(|gap| gap.field != "stage" || !gap.now.is_empty());
        found.extend(gaps.map(|gap| behind(check, record, gap).in_file(&record.path)));
    }
}

fn behind(check: &Check<'_>, record: &Record, gap: &HistoryGap) -> Diagnostic {
    let HistoryGap { field, said, now, .. } = gap;
    let message = match (said.is_empty(), now.is_empty()) {
        (true, _) => format!("the history ends with `{field}` removed, but the card says `{now}`"),
        (false, true) => format!("the history ends with {field} `{said}`, but the card has none"),
        (false, false) => format!("the history ends with {field} `{said}`, but the card says `{now}`"),
    };
    let finding = Diagnostic::new(HISTORY_DISAGREES, message).at(gap.span);
    let word = if field == "stage" { now.clone() } else { format!("{field}={now}") };
    let finding = finding.help(format!("add a history line with the day on which it changed: `- YYYY-MM-DD {word}`"));
    // A new line stands last, so it can't be older than the others.
    let latest = record.history.iter().map(|line| line.at.date).max();
    let day = latest.map_or(check.ctx.today, |latest| latest.max(check.ctx.today));
    match gap.edits_on(day) {
        edits if edits.is_empty() => finding,
        // Nobody but a person knows when it changed, and who did it.
        edits => finding.offer(format!("add a history line of {day}"), edits),
    }
}
