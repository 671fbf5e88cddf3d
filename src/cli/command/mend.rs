//! `karto validate --fix`: what has one safe answer is mended, in all files together; then comes what is left.

use crate::cli::permission;
use std::path::PathBuf;

use super::validate::{self, Chosen, Options};
use crate::cli::CliError;
use crate::cli::args::FindingFormat;
use crate::cli::mending::{Mended, Mending, Outcome};
use crate::cli::session::Session;
use crate::diagnostic::Diagnostic;
use crate::output::{self, Style, clean, diagnostics, paint};
use crate::text::SourcePath;
use crate::workspace::Workspace;

pub(super) fn run(mut session: Session<'_, '_>, paths: &[PathBuf], options: &Options) -> Result<u8, CliError> {
    permission::check_format(&session)?;
    let mut chosen = Chosen::new(&session, paths)?;
    let author = if options.history { Some(permission::author(&mut session)?) } else { None };
    let is_chosen = |path: &SourcePath| chosen.covers(path);
    let (held_back, outcome) = {
        let look = validate::look(&session, options);
        let findings = look.findings(&session.workspace, &session.snapshot);
        let mut mending = Mending::new(&session.workspace, &session.snapshot, look, findings, &is_chosen);
        mending.mend();
        if let Some(author) = &author {
            mending.catch_up(author);
        }
        (mending.has_broken_rules(), mending.into_outcome())
    };
    session.timings.lap("mend");
    say_left(&mut session, &outcome, held_back)?;
    if outcome.done.iter().any(|done| done.tells_history) {
        permission::say_nobody(&mut session)?;
    }
    let Outcome { changes, done, findings, workspace, snapshot, .. } = outcome;
    let renamed = done.iter().filter_map(|mended| mended.renamed.as_ref());
    renamed.for_each(|path| chosen.also(path));
    let findings = chosen.of(findings);
    let verdict = validate::verdict(&findings, options.strict);
    if options.dry_run {
        output::diff(&changes, &session.options(), session.io.out)?;
    } else {
        session.commit(&changes)?;
    }
    // From here on everything is seen as it is, or would be, afterwards.
    session.workspace = workspace.unwrap_or(session.workspace);
    session.snapshot = snapshot.unwrap_or(session.snapshot);
    let files = chosen.count(&session, &findings);
    let report = report(&mut session, &done, &findings, files, options);
    match options.dry_run || changes.is_empty() {
        true => report?,
        false => session.io.told(report),
    }
    if session.global.timings {
        session.timings.lap("write");
        session.timings.print(session.io.err)?;
    }
    Ok(verdict)
}

/// What was mended, and what is left.
fn report(
    session: &mut Session<'_, '_>,
    done: &[Mended],
    findings: &[Diagnostic],
    files: usize,
    how: &Options,
) -> Result<(), CliError> {
    let summary = diagnostics::summary(findings, files);
    say_done(session, done, how)?;
    if how.dry_run {
        writeln!(session.io.err, "would be left: {summary}")?;
    } else {
        let source = |workspace: &Workspace, path: &SourcePath| workspace.text_of(path);
        validate::write(session, findings, &source, &summary, how)?;
    }
    Ok(session.io.out.flush()?)
}

/// What was mended, file by file: with the findings where these are text for people, else beside them.
fn say_done(session: &mut Session<'_, '_>, done: &[Mended], how: &Options) -> Result<(), CliError> {
    if done.is_empty() {
        return Ok(());
    }
    let with_findings = how.format == FindingFormat::Text && !how.dry_run;
    let color = if with_findings { session.options().color } else { session.err_options().color };
    let out = if with_findings { &mut *session.io.out } else { &mut *session.io.err };
    let mark = if how.dry_run { "would mend:" } else { "mended:" };
    for Mended { path, line, title, .. } in done {
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        let place = clean(path.as_str());
        writeln!(out, "{} {place}{line}: {}", paint(mark, Style::Good, color), clean(title))?;
    }
    if with_findings {
        writeln!(out)?;
    }
    Ok(())
}

/// What could have been mended and was not, with the reason.
fn say_left(session: &mut Session<'_, '_>, outcome: &Outcome, held_back: bool) -> Result<(), CliError> {
    let color = session.err_options().color;
    let note = paint("note:", Style::Urgent, color);
    for (finding, why) in &outcome.left {
        let place = finding.path.as_ref().map_or("workspace", SourcePath::as_str);
        writeln!(session.io.err, "{note} {} is left [{}]: {}", clean(place), finding.code, clean(why))?;
    }
    if held_back {
        writeln!(
            session.io.err,
            "{note} the cards are left as they are until karto.yaml and the schemas are in order"
        )?;
    }
    Ok(())
}
