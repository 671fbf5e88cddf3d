//! The text of one section: log entries and tasks one by one, all else line by line.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Marks;
use super::diff3::{Piece, Touching, Verdict, diff3, without_ends};
use super::matching::matches;
use super::units::{Unit, UnitKind, units};
use super::words::{merge_tasks, merge_words};
use crate::text::When;
use crate::text::body::oldest_first;

/// A merged text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// How many places conflict; each stands between marks.
    pub(super) conflicts: usize,
    /// What its log entries and tasks say, in order, as far as there is no conflict in them.
    pub(super) items: Vec<String>,
}

/// Merges three versions of a text that was cut into its units.
pub(super) fn merge(base: &[Unit<'_>], ours: &[Unit<'_>], theirs: &[Unit<'_>], marks: &Marks<'_>) -> Merged {
    let mut weave = Weave::new(base, ours, theirs, marks);
    weave.items();
    weave.lines();
    weave.walk();
    weave.finish()
}

/// What becomes of a unit of ours.
#[derive(Clone, Debug)]
enum Fate {
    Stays,
    Goes,
    Becomes(Item),
}

/// A piece of text that comes into ours.
#[derive(Clone, Debug, Default)]
struct Item {
    text: String,
    conflicts: usize,
    is_entry: bool,
    at: Option<When>,
    /// What it says, where that is certain.
    meaning: Option<String>,
}

/// What a unit of theirs is to ours.
#[derive(Clone, Debug)]
enum Role {
    /// The same as this one of ours.
    Known(usize),
    /// Taken away by ours, or spoken for elsewhere.
    Nothing,
    /// New: it comes in behind its neighbour.
    New(Item),
}

struct Weave<'w> {
    base: &'w [Unit<'w>],
    ours: &'w [Unit<'w>],
    theirs: &'w [Unit<'w>],
    marks: &'w Marks<'w>,
    newline: &'static str,
    fates: Vec<Fate>,
    roles: Vec<Role>,
    /// For the first of the lines that theirs has in the place of lines of ours: behind which of ours it goes.
    instead: HashMap<usize, usize>,
    /// What comes in before each unit of ours, and at the end.
    inserts: Vec<Vec<Item>>,
}

impl<'w> Weave<'w> {
    fn new(base: &'w [Unit<'w>], ours: &'w [Unit<'w>], theirs: &'w [Unit<'w>], marks: &'w Marks<'w>) -> Self {
        Self {
            base,
            ours,
            theirs,
            marks,
            newline: marks.newline,
            fates: vec![Fate::Stays; ours.len()],
            roles: vec![Role::Nothing; theirs.len()],
            instead: HashMap::new(),
            inserts: vec![Vec::new(); ours.len() + 1],
        }
    }

    /// Tasks and log entries, one by one.
    fn items(&mut self) {
        let to_ours = matches(self.base, self.ours);
        let to_theirs = matches(self.base, self.theirs);
        let mut known_theirs: Vec<bool> = vec![false; self.theirs.len()];
        for (at, old) in self.base.iter().enumerate().filter(|(_, unit)| !unit.is_line()) {
            let mine = to_ours.get(&at).copied();
            let yours = to_theirs.get(&at).copied();
            if let Some(known) = yours.and_then(|yours| known_theirs.get_mut(yours)) {
                *known = true;
            }
            self.item(old, mine, yours);
        }
        // What both have written anew in the same words is one.
        let of_base: HashSet<usize> = to_ours.into_values().collect();
        let mut new: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, unit) in self.ours.iter().enumerate().rev().filter(|(_, unit)| !unit.is_line()) {
            if !of_base.contains(&at) {
                new.entry(&unit.meaning).or_default().push(at);
            }
        }
        for (at, unit) in self.theirs.iter().enumerate().filter(|(_, unit)| !unit.is_line()) {
            if known_theirs.get(at).copied().unwrap_or_default() {
                continue;
            }
            let twin = new.get_mut(&*unit.meaning).and_then(Vec::pop);
            self.set_role(at, twin.map_or_else(|| Role::New(self.as_it_is(unit)), Role::Known));
        }
    }

    fn item(&mut self, old: &Unit<'w>, mine: Option<usize>, yours: Option<usize>) {
        let ours = mine.and_then(|at| self.ours.get(at)).cloned();
        let theirs = yours.and_then(|at| self.theirs.get(at)).cloned();
        match (mine, ours, yours, theirs) {
            (Some(mine), Some(ours), Some(yours), Some(theirs)) => {
                self.set_role(yours, Role::Known(mine));
                if theirs.meaning != old.meaning && theirs.meaning != ours.meaning {
                    let item = match ours.meaning == old.meaning {
                        true => self.as_it_is(&theirs),
                        false => self.both(old, &ours, &theirs),
                    };
                    self.set_fate(mine, Fate::Becomes(item));
                }
            }
            (Some(mine), Some(ours), None, _) => {
                let fate = match ours.meaning == old.meaning {
                    true => Fate::Goes,
                    false => Fate::Becomes(self.conflict(&ours.meaning, "")),
                };
                self.set_fate(mine, fate);
            }
            (None, _, Some(yours), Some(theirs)) if theirs.meaning != old.meaning => {
                let item = self.conflict("", &theirs.meaning);
                self.set_role(yours, Role::New(item));
            }
            _ => {}
        }
    }

    /// A task or an entry that both have changed.
    fn both(&self, old: &Unit<'_>, ours: &Unit<'_>, theirs: &Unit<'_>) -> Item {
        let parts = |unit: &Unit<'_>| match unit.meaning.split_once('\n') {
            Some((head, rest)) => (head.to_owned(), rest.to_owned()),
            None => (unit.meaning.clone().into_owned(), String::new()),
        };
        let ((old_head, old_rest), (my_head, my_rest), (your_head, your_rest)) =
            (parts(old), parts(ours), parts(theirs));
        let merge_heads = if ours.kind == UnitKind::Task { merge_tasks } else { merge_words };
        let head = match merge_heads(&old_head, &my_head, &your_head) {
            Some(head) => Item { text: head, ..Item::default() },
            None => self.conflict(&my_head, &your_head),
        };
        let rest = merge(&units(&old_rest), &units(&my_rest), &units(&your_rest), &self.marks.lf());
        let line = if rest.text.is_empty() { "" } else { "\n" };
        let head_text = head.text.trim_end_matches(['\r', '\n']).replace("\r\n", "\n");
        let text = format!("{head_text}{line}{}", rest.text);
        let text = text.trim_end();
        let conflicts = head.conflicts + rest.conflicts;
        let UnitKind::Entry { at } = ours.kind else {
            let meaning = (conflicts == 0).then(|| text.to_owned());
            return Item { text: self.lines_of(text), conflicts, is_entry: false, at: None, meaning };
        };
        let meaning = (conflicts == 0).then(|| text.to_owned());
        Item { text: self.lines_of(text), conflicts, is_entry: true, at, meaning }
    }

    /// The lines of all else.
    fn lines(&mut self) {
        let places = |units: &[Unit<'_>]| -> Vec<usize> {
            units.iter().enumerate().filter(|(_, unit)| unit.is_line()).map(|(at, _)| at).collect()
        };
        let (base, ours, theirs) = (places(self.base), places(self.ours), places(self.theirs));
        let texts = |units: &'w [Unit<'w>], places: &[usize]| -> Vec<&'w str> {
            places.iter().filter_map(|at| units.get(*at)).map(|unit| &*unit.meaning).collect()
        };
        let (old, mine, yours) = (texts(self.base, &base), texts(self.ours, &ours), texts(self.theirs, &theirs));
        let is_gap = |line: &&str| line.trim().is_empty();
        let pieces = diff3(&old, &mine, &yours, &Touching::Conflict(is_gap));
        for piece in pieces.into_iter().flat_map(|piece| without_ends(piece, &old, &mine, &yours, is_gap)) {
            self.piece(&piece, (&mine, &ours), (&yours, &theirs));
        }
    }

    /// One piece of the lines; each side with the places of its lines.
    fn piece(&mut self, piece: &Piece, (mine, ours): (&[&str], &[usize]), (yours, theirs): (&[&str], &[usize])) {
        let my_places = ours.get(piece.ours.clone()).unwrap_or(&[]);
        let your_places = theirs.get(piece.theirs.clone()).unwrap_or(&[]);
        let text = |lines: &[&str], range: Range<usize>| lines.get(range).unwrap_or(&[]).join("\n");
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
                let item = self.conflict(&text(mine, piece.ours.clone()), &text(yours, piece.theirs.clone()));
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
            let item = Item { text: format!("{}{}", unit.meaning, self.newline), ..Item::default() };
            self.set_role(at, Role::New(item));
        }
    }

    /// Puts what is new in theirs to its place among ours.
    fn walk(&mut self) {
        let mut behind = 0;
        let dated = self.dated();
        for (at, role) in std::mem::take(&mut self.roles).into_iter().enumerate() {
            match role {
                Role::Known(ours) => behind = ours + 1,
                Role::Nothing => {}
                Role::New(item) => {
                    behind = self.instead.get(&at).map_or(behind, |ours| ours + 1);
                    let place =
                        if item.is_entry && item.at.is_some() { self.place_by_day(&item, &dated) } else { None };
                    if let Some(list) = self.inserts.get_mut(place.unwrap_or(behind)) {
                        list.push(item);
                    }
                }
            }
        }
    }

    /// Where the file's own order puts an entry; `None` if ours has no other.
    fn place_by_day(&self, new: &Item, dated: &[(usize, When)]) -> Option<usize> {
        let last = dated.last()?.0;
        let when = new.at?;
        let found = match oldest_first(dated.iter().map(|(_, when)| *when)) {
            true => dated
                .iter()
                .rev()
                .find(|(_, other)| *other <= when)
                .map(|(at, _)| at + 1)
                .or(dated.first().map(|d| d.0)),
            false => dated.iter().find(|(_, other)| *other <= when).map(|(at, _)| *at),
        };
        Some(found.unwrap_or(last + 1))
    }

    /// The entries that stay, with their days.
    fn dated(&self) -> Vec<(usize, When)> {
        let moment = |(at, unit): (usize, &Unit<'_>)| match (unit.kind, self.fates.get(at)) {
            (UnitKind::Entry { at: Some(when) }, Some(Fate::Stays | Fate::Becomes(_))) => Some((at, when)),
            _ => None,
        };
        self.ours.iter().enumerate().filter_map(moment).collect()
    }

    /// A unit of theirs as it comes into ours.
    fn as_it_is(&self, unit: &Unit<'_>) -> Item {
        let (is_entry, at) = match unit.kind {
            UnitKind::Entry { at } => (true, at),
            _ => (false, None),
        };
        let meaning = Some(unit.meaning.clone().into_owned());
        Item { text: self.lines_of(&unit.meaning), conflicts: 0, is_entry, at, meaning }
    }

    fn conflict(&self, ours: &str, theirs: &str) -> Item {
        Item { text: self.marks.around(ours, theirs), conflicts: 1, ..Item::default() }
    }

    fn lines_of(&self, text: &str) -> String {
        format!("{}{}", text.replace('\n', self.newline), self.newline)
    }

    fn set_fate(&mut self, at: usize, fate: Fate) {
        if let Some(old) = self.fates.get_mut(at) {
            *old = fate;
        }
    }

    fn set_role(&mut self, at: usize, role: Role) {
        if let Some(old) = self.roles.get_mut(at) {
            *old = role;
        }
    }

    fn finish(self) -> Merged {
        let mut out = Out { merged: Merged::default(), newline: self.newline, opens: false };
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

/// The text as it is written.
struct Out {
    merged: Merged,
    newline: &'static str,
    /// True if what was written last is an entry that came in, so that a blank line is to follow.
    opens: bool,
}

impl Out {
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

    fn keep(&mut self, unit: &Unit<'_>) {
        if std::mem::take(&mut self.opens) && !unit.meaning.is_empty() {
            self.blank_line();
        }
        self.begin_line();
        self.merged.text.push_str(unit.text);
        if !unit.is_line() {
            self.merged.items.push(unit.meaning.clone().into_owned());
        }
    }

    /// In the place of a unit, with the blank lines that follow it.
    fn replace(&mut self, unit: &Unit<'_>, item: Item) {
        let tail = unit.text.get(unit.text.trim_end().len()..).unwrap_or_default();
        let text = match unit.is_line() {
            true => Cow::Borrowed(item.text.as_str()),
            false => Cow::Owned(format!("{}{tail}", item.text.trim_end())),
        };
        if std::mem::take(&mut self.opens) {
            self.blank_line();
        }
        self.begin_line();
        self.merged.text.push_str(&text);
        self.merged.conflicts += item.conflicts;
        self.merged.items.extend(item.meaning);
    }

    fn insert(&mut self, item: Item) {
        if item.is_entry || self.opens {
            self.blank_line();
        }
        self.begin_line();
        self.merged.text.push_str(&item.text);
        self.opens = item.is_entry;
        self.merged.conflicts += item.conflicts;
        self.merged.items.extend(item.meaning);
    }
}
