//! The place of a text that shows best why it was found.

use super::passage::{Part, Passage, passages};
use crate::query::TextTerm;
use crate::text::{Document, SourcePath, Span};

/// How long a snippet may get, in bytes of the text.
const LENGTH: usize = 180;
/// How much of it may stand before the first place.
const BEFORE: usize = 50;

/// A piece of a file's text with the places that were found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The field that holds it; `None` in the text below the front matter, and for the id.
    pub field: Option<String>,
    /// The line of the file where it begins, from 1.
    pub line: usize,
    /// The piece on one line, `…` where it was cut.
    pub text: String,
    /// What was found, as places in `text`, in order.
    pub highlights: Vec<Span>,
}

/// A place in a passage, and the term that stands there.
#[derive(Clone, Copy)]
struct Place {
    span: Span,
    term: usize,
}

/// The best snippet of a file; `None` if it holds none of the terms.
pub(super) fn snippet(path: &SourcePath, document: &Document, terms: &[TextTerm]) -> Option<Snippet> {
    let passages = passages(path, document);
    let found = passages.iter().filter_map(|passage| {
        let places = places(&passage.text, terms);
        let (from, distinct) = best_window(&places)?;
        // What stands in the text tells more than what stands in a field; the name is shown anyhow.
        let preference = match passage.part {
            Part::Body => 3,
            Part::Field => 2,
            Part::Name => 1,
            Part::Id => 0,
        };
        Some(((distinct, preference), passage, places, from))
    });
    // Of equals the first is to win, and `max_by_key` gives the last.
    let (_, passage, places, from) = found.rev().max_by_key(|(rank, ..)| *rank)?;
    Some(cut(passage, document, &places, from))
}

/// Where a text holds any of the terms; places that overlap are one.
pub(super) fn highlights(text: &str, terms: &[TextTerm]) -> Vec<Span> {
    join(places(text, terms).iter().map(|place| place.span))
}

fn places(text: &str, terms: &[TextTerm]) -> Vec<Place> {
    let of_term = |(term, sought): (usize, &TextTerm)| {
        sought.matches(text).unwrap_or_default().into_iter().map(move |span| Place { span, term })
    };
    let mut places: Vec<Place> = terms.iter().enumerate().flat_map(of_term).collect();
    places.sort_by_key(|place| place.span);
    places
}

/// The first place of the window that holds most terms, and their number.
fn best_window(places: &[Place]) -> Option<(usize, usize)> {
    let terms = places.iter().map(|place| place.term + 1).max()?;
    let mut counts = vec![0_usize; terms];
    let (mut end, mut distinct, mut best) = (0, 0, (0, 0));
    for (from, first) in places.iter().enumerate() {
        while let Some(place) = places.get(end)
            && (end == from || place.span.end() <= first.span.start() + LENGTH - BEFORE)
        {
            let count = counts.get_mut(place.term)?;
            distinct += usize::from(*count == 0);
            *count += 1;
            end += 1;
        }
        if distinct > best.1 {
            best = (from, distinct);
        }
        let count = counts.get_mut(first.term)?;
        *count -= 1;
        distinct -= usize::from(*count == 0);
    }
    Some(best)
}

fn cut(passage: &Passage<'_>, document: &Document, places: &[Place], from: usize) -> Snippet {
    let text: &str = &passage.text;
    let first = places.get(from).map_or(Span::ZERO, |place| place.span);
    let start = word_start(text, first.start());
    let end = word_end(text, (start + LENGTH).max(first.end()));
    let mut line = Line { text: String::new(), highlights: Vec::new() };
    if !text.get(..start).unwrap_or("").trim().is_empty() {
        line.text.push('…');
    }
    let mut at = start;
    for span in join(places.iter().map(|place| place.span)) {
        if span.start() >= at && span.end() <= end {
            line.push(Span::new(at, span.start()).of(text));
            line.push_found(span.of(text));
            at = span.end();
        }
    }
    line.push(Span::new(at, end).of(text));
    line.text.truncate(line.text.trim_end().len());
    if !text.get(end..).unwrap_or("").trim().is_empty() {
        line.text.push('…');
    }
    let offset = if passage.part == Part::Body { start } else { 0 };
    let before = document.text().get(..passage.span.start() + offset).unwrap_or("");
    Snippet {
        field: (!passage.key.is_empty()).then(|| passage.key.to_string()),
        line: 1 + before.bytes().filter(|byte| *byte == b'\n').count(),
        text: line.text,
        highlights: line.highlights,
    }
}

/// Where to begin so that there is something to read before `at`: at a line if one begins near, else at a word.
fn word_start(text: &str, at: usize) -> usize {
    let earliest = text.ceil_char_boundary(at.saturating_sub(BEFORE));
    let before = text.get(earliest..at).unwrap_or("");
    if let Some(line) = before.rfind('\n') {
        return skip_blanks(text, earliest + line, at);
    }
    if earliest == 0 {
        return skip_blanks(text, 0, at);
    }
    before.find(char::is_whitespace).map_or(at, |blank| skip_blanks(text, earliest + blank, at))
}

fn skip_blanks(text: &str, from: usize, at: usize) -> usize {
    let rest = text.get(from..at).unwrap_or("");
    from + rest.len() - rest.trim_start().len()
}

/// The last end of a word up to `at`, and never within a character.
fn word_end(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let at = text.floor_char_boundary(at);
    let tail_start = text.floor_char_boundary(at.saturating_sub(BEFORE));
    let tail = text.get(tail_start..at).unwrap_or("");
    let at_edge = text.get(at..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    match tail.rfind(char::is_whitespace) {
        Some(blank) if !at_edge => tail_start + blank,
        _ => at,
    }
}

fn join(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start() < last.end() => *last = last.to(span),
            _ => joined.push(span),
        }
    }
    joined
}

/// Text on one line: each run of blanks is one.
struct Line {
    text: String,
    highlights: Vec<Span>,
}

impl Line {
    fn push(&mut self, piece: &str) {
        for letter in piece.chars() {
            if !letter.is_whitespace() {
                self.text.push(letter);
            } else if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        }
    }

    fn push_found(&mut self, piece: &str) {
        let start = self.text.len();
        self.push(piece);
        self.highlights.push(Span::new(start, self.text.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::TextMode;
    use proptest::prelude::*;

    fn terms(words: &[&str]) -> Vec<TextTerm> {
        words.iter().filter_map(|word| TextTerm::new(word, TextMode::Exact)).collect()
    }

    fn shown(source: &str, words: &[&str]) -> (String, Vec<String>, usize) {
        let document = Document::parse(source);
        let found = snippet(&SourcePath::new("leads/acme.md").unwrap(), &document, &terms(words)).unwrap();
        let marked = found.highlights.iter().map(|span| span.of(&found.text).to_owned()).collect();
        (found.text, marked, found.line)
    }

    #[test]
    fn the_text_around_what_was_found_is_shown_on_one_line() {
        let source = "---\ntype: lead\nname: Acme\n---\n# Notes\n\nThey build a hall\nin  Łódź, with a heat pump.\n";
        let (text, marked, line) = shown(source, &["lodz", "heat pump"]);
        assert_eq!((text.as_str(), line), ("…in Łódź, with a heat pump.", 8));
        assert_eq!(marked, ["Łódź", "heat pump"]);
    }

    #[test]
    fn the_window_with_most_terms_is_taken() {
        let far = "lodz ".to_owned() + &"x ".repeat(200) + "warsaw lodz";
        let (text, marked, _) = shown(&far, &["warsaw", "lodz"]);
        assert!(text.ends_with("x warsaw lodz"), "{text}");
        assert_eq!(marked, ["warsaw", "lodz"]);
    }

    #[test]
    fn a_field_is_shown_where_the_text_has_nothing() {
        let document = Document::parse("---\nname: Acme\ncity: Łódź\n---\nText.\n");
        let found = snippet(&SourcePath::new("a.md").unwrap(), &document, &terms(&["lodz"])).unwrap();
        assert_eq!((found.field.as_deref(), found.line, found.text.as_str()), (Some("city"), 3, "Łódź"));
    }

    proptest! {
        #[test]
        fn highlights_lie_in_the_snippet_and_hold_what_was_sought(text in "[ab ł\n]{0,300}", word in "[abł]{1,2}") {
            let terms = terms(&[&word]);
            let found = snippet(&SourcePath::new("x.md").unwrap(), &Document::parse(text.as_str()), &terms);
            let holds = terms[0].matches(&text).is_some();
            prop_assert_eq!(holds, found.is_some());
            if let Some(found) = found {
                prop_assert!(!found.highlights.is_empty());
                for span in found.highlights {
                    prop_assert!(terms[0].matches(span.of(&found.text)).is_some());
                }
            }
        }
    }
}
