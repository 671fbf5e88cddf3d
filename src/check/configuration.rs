//! The configuration beside the records: gates, saved queries.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::query::check_segments;
use crate::text::{did_you_mean, nearest};

/// Every gate asks for a field that there is.
pub(super) fn gate_fields(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for pipeline in check.ctx.config.pipelines.iter().filter(|pipeline| pipeline.span.is_some()) {
        let of_stages = pipeline.stages.iter().flat_map(|stage| &stage.requires);
        for field in pipeline.requires.iter().chain(of_stages) {
            if check.fields.get(&field.value).is_some() || field.value == "history" {
                continue;
            }
            let message = format!("the pipeline `{}` asks for `{}`, which is no field", pipeline.name, field.value);
            let near = check.fields.nearest(&field.value).into_iter().take(1).collect::<Vec<_>>();
            let help = did_you_mean(&near)
                .unwrap_or_else(|| "`karto fields` lists the fields; declare one of your own in `schemas/`".to_owned());
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
        found.push(check.in_config(error.in_config(segment)));
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
        let help = did_you_mean(&nearest(name, segments.keys().map(String::as_str), 1))
            .unwrap_or_else(|| "add it under `segments:` in karto.yaml".to_owned());
        let finding = Diagnostic::new(codes::SEGMENT_UNKNOWN, message).at(field.span).help(help);
        found.push(finding.in_file(&campaign.path));
    }
}
