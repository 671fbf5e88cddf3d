//! Where in the front matter a conflict is marked: the fewest lines that hold it, on both sides.

use super::front::Front;
use super::values::{Step, Way};
use crate::text::Document;
use crate::text::Span;
use crate::text::yaml::{FieldPath, Kind, NodeRef};

/// The lines of one conflict.
pub(super) struct Place {
    /// Those of the merged card; empty where it has none, at the place where they would stand.
    pub(super) span: Span,
    /// Where theirs has its lines: what ours has taken away from one place comes in their order.
    pub(super) theirs_at: usize,
    /// What ours says there.
    pub(super) ours: String,
    /// What theirs says there.
    pub(super) theirs: String,
    /// True if it is about the stage.
    pub(super) is_stage: bool,
}

/// The places of what goes together on neither side: between marks stand the lines that each of them has.
pub(super) fn of_fields(fields: &[String], whole: &Document, ours: &Document, theirs: &Document) -> Option<Vec<Place>> {
    let place = |field: &String| {
        let way = vec![Step::Key(field.clone())];
        let text = |side: &Document| lines(&way, side).last().map_or("", |span| span.of(side.text())).to_owned();
        // Where the merged card has none, one of the sides does.
        let beside = || [ours, theirs].into_iter().find_map(|side| neighbour(&way, whole, side));
        let span = lines(&way, whole).last().copied().or_else(|| Some(Span::empty(beside()?)))?;
        let theirs_at = lines(&way, theirs).last().map_or(0, |span| span.start());
        let (ours, theirs) = (text(ours), text(theirs));
        // What one side has within another line of its own has no lines to show.
        (ours != theirs).then(|| Place { span, theirs_at, ours, theirs, is_stage: is_stage(&way) })
    };
    fields.iter().map(place).collect()
}

/// The places of the conflicts, none within another, in the order of the merged card.
pub(super) fn of_conflicts(front: &Front, theirs: &Document) -> Option<Vec<Place>> {
    let mut spots: Vec<Spot<'_>> = front.conflicts.iter().map(|way| spot(way, &front.document, theirs)).collect();
    spots.sort_by_key(|spot| (spot.span.start(), std::cmp::Reverse(spot.span.end())));
    let mut kept: Vec<Spot<'_>> = Vec::new();
    for mut spot in spots {
        // What ours does not have may stand at the edge of another place; it is a place of its own.
        let lies_in = |last: &&mut Spot<'_>| match spot.span.is_empty() {
            true => last.span.start() < spot.span.start() && spot.span.start() < last.span.end(),
            false => last.span.contains(spot.span),
        };
        match kept.last_mut().filter(lies_in) {
            Some(last) => last.ways.append(&mut spot.ways),
            None => kept.push(spot),
        }
    }
    kept.into_iter().map(|spot| spot.shown(front, theirs)).collect()
}

/// The lines that hold one conflict or several.
struct Spot<'w> {
    span: Span,
    /// The lines of theirs, if they hold nothing but what conflicts.
    theirs: Option<Span>,
    /// How many steps lead to what these lines hold.
    depth: usize,
    ways: Vec<&'w Way>,
}

impl Spot<'_> {
    fn shown(&self, front: &Front, theirs: &Document) -> Option<Place> {
        let ours = self.span.of(front.document.text()).to_owned();
        let theirs = match self.theirs.filter(|_| self.ways.len() == 1) {
            Some(span) => span.of(theirs.text()).to_owned(),
            // The line holds more than what conflicts: what was merged there is to stand on their side too.
            None => {
                let taken = front.taking(&self.ways, theirs)?;
                let outer = self.ways.first()?.get(..self.depth)?;
                let span = if outer.is_empty() { taken.parts().yaml } else { *lines(outer, &taken).last()? };
                span.of(taken.text()).to_owned()
            }
        };
        let theirs_at = self.theirs.map_or(0, |span| span.start());
        Some(Place { span: self.span, theirs_at, ours, theirs, is_stage: self.ways.iter().any(|way| is_stage(way)) })
    }
}

fn spot<'w>(way: &'w Way, ours: &Document, theirs: &Document) -> Spot<'w> {
    let (mine, yours) = (lines(way, ours), lines(way, theirs));
    let whole = way.len();
    let found = |span: Span, theirs: Option<Span>, depth: usize| Spot { span, theirs, depth, ways: vec![way] };
    match (mine.last(), yours.last()) {
        (Some(mine_last), Some(yours_last)) if mine.len() == whole && yours.len() == whole => {
            found(*mine_last, Some(*yours_last), whole)
        }
        (Some(last), _) if mine.len() == whole && yours.len() + 1 == whole && node_at(theirs, way).is_none() => {
            found(*last, Some(Span::empty(0)), whole)
        }
        (_, Some(last)) if yours.len() == whole && mine.len() + 1 == whole && node_at(ours, way).is_none() => {
            let at = mine.last().map(|outer| outer.end()).or_else(|| neighbour(way, ours, theirs));
            found(Span::empty(at.unwrap_or(ours.parts().yaml.end())), Some(*last), whole)
        }
        _ => {
            // The innermost lines that ours has; where theirs has nothing there, those around them.
            let is_gone = mine.len() == whole && node_at(theirs, way).is_none();
            let depth = if is_gone { whole.saturating_sub(1) } else { mine.len() };
            let outer = depth.checked_sub(1).and_then(|last| mine.get(last)).copied();
            found(outer.unwrap_or(ours.parts().yaml), None, depth)
        }
    }
}

fn is_stage(way: &[Step]) -> bool {
    matches!(way, [Step::Key(key)] if key == "stage")
}

/// What stands at the end of a way.
pub(super) fn node_at<'d>(document: &'d Document, way: &[Step]) -> Option<NodeRef<'d>> {
    way.iter().try_fold(document.front()?, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Item { key, text } => node.items().nth(number_of(node, key, text)?),
    })
}

/// Which item of a list has this text under this key.
fn number_of(list: NodeRef<'_>, key: &str, text: &str) -> Option<usize> {
    list.items().position(|item| item.get(key).is_some_and(|id| id.raw() == *text))
}

/// The same way as one that edits can go, by the numbers of the items.
pub(super) fn path_to(document: &Document, way: &[Step]) -> Option<FieldPath> {
    let mut path = FieldPath::root();
    let mut node = document.front();
    for step in way {
        match step {
            Step::Key(key) => {
                path = path.key(key.as_str());
                node = node.and_then(|node| node.get(key));
            }
            Step::Item { key, text } => {
                let list = node?;
                let at = number_of(list, key, text)?;
                path = path.index(at);
                node = list.items().nth(at);
            }
        }
    }
    Some(path)
}

/// The lines of each step of a way, as far as they are whole lines.
fn lines(way: &[Step], document: &Document) -> Vec<Span> {
    let mut lines = Vec::new();
    let Some(mut node) = document.front() else { return lines };
    for step in way {
        let found = match step {
            Step::Key(key) => node.entry(key).filter(|_| node.is_block()).map(|entry| (entry.span(), entry.value())),
            Step::Item { key, text } => {
                number_of(node, key, text).and_then(|at| Some((*node.item_lines().get(at)?, node.items().nth(at)?)))
            }
        };
        let Some((span, value)) = found.filter(|(span, _)| begins_line(document, *span)) else { break };
        lines.push(span);
        node = value;
    }
    lines
}

/// The end of the field that the conflicting one follows in theirs.
fn neighbour(way: &[Step], ours: &Document, theirs: &Document) -> Option<usize> {
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
