use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a file lies in a workspace: relative to the root, `/` between folders, never leading out.
///
/// Cheap to clone, and the same on every system, so it may stand in output, diagnostics and caches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "&str")]
pub struct SourcePath(Arc<str>);

/// Why a path can't name a file of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourcePathError {
    /// The path is absolute or climbs out with `..`.
    #[error("the path leads out of the workspace")]
    Outside,
    /// The name holds bytes that are not UTF-8, or a control character.
    #[error("the file name is not plain text (UTF-8 without control characters)")]
    NotText,
    /// There is nothing left of the path once `.` is taken away.
    #[error("the path is empty")]
    Empty,
}

impl TryFrom<&str> for SourcePath {
    type Error = SourcePathError;

    fn try_from(path: &str) -> Result<Self, SourcePathError> {
        Self::new(path)
    }
}

impl SourcePath {
    /// Checks a path that is relative to the workspace's root.
    ///
    /// # Errors
    /// [`SourcePathError`] if it is absolute, climbs with `..`, is empty, or is no plain text.
    pub fn new(path: impl AsRef<Path>) -> Result<Self, SourcePathError> {
        match path.as_ref().to_str() {
            Some(text) if is_plain(text) => Ok(Self(text.into())),
            _ => Self::by_parts(path.as_ref()),
        }
    }

    /// The same, part by part.
    fn by_parts(path: &Path) -> Result<Self, SourcePathError> {
        let mut parts = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(part) => {
                    let part = part.to_str().ok_or(SourcePathError::NotText)?;
                    if part.chars().any(char::is_control) {
                        return Err(SourcePathError::NotText);
                    }
                    parts.push(part);
                }
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(SourcePathError::Outside);
                }
            }
        }
        if parts.is_empty() { Err(SourcePathError::Empty) } else { Ok(Self(parts.join("/").into())) }
    }

    /// A file of the root whose name the program itself knows: plain text, without folders.
    pub(crate) fn of_root(name: &'static str) -> Self {
        debug_assert_eq!(Self::new(name).as_ref().map(Self::as_str), Ok(name));
        Self(name.into())
    }

    /// The path with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path below `root` on this system.
    pub fn under(&self, root: &Path) -> PathBuf {
        match std::path::MAIN_SEPARATOR {
            '/' => root.join(&*self.0),
            _ => self.0.split('/').fold(root.to_path_buf(), |path, part| path.join(part)),
        }
    }

    /// The file's name, with its extension.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The file's name up to its last dot: the id of a record.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The folder that holds the file, `""` at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl AsRef<Path> for SourcePath {
    /// The path within the workspace.
    fn as_ref(&self) -> &Path {
        Path::new(self.as_str())
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// True if a text is a path already as it is kept, on this system: nearly all of them are.
fn is_plain(text: &str) -> bool {
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(char::is_control);
    std::path::MAIN_SEPARATOR == '/' && text.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_stay_inside_and_are_plain_text() {
        assert_eq!(SourcePath::new("./leads/a.md").map(|p| p.to_string()), Ok("leads/a.md".into()));
        assert_eq!(SourcePath::new("../x.md"), Err(SourcePathError::Outside));
        assert_eq!(SourcePath::new("a/../../x.md"), Err(SourcePathError::Outside));
        assert_eq!(SourcePath::new("/etc/passwd"), Err(SourcePathError::Outside));
        assert_eq!(SourcePath::new("leads/\u{1b}[31m.md"), Err(SourcePathError::NotText));
        assert_eq!(SourcePath::new("."), Err(SourcePathError::Empty));
    }

    proptest! {
        #[test]
        fn a_path_that_is_plain_is_the_same_part_by_part(text in "[ab./ł\u{1b}\u{85}\\\\]{0,12}") {
            prop_assert_eq!(SourcePath::new(&text), SourcePath::by_parts(Path::new(&text)));
        }
    }

    #[test]
    fn names_come_apart() {
        let path = SourcePath::new("clients/acme-trade.md").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((path.folder(), path.file_name(), path.stem()), ("clients", "acme-trade.md", "acme-trade"));
    }
}
