//! What git knows; git itself is called, for its library brings more than all the rest together.

mod at_work;
mod setup;

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

pub use at_work::is_at_work;
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
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
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
