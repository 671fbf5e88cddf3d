//! `karto edit`: cards in the user's own editor, looked at before they take the place of what was there.

use crate::cli::aftermath;
use crate::cli::permission;
use std::path::PathBuf;

use crate::change::{self, Author, ChangeSet, Draft, FileChange};
use crate::cli::editor::Editor;
use crate::cli::error::status;
use crate::cli::proposal::NextStep;
use crate::cli::session::Session;
use crate::cli::{CliError, targets};
use crate::diagnostic::Diagnostic;
use crate::model::codes::TYPE_MISSING;
use crate::model::{Card, Record};
use crate::output::{self, Style, clean, diagnostics, paint};
use crate::text::SourcePath;
use crate::workspace::findings::{Look, brought};
use crate::workspace::workbench::{Kept, Workbench};
use crate::workspace::{Snapshot, Workspace};

/// How cards are edited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) history: bool,
    pub(super) resume: bool,
    pub(super) over: bool,
    pub(super) discard: bool,
    pub(super) keep: bool,
    pub(super) dry_run: bool,
}

/// A card on which somebody works.
struct Desk {
    path: SourcePath,
    bench: Workbench,
    /// What the card held when the edit began.
    before: Vec<u8>,
}

/// A card as the editor left it.
struct Edited<'d> {
    desk: &'d Desk,
    after: Vec<u8>,
}

/// What is to become of an edit.
enum Verdict {
    Again,
    Keep,
    Throw,
    /// Nobody decides: the text stays where it is.
    Refuse,
}

pub(super) fn run(mut session: Session<'_, '_>, words: &[String], how: Options) -> Result<u8, CliError> {
    permission::check_rules(&session)?;
    let paths = targets::files(&mut session, words)?;
    let editor = Editor::of(session.io)?;
    let author = permission::author(&mut session)?;
    let mut desks = Vec::new();
    for path in paths {
        desks.push(Desk::begin(&mut session, path, how)?);
    }
    loop {
        let files: Vec<PathBuf> = desks.iter().map(|desk| desk.bench.file()).collect();
        if let Err(failed) = editor.open(&files, session.io) {
            return Err(failed.into_error(&what_is_left(&desks)?));
        }
        if let Some(status) = round(&mut session, &desks, &author, how)? {
            return Ok(status);
        }
    }
}

/// Looks at what the editor left, and does with it what is decided; `None` if the editor is to have it once more.
fn round(session: &mut Session<'_, '_>, desks: &[Desk], author: &Author, how: Options) -> Result<Option<u8>, CliError> {
    let (mut edits, untouched) = looked_through(desks)?;
    if edits.is_empty() {
        say_untouched(session, &untouched)?;
        clear(session, &untouched);
        return Ok(Some(status::OK));
    }
    let is_untold = !tell_history(session, &mut edits, author, how)?;
    // Others may have worked meanwhile, too, also on the rules.
    session.reopen()?;
    permission::check_rules(session)?;
    let mut changes = ChangeSet::default();
    for edit in &edits {
        let change = FileChange { before: Some(edit.desk.before.clone()), after: Some(edit.after.clone()) };
        changes.add(edit.desk.path.clone(), change);
    }
    let edited: Vec<&Desk> = edits.iter().map(|edit| edit.desk).collect();
    let status = match judge(session, &changes, how)? {
        // Also what is untouched so far stays open to the editor.
        Verdict::Again => return Ok(None),
        Verdict::Keep if how.dry_run => {
            output::diff(&changes, &session.options(), session.io.out)?;
            writeln!(session.io.err, "note: nothing was changed; {}", kept(&edited))?;
            status::OK
        }
        Verdict::Keep => {
            write(session, &edits, &changes)?;
            let report = say_done(session, &edits, &untouched);
            session.io.told(report);
            clear(session, &edited);
            status::OK
        }
        Verdict::Throw => {
            clear(session, &edited);
            writeln!(session.io.out, "nothing was changed")?;
            status::OK
        }
        Verdict::Refuse => {
            say_refused(session, &edited, is_untold)?;
            status::FINDINGS
        }
    };
    clear(session, &untouched);
    Ok(Some(status))
}

/// The cards that the editor has changed, and the others.
fn looked_through(desks: &[Desk]) -> Result<(Vec<Edited<'_>>, Vec<&Desk>), CliError> {
    let (mut edits, mut untouched) = (Vec::new(), Vec::new());
    for desk in desks {
        let after = desk.bench.text().map_err(|error| {
            let message = format!("{} can't be read any more: {error}", desk.bench.name());
            CliError::argument(message, "nothing was changed")
        })?;
        match after == desk.before {
            true => untouched.push(desk),
            false => edits.push(Edited { desk, after }),
        }
    }
    Ok((edits, untouched))
}

/// Takes copies away that have had their day; one that can't be removed does no harm.
fn clear(session: &mut Session<'_, '_>, desks: &[&Desk]) {
    for desk in desks {
        if let Err(error) = desk.bench.clear() {
            let name = desk.bench.name();
            let _ = writeln!(session.io.err, "note: the copy {} can't be removed: {error}", clean(&name));
        }
    }
}

fn say_untouched(session: &mut Session<'_, '_>, desks: &[&Desk]) -> Result<(), CliError> {
    let color = session.options().color;
    for desk in desks {
        writeln!(session.io.out, "{}: unchanged", paint(&clean(desk.path.stem()), Style::Strong, color))?;
    }
    Ok(())
}

fn say_refused(session: &mut Session<'_, '_>, edited: &[&Desk], is_untold: bool) -> Result<(), CliError> {
    writeln!(session.io.err, "nothing was changed; {}", kept(edited))?;
    let help = paint("help:", Style::Good, session.err_options().color);
    if is_untold {
        writeln!(session.io.err, "{help} --history tells of what was changed, by a line of now")?;
    }
    writeln!(session.io.err, "{help} --keep takes it over all the same")?;
    Ok(())
}

/// Where the texts are kept, and how to go on with them.
fn kept(desks: &[&Desk]) -> String {
    let names: Vec<String> = desks.iter().map(|desk| desk.bench.name()).collect();
    let ids: Vec<&str> = desks.iter().map(|desk| desk.path.as_str()).collect();
    let (is, it) = if desks.len() == 1 { ("text is", "it") } else { ("texts are", "them") };
    format!("your {is} kept in {}: `karto edit {} --resume` goes on with {it}", names.join(", "), ids.join(","))
}

/// What to do after an editor that failed: texts that were not touched are taken away, and the others kept.
fn what_is_left(desks: &[Desk]) -> Result<String, CliError> {
    let mut touched = Vec::new();
    for desk in desks {
        match desk.bench.text() {
            Ok(text) if text == desk.before => desk.bench.clear()?,
            _ => touched.push(desk),
        }
    }
    Ok(if touched.is_empty() { "`EDITOR=nano karto edit …` takes another one".to_owned() } else { kept(&touched) })
}

impl Desk {
    /// Lays a copy of the card out, or what was left of an earlier edit.
    fn begin(session: &mut Session<'_, '_>, path: SourcePath, how: Options) -> Result<Self, CliError> {
        let before = session.workspace.bytes_of(&path).map_err(|error| {
            CliError::argument(format!("{path} can't be read: {error}"), "give yourself the right to read it")
        })?;
        let bench = Workbench::of(&session.workspace, &path).map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => {
                CliError::argument(format!("{path} is being edited already"), "end the other editor first")
            }
            _ => CliError::argument(format!("can't make a copy to edit: {error}"), "look at .karto/ in the workspace"),
        })?;
        let desk = Self { path, bench, before };
        match desk.bench.kept()? {
            Some(kept) if kept.text != desk.before && kept.base.as_ref() != Some(&kept.text) => {
                match desk.goes_on(session, how)? {
                    true => desk.resume(session, &kept, how)?,
                    false => desk.bench.lay_out(&desk.before)?,
                }
            }
            _ => desk.bench.lay_out(&desk.before)?,
        }
        Ok(desk)
    }

    /// Whether to go on with what was left; nothing is thrown away unasked.
    fn goes_on(&self, session: &mut Session<'_, '_>, how: Options) -> Result<bool, CliError> {
        let message = format!("{} holds the text of an earlier edit", self.bench.name());
        if how.resume || how.discard {
            return Ok(how.resume);
        }
        if session.io.can_ask() {
            match session.io.ask(&format!("{message}: [g]o on with it, or [t]hrow it away?"))?.as_deref() {
                Some("g" | "go") => return Ok(true),
                Some("t" | "throw") => return Ok(false),
                _ => {}
            }
        }
        Err(CliError::argument(message, "--resume goes on with it, --discard throws it away"))
    }

    /// Goes on with a text that was kept. If the card has become another one since, that is shown first: what is saved
    /// takes the place of it all.
    fn resume(&self, session: &mut Session<'_, '_>, kept: &Kept, how: Options) -> Result<(), CliError> {
        if kept.base.as_ref() != Some(&self.before) {
            let base = kept.base.clone().unwrap_or_else(|| kept.text.clone());
            let mut meanwhile = ChangeSet::default();
            let change = FileChange { before: Some(base), after: Some(self.before.clone()) };
            meanwhile.add(self.path.clone(), change);
            writeln!(session.io.err, "{} has been changed since that edit began:", clean(self.path.as_str()))?;
            let options = session.err_options();
            output::diff(&meanwhile, &options, session.io.err)?;
            let question = "Go on with your text, and put it in the place of all that?";
            if !(how.over || session.io.can_ask() && session.io.confirm(question)?) {
                let name = self.bench.name();
                let hint = format!(
                    "--resume --over puts your text in its place; or carry over from {name} what you need, then say --discard"
                );
                return Err(CliError::argument("the card is another one than that which you edited", hint));
            }
        }
        self.bench.begin_from(&self.before)?;
        Ok(())
    }

    /// The card as it was, where it could be read.
    fn record(&self, workspace: &Workspace) -> Option<Record> {
        record(workspace, &self.path, &self.before)
    }
}

fn record(workspace: &Workspace, path: &SourcePath, bytes: &[u8]) -> Option<Record> {
    match workspace.read(path, bytes).0 {
        Card::Record(record) => Some(record),
        _ => None,
    }
}

/// Where tracked fields were changed and the history does not tell of it, adds the line, if that is wanted; false if something
/// is left untold.
fn tell_history(
    session: &mut Session<'_, '_>,
    edits: &mut [Edited<'_>],
    author: &Author,
    how: Options,
) -> Result<bool, CliError> {
    let (mut has_told, mut all_told) = (false, true);
    for edit in edits {
        let Some(before) = edit.desk.record(&session.workspace) else { continue };
        let config = session.workspace.config();
        let Ok(mut draft) = Draft::open(edit.desk.path.clone(), edit.after.clone(), config) else { continue };
        let untold = change::untold(&draft, Some(&before));
        if untold.is_empty() {
            continue;
        }
        let question =
            format!("{}: the history does not tell of {}. Add a line of now? [Y/n]", before.id, untold.join(", "));
        let is_wanted = how.history || session.io.can_ask() && says_yes(session.io.ask(&question)?.as_deref());
        if !is_wanted {
            all_told = false;
            continue;
        }
        match change::catch_up(&mut draft, Some(&before), author) {
            Ok(_) => {
                edit.after = draft.document().source().to_vec();
                has_told = true;
            }
            Err(refusal) => {
                writeln!(session.io.err, "note: no line of history was added: {}", clean(&refusal.to_string()))?;
            }
        }
    }
    if has_told {
        permission::say_nobody(session)?;
    }
    Ok(all_told)
}

/// A mere Enter is a yes; the end of the input is none.
fn says_yes(answer: Option<&str>) -> bool {
    answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Shows what the edits bring that was not wrong before, and lets the person at the terminal decide; without one, errors
/// are refused.
fn judge(session: &mut Session<'_, '_>, changes: &ChangeSet, how: Options) -> Result<Verdict, CliError> {
    let after = session.workspace.foresee(&session.snapshot, changes);
    let mut found = new_findings(session, &after);
    let lost = no_cards_any_more(session, &after, changes);
    found.extend(lost.iter().cloned());
    let sources = |path: &SourcePath| match changes.get(path).and_then(|change| change.after.as_ref()) {
        Some(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        None => session.workspace.text_of(path),
    };
    let options = session.err_options();
    diagnostics::text(&found, &sources, &options, session.io.err)?;
    if how.keep {
        return Ok(Verdict::Keep);
    }
    if session.io.can_ask() && !found.is_empty() && !how.dry_run {
        let question = "[e]dit again, [k]eep it as it is, or [t]hrow the edit away?";
        return Ok(match session.io.ask(question)?.map(|answer| answer.to_lowercase()).as_deref() {
            Some("k" | "keep") => Verdict::Keep,
            Some("t" | "throw") => Verdict::Throw,
            Some(_) => Verdict::Again,
            None => Verdict::Refuse,
        });
    }
    let errors = aftermath::added_errors(session, &after, NextStep::AskedFor);
    if errors.is_empty() && lost.is_empty() {
        return Ok(Verdict::Keep);
    }
    let mark = paint("refused:", Style::Alarm, options.color);
    writeln!(session.io.err, "{mark} the edit would bring what `karto validate` calls an error")?;
    Ok(Verdict::Refuse)
}

/// The cards that the edit would make notes of, so that they would vanish from every answer.
fn no_cards_any_more(session: &Session<'_, '_>, after: &Snapshot, changes: &ChangeSet) -> Vec<Diagnostic> {
    let was_card = |path: &&SourcePath| session.snapshot.catalog.record_at(path).is_some();
    let is_note = |path: &&SourcePath| after.catalog.notes().iter().any(|note| note.path == **path);
    let lost = changes.files().map(|(path, _)| path).filter(was_card).filter(is_note);
    let finding = |path: &SourcePath| {
        let finding = Diagnostic::new(TYPE_MISSING, "this would be no card any more, and vanish from every answer");
        finding.in_file(path).help("a card begins with a line `---`, its fields, and another line `---`")
    };
    lost.map(finding).collect()
}

fn new_findings(session: &Session<'_, '_>, after: &Snapshot) -> Vec<Diagnostic> {
    let look = Look { today: session.today, me: session.me.as_deref(), strict: false };
    let before = look.findings(&session.workspace, &session.snapshot);
    brought(&before, &look.findings(&session.workspace, after))
}

/// Puts the edited texts in the place of the cards.
fn write(session: &mut Session<'_, '_>, edits: &[Edited<'_>], changes: &ChangeSet) -> Result<(), CliError> {
    session.commit(changes).map_err(|error| {
        let names: Vec<String> = edits.iter().map(|edit| edit.desk.bench.name()).collect();
        let ids: Vec<&str> = edits.iter().map(|edit| edit.desk.path.as_str()).collect();
        let hint = format!(
            "your text is kept in {}: `karto edit {} --resume` shows what is there now and goes on",
            names.join(", "),
            ids.join(",")
        );
        CliError::refused(error.to_string(), hint)
    })
}

fn say_done(session: &mut Session<'_, '_>, edits: &[Edited<'_>], untouched: &[&Desk]) -> Result<(), CliError> {
    let color = session.options().color;
    for Edited { desk, after } in edits {
        let record = record(&session.workspace, &desk.path, after);
        let said =
            record.map_or_else(Vec::new, |after| output::changes(desk.record(&session.workspace).as_ref(), &after));
        let said = if said.is_empty() { "changed".to_owned() } else { said.join(", ") };
        writeln!(session.io.out, "{}: {}", paint(&clean(desk.path.stem()), Style::Strong, color), clean(&said))?;
    }
    say_untouched(session, untouched)
}
