//! Full-text terms: what the index is asked for, and the plain matcher that needs no index.

use super::tree::{TextMode, TextPart};
use crate::text::{Span, Word, words};

/// A text that a query looks for, over names, fields and bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTerm {
    /// The name under which [`super::Hits`] knows it; the same text looked for in the same way has the same.
    pub key: String,
    /// How it is looked for.
    pub kind: TextKind,
    /// Its words, folded, at least one.
    pub words: Vec<String>,
    /// How many slips are forgiven: 0 but for [`TextKind::Fuzzy`].
    pub distance: u8,
}

/// How a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// One word.
    Word,
    /// Several words, one after the other.
    Phrase,
    /// The same, where the last may go on.
    Prefix,
    /// One word that may be mistyped; two letters that changed places are one slip.
    Fuzzy,
}

/// From how many letters two slips are forgiven.
const LONG_WORD: usize = 8;

impl TextTerm {
    /// A term of all words of `text`; `None` if it has none, or has several where a slip is to be forgiven.
    pub fn new(text: &str, mode: TextMode) -> Option<Self> {
        let words: Vec<String> = words(text).map(|word| word.text.into_owned()).collect();
        let (kind, sign) = match (mode, words.as_slice()) {
            (_, []) => return None,
            (TextMode::Exact, [_]) => (TextKind::Word, ""),
            (TextMode::Exact, _) => (TextKind::Phrase, ""),
            (TextMode::Prefix, _) => (TextKind::Prefix, "*"),
            (TextMode::Fuzzy, [_]) => (TextKind::Fuzzy, "~"),
            (TextMode::Fuzzy, _) => return None,
        };
        let distance = match words.first() {
            Some(word) if kind == TextKind::Fuzzy => 1 + u8::from(word.chars().count() >= LONG_WORD),
            _ => 0,
        };
        Some(Self { key: format!("{}{sign}", words.join(" ")), kind, words, distance })
    }

    pub(super) fn of_part(part: &TextPart) -> Option<Self> {
        Self::new(&part.text.text, part.mode)
    }

    /// Where `text` holds the term, each place from its first word to its last; `None` where it does not.
    pub fn matches(&self, text: &str) -> Option<Vec<Span>> {
        let places = self.places(&words(text).collect::<Vec<_>>());
        (!places.is_empty()).then_some(places)
    }

    /// The places in a text whose words are known already, as they are where several terms are looked for.
    pub fn places(&self, words: &[Word<'_>]) -> Vec<Span> {
        words.windows(self.words.len().max(1)).filter_map(|window| self.place(window)).collect()
    }

    fn place(&self, window: &[Word<'_>]) -> Option<Span> {
        let (first, last) = (window.first()?, window.last()?);
        let same = |(meant, found): (&String, &Word<'_>)| *meant == found.text;
        let mut pairs = self.words.iter().zip(window);
        let holds = match self.kind {
            TextKind::Word | TextKind::Phrase => pairs.all(same),
            TextKind::Prefix => {
                let (meant, found) = pairs.next_back()?;
                found.text.starts_with(meant.as_str()) && pairs.all(same)
            }
            TextKind::Fuzzy => pairs.all(|(meant, found)| is_near(meant, &found.text, self.distance.into())),
        };
        holds.then(|| first.span.to(last.span))
    }
}

fn is_near(meant: &str, found: &str, distance: usize) -> bool {
    // A quick look at the lengths spares most words the table.
    meant.chars().count().abs_diff(found.chars().count()) <= distance && strsim::osa_distance(meant, found) <= distance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(term: &str, mode: TextMode, text: &'a str) -> Vec<&'a str> {
        let places = TextTerm::new(term, mode).unwrap().matches(text).unwrap_or_default();
        places.into_iter().map(|place| place.of(text)).collect()
    }

    #[test]
    fn words_and_phrases_are_found_folded() {
        assert_eq!(found("lodz", TextMode::Exact, "Z Łodzi do Łódź, LODZ!"), ["Łódź", "LODZ"]);
        assert_eq!(found("Pompa ciepła", TextMode::Exact, "pompa, CIEPŁA i pompa do ciepła"), ["pompa, CIEPŁA"]);
        assert_eq!(TextTerm::new("lodz", TextMode::Exact).unwrap().matches("Łodzi"), None);
        assert_eq!(TextTerm::new("…", TextMode::Exact), None);
    }

    #[test]
    fn the_last_word_of_a_prefix_goes_on() {
        assert_eq!(found("lodz", TextMode::Prefix, "Łodzi, Łódź, ul. Łódzka"), ["Łodzi", "Łódź", "Łódzka"]);
        assert_eq!(found("heat pum", TextMode::Prefix, "heat pumps; heating pumps"), ["heat pumps"]);
    }

    #[test]
    fn one_slip_is_forgiven_and_two_in_long_words() {
        assert_eq!(found("lozd", TextMode::Fuzzy, "Łódź Łodzi London"), ["Łódź"]);
        assert_eq!(found("kowalski", TextMode::Fuzzy, "Kovalsky Kowalsky Kovalszky"), ["Kovalsky", "Kowalsky"]);
        assert_eq!(TextTerm::new("kowalsk", TextMode::Fuzzy).unwrap().distance, 1);
        assert_eq!(TextTerm::new("two words", TextMode::Fuzzy), None);
    }

    #[test]
    fn the_same_question_has_the_same_key() {
        let key = |text, mode| TextTerm::new(text, mode).unwrap().key;
        assert_eq!(key("Heat-Pump", TextMode::Exact), key("heat  pump", TextMode::Exact));
        assert_ne!(key("lodz", TextMode::Exact), key("lodz", TextMode::Prefix));
    }
}
