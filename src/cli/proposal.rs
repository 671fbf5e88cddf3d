//! What a writing command proposes: tried on the cards in memory, shown as a diff, or carried out.
//!
//! Every card gets its verdict, and the reasons stand beside the refused ones. A batch is written as a whole or not at
//! all, unless the caller says `--keep-going`.

use std::collections::HashMap;

use super::args::Write;
use super::error::status;
use super::session::Session;
use super::{CliError, identity};
use crate::catalog::RecordIndex;
use crate::change::{Author, ChangeSet, Draft, FileChange, Refusal};
use crate::check::codes::GATE_NOT_MET;
use crate::check::{self, CheckOptions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::codes::FORMAT_NEWER;
use crate::model::schema::TypeDef;
use crate::model::schema::codes::FIELD_MISSING;
use crate::model::{Record, TaskState};
use crate::output::{self, Style, clean, diagnostics, paint};
use crate::query::derived::next_step;
use crate::query::{Context, Hits};
use crate::text::SourcePath;
use crate::workspace::Snapshot;

/// What is meant to happen with one card.
pub(super) type Intention<'i> = &'i mut dyn FnMut(&mut Draft<'_>, &Context<'_>) -> Result<(), Refusal>;

/// Whether a card may be left without its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// The stage's gate may ask for it: the change is refused without.
    Demanded,
    /// It is asked for, but nothing is refused for its sake: what has happened may always be written down.
    AskedFor,
}

/// The cards of a command, each with what would become of it.
pub(super) struct Proposal {
    cards: Vec<Proposed>,
    next_step: NextStep,
    /// What would be read if all that is ready were written.
    after: Option<Snapshot>,
}

struct Proposed {
    id: String,
    path: SourcePath,
    before: Option<Record>,
    /// What would become of it; `None` where the intention was refused.
    after: Option<(Record, FileChange)>,
    verdict: Verdict,
}

enum Verdict {
    Ready,
    Refused(Refusal),
    /// It would bring errors.
    Wrong(Vec<Diagnostic>),
}

impl Proposed {
    fn is_ready(&self) -> bool {
        matches!(self.verdict, Verdict::Ready)
    }
}

impl Proposal {
    /// A proposal without any cards yet.
    pub(super) fn new(next_step: NextStep) -> Self {
        Self { cards: Vec::new(), next_step, after: None }
    }

    /// Adds what the intention makes of each record.
    pub(super) fn add_all(&mut self, session: &Session<'_, '_>, records: &[RecordIndex], intention: Intention<'_>) {
        let hits = Hits::default();
        let ctx = session.context(&hits);
        for index in records {
            let record = session.snapshot.catalog.record(*index);
            let draft = open(session, record).and_then(|mut draft| {
                intention(&mut draft, &ctx)?;
                Ok(draft)
            });
            self.add(record.id.clone(), record.path.clone(), Some(record.clone()), draft);
        }
    }

    /// Adds a draft, or why there is none.
    pub(super) fn add(
        &mut self,
        id: String,
        path: SourcePath,
        before: Option<Record>,
        draft: Result<Draft<'_>, Refusal>,
    ) {
        let (after, verdict) = match draft {
            Ok(draft) => (Some((draft.record().clone(), draft.into_change().1)), Verdict::Ready),
            Err(refusal) => (None, Verdict::Refused(refusal)),
        };
        self.cards.push(Proposed { id, path, before, after, verdict });
    }

    /// The card of this id as it would be, or as it is where that was refused.
    pub(super) fn record(&self, id: &str) -> Option<&Record> {
        let card = self.cards.iter().find(|card| card.id == id)?;
        card.after.as_ref().map(|(after, _)| after).or(card.before.as_ref())
    }

    /// The cards that are ready to be written, as they would be.
    pub(super) fn ready(&self) -> impl Iterator<Item = &Record> {
        self.cards.iter().filter(|card| card.is_ready()).filter_map(|card| Some(&card.after.as_ref()?.0))
    }

    /// True if there is one card, and nothing speaks against what is meant with it.
    pub(super) fn is_of_one(&self) -> bool {
        matches!(self.cards.as_slice(), [card] if card.is_ready())
    }

    /// True if the intention itself refused a card.
    pub(super) fn has_refused(&self) -> bool {
        self.cards.iter().any(|card| matches!(card.verdict, Verdict::Refused(_)))
    }

    /// The files that would change.
    pub(super) fn changes(&self) -> ChangeSet {
        let mut changes = ChangeSet::default();
        for card in self.cards.iter().filter(|card| card.is_ready()) {
            if let Some((_, change)) = &card.after {
                changes.add(card.path.clone(), change.clone());
            }
        }
        changes
    }

    /// Looks what `validate` would say of the changes, and refuses those that bring an error.
    pub(super) fn try_out(&mut self, session: &Session<'_, '_>, keep_going: bool) {
        loop {
            let changes = self.changes();
            let after = session.workspace.foresee(&session.snapshot, &changes);
            let added = added_errors(session, &after, self.next_step);
            self.after = Some(after);
            if added.is_empty() {
                return;
            }
            let ready = self.cards.iter().filter(|card| card.is_ready());
            let own = ready.clone().any(|card| added.iter().any(|finding| finding.path.as_ref() == Some(&card.path)));
            for card in self.cards.iter_mut().filter(|card| card.is_ready()) {
                // What shows in other files alone is the doing of all.
                let is_its = |finding: &&Diagnostic| !own || finding.path.as_ref() == Some(&card.path);
                let findings: Vec<Diagnostic> = added.iter().filter(is_its).cloned().collect();
                if !findings.is_empty() {
                    card.verdict = Verdict::Wrong(findings);
                }
            }
            // Without some of them the others may be wrong too.
            if !keep_going || !self.cards.iter().any(Proposed::is_ready) {
                return;
            }
        }
    }

    /// What the gates ask for and the refused cards lack, by id; only those with which nothing else is wrong.
    pub(super) fn lacking(&self, session: &Session<'_, '_>) -> Vec<(String, Vec<String>)> {
        let lacking = self.cards.iter().map(|card| (card.id.clone(), self.missing_at_gate(session, card)));
        lacking.filter(|(_, missing)| !missing.is_empty()).collect()
    }

    /// What the type and the gate ask for and a card lacks, if that is all that is wrong with the change.
    fn missing_at_gate(&self, session: &Session<'_, '_>, card: &Proposed) -> Vec<String> {
        let (Some(after), Verdict::Wrong(findings)) = (&self.after, &card.verdict) else { return Vec::new() };
        if findings.iter().any(|finding| finding.code != GATE_NOT_MET && finding.code != FIELD_MISSING) {
            return Vec::new();
        }
        let hits = Hits::default();
        let ctx = Context { catalog: &after.catalog, ..session.context(&hits) };
        let Some((index, record)) = after.catalog.entries().find(|(_, record)| record.path == card.path) else {
            return Vec::new();
        };
        let def = session.workspace.config().schemas.get(&record.record_type);
        let required = def.into_iter().flat_map(TypeDef::required);
        let required = required.filter(|name| *name != "type" && record.value(name).is_none()).map(str::to_owned);
        let mut missing: Vec<String> = required.collect();
        missing.extend(check::unmet_gate(&ctx, index));
        missing
    }

    /// The cards that would be left without the next step that they owe.
    pub(super) fn without_next_step(&self, session: &Session<'_, '_>) -> Vec<String> {
        let Some(after) = &self.after else { return Vec::new() };
        let hits = Hits::default();
        let ctx = Context { catalog: &after.catalog, ..session.context(&hits) };
        let misses = |card: &&Proposed| {
            card.is_ready() && after.catalog.index_of(&card.id).is_some_and(|index| next_step::is_missing(&ctx, index))
        };
        self.cards.iter().filter(misses).map(|card| card.id.clone()).collect()
    }

    /// Shows the changes or makes them, and says what was refused and why; gives the exit status.
    pub(super) fn conclude(self, mut session: Session<'_, '_>, write: &Write) -> Result<u8, CliError> {
        session.timings.lap("plan");
        let refused = self.cards.iter().filter(|card| !card.is_ready()).count();
        self.say_refused(&mut session)?;
        let may_write = refused == 0 || write.keep_going;
        let changes = self.changes();
        if may_write {
            self.say_anonymous(&mut session)?;
            self.say_doubts(&mut session)?;
        }
        if write.dry_run && may_write {
            output::diff(&changes, &session.options(), session.io.out)?;
        } else if may_write {
            session.commit(&changes)?;
            self.say_done(&mut session)?;
        } else if self.cards.len() > 1 {
            let advice = if refused < self.cards.len() { "; --keep-going writes the others" } else { "" };
            writeln!(session.io.err, "{refused} of {} refused, so nothing was changed{advice}", self.cards.len())?;
        }
        session.io.out.flush()?;
        if session.global.timings {
            session.timings.print(session.io.err)?;
        }
        Ok(if refused > 0 { status::FINDINGS } else { status::OK })
    }

    fn say_refused(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let options = session.err_options();
        let mark = |text: &str, style: Style| paint(text, style, options.color);
        for card in &self.cards {
            let (reason, hint, findings) = match &card.verdict {
                Verdict::Ready => continue,
                // What is wrong stands below, with its own remedies.
                Verdict::Refused(refusal) if !refusal.findings().is_empty() => {
                    (refusal.to_string(), None, refusal.findings())
                }
                Verdict::Refused(refusal) => (refusal.to_string(), refusal.hint(), &[][..]),
                Verdict::Wrong(findings) => {
                    ("the change would bring what `karto validate` calls an error".into(), None, &findings[..])
                }
            };
            writeln!(session.io.err, "{} {}: {}", mark("refused:", Style::Alarm), clean(&card.id), clean(&reason))?;
            if let Some(hint) = hint {
                writeln!(session.io.err, "{} {}", mark("help:", Style::Good), clean(&hint))?;
            }
            // The places are those of the texts as they would be.
            let would_be = |path: &SourcePath| {
                let card = self.cards.iter().find(|card| card.path == *path)?;
                card.after.as_ref()?.1.after.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            };
            let workspace = &session.workspace;
            let sources = |path: &SourcePath| would_be(path).or_else(|| workspace.text_of(path));
            diagnostics::text(findings, &sources, &options, session.io.err)?;
            let missing = self.missing_at_gate(session, card);
            if !missing.is_empty() {
                let words: Vec<String> = missing.iter().map(|field| format!("{}=…", to_fill_in(field))).collect();
                let advice = format!("say it in the same call: {}", words.join(" "));
                writeln!(session.io.err, "{} {}", mark("help:", Style::Good), clean(&advice))?;
            }
        }
        Ok(())
    }

    /// What the change lets a card do that is not wrong, but probably not meant.
    fn say_doubts(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let Some(after) = &self.after else { return Ok(()) };
        let known: Vec<_> = session.snapshot.findings.iter().map(key).collect();
        let mine = |finding: &&Diagnostic| {
            finding.severity == Severity::Warning
                && self.cards.iter().any(|card| card.is_ready() && finding.path.as_ref() == Some(&card.path))
                && !known.contains(&key(finding))
        };
        let doubts: Vec<Diagnostic> = after.findings.iter().filter(mine).cloned().collect();
        let options = session.err_options();
        let texts = self.changes();
        let sources = |path: &SourcePath| {
            texts.get(path)?.after.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        Ok(diagnostics::text(&doubts, &sources, &options, session.io.err)?)
    }

    /// A change whose author stays unknown is made all the same, but they are told how to say who they are.
    fn say_anonymous(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let is_signed = |card: &Proposed| match (&card.before, &card.after) {
            (Some(before), Some((after, _))) => {
                before.history.len() != after.history.len()
                    || before.content.log.len() != after.content.log.len()
                    || done(before) != done(after)
            }
            (None, Some((after, _))) => !after.history.is_empty(),
            _ => false,
        };
        if self.cards.iter().any(|card| card.is_ready() && is_signed(card)) { say_nobody(session) } else { Ok(()) }
    }

    fn say_done(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let options = session.options();
        for card in self.cards.iter().filter(|card| card.is_ready()) {
            let Some((after, change)) = &card.after else { continue };
            let id = paint(&clean(&card.id), Style::Strong, options.color);
            if change.is_empty() {
                writeln!(session.io.out, "{id}: nothing to change")?;
                continue;
            }
            let said = match change.before {
                None => [vec![format!("created, {}", card.path)], output::created(after)].concat(),
                Some(_) => output::changes(card.before.as_ref(), after),
            };
            let said = if said.is_empty() { "changed".to_owned() } else { said.join("; ") };
            writeln!(session.io.out, "{id}: {}", clean(&said))?;
        }
        self.say_next_step(session)
    }

    /// Nothing that happened is refused because nobody knows yet what comes next; but it is asked for.
    fn say_next_step(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        if self.next_step == NextStep::Demanded {
            return Ok(());
        }
        let missing = self.without_next_step(session);
        for id in &missing {
            let id = clean(id);
            writeln!(session.io.err, "note: {id} has no next step now: karto snooze {id} DATE \"STEP\"")?;
        }
        Ok(())
    }
}

/// The field that is set so that a gate is met.
pub(super) fn to_fill_in(field: &str) -> &str {
    if field == "next_action" { "next_contact" } else { field }
}

fn done(record: &Record) -> usize {
    record.content.tasks.iter().filter(|task| task.state == TaskState::Done).count()
}

/// The card as it is on the disk now, ready to be edited.
fn open<'a>(session: &'a Session<'_, '_>, record: &Record) -> Result<Draft<'a>, Refusal> {
    let bytes = session
        .workspace
        .bytes_of(&record.path)
        .map_err(|error| Refusal::value(format!("{} can't be read: {error}", record.path), "run the command again"))?;
    Draft::open(record.path.clone(), bytes, session.workspace.config())
}

/// The errors that there would be and are not yet, in any file.
pub(super) fn added_errors(session: &Session<'_, '_>, after: &Snapshot, next_step: NextStep) -> Vec<Diagnostic> {
    let hits = Hits::default();
    let now = session.context(&hits);
    let then = Context { catalog: &after.catalog, ..now };
    let mut errors = errors(&after.findings, &then);
    if errors.is_empty() {
        return errors;
    }
    let mut known: HashMap<_, usize> = HashMap::new();
    let old = self::errors(&session.snapshot.findings, &now);
    for finding in &old {
        *known.entry(key(finding)).or_default() += 1;
    }
    errors.retain(|finding| match known.get_mut(&key(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => finding.code != GATE_NOT_MET || raises_the_gate(finding, &now, &then, next_step),
    });
    errors
}

fn errors(findings: &[Diagnostic], ctx: &Context<'_>) -> Vec<Diagnostic> {
    let across = check::check(ctx, CheckOptions::default());
    findings.iter().cloned().chain(across).filter(|finding| finding.severity == Severity::Error).collect()
}

fn key(finding: &Diagnostic) -> (&'static str, Option<SourcePath>, String) {
    (finding.code.as_str(), finding.path.clone(), finding.message.clone())
}

/// True if a gate asks for something that it did not ask for before: who fills in one field of two takes a step.
fn raises_the_gate(finding: &Diagnostic, now: &Context<'_>, then: &Context<'_>, next_step: NextStep) -> bool {
    let Some(path) = &finding.path else { return true };
    let missing = |ctx: &Context<'_>| {
        let record = ctx.catalog.records().iter().find(|record| record.path == *path);
        let index = record.and_then(|record| ctx.catalog.index(record));
        (record.and_then(Record::stage).map(str::to_owned), index.map_or_else(Vec::new, |i| check::unmet_gate(ctx, i)))
    };
    let ((old_stage, before), (stage, after)) = (missing(now), missing(then));
    let moved = old_stage != stage;
    after.iter().any(|field| {
        let forgiven = field == "next_action" && next_step == NextStep::AskedFor;
        !forgiven && (moved || !before.contains(field))
    })
}

/// Where something is written that should bear a name, and nobody knows whose: how to say so.
pub(super) fn say_nobody(session: &mut Session<'_, '_>) -> Result<(), CliError> {
    let nobody = CliError::Nobody;
    if session.me.is_none() {
        let hint = nobody.hint().unwrap_or_default();
        writeln!(session.io.err, "note: nobody knows who you are, so no name is written; {hint}")?;
    }
    Ok(())
}

/// Karto's own rules must be readable before anything is written under them.
///
/// # Errors
/// [`CliError::Argument`] if they are not, or if they are those of a newer version.
pub(super) fn check_rules(session: &Session<'_, '_>) -> Result<(), CliError> {
    check_format(session)?;
    let findings = session.workspace.findings();
    match findings.iter().find(|finding| finding.severity == Severity::Error) {
        Some(broken) => {
            let place = broken.path.as_ref().map_or("karto.yaml", SourcePath::as_str);
            let hint = "mend it first (`karto validate` shows how): nothing is written under rules that can't be read";
            Err(CliError::argument(format!("{place}: {}", broken.message), hint))
        }
        None => Ok(()),
    }
}

/// Nothing is written in a format that a later version may understand otherwise.
///
/// # Errors
/// [`CliError::Argument`] if the workspace has a newer one.
pub(super) fn check_format(session: &Session<'_, '_>) -> Result<(), CliError> {
    let newer = session.workspace.findings().iter().find(|finding| finding.code == FORMAT_NEWER);
    newer.map_or(Ok(()), |newer| {
        let hint = "nothing is written in a format that is newer: update karto";
        Err(CliError::argument(newer.message.clone(), hint))
    })
}

/// Who makes the change, and when: the present minute, unless the call says another day. Without a person no name is
/// written; [`Proposal::conclude`] says so where one would have been.
///
/// # Errors
/// [`CliError`] if `KARTO_USER` names nobody.
pub(super) fn author(session: &mut Session<'_, '_>) -> Result<Author, CliError> {
    session.me = identity::me(&session.workspace, session.io)?;
    Ok(Author { person: session.me.clone(), at: session.now() })
}
