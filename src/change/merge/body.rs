//! The text of one section: log entries and tasks as they were merged one by one, all else line by line.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::MarkStyle;
use super::diff3::{Piece, Touching, Verdict, diff3, without_ends};
use super::items::{Fate, Item, Items, Role, Version};
use super::units::{Unit, UnitKind};
use super::words::doubled;
use crate::text::When;
use crate::text::body::oldest_first;

/// A merged text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merged<'t> {
    pub(super) text: String,
    /// How many places conflict; each stands between marks.
    pub(super) conflicts: usize,
    /// What its log entries and tasks say, in order, as far as there is no conflict in them.
    pub(super) items: Vec<Cow<'t, str>>,
}

/// Merges three versions of a text without sections that was cut into its units.
pub(super) fn merge<'t>(
    base: &[Unit<'t>],
    ours: &[Unit<'t>],
    theirs: &[Unit<'t>],
    marks: &MarkStyle<'_>,
) -> Merged<'t> {
    let [a, b, c] = [base, ours, theirs].map(Version::of);
    let of_items = Items::merge(&a, &b, &c, marks).within(0..ours.len(), 0..theirs.len());
    merge_section(base, ours, theirs, of_items, marks)
}

/// Merges three versions of a section of which it is known what becomes of its items.
pub(super) fn merge_section<'t>(
    base: &[Unit<'t>],
    ours: &[Unit<'t>],
    theirs: &[Unit<'t>],
    (fates, roles): (Vec<Fate<'t>>, Vec<Role<'t>>),
    marks: &MarkStyle<'_>,
) -> Merged<'t> {
    let inserts = vec![Vec::new(); ours.len() + 1];
    let mut weave = Weave { base, ours, theirs, marks, fates, roles, instead: HashMap::new(), inserts };
    weave.lines();
    weave.place_news();
    weave.finish()
}

struct Weave<'w, 't> {
    base: &'w [Unit<'t>],
    ours: &'w [Unit<'t>],
    theirs: &'w [Unit<'t>],
    marks: &'w MarkStyle<'w>,
    fates: Vec<Fate<'t>>,
    roles: Vec<Role<'t>>,
    /// For the first of the lines that theirs has in the place of lines of ours: behind which of ours it goes.
    instead: HashMap<usize, usize>,
    /// What comes in before each unit of ours, and at the end.
    inserts: Vec<Vec<Item<'t>>>,
}

impl<'w, 't> Weave<'w, 't> {
    /// The lines of all else.
    fn lines(&mut self) {
        let places = |units: &[Unit<'_>]| -> Vec<usize> {
            units.iter().enumerate().filter(|(_, unit)| unit.is_line()).map(|(at, _)| at).collect()
        };
        let (base, ours, theirs) = (places(self.base), places(self.ours), places(self.theirs));
        let texts = |units: &'w [Unit<'t>], places: &[usize]| -> Vec<&'w str> {
            places.iter().filter_map(|at| units.get(*at)).map(|unit| &*unit.meaning).collect()
        };
        let (old, mine, yours) = (texts(self.base, &base), texts(self.ours, &ours), texts(self.theirs, &theirs));
        let is_gap = |line: &&str| line.trim().is_empty();
        let pieces = diff3(&old, &mine, &yours, &Touching::Conflict(is_gap));
        let pieces = pieces.into_iter().flat_map(|piece| without_ends(piece, &old, &mine, &yours, is_gap)).collect();
        for piece in without_doubles(pieces, &old, &mine, &yours) {
            self.piece(&piece, (&mine, &ours), (&yours, &theirs));
        }
    }

    /// One piece of the lines; each side with the places of its lines.
    fn piece(&mut self, piece: &Piece, (mine, ours): (&[&str], &[usize]), (yours, theirs): (&[&str], &[usize])) {
        let my_places = ours.get(piece.ours.clone()).unwrap_or(&[]);
        let your_places = theirs.get(piece.theirs.clone()).unwrap_or(&[]);
        let text = |lines: &[&str], range: Range<usize>| -> String {
            lines.get(range).unwrap_or(&[]).iter().map(|line| format!("{line}{}", self.marks.newline)).collect()
        };
        match piece.verdict {
            Verdict::Same => self.pair(my_places, your_places),
            Verdict::Ours if mine.get(piece.ours.clone()) == yours.get(piece.theirs.clone()) => {
                self.pair(my_places, your_places);
            }
            // What follows there in theirs is to follow here too.
            Verdict::Ours => {
                if let (Some(mine), Some(yours)) = (my_places.last(), your_places.last()) {
                    self.set_role(*yours, Role::Known(*mine));
                }
            }
            Verdict::Theirs => {
                my_places.iter().for_each(|at| self.set_fate(*at, Fate::Goes));
                your_places.iter().for_each(|at| self.line_comes(*at));
                self.instead.extend(your_places.first().copied().zip(my_places.first().copied()));
            }
            Verdict::Conflict => {
                let (mine, yours) = (text(mine, piece.ours.clone()), text(yours, piece.theirs.clone()));
                let item = Item { text: self.marks.around(&mine, &yours), conflicts: 1, ..Item::default() };
                my_places.iter().for_each(|at| self.set_fate(*at, Fate::Goes));
                match (my_places.first(), your_places.first()) {
                    (Some(first), _) => self.set_fate(*first, Fate::Becomes(item)),
                    (None, Some(first)) => self.set_role(*first, Role::New(item)),
                    (None, None) => {}
                }
            }
        }
    }

    fn pair(&mut self, mine: &[usize], yours: &[usize]) {
        for (mine, yours) in mine.iter().zip(yours) {
            self.set_role(*yours, Role::Known(*mine));
        }
    }

    fn line_comes(&mut self, at: usize) {
        if let Some(unit) = self.theirs.get(at) {
            let item = Item { text: format!("{}{}", unit.meaning, self.marks.newline), ..Item::default() };
            self.set_role(at, Role::New(item));
        }
    }

    /// Puts what is new in theirs to its place among ours.
    fn place_news(&mut self) {
        let mut behind = 0;
        let dated = self.dated();
        let oldest_first = oldest_first(dated.iter().map(|(_, when)| *when));
        for (at, role) in std::mem::take(&mut self.roles).into_iter().enumerate() {
            match role {
                Role::Known(ours) => behind = ours + 1,
                Role::Nothing => {}
                Role::New(item) => {
                    behind = self.instead.get(&at).map_or(behind, |ours| ours + 1);
                    let day = item.at.filter(|_| item.is_entry);
                    let place = day.and_then(|when| place_by_day(when, &dated, oldest_first));
                    if let Some(list) = self.inserts.get_mut(place.unwrap_or(behind)) {
                        list.push(item);
                    }
                }
            }
        }
    }

    /// The entries that stay, with their days.
    fn dated(&self) -> Vec<(usize, When)> {
        let moment = |(at, unit): (usize, &Unit<'_>)| match (unit.kind, self.fates.get(at)) {
            (UnitKind::Entry { at: Some(when) }, Some(Fate::Stays | Fate::Becomes(_))) => Some((at, when)),
            _ => None,
        };
        self.ours.iter().enumerate().filter_map(moment).collect()
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

    fn finish(self) -> Merged<'t> {
        let mut out = Out { merged: Merged::default(), newline: self.marks.newline, opens: false, is_task: false };
        let mut inserts = self.inserts.into_iter();
        for (unit, fate) in self.ours.iter().zip(self.fates) {
            inserts.next().into_iter().flatten().for_each(|item| out.insert(item));
            match fate {
                Fate::Stays => out.keep(unit),
                Fate::Goes => {}
                Fate::Becomes(item) => out.replace(unit, item),
            }
        }
        inserts.flatten().for_each(|item| out.insert(item));
        out.merged
    }
}

/// Pieces between which a line that both put in would stand twice are one conflict.
fn without_doubles(mut pieces: Vec<Piece>, base: &[&str], ours: &[&str], theirs: &[&str]) -> Vec<Piece> {
    let taken = |piece: &Piece| match piece.verdict {
        Verdict::Same | Verdict::Ours => ours.get(piece.ours.clone()).unwrap_or_default(),
        Verdict::Theirs => theirs.get(piece.theirs.clone()).unwrap_or_default(),
        Verdict::Conflict => &[],
    };
    let merged: Vec<&str> = pieces.iter().flat_map(taken).copied().collect();
    let doubled: HashSet<&str> = doubled(base, ours, theirs, &merged).collect();
    if doubled.is_empty() {
        return pieces;
    }
    let holds = |piece: &Piece| taken(piece).iter().any(|line| doubled.contains(line.trim()));
    let (Some(first), Some(last)) = (pieces.iter().position(holds), pieces.iter().rposition(holds)) else {
        return pieces;
    };
    let joined = pieces.get(first).zip(pieces.get(last)).map(|(first, last)| Piece {
        base: first.base.start..last.base.end,
        ours: first.ours.start..last.ours.end,
        theirs: first.theirs.start..last.theirs.end,
        verdict: Verdict::Conflict,
    });
    pieces.splice(first..=last, joined);
    pieces
}

/// True for a line that would go on with the text of a task right above it.
fn is_paragraph(text: &str) -> bool {
    !text.trim_start().is_empty() && !text.trim_start().starts_with(['-', '*', '+', '#', '>', '`', '~', '|', '<'])
}

/// Where the file's own order puts an entry; `None` if ours has no other.
fn place_by_day(when: When, dated: &[(usize, When)], oldest_first: bool) -> Option<usize> {
    let last = dated.last()?.0;
    let found = match oldest_first {
        true => {
            let before = dated.iter().rev().find(|(_, other)| *other <= when).map(|(at, _)| at + 1);
            before.or(dated.first().map(|first| first.0))
        }
        false => dated.iter().find(|(_, other)| *other <= when).map(|(at, _)| *at),
    };
    Some(found.unwrap_or(last + 1))
}

/// The text as it is written.
struct Out<'t> {
    merged: Merged<'t>,
    newline: &'static str,
    /// True if what was written last is an entry that came in, so that a blank line is to follow.
    opens: bool,
    /// True if it is a task, which a line of text right below it would go on with.
    is_task: bool,
}

impl<'t> Out<'t> {
    fn begin_line(&mut self) {
        let text = &mut self.merged.text;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(self.newline);
        }
    }

    fn blank_line(&mut self) {
        self.begin_line();
        let text = &self.merged.text;
        let rest = text.strip_suffix('\n').map(|rest| rest.strip_suffix('\r').unwrap_or(rest));
        if rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('\n')) {
            self.merged.text.push_str(self.newline);
        }
    }

    /// A blank line between a task and a text that would otherwise be its own.
    fn part_from_task(&mut self, is_line: bool, text: &str) {
        if self.is_task && is_line && is_paragraph(text) {
            self.blank_line();
        }
    }

    fn keep(&mut self, unit: &Unit<'t>) {
        if std::mem::take(&mut self.opens) && !unit.meaning.is_empty() {
            self.blank_line();
        }
        self.part_from_task(unit.is_line(), unit.text);
        self.is_task = unit.kind == UnitKind::Task;
        self.begin_line();
        self.merged.text.push_str(unit.text);
        if !unit.is_line() {
            self.merged.items.push(unit.meaning.clone());
        }
    }

    /// In the place of a unit, with the blank lines that follow it.
    fn replace(&mut self, unit: &Unit<'_>, item: Item<'t>) {
        let tail = unit.text.get(unit.text.trim_end().len()..).unwrap_or_default();
        let text = match unit.is_line() || item.has_gap {
            true => Cow::Borrowed(item.text.as_str()),
            false => Cow::Owned(format!("{}{tail}", item.text.trim_end())),
        };
        if std::mem::take(&mut self.opens) {
            self.blank_line();
        }
        self.part_from_task(unit.is_line(), &text);
        self.is_task = unit.kind == UnitKind::Task;
        self.begin_line();
        self.merged.text.push_str(&text);
        self.merged.conflicts += item.conflicts;
        self.merged.items.extend(item.meaning);
    }

    fn insert(&mut self, item: Item<'t>) {
        if item.is_entry || self.opens {
            self.blank_line();
        }
        let is_line = item.meaning.is_none();
        self.part_from_task(is_line, &item.text);
        self.is_task = !is_line && !item.is_entry;
        self.begin_line();
        self.merged.text.push_str(&item.text);
        self.opens = item.is_entry;
        self.merged.conflicts += item.conflicts;
        self.merged.items.extend(item.meaning);
    }
}
