//! Tasks and log entries of the whole text, one by one, wherever in it they stand.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::MarkStyle;
use super::body;
use super::matching::{self, likely, matches, twins};
use super::units::{Unit, UnitKind, units};
use super::words::{merge_entry_heads, merge_task_heads};
use crate::text::When;

/// What becomes of a unit of ours.
#[derive(Clone, Debug)]
pub(super) enum Fate<'t> {
    Stays,
    Goes,
    Becomes(Item<'t>),
}

/// A piece of text that comes into ours.
#[derive(Clone, Debug, Default)]
pub(super) struct Item<'t> {
    pub(super) text: String,
    pub(super) conflicts: usize,
    pub(super) is_entry: bool,
    pub(super) at: Option<When>,
    /// What it says, where that is certain.
    pub(super) meaning: Option<Cow<'t, str>>,
    /// True if the blank lines below stand in it: they go with it.
    pub(super) has_gap: bool,
}

/// What a unit of theirs is to ours.
#[derive(Clone, Debug)]
pub(super) enum Role<'t> {
    /// The same as this one of ours.
    Known(usize),
    /// Taken away by ours, or spoken for elsewhere.
    Nothing,
    /// New: it comes in behind its neighbour.
    New(Item<'t>),
}

/// The units of one version, each with the name of the section that it stands in.
pub(super) struct Version<'s, 't> {
    pub(super) units: Vec<(&'s Unit<'t>, &'s str)>,
}

impl<'s, 't> Version<'s, 't> {
    /// A text that is all one section.
    pub(super) fn of(units: &'s [Unit<'t>]) -> Self {
        Self { units: units.iter().map(|unit| (unit, "")).collect() }
    }

    fn items(&self) -> Vec<matching::Item<'s, 't>> {
        let all = self.units.iter().enumerate().filter(|(_, (unit, _))| !unit.is_line());
        all.map(|(at, (unit, section))| matching::Item { unit, at, section }).collect()
    }

    fn get(&self, at: Option<usize>) -> Option<(usize, &'s Unit<'t>, &'s str)> {
        let at = at?;
        self.units.get(at).map(|(unit, section)| (at, *unit, *section))
    }
}

/// What becomes of all tasks and entries, by their places in the versions.
pub(super) struct Items<'m, 't> {
    marks: &'m MarkStyle<'m>,
    fates: Vec<Fate<'t>>,
    roles: Vec<Role<'t>>,
}

impl<'m, 't> Items<'m, 't> {
    pub(super) fn merge(
        base: &Version<'_, 't>,
        ours: &Version<'_, 't>,
        theirs: &Version<'_, 't>,
        marks: &'m MarkStyle<'m>,
    ) -> Self {
        let fates = vec![Fate::Stays; ours.units.len()];
        let mut items = Self { marks, fates, roles: vec![Role::Nothing; theirs.units.len()] };
        let (old, mine, yours) = (base.items(), ours.items(), theirs.items());
        let (mut to_ours, mut to_theirs) = (matches(&old, &mine), matches(&old, &yours));
        let (maybe_ours, maybe_theirs) = (likely(&old, &mine, &to_ours), likely(&old, &yours, &to_theirs));
        for item in &old {
            let sure = (to_ours.get(&item.at).copied(), to_theirs.get(&item.at).copied());
            let found = (sure.0.or(maybe_ours.get(&item.at).copied()), sure.1.or(maybe_theirs.get(&item.at).copied()));
            // What only one side still has is not taken for what has come in its place.
            let (mine, yours) = if found.0.is_some() && found.1.is_some() { found } else { sure };
            to_ours.extend(mine.map(|at| (item.at, at)));
            to_theirs.extend(yours.map(|at| (item.at, at)));
            match (ours.get(mine), theirs.get(yours)) {
                (Some(mine), Some(yours)) if (Some(mine.0), Some(yours.0)) != sure => {
                    items.of_likely(item, mine, yours);
                }
                (mine, yours) => items.of_base(item, mine, yours),
            }
        }
        let [of_ours, of_theirs] = [to_ours, to_theirs].map(|places| places.into_values().collect::<HashSet<usize>>());
        let mine: Vec<_> = mine.into_iter().filter(|item| !of_ours.contains(&item.at)).collect();
        let yours: Vec<_> = yours.into_iter().filter(|item| !of_theirs.contains(&item.at)).collect();
        for item in &yours {
            let item_of = items.as_it_is(item.unit);
            items.set_role(item.at, Role::New(item_of));
        }
        for (mine, yours) in twins(&mine, &yours) {
            if let (Some(mine), Some(yours)) = (ours.get(Some(mine)), theirs.get(Some(yours))) {
                items.twin(mine, yours);
            }
        }
        items
    }

    /// What becomes of the units of one section, whose places are these.
    pub(super) fn within(&mut self, ours: Range<usize>, theirs: Range<usize>) -> (Vec<Fate<'t>>, Vec<Role<'t>>) {
        let fates = self.fates.get_mut(ours.clone()).unwrap_or_default();
        let fates = fates.iter_mut().map(|fate| std::mem::replace(fate, Fate::Stays)).collect();
        let roles = self.roles.get_mut(theirs).unwrap_or_default();
        let local = |role: &mut Role<'t>| match std::mem::replace(role, Role::Nothing) {
            Role::Known(at) if ours.contains(&at) => Role::Known(at - ours.start),
            Role::Known(_) => Role::Nothing,
            other => other,
        };
        (fates, roles.iter_mut().map(local).collect())
    }

    /// One that was there before; each side with its place, and the section that it has there.
    fn of_base(
        &mut self,
        old: &matching::Item<'_, 't>,
        mine: Option<(usize, &Unit<'t>, &str)>,
        yours: Option<(usize, &Unit<'t>, &str)>,
    ) {
        let is_as_it_was = |unit: &Unit<'t>, section: &str| unit.meaning == old.unit.meaning && section == old.section;
        match (mine, yours) {
            (Some((mine, ours, my_section)), Some((yours, theirs, your_section))) => {
                match (my_section == old.section, your_section == old.section) {
                    // Moved to where only one of them wants it.
                    (true, false) => {
                        let item = self.merged(old.unit, ours, theirs).unwrap_or_else(|| self.as_it_is(ours));
                        self.set_fate(mine, Fate::Goes);
                        return self.set_role(yours, Role::New(item));
                    }
                    (false, false) if my_section != your_section => {
                        return self.in_two_sections((mine, ours, my_section), (yours, theirs, your_section));
                    }
                    _ => {}
                }
                self.set_role(yours, Role::Known(mine));
                if let Some(item) = self.merged(old.unit, ours, theirs) {
                    self.set_fate(mine, Fate::Becomes(item));
                }
            }
            (Some((mine, ours, section)), None) => {
                let fate = match is_as_it_was(ours, section) {
                    true => Fate::Goes,
                    false => Fate::Becomes(self.conflict(ours, Some(ours), None)),
                };
                self.set_fate(mine, fate);
            }
            (None, Some((yours, theirs, section))) if !is_as_it_was(theirs, section) => {
                let item = self.conflict(theirs, None, Some(theirs));
                self.set_role(yours, Role::New(item));
            }
            _ => {}
        }
    }

    /// One that a side has reworded so much that it can't be told for certain: what both changed is a conflict as a whole.
    fn of_likely(
        &mut self,
        old: &matching::Item<'_, 't>,
        mine: (usize, &Unit<'t>, &str),
        yours: (usize, &Unit<'t>, &str),
    ) {
        let is_as_it_was = |unit: &Unit<'t>, section: &str| unit.meaning == old.unit.meaning && section == old.section;
        let are_alike = mine.1.meaning == yours.1.meaning && mine.2 == yours.2;
        if are_alike || is_as_it_was(mine.1, mine.2) || is_as_it_was(yours.1, yours.2) {
            return self.of_base(old, Some(mine), Some(yours));
        }
        if mine.2 != yours.2 {
            return self.in_two_sections(mine, yours);
        }
        self.set_role(yours.0, Role::Known(mine.0));
        let item = self.conflict(mine.1, Some(mine.1), Some(yours.1));
        self.set_fate(mine.0, Fate::Becomes(item));
    }

    /// A conflict in each of the sections that it stands in.
    fn in_two_sections(
        &mut self,
        (mine, ours, _): (usize, &Unit<'t>, &str),
        (yours, theirs, _): (usize, &Unit<'t>, &str),
    ) {
        let (here, there) = (self.conflict(ours, Some(ours), None), self.conflict(theirs, None, Some(theirs)));
        self.set_fate(mine, Fate::Becomes(here));
        self.set_role(yours, Role::New(there));
    }

    /// What both have made and what may be one thing: the one that says all that the other says, else a conflict.
    fn twin(
        &mut self,
        (mine, ours, my_section): (usize, &Unit<'t>, &str),
        (yours, theirs, your_section): (usize, &Unit<'t>, &str),
    ) {
        if ours.meaning == theirs.meaning && my_section == your_section {
            return self.set_role(yours, Role::Known(mine));
        }
        if my_section != your_section {
            return;
        }
        self.set_role(yours, Role::Known(mine));
        match (says_all_of(ours, theirs), says_all_of(theirs, ours)) {
            (true, _) => {}
            (false, true) => {
                let item = self.as_it_is(theirs);
                self.set_fate(mine, Fate::Becomes(item));
            }
            (false, false) => {
                let item = self.conflict(ours, Some(ours), Some(theirs));
                self.set_fate(mine, Fate::Becomes(item));
            }
        }
    }

    /// What is to stand in the place of ours; `None` if ours stays as it is.
    fn merged(&self, old: &Unit<'t>, ours: &Unit<'t>, theirs: &Unit<'t>) -> Option<Item<'t>> {
        match () {
            () if theirs.meaning == old.meaning || theirs.meaning == ours.meaning => None,
            () if ours.meaning == old.meaning => Some(self.as_it_is(theirs)),
            () => Some(self.both(old, ours, theirs)),
        }
    }

    /// A task or an entry that both have changed.
    fn both(&self, old: &Unit<'t>, ours: &Unit<'t>, theirs: &Unit<'t>) -> Item<'t> {
        let is_task = ours.kind == UnitKind::Task;
        let parts = |unit: &Unit<'t>| match unit.meaning.split_once('\n') {
            Some((head, rest)) => (head.to_owned(), rest.to_owned()),
            None => (unit.meaning.clone().into_owned(), String::new()),
        };
        let ((old_head, old_rest), (my_head, my_rest), (your_head, your_rest)) =
            (parts(old), parts(ours), parts(theirs));
        let merge_heads = if is_task { merge_task_heads } else { merge_entry_heads };
        let marks = self.marks.lf();
        let (head, in_head) = match merge_heads(&old_head, &my_head, &your_head) {
            Some(head) => (head, 0),
            // What came of a task belongs to it as that person left it.
            None if is_task => return self.conflict(ours, Some(ours), Some(theirs)),
            None => (marks.around(&my_head, &your_head), 1),
        };
        let [old, mine, yours] = [&old_rest, &my_rest, &your_rest].map(|rest| units(rest));
        let rest = body::merge(&old, &mine, &yours, &marks);
        let line = if rest.text.is_empty() { "" } else { "\n" };
        let text = format!("{}{line}{}", head.trim_end_matches('\n'), rest.text);
        let text = text.trim_end();
        let conflicts = in_head + rest.conflicts;
        let meaning = (conflicts == 0).then(|| Cow::Owned(text.to_owned()));
        Item { text: self.lines_of(text), conflicts, meaning, ..self.kind_of(ours) }
    }

    /// A unit of theirs as it comes into ours.
    fn as_it_is(&self, unit: &Unit<'t>) -> Item<'t> {
        Item { text: self.lines_of(&unit.meaning), meaning: Some(unit.meaning.clone()), ..self.kind_of(unit) }
    }

    fn kind_of(&self, unit: &Unit<'t>) -> Item<'t> {
        match unit.kind {
            UnitKind::Entry { at } => Item { is_entry: true, at, ..Item::default() },
            _ => Item::default(),
        }
    }

    /// Both versions of one unit between marks; one that a side does not have takes the blank lines below it along, so
    /// that none are left of it where it goes.
    fn conflict(&self, unit: &Unit<'t>, ours: Option<&Unit<'t>>, theirs: Option<&Unit<'t>>) -> Item<'t> {
        let has_gap = ours.is_none() || theirs.is_none();
        let gap = unit.text.get(unit.text.trim_end().len()..).unwrap_or_default().matches('\n').skip(1).count();
        let text = |unit: Option<&Unit<'t>>| {
            unit.map_or_else(String::new, |unit| {
                let gap = if has_gap { "\n".repeat(gap) } else { String::new() };
                self.lines_of(&format!("{}{gap}", unit.meaning))
            })
        };
        Item { text: self.marks.around(&text(ours), &text(theirs)), conflicts: 1, has_gap, ..Item::default() }
    }

    fn lines_of(&self, text: &str) -> String {
        format!("{}{}", text.replace('\n', self.marks.newline), self.marks.newline)
    }

    fn set_fate(&mut self, at: usize, fate: Fate<'t>) {
        if let Some(old) = self.fates.get_mut(at) {
            *old = fate;
        }
    }

    fn set_role(&mut self, at: usize, role: Role<'t>) {
        if let Some(old) = self.roles.get_mut(at) {
            *old = role;
        }
    }
}

/// True if all words of `some` stand in `all`, in their order, and a task that is ticked there is ticked here.
fn says_all_of(all: &Unit<'_>, some: &Unit<'_>) -> bool {
    let words = |unit: &Unit<'_>| -> Vec<String> {
        let text = unit.meaning.replacen("[ ]", "", 1);
        text.split_whitespace().map(str::to_owned).collect()
    };
    let (all, some) = (words(all), words(some));
    let mut all = all.iter();
    some.iter().all(|word| all.any(|other| other == word))
}
