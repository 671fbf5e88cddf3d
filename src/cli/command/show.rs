//! `karto show`: one card with all that belongs to it.

use crate::catalog::FindError;
use crate::cli::CliError;
use crate::cli::args::{Format, Limit};
use crate::cli::session::Session;
use crate::output;
use crate::query::Hits;
use crate::report::card::card;

pub(super) fn run(mut session: Session<'_, '_>, id: &str, format: Format, limit: Limit) -> Result<u8, CliError> {
    let hits = Hits::default();
    let ctx = session.context(&hits);
    let record = ctx.catalog.find(id)?;
    let unknown = || FindError::Unknown { id: id.to_owned(), nearest: Vec::new() };
    let index = ctx.catalog.index(record).ok_or_else(unknown)?;
    let mut view = card(&ctx, index);
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
