//! Values of the front matter, merged by key to any depth.

use std::collections::{HashMap, HashSet};

use super::history;
use crate::model::kind::Kind;
use crate::model::parse_amount;
use crate::model::schema::FieldDef;
use crate::text::yaml::Value;

/// One step from the front matter to what conflicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value of a key.
    Key(String),
    /// To the item of a list that has this text under this key, such as the contact with the id `kowalski`.
    Item { key: String, text: String },
}

/// The way to a value that both sides changed, differently.
pub(super) type Way = Vec<Step>;

/// Merges values; where they conflict the result keeps ours, and the way there is noted.
pub(super) struct Values {
    way: Way,
    pub(super) conflicts: Vec<Way>,
}

/// The same value in the three versions; `None` where it is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Three<'v> {
    pub(super) base: Option<&'v Value>,
    pub(super) ours: Option<&'v Value>,
    pub(super) theirs: Option<&'v Value>,
}

impl Values {
    /// Begins at a key of the front matter.
    pub(super) fn at(key: &str) -> Self {
        Self { way: vec![Step::Key(key.to_owned())], conflicts: Vec::new() }
    }

    /// What becomes of a value; `def` is what the schema says of it.
    pub(super) fn merge(&mut self, three: Three<'_>, def: Option<&FieldDef>) -> Option<Value> {
        let Three { base, ours, theirs } = three;
        let kind = def.map_or(&Kind::Any, |def| def.kind.element());
        if same(ours, theirs, kind) || same(theirs, base, kind) {
            return ours.cloned();
        }
        if same(ours, base, kind) {
            return theirs.cloned();
        }
        // Both made one of a list's items, such as a contact under one id: it may be two, and is not to be mixed of both.
        if base.is_none() && matches!(self.way.last(), Some(Step::Item { .. })) {
            return self.conflict(three);
        }
        match (base, ours, theirs) {
            (_, Some(Value::Map(ours)), Some(Value::Map(theirs))) => {
                let base = if let Some(Value::Map(base)) = base { base.as_slice() } else { &[] };
                Some(Value::Map(self.maps(base, ours, theirs, def)))
            }
            (_, Some(Value::List(ours)), Some(Value::List(theirs))) => {
                let base = match base {
                    Some(Value::List(base)) => base.as_slice(),
                    Some(Value::Null) | None => &[],
                    // A value that stands alone is a list of one.
                    Some(only) => std::slice::from_ref(only),
                };
                self.lists(base, ours, theirs, def).or_else(|| self.conflict(three))
            }
            // Whoever takes the last item away often takes the key along: that is a set without items.
            (Some(Value::List(base)), Some(Value::List(left)), None)
            | (Some(Value::List(base)), None, Some(Value::List(left)))
                if is_set(base) && is_set(left) =>
            {
                let items = sets(base, left, &[]);
                (!items.is_empty()).then_some(Value::List(items))
            }
            _ => self.conflict(three),
        }
    }

    fn conflict(&mut self, three: Three<'_>) -> Option<Value> {
        self.conflicts.push(self.way.clone());
        three.ours.cloned()
    }

    fn within(&mut self, step: Step, three: Three<'_>, def: Option<&FieldDef>) -> Option<Value> {
        self.way.push(step);
        let merged = self.merge(three, def);
        self.way.pop();
        merged
    }

    /// By key: ours in their order, each new one of theirs behind its neighbour there.
    fn maps(&mut self, base: &[Entry], ours: &[Entry], theirs: &[Entry], def: Option<&FieldDef>) -> Vec<Entry> {
        let get = |entries: &'_ [Entry], key: &str| entries.iter().position(|(name, _)| name == key);
        let mut merged = Vec::new();
        for key in in_both_orders(ours, theirs, Behind::Neighbour, |(key, _)| key.as_str()) {
            let three = Three {
                base: get(base, key).and_then(|at| base.get(at)).map(|(_, value)| value),
                ours: get(ours, key).and_then(|at| ours.get(at)).map(|(_, value)| value),
                theirs: get(theirs, key).and_then(|at| theirs.get(at)).map(|(_, value)| value),
            };
            let inner = def.and_then(|def| def.field(key));
            if let Some(value) = self.within(Step::Key(key.to_owned()), three, inner) {
                merged.push((key.to_owned(), value));
            }
        }
        merged
    }

    /// `None` if lists of this kind can't be merged.
    fn lists(&mut self, base: &[Value], ours: &[Value], theirs: &[Value], def: Option<&FieldDef>) -> Option<Value> {
        if self.way.len() == 1 && self.way.first() == Some(&Step::Key("history".to_owned())) {
            return history::merge(base, ours, theirs).map(Value::List);
        }
        if [base, ours, theirs].into_iter().all(is_set) {
            return Some(Value::List(sets(base, ours, theirs)));
        }
        let key = def.and_then(|def| def.key.as_deref()).unwrap_or("id");
        let all_have_it = [base, ours, theirs].into_iter().all(|items| has_unique(items, key));
        all_have_it.then(|| Value::List(self.by_key(base, ours, theirs, key, def)))
    }

    /// Maps of a list, told apart by what stands under `key`.
    fn by_key(
        &mut self,
        base: &[Value],
        ours: &[Value],
        theirs: &[Value],
        key: &str,
        def: Option<&FieldDef>,
    ) -> Vec<Value> {
        let named = |item| text_under(item, key).unwrap_or_default();
        let [old, mine, yours] = [base, ours, theirs]
            .map(|items| items.iter().map(|item| (named(item), item)).collect::<HashMap<&str, &Value>>());
        let mut merged = Vec::new();
        for name in in_both_orders(ours, theirs, Behind::Neighbour, named) {
            let three =
                Three { base: old.get(name).copied(), ours: mine.get(name).copied(), theirs: yours.get(name).copied() };
            let step = Step::Item { key: key.to_owned(), text: name.to_owned() };
            merged.extend(self.within(step, three, def));
        }
        merged
    }
}

type Entry = (String, Value);

/// True if both mean the same: `1000` is `1000.00`.
pub(super) fn same(a: Option<&Value>, b: Option<&Value>, kind: &Kind) -> bool {
    match (a, b) {
        (Some(Value::Null) | None, Some(Value::Null) | None) => true,
        (Some(a), Some(b)) if a == b => true,
        (Some(Value::Number(a) | Value::Text(a)), Some(Value::Number(b) | Value::Text(b))) => {
            let is_amount = matches!(kind, Kind::Money | Kind::Number | Kind::Integer | Kind::Percent);
            a == b && kind.is_raw_text() || is_amount && parse_amount(a).is_ok() && parse_amount(a) == parse_amount(b)
        }
        _ => false,
    }
}

/// True for a list of scalars in which none stands twice.
fn is_set(items: &[Value]) -> bool {
    let plain = |item: &Value| !matches!(item, Value::List(_) | Value::Map(_));
    let mut seen = HashSet::new();
    items.iter().all(|item| plain(item) && seen.insert(text_of(item)))
}

/// What makes a scalar the same as another in a list: its text, for `5` and `'5'` are one tag.
fn text_of(item: &Value) -> &str {
    match item {
        Value::Number(text) | Value::Text(text) => text,
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Null | Value::List(_) | Value::Map(_) => "",
    }
}

/// Ours without what they took away, with what they added behind its neighbour.
fn sets(base: &[Value], ours: &[Value], theirs: &[Value]) -> Vec<Value> {
    let names = |items: &'_ [Value]| -> HashSet<String> { items.iter().map(|item| text_of(item).to_owned()).collect() };
    let (in_base, in_ours, in_theirs) = (names(base), names(ours), names(theirs));
    let stays = |item: &&Value| !in_base.contains(text_of(item)) || in_theirs.contains(text_of(item));
    let comes = |item: &&Value| !in_base.contains(text_of(item)) || in_ours.contains(text_of(item));
    let mine: Vec<&Value> = ours.iter().filter(stays).collect();
    let yours: Vec<&Value> = theirs.iter().filter(comes).collect();
    let names = in_both_orders(&mine, &yours, Behind::Neighbour, |item| text_of(item));
    let items: HashMap<&str, &Value> = yours.iter().chain(&mine).map(|item| (text_of(item), *item)).collect();
    names.iter().filter_map(|name| items.get(name).map(|item| (*item).clone())).collect()
}

fn has_unique(items: &[Value], key: &str) -> bool {
    let mut names = HashSet::new();
    items.iter().all(|item| text_under(item, key).is_some_and(|name| names.insert(name)))
}

/// What tells an item of a list from the others.
pub(super) fn name_of(item: &Value) -> &str {
    if let Value::Map(_) = item { text_under(item, "id").unwrap_or_default() } else { text_of(item) }
}

fn text_under<'v>(item: &'v Value, key: &str) -> Option<&'v str> {
    let Value::Map(entries) = item else { return None };
    entries.iter().find(|(name, _)| name == key).and_then(|(_, value)| match value {
        Value::Text(text) | Value::Number(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Where a name goes that only theirs have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// Directly behind the one that it follows there.
    Neighbour,
    /// Behind that one and what only ours have put in there.
    News,
}

/// The names of both: ours in their order, and each that only theirs have behind the one that it follows there.
pub(super) fn in_both_orders<'v, T>(
    ours: &'v [T],
    theirs: &'v [T],
    behind: Behind,
    name: impl Fn(&'v T) -> &'v str,
) -> Vec<&'v str> {
    let mine: Vec<&str> = ours.iter().map(&name).collect();
    let yours: Vec<&str> = theirs.iter().map(&name).collect();
    let places: HashMap<&str, usize> = mine.iter().copied().zip(0..).collect();
    let mut known: HashSet<&str> = yours.iter().copied().collect();
    let follows = |mut at: usize| {
        while behind == Behind::News && mine.get(at).is_some_and(|name| !known.contains(name)) {
            at += 1;
        }
        at
    };
    let mut groups: Vec<Vec<&str>> = vec![Vec::new(); mine.len() + 1];
    // One that begins their list stands before the first that both have; where they have none in common, last.
    let first = yours.iter().filter_map(|name| places.get(name)).next();
    let mut at = first.copied().unwrap_or(mine.len());
    let mut new = Vec::new();
    for name in &yours {
        match places.get(name) {
            Some(place) => at = follows(place + 1),
            None => new.push((at, *name)),
        }
    }
    for (at, name) in new {
        if known.remove(name) {
            groups.get_mut(at).into_iter().for_each(|group| group.push(name));
        }
    }
    let mut groups = groups.into_iter();
    let mut names = groups.next().unwrap_or_default();
    for (name, group) in mine.iter().zip(groups) {
        names.push(name);
        names.extend(group);
    }
    names
}
