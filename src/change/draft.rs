use crate::model::schema::TypeDef;
use crate::model::{Card, Config, HistoryLine, Record, read_card};
use crate::text::body::Body;
use crate::text::yaml::{self, FieldPath, Place};
use crate::text::{Document, Edit, SourcePath, Span, When};

use super::{FileChange, Refusal};

/// Who makes a change, and when: what history lines and log entries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The id of one of us; `None` where nobody could be found: then no name is written.
    pub person: Option<String>,
    /// The moment of the change.
    pub at: When,
}

/// A card on its way to becoming another one: as it was read, and as it stands after the edits so far.
///
/// Every step is an edit of the text, and the card is read anew after it, so a draft never says anything that its file
/// would not.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    config: &'a Config,
    path: SourcePath,
    before: Option<Vec<u8>>,
    document: Document,
    record: Record,
}

impl<'a> Draft<'a> {
    /// Begins with a file as it is.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] if it can't be read as a record, [`Refusal::Unresolved`] if a merge left conflicts in it.
    pub fn open(path: SourcePath, bytes: Vec<u8>, config: &'a Config) -> Result<Self, Refusal> {
        let document = Document::parse(bytes.clone());
        Self::read(path, Some(bytes), document, config)
    }

    /// Begins with a text for a file that is not there yet.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] if the text can't be read as a record.
    pub fn create(path: SourcePath, text: impl Into<Vec<u8>>, config: &'a Config) -> Result<Self, Refusal> {
        Self::read(path, None, Document::parse(text), config)
    }

    fn read(
        path: SourcePath,
        before: Option<Vec<u8>>,
        document: Document,
        config: &'a Config,
    ) -> Result<Self, Refusal> {
        let record = read(&path, &document, config)?;
        Ok(Self { config, path, before, document, record })
    }

    /// The same text in another place: that of a file that is not there yet gets its name last, for it is made of what
    /// the text says.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] if it can't be read as a record there.
    pub fn moved_to(self, path: SourcePath) -> Result<Self, Refusal> {
        Self::read(path, self.before, self.document, self.config)
    }

    /// Where the file lies, or is to lie.
    pub fn path(&self) -> &SourcePath {
        &self.path
    }

    /// The rules that the card is read by.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// The card as it stands now.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The text as it stands now.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What stands below the front matter now.
    pub fn body(&self) -> Body {
        Body::parse(self.document.text(), self.document.parts().body)
    }

    /// The type of the card.
    pub fn type_def(&self) -> Option<&'a TypeDef> {
        self.config.schemas.get(&self.record.record_type)
    }

    /// Makes edits of the text.
    ///
    /// # Errors
    /// [`Refusal`] if they don't fit, or if the card could not be read any more.
    pub fn apply(&mut self, edits: &[Edit]) -> Result<(), Refusal> {
        if edits.is_empty() {
            return Ok(());
        }
        let document = self.document.apply(edits)?;
        self.record = read(&self.path, &document, self.config)?;
        self.document = document;
        Ok(())
    }

    /// Sets a field; a new key goes where the type's schema has it.
    ///
    /// # Errors
    /// [`Refusal`] if the front matter can't be edited so.
    pub fn set(&mut self, field: &str, value: &yaml::Value) -> Result<(), Refusal> {
        let is_there = self.document.front().is_some_and(|front| front.get(field).is_some());
        let edits = if is_there {
            self.document.set(&FieldPath::field(field), value)?
        } else {
            let order = self.order_with(field);
            let order: Vec<&str> = order.iter().map(String::as_str).collect();
            // A history only grows, so it stands last, whatever order the card is in.
            let place = if field == "history" { Place::End } else { Place::InOrder(&order) };
            self.document.insert(&FieldPath::root(), field, value, place)?
        };
        self.apply(&edits)
    }

    /// Adds a field that the card does not have, after all others.
    ///
    /// # Errors
    /// [`Refusal`] if the front matter can't be edited so.
    pub fn add_last(&mut self, field: &str, value: &yaml::Value) -> Result<(), Refusal> {
        let edits = self.document.insert(&FieldPath::root(), field, value, Place::End)?;
        self.apply(&edits)
    }

    /// An order of keys that says where a new one goes: where the schema has it; one of the team's own after all that is
    /// there, but before the history, which only grows.
    fn order_with(&self, field: &str) -> Vec<String> {
        let known = self.type_def().map_or(&[][..], |def| &def.fields);
        if known.iter().any(|def| def.name == field) {
            return known.iter().map(|def| def.name.clone()).collect();
        }
        let there = self.document.front().into_iter().flat_map(|front| front.entries());
        let there = there.map(|entry| entry.key().raw().into_owned()).filter(|key| key != "history");
        there.chain([field.to_owned(), "history".to_owned()]).collect()
    }

    /// Takes a field away, with its own comments.
    ///
    /// # Errors
    /// [`Refusal`] if the front matter can't be edited so.
    pub fn remove(&mut self, field: &str) -> Result<(), Refusal> {
        let edits = self.document.remove(&FieldPath::field(field))?;
        self.apply(&edits)
    }

    /// Adds a line to the history, as its last one.
    ///
    /// # Errors
    /// [`Refusal`] if the front matter can't be edited so.
    pub fn add_history(&mut self, line: &HistoryLine) -> Result<(), Refusal> {
        let line = yaml::Value::Text(line.write());
        let has_lines = self.document.front().and_then(|front| front.get("history")).is_some();
        if !has_lines {
            return self.set("history", &yaml::Value::List(vec![line]));
        }
        let edits = self.document.append(&FieldPath::field("history"), &line)?;
        self.apply(&edits)
    }

    /// The change of the file, from the bytes that were read to those that the edits made.
    pub fn into_change(self) -> (SourcePath, FileChange) {
        let after = Some(self.document.source().to_vec());
        (self.path, FileChange { before: self.before, after })
    }
}

fn read(path: &SourcePath, document: &Document, config: &Config) -> Result<Record, Refusal> {
    if !document.conflicts().is_empty() {
        return Err(Refusal::Unresolved { id: path.stem().to_owned(), places: document.conflicts().len() });
    }
    match read_card(path, document, config) {
        (Card::Record(record), _) => Ok(record),
        (_, findings) => Err(Refusal::Unreadable { findings }),
    }
}

/// A line of history of this moment that tells nothing yet.
pub(super) fn empty_line(author: &Author) -> HistoryLine {
    HistoryLine {
        at: author.at,
        stage: None,
        changes: Vec::new(),
        person: author.person.clone(),
        span: Span::default(),
    }
}
