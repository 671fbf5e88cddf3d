//! When we last spoke with somebody, and how often: what counts as a contact or an attempt, up to today.

use crate::catalog::{Activity, ActivitySource, RecordIndex};
use crate::model::{Counts, LogEntry, Task};
use crate::query::Context;
use crate::text::When;

/// What happened at a record up to today, oldest first; what is dated in the future counts for nothing.
pub fn past<'a>(ctx: &Context<'a>, record: RecordIndex) -> impl DoubleEndedIterator<Item = &'a Activity> + use<'a> {
    let today = ctx.today;
    ctx.catalog.activities(record).iter().filter(move |activity| activity.at.date <= today)
}

/// The contacts of a record up to today, oldest first.
pub fn contacts<'a>(ctx: &Context<'a>, record: RecordIndex) -> impl DoubleEndedIterator<Item = &'a Activity> + use<'a> {
    past(ctx, record).filter(|activity| activity.counts == Counts::Contact)
}

/// The latest contact.
pub fn last_contact<'a>(ctx: &Context<'a>, record: RecordIndex) -> Option<&'a Activity> {
    contacts(ctx, record).next_back()
}

/// The earliest contact.
pub fn first_contact<'a>(ctx: &Context<'a>, record: RecordIndex) -> Option<&'a Activity> {
    contacts(ctx, record).next()
}

/// The latest attempt at a contact.
pub fn last_attempt<'a>(ctx: &Context<'a>, record: RecordIndex) -> Option<&'a Activity> {
    past(ctx, record).rfind(|activity| activity.counts == Counts::Attempt)
}

/// The latest visit at which somebody was met.
pub fn last_visit<'a>(ctx: &Context<'a>, record: RecordIndex) -> Option<&'a Activity> {
    contacts(ctx, record).rfind(|activity| kind(ctx, activity) == Some("visit"))
}

/// How many attempts have been made since the last contact; all of them if there was none.
///
/// Of the day of that contact, only those count that are known to be later, by their times.
pub fn attempts(ctx: &Context<'_>, record: RecordIndex) -> usize {
    let contact = last_contact(ctx, record).map(|activity| activity.at);
    let since = |at: When| contact.is_none_or(|contact| is_after(at, contact));
    past(ctx, record).filter(|activity| activity.counts == Counts::Attempt && since(activity.at)).count()
}

/// True if one moment is known to lie after another: of two on one day, both must have a time.
fn is_after(at: When, other: When) -> bool {
    at.date > other.date || (at.date == other.date && other.time.is_some() && at.time > other.time)
}

/// The log entry as which something was written; `None` for a done task.
pub fn log_entry<'a>(ctx: &Context<'a>, activity: &Activity) -> Option<&'a LogEntry> {
    match activity.source {
        ActivitySource::Log(place) => ctx.catalog.record(activity.record).content.log.get(place),
        ActivitySource::Task(_) => None,
    }
}

/// The done task as which something was written; `None` for a log entry.
pub fn done_task<'a>(ctx: &Context<'a>, activity: &Activity) -> Option<&'a Task> {
    match activity.source {
        ActivitySource::Task(place) => ctx.catalog.record(activity.record).content.tasks.get(place),
        ActivitySource::Log(_) => None,
    }
}

/// The id of the kind of log entry that something is, or counts as.
pub fn kind<'a>(ctx: &Context<'a>, activity: &Activity) -> Option<&'a str> {
    let of_entry = log_entry(ctx, activity).map(|entry| entry.kind.as_str());
    of_entry.or_else(|| done_task(ctx, activity)?.as_kind.as_deref())
}

/// What was said, on one line: an entry's title or the beginning of its text; what came of a task, or the task itself.
pub fn gist<'a>(ctx: &Context<'a>, activity: &Activity) -> &'a str {
    let of_entry = log_entry(ctx, activity).map(LogEntry::gist);
    let of_task =
        || done_task(ctx, activity).map(|task| if task.result.is_empty() { &task.text } else { &task.result });
    of_entry.or_else(|| of_task().map(String::as_str)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::query::sample::Sample;

    #[test]
    fn attempts_and_notes_are_no_contacts() {
        let sample = Sample::of(&["client acme
            stage: active
            ---
            ## Log
            ### 2026-11-20 email out: Sent the price list
            ### 2026-11-19 call no-answer
            ### 2026-11-18 note: They moved
            ### 2026-11-10T10:00 call: Spoke with the buyer
            ### 2026-10-01 email in: Asked for prices
            ### 2026-09-01 call left-message"]);
        assert_eq!(sample.get("acme", "last_contact"), "2026-11-10T10:00");
        assert_eq!(sample.get("acme", "first_contact"), "2026-10-01");
        assert_eq!(sample.get("acme", "contact_count"), "2");
        assert_eq!(sample.get("acme", "last_attempt"), "2026-11-20");
        assert_eq!(sample.get("acme", "attempts"), "2");
    }

    #[test]
    fn what_is_dated_in_the_future_counts_for_nothing() {
        let sample = Sample::of(&["client acme
            stage: active
            ---
            ## Log
            ### 2026-11-23 visit: Not yet
            ### 2026-11-22 call no-answer"]);
        assert_eq!(sample.get("acme", "last_contact"), "none");
        assert_eq!(sample.get("acme", "last_visit"), "none");
        assert_eq!(sample.get("acme", "contact_count"), "0");
        assert_eq!(sample.get("acme", "attempts"), "1");
    }

    #[test]
    fn what_happened_with_a_lead_goes_on_with_the_client_that_its_opportunity_is_of() {
        let lead = |field: &str| {
            format!("lead fair-visitor\nstage: converted\n{field}\n---\n### 2026-11-10 call: Spoke at the fair")
        };
        for field in ["converted_to: acme", "converted_to: acme-erp", "client: acme"] {
            let sale = "opportunity acme-erp\nstage: offer\nclient: acme";
            let sample = Sample::of(&["client acme\nstage: active", sale, &lead(field)]);
            assert_eq!(sample.get("acme", "last_contact"), "2026-11-10", "{field}");
            assert_eq!(sample.get("acme-erp", "last_contact"), "none", "{field}");
        }
    }

    #[test]
    fn on_the_day_of_the_contact_times_tell_what_came_after_it() {
        let sample = Sample::of(&["client acme
            stage: active
            ---
            ## Log
            ### 2026-11-10 16:00 call no-answer
            ### 2026-11-10 call no-answer: Nobody knows when
            ### 2026-11-10 14:00 call
            ### 2026-11-10 09:00 call no-answer"]);
        assert_eq!(sample.get("acme", "attempts"), "1");
    }

    #[test]
    fn a_visit_at_which_nobody_was_met_is_no_visit_and_a_done_task_can_be_one() {
        let sample = Sample::of(&["client acme
            stage: active
            ---
            - [x] See the new hall as:visit done:2026-10-15
            - [x] Call them done:2026-11-01

            ## Log
            ### 2026-11-05 visit no-answer"]);
        assert_eq!(sample.get("acme", "last_visit"), "2026-10-15");
        assert_eq!(sample.get("acme", "contact_count"), "1");
    }

    #[test]
    fn a_lead_at_a_client_that_we_know_belongs_to_it() {
        let sample = Sample::of(&[
            "client acme
            stage: active",
            "lead lead-second-plant
            stage: new
            client: acme
            ---
            ## Log
            ### 2026-11-05 call: Asked about the second plant",
        ]);
        assert_eq!(sample.get("acme", "last_contact"), "2026-11-05");
    }

    #[test]
    fn a_client_takes_in_its_records_and_the_lead_it_was() {
        let sample = Sample::of(&[
            "client acme
            stage: active",
            "opportunity acme-erp
            client: acme
            stage: offer
            ---
            ## Log
            ### 2026-11-03 visit: Workshop
            See [[acme-wms]].",
            "opportunity acme-wms
            client: acme
            stage: offer",
            "lead lead-acme
            stage: converted
            converted_to: acme
            ---
            ## Log
            ### 2026-01-05 call: First call",
            "client other
            stage: active
            ---
            ## Log
            ### 2026-11-20 call: They know [[acme]]",
        ]);
        assert_eq!(sample.get("acme", "last_contact"), "2026-11-03");
        assert_eq!(sample.get("acme", "first_contact"), "2026-01-05");
        assert_eq!(sample.get("acme-wms", "last_contact"), "2026-11-03");
        assert_eq!(sample.get("lead-acme", "contact_count"), "1");
    }
}
