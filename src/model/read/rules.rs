//! Rules over one record as a whole: its pipeline, its stage, its history.

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::model::schema::TypeDef;
use crate::model::{HistoryGap, HistoryLine, Pipeline, Record, Value, codes, parse_amount};
use crate::text::yaml::{self, FieldPath};
use crate::text::{Document, Edit, Span, When, did_you_mean, nearest};

impl Reader<'_> {
    pub(super) fn check_rules(&mut self, record: &Record) {
        let config = self.config;
        match config.pipeline_for(record) {
            Some(pipeline) => {
                self.check_stage(record, pipeline);
                self.check_history_stages(record);
            }
            None => self.check_pipeline(record),
        }
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
        let message = format!("the pipeline `{}` has no stage `{named}`", pipeline.name);
        let finding = Diagnostic::new(codes::STAGE_UNKNOWN, message).at(field.span);
        self.report(match (by_label, did_you_mean(&nearest(&named, known(), 1))) {
            (Some(stage), _) => {
                // Called by its label, which leaves one reading.
                let title = format!("write `{}`", stage.id);
                finding.help(title.clone()).fix(title, vec![Edit::replace(field.span, stage.id.clone())])
            }
            (None, Some(help)) => finding.help(help),
            (None, None) => finding.help(format!("its stages are {}", known().collect::<Vec<_>>().join(", "))),
        });
    }

    /// A stage of the past may be of any pipeline that the type has: records change pipelines too.
    fn check_history_stages(&mut self, record: &Record) {
        let config = self.config;
        for line in &record.history {
            let Some(stage) = &line.stage else { continue };
            if config.pipelines_of(&record.record_type).all(|pipeline| pipeline.stage(stage).is_none()) {
                let message = format!("no pipeline of {} has a stage `{stage}` today", record.record_type);
                let finding = Diagnostic::new(codes::HISTORY_STAGE_UNKNOWN, message).at(line.span);
                let known = config.pipelines_of(&record.record_type).flat_map(|pipeline| &pipeline.stages);
                let near = nearest(stage, known.map(|stage| stage.id.as_str()), 1);
                self.report(match did_you_mean(&near) {
                    Some(help) => finding.help(format!("{help} If it was called so then, leave it")),
                    None => finding.help("leave it if the stage was called so then"),
                });
            }
        }
    }
}

/// The fields that disagree with the last history line that names them.
pub(super) fn history_gaps(record: &Record, document: &Document, type_def: &TypeDef) -> Vec<HistoryGap> {
    if record.history.is_empty() {
        return Vec::new();
    }
    type_def.tracked().into_iter().filter_map(|name| history_gap(record, document, name)).collect()
}

fn history_gap(record: &Record, document: &Document, name: &str) -> Option<HistoryGap> {
    let (line, said) = record.history.iter().rev().find_map(|line| Some((line, line.get(name)?)))?;
    let field = record.field(name);
    if agrees(field.map(|field| &field.value), said) {
        return None;
    }
    let now = field.map_or_else(String::new, |field| field.value.in_history());
    let is_stage = name == "stage";
    if is_stage && now.is_empty() {
        // That the stage is missing has been said.
        return None;
    }
    let new = HistoryLine {
        at: When::default(),
        stage: is_stage.then(|| now.clone()),
        changes: if is_stage { Vec::new() } else { vec![(name.to_owned(), now.clone())] },
        person: None,
        span: Span::default(),
    };
    let undated = new.write().replacen(&new.at.to_string(), HistoryGap::DAY, 1);
    let edits = document.append(&FieldPath::field("history"), &yaml::Value::Text(undated)).unwrap_or_default();
    Some(HistoryGap {
        field: name.to_owned(),
        said: said.to_owned(),
        span: field.map_or(line.span, |field| field.span),
        edits,
        now,
    })
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
