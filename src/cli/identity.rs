//! Who "me" is.

use std::path::{Path, PathBuf};

use super::{CliError, Io};
use crate::model::{Config, Person, check_id, slug};
use crate::text::{Document, did_you_mean, nearest};
use crate::workspace::{Workspace, git};

/// The person of the workspace who calls: `KARTO_USER`, else git's `user.email` looked up in `people`, else `user:` in
/// the user's own configuration. `None` where none of them says.
///
/// # Errors
/// [`CliError::Argument`] if `KARTO_USER` is no text, or names somebody whom `people` does not know.
pub(super) fn me(workspace: &Workspace, io: &Io<'_>) -> Result<Option<String>, CliError> {
    let config = workspace.config();
    if let Some(named) = io.own_variable("KARTO_USER")? {
        let unknown =
            || nobody(config, named, format!("KARTO_USER is `{named}`, and nobody in karto.yaml is called so"));
        return known(config, named).map(Some).ok_or_else(unknown);
    }
    let by_git = || git::user_email(workspace.root()).and_then(|email| by_email(config, &email));
    Ok(by_git().or_else(|| user_file(io).and_then(|named| known(config, &named))))
}

/// Who begins a workspace in `folder`: what `KARTO_USER` and git say of them; `None` where that is not enough to know them
/// by later.
///
/// # Errors
/// [`CliError::Argument`] if `KARTO_USER` is no text.
pub(super) fn newcomer(folder: &Path, io: &Io<'_>) -> Result<Option<Person>, CliError> {
    let named = io.own_variable("KARTO_USER")?;
    let there = folder.ancestors().find(|above| above.is_dir()).unwrap_or(folder);
    let address = named.filter(|named| named.contains('@')).map(str::to_owned).or_else(|| git::user_email(there));
    let address = address.filter(|address| {
        let sides: Vec<&str> = address.split('@').collect();
        !address.contains(char::is_whitespace) && sides.len() == 2 && sides.iter().all(|side| !side.is_empty())
    });
    let name = git::user_name(there);
    let first = name.as_deref().and_then(|name| name.split_whitespace().next()).map(slug);
    let mailbox = address.as_deref().and_then(|address| address.split('@').next()).map(slug);
    let id = match named {
        Some(id) if !id.contains('@') => Some(id.to_owned()),
        _ => [first, name.as_deref().map(slug), mailbox].into_iter().flatten().find(|id| check_id(id).is_ok()),
    };
    // By name alone nobody would be known again.
    let id = id.filter(|id| check_id(id).is_ok() && (named.is_some() || address.is_some()));
    Ok(id.map(|id| Person {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        emails: address.into_iter().collect(),
        phone: None,
        role: None,
        active: true,
    }))
}

/// The person whom an argument names: `me`, or an id or e-mail address of `people`.
///
/// # Errors
/// [`CliError::Nobody`] if nothing says who "me" is, [`CliError::Argument`] if nobody is called so.
pub(super) fn person(named: &str, workspace: &Workspace, io: &Io<'_>) -> Result<String, CliError> {
    if named == "me" {
        return me(workspace, io)?.ok_or(CliError::Nobody);
    }
    let config = workspace.config();
    known(config, named).ok_or_else(|| nobody(config, named, format!("nobody in karto.yaml is called `{named}`")))
}

fn nobody(config: &Config, named: &str, message: String) -> CliError {
    let ids = || config.people.iter().map(|person| person.id.as_str());
    let everybody = || format!("karto.yaml knows {}", ids().collect::<Vec<_>>().join(", "));
    CliError::argument(message, did_you_mean(&nearest(named, ids(), 1)).unwrap_or_else(everybody))
}

/// A person by id or address; anybody where the workspace lists nobody.
fn known(config: &Config, named: &str) -> Option<String> {
    if config.people.is_empty() {
        return Some(named.to_owned());
    }
    config.person(named).map(|person| person.id.clone()).or_else(|| by_email(config, named))
}

fn by_email(config: &Config, email: &str) -> Option<String> {
    let has = |person: &&Person| person.emails.iter().any(|own| own.eq_ignore_ascii_case(email));
    config.people.iter().find(has).map(|person| person.id.clone())
}

/// `user:` in `karto/config.yaml` of the user's configuration folder.
fn user_file(io: &Io<'_>) -> Option<String> {
    let folder = match io.variable("XDG_CONFIG_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(io.variable("HOME")?).join(".config"),
    };
    let bytes = crate::workspace::read_limited(&folder.join("karto").join("config.yaml")).ok()?;
    let document = Document::parse_yaml(bytes);
    document.front()?.get("user").map(|user| user.raw().into_owned()).filter(|user| !user.is_empty())
}
