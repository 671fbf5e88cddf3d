//! Values and paths without a place: what edits take.

use std::fmt;
use std::str::FromStr;

use super::{Kind, NodeRef};

/// A value that is to be written, or one that was read, without its place and its style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, as after `key:`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is to be written: `120000`, `12.50`.
    Number(String),
    /// A text; quoted where some program would read something else.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map, in order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The value of a node.
    pub fn of(node: NodeRef<'_>) -> Self {
        match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(matches!(&*node.raw(), "true" | "True" | "TRUE")),
            Kind::Integer | Kind::Float => Value::Number(node.raw().into_owned()),
            Kind::Text => Value::Text(node.raw().into_owned()),
            Kind::List => Value::List(node.items().map(Value::of).collect()),
            Kind::Map => Value::Map(
                node.entries().map(|entry| (entry.key().raw().into_owned(), Value::of(entry.value()))).collect(),
            ),
        }
    }

    /// True if a node says this: the same value, or a scalar with the same text (`5` is `'5'`).
    pub fn says(&self, node: NodeRef<'_>) -> bool {
        match self {
            Value::Number(text) | Value::Text(text) => !node.is_collection() && node.raw() == *text,
            _ => *self == Value::of(node),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

/// One step from a map or list to what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To the item of this number, from 0.
    Index(usize),
}

/// The way to a value: `contacts[2].phone`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldPath(Vec<Step>);

impl FieldPath {
    /// The front matter itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The way to a field of the front matter; the key may hold any signs.
    pub fn field(key: impl Into<String>) -> Self {
        Self::root().key(key)
    }

    /// The same way, and on to the value of `key`.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// The same way, and on to an item of a list, from 0.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The steps, from the front matter on.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The way to what holds the last step, and the last step.
    pub fn split_last(&self) -> Option<(FieldPath, &Step)> {
        self.0.split_last().map(|(last, rest)| (Self(rest.to_vec()), last))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if number > 0 => write!(f, ".{key}")?,
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A text is no way to a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no path to a field; expected something like `contacts[0].phone`")]
pub struct FieldPathError(String);

impl FromStr for FieldPath {
    type Err = FieldPathError;

    /// Reads `contacts[2].phone`; keys are parted by dots, items stand in brackets, counted from 0.
    fn from_str(text: &str) -> Result<Self, FieldPathError> {
        let bad = || FieldPathError(text.to_owned());
        let mut path = Self::root();
        for part in text.split('.') {
            let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if key.is_empty() {
                return Err(bad());
            }
            path = path.key(key);
            while !rest.is_empty() {
                let (index, after) = rest.strip_prefix('[').and_then(|r| r.split_once(']')).ok_or_else(bad)?;
                path = path.index(index.parse().map_err(|_| bad())?);
                rest = after;
            }
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_shown() {
        let path: FieldPath = "contacts[2].phone".parse().unwrap();
        assert_eq!(path, FieldPath::field("contacts").index(2).key("phone"));
        assert_eq!(path.to_string(), "contacts[2].phone");
        for bad in ["", "a..b", "[1]", "a[x]", "a[1", "a[1]b"] {
            assert!(bad.parse::<FieldPath>().is_err(), "{bad}");
        }
    }
}
