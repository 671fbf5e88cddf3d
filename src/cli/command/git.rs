//! `karto git`: a workspace shared through git.

use std::ffi::OsStr;

use crate::check::{self, CheckOptions};
use crate::cli::CliError;
use crate::cli::error::status;
use crate::cli::session::Session;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{clean, diagnostics};
use crate::query::Hits;
use crate::text::SourcePath;
use crate::workspace::git::{Program, Setup};
use crate::workspace::init::git_lines;

/// How many findings are shown after a merge.
const SHOWN: usize = 10;

/// Tells git of the merge driver and the hooks.
pub(super) fn setup(mut session: Session<'_, '_>) -> Result<u8, CliError> {
    let path = std::env::current_exe()?;
    let program = Program::new(&path, session.io.environment.get(OsStr::new("PATH")))?;
    let setup = Setup::new(session.workspace.root(), &program)?;
    let attributes = git_lines(session.workspace.root())?;
    if setup.is_done() && attributes.is_empty() {
        writeln!(session.io.out, "git knows it already, nothing was changed")?;
        return Ok(status::OK);
    }
    session.commit(&attributes)?;
    setup.carry_out()?;
    writeln!(session.io.out, "git merges cards with karto now: {}", clean(setup.driver()))?;
    for hook in setup.hooks() {
        writeln!(session.io.out, "and has them looked at: {}", clean(&hook.display().to_string()))?;
    }
    for (path, _) in attributes.files() {
        writeln!(session.io.out, "added a line to {path}: commit it, so that the others have it too")?;
    }
    Ok(status::OK)
}

/// What is wrong with the cards now, in short; nothing where nothing is.
pub(super) fn check(session: Session<'_, '_>) -> Result<u8, CliError> {
    let hits = Hits::default();
    let mut findings = session.snapshot.findings.clone();
    findings.extend(check::check(&session.context(&hits), CheckOptions::default()));
    findings.retain(|finding| finding.severity > Severity::Note);
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (&a.path, a.span).cmp(&(&b.path, b.span))));
    if findings.is_empty() {
        return Ok(status::OK);
    }
    let options = session.options();
    let workspace = &session.workspace;
    let sources = |path: &SourcePath| workspace.text_of(path);
    writeln!(session.io.out, "karto: the cards were looked at after the merge")?;
    writeln!(session.io.out)?;
    let shown: &[Diagnostic] = findings.get(..SHOWN.min(findings.len())).unwrap_or(&findings);
    diagnostics::text(shown, &sources, &options, session.io.out)?;
    writeln!(session.io.out, "{}", diagnostics::summary(&findings, session.snapshot.files))?;
    if findings.len() > shown.len() {
        writeln!(session.io.out, "{} are shown; `karto validate` shows all", shown.len())?;
    }
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors { status::FINDINGS } else { status::OK })
}
