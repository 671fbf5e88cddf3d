//! Which task or log entry of one version is which of another: one that was edited or moved is the same one still.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet, VecDeque};

use super::units::{Unit, UnitKind};
use crate::text::When;

/// How alike two texts must be for the one to be an edit of the other, from 0 to 1: more than half of the signs, for two
/// calls of one day have half of their heads in common.
const ALIKE: f64 = 0.6;
/// What is taken off where the days or the times differ: of two calls with one text, that of another day is rarely the
/// same call.
const OTHER_DAY: f64 = 0.25;
/// How many signs of a text are compared: how it begins tells enough, and the work grows with the square.
const COMPARED: usize = 160;
/// More pairs than this are not compared: then what is not the same is another.
const MOST_PAIRS: usize = 20_000;

/// A task or log entry, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Item<'s, 't> {
    pub(super) unit: &'s Unit<'t>,
    /// Its place among all units of the version.
    pub(super) at: usize,
    /// The name of its section.
    pub(super) section: &'s str,
}

/// For each item of `old`, by its place in the version, the place of the same one in `new`.
pub(super) fn matches(old: &[Item<'_, '_>], new: &[Item<'_, '_>]) -> HashMap<usize, usize> {
    let mut pairs = Pairs { old, new, found: HashMap::new(), taken: HashSet::new() };
    pairs.at_the_ends();
    pairs.in_the_same_words();
    pairs.of_one_name();
    pairs.alike();
    pairs.found.into_iter().filter_map(|(o, n)| Some((old.get(o)?.at, new.get(n)?.at))).collect()
}

/// What else may be one thing, by the places in the versions: an entry of the same minute, or the only one left between
/// the same neighbours. That is no more than likely: where both sides changed it, somebody is to look.
pub(super) fn likely(
    old: &[Item<'_, '_>],
    new: &[Item<'_, '_>],
    found: &HashMap<usize, usize>,
) -> HashMap<usize, usize> {
    let of_new: HashMap<usize, usize> = found.values().map(|at| (*at, *at)).collect();
    let mut waiting = spots(new, &of_new);
    let mut pairs = HashMap::new();
    let mut taken = HashSet::new();
    let mut spots: Vec<(Spot<'_>, Option<usize>)> = spots(old, found).into_iter().collect();
    spots.sort_unstable();
    for (spot, old) in spots {
        let Some((old, new)) = old.zip(waiting.remove(&spot).flatten()) else { continue };
        if !pairs.contains_key(&old) && taken.insert(new) {
            pairs.insert(old, new);
        }
    }
    pairs
}

/// Where an item stands that was not found in the other version; the surer one first.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Spot<'s> {
    Minute(&'s str, When),
    /// Between two that were found, or at an end of the section.
    Between {
        section: &'s str,
        is_task: bool,
        neighbours: [Option<usize>; 2],
    },
}

/// The spots of what was not found, by the places in the new version; nothing for a spot that several have.
fn spots<'s>(items: &[Item<'s, '_>], found: &HashMap<usize, usize>) -> HashMap<Spot<'s>, Option<usize>> {
    let mut spots = HashMap::new();
    for (number, item) in items.iter().enumerate().filter(|(_, item)| !found.contains_key(&item.at)) {
        let mut add = |spot| {
            spots.entry(spot).and_modify(|at| *at = None).or_insert(Some(item.at));
        };
        if let UnitKind::Entry { at: Some(when) } = item.unit.kind
            && when.time.is_some()
        {
            add(Spot::Minute(item.section, when));
        }
        // Nothing where the neighbour was not found either.
        let neighbour = |number: Option<usize>| match number.and_then(|number| items.get(number)) {
            Some(other) if other.section == item.section => found.get(&other.at).map(|at| Some(*at)),
            _ => Some(None),
        };
        if let (Some(above), Some(below)) = (neighbour(number.checked_sub(1)), neighbour(Some(number + 1))) {
            let neighbours = [above, below];
            add(Spot::Between { section: item.section, is_task: is_task(item), neighbours });
        }
    }
    spots
}

struct Pairs<'p, 's, 't> {
    old: &'p [Item<'s, 't>],
    new: &'p [Item<'s, 't>],
    /// By their numbers in `old` and `new`.
    found: HashMap<usize, usize>,
    taken: HashSet<usize>,
}

impl<'s> Pairs<'_, 's, '_> {
    fn add(&mut self, old: usize, new: usize) {
        if !self.found.contains_key(&old) && self.taken.insert(new) {
            self.found.insert(old, new);
        }
    }

    fn open(&self) -> (Vec<usize>, Vec<usize>) {
        let old = (0..self.old.len()).filter(|at| !self.found.contains_key(at)).collect();
        let new = (0..self.new.len()).filter(|at| !self.taken.contains(at)).collect();
        (old, new)
    }

    /// What nobody touched, from both ends on: most of a long log.
    fn at_the_ends(&mut self) {
        let is_same = |(a, b): &(&Item<'_, '_>, &Item<'_, '_>)| {
            a.section == b.section && is_task(a) == is_task(b) && a.unit.meaning == b.unit.meaning
        };
        let most = self.old.len().min(self.new.len());
        let head = self.old.iter().zip(self.new).take_while(is_same).count();
        let tail = self.old.iter().rev().zip(self.new.iter().rev()).take(most - head).take_while(is_same).count();
        for at in 0..head {
            self.add(at, at);
        }
        for from_end in 1..=tail {
            self.add(self.old.len() - from_end, self.new.len() - from_end);
        }
    }

    /// The same words in the same section, in order.
    fn in_the_same_words(&mut self) {
        let (old, new) = self.open();
        let mut waiting: HashMap<(&str, bool, &str), VecDeque<usize>> = HashMap::new();
        let key = |item: &Item<'s, '_>| (item.section, is_task(item));
        for (at, item) in new.into_iter().filter_map(|at| Some((at, self.new.get(at)?))) {
            let (section, task) = key(item);
            waiting.entry((section, task, &item.unit.meaning)).or_default().push_back(at);
        }
        let mut pairs = Vec::new();
        for (at, item) in old.into_iter().filter_map(|at| Some((at, self.old.get(at)?))) {
            let (section, task) = key(item);
            let partner = waiting.get_mut(&(section, task, &*item.unit.meaning)).and_then(VecDeque::pop_front);
            pairs.extend(partner.map(|partner| (at, partner)));
        }
        pairs.into_iter().for_each(|(old, new)| self.add(old, new));
    }

    /// One name, in any section. Where several have it, those that are most alike: of a task that repeats, the one that is
    /// due on the same day.
    fn of_one_name(&mut self) {
        let (old, new) = self.open();
        let mut groups: HashMap<(bool, &str), [Vec<usize>; 2]> = HashMap::new();
        for (at, item) in old.into_iter().filter_map(|at| Some((at, self.old.get(at)?))) {
            let [of_old, _] = groups.entry((is_task(item), &item.unit.name)).or_default();
            of_old.push(at);
        }
        for (at, item) in new.into_iter().filter_map(|at| Some((at, self.new.get(at)?))) {
            if let Some([_, of_new]) = groups.get_mut(&(is_task(item), &*item.unit.name)) {
                of_new.push(at);
            }
        }
        let mut pairs = Vec::new();
        for [old, new] in groups.into_values() {
            match (old.as_slice(), new.as_slice()) {
                ([old], [new]) => pairs.push((*old, *new)),
                (old, new) if old.len().saturating_mul(new.len()) > MOST_PAIRS => {
                    pairs.extend(old.iter().copied().zip(new.iter().copied()));
                }
                (old, new) => {
                    pairs.extend(self.ranked(old, new, namesakes).into_iter().map(|(_, old, new)| (old, new)));
                }
            }
        }
        pairs.into_iter().for_each(|(old, new)| self.add(old, new));
    }

    /// Edits that changed the name, too, within a section.
    fn alike(&mut self) {
        let (old, new) = self.open();
        if old.len().saturating_mul(new.len()) > MOST_PAIRS {
            return;
        }
        let ranked =
            self.ranked(&old, &new, |a, b| if a.section == b.section { likeness(a.unit, b.unit) } else { 0.0 });
        for (_, old, new) in ranked.into_iter().filter(|(likeness, ..)| *likeness >= ALIKE) {
            self.add(old, new);
        }
    }

    /// All pairs, those that are most alike first.
    fn ranked(
        &self,
        old: &[usize],
        new: &[usize],
        alike: impl Fn(&Item<'_, '_>, &Item<'_, '_>) -> f64,
    ) -> Vec<(f64, usize, usize)> {
        let all = old.iter().flat_map(|old| new.iter().map(move |new| (*old, *new)));
        let mut pairs: Vec<(f64, usize, usize)> =
            all.filter_map(|(o, n)| Some((alike(self.old.get(o)?, self.new.get(n)?), o, n))).collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        pairs
    }
}

fn is_task(item: &Item<'_, '_>) -> bool {
    item.unit.kind == UnitKind::Task
}

/// How much of two that have one name speaks for their being one: the day that a task is due on, the section, the words.
fn namesakes(a: &Item<'_, '_>, b: &Item<'_, '_>) -> f64 {
    let same_day = a.unit.due.is_some() && a.unit.due == b.unit.due;
    let words = match is_task(a) {
        true => near(&a.unit.meaning, &b.unit.meaning),
        false => near(below(a.unit), below(b.unit)),
    };
    words + if same_day { 2.0 } else { 0.0 } + if a.section == b.section { 1.0 } else { 0.0 }
}

/// The pairs of what both sides have made and what may be one thing: one name, and for a task no other day.
pub(super) fn twins(ours: &[Item<'_, '_>], theirs: &[Item<'_, '_>]) -> Vec<(usize, usize)> {
    let mut waiting: HashMap<(bool, &str), Vec<&Item<'_, '_>>> = HashMap::new();
    for item in ours {
        waiting.entry((is_task(item), &item.unit.name)).or_default().push(item);
    }
    let mut pairs = Vec::new();
    for item in theirs {
        let Some(alike) = waiting.get_mut(&(is_task(item), &*item.unit.name)) else { continue };
        let is_twin = |other: &Item<'_, '_>| match is_task(item) {
            true => other.unit.due.is_none() || item.unit.due.is_none() || other.unit.due == item.unit.due,
            false => item.unit.is_titled() || near(below(other.unit), below(item.unit)) >= ALIKE,
        };
        let all = alike.iter().enumerate().filter(|(_, other)| is_twin(other));
        let rank = |other: &Item<'_, '_>| (other.unit.meaning == item.unit.meaning, other.section == item.section);
        let found = all.max_by_key(|(number, other)| (rank(other), Reverse(*number))).map(|(number, _)| number);
        pairs.extend(found.map(|number| (alike.remove(number).at, item.at)));
    }
    pairs
}

fn likeness(a: &Unit<'_>, b: &Unit<'_>) -> f64 {
    match (a.kind, b.kind) {
        (UnitKind::Task, UnitKind::Task) => near(&a.name, &b.name),
        (UnitKind::Entry { at: first }, UnitKind::Entry { at: second }) => {
            let (rest_a, rest_b) = (below(a), below(b));
            let same_text = !rest_a.is_empty() && rest_a == rest_b;
            let same_day = first.map(|at| at.date) == second.map(|at| at.date);
            match (same_text, same_day) {
                (true, _) => 1.0,
                // Of one day: what was said counts, not how it begins.
                (false, true) => {
                    let other_time =
                        first.zip(second).is_some_and(|(a, b)| a.time.zip(b.time).is_some_and(|(a, b)| a != b));
                    let likeness =
                        near(a.head(), b.head()).max(if rest_a.is_empty() { 0.0 } else { near(rest_a, rest_b) });
                    likeness - if other_time { OTHER_DAY } else { 0.0 }
                }
                (false, false) => near(a.head(), b.head()) - OTHER_DAY,
            }
        }
        _ => 0.0,
    }
}

/// What stands below the first line.
fn below<'u>(unit: &'u Unit<'_>) -> &'u str {
    unit.meaning.split_once('\n').map_or("", |(_, rest)| rest.trim())
}

/// How alike two texts begin.
fn near(a: &str, b: &str) -> f64 {
    let shortened = |text: &str| text.chars().take(COMPARED).collect::<String>();
    strsim::normalized_levenshtein(&shortened(a), &shortened(b))
}
