//! Lines of history: each as often as one side has it, in the order of each side and of time.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::iter::Peekable;
use std::vec::IntoIter;

use similar::{Algorithm, capture_diff_slices};

use crate::model::{HistoryLine, parse_amount};
use crate::text::Span;
use crate::text::yaml::Value;

/// Ours without what they took away, with what they added. `None` if a line is no line of history.
///
/// What both still have of the base parts their new lines into runs, and within a run time decides; so the order of neither
/// side is changed. The same change told by both is one, if neither side says anything else of its fields.
pub(super) fn merge(base: &[Value], ours: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
    let [base, mut ours, mut theirs] = [lines(base)?, lines(ours)?, lines(theirs)?];
    let (mut mine, mut yours) = (Runs::of(&base, &mut ours), Runs::of(&base, &mut theirs));
    drop_twins(&mut mine, &mut yours);
    let mut merged = Vec::new();
    let (mut run, mut other): (Vec<Line>, Vec<Line>) = (Vec::new(), Vec::new());
    for at in 0..=base.len() {
        run.append(mine.news.get_mut(at)?);
        other.append(yours.news.get_mut(at)?);
        let kept = mine.keeps.remove(&at).zip(yours.keeps.remove(&at));
        if kept.is_none() && at < base.len() {
            continue;
        }
        merged.extend(woven(std::mem::take(&mut run), std::mem::take(&mut other)));
        let as_it_was = |line: &Line| base.get(at).is_some_and(|old| old.text() == line.text());
        merged.extend(kept.map(|(mine, yours)| if as_it_was(&mine) { yours } else { mine }));
    }
    Some(merged.into_iter().map(|line| line.value).collect())
}

#[derive(Clone, Debug)]
struct Line {
    value: Value,
    read: HistoryLine,
    /// What it says without the way it is written.
    said: Said,
    /// When it was, as far as can be told: a line without a time is not older than the one above it.
    at: (String, String),
}

/// Stage, person and changed fields; `1000` is `1000.00`, and the fields stand in any order.
type Said = (Option<String>, Vec<(String, String)>);

impl Line {
    fn text(&self) -> &str {
        if let Value::Text(text) = &self.value { text } else { "" }
    }

    fn is(&self, other: &Self) -> bool {
        self.read.at == other.read.at && self.said == other.said && self.read.person == other.read.person
    }

    /// The fields that it names.
    fn fields(&self) -> impl Iterator<Item = &str> {
        self.read.stage.iter().map(|_| "stage").chain(self.read.changes.iter().map(|(field, _)| field.as_str()))
    }

    /// Whoever merges, the order is one.
    fn order(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at).then_with(|| self.text().cmp(other.text()))
    }
}

fn lines(values: &[Value]) -> Option<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for value in values {
        let Value::Text(text) = value else { return None };
        let read = HistoryLine::parse(text, Span::default()).ok()?;
        let amount = |value: &str| match parse_amount(value) {
            Ok(amount) => amount.normalize().to_string(),
            Err(_) => value.to_owned(),
        };
        let mut changes: Vec<(String, String)> =
            read.changes.iter().map(|(field, value)| (field.clone(), amount(value))).collect();
        changes.sort();
        let day = read.at.date.to_string();
        let time = match read.at.time {
            Some(_) => read.at.to_string(),
            None => lines.last().filter(|line| line.at.0 == day).map_or_else(String::new, |line| line.at.1.clone()),
        };
        lines.push(Line { value: value.clone(), said: (read.stage.clone(), changes), at: (day, time), read });
    }
    Some(lines)
}

/// What one side made of the base.
struct Runs {
    /// The lines of the base that it still has, as it writes them.
    keeps: HashMap<usize, Line>,
    /// What it has anew before each line of the base, and at the end.
    news: Vec<Vec<Line>>,
}

impl Runs {
    fn of(base: &[Line], side: &mut Vec<Line>) -> Self {
        let mut runs = Self { keeps: HashMap::new(), news: vec![Vec::new(); base.len() + 1] };
        let pairs = aligned(base, side);
        let (mut at, mut pairs) = (0, pairs.into_iter().peekable());
        for (number, line) in std::mem::take(side).into_iter().enumerate() {
            match pairs.next_if(|(_, of_side)| *of_side == number) {
                Some((old, _)) => {
                    runs.keeps.insert(old, line);
                    at = old + 1;
                }
                None => runs.news.get_mut(at).into_iter().for_each(|run| run.push(line.clone())),
            }
        }
        runs
    }

    fn all(&self) -> impl Iterator<Item = &Line> {
        self.news.iter().flatten()
    }
}

/// Takes away what the other side tells as well: the later of two lines of one day that tell the same change.
fn drop_twins(mine: &mut Runs, yours: &mut Runs) {
    let told_once = |runs: &Runs, line: &Line| {
        line.fields().all(|field| runs.all().filter(|other| other.fields().any(|name| name == field)).count() == 1)
    };
    let mut later: [Vec<Line>; 2] = [Vec::new(), Vec::new()];
    for a in mine.all() {
        let is_twin = |b: &&Line| a.read.at.date == b.read.at.date && a.said == b.said && !a.is(b);
        let twin = yours.all().find(is_twin).filter(|b| told_once(mine, a) && told_once(yours, b));
        if let Some(b) = twin {
            let [of_mine, of_yours] = &mut later;
            if a.text() < b.text() { of_yours.push(b.clone()) } else { of_mine.push(a.clone()) }
        }
    }
    for (runs, later) in [mine, yours].into_iter().zip(later) {
        for run in &mut runs.news {
            run.retain(|line| !later.iter().any(|other| other.is(line)));
        }
    }
}

/// Two runs of new lines as one: what both have stands once, all else in the order of time.
fn woven(ours: Vec<Line>, theirs: Vec<Line>) -> Vec<Line> {
    // The same whoever merges.
    let texts = |lines: &[Line]| -> Vec<String> { lines.iter().map(|line| line.text().to_owned()).collect() };
    let (first, second) = if texts(&ours) <= texts(&theirs) { (ours, theirs) } else { (theirs, ours) };
    let pairs = aligned(&first, &second);
    let (of_first, of_second): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
    // What both have, but in another order, stands where the first has it.
    let mut apart: Vec<&Line> =
        first.iter().enumerate().filter(|(at, _)| !of_first.contains(at)).map(|(_, line)| line).collect();
    let mut stays = vec![true; second.len()];
    let unpaired = second.iter().zip(&mut stays).enumerate().filter(|(at, _)| !of_second.contains(at));
    for (_, (line, stays)) in unpaired {
        if let Some(found) = apart.iter().position(|other| other.is(line)) {
            apart.swap_remove(found);
            *stays = false;
        }
    }
    let mut merged = Vec::new();
    let (mut first_at, mut second_at) = (0, 0);
    let run = |lines: &[Line], from: usize, to: usize| lines.get(from..to).unwrap_or_default().to_vec();
    for (of_first, of_second) in pairs.iter().copied().chain([(first.len(), second.len())]) {
        let theirs = run(&second, second_at, of_second).into_iter();
        let theirs = theirs.enumerate().filter(|(at, _)| stays.get(second_at + at) == Some(&true));
        let theirs = theirs.map(|(_, line)| line).collect();
        merged.extend(by_time(run(&first, first_at, of_first), theirs));
        merged.extend(first.get(of_first).cloned());
        (first_at, second_at) = (of_first + 1, of_second + 1);
    }
    merged
}

fn by_time(ours: Vec<Line>, theirs: Vec<Line>) -> Vec<Line> {
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    let mut merged = Vec::new();
    let next =
        |ours: &mut Peekable<IntoIter<Line>>, theirs: &mut Peekable<IntoIter<Line>>| match (ours.peek(), theirs.peek())
        {
            (Some(mine), Some(yours)) if mine.order(yours).is_gt() => theirs.next(),
            (Some(_), _) => ours.next(),
            (None, _) => theirs.next(),
        };
    while let Some(line) = next(&mut ours, &mut theirs) {
        merged.push(line);
    }
    merged
}

/// The lines that two versions have in common, in order, by their numbers.
fn aligned(old: &[Line], new: &[Line]) -> Vec<(usize, usize)> {
    let key = |line: &Line| (line.read.at.to_string(), line.said.clone(), line.read.person.clone());
    let (old, new): (Vec<_>, Vec<_>) = (old.iter().map(key).collect(), new.iter().map(key).collect());
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let equal = operations.iter().filter(|operation| matches!(operation, similar::DiffOp::Equal { .. }));
    equal.flat_map(|operation| operation.old_range().zip(operation.new_range())).collect()
}
