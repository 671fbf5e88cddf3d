//! When a task comes again.

use chrono::{Datelike, NaiveDate};

use crate::change::{Draft, Refusal};
use crate::model::Period;
use crate::text::body::{Body, TaskBlock, TaskKey, TaskToken};
use crate::text::{Edit, Span, When, splice};

/// The text of the next task of one that repeats. It is due so long after its day, as often as it takes to lie after the
/// day on which it was done; its other days move along with that one.
pub(super) fn next_time(
    draft: &Draft<'_>,
    body: &Body,
    place: usize,
    done: NaiveDate,
) -> Result<Option<String>, Refusal> {
    let text = draft.document().text();
    let Some(block) = body.tasks.get(place) else { return Ok(None) };
    let Some(rec) = block.token(TaskKey::Rec) else { return Ok(None) };
    let unread = |token: &TaskToken| {
        let message =
            format!("it comes again, but `{}` can't be read, so its next day is unknown", token.span.of(text));
        let hint = "mend it first: rec:1w with due:2026-11-25, or 🔁 every week with 📅 2026-11-25";
        Refusal::value(message, hint)
    };
    let every = draft.record().content.tasks.get(place).and_then(|task| task.every).ok_or_else(|| unread(rec))?;
    let mut days: Vec<(&TaskToken, When)> = Vec::new();
    for token in [TaskKey::Due, TaskKey::On, TaskKey::Start].iter().filter_map(|key| block.token(*key)) {
        days.push((token, When::parse(token.value.of(text)).map_err(|_| unread(token))?));
    }
    let from = days.first().map_or(done, |(_, day)| day.date);
    let next = stepped(every, from, done).ok_or_else(|| unread(rec))?;
    let shift = next.signed_duration_since(from);
    let mut edits: Vec<Edit> = Vec::new();
    for (token, day) in &days {
        let date = day.date.checked_add_signed(shift).filter(|date| date.year() <= 9999);
        let date = date.ok_or_else(|| unread(token))?;
        edits.push(Edit::replace(token.value, When { date, ..*day }.to_string()));
    }
    if days.is_empty() {
        let word = if block.uses_signs() { format!(" 📅 {next}") } else { format!(" due:{next}") };
        edits.push(Edit::insert(block.text.end(), word));
    }
    for token in &block.tokens {
        match token.key {
            TaskKey::Done | TaskKey::Cancelled => edits.push(Edit::remove(token.span)),
            TaskKey::Created => edits.push(Edit::replace(token.value, When::day(done).to_string())),
            _ => {}
        }
    }
    on_one_line(text, block, edits).map(Some)
}

/// The first day after `done` that lies a whole number of periods after `from`, one at least; `None` if the period is
/// nothing, or leads out of the years that can be written.
fn stepped(every: Period, from: NaiveDate, done: NaiveDate) -> Option<NaiveDate> {
    // Many steps at once, so that a day of a hundred years ago takes no longer; then one by one.
    let behind = u32::try_from(done.signed_duration_since(from).num_days()).unwrap_or(0);
    let mut steps = match every {
        Period::Days(0) | Period::Months(0) => return None,
        Period::Days(days) => behind / days,
        Period::Months(months) => behind / 31 / months,
    };
    loop {
        steps = steps.checked_add(1)?;
        let whole = match every {
            Period::Days(days) => Period::Days(days.checked_mul(steps)?),
            Period::Months(months) => Period::Months(months.checked_mul(steps)?),
        };
        let next = whole.after(from);
        if next.year() > 9999 {
            return None;
        }
        if next > done {
            return Some(next);
        }
    }
}

/// The first paragraph of a task after edits of it, without the line ends and what stands before its further lines.
fn on_one_line(text: &str, block: &TaskBlock, edits: Vec<Edit>) -> Result<String, Refusal> {
    let start = block.text.start();
    let inside = |span: Span| Span::new(span.start().saturating_sub(start), span.end().saturating_sub(start));
    let edits: Vec<Edit> = edits.into_iter().map(|edit| Edit { span: inside(edit.span), ..edit }).collect();
    let written = splice(block.text.of(text), &edits)?;
    let in_quote = |line: &str| line.trim_start_matches([' ', '\t', '>']).trim_end().to_owned();
    let mut lines = written.lines();
    let first = lines.next().unwrap_or_default().trim_end().to_owned();
    Ok(std::iter::once(first).chain(lines.map(in_quote)).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::Which;
    use super::super::sample::done;

    #[test]
    fn what_repeats_comes_again_after_the_day_it_was_done() {
        for (before, again) in [
            ("a due:2026-11-20 rec:1w @piotr", "a due:2026-11-27 rec:1w @piotr"),
            ("a due:2026-11-01 rec:1w", "a due:2026-11-29 rec:1w"),
            ("a due:2026-12-15T09:00 on:2026-12-10 rec:3m", "a due:2027-03-15T09:00 on:2027-03-10 rec:3m"),
            ("a due:2026-08-31 rec:1m", "a due:2026-11-30 rec:1m"),
            ("(A) a on:2026-11-21 rec:1d est:30m as:call", "(A) a on:2026-11-23 rec:1d est:30m as:call"),
            ("a rec:1y", "a rec:1y due:2027-11-22"),
            ("a due:0001-01-01 rec:1m", "a due:2026-12-01 rec:1m"),
            (
                "a 🔁 every 2 weeks 🛫 2026-11-01 📅 2026-11-22 ➕ 2026-01-01",
                "a 🔁 every 2 weeks 🛫 2026-11-15 📅 2026-12-06 ➕ 2026-11-22",
            ),
        ] {
            let now = done(&format!("1. [ ] {before}\n2. [ ] b\n"), Which::Number(1), "2026-11-22").unwrap();
            let lines: Vec<&str> = now.lines().collect();
            assert_eq!(lines[0], format!("1. [ ] {again}"));
            assert!(lines[1].starts_with("1. [x] ") && lines[2] == "2. [ ] b", "{now}");
        }
        for wrong in ["a rec:weekly due:2026-11-20", "a rec:1w due:friday", "a rec:0d due:2026-11-20"] {
            let refused = done(&format!("- [ ] {wrong}\n"), Which::Only, "2026-11-22").unwrap_err();
            assert!(refused.contains("so its next day is unknown"), "{refused}");
        }
    }
}
