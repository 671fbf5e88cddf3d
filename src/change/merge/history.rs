//! Lines of history: a set, in the order of time.

use crate::model::HistoryLine;
use crate::text::Span;
use crate::text::yaml::Value;

/// Ours without what they took away, with what they added, by day and time; the same change told by both is one.
/// `None` if a line is no line of history.
pub(super) fn merge(base: &[Value], ours: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
    let base = lines(base)?;
    let theirs = lines(theirs)?;
    let ours = lines(ours)?;
    let has = |lines: &[Line], line: &Line| lines.iter().any(|other| other.read == line.read);
    let mut merged: Vec<&Line> = ours.iter().filter(|line| has(&theirs, line) || !has(&base, line)).collect();
    let known = |line: &&Line| !has(&base, line) && !has(&ours, line);
    for line in theirs.iter().filter(known) {
        let told = |other: &&&Line| !has(&base, other) && tells_the_same(&other.read, &line.read);
        if let Some(twin) = merged.iter_mut().find(|other| told(&&**other)) {
            // Whoever merges, the same one of the two stays.
            if line.text() < twin.text() {
                *twin = line;
            }
            continue;
        }
        // Behind all that is not younger; among lines of one day without a time, last.
        let later = |other: &&Line| is_later(&other.read, &line.read);
        let at = merged.iter().rposition(|other| !later(other)).map_or(0, |at| at + 1);
        merged.insert(at, line);
    }
    Some(merged.into_iter().map(|line| line.value.clone()).collect())
}

struct Line {
    value: Value,
    read: HistoryLine,
}

impl Line {
    fn text(&self) -> &str {
        if let Value::Text(text) = &self.value { text } else { "" }
    }
}

fn lines(values: &[Value]) -> Option<Vec<Line>> {
    let read = |value: &Value| match value {
        Value::Text(text) => {
            let read = HistoryLine::parse(text, Span::default()).ok()?;
            Some(Line { value: value.clone(), read })
        }
        _ => None,
    };
    values.iter().map(read).collect()
}

/// The same change on the same day, whoever wrote it down.
fn tells_the_same(a: &HistoryLine, b: &HistoryLine) -> bool {
    a.at.date == b.at.date && a.stage == b.stage && a.changes == b.changes
}

fn is_later(a: &HistoryLine, b: &HistoryLine) -> bool {
    match (a.at.time, b.at.time) {
        (Some(_), Some(_)) => a.at > b.at,
        _ => a.at.date > b.at.date,
    }
}
