//! Floor 0: text. Spans, edits and the lossless document; it knows no word of sales.
//!
//! Everything here is pure: bytes go in, values with spans come out, and nothing fails whole.

pub mod codes;
mod document;
mod edit;
mod line_index;
mod source_path;
mod span;
pub mod yaml;

pub use document::{Document, LineEnding, MAX_FILE_SIZE, Parts};
pub use edit::{Edit, EditError, splice};
pub use line_index::{LineIndex, Position};
pub use source_path::{SourcePath, SourcePathError};
pub use span::Span;
