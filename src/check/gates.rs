//! Gates: what a stage asks of the cards in it, and the next step that every open card owes.

use super::{Check, codes, listed};
use crate::catalog::RecordIndex;
use crate::diagnostic::Diagnostic;
use crate::model::{Record, Stage};
use crate::query::derived::{next_step, stages};

const NEXT_ACTION: &str = "next_action";

/// Every card has what its stage asks for.
pub(super) fn gates(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for (index, record) in check.entries() {
        let missing = missing(check, index, record);
        if let Some(stage) = check.ctx.config.stage_of(record).filter(|_| !missing.is_empty()) {
            found.push(not_met(check, record, stage, &missing));
        }
    }
}

/// What a card lacks of what its stage asks for.
pub(super) fn missing<'a>(check: &Check<'a>, index: RecordIndex, record: &Record) -> Vec<&'a str> {
    let Some(pipeline) = check.ctx.config.pipeline_for(record) else { return Vec::new() };
    let Some(stage) = record.stage().and_then(|id| pipeline.stage(id)) else { return Vec::new() };
    pipeline.gate(stage).filter(|field| lacks(check, index, record, field)).collect()
}

/// With `--strict`: every card that owes a next step has one, whether a gate asks for it or not.
pub(super) fn next_steps(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for (index, record) in check.entries().filter(|(index, _)| next_step::is_missing(&check.ctx, *index)) {
        if asks_for_next_action(check, index, record) {
            continue;
        }
        let place = record.field("next_contact").map_or_else(|| stage_place(record), |field| field.span);
        let message = match record.when("next_contact") {
            Some(day) => format!("there is no next step: the contact promised for {} has been made", day.date),
            None => "there is no next step".to_owned(),
        };
        let finding = Diagnostic::new(codes::NEXT_STEP_MISSING, message).at(place).in_file(&record.path);
        found.push(finding.help(how_to_fill_in(check, NEXT_ACTION)));
    }
}

fn asks_for_next_action(check: &Check<'_>, index: RecordIndex, record: &Record) -> bool {
    let pipeline = check.ctx.config.pipeline_for(record);
    let stage = stages::stage(&check.ctx, index);
    pipeline.zip(stage).is_some_and(|(pipeline, stage)| pipeline.gate(stage).any(|field| field == NEXT_ACTION))
}

/// True if a card lacks a field, stored or derived. What no one knows is a finding about the configuration.
fn lacks(check: &Check<'_>, index: RecordIndex, record: &Record, field: &str) -> bool {
    let is_free = field == NEXT_ACTION
        && &*record.record_type == "lead"
        && record.owner().is_none()
        && stages::is_first(&check.ctx, index);
    let Some(info) = check.fields.get(field).filter(|_| !is_free) else { return false };
    info.value(&check.ctx, index).is_none()
}

fn not_met(check: &Check<'_>, record: &Record, stage: &Stage, missing: &[&str]) -> Diagnostic {
    let named = if stage.label == stage.id { String::new() } else { format!(" ({})", stage.label) };
    let message = format!("stage `{}`{named} asks for {}", stage.id, listed(missing.iter().copied()));
    let help: Vec<String> = missing.iter().map(|field| how_to_fill_in(check, field)).collect();
    let finding = Diagnostic::new(codes::GATE_NOT_MET, message).at(stage_place(record)).in_file(&record.path);
    finding.label(format!("the card has no {}", missing.join(", "))).help(help.join("\n"))
}

fn stage_place(record: &Record) -> crate::text::Span {
    record.field("stage").map_or(record.front, |stage| stage.span)
}

fn how_to_fill_in(check: &Check<'_>, field: &str) -> String {
    if field == NEXT_ACTION {
        return "add `next_contact:` with a day to come, or a task with `due:`".to_owned();
    }
    let meaning = check.fields.get(field).map_or("", |info| info.meaning.trim_end_matches('.'));
    if meaning.is_empty() { format!("add `{field}:`") } else { format!("add `{field}:` ({meaning})") }
}
