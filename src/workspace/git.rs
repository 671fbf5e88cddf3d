//! What git knows; git itself is called, for its library brings more than all the rest together.

use std::path::Path;
use std::process::{Command, Stdio};

/// The e-mail address that git would put into a commit made in `folder`; `None` without git or without an address.
pub fn user_email(folder: &Path) -> Option<String> {
    setting(folder, "user.email")
}

/// The name that git would put into a commit made in `folder`; `None` without git or without a name.
pub fn user_name(folder: &Path) -> Option<String> {
    setting(folder, "user.name")
}

fn setting(folder: &Path, key: &str) -> Option<String> {
    let output = Command::new("git")
        .args(["config", "--get", key])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let value = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}
