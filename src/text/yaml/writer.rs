//! The bytes of an edit: where the old value stands, what belongs to it, and what comes in its place.

use super::render::{Manner, flow_entry, in_flow, in_quotes_of};
use super::tree::{self, Style, line_end, line_start};
use super::{EntryRef, Kind, NodeRef, Place, Value};
use crate::text::{Document, Edit, Span};

/// Finds the bytes of one document's edits.
pub(super) struct Writer<'a> {
    text: &'a str,
    yaml_end: usize,
    manner: Manner,
}

impl<'a> Writer<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let manner = Manner::of(document.front(), document.line_ending().as_str());
        Self { text: document.text(), yaml_end: document.parts().yaml.end(), manner }
    }

    /// The same, but writing texts of several lines in quotes: a comment below could become a part of a block scalar.
    pub(super) fn without_literals(mut self) -> Self {
        self.manner.literal = false;
        self
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
        let at = self.line_content_end(end);
        // In a file with both line ends a new line has that of the line above, so that no other changes its own.
        let above = if self.text.get(at..).unwrap_or("").starts_with("\r\n") { "\r\n" } else { "\n" };
        let at_end = at >= self.yaml_end.min(self.text.len());
        if above == newline || at_end {
            Edit::insert(at, lines)
        } else {
            Edit::insert(at, lines.replace(newline, above))
        }
    }

    /// Makes a block map or list into another one by its entries, so that what stays the same keeps its lines and
    /// comments; `None` if that is not the way.
    pub(super) fn change_within(&self, old: NodeRef<'a>, new: &Value) -> Option<Vec<Edit>> {
        if !old.is_block() || old.is_empty() {
            return None;
        }
        match (old.kind(), new) {
            (Kind::List, Value::List(items)) if !items.is_empty() => self.change_items(old, items),
            (Kind::Map, Value::Map(entries)) if !entries.is_empty() => self.change_entries(old, entries),
            _ => None,
        }
    }

    fn change_value(&self, owner: NodeRef<'a>, entry: EntryRef<'a>, new: &Value) -> Vec<Edit> {
        if Value::of(entry.value()) == *new {
            return Vec::new();
        }
        self.change_within(entry.value(), new).unwrap_or_else(|| self.replace(owner, entry, new))
    }

    /// Items that are the same at both ends stay. Between them a map that begins alike (with the same id) is changed in
    /// place; other old items go with their comments, and new ones come.
    fn change_items(&self, list: NodeRef<'a>, new: &[Value]) -> Option<Vec<Edit>> {
        let old: Vec<EntryRef<'a>> = list.item_entries().collect();
        let values: Vec<Value> = list.items().map(Value::of).collect();
        let same = |(a, b): &(&Value, &Value)| a == b || begin_alike(a, b);
        let start = values.iter().zip(new).take_while(same).count();
        let rest = values.len().min(new.len()) - start;
        let end = values.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
        let (old_end, new_end) = (old.len() - end, new.len() - end);
        let kept = old.iter().zip(new).take(start);
        let kept = kept.chain(old.get(old_end..)?.iter().zip(new.get(new_end..)?));
        let mut edits: Vec<Edit> = kept.flat_map(|(entry, value)| self.change_value(list, *entry, value)).collect();
        if start + end == 0 {
            return None;
        }
        let gone: Vec<usize> = (start..old_end).collect();
        edits.extend(self.remove(list, &gone));
        let added = new.get(start..new_end)?;
        if !added.is_empty() {
            let column = list.node().aux as usize;
            let lines = self.manner.items(added, column);
            if let Some(before) = start.checked_sub(1).and_then(|at| old.get(at)) {
                edits.push(self.below(before.value().span().end(), &lines));
            } else {
                let after = old.get(old_end)?;
                let at = after.lines_before(self.dash(list, *after));
                if at != line_start(self.text, at) {
                    return None;
                }
                let newline = self.manner.newline;
                edits.push(Edit::insert(at, format!("{}{newline}", lines.strip_prefix(newline).unwrap_or(&lines))));
            }
        }
        Some(edits)
    }

    /// Keys that stay keep their places; `None` if their order changes.
    fn change_entries(&self, map: NodeRef<'a>, new: &[(String, Value)]) -> Option<Vec<Edit>> {
        let old: Vec<EntryRef<'a>> = map.entries().collect();
        let number = |key: &str| old.iter().position(|entry| entry.key().raw() == key);
        let kept: Vec<usize> = new.iter().filter_map(|(key, _)| number(key)).collect();
        if kept.is_empty() || !kept.is_sorted() {
            return None;
        }
        let mut edits = Vec::new();
        let mut before: Option<EntryRef<'a>> = None;
        let column = map.node().aux as usize;
        for (key, value) in new {
            match number(key) {
                Some(at) => {
                    let entry = *old.get(at)?;
                    edits.extend(self.change_value(map, entry, value));
                    before = Some(entry);
                }
                None => {
                    let end = before.map(|before| before.value().span().end().max(self.colon(before)))?;
                    let line = format!(
                        "{}{}{}",
                        self.manner.newline,
                        " ".repeat(column),
                        self.manner.entry(key, value, column)
                    );
                    edits.push(self.below(end, &line));
                }
            }
        }
        let gone: Vec<usize> = (0..old.len()).filter(|at| !kept.contains(at)).collect();
        edits.extend(self.remove(map, &gone));
        Some(edits)
    }

    /// Replaces the value of `entry`, which `owner` holds.
    pub(super) fn replace(&self, owner: NodeRef<'a>, entry: EntryRef<'a>, value: &Value) -> Vec<Edit> {
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
        tree::dash(self.text, list.node(), item.value().span())
    }

    /// Adds an entry to a map that is not empty, or to the front matter.
    pub(super) fn insert(&self, map: NodeRef<'a>, key: &str, value: &Value, place: Place<'_>) -> Vec<Edit> {
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
    pub(super) fn append(&self, list: NodeRef<'a>, value: &Value) -> Vec<Edit> {
        let Some(last) = list.item_entries().last() else { return Vec::new() };
        let end = last.value().span().end();
        if !list.is_block() {
            return vec![Edit::insert(end, format!(", {}", in_flow(value)))];
        }
        let column = list.node().aux as usize;
        vec![self.below(end, &self.manner.items(std::slice::from_ref(value), column))]
    }

    /// Removes entries or items by their numbers (in order); something is left, or it is the front matter.
    pub(super) fn remove(&self, owner: NodeRef<'a>, numbers: &[usize]) -> Vec<Edit> {
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
        line_end(self.text, end).min(self.yaml_end.max(end))
    }
}

/// True for maps whose first entries are the same: one contact before and after.
fn begin_alike(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::Map(a), Value::Map(b)) if !a.is_empty() && a.first() == b.first())
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
