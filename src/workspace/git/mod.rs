//! What git knows; git itself is called, for its library brings more than all the rest together.

mod at_work;
mod history;
mod merge_file;
mod setup;

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

pub use at_work::{Unfinished, is_at_work, unfinished};
pub use history::{Unmerged, changed_since, sides, unmerged};
pub use merge_file::{ThreeFiles, merge_lines, replace};
pub use setup::{Program, Setup, SetupError};

/// The e-mail address that git would put into a commit made in `folder`; `None` without git or without an address.
pub fn user_email(folder: &Path) -> Option<String> {
    setting(folder, "user.email")
}

/// The name that git would put into a commit made in `folder`; `None` without git or without a name.
pub fn user_name(folder: &Path) -> Option<String> {
    setting(folder, "user.name")
}

fn setting(folder: &Path, key: &str) -> Option<String> {
    ask(folder, &["config", "--get", key]).filter(|value| !value.is_empty())
}

/// What git says to a question; `None` without git, or if it says no.
fn ask(folder: &Path, question: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    let git = git.args(question).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    let output = git.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end_matches(['\n', '\r']).to_owned())
}

/// True if git keeps the folder, and is there to be asked.
pub fn keeps(folder: &Path) -> bool {
    ask(folder, &["rev-parse", "--git-dir"]).is_some()
}

/// What git does with each of these files of `folder` where two people changed it: `text`, `union` or the name of a driver;
/// `set` or `unspecified` is its own merge, `unset` none at all.
pub fn merges_by(folder: &Path, paths: &[&str]) -> Vec<String> {
    let words: Vec<&str> = ["check-attr", "-z", "merge", "--"].iter().chain(paths).copied().collect();
    let told = ask(folder, &words).unwrap_or_default();
    let parts: Vec<&str> = told.split('\0').collect();
    parts.chunks_exact(3).filter_map(|answer| answer.get(2)).map(|value| (*value).to_owned()).collect()
}

/// Tells git that a file of `folder` is decided.
///
/// # Errors
/// What git says.
pub fn add(folder: &Path, file: &str) -> io::Result<()> {
    tell(folder, &["add", "--", file])
}

/// Sets a setting of the repository.
fn set(folder: &Path, key: &str, value: &str) -> io::Result<()> {
    tell(folder, &["config", "--local", key, value])
}

fn tell(folder: &Path, words: &[&str]) -> io::Result<()> {
    let mut git = Command::new("git");
    let git = git.args(words).current_dir(folder).stdin(Stdio::null());
    let output = git.output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
