//! What a new card is begun with: the template of its type, and the names that are taken in its folder.

use std::io;

use super::{Workspace, WorkspaceError, read_limited};
use crate::text::SourcePath;

/// What a template may have, in bytes: it is read anew for each field that a new card gets.
const LARGEST: usize = 1 << 20;

impl Workspace {
    /// The template of a type, `templates/TYPE.md`, with its bytes; `None` if there is none.
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if it is there and can't be read, or leads out of the workspace.
    pub fn template(&self, record_type: &str) -> Result<Option<(SourcePath, Vec<u8>)>, WorkspaceError> {
        let Ok(path) = SourcePath::new(format!("templates/{record_type}.md")) else { return Ok(None) };
        let file = path.under(self.root());
        let trouble = |source| WorkspaceError::Io { path: file.clone(), source };
        if file.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        if !file.canonicalize().map_err(trouble)?.starts_with(self.root()) {
            return Err(trouble(io::Error::new(io::ErrorKind::PermissionDenied, super::walk::LEADS_OUT)));
        }
        let bytes = read_limited(&file).map_err(trouble)?;
        if bytes.len() > LARGEST {
            return Err(trouble(io::Error::new(io::ErrorKind::FileTooLarge, "a template has 1 MiB at the most")));
        }
        Ok(Some((path, bytes)))
    }

    /// The names of what lies in a folder of the workspace; none if it is not there.
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] if it can't be looked at.
    pub fn names_in(&self, folder: &SourcePath) -> Result<Vec<String>, WorkspaceError> {
        let path = folder.under(self.root());
        let entries = match path.read_dir() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(WorkspaceError::Io { path, source }),
        };
        Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    }
}
