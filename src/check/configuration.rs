//! The configuration beside the records: gates, saved queries.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::Spanned;
use crate::query::check_segments;
use crate::query::codes::SEGMENT_INVALID;
use crate::text::{Span, nearest};

/// Every gate asks for a field that there is.
pub(super) fn gate_fields(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for pipeline in check.ctx.config.pipelines.iter().filter(|pipeline| pipeline.span.is_some()) {
        let of_stages = pipeline.stages.iter().flat_map(|stage| &stage.requires);
        for field in pipeline.requires.iter().chain(of_stages) {
            if check.fields.get(&field.value).is_some() || field.value == "history" {
                continue;
            }
            let message = format!("the pipeline `{}` asks for `{}`, which is no field", pipeline.name, field.value);
            let help = match check.fields.nearest(&field.value).first() {
                Some(near) => format!("did you mean {near}?"),
                None => "`karto fields` lists the fields; declare one of your own in `schemas/`".to_owned(),
            };
            found.push(check.in_config(Diagnostic::new(codes::GATE_FIELD_UNKNOWN, message).at(field.span).help(help)));
        }
    }
}

/// Every saved query can be understood.
pub(super) fn segments(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for error in check_segments(&check.fields, &check.ctx) {
        let Some(segment) = error.segment.as_ref().and_then(|name| check.ctx.config.segments.get(name)) else {
            continue;
        };
        let message = format!("segment `{}`: {}", error.segment.as_deref().unwrap_or_default(), error.problem);
        let finding = Diagnostic::new(SEGMENT_INVALID, message).at(place_in(segment, error.span));
        let finding = match error.help() {
            Some(help) => finding.help(help),
            None => finding,
        };
        found.push(check.in_config(finding));
    }
}

/// A place of a segment's text in `karto.yaml`: exact where it is written as it is meant, perhaps between quotes.
fn place_in(segment: &Spanned<String>, within: Span) -> Span {
    let quotes = segment.span.len().saturating_sub(segment.value.len());
    match quotes {
        0 | 2 => within.shifted(segment.span.start() + quotes / 2),
        _ => segment.span,
    }
}

/// Every campaign's segment is there.
pub(super) fn campaign_segments(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let segments = &check.ctx.config.segments;
    for campaign in check.ctx.catalog.of_type("campaign") {
        let Some((field, named)) = campaign.field("segment").zip(campaign.text("segment")) else { continue };
        let name = named.strip_prefix("seg:").unwrap_or(named);
        if segments.contains_key(name) {
            continue;
        }
        let message = format!("karto.yaml has no segment `{named}`");
        let help = match nearest(name, segments.keys().map(String::as_str), 1).first() {
            Some(near) => format!("did you mean {near}?"),
            None => "add it under `segments:` in karto.yaml".to_owned(),
        };
        let finding = Diagnostic::new(codes::SEGMENT_UNKNOWN, message).at(field.span).help(help);
        found.push(finding.in_file(&campaign.path));
    }
}
