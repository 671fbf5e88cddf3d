//! Whether anything may be written here, and in whose name.

use super::session::Session;
use super::{CliError, identity};
use crate::change::Author;
use crate::diagnostic::Severity;
use crate::model::codes::FORMAT_NEWER;
use crate::text::SourcePath;

/// Where something is written that should bear a name, and nobody knows whose: how to say so.
pub(super) fn say_nobody(session: &mut Session<'_, '_>) -> Result<(), CliError> {
    let nobody = CliError::Nobody;
    if session.me.is_none() {
        let hint = nobody.hint().unwrap_or_default();
        writeln!(session.io.err, "note: nobody knows who you are, so no name is written; {hint}")?;
    }
    Ok(())
}

/// Karto's own rules must be readable before anything is written under them.
///
/// # Errors
/// [`CliError::Argument`] if they are not, or if they are those of a newer version.
pub(super) fn check_rules(session: &Session<'_, '_>) -> Result<(), CliError> {
    check_format(session)?;
    let findings = session.workspace.findings();
    match findings.iter().find(|finding| finding.severity == Severity::Error) {
        Some(broken) => {
            let place = broken.path.as_ref().map_or("karto.yaml", SourcePath::as_str);
            let hint = "mend it first (`karto validate` shows how): nothing is written under rules that can't be read";
            Err(CliError::argument(format!("{place}: {}", broken.message), hint))
        }
        None => Ok(()),
    }
}

/// Nothing is written in a format that a later version may understand otherwise.
///
/// # Errors
/// [`CliError::Argument`] if the workspace has a newer one.
pub(super) fn check_format(session: &Session<'_, '_>) -> Result<(), CliError> {
    let newer = session.workspace.findings().iter().find(|finding| finding.code == FORMAT_NEWER);
    newer.map_or(Ok(()), |newer| {
        let hint = "nothing is written in a format that is newer: update karto";
        Err(CliError::argument(newer.message.clone(), hint))
    })
}

/// Who makes the change, and when: the present minute, unless the call says another day. Without a person no name is
/// written; [`Proposal::conclude`] says so where one would have been.
///
/// # Errors
/// [`CliError`] if `KARTO_USER` names nobody.
pub(super) fn author(session: &mut Session<'_, '_>) -> Result<Author, CliError> {
    session.me = identity::me(&session.workspace, session.io)?;
    Ok(Author { person: session.me.clone(), at: session.now() })
}
