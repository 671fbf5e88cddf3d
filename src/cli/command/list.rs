//! `karto list`: the records that a query picks.

use crate::cli::CliError;
use crate::cli::args::{Ask, Format, Limit};
use crate::cli::session::Session;
use crate::output::table;
use crate::query::{FieldInfo, Fields, Order};
use crate::report::listing::{ListOptions, listing};

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
    let mut report = listing(&ctx, fields, &records, &asked);
    report.remarks.extend(question.remarks(&ctx, &selection.left_out));
    if matches!(ask.format, Format::Json | Format::Jsonl) && options.columns.is_empty() {
        records.truncate(limit.limit.unwrap_or(usize::MAX));
        table::notes(&report, &session.err_options(), session.io.err)?;
        return super::record_data::write(session, &records, ask.format);
    }
    session.print(&report, ask.format, "No record answers that.")?;
    session.finish()
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
