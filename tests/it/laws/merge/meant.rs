//! What two people's changes of one card are meant to give together.

use std::collections::BTreeMap;

use super::sheet::{Entry, Item, Sheet, Task};

/// What a merge is to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// This, in any order of what is new.
    Both(Box<Sheet>),
    /// Somebody must decide.
    Conflict,
    /// Either may be right, as long as nothing is lost.
    Unsure,
}

/// Why there is no one card that both mean.
enum Trouble {
    /// Both set one thing to different values.
    Conflict,
    /// Both made one thing, and not the same: it may be two.
    Unsure,
}

/// Merges three cards by what they mean.
pub(crate) fn meant(base: &Sheet, ours: &Sheet, theirs: &Sheet) -> Meant {
    match merged(base, ours, theirs) {
        Ok(Some(sheet)) => Meant::Both(Box::new(sheet)),
        Ok(None) | Err(Trouble::Unsure) => Meant::Unsure,
        Err(Trouble::Conflict) => Meant::Conflict,
    }
}

fn merged(base: &Sheet, ours: &Sheet, theirs: &Sheet) -> Result<Option<Sheet>, Trouble> {
    let fields = |sheet: &Sheet| -> BTreeMap<String, String> {
        sheet.fields.iter().map(|(key, value, _)| (key.clone(), value.clone())).collect()
    };
    let mut sheet = ours.clone();
    let merged_fields = maps(&fields(base), &fields(ours), &fields(theirs), |_, a, b, c| three(a, b, c))?;
    sheet.fields = merged_fields.into_iter().map(|(key, value)| (key, value, String::new())).collect();
    let contacts = |sheet: &Sheet| -> BTreeMap<String, BTreeMap<String, String>> {
        sheet.contacts.iter().map(|(id, keys)| (id.clone(), keys.iter().cloned().collect())).collect()
    };
    let merged_contacts = maps(&contacts(base), &contacts(ours), &contacts(theirs), |_, a, b, c| {
        inner(a, b, c, |a, b, c| maps(a, b, c, |_, a, b, c| three(a, b, c)))
    })?;
    sheet.contacts = merged_contacts.into_iter().map(|(id, keys)| (id, keys.into_iter().collect())).collect();
    sheet.tags = set(&base.tags, &ours.tags, &theirs.tags);
    sheet.history = history(&base.history, &ours.history, &theirs.history)?;
    // A task that was put off and then done and written anew may be either of the two.
    let due =
        |sheet: &Sheet, id: usize| sheet.tasks.iter().find(|task| task.id == id).and_then(|task| task.is.due.clone());
    let put_off = |side: &Sheet| {
        let mut done = side.tasks.iter().filter_map(|task| task.id.checked_sub(1000));
        done.any(|id| due(base, id).is_none() || due(base, id) != due(side, id))
    };
    if put_off(ours) || put_off(theirs) {
        return Err(Trouble::Unsure);
    }
    sheet.tasks = items(&base.tasks, &ours.tasks, &theirs.tasks, task)?;
    sheet.log = items(&base.log, &ours.log, &theirs.log, entry)?;
    let has_gate = |sheet: &Sheet| {
        let asks = matches!(sheet.get("stage"), Some("offer" | "negotiation"));
        asks && (sheet.get("value").is_none() || sheet.get("expected_close").is_none())
    };
    if has_gate(&sheet) && !has_gate(ours) && !has_gate(theirs) {
        return Err(Trouble::Conflict);
    }
    let known = [gaps(ours), gaps(theirs)].concat();
    if gaps(&sheet).iter().any(|gap| !known.contains(gap)) {
        return Err(Trouble::Conflict);
    }
    let Some(prose) = prose(&base.prose, &ours.prose, &theirs.prose)? else { return Ok(None) };
    sheet.prose = prose;
    Ok((!ours.is_unsure && !theirs.is_unsure).then_some(sheet))
}

/// One value in three versions.
fn three<T: Clone + PartialEq>(base: Option<&T>, ours: Option<&T>, theirs: Option<&T>) -> Result<Option<T>, Trouble> {
    match () {
        () if ours == theirs || theirs == base => Ok(ours.cloned()),
        () if ours == base => Ok(theirs.cloned()),
        () => Err(Trouble::Conflict),
    }
}

/// As [`three`], but what both have is looked into.
fn inner<T: Clone + PartialEq>(
    base: Option<&T>,
    ours: Option<&T>,
    theirs: Option<&T>,
    look: impl Fn(&T, &T, &T) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    match (base, ours, theirs) {
        (Some(base), Some(ours), Some(theirs)) => look(base, ours, theirs).map(Some),
        _ => three(base, ours, theirs),
    }
}

fn maps<T: Clone>(
    base: &BTreeMap<String, T>,
    ours: &BTreeMap<String, T>,
    theirs: &BTreeMap<String, T>,
    merge: impl Fn(&str, Option<&T>, Option<&T>, Option<&T>) -> Result<Option<T>, Trouble>,
) -> Result<BTreeMap<String, T>, Trouble> {
    let mut merged = BTreeMap::new();
    for key in ours.keys().chain(theirs.keys()) {
        if let Some(value) = merge(key, base.get(key), ours.get(key), theirs.get(key))? {
            merged.insert(key.clone(), value);
        }
    }
    Ok(merged)
}

fn set(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let mut merged: Vec<String> = ours.iter().filter(|x| !base.contains(x) || theirs.contains(x)).cloned().collect();
    let new = theirs.iter().filter(|x| !base.contains(x) && !ours.contains(x));
    merged.extend(new.cloned());
    merged
}

/// What both told of on one day is one, where neither told more of the same field; all else is in the order of time.
fn history(base: &[String], ours: &[String], theirs: &[String]) -> Result<Vec<String>, Trouble> {
    let told = |line: &str| {
        let (moment, change) = line.split_once(' ').unwrap_or((line, ""));
        let change = change.rsplit_once(" @").map_or(change, |(change, _)| change);
        (moment.get(..10).unwrap_or_default().to_owned(), change.to_owned())
    };
    let news = |side: &[String]| side.iter().skip(base.len()).cloned().collect::<Vec<_>>();
    let (mut mine, mut yours) = (news(ours), news(theirs));
    let once = |lines: &[String], line: &str| lines.iter().filter(|other| names(other).0 == names(line).0).count() == 1;
    let shared = |some: &[String], all: &[String]| {
        some.iter().filter(|line| all.contains(line)).cloned().collect::<Vec<String>>()
    };
    let both = shared(&mine, &yours);
    let leads = |lines: &[String]| lines.starts_with(&both);
    if both != shared(&yours, &mine) || !leads(&mine) || !leads(&yours) {
        return Err(Trouble::Unsure);
    }
    let pairs: Vec<(String, String)> = mine.iter().flat_map(|a| yours.iter().map(|b| (a.clone(), b.clone()))).collect();
    for (a, b) in pairs {
        if a != b && told(&a) == told(&b) && once(&news(ours), &a) && once(&news(theirs), &b) {
            // The same one stays, whoever merges.
            if a < b { yours.retain(|line| *line != b) } else { mine.retain(|line| *line != a) }
        }
    }
    let timed = |side: &[String], lines: &[String]| -> Vec<(String, String)> {
        let mut last = String::new();
        let mut timed = Vec::new();
        for line in side {
            let moment = line.split(' ').next().unwrap_or_default();
            if moment.len() > 10 || !last.starts_with(moment) {
                last = moment.to_owned();
            }
            timed.push((last.clone(), line.clone()));
        }
        timed.into_iter().skip(base.len()).filter(|(_, line)| lines.contains(line)).collect()
    };
    let (mine, yours) = (timed(ours, &mine), timed(theirs, &yours));
    // What both have comes first, as both have it.
    let rest = |lines: Vec<(String, String)>| lines.into_iter().skip(both.len()).peekable();
    let (mut mine, mut yours) = (rest(mine), rest(yours));
    let mut all = [base, &both].concat();
    loop {
        let of_theirs = mine.peek().is_none_or(|a| yours.peek().is_some_and(|b| b < a));
        let Some((_, line)) = (if of_theirs { yours.next() } else { mine.next() }) else { break };
        all.push(line);
    }
    Ok(all)
}

/// The field that a line of history names, and its value.
fn names(line: &str) -> (&str, &str) {
    let change = line.split(' ').nth(1).unwrap_or_default();
    change.split_once('=').unwrap_or(("stage", change))
}

/// The tracked fields in which the history ends with what the card does not say; what it ends with, and what the card says.
fn gaps(sheet: &Sheet) -> Vec<(&'static str, String, Option<String>)> {
    let gap = |field: &'static str| {
        let (_, said) = sheet.history.iter().rev().map(|line| names(line)).find(|(name, _)| *name == field)?;
        let now = sheet.get(field);
        (now != Some(said)).then(|| (field, said.to_owned(), now.map(str::to_owned)))
    };
    ["stage", "owner", "value"].into_iter().filter_map(gap).collect()
}

fn items<T: Clone + PartialEq>(
    base: &[Item<T>],
    ours: &[Item<T>],
    theirs: &[Item<T>],
    look: impl Fn(&T, &T, &T) -> Result<T, Trouble>,
) -> Result<Vec<Item<T>>, Trouble> {
    // One that went and one that came may have been meant as an edit.
    let swaps = |side: &[Item<T>]| {
        let has = |items: &[Item<T>], id: usize| items.iter().any(|item| item.id == id);
        base.iter().any(|item| !has(side, item.id)) && side.iter().any(|item| !has(base, item.id))
    };
    if swaps(ours) || swaps(theirs) {
        return Err(Trouble::Unsure);
    }
    let get = |items: &[Item<T>], id: usize| items.iter().find(|item| item.id == id).map(|item| item.is.clone());
    let mut ids: Vec<usize> = ours.iter().chain(theirs).map(|item| item.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut merged = Vec::new();
    for id in ids {
        let (old, mine, yours) = (get(base, id), get(ours, id), get(theirs, id));
        if old.is_none() && mine.is_some() && yours.is_some() && mine != yours {
            return Err(Trouble::Unsure);
        }
        merged.extend(inner(old.as_ref(), mine.as_ref(), yours.as_ref(), &look)?.map(|is| Item { id, is }));
    }
    Ok(merged)
}

fn task(base: &Task, ours: &Task, theirs: &Task) -> Result<Task, Trouble> {
    let part = |get: fn(&Task) -> Option<&String>| three(get(base), get(ours), get(theirs));
    Ok(Task {
        text: ours.text.clone(),
        due: part(|task| task.due.as_ref())?,
        done: part(|task| task.done.as_ref())?,
        result: part(|task| task.result.as_ref())?,
        later: three(Some(&base.later), Some(&ours.later), Some(&theirs.later))?.unwrap_or_default(),
    })
}

fn entry(base: &Entry, ours: &Entry, theirs: &Entry) -> Result<Entry, Trouble> {
    let part = |get: fn(&Entry) -> Option<&String>| three(get(base), get(ours), get(theirs));
    let lines = match () {
        // Both wrote the same below, and one of them more.
        () if within(&base.lines, &ours.lines) && within(&ours.lines, &theirs.lines) => theirs.lines.clone(),
        () if within(&base.lines, &theirs.lines) && within(&theirs.lines, &ours.lines) => ours.lines.clone(),
        () => three(Some(&base.lines), Some(&ours.lines), Some(&theirs.lines))?.unwrap_or_default(),
    };
    Ok(Entry {
        date: ours.date.clone(),
        kind: part(|entry| Some(&entry.kind))?.unwrap_or_default(),
        duration: part(|entry| entry.duration.as_ref())?,
        title: {
            let words = |entry: &Entry| -> Vec<String> { entry.title.split(' ').map(str::to_owned).collect() };
            let (old, mine, yours) = (words(base), words(ours), words(theirs));
            match () {
                // The same words, and those of one side are more.
                () if within(&old, &mine) && within(&mine, &yours) => theirs.title.clone(),
                () if within(&old, &yours) && within(&yours, &mine) => ours.title.clone(),
                () => part(|entry| Some(&entry.title))?.unwrap_or_default(),
            }
        },
        lines,
    })
}

/// `None` where paragraphs that come and go stand beside others: there either is right.
fn prose(base: &[String], ours: &[String], theirs: &[String]) -> Result<Option<Vec<String>>, Trouble> {
    let whole = three(Some(&base), Some(&ours), Some(&theirs));
    if let Ok(Some(prose)) = whole {
        return Ok(Some(prose.to_vec()));
    }
    if ours.len() != base.len() || theirs.len() != base.len() {
        return Ok(None);
    }
    let lines = base.iter().zip(ours.iter().zip(theirs));
    lines.map(|(base, (ours, theirs))| three(Some(base), Some(ours), Some(theirs))).collect()
}

/// True if all lines of one text stand in the other, in their order.
fn within(some: &[String], all: &[String]) -> bool {
    let mut all = all.iter();
    some.iter().all(|line| all.any(|other| other == line))
}
