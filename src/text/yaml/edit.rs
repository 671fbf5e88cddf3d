//! Edits of fields: the fewest bytes that make the value another one.
//!
//! Each function here finds the bytes; none is believed. The guard makes the edit, reads the result and compares it
//! with what was meant; only then the edit is given out.

use super::guard::{Change, guard};
use super::render::{Manner, in_flow};
use super::tree::Style;
use super::writer::Writer;
use super::{EntryRef, FieldPath, Kind, NodeRef, Step, Value};
use crate::text::{Document, Edit, Span};

/// Where a new key goes in its map.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// After the last one.
    End,
    /// After this key; at the end where it is missing.
    After(&'a str),
    /// Where this order of keys wants it: after the nearest of its predecessors that is there, else before the
    /// nearest of its successors, else at the end.
    InOrder(&'a [&'a str]),
}

/// Why an edit is not made. Each says where, and [`remedy`](Self::remedy) what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditRefused {
    /// The file has errors that must be mended first.
    #[error("the file can't be read with certainty, so it is not edited")]
    Unreadable {
        /// Where the first error is.
        span: Option<Span>,
    },
    /// The value is written in a way that can be read but not edited.
    #[error(
        "`{field}` is written with anchors, tags, tabs or comments within brackets, and can't be edited by a program"
    )]
    Irregular {
        /// The field.
        field: String,
        /// Where it stands.
        span: Span,
    },
    /// There is no such field or item.
    #[error("there is no `{field}`")]
    Missing {
        /// The field.
        field: String,
    },
    /// The key is there already.
    #[error("`{field}` is there already")]
    Exists {
        /// The field.
        field: String,
        /// Where it stands.
        span: Span,
    },
    /// The value has another kind than the edit needs.
    #[error("`{field}` is {found}, not {needed}")]
    WrongKind {
        /// The field.
        field: String,
        /// What it is.
        found: &'static str,
        /// What the edit needs.
        needed: &'static str,
        /// Where it stands.
        span: Span,
    },
    /// A number that YAML would not read as a number.
    #[error("`{text}` is no number")]
    NotANumber {
        /// The text.
        text: String,
    },
    /// The edit would have changed more, or something else, than was meant.
    #[error("the edit of `{field}` can't be made without touching other things")]
    Unsafe {
        /// The field.
        field: String,
        /// Where the edit was to be made.
        span: Option<Span>,
    },
}

impl EditRefused {
    /// Where the reason is to be seen.
    pub fn span(&self) -> Option<Span> {
        match self {
            EditRefused::Unreadable { span } | EditRefused::Unsafe { span, .. } => *span,
            EditRefused::Irregular { span, .. }
            | EditRefused::Exists { span, .. }
            | EditRefused::WrongKind { span, .. } => Some(*span),
            EditRefused::Missing { .. } | EditRefused::NotANumber { .. } => None,
        }
    }

    /// What to do about it, as an order.
    pub fn remedy(&self) -> &'static str {
        match self {
            EditRefused::Unreadable { .. } => "mend the file first; `karto validate` shows how",
            EditRefused::Irregular { .. } => "write the value without them, or edit it by hand",
            EditRefused::Missing { .. } => "check the name of the field",
            EditRefused::Exists { .. } => "set it instead",
            EditRefused::WrongKind { .. } => "check the name of the field, or edit the file by hand",
            EditRefused::NotANumber { .. } => "write it as 1234.50",
            EditRefused::Unsafe { .. } => "edit the file by hand",
        }
    }
}

type Edits = Result<Vec<Edit>, EditRefused>;

impl Document {
    /// The edits that make the value at `path` be `value`; none if it is. A missing key is added at the end of its map
    /// (with the maps on the way to it); a file without front matter gets one.
    ///
    /// # Errors
    /// [`EditRefused`] if the place is missing, irregular, or the edit can't be made safely.
    pub fn set(&self, path: &FieldPath, value: &Value) -> Edits {
        let change = Change::Set(path, value);
        check(value)?;
        let Some((owner, entry)) = self.find(path)? else {
            return self.add_missing(path, value, change);
        };
        if Value::of(entry.value()) == *value {
            return Ok(Vec::new());
        }
        if let Some(edits) = Writer::new(self).change_within(entry.value(), value)
            && let Ok(edits) = guard(self, edits, change, path)
        {
            return Ok(edits);
        }
        self.guarded(change, path, |writer| writer.replace(owner, entry, value))
    }

    /// The edits that `write` makes, once the guard has let them pass: with block scalars or else without.
    fn guarded(&self, change: Change<'_>, path: &FieldPath, write: impl Fn(&Writer<'_>) -> Vec<Edit>) -> Edits {
        let writer = Writer::new(self);
        guard(self, write(&writer), change, path)
            .or_else(|_| guard(self, write(&writer.without_literals()), change, path))
    }

    /// The edits that add `key` to the map at `path` ([`FieldPath::root`] for the front matter itself).
    ///
    /// # Errors
    /// [`EditRefused`] if the key is there already, the map is missing or irregular, or the edit can't be made safely.
    pub fn insert(&self, path: &FieldPath, key: &str, value: &Value, place: Place<'_>) -> Edits {
        check(value)?;
        let full = path.clone().key(key);
        let change = Change::Insert(path, key, value, place);
        let Some(front) = self.front() else { return self.create(key, value, change, &full) };
        let map = match self.node(path)? {
            Some(node) => node,
            None => return Err(EditRefused::Missing { field: path.to_string() }),
        };
        if map.kind() != Kind::Map {
            return Err(wrong_kind(path, map, Kind::Map));
        }
        if let Some(entry) = map.entry(key) {
            return Err(EditRefused::Exists { field: full.to_string(), span: entry.inner_span() });
        }
        if map.is_empty() && map.id != front.id {
            let Some((owner, entry)) = self.find(path)? else {
                return Err(EditRefused::Missing { field: path.to_string() });
            };
            let only = Value::Map(vec![(key.to_owned(), value.clone())]);
            return self.guarded(change, &full, |writer| writer.replace(owner, entry, &only));
        }
        self.guarded(change, &full, |writer| writer.insert(map, key, value, place))
    }

    /// The edits that remove the entry or item at `path`, with its own comments; none if there is none.
    ///
    /// # Errors
    /// [`EditRefused`] if it is irregular or can't be removed safely.
    pub fn remove(&self, path: &FieldPath) -> Edits {
        if self.front().is_none() && !self.has_front_matter() {
            return Ok(Vec::new());
        }
        let Ok(Some((owner, entry))) = self.find(path) else {
            self.find(path)?;
            return Ok(Vec::new());
        };
        let position = match owner.kind() {
            Kind::List => owner.items().position(|item| item.id == entry.value().id),
            _ => owner.entries().position(|other| other.value().id == entry.value().id),
        };
        let edits = self.remove_numbers(path, owner, &[position.unwrap_or(0)])?;
        guard(self, edits, Change::Remove(path), path)
    }

    /// The edits that add `value` to the end of the list at `path`; a missing or empty field becomes a list.
    ///
    /// # Errors
    /// [`EditRefused`] if the field is no list, is irregular, or the edit can't be made safely.
    pub fn append(&self, path: &FieldPath, value: &Value) -> Edits {
        check(value)?;
        let change = Change::Append(path, value);
        let Some((owner, entry)) = self.find(path)? else {
            return self.add_missing(path, &Value::List(vec![value.clone()]), change);
        };
        let list = entry.value();
        match list.kind() {
            Kind::List if !list.is_empty() => self.guarded(change, path, |writer| writer.append(list, value)),
            Kind::List | Kind::Null => {
                let only = Value::List(vec![value.clone()]);
                self.guarded(change, path, |writer| writer.replace(owner, entry, &only))
            }
            _ => Err(wrong_kind(path, list, Kind::List)),
        }
    }

    /// The edits that remove every item that says `value` from the list at `path`; none if there is none.
    ///
    /// # Errors
    /// [`EditRefused`] if the field is no list, is irregular, or the edit can't be made safely.
    pub fn remove_item(&self, path: &FieldPath, value: &Value) -> Edits {
        let Some(list) = self.node(path)? else { return Ok(Vec::new()) };
        match list.kind() {
            Kind::Null => return Ok(Vec::new()),
            Kind::List => {}
            _ => return Err(wrong_kind(path, list, Kind::List)),
        }
        let matching = list.items().enumerate().filter(|(_, item)| value.says(*item));
        let numbers: Vec<usize> = matching.map(|(number, _)| number).collect();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let inside = path.clone().index(0);
        let edits = self.remove_numbers(&inside, list, &numbers)?;
        guard(self, edits, Change::RemoveItem(path, value), path)
    }

    /// Removes entries or items of `owner`, which holds what `path` leads to.
    fn remove_numbers(&self, path: &FieldPath, owner: NodeRef<'_>, numbers: &[usize]) -> Edits {
        let writer = Writer::new(self);
        let is_root = self.front().is_some_and(|front| front.id == owner.id);
        if numbers.len() < owner.len() || is_root && owner.is_block() {
            return Ok(writer.remove(owner, numbers));
        }
        // Nothing would be left, and nothing is not an empty list.
        let empty = if owner.kind() == Kind::List { Value::List(Vec::new()) } else { Value::Map(Vec::new()) };
        let Some((parent, _)) = path.split_last() else { return Ok(Vec::new()) };
        if owner.node().style == Style::Flow {
            return Ok(vec![Edit::replace(owner.span(), in_flow(&empty))]);
        }
        match self.find(&parent)? {
            Some((grand, entry)) => Ok(writer.replace(grand, entry, &empty)),
            None => Err(EditRefused::Missing { field: parent.to_string() }),
        }
    }

    /// The node at `path`; `None` if it is missing.
    fn node(&self, path: &FieldPath) -> Result<Option<NodeRef<'_>>, EditRefused> {
        if path.steps().is_empty() {
            return self.editable().map(Some);
        }
        Ok(self.find(path)?.map(|(_, entry)| entry.value()))
    }

    /// The front matter, if it may be edited.
    fn editable(&self) -> Result<NodeRef<'_>, EditRefused> {
        let first = self.diagnostics().iter().find(|found| found.severity == crate::diagnostic::Severity::Error);
        let unreadable = EditRefused::Unreadable { span: first.and_then(|found| found.span) };
        if first.is_some() {
            return Err(unreadable);
        }
        let front = self.front().ok_or(unreadable)?;
        if front.is_regular() {
            Ok(front)
        } else {
            Err(EditRefused::Irregular { field: "front matter".into(), span: front.span() })
        }
    }

    /// The entry or item at `path` and the map or list that holds it; `None` if it is missing.
    fn find<'a>(&'a self, path: &FieldPath) -> Result<Option<(NodeRef<'a>, EntryRef<'a>)>, EditRefused> {
        if self.front().is_none() && !self.has_front_matter() && self.is_readable() {
            return Ok(None);
        }
        let mut node = self.editable()?;
        let mut found = None;
        let mut walked = FieldPath::root();
        for step in path.steps() {
            let entry = match step {
                Step::Key(key) => match node.kind() {
                    Kind::Map => node.entry(key),
                    Kind::Null => None,
                    _ => return Err(wrong_kind(&walked, node, Kind::Map)),
                },
                Step::Index(index) => match node.kind() {
                    Kind::List => node.item_entries().nth(*index),
                    Kind::Null => None,
                    _ => return Err(wrong_kind(&walked, node, Kind::List)),
                },
            };
            walked = match step {
                Step::Key(key) => walked.key(key.clone()),
                Step::Index(index) => walked.index(*index),
            };
            let Some(entry) = entry else { return Ok(None) };
            if !entry.value().is_regular() {
                return Err(EditRefused::Irregular { field: walked.to_string(), span: entry.value().span() });
            }
            found = Some((node, entry));
            node = entry.value();
        }
        Ok(found)
    }

    /// Adds what `path` leads to, with the maps on the way that are missing.
    fn add_missing(&self, path: &FieldPath, value: &Value, change: Change<'_>) -> Edits {
        let missing = || EditRefused::Missing { field: path.to_string() };
        let (parent, last) = path.split_last().ok_or_else(missing)?;
        let Step::Key(key) = last else { return Err(missing()) };
        if self.front().is_none() && parent.steps().is_empty() {
            return self.create(key, value, change, path);
        }
        match self.node(&parent)? {
            Some(map) if map.kind() == Kind::Map && (!map.is_empty() || parent.steps().is_empty()) => {
                self.guarded(change, path, |writer| writer.insert(map, key, value, Place::End))
            }
            Some(other) if !matches!(other.kind(), Kind::Null | Kind::Map) => {
                Err(wrong_kind(&parent, other, Kind::Map))
            }
            Some(_) => {
                let (owner, entry) = self.find(&parent)?.ok_or_else(missing)?;
                let only = Value::Map(vec![(key.clone(), value.clone())]);
                self.guarded(change, path, |writer| writer.replace(owner, entry, &only))
            }
            None => self.add_missing(&parent, &Value::Map(vec![(key.clone(), value.clone())]), change),
        }
    }

    /// Gives a file without front matter one.
    fn create(&self, key: &str, value: &Value, change: Change<'_>, path: &FieldPath) -> Edits {
        if !self.is_readable() || self.has_front_matter() {
            let first = self.diagnostics().first().and_then(|found| found.span);
            return Err(EditRefused::Unreadable { span: first });
        }
        let newline = self.line_ending().as_str();
        let entry = Manner::of(None, newline).entry(key, value, 0);
        let text = if self.is_yaml() {
            format!("{entry}{newline}")
        } else {
            format!("---{newline}{entry}{newline}---{newline}")
        };
        guard(self, vec![Edit::insert(self.parts().bom.end(), text)], change, path)
    }
}

fn wrong_kind(path: &FieldPath, node: NodeRef<'_>, needed: Kind) -> EditRefused {
    EditRefused::WrongKind {
        field: path.to_string(),
        found: node.kind().describe(),
        needed: needed.describe(),
        span: node.span(),
    }
}

/// A number must be read as a number.
fn check(value: &Value) -> Result<(), EditRefused> {
    match value {
        Value::Number(text) => match super::resolve::resolve(text).kind() {
            Kind::Integer | Kind::Float => Ok(()),
            _ => Err(EditRefused::NotANumber { text: text.clone() }),
        },
        Value::List(items) => items.iter().try_for_each(check),
        Value::Map(entries) => entries.iter().try_for_each(|(_, value)| check(value)),
        _ => Ok(()),
    }
}
