//! The guard: no edit leaves this module's neighbours before it was tried and found to do what was meant.

use super::writer::position_among;
use super::{EditRefused, FieldPath, NodeRef, Place, Step, Value};
use crate::text::{Document, Edit, Span};

/// What an edit is meant to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'a> {
    Set(&'a FieldPath, &'a Value),
    Insert(&'a FieldPath, &'a str, &'a Value, Place<'a>),
    Remove(&'a FieldPath),
    Append(&'a FieldPath, &'a Value),
    RemoveItem(&'a FieldPath, &'a Value),
}

/// Tries `edits` on `document`: afterwards the front matter must be exactly what `change` means, and the rest of the
/// file what it was.
pub(super) fn guard(
    document: &Document,
    edits: Vec<Edit>,
    change: Change<'_>,
    path: &FieldPath,
) -> Result<Vec<Edit>, EditRefused> {
    let span = edits.iter().map(|edit| edit.span).reduce(Span::to);
    let refused = || EditRefused::Unsafe { field: path.to_string(), span };
    if takes_a_comment(document, &edits, change) {
        return Err(refused());
    }
    let before = document.front().map_or(Value::Map(Vec::new()), Value::of);
    let meant = change.made_to(before, document).ok_or_else(refused)?;
    let after = document.apply(&edits).map_err(|_| refused())?;
    let now = after.front().map_or(Value::Map(Vec::new()), Value::of);
    let same_body = after.body() == document.body() && after.parts().bom == document.parts().bom;
    // What could be edited before can be edited again.
    let target = match change {
        Change::Insert(map, key, ..) => Some(map.clone().key(key)),
        Change::Set(path, _) | Change::Append(path, _) => Some(path.clone()),
        Change::Remove(_) | Change::RemoveItem(..) => None,
    };
    let again =
        target.is_none_or(|path| after.front().and_then(|front| front.at(&path)).is_none_or(NodeRef::is_regular));
    let regular = again && irregular(after.front()) <= irregular(document.front());
    if now == meant && same_body && regular && after.is_readable() { Ok(edits) } else { Err(refused()) }
}

/// True if a plain value would be replaced together with a comment that stands between it and its key.
fn takes_a_comment(document: &Document, edits: &[Edit], change: Change<'_>) -> bool {
    let Change::Set(path, _) = change else { return false };
    let plain = |old: NodeRef<'_>| !old.is_collection() && !old.is_quoted();
    let comment = |line: &str| line.trim_start().starts_with('#');
    document.front().and_then(|front| front.at(path)).is_some_and(plain)
        && edits.iter().any(|edit| edit.span.of(document.text()).lines().skip(1).any(comment))
}

/// How many values within a node can be read but not edited.
fn irregular(node: Option<NodeRef<'_>>) -> usize {
    node.map_or(0, |node| {
        let within: usize = node.entries().map(|entry| irregular(Some(entry.value()))).sum();
        let items: usize = node.items().map(|item| irregular(Some(item))).sum();
        usize::from(!node.is_regular()) + within + items
    })
}

impl Change<'_> {
    /// What the front matter shall be afterwards.
    fn made_to(self, mut front: Value, document: &Document) -> Option<Value> {
        match self {
            Change::Set(path, value) => *reach(&mut front, path)? = value.clone(),
            Change::Insert(path, key, value, place) => {
                let Value::Map(entries) = reach(&mut front, path)? else { return None };
                let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
                entries.insert(position_among(&keys, key, place).min(entries.len()), (key.to_owned(), value.clone()));
            }
            Change::Remove(path) => {
                let (parent, last) = path.split_last()?;
                match (reach(&mut front, &parent)?, last) {
                    (Value::Map(entries), Step::Key(key)) => entries.retain(|(other, _)| other != key),
                    (Value::List(items), Step::Index(index)) if *index < items.len() => {
                        items.remove(*index);
                    }
                    _ => return None,
                }
            }
            Change::Append(path, value) => match reach(&mut front, path)? {
                Value::List(items) => items.push(value.clone()),
                empty @ Value::Null => *empty = Value::List(vec![value.clone()]),
                _ => return None,
            },
            Change::RemoveItem(path, value) => {
                let list = document.front()?.at(path)?;
                let mut says = list.items().map(|item| value.says(item));
                let Value::List(items) = reach(&mut front, path)? else { return None };
                items.retain(|_| !says.next().unwrap_or(false));
            }
        }
        Some(front)
    }
}

/// The value at `path`; keys on the way that are missing are added, with nothing as their value.
fn reach<'v>(front: &'v mut Value, path: &FieldPath) -> Option<&'v mut Value> {
    let mut value = front;
    for step in path.steps() {
        value = match step {
            Step::Key(key) => {
                if *value == Value::Null {
                    *value = Value::Map(Vec::new());
                }
                let Value::Map(entries) = value else { return None };
                let at = entries.iter().position(|(other, _)| other == key).unwrap_or_else(|| {
                    entries.push((key.clone(), Value::Null));
                    entries.len() - 1
                });
                &mut entries.get_mut(at)?.1
            }
            Step::Index(index) => {
                let Value::List(items) = value else { return None };
                items.get_mut(*index)?
            }
        };
    }
    Some(value)
}
