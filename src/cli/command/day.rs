//! `karto` alone: good morning, what is due for me, and the funnel in brief.

use std::io::Write;

use chrono::Timelike;

use crate::cli::CliError;
use crate::cli::identity;
use crate::cli::session::Session;
use crate::output::{Style, clean, paint, table};
use crate::query::Hits;
use crate::report::brief::brief;

pub(super) fn run(mut session: Session<'_, '_>) -> Result<u8, CliError> {
    session.me = identity::me(&session.workspace, session.io)?;
    let options = session.options();
    let hits = Hits::default();
    let ctx = session.context(&hits);
    let mut text = Vec::new();
    writeln!(text, "{}\n", paint(&clean(&greeting(&session)), Style::Strong, options.color))?;
    let day = brief(&ctx);
    table::write(&day.due, "Nothing is due: nobody waits for you.", &options, &mut text)?;
    writeln!(text)?;
    table::write(&day.funnel, "The funnel is empty.", &options, &mut text)?;
    session.timings.lap("answer");
    session.page(&text)?;
    session.finish()
}

/// `Good morning, Anna. It is Monday, 23 November 2026.`
fn greeting(session: &Session<'_, '_>) -> String {
    let hour = match session.workspace.config().timezone {
        Some(zone) => session.io.now.with_timezone(&zone).hour(),
        None => session.io.now.with_timezone(&chrono::Local).hour(),
    };
    let wish = match hour {
        // A day that was given is no time of day.
        _ if session.global.today.is_some() => "Hello",
        4..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    let person = session.me.as_deref().and_then(|me| session.workspace.config().person(me));
    let name = person.map_or(session.me.as_deref(), |person| person.name.split_whitespace().next());
    let day = session.today.format("%A, %-d %B %Y");
    match name {
        Some(name) => format!("{wish}, {name}. It is {day}."),
        None => format!("{wish}. It is {day}."),
    }
}
