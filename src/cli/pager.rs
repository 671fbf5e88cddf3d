//! Long answers on a terminal go through a pager, as git's do.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Io;

/// Shows `text` through the user's pager; false if there is none or it can't be started, so that the text is still to
/// be written.
///
/// `KARTO_PAGER` goes before `PAGER`; either may be empty or `cat` for none. Without them it is `less`, which ends by
/// itself where the text fits the screen.
pub(super) fn page(text: &[u8], io: &Io<'_>) -> bool {
    let Some(terminal) = io.terminal.filter(|_| io.may_page) else { return false };
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    if lines < terminal.height {
        return false;
    }
    let named = ["KARTO_PAGER", "PAGER"].iter().find_map(|name| io.environment.get(std::ffi::OsStr::new(name)));
    let program = match named {
        Some(named) if named.is_empty() || named == "cat" => return false,
        Some(named) => named.clone(),
        None => "less".into(),
    };
    let mut command = if cfg!(windows) { Command::new(&program) } else { Command::new("sh") };
    if !cfg!(windows) {
        command.arg("-c").arg(&program);
    }
    if io.variable("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
    // A reader who leaves early closes the pipe; that is no failure.
    let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(text).is_ok());
    let ended = child.wait();
    // 126 and 127 are the shell's word that there was no such program, whatever the pipe has swallowed by then.
    match ended.map(|status| status.code()) {
        Ok(Some(126 | 127)) | Err(_) => false,
        Ok(Some(0)) => true,
        Ok(_) => written,
    }
}
