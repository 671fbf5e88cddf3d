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
