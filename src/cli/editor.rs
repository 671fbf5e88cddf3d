//! The user's editor.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use super::{CliError, Io};

/// An editor that could not be started, or said that it failed.
pub(super) struct Failed(String);

impl Failed {
    /// The error, with what is to be done then.
    pub(super) fn into_error(self, hint: &str) -> CliError {
        CliError::argument(self.0, hint)
    }
}

/// An editor, as `$VISUAL` or `$EDITOR` name it: a program, perhaps with arguments.
pub(super) struct Editor(OsString);

impl Editor {
    /// The editor that the user means: `VISUAL`, else `EDITOR`, else, where somebody sits at a terminal, what the system
    /// has.
    ///
    /// # Errors
    /// [`CliError::Argument`] if there is none.
    pub(super) fn of(io: &Io<'_>) -> Result<Self, CliError> {
        let set = |name: &&str| io.environment.get(OsStr::new(*name)).filter(|value| !value.is_empty());
        if let Some(named) = ["VISUAL", "EDITOR"].iter().find_map(set) {
            return Ok(Self(named.clone()));
        }
        let usual = if cfg!(windows) { "notepad.exe" } else { "vi" };
        let path = io.environment.get(OsStr::new("PATH")).cloned().unwrap_or_default();
        let is_there = std::env::split_paths(&path).any(|folder| folder.join(usual).is_file());
        if io.can_ask() && is_there {
            return Ok(Self(usual.into()));
        }
        let hint = "name it: `EDITOR=nano karto edit …`; one that opens a window has to wait: `EDITOR=\"code --wait\"`";
        Err(CliError::argument("nobody knows which editor you use", hint))
    }

    /// Opens files and waits until the editor has ended.
    ///
    /// # Errors
    /// [`Failed`] if it can't be started, or says that it failed.
    pub(super) fn open(&self, files: &[PathBuf], io: &mut Io<'_>) -> Result<(), Failed> {
        // Where nobody reads any more, the editor is of use all the same.
        let _ = io.out.flush().and_then(|()| io.err.flush());
        let mut command = self.command();
        command.args(files).current_dir(&io.folder).envs(&io.environment);
        let name = self.0.to_string_lossy();
        let status =
            command.status().map_err(|error| Failed(format!("the editor `{name}` can't be started: {error}")))?;
        Err(Failed(match status.code() {
            Some(0) => return Ok(()),
            // The shell's word that there is no such program.
            Some(126 | 127) => format!("the editor `{name}` can't be started"),
            Some(code) => format!("the editor ended with status {code}, so nothing was changed"),
            None => "the editor was stopped, so nothing was changed".to_owned(),
        }))
    }

    /// Through the shell, as git has it, so that arguments and quotes mean what they mean there.
    #[cfg(not(windows))]
    fn command(&self) -> Command {
        let mut script = self.0.clone();
        script.push(" \"$@\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(&self.0);
        command
    }

    /// A program's path may hold spaces; else what stands behind the first one are arguments.
    #[cfg(windows)]
    fn command(&self) -> Command {
        let text = self.0.to_string_lossy().replace('"', "");
        let mut words = text.split_whitespace();
        match words.next() {
            Some(program) if !std::path::Path::new(&self.0).is_file() => {
                let mut command = Command::new(program);
                command.args(words);
                command
            }
            _ => Command::new(&self.0),
        }
    }
}
