//! What is wrong with a card, in the words of the person who wrote it.

use std::collections::HashSet;

use jsonschema::error::ValidationErrorKind as Broken;
use jsonschema::{ValidationError, paths::LocationSegment};
use serde_json::Value;

use super::codes;
use super::field::FieldDef;
use super::rules::Rules;
use super::spelling::{as_amount, as_date};
use crate::diagnostic::Code;
use crate::model::kind::Kind;
use crate::text::nearest;

/// One step from the front matter to a value within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the value under this key.
    Key(String),
    /// To the item at this place of a list, from 0.
    Item(usize),
}

/// What is wrong with one value of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFinding {
    /// Where: the value, or for what is missing the map that should hold it. Always leads to something that is there.
    pub path: Vec<Step>,
    /// The key that is missing there.
    pub missing: Option<String>,
    /// Whether the key is meant and not its value.
    pub at_key: bool,
    /// What kind of finding it is.
    pub code: Code,
    /// What is wrong, in one sentence that names field and value.
    pub message: String,
    /// What was expected, in a few words.
    pub expected: Option<String>,
    /// The value (or, with `at_key`, the key) that was most likely meant.
    pub suggestion: Option<String>,
}

/// Checks a value against its rules; `fields` tell what its parts are, `noun` what the whole is (`a lead`).
pub(super) fn findings(rules: &Rules, fields: &[FieldDef], noun: &str, value: &Value) -> Vec<SchemaFinding> {
    let filled = without_nulls(value);
    let value = filled.as_ref().unwrap_or(value);
    let mut report = Report { fields, noun, root: value, findings: Vec::new(), places: HashSet::new() };
    for error in rules.errors(value) {
        report.add(&error);
    }
    report.same_keys(fields, value);
    report.findings
}

/// A field without a value is no field: the value without those, if there are any.
fn without_nulls(value: &Value) -> Option<Value> {
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Object(map) => map.values().any(|value| value.is_null() || has_null(value)),
            Value::Array(list) => list.iter().any(has_null),
            _ => false,
        }
    }
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|_, value| !value.is_null());
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    has_null(value).then(|| {
        let mut value = value.clone();
        strip(&mut value);
        value
    })
}

struct Report<'a> {
    fields: &'a [FieldDef],
    noun: &'a str,
    root: &'a Value,
    findings: Vec<SchemaFinding>,
    /// Where there is a finding already.
    places: HashSet<(Vec<Step>, Option<String>)>,
}

impl Report<'_> {
    /// Takes in one error of the library.
    fn add(&mut self, error: &ValidationError<'_>) {
        let path = steps(error);
        match error.kind() {
            Broken::Required { property } => self.missing(path, property.as_str().unwrap_or_default()),
            Broken::AdditionalProperties { unexpected } | Broken::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    self.unknown(&path, key);
                }
            }
            Broken::AnyOf { context } | Broken::OneOfNotValid { context } => match likely_branch(context, error) {
                Some(branch) => branch.iter().for_each(|error| self.add(error)),
                None => self.wrong(path, error),
            },
            _ => self.wrong(path, error),
        }
    }

    fn missing(&mut self, path: Vec<Step>, key: &str) {
        let owner = if path.is_empty() { self.noun.to_owned() } else { self.subject(&path) };
        let expected = self.field_of(&path, Some(key)).map(|field| field.kind.expected());
        self.push(SchemaFinding {
            missing: Some(key.to_owned()),
            expected,
            ..finding(path, codes::FIELD_MISSING, format!("{owner} needs `{key}`"))
        });
    }

    fn unknown(&mut self, path: &[Step], key: &str) {
        let known = match self.field_of(path, None) {
            Some(field) => field.fields.as_slice(),
            None if path.is_empty() => self.fields,
            None => &[],
        };
        let meant = nearest(key, known.iter().map(|field| field.name.as_str()), 1).pop();
        let place = if path.is_empty() { self.noun.to_owned() } else { self.subject(path) };
        let mut message = format!("{place} has no field `{key}`");
        if let Some(meant) = &meant {
            message.push_str(&format!("; did you mean `{meant}`?"));
        }
        let path = path.iter().cloned().chain([Step::Key(key.to_owned())]).collect();
        self.push(SchemaFinding { at_key: true, suggestion: meant, ..finding(path, codes::FIELD_UNKNOWN, message) });
    }

    /// An error about the value itself.
    fn wrong(&mut self, path: Vec<Step>, error: &ValidationError<'_>) {
        let field = self.field_of(&path, None);
        let value: &Value = error.instance();
        let verdict = Verdict::of(error.kind(), field, self.kind_at(&path), value);
        let Some(verdict) = verdict else { return };
        let subject = if path.is_empty() { self.noun.to_owned() } else { self.subject(&path) };
        let mut message = if verdict.code == codes::FIELD_RULE {
            format!("{subject} {}", verdict.expected)
        } else {
            format!("{subject} must be {}, not {}", verdict.expected, shown(value))
        };
        if let Some(meant) = &verdict.suggestion {
            message.push_str(&format!("; did you mean `{meant}`?"));
        }
        self.push(SchemaFinding {
            expected: Some(verdict.expected),
            suggestion: verdict.suggestion,
            ..finding(path, verdict.code, message)
        });
    }

    /// Entries of a list that have the same key.
    fn same_keys(&mut self, fields: &[FieldDef], value: &Value) {
        for field in fields {
            let Some(items) = value.get(&field.name).and_then(Value::as_array) else { continue };
            let Some(key) = &field.key else { continue };
            let mut seen = HashSet::new();
            for (place, item) in items.iter().enumerate() {
                let Some(id) = item.get(key).filter(|id| id.is_string() || id.is_number()) else { continue };
                if !seen.insert(id.to_string()) {
                    let path = vec![Step::Key(field.name.clone()), Step::Item(place), Step::Key(key.clone())];
                    let message = format!("two entries of `{}` have the same `{key}`, {}", field.name, shown(id));
                    self.push(finding(path, codes::FIELD_DUPLICATE, message));
                }
            }
        }
    }

    /// One finding a place: the first says enough.
    fn push(&mut self, finding: SchemaFinding) {
        if self.places.insert((finding.path.clone(), finding.missing.clone())) {
            self.findings.push(finding);
        }
    }

    /// What the schema says of the value at a path, or of the key within it.
    fn field_of(&self, path: &[Step], key: Option<&str>) -> Option<&FieldDef> {
        let mut found: Option<&FieldDef> = None;
        let keys = path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        });
        for key in keys.chain(key) {
            found = Some(match found {
                None => self.fields.iter().find(|field| field.name == key)?,
                Some(field) => field.field(key)?,
            });
        }
        found
    }

    /// The kind of the value at a path: of an item, where the path leads into a list.
    fn kind_at(&self, path: &[Step]) -> &Kind {
        let kind = self.field_of(path, None).map_or(&Kind::Any, |field| &field.kind);
        if matches!(path.last(), Some(Step::Item(_))) { kind.element() } else { kind }
    }

    /// A value by its field and where that stands: "`email` of `kowalski` in `contacts`".
    fn subject(&self, path: &[Step]) -> String {
        let mut at = self.root;
        let mut names: Vec<String> = Vec::new();
        let mut list: Option<(String, String)> = None;
        for step in path {
            let next = match step {
                Step::Key(key) => {
                    names.push(format!("`{key}`"));
                    at.get(key)
                }
                Step::Item(place) => {
                    let item = at.get(*place);
                    let named = item.and_then(|item| item.get("id").or_else(|| item.get("person")));
                    let entry = match named.and_then(Value::as_str) {
                        Some(name) => format!("`{}`", cut(name)),
                        None => format!("no. {}", place + 1),
                    };
                    list = names.pop().map(|name| (entry, name));
                    names.clear();
                    item
                }
            };
            at = next.unwrap_or(&Value::Null);
        }
        match (names.pop(), names.pop(), list) {
            (Some(name), _, Some((entry, list))) => format!("{name} of {entry} in {list}"),
            (Some(name), Some(parent), None) => format!("{name} in {parent}"),
            (Some(name), None, None) => name,
            (None, _, Some((entry, list))) => format!("{entry} of {list}"),
            (None, _, None) => self.noun.to_owned(),
        }
    }
}

fn finding(path: Vec<Step>, code: Code, message: String) -> SchemaFinding {
    SchemaFinding { path, missing: None, at_key: false, code, message, expected: None, suggestion: None }
}

fn steps(error: &ValidationError<'_>) -> Vec<Step> {
    let path = error.instance_path();
    path.segments()
        .map(|segment| match segment {
            LocationSegment::Property(key) => Step::Key(key.into_owned()),
            LocationSegment::Index(place) => Step::Item(place),
        })
        .collect()
}

/// The one alternative whose shape fits the value: its errors say more than "none fits".
fn likely_branch<'a>(
    context: &'a [Vec<ValidationError<'static>>],
    error: &ValidationError<'_>,
) -> Option<&'a Vec<ValidationError<'static>>> {
    let composite = error.instance().is_array() || error.instance().is_object();
    let fits = |branch: &&Vec<ValidationError<'static>>| {
        composite
            && !branch.is_empty()
            && branch.iter().all(|inner| inner.instance_path().as_str() != error.instance_path().as_str())
    };
    let mut fitting = context.iter().filter(fits);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// What an error comes to.
struct Verdict {
    code: Code,
    /// Goes on after "must be", for [`codes::FIELD_RULE`] after the field's name.
    expected: String,
    suggestion: Option<String>,
}

impl Verdict {
    fn of(broken: &Broken, field: Option<&FieldDef>, kind: &Kind, value: &Value) -> Option<Self> {
        let says = |code: Code, expected: String| Some(Self { code, expected, suggestion: None });
        let scalar = !value.is_array() && !value.is_object();
        match broken {
            Broken::Enum { options } => Some(Self::choice(options.as_array()?, value)),
            Broken::Constant { expected_value } => Some(Self::choice(std::slice::from_ref(expected_value), value)),
            Broken::Type { .. } | Broken::AnyOf { .. } | Broken::OneOfNotValid { .. } | Broken::Format { .. }
                if *kind == Kind::Date && scalar =>
            {
                let suggestion = value.as_str().and_then(as_date);
                Some(Self { code: codes::FIELD_DATE, expected: kind.expected(), suggestion })
            }
            // Where alternatives hide the kind, the format still tells it.
            Broken::Format { format } if format == "date" => {
                let suggestion = value.as_str().and_then(as_date);
                Some(Self { code: codes::FIELD_DATE, expected: Kind::Date.expected(), suggestion })
            }
            Broken::Type { .. } | Broken::Pattern { .. } if *kind == Kind::Money && scalar => {
                let suggestion = value.as_str().and_then(as_amount);
                Some(Self { code: codes::FIELD_MONEY, expected: kind.expected(), suggestion })
            }
            Broken::Type { kind: types } if *kind == Kind::Any => says(codes::FIELD_TYPE, type_words(types)),
            Broken::Type { .. } => says(codes::FIELD_TYPE, kind.expected()),
            Broken::AnyOf { .. } | Broken::OneOfNotValid { .. } if *kind != Kind::Any => {
                says(codes::FIELD_TYPE, kind.expected())
            }
            Broken::Pattern { pattern } => {
                says(codes::FIELD_FORMAT, form(field, kind, &format!("of the form {pattern}")))
            }
            Broken::Format { format } => says(codes::FIELD_FORMAT, form(field, kind, &format!("a valid {format}"))),
            Broken::Minimum { .. } | Broken::Maximum { .. } if *kind == Kind::Percent => {
                says(codes::FIELD_RANGE, "between 0 and 100".to_owned())
            }
            Broken::Minimum { limit } => says(codes::FIELD_RANGE, format!("at least {limit}")),
            Broken::Maximum { limit } => says(codes::FIELD_RANGE, format!("at most {limit}")),
            Broken::ExclusiveMinimum { limit } => says(codes::FIELD_RANGE, format!("more than {limit}")),
            Broken::ExclusiveMaximum { limit } => says(codes::FIELD_RANGE, format!("less than {limit}")),
            Broken::MinLength { limit } => says(codes::FIELD_RANGE, format!("at least {limit} characters long")),
            Broken::MaxLength { limit } => says(codes::FIELD_RANGE, format!("at most {limit} characters long")),
            Broken::MinItems { limit } => says(codes::FIELD_RANGE, format!("a list of at least {limit}")),
            Broken::MaxItems { limit } => says(codes::FIELD_RANGE, format!("a list of at most {limit}")),
            Broken::MultipleOf { multiple_of } => says(codes::FIELD_RANGE, format!("a multiple of {multiple_of}")),
            Broken::MinProperties { limit } => says(codes::FIELD_RULE, format!("needs at least {limit} fields")),
            Broken::MaxProperties { limit } => says(codes::FIELD_RULE, format!("may have at most {limit} fields")),
            Broken::UniqueItems => says(codes::FIELD_RULE, "names something twice".to_owned()),
            Broken::PropertyNames { error } => {
                let key = shown(error.instance());
                says(codes::FIELD_RULE, format!("has a key that is not written as it should be: {key}"))
            }
            Broken::FalseSchema => says(codes::FIELD_RULE, "must not be there".to_owned()),
            other => says(codes::FIELD_RULE, broken_rule(other.keyword(), field)),
        }
    }

    fn choice(options: &[Value], value: &Value) -> Self {
        let words: Vec<String> = options.iter().map(plain).collect();
        let suggestion = value.as_str().and_then(|given| nearest(given, words.iter().map(String::as_str), 1).pop());
        let expected = match words.as_slice() {
            [only] => only.clone(),
            words => format!("one of {}", words.join(", ")),
        };
        Self { code: codes::FIELD_VALUE, expected, suggestion }
    }
}

/// How a value is to be written: by its kind, else as the schema describes it, else by the bare rule.
fn form(field: Option<&FieldDef>, kind: &Kind, rule: &str) -> String {
    match (kind, field.map(|field| field.description.trim_end_matches('.'))) {
        (Kind::Text | Kind::Any | Kind::Number | Kind::Integer, Some(description)) if !description.is_empty() => {
            format!("{rule} ({description})")
        }
        (Kind::Text | Kind::Any | Kind::Number | Kind::Integer, _) => rule.to_owned(),
        (kind, _) => kind.expected(),
    }
}

fn broken_rule(keyword: &str, field: Option<&FieldDef>) -> String {
    match field.map(|field| field.description.as_str()).filter(|description| !description.is_empty()) {
        Some(description) => format!("does not keep the rule `{keyword}` of its schema ({description})"),
        None => format!("does not keep the rule `{keyword}` of its schema"),
    }
}

/// The types that a schema allows, in plain words.
fn type_words(types: &jsonschema::error::TypeKind) -> String {
    let word = |name: &str| match name {
        "string" => "text",
        "array" => "a list",
        "object" => "a group of fields, indented below it",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "empty",
    };
    match types {
        jsonschema::error::TypeKind::Single(one) => word(one.as_str()).to_owned(),
        jsonschema::error::TypeKind::Multiple(several) => {
            several.iter().map(|one| word(one.as_str())).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as a message shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("`{}`", cut(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a group of fields".to_owned(),
    }
}

/// At most forty characters, on one line.
fn cut(text: &str) -> String {
    let mut short: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(40).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}
