//! `karto resolve`: the places where a merge left two texts, decided one by one or all alike.

use std::collections::BTreeSet;
use std::io;

use crate::change::{self, Author, ChangeSet, Draft, FileChange};
use crate::check::codes::DATE_IN_FUTURE;
use crate::cli::args::Format;
use crate::cli::error::status;
use crate::cli::proposal::NextStep;
use crate::cli::session::Session;
use crate::cli::{CliError, targets};
use crate::cli::{aftermath, permission};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::HistoryLine;
use crate::model::codes::HISTORY_DISAGREES;
use crate::output::shell_word;
use crate::output::{self, Style, clean, diagnostics, paint};
use crate::text::SourcePath;
use crate::text::codes::CONFLICT_MARKER;
use crate::text::conflict::Choice;
use crate::workspace::findings::{Key, brought};
use crate::workspace::{config_path, git, is_rule};

mod ask;
mod file;
mod listing;
mod wish;

use file::Conflicted;
use wish::Wish;

/// How places are decided.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The side that is taken wherever nothing else is said.
    pub(super) all: Option<Choice>,
    /// `stage=ours`
    pub(super) fields: Vec<String>,
    pub(super) list: bool,
    pub(super) format: Format,
    pub(super) no_history: bool,
    pub(super) add: bool,
    pub(super) dry_run: bool,
}

/// What becomes of a file.
struct Resolved {
    path: SourcePath,
    before: Vec<u8>,
    after: Vec<u8>,
    decided: usize,
    left: usize,
    /// The line that tells of what was chosen.
    told: Option<HistoryLine>,
    /// The other card, where two people made one of the same name and both are kept.
    second: Option<Second>,
}

/// A card that gets a name of its own.
struct Second {
    /// Where it is to lie; `None` until a free name is found.
    path: Option<SourcePath>,
    bytes: Vec<u8>,
}

pub(super) fn run(mut session: Session<'_, '_>, words: &[String], how: &Options) -> Result<u8, CliError> {
    if words.is_empty() || how.list {
        return listing::run(session, words, how);
    }
    permission::check_format(&session)?;
    if how.add && !git::keeps(session.workspace.root()) {
        return Err(CliError::argument("git does not keep this workspace", "leave --add out, or `git init` first"));
    }
    let wish = Wish::new(how.all.clone(), &how.fields)?;
    let files = named(&mut session, words)?;
    wish.check(&files)?;
    let is_open = files.iter().any(|file| !file.places().is_empty());
    if is_open && wish.is_empty() && !session.io.can_ask() {
        let hint = "say --ours, --theirs or --both for all places, or --field FIELD=ours for one; --list shows them";
        return Err(CliError::argument("nobody can be asked here", hint));
    }
    let mut resolved = Vec::new();
    for file in files.iter().filter(|file| !file.places().is_empty()) {
        let choices = ask::choices(&mut session, file, &wish)?;
        let has_left = choices.has_left;
        resolved.extend(file.resolved(&choices.made)?);
        if has_left {
            break;
        }
    }
    say_without_marks(&mut session, &files)?;
    for second in resolved.iter_mut().filter_map(|file| Some((&file.path, file.second.as_mut()?))) {
        let (path, second) = second;
        second.path = Some(free_name(&session, path)?);
    }
    if !how.no_history {
        tell_history(&mut session, &mut resolved)?;
    }
    conclude(session, &resolved, &files, how)
}

/// Names the files that have no marks, with what git waits for in them.
fn say_without_marks(session: &mut Session<'_, '_>, files: &[Conflicted]) -> Result<(), CliError> {
    let mut without = files.iter().filter(|file| file.places().is_empty()).peekable();
    if without.peek().is_none() {
        return Ok(());
    }
    let unmerged = git::unmerged(session.workspace.root());
    for file in without {
        match unmerged.iter().find(|waiting| waiting.path == file.path) {
            Some(waiting) => writeln!(session.io.out, "{}", clean(&listing::awaited(waiting)))?,
            None => writeln!(session.io.out, "{}: no marks of a merge are in it", clean(file.path.as_str()))?,
        }
    }
    Ok(())
}

/// A free name beside a card: `lead-kowal-2`.
fn free_name(session: &Session<'_, '_>, path: &SourcePath) -> Result<SourcePath, CliError> {
    let catalog = &session.snapshot.catalog;
    let is_free = |path: &SourcePath| {
        catalog.index_of(path.stem()).is_none() && path.under(session.workspace.root()).symlink_metadata().is_err()
    };
    let folder = path.as_str().strip_suffix(path.file_name()).unwrap_or_default();
    let names = (2..1000).map(|number| format!("{folder}{}-{number}.md", path.stem()));
    let free = names.filter_map(|name| SourcePath::new(name).ok()).find(is_free);
    free.ok_or_else(|| CliError::argument(format!("no name is free beside {path}"), "rename one of the others"))
}

/// The files that are named; `karto.yaml` and the schemas by their paths.
fn named(session: &mut Session<'_, '_>, words: &[String]) -> Result<Vec<Conflicted>, CliError> {
    let words = words.iter().flat_map(|word| word.split(',')).map(str::trim).filter(|word| !word.is_empty());
    let mut paths: Vec<SourcePath> = Vec::new();
    for word in words {
        let path = match SourcePath::new(word) {
            Ok(path) if is_rule(&path) => vec![path],
            _ => targets::files(session, &[word.to_owned()])?,
        };
        for path in path {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.into_iter().map(|path| Conflicted::read(session, path)).collect()
}

/// Where all places of a card are decided and its history ends with what was not chosen, adds a line of now: both moves
/// have been made, so neither is taken away, and from now on the other one holds.
fn tell_history(session: &mut Session<'_, '_>, resolved: &mut [Resolved]) -> Result<(), CliError> {
    let mut author: Option<Author> = None;
    for file in resolved.iter_mut().filter(|file| file.left == 0 && !is_rule(&file.path)) {
        let is_untold = |draft: &Draft<'_>| !change::untold(draft, None).is_empty();
        let opened = Draft::open(file.path.clone(), file.after.clone(), session.workspace.config());
        if !opened.is_ok_and(|draft| is_untold(&draft)) {
            continue;
        }
        let by = match &author {
            Some(author) => author.clone(),
            None => author.insert(permission::author(session)?).clone(),
        };
        let opened = Draft::open(file.path.clone(), file.after.clone(), session.workspace.config());
        let Ok(mut draft) = opened else { continue };
        // The other side's clock may be ahead.
        let latest = draft.record().history.iter().map(|line| line.at).max();
        let at = latest.map_or(by.at, |latest| if latest.date >= by.at.date { latest.max(by.at) } else { by.at });
        match change::catch_up(&mut draft, None, &Author { at, ..by }) {
            Ok(line) => {
                file.after = draft.document().source().to_vec();
                file.told = line;
            }
            Err(refusal) => {
                writeln!(session.io.err, "note: no line of history was added: {}", clean(&refusal.to_string()))?;
            }
        }
    }
    if resolved.iter().any(|file| file.told.is_some()) { permission::say_nobody(session) } else { Ok(()) }
}

/// Shows the changes or makes them, unless they would bring errors that neither side had.
fn conclude(
    mut session: Session<'_, '_>,
    resolved: &[Resolved],
    files: &[Conflicted],
    how: &Options,
) -> Result<u8, CliError> {
    let mut changes = ChangeSet::default();
    for file in resolved {
        let change = FileChange { before: Some(file.before.clone()), after: Some(file.after.clone()) };
        changes.add(file.path.clone(), change);
        if let Some(Second { path: Some(path), bytes }) = &file.second {
            changes.add(path.clone(), FileChange { before: None, after: Some(bytes.clone()) });
        }
    }
    if changes.is_empty() {
        if files.iter().any(|file| !file.places().is_empty()) {
            writeln!(session.io.out, "nothing was changed")?;
        }
        session.io.out.flush()?;
        return Ok(status::OK);
    }
    if !is_right(&mut session, &changes, resolved, files, how)? {
        return Ok(status::FINDINGS);
    }
    if how.dry_run {
        output::diff(&changes, &session.options(), session.io.out)?;
    } else {
        session.commit(&changes)?;
        say_done(&mut session, resolved, files, how)?;
    }
    session.io.out.flush()?;
    Ok(status::OK)
}

/// True if the changes may be made: they bring nothing that is wrong and was on neither side, or whoever sits at the
/// terminal wants it so.
fn is_right(
    session: &mut Session<'_, '_>,
    changes: &ChangeSet,
    resolved: &[Resolved],
    files: &[Conflicted],
    how: &Options,
) -> Result<bool, CliError> {
    // Where places are still open, nobody knows what the card will say.
    let open: BTreeSet<&SourcePath> = resolved.iter().filter(|file| file.left > 0).map(|file| &file.path).collect();
    let [ours, theirs] = sides(session, changes, files);
    let mut errors = new_errors(session, &ours, changes);
    errors.retain(|finding| finding.path.as_ref().is_none_or(|path| !open.contains(path)));
    errors.retain(|finding| !(how.no_history && finding.code == HISTORY_DISAGREES));
    // The line that tells of the choice is as far ahead as the one that it follows, which has been a finding before.
    let told: Vec<_> = resolved.iter().filter(|file| file.told.is_some()).map(|file| Some(&file.path)).collect();
    errors.retain(|finding| !(finding.code == DATE_IN_FUTURE && told.contains(&finding.path.as_ref())));
    if !errors.is_empty() {
        let beside_theirs = new_errors(session, &theirs, changes);
        errors.retain(|finding| beside_theirs.iter().any(|other| Key::of(other) == Key::of(finding)));
    }
    if errors.is_empty() {
        return Ok(true);
    }
    let would_be = |path: &SourcePath| {
        let bytes = changes.get(path)?.after.as_ref()?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    };
    let options = session.err_options();
    let workspace = &session.workspace;
    let sources = |path: &SourcePath| would_be(path).or_else(|| workspace.text_of(path));
    diagnostics::text(&errors, &sources, &options, session.io.err)?;
    if session.io.can_ask() && !how.dry_run && session.io.confirm("Neither side had that. Write it all the same?")? {
        return Ok(true);
    }
    let mark = paint("refused:", Style::Alarm, options.color);
    writeln!(
        session.io.err,
        "{mark} the choice would bring what `karto validate` calls an error; nothing was changed"
    )?;
    Ok(false)
}

/// The files as either side has them: as git keeps them for an unfinished merge, else as far as the marks tell.
fn sides(session: &Session<'_, '_>, changes: &ChangeSet, files: &[Conflicted]) -> [ChangeSet; 2] {
    let mut sides = [ChangeSet::default(), ChangeSet::default()];
    for file in files.iter().filter(|file| changes.get(&file.path).is_some()) {
        let known = git::sides(session.workspace.root(), &file.path);
        let versions = known.unwrap_or_else(|| [file.side(&Choice::Ours), file.side(&Choice::Theirs)]);
        for (side, version) in sides.iter_mut().zip(versions) {
            side.add(file.path.clone(), FileChange { before: Some(file.bytes.clone()), after: Some(version) });
        }
    }
    sides
}

/// The errors that there would be and that this side does not have.
fn new_errors(session: &Session<'_, '_>, side: &ChangeSet, changes: &ChangeSet) -> Vec<Diagnostic> {
    let config = config_path();
    let after = |changes: &ChangeSet| changes.get(&config).and_then(|change| change.after.clone());
    let rules = |bytes: Vec<u8>| session.workspace.with_rules(bytes).findings().to_vec();
    let mut errors = Vec::new();
    if let (Some(then), Some(now)) = (after(changes), after(side)) {
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        errors.extend(brought(&rules(now), &rules(then)).into_iter().filter(is_error));
    }
    let of_cards = |changes: &ChangeSet| {
        let mut cards = ChangeSet::default();
        let files = changes.files().filter(|(path, _)| !is_rule(path));
        files.for_each(|(path, change)| cards.add(path.clone(), change.clone()));
        session.workspace.foresee(&session.snapshot, &cards)
    };
    if changes.files().any(|(path, _)| !is_rule(path)) {
        let (before, after) = (of_cards(side), of_cards(changes));
        errors.extend(aftermath::added_to(&before, session, &after, NextStep::AskedFor));
    }
    errors.retain(|finding| finding.code != CONFLICT_MARKER);
    errors
}

fn say_done(
    session: &mut Session<'_, '_>,
    resolved: &[Resolved],
    files: &[Conflicted],
    how: &Options,
) -> Result<(), CliError> {
    let color = session.options().color;
    for file in resolved.iter().filter(|file| file.decided > 0) {
        let id = if is_rule(&file.path) { file.path.as_str() } else { file.path.stem() };
        let id = paint(&clean(id), Style::Strong, color);
        let places = if file.decided == 1 { "place" } else { "places" };
        if file.left > 0 {
            writeln!(session.io.out, "{id}: {} {places} decided, {} left", file.decided, file.left)?;
            continue;
        }
        writeln!(session.io.out, "{id}: {} {places} decided, no marks are left", file.decided)?;
        if let Some(line) = &file.told {
            writeln!(session.io.out, "{id}: the history tells of it: {}", clean(&line.write()))?;
        }
        let was_two = files.iter().any(|known| known.path == file.path && known.is_two_cards());
        say_second(session, file, was_two)?;
        match how.add {
            true => {
                for path in file.paths() {
                    git::add(session.workspace.root(), path.as_str()).map_err(|error| {
                        let message = format!("git does not take {path}: {error}");
                        CliError::argument(message, "the card is written; `git add` tells git that it is decided")
                    })?;
                }
                writeln!(session.io.out, "{id}: git knows it")?;
            }
            false => {
                let paths: Vec<String> = file.paths().map(|path| shell_word(path.as_str())).collect();
                writeln!(session.io.out, "if it is right, tell git: git add {}", clean(&paths.join(" ")))?;
            }
        }
    }
    say_next(session, resolved)
}

/// What becomes of the other card, where two people made one of the same name.
fn say_second(session: &mut Session<'_, '_>, file: &Resolved, was_two: bool) -> io::Result<()> {
    match &file.second {
        Some(Second { path: Some(path), .. }) => {
            let (id, other) = (clean(file.path.stem()), clean(path.stem()));
            writeln!(session.io.out, "{other}: theirs is here now, {path}; links to {id} mean ours")
        }
        None if was_two => writeln!(
            session.io.err,
            "note: the other card of this name is gone from the folder; git has it, and `--both` would have kept it"
        ),
        _ => Ok(()),
    }
}

/// How git goes on once nothing is left to be decided.
fn say_next(session: &mut Session<'_, '_>, resolved: &[Resolved]) -> Result<(), CliError> {
    let Some(unfinished) = git::unfinished(session.workspace.root()) else { return Ok(()) };
    let is_left = |file: &git::Unmerged| !resolved.iter().any(|known| known.left == 0 && known.path == file.path);
    let left = git::unmerged(session.workspace.root()).iter().filter(|file| is_left(file)).count();
    match left {
        0 => writeln!(session.io.out, "then: {}", unfinished.command())?,
        1 => writeln!(session.io.out, "one more file is to be decided: `karto resolve` lists it")?,
        more => writeln!(session.io.out, "{more} more files are to be decided: `karto resolve` lists them")?,
    }
    Ok(())
}

impl Resolved {
    /// The files that it writes.
    fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        std::iter::once(&self.path).chain(self.second.iter().filter_map(|second| second.path.as_ref()))
    }
}
