//! Which files belong to a workspace.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::overrides::{Override, OverrideBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{WorkspaceError, codes, config_path};
use crate::diagnostic::Diagnostic;
use crate::model::Spanned;
use crate::text::{MAX_FILE_SIZE, SourcePath};

/// What is said of a link that is not followed.
pub(super) const LEADS_OUT: &str = "the link leads out of the workspace";

/// Folders at the root that hold no records.
const RESERVED: [&str; 2] = ["templates", "schemas"];

/// What a walk found: the Markdown files in the order of their paths, and what was left out that should not be.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<SourcePath>,
    /// The folders that were entered.
    pub(super) folders: Vec<PathBuf>,
    /// True if there are symbolic links among the files.
    pub(super) has_links: bool,
    pub(super) findings: Vec<Diagnostic>,
}

/// Walks a workspace: no dot folders, nothing that `.gitignore` excludes, no link that leads out, nothing but plain
/// files (a FIFO would block for ever), each file once.
pub(super) fn walk(root: &Path, include: &[Spanned<String>]) -> Result<Found, WorkspaceError> {
    walk_below(root, include, root)
}

/// The part of a walk that is at `start`, a file or a folder, and below it; nothing where there is nothing, or where the
/// walk would not come to.
///
/// That each file comes once is not known of a part with links: [`Found::has_links`] tells.
pub(super) fn walk_below(root: &Path, include: &[Spanned<String>], start: &Path) -> Result<Found, WorkspaceError> {
    let mut ignores = Ignores::new(root);
    let Some(above) = ignores.descend(root, start) else { return Ok(Found::default()) };
    let (include, findings) = include_globs(root, include);
    let mut walk = Walk { root, files: Vec::new(), folders: Vec::new(), links: Vec::new(), findings };
    let mut entries = WalkDir::new(start).follow_links(false).follow_root_links(false).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if above > 0 && error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => {
                continue;
            }
            Err(error) if error.depth() + above == 0 => {
                let path = root.to_owned();
                let source = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                return Err(WorkspaceError::Io { path, source });
            }
            Err(error) => {
                walk.unreadable(&error);
                continue;
            }
        };
        let is_folder = entry.file_type().is_dir();
        let depth = above + entry.depth();
        if depth > 0
            && (is_reserved(entry.path(), depth, is_folder) || ignores.excludes(entry.path(), depth, is_folder))
        {
            if is_folder {
                entries.skip_current_dir();
            }
            continue;
        }
        if is_folder {
            ignores.enter(entry.path(), depth);
            walk.folders.push(entry.into_path());
        } else if is_markdown(entry.path()) && !include.matched(entry.path(), false).is_ignore() {
            walk.take(&entry);
        }
    }
    let has_links = !walk.links.is_empty();
    walk.follow_links();
    walk.files.sort();
    Ok(Found { files: walk.files, folders: walk.folders, has_links, findings: walk.findings })
}

/// True if a walk would take a card that is to lie at `path`.
pub(super) fn would_take(root: &Path, include: &[Spanned<String>], path: &SourcePath) -> bool {
    let mut ignores = Ignores::new(root);
    ignores.enter(root, 0);
    let mut there = root.to_owned();
    let parts: Vec<&str> = path.as_str().split('/').collect();
    for (at, part) in (1..).zip(&parts) {
        there.push(part);
        let is_folder = at < parts.len();
        if is_reserved(&there, at, is_folder) || ignores.excludes(&there, at, is_folder) {
            return false;
        }
        ignores.enter(&there, at);
    }
    is_markdown(&there) && !include_globs(root, include).0.matched(&there, false).is_ignore()
}

struct Walk<'a> {
    root: &'a Path,
    files: Vec<SourcePath>,
    folders: Vec<PathBuf>,
    links: Vec<PathBuf>,
    findings: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn take(&mut self, entry: &DirEntry) {
        if entry.file_type().is_symlink() {
            self.links.push(entry.path().to_owned());
        } else if entry.file_type().is_file() {
            self.add(entry.path());
        } else {
            self.no_file(entry.path());
        }
    }

    /// A FIFO would block whoever opens it, and a device may never end.
    fn no_file(&mut self, path: &Path) {
        let finding = Diagnostic::new(codes::FILE_UNREADABLE, "a FIFO, a socket or a device, not a file");
        self.report(finding.help("give it a name that does not end in .md, or move it away"), path);
    }

    fn add(&mut self, path: &Path) {
        match path.strip_prefix(self.root).ok().map(SourcePath::new) {
            Some(Ok(path)) => self.files.push(path),
            _ => {
                let message = format!("the name of {path:?} is not plain text");
                self.findings.push(Diagnostic::new(codes::FILE_NAME, message).help("rename the file"));
            }
        }
    }

    /// A link within the workspace is read under its own name, unless the file it leads to is read anyhow.
    fn follow_links(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let mut known: HashSet<PathBuf> = self.files.iter().map(|path| path.under(self.root)).collect();
        for link in std::mem::take(&mut self.links) {
            match link.canonicalize() {
                Ok(target) if !target.starts_with(self.root) => {
                    let finding = Diagnostic::new(codes::LINK_OUTSIDE, LEADS_OUT);
                    self.report(finding, &link);
                }
                Ok(target) if target.is_dir() => {}
                Ok(target) if !target.is_file() => self.no_file(&link),
                Ok(target) if known.insert(target.clone()) => self.add(&link),
                Ok(_) => {}
                Err(error) => {
                    let finding = Diagnostic::new(codes::FILE_UNREADABLE, format!("the link leads nowhere: {error}"));
                    self.report(finding.help("mend the link, or delete it"), &link);
                }
            }
        }
    }

    fn unreadable(&mut self, error: &walkdir::Error) {
        let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        let finding = Diagnostic::new(codes::FILE_UNREADABLE, format!("can't be read: {why}"));
        let finding = finding.help("give yourself the right to read it, or move it away");
        match error.path() {
            Some(path) => self.report(finding, path),
            None => self.findings.push(finding),
        }
    }

    fn report(&mut self, mut finding: Diagnostic, path: &Path) {
        finding.path = path.strip_prefix(self.root).ok().and_then(|path| SourcePath::new(path).ok());
        self.findings.push(finding);
    }
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// Dot files and folders anywhere; templates and schemas at the root.
fn is_reserved(path: &Path, depth: usize, is_folder: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || (depth == 1 && is_folder && RESERVED.contains(&name.as_ref()))
}

/// The globs of the configuration; one that can't be understood is a finding, and left out.
fn include_globs(root: &Path, include: &[Spanned<String>]) -> (Override, Vec<Diagnostic>) {
    let mut builder = OverrideBuilder::new(root);
    let mut findings = Vec::new();
    for glob in include {
        if let Err(error) = builder.add(&glob.value) {
            let cause = error.to_string();
            let cause = cause.rsplit_once("': ").map_or(cause.as_str(), |(_, cause)| cause);
            let message = format!("`{}` is no pattern of file names: {cause}", glob.value);
            let finding = Diagnostic::new(codes::INCLUDE_GLOB, message).at(glob.span);
            let finding = finding.help("write folders and files with `*` and `**`: `leads/**`");
            findings.push(finding.in_file(&config_path()));
        }
    }
    (builder.build().unwrap_or_else(|_| Override::empty()), findings)
}

/// The `.gitignore` files that hold where the walk is, outermost first.
struct Ignores {
    stack: Vec<(usize, Gitignore)>,
}

impl Ignores {
    /// Begins with those above the root, as far as the git repository that it lies in.
    fn new(root: &Path) -> Self {
        let above: Vec<&Path> = match root.ancestors().position(|folder| folder.join(".git").exists()) {
            Some(distance) => root.ancestors().skip(1).take(distance).collect(),
            None => Vec::new(),
        };
        let mut stack: Vec<(usize, Gitignore)> =
            above.into_iter().rev().filter_map(read_ignore).map(|i| (0, i)).collect();
        if let Some(repository) = root.ancestors().find(|folder| folder.join(".git").is_dir()) {
            let mut builder = GitignoreBuilder::new(repository);
            let _ = builder.add(repository.join(".git/info/exclude"));
            stack.extend(builder.build().ok().map(|ignore| (0, ignore)));
        }
        Self { stack }
    }

    /// Enters the folders that lead to a place; gives how deep it lies, `None` where a walk does not come to it.
    fn descend(&mut self, root: &Path, to: &Path) -> Option<usize> {
        let relative = to.strip_prefix(root).ok()?;
        let mut at = root.to_owned();
        let mut depth = 0;
        for name in relative.components() {
            if depth > 0 {
                let is_folder = at.symlink_metadata().is_ok_and(|meta| meta.is_dir());
                if !is_folder || is_reserved(&at, depth, true) || self.excludes(&at, depth, true) {
                    return None;
                }
            }
            self.enter(&at, depth);
            at.push(name);
            depth += 1;
        }
        Some(depth)
    }

    fn enter(&mut self, folder: &Path, depth: usize) {
        self.stack.retain(|(other, _)| *other < depth + 1 || *other == 0);
        if let Some(ignore) = read_ignore(folder) {
            self.stack.push((depth + 1, ignore));
        }
    }

    fn excludes(&mut self, path: &Path, depth: usize, is_folder: bool) -> bool {
        self.stack.retain(|(other, _)| *other <= depth);
        let verdict = self.stack.iter().rev().map(|(_, ignore)| ignore.matched(path, is_folder)).find(|m| !m.is_none());
        verdict.is_some_and(|verdict| verdict.is_ignore())
    }
}

fn read_ignore(folder: &Path) -> Option<Gitignore> {
    let file = folder.join(".gitignore");
    if !file.is_file() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    let _ = builder.add(file);
    builder.build().ok()
}

/// The bytes of a file, but no more than one beyond [`MAX_FILE_SIZE`], which is enough to tell that it is too large.
///
/// # Errors
/// What the system says; also for anything that is no plain file, such as a FIFO.
pub fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
    }
    let file = File::open(path)?;
    let mut bytes =
        Vec::with_capacity(file.metadata().map_or(0, |meta| meta.len().min(MAX_FILE_SIZE as u64 + 1)) as usize);
    file.take(MAX_FILE_SIZE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
