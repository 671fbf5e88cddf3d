//! Findings, for people and for programs.

mod data;
mod excerpt;
mod fix;
mod github;
mod sarif;
mod source;
#[cfg(test)]
mod test_support;
mod text;

pub use data::{json, jsonl, values};
pub use github::github;
pub use sarif::sarif;
pub use text::{query_error, summary, text};

use crate::diagnostic::{Diagnostic, Related};
use crate::text::SourcePath;

/// Where the texts of files come from: the same bytes that the findings were made from, or `None` if there are none
/// any more; then a finding is shown without its excerpt.
pub type Sources<'a> = &'a dyn Fn(&SourcePath) -> Option<String>;

/// The file of a second place: its own, else that of the finding.
fn file_of<'a>(related: &'a Related, diagnostic: &'a Diagnostic) -> Option<&'a SourcePath> {
    related.path.as_ref().or(diagnostic.path.as_ref())
}
