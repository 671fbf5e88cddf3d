//! What files held at other moments, as git knows it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::ask;
use crate::text::SourcePath;

/// The files below `folder` that are not as they were in a revision, with what they held then; `None` where they were not
/// there yet. `None` for all of it without git, or if it knows no such revision.
///
/// Files that git has never been told of are not among them.
pub fn changed_since(folder: &Path, revision: &str) -> Option<Vec<(SourcePath, Option<Vec<u8>>)>> {
    let listed = ask(folder, &["diff", "--name-only", "-z", "--relative", "--no-renames", revision, "--"])?;
    let paths: Vec<SourcePath> = listed.split('\0').filter_map(|path| SourcePath::new(path).ok()).collect();
    let names: Vec<String> = paths.iter().map(|path| format!("{revision}:./{path}")).collect();
    Some(paths.into_iter().zip(blobs(folder, &names)?).collect())
}

/// What both sides of an unfinished merge have of a file, ours first; `None` where git knows of none, or one side has no
/// such file.
pub fn sides(folder: &Path, path: &SourcePath) -> Option<[Vec<u8>; 2]> {
    let found = blobs(folder, &[format!(":2:./{path}"), format!(":3:./{path}")])?;
    let found: Option<Vec<Vec<u8>>> = found.into_iter().collect();
    found?.try_into().ok()
}

/// A file in which git waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerged {
    /// The file.
    pub path: SourcePath,
    /// True if our side has it.
    pub ours: bool,
    /// True if their side has it.
    pub theirs: bool,
}

/// The files below `folder` in which git waits for a decision, by path; none without git.
pub fn unmerged(folder: &Path) -> Vec<Unmerged> {
    let listed = ask(folder, &["ls-files", "-u", "-z"]).unwrap_or_default();
    let mut files: Vec<Unmerged> = Vec::new();
    for line in listed.split('\0') {
        let Some((stage, path)) = line.split_once('\t') else { continue };
        let Ok(path) = SourcePath::new(path) else { continue };
        if files.last().is_none_or(|file| file.path != path) {
            files.push(Unmerged { path, ours: false, theirs: false });
        }
        if let Some(file) = files.last_mut() {
            file.ours |= stage.ends_with(" 2");
            file.theirs |= stage.ends_with(" 3");
        }
    }
    files
}

/// The contents of git's objects of these names, `None` for each that there is not; one process for all of them.
fn blobs(folder: &Path, names: &[String]) -> Option<Vec<Option<Vec<u8>>>> {
    let mut git = Command::new("git");
    let git = git.args(["cat-file", "--batch"]).current_dir(folder).stderr(Stdio::null());
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let (mut asks, answers) = (child.stdin.take()?, child.stdout.take()?);
    let found = std::thread::scope(|scope| {
        // Beside the reading, for git stops listening while nobody takes its answers.
        scope.spawn(move || {
            for name in names {
                if writeln!(asks, "{name}").is_err() {
                    break;
                }
            }
        });
        let mut answers = BufReader::new(answers);
        names.iter().map(|_| blob(&mut answers)).collect::<Option<Vec<_>>>()
    });
    let _ = child.kill();
    let _ = child.wait();
    found
}

/// One answer: `ID blob SIZE`, the bytes and a line end; or `NAME missing`.
fn blob(answers: &mut impl BufRead) -> Option<Option<Vec<u8>>> {
    let mut line = String::new();
    answers.read_line(&mut line).ok().filter(|len| *len > 0)?;
    let line = line.trim_end_matches('\n');
    if line.ends_with(" missing") || line.ends_with(" ambiguous") {
        return Some(None);
    }
    let size: u64 = line.rsplit_once(' ')?.1.parse().ok()?;
    let mut bytes = Vec::new();
    answers.by_ref().take(size + 1).read_to_end(&mut bytes).ok()?;
    bytes.pop().map(|_| Some(bytes))
}
