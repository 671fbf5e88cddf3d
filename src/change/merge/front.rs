//! The front matter, key by key, as edits of ours.

use std::borrow::Cow;
use std::collections::HashMap;

use super::diff3::{Touching, Verdict, diff3};
use super::errors::is_in;
use super::place;
use super::values::{Behind, Step, Three, Values, Way, in_both_orders, name_of, same};
use super::words::merge_words;
use crate::model::kind::Kind;
use crate::model::schema::TypeDef;
use crate::text::yaml::{FieldPath, Place, Value};
use crate::text::{Document, Edit, Span, unified};

/// The merged front matter.
pub(super) struct Front {
    /// Ours with all that could be merged; where they conflict it keeps ours.
    pub(super) document: Document,
    /// The ways to what both changed, differently.
    pub(super) conflicts: Vec<Way>,
}

/// A field, and its lines.
struct Field {
    key: String,
    value: Value,
    lines: Span,
}

/// A document, and its fields.
struct Side<'d> {
    document: &'d Document,
    fields: Vec<Field>,
    places: HashMap<String, usize>,
}

impl<'d> Side<'d> {
    fn new(document: &'d Document) -> Self {
        let mut fields = Vec::new();
        let mut at = document.parts().yaml.start();
        for entry in document.front().into_iter().flat_map(|front| front.entries()) {
            // What stands above a field, comments and blank lines, goes with it.
            let lines = Span::new(at, entry.span().end().max(at));
            at = lines.end();
            fields.push(Field { key: entry.key().raw().into_owned(), value: Value::of(entry.value()), lines });
        }
        let places = fields.iter().map(|field| field.key.clone()).zip(0..).collect();
        Self { document, fields, places }
    }

    fn field(&self, key: &str) -> Option<&Field> {
        self.fields.get(*self.places.get(key)?)
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.field(key).map(|field| &field.value)
    }

    /// The lines of a field, as if they ended with LF.
    fn lines(&self, key: &str) -> Option<Cow<'d, str>> {
        Some(unified(self.field(key)?.lines.of(self.document.text())))
    }

    /// The items of a list, as far as each has lines of its own.
    fn items(&self, key: &str) -> Option<Vec<ItemLines<'d>>> {
        let list = self.document.front()?.get(key)?;
        let items = list.items().zip(list.item_lines()).map(|(item, lines)| ItemLines {
            value: Value::of(item),
            lines,
            text: unified(lines.of(self.document.text())),
        });
        let items: Vec<ItemLines<'d>> = items.collect();
        (items.len() == list.len()).then_some(items)
    }

    /// What stands below the last field.
    fn rest(&self) -> Span {
        let yaml = self.document.parts().yaml;
        Span::new(self.fields.last().map_or(yaml.start(), |field| field.lines.end()).min(yaml.end()), yaml.end())
    }

    fn is_block(&self) -> bool {
        self.document.front().is_none_or(|front| front.is_block() || front.is_empty())
    }
}

/// An item of a list, and its lines as if they ended with LF.
struct ItemLines<'d> {
    value: Value,
    lines: Span,
    text: Cow<'d, str>,
}

/// Where the lines of a new field go: below the field that it follows in theirs.
fn place_for(key: &str, mine: &Side<'_>, theirs: &Side<'_>) -> usize {
    let at = theirs.places.get(key).copied().unwrap_or(0);
    let before = theirs.fields.get(..at).unwrap_or(&[]).iter().rev();
    let neighbour = before.filter_map(|field| mine.field(&field.key)).next();
    neighbour.map_or(mine.document.parts().yaml.start(), |field| field.lines.end())
}

/// The comments in the lines of a field; none where a text of many lines may look like some.
fn comments(lines: &str) -> Vec<String> {
    let comment = |line: &str| {
        let (mut quote, mut before) = (None, ' ');
        for (at, sign) in line.char_indices() {
            match (quote, sign) {
                (None, '#') if before.is_whitespace() => return line.get(at..).map(|text| text.trim_end().to_owned()),
                (None, '\'' | '"') if !before.is_alphanumeric() => quote = Some(sign),
                (Some(open), _) if open == sign => quote = None,
                _ => {}
            }
            before = sign;
        }
        None
    };
    let holds_text = lines.lines().any(|line| line.contains(": |") || line.contains(": >") || line.contains("- |"));
    if holds_text { Vec::new() } else { lines.lines().filter_map(comment).collect() }
}

/// True if each comment is one that a side has written, as often as there: words of both would be nobody's.
fn has_comments_of_one(merged: &str, mine: &str, yours: &str) -> bool {
    let [merged, mine, yours] = [merged, mine, yours].map(comments);
    let count = |all: &[String], comment: &String| all.iter().filter(|other| *other == comment).count();
    merged.iter().all(|comment| count(&merged, comment) <= count(&mine, comment).max(count(&yours, comment)))
}

/// The lines of front matter that hold nothing but a comment, without their line ends.
fn comment_lines(document: &Document) -> Vec<(Span, &str)> {
    let yaml = document.parts().yaml;
    let mut at = yaml.start();
    let line = |line| {
        let span = Span::new(at, at + str::len(line));
        at = span.end();
        (span, line.trim())
    };
    yaml.of(document.text()).split_inclusive('\n').map(line).filter(|(_, text)| text.starts_with('#')).collect()
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

/// Merges the front matter of three documents that can be edited; `None` if that can't be done with certainty.
pub(super) fn merge(base: &Document, ours: &Document, theirs: &Document, type_def: Option<&TypeDef>) -> Option<Front> {
    let sides = [Side::new(base), Side::new(ours), Side::new(theirs)];
    // Between braces fields have no lines of their own that could be taken as they are.
    let raw = sides.iter().all(Side::is_block);
    let [base, ours, theirs] = sides;
    let mut front = Front { document: ours.document.clone(), conflicts: Vec::new() };
    let mut lines_of_both: Vec<NewLines> = Vec::new();
    let (mut values_of_both, mut changed_by_both) = (Vec::new(), Vec::new());
    for key in in_both_orders(&ours.fields, &theirs.fields, Behind::Neighbour, |field| field.key.as_str()) {
        let three = Three { base: base.value(key), ours: ours.value(key), theirs: theirs.value(key) };
        let def = type_def.and_then(|def| def.field(key));
        let kind = def.map_or(&Kind::Any, |def| def.kind.element());
        let (old, mine, yours) = (base.lines(key), ours.lines(key), theirs.lines(key));
        if mine == yours || yours == old {
            continue;
        }
        let untouched = mine == old;
        if untouched && raw {
            let lines = yours.unwrap_or_default().into_owned();
            lines_of_both.push(NewLines { key, lines, value: three.theirs.cloned(), else_kept: false });
            continue;
        }
        changed_by_both.push(key);
        let mut values = Values::at(key);
        let merged = values.merge(three, def);
        let says_the_same = !untouched && same(three.ours, three.theirs, kind);
        if let (Some(old), Some(mine), Some(yours)) = (&old, &mine, &yours)
            && values.conflicts.is_empty()
            && raw
            && let Some(lines) = merge_words(old, mine, yours)
            && has_comments_of_one(&lines, mine, yours)
        {
            // With the comments of both.
            lines_of_both.push(NewLines { key, lines, value: merged, else_kept: says_the_same });
            continue;
        }
        // Both say the same, with other comments or quotes: those of ours.
        if !says_the_same {
            front.conflicts.append(&mut values.conflicts);
            values_of_both.push((key, merged));
        }
    }
    let rest = front.put_lines(lines_of_both, &ours, &theirs);
    values_of_both.extend(rest.into_iter().filter(|new| !new.else_kept).map(|new| (new.key, new.value)));
    for (key, value) in values_of_both {
        if raw && let Some(value) = &value {
            front.put_items(key, value, [&base, &ours, &theirs]);
        }
        front.hold(key, value.as_ref(), &theirs)?;
    }
    if raw {
        front.keep_comments(&changed_by_both, &base, &theirs);
        front.take_rest(&base, &ours, &theirs);
        front.drop_doubled(&ours, &theirs);
    }
    Some(front)
}

/// Lines that come in the place of those that ours has for a field.
struct NewLines<'k> {
    key: &'k str,
    lines: String,
    /// What the field then holds.
    value: Option<Value>,
    /// True if ours says the same in other words, so that it may stay where the lines don't fit.
    else_kept: bool,
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

    /// Puts lines in the place of those of ours; gives back what would change anything else.
    fn put_lines<'k>(&mut self, news: Vec<NewLines<'k>>, ours: &Side<'_>, theirs: &Side<'_>) -> Vec<NewLines<'k>> {
        // All at once, for each try reads the front matter again.
        if self.try_lines(&news, ours, theirs) {
            return Vec::new();
        }
        let mut failed = Vec::new();
        for new in news {
            let now = self.document.clone();
            if !self.try_lines(std::slice::from_ref(&new), &Side::new(&now), theirs) {
                failed.push(new);
            }
        }
        failed
    }

    /// Replaces lines if their fields then hold what they are to hold and nothing else has changed.
    fn try_lines(&mut self, news: &[NewLines<'_>], mine: &Side<'_>, theirs: &Side<'_>) -> bool {
        let mut meant: HashMap<&str, &Value> = mine.fields.iter().map(|field| (&*field.key, &field.value)).collect();
        let mut edits = Vec::new();
        for new in news {
            let place = mine.field(new.key).map(|field| field.lines);
            let place = place.unwrap_or_else(|| Span::empty(place_for(new.key, mine, theirs)));
            edits.push(Edit::replace(place, self.with_our_line_ends(&new.lines)));
            match &new.value {
                Some(value) => meant.insert(new.key, value),
                None => meant.remove(new.key),
            };
        }
        edits.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
        let Ok(after) = self.document.apply(&edits) else { return false };
        let now = Side::new(&after);
        let is_meant = |field: &Field| meant.get(&*field.key) == Some(&&field.value);
        let fits = after.is_readable()
            && now.fields.len() == meant.len()
            && now.fields.iter().all(is_meant)
            && after.body() == self.document.body();
        if fits {
            self.document = after;
        }
        fits
    }

    /// Puts the items of a list in their order, each with the lines that a side has for it. What both changed within an
    /// item is yet to be put there.
    fn put_items(&mut self, key: &str, value: &Value, sides: [&Side<'_>; 3]) -> Option<()> {
        let Value::List(items) = value else { return None };
        let now = self.document.clone();
        let mine = Side::new(&now);
        let [old, ours, theirs] = [sides[0], &mine, sides[2]].map(|side| side.items(key).unwrap_or_default());
        let (first, last) = (ours.first()?, ours.last()?);
        let [old, ours, theirs] = [&old, &ours, &theirs].map(|items| {
            items.iter().map(|item| (name_of(&item.value), item)).collect::<HashMap<&str, &ItemLines<'_>>>()
        });
        let (mut lines, mut held) = (String::new(), Vec::new());
        for item in items {
            let name = name_of(item);
            let (old, mine, yours) = (old.get(name), ours.get(name), theirs.get(name));
            // Whoever changed the item says how it is written.
            let item = match (mine, yours) {
                (Some(mine), Some(yours)) if old.is_some_and(|old| old.text == mine.text) => *yours,
                (Some(mine), _) => *mine,
                (None, yours) => *yours?,
            };
            lines.push_str(&item.text);
            held.push(item.value.clone());
        }
        let place = first.lines.to(last.lines);
        let edit = Edit::replace(place, self.with_our_line_ends(&lines));
        let after = self.document.apply(&[edit]).ok().filter(Document::is_readable)?;
        let mut meant: Vec<(&str, Value)> =
            mine.fields.iter().map(|field| (&*field.key, field.value.clone())).collect();
        meant.iter_mut().filter(|(name, _)| *name == key).for_each(|(_, value)| *value = Value::List(held.clone()));
        let found = Side::new(&after);
        let is_meant = found.fields.iter().map(|field| (&*field.key, field.value.clone())).eq(meant);
        if is_meant && after.body() == now.body() {
            self.document = after;
        }
        Some(())
    }

    /// Makes a field hold a value, with the fewest bytes.
    fn hold(&mut self, key: &str, value: Option<&Value>, theirs: &Side<'_>) -> Option<()> {
        let path = FieldPath::field(key);
        let is_there = self.document.front().is_some_and(|front| front.get(key).is_some());
        let edits = match value {
            None => self.document.remove(&path).ok()?,
            Some(value) if is_there => self.document.set(&path, value).ok()?,
            Some(value) => {
                let order: Vec<&str> = theirs.fields.iter().map(|field| field.key.as_str()).collect();
                self.document.insert(&FieldPath::root(), key, value, Place::InOrder(&order)).ok()?
            }
        };
        self.document = self.document.apply(&edits).ok()?;
        Some(())
    }

    /// Puts what theirs has newly noted about a field that both changed above it, where it has found no other place.
    fn keep_comments(&mut self, keys: &[&str], base: &Side<'_>, theirs: &Side<'_>) {
        let mine = Side::new(&self.document);
        let mut edits = Vec::new();
        for key in keys.iter().filter(|key| !is_in(&self.conflicts, key)) {
            let [old, now, yours] =
                [base, &mine, theirs].map(|side| side.lines(key).map(|lines| comments(&lines)).unwrap_or_default());
            let mut known = [old, now].concat();
            let mut new = yours;
            new.retain(|comment| match known.iter().position(|other| other == comment) {
                Some(at) => {
                    known.swap_remove(at);
                    false
                }
                None => true,
            });
            let entry = self.document.front().and_then(|front| front.entry(key));
            if let Some(entry) = entry.filter(|_| !new.is_empty()) {
                let lines: String = new.iter().map(|comment| format!("{comment}\n")).collect();
                edits.push(Edit::insert(entry.inner_span().start(), self.with_our_line_ends(&lines)));
            }
        }
        self.apply_beside_values(&edits);
    }

    /// Carries out edits that are to leave every value as it is; not where they would change one.
    fn apply_beside_values(&mut self, edits: &[Edit]) {
        if !edits.is_empty()
            && let Ok(after) = self.document.apply(edits)
            && after.is_readable()
            && after.front().map(Value::of) == self.document.front().map(Value::of)
        {
            self.document = after;
        }
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
        let edit = Edit::replace(span, self.with_our_line_ends(&text));
        self.apply_beside_values(&[edit]);
    }

    /// Takes comments away that stand there more often than on either side: what goes with one field in ours may go with
    /// another in theirs.
    fn drop_doubled(&mut self, ours: &Side<'_>, theirs: &Side<'_>) {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for side in [ours, theirs] {
            let mut count: HashMap<&str, usize> = HashMap::new();
            comment_lines(side.document).into_iter().for_each(|(_, text)| *count.entry(text).or_default() += 1);
            for (text, count) in count {
                let most = left.entry(text).or_default();
                *most = count.max(*most);
            }
        }
        let mut doubled = comment_lines(&self.document);
        doubled.retain(|(_, text)| match left.get_mut(text) {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        });
        let edits: Vec<Edit> = doubled.iter().map(|(span, _)| Edit::replace(*span, String::new())).collect();
        self.apply_beside_values(&edits);
    }

    pub(super) fn with_our_line_ends(&self, text: &str) -> String {
        text.replace('\n', self.document.line_ending().as_str())
    }
}
