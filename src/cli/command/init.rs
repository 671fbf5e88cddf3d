//! `karto init`: a folder becomes a workspace.

use std::path::{Path, PathBuf};

use crate::cli::args::Global;
use crate::cli::error::status;
use crate::cli::session::wants_color;
use crate::cli::{CliError, Io, identity};
use crate::output::{self, Options, clean, shell_word};
use crate::workspace::CONFIG_FILE;
use crate::workspace::init::{Plan, Settings};

pub(super) fn run(
    folder: PathBuf,
    currency: Option<String>,
    timezone: Option<String>,
    dry_run: bool,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<u8, CliError> {
    let settings = Settings { currency, timezone, me: identity::newcomer(&folder, io)? };
    let plan = Plan::new(&folder, &settings)?;
    let root = clean(&plan.root().display().to_string()).into_owned();
    if plan.is_empty() {
        writeln!(io.out, "{root} is a workspace already, nothing was changed")?;
        return Ok(status::OK);
    }
    if dry_run {
        let color = wants_color(global.color, io.terminal.is_some(), io);
        let options = Options { width: io.terminal.map(|terminal| terminal.width), color, unicode: io.unicode() };
        output::diff(plan.changes(), &options, io.out)?;
        for folder in plan.folders() {
            writeln!(io.out, "new folder {folder}/")?;
        }
        return Ok(status::OK);
    }
    plan.carry_out()?;
    let report = tell(&plan, &root, &settings, io);
    io.told(report);
    Ok(status::OK)
}

/// All that there is to say once it is made.
fn tell(plan: &Plan, root: &str, settings: &Settings, io: &mut Io<'_>) -> Result<(), CliError> {
    say_done(plan, root, io)?;
    if settings.me.is_none() && plan.changes().files().any(|(path, _)| path.as_str() == CONFIG_FILE) {
        let advice = "write yourself into karto.yaml under `people:`, with the e-mail address that git has";
        writeln!(io.err, "note: nobody knows who you are; {advice}")?;
    }
    say_next(plan.root(), io)?;
    Ok(io.out.flush()?)
}

/// What was made, what stayed, and what was found.
fn say_done(plan: &Plan, root: &str, io: &mut Io<'_>) -> Result<(), CliError> {
    let was_one = plan.kept().iter().any(|path| path.as_str() == CONFIG_FILE);
    writeln!(
        io.out,
        "{root} {}",
        if was_one { "is a workspace, and has what it lacked" } else { "is a workspace now" }
    )?;
    let with = |is_new: bool| {
        let files = plan.changes().files().filter(move |(_, change)| change.before.is_none() == is_new);
        files.map(|(path, _)| path.to_string())
    };
    let made: Vec<String> = with(true).chain(plan.folders().iter().map(|folder| format!("{folder}/"))).collect();
    let added: Vec<String> = with(false).collect();
    let kept: Vec<String> = plan.kept().iter().map(ToString::to_string).collect();
    for (what, names) in [("made", made), ("added a line to", added), ("left as it was", kept)] {
        if !names.is_empty() {
            writeln!(io.out, "{what}: {}", names.join(", "))?;
        }
    }
    let (cards, notes, unreadable) = plan.found();
    if notes > 0 {
        let (files, are) = if notes == 1 { ("file", "is a note") } else { ("files", "are notes") };
        writeln!(io.out, "{notes} Markdown {files} here {are}: searched and linked, never changed")?;
    }
    if cards > 0 {
        let (files, are) = if cards == 1 { ("file", "is a card") } else { ("files", "are cards") };
        writeln!(io.out, "{cards} {files} here {are} already: karto list")?;
    }
    if unreadable > 0 {
        let (files, look) = if unreadable == 1 { ("file", "looks like a card") } else { ("files", "look like cards") };
        writeln!(io.err, "note: {unreadable} {files} {look} and can't be read; `karto validate` shows why")?;
    }
    Ok(())
}

/// The first steps.
fn say_next(root: &Path, io: &mut Io<'_>) -> Result<(), CliError> {
    writeln!(io.out, "\nWhat comes next:")?;
    if io.folder.canonicalize().is_ok_and(|folder| folder != root) {
        writeln!(io.out, "  cd {}", shell_word(&clean(&root.display().to_string())))?;
    }
    writeln!(
        io.out,
        "  karto new lead \"Łódź Tools\" contact=\"Jan Kowalski, +48 600 100 200\" --next +2d \"Call back\""
    )?;
    writeln!(io.out, "  karto due")?;
    let has_git = root.ancestors().any(|folder| folder.join(".git").exists());
    let begin = if has_git { "" } else { "git init && " };
    writeln!(io.out, "  {begin}git add . && git commit -m \"Our first cards\"")?;
    Ok(())
}
