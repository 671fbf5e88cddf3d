//! Floor 5: how answers and findings look. Everything is written to a [`std::io::Write`] that the caller gives.
//!
//! What goes to people passes through [`clean()`], so that no text of a card can steer a terminal; what goes to
//! programs keeps every character, escaped where the format knows how.

pub mod blocks;
mod card;
mod changes;
mod clean;
mod columns;
mod csv;
pub mod data;
pub mod diagnostics;
mod diff;
mod figures;
mod found;
mod json;
mod measure;
mod style;
pub mod table;

pub use card::{card, card_json};
pub use changes::{changes, created};
pub use clean::{clean, clean_lines, shell_word};
pub use diff::diff;
pub use figures::for_people;
pub use found::{found, hits};
pub use json::line as json_line;
pub use measure::{shorten, text_width, wrap};
pub use style::{Style, paint};

/// What the place that text is written to can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many columns there are; `None` where nothing must be cut or wrapped, such as in a pipe.
    pub width: Option<usize>,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether characters beyond ASCII may be used for lines, bars and ellipses; texts of cards always keep theirs.
    pub unicode: bool,
}

impl Default for Options {
    /// As for a pipe: no width, no colours.
    fn default() -> Self {
        Self { width: None, color: false, unicode: true }
    }
}
