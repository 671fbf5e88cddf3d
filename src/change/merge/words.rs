//! A line merged word by word: what both changed in different words of it stands beside each other.

use super::diff3::{Touching, Verdict, diff3};

/// The merged text; `None` where both changed the same words, differently.
pub(super) fn merge_words(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (base, ours, theirs) = (words(base), words(ours), words(theirs));
    let mut merged = String::new();
    for piece in diff3(&base, &ours, &theirs, &Touching::Fine) {
        let take = match piece.verdict {
            Verdict::Same | Verdict::Ours => ours.get(piece.ours)?,
            Verdict::Theirs => theirs.get(piece.theirs)?,
            Verdict::Conflict => return None,
        };
        merged.extend(take.iter().copied());
    }
    Some(merged)
}

/// Words with the blanks before them, so that a word that goes takes its blank along; line ends are words of their own.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut in_word) = (0, false);
    for (at, c) in text.char_indices() {
        let ends = c == '\n' || in_word && c.is_whitespace();
        if ends && at > start {
            words.extend(text.get(start..at));
            start = at;
        }
        if c == '\n' {
            words.extend(text.get(at..=at));
            start = at + 1;
        }
        in_word = !c.is_whitespace();
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_their_blanks_make_up_the_text() {
        let text = "- [ ] Call  due:2026-11-25\n  - x\n";
        assert_eq!(words(text).concat(), text);
        assert_eq!(words("a b\n c"), ["a", " b", "\n", " c"]);
    }

    #[test]
    fn different_words_of_one_line_do_not_conflict() {
        let merge = |ours, theirs| merge_words("- [ ] Call due:2026-11-25", ours, theirs);
        assert_eq!(
            merge("- [x] Call due:2026-11-25 done:2026-11-24", "- [ ] Call due:2026-11-27").as_deref(),
            Some("- [x] Call due:2026-11-27 done:2026-11-24")
        );
        assert_eq!(merge("- [ ] Call due:2026-11-26", "- [ ] Call due:2026-11-27"), None);
        assert_eq!(
            merge("- [ ] Call Anna due:2026-11-25", "- [ ] Ring due:2026-11-25").as_deref(),
            Some("- [ ] Ring Anna due:2026-11-25")
        );
    }
}
