//! Edits of fields: the fewest bytes that make the value another one.
//!
//! Each function here finds the bytes; none is believed. The guard makes the edit, reads the result and compares it
//! with what was meant; only then the edit is given out.

use super::guard::{Change, guard};
use super::render::{Manner, flow_entry, in_flow, in_quotes_of};
use super::tree::{Style, line_start};
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
    #[error("`{field}` is written with anchors, tags or tabs and can't be edited by a program")]
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
            EditRefused::Irregular { .. } => "write the value without anchors, tags and tabs, or edit it by hand",
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
        let edits = Writer::new(self).replace(owner, entry, value);
        guard(self, edits, change, path)
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
        let writer = Writer::new(self);
        let edits = if map.is_empty() && map.id != front.id {
            let Some((owner, entry)) = self.find(path)? else {
                return Err(EditRefused::Missing { field: path.to_string() });
            };
            writer.replace(owner, entry, &Value::Map(vec![(key.to_owned(), value.clone())]))
        } else {
            writer.insert(map, key, value, place)
        };
        guard(self, edits, change, &full)
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
        let writer = Writer::new(self);
        let edits = match list.kind() {
            Kind::Null => writer.replace(owner, entry, &Value::List(vec![value.clone()])),
            Kind::List if list.is_empty() => writer.replace(owner, entry, &Value::List(vec![value.clone()])),
            Kind::List => writer.append(list, value),
            _ => return Err(wrong_kind(path, list, Kind::List)),
        };
        guard(self, edits, change, path)
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
            Some(map) if map.kind() == Kind::Map => {
                let writer = Writer::new(self);
                let edits = match self.find(&parent)? {
                    Some((owner, entry)) if map.is_empty() => {
                        writer.replace(owner, entry, &Value::Map(vec![(key.clone(), value.clone())]))
                    }
                    _ => writer.insert(map, key, value, Place::End),
                };
                guard(self, edits, change, path)
            }
            Some(other) if other.kind() != Kind::Null => Err(wrong_kind(&parent, other, Kind::Map)),
            Some(_) => {
                let Some((owner, entry)) = self.find(&parent)? else { return Err(missing()) };
                let map = Value::Map(vec![(key.clone(), value.clone())]);
                guard(self, Writer::new(self).replace(owner, entry, &map), change, path)
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

/// Finds the bytes of one document's edits.
struct Writer<'a> {
    text: &'a str,
    yaml_end: usize,
    manner: Manner,
}

impl<'a> Writer<'a> {
    fn new(document: &'a Document) -> Self {
        let manner = Manner::of(document.front(), document.line_ending().as_str());
        Self { text: document.text(), yaml_end: document.parts().yaml.end(), manner }
    }

    /// The end of the line that holds `at`, before its line end.
    fn line_content_end(&self, at: usize) -> usize {
        let rest = Span::new(at, self.yaml_end.max(at)).of(self.text);
        let line = rest.find('\n').map_or(rest, |n| rest.get(..n).unwrap_or(""));
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Inserts `lines` (each beginning with a line end) below the line where a value ends.
    fn below(&self, end: usize, lines: &str) -> Edit {
        let newline = self.manner.newline;
        if end > 0 && self.text.as_bytes().get(end - 1) == Some(&b'\n') {
            // The value kept its line ends; it stops at the start of a line.
            let lines = lines.strip_prefix(newline).unwrap_or(lines);
            return Edit::insert(end, format!("{lines}{newline}"));
        }
        Edit::insert(self.line_content_end(end), lines)
    }

    /// Replaces the value of `entry`, which `owner` holds.
    fn replace(&self, owner: NodeRef<'a>, entry: EntryRef<'a>, value: &Value) -> Vec<Edit> {
        let old = entry.value();
        let same_shape = old.is_collection()
            && matches!((old.kind(), value), (Kind::Map, Value::Map(_)) | (Kind::List, Value::List(_)));
        if !owner.is_block() {
            let text = match value {
                Value::Text(text) => in_quotes_of(old, text).unwrap_or_else(|| in_flow(value)),
                _ => in_flow(value),
            };
            let gap = if old.span().is_empty() { " " } else { "" };
            return vec![Edit::replace(old.span(), format!("{gap}{text}"))];
        }
        if same_shape && old.node().style == Style::Flow && !old.is_empty() {
            return vec![Edit::replace(old.span(), in_flow(value))];
        }
        if let Value::Text(text) = value
            && !text.contains('\n')
            && let Some(text) = in_quotes_of(old, text)
        {
            return vec![Edit::replace(old.span(), text)];
        }
        let column = owner.node().aux as usize;
        let is_item = owner.kind() == Kind::List;
        let (head, tail) = if is_item {
            let written = self.manner.after_dash(value, column);
            let split = written.find(self.manner.newline).unwrap_or(written.len());
            let (head, tail) = written.split_at(split);
            (head.to_owned(), tail.to_owned())
        } else if same_shape && old.is_block() {
            let column = old.node().aux as usize;
            let tail = match value {
                Value::List(items) => self.manner.items(items, column),
                Value::Map(entries) => self.manner.entries(entries, column),
                _ => String::new(),
            };
            let empty = if tail.is_empty() { self.manner.after_key(value, column).head } else { String::new() };
            (empty, tail)
        } else {
            let written = self.manner.after_key(value, column);
            (written.head, written.tail)
        };
        self.replace_with(owner, entry, &head, &tail)
    }

    /// Puts `head` after the colon or dash and `tail` below, in place of the old value, and keeps the comment of the
    /// line.
    fn replace_with(&self, owner: NodeRef<'a>, entry: EntryRef<'a>, head: &str, tail: &str) -> Vec<Edit> {
        let old = entry.value().span();
        let sign = match owner.kind() {
            Kind::List => self.dash(owner, entry) + 1,
            _ => self.colon(entry),
        };
        let written = old.of(self.text);
        let old_end = old.start() + written.trim_end_matches(['\n', '\r']).len();
        let first_line_end = self.line_content_end(sign);
        let mut edits = Vec::new();
        let block_scalar = matches!(entry.value().node().style, Style::Literal | Style::Folded);
        if old.start() > first_line_end || entry.value().is_block() || block_scalar {
            // The old value goes on below the line of its key: the line keeps its comment, the lines below go.
            let on_line = old.start() <= first_line_end;
            let comment = if on_line && !block_scalar { None } else { self.comment(sign, first_line_end) };
            let head_end = comment.unwrap_or(first_line_end);
            edits.push(Edit::replace(Span::new(sign, head_end), head));
            let last = self.line_content_end(old_end);
            let below =
                if last > first_line_end { Span::new(first_line_end, last) } else { Span::empty(first_line_end) };
            edits.push(Edit::replace(below, tail));
        } else {
            edits.push(Edit::replace(Span::new(sign, old_end.max(sign)), head));
            if !tail.is_empty() {
                edits.push(Edit::insert(self.line_content_end(old_end.max(sign)), tail));
            }
        }
        edits.retain(|edit| !edit.span.is_empty() || !edit.text.is_empty());
        edits
    }

    /// Where the comment between `from` and `to` begins, blanks before it included.
    fn comment(&self, from: usize, to: usize) -> Option<usize> {
        let line = Span::new(from, to).of(self.text);
        let sign = line.find(" #").or_else(|| line.find("\t#"))?;
        Some(from + line.get(..sign).unwrap_or("").trim_end().len())
            .filter(|at| Span::new(from, *at).of(self.text).trim().trim_start_matches(['|', '>', '+', '-']).len() <= 1)
    }

    /// Just past the colon of an entry.
    fn colon(&self, entry: EntryRef<'a>) -> usize {
        let end = entry.key().span().end();
        self.text.get(end..).and_then(|rest| rest.find(':')).map_or(end, |n| end + n + 1)
    }

    /// The dash of an item.
    fn dash(&self, list: NodeRef<'a>, item: EntryRef<'a>) -> usize {
        let column = list.node().aux as usize;
        let mut line = line_start(self.text, item.value().span().start());
        loop {
            let indent = Span::new(line, line + column).of(self.text);
            let dash = self.text.as_bytes().get(line + column) == Some(&b'-');
            if dash && indent.bytes().all(|b| matches!(b, b' ' | b'-')) || line <= list.span().start() {
                return line + column;
            }
            line = line_start(self.text, line - 1);
        }
    }

    /// Adds an entry to a map that is not empty, or to the front matter.
    fn insert(&self, map: NodeRef<'a>, key: &str, value: &Value, place: Place<'_>) -> Vec<Edit> {
        let newline = self.manner.newline;
        let column = map.node().aux as usize;
        let at = position(map, key, place);
        let entries: Vec<EntryRef<'a>> = map.entries().collect();
        let before = at.checked_sub(1).and_then(|at| entries.get(at));
        let after = entries.get(at);
        match (map.is_block(), before, after) {
            (true, Some(before), _) => {
                let line = format!("{newline}{}{}", " ".repeat(column), self.manner.entry(key, value, column));
                vec![self.below(before.value().span().end().max(self.colon(*before)), &line)]
            }
            (true, None, Some(after)) => {
                let text = self.manner.entry(key, value, column);
                let start = after.span().start();
                if start == line_start(self.text, start) {
                    return vec![Edit::insert(start, format!("{}{text}{newline}", " ".repeat(column)))];
                }
                // On the line of a dash: the new one takes its place.
                vec![Edit::insert(start, format!("{text}{newline}{}", " ".repeat(column)))]
            }
            (true, None, None) => {
                let text = self.manner.entry(key, value, 0);
                let needs_line = self.yaml_end > 0 && self.text.as_bytes().get(self.yaml_end - 1) != Some(&b'\n');
                let gap = if needs_line && self.yaml_end > 3 { newline } else { "" };
                vec![Edit::insert(self.yaml_end, format!("{gap}{text}{newline}"))]
            }
            (false, Some(before), _) => {
                vec![Edit::insert(before.inner_span().end(), format!(", {}", flow_entry(key, value)))]
            }
            (false, None, Some(after)) => {
                vec![Edit::insert(after.inner_span().start(), format!("{}, ", flow_entry(key, value)))]
            }
            (false, None, None) => {
                vec![Edit::replace(map.span(), format!("{{{}}}", flow_entry(key, value)))]
            }
        }
    }

    /// Adds an item to a list that is not empty.
    fn append(&self, list: NodeRef<'a>, value: &Value) -> Vec<Edit> {
        let Some(last) = list.item_entries().last() else { return Vec::new() };
        let end = last.value().span().end();
        if !list.is_block() {
            return vec![Edit::insert(end, format!(", {}", in_flow(value)))];
        }
        let column = list.node().aux as usize;
        vec![self.below(end, &self.manner.items(std::slice::from_ref(value), column))]
    }

    /// Removes entries or items by their numbers (in order); something is left, or it is the front matter.
    fn remove(&self, owner: NodeRef<'a>, numbers: &[usize]) -> Vec<Edit> {
        let all: Vec<EntryRef<'a>> = match owner.kind() {
            Kind::List => owner.item_entries().collect(),
            _ => owner.entries().collect(),
        };
        let start = |entry: &EntryRef<'a>| match owner.kind() {
            Kind::List if owner.is_block() => self.dash(owner, *entry),
            _ => entry.inner_span().start(),
        };
        let kept_last = (0..all.len()).rev().find(|number| !numbers.contains(number));
        let mut edits = Vec::new();
        for (number, entry) in all.iter().enumerate().filter(|(number, _)| numbers.contains(number)) {
            let from = start(entry);
            let next = all.get(number + 1).map(start);
            let line = line_start(self.text, from);
            let own_line = Span::new(line, from).of(self.text).bytes().all(|b| b == b' ');
            let span = if owner.is_block() && own_line {
                let end = self.block_end(owner, entry);
                Span::new(self.own_comments(entry, from, owner), end)
            } else if let Some(next) = next.filter(|_| owner.is_block() || kept_last.is_some_and(|kept| kept > number))
            {
                Span::new(from, next)
            } else {
                // The last ones in brackets: with the comma before them.
                let kept = kept_last.and_then(|kept| all.get(kept)).map_or(from, |kept| kept.inner_span().end());
                Span::new(kept, entry.inner_span().end())
            };
            match edits.last_mut() {
                Some(Edit { span: last, .. }) if last.end() > span.start() => *last = last.to(span),
                _ => edits.push(Edit::remove(span)),
            }
        }
        edits
    }

    /// The start of the lines of an entry or item that begins at `from`, its own comments included.
    fn own_comments(&self, entry: &EntryRef<'a>, from: usize, owner: NodeRef<'a>) -> usize {
        match owner.kind() {
            Kind::List => entry.lines_before(from),
            _ => entry.span().start(),
        }
    }

    /// Just past the last line of an entry or item.
    fn block_end(&self, owner: NodeRef<'a>, entry: &EntryRef<'a>) -> usize {
        let sign = if owner.kind() == Kind::List { self.dash(owner, *entry) } else { self.colon(*entry) };
        let end = entry.value().span().end().max(sign);
        super::tree::line_end(self.text, end).min(self.yaml_end.max(end))
    }
}

/// The number that a new key gets in its map.
pub(super) fn position(map: NodeRef<'_>, key: &str, place: Place<'_>) -> usize {
    let keys: Vec<String> = map.entries().map(|entry| entry.key().raw().into_owned()).collect();
    position_among(&keys, key, place)
}

/// The number that a new key gets among `keys`.
pub(super) fn position_among(keys: &[String], key: &str, place: Place<'_>) -> usize {
    match place {
        Place::End => keys.len(),
        Place::After(other) => keys.iter().position(|key| key == other).map_or(keys.len(), |at| at + 1),
        Place::InOrder(order) => {
            let Some(rank) = order.iter().position(|known| *known == key) else { return keys.len() };
            let at = |known: &&str| keys.iter().position(|key| key == *known);
            let (before, after) = order.split_at(rank);
            if let Some(found) = before.iter().rev().find_map(at) {
                return found + 1;
            }
            after.iter().find_map(at).unwrap_or(keys.len())
        }
    }
}
