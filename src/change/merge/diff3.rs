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
pub(super) enum Touching<T> {
    /// They are one conflict, as with lines, for neighbours belong together; but not across what this is true for.
    Conflict(fn(&T) -> bool),
    /// They stand beside each other, as with words.
    Fine,
}

/// Cuts three sequences (Khanna, Kunal, Pierce: "A formal investigation of diff3", 2007).
pub(super) fn diff3<T: Eq + Hash + Ord>(base: &[T], ours: &[T], theirs: &[T], touching: &Touching<T>) -> Vec<Piece> {
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
        let (mut ours_last, mut theirs_last): (Option<&Change>, Option<&Change>) = (None, None);
        let mut end_gap = false;
        loop {
            let joins = |change: &Change, new: &[T]| {
                let touches = match touching {
                    Touching::Conflict(is_gap) => {
                        !end_gap && !edge(base, new, change, <[T]>::first).is_some_and(is_gap)
                    }
                    Touching::Fine => false,
                };
                let beside = change.0.is_empty() && end == start;
                change.0.start < end || change.0.start == end && (is_first || touches || beside)
            };
            let ours_next = next_ours.peek().filter(|change| joins(change, ours));
            let theirs_next = next_theirs.peek().filter(|change| joins(change, theirs));
            // What is put in before a line comes before what becomes of the line.
            let is_insertion = |change: Option<&&Change>| change.is_some_and(|change| change.0.is_empty());
            let ours_first = !(is_first && is_insertion(theirs_next) && !is_insertion(ours_next));
            let (side, last, new) = match (ours_next, theirs_next) {
                (Some(_), None) => (&mut next_ours, &mut ours_last, ours),
                (Some(_), Some(_)) if ours_first => (&mut next_ours, &mut ours_last, ours),
                (_, Some(_)) => (&mut next_theirs, &mut theirs_last, theirs),
                (None, None) => break,
            };
            *last = side.next();
            if let (Some(change), Touching::Conflict(is_gap)) = (*last, touching) {
                end_gap = edge(base, new, change, <[T]>::last).is_some_and(is_gap);
            }
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

/// A conflict without what both sides put in alike at its ends, if that is all that there was before. What then only one
/// side has put in, behind or before a gap, is no conflict.
pub(super) fn without_ends<T: Eq>(
    piece: Piece,
    base_texts: &[T],
    ours: &[T],
    theirs: &[T],
    is_gap: fn(&T) -> bool,
) -> Vec<Piece> {
    let (mine, yours) = (ours.get(piece.ours.clone()), theirs.get(piece.theirs.clone()));
    let (mine, yours) = (mine.unwrap_or(&[]), yours.unwrap_or(&[]));
    let head = mine.iter().zip(yours).take_while(|(a, b)| a == b).count();
    let most = mine.len().min(yours.len()) - head;
    let tail = mine.iter().rev().zip(yours.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    if piece.verdict != Verdict::Conflict || head + tail == 0 || piece.base.len() > head + tail {
        return vec![piece];
    }
    let Piece { base, ours, theirs, .. } = piece;
    let inside = |texts: &[T]| {
        texts.get(head..texts.len() - tail).is_some_and(|texts| Some(texts) == base_texts.get(base.clone()))
    };
    let verdict_by_base = match () {
        () if base.is_empty() => None,
        () if inside(mine) => Some(Verdict::Theirs),
        () if inside(yours) => Some(Verdict::Ours),
        () => None,
    };
    let cut = base.end.min(base.start + head);
    let inner = (ours.start + head..ours.end - tail, theirs.start + head..theirs.end - tail);
    let more = if inner.0.is_empty() { yours } else { mine };
    let more = more.get(head..more.len() - tail).unwrap_or(&[]);
    let is_parted = more.first().is_some_and(is_gap) || more.last().is_some_and(is_gap);
    let verdict = match (inner.0.is_empty(), inner.1.is_empty()) {
        (false, true) if is_parted => Verdict::Ours,
        (true, false) if is_parted => Verdict::Theirs,
        _ => verdict_by_base.unwrap_or(Verdict::Conflict),
    };
    let alike = |base: Range<usize>, ours: Range<usize>, theirs: Range<usize>| Piece {
        base,
        ours,
        theirs,
        verdict: Verdict::Ours,
    };
    let first = alike(base.start..cut, ours.start..inner.0.start, theirs.start..inner.1.start);
    let last = alike(cut..base.end, inner.0.end..ours.end, inner.1.end..theirs.end);
    let middle = Piece { base: cut..cut, ours: inner.0, theirs: inner.1, verdict };
    vec![first, middle, last]
}

/// The first or last of what a change puts in, or else of what it takes away.
fn edge<'t, T>(base: &'t [T], new: &'t [T], change: &Change, which: fn(&[T]) -> Option<&T>) -> Option<&'t T> {
    let (before, after) = (base.get(change.0.clone())?, new.get(change.1.clone())?);
    which(if after.is_empty() { before } else { after })
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
    fn cut(base: &str, ours: &str, theirs: &str, touching: &Touching<char>) -> String {
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

    const LINES: Touching<char> = Touching::Conflict(|letter| *letter == ' ');

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
            assert_eq!(cut(base, ours, theirs, &LINES), pieces, "{base} {ours} {theirs}");
        }
    }

    #[test]
    fn neighbours_conflict_among_lines_and_not_among_words() {
        assert_eq!(cut("abcd", "aXcd", "abYd", &LINES), "=a !Xc|bY =d");
        assert_eq!(cut("abcd", "aXcd", "abYd", &Touching::Fine), "=a <X >Y =d");
        assert_eq!(cut("abc", "abXc", "aYc", &Touching::Fine), "=a >Y <X =c");
        assert_eq!(cut("ab", "aXb", "aYb", &Touching::Fine), "=a !X|Y =b");
        assert_eq!(cut("abc", "aXbc", "aYc", &Touching::Fine), "=a <X >Y =c");
        assert_eq!(cut("abc", "aYc", "aXbc", &Touching::Fine), "=a >X <Y =c");
    }

    #[test]
    fn a_blank_line_parts_changes() {
        assert_eq!(cut("ab", "aX", "ab c", &LINES), "=a <X > c");
    }
}
