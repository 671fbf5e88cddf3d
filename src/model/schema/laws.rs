//! Laws that hold for any card, any configuration and any schema file.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Keys that mean something in cards, mixed with some that don't.
const KEYS: &[&str] = &[
    "type",
    "name",
    "stage",
    "contacts",
    "id",
    "tags",
    "value",
    "do_not_contact",
    "rates",
    "pipelines",
    "stages",
    "x",
];

/// Keywords of schemas, so that generated ones are nearly right.
const KEYWORDS: &[&str] = &[
    "$ref",
    "$id",
    "$defs",
    "type",
    "properties",
    "items",
    "allOf",
    "anyOf",
    "enum",
    "x-type",
    "x-ref",
    "x-key",
    "required",
    "pattern",
    "format",
];

fn value(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let words = ["object", "array", "string", "karto:lead", "#", "#/properties/x", "2026-02-30", "1 000,5", "ąęł"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..5).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::Object(entries.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// Whether a path leads to something that is there.
fn leads(mut at: &Value, path: &[Step]) -> bool {
    path.iter().all(|step| {
        let next = match step {
            Step::Key(key) => at.get(key),
            Step::Item(place) => at.get(*place),
        };
        next.map(|next| at = next).is_some()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_finding_always_leads_to_a_place_in_the_card(card in value(KEYS), config in value(KEYS)) {
        let schemas = Schemas::builtin();
        for definition in schemas.types() {
            for finding in definition.validate(&card) {
                prop_assert!(leads(&card, &finding.path), "{:?} in {}", finding, card);
            }
        }
        for finding in schemas.validate_config(&config) {
            prop_assert!(leads(&config, &finding.path), "{:?} in {}", finding, config);
        }
    }

    #[test]
    fn any_schema_file_leaves_the_built_in_types_in_place(a in value(KEYWORDS), b in value(KEYWORDS), cut in 0usize..400) {
        let text = b.to_string();
        let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        let files = [("schemas/lead.schema.json", a.to_string()), ("schemas/other.schema.json", text[..cut].to_owned())];
        let files: Vec<_> = files.into_iter().map(|(path, text)| (SourcePath::new(path).unwrap(), text)).collect();
        let (schemas, found) = Schemas::with(&files);
        for known in Schemas::builtin().types() {
            let definition = schemas.get(&known.name).unwrap();
            definition.validate(&json!({"type": &*known.name, "name": "A", "stage": "new"}));
            definition.effective_schema(&Words::default());
        }
        for finding in found {
            let text = files.iter().find(|(path, _)| Some(path) == finding.path.as_ref()).map(|(_, text)| text);
            let inside = finding.span.is_none_or(|span| text.is_some_and(|text| text.get(span.range()).is_some()));
            prop_assert!(inside, "{:?}", finding);
        }
    }
}
