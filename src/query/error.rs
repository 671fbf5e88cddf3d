//! What is wrong with a query, under the word that is wrong, and what to write instead.

use std::fmt;
use std::sync::Arc;

use super::codes;
use super::dates::{self, DateError};
use crate::diagnostic::Diagnostic;
use crate::model::Spanned;
use crate::text::Span;

/// How many mistakes of one text are told: nobody reads more.
pub(super) const MOST: usize = 20;

/// One mistake in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong.
    pub problem: Problem,
    /// The query, or the segment in which the mistake stands.
    pub text: Arc<str>,
    /// The bytes of `text` that are wrong.
    pub span: Span,
    /// The segment's name, if it stands in one.
    pub segment: Option<String>,
}

/// What can be wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// `"…` without an end.
    #[error("this quote is not closed")]
    OpenQuote,
    /// `(` without `)`.
    #[error("this parenthesis is not closed")]
    OpenParenthesis,
    /// `)` without `(`.
    #[error("no parenthesis is open here")]
    StrayParenthesis,
    /// `()`
    #[error("there is nothing in these parentheses")]
    EmptyParentheses,
    /// `OR` or `NOT` without what it belongs to.
    #[error("a term is missing beside `{0}`")]
    MissingTerm(&'static str),
    /// Groups within groups within groups.
    #[error("the query is nested too deeply")]
    TooDeep,
    /// `AND`, which other languages have.
    #[error("`AND` is no operator here")]
    AndWord,
    /// A sign of comparison at the beginning.
    #[error("a field's name belongs before `{0}`")]
    MissingField(&'static str),
    /// A sign of comparison, or a comma, at the end.
    #[error("a value belongs here, after `{0}`")]
    MissingValue(&'static str),
    /// `..` alone.
    #[error("a range needs at least one end")]
    EmptyRange,
    /// More than one value after `<`, `<=`, `>` or `>=`.
    #[error("`{0}` compares with one value")]
    OneValue(&'static str),
    /// A text of signs alone.
    #[error("there is no word here to search for")]
    NoWord,
    /// `two words~`
    #[error("`~` forgives a slip in one word, not in several")]
    FuzzyPhrase,
    /// `seg` with something else than names.
    #[error("a segment is named: `seg:NAME`")]
    SegmentForm,
    /// A segment that `karto.yaml` does not have.
    #[error("there is no segment `{name}`")]
    UnknownSegment {
        /// What was asked for.
        name: String,
        /// The segments that there are, the nearest alone if one is near.
        known: Vec<String>,
    },
    /// A segment that asks for itself.
    #[error("the segment asks for itself: {}", .0.join(" -> "))]
    SegmentCycle(Vec<String>),
    /// A name before a colon that no field has.
    #[error("there is no field `{name}`")]
    UnknownField {
        /// What was asked for.
        name: String,
        /// The fields that look like it.
        nearest: Vec<String>,
        /// The fields that there are.
        known: Vec<String>,
    },
    /// A field's name alone.
    #[error("`{0}` is a field, but nothing is asked of it")]
    BareField(String),
    /// `field=value`
    #[error("`=` does not compare")]
    EqualsSign {
        /// The term as it was probably meant.
        meant: String,
    },
    /// A value that does not fit the field's kind.
    #[error("`{field}` can't be compared with `{value}`")]
    Unfit {
        /// The field.
        field: String,
        /// The value.
        value: String,
        /// What the field holds.
        expected: String,
    },
    /// A word that is no date, for a field that is one.
    #[error("{error}")]
    Date {
        /// The field.
        field: String,
        /// What is wrong with the word.
        error: DateError,
    },
    /// An amount or number as people write it.
    #[error("`{value}` is not written as a number")]
    Localized {
        /// The value.
        value: String,
        /// As it should be written.
        plain: String,
    },
    /// A range whose end comes before its beginning.
    #[error("the range runs backwards")]
    Backwards,
    /// A range or `<`, `>` on a field whose values have no order.
    #[error("values of `{0}` have no order")]
    Unordered(String),
    /// A stage, person, type or choice that does not exist.
    #[error("no {what} is called `{value}`")]
    UnknownName {
        /// `stage`, `person` …
        what: &'static str,
        /// What was asked for.
        value: String,
        /// The names that look like it.
        nearest: Vec<String>,
        /// The names that there are.
        known: Vec<String>,
    },
    /// `me`, where nobody knows who asks.
    #[error("it is not known who `me` is")]
    WhoIsMe,
    /// A field to sort by that is none.
    #[error("there is nothing to sort by here")]
    NothingToSortBy,
}

impl QueryError {
    /// The problems of one text as errors, [`MOST`] at most.
    pub(super) fn all(text: &str, segment: Option<&str>, mut problems: Vec<(Problem, Span)>) -> Vec<Self> {
        problems.truncate(MOST);
        let text: Arc<str> = text.into();
        let error = |(problem, span)| Self { problem, text: text.clone(), span, segment: segment.map(str::to_owned) };
        problems.into_iter().map(error).collect()
    }

    /// What is wrong, in one sentence; the segment is not named.
    pub fn message(&self) -> String {
        self.problem.to_string()
    }

    /// What to write instead, as an order; several lines where names are listed.
    pub fn help(&self) -> Option<String> {
        let rest = self.text.get(self.span.start()..).unwrap_or("");
        let term = rest.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).next().unwrap_or(rest);
        self.problem.help(term)
    }

    /// A mistake of a segment, whose text `segment` is, as a finding about `karto.yaml`.
    pub fn in_config(&self, segment: &Spanned<String>) -> Diagnostic {
        // The word itself is marked where the text is written as it is meant, perhaps between quotes.
        let span = match segment.span.len().saturating_sub(segment.value.len()) {
            quotes @ (0 | 2) => self.span.shifted(segment.span.start() + quotes / 2),
            _ => segment.span,
        };
        let name = self.segment.as_deref().map_or(String::new(), |name| format!("segment `{name}`: "));
        let finding = Diagnostic::new(codes::SEGMENT_INVALID, format!("{name}{}", self.problem)).at(span);
        match self.help() {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(segment) = &self.segment {
            write!(f, "in segment `{segment}`: ")?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for QueryError {}

impl Problem {
    /// What to write instead; `term` is what is wrong, and what hangs on to it.
    fn help(&self, term: &str) -> Option<String> {
        Some(match self {
            Problem::OpenQuote => "close it with `\"`; a quote inside quotes is written `\\\"`".to_owned(),
            Problem::OpenParenthesis => "close it with `)`".to_owned(),
            Problem::StrayParenthesis => "take it away, or open one before it".to_owned(),
            Problem::EmptyParentheses => "put terms between them, or take them away".to_owned(),
            Problem::MissingTerm("OR") => "`OR` stands between two terms: `stage:won OR stage:lost`".to_owned(),
            Problem::MissingTerm(_) => "`NOT` stands before a term: `NOT tag:cold`".to_owned(),
            Problem::TooDeep => "make it of several segments, or of fewer parentheses".to_owned(),
            Problem::AndWord => {
                "leave it out: terms side by side must all hold; to search for the word, write `\"AND\"`".to_owned()
            }
            Problem::MissingField(_) => {
                "write field, sign and value without spaces: `value:50000..`; text in quotes is \
                                         searched for as it stands"
                    .to_owned()
            }
            Problem::MissingValue(_) => "`field:none` asks for cards without a value".to_owned(),
            Problem::EmptyRange => "`a..b`, `a..` and `..b` are ranges, `field:any` is any value".to_owned(),
            Problem::OneValue(_) => "of several values, or none, ask with `:` or `!=`".to_owned(),
            Problem::NoWord => "search for letters or digits".to_owned(),
            Problem::FuzzyPhrase => "write one `~` behind each word".to_owned(),
            Problem::SegmentForm => "or `seg!=NAME` for all others; several names are separated by commas".to_owned(),
            Problem::UnknownSegment { known, .. } if known.is_empty() => {
                "segments are saved queries under `segments:` in karto.yaml".to_owned()
            }
            Problem::UnknownSegment { known, .. } => format!("there are: {}", known.join(", ")),
            Problem::SegmentCycle(_) => "take one of these `seg:` terms out of karto.yaml".to_owned(),
            Problem::UnknownField { name, nearest, known } => unknown_field(name, term, nearest, known),
            Problem::BareField(name) => format!(
                "did the shell take your `>` or `<`? Put the comparison in quotes: `'{name}>=…'`, or write a range, `{name}:a..`; to \
                 search for the word, write `'\"{name}\"'`"
            ),
            Problem::EqualsSign { meant } => format!("write `{meant}`"),
            Problem::Unfit { expected, .. } => format!("it must be {expected}"),
            Problem::Date { error: DateError::NoSign(_), .. } => return None,
            Problem::Date { field, .. } => format!("`{field}` is a date: {}", dates::EXAMPLES),
            Problem::Localized { plain, .. } => format!("write `{plain}`"),
            Problem::Backwards => "the smaller or earlier end comes first".to_owned(),
            Problem::Unordered(field) => format!("name the values: `{field}:a,b`"),
            Problem::UnknownName { nearest, known, .. } => {
                let there = format!("there are: {}", known.join(", "));
                if nearest.is_empty() { there } else { format!("did you mean {}? {there}", ticked(nearest)) }
            }
            Problem::WhoIsMe => "set KARTO_USER to your id of `people:` in karto.yaml, or name the person".to_owned(),
            Problem::NothingToSortBy => "`--sort value,-next_contact` sorts by field, downwards after `-`".to_owned(),
        })
    }
}

fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

fn unknown_field(name: &str, term: &str, nearest: &[String], known: &[String]) -> String {
    let mut help = Vec::new();
    let negated = name.strip_prefix("NOT ").or_else(|| name.strip_prefix(['-', '!']));
    if let Some(plain) = negated.filter(|plain| known.iter().any(|field| field == plain)) {
        help.push(format!(
            "`NOT` turns a term round, as an argument of its own: `NOT {plain}:…`, or write `{plain}!=…`."
        ));
    } else if nearest.is_empty() {
        let quoted = term.replace('"', "\\\"");
        help.push(format!("To search for this text, put it in quotes: `\"{quoted}\"`."));
    } else {
        help.push(format!("Did you mean {}?", ticked(nearest)));
    }
    help.push(format!("The fields are: {}.", known.join(", ")));
    help.join("\n")
}
