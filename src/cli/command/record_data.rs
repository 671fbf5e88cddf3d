//! Records as data: with every field that their type declares.

use crate::catalog::RecordIndex;
use crate::cli::CliError;
use crate::cli::args::Format;
use crate::cli::session::Session;
use crate::model::Record;
use crate::output::{data, table};
use crate::report::Report;

/// Writes records as JSON, each with the fields declared for its type, nulls included; and the totals of their list to
/// standard error.
pub(super) fn write(
    mut session: Session<'_, '_>,
    records: &[RecordIndex],
    totals: &Report,
    format: Format,
) -> Result<u8, CliError> {
    session.timings.lap("answer");
    let config = session.workspace.config();
    let catalog = &session.snapshot.catalog;
    let names = |record: &Record| -> Vec<&str> {
        config
            .schemas
            .get(&record.record_type)
            .map_or_else(Vec::new, |known| known.fields.iter().map(|f| f.name.as_str()).collect())
    };
    let item = |index: &RecordIndex| {
        let record = catalog.record(*index);
        data::record_to_json(record, &names(record))
    };
    let items = records.iter().map(item);
    if format == Format::Jsonl {
        data::jsonl_items(items, session.io.out)?;
    } else {
        data::json_items(totals.kind, items, true, session.io.out)?;
    }
    table::notes(totals, &session.err_options(), session.io.err)?;
    session.timings.lap("output");
    session.finish()
}
