//! What is wrong with a merged card although neither side was wrong: two changes that don't go together.

use std::collections::HashSet;

use super::Merger;
use super::values::{Step, Way};
use crate::diagnostic::Severity;
use crate::model::{Card, Config, read_card};
use crate::text::yaml::Value;
use crate::text::{Document, SourcePath};

/// An error that follows from the card alone, and the fields that it is about.
#[derive(PartialEq, Eq, Hash)]
struct Wrong {
    message: String,
    fields: Vec<String>,
}

/// For each error that neither side had, the field that the sides have set to what does not go together; `None` for one
/// that is about no field in which they differ, so that no choice between two values would mend it.
pub(super) fn new_ones(merger: &Merger<'_>, whole: &Document) -> Vec<Option<String>> {
    let errors = |document: &Document| errors(merger.path, document, merger.config);
    let found = errors(whole);
    if found.is_empty() {
        return Vec::new();
    }
    let known: HashSet<Wrong> = [merger.ours, merger.theirs].into_iter().flat_map(errors).collect();
    // The first of them in which the sides differ; a field that is missing goes before the stage that asks for it.
    let named = |wrong: &Wrong| wrong.fields.iter().find(|field| differs(merger, field)).cloned();
    let mut fields: Vec<_> = found.iter().filter(|wrong| !known.contains(wrong)).map(named).collect();
    fields.sort();
    fields.dedup();
    fields
}

fn errors(path: &SourcePath, document: &Document, config: &Config) -> Vec<Wrong> {
    let (card, findings) = read_card(path, document, config);
    let mut wrong: Vec<Wrong> = Vec::new();
    for finding in findings.into_iter().filter(|finding| finding.severity == Severity::Error) {
        let entries = document.front().into_iter().flat_map(|front| front.entries());
        let holds = entries.filter(|entry| finding.span.is_some_and(|span| entry.span().contains(span)));
        let fields = holds.map(|entry| entry.key().raw().into_owned()).collect();
        wrong.push(Wrong { message: finding.message, fields });
    }
    let Card::Record(record) = card else { return wrong };
    // Two histories in the order of time may end with what neither card says.
    for gap in &record.behind {
        let message = format!("the history ends with {} `{}`, the card says `{}`", gap.field, gap.said, gap.now);
        wrong.push(Wrong { message, fields: vec![gap.field.clone()] });
    }
    // Gates that ask for a stored field; what is derived may depend on other cards and on the day.
    let gate = config.pipeline_for(&record).zip(config.stage_of(&record));
    let stored = |field: &&str| config.schemas.get(&record.record_type).is_some_and(|def| def.field(field).is_some());
    for field in gate.into_iter().flat_map(|(pipeline, stage)| pipeline.gate(stage)).filter(stored) {
        if record.value(field).is_none_or(crate::model::Value::is_empty) {
            let fields = vec![field.to_owned(), "stage".to_owned()];
            wrong.push(Wrong { message: format!("the stage asks for {field}"), fields });
        }
    }
    wrong
}

/// True if a field of the front matter is conflicting already, or something within it.
pub(super) fn is_in(ways: &[Way], field: &str) -> bool {
    ways.iter().any(|way| matches!(way.first(), Some(Step::Key(key)) if key == field))
}

fn differs(merger: &Merger<'_>, field: &str) -> bool {
    let value = |document: &Document| document.front().and_then(|front| front.get(field)).map(Value::of);
    value(merger.ours) != value(merger.theirs)
}
