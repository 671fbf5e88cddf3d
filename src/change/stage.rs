//! Moves from stage to stage, under the pipeline's own rules.

use super::{Assignment, Author, Draft, Refusal, fields, history};
use crate::model::{Outcome, Pipeline, Record, Stage};
use crate::query::Context;
use crate::text::yaml::Value;
use crate::text::{did_you_mean, fold, nearest};

/// The tracked fields that explain why a card was closed.
const EXPLAIN_AN_END: [&str; 3] = ["won_reason", "lost_reason", "lost_to"];

/// A move to a stage.
#[derive(Clone, Debug)]
pub struct Move<'a> {
    /// The stage, by its id, its label or an unambiguous beginning of either.
    pub stage: &'a str,
    /// Fields that change with it.
    pub assignments: &'a [Assignment],
    /// Whether a closed card may be opened again.
    pub reopen: bool,
}

/// Moves a card: sets its stage and the fields that change with it, lets its own probability lapse unless that is
/// restated (and of a card that is opened again, what explained its end), and writes one line of history that tells of it all. Gates are not looked at here: they are findings.
///
/// # Errors
/// [`Refusal`] if the pipeline does not allow the move, or the card can't be edited so.
pub fn move_to(draft: &mut Draft<'_>, movement: &Move<'_>, ctx: &Context<'_>, author: &Author) -> Result<(), Refusal> {
    let before = draft.record().clone();
    fields::assign(draft, movement.assignments, ctx)?;
    let config = draft.config();
    let pipeline = config
        .pipeline_for(draft.record())
        .ok_or_else(|| Refusal::NoPipeline { article: draft.type_def().map_or_else(String::new, |def| def.noun()) })?;
    let stage = find(pipeline, movement.stage)?;
    check_way(&before, pipeline, stage, movement.reopen, config.pipeline_for(&before))?;
    history::check_order(&before, author.at)?;
    let was_closed = config.stage_of(&before).is_some_and(|from| !from.is_open());
    if was_closed {
        forget_the_end(draft, &before, movement.assignments)?;
    }
    draft.set("stage", &Value::Text(stage.id.clone()))?;
    let restated = movement.assignments.iter().any(|assignment| assignment.field == "probability");
    if draft.record().field("probability").is_some() && !restated {
        draft.remove("probability")?;
    }
    history::tell(draft, &before, author)
}

/// Takes away what explained the end that is no longer one, so that the next end asks for its own reason. What the
/// history does not tell stays, for it would be lost.
fn forget_the_end(draft: &mut Draft<'_>, before: &Record, restated: &[Assignment]) -> Result<(), Refusal> {
    for name in EXPLAIN_AN_END {
        let Some(value) = before.value(name) else { continue };
        let told = before.history.iter().rev().find_map(|line| line.get(name));
        let is_told = told == Some(value.in_history().as_str());
        if is_told && !restated.iter().any(|assignment| assignment.field == name) {
            draft.remove(name)?;
        }
    }
    Ok(())
}

/// The stage that a person means by a word.
pub(super) fn find<'p>(pipeline: &'p Pipeline, word: &str) -> Result<&'p Stage, Refusal> {
    let folded = fold(word);
    let stages = || pipeline.stages.iter();
    let exact = stages().find(|stage| stage.id == word || fold(&stage.label) == folded);
    let begins = |stage: &&Stage| stage.id.starts_with(&*folded) || fold(&stage.label).starts_with(&*folded);
    let mut beginning = stages().filter(begins);
    let only = beginning.next().filter(|_| beginning.next().is_none() && !word.is_empty());
    exact.or(only).ok_or_else(|| {
        let ids = || stages().map(|stage| stage.id.as_str());
        let near = did_you_mean(&nearest(word, ids(), 1));
        let hint = near.unwrap_or_else(|| format!("its stages are {}", ids().collect::<Vec<_>>().join(", ")));
        Refusal::StageUnknown { pipeline: pipeline.name.clone(), stage: word.to_owned(), hint }
    })
}

/// Whether a card may go from where it is to a stage.
fn check_way(
    record: &Record,
    pipeline: &Pipeline,
    to: &Stage,
    reopen: bool,
    old_pipeline: Option<&Pipeline>,
) -> Result<(), Refusal> {
    let here = record.stage().unwrap_or_default();
    let stays = old_pipeline.is_some_and(|old| old.name == pipeline.name);
    if stays && here == to.id {
        return Err(Refusal::SameStage { stage: here.to_owned() });
    }
    let is_closed = old_pipeline.and_then(|old| old.stage(here)).is_some_and(|from| !from.is_open());
    if is_closed && !reopen {
        return Err(Refusal::Closed { stage: here.to_owned() });
    }
    // To open again what is closed is a step of its own, from wherever it ended.
    if pipeline.strict && stays && !is_closed && !may_follow(record, pipeline, to) {
        let next = pipeline.stages.iter().filter(|stage| stage.id != here && may_follow(record, pipeline, stage));
        return Err(Refusal::OutOfOrder {
            pipeline: pipeline.name.clone(),
            from: here.to_owned(),
            stage: to.id.clone(),
            next: next.map(|stage| stage.id.clone()).collect(),
        });
    }
    Ok(())
}

/// In a strict pipeline the way is the open stages in their order, then whatever is won. A card takes one step of it at
/// a time; it may be parked, lost or set aside from anywhere, and comes back from there to the step it had reached or
/// the next.
fn may_follow(record: &Record, pipeline: &Pipeline, to: &Stage) -> bool {
    let on_the_way = |stage: &Stage| !stage.parked && matches!(stage.outcome, None | Some(Outcome::Won));
    if !on_the_way(to) {
        return true;
    }
    let open = || pipeline.stages.iter().filter(|stage| stage.is_open() && on_the_way(stage));
    let step = |id: &str| match pipeline.stage(id) {
        Some(stage) if stage.is_open() => open().position(|open| open.id == id),
        Some(stage) if on_the_way(stage) => Some(open().count()),
        _ => None,
    };
    let past = record.history.iter().rev().filter_map(|line| line.stage.as_deref());
    let reached = record.stage().into_iter().chain(past).find_map(step);
    match (reached, step(&to.id)) {
        (None, Some(next)) => next == 0,
        (Some(reached), Some(next)) => next == reached || next == reached + 1,
        (_, None) => true,
    }
}
