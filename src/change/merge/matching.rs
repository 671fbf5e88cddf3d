//! Which task or log entry of one version is which of another: one that was edited is the same one still.

use std::collections::{HashMap, HashSet, VecDeque};

use super::units::{Unit, UnitKind};

/// How alike two texts must be for the one to be an edit of the other, from 0 to 1.
const ALIKE: f64 = 0.6;
/// More pairs than this are not compared: then what is not the same is another.
const MOST_PAIRS: usize = 20_000;

/// For each unit of `old`, by its place there, the place of the same one in `new`. Lines are left out.
pub(super) fn matches(old: &[Unit<'_>], new: &[Unit<'_>]) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    let mut taken = HashSet::new();
    pair(old, new, &mut found, &mut taken, |unit| Some(unit.meaning.clone().into_owned()));
    pair(old, new, &mut found, &mut taken, |unit| match unit.kind {
        UnitKind::Entry { .. } => Some(unit.head().to_owned()),
        _ => Some(task_text(unit.head())),
    });
    let open_old: Vec<usize> = items(old).filter(|at| !found.contains_key(at)).collect();
    let open_new: Vec<usize> = items(new).filter(|at| !taken.contains(at)).collect();
    if open_old.len().saturating_mul(open_new.len()) > MOST_PAIRS {
        return found;
    }
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (o, n) in open_old.iter().flat_map(|o| open_new.iter().map(move |n| (*o, *n))) {
        if let (Some(a), Some(b)) = (old.get(o), new.get(n)) {
            pairs.push((likeness(a, b), o, n));
        }
    }
    pairs.retain(|(likeness, ..)| *likeness >= ALIKE);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, o, n) in pairs {
        if !found.contains_key(&o) && taken.insert(n) {
            found.insert(o, n);
        }
    }
    found
}

fn items<'u>(units: &'u [Unit<'_>]) -> impl Iterator<Item = usize> + 'u {
    units.iter().enumerate().filter(|(_, unit)| !unit.is_line()).map(|(at, _)| at)
}

/// Pairs what has the same name and is of the same kind, in order.
fn pair(
    old: &[Unit<'_>],
    new: &[Unit<'_>],
    found: &mut HashMap<usize, usize>,
    taken: &mut HashSet<usize>,
    name: impl Fn(&Unit<'_>) -> Option<String>,
) {
    let is_task = |unit: &Unit<'_>| unit.kind == UnitKind::Task;
    let mut waiting: HashMap<(bool, String), VecDeque<usize>> = HashMap::new();
    for at in items(new).filter(|at| !taken.contains(at)).collect::<Vec<_>>() {
        if let Some((unit, name)) = new.get(at).and_then(|unit| Some((unit, name(unit)?))) {
            waiting.entry((is_task(unit), name)).or_default().push_back(at);
        }
    }
    for at in items(old) {
        let Some(unit) = old.get(at).filter(|_| !found.contains_key(&at)) else { continue };
        let partner = name(unit).and_then(|name| waiting.get_mut(&(is_task(unit), name))?.pop_front());
        if let Some(partner) = partner {
            found.insert(at, partner);
            taken.insert(partner);
        }
    }
}

fn likeness(a: &Unit<'_>, b: &Unit<'_>) -> f64 {
    let near = |a: &str, b: &str| strsim::normalized_levenshtein(&shortened(a), &shortened(b));
    match (a.kind, b.kind) {
        (UnitKind::Task, UnitKind::Task) => near(&task_text(a.head()), &task_text(b.head())),
        (UnitKind::Entry { at: first }, UnitKind::Entry { at: second }) => {
            let (rest_a, rest_b) = (below(a), below(b));
            let same_text = !rest_a.is_empty() && rest_a == rest_b;
            let same_day = first.map(|at| at.date) == second.map(|at| at.date);
            match (same_text, same_day) {
                (true, _) => 1.0,
                // Of one day: what was said counts, not how it begins.
                (false, true) => {
                    near(a.head(), b.head()).max(if rest_a.is_empty() { 0.0 } else { near(rest_a, rest_b) })
                }
                (false, false) => near(a.head(), b.head()) - 0.25,
            }
        }
        _ => 0.0,
    }
}

/// What stands below the first line.
fn below<'u>(unit: &'u Unit<'_>) -> &'u str {
    unit.meaning.split_once('\n').map_or("", |(_, rest)| rest.trim())
}

/// What is to be done, without its mark and tokens.
fn task_text(head: &str) -> String {
    let text = head.split_once(']').map_or(head, |(_, text)| text);
    let is_token = |word: &&str| {
        ["due:", "on:", "est:", "rec:", "as:", "done:", "@"].iter().any(|mark| word.starts_with(mark))
            || matches!(*word, "(A)" | "(B)" | "(C)")
    };
    text.split_whitespace().filter(|word| !is_token(word)).collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    text.chars().take(160).collect()
}
