use serde::{Deserialize, Serialize};

use super::Span;

/// One change to a text: the bytes under `span` become `text`.
///
/// An empty span inserts, an empty text removes. Every change that Karto makes to a card (a command, a fix, a merge,
/// an editor action) is a list of these, so what lies outside their spans stays as the person left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced, in the text as it was before any edit of the list.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces the bytes under `span` by `text`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Inserts `text` before the byte at `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { span: Span::empty(at), text: text.into() }
    }

    /// Removes the bytes under `span`.
    pub fn remove(span: Span) -> Self {
        Self { span, text: String::new() }
    }
}

/// Why a list of edits can't be applied to a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Two edits of one list change the same bytes.
    #[error("two edits overlap at byte {at}")]
    Overlap {
        /// Where the second begins.
        at: usize,
    },
    /// An edit lies past the end of the text or inside a character.
    #[error("an edit at byte {at} does not fit the text")]
    OutOfPlace {
        /// Where it begins.
        at: usize,
    },
}

/// Applies `edits` to `source`; their order does not matter, but insertions at one place keep the list's order.
///
/// # Errors
/// [`EditError`] if two edits overlap or one does not fit `source`; nothing is applied then.
pub fn splice(source: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(source.len() + grown);
    let mut done = 0;
    for edit in ordered {
        let at = edit.span.start();
        if at < done {
            return Err(EditError::Overlap { at });
        }
        if source.get(edit.span.range()).is_none() {
            return Err(EditError::OutOfPlace { at });
        }
        out.push_str(source.get(done..at).ok_or(EditError::OutOfPlace { at })?);
        out.push_str(&edit.text);
        done = edit.span.end();
    }
    out.push_str(source.get(done..).unwrap_or(""));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_the_order_of_their_places() {
        let edits = [
            Edit::replace(Span::new(4, 5), "Z"),
            Edit::insert(0, "<"),
            Edit::insert(0, ">"),
            Edit::remove(Span::new(1, 2)),
        ];
        assert_eq!(splice("abcdef", &edits).as_deref(), Ok("<>acdZf"));
    }

    #[test]
    fn overlaps_and_broken_characters_are_refused() {
        let overlap = [Edit::remove(Span::new(0, 3)), Edit::insert(2, "x")];
        assert_eq!(splice("abcdef", &overlap), Err(EditError::Overlap { at: 2 }));
        assert_eq!(splice("ł", &[Edit::insert(1, "x")]), Err(EditError::OutOfPlace { at: 1 }));
        assert_eq!(splice("a", &[Edit::insert(2, "x")]), Err(EditError::OutOfPlace { at: 2 }));
    }
}
