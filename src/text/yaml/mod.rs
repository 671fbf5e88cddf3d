//! YAML with places: values and their texts, where they stand, and edits that change nothing else.
//!
//! A scanner of our own reads what people and tools write, in a microsecond or two, and says of each value where it
//! stands and how it was written. serde_yaml is the meaning: what the scanner accepts, serde_yaml reads the same (tests
//! hold that), and what the scanner does not accept, serde_yaml reads in its place. Such values are *irregular*: they
//! can be read but not edited.

mod edit;
mod flow;
mod guard;
mod keys;
mod meaning;
mod read;
mod recover;
mod render;
mod resolve;
mod scalar;
mod scan;
mod style;
mod tree;
mod trouble;
mod value;
mod writer;

pub use edit::{EditRefused, Place};
pub use style::{Misread, misread, quote, quote_in_flow};
pub use tree::{Entries, EntryRef, Kind, NodeRef};
pub use value::{FieldPath, FieldPathError, Step, Value};

pub(super) use read::{Yaml, read};
