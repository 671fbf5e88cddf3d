//! `karto completions` and `karto man`.

use std::ffi::OsStr;

use clap::CommandFactory;
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};

use crate::cli::args::{Cli, Shell};
use crate::cli::error::status;
use crate::cli::{CliError, Io};

/// Writes the script that asks this program at every completion, so that it knows the workspace's ids and fields.
pub(super) fn completions(shell: Shell, io: &mut Io<'_>) -> Result<u8, CliError> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
    };
    if shell == Shell::Bash {
        // Bash ends words at colons, which would tear `owner:anna` apart.
        writeln!(io.out, "COMP_WORDBREAKS=${{COMP_WORDBREAKS//:}}")?;
    }
    completer.write_registration("COMPLETE", "karto", "karto", "karto", io.out)?;
    Ok(status::OK)
}

/// Writes the man page of karto, or of one of its commands.
pub(super) fn man(command: Option<&OsStr>, io: &mut Io<'_>) -> Result<u8, CliError> {
    let whole = Cli::command();
    let page = match command {
        None => whole,
        Some(name) => {
            let found = whole.get_subcommands().find(|known| OsStr::new(known.get_name()) == name).cloned();
            let found = found.ok_or_else(|| {
                let message = format!("there is no command `{}`", name.to_string_lossy());
                CliError::argument(message, "`karto --help` lists the commands")
            })?;
            let full_name = format!("karto-{}", found.get_name());
            found.display_name(full_name.clone()).name(full_name)
        }
    };
    clap_mangen::Man::new(page).render(io.out)?;
    io.out.flush()?;
    Ok(status::OK)
}
