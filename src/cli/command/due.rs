//! `karto due`: whom to contact and what to do.

use crate::cli::CliError;
use crate::cli::args::{Ask, Limit};
use crate::cli::identity;
use crate::cli::session::{Session, remarks};
use crate::model::Period;
use crate::report::agenda::{AgendaOptions, agenda};

pub(super) fn run(
    mut session: Session<'_, '_>,
    ask: &Ask,
    limit: Limit,
    person: Option<&str>,
    within: &str,
) -> Result<u8, CliError> {
    let within_days = days(within, &session)?;
    let person = person.map(|named| identity::person(named, &session.workspace, session.io)).transpose()?;
    let question = session.ask(&ask.query)?;
    let ctx = session.context(&question.hits);
    let notes = ask.query.iter().all(|word| word.trim().is_empty());
    let options = AgendaOptions { within_days, notes, person: person.as_deref() };
    let selection = question.bound.select(&ctx);
    let mut report = agenda(&ctx, &|record| selection.contains(record), &options);
    report.limit(limit.limit);
    report.remarks.extend(remarks(ctx.catalog, &selection.left_out));
    session.print(&report, ask.format, "Nothing is due: nobody waits for you.")?;
    session.finish()
}

/// The length of a period from today on, in days.
fn days(period: &str, session: &Session<'_, '_>) -> Result<u32, CliError> {
    let parsed = Period::parse(period).or_else(|| period.parse().ok().map(Period::Days));
    let Some(parsed) = parsed else {
        return Err(CliError::argument(format!("`{period}` is not a period"), "write 7d, 2w, 3m or 1y"));
    };
    let days = parsed.after(session.today).signed_duration_since(session.today).num_days();
    Ok(u32::try_from(days).unwrap_or(u32::MAX))
}
