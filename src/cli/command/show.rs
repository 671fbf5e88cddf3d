//! `karto show`: one card with all that belongs to it.

use crate::cli::CliError;
use crate::cli::args::{Format, Limit};
use crate::cli::session::Session;
use crate::output;
use crate::query::Hits;
use crate::report::card::card;

pub(super) fn run(mut session: Session<'_, '_>, id: &str, format: Format, limit: Limit) -> Result<u8, CliError> {
    let record = match session.snapshot.catalog.find(id) {
        Ok(record) => record,
        Err(error) => {
            // Perhaps it is there, but can't be read.
            session.report_left_out()?;
            return Err(error.into());
        }
    };
    let hits = Hits::default();
    let mut view = card(&session.context(&hits), record);
    view.timeline.truncate(limit.limit.unwrap_or(usize::MAX));
    session.timings.lap("answer");
    match format {
        Format::Table => {
            let mut text = Vec::new();
            output::card(&view, &session.options(), &mut text)?;
            session.page(&text)?;
        }
        Format::Json => output::card_json(&view, false, session.io.out)?,
        Format::Jsonl => output::card_json(&view, true, session.io.out)?,
        Format::Csv => {
            let hint = "use --format json, or `karto list` for a table of several records";
            return Err(CliError::argument("a card is no table, so it can't be written as CSV", hint));
        }
    }
    session.finish()
}
