//! What follows from cards, history and the day: fields that nobody writes down.

use super::Context;
use crate::catalog::RecordIndex;
use crate::model::Value;
use crate::model::kind::Kind;

/// A field that is computed when asked for.
#[derive(Clone, Debug)]
pub struct Derived {
    /// The name in queries, sorting and output.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The types that have it; empty means all.
    pub types: &'static [&'static str],
    /// What it means, in plain words.
    pub meaning: &'static str,
    /// Its value for a record.
    pub get: fn(&Context<'_>, RecordIndex) -> Option<Value>,
}

/// Every derived field, in the order of the documentation.
pub const ALL: &[Derived] = &[];
