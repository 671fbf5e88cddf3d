//! The fields of a type, read out of its schema: one view through `$ref` and `allOf`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::model::kind::{Kind, Target};

/// What a schema says of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDef {
    /// The key in the front matter.
    pub name: String,
    /// What its value is.
    pub kind: Kind,
    /// Its name in plain words; the key where the schema has none.
    pub title: String,
    /// What it is for, in plain words; may be empty.
    pub description: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether `history` tells of it.
    pub tracked: bool,
    /// The field by which the maps of this list are told apart.
    pub key: Option<String>,
    /// The list of `choices:` in the configuration that its values come from, where there is that list.
    pub choice_list: Option<String>,
    /// The fields of a map, or of each map in a list, in the schema's order.
    pub fields: Vec<FieldDef>,
    /// What a map says of all its other keys.
    pub rest: Option<Box<FieldDef>>,
}

impl FieldDef {
    /// The field within, by name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name == name).or(self.rest.as_deref())
    }

    /// What a reference may point to; nothing for other kinds, and where any record will do.
    pub fn targets(&self) -> &[Target] {
        match self.kind.element() {
            Kind::Reference(targets) => targets,
            _ => &[],
        }
    }
}

/// An `x-…` keyword that is not understood, with the field's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OddAnnotation {
    pub(super) field: String,
    pub(super) keyword: &'static str,
}

/// How deep fields within fields are read: a schema may be without end.
const DEEPEST: usize = 8;
/// How many fields within fields are read: a schema may be endless in width too.
const MOST: usize = 4_000;
/// How many schemas `$ref` and `allOf` may lay on top of each other.
const LAYERS: usize = 64;

/// Reads the fields of a bundled schema, in its order: what it refers to first, its own additions after.
pub(super) fn fields_of(bundle: &Value) -> (Vec<FieldDef>, Vec<OddAnnotation>) {
    let mut reader = Reader { bundle, odd: Vec::new(), left: MOST };
    let layers = reader.layers(&[bundle]);
    let fields = reader.fields(&layers, "", 0);
    (fields, reader.odd)
}

/// A word on the type as a whole, such as its title: its own, else that of the type that it extends.
pub(super) fn word_of_type(bundle: &Value, keyword: &str) -> Option<String> {
    let reader = Reader { bundle, odd: Vec::new(), left: 0 };
    let layers = reader.layers(&[bundle]);
    let own = layers.iter().enumerate().filter(|(place, layer)| *place == 0 || layer.contains_key("x-type"));
    own.filter_map(|(_, layer)| layer.get(keyword)?.as_str()).next().map(str::to_owned)
}

type Layer<'a> = &'a Map<String, Value>;

struct Reader<'a> {
    bundle: &'a Value,
    odd: Vec<OddAnnotation>,
    left: usize,
}

impl<'a> Reader<'a> {
    /// A schema with all that `$ref` and `allOf` lay beneath it, the most particular first.
    fn layers(&self, schemas: &[&'a Value]) -> Vec<Layer<'a>> {
        let mut layers: Vec<Layer<'a>> = Vec::new();
        let mut waiting: Vec<&'a Value> = schemas.iter().rev().copied().collect();
        while let Some(schema) = waiting.pop() {
            let Value::Object(layer) = schema else { continue };
            if layers.len() >= LAYERS || layers.iter().any(|known| std::ptr::eq(*known, layer)) {
                continue;
            }
            layers.push(layer);
            waiting.extend(layer.get("$ref").and_then(Value::as_str).and_then(|target| self.target(target)));
            let all = layer.get("allOf").and_then(Value::as_array);
            waiting.extend(all.into_iter().flatten().rev());
        }
        layers
    }

    fn target(&self, reference: &str) -> Option<&'a Value> {
        self.bundle.pointer(reference.strip_prefix('#')?)
    }

    /// The fields that the layers declare: those of the lowest first, each seen through all layers.
    fn fields(&mut self, layers: &[Layer<'a>], path: &str, depth: usize) -> Vec<FieldDef> {
        let mut found: Vec<(&'a str, Vec<&'a Value>)> = Vec::new();
        let mut places: HashMap<&'a str, usize> = HashMap::new();
        for layer in layers.iter().rev() {
            let properties = layer.get("properties").and_then(Value::as_object);
            for (name, schema) in properties.into_iter().flatten() {
                let place = *places.entry(name).or_insert(found.len());
                match found.get_mut(place) {
                    Some((_, schemas)) => schemas.insert(0, schema),
                    None => found.push((name, vec![schema])),
                }
            }
        }
        let lists = layers.iter().filter_map(|layer| layer.get("required")?.as_array());
        let required: HashSet<&str> = lists.flatten().filter_map(Value::as_str).collect();
        found
            .into_iter()
            .map(|(name, schemas)| {
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                let layers = self.layers(&schemas);
                FieldDef { required: required.contains(name), ..self.field(name, &layers, &path, depth) }
            })
            .collect()
    }

    fn field(&mut self, name: &str, layers: &[Layer<'a>], path: &str, depth: usize) -> FieldDef {
        let text = |keyword: &str| first(layers, keyword).and_then(Value::as_str);
        let kind = self.kind(layers, path, depth);
        let mut inner = layers.to_vec();
        let mut element = &kind;
        while let Kind::List(of) | Kind::YesOr(of) = element {
            inner = self.items(&inner);
            element = of;
        }
        let nested = *element == Kind::Map && depth < DEEPEST && self.left > 0;
        let fields = if nested { self.fields(&inner, path, depth + 1) } else { Vec::new() };
        let rest = if nested { self.rest(&inner, path, depth + 1) } else { None };
        if let Some(key) = text("x-key")
            && !fields.iter().any(|field| field.name == key)
        {
            self.note(path, "x-key");
        }
        let choice_list = text("x-choice").or_else(|| first(&inner, "x-choice").and_then(Value::as_str));
        FieldDef {
            name: name.to_owned(),
            kind,
            title: text("title").unwrap_or(name).to_owned(),
            description: text("description").unwrap_or_default().to_owned(),
            required: false,
            tracked: first(layers, "x-tracked").and_then(Value::as_bool).unwrap_or(false),
            key: text("x-key").map(str::to_owned),
            choice_list: choice_list.map(str::to_owned),
            fields,
            rest,
        }
    }

    /// What a map says of the keys that it does not name.
    fn rest(&mut self, layers: &[Layer<'a>], path: &str, depth: usize) -> Option<Box<FieldDef>> {
        let rest = first(layers, "additionalProperties").filter(|rest| rest.is_object())?;
        let layers = self.layers(&[rest]);
        Some(Box::new(self.field("*", &layers, &format!("{path}.*"), depth)))
    }

    /// The layers of a list's elements.
    fn items(&self, layers: &[Layer<'a>]) -> Vec<Layer<'a>> {
        let items: Vec<&Value> = layers.iter().filter_map(|layer| layer.get("items")).collect();
        self.layers(&items)
    }

    fn note(&mut self, path: &str, keyword: &'static str) {
        self.odd.push(OddAnnotation { field: path.to_owned(), keyword });
    }

    fn kind(&mut self, layers: &[Layer<'a>], path: &str, depth: usize) -> Kind {
        if depth > 0 {
            if self.left == 0 {
                return Kind::Any;
            }
            self.left -= 1;
        }
        let types = types(layers);
        let is = |name: &str| types.contains(&name);
        let list = is("array") || (types.is_empty() && first(layers, "items").is_some());
        let kind = if list {
            let element = self.items(layers);
            let element = if depth < DEEPEST { self.kind(&element, path, depth + 1) } else { Kind::Any };
            // An annotation that was put on the list is meant for what is in it.
            let element = match (element, self.annotated(layers, path)) {
                (Kind::Any | Kind::Text, Some(meant)) => meant,
                (element, _) => element,
            };
            Kind::List(Box::new(element))
        } else if let Some(kind) = self.annotated(layers, path) {
            kind
        } else if let Some(kind) = self.alternatives(layers, path, depth) {
            return kind;
        } else if let Some(kind) = formatted(layers) {
            kind
        } else if is("object") || (types.is_empty() && first(layers, "properties").is_some()) {
            Kind::Map
        } else if is("string") {
            Kind::Text
        } else if is("number") {
            Kind::Number
        } else if is("integer") {
            Kind::Integer
        } else if is("boolean") {
            return Kind::Boolean;
        } else {
            Kind::Any
        };
        // Text may be written `true`; for other kinds a boolean is an answer of its own.
        let says_more = !kind.is_raw_text() && kind != Kind::Any;
        if is("boolean") && says_more { Kind::YesOr(Box::new(kind)) } else { kind }
    }

    /// The kind that our own keywords or a fixed set of values give.
    fn annotated(&mut self, layers: &[Layer<'a>], path: &str) -> Option<Kind> {
        if let Some(targets) = first(layers, "x-ref") {
            let kind = targets_of(targets).map(Kind::Reference);
            if kind.is_none() {
                self.note(path, "x-ref");
            }
            return Some(kind.unwrap_or(Kind::Reference(Vec::new())));
        }
        for (keyword, kind) in [("x-person", Kind::Person), ("x-money", Kind::Money)] {
            match first(layers, keyword) {
                Some(Value::Bool(true)) => return Some(kind),
                None | Some(Value::Bool(false)) => {}
                Some(_) => self.note(path, keyword),
            }
        }
        if let Some(name) = first(layers, "x-kind") {
            match name.as_str().and_then(named_kind) {
                Some(kind) => return Some(kind),
                None => self.note(path, "x-kind"),
            }
        }
        let values = first(layers, "enum").and_then(Value::as_array);
        let values: Option<Vec<String>> =
            values.and_then(|values| values.iter().map(|value| value.as_str().map(str::to_owned)).collect());
        let from_list = first(layers, "x-choice").is_some();
        values.or(from_list.then(Vec::new)).map(Kind::Choice)
    }

    /// The kind of `anyOf` or `oneOf`: what all alternatives share, beside which a boolean may stand.
    fn alternatives(&mut self, layers: &[Layer<'a>], path: &str, depth: usize) -> Option<Kind> {
        let alternatives = first(layers, "anyOf").or_else(|| first(layers, "oneOf")).and_then(Value::as_array)?;
        let mut kinds: Vec<Kind> = Vec::new();
        for alternative in alternatives {
            let layers = self.layers(&[alternative]);
            if depth >= DEEPEST || types(&layers) == ["null"] {
                continue;
            }
            kinds.push(self.kind(&layers, path, depth + 1));
        }
        let yes = kinds.contains(&Kind::Boolean);
        kinds.retain(|kind| !matches!(kind, Kind::Boolean | Kind::Any));
        // One value may stand for a list of one.
        if let Some(list) = kinds.iter().position(|kind| matches!(kind, Kind::List(_))) {
            let list = kinds.swap_remove(list);
            if !kinds.iter().all(|kind| kind.agrees_with(list.element())) {
                return Some(Kind::Any);
            }
            kinds = vec![list];
        }
        let kind = kinds.pop();
        if !kinds.iter().all(|other| kind.as_ref().is_some_and(|kind| kind.agrees_with(other))) {
            return Some(Kind::Any);
        }
        match (kind, yes) {
            (Some(kind), true) => Some(Kind::YesOr(Box::new(kind))),
            (None, true) => Some(Kind::Boolean),
            (kind, false) => kind,
        }
    }
}

/// The most particular word of the layers on a keyword.
fn first<'a>(layers: &[Layer<'a>], keyword: &str) -> Option<&'a Value> {
    layers.iter().find_map(|layer| layer.get(keyword))
}

/// The JSON types that a value may have, without null.
fn types<'a>(layers: &[Layer<'a>]) -> Vec<&'a str> {
    match first(layers, "type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => Vec::new(),
    }
}

fn targets_of(value: &Value) -> Option<Vec<Target>> {
    match value {
        Value::String(any) if any == "any" => Some(Vec::new()),
        Value::String(one) => Target::parse(one).map(|target| vec![target]),
        Value::Array(several) => several.iter().map(|one| Target::parse(one.as_str()?)).collect(),
        _ => None,
    }
}

fn named_kind(name: &str) -> Option<Kind> {
    Some(match name {
        "id" => Kind::Id,
        "type" => Kind::RecordType,
        "stage" => Kind::Stage,
        "pipeline" => Kind::Pipeline,
        "percent" => Kind::Percent,
        "duration" => Kind::Duration,
        "currency" => Kind::Currency,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "url" => Kind::Url,
        _ => return None,
    })
}

fn formatted(layers: &[Layer<'_>]) -> Option<Kind> {
    Some(match first(layers, "format")?.as_str()? {
        "date" | "date-time" | "wall-time" => Kind::Date,
        "email" | "idn-email" => Kind::Email,
        "uri" | "uri-reference" | "iri" | "iri-reference" => Kind::Url,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(schema: &Value) -> Kind {
        let (fields, odd) = fields_of(&json!({"properties": {"x": schema}}));
        assert_eq!(odd, []);
        fields[0].kind.clone()
    }

    #[test]
    fn a_kind_is_told_by_annotation_format_or_type() {
        let list = |kind| Kind::List(Box::new(kind));
        let client = vec![Target { record_type: "client".into(), contact: false }];
        for (schema, expected) in [
            (json!({"type": "string"}), Kind::Text),
            (json!({"type": ["string", "number", "boolean", "null"]}), Kind::Text),
            (json!({"type": "boolean"}), Kind::Boolean),
            (json!({"type": ["boolean", "integer"]}), Kind::YesOr(Box::new(Kind::Integer))),
            (json!({"type": "string", "format": "date"}), Kind::Date),
            (json!({"enum": ["a", "b"]}), Kind::Choice(vec!["a".into(), "b".into()])),
            (json!({"enum": [1, 2]}), Kind::Any),
            (json!({"type": "string", "x-choice": "channel"}), Kind::Choice(Vec::new())),
            (json!({"type": "string", "x-money": true}), Kind::Money),
            (json!({"x-ref": "client"}), Kind::Reference(client.clone())),
            (json!({"type": "array", "items": {"x-ref": "client"}}), list(Kind::Reference(client.clone()))),
            (json!({"type": "array", "x-ref": "client"}), list(Kind::Reference(client))),
            (json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), Kind::Text),
            (json!({"anyOf": [{"type": "boolean"}, {"format": "date"}]}), Kind::YesOr(Box::new(Kind::Date))),
            (json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}), list(Kind::Text)),
            (json!({"anyOf": [{"type": "string"}, {"type": "number"}]}), Kind::Any),
            (json!({"properties": {}}), Kind::Map),
            (json!({}), Kind::Any),
            (json!(true), Kind::Any),
        ] {
            assert_eq!(kind(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn an_extension_is_seen_together_with_what_it_extends() {
        let (fields, _) = fields_of(&json!({
            "$ref": "#/$defs/lead",
            "properties": {"b": {"description": "mine"}, "c": {"type": "number"}},
            "required": ["c"],
            "$defs": {"lead": {"properties": {"a": {}, "b": {"title": "B", "type": "string", "x-tracked": true}}}}
        }));
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        let b = &fields[1];
        assert_eq!((b.title.as_str(), b.description.as_str(), &b.kind, b.tracked), ("B", "mine", &Kind::Text, true));
        assert!(fields[2].required);
    }

    #[test]
    fn a_schema_without_end_ends() {
        let (fields, _) = fields_of(&json!({
            "$ref": "#", "allOf": [{"$ref": "#"}],
            "properties": {"x": {"type": "object", "$ref": "#"}, "y": {"type": "array", "items": {"$ref": "#"}}}
        }));
        assert_eq!(fields.len(), 2);
        let wide: Map<String, Value> =
            (0..40).map(|n| (format!("f{n}"), json!({"type": "array", "items": {"$ref": "#"}}))).collect();
        let (fields, _) = fields_of(&json!({"type": "object", "properties": wide}));
        assert_eq!(fields.len(), 40);
    }

    #[test]
    fn an_annotation_that_is_not_understood_is_told() {
        let (_, odd) = fields_of(&json!({"properties": {"x": {"x-ref": 7}, "y": {"x-money": "yes"}}}));
        let odd: Vec<_> = odd.iter().map(|odd| (odd.field.as_str(), odd.keyword)).collect();
        assert_eq!(odd, [("x", "x-ref"), ("y", "x-money")]);
    }
}
