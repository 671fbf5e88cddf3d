//! A line merged word by word: what both changed in different words of it stands beside each other.

use std::collections::{HashMap, HashSet};

use super::diff3::{Touching, Verdict, diff3, without_ends};
use crate::text::Span;
use crate::text::body::{Body, TaskKey, TaskToken};

/// The merged first line of a task: its mark and tokens by name, its text as a whole; `None` where both changed one of
/// them, differently.
pub(super) fn merge_task_heads(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [Some(old), Some(mine), Some(yours)] = [base, ours, theirs].map(TaskHead::of) else {
        return three(base, ours, theirs).map(str::to_owned);
    };
    let text = merge_text(&old.text, &mine.text, &yours.text)?;
    let mark = three(old.mark, mine.mark, yours.mark)?;
    let keys: Vec<TokenName> = mine.tokens.iter().chain(&yours.tokens).map(|(name, _)| *name).collect();
    let mut tokens: HashMap<TokenName, &str> = HashMap::new();
    for name in &keys {
        let [old, mine, yours] = [&old, &mine, &yours].map(|side| side.get(*name));
        let merged = three(old.unwrap_or(""), mine.unwrap_or(""), yours.unwrap_or(""))?;
        tokens.extend((!merged.is_empty()).then_some((*name, merged)));
    }
    // In the places that they have on the side whose text it is; else at the end.
    let (line, side) = if mine.text == text { (ours, &mine) } else { (theirs, &yours) };
    let (mut merged, mut at) = (String::new(), 0);
    for (name, span) in &side.spans {
        let before = line.get(at..span.start()).unwrap_or_default();
        match (name, tokens.remove(name)) {
            (TokenName::Mark, _) => merged.extend([before, mark]),
            (_, Some(token)) => merged.extend([before, token]),
            (_, None) => merged.push_str(before.trim_end()),
        }
        at = span.end();
    }
    merged.push_str(line.get(at..).unwrap_or_default());
    for name in keys {
        if let Some(token) = tokens.remove(&name) {
            merged.push(' ');
            merged.push_str(token);
        }
    }
    Some(merged)
}

/// What a part of a task's first line is called; it stands there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum TokenName {
    Mark,
    Priority,
    Key(TaskKey),
}

/// A task's first line, taken apart.
struct TaskHead<'t> {
    mark: &'t str,
    /// What is left without mark and tokens.
    text: String,
    tokens: Vec<(TokenName, &'t str)>,
    /// Where the mark and the tokens stand.
    spans: Vec<(TokenName, Span)>,
}

impl<'t> TaskHead<'t> {
    /// `None` if it is no task, or a token stands there twice.
    fn of(line: &'t str) -> Option<Self> {
        let body = Body::parse(line, Span::new(0, line.len()));
        let task = body.tasks.first()?;
        let name = |token: &TaskToken| match token.key {
            TaskKey::Priority(_) => TokenName::Priority,
            key => TokenName::Key(key),
        };
        let tokens: Vec<(TokenName, &str)> =
            task.tokens.iter().map(|token| (name(token), token.span.of(line))).collect();
        let mut spans = vec![(TokenName::Mark, task.marker)];
        spans.extend(task.tokens.iter().map(|token| (name(token), token.span)));
        spans.sort_by_key(|(_, span)| span.start());
        let mut seen = HashSet::new();
        if !spans.iter().all(|(name, _)| seen.insert(*name)) {
            return None;
        }
        let (mut text, mut at) = (String::new(), 0);
        for (_, span) in &spans {
            text.push_str(line.get(at..span.start())?.trim_end());
            at = span.end();
        }
        text.push_str(line.get(at..)?);
        Some(Self { mark: task.marker.of(line), text: text.trim_end().to_owned(), tokens, spans })
    }

    fn get(&self, name: TokenName) -> Option<&'t str> {
        self.tokens.iter().find(|(other, _)| *other == name).map(|(_, token)| *token)
    }
}

/// The merged head of a log entry: what stands before its title word by word, the title as a whole; `None` where both
/// changed one of them, differently.
pub(super) fn merge_entry_heads(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let parts = |head| str::find(head, ": ").map_or((head, ""), |at| head.split_at(at));
    let [(old, old_title), (mine, my_title), (yours, your_title)] = [base, ours, theirs].map(parts);
    let sides = [words(old), words(mine), words(yours)];
    // Without a colon nobody can tell where the title begins, so that neighbouring words are not put together either.
    let has_title = [old_title, my_title, your_title].iter().all(|title| !title.is_empty());
    let before = if has_title { merge_words(old, mine, yours) } else { woven(&sides, &Touching::Conflict(|_| false)) };
    Some(format!("{}{}", before?, merge_text(old_title, my_title, your_title)?))
}

/// One text in three versions: that of the side that changed it, or the one that says all that the other says. Words of
/// both are not put together, for what then stands there nobody has said: of 120 PLN and 100 EUR, 120 EUR.
fn merge_text(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let within = |some: &str, all: &str| {
        let mut all = all.split_whitespace();
        some.split_whitespace().all(|word| all.any(|other| other == word))
    };
    let merged = three(base, ours, theirs).or_else(|| match () {
        () if within(base, ours) && within(ours, theirs) => Some(theirs),
        () if within(base, theirs) && within(theirs, ours) => Some(ours),
        () => None,
    });
    merged.map(str::to_owned)
}

fn three<'t>(base: &'t str, ours: &'t str, theirs: &'t str) -> Option<&'t str> {
    match () {
        () if ours == theirs || theirs == base => Some(ours),
        () if ours == base => Some(theirs),
        () => None,
    }
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
    doubled(base, ours, theirs, &merged).next().is_some()
}

/// What both sides put in and what stands in the merged text more often than on either side; blanks aside.
pub(super) fn doubled<'t>(
    base: &[&'t str],
    ours: &[&'t str],
    theirs: &[&'t str],
    merged: &[&'t str],
) -> impl Iterator<Item = &'t str> {
    let [base, ours, theirs, merged] = [base, ours, theirs, merged].map(|words| {
        let mut counts: HashMap<&'t str, usize> = HashMap::new();
        for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            *counts.entry(word).or_default() += 1;
        }
        counts
    });
    let count = |counts: &HashMap<&str, usize>, word: &str| counts.get(word).copied().unwrap_or(0);
    merged.into_iter().filter_map(move |(word, times)| {
        let (old, mine, yours) = (count(&base, word), count(&ours, word), count(&theirs, word));
        (mine > old && yours > old && times > mine.max(yours)).then_some(word)
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
        let merge = |ours, theirs| merge_task_heads("- [ ] Call due:2026-11-25", ours, theirs);
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
    fn the_title_of_an_entry_is_one_text() {
        let base = "### 2026-11-10 call @anna: Pay";
        let merge = |ours, theirs| merge_entry_heads(base, ours, theirs);
        assert_eq!(
            merge("### 2026-11-10 call 20m @anna: Pay", "### 2026-11-10 visit @anna: Pay now").as_deref(),
            Some("### 2026-11-10 visit 20m @anna: Pay now")
        );
        assert_eq!(merge("### 2026-11-10 call @anna: Pay 120 PLN", "### 2026-11-10 call @anna: Pay 100 EUR"), None);
        let merge = |ours, theirs| merge_entry_heads("### 2026-11-10 call", ours, theirs);
        assert_eq!(
            merge("### 2026-11-10 call: A", "### 2026-11-10 call 5m").as_deref(),
            Some("### 2026-11-10 call 5m: A")
        );
    }

    #[test]
    fn what_is_to_be_done_is_one_text() {
        let merge = |ours, theirs| merge_task_heads("- [ ] Call due:2026-11-25", ours, theirs);
        assert_eq!(
            merge("- [x] Call due:2026-11-25 done:2026-11-24", "- [ ] Call due:2026-11-27").as_deref(),
            Some("- [x] Call due:2026-11-27 done:2026-11-24")
        );
        assert_eq!(merge("- [ ] Call due:2026-11-26", "- [ ] Call due:2026-11-27"), None);
        assert_eq!(merge("- [ ] Call Anna due:2026-11-25", "- [ ] Ring due:2026-11-25"), None);
        assert_eq!(
            merge("- [ ] Call Anna due:2026-11-25", "- [ ] Call Anna twice due:2026-11-25").as_deref(),
            Some("- [ ] Call Anna twice due:2026-11-25")
        );
        assert_eq!(
            merge("- [ ] Call (A) due:2026-11-25", "- [-] Call due:2026-11-25 @piotr").as_deref(),
            Some("- [-] Call (A) due:2026-11-25 @piotr")
        );
        assert_eq!(merge("- [x] Call due:2026-11-25", "- [-] Call due:2026-11-25"), None);
        assert_eq!(merge_task_heads("- [ ] Pay", "- [ ] Pay 120 PLN", "- [ ] Pay 100 EUR"), None);
    }
}
