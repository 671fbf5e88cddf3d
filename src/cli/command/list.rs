//! `karto list`: the records that a query picks.

use crate::cli::CliError;
use crate::cli::args::{Ask, Format, Limit};
use crate::cli::session::{Session, remarks};
use crate::query::{FieldInfo, Fields, Order};
use crate::report::listing::{ListOptions, listing, totals};
use crate::text::did_you_mean;

/// How `karto list` was asked to show them.
pub(super) struct Options {
    pub(super) columns: Vec<String>,
    pub(super) sort: Vec<String>,
    pub(super) group_by: Option<String>,
}

pub(super) fn run(mut session: Session<'_, '_>, ask: &Ask, limit: Limit, options: &Options) -> Result<u8, CliError> {
    let question = session.ask(&ask.query)?;
    let ctx = session.context(&question.hits);
    let fields = &question.fields;
    let sort = options.sort.join(",");
    let order = match sort.as_str() {
        "" => Order::default(),
        names => Order::parse(names, fields).map_err(|errors| CliError::Query { errors })?,
    };
    let selection = question.bound.select(&ctx);
    let mut records = selection.records;
    order.sort(&ctx, &mut records);
    let named = |name: &String| field(fields, name).cloned();
    let columns = options.columns.iter().map(named).collect::<Result<_, _>>()?;
    let group_by = options.group_by.as_ref().map(named).transpose()?;
    let asked = ListOptions { columns, group_by, limit: limit.limit };
    let whole_records = matches!(ask.format, Format::Json | Format::Jsonl) && options.columns.is_empty();
    let mut report =
        if whole_records { totals(&ctx, fields, &records, &asked) } else { listing(&ctx, fields, &records, &asked) };
    report.remarks.extend(remarks(ctx.catalog, &selection.left_out));
    if whole_records {
        records.truncate(limit.limit.unwrap_or(usize::MAX));
        return super::record_data::write(session, &records, &report, ask.format);
    }
    session.print(&report, ask.format, "No record answers that.")?;
    session.finish()
}

/// A field by its name.
pub(super) fn field<'f>(fields: &'f Fields, name: &str) -> Result<&'f FieldInfo, CliError> {
    fields.get(name).ok_or_else(|| {
        let hint = did_you_mean(&fields.nearest(name)).unwrap_or_else(|| "`karto fields` lists them".to_owned());
        CliError::argument(format!("there is no field `{name}`"), hint)
    })
}
