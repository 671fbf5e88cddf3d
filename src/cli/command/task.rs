//! `karto task`: something to be done, written down.

use crate::change::{self, NewTask};
use crate::cli::args::{TaskPriority, Write};
use crate::cli::permission;
use crate::cli::session::Session;
use crate::cli::words::Breaks;
use crate::cli::{CliError, ahead, follow_up, identity, targets};
use crate::text::body::Priority;

use super::log::{minutes, wrong};

/// What the call says of the task beside its words.
pub(super) struct Options {
    pub(super) due: Option<String>,
    pub(super) on: Option<String>,
    pub(super) est: Option<String>,
    pub(super) rec: Option<String>,
    pub(super) person: Option<String>,
    pub(super) as_kind: Option<String>,
    pub(super) priority: Option<TaskPriority>,
    /// The day of the next contact, and what to do then.
    pub(super) next: Vec<String>,
}

pub(super) fn run(
    mut session: Session<'_, '_>,
    mut words: Vec<String>,
    mut breaks: Breaks,
    mut options: Options,
    write: &Write,
) -> Result<u8, CliError> {
    breaks.claim_time("due", &mut options.due, &mut words);
    breaks.claim_time("on", &mut options.on, &mut words);
    breaks.complete(&mut words);
    let (ids, rest) = targets::split(&words, write, |_, _| false);
    breaks.check_text(&words, words.len() - rest.len())?;
    let mut new = NewTask {
        text: rest.join(" "),
        due: options.due.map(|day| session.day_ahead(&day)).transpose()?,
        on: options.on.map(|day| session.day_ahead(&day)).transpose()?,
        minutes: options.est.as_deref().map(minutes).transpose()?,
        every: options.rec,
        person: options.person.map(|named| identity::person(&named, &session.workspace, session.io)).transpose()?,
        as_kind: options.as_kind,
        priority: options.priority.map(|priority| match priority {
            TaskPriority::A => Priority::A,
            TaskPriority::B => Priority::B,
            TaskPriority::C => Priority::C,
        }),
    };
    if let Some(kind) = &new.as_kind {
        change::kind(kind, session.workspace.config()).map_err(wrong)?;
    }
    let records = targets::find(&mut session, &ids, write)?;
    if new.text.trim().is_empty() && session.io.can_ask() {
        new.text = session.io.ask("What is to be done:")?.unwrap_or_default();
    }
    if new.text.trim().is_empty() {
        let hint = "say what is to be done: karto task acme \"Send the offer\" --due friday";
        return Err(CliError::argument("the task has no text", hint));
    }
    // The text may say `@me`.
    permission::author(&mut session)?;
    let next = ahead::next_contact(&session, &options.next)?;
    follow_up::propose(session, &records, write, next.map(|(day, step)| (day, Some(step))), &mut |draft, ctx| {
        change::task(draft, &new, ctx)
    })
}
