//! Three versions of a sequence, cut into pieces that agree, pieces that one side changed, and conflicts.

use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A piece of three sequences; any of the ranges may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) base: Range<usize>,
    pub(super) ours: Range<usize>,
    pub(super) theirs: Range<usize>,
    pub(super) verdict: Verdict,
}

/// A stretch of the base, and what stands in its place.
type Change = (Range<usize>, Range<usize>);

/// Who changed a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody.
    Same,
    /// Ours alone, or both in the same way.
    Ours,
    /// Theirs alone.
    Theirs,
    /// Both, differently.
    Conflict,
}

/// What becomes of changes that touch each other without overlapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touching {
    /// They are one conflict, as with lines: neighbours belong together.
    Conflict,
    /// They stand beside each other, as with words.
    Fine,
}

/// Cuts three sequences (Khanna, Kunal, Pierce: "A formal investigation of diff3", 2007).
pub(super) fn diff3<T: Eq + Hash + Ord>(base: &[T], ours: &[T], theirs: &[T], touching: Touching) -> Vec<Piece> {
    let (to_ours, to_theirs) = (changes(base, ours), changes(base, theirs));
    let mut pieces = Vec::new();
    let (mut at, mut ours_at, mut theirs_at) = (0, 0, 0);
    let (mut next_ours, mut next_theirs) = (to_ours.iter().peekable(), to_theirs.iter().peekable());
    loop {
        let starts = [next_ours.peek().map(|c| c.0.start), next_theirs.peek().map(|c| c.0.start)];
        let Some(start) = starts.into_iter().flatten().min() else { break };
        push_same(&mut pieces, at..start, ours_at, theirs_at);
        ours_at += start - at;
        theirs_at += start - at;
        // Both sides' changes from here on, as long as one reaches into the next.
        let (mut end, mut is_first) = (start, true);
        let (mut ours_last, mut theirs_last) = (None, None);
        loop {
            let joins = |change: &&&Change| {
                let range = &change.0;
                let touches = touching == Touching::Conflict || (range.is_empty() && end == start);
                range.start < end || range.start == end && (is_first || touches)
            };
            let (side, last) = if next_ours.peek().filter(joins).is_some() {
                (&mut next_ours, &mut ours_last)
            } else if next_theirs.peek().filter(joins).is_some() {
                (&mut next_theirs, &mut theirs_last)
            } else {
                break;
            };
            *last = side.next();
            end = end.max(last.map_or(end, |change| change.0.end));
            is_first = false;
        }
        // What lies behind the last change of each side, up to the end of the piece, is unchanged there.
        let end_of = |last: Option<&Change>, at: usize| match last {
            Some((old, new)) => new.end + (end - old.end),
            None => at + (end - start),
        };
        let (mine, yours) = (ours_at..end_of(ours_last, ours_at), theirs_at..end_of(theirs_last, theirs_at));
        let (ours_end, theirs_end) = (mine.end, yours.end);
        let verdict = match (ours_last.is_some(), theirs_last.is_some()) {
            (true, true) if ours.get(mine.clone()) == theirs.get(yours.clone()) => Verdict::Ours,
            (true, true) => Verdict::Conflict,
            (true, false) => Verdict::Ours,
            _ => Verdict::Theirs,
        };
        pieces.push(Piece { base: start..end, ours: mine, theirs: yours, verdict });
        (at, ours_at, theirs_at) = (end, ours_end, theirs_end);
    }
    push_same(&mut pieces, at..base.len(), ours_at, theirs_at);
    pieces
}

fn push_same(pieces: &mut Vec<Piece>, base: Range<usize>, ours: usize, theirs: usize) {
    if !base.is_empty() {
        let len = base.len();
        pieces.push(Piece { base, ours: ours..ours + len, theirs: theirs..theirs + len, verdict: Verdict::Same });
    }
}

/// The stretches of `old` that are others in `new`.
fn changes<T: Eq + Hash + Ord>(old: &[T], new: &[T]) -> Vec<Change> {
    let operations = capture_diff_slices(Algorithm::Myers, old, new);
    let mut changes: Vec<Change> = Vec::new();
    for operation in operations.iter().filter(|operation| !matches!(operation, DiffOp::Equal { .. })) {
        let (old, new) = (operation.old_range(), operation.new_range());
        match changes.last_mut() {
            Some((before, after)) if before.end == old.start && after.end == new.start => {
                before.end = old.end;
                after.end = new.end;
            }
            _ => changes.push((old, new)),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces as `=`, `<`, `>` and `!`, each with its letters: of the base, of the side that changed it, or of both.
    fn cut(base: &str, ours: &str, theirs: &str, touching: Touching) -> String {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        let (base, ours, theirs) = (letters(base), letters(ours), letters(theirs));
        let of = |letters: &[char], range: Range<usize>| letters[range].iter().collect::<String>();
        let pieces = diff3(&base, &ours, &theirs, touching);
        let shown = pieces.into_iter().map(|piece| match piece.verdict {
            Verdict::Same => format!("={}", of(&base, piece.base)),
            Verdict::Ours => format!("<{}", of(&ours, piece.ours)),
            Verdict::Theirs => format!(">{}", of(&theirs, piece.theirs)),
            Verdict::Conflict => format!("!{}|{}", of(&ours, piece.ours), of(&theirs, piece.theirs)),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_sides_changes_are_taken_and_both_ones_conflict() {
        for (base, ours, theirs, pieces) in [
            ("abc", "abc", "abc", "=abc"),
            ("abcde", "aXcde", "abcYe", "=a <X =c >Y =e"),
            ("abc", "aXc", "aXc", "=a <X =c"),
            ("abc", "aXc", "aYc", "=a !X|Y =c"),
            ("abc", "ac", "aYc", "=a !|Y =c"),
            ("ab", "aXb", "aYb", "=a !X|Y =b"),
            ("ab", "aXb", "aXb", "=a <X =b"),
            ("", "X", "", "<X"),
            ("", "X", "Y", "!X|Y"),
            ("abcdefg", "aXXdefg", "abcdYYg", "=a <XX =d >YY =g"),
            ("abcdef", "aXXdef", "abcYYf", "=a !XXde|bcYY =f"),
            ("abcdef", "aXXXXf", "abYYef", "=a !XXXX|bYYe =f"),
        ] {
            assert_eq!(cut(base, ours, theirs, Touching::Conflict), pieces, "{base} {ours} {theirs}");
        }
    }

    #[test]
    fn neighbours_conflict_among_lines_and_not_among_words() {
        assert_eq!(cut("abcd", "aXcd", "abYd", Touching::Conflict), "=a !Xc|bY =d");
        assert_eq!(cut("abcd", "aXcd", "abYd", Touching::Fine), "=a <X >Y =d");
        assert_eq!(cut("abc", "abXc", "aYc", Touching::Fine), "=a >Y <X =c");
        assert_eq!(cut("ab", "aXb", "aYb", Touching::Fine), "=a !X|Y =b");
    }
}
