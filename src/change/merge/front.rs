//! The front matter, key by key, as edits of ours.

use std::borrow::Cow;

use super::diff3::{Touching, Verdict, diff3};
use super::place;
use super::values::{Behind, Step, Three, Values, Way, in_both_orders, same};
use super::words::merge_words;
use crate::model::kind::Kind;
use crate::model::schema::TypeDef;
use crate::text::yaml::{FieldPath, Place, Value};
use crate::text::{Document, Edit, Span};

/// The merged front matter.
pub(super) struct Front {
    /// Ours with all that could be merged; where they conflict it keeps ours.
    pub(super) document: Document,
    /// The ways to what both changed, differently.
    pub(super) conflicts: Vec<Way>,
}

/// A document, and the lines of each of its fields.
struct Side<'d> {
    document: &'d Document,
    fields: Vec<(String, Value, Span)>,
}

impl<'d> Side<'d> {
    fn new(document: &'d Document) -> Self {
        let mut fields = Vec::new();
        let mut at = document.parts().yaml.start();
        for entry in document.front().into_iter().flat_map(|front| front.entries()) {
            // What stands above a field, comments and blank lines, goes with it.
            let lines = Span::new(at, entry.span().end().max(at));
            at = lines.end();
            fields.push((entry.key().raw().into_owned(), Value::of(entry.value()), lines));
        }
        Self { document, fields }
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.fields.iter().find(|(name, ..)| name == key).map(|(_, value, _)| value)
    }

    /// The lines of a field, as if they ended with LF.
    fn lines(&self, key: &str) -> Option<Cow<'d, str>> {
        let (.., span) = self.fields.iter().find(|(name, ..)| name == key)?;
        Some(unified(span.of(self.document.text())))
    }

    /// What stands below the last field.
    fn rest(&self) -> Span {
        let yaml = self.document.parts().yaml;
        Span::new(self.fields.last().map_or(yaml.start(), |(.., span)| span.end()).min(yaml.end()), yaml.end())
    }

    fn is_block(&self) -> bool {
        self.document.front().is_none_or(|front| front.is_block() || front.is_empty())
    }
}

/// Lines of comments: what either side took away is gone, and all that either wrote is kept.
fn both_texts(old: &str, mine: &str, yours: &str) -> String {
    let [old, mine, yours] = [old, mine, yours].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut text = String::new();
    for piece in diff3(&old, &mine, &yours, &Touching::Conflict(|_| false)) {
        let (mine, yours) = (mine.get(piece.ours).unwrap_or_default(), yours.get(piece.theirs).unwrap_or_default());
        match piece.verdict {
            Verdict::Same | Verdict::Ours => text.extend(mine.iter().copied()),
            Verdict::Theirs => text.extend(yours.iter().copied()),
            Verdict::Conflict => {
                text.extend(mine.iter().copied());
                text.extend(yours.iter().copied().filter(|line| !mine.contains(line)));
            }
        }
    }
    text
}

/// A text as if its lines ended with LF: line ends are never compared.
pub(super) fn unified(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// Merges the front matter of three documents that can be edited; `None` if that can't be done with certainty.
pub(super) fn merge(base: &Document, ours: &Document, theirs: &Document, type_def: Option<&TypeDef>) -> Option<Front> {
    let sides = [Side::new(base), Side::new(ours), Side::new(theirs)];
    let raw = sides.iter().all(Side::is_block);
    let [base, ours, theirs] = sides;
    let mut front = Front { document: ours.document.clone(), conflicts: Vec::new() };
    for key in in_both_orders(&ours.fields, &theirs.fields, Behind::Neighbour, |(key, ..)| key.as_str()) {
        let three = Three { base: base.value(key), ours: ours.value(key), theirs: theirs.value(key) };
        let def = type_def.and_then(|def| def.field(key));
        let kind = def.map_or(&Kind::Any, |def| def.kind.element());
        let (old, mine, yours) = (base.lines(key), ours.lines(key), theirs.lines(key));
        if mine == yours || yours == old {
            continue;
        }
        let untouched = mine == old;
        if untouched && raw && front.take_lines(key, &theirs) {
            continue;
        }
        let mut values = Values::at(key);
        let merged = values.merge(three, def);
        if let (Some(old), Some(mine), Some(yours)) = (&old, &mine, &yours)
            && values.conflicts.is_empty()
            && raw
            && let Some(lines) = merge_words(old, mine, yours)
            && front.put_lines(key, &lines, merged.as_ref())
        {
            // With the comments of both.
            continue;
        }
        if !untouched && same(three.ours, three.theirs, kind) {
            // Both say the same, with other comments or quotes: those of ours.
            continue;
        }
        front.conflicts.append(&mut values.conflicts);
        front.hold(key, merged.as_ref(), &theirs)?;
    }
    if raw {
        front.take_rest(&base, &ours, &theirs);
    }
    Some(front)
}

impl Front {
    /// The merged front matter with what theirs has at some of the ways that conflict.
    pub(super) fn taking(&self, ways: &[&Way], theirs: &Document) -> Option<Document> {
        ways.iter().try_fold(self.document.clone(), |document, way| {
            let value = place::node_at(theirs, way).map(Value::of);
            let is_there = place::node_at(&document, way).is_some();
            let path = place::path_to(&document, if is_there { way } else { way.split_last()?.1 })?;
            let edits = match (is_there, value, way.last()?) {
                (true, Some(value), _) => document.set(&path, &value),
                (true, None, _) => document.remove(&path),
                (false, Some(value), Step::Key(key)) => document.insert(&path, key, &value, Place::End),
                (false, Some(value), Step::Item { .. }) => document.append(&path, &value),
                (false, None, _) => Ok(Vec::new()),
            };
            document.apply(&edits.ok()?).ok()
        })
    }

    /// Puts the lines that they have for a field in the place of ours; false if that would change anything else.
    fn take_lines(&mut self, key: &str, theirs: &Side<'_>) -> bool {
        let mine = Side::new(&self.document);
        let place = mine.fields.iter().find(|(name, ..)| name == key).map(|(.., span)| *span);
        let place = place.unwrap_or_else(|| Span::empty(self.place_for(key, &mine, theirs)));
        let lines = theirs.lines(key).unwrap_or_default();
        self.try_lines(key, place, &lines, theirs.value(key))
    }

    /// Puts other lines in the place of those of a field.
    fn put_lines(&mut self, key: &str, lines: &str, value: Option<&Value>) -> bool {
        let mine = Side::new(&self.document);
        let place = mine.fields.iter().find(|(name, ..)| name == key).map(|(.., span)| *span);
        place.is_some_and(|place| self.try_lines(key, place, lines, value))
    }

    /// Replaces lines if the field then holds `value` and nothing else has changed.
    fn try_lines(&mut self, key: &str, place: Span, lines: &str, value: Option<&Value>) -> bool {
        let fields = |document: &Document| -> Vec<(String, Value)> {
            Side::new(document).fields.into_iter().map(|(name, value, _)| (name, value)).collect()
        };
        let mut meant = fields(&self.document);
        meant.retain(|(name, _)| name != key);
        let edit = Edit::replace(place, self.with_our_line_ends(lines));
        let Ok(after) = self.document.apply(&[edit]) else { return false };
        let mut now = fields(&after);
        let at = now.iter().position(|(name, _)| name == key);
        let held = at.map(|at| now.remove(at).1);
        let fits =
            after.is_readable() && held.as_ref() == value && now == meant && after.body() == self.document.body();
        if fits {
            self.document = after;
        }
        fits
    }

    /// Where the lines of a new field go: below the field that it follows in theirs.
    fn place_for(&self, key: &str, mine: &Side<'_>, theirs: &Side<'_>) -> usize {
        let at = theirs.fields.iter().position(|(name, ..)| name == key).unwrap_or(0);
        let before = theirs.fields.get(..at).unwrap_or(&[]).iter().rev();
        let neighbour = before.filter_map(|(name, ..)| mine.fields.iter().find(|(known, ..)| known == name)).next();
        neighbour.map_or(self.document.parts().yaml.start(), |(.., span)| span.end())
    }

    /// Makes a field hold a value, with the fewest bytes.
    fn hold(&mut self, key: &str, value: Option<&Value>, theirs: &Side<'_>) -> Option<()> {
        let path = FieldPath::field(key);
        let is_there = self.document.front().is_some_and(|front| front.get(key).is_some());
        let edits = match value {
            None => self.document.remove(&path).ok()?,
            Some(value) if is_there => self.document.set(&path, value).ok()?,
            Some(value) => {
                let order: Vec<&str> = theirs.fields.iter().map(|(name, ..)| name.as_str()).collect();
                self.document.insert(&FieldPath::root(), key, value, Place::InOrder(&order)).ok()?
            }
        };
        self.document = self.document.apply(&edits).ok()?;
        Some(())
    }

    /// Comments below the last field, which belong to none.
    fn take_rest(&mut self, base: &Side<'_>, ours: &Side<'_>, theirs: &Side<'_>) {
        let text = |side: &Side<'_>| unified(side.rest().of(side.document.text())).into_owned();
        let (old, mine, yours) = (text(base), text(ours), text(theirs));
        if yours == old || yours == mine {
            return;
        }
        let text = both_texts(&old, &mine, &yours);
        let span = Side::new(&self.document).rest();
        let before = self.document.front().map(Value::of);
        let edit = Edit::replace(span, self.with_our_line_ends(&text));
        if let Ok(after) = self.document.apply(&[edit])
            && after.is_readable()
            && after.front().map(Value::of) == before
        {
            self.document = after;
        }
    }

    pub(super) fn with_our_line_ends(&self, text: &str) -> String {
        text.replace('\n', self.document.line_ending().as_str())
    }
}
