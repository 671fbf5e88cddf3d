//! What a change did to a card, in the words of a salesperson.

use super::for_people;
use crate::model::{Counts, Field, LogEntry, Record, Task, TaskState, Value};

/// What differs between a card and what it was, each in a few words: `contacted → qualified`, `logged 2026-11-22 call: …`,
/// `value 100 → 120 PLN`; the most telling first. Empty if nothing that counts is another.
pub fn changes(before: Option<&Record>, after: &Record) -> Vec<String> {
    let mut said = Vec::new();
    if let Some((from, to)) = before.and_then(Record::stage).zip(after.stage()).filter(|(from, to)| from != to) {
        said.push(format!("{from} → {to}"));
    }
    let old_log = before.map_or(&[][..], |record| &record.content.log);
    said.extend(entries(old_log, &after.content.log));
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

/// Entries that are there and were not, and those whose heading says something else now.
fn entries(before: &[LogEntry], after: &[LogEntry]) -> Vec<String> {
    let mut gone = added(after, before, same_entry);
    let mut say = |now: &&LogEntry| {
        let is_rewritten = |old: &&LogEntry| old.at == now.at && (old.kind == now.kind || old.title == now.title);
        let heads = gone.iter().position(|old| says(old) == says(now));
        match heads.or_else(|| gone.iter().position(is_rewritten)).map(|at| gone.remove(at)) {
            None => Some(format!("logged {}", entry(now))),
            // Something in the text below it: a task that was done, a word.
            Some(old) if says(old) == says(now) => None,
            Some(_) => Some(format!("rewritten: {}", entry(now))),
        }
    };
    added(before, after, same_entry).iter().filter_map(&mut say).collect()
}

/// All that the heading of an entry says.
fn says(entry: &LogEntry) -> impl PartialEq + use<'_> {
    let with: Vec<String> = entry.with.iter().map(|with| with.value.to_string()).collect();
    let LogEntry { at, kind, outcome, direction, minutes, people, title, .. } = entry;
    (at, kind, outcome, direction, minutes, people, title, with)
}

fn same_entry(a: &LogEntry, b: &LogEntry) -> bool {
    a.excerpt == b.excerpt && says(a) == says(b)
}

fn same_task(a: &Task, b: &Task) -> bool {
    (a.state, &a.text, a.due, a.on, a.done) == (b.state, &b.text, b.due, b.on, b.done)
}

fn entry(entry: &LogEntry) -> String {
    let gist = entry.gist();
    let words = [Some(entry.kind.as_str()), entry.direction.map(|way| way.as_str()), entry.outcome.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let rest = match gist {
        // Nobody has said that somebody was reached.
        "" if entry.outcome.is_none() && entry.counts == Counts::Contact => " (counts as a contact)".to_owned(),
        "" => String::new(),
        gist => format!(": {gist}"),
    };
    format!("{} {}{rest}", entry.at.spaced(), words.join(" "))
}

fn task(task: &Task) -> String {
    let date = task.date().map_or_else(String::new, |date| format!(", {}", date.spaced()));
    let result = if task.result.is_empty() { String::new() } else { format!(" ({})", task.result) };
    match task.state {
        TaskState::Open => format!("task: {}{date}", task.text),
        TaskState::Done => format!("done: {}{result}", task.text),
        TaskState::Cancelled => format!("cancelled: {}{result}", task.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::Schemas;
    use crate::model::{Card, Config, read_card};
    use crate::text::{Document, SourcePath};

    /// What is said of a card whose text below the front matter becomes another one.
    fn said(before: &str, after: &str) -> Vec<String> {
        let config = Config::builtin(Schemas::builtin());
        let read = |body: &str| {
            let text = format!("---\ntype: lead\nname: N\n---\n{body}");
            match read_card(&SourcePath::new("leads/lead-n.md").unwrap(), &Document::parse(text), &config).0 {
                Card::Record(record) => record,
                other => panic!("{other:?}"),
            }
        };
        changes(Some(&read(before)), &read(after))
    }

    #[test]
    fn the_entry_that_is_told_is_the_one_that_was_written() {
        let first = "### 2026-11-22 09:00 call no-answer @anna\n";
        for (second, told) in [
            ("call @anna", "logged 2026-11-22 09:00 call (counts as a contact)"),
            ("call no-answer @anna", "logged 2026-11-22 09:00 call no-answer"),
            ("call no-answer 5m @anna", "logged 2026-11-22 09:00 call no-answer"),
            ("call in no-answer @anna", "logged 2026-11-22 09:00 call in no-answer"),
            ("call @anna with:jan: Hello", "logged 2026-11-22 09:00 call: Hello"),
        ] {
            let second = format!("### 2026-11-22 09:00 {second}\n");
            assert_eq!(said(first, &format!("{first}\n{second}")), [told]);
            assert_eq!(said(first, &format!("{second}\n{first}")), [told]);
        }
    }

    #[test]
    fn an_entry_that_was_there_is_not_logged_again() {
        let entry = |title: &str, text: &str| format!("### 2026-11-22 call{title}\n\n{text}\n");
        assert!(said(&entry("", "a"), &entry("", "b")).is_empty());
        assert_eq!(said(&entry(": a", "x"), &entry(": b", "y")), ["rewritten: 2026-11-22 call: b"]);
        assert_eq!(said(&entry(": a", "x"), &entry(" refused: a", "x")), ["rewritten: 2026-11-22 call refused: a"]);
        let ticked = said(&entry("", "- [ ] a"), &entry("", "- [x] a done:2026-11-22\n  - Sent"));
        assert_eq!(ticked, ["done: a (Sent)"]);
    }
}
