//! `karto merge-driver`: what git calls for a card that two people have changed.
//!
//! Git takes a status of 2 to 128 for a conflict without looking for marks in the file, so that the next commit would drop
//! their side. Therefore 0 is a clean merge, 1 a file with marks, and all else is [`FAILED`], at which git stops.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::change::merge::{MarkStyle, Merge, merge};
use crate::cli::Io;
use crate::cli::args::MergeFiles;
use crate::model::Config;
use crate::model::schema::Schemas;
use crate::output::clean;
use crate::text::SourcePath;
use crate::workspace::Workspace;
use crate::workspace::git::{ThreeFiles, merge_lines, replace};

/// The status that makes git stop without taking anything for merged.
pub(in crate::cli) const FAILED: u8 = 129;
/// The status of a file with marks.
const CONFLICTS: u8 = 1;

/// Merges into the file of ours; gives 0, 1 or [`FAILED`], never anything else.
pub(super) fn run(files: &MergeFiles, io: &mut Io<'_>) -> u8 {
    let merged = catch_unwind(AssertUnwindSafe(|| merged(files, &io.folder)));
    match merged {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            let _ = writeln!(io.err, "karto: {} can't be merged: {}", clean(&files.path), clean(&error.to_string()));
            FAILED
        }
        // The panic has told of itself.
        Err(_) => FAILED,
    }
}

fn merged(files: &MergeFiles, folder: &Path) -> io::Result<u8> {
    let read = |path: &PathBuf| fs::read(folder.join(path)).map_err(|error| named(path, &error));
    let (base, ours, theirs) = (read(&files.base)?, read(&files.ours)?, read(&files.theirs)?);
    let (config, path) = rules(folder, &files.path);
    let Some(path) = path else { return as_text(files, folder, &ours) };
    let [ours_name, theirs_name] = names(files);
    let marks = MarkStyle::new(marker_size(files), ours_name, theirs_name);
    match merge(&base, &ours, &theirs, &path, marks, &config) {
        Merge::Clean(bytes) if bytes == ours => Ok(0),
        Merge::Clean(bytes) => replace(&folder.join(&files.ours), &bytes).map(|()| 0),
        Merge::Conflicts { bytes, .. } => replace(&folder.join(&files.ours), &bytes).map(|()| CONFLICTS),
        Merge::AsText => as_text(files, folder, &ours),
    }
}

/// The name of a side; git before 2.44 does not know the placeholder and leaves it as it is.
fn side<'n>(name: &'n str, usual: &'n str) -> &'n str {
    if name.is_empty() || name.starts_with('%') { usual } else { name }
}

/// The rules of the workspace that the file lies in, and its place there; the built-in ones where it lies in none.
fn rules(folder: &Path, path: &str) -> (Config, Option<SourcePath>) {
    let file = folder.join(path);
    // The file's own folder may be one that the merge is yet to make.
    let start = file.ancestors().skip(1).find(|folder| folder.is_dir());
    let workspace = start.and_then(|start| Workspace::open_unchecked(start).ok());
    let root = workspace.as_ref().map(|workspace| workspace.root().to_owned());
    let real = start.and_then(|start| Some(start.canonicalize().ok()?.join(file.strip_prefix(start).ok()?)));
    let place = root.zip(real).and_then(|(root, real)| SourcePath::new(real.strip_prefix(root).ok()?).ok());
    let config = workspace.map_or_else(|| Config::builtin(Schemas::builtin()), |workspace| workspace.config().clone());
    (config, place.or_else(|| SourcePath::new(path).ok()))
}

/// `git merge-file`, exactly: for notes, and for cards that a program can't edit with certainty.
fn as_text(files: &MergeFiles, folder: &Path, ours: &[u8]) -> io::Result<u8> {
    let three = ThreeFiles { base: &files.base, ours: &files.ours, theirs: &files.theirs };
    let (bytes, has_conflicts) = merge_lines(three, folder, marker_size(files), names(files))?;
    if bytes != ours {
        replace(&folder.join(&files.ours), &bytes)?;
    }
    Ok(if has_conflicts { CONFLICTS } else { 0 })
}

/// Shorter marks than the usual ones could not be told from text afterwards.
fn marker_size(files: &MergeFiles) -> usize {
    usize::from(files.marker_size).max(7)
}

/// What the sides are called.
fn names(files: &MergeFiles) -> [&str; 2] {
    [side(&files.ours_name, "ours"), side(&files.theirs_name, "theirs")]
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
