//! `show`: one card with all that belongs to it.

use std::collections::BTreeMap;

use super::heading;
use super::reach::{self, Closed};
use crate::catalog::{Activity, RecordIndex, field_references};
use crate::model::{Counts, Direction, OpenTask, Record, Reference, Value};
use crate::query::derived::{self, contacts, family, next_step, stages};
use crate::query::{Context, OWN_RULES};
use crate::text::When;

/// A card, ready to be shown as text or handed on as data.
#[derive(Clone, Debug, PartialEq)]
pub struct CardView {
    /// The record's id.
    pub id: String,
    /// Where its file lies.
    pub path: String,
    /// The name of its type.
    pub record_type: String,
    /// The card's name.
    pub name: String,
    /// The label of its stage, or the stage as the card has it.
    pub stage: Option<String>,
    /// Its fields; groups without any are left out.
    pub groups: Vec<FieldGroup>,
    /// What is for data alone: fields without a value, and computed ones that say nothing to people, such as 0.
    pub hidden: Vec<(String, Option<Value>)>,
    /// The people: all of a client or lead, else those that the card refers to.
    pub contacts: Vec<ContactView>,
    /// Promises that are not met and open tasks, by day, the ones without a day last; a client's with those of its open
    /// records.
    pub tasks: Vec<TaskView>,
    /// Records that it names or that name it.
    pub links: Vec<LinkView>,
    /// What happened, newest first; a client's with that of its records.
    pub timeline: Vec<EventView>,
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldGroup {
    /// The heading for people.
    pub title: &'static str,
    /// The fields.
    pub fields: Vec<FieldView>,
}

/// One field with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldView {
    /// The key.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it holds.
    pub value: Value,
    /// True if it is computed, not stored.
    pub derived: bool,
}

/// One contact at a client or lead.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactView {
    /// The client or lead where they are.
    pub party: String,
    /// Their id there.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// True for the one who has the last word.
    pub decides: bool,
    /// What `do_not_contact` closes, for them or for the whole client.
    pub closed: Closed,
    /// The latest contact with them by name.
    pub last_contact: Option<When>,
}

/// One thing that is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// What is to be done.
    pub text: String,
    /// True for the card's own promise, its `next_contact`; false for a task.
    pub promise: bool,
    /// The number of an open task, from 1 in the order of its card, as `done` takes it.
    pub number: Option<usize>,
    /// Until when, or on which day.
    pub date: Option<When>,
    /// Whose it is.
    pub person: Option<String>,
    /// `A`, `B` or `C`.
    pub priority: Option<char>,
    /// The record in which it is written.
    pub record: String,
    /// True if its day has passed.
    pub overdue: bool,
}

/// A record that this one names, or that names it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkView {
    /// True if this record names the other; both may.
    pub outgoing: bool,
    /// True if the other names this one.
    pub incoming: bool,
    /// The fields in which, on either side; without any it is in the text.
    pub fields: Vec<String>,
    /// The other's id.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// Its name.
    pub name: String,
    /// The label of its stage.
    pub stage: Option<String>,
    /// Whether it is still open.
    pub open: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
    /// When.
    pub at: When,
    /// The record in which it is written.
    pub record: String,
    /// The kind of a log entry or done task; `move` for a line of history.
    pub kind: String,
    /// Which way a message went.
    pub direction: Option<Direction>,
    /// The outcome of a log entry.
    pub outcome: Option<String>,
    /// What it counts as; nothing for a move, and for what is dated in the future.
    pub counts: Counts,
    /// Which of us did it.
    pub people: Vec<String>,
    /// With which of their contacts.
    pub with: Vec<String>,
    /// How long it took, in minutes.
    pub minutes: Option<u32>,
    /// What it was about, or what changed.
    pub title: String,
    /// The beginning of what was written below.
    pub text: String,
}

/// The fields that say where things stand, in the order in which they are told.
const NOW: &[&str] = &[
    "stage",
    "days_in_stage",
    "stale",
    "owner",
    "value",
    "currency",
    "probability",
    "weighted",
    "expected_close",
    "next_contact",
    "next_step",
    "next_action",
    "next_task",
    "overdue",
    "neglected",
];

/// The fields that say how we speak with them.
const TOUCH: &[&str] = &[
    "last_contact",
    "first_contact",
    "contact_count",
    "last_visit",
    "last_attempt",
    "attempts",
    "phone",
    "email",
    "do_not_contact",
];

/// What is shown elsewhere: in the heading, or as contacts.
const ELSEWHERE: &[&str] = &["name", "contacts"];

/// The card of a record: fields in groups, contacts, open tasks, linked records and what happened.
pub fn card(ctx: &Context<'_>, record: RecordIndex) -> CardView {
    let card = ctx.catalog.record(record);
    let groups = groups(ctx, record);
    CardView {
        id: card.id.clone(),
        path: card.path.to_string(),
        record_type: card.record_type.to_string(),
        name: card.name().to_owned(),
        stage: stage_label(ctx, record),
        hidden: hidden(ctx, record, &groups),
        groups,
        contacts: contact_views(ctx, record),
        tasks: tasks(ctx, record),
        links: links(ctx, record),
        timeline: timeline(ctx, record),
    }
}

fn stage_label(ctx: &Context<'_>, record: RecordIndex) -> Option<String> {
    let known = stages::stage(ctx, record).map(|stage| stage.label.clone());
    known.or_else(|| ctx.catalog.record(record).stage().map(str::to_owned))
}

fn groups(ctx: &Context<'_>, record: RecordIndex) -> Vec<FieldGroup> {
    let card = ctx.catalog.record(record);
    let stored =
        card.fields.iter().filter(|field| !ELSEWHERE.contains(&field.name.as_str()) && !field.value.is_empty());
    let stored = stored.map(|field| FieldView {
        name: field.name.clone(),
        title: title(ctx, card, &field.name),
        value: field.value.clone(),
        derived: false,
    });
    let mut fields: Vec<FieldView> = stored.collect();
    let computed = derived::ALL.iter().filter(|field| field.is_of(&card.record_type));
    for field in computed.filter(|field| field.name != "opened") {
        let Some(value) = (field.get)(ctx, record) else { continue };
        match fields.iter_mut().find(|stored| stored.name == field.name) {
            Some(stored) if stored.value == value => {}
            // What follows rules of its own is shown as it counts, whatever the card says: a lost sale has a chance of 0.
            Some(stored) if OWN_RULES.contains(&field.name) => (stored.value, stored.derived) = (value, true),
            Some(_) => {}
            None if is_nothing(&value) => {}
            None => {
                let title = match field.name {
                    "age" => "Age in days".to_owned(),
                    "overdue" => "Days overdue".to_owned(),
                    name => heading(name),
                };
                fields.push(FieldView { name: field.name.to_owned(), title, value, derived: true });
            }
        }
    }
    let mut take = |title: &'static str, names: &[&str]| {
        let mut taken = Vec::new();
        for name in names {
            taken.extend(fields.iter().position(|field| field.name == *name).map(|place| fields.remove(place)));
        }
        FieldGroup { title, fields: taken }
    };
    let mut groups = vec![take("Now", NOW), take("Contact", TOUCH)];
    let (computed, stored) = fields.into_iter().partition(|field| field.derived);
    groups.push(FieldGroup { title: "Card", fields: stored });
    groups.push(FieldGroup { title: "Figures", fields: computed });
    groups.retain(|group| !group.fields.is_empty());
    groups
}

/// The declared and the derived fields of the card's type that are not shown.
fn hidden(ctx: &Context<'_>, record: RecordIndex, groups: &[FieldGroup]) -> Vec<(String, Option<Value>)> {
    let card = ctx.catalog.record(record);
    let is_shown = |name: &str| groups.iter().any(|group| group.fields.iter().any(|field| field.name == name));
    let derived = derived::ALL.iter().filter(|field| field.is_of(&card.record_type) && !is_shown(field.name));
    let mut hidden: Vec<(String, Option<Value>)> =
        derived.map(|field| (field.name.to_owned(), (field.get)(ctx, record))).collect();
    let declared = ctx.config.schemas.get(&card.record_type).map(|known| known.fields.as_slice()).unwrap_or_default();
    for name in declared.iter().map(|field| field.name.as_str()) {
        let elsewhere = ELSEWHERE.contains(&name) || matches!(name, "type" | "history");
        if !is_shown(name) && !elsewhere && !hidden.iter().any(|(known, _)| known == name) {
            hidden.push((name.to_owned(), None));
        }
    }
    hidden
}

/// False, 0 and the like say nothing on a card.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.is_zero(),
        Value::Money(money) => money.amount.is_zero(),
        other => other.is_empty(),
    }
}

fn title(ctx: &Context<'_>, card: &Record, name: &str) -> String {
    let declared = ctx.config.schemas.get(&card.record_type).and_then(|type_def| type_def.field(name));
    declared.map_or_else(|| heading(name), |field| field.title.clone())
}

/// All contacts of a client or lead; of another record those that its fields refer to.
fn contact_views(ctx: &Context<'_>, record: RecordIndex) -> Vec<ContactView> {
    let card = ctx.catalog.record(record);
    if matches!(&*card.record_type, "client" | "lead") {
        return reach::contacts(card).into_iter().filter_map(|contact| contact_view(ctx, record, contact)).collect();
    }
    let mut views: Vec<ContactView> = Vec::new();
    for (_, reference, _) in field_references(card) {
        let Some((id, party)) = reference.contact.as_deref().zip(ctx.catalog.index_of(&reference.id)) else { continue };
        let all = reach::contacts(ctx.catalog.record(party)).into_iter();
        let views_there = all.filter_map(|contact| contact_view(ctx, party, contact));
        let new = views_there.filter(|view| view.id == id && !views.contains(view)).collect::<Vec<_>>();
        views.extend(new);
    }
    views
}

fn contact_view(ctx: &Context<'_>, party: RecordIndex, contact: &Value) -> Option<ContactView> {
    let text = |field: &str| reach::text_at(contact, field);
    let card = ctx.catalog.record(party);
    let name = text("name").or_else(|| text("id"))?;
    let id = text("id").unwrap_or_default();
    let was_with = |activity: &&Activity| {
        let entry = contacts::log_entry(ctx, activity);
        entry.is_some_and(|entry| entry.with.iter().any(|with| is_contact(ctx, &with.value, party, &id)))
    };
    let last_contact = contacts::contacts(ctx, party).rev().find(was_with).map(|activity| activity.at);
    Some(ContactView {
        party: card.id.clone(),
        name,
        role: text("role"),
        phone: text("phone"),
        email: text("email"),
        decides: reach::decides(contact),
        closed: reach::Reach::of(card, Some(contact)).closed,
        last_contact,
        id,
    })
}

fn is_contact(ctx: &Context<'_>, with: &Reference, party: RecordIndex, id: &str) -> bool {
    with.contact.as_deref() == Some(id) && ctx.catalog.index_of(&with.id) == Some(party)
}

fn tasks(ctx: &Context<'_>, record: RecordIndex) -> Vec<TaskView> {
    let of_client = family::records_of_client(ctx, record).filter(|member| stages::is_open(ctx, *member));
    let mut tasks: Vec<TaskView> = Vec::new();
    for member in std::iter::once(record).chain(of_client) {
        let card = ctx.catalog.record(member);
        tasks.extend(next_step::promise(ctx, member).map(|at| TaskView {
            text: card.text("next_step").unwrap_or("Contact them").to_owned(),
            promise: true,
            number: None,
            date: Some(at),
            person: card.owner().map(str::to_owned),
            priority: None,
            record: card.id.clone(),
            overdue: at.date < ctx.today,
        }));
        tasks.extend(card.open_tasks().map(|OpenTask { number, task, .. }| TaskView {
            text: task.text.clone(),
            promise: false,
            number: Some(number),
            date: task.date(),
            person: task.person.as_deref().or(card.owner()).map(str::to_owned),
            priority: task.priority,
            record: card.id.clone(),
            overdue: task.date().is_some_and(|when| when.date < ctx.today),
        }));
    }
    tasks.sort_by_key(|task| (task.date.is_none(), task.date, task.priority.unwrap_or('Z')));
    tasks
}

fn links(ctx: &Context<'_>, record: RecordIndex) -> Vec<LinkView> {
    let card = ctx.catalog.record(record);
    let mut found: BTreeMap<RecordIndex, LinkView> = BTreeMap::new();
    let mut add = |other: RecordIndex, field: Option<&str>, outgoing: bool| {
        if other == record {
            return;
        }
        let view = found.entry(other).or_insert_with(|| link_view(ctx, other));
        view.outgoing |= outgoing;
        view.incoming |= !outgoing;
        if let Some(field) = field.filter(|field| !view.fields.iter().any(|known| known == field)) {
            view.fields.push(field.to_owned());
        }
    };
    for (field, reference, _) in field_references(card) {
        if let Some(other) = ctx.catalog.index_of(&reference.id) {
            add(other, Some(field), true);
        }
    }
    for link in &card.content.links {
        if let Some(other) = ctx.catalog.index_of(&link.target.id) {
            add(other, None, true);
        }
    }
    for link in ctx.catalog.backlinks(record) {
        add(link.from, link.field.as_deref(), false);
    }
    let mut links: Vec<LinkView> = found.into_values().collect();
    links.sort_by(|a, b| (!a.open, &a.record_type, &a.id).cmp(&(!b.open, &b.record_type, &b.id)));
    links
}

fn link_view(ctx: &Context<'_>, other: RecordIndex) -> LinkView {
    let card = ctx.catalog.record(other);
    LinkView {
        outgoing: false,
        incoming: false,
        fields: Vec::new(),
        id: card.id.clone(),
        record_type: card.record_type.to_string(),
        name: card.name().to_owned(),
        stage: stage_label(ctx, other),
        open: stages::is_open(ctx, other),
    }
}

/// Log entries, done tasks that count as one, and moves; newest first. Of one moment, entries stand as they are written,
/// and the last move first.
fn timeline(ctx: &Context<'_>, record: RecordIndex) -> Vec<EventView> {
    let activities = ctx.catalog.activities(record).iter();
    let mut events: Vec<EventView> = activities.filter_map(|activity| event(ctx, activity)).collect();
    let members = std::iter::once(record).chain(family::records_of_client(ctx, record));
    events.extend(members.flat_map(|member| moves(ctx.catalog.record(member)).into_iter().rev()));
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

fn event(ctx: &Context<'_>, activity: &Activity) -> Option<EventView> {
    let card = ctx.catalog.record(activity.record);
    let owner = || card.owner_on(activity.at).map(str::to_owned).into_iter().collect::<Vec<_>>();
    let is_past = activity.at.date <= ctx.today;
    let blank = EventView {
        at: activity.at,
        record: card.id.clone(),
        kind: contacts::kind(ctx, activity).unwrap_or_default().to_owned(),
        direction: None,
        outcome: None,
        counts: if is_past { activity.counts } else { Counts::Nothing },
        people: Vec::new(),
        with: Vec::new(),
        minutes: None,
        title: String::new(),
        text: String::new(),
    };
    if let Some(entry) = contacts::log_entry(ctx, activity) {
        let people = if entry.people.is_empty() { owner() } else { entry.people.clone() };
        return Some(EventView {
            direction: entry.direction,
            outcome: entry.outcome.clone(),
            people,
            with: entry.with.iter().map(|with| reach::contact_name(ctx, &with.value)).collect(),
            minutes: entry.minutes,
            title: entry.title.clone(),
            text: entry.excerpt.clone(),
            ..blank
        });
    }
    let task = contacts::done_task(ctx, activity)?;
    let people = task.person.clone().map_or_else(owner, |person| vec![person]);
    Some(EventView { people, title: task.text.clone(), text: task.result.clone(), ..blank })
}

/// What the lines of history say, in their order.
fn moves(card: &Record) -> Vec<EventView> {
    let mut stage: Option<&str> = None;
    let lines = card.history.iter().map(|line| {
        let before = stage;
        stage = line.stage.as_deref().or(stage);
        let step = line.stage.as_deref().map(|to| match before {
            Some(from) if from != to => format!("{from} → {to}"),
            _ => to.to_owned(),
        });
        let changes = line.changes.iter().map(|(field, value)| {
            if value.is_empty() { format!("{field} removed") } else { format!("{field} {value}") }
        });
        EventView {
            at: line.at,
            record: card.id.clone(),
            kind: "move".to_owned(),
            direction: None,
            outcome: None,
            counts: Counts::Nothing,
            people: line.person.clone().into_iter().collect(),
            with: Vec::new(),
            minutes: None,
            title: step.into_iter().chain(changes).collect::<Vec<_>>().join(", "),
            text: String::new(),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    fn sample() -> Sample {
        Sample::of(&[
            "client acme
            name: Acme Trade
            stage: active
            class: A
            contacts:
              - id: kowalski
                name: Jan Kowalski
                role: owner
                phone: '+48600100200'
                decides: true",
            "opportunity acme-erp
            name: ERP rollout
            client: acme
            stage: offer
            probability: 60
            stakeholders: [acme#kowalski]
            colour: green
            history:
              - 2026-10-01 qualification @anna
              - 2026-11-03T14:30 offer value=120000 lost_to= @anna
            ---
            - [ ] Some day
            - [ ] Send the offer due:2026-11-20 @anna
            - [x] Call as:call done:2026-11-09
              - They asked for two prices

            ## Log
            ### 2026-11-05 visit @anna @piotr with:kowalski: Workshop
            In [[rival]]'s old hall.",
            "competitor rival",
            "opportunity acme-old
            client: acme
            probability: 40
            stage: lost",
        ])
    }

    fn view(id: &str) -> CardView {
        let sample = sample();
        card(&sample.context(), sample.at(id))
    }

    #[test]
    fn fields_stand_in_groups_with_what_follows_from_them() {
        let view = view("acme-erp");
        let lines: Vec<String> = view
            .groups
            .iter()
            .map(|group| {
                let fields = group.fields.iter().map(|field| format!("{}={}", field.name, field.value.display()));
                format!("{}: {}", group.title, fields.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "Now: stage=offer days_in_stage=19 probability=50 next_action=2026-11-20 next_task=2026-11-20 overdue=2",
                "Contact: last_contact=2026-11-09 first_contact=2026-11-05 contact_count=2 last_visit=2026-11-05",
                "Card: client=acme stakeholders=acme#kowalski colour=green",
                "Figures: age=52",
            ]
        );
        assert_eq!((view.name.as_str(), view.stage.as_deref()), ("ERP rollout", Some("Offer")));
    }

    #[test]
    fn a_lost_sale_has_no_chance_whatever_its_card_says() {
        let groups = view("acme-old").groups;
        let chance = groups.iter().flat_map(|group| &group.fields).find(|field| field.name == "probability");
        assert_eq!(chance.map(|field| field.value.display().into_owned()).as_deref(), Some("0"));
    }

    #[test]
    fn a_client_shows_what_happened_in_its_records_newest_first() {
        let lines: Vec<String> = view("acme")
            .timeline
            .iter()
            .map(|event| {
                format!("{} {} [{}] {} {}", event.at, event.kind, event.people.join(" "), event.title, event.text)
            })
            .collect();
        assert_eq!(
            lines,
            [
                "2026-11-09 call [] Call They asked for two prices",
                "2026-11-05 visit [anna piotr] Workshop In rival's old hall.",
                "2026-11-03T14:30 move [anna] qualification → offer, value 120000, lost_to removed ",
                "2026-10-01 move [anna] qualification ",
            ]
        );
    }

    #[test]
    fn people_tasks_and_links_in_both_directions() {
        let of_client = view("acme");
        assert_eq!(of_client.contacts[0].last_contact.map(|at| at.to_string()).as_deref(), Some("2026-11-05"));
        let tasks: Vec<_> = of_client.tasks.iter().map(|task| (task.text.as_str(), task.overdue)).collect();
        assert_eq!(tasks, [("Send the offer", true), ("Some day", false)]);
        let links: Vec<_> =
            of_client.links.iter().map(|link| (link.id.as_str(), link.incoming, link.outgoing)).collect();
        assert_eq!(links, [("acme-erp", true, false), ("acme-old", true, false)]);
        assert_eq!(of_client.links[0].fields, ["client", "stakeholders"]);

        let of_sale = view("acme-erp");
        assert_eq!(of_sale.contacts, of_client.contacts);
        let links: Vec<_> = of_sale.links.iter().map(|link| (link.id.as_str(), link.incoming, link.outgoing)).collect();
        assert_eq!(links, [("acme", false, true), ("rival", false, true)]);
    }
}
