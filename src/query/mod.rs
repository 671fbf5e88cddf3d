//! Floor 3: asking. The fields that there are, stored and derived alike, and the query language over them.

mod binding;
mod bound;
pub mod codes;
mod comparison;
pub mod dates;
pub mod derived;
mod error;
mod fields;
mod lexer;
mod operand;
mod parser;
#[cfg(test)]
pub(crate) mod sample;
mod sort;
mod text_term;
mod tree;
pub mod worth;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

pub use binding::check_segments;
pub use bound::{Bound, LeftOut, Reason, Selection};
pub use comparison::Answer;
pub use error::{Problem, QueryError};
pub use fields::{FieldInfo, Fields, OWN_RULES, Source};
pub use sort::Order;
pub use text_term::{TextKind, TextTerm};
pub use tree::{FieldTerm, Node, Op, Operand, Query, Scalar, SegmentTerm, TextMode, TextPart};

use crate::catalog::{Catalog, RecordIndex};
use crate::model::Config;

/// All that a question is answered from. Nothing here reads a disk or a clock.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The records.
    pub catalog: &'a Catalog,
    /// The rules.
    pub config: &'a Config,
    /// The day that counts as today.
    pub today: NaiveDate,
    /// Who asks, if known: an id of `people`.
    pub me: Option<&'a str>,
    /// Which records hold the full-text terms of the query at hand.
    pub hits: &'a Hits,
}

/// Which records hold each full-text term of a query; filled by the workspace, which alone can read texts.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    by_term: HashMap<String, HashSet<RecordIndex>>,
}

impl Hits {
    /// Notes that these records hold a term, named as [`crate::query`] names it.
    pub fn insert(&mut self, term: String, records: impl IntoIterator<Item = RecordIndex>) {
        self.by_term.entry(term).or_default().extend(records);
    }

    /// True if the record holds the term.
    pub fn contains(&self, term: &str, record: RecordIndex) -> bool {
        self.by_term.get(term).is_some_and(|records| records.contains(&record))
    }
}

#[cfg(test)]
mod tests;
