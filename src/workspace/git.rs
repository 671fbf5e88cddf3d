//! What git knows; git itself is called, for its library brings more than all the rest together.

use std::path::Path;
use std::process::{Command, Stdio};

/// The e-mail address that git would put into a commit made in `folder`; `None` without git or without an address.
pub fn user_email(folder: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["config", "--get", "user.email"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let email = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!email.is_empty()).then_some(email)
}
