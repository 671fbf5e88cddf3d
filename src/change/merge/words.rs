//! A line merged word by word: what both changed in different words of it stands beside each other.

use std::collections::{HashMap, HashSet};

use super::diff3::{Touching, Verdict, diff3, without_ends};

/// The tokens of a task that stand there once.
const TOKENS: [&str; 6] = ["due:", "on:", "est:", "rec:", "as:", "done:"];

/// The merged first line of a task: its tokens by name, all else word by word; `None` where both changed one of them,
/// differently.
pub(super) fn merge_tasks(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [Some(old), Some(mine), Some(yours)] = [base, ours, theirs].map(Tokens::of) else {
        return merge_words(base, ours, theirs);
    };
    let text = merge_words(&old.text, &mine.text, &yours.text)?;
    let mut tokens = HashMap::new();
    for name in mine.names.iter().chain(&yours.names) {
        let [old, mine, yours] = [&old, &mine, &yours].map(|side| side.words.get(name));
        let merged = match () {
            () if mine == yours || yours == old => mine,
            () if mine == old => yours,
            () => return None,
        };
        tokens.extend(merged.map(|word| (*name, *word)));
    }
    // In the places that they have on the side whose text it is; else at the end.
    let side = [(ours, &mine), (theirs, &yours)].into_iter().find(|(_, side)| side.text == text);
    let mut merged = String::new();
    match side {
        Some((line, _)) => {
            let placed = words(line).into_iter().filter_map(|word| match token(word) {
                Some(name) => tokens.remove(name),
                None => Some(word),
            });
            merged.extend(placed);
        }
        None => merged = text,
    }
    for name in mine.names.iter().chain(&yours.names) {
        if let Some(word) = tokens.remove(name) {
            merged.push(' ');
            merged.push_str(word.trim_start());
        }
    }
    Some(merged)
}

/// A task's first line, taken apart.
struct Tokens<'t> {
    text: String,
    names: Vec<&'static str>,
    words: HashMap<&'static str, &'t str>,
}

impl<'t> Tokens<'t> {
    /// `None` if a token stands there twice.
    fn of(line: &'t str) -> Option<Self> {
        let mut tokens = Self { text: String::new(), names: Vec::new(), words: HashMap::new() };
        for word in words(line) {
            let Some(name) = token(word) else {
                tokens.text.push_str(word);
                continue;
            };
            tokens.names.push(name);
            if tokens.words.insert(name, word).is_some() {
                return None;
            }
        }
        Some(tokens)
    }
}

fn token(word: &str) -> Option<&'static str> {
    TOKENS.into_iter().find(|name| word.trim_start().starts_with(name))
}

/// The merged text; `None` where both changed the same words, differently.
pub(super) fn merge_words(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let sides = [words(base), words(ours), words(theirs)];
    // Where neighbours give a word twice, they are one change.
    woven(&sides, &Touching::Fine).or_else(|| woven(&sides, &Touching::Conflict(|_| false)))
}

fn woven<'t>([base, ours, theirs]: &[Vec<&'t str>; 3], touching: &Touching<&'t str>) -> Option<String> {
    let mut merged = String::new();
    let pieces = diff3(base, ours, theirs, touching);
    for piece in pieces.into_iter().flat_map(|piece| without_ends(piece, base, ours, theirs, |_| true)) {
        let take = match piece.verdict {
            Verdict::Same | Verdict::Ours => ours.get(piece.ours)?,
            Verdict::Theirs => theirs.get(piece.theirs)?,
            Verdict::Conflict => return None,
        };
        merged.extend(take.iter().copied());
    }
    (!doubles(base, ours, theirs, &merged)).then_some(merged)
}

/// True if a word that both sides put in stands there more often than on either side.
fn doubles(base: &[&str], ours: &[&str], theirs: &[&str], merged: &str) -> bool {
    let merged = words(merged);
    let count = |words: &[&str], word: &str| words.iter().filter(|other| other.trim() == word).count();
    let both: HashSet<&str> = ours.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    both.into_iter().any(|word| {
        let (old, mine, yours) = (count(base, word), count(ours, word), count(theirs, word));
        mine > old && yours > old && count(&merged, word) > mine.max(yours)
    })
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
    fn a_token_of_a_task_stands_there_once() {
        let merge = |ours, theirs| merge_tasks("- [ ] Call due:2026-11-25", ours, theirs);
        assert_eq!(
            merge("- [x] Call due:2026-11-25 done:2026-11-24", "- [x] Call due:2026-11-20 done:2026-11-24").as_deref(),
            Some("- [x] Call due:2026-11-20 done:2026-11-24")
        );
        assert_eq!(
            merge("- [x] Call due:2026-11-25 done:2026-11-24", "- [ ] Call due:2026-11-25 est:30m").as_deref(),
            Some("- [x] Call due:2026-11-25 done:2026-11-24 est:30m")
        );
        assert_eq!(merge("- [ ] Call", "- [ ] Call due:2026-11-26"), None);
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
