//! `karto validate`: every finding of every file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::check::{self, CheckOptions};
use crate::cli::CliError;
use crate::cli::args::{FindingFormat, Limit};
use crate::cli::error::status;
use crate::cli::session::Session;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{clean, diagnostics};
use crate::query::Hits;
use crate::text::SourcePath;

pub(super) fn run(
    mut session: Session<'_, '_>,
    paths: &[PathBuf],
    strict: bool,
    format: FindingFormat,
    limit: Limit,
) -> Result<u8, CliError> {
    let chosen = chosen(&session, paths)?;
    let mut findings = session.snapshot.findings.clone();
    let hits = Hits::default();
    findings.extend(check::check(&session.context(&hits), CheckOptions { strict }));
    if !chosen.is_empty() {
        findings.retain(|finding| finding.path.as_ref().is_some_and(|path| chosen.iter().any(|c| covers(c, path))));
    }
    if !strict {
        findings.retain(|finding| finding.severity > Severity::Note);
    }
    findings.sort_by(|a, b| (&a.path, a.span, a.code.as_str()).cmp(&(&b.path, b.span, b.code.as_str())));
    session.timings.lap("check");
    let verdict = verdict(&findings, strict);
    let files = if chosen.is_empty() { session.snapshot.files } else { covered(&session, &chosen, &findings) };
    write(&mut session, &findings, files, format, limit)?;
    if session.global.timings {
        session.timings.lap("output");
        session.timings.print(session.io.err)?;
    }
    Ok(verdict)
}

fn verdict(findings: &[Diagnostic], strict: bool) -> u8 {
    let broken = |finding: &&Diagnostic| {
        finding.code == crate::workspace::codes::FILE_UNREADABLE
            || finding.severity == Severity::Error
                && finding.path.as_ref().is_some_and(|path| {
                    path.as_str() == crate::workspace::CONFIG_FILE || path.as_str().starts_with("schemas/")
                })
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

fn write(
    session: &mut Session<'_, '_>,
    all: &[Diagnostic],
    files: usize,
    format: FindingFormat,
    limit: Limit,
) -> Result<(), CliError> {
    let findings = all.get(..limit.limit.unwrap_or(all.len()).min(all.len())).unwrap_or(all);
    let options = session.options();
    let workspace = &session.workspace;
    let sources = |path: &SourcePath| workspace.text_of(path);
    let mut text = Vec::new();
    match format {
        FindingFormat::Text => {
            diagnostics::text(findings, &sources, &options, &mut text)?;
            text.extend(diagnostics::summary(all, files).as_bytes());
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

/// The files and folders that were named, relative to the root; `""` is the root itself.
fn chosen(session: &Session<'_, '_>, paths: &[PathBuf]) -> Result<Vec<String>, CliError> {
    paths.iter().map(|path| relative(session, path)).collect()
}

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

/// How many files were named, on their own or by a folder; karto.yaml and schemas count where something is found there.
fn covered(session: &Session<'_, '_>, chosen: &[String], findings: &[Diagnostic]) -> usize {
    let catalog = &session.snapshot.catalog;
    let cards = catalog.records().iter().map(|record| &record.path);
    let others = catalog.notes().iter().map(|note| &note.path).chain(catalog.unreadable());
    let found = findings.iter().filter_map(|finding| finding.path.as_ref());
    let paths: BTreeSet<&SourcePath> = cards.chain(others).chain(found).collect();
    paths.into_iter().filter(|path| chosen.iter().any(|chosen| covers(chosen, path))).count()
}

fn covers(chosen: &str, path: &SourcePath) -> bool {
    chosen.is_empty()
        || path.as_str() == chosen
        || path.as_str().strip_prefix(chosen).is_some_and(|rest| rest.starts_with('/'))
}
