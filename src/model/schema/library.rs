//! The schema documents that may refer to each other, and one document made of several.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use crate::text::percent_decoded;

/// Schema documents by the name under which a `$ref` finds them: `karto:lead`, `schemas/partner.schema.json`.
///
/// Nothing outside is ever fetched: a reference to what is not here is a [`BrokenRef`].
#[derive(Clone, Debug, Default)]
pub(super) struct Library {
    documents: BTreeMap<String, Value>,
    aliases: BTreeMap<String, String>,
}

/// A `$ref` that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrokenRef {
    /// The document in which it stands.
    pub(super) document: String,
    /// What it says.
    pub(super) target: String,
}

/// A place in a document: its name and a JSON pointer.
type Place = (String, String);

/// Keywords whose value is one schema.
const ONE: &[&str] = &[
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
/// Keywords whose value is a list of schemas.
const SEVERAL: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a map of schemas.
const NAMED: &[&str] = &["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

impl Library {
    /// Puts a document in; its `$id` finds it too, unless that is taken.
    pub(super) fn insert(&mut self, name: impl Into<String>, document: Value) {
        let name = name.into();
        if let Some(id) = document.get("$id").and_then(Value::as_str)
            && id != name
        {
            self.aliases.entry(id.trim_end_matches('#').to_owned()).or_insert_with(|| name.clone());
        }
        self.documents.insert(name, document);
    }

    /// Takes a document out again.
    pub(super) fn remove(&mut self, name: &str) {
        self.documents.remove(name);
        self.aliases.retain(|_, to| to != name);
    }

    /// The document of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.documents.get(name)
    }

    /// One document that stands on its own: what it refers to lies in its `$defs`.
    ///
    /// # Errors
    /// The first [`BrokenRef`] of the document or of what it refers to.
    pub(super) fn bundle(&self, name: &str) -> Result<Value, BrokenRef> {
        let broken = || BrokenRef { document: name.to_owned(), target: name.to_owned() };
        let document = self.documents.get(name).ok_or_else(broken)?;
        let mut bundler = Bundler {
            library: self,
            root: name,
            names: BTreeMap::new(),
            taken: BTreeSet::new(),
            waiting: VecDeque::new(),
        };
        let mut root = bundler.copy(document, name)?;
        let mut definitions = Map::new();
        while let Some((place, key)) = bundler.waiting.pop_front() {
            let target = self.at(&place).ok_or_else(broken)?;
            let copy = bundler.copy(target, &place.0)?;
            definitions.insert(key, copy);
        }
        if let Value::Object(root) = &mut root {
            root.insert("$schema".to_owned(), Value::from(DRAFT));
            root.shift_remove("definitions");
            root.shift_remove("$defs");
            if !definitions.is_empty() {
                root.insert("$defs".to_owned(), Value::Object(definitions));
            }
        }
        Ok(root)
    }

    fn at(&self, (document, pointer): &Place) -> Option<&Value> {
        self.documents.get(document)?.pointer(pointer)
    }

    /// Where a `$ref` that stands in `document` leads.
    fn resolve(&self, document: &str, target: &str) -> Option<Place> {
        let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
        let name = if file.is_empty() { document.to_owned() } else { self.find(document, file)? };
        let fragment = percent_decoded(fragment);
        let pointer = match fragment.as_str() {
            "" => String::new(),
            pointer if pointer.starts_with('/') => pointer.to_owned(),
            anchor => anchor_pointer(self.documents.get(&name)?, anchor)?,
        };
        let place = (name, pointer);
        self.at(&place).is_some().then_some(place)
    }

    /// The name of the document that `file` means, seen from `document`.
    fn find(&self, document: &str, file: &str) -> Option<String> {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = joined(folder, file);
        [file, beside.as_str()].into_iter().find_map(|name| {
            let name = self.aliases.get(name).map_or(name, String::as_str);
            self.documents.contains_key(name).then(|| name.to_owned())
        })
    }
}

/// The draft that all schemas are written in.
pub(super) const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

struct Bundler<'a> {
    library: &'a Library,
    root: &'a str,
    names: BTreeMap<Place, String>,
    taken: BTreeSet<String>,
    waiting: VecDeque<(Place, String)>,
}

impl Bundler<'_> {
    /// A copy of a schema with its references turned to `#/$defs/…`.
    fn copy(&mut self, schema: &Value, document: &str) -> Result<Value, BrokenRef> {
        let Value::Object(keywords) = schema else { return Ok(schema.clone()) };
        let mut copy = Map::new();
        for (keyword, value) in keywords {
            let value = match (keyword.as_str(), value) {
                // The copy has another base: ids would lead its references astray. Definitions come when asked for.
                ("$id" | "$anchor" | "$schema" | "$defs" | "definitions", _) => continue,
                ("$ref" | "$dynamicRef", Value::String(target)) => Value::from(self.reference(target, document)?),
                (keyword, Value::Array(schemas)) if SEVERAL.contains(&keyword) => {
                    Value::Array(schemas.iter().map(|s| self.copy(s, document)).collect::<Result<_, _>>()?)
                }
                (keyword, Value::Object(schemas)) if NAMED.contains(&keyword) => {
                    let mut named = Map::new();
                    for (name, schema) in schemas {
                        named.insert(name.clone(), self.copy(schema, document)?);
                    }
                    Value::Object(named)
                }
                (keyword, schema) if ONE.contains(&keyword) => self.copy(schema, document)?,
                (_, value) => value.clone(),
            };
            let keyword = if keyword == "$dynamicRef" { "$ref" } else { keyword };
            copy.insert(keyword.to_owned(), value);
        }
        Ok(Value::Object(copy))
    }

    /// The new text of a `$ref`; what it leads to waits to be copied.
    fn reference(&mut self, target: &str, document: &str) -> Result<String, BrokenRef> {
        let broken = || BrokenRef { document: document.to_owned(), target: target.to_owned() };
        let place = self.library.resolve(document, target).ok_or_else(broken)?;
        if place.0 == self.root && place.1.is_empty() {
            return Ok("#".to_owned());
        }
        if let Some(name) = self.names.get(&place) {
            return Ok(format!("#/$defs/{name}"));
        }
        let last = if place.1.is_empty() { &place.0 } else { &place.1 };
        let last = last.rsplit(['/', ':']).next().unwrap_or("definition").trim_end_matches(".schema.json");
        let plain: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        let mut name = plain.clone();
        let mut copies = 1;
        while !self.taken.insert(name.clone()) {
            copies += 1;
            name = format!("{plain}-{copies}");
        }
        self.names.insert(place.clone(), name.clone());
        self.waiting.push_back((place, name.clone()));
        Ok(format!("#/$defs/{name}"))
    }
}

/// Calls `visit` on a schema and on each schema within it.
pub(super) fn each_schema(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Value::Object(keywords) = schema else { return };
    visit(keywords);
    for (keyword, value) in keywords.iter_mut() {
        match value {
            Value::Array(schemas) if SEVERAL.contains(&keyword.as_str()) => {
                schemas.iter_mut().for_each(|schema| each_schema(schema, visit));
            }
            Value::Object(schemas) if NAMED.contains(&keyword.as_str()) => {
                schemas.values_mut().for_each(|schema| each_schema(schema, visit));
            }
            schema if ONE.contains(&keyword.as_str()) => each_schema(schema, visit),
            _ => {}
        }
    }
}

/// The JSON pointer of the schema with this `$anchor`.
fn anchor_pointer(document: &Value, anchor: &str) -> Option<String> {
    let mut waiting = vec![(String::new(), document)];
    while let Some((pointer, value)) = waiting.pop() {
        let is_it = |key: &str| value.get(key).and_then(Value::as_str) == Some(anchor);
        if is_it("$anchor") || is_it("$dynamicAnchor") {
            return Some(pointer);
        }
        match value {
            Value::Object(map) => {
                let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
                waiting.extend(map.iter().map(|(key, value)| (format!("{pointer}/{}", escaped(key)), value)));
            }
            Value::Array(list) => {
                waiting.extend(list.iter().enumerate().map(|(i, value)| (format!("{pointer}/{i}"), value)));
            }
            _ => {}
        }
    }
    None
}

/// `file` seen from `folder`, with `.` and `..` taken away.
fn joined(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn library() -> Library {
        let mut library = Library::default();
        library.insert(
            "karto:common",
            json!({"$id": "karto:common", "$defs": {
                "name": {"$ref": "#/$defs/text", "title": "Name"},
                "text": {"type": "string"},
                "tree": {"properties": {"branch": {"$ref": "#/$defs/tree"}}},
            }}),
        );
        library
    }

    #[test]
    fn what_a_schema_refers_to_comes_along() {
        let mut library = library();
        library.insert("schemas/a.schema.json", json!({"properties": {"name": {"$ref": "karto:common#/$defs/name"}}}));
        assert_eq!(
            library.bundle("schemas/a.schema.json").unwrap(),
            json!({
                "$schema": DRAFT,
                "properties": {"name": {"$ref": "#/$defs/name"}},
                "$defs": {"name": {"$ref": "#/$defs/text", "title": "Name"}, "text": {"type": "string"}}
            })
        );
    }

    #[test]
    fn files_refer_to_each_other_and_to_themselves() {
        let mut library = library();
        library.insert(
            "schemas/a.schema.json",
            json!({"anyOf": [{"$ref": "b.schema.json#here"}, {"$ref": "#"}, {"$ref": "karto:common#/%24defs/tree"}]}),
        );
        library.insert("schemas/b.schema.json", json!({"$defs": {"x/y": {"$anchor": "here", "type": "null"}}}));
        let bundle = library.bundle("schemas/a.schema.json").unwrap();
        assert_eq!(bundle["anyOf"], json!([{"$ref": "#/$defs/x-1y"}, {"$ref": "#"}, {"$ref": "#/$defs/tree"}]));
        assert_eq!(bundle["$defs"]["tree"], json!({"properties": {"branch": {"$ref": "#/$defs/tree"}}}));
    }

    #[test]
    fn a_reference_to_what_is_not_here_is_broken_and_nothing_is_fetched() {
        for target in ["karto:nobody", "https://example.com/a.json", "file:///etc/passwd", "#/$defs/none", "../../x"] {
            let mut library = library();
            library.insert("schemas/a.schema.json", json!({"$ref": target}));
            let broken = library.bundle("schemas/a.schema.json").unwrap_err();
            assert_eq!(broken.target, target);
        }
    }

    #[test]
    fn data_that_looks_like_a_reference_is_left_alone() {
        let mut library = library();
        let schema = json!({"properties": {"$ref": {"type": "string"}, "x": {"enum": [{"$ref": "nowhere"}]}}});
        library.insert("a", schema.clone());
        assert_eq!(library.bundle("a").unwrap()["properties"], schema["properties"]);
    }
}
