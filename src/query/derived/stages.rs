//! Where a record stands on its way, and since when. History tells; a stored date counts only where history has none.

use chrono::NaiveDate;

use super::contacts;
use crate::catalog::RecordIndex;
use crate::model::{Outcome, Record, Stage};
use crate::query::Context;
use crate::text::When;

/// The stage of a record, if its pipeline knows it.
pub fn stage<'a>(ctx: &Context<'a>, record: RecordIndex) -> Option<&'a Stage> {
    ctx.config.stage_of(ctx.catalog.record(record))
}

/// How a record's way ended, if it did.
pub fn outcome(ctx: &Context<'_>, record: RecordIndex) -> Option<Outcome> {
    stage(ctx, record).and_then(|stage| stage.outcome)
}

/// True until a record's way has ended. What has no stage, or one that nobody knows, is open: nothing may vanish for
/// a slip of the pen.
pub fn is_open(ctx: &Context<'_>, record: RecordIndex) -> bool {
    outcome(ctx, record).is_none()
}

/// True where a record is open but put aside.
pub fn is_parked(ctx: &Context<'_>, record: RecordIndex) -> bool {
    stage(ctx, record).is_some_and(|stage| stage.parked && stage.is_open())
}

/// True in the stage in which records of the pipeline begin, such as the draft of an offer.
pub fn is_first(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let record = ctx.catalog.record(record);
    let first = ctx.config.pipeline_for(record).and_then(|pipeline| pipeline.first());
    first.is_some_and(|first| Some(first.id.as_str()) == record.stage())
}

/// One stay in a stage: the line of history that began it, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spell<'a> {
    pub(super) stage: &'a str,
    pub(super) since: When,
    pub(super) line: usize,
}

/// The stays that history tells of, in its order. A line that names the stage once more goes on with the stay, unless
/// it leads into another pipeline.
pub(super) fn spells(record: &Record) -> Vec<Spell<'_>> {
    let mut spells: Vec<Spell<'_>> = Vec::new();
    for (line, change) in record.history.iter().enumerate() {
        let Some(stage) = change.stage.as_deref() else { continue };
        let goes_on = spells.last().is_some_and(|last| last.stage == stage) && change.get("pipeline").is_none();
        if !goes_on {
            spells.push(Spell { stage, since: change.at, line });
        }
    }
    spells
}

/// When a record entered the stage that it is in: this time, if it has been there before.
///
/// Without a stage in its history it has been there since `created`. `None` where that is unknown: the card says
/// another stage than the last line of its history.
pub fn entered(ctx: &Context<'_>, record: RecordIndex) -> Option<When> {
    let record = ctx.catalog.record(record);
    match spells(record).last() {
        None => record.when("created"),
        Some(spell) => (Some(spell.stage) == record.stage()).then_some(spell.since),
    }
}

/// When a record last entered the stage with this id: by its history, else as the card says in a field of the stored
/// name, else, if history names no stage and it is there now, at `created`.
pub fn reached(ctx: &Context<'_>, record: RecordIndex, stage: &str, stored: &str) -> Option<When> {
    let record = ctx.catalog.record(record);
    let spells = spells(record);
    let told = spells.iter().rev().find(|spell| spell.stage == stage).map(|spell| spell.since);
    let there_since_created = || record.when("created").filter(|_| spells.is_empty() && record.stage() == Some(stage));
    told.or_else(|| record.when(stored)).or_else(there_since_created)
}

/// When a closed record was closed: the day it entered the outcome that it has. `None` for an open one.
pub fn closed(ctx: &Context<'_>, record: RecordIndex) -> Option<When> {
    if is_open(ctx, record) {
        return None;
    }
    let card = ctx.catalog.record(record);
    reached(ctx, record, card.stage()?, "closed")
}

/// When a record's way began: the first stage that its history names, else the stored date, else `created`.
pub fn opened(ctx: &Context<'_>, record: RecordIndex) -> Option<When> {
    let record = ctx.catalog.record(record);
    let told = spells(record).first().map(|spell| spell.since);
    told.or_else(|| record.when("opened")).or_else(|| record.when("created"))
}

/// How many days a record has been in its stage, this time.
pub fn days_in_stage(ctx: &Context<'_>, record: RecordIndex) -> Option<i64> {
    ctx.catalog.record(record).stage()?;
    entered(ctx, record).map(|since| days_since(ctx, since.date))
}

/// How many days ago a record came into being: `created`, else the first line of its history.
pub fn age(ctx: &Context<'_>, record: RecordIndex) -> Option<i64> {
    let record = ctx.catalog.record(record);
    let born = record.when("created").or_else(|| record.history.first().map(|line| line.at));
    born.map(|born| days_since(ctx, born.date))
}

/// The days from a day until today; 0 for a day to come.
fn days_since(ctx: &Context<'_>, day: NaiveDate) -> i64 {
    ctx.today.signed_duration_since(day).num_days().max(0)
}

/// True for a record that nothing happens with: open and not parked, and both its entry into the stage and its last
/// contact, if there was any, are older than the stage allows. A stage without `stale_after` lets nothing go stale.
pub fn is_stale(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let Some(stage) = stage(ctx, record).filter(|stage| stage.is_open() && !stage.parked) else { return false };
    let (Some(allowed), Some(entered)) = (stage.stale_after, entered(ctx, record)) else { return false };
    let is_older = |at: When| allowed.after(at.date) < ctx.today;
    is_older(entered) && contacts::last_contact(ctx, record).is_none_or(|contact| is_older(contact.at))
}

#[cfg(test)]
mod tests {
    use crate::query::sample::Sample;

    const SALES: &str = "pipelines:
  sales:
    type: opportunity
    stages:
      - {id: talk, stale_after: 14d, probability: 10}
      - {id: offer, probability: 50}
      - {id: pause, parked: true, stale_after: 1d}
      - {id: won, outcome: won}
      - {id: lost, outcome: lost}
";

    #[test]
    fn a_spell_begins_with_the_last_move_into_the_stage() {
        let sample = Sample::with(
            SALES,
            &["opportunity a
            stage: offer
            created: 2026-09-30
            history:
              - 2026-10-01 offer
              - 2026-10-10 talk
              - 2026-11-02 offer value=1
              - 2026-11-05 owner=anna
              - 2026-11-09 offer value=2"],
        );
        assert_eq!(sample.get("a", "days_in_stage"), "20");
        assert_eq!(sample.get("a", "opened"), "2026-10-01");
        assert_eq!(sample.get("a", "age"), "53");
        assert_eq!(sample.get("a", "closed"), "none");
    }

    #[test]
    fn without_a_stage_in_history_it_was_entered_when_the_card_was_made() {
        let sample = Sample::with(
            SALES,
            &[
                "opportunity a
            stage: offer
            created: 2026-11-20
            history:
              - 2026-11-21 owner=anna",
                "opportunity b
            stage: offer",
                "opportunity edited-by-hand
            stage: offer
            created: 2026-09-30
            history:
              - 2026-10-10 talk",
            ],
        );
        assert_eq!(sample.get("a", "days_in_stage"), "2");
        assert_eq!(sample.get("b", "days_in_stage"), "none");
        assert_eq!(sample.get("b", "age"), "none");
        assert_eq!(sample.get("edited-by-hand", "days_in_stage"), "none");
        assert_eq!(sample.get("edited-by-hand", "stale"), "false");
    }

    #[test]
    fn it_is_closed_since_the_outcome_that_it_has() {
        let sample = Sample::with(
            SALES,
            &[
                "opportunity lost-twice
            stage: lost
            history:
              - 2026-08-01 lost
              - 2026-09-01 talk
              - 2026-10-01 lost",
                "opportunity stored
            stage: won
            closed: 2026-10-02
            created: 2026-01-01",
                "opportunity told-and-stored
            stage: won
            closed: 2026-10-02
            history:
              - 2026-10-05 won",
                "opportunity made-closed
            stage: won
            created: 2026-01-01",
                "opportunity open-again
            stage: talk
            closed: 2026-10-02
            history:
              - 2026-08-01 lost
              - 2026-09-01 talk",
            ],
        );
        assert_eq!(sample.get("lost-twice", "closed"), "2026-10-01");
        assert_eq!(sample.get("stored", "closed"), "2026-10-02");
        assert_eq!(sample.get("told-and-stored", "closed"), "2026-10-05");
        assert_eq!(sample.get("made-closed", "closed"), "2026-01-01");
        assert_eq!(sample.get("open-again", "closed"), "none");
    }

    #[test]
    fn dates_of_stages_come_from_history_and_stored_ones_where_it_has_none() {
        let sample = Sample::of(&[
            "offer twice
            stage: follow-up
            sent: 2026-01-01
            history:
              - 2026-10-01 sent
              - 2026-10-05 draft
              - 2026-10-09 sent
              - 2026-10-20 follow-up",
            "offer stored
            stage: confirmed
            sent: 2026-01-01",
            "invoice bill
            client: acme
            stage: issued
            created: 2026-11-01",
        ]);
        assert_eq!(sample.get("twice", "sent"), "2026-10-09");
        assert_eq!(sample.get("twice", "confirmed"), "none");
        assert_eq!(sample.get("stored", "sent"), "2026-01-01");
        assert_eq!(sample.get("bill", "issued"), "2026-11-01");
    }

    #[test]
    fn stale_means_that_stage_and_contact_are_both_old() {
        let stale = |stage: &str, since: &str, log: &str| {
            let card = format!("opportunity a\nstage: {stage}\nhistory:\n  - {since} {stage}\n---\n## Log\n{log}\n");
            Sample::with(SALES, &[&card]).get("a", "stale")
        };
        assert_eq!(stale("talk", "2026-11-07", ""), "true");
        assert_eq!(stale("talk", "2026-11-08", ""), "false", "14 days are allowed");
        assert_eq!(stale("talk", "2026-10-01", "### 2026-11-08 call"), "false");
        assert_eq!(stale("talk", "2026-10-01", "### 2026-11-07 call"), "true");
        assert_eq!(stale("talk", "2026-10-01", "### 2026-11-20 call no-answer"), "true", "an attempt is no contact");
        assert_eq!(stale("offer", "2025-01-01", ""), "false", "the stage sets no bound");
        assert_eq!(stale("pause", "2025-01-01", ""), "false");
        assert_eq!(stale("lost", "2025-01-01", ""), "false");
    }
}
