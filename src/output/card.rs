//! One card with all that belongs to it, as text for people and as data.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::blocks::{Block, Item, blocks};
use super::data::{json_items, jsonl_items, value_to_json};
use super::{Options, Style, clean, for_people, paint};
use crate::model::Value;
use crate::report::card::{CardView, ContactView, EventView, LinkView, TaskView};

/// Writes a card for people: who and what, where it stands, whom to speak to, what is to be done, what happened.
///
/// # Errors
/// Those of `out`.
pub fn card(card: &CardView, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let stage = card.stage.as_ref().map_or_else(String::new, |stage| format!(", {stage}"));
    writeln!(out, "{}", paint(&clean(&card.name), Style::Strong, options.color))?;
    let about = format!("{}{stage}   {}", card.record_type, card.path);
    writeln!(out, "{}\n", paint(&clean(&about), Style::Muted, options.color))?;
    let mut parts: Vec<Block> = Vec::new();
    for group in &card.groups {
        let mut block = Block::titled(group.title);
        for field in &group.fields {
            block.label(&field.title, in_lines(&field.value));
        }
        parts.push(block);
    }
    let sections = [
        section("Contacts", &card.contacts, contact_item),
        section("To do", &card.tasks, |task| task_item(card, task)),
        section("Linked", &card.links, link_item),
        section("What happened", &card.timeline, |event| event_item(card, event)),
    ];
    parts.extend(sections.into_iter().flatten());
    blocks(&parts, options, out)
}

/// Writes a card as JSON: in the usual envelope, or bare.
///
/// # Errors
/// Those of `out`.
pub fn card_json(card: &CardView, bare: bool, out: &mut dyn Write) -> io::Result<()> {
    let items = std::iter::once(to_json(card));
    if bare { jsonl_items(items, out) } else { json_items("show", items, true, out) }
}

/// A value for people; of a list whose items have commas of their own each item in a line.
fn in_lines(value: &Value) -> String {
    let Value::List(items) = value else { return for_people(value) };
    let items: Vec<String> = items.iter().map(|item| in_words(&item.value)).collect();
    let separator = if items.iter().any(|item| item.contains(',')) { "\n" } else { ", " };
    items.join(separator)
}

/// One of a list: `p1: date 2026-07-24, amount 450 000 PLN`.
fn in_words(value: &Value) -> String {
    let Value::Map(entries) = value else { return for_people(value) };
    let id = entries.iter().find(|(key, _)| key == "id").map(|(_, item)| format!("{}: ", for_people(&item.value)));
    let rest = entries.iter().filter(|(key, _)| key != "id");
    let rest = rest.map(|(key, item)| match key.as_str() {
        "name" => for_people(&item.value),
        key => format!("{} {}", clean(key), for_people(&item.value)),
    });
    format!("{}{}", id.unwrap_or_default(), rest.collect::<Vec<_>>().join(", "))
}

fn section<T>(title: &str, things: &[T], item: impl Fn(&T) -> Item) -> Option<Block> {
    let block = Block { items: things.iter().map(item).collect(), ..Block::titled(title) };
    (!things.is_empty()).then_some(block)
}

fn labelled(label: impl Into<String>, text: String, style: Style, more: String) -> Item {
    Item::Labelled { label: label.into(), text, style, more }
}

fn contact_item(contact: &ContactView) -> Item {
    let mut said: Vec<String> = vec![contact.name.clone()];
    said.extend(contact.role.clone());
    said.extend(contact.decides.then(|| "decides".to_owned()));
    let mut more: Vec<String> = Vec::new();
    let closed = &contact.closed;
    // A number that must not be rung is better not seen.
    more.extend(contact.phone.clone().filter(|_| !closed.closes("call")));
    more.extend(contact.email.clone().filter(|_| !closed.closes("email")));
    more.extend(closed.describe());
    more.extend(contact.last_contact.map(|when| format!("last contact {}", when.date)));
    labelled(&contact.id, said.join(", "), Style::Plain, more.join(", "))
}

fn task_item(card: &CardView, task: &TaskView) -> Item {
    let label = task.date.map_or_else(|| "any time".to_owned(), |when| for_people(&Value::When(when)));
    let mut said = task.number.map_or_else(String::new, |number| format!("{number}. "));
    said.extend(task.priority.map(|priority| format!("({priority}) ")));
    said.push_str(&task.text);
    let mut more: Vec<String> = task.person.iter().map(|person| format!("@{person}")).collect();
    more.extend((task.record != card.id).then(|| task.record.clone()));
    labelled(label, said, if task.overdue { Style::Alarm } else { Style::Plain }, more.join(", "))
}

fn link_item(link: &LinkView) -> Item {
    let way = match (link.outgoing, link.incoming) {
        (true, false) => "names",
        (false, true) => "named by",
        _ => "both ways",
    };
    let place = if link.fields.is_empty() { "in the text".to_owned() } else { link.fields.join(", ") };
    let stage = link.stage.as_ref().map_or_else(String::new, |stage| format!(", {stage}"));
    let style = if link.open { Style::Plain } else { Style::Muted };
    let said = format!("{} ({}{stage})", link.name, link.record_type);
    labelled(&link.id, said, style, format!("{way}: {place}"))
}

fn event_item(card: &CardView, event: &EventView) -> Item {
    let mut head: Vec<String> = vec![event.kind.clone()];
    head.extend(event.direction.map(|direction| direction.as_str().to_owned()));
    head.extend(event.outcome.clone());
    head.extend(event.people.iter().map(|person| format!("@{person}")));
    head.extend((!event.with.is_empty()).then(|| format!("with {}", event.with.join(", "))));
    head.extend(event.minutes.map(|minutes| crate::text::Minutes(minutes).to_string()));
    head.extend((event.record != card.id).then(|| format!("[{}]", event.record)));
    let head = head.join(" ");
    let said = if event.title.is_empty() { head } else { format!("{head}: {}", event.title) };
    let style = if event.kind == "move" { Style::Good } else { Style::Plain };
    labelled(for_people(&Value::When(event.at)), said, style, event.text.clone())
}

fn to_json(card: &CardView) -> Json {
    let mut fields: Map<String, Json> =
        card.groups.iter().flat_map(|group| &group.fields).map(|f| (f.name.clone(), value_to_json(&f.value))).collect();
    fields.extend(
        card.hidden.iter().map(|(name, value)| (name.clone(), value.as_ref().map_or(Json::Null, value_to_json))),
    );
    let contacts = card.contacts.iter().map(|contact| {
        json!({
            "party": contact.party, "id": contact.id, "name": contact.name, "role": contact.role,
            "phone": contact.phone, "email": contact.email, "decides": contact.decides,
            "do_not_contact": contact.closed.describe(), "last_contact": contact.last_contact.map(|w| w.to_string()),
        })
    });
    let tasks = card.tasks.iter().map(|task| {
        json!({
            "text": task.text, "promise": task.promise, "number": task.number, "date": task.date.map(|w| w.to_string()), "person": task.person,
            "priority": task.priority, "record": task.record, "overdue": task.overdue,
        })
    });
    let links = card.links.iter().map(|link| {
        json!({
            "id": link.id, "type": link.record_type, "name": link.name, "stage_label": link.stage, "open": link.open,
            "outgoing": link.outgoing, "incoming": link.incoming, "fields": link.fields,
        })
    });
    let timeline = card.timeline.iter().map(|event| {
        json!({
            "at": event.at.to_string(), "record": event.record, "kind": event.kind,
            "direction": event.direction.map(crate::model::Direction::as_str), "outcome": event.outcome,
            "counts": event.counts.as_str(), "people": event.people, "with": event.with, "minutes": event.minutes,
            "title": event.title, "text": event.text,
        })
    });
    json!({
        "id": card.id, "type": card.record_type, "name": card.name, "path": card.path, "stage_label": card.stage,
        "fields": fields, "contacts": contacts.collect::<Json>(), "tasks": tasks.collect::<Json>(),
        "links": links.collect::<Json>(), "timeline": timeline.collect::<Json>(),
    })
}
