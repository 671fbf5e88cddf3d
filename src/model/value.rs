use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Money, packed};
use crate::text::{Span, When};

/// A value together with its place in the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, found at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A reference to a record, or to one contact of it: `acme-trade`, `acme-trade#kowalski`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The record's id.
    pub id: String,
    /// The contact at it.
    pub contact: Option<String>,
}

impl Reference {
    /// Reads `id`, `id#contact`, or either within `[[…]]` with an optional `|text` and folders before the id.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let inner = text
            .strip_prefix("[[")
            .and_then(|t| t.strip_suffix("]]"))
            .map_or(text, |t| t.split('|').next().unwrap_or(t));
        let (path, contact) = match inner.split_once('#') {
            Some((path, contact)) => (path, Some(contact.trim().to_owned())),
            None => (inner, None),
        };
        let name = path.trim().rsplit('/').next().unwrap_or(path);
        Self { id: name.strip_suffix(".md").unwrap_or(name).to_owned(), contact }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        self.contact.as_ref().map_or(Ok(()), |contact| write!(f, "#{contact}"))
    }
}

/// What a field holds, as the schema's kind reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Text, ids, stages, people, phones, e-mail addresses: the source text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// Numbers, percentages, days.
    Number(#[serde(with = "packed")] Decimal),
    /// An amount.
    Money(Money),
    /// A day, perhaps with a time.
    When(When),
    /// Another record, or a contact at it.
    Reference(Reference),
    /// Several values.
    List(Vec<Spanned<Value>>),
    /// Named values, in the card's order, such as one contact.
    Map(Vec<(String, Spanned<Value>)>),
    /// Something that does not fit the field's kind: its source text. A finding says so.
    Invalid(String),
}

impl Value {
    /// True for a list without items and a map without keys, which gates treat as absent.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The value as plain text on one line; lists joined by `, `, maps as `key: value` pairs.
    pub fn display(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) | Value::Invalid(text) => Cow::Borrowed(text),
            Value::Bool(true) => Cow::Borrowed("true"),
            Value::Bool(false) => Cow::Borrowed("false"),
            Value::Number(number) => Cow::Owned(number.normalize().to_string()),
            Value::Money(money) => Cow::Owned(money.to_string()),
            Value::When(when) => Cow::Owned(when.to_string()),
            Value::Reference(reference) => Cow::Owned(reference.to_string()),
            Value::List(items) => {
                Cow::Owned(items.iter().map(|item| item.value.display()).collect::<Vec<_>>().join(", "))
            }
            Value::Map(entries) => {
                let pairs: Vec<String> =
                    entries.iter().map(|(key, v)| format!("{key}: {}", v.value.display())).collect();
                Cow::Owned(pairs.join(", "))
            }
        }
    }

    /// The value as a line of history has it: an amount without its currency, the items of a list joined by commas.
    pub fn in_history(&self) -> String {
        match self {
            Value::Money(money) => money.amount.to_string(),
            Value::List(items) => items.iter().map(|item| item.value.display()).collect::<Vec<_>>().join(","),
            other => other.display().into_owned(),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// The items of a list, or the value itself as the only one.
    pub fn elements(&self) -> impl Iterator<Item = &Value> {
        let (list, single) = match self {
            Value::List(items) => (items.as_slice(), None),
            other => (&[][..], Some(other)),
        };
        list.iter().map(|item| &item.value).chain(single)
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, v)| &v.value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_ids_with_or_without_brackets() {
        for text in ["acme", "[[acme]]", "[[clients/acme|Acme Ltd]]", " acme ", "clients/acme.md"] {
            assert_eq!(Reference::parse(text), Reference { id: "acme".into(), contact: None }, "{text}");
        }
        assert_eq!(Reference::parse("[[acme#kowalski]]").to_string(), "acme#kowalski");
    }
}
