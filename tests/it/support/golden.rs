//! Texts in files that the program must keep to.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::Data;

/// A file of the project whose text must be what the program says.
///
/// `UPDATE_EXPECTED=1 cargo test --test it` writes all such files anew; read the difference before you commit.
pub(crate) struct Golden {
    path: PathBuf,
    expected: Option<String>,
}

impl Golden {
    /// Opens a file, named from the project's root; one that is missing is empty.
    pub(crate) fn open(path: impl AsRef<Path>) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        // A checkout on Windows may have changed the line ends.
        let expected = fs::read_to_string(&path).ok().map(|text| text.replace("\r\n", "\n"));
        Self { path, expected }
    }

    /// What the file says.
    pub(crate) fn text(&self) -> &str {
        self.expected.as_deref().unwrap_or_default()
    }

    /// Nothing if the file says this, or has just been made to; else the difference, for people.
    pub(crate) fn hold(&self, text: &str) -> Option<String> {
        if self.expected.as_deref() == Some(text) {
            return None;
        }
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&self.path, text).unwrap();
            return None;
        }
        let name = self.path.display().to_string();
        let (expected, found) = (Data::text(self.text()), Data::text(text));
        let mut difference = String::new();
        let palette = snapbox::report::Palette::plain();
        snapbox::report::write_diff(
            &mut difference,
            &expected,
            &found,
            Some(&name),
            Some(&"what the program says now"),
            palette,
        )
        .unwrap();
        Some(format!("{difference}\nIf it is meant so: UPDATE_EXPECTED=1 cargo test --test it\n"))
    }
}
