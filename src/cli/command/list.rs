//! `karto list`: the records that a query picks.

use crate::catalog::RecordIndex;
use crate::cli::CliError;
use crate::cli::args::{Ask, Format};
use crate::cli::session::Session;
use crate::query::{Context, FieldInfo, Fields, Order};
use crate::report::listing::{ListingOptions, default_columns, listing};

/// How `karto list` was asked to show them.
pub(super) struct Options {
    pub(super) columns: Vec<String>,
    pub(super) sort: Vec<String>,
    pub(super) group_by: Option<String>,
}

pub(super) fn run(mut session: Session<'_, '_>, ask: &Ask, options: &Options) -> Result<u8, CliError> {
    let question = session.ask(&ask.query)?;
    let ctx = session.context(&question.hits);
    let fields = &question.fields;
    let group_by = options.group_by.as_deref().map(|name| field(fields, name)).transpose()?;
    let sort: Vec<&str> = options.group_by.iter().chain(&options.sort).map(String::as_str).collect();
    let sort = sort.join(",");
    let order = match sort.as_str() {
        "" => Order::default(),
        names => Order::parse(names, fields).map_err(|errors| CliError::Query { errors })?,
    };
    let selection = question.bound.select(&ctx);
    let mut records = selection.records;
    order.sort(&ctx, &mut records);
    if matches!(ask.format, Format::Json | Format::Jsonl) && options.columns.is_empty() {
        records.truncate(ask.limit.unwrap_or(usize::MAX));
        return super::record_data::write(session, &records, ask.format);
    }
    let columns = columns(options, fields, &ctx, &records)?;
    let mut report = listing(&ctx, &records, &ListingOptions { columns, group_by });
    report.limit(ask.limit);
    report.remarks.extend(question.remarks(&ctx, &selection.left_out));
    session.print(&report, ask.format, "No record answers that.")?;
    session.finish()
}

/// The columns that were asked for, else those that say most about records of the one type that is listed.
fn columns<'f>(
    options: &Options,
    fields: &'f Fields,
    ctx: &Context<'_>,
    records: &[RecordIndex],
) -> Result<Vec<&'f FieldInfo>, CliError> {
    if !options.columns.is_empty() {
        return options.columns.iter().map(|name| field(fields, name)).collect();
    }
    let mut types: Vec<&str> = records.iter().map(|record| &*ctx.catalog.record(*record).record_type).collect();
    types.dedup();
    let only = match types.as_slice() {
        [first, rest @ ..] => rest.iter().all(|other| other == first).then_some(*first),
        [] => None,
    };
    Ok(default_columns(only).iter().filter_map(|name| fields.get(name)).collect())
}

/// A field by its name.
pub(super) fn field<'f>(fields: &'f Fields, name: &str) -> Result<&'f FieldInfo, CliError> {
    fields.get(name).ok_or_else(|| {
        let near = fields.nearest(name);
        let hint = match near.as_slice() {
            [] => "`karto fields` lists them".to_owned(),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        CliError::argument(format!("there is no field `{name}`"), hint)
    })
}
