//! `karto validate`: every finding of every file.

use crate::cli::permission;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::change;
use crate::cli::CliError;
use crate::cli::args::{FindingFormat, Limit};
use crate::cli::error::status;
use crate::cli::session::Session;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{clean, diagnostics};
use crate::text::SourcePath;
use crate::workspace::findings::Look;
use crate::workspace::{Workspace, is_rule};

/// How findings are made and shown.
pub(super) struct Options {
    pub(super) strict: bool,
    pub(super) history: bool,
    pub(super) dry_run: bool,
    pub(super) format: FindingFormat,
    pub(super) limit: Limit,
}

pub(super) fn run(mut session: Session<'_, '_>, paths: &[PathBuf], options: &Options) -> Result<u8, CliError> {
    let chosen = Chosen::new(&session, paths)?;
    let all = look(&session, options).findings(&session.workspace, &session.snapshot);
    session.timings.lap("check");
    let findings = chosen.of(all);
    let verdict = verdict(&findings, options.strict);
    let files = chosen.count(&session, &findings);
    let source = |workspace: &Workspace, path: &SourcePath| workspace.text_of(path);
    let mut summary = diagnostics::summary(&findings, files);
    if permission::check_format(&session).is_ok() {
        summary.push_str(&mendable(&findings));
    }
    write(&mut session, &findings, &source, &summary, options)?;
    if session.global.timings {
        session.timings.lap("output");
        session.timings.print(session.io.err)?;
    }
    // The process is about to end: to free all cards one by one would only take time.
    std::mem::forget(session.snapshot);
    Ok(verdict)
}

/// How this call looks at the cards.
pub(super) fn look<'s>(session: &'s Session<'_, '_>, options: &Options) -> Look<'s> {
    Look { today: session.today, me: session.me.as_deref(), strict: options.strict }
}

/// How many of the findings can be mended in one way only. Whether something speaks against it shows when it is tried.
fn mendable(findings: &[Diagnostic]) -> String {
    match (change::mendable(findings), findings.len()) {
        (0, _) => String::new(),
        (1, 1) => "; it has a certain mend: karto validate --fix".to_owned(),
        (some, all) if some == all => "; all have a certain mend: karto validate --fix".to_owned(),
        (1, _) => "; 1 has a certain mend: karto validate --fix".to_owned(),
        (some, _) => format!("; {some} have a certain mend: karto validate --fix"),
    }
}

/// The exit status that findings call for.
pub(super) fn verdict(findings: &[Diagnostic], strict: bool) -> u8 {
    let broken = |finding: &&Diagnostic| {
        finding.code == crate::workspace::codes::FILE_UNREADABLE
            || finding.severity == Severity::Error && finding.path.as_ref().is_some_and(is_rule)
    };
    let bar = if strict { Severity::Warning } else { Severity::Error };
    if findings.iter().any(|finding| broken(&finding)) {
        status::TROUBLE
    } else if findings.iter().any(|finding| finding.severity >= bar) {
        status::FINDINGS
    } else {
        status::OK
    }
}

/// Writes the findings, in text with the summary below; `source` gives the texts that they are about.
pub(super) fn write(
    session: &mut Session<'_, '_>,
    all: &[Diagnostic],
    source: &dyn Fn(&Workspace, &SourcePath) -> Option<String>,
    summary: &str,
    how: &Options,
) -> Result<(), CliError> {
    let findings = all.get(..how.limit.limit.unwrap_or(all.len()).min(all.len())).unwrap_or(all);
    let options = session.options();
    let workspace = &session.workspace;
    let sources = |path: &SourcePath| source(workspace, path);
    let mut text = Vec::new();
    match how.format {
        FindingFormat::Text => {
            diagnostics::text(findings, &sources, &options, &mut text)?;
            text.extend(summary.as_bytes());
            text.push(b'\n');
            if findings.len() < all.len() {
                text.extend(format!("{} of {} are shown\n", findings.len(), all.len()).as_bytes());
            }
            text.extend(foreign(session).as_bytes());
            session.page(&text)?;
            return Ok(());
        }
        FindingFormat::Json => diagnostics::json(findings, &sources, true, &mut text)?,
        FindingFormat::Jsonl => diagnostics::jsonl(findings, &sources, &mut text)?,
        FindingFormat::Github => diagnostics::github(findings, &sources, &mut text)?,
        FindingFormat::Sarif => diagnostics::sarif(findings, &sources, &mut text)?,
    }
    session.io.out.write_all(&text)?;
    Ok(())
}

/// A line that counts the files whose `type:` is none of ours; empty where there are none.
fn foreign(session: &Session<'_, '_>) -> String {
    let notes = session.snapshot.catalog.notes().iter();
    let mut types: Vec<&str> = notes.filter_map(|note| note.foreign_type.as_deref()).collect();
    let count = types.len();
    types.sort_unstable();
    types.dedup();
    types.truncate(5);
    match count {
        0 => String::new(),
        1 => format!("1 file has a type that is none of ours ({}) and is read as a note\n", clean(&types.join(", "))),
        _ => format!(
            "{count} files have types that are none of ours ({}) and are read as notes\n",
            clean(&types.join(", "))
        ),
    }
}

/// The files and folders that a call names, relative to the root; all where it names none.
pub(super) struct Chosen(Vec<String>);

impl Chosen {
    pub(super) fn new(session: &Session<'_, '_>, paths: &[PathBuf]) -> Result<Self, CliError> {
        paths.iter().map(|path| relative(session, path)).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn covers(&self, path: &SourcePath) -> bool {
        self.0.is_empty() || self.0.iter().any(|chosen| covers(chosen, path))
    }

    /// A file that was meant has this name now.
    pub(super) fn also(&mut self, path: &SourcePath) {
        if !self.0.is_empty() {
            self.0.push(path.to_string());
        }
    }

    /// The findings of the files that are meant.
    pub(super) fn of(&self, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.retain(|finding| self.0.is_empty() || finding.path.as_ref().is_some_and(|path| self.covers(path)));
        findings
    }

    /// How many files are meant; of those that were named, karto.yaml and schemas count where something is found there.
    pub(super) fn count(&self, session: &Session<'_, '_>, findings: &[Diagnostic]) -> usize {
        if self.0.is_empty() {
            return session.snapshot.files;
        }
        let catalog = &session.snapshot.catalog;
        let cards = catalog.records().map(|record| &record.path);
        let others = catalog.notes().iter().map(|note| &note.path).chain(catalog.unreadable());
        let found = findings.iter().filter_map(|finding| finding.path.as_ref());
        let paths: BTreeSet<&SourcePath> = cards.chain(others).chain(found).collect();
        paths.into_iter().filter(|path| self.covers(path)).count()
    }
}

/// A file or folder relative to the root, which itself is `""`.
fn relative(session: &Session<'_, '_>, path: &Path) -> Result<String, CliError> {
    let base =
        session.global.directory.as_ref().map_or_else(|| session.io.folder.clone(), |dir| session.io.folder.join(dir));
    // With -C a path is meant from there, as git has it; without, from the folder of the call.
    let real = base.join(path).canonicalize().map_err(|error| {
        CliError::argument(format!("can't find {}: {error}", path.display()), "name a file or folder of the workspace")
    })?;
    let inside = real.strip_prefix(session.workspace.root()).map_err(|_| {
        let hint = format!("the workspace is {}", session.workspace.root().display());
        CliError::argument(format!("{} lies outside of the workspace", path.display()), hint)
    })?;
    Ok(SourcePath::new(inside).map(|path| path.to_string()).unwrap_or_default())
}

fn covers(chosen: &str, path: &SourcePath) -> bool {
    chosen.is_empty()
        || path.as_str() == chosen
        || path.as_str().strip_prefix(chosen).is_some_and(|rest| rest.starts_with('/'))
}
