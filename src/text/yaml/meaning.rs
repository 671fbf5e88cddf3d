//! What serde_yaml makes of YAML that the scanner does not read: values without places, but with their text.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::Kind;
use super::resolve::Scalar;
use super::tree::{NONE, NodeRef, Style, Tree, hash};
use crate::text::Span;

/// A value as serde_yaml reads it; a scalar keeps the text it was written with where that can be known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    Scalar(Kind, String),
    List(Vec<Meaning>),
    Map(Vec<(Meaning, Meaning)>),
}

/// Why there is no meaning.
#[derive(Debug)]
pub(super) enum MeaningError {
    /// Brackets by the thousand: not worth the time that the parser would take.
    TooDeep,
    /// More values than the text could hold without aliases.
    Multiplied,
    /// serde_yaml's own complaint.
    Yaml(serde_yaml::Error),
}

/// More brackets than this make serde_yaml slow; irregular front matter does not have them.
const MAX_BRACKETS: usize = 4_000;

/// Reads `yaml` with serde_yaml, in time proportional to its length.
pub(super) fn meaning(yaml: &str) -> Result<Meaning, MeaningError> {
    if yaml.bytes().filter(|b| matches!(b, b'[' | b'{')).count() > MAX_BRACKETS {
        return Err(MeaningError::TooDeep);
    }
    let budget = Cell::new(yaml.len() * 4 + 4096);
    let mut meaning = match Read(&budget).deserialize(serde_yaml::Deserializer::from_str(yaml)) {
        Ok(meaning) => meaning,
        Err(_) if budget.get() == 0 => return Err(MeaningError::Multiplied),
        Err(error) if error.to_string().contains("recursion limit") => return Err(MeaningError::TooDeep),
        Err(error) if error.to_string().contains("repetition limit") => return Err(MeaningError::Multiplied),
        Err(error) => return Err(MeaningError::Yaml(error)),
    };
    // Numbers lose their text (`+48600100200`, `12.50`): a second reading, led by the first, asks for it. Where a tag
    // stands in the way, the number as it is must do.
    let mut with_text = meaning.clone();
    if Text(&mut with_text).deserialize(serde_yaml::Deserializer::from_str(yaml)).is_ok() {
        meaning = with_text;
    }
    Ok(meaning)
}

impl Meaning {
    /// True if `node` says the same, texts included.
    pub(super) fn agrees(&self, node: NodeRef<'_>) -> bool {
        match self {
            Meaning::Scalar(kind, text) => !node.is_collection() && node.kind() == *kind && node.raw() == *text,
            Meaning::List(items) => {
                node.kind() == Kind::List
                    && items.len() == node.len()
                    && items.iter().zip(node.items()).all(|(item, node)| item.agrees(node))
            }
            Meaning::Map(entries) => {
                node.kind() == Kind::Map
                    && entries.len() == node.len()
                    && entries
                        .iter()
                        .zip(node.entries())
                        .all(|((key, value), entry)| key.agrees(entry.key()) && value.agrees(entry.value()))
            }
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Meaning::Scalar(_, text) => Some(text),
            _ => None,
        }
    }

    /// Puts the value into `tree` as nodes that all stand at `span`.
    pub(super) fn plant(&self, tree: &mut Tree, span: Span) -> u32 {
        match self {
            Meaning::Scalar(kind, text) => {
                let id = tree.push(*kind, Style::Foreign, span);
                let number = tree.texts.len() as u32;
                tree.texts.push(text.as_str().into());
                if let Some(node) = tree.nodes.get_mut(id as usize) {
                    node.aux = number;
                }
                id
            }
            Meaning::List(items) => {
                let id = tree.push(Kind::List, Style::Foreign, span);
                for item in items {
                    let value = item.plant(tree, span);
                    tree.add(id, NONE, value, 0);
                }
                id
            }
            Meaning::Map(entries) => {
                let id = tree.push(Kind::Map, Style::Foreign, span);
                for (key, value) in entries {
                    let hash = hash(key.text().unwrap_or("").as_bytes());
                    let key = key.plant(tree, span);
                    let value = value.plant(tree, span);
                    tree.add(id, key, value, hash);
                }
                id
            }
        }
    }
}

fn scalar(kind: Kind, text: impl ToString) -> Meaning {
    Meaning::Scalar(kind, text.to_string())
}

/// The first reading: any value, as long as the budget lasts.
#[derive(Clone, Copy)]
struct Read<'b>(&'b Cell<usize>);

impl Read<'_> {
    fn spend<E: de::Error>(self, cost: usize) -> Result<(), E> {
        match self.0.get().checked_sub(cost) {
            Some(left) if left > 0 => {
                self.0.set(left);
                Ok(())
            }
            _ => {
                self.0.set(0);
                Err(E::custom("aliases multiply"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Read<'_> {
    type Value = Meaning;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Meaning, D::Error> {
        self.spend(1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read<'_> {
    type Value = Meaning;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Meaning, E> {
        Ok(scalar(Kind::Bool, value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Meaning, E> {
        Ok(scalar(Kind::Integer, value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Meaning, E> {
        Ok(scalar(Kind::Integer, value))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Meaning, E> {
        Ok(scalar(Kind::Text, value))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Meaning, E> {
        Ok(scalar(Kind::Text, value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Meaning, E> {
        Ok(Meaning::Scalar(Kind::Float, serde_yaml::Number::from(value).to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Meaning, E> {
        self.spend(value.len())?;
        Ok(scalar(Kind::Text, value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Meaning, E> {
        Ok(scalar(Kind::Null, ""))
    }

    fn visit_none<E: de::Error>(self) -> Result<Meaning, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Meaning, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Meaning::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Meaning, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(self)? {
            entries.push((key, map.next_value_seed(self)?));
        }
        Ok(Meaning::Map(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Meaning, A::Error> {
        let (_tag, value): (String, _) = tagged.variant()?;
        value.newtype_variant_seed(self)
    }
}

/// The second reading: the texts of the scalars of a known value.
struct Text<'m>(&'m mut Meaning);

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            Meaning::Scalar(..) => deserializer.deserialize_str(self),
            Meaning::List(_) => deserializer.deserialize_seq(self),
            Meaning::Map(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value that was read before")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        if let Meaning::Scalar(_, text) = self.0 {
            value.clone_into(text);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Meaning::List(items) = self.0 {
            for item in items {
                list.next_element_seed(Text(item))?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Meaning::Map(entries) = self.0 {
            for (key, value) in entries {
                if map.next_key_seed(Text(key))?.is_some() {
                    map.next_value_seed(Text(value))?;
                }
            }
        }
        Ok(())
    }
}

/// A scalar that a tag turned into another kind than its text says.
pub(super) fn retagged(kind: Kind, resolved: Scalar) -> Scalar {
    match (kind, resolved) {
        (Kind::Float, Scalar::Unsigned(value)) => Scalar::Float(value as f64),
        (Kind::Float, Scalar::Negative(value)) => Scalar::Float(value as f64),
        (_, resolved) => resolved,
    }
}
