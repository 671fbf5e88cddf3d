//! Where in the front matter a conflict is marked: the fewest lines that hold it, on both sides.

use super::values::{Step, Way};
use crate::text::Document;
use crate::text::Span;
use crate::text::yaml::Kind;

/// The lines of one conflict.
pub(super) struct Place {
    /// The lines of the merged card; empty where it has none, at the place where they would stand.
    pub(super) ours: Span,
    /// The lines of theirs; empty where theirs has none.
    pub(super) theirs: Span,
    /// The lines that ours had, where the merged card has others.
    pub(super) had: Option<String>,
}

/// The places of what goes together on neither side: between marks stand the lines that each of them has.
pub(super) fn of_fields(ways: &[Way], whole: &Document, ours: &Document, theirs: &Document) -> Vec<Place> {
    let text =
        |lines: &[Span], document: &Document| lines.last().map_or("", |span| span.of(document.text())).to_owned();
    let place = |way: &Way| {
        let (here, mine, yours) = (lines(way, whole), lines(way, ours), lines(way, theirs));
        // Where the merged card has none, one of the sides does.
        let beside = || [ours, theirs].into_iter().find_map(|side| neighbour(way, whole, side));
        let at = here.last().copied().or_else(|| Some(Span::empty(beside()?)))?;
        let theirs = yours.last().copied().unwrap_or(Span::empty(0));
        Some(Place { ours: at, theirs, had: Some(text(&mine, ours)) })
    };
    let mut places: Vec<Place> = ways.iter().filter_map(place).collect();
    places.sort_by_key(|place| place.ours.start());
    places
}

/// The places of conflicts, none within another, in the order of the merged card.
pub(super) fn places(ways: &[Way], ours: &Document, theirs: &Document) -> Vec<Place> {
    let mut places: Vec<Place> = ways.iter().filter_map(|way| place(way, ours, theirs)).collect();
    places.sort_by_key(|place| (place.ours.start(), std::cmp::Reverse(place.ours.end())));
    let mut kept: Vec<Place> = Vec::new();
    for place in places {
        // What ours does not have may stand at the edge of another place; it is a place of its own.
        let lies_in = |last: &Place| match place.ours.is_empty() {
            true => last.ours.start() < place.ours.start() && place.ours.start() < last.ours.end(),
            false => last.ours.contains(place.ours),
        };
        if !kept.last().is_some_and(lies_in) {
            kept.push(place);
        }
    }
    kept
}

fn place(way: &Way, ours: &Document, theirs: &Document) -> Option<Place> {
    let (mine, yours) = (lines(way, ours), lines(way, theirs));
    let whole = way.len();
    match (mine.len(), yours.len()) {
        (a, b) if a == whole && b == whole => Some(Place { ours: *mine.last()?, theirs: *yours.last()?, had: None }),
        (a, b) if a == whole && b + 1 == whole => {
            Some(Place { ours: *mine.last()?, theirs: Span::empty(0), had: None })
        }
        (a, b) if b == whole && a + 1 == whole => {
            let at = mine.last().map(|outer| outer.end()).or_else(|| neighbour(way, ours, theirs));
            let at = at.unwrap_or(ours.parts().yaml.end());
            Some(Place { ours: Span::empty(at), theirs: *yours.last()?, had: None })
        }
        (a, b) => {
            let depth = a.min(b).checked_sub(1)?;
            Some(Place { ours: *mine.get(depth)?, theirs: *yours.get(depth)?, had: None })
        }
    }
}

/// The lines of each step of a way, as far as they are whole lines.
fn lines(way: &Way, document: &Document) -> Vec<Span> {
    let mut lines = Vec::new();
    let Some(mut node) = document.front() else { return lines };
    for step in way {
        let found = match step {
            Step::Key(key) => node.entry(key).filter(|_| node.is_block()).map(|entry| (entry.span(), entry.value())),
            Step::Item { key, text } => {
                let at = node.items().position(|item| item.get(key).is_some_and(|id| id.raw() == *text));
                at.and_then(|at| Some((*node.item_lines().get(at)?, node.items().nth(at)?)))
            }
        };
        let Some((span, value)) = found.filter(|(span, _)| begins_line(document, *span)) else { break };
        lines.push(span);
        node = value;
    }
    lines
}

/// The end of the field that the conflicting one follows in theirs.
fn neighbour(way: &Way, ours: &Document, theirs: &Document) -> Option<usize> {
    let Some(Step::Key(key)) = way.first() else { return None };
    let front = theirs.front().filter(|front| front.kind() == Kind::Map)?;
    let names: Vec<String> = front.entries().map(|entry| entry.key().raw().into_owned()).collect();
    let at = names.iter().position(|name| name == key)?;
    let before = names.get(..at)?.iter().rev();
    let mine = ours.front()?;
    before
        .filter_map(|name| mine.entry(name))
        .map(|entry| entry.span().end())
        .next()
        .or(Some(ours.parts().yaml.start()))
}

fn begins_line(document: &Document, span: Span) -> bool {
    let before = document.text().get(..span.start()).unwrap_or_default();
    before.is_empty() || before.ends_with('\n')
}
