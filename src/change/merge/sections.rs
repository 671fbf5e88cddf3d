//! The text below the front matter, section by section: a heading with what stands below it, up to the next one.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::MarkStyle;
use super::body::{self, Merged};
use super::items::{Items, Version};
use super::of_each;
use super::units::{Unit, UnitKind, units};
use super::values::{Behind, in_both_orders};
use crate::text::unified;

/// More pairs of sections than this are not compared for having got another heading.
const MOST_PAIRS: usize = 20_000;

/// A section; all of them together are the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Section<'t> {
    /// The line of its heading; empty for what stands above the first one.
    heading: &'t str,
    /// Blank lines below the heading.
    lead: &'t str,
    content: &'t str,
    /// The content's units.
    units: Vec<Unit<'t>>,
    /// Blank lines at the end.
    gap: &'t str,
}

/// One version: its sections, and a name for each that the same one has in all versions.
struct Side<'t> {
    sections: Vec<Section<'t>>,
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// Where each section's units begin among all.
    starts: Vec<usize>,
}

impl<'t> Side<'t> {
    /// Names tell by which headings one comes to a section; of several the number tells them apart.
    fn new(text: &'t str) -> Self {
        let sections = sections(text);
        let mut count: HashMap<String, usize> = HashMap::new();
        let name = |way: String| {
            let number = count.entry(way.clone()).and_modify(|number| *number += 1).or_insert(0);
            format!("{way}\n{number}")
        };
        let names = ways(&sections).into_iter().map(name).collect();
        let start = |at: &mut usize, section: &Section<'t>| Some(std::mem::replace(at, *at + section.units.len()));
        let starts = sections.iter().scan(0, start).collect();
        Self { sections, places: HashMap::new(), names, starts }.placed()
    }

    fn placed(mut self) -> Self {
        self.places = self.names.iter().cloned().zip(0..).collect();
        self
    }

    /// With the names that the base has for the same sections.
    fn named_as_in(mut self, base: &Side<'_>) -> Self {
        let is_single = |name: &String| name.ends_with("\n0");
        if self.names == base.names && self.names.iter().all(is_single) {
            return self;
        }
        let (old_ways, ways) = (ways(&base.sections), ways(&self.sections));
        let [old_lines, lines] = [&base.sections, &self.sections].map(|all| all.iter().map(lines).collect::<Vec<_>>());
        let shared = |old: usize, new: usize| match (old_lines.get(old), lines.get(new)) {
            (Some(old), Some(new)) => old.intersection(new).count(),
            _ => 0,
        };
        let mut pairs = Pairs::default();
        // Of several that one comes to by the same headings, the same one is that which holds most of what it held.
        let mut of_way: HashMap<&str, Vec<usize>> = HashMap::new();
        for (new, way) in ways.iter().enumerate() {
            of_way.entry(way).or_default().push(new);
        }
        let mut alike = Vec::new();
        for (old, way) in old_ways.iter().enumerate() {
            let namesakes = of_way.get(&**way).into_iter().flatten();
            alike.extend(namesakes.map(|new| (Reverse(shared(old, *new)), old, *new)));
        }
        pairs.take(alike);
        // One that got another heading still holds half of what it held.
        let mut renamed = Vec::new();
        let (old, new) = pairs.open(old_ways.len(), ways.len());
        if old.len().saturating_mul(new.len()) <= MOST_PAIRS {
            for (old, new) in old.iter().flat_map(|old| new.iter().map(move |new| (*old, *new))) {
                let (count, held) = (shared(old, new), old_lines.get(old).map_or(0, HashSet::len));
                renamed.extend((count > 0 && 2 * count >= held).then_some((Reverse(count), old, new)));
            }
        }
        pairs.take(renamed);
        let mut count: HashMap<&str, usize> = HashMap::new();
        for (at, (name, way)) in self.names.iter_mut().zip(&ways).enumerate() {
            match pairs.of_new.get(&at).and_then(|old| base.names.get(*old)) {
                Some(old) => name.clone_from(old),
                None => {
                    let number = count.entry(way).and_modify(|number| *number += 1).or_insert(0);
                    *name = format!("{way}\nnew {number}");
                }
            }
        }
        self.placed()
    }

    fn get(&self, name: &str) -> Option<&Section<'t>> {
        self.places.get(name).and_then(|at| self.sections.get(*at))
    }

    /// The units of all sections.
    fn version(&self) -> Version<'_, 't> {
        let units = self.sections.iter().zip(&self.names);
        Version {
            units: units.flat_map(|(section, name)| section.units.iter().map(move |unit| (unit, &**name))).collect(),
        }
    }

    /// Where the units of a section stand among all.
    fn range(&self, name: &str) -> Range<usize> {
        let Some(at) = self.places.get(name) else { return 0..0 };
        let start = self.starts.get(*at).copied().unwrap_or_default();
        start..start + self.sections.get(*at).map_or(0, |section| section.units.len())
    }
}

/// Which section of the base is which of another version.
#[derive(Default)]
struct Pairs {
    of_old: HashSet<usize>,
    of_new: HashMap<usize, usize>,
}

impl Pairs {
    /// Takes the pairs that have most in common first.
    fn take(&mut self, mut pairs: Vec<(Reverse<usize>, usize, usize)>) {
        pairs.sort_unstable();
        for (_, old, new) in pairs {
            if !self.of_new.contains_key(&new) && self.of_old.insert(old) {
                self.of_new.insert(new, old);
            }
        }
    }

    fn open(&self, old: usize, new: usize) -> (Vec<usize>, Vec<usize>) {
        let old = (0..old).filter(|at| !self.of_old.contains(at)).collect();
        let new = (0..new).filter(|at| !self.of_new.contains_key(at)).collect();
        (old, new)
    }
}

/// The headings by which one comes to each section, its own last.
fn ways(sections: &[Section<'_>]) -> Vec<String> {
    let mut above: Vec<(usize, &str)> = Vec::new();
    let mut ways = Vec::new();
    for section in sections {
        let heading = section.heading.trim();
        let level = heading.chars().take_while(|sign| *sign == '#').count();
        above.retain(|(other, _)| *other < level);
        above.push((level, heading));
        ways.push(above.iter().map(|(_, heading)| *heading).collect::<Vec<_>>().join("\n"));
    }
    ways
}

/// The lines that tell a section from another; the rule of a table is in every table.
fn lines<'t>(section: &Section<'t>) -> HashSet<&'t str> {
    section.content.lines().map(str::trim).filter(|line| line.contains(char::is_alphanumeric)).collect()
}

/// Merges three versions of a text.
pub(super) fn merge<'t>(base: &'t str, ours: &'t str, theirs: &'t str, marks: &MarkStyle<'_>) -> Merged<'t> {
    let [base, ours, theirs] = of_each([base, ours, theirs], Side::new);
    let (ours, theirs) = (ours.named_as_in(&base), theirs.named_as_in(&base));
    let mut items = Items::merge(&base.version(), &ours.version(), &theirs.version(), marks);
    let mut out = Out { merged: Merged::default(), marks, last: None };
    // In the order of ours, unless only theirs put them in another one.
    let is_moved = keeps_order(&base, &ours, &theirs) && !keeps_order(&base, &theirs, &ours);
    let (first, second) = if is_moved { (&theirs, &ours) } else { (&ours, &theirs) };
    for name in in_both_orders(&first.names, &second.names, Behind::News, String::as_str) {
        let three = Three { old: base.get(name), mine: ours.get(name), yours: theirs.get(name) };
        let Some(shape) = three.mine.or(three.yours) else { continue };
        let [a, b, c] = [three.old, three.mine, three.yours].map(|side| side.map_or(&[][..], |section| &section.units));
        let of_items = items.within(ours.range(name), theirs.range(name));
        let mut merged = body::merge_section(a, b, c, of_items, marks);
        let is_gone = three.old.is_some() && (three.mine.is_none() || three.yours.is_none());
        if is_gone && three.is_rewritten(shape) {
            out.gone_and_changed(&three);
            continue;
        }
        if is_gone && merged.text.trim().is_empty() {
            if three.is_renamed(shape) {
                out.gone_and_changed(&three);
            }
            continue;
        }
        // Where all of it but what is new has gone, so have the blank lines around what has gone.
        if three.mine.is_none() {
            merged.text = marks.lines_of(&unified(merged.text.trim_start_matches(['\n', '\r'])));
        }
        let place = ours.places.get(name).copied();
        out.section(&three, shape, merged, place);
    }
    out.end(&ours)
}

/// True if what all three have stands in `side` in the order of the base.
fn keeps_order(base: &Side<'_>, side: &Side<'_>, other: &Side<'_>) -> bool {
    let of_all = base.names.iter().filter(|name| other.places.contains_key(*name));
    of_all.filter_map(|name| side.places.get(name)).is_sorted()
}

/// One section in three versions.
struct Three<'s, 't> {
    old: Option<&'s Section<'t>>,
    mine: Option<&'s Section<'t>>,
    yours: Option<&'s Section<'t>>,
}

impl<'t> Three<'_, 't> {
    /// A part that only one side has changed, as ours ends lines; ours where both have.
    fn part(&self, part: fn(&Section<'t>) -> &'t str, marks: &MarkStyle<'_>) -> Cow<'t, str> {
        let [old, mine, yours] = [self.old, self.mine, self.yours].map(|section| section.map(part));
        match (old, mine, yours) {
            (Some(old), Some(mine), Some(yours))
                if unified(old) == unified(mine) && unified(mine) != unified(yours) =>
            {
                Cow::Owned(marks.lines_of(&unified(yours)))
            }
            (_, Some(mine), _) => Cow::Borrowed(mine),
            (_, None, yours) => Cow::Owned(marks.lines_of(&unified(yours.unwrap_or_default()))),
        }
    }

    /// True if the side that still has it changed its text. Tasks and entries may stand elsewhere and speak for themselves.
    fn is_rewritten(&self, left: &Section<'_>) -> bool {
        let is_text = |section: &Section<'_>| section.units.iter().all(Unit::is_line);
        self.old.is_some_and(|old| {
            let [before, after] = [old, left].map(|section| section.units.iter().map(|unit| unit.meaning.trim()));
            let [before, after] = [before, after].map(|lines| lines.filter(|line| !line.is_empty()));
            is_text(old) && is_text(left) && !before.eq(after)
        })
    }

    /// True if the side that still has it gave it another heading.
    fn is_renamed(&self, left: &Section<'_>) -> bool {
        self.old.is_some_and(|old| old.heading.trim() != left.heading.trim())
    }
}

/// The text as it is written.
struct Out<'m, 't> {
    merged: Merged<'t>,
    marks: &'m MarkStyle<'m>,
    /// Which section of ours was written last, and the blank lines that it ends with.
    last: Option<(Option<usize>, String)>,
}

impl<'t> Out<'_, 't> {
    fn section(&mut self, three: &Three<'_, '_>, shape: &Section<'_>, merged: Merged<'t>, place: Option<usize>) {
        self.gap_before(place);
        let marks = self.marks;
        let before = self.merged.text.len();
        let heading = three.part(|section| section.heading, marks);
        let [old, mine, yours] =
            [three.old, three.mine, three.yours].map(|section| section.map(|section| section.heading.trim_end()));
        match (old, mine, yours) {
            (Some(old), Some(mine), Some(yours)) if mine != old && yours != old && mine != yours => {
                self.push(&marks.around(mine, yours));
                self.merged.conflicts += 1;
            }
            _ => self.push(&heading),
        }
        if !merged.text.is_empty() || three.mine.is_some() {
            match heading.is_empty() {
                true => self.push(shape.lead),
                false => self.push(&three.part(|section| section.lead, marks)),
            }
        }
        self.push(&merged.text);
        self.merged.conflicts += merged.conflicts;
        self.merged.items.extend(merged.items);
        let is_written = self.merged.text.len() > before;
        if is_written || place == Some(0) {
            self.last = Some((place, three.part(|section| section.gap, marks).into_owned()));
        }
    }

    /// One side took the section away, the other gave it another heading or text: all of it is a conflict.
    fn gone_and_changed(&mut self, three: &Three<'_, '_>) {
        self.gap_before(None);
        let marks = self.marks;
        let text = |side: Option<&Section<'_>>| {
            let text = side.map_or_else(String::new, |side| [side.heading, side.lead, side.content, side.gap].concat());
            marks.lines_of(&unified(&text))
        };
        self.push(&marks.around(&text(three.mine), &text(three.yours)));
        self.merged.conflicts += 1;
        self.last = Some((None, String::new()));
    }

    fn push(&mut self, text: &str) {
        self.merged.text.push_str(text);
    }

    /// What stood between two sections of ours stands there; else there is a blank line.
    fn gap_before(&mut self, place: Option<usize>) {
        let Some((last, gap)) = self.last.take() else { return };
        let are_neighbours = last.zip(place).is_some_and(|(last, place)| last + 1 == place);
        if !self.merged.text.is_empty() && !self.merged.text.ends_with('\n') {
            self.push(self.marks.newline);
        }
        if are_neighbours || !gap.is_empty() {
            self.push(&gap);
        } else if !self.merged.text.is_empty() {
            self.push(self.marks.newline);
        }
    }

    fn end(mut self, ours: &Side<'_>) -> Merged<'t> {
        if let Some((Some(last), gap)) = self.last.take()
            && last + 1 == ours.sections.len()
        {
            self.push(&gap);
        }
        self.merged
    }
}

/// Cuts a text at its headings, but for those of log entries and within them.
fn sections<'t>(text: &'t str) -> Vec<Section<'t>> {
    let mut rows = vec![Vec::new()];
    for unit in units(text) {
        if unit.kind == UnitKind::Heading {
            rows.push(Vec::new());
        }
        if let Some(row) = rows.last_mut() {
            row.push(unit);
        }
    }
    let mut start = 0;
    let cut = |row: Vec<Unit<'t>>| {
        let end = start + row.iter().map(|unit| unit.text.len()).sum::<usize>();
        let text = text.get(start..end).unwrap_or_default();
        start = end;
        section(text, row)
    };
    rows.into_iter().map(cut).collect()
}

fn section<'t>(text: &'t str, mut units: Vec<Unit<'t>>) -> Section<'t> {
    let heading = units.first().filter(|unit| unit.kind == UnitKind::Heading).map_or("", |unit| unit.text);
    let rest = text.get(heading.len()..).unwrap_or_default();
    let blank: usize = rest.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let (lead, rest) = rest.split_at_checked(blank).unwrap_or((rest, ""));
    // The line end of the last line is the content's.
    let end = rest.trim_end().len();
    let end = end + rest.get(end..).and_then(|tail| tail.find('\n')).map_or(rest.len() - end, |at| at + 1);
    match rest.split_at_checked(end) {
        // A section of blank lines ends with them.
        Some(("", _)) | None => Section { heading, gap: lead, ..Section::default() },
        Some((content, gap)) => {
            keep(&mut units, heading.len() + lead.len(), content.len());
            Section { heading, lead, content, units, gap }
        }
    }
}

/// Keeps the units that begin in the `len` bytes from `start` on; the last one ends where these do.
fn keep(units: &mut Vec<Unit<'_>>, start: usize, len: usize) {
    let (mut at, end) = (0, start + len);
    units.retain_mut(|unit| {
        let begin = at;
        at += unit.text.len();
        unit.text = unit.text.get(..unit.text.len().min(end.saturating_sub(begin))).unwrap_or_default();
        (start..end).contains(&begin)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sections_are_the_text() {
        let text = "A\n\n## Tasks\n\n- [ ] a\n\n\n```\n# no\n```\n## Log\n\n### 2026-11-20 call: x\n\n#### in it\n\n### Out\r\n\r\n";
        let sections = sections(text);
        let whole = |section: &Section<'_>| [section.heading, section.lead, section.content, section.gap].concat();
        assert_eq!(sections.iter().map(whole).collect::<String>(), text);
        for section in &sections {
            assert_eq!(section.units.iter().map(|unit| unit.text).collect::<String>(), section.content);
        }
        let headings: Vec<&str> = sections.iter().map(|section| section.heading.trim_end()).collect();
        assert_eq!(headings, ["", "## Tasks", "## Log", "### Out"]);
    }
}
