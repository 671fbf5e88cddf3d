//! `field=value`, `field+=value`, `field-=value`: how a command says what a field is to hold.

use std::fmt;
use std::str::FromStr;

/// One change of a field, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The field, perhaps with the way into it: `value`, `address.city`, `contacts[kowalski].phone`.
    pub field: String,
    /// What is done with it.
    pub operation: Operation,
    /// The value as it was typed; empty in `field=`, which takes the field away.
    pub value: String,
}

/// What an [`Assignment`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `=`: the field holds the value, and nothing else.
    Set,
    /// `+=`: the list has the value too.
    Add,
    /// `-=`: the list does not have the value any more.
    Remove,
}

impl Assignment {
    /// `field=value`.
    pub fn set(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self { field: field.into(), operation: Operation::Set, value: value.into() }
    }
}

/// A word is no assignment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not of the form field=value")]
pub struct AssignmentError(String);

impl FromStr for Assignment {
    type Err = AssignmentError;

    /// Reads `field=value`, `field+=value` and `field-=value`; the first `=` parts them, so that a value may hold more.
    fn from_str(text: &str) -> Result<Self, AssignmentError> {
        let wrong = || AssignmentError(text.to_owned());
        let (left, value) = text.split_once('=').ok_or_else(wrong)?;
        let (field, operation) = match (left.strip_suffix('+'), left.strip_suffix('-')) {
            (Some(field), _) => (field, Operation::Add),
            (_, Some(field)) => (field, Operation::Remove),
            _ => (left, Operation::Set),
        };
        let field = field.trim();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
        if !field.starts_with(|c: char| c.is_alphabetic() || c == '_') || !field.chars().all(fits) {
            return Err(wrong());
        }
        Ok(Self { field: field.to_owned(), operation, value: value.trim().to_owned() })
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.operation {
            Operation::Set => "=",
            Operation::Add => "+=",
            Operation::Remove => "-=",
        };
        write!(f, "{}{sign}{}", self.field, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_of_equality_parts_field_and_value() {
        for (text, field, operation, value) in [
            ("value=120000", "value", Operation::Set, "120000"),
            ("tags+=erp", "tags", Operation::Add, "erp"),
            ("tags-=cold", "tags", Operation::Remove, "cold"),
            ("next_step=Ask: a=b?", "next_step", Operation::Set, "Ask: a=b?"),
            ("owner=", "owner", Operation::Set, ""),
            ("contacts[kowalski].phone=1", "contacts[kowalski].phone", Operation::Set, "1"),
            ("własne-pole=x", "własne-pole", Operation::Set, "x"),
        ] {
            let read: Assignment = text.parse().unwrap();
            assert_eq!(read, Assignment { field: field.into(), operation, value: value.into() });
            assert_eq!(read.to_string(), text);
        }
        for text in ["value", "=x", "two words=x", "7=x", "a:b=c"] {
            assert!(text.parse::<Assignment>().is_err(), "{text}");
        }
    }
}
