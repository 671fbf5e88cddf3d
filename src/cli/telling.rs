//! What a proposal says of itself: refusals with their reasons, doubts, and what was done.

use super::CliError;
use super::args::Write;
use super::error::status;
use super::permission::say_nobody;
use super::proposal::{NextStep, Proposal, Proposed, Verdict, to_fill_in};
use super::session::Session;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Record, TaskState};
use crate::output::{self, Style, clean, diagnostics, paint};
use crate::query::Hits;
use crate::query::derived::next_step;
use crate::text::SourcePath;
use crate::workspace::findings::brought;

impl Proposal {
    /// Shows the changes or makes them, and says what was refused and why; gives the exit status.
    pub(super) fn conclude(self, mut session: Session<'_, '_>, write: &Write) -> Result<u8, CliError> {
        session.timings.lap("plan");
        let refused = self.cards.iter().filter(|card| !card.is_ready()).count();
        let status = if refused + session.refused > 0 { status::FINDINGS } else { status::OK };
        self.say_refused(&mut session)?;
        let may_write = refused == 0 || write.keep_going;
        if may_write {
            self.say_anonymous(&mut session)?;
            self.say_doubts(&mut session)?;
        }
        if write.dry_run && may_write {
            output::diff(&self.changes(), &session.options(), session.io.out)?;
        } else if may_write {
            session.commit(&self.changes())?;
            let report = self.say_done(&mut session);
            session.io.told(report);
        } else if self.cards.len() > 1 {
            let advice = if refused < self.cards.len() { "; --keep-going writes the others" } else { "" };
            writeln!(session.io.err, "{refused} of {} refused, so nothing was changed{advice}", self.cards.len())?;
        }
        if !may_write || write.dry_run {
            session.io.out.flush()?;
        }
        if session.global.timings {
            session.timings.print(session.io.err)?;
        }
        // The process is about to end: to free all cards twice, one by one, would only take time.
        std::mem::forget((session.snapshot, self.after));
        Ok(status)
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

    /// What the change brings that is not wrong, but probably not meant.
    fn say_doubts(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let Some(after) = &self.after else { return Ok(()) };
        let texts = self.changes();
        let mine = |finding: &&Diagnostic| {
            finding.severity == Severity::Warning && finding.path.as_ref().is_some_and(|path| texts.get(path).is_some())
        };
        let known: Vec<Diagnostic> = session.snapshot.findings.iter().filter(mine).cloned().collect();
        let now: Vec<Diagnostic> = after.findings.iter().filter(mine).cloned().collect();
        let sources = |path: &SourcePath| {
            texts.get(path)?.after.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        Ok(diagnostics::text(&brought(&known, &now), &sources, &session.err_options(), session.io.err)?)
    }

    /// A change whose author stays unknown is made all the same, but they are told how to say who they are.
    fn say_anonymous(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        let lines = |record: &Record| record.history.len();
        let is_signed = |card: &Proposed| {
            let told =
                card.after.as_ref().map(|(after, _)| lines(after)) != Some(card.before.as_ref().map_or(0, lines));
            let acts = |record: &Record| (record.content.log.len(), done(record));
            let acted =
                card.after.as_ref().map(|(after, _)| acts(after)) != Some(card.before.as_ref().map_or((0, 0), acts));
            told || acted
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
        self.say_promises(session)?;
        self.say_next_step(session)
    }

    /// What is closed by the change and still promises a contact to come.
    fn say_promises(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        for card in self.cards.iter().filter(|card| card.is_ready()) {
            let (Some(before), Some((after, _))) = (&card.before, &card.after) else { continue };
            let config = session.workspace.config();
            let closes =
                after.stage() != before.stage() && config.stage_of(after).is_some_and(|stage| !stage.is_open());
            let same = before.when("next_contact") == after.when("next_contact");
            let Some(day) = after.when("next_contact").filter(|day| closes && same && day.date > session.today) else {
                continue;
            };
            let id = clean(&card.id);
            let advice = format!("karto set {id} next_contact= next_step= takes it away");
            writeln!(session.io.err, "note: {id} is closed and still promises a contact on {}; {advice}", day.date)?;
        }
        Ok(())
    }

    /// Nothing that happened is refused because nobody knows yet what comes next; but it is asked for, where something
    /// has happened or the change took the next step away.
    fn say_next_step(&self, session: &mut Session<'_, '_>) -> Result<(), CliError> {
        if self.next_step == NextStep::Demanded {
            return Ok(());
        }
        let missing = self.without_next_step(session);
        for card in self.cards.iter().filter(|card| missing.contains(&card.id)) {
            let had_one = session.snapshot.catalog.record_at(&card.path).is_some_and(|old| {
                let hits = Hits::default();
                let ctx = session.context(&hits);
                ctx.catalog.index(old).is_some_and(|index| !next_step::is_missing(&ctx, index))
            });
            if had_one || has_happened(card) {
                let id = clean(&card.id);
                writeln!(session.io.err, "note: {id} has no next step now: karto snooze {id} DATE \"STEP\"")?;
            }
        }
        Ok(())
    }
}

/// True if the change tells of something that happened or is to happen: an entry, a task, a task done.
fn has_happened(card: &Proposed) -> bool {
    let Some((after, _)) = &card.after else { return false };
    let counts = |record: &Record| (record.content.log.len(), record.content.tasks.len(), done(record));
    card.before.as_ref().map_or((0, 0, 0), counts) != counts(after)
}

fn done(record: &Record) -> usize {
    record.content.tasks.iter().filter(|task| task.state == TaskState::Done).count()
}
