//! What a change did to a card, in the words of a salesperson.

use super::for_people;
use crate::model::{Field, LogEntry, Record, Task, TaskState, Value};

/// What differs between a card and what it was, each in a few words: `contacted → qualified`, `logged 2026-11-22 call: …`,
/// `value 100 → 120 PLN`; the most telling first. Empty if nothing that counts is another.
pub fn changes(before: Option<&Record>, after: &Record) -> Vec<String> {
    let mut said = Vec::new();
    if let Some((from, to)) = before.and_then(Record::stage).zip(after.stage()).filter(|(from, to)| from != to) {
        said.push(format!("{from} → {to}"));
    }
    let old_log = before.map_or(&[][..], |record| &record.content.log);
    said.extend(added(old_log, &after.content.log, same_entry).into_iter().map(entry));
    let old_tasks = before.map_or(&[][..], |record| &record.content.tasks);
    let mut tasks = added(old_tasks, &after.content.tasks, same_task);
    // The next of a repeating task is told after the one that was done.
    tasks.sort_by_key(|task| task.state == TaskState::Open);
    said.extend(tasks.into_iter().map(task));
    said.extend(after.fields.iter().filter_map(|new| field(before.and_then(|record| record.value(&new.name)), new)));
    for gone in before.into_iter().flat_map(|record| &record.fields).filter(|f| after.field(&f.name).is_none()) {
        said.push(format!("no {} any more (it was {})", gone.name, for_people(&gone.value)));
    }
    said
}

/// From this many characters on a text is not told twice, as it was and as it is.
const LONG: usize = 30;

/// What became of a field; `None` if it is the same, or a stage that has been told.
fn field(old: Option<&Value>, new: &Field) -> Option<String> {
    let (name, now) = (&new.name, for_people(&new.value));
    let Some(old) = old else { return Some(format!("{name} {}", list_or_value(&new.value))) };
    // Not compared as they are: places inside of a list may have moved.
    if old.display() == new.value.display() || name == "stage" {
        return None;
    }
    if let Some(items) = added_and_gone(old, &new.value) {
        return Some(format!("{name} {items}"));
    }
    let was = for_people(old);
    let is_long = matches!(new.value, Value::Text(_)) && was.chars().count().max(now.chars().count()) > LONG;
    Some(if is_long { format!("{name} {now}") } else { format!("{name} {was} → {now}") })
}

/// What a new card says, in the same words; its name and its day go without saying.
pub fn created(record: &Record) -> Vec<String> {
    let fields = record.fields.iter().filter(|field| !matches!(field.name.as_str(), "name" | "created"));
    changes(None, &Record { fields: fields.cloned().collect(), ..record.clone() })
}

/// `+erp -cold`, where both are lists; `~` stands before a map that changed within, such as a contact.
fn added_and_gone(before: &Value, after: &Value) -> Option<String> {
    let (Value::List(_), Value::List(_)) = (before, after) else { return None };
    let item = |value: &'_ Value| (name(value), value.display().into_owned());
    let old: Vec<(String, String)> = before.elements().map(item).collect();
    let new: Vec<(String, String)> = after.elements().map(item).collect();
    let named = |items: &[(String, String)], name: &str| items.iter().any(|(other, _)| other == name);
    let mut changed: Vec<String> = Vec::new();
    for (name, text) in &new {
        match old.iter().find(|(other, _)| other == name) {
            None => changed.push(format!("+{name}")),
            Some((_, was)) if was != text => changed.push(format!("~{name}")),
            Some(_) => {}
        }
    }
    changed.extend(old.iter().filter(|(name, _)| !named(&new, name)).map(|(name, _)| format!("-{name}")));
    (!changed.is_empty()).then(|| changed.join(" "))
}

/// A value as people read it; of a list of maps only what its items are called.
fn list_or_value(value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(|item| name(&item.value)).collect::<Vec<_>>().join(", "),
        _ => for_people(value),
    }
}

/// What a list's item is called: a map by its name.
fn name(item: &Value) -> String {
    item.get("name").or_else(|| item.get("id")).unwrap_or(item).display().into_owned()
}

/// What is there and was not; two of the same are two.
fn added<'r, T>(before: &'r [T], after: &'r [T], same: fn(&T, &T) -> bool) -> Vec<&'r T> {
    let mut before: Vec<&T> = before.iter().collect();
    let mut is_new = |thing: &&T| {
        let known = before.iter().position(|old| same(old, thing));
        known.map(|at| before.remove(at)).is_none()
    };
    after.iter().filter(|thing| is_new(thing)).collect()
}

fn same_entry(a: &LogEntry, b: &LogEntry) -> bool {
    (a.at, &a.kind, &a.title, &a.excerpt, &a.people) == (b.at, &b.kind, &b.title, &b.excerpt, &b.people)
}

fn same_task(a: &Task, b: &Task) -> bool {
    (a.state, &a.text, a.due, a.on, a.done) == (b.state, &b.text, b.due, b.on, b.done)
}

fn entry(entry: &LogEntry) -> String {
    let gist = entry.gist();
    let words = [Some(entry.kind.as_str()), entry.direction.map(|way| way.as_str()), entry.outcome.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let colon = if gist.is_empty() { "" } else { ": " };
    format!("logged {} {}{colon}{gist}", entry.at.spaced(), words.join(" "))
}

fn task(task: &Task) -> String {
    let date = task.date().map_or_else(String::new, |date| format!(", {}", date.spaced()));
    match task.state {
        TaskState::Open => format!("task: {}{date}", task.text),
        TaskState::Done => format!("done: {}", task.text),
        TaskState::Cancelled => format!("cancelled: {}", task.text),
    }
}
