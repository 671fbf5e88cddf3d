//! A task done, or given up.

use super::repeat::next_time;
use super::{Which, find_task};
use crate::change::log::check_past;
use crate::change::{Author, Draft, Refusal};
use crate::text::When;
use crate::text::body::edit::{self, add_task};

/// How a task ended.
#[derive(Clone, Debug)]
pub struct Completion<'a> {
    /// Which one.
    pub which: Which<'a>,
    /// What came of it, or why it is not to be done any more.
    pub result: Option<String>,
    /// When it was done; without it, on the day of the change.
    pub at: Option<When>,
    /// True if it will not be done at all.
    pub cancelled: bool,
}

/// Ticks a task: its day, who did it, what came of it. Of one that repeats the next is written before it. A cancelled
/// one is not repeated.
///
/// # Errors
/// [`Refusal`] if the task can't be told, if the day is still to come, if the next one has no day that can be read, or
/// if the card can't be edited so.
pub fn complete(draft: &mut Draft<'_>, completion: &Completion<'_>, author: &Author) -> Result<(), Refusal> {
    let done = completion.at.unwrap_or(author.at);
    check_past(done, author.at)?;
    let place = find_task(draft.record(), completion.which)?;
    let body = draft.body();
    let text = draft.document().text();
    let result = completion.result.as_deref();
    if completion.cancelled {
        let edits = edit::cancel_task(text, &body, place, done.date, result)?;
        return draft.apply(&edits);
    }
    let again = next_time(draft, &body, place, done.date)?;
    let person = author.person.clone();
    let ticked = edit::Ticked { done: done.date, person, result: result.map(str::to_owned) };
    let edits = edit::complete_task(text, &body, place, &ticked)?;
    draft.apply(&edits)?;
    let Some(again) = again else { return Ok(()) };
    let (text, body) = (draft.document().text(), draft.body());
    // Where the list can't take another item in its place, it goes where new tasks go.
    let edits = edit::add_task_before(text, &body, place, &again).or_else(|_| add_task(text, &body, &again))?;
    draft.apply(&edits)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{changed, done};
    use super::*;

    #[test]
    fn who_did_it_is_named() {
        for (before, after) in [
            ("a", "a @anna done:2026-11-22"),
            ("a @anna", "a @anna done:2026-11-22"),
            ("a @piotr b", "a @anna b done:2026-11-22"),
            ("a @piotr @anna @ioana", "a @anna @piotr @ioana done:2026-11-22"),
            ("a 📅 2026-11-20", "a @anna 📅 2026-11-20 ✅ 2026-11-22"),
            ("a ⏫ 📅 2026-11-20 b", "a ⏫ 📅 2026-11-20 b @anna ✅ 2026-11-22"),
        ] {
            let done = done(&format!("- [ ] {before}\n"), Which::Only, "2026-11-22");
            assert_eq!(done, Ok(format!("- [x] {after}\n")));
        }
    }

    #[test]
    fn a_cancelled_task_does_not_come_again() {
        let cancelled = Completion { which: Which::Only, result: Some("No".to_owned()), at: None, cancelled: true };
        let body = changed("- [ ] a due:2026-11-20 rec:1w\n", |draft, _, author| complete(draft, &cancelled, author));
        assert_eq!(body.as_deref(), Ok("- [-] a due:2026-11-20 rec:1w\n  - No\n"));
    }
}
