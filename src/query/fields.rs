//! The fields that there are: declared by schemas, found in cards, derived; and how a record's value is read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::Context;
use super::derived::{self, Derived};
use crate::catalog::{Catalog, RecordIndex};
use crate::model::kind::Kind;
use crate::model::schema::FieldDef;
use crate::model::{Config, Record, Spanned, Value};
use crate::text::Span;

/// Derived fields that never yield to a stored value of the same name: they follow rules of their own.
pub const OWN_RULES: &[&str] =
    &["probability", "closed", "opened", "sent", "confirmed", "accepted", "signed", "issued"];

/// So many records are looked at in one go.
const CHUNK: usize = 1024;

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// The file's stem.
    Id,
    /// The card's `type`.
    RecordType,
    /// The file's place.
    Path,
    /// `tags` and the `#tags` of the text.
    Tags,
    /// The front matter; a name with a point leads into maps and lists of maps.
    Stored,
    /// Computed from cards, history and the day.
    Derived(&'static Derived),
}

/// One field, for queries, sorting, output and `karto fields`.
#[derive(Clone, Debug)]
pub struct FieldInfo {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// The types of records that have it; empty means all.
    pub types: Vec<String>,
    /// Its name in plain words.
    pub title: String,
    /// What it means, in plain words; may be empty.
    pub meaning: String,
    /// The list of `choices:` in the configuration that its values come from.
    pub choice_list: Option<String>,
    /// Where its value comes from.
    pub source: Source,
}

impl FieldInfo {
    /// The field's value for a record; `None` where it has none or an empty one.
    pub fn value<'a>(&self, ctx: &Context<'a>, index: RecordIndex) -> Option<Cow<'a, Value>> {
        let record = ctx.catalog.record(index);
        let value = match self.source {
            Source::Id => Cow::Owned(Value::Text(record.id.clone())),
            Source::RecordType => Cow::Owned(Value::Text(record.record_type.to_string())),
            Source::Path => Cow::Owned(Value::Text(record.path.to_string())),
            Source::Tags => Cow::Owned(tags(record)),
            Source::Stored => match stored(record, &self.name) {
                Some(value) => value,
                // A record that names no pipeline is in its type's first one.
                None if self.name == "pipeline" => {
                    Cow::Owned(Value::Text(ctx.config.pipeline_for(record)?.name.clone()))
                }
                None => return None,
            },
            Source::Derived(derived) => {
                let own = !OWN_RULES.contains(&derived.name);
                match record.value(derived.name).filter(|value| own && !value.is_empty()) {
                    Some(value) => Cow::Borrowed(value),
                    None => Cow::Owned((derived.get)(ctx, index)?),
                }
            }
        };
        (!value.is_empty()).then_some(value)
    }

    /// Whether records of a type may have it.
    pub fn is_of(&self, record_type: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|name| name == record_type)
    }
}

/// Front matter tags first, then those of the text, each once.
fn tags(record: &Record) -> Value {
    let mut tags: Vec<Spanned<Value>> = Vec::new();
    let mut add = |text: &str, span: Span| {
        let tag = Value::Text(text.trim_start_matches('#').to_owned());
        if !tags.iter().any(|known| known.value == tag) {
            tags.push(Spanned::new(tag, span));
        }
    };
    for field in ["tags", "tag"].into_iter().filter_map(|key| record.field(key)) {
        field.value.elements().for_each(|tag| add(&tag.display(), field.span));
    }
    record.content.tags.iter().for_each(|tag| add(&tag.value, tag.span));
    Value::List(tags)
}

/// The front matter's value under a name, or under the parts of a name with points.
fn stored<'a>(record: &'a Record, name: &str) -> Option<Cow<'a, Value>> {
    if let Some(value) = record.value(name) {
        return Some(Cow::Borrowed(value));
    }
    let (field, inner) = name.split_once('.')?;
    let mut found = Vec::new();
    collect(record.value(field)?, inner, &mut found);
    if found.len() > 1 {
        let items = found.into_iter().map(|value| Spanned::new(value.clone(), Span::default()));
        return Some(Cow::Owned(Value::List(items.collect())));
    }
    found.pop().map(Cow::Borrowed)
}

/// The values under `path` within a value, in every item of a list.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a Value>) {
    for element in value.elements() {
        if let Some(inner) = element.get(path) {
            found.extend(inner.elements());
        } else if let Some((key, rest)) = path.split_once('.')
            && let Some(inner) = element.get(key)
        {
            collect(inner, rest, found);
        }
    }
}

/// All fields of a workspace, by name.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    all: Vec<FieldInfo>,
    by_name: HashMap<String, usize>,
}

impl Fields {
    /// The fields of a workspace: those of every card, those that schemas declare, those that follow from cards and
    /// day, and those that people wrote into cards without a schema.
    pub fn new(config: &Config, catalog: &Catalog) -> Self {
        let mut fields = Self::default();
        fields.add_special();
        for derived in derived::ALL {
            fields.add(of_derived(derived), None);
        }
        for type_def in config.schemas.types() {
            fields.add_declared(&type_def.fields, "", &type_def.name);
        }
        fields.add_found(catalog);
        fields
    }

    fn add_special(&mut self) {
        let special = [
            ("id", Kind::Id, "The card's id: its file's name without `.md`.", Source::Id),
            ("type", Kind::RecordType, "What the card is: a lead, a client …", Source::RecordType),
            ("path", Kind::Text, "Where the card's file lies.", Source::Path),
            ("file", Kind::Text, "The same as `path`.", Source::Path),
            ("tag", Kind::List(Box::new(Kind::Text)), "`tags` and the `#tags` of the text.", Source::Tags),
            ("tags", Kind::List(Box::new(Kind::Text)), "The same as `tag`.", Source::Tags),
        ];
        for (name, kind, meaning, source) in special {
            self.add(FieldInfo { meaning: meaning.to_owned(), ..field(name, kind, source) }, None);
        }
    }

    fn add_declared(&mut self, defs: &[FieldDef], path: &str, record_type: &str) {
        for def in defs.iter().filter(|def| def.name != "history") {
            let name = if path.is_empty() { def.name.clone() } else { format!("{path}.{}", def.name) };
            self.add_declared(&def.fields, &name, record_type);
            let info = FieldInfo {
                title: def.title.clone(),
                meaning: def.description.clone(),
                choice_list: def.choice_list.clone(),
                ..field(&name, def.kind.clone(), Source::Stored)
            };
            self.add(info, Some(record_type));
        }
    }

    /// Keys that no schema declares: each value says by itself what it is.
    fn add_found(&mut self, catalog: &Catalog) {
        let known = &self.by_name;
        let of_some = |records: Vec<&Record>| {
            let mut found: BTreeMap<String, Vec<Arc<str>>> = BTreeMap::new();
            let mut name = String::new();
            for record in records {
                for stored in &record.fields {
                    name.clear();
                    name.push_str(&stored.name);
                    note_names(&mut name, &stored.value, &record.record_type, known, &mut found);
                }
            }
            found
        };
        let mut found: BTreeMap<String, Vec<Arc<str>>> = BTreeMap::new();
        for (name, types) in catalog.par_records().chunks(CHUNK).map(of_some).collect::<Vec<_>>().into_iter().flatten()
        {
            let known = found.entry(name).or_default();
            let new: Vec<Arc<str>> = types.into_iter().filter(|name| !known.contains(name)).collect();
            known.extend(new);
        }
        for (name, types) in found {
            let types = types.iter().map(ToString::to_string).collect();
            self.add(FieldInfo { types, ..field(&name, Kind::Any, Source::Stored) }, None);
        }
    }

    /// Adds a field, or to a known one the type that also has it. What it is follows the first that declares it.
    fn add(&mut self, mut info: FieldInfo, record_type: Option<&str>) {
        match self.by_name.get(&info.name).and_then(|at| self.all.get_mut(*at)) {
            Some(known) => {
                if let Kind::Choice(values) = &mut known.kind
                    && let Kind::Choice(more) = info.kind
                {
                    let new = more.into_iter().filter(|value| !values.contains(value)).collect::<Vec<_>>();
                    values.extend(new);
                }
                let record_type = record_type.filter(|_| !known.types.is_empty());
                known.types.extend(record_type.map(str::to_owned));
                known.types.dedup();
            }
            None => {
                info.types.extend(record_type.map(str::to_owned));
                self.by_name.insert(info.name.clone(), self.all.len());
                self.all.push(info);
            }
        }
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&FieldInfo> {
        self.by_name.get(name).and_then(|at| self.all.get(*at))
    }

    /// All fields: those of every card, the derived ones, then those of the types in their schemas' order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &FieldInfo> {
        self.all.iter()
    }

    /// The fields that look like `name`, best first.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        crate::text::nearest(name, self.all.iter().map(|field| field.name.as_str()), 3)
    }

    /// The names of the fields that records of these types have (of no type: all), fields within fields left out.
    pub fn names_of(&self, types: &[String]) -> Vec<String> {
        let is_meant = |field: &&FieldInfo| types.is_empty() || types.iter().any(|name| field.is_of(name));
        let names = self.all.iter().filter(is_meant).map(|field| field.name.clone());
        let mut names: Vec<String> = names.filter(|name| !name.contains('.')).collect();
        names.sort();
        names
    }
}

fn field(name: &str, kind: Kind, source: Source) -> FieldInfo {
    let title = name.replace('_', " ");
    let (types, meaning) = (Vec::new(), String::new());
    FieldInfo { name: name.to_owned(), kind, types, title, meaning, choice_list: None, source }
}

fn of_derived(derived: &'static Derived) -> FieldInfo {
    FieldInfo {
        types: derived.types.iter().map(|name| (*name).to_owned()).collect(),
        meaning: derived.meaning.to_owned(),
        ..field(derived.name, derived.kind.clone(), Source::Derived(derived))
    }
}

/// Notes an undeclared name, and the names within its maps, with the type of the record. The name is built up in one
/// place, for this looks at every key of every card.
fn note_names(
    name: &mut String,
    value: &Value,
    record_type: &Arc<str>,
    declared: &HashMap<String, usize>,
    found: &mut BTreeMap<String, Vec<Arc<str>>>,
) {
    if !declared.contains_key(name.as_str()) {
        let types = match found.get_mut(name.as_str()) {
            Some(types) => types,
            None => found.entry(name.clone()).or_default(),
        };
        if !types.contains(record_type) {
            types.push(Arc::clone(record_type));
        }
    }
    let length = name.len();
    for element in value.elements() {
        if let Value::Map(entries) = element {
            for (key, inner) in entries {
                name.push('.');
                name.push_str(key);
                note_names(name, &inner.value, record_type, declared, found);
                name.truncate(length);
            }
        }
    }
}
