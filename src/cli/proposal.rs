//! What a writing command proposes: tried on the cards in memory, shown as a diff, or carried out.
//!
//! Every card gets its verdict, and the reasons stand beside the refused ones. A batch is written as a whole or not at
//! all, unless the caller says `--keep-going`.

use std::collections::HashMap;

use super::aftermath::added_errors;
use super::session::Session;
use crate::catalog::RecordIndex;
use crate::change::{ChangeSet, Draft, FileChange, Refusal};
use crate::check;
use crate::check::codes::GATE_NOT_MET;
use crate::diagnostic::Diagnostic;
use crate::model::Record;
use crate::model::schema::TypeDef;
use crate::model::schema::codes::FIELD_MISSING;
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
    pub(super) cards: Vec<Proposed>,
    pub(super) next_step: NextStep,
    /// What would be read if all that is ready were written.
    pub(super) after: Option<Snapshot>,
}

/// More cards than this are not tried one by one.
const MOST_TRIED_ALONE: usize = 50;

pub(super) struct Proposed {
    pub(super) id: String,
    pub(super) path: SourcePath,
    pub(super) before: Option<Record>,
    /// What would become of it; `None` where the intention was refused.
    pub(super) after: Option<(Record, FileChange)>,
    pub(super) verdict: Verdict,
}

pub(super) enum Verdict {
    Ready,
    Refused(Refusal),
    /// It would bring errors.
    Wrong(Vec<Diagnostic>),
}

impl Proposed {
    pub(super) fn is_ready(&self) -> bool {
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

    /// True if there is one card.
    pub(super) fn is_single(&self) -> bool {
        self.cards.len() == 1
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
            let after = session.workspace.foresee(&session.snapshot, &self.changes());
            let added = added_errors(session, &after, self.next_step);
            self.after = Some(after);
            if added.is_empty() {
                return;
            }
            let mut by_path: HashMap<Option<&SourcePath>, Vec<&Diagnostic>> = HashMap::new();
            added.iter().for_each(|finding| by_path.entry(finding.path.as_ref()).or_default().push(finding));
            let mut refused = false;
            for card in self.cards.iter_mut().filter(|card| card.is_ready()) {
                if let Some(own) = by_path.get(&Some(&card.path)) {
                    card.verdict = Verdict::Wrong(own.iter().map(|finding| (*finding).clone()).collect());
                    refused = true;
                }
            }
            if !refused {
                self.blame(session, &added);
            }
            // Without some of them the others may be wrong too.
            if !keep_going || !self.cards.iter().any(Proposed::is_ready) {
                return;
            }
        }
    }

    /// Refuses the cards whose change brings errors that show in other files alone; all of them where only together they
    /// do.
    fn blame(&mut self, session: &Session<'_, '_>, added: &[Diagnostic]) {
        let mut alone: Vec<(usize, Vec<Diagnostic>)> = Vec::new();
        let ready = self.cards.iter().enumerate().filter(|(_, card)| card.is_ready());
        for (at, card) in ready.clone().take(MOST_TRIED_ALONE) {
            let mut changes = ChangeSet::default();
            if let Some((_, change)) = &card.after {
                changes.add(card.path.clone(), change.clone());
            }
            let after = session.workspace.foresee(&session.snapshot, &changes);
            let own = added_errors(session, &after, self.next_step);
            if !own.is_empty() {
                alone.push((at, own));
            }
        }
        if alone.is_empty() {
            alone = ready.map(|(at, _)| (at, added.to_vec())).collect();
        }
        for (at, findings) in alone {
            if let Some(card) = self.cards.get_mut(at) {
                card.verdict = Verdict::Wrong(findings);
            }
        }
    }

    /// What the gates ask for and the refused cards lack, by id; only those with which nothing else is wrong.
    pub(super) fn lacking(&self, session: &Session<'_, '_>) -> Vec<(String, Vec<String>)> {
        let lacking = self.cards.iter().map(|card| (card.id.clone(), self.missing_at_gate(session, card)));
        lacking.filter(|(_, missing)| !missing.is_empty()).collect()
    }

    /// What the type and the gate ask for and a card lacks, if that is all that is wrong with the change.
    pub(super) fn missing_at_gate(&self, session: &Session<'_, '_>, card: &Proposed) -> Vec<String> {
        let (Some(after), Verdict::Wrong(findings)) = (&self.after, &card.verdict) else { return Vec::new() };
        if findings.iter().any(|finding| finding.code != GATE_NOT_MET && finding.code != FIELD_MISSING) {
            return Vec::new();
        }
        let hits = Hits::default();
        let ctx = Context { catalog: &after.catalog, ..session.context(&hits) };
        let Some(record) = after.catalog.record_at(&card.path) else { return Vec::new() };
        let Some(index) = after.catalog.index(record) else { return Vec::new() };
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
}

/// The field that is set so that a gate is met.
pub(super) fn to_fill_in(field: &str) -> &str {
    if field == "next_action" { "next_contact" } else { field }
}

/// The card as it is on the disk now, ready to be edited.
fn open<'a>(session: &'a Session<'_, '_>, record: &Record) -> Result<Draft<'a>, Refusal> {
    let bytes = session
        .workspace
        .bytes_of(&record.path)
        .map_err(|error| Refusal::value(format!("{} can't be read: {error}", record.path), "run the command again"))?;
    let draft = Draft::open(record.path.clone(), bytes, session.workspace.config())?;
    // What the query or the person meant was the card as it was read first.
    match draft.record() == record {
        true => Ok(draft),
        false => Err(Refusal::value("it changed while the command was reading", "run the command again")),
    }
}
