//! What is to be done next with a record: its own promise of a contact, and its open tasks.

use crate::catalog::RecordIndex;
use crate::query::Context;
use crate::text::When;

use super::{contacts, family, stages};

/// One thing that is to be done, with its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The day, perhaps with a time.
    pub at: When,
    /// The record that asks for it.
    pub record: RecordIndex,
    /// What it is.
    pub step: Step,
}

/// What kind of thing is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The contact that the card promises in `next_contact`; `next_step` says what about.
    Contact,
    /// The task with this place in [`crate::model::Content::tasks`].
    Task(usize),
}

/// The card's own promise, `next_contact`, unless it is met.
///
/// A counted contact on its day or later meets it; an attempt does not, and neither does an entry dated in the future.
/// So does closing the record on that day or later: a promise for after the closing still stands.
pub fn promise(ctx: &Context<'_>, record: RecordIndex) -> Option<When> {
    let promised = ctx.catalog.record(record).when("next_contact")?;
    let met = contacts::last_contact(ctx, record).is_some_and(|contact| contact.at.date >= promised.date);
    let settled = || stages::closed(ctx, record).is_some_and(|closed| closed.date >= promised.date);
    (!met && !settled()).then_some(promised)
}

/// What the record itself asks for: its promise and its open tasks with a day, the earliest first.
pub fn own_steps(ctx: &Context<'_>, record: RecordIndex) -> Vec<NextStep> {
    let promise = promise(ctx, record).map(|at| NextStep { at, record, step: Step::Contact });
    let dated = ctx.catalog.record(record).open_tasks().filter_map(|open| Some((open.place, open.task.date()?)));
    let tasks = dated.map(|(place, at)| NextStep { at, record, step: Step::Task(place) });
    let mut steps: Vec<NextStep> = promise.into_iter().chain(tasks).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// What is to be done next with a record. For a client what its open records ask for counts too.
pub fn next_action(ctx: &Context<'_>, record: RecordIndex) -> Option<NextStep> {
    earliest(ctx, record, |_| true)
}

/// The earliest open task with a day. For a client the tasks of its open records count too.
pub fn next_task(ctx: &Context<'_>, record: RecordIndex) -> Option<NextStep> {
    earliest(ctx, record, |step| matches!(step, Step::Task(_)))
}

fn earliest(ctx: &Context<'_>, record: RecordIndex, wanted: impl Fn(Step) -> bool) -> Option<NextStep> {
    let of_client = family::records_of_client(ctx, record).filter(|member| stages::is_open(ctx, *member));
    let steps = std::iter::once(record).chain(of_client).flat_map(|member| own_steps(ctx, member));
    steps.filter(|step| wanted(step.step)).min_by_key(|step| step.at)
}

/// How many days ago the next action was to be done; `None` if it is not late.
///
/// An unpaid invoice is late after its `due` day, too; the longer delay counts.
pub fn days_overdue(ctx: &Context<'_>, record: RecordIndex) -> Option<i64> {
    let action = next_action(ctx, record).map(|step| step.at.date);
    let payment = super::invoices::due_day(ctx, record);
    let earliest = action.into_iter().chain(payment).min()?;
    let days = ctx.today.signed_duration_since(earliest).num_days();
    (days > 0).then_some(days)
}

/// Whether a record must have a next action: leads, opportunities, sent offers and cases, while they are open, parked
/// ones included. Leads that nobody owns, in their first stage, need none.
pub fn is_asked_for(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let card = ctx.catalog.record(record);
    stages::is_open(ctx, record)
        && match &*card.record_type {
            "lead" => card.owner().is_some() || !stages::is_first(ctx, record),
            "opportunity" | "case" => true,
            "offer" => !stages::is_first(ctx, record),
            _ => false,
        }
}

/// True for a record that must have a next action and has none.
pub fn is_missing(ctx: &Context<'_>, record: RecordIndex) -> bool {
    is_asked_for(ctx, record) && next_action(ctx, record).is_none()
}

/// True for a client that is left alone: the last contact is older than its class allows, or there never was one, and
/// nothing is planned. A class without an interval allows any time.
pub fn is_neglected(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let card = ctx.catalog.record(record);
    if &*card.record_type != "client" || !stages::is_open(ctx, record) || next_action(ctx, record).is_some() {
        return false;
    }
    let Some(contact) = contacts::last_contact(ctx, record) else { return true };
    let interval = card.text("class").and_then(|class| ctx.config.contact_interval.get(class));
    interval.is_some_and(|interval| interval.after(contact.at.date) < ctx.today)
}

#[cfg(test)]
mod tests {
    use super::{is_asked_for, is_missing};
    use crate::query::sample::Sample;

    fn next_action(card: &str) -> String {
        Sample::of(&[&format!("opportunity a\n{card}")]).get("a", "next_action")
    }

    #[test]
    fn a_contact_on_the_day_or_later_meets_the_promise() {
        let promised =
            |log: &str| next_action(&format!("stage: offer\nnext_contact: 2026-11-10\n---\n## Log\n{log}\n"));
        assert_eq!(promised(""), "2026-11-10");
        assert_eq!(promised("### 2026-11-09 call"), "2026-11-10");
        assert_eq!(promised("### 2026-11-10 call"), "none");
        assert_eq!(promised("### 2026-11-12 email in: They wrote first"), "none");
        assert_eq!(promised("### 2026-11-12 call no-answer"), "2026-11-10", "an attempt does not meet it");
        assert_eq!(promised("### 2026-11-30 call: Dated in the future"), "2026-11-10");
    }

    #[test]
    fn closing_settles_what_was_promised_before_and_keeps_what_was_promised_after() {
        let promised =
            |day: &str| next_action(&format!("stage: lost\nnext_contact: {day}\nhistory:\n  - 2026-11-12 lost\n"));
        assert_eq!(promised("2026-11-10"), "none");
        assert_eq!(promised("2027-05-10"), "2027-05-10");
    }

    #[test]
    fn open_tasks_with_a_day_are_next_actions_too() {
        let sample = Sample::of(&["opportunity a
            stage: offer
            next_contact: 2026-11-25
            ---
            - [ ] Some day
            - [x] Done due:2026-11-01 done:2026-11-01
            - [-] Not wanted any more due:2026-11-02
            - [ ] Planned on:2026-11-24
            - [ ] Promised due:2026-11-23T09:00"]);
        assert_eq!(sample.get("a", "next_action"), "2026-11-23T09:00");
        assert_eq!(sample.get("a", "next_task"), "2026-11-23T09:00");
        assert_eq!(sample.get("a", "overdue"), "none");
    }

    #[test]
    fn a_client_takes_in_its_open_records() {
        let sample = Sample::of(&[
            "client acme
            stage: active
            next_contact: 2026-12-01",
            "opportunity acme-erp
            client: acme
            stage: on-hold
            next_contact: 2026-11-20
            ---
            - [ ] Write due:2026-11-28",
            "opportunity acme-wms
            client: acme
            stage: lost
            ---
            - [ ] Ask again due:2026-11-01",
        ]);
        assert_eq!(sample.get("acme", "next_action"), "2026-11-20");
        assert_eq!(sample.get("acme", "next_task"), "2026-11-28");
        assert_eq!(sample.get("acme", "overdue"), "2");
        assert_eq!(sample.get("acme-wms", "next_action"), "2026-11-01", "a task stands until it is ticked");
    }

    #[test]
    fn who_must_have_a_next_step() {
        let sample = Sample::of(&[
            "lead nobody-s
            stage: new",
            "lead taken
            owner: anna
            stage: new",
            "lead moved-on
            stage: contacted",
            "lead gone
            owner: anna
            stage: disqualified",
            "opportunity parked
            stage: on-hold",
            "offer draft
            stage: draft",
            "offer sent
            stage: sent",
            "offer accepted
            stage: accepted",
            "case complaint
            stage: waiting",
            "client acme
            stage: active",
        ]);
        let asked: Vec<&str> =
            ["nobody-s", "taken", "moved-on", "gone", "parked", "draft", "sent", "accepted", "complaint", "acme"]
                .into_iter()
                .filter(|id| is_asked_for(&sample.context(), sample.at(id)))
                .collect();
        assert_eq!(asked, ["taken", "moved-on", "parked", "sent", "complaint"]);
        assert!(is_missing(&sample.context(), sample.at("taken")));
    }

    #[test]
    fn neglected_is_a_client_that_nothing_is_planned_for() {
        let rules = "contact_interval: {A: 30d}\n";
        let neglected = |card: &str| {
            let card = format!("client acme\nstage: active\n{card}\n");
            Sample::with(rules, &[&card]).get("acme", "neglected")
        };
        assert_eq!(neglected("class: A"), "true", "never contacted");
        assert_eq!(neglected("next_contact: 2027-01-01"), "false");
        assert_eq!(neglected("class: A\n---\n## Log\n### 2026-10-22 call"), "true");
        assert_eq!(neglected("class: A\n---\n## Log\n### 2026-10-23 call"), "false", "30 days are allowed");
        assert_eq!(neglected("class: Z\n---\n## Log\n### 2020-01-01 call"), "false", "no interval for the class");
        assert_eq!(neglected("class: A\n---\n- [ ] Send a card due:2026-12-20\n"), "false");
    }

    #[test]
    fn an_unpaid_invoice_is_late_by_itself() {
        let sample = Sample::of(&["invoice bill
            client: acme
            stage: issued
            value: 100
            due: 2026-11-12"]);
        assert_eq!(sample.get("bill", "overdue"), "10");
        assert_eq!(sample.get("bill", "next_action"), "none");
    }
}
