//! The text below the front matter, section by section: a heading with what stands below it, up to the next one.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Marks;
use super::body::{self, Merged};
use super::front::unified;
use super::of_each;
use super::units::{Unit, UnitKind, units};
use super::values::{Behind, in_both_orders};

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
}

impl<'t> Side<'t> {
    fn new(text: &'t str) -> Self {
        let sections = sections(text);
        let mut count: HashMap<&str, usize> = HashMap::new();
        let name = |section: &Section<'t>| {
            let heading = section.heading.trim_end();
            let number = count.entry(heading).and_modify(|number| *number += 1).or_insert(0);
            format!("{heading}\n{number}")
        };
        let names = sections.iter().map(name).collect();
        Self { sections, places: HashMap::new(), names }.placed()
    }

    fn placed(mut self) -> Self {
        self.places = self.names.iter().cloned().zip(0..).collect();
        self
    }

    /// With the names that the base has for sections that got another heading: they still hold something of what they held.
    fn named_as_in(mut self, base: &Side<'_>) -> Self {
        let lines = |section: &Section<'_>| -> HashSet<String> {
            let lines = section.content.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        let new: Vec<usize> = (0..self.names.len())
            .filter(|at| self.names.get(*at).is_some_and(|name| !base.places.contains_key(name)))
            .collect();
        let mut open: Vec<(usize, HashSet<String>)> =
            new.into_iter().filter_map(|at| Some((at, lines(self.sections.get(at)?)))).collect();
        for (section, name) in
            base.sections.iter().zip(&base.names).filter(|(_, name)| !self.places.contains_key(*name))
        {
            let held = lines(section);
            let found = open.iter().position(|(_, lines)| !lines.is_disjoint(&held));
            if let Some((at, _)) = found.map(|found| open.remove(found))
                && let Some(old) = self.names.get_mut(at)
            {
                old.clone_from(name);
            }
        }
        self.placed()
    }

    fn get(&self, name: &str) -> Option<&Section<'t>> {
        self.places.get(name).and_then(|at| self.sections.get(*at))
    }
}

/// Merges three versions of a text.
pub(super) fn merge(base: &str, ours: &str, theirs: &str, marks: &Marks<'_>) -> Merged {
    let [base, ours, theirs] = of_each([base, ours, theirs], Side::new);
    let (ours, theirs) = (ours.named_as_in(&base), theirs.named_as_in(&base));
    let mut out = Out { merged: Merged::default(), marks, last: None };
    for name in in_both_orders(&ours.names, &theirs.names, Behind::News, String::as_str) {
        let (old, mine, yours) = (base.get(name), ours.get(name), theirs.get(name));
        let Some(shape) = mine.or(yours) else { continue };
        let [a, b, c] = [old, mine, yours].map(|section| section.map_or(&[][..], |section| &section.units));
        let mut merged = body::merge(a, b, c, marks);
        let is_gone = old.is_some() && (mine.is_none() || yours.is_none());
        if is_gone && merged.text.trim().is_empty() {
            continue;
        }
        // Where all of it but what is new has gone, so has the blank line at its end.
        if mine.is_none() {
            merged.text = unified(&merged.text).replace('\n', marks.newline);
        }
        let place = ours.places.get(name).copied();
        out.section(Three { old, mine, yours }, shape, merged, place);
    }
    out.end(&ours)
}

/// One section in three versions.
struct Three<'s, 't> {
    old: Option<&'s Section<'t>>,
    mine: Option<&'s Section<'t>>,
    yours: Option<&'s Section<'t>>,
}

impl<'t> Three<'_, 't> {
    /// A part that only one side has changed; ours where both have.
    fn part(&self, part: fn(&Section<'t>) -> &'t str) -> Cow<'t, str> {
        let [old, mine, yours] = [self.old, self.mine, self.yours].map(|section| section.map(part));
        match (old, mine, yours) {
            (Some(old), Some(mine), Some(yours))
                if unified(old) == unified(mine) && unified(mine) != unified(yours) =>
            {
                unified(yours)
            }
            (_, Some(mine), _) => Cow::Borrowed(mine),
            (_, None, yours) => unified(yours.unwrap_or_default()),
        }
    }
}

/// The text as it is written.
struct Out<'m> {
    merged: Merged,
    marks: &'m Marks<'m>,
    /// Which section of ours was written last, and the blank lines that it ends with.
    last: Option<(Option<usize>, String)>,
}

impl Out<'_> {
    fn section(&mut self, three: Three<'_, '_>, shape: &Section<'_>, merged: Merged, place: Option<usize>) {
        self.gap_before(place);
        let before = self.merged.text.len();
        let heading = three.part(|section| section.heading);
        let renamed = |section: Option<&Section<'_>>| section.map(|section| section.heading.trim_end().to_owned());
        let [old, mine, yours] = [three.old, three.mine, three.yours].map(renamed);
        match (old, mine, yours) {
            (Some(old), Some(mine), Some(yours)) if mine != old && yours != old && mine != yours => {
                self.merged.text.push_str(&self.marks.around(&mine, &yours));
                self.merged.conflicts += 1;
            }
            _ => self.push(&heading),
        }
        let lead = if heading.is_empty() { shape.lead.into() } else { three.part(|section| section.lead) };
        if !merged.text.is_empty() || three.mine.is_some() {
            self.push(&lead);
        }
        self.merged.text.push_str(&merged.text);
        self.merged.conflicts += merged.conflicts;
        self.merged.items.extend(merged.items);
        let is_written = self.merged.text.len() > before;
        if is_written || place == Some(0) {
            self.last = Some((place, three.part(|section| section.gap).into_owned()));
        }
    }

    fn push(&mut self, text: &str) {
        let text = if text.contains('\r') { text.to_owned() } else { text.replace('\n', self.marks.newline) };
        self.merged.text.push_str(&text);
    }

    /// What stood between two sections of ours stands there; else there is a blank line.
    fn gap_before(&mut self, place: Option<usize>) {
        let Some((last, gap)) = self.last.take() else { return };
        let are_neighbours = last.zip(place).is_some_and(|(last, place)| last + 1 == place);
        if !self.merged.text.is_empty() && !self.merged.text.ends_with('\n') {
            self.push("\n");
        }
        if are_neighbours || !gap.is_empty() {
            self.push(&gap);
        } else if !self.merged.text.is_empty() {
            self.push("\n");
        }
    }

    fn end(mut self, ours: &Side<'_>) -> Merged {
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
