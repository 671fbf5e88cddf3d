//! Where a change may go: never out of the workspace, not even through links, and never into hidden folders.

use std::io;
use std::path::{Path, PathBuf};

use super::CommitError;
use crate::text::SourcePath;

/// Where one file of a set really lies.
#[derive(Debug)]
pub(super) struct Place {
    /// The file itself, links followed.
    pub(super) path: SourcePath,
    /// The folders above it that are missing, the outer before the inner.
    pub(super) missing: Vec<SourcePath>,
}

/// True unless a path lies in a hidden folder (`.git`, `.karto`), or is a file of the commit's own. A journal from a
/// foreign repository must not write a hook.
pub(super) fn is_writable_place(path: &SourcePath) -> bool {
    let is_hidden = path.folder().split('/').any(|part| part.starts_with('.'));
    !is_hidden && !path.file_name().to_ascii_lowercase().starts_with(".karto") && path.file_name() != ".git"
}

/// Finds where a file lies. `root` is a path without links.
///
/// # Errors
/// [`CommitError::Outside`], [`CommitError::Link`], [`CommitError::Io`].
pub(super) fn find(root: &Path, path: &SourcePath, is_removed: bool) -> Result<Place, CommitError> {
    let file = path.under(root);
    let trouble = |source| CommitError::Io { path: file.clone(), source };
    let link = |why| CommitError::Link { path: path.clone(), why };
    match file.symlink_metadata() {
        Ok(meta) if meta.is_symlink() && is_removed => Err(link("and can't be removed with what it leads to")),
        Ok(meta) => match file.canonicalize() {
            Ok(real) if real.is_file() => Ok(Place { path: inside(root, &real, path)?, missing: Vec::new() }),
            Ok(_) => Err(trouble(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"))),
            Err(error) if meta.is_symlink() && error.kind() == io::ErrorKind::NotFound => {
                Err(link("that leads nowhere"))
            }
            Err(error) => Err(trouble(error)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => missing_file(root, path),
        Err(error) => Err(trouble(error)),
    }
}

fn missing_file(root: &Path, path: &SourcePath) -> Result<Place, CommitError> {
    let file = path.under(root);
    let trouble = |source| CommitError::Io { path: file.clone(), source };
    let is_there = |folder: &&Path| folder.symlink_metadata().is_ok();
    let folder = file.ancestors().skip(1).find(is_there).unwrap_or(root);
    let real = folder.canonicalize().map_err(trouble)?;
    if !real.is_dir() {
        return Err(trouble(io::ErrorKind::NotADirectory.into()));
    }
    let rest = file.strip_prefix(folder).map_err(|_| CommitError::Outside { path: path.clone() })?;
    let within = inside(root, &real.join(rest), path)?;
    let mut missing: Vec<PathBuf> = rest.ancestors().skip(1).map(|part| real.join(part)).collect();
    // The last one is the folder that is there.
    missing.pop();
    missing.reverse();
    let missing = missing.iter().map(|folder| inside(root, folder, path)).collect::<Result<_, _>>()?;
    Ok(Place { path: within, missing })
}

/// A real path as one of the workspace.
fn inside(root: &Path, real: &Path, named: &SourcePath) -> Result<SourcePath, CommitError> {
    let within = real.strip_prefix(root).ok().and_then(|within| SourcePath::new(within).ok());
    within.filter(is_writable_place).ok_or_else(|| CommitError::Outside { path: named.clone() })
}

/// True if a path that a journal names is what it says: no folder above it is a link, or is called otherwise.
///
/// # Errors
/// What the system says.
pub(super) fn is_real(root: &Path, path: &SourcePath) -> io::Result<bool> {
    let file = path.under(root);
    let Some(folder) = file.parent() else { return Ok(false) };
    match folder.canonicalize() {
        Ok(real) => Ok(real == folder),
        // Then there is nothing in it, and nothing is made in it; unless a link further up leads astray.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let above = folder.ancestors().skip(1).find(|above| above.symlink_metadata().is_ok());
            above.map_or(Ok(false), |above| Ok(above.canonicalize()? == above))
        }
        Err(error) => Err(error),
    }
}
