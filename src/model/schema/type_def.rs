//! A type: what its cards are called, where they lie, and what fields they have.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::field::FieldDef;
use super::finding::{SchemaFinding, findings};
use super::library::each_schema;
use super::rules::Rules;
use crate::model::Config;
use crate::text::SourcePath;

/// A type of card, as its schema describes it.
#[derive(Debug)]
pub struct TypeDef {
    /// The word in `type:`; every record of the type shares it.
    pub name: Arc<str>,
    /// The folder for new cards.
    pub dir: String,
    /// How the ids of new cards are made: `{client}-{name}`.
    pub id_pattern: String,
    /// The name in plain words.
    pub title: String,
    /// What it is, in plain words; may be empty.
    pub description: String,
    /// The fields, in the schema's order.
    pub fields: Vec<FieldDef>,
    /// The workspace's schema that it comes from; `None` for a built-in one.
    pub source: Option<SourcePath>,
    pub(super) rules: Rules,
}

/// The words of one workspace that an [effective schema](TypeDef::effective_schema) names.
#[derive(Clone, Debug, Default)]
pub struct Words<'a> {
    /// The stages of the type's pipelines; empty where any will do.
    pub stages: Vec<&'a str>,
    /// The type's pipelines.
    pub pipelines: Vec<&'a str>,
    /// The ids of our people; empty where anybody may be named.
    pub people: Vec<&'a str>,
    /// The lists of `choices:`, by name.
    pub choices: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Words<'a> {
    /// The words that a configuration has for the cards of a type.
    pub fn of(config: &'a Config, record_type: &'a str) -> Self {
        let mut words = Self {
            people: config.people.iter().map(|person| person.id.as_str()).collect(),
            choices: (config.choices.iter())
                .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
                .collect(),
            ..Self::default()
        };
        for pipeline in config.pipelines_of(record_type) {
            words.pipelines.push(&pipeline.name);
            for stage in &pipeline.stages {
                if !words.stages.contains(&stage.id.as_str()) {
                    words.stages.push(&stage.id);
                }
            }
        }
        words
    }
}

impl TypeDef {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of the fields that `history` tells of, in order: the stage, pipeline and owner of every card, and what
    /// the schema marks with `x-tracked`.
    pub fn tracked(&self) -> Vec<&str> {
        let own = self.fields.iter().filter(|def| def.tracked).map(|def| def.name.as_str());
        let mut names: Vec<&str> = ["stage", "pipeline", "owner"].into_iter().chain(own).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of the fields that must be there.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.required).map(|field| field.name.as_str())
    }

    /// `a lead`, `an offer`.
    pub fn noun(&self) -> String {
        let article = if self.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {}", self.name)
    }

    /// What is wrong with a card's front matter.
    ///
    /// Scalars of [raw-text kinds](crate::model::kind::Kind::is_raw_text) come as JSON strings with their source text,
    /// all else as YAML reads it. Fields without a value count as absent.
    pub fn validate(&self, front_matter: &Value) -> Vec<SchemaFinding> {
        findings(&self.rules, &self.fields, &self.noun(), front_matter)
    }

    /// The schema as other tools can use it: it stands on its own, and names the workspace's stages, people and choices.
    pub fn effective_schema(&self, words: &Words<'_>) -> Value {
        let mut schema = self.rules.bundle().clone();
        each_schema(&mut schema, &mut |keywords| fill_in(keywords, &self.name, words));
        schema
    }
}

/// Puts the values that a workspace allows into one schema.
fn fill_in(keywords: &mut Map<String, Value>, record_type: &str, words: &Words<'_>) {
    let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
    let values: &[&str] = match (text("x-kind"), text("x-choice"), keywords.get("x-person")) {
        (Some("type"), ..) => &[record_type],
        (Some("stage"), ..) => &words.stages,
        (Some("pipeline"), ..) => &words.pipelines,
        (_, _, Some(Value::Bool(true))) => &words.people,
        (_, Some(list), _) => words.choices.iter().find(|(name, _)| *name == list).map_or(&[], |(_, values)| values),
        _ => &[],
    };
    if !values.is_empty() && !keywords.contains_key("enum") {
        keywords.insert("enum".to_owned(), Value::from(values.to_vec()));
    }
}
