//! From files to a catalog, on all cores.

use std::path::Path;

use rayon::prelude::*;

use super::cache::{self, Cache, Reading, Readings};
use super::fulltext::Progress;
use super::stamp::hash;
use super::{CONFIG_FILE, Loaded, Snapshot, Workspace, WorkspaceError, codes, read_limited, walk};
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostic;
use crate::model::{Card, read_card};
use crate::text::{Document, SourcePath};

/// A schema's place and text.
type SchemaFile = (SourcePath, String);

/// The workspace's own schemas, by path, with their texts.
pub(super) fn schema_files(root: &Path) -> Result<(Vec<SchemaFile>, Vec<Diagnostic>), WorkspaceError> {
    let folder = root.join("schemas");
    let mut files = Vec::new();
    let mut findings = Vec::new();
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((files, findings)),
        Err(source) => return Err(WorkspaceError::Io { path: folder, source }),
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().ends_with(".schema.json") {
            continue;
        }
        let Ok(path) = SourcePath::new(Path::new("schemas").join(&name)) else {
            let message = format!("the name of {name:?} in schemas/ is not plain text");
            findings.push(Diagnostic::new(codes::FILE_NAME, message).help("rename the file"));
            continue;
        };
        if entry.path().canonicalize().is_ok_and(|target| !target.starts_with(root)) {
            findings.push(Diagnostic::new(codes::LINK_OUTSIDE, walk::LEADS_OUT).in_file(&path));
            continue;
        }
        match read_limited(&entry.path()) {
            Ok(bytes) => files.push((path, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => findings.push(unreadable(&path, &error)),
        }
    }
    files.sort();
    Ok((files, findings))
}

/// The bytes of the configuration.
pub(super) fn config_bytes(root: &Path) -> Result<Vec<u8>, WorkspaceError> {
    let file = root.join(CONFIG_FILE);
    read_limited(&file).map_err(|source| WorkspaceError::Io { path: file, source })
}

/// A hash of all that decides what a file is read as: the schemas, what is wrong with their files, and the configuration.
pub(super) fn rules(schemas: &[SchemaFile], findings: &[Diagnostic], config: &[u8]) -> u64 {
    let schemas: Vec<_> = schemas.iter().map(|(path, text)| (path.as_str(), text)).collect();
    let findings: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
    hash(&(config, schemas, findings))
}

/// Reads every file that the walk finds.
pub(super) fn snapshot(workspace: &Workspace) -> Result<Snapshot, WorkspaceError> {
    let walk::Found { files, findings: walk_findings, .. } = walk::walk(workspace.root(), &workspace.config().include)?;
    let read = files.par_iter().filter_map(|path| read_file(workspace, path)).collect();
    Ok(put_together(workspace, walk_findings, read))
}

/// The same, where only the files are read that have changed.
pub(super) fn cached(workspace: &Workspace, progress: Progress<'_>) -> Result<Loaded, WorkspaceError> {
    let walk = || walk::walk(workspace.root(), &workspace.config().include);
    let (found, cache) = rayon::join(walk, || Cache::open(workspace));
    let walk::Found { files, findings, .. } = found?;
    let Readings { all, was_damaged } = cache::readings(&cache, workspace, &files, progress);
    Ok(Loaded { snapshot: put_together(workspace, findings, all), was_damaged })
}

fn put_together(workspace: &Workspace, walk_findings: Vec<Diagnostic>, read: Vec<Reading>) -> Snapshot {
    let mut findings = workspace.findings().to_vec();
    findings.extend(walk_findings);
    let files = read.len();
    let mut cards = Vec::with_capacity(files);
    for (card, own) in read {
        cards.push(card);
        findings.extend(own);
    }
    Snapshot { catalog: Catalog::build(cards, workspace.config()), findings, files }
}

/// `None` if the file has gone since the walk saw it: then it is no part of the workspace any more.
fn read_file(workspace: &Workspace, path: &SourcePath) -> Option<(Card, Vec<Diagnostic>)> {
    card_of(workspace, path, read_limited(&path.under(workspace.root())))
}

/// What became of a file that holds these bytes; `None` if there is none.
pub(super) fn card_of(
    workspace: &Workspace,
    path: &SourcePath,
    bytes: std::io::Result<Vec<u8>>,
) -> Option<(Card, Vec<Diagnostic>)> {
    match bytes {
        Ok(bytes) => Some(read_card(path, &Document::parse(bytes), workspace.config())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => Some((Card::Unreadable(path.clone()), vec![unreadable(path, &error)])),
    }
}

fn unreadable(path: &SourcePath, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(codes::FILE_UNREADABLE, format!("the file can't be read: {error}"))
        .in_file(path)
        .help("give yourself the right to read it, or move it away")
}
