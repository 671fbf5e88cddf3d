use std::borrow::Cow;

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use super::Span;

/// A word of a text, as search and comparison see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// The word folded (see [`fold`]).
    pub text: Cow<'t, str>,
    /// Where it stands in the text, unfolded.
    pub span: Span,
}

/// Folds a text so that what people mean to be the same is the same: NFC, Latin letters without their diacritics
/// (`ł ș ț ő ű đ ß œ ø` …), lower case. Folding twice is folding once.
///
/// This is the one analysis of the program: the index, the matcher without an index and the queries all use it.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let mut folded = String::with_capacity(text.len());
    let mut after_latin = false;
    for letter in text.nfc().flat_map(char::to_lowercase) {
        if canonical_combining_class(letter) != 0 {
            if !(after_latin && is_latin_mark(letter)) {
                folded.push(letter);
            }
            continue;
        }
        after_latin = push_folded(letter, &mut folded);
    }
    // Lower case can part what NFC had joined; joined again, a second folding finds nothing to do.
    Cow::Owned(folded.nfc().collect())
}

/// Appends a lower-case letter folded; says whether it is Latin, so that the marks after it fall away.
fn push_folded(letter: char, folded: &mut String) -> bool {
    if letter.is_ascii() {
        folded.push(letter);
        return letter.is_ascii_alphabetic();
    }
    if is_latin(letter)
        && let Some(plain) = deunicode_char(letter)
        && !plain.is_empty()
        && plain.bytes().all(|b| b.is_ascii_alphabetic())
    {
        folded.push_str(&plain.to_ascii_lowercase());
        return true;
    }
    folded.push(if letter == 'ς' { 'σ' } else { letter });
    false
}

fn is_latin(letter: char) -> bool {
    matches!(letter, '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}') && letter.is_alphabetic()
}

fn is_latin_mark(mark: char) -> bool {
    matches!(mark, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// The words of a text in their order: runs of letters, digits and the marks on them, folded; all else parts words.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let start = rest + tail.find(char::is_alphanumeric)?;
        let word = text.get(start..)?;
        let len = word.find(|c: char| !(c.is_alphanumeric() || is_combining_mark(c))).unwrap_or(word.len());
        rest = start + len;
        Some(Word { text: fold(&word[..len]), span: Span::new(start, rest) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_of_our_languages_lose_their_marks() {
        assert_eq!(fold("Zażółć GĘŚLĄ jaźń"), "zazolc gesla jazn");
        assert_eq!(fold("Iași, Târgu Mureș, Ţară, ășțâî"), "iasi, targu mures, tara, astai");
        assert_eq!(fold("Győr, Árvíztűrő tükörfúrógép"), "gyor, arvizturo tukorfurogep");
        assert_eq!(fold("đ ß œ ø Æ ﬁ"), "d ss oe o ae fi");
        assert_eq!(fold("Lo\u{301}dz\u{301}"), "lodz");
    }

    #[test]
    fn other_scripts_are_lowered_only() {
        assert_eq!(fold("Київ ΟΔΟΣ Йод"), "київ οδοσ йод");
        assert_eq!(fold("100 €, 5 × 3"), "100 €, 5 × 3");
    }

    #[test]
    fn words_know_their_places() {
        let text = "Łódź-Tools: 12 użytkowników, o'Brien_x";
        let found: Vec<_> = words(text).map(|w| (w.text.into_owned(), w.span.of(text))).collect();
        let expected = [
            ("lodz", "Łódź"),
            ("tools", "Tools"),
            ("12", "12"),
            ("uzytkownikow", "użytkowników"),
            ("o", "o"),
            ("brien", "Brien"),
            ("x", "x"),
        ];
        assert_eq!(found, expected.map(|(w, s)| (w.to_owned(), s)));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once), once.as_str());
        }

        #[test]
        fn folding_twice_is_folding_once_with_marks(
            text in "[a-zA-ZßœİıΣςάй\u{300}-\u{345}\u{5bf}\u{0f71}-\u{0f74}\u{1100}-\u{1175}\u{212a}\u{1f80}-\u{1fff}]{0,12}"
        ) {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once), once.as_str());
        }

        #[test]
        fn composed_and_decomposed_fold_alike(text in "[a-zA-Zà-ž \u{300}-\u{30c}]{0,20}") {
            let apart: String = text.nfd().collect();
            prop_assert_eq!(fold(&text), fold(&apart));
        }

        #[test]
        fn words_are_folded_parts_of_the_text(text in "\\PC{0,60}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.span.start() >= end && !word.span.is_empty());
                prop_assert_eq!(&word.text, &fold(word.span.of(&text)));
                end = word.span.end();
            }
        }
    }
}
