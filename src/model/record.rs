use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Counts, Direction, HistoryLine, Period, Reference, Spanned, Value};
use crate::text::body::TaskState;
use crate::text::{Edit, SourcePath, Span, When};

/// A field of a card, read as its schema's kind says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The key.
    pub name: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it holds.
    pub value: Value,
    /// Where the value stands.
    pub span: Span,
}

/// A log entry: a contact with the client, an attempt at one, or a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When it was.
    pub at: When,
    /// The kind's id; `note` where the heading names none.
    pub kind: String,
    /// The outcome's id.
    pub outcome: Option<String>,
    /// Which way a message went.
    pub direction: Option<Direction>,
    /// What it counts as.
    pub counts: Counts,
    /// How long it took, in minutes.
    pub minutes: Option<u32>,
    /// Which of us took part; empty means the owner of that day.
    pub people: Vec<String>,
    /// Which of their contacts took part, as written after `with:`.
    pub with: Vec<Spanned<Reference>>,
    /// The heading's text after its colon.
    pub title: String,
    /// The beginning of the text below the heading, as plain text.
    pub excerpt: String,
    /// The whole entry.
    pub span: Span,
    /// Its heading.
    pub heading: Span,
}

impl LogEntry {
    /// The title, or where there is none the beginning of the text.
    pub fn gist(&self) -> &str {
        if self.title.is_empty() { &self.excerpt } else { &self.title }
    }
}

/// A task: what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// How far it has come.
    pub state: TaskState,
    /// What is to be done, without the tokens.
    pub text: String,
    /// When it was promised.
    pub due: Option<When>,
    /// The day on which it is planned.
    pub on: Option<When>,
    /// How long it is to take, in minutes.
    pub minutes: Option<u32>,
    /// After what it comes again.
    pub every: Option<Period>,
    /// The kind of log entry as which it counts once done.
    pub as_kind: Option<String>,
    /// Whose it is; `None` is the owner's.
    pub person: Option<String>,
    /// `A`, `B` or `C`.
    pub priority: Option<char>,
    /// When it was done.
    pub done: Option<When>,
    /// What came of it, as plain text.
    pub result: String,
    /// The whole item.
    pub span: Span,
}

impl Task {
    /// The day that counts for an open task: what was promised, else what is planned.
    pub fn date(&self) -> Option<When> {
        self.due.or(self.on)
    }

    /// What is to be done, and when: `Send the offer (2026-11-25)`.
    pub fn gist(&self) -> String {
        match self.date() {
            Some(day) => format!("{} ({})", self.text, day.spaced()),
            None => self.text.clone(),
        }
    }
}

/// An open task and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTask<'r> {
    /// Its number among the open ones of its card, from 1: what people name it by.
    pub number: usize,
    /// Its place in [`Content::tasks`], from 0.
    pub place: usize,
    /// The task.
    pub task: &'r Task,
}

/// A link in the text of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLink {
    /// What it names: a record and perhaps a heading of it.
    pub target: Reference,
    /// Where the target stands.
    pub span: Span,
    /// True if a card or a note is meant, by the way the link is written; false for pictures and other files.
    pub to_card: bool,
    /// The log entry in which it stands, by its place in [`Content::log`].
    pub entry: Option<usize>,
}

/// What a Markdown file holds below its front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Log entries, in the file's order.
    pub log: Vec<LogEntry>,
    /// Tasks, in the file's order.
    pub tasks: Vec<Task>,
    /// Links to other cards, in the file's order.
    pub links: Vec<TextLink>,
    /// `#tags` in the text, without the sign.
    pub tags: Vec<Spanned<String>>,
}

/// One card: a lead, a client, an opportunity, …
///
/// It holds what follows from the file's bytes and the configuration alone, never from the day or from other cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The id: the file's stem.
    pub id: String,
    /// Where the file lies.
    pub path: SourcePath,
    /// The name of its type, such as `lead`.
    pub record_type: Arc<str>,
    /// Where the front matter stands, for findings about what is missing.
    pub front: Span,
    /// The front matter, in the card's order, without empty fields, `type` and `history`.
    pub fields: Vec<Field>,
    /// What happened to its tracked fields, in the card's order.
    pub history: Vec<HistoryLine>,
    /// Where the fields have moved on and the history has not.
    pub behind: Vec<HistoryGap>,
    /// What the text holds.
    pub content: Content,
}

/// A field that a hand edit changed while its history stayed behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryGap {
    /// The field's name; `stage` for the stage.
    pub field: String,
    /// What the last history line that names it says; empty if the line removed it.
    pub said: String,
    /// What the card says now, as a history line would; empty if it has none.
    pub now: String,
    /// Where the card says so, or else the history.
    pub span: Span,
    /// The edits that add a history line, with [`HistoryGap::DAY`] in the place of its day; none where the file is
    /// written so that a program can't edit it.
    pub edits: Vec<Edit>,
}

impl HistoryGap {
    /// Stands for the day in the text of a new history line, until it is known.
    pub const DAY: &'static str = "0001-01-01";

    /// The edits that add a history line of this day.
    pub fn edits_on(&self, day: NaiveDate) -> Vec<Edit> {
        let day = day.to_string();
        self.edits.iter().map(|edit| Edit { text: edit.text.replacen(Self::DAY, &day, 1), ..edit.clone() }).collect()
    }
}

impl Record {
    /// The open tasks in the file's order, numbered.
    pub fn open_tasks(&self) -> impl Iterator<Item = OpenTask<'_>> {
        let open = self.content.tasks.iter().enumerate().filter(|(_, task)| task.state == TaskState::Open);
        open.zip(1..).map(|((place, task), number)| OpenTask { number, place, task })
    }

    /// The field of this name, if the card has it.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What the field of this name holds.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.field(name).map(|field| &field.value)
    }

    /// The text of a field that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_text)
    }

    /// The record that a field refers to.
    pub fn reference(&self, name: &str) -> Option<&Reference> {
        match self.value(name) {
            Some(Value::Reference(reference)) => Some(reference),
            _ => None,
        }
    }

    /// The day in a date field.
    pub fn when(&self, name: &str) -> Option<When> {
        match self.value(name) {
            Some(Value::When(when)) => Some(*when),
            _ => None,
        }
    }

    /// The card's name; its id where it has none.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or(&self.id)
    }

    /// Who looks after it today.
    pub fn owner(&self) -> Option<&str> {
        self.text("owner")
    }

    /// The id of the stage it is in.
    pub fn stage(&self) -> Option<&str> {
        self.text("stage")
    }

    /// The id of the card whose contacts a bare `with:` names: its own if it has any, else those of the record's client
    /// or lead, or of the sale that it is about.
    pub fn contacts_at(&self) -> &str {
        contacts_at(&self.id, &self.fields)
    }

    /// Who looked after it on a day, as far as its history tells; `None` where that is unknown or nobody did.
    pub fn owner_on(&self, when: When) -> Option<&str> {
        self.tracked_on("owner", when)
    }

    /// What a tracked field held at a moment, as history tells it: before the first line that names the field its
    /// value is unknown, and where no line names it, it always had its present one.
    pub fn tracked_on(&self, field: &str, when: When) -> Option<&str> {
        let mut named = self.history.iter().filter_map(|line| line.get(field).map(|value| (line.at, value))).peekable();
        if named.peek().is_none() {
            return self.text(field);
        }
        named
            .rfind(|(at, _)| *at <= when || (at.date == when.date && when.time.is_none()))
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }
}

/// The same for a record that is still being read.
pub(super) fn contacts_at<'a>(id: &'a str, fields: &'a [Field]) -> &'a str {
    let named = |name: &str| {
        fields.iter().find(|field| field.name == name).and_then(|field| match &field.value {
            Value::Reference(reference) => Some(reference.id.as_str()),
            _ => None,
        })
    };
    let has_contacts = fields.iter().any(|field| field.name == "contacts");
    let others = || ["client", "lead", "opportunity"].into_iter().find_map(named);
    if has_contacts { id } else { others().unwrap_or(id) }
}

/// A Markdown file that is no record: it has no front matter, or a type that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The file's stem.
    pub id: String,
    /// Where the file lies.
    pub path: SourcePath,
    /// The first heading, else the stem.
    pub title: String,
    /// The foreign type, if it names one.
    pub foreign_type: Option<String>,
    /// What the text holds; log entries of notes count nowhere.
    pub content: Content,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Card {
    /// A record.
    Record(Record),
    /// A note.
    Note(Note),
    /// A file that can't be read as what it is meant to be; a finding says why.
    Unreadable(SourcePath),
}

impl Card {
    /// Where the file lies.
    pub fn path(&self) -> &SourcePath {
        match self {
            Card::Record(record) => &record.path,
            Card::Note(note) => &note.path,
            Card::Unreadable(path) => path,
        }
    }
}
