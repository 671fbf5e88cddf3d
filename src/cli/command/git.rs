//! `karto git`: a workspace shared through git.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use crate::change::{ChangeSet, FileChange};
use crate::cli::CliError;
use crate::cli::error::status;
use crate::cli::session::Session;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{clean, diagnostics};
use crate::text::SourcePath;
use crate::workspace::findings::{Look, brought};
use crate::workspace::git::{self, Program, Setup};
use crate::workspace::init::git_lines;
use crate::workspace::{Snapshot, is_rule};

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
        return say_not_merged(&mut session);
    }
    session.commit(&attributes)?;
    setup.carry_out()?;
    match setup.no_hooks() {
        None => writeln!(
            session.io.out,
            "git merges cards with karto now, and has them looked at after merges and rebases"
        )?,
        Some(place) => {
            let place = clean(&place.display().to_string()).into_owned();
            writeln!(session.io.out, "git merges cards with karto now")?;
            writeln!(session.io.err, "note: core.hooksPath is {place}, so nothing looks at them afterwards")?;
        }
    }
    for (path, _) in attributes.files() {
        writeln!(session.io.out, "added a line to {path}: commit it, so that the others have it too")?;
    }
    say_not_merged(&mut session)
}

/// Warns where a later line of git's attributes says otherwise.
fn say_not_merged(session: &mut Session<'_, '_>) -> Result<u8, CliError> {
    let others = not_merged(session);
    for (path, merge) in &others {
        let how = match merge.as_str() {
            "unset" => "does not merge it at all (-merge)".to_owned(),
            "set" | "unspecified" => "merges it by lines".to_owned(),
            other => format!("merges it by `{other}`"),
        };
        writeln!(session.io.err, "note: of {} git {}", clean(path), clean(&how))?;
    }
    if !others.is_empty() {
        writeln!(
            session.io.err,
            "help: take what says so out of .gitattributes: a later line there holds, as does one in a folder below"
        )?;
    }
    Ok(status::OK)
}

/// A card of each folder in which git would not call the driver, and what it does in its place.
fn not_merged(session: &Session<'_, '_>) -> Vec<(String, String)> {
    let mut of_folder: BTreeMap<&str, &str> = BTreeMap::new();
    for record in session.snapshot.catalog.records() {
        of_folder.entry(record.path.folder()).or_insert(record.path.as_str());
    }
    let paths: Vec<&str> = of_folder.into_values().collect();
    let merges = git::merges_by(session.workspace.root(), &paths);
    let others = paths.into_iter().zip(merges).filter(|(_, merge)| merge != "karto");
    others.map(|(path, merge)| (path.to_owned(), merge)).collect()
}

/// What is wrong with the cards, in short, worst first; nothing where nothing is. With a revision, only what was not wrong
/// in it.
pub(super) fn check(session: Session<'_, '_>, since: Option<&str>) -> Result<u8, CliError> {
    let look = Look { today: session.today, me: None, strict: false };
    let mut findings = look.findings(&session.workspace, &session.snapshot);
    let mut older = 0;
    if let Some(before) = since.and_then(|since| before(&session, since)) {
        let all = findings.len();
        findings = brought(&look.findings(&session.workspace, &before), &findings);
        older = all - findings.len();
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (&a.path, a.span).cmp(&(&b.path, b.span))));
    if findings.is_empty() {
        return Ok(status::OK);
    }
    let options = session.options();
    let workspace = &session.workspace;
    let sources = |path: &SourcePath| workspace.text_of(path);
    let title = if since.is_some() { "karto: together, the cards have this wrong" } else { "karto: what is wrong" };
    writeln!(session.io.out, "{title}")?;
    writeln!(session.io.out)?;
    let shown: &[Diagnostic] = findings.get(..SHOWN.min(findings.len())).unwrap_or(&findings);
    diagnostics::text(shown, &sources, &options, session.io.out)?;
    writeln!(session.io.out, "{}", diagnostics::summary(&findings, session.snapshot.files))?;
    match (findings.len() > shown.len(), older) {
        (false, 0) => {}
        (true, 0) => writeln!(session.io.out, "{} are shown; `karto validate` shows all", shown.len())?,
        (_, older) => writeln!(session.io.out, "{older} more were there before; `karto validate` shows all")?,
    }
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors { status::FINDINGS } else { status::OK })
}

/// The workspace with the cards that it had in a revision; `None` where that is not known, or other rules held then.
fn before(session: &Session<'_, '_>, revision: &str) -> Option<Snapshot> {
    let changed = git::changed_since(session.workspace.root(), revision)?;
    let mut cards = ChangeSet::default();
    for (path, old) in changed {
        if is_rule(&path) {
            return None;
        }
        if session.workspace.would_read(&path) {
            let now = session.workspace.bytes_of(&path).ok();
            cards.add(path, FileChange { before: now, after: old });
        }
    }
    Some(session.workspace.foresee(&session.snapshot, &cards))
}
