//! Rules over one record as a whole: its pipeline, its stage, its history.

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::model::schema::TypeDef;
use crate::model::{Pipeline, Record, Value, codes, parse_amount};
use crate::text::yaml::NodeRef;
use crate::text::{When, nearest};

/// What history tells of whatever the schema says, beside the stage.
const ALWAYS_TRACKED: [&str; 2] = ["pipeline", "owner"];

impl Reader<'_> {
    pub(super) fn check_rules(&mut self, record: &Record, front: NodeRef<'_>, type_def: &TypeDef) {
        let config = self.config;
        match config.pipeline_for(record) {
            Some(pipeline) => {
                self.check_stage(record, pipeline);
                self.check_history_stages(record);
            }
            None => self.check_pipeline(record),
        }
        self.check_history_agrees(record, front, type_def);
    }

    /// Reports a named pipeline that the record's type does not have.
    fn check_pipeline(&mut self, record: &Record) {
        let Some(field) = record.field("pipeline") else { return };
        let named = field.value.display();
        let known: Vec<&str> = self.config.pipelines_of(&record.record_type).map(|p| p.name.as_str()).collect();
        let help = match known.as_slice() {
            [] => "take the line away: this type has no pipeline".to_owned(),
            known => format!("the pipelines of {} are {}", record.record_type, known.join(", ")),
        };
        let message = format!("{} has no pipeline `{named}`", record.record_type);
        self.report(Diagnostic::new(codes::PIPELINE_UNKNOWN, message).at(field.span).help(help));
    }

    fn check_stage(&mut self, record: &Record, pipeline: &Pipeline) {
        let Some(field) = record.field("stage") else { return };
        let named = field.value.display();
        if pipeline.stage(&named).is_some() {
            return;
        }
        let known = || pipeline.stages.iter().map(|stage| stage.id.as_str());
        let by_label =
            pipeline.stages.iter().find(|stage| crate::text::fold(&stage.label) == crate::text::fold(&named));
        let near = by_label.map(|stage| stage.id.clone()).or_else(|| nearest(&named, known(), 1).into_iter().next());
        let help = match near {
            Some(near) => format!("did you mean {near}?"),
            None => format!("its stages are {}", known().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("the pipeline `{}` has no stage `{named}`", pipeline.name);
        self.report(Diagnostic::new(codes::STAGE_UNKNOWN, message).at(field.span).help(help));
    }

    /// A stage of the past may be of any pipeline that the type has: records change pipelines too.
    fn check_history_stages(&mut self, record: &Record) {
        let config = self.config;
        for line in &record.history {
            let Some(stage) = &line.stage else { continue };
            if config.pipelines_of(&record.record_type).all(|pipeline| pipeline.stage(stage).is_none()) {
                let message = format!("no pipeline of {} has a stage `{stage}` today", record.record_type);
                self.report(Diagnostic::new(codes::HISTORY_STAGE_UNKNOWN, message).at(line.span));
            }
        }
    }

    /// The last line that names a field agrees with the field.
    fn check_history_agrees(&mut self, record: &Record, front: NodeRef<'_>, type_def: &TypeDef) {
        let tracked = type_def.fields.iter().filter(|def| def.tracked).map(|def| def.name.as_str());
        let mut names: Vec<&str> = std::iter::once("stage").chain(ALWAYS_TRACKED).chain(tracked).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let Some((line, said)) = record.history.iter().rev().find_map(|line| Some((line, line.get(name)?))) else {
                continue;
            };
            let field = record.field(name);
            if agrees(field.map(|field| &field.value), said) {
                continue;
            }
            let now = field.map_or_else(String::new, |field| field.value.display().into_owned());
            let message = match (said.is_empty(), now.is_empty()) {
                (true, _) => format!("the history ends with `{name}` removed, but the card says `{now}`"),
                (false, true) => format!("the history ends with {name} `{said}`, but the card has none"),
                (false, false) => format!("the history ends with {name} `{said}`, but the card says `{now}`"),
            };
            let word = if name == "stage" { now.clone() } else { format!("{name}={now}") };
            let span = field.map_or_else(|| front.get("history").map_or(line.span, NodeRef::span), |field| field.span);
            let help = format!("add a history line with the day on which it changed: `- YYYY-MM-DD {word}`");
            let finding = Diagnostic::new(codes::HISTORY_DISAGREES, message).at(span).help(help);
            self.report(finding);
        }
    }
}

/// True if a field's value means the same as a history line says: `1000` is `1000.00`, a day is any time of it.
fn agrees(value: Option<&Value>, said: &str) -> bool {
    match value {
        None => said.is_empty(),
        Some(Value::Money(money)) => parse_amount(said).is_ok_and(|amount| amount == money.amount),
        Some(Value::Number(number)) => parse_amount(said).is_ok_and(|amount| amount == *number),
        Some(Value::When(when)) => When::parse(said).is_ok_and(|day| {
            day.date == when.date && (day.time == when.time || day.time.is_none() || when.time.is_none())
        }),
        Some(Value::List(items)) => {
            let said: Vec<&str> = said.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            said.len() == items.len() && items.iter().zip(said).all(|(item, said)| item.value.display() == said)
        }
        Some(other) => other.display() == said,
    }
}
