//! `karto funnel`: how many records stand in each stage, and what they are worth.

use chrono::NaiveDate;

use crate::catalog::RecordIndex;
use crate::cli::CliError;
use crate::cli::args::Ask;
use crate::cli::session::{Session, remarks};
use crate::query::dates;
use crate::report::funnel::{FunnelOptions, funnel};
use crate::text::{did_you_mean, nearest};

/// What `karto funnel` was asked to cover.
pub(super) struct Options {
    pub(super) record_type: Option<String>,
    pub(super) pipeline: Option<String>,
    pub(super) by: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

pub(super) fn run(mut session: Session<'_, '_>, ask: &Ask, options: &Options) -> Result<u8, CliError> {
    let record_type = record_type(options, &session)?;
    let from = options.from.as_deref().map(|text| day(text, session.today, false)).transpose()?;
    let to = options.to.as_deref().map(|text| day(text, session.today, true)).transpose()?;
    let question = session.ask(&ask.query)?;
    let ctx = session.context(&question.hits);
    let group = options.by.as_deref().map(|name| super::list::field(&question.fields, name)).transpose()?;
    let by = |record: RecordIndex| {
        let value = group.as_ref()?.value(&ctx, record)?;
        Some(value.display().into_owned())
    };
    let asked = FunnelOptions {
        record_type: &record_type,
        pipeline: options.pipeline.as_deref(),
        by: group.is_some().then_some(&by),
        from,
        to,
    };
    let mut selection = question.bound.select(&ctx);
    let mut report = funnel(&ctx, &|record| selection.contains(record), &asked);
    // A question about amounts leaves others out, too; here they would not have been counted anyhow.
    selection.left_out.retain(|left| *ctx.catalog.record(left.record).record_type == *record_type);
    report.remarks.extend(remarks(ctx.catalog, &selection.left_out));
    session.print(&report, ask.format, "The funnel is empty.")?;
    session.finish()
}

/// The type that is counted: what was asked for, the pipeline's, or opportunities; both must exist.
fn record_type(options: &Options, session: &Session<'_, '_>) -> Result<String, CliError> {
    let config = session.workspace.config();
    let unknown = |message: String, name: &str, known: Vec<&str>| {
        let near = nearest(name, known.iter().copied(), 1);
        let hint = did_you_mean(&near).unwrap_or_else(|| format!("there are {}", known.join(", ")));
        CliError::argument(message, hint)
    };
    let named = match &options.pipeline {
        Some(name) => {
            let fits = |p: &&crate::model::Pipeline| {
                p.name == *name && options.record_type.as_ref().is_none_or(|wanted| *wanted == p.record_type)
            };
            let known = || config.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
            let pipeline = config
                .pipelines
                .iter()
                .find(fits)
                .ok_or_else(|| unknown(format!("there is no pipeline `{name}`"), name, known()))?;
            Some(pipeline.record_type.clone())
        }
        None => options.record_type.clone(),
    };
    let Some(name) = named else { return Ok("opportunity".to_owned()) };
    if config.pipelines_of(&name).next().is_none() {
        let mut known: Vec<&str> = config.pipelines.iter().map(|pipeline| pipeline.record_type.as_str()).collect();
        known.dedup();
        return Err(unknown(format!("no type `{name}` has stages"), &name, known));
    }
    Ok(name)
}

/// A day on the command line: the first, or the last, of what the words cover.
fn day(text: &str, today: NaiveDate, last: bool) -> Result<NaiveDate, CliError> {
    let days = dates::Days::parse(text, today)
        .map_err(|error| CliError::argument(error.to_string(), "write 2026-11-23, 2026-11, -30d, last-month …"))?;
    Ok(if last { days.last } else { days.first })
}
