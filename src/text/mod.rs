//! Floor 0: text. Spans, edits and the lossless document; it knows no word of sales.
//!
//! Everything here is pure: bytes go in, values with spans come out, and nothing fails whole.

pub mod body;
pub mod codes;
pub mod conflict;
mod document;
mod edit;
mod line_index;
mod minutes;
mod nearest;
mod percent;
mod source_path;
mod span;
mod when;
mod words;
pub mod yaml;

pub(crate) use document::unified;
pub use document::{Document, LineEnding, MAX_FILE_SIZE, Parts};
pub use edit::{Edit, EditError, splice};
pub use line_index::{LineIndex, Position};
pub use minutes::Minutes;
pub use nearest::{did_you_mean, nearest};
pub(crate) use percent::percent_decoded;
pub use source_path::{SourcePath, SourcePathError};
pub use span::Span;
pub use when::{When, WhenError, parse_date, parse_time};
pub use words::{Word, fold, words};
