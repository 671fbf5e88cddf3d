//! Floor 2: all records of a workspace, in memory, and what ties them to each other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{Card, Config, Counts, Direction, Note, Record, Reference, TaskState, TextLink};
use crate::text::{SourcePath, Span, When, did_you_mean};

pub mod likeness;

/// A record's place in its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordIndex(u32);

impl RecordIndex {
    fn at(self) -> usize {
        self.0 as usize
    }
}

/// All that was read of a workspace.
///
/// Records are kept in the order of their paths, so that answers do not depend on the order of a walk.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Shared, so that a catalog with a few other cards costs little.
    records: Vec<Arc<Record>>,
    notes: Vec<Note>,
    unreadable: Vec<SourcePath>,
    ids: HashMap<String, RecordIndex>,
    former_ids: HashMap<String, RecordIndex>,
    backlinks: Vec<Vec<Backlink>>,
    activities: Vec<Vec<Activity>>,
}

/// What each record gives to which others.
type Given<T> = Vec<Vec<(RecordIndex, T)>>;

/// How one record came to name another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlink {
    /// The record that holds the link.
    pub from: RecordIndex,
    /// The field it stands in; `None` if it stands in the text.
    pub field: Option<String>,
    /// Where.
    pub span: Span,
}

/// What a thing that happened was written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivitySource {
    /// The log entry with this place in [`crate::model::Content::log`].
    Log(usize),
    /// The done task with this place in [`crate::model::Content::tasks`].
    Task(usize),
}

/// Something that happened with a client: a log entry, or a done task that counts as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When it was; a future one counts for nothing.
    pub at: When,
    /// The record in which it is written.
    pub record: RecordIndex,
    /// As what.
    pub source: ActivitySource,
    /// What it counts as.
    pub counts: Counts,
}

/// Why an id names no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// Nothing begins so.
    #[error("no record is called `{id}`{}", did_you_mean(.nearest).map_or(String::new(), |hint| format!("; {hint}")))]
    Unknown {
        /// What was asked for.
        id: String,
        /// The ids that look most like it, best first.
        nearest: Vec<String>,
    },
    /// The card of that id is there, and can't be read.
    #[error("{path} can't be read as a card")]
    Unreadable {
        /// Where it lies.
        path: SourcePath,
    },
    /// More than one id begins so.
    #[error("`{id}` could be {}", .candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        id: String,
        /// The ids that begin so, in order, ten at most.
        candidates: Vec<String>,
    },
}

impl Catalog {
    /// Builds the catalog of what was read; of two records with one id the first by path bears it.
    pub fn build(cards: Vec<Card>, config: &Config) -> Self {
        Self::default().replace(&BTreeSet::new(), cards, config)
    }

    /// The catalog with other cards in the place of these files, and all ties found anew: the same as one that is built
    /// from what is there then.
    pub fn replace(self, files: &BTreeSet<SourcePath>, cards: Vec<Card>, config: &Config) -> Self {
        let Self { mut records, mut notes, mut unreadable, .. } = self;
        records.retain(|record| !files.contains(&record.path));
        notes.retain(|note| !files.contains(&note.path));
        unreadable.retain(|path| !files.contains(path));
        for card in cards {
            match card {
                Card::Record(record) => records.push(Arc::new(record)),
                Card::Note(note) => notes.push(note),
                Card::Unreadable(path) => unreadable.push(path),
            }
        }
        records.sort_by(|a, b| a.path.cmp(&b.path));
        notes.sort_by(|a, b| a.path.cmp(&b.path));
        unreadable.sort();
        let mut catalog = Self { records, notes, unreadable, ..Self::default() };
        catalog.index_ids();
        catalog.index_links();
        catalog.index_activities(config);
        catalog
    }

    /// The same of a catalog that stays as it is.
    pub fn replaced(&self, files: &BTreeSet<SourcePath>, cards: Vec<Card>, config: &Config) -> Self {
        let Self { records, notes, unreadable, .. } = self;
        let (records, notes, unreadable) = (records.clone(), notes.clone(), unreadable.clone());
        Self { records, notes, unreadable, ..Self::default() }.replace(files, cards, config)
    }

    fn index_ids(&mut self) {
        for (index, record) in enumerate(&self.records) {
            self.ids.entry(record.id.clone()).or_insert(index);
        }
        for (index, record) in enumerate(&self.records) {
            let Some(former) = record.value("former_ids") else { continue };
            for id in former.elements().map(|id| id.display().into_owned()) {
                if !self.ids.contains_key(&id) {
                    self.former_ids.entry(id).or_insert(index);
                }
            }
        }
    }

    fn index_links(&mut self) {
        let found = self.of_each(|from, record| {
            let fields = field_references(record).into_iter();
            let fields = fields.map(|(field, reference, span)| (&reference.id, Some(field), span));
            let links = record.content.links.iter().map(|link| (&link.target.id, None, link.span));
            let named = fields.chain(links).filter_map(|(id, field, span)| Some((self.index_of(id)?, field, span)));
            let others = named.filter(|(to, ..)| *to != from);
            others.map(|(to, field, span)| (to, Backlink { from, field: field.map(str::to_owned), span })).collect()
        });
        self.backlinks = self.gathered(found);
    }

    /// Sorts every log entry and done task to the records whose timeline it belongs to.
    fn index_activities(&mut self, config: &Config) {
        let found = self.of_each(|index, record| {
            let family = self.family_head(record);
            let mut links: Vec<&TextLink> = record.content.links.iter().filter(|link| link.entry.is_some()).collect();
            links.sort_by_key(|link| link.entry);
            let mut found = Vec::new();
            for activity in own_activities(index, record, config) {
                let mut shown_at = vec![index];
                shown_at.extend(family);
                if let ActivitySource::Log(entry) = activity.source {
                    let first = links.partition_point(|link| link.entry < Some(entry));
                    let links = links.iter().skip(first).take_while(|link| link.entry == Some(entry));
                    shown_at.extend(self.linked(links.copied(), family.unwrap_or(index)));
                    self.add_named(&mut shown_at, record, entry);
                }
                shown_at.sort_unstable();
                shown_at.dedup();
                found.extend(shown_at.into_iter().map(|at| (at, activity.clone())));
            }
            found
        });
        let mut activities = self.gathered(found);
        activities.par_iter_mut().for_each(|list| list.sort_by_key(|activity| activity.at));
        self.activities = activities;
    }

    /// What each record gives to others, worked out on all cores, in the order of the records.
    fn of_each<T: Send>(&self, gives: impl Fn(RecordIndex, &Record) -> Vec<(RecordIndex, T)> + Sync) -> Given<T> {
        let indexed = self.records.par_iter().enumerate();
        indexed.map(|(at, record)| gives(RecordIndex(u32::try_from(at).unwrap_or(u32::MAX)), record)).collect()
    }

    /// The same by who is given it.
    fn gathered<T: Clone>(&self, given: Given<T>) -> Vec<Vec<T>> {
        let mut gathered = vec![Vec::new(); self.records.len()];
        for (to, what) in given.into_iter().flatten() {
            if let Some(list) = gathered.get_mut(to.at()) {
                list.push(what);
            }
        }
        gathered
    }

    /// The client whose family a record belongs to: the one that a lead became, by way of the opportunity that it became
    /// if need be, or the one that it names.
    fn family_head(&self, record: &Record) -> Option<RecordIndex> {
        let named = |record: &Record, field: &str| {
            let named = self.index_of(&record.reference(field)?.id)?;
            Some((named, self.records.get(named.at())?))
        };
        let client = |record: &Record, field: &str| {
            named(record, field).filter(|(_, head)| &*head.record_type == "client").map(|(index, _)| index)
        };
        if &*record.record_type != "lead" {
            // An offer may name the sale alone.
            return client(record, "client").or_else(|| client(named(record, "opportunity")?.1, "client"));
        }
        let by_sale = || client(named(record, "converted_to")?.1, "client");
        client(record, "converted_to").or_else(by_sale).or_else(|| client(record, "client"))
    }

    /// Within a client's family a link makes an entry count there too; elsewhere only `with:client#contact` does.
    fn linked<'l>(
        &self,
        links: impl Iterator<Item = &'l TextLink>,
        head: RecordIndex,
    ) -> impl Iterator<Item = RecordIndex> {
        let in_family = move |to: &RecordIndex| {
            *to == head
                || self.records.get(to.at()).and_then(|r| self.family_head(r)).is_some_and(|other| other == head)
        };
        links.filter_map(|link| self.index_of(&link.target.id)).filter(in_family)
    }

    /// Where an entry counts by the people whom it names as `with:client#contact`.
    fn add_named(&self, shown_at: &mut Vec<RecordIndex>, record: &Record, entry: usize) {
        let Some(entry) = record.content.log.get(entry) else { return };
        let with = entry.with.iter().filter(|with| with.value.contact.is_some());
        for to in with.filter_map(|with| self.index_of(&with.value.id)) {
            shown_at.push(to);
            shown_at.extend(self.records.get(to.at()).and_then(|r| self.family_head(r)));
        }
    }

    /// All records, by path.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator + Clone {
        self.records.iter().map(AsRef::as_ref)
    }

    /// The same for work on all cores.
    pub fn par_records(&self) -> impl IndexedParallelIterator<Item = &Record> {
        self.records.par_iter().map(AsRef::as_ref)
    }

    /// All notes, by path.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The files that could not be read as what they are meant to be, by path.
    pub fn unreadable(&self) -> &[SourcePath] {
        &self.unreadable
    }

    /// The records with their places.
    pub fn entries(&self) -> impl Iterator<Item = (RecordIndex, &Record)> {
        enumerate(&self.records)
    }

    /// The record that a file holds.
    pub fn record_at(&self, path: &SourcePath) -> Option<&Record> {
        self.records.get(self.records.binary_search_by(|record| record.path.cmp(path)).ok()?).map(AsRef::as_ref)
    }

    /// The note that a file holds.
    pub fn note_at(&self, path: &SourcePath) -> Option<&Note> {
        self.notes.get(self.notes.binary_search_by(|note| note.path.cmp(path)).ok()?)
    }

    /// The record at a place of this catalog.
    ///
    /// # Panics
    /// If the place is of another, larger catalog.
    pub fn record(&self, index: RecordIndex) -> &Record {
        &self.records[index.at()]
    }

    /// The place of a record of this catalog.
    pub fn index(&self, record: &Record) -> Option<RecordIndex> {
        let at = self.records.binary_search_by(|other| other.path.cmp(&record.path)).ok()?;
        u32::try_from(at).ok().map(RecordIndex)
    }

    /// The ids that more than one record has, in order: each such record is counted, though only one can be meant.
    pub fn duplicate_ids(&self) -> Vec<&str> {
        let second = enumerate(&self.records).filter(|(index, record)| self.ids.get(&record.id) != Some(index));
        let mut ids: Vec<&str> = second.map(|(_, record)| record.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The place of the record with this id, or that once had it.
    pub fn index_of(&self, id: &str) -> Option<RecordIndex> {
        self.ids.get(id).or_else(|| self.former_ids.get(id)).copied()
    }

    /// The record with this id, or that once had it.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.index_of(id).map(|index| self.record(index))
    }

    /// The record that a reference names.
    pub fn resolve(&self, reference: &Reference) -> Option<&Record> {
        self.get(&reference.id)
    }

    /// The records of a type, by path.
    pub fn of_type<'a>(&'a self, record_type: &'a str) -> impl Iterator<Item = &'a Record> {
        self.records().filter(move |record| &*record.record_type == record_type)
    }

    /// The record that a person means by a word: an exact id, else the only one that begins so.
    ///
    /// # Errors
    /// [`FindError`] with the nearest ids where there is none, or the candidates where there are several; also if the card
    /// that is called so can't be read.
    pub fn find(&self, word: &str) -> Result<RecordIndex, FindError> {
        if let Some(index) = self.index_of(word) {
            return Ok(index);
        }
        // Whoever names it whole does not mean another that begins so.
        if let Some(path) = self.unreadable.iter().find(|path| path.stem() == word) {
            return Err(FindError::Unreadable { path: path.clone() });
        }
        let mut candidates: Vec<(&String, RecordIndex)> =
            self.ids.iter().filter(|(id, _)| id.starts_with(word)).map(|(id, index)| (id, *index)).collect();
        candidates.sort_unstable();
        match candidates.as_slice() {
            [] => Err(FindError::Unknown { id: word.to_owned(), nearest: self.nearest(word) }),
            [(_, only)] => Ok(*only),
            several => {
                let candidates = several.iter().take(10).map(|(id, _)| (*id).clone()).collect();
                Err(FindError::Ambiguous { id: word.to_owned(), candidates })
            }
        }
    }

    /// The ids that hold the word within, else those that look most like it.
    fn nearest(&self, word: &str) -> Vec<String> {
        let mut within: Vec<String> =
            self.ids.keys().filter(|id| word.len() > 2 && id.contains(word)).take(4).cloned().collect();
        if (1..=3).contains(&within.len()) {
            within.sort_unstable();
            return within;
        }
        crate::text::nearest(word, self.ids.keys().map(String::as_str), 3)
    }

    /// Who names the record at this place, in fields and in text, by path.
    pub fn backlinks(&self, index: RecordIndex) -> &[Backlink] {
        self.backlinks.get(index.at()).map_or(&[], Vec::as_slice)
    }

    /// What happened with the record at this place, oldest first: its own entries and done tasks, for a client those of
    /// its records and of the lead it came from, and entries of its family that link to it.
    pub fn activities(&self, index: RecordIndex) -> &[Activity] {
        self.activities.get(index.at()).map_or(&[], Vec::as_slice)
    }
}

fn enumerate(records: &[Arc<Record>]) -> impl Iterator<Item = (RecordIndex, &Record)> {
    (0u32..).map(RecordIndex).zip(records.iter().map(AsRef::as_ref))
}

/// The references in a record's fields, those inside lists and maps included, with the field's name and their place.
pub fn field_references(record: &Record) -> Vec<(&str, &Reference, Span)> {
    use crate::model::Value;
    fn collect<'a>(name: &'a str, value: &'a Value, span: Span, found: &mut Vec<(&'a str, &'a Reference, Span)>) {
        match value {
            Value::Reference(reference) => found.push((name, reference, span)),
            Value::List(items) => items.iter().for_each(|item| collect(name, &item.value, item.span, found)),
            Value::Map(entries) => entries.iter().for_each(|(_, item)| collect(name, &item.value, item.span, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    record.fields.iter().for_each(|field| collect(&field.name, &field.value, field.span, &mut found));
    found
}

fn own_activities<'a>(
    index: RecordIndex,
    record: &'a Record,
    config: &'a Config,
) -> impl Iterator<Item = Activity> + 'a {
    let log = record.content.log.iter().enumerate().map(move |(i, entry)| Activity {
        at: entry.at,
        record: index,
        source: ActivitySource::Log(i),
        counts: entry.counts,
    });
    let tasks = record.content.tasks.iter().enumerate().filter(|(_, task)| task.state == TaskState::Done);
    let done = tasks.filter_map(move |(i, task)| {
        let kind = task.as_kind.as_deref()?;
        // A task is ours to do, so a message that it stands for went out.
        let counts = config.vocabulary.counts(kind, None, Some(Direction::Out));
        Some(Activity { at: task.done?, record: index, source: ActivitySource::Task(i), counts })
    });
    log.chain(done)
}
