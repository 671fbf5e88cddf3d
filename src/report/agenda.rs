//! `due`: whom to contact and what to do, the most urgent first, one line a client.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;

use super::reach::{self, Closed, Reach};
use super::{Cell, Column, Report, Row, Section, Shown, Tone};
use crate::catalog::{Activity, RecordIndex};
use crate::model::{Note, Record, TaskState, Value};
use crate::query::Context;
use crate::query::derived::{contacts, family, invoices, next_step, stages};
use crate::text::When;

/// What the agenda covers.
#[derive(Clone, Debug)]
pub struct AgendaOptions<'a> {
    /// How many days after today count as soon.
    pub within_days: u32,
    /// Only what this one of us is to do: their tasks, and the promises of the records they own.
    pub person: Option<&'a str>,
    /// Also the tasks of notes. A note has no fields, so where records are asked for by theirs, it is left aside.
    pub notes: bool,
}

impl Default for AgendaOptions<'_> {
    fn default() -> Self {
        Self { within_days: 7, person: None, notes: true }
    }
}

/// Where a thing is written, or whom a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Record(RecordIndex),
    /// The note with this place in the catalog's notes.
    Note(usize),
}

impl Source {
    fn record<'a>(self, ctx: &Context<'a>) -> Option<&'a Record> {
        match self {
            Source::Record(record) => Some(ctx.catalog.record(record)),
            Source::Note(_) => None,
        }
    }

    fn note<'a>(self, ctx: &Context<'a>) -> Option<&'a Note> {
        match self {
            Source::Record(_) => None,
            Source::Note(place) => ctx.catalog.notes().get(place),
        }
    }

    fn id<'a>(self, ctx: &Context<'a>) -> &'a str {
        let of_note = || self.note(ctx).map_or("", |note| &note.id);
        self.record(ctx).map_or_else(of_note, |record| &record.id)
    }

    fn record_type<'a>(self, ctx: &Context<'a>) -> &'a str {
        self.record(ctx).map_or("note", |record| &record.record_type)
    }

    fn name<'a>(self, ctx: &Context<'a>) -> &'a str {
        let of_note = || self.note(ctx).map_or("", |note| &note.title);
        self.record(ctx).map_or_else(of_note, Record::name)
    }
}

/// One thing that is due.
#[derive(Clone, Debug)]
struct Item<'a> {
    at: When,
    source: Source,
    matter: Matter,
    what: String,
    person: Option<&'a str>,
}

/// What makes a thing due. Of two on one day the earlier in this list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Contact,
    Task,
    OfferLapses,
    PaymentLate,
    CloseExpected,
}

impl Matter {
    fn name(self) -> &'static str {
        match self {
            Matter::Contact => "contact",
            Matter::Task => "task",
            Matter::OfferLapses => "offer",
            Matter::PaymentLate => "invoice",
            Matter::CloseExpected => "close",
        }
    }
}

/// How pressing a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Overdue,
    Today,
    Soon,
}

impl Urgency {
    const ALL: [Urgency; 3] = [Urgency::Overdue, Urgency::Today, Urgency::Soon];

    fn of(day: NaiveDate, today: NaiveDate) -> Self {
        match day.cmp(&today) {
            std::cmp::Ordering::Less => Urgency::Overdue,
            std::cmp::Ordering::Equal => Urgency::Today,
            std::cmp::Ordering::Greater => Urgency::Soon,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Urgency::Overdue => "overdue",
            Urgency::Today => "today",
            Urgency::Soon => "soon",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Urgency::Overdue => "Overdue",
            Urgency::Today => "Today",
            Urgency::Soon => "Soon",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Urgency::Overdue => Tone::Alarm,
            Urgency::Today => Tone::Urgent,
            Urgency::Soon => Tone::Plain,
        }
    }
}

/// Whom to contact and what to do until so many days after today: promised contacts that are not met, open tasks,
/// offers about to lapse, invoices past due and opportunities past their expected close.
///
/// A thing belongs here if its record matches, or the client or lead that the record is about: a client's next action
/// takes in its open records. What a closed client's record asks for by itself is kept, too. A note has a line of its
/// own.
pub fn agenda(ctx: &Context<'_>, matches: &dyn Fn(RecordIndex) -> bool, options: &AgendaOptions<'_>) -> Report {
    let last_day = ctx.today.checked_add_days(Days::new(options.within_days.into())).unwrap_or(NaiveDate::MAX);
    let is_wanted = |item: &Item<'_>| item.at.date <= last_day && is_for(options.person, item.person);
    let mut by_party: BTreeMap<Source, Vec<Item<'_>>> = BTreeMap::new();
    let mut unplanned = Vec::new();
    for (record, card) in ctx.catalog.entries() {
        let party = family::party(ctx, record);
        if !matches(record) && (party == record || !matches(party)) {
            continue;
        }
        let wanted: Vec<Item<'_>> = items(ctx, record, party).into_iter().filter(is_wanted).collect();
        if !wanted.is_empty() {
            by_party.entry(Source::Record(party)).or_default().extend(wanted);
        }
        if is_for(options.person, card.owner()) && next_step::is_missing(ctx, record) {
            unplanned.push(card.id.as_str());
        }
    }
    for (place, note) in ctx.catalog.notes().iter().enumerate().filter(|_| options.notes) {
        let wanted: Vec<Item<'_>> = note_items(place, note).filter(is_wanted).collect();
        if !wanted.is_empty() {
            by_party.insert(Source::Note(place), wanted);
        }
    }
    let mut lines: Vec<(Source, Vec<Item<'_>>)> = by_party.into_iter().collect();
    for (_, items) in &mut lines {
        items.sort_by(|a, b| order(ctx, a).cmp(&order(ctx, b)));
    }
    lines.sort_by(|a, b| a.1.first().map(|item| order(ctx, item)).cmp(&b.1.first().map(|item| order(ctx, item))));
    report(ctx, &lines, &unplanned)
}

fn is_for(wanted: Option<&str>, person: Option<&str>) -> bool {
    wanted.is_none() || wanted == person
}

/// Overdue, then today's, then soon; an opportunity whose expected close has passed, which wants tidying rather than a
/// call, after the rest; then by day and time, then by matter.
fn order<'a>(ctx: &Context<'a>, item: &Item<'_>) -> (Urgency, bool, When, Matter, &'a str) {
    let urgency = Urgency::of(item.at.date, ctx.today);
    (urgency, item.matter == Matter::CloseExpected, item.at, item.matter, item.source.id(ctx))
}

/// All that one record asks for, whenever.
fn items<'a>(ctx: &Context<'a>, record: RecordIndex, party: RecordIndex) -> Vec<Item<'a>> {
    let card = ctx.catalog.record(record);
    let owner = card.owner().or_else(|| ctx.catalog.record(party).owner());
    let item = |at, matter, what, person| Item { at, source: Source::Record(record), matter, what, person };
    let steps = next_step::own_steps(ctx, record).into_iter().map(|step| match step.step {
        next_step::Step::Contact => {
            let what = card.text("next_step").unwrap_or("contact").to_owned();
            item(step.at, Matter::Contact, what, owner)
        }
        next_step::Step::Task(place) => {
            let task = card.content.tasks.get(place);
            let what = task.map_or_else(String::new, |task| task.text.clone());
            item(step.at, Matter::Task, what, task.and_then(|task| task.person.as_deref()).or(owner))
        }
    });
    let mut items: Vec<Item<'a>> = steps.collect();
    let term = deadline(ctx, record);
    items.extend(term.map(|(day, matter, what)| item(When::day(day), matter, what, owner)));
    items
}

/// The open tasks of a note that have a day; a note belongs to nobody.
fn note_items(place: usize, note: &Note) -> impl Iterator<Item = Item<'_>> {
    let open = note.content.tasks.iter().filter(|task| task.state == TaskState::Open);
    open.filter_map(move |task| {
        let (source, person) = (Source::Note(place), task.person.as_deref());
        Some(Item { at: task.date()?, source, matter: Matter::Task, what: task.text.clone(), person })
    })
}

/// The day that a record has from its own terms rather than from a plan of ours.
fn deadline(ctx: &Context<'_>, record: RecordIndex) -> Option<(NaiveDate, Matter, String)> {
    let card = ctx.catalog.record(record);
    match &*card.record_type {
        "offer" if stages::is_open(ctx, record) && !stages::is_first(ctx, record) => {
            let day = card.when("valid_until")?.date;
            let verb = if day < ctx.today { "the offer has lapsed" } else { "the offer lapses" };
            Some((day, Matter::OfferLapses, verb.to_owned()))
        }
        "invoice" => {
            let day = invoices::due_day(ctx, record).filter(|day| *day < ctx.today)?;
            let amount = invoices::outstanding(ctx, record)?;
            Some((day, Matter::PaymentLate, format!("{} not paid", amount.for_people(0))))
        }
        "opportunity" if stages::is_open(ctx, record) && !stages::is_parked(ctx, record) => {
            let day = card.when("expected_close")?.date;
            let what = "expected close has passed";
            (day < ctx.today).then(|| (day, Matter::CloseExpected, what.to_owned()))
        }
        _ => None,
    }
}

fn report(ctx: &Context<'_>, lines: &[(Source, Vec<Item<'_>>)], unplanned: &[&str]) -> Report {
    let mut sections = Vec::new();
    let mut counts = Vec::new();
    for urgency in Urgency::ALL {
        let led_by = lines.iter().filter_map(|(party, items)| Some((*party, items.split_first()?)));
        let here = led_by.filter(|(_, (first, _))| Urgency::of(first.at.date, ctx.today) == urgency);
        let rows: Vec<Row> = here.map(|(party, (first, rest))| row(ctx, party, first, rest, urgency)).collect();
        if !rows.is_empty() {
            counts.push(format!("{} {}", rows.len(), urgency.name()));
            sections.push(Section {
                title: Some(urgency.title().to_owned()),
                tone: urgency.tone(),
                rows,
                totals: None,
            });
        }
    }
    let mut summary = Vec::new();
    if !counts.is_empty() {
        summary.push(counts.join(", "));
    }
    if !unplanned.is_empty() {
        summary.push(format!("{} without a next step: {}", unplanned.len(), super::some_of(unplanned)));
    }
    let mut people = lines.iter().filter_map(|(_, items)| Some(items.first()?.person));
    let first = people.next();
    let one_person = people.all(|person| Some(person) == first);
    Report { kind: "due", columns: columns(one_person), sections, summary, ..Report::default() }
}

fn columns(one_person: bool) -> Vec<Column> {
    let data = |name: &str| Column::left(name, name).shown(Shown::Data);
    let number = |name: &str| Column::right(name, name).shown(Shown::Data);
    // Where all of it is one person's, whoever asked knows whose it is.
    let owner = if one_person { data("owner") } else { Column::left("owner", "Owner").minor() };
    vec![
        data("urgency"),
        data("date"),
        Column::left("when", "When").room(10).shown(Shown::Table),
        number("days_overdue"),
        data("who_id"),
        data("who_type"),
        Column::left("who", "Client"),
        Column::left("contact", "Contact").minor(),
        Column::left("reach", "Phone or mail").shown(Shown::Table),
        data("phone"),
        data("email"),
        data("do_not_contact"),
        data("matter"),
        Column::left("what", "What").main(),
        Column::left("last", "Last").shown(Shown::Table).minor(),
        owner,
        Column::left("also", "Also").minor(),
        Column::left("record", "Record").minor(),
        data("record_type"),
        data("last_contact"),
        data("last_kind"),
        data("last_said"),
        number("more"),
    ]
}

fn row(ctx: &Context<'_>, party: Source, first: &Item<'_>, rest: &[Item<'_>], urgency: Urgency) -> Row {
    let (reach, last) = match (first.source, party) {
        (Source::Record(record), Source::Record(party)) => {
            (Reach::about(ctx, record, &first.what), contacts::last_contact(ctx, party))
        }
        _ => (Reach::default(), None),
    };
    let last_kind = last.and_then(|activity| contacts::kind(ctx, activity)).unwrap_or_default();
    let said = last.map_or("", |activity| contacts::gist(ctx, activity));
    let overdue = ctx.today.signed_duration_since(first.at.date).num_days();
    let cells = vec![
        Cell::text(urgency.name()),
        Cell::Value(Value::When(first.at)),
        Cell::text(when(first.at, ctx.today)),
        Cell::number(Decimal::from(overdue.max(0))),
        Cell::text(party.id(ctx)),
        Cell::text(party.record_type(ctx)),
        Cell::text(party.name(ctx)),
        Cell::text(reach.name.clone().unwrap_or_default()),
        Cell::text(reach.best()),
        Cell::text(reach.phone.clone().unwrap_or_default()),
        Cell::text(reach.email.clone().unwrap_or_default()),
        closed_cell(&reach.closed),
        Cell::text(first.matter.name()),
        Cell::text(&first.what),
        Cell::text(last.map_or_else(String::new, |activity| {
            let kind = format!("{last_kind}{}", with_others(ctx, activity, reach.name.as_deref()));
            last_line(activity.at.date, ctx.today, &kind, said)
        })),
        Cell::text(first.person.unwrap_or_default()),
        Cell::text(also(rest)),
        Cell::text(first.source.id(ctx)),
        Cell::text(first.source.record_type(ctx)),
        Cell::from(last.map(|activity| Value::When(activity.at))),
        Cell::text(last_kind),
        Cell::text(said),
        Cell::number(Decimal::from(rest.len())),
    ];
    Row { cells, tone: if urgency == Urgency::Overdue { Tone::Alarm } else { Tone::Plain } }
}

/// `17 d late`, `10:00`, `today`, `Tue 24 Nov`: the section says the rest.
fn when(at: When, today: NaiveDate) -> String {
    match (Urgency::of(at.date, today), at.time) {
        (Urgency::Overdue, _) => format!("{} d late", today.signed_duration_since(at.date).num_days()),
        (Urgency::Today, Some(time)) => time.format("%H:%M").to_string(),
        (Urgency::Today, None) => "today".to_owned(),
        (Urgency::Soon, _) => at.date.format("%a %-d %b").to_string(),
    }
}

/// ` with Monika Zając`, where the last words are not those of the one whom the line is about.
fn with_others(ctx: &Context<'_>, activity: &Activity, shown: Option<&str>) -> String {
    let with = contacts::log_entry(ctx, activity).map_or(&[][..], |entry| &entry.with);
    let names: Vec<String> = with.iter().map(|with| reach::contact_name(ctx, &with.value)).collect();
    if names.is_empty() || names.iter().any(|name| Some(name.as_str()) == shown) {
        return String::new();
    }
    format!(" with {}", names.join(", "))
}

fn last_line(day: NaiveDate, today: NaiveDate, kind: &str, said: &str) -> String {
    let day = if day.year() == today.year() { day.format("%-d %b") } else { day.format("%-d %b %Y") };
    if said.is_empty() { format!("{day} {kind}") } else { format!("{day} {kind}: {said}") }
}

fn closed_cell(closed: &Closed) -> Cell {
    match closed {
        Closed::Nothing => Cell::Empty,
        Closed::Ways(ways) => Cell::text(ways.join(", ")),
        Closed::Everything => Cell::Value(Value::Bool(true)),
    }
}

/// The other things that are due at the same client: the first two, and how many more.
fn also(rest: &[Item<'_>]) -> String {
    let mut parts: Vec<String> = rest.iter().take(2).map(|item| format!("{} {}", item.at.date, item.what)).collect();
    if rest.len() > 2 {
        parts.push(format!("{} more", rest.len() - 2));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    fn all(sample: &Sample) -> Report {
        agenda(&sample.context(), &|_| true, &AgendaOptions::default())
    }

    #[test]
    fn one_line_a_client_the_most_urgent_first() {
        let sample = Sample::of(&[
            "client acme
            name: Acme Trade
            stage: active
            owner: anna
            next_contact: 2026-11-24
            next_step: Congratulate",
            "opportunity acme-erp
            client: acme
            owner: piotr
            stage: offer
            next_contact: 2026-11-20
            next_step: Ask whether the board has met
            ---
            - [ ] Send the revised offer due:2026-11-22 @anna

            ## Log
            ### 2026-11-03 visit: Workshop in Łódź",
            "lead lead-x
            name: Firma X
            stage: new
            next_contact: 2026-11-22
            next_step: First call",
            "lead lead-later
            stage: new
            next_contact: 2026-11-30",
        ]);
        let report = all(&sample);
        assert_eq!(
            report.lines(&["date", "who", "what", "record", "owner", "last", "also"]),
            [
                "# Overdue",
                "2026-11-20 | Acme Trade | Ask whether the board has met | acme-erp | piotr | \
             3 Nov visit: Workshop in Łódź | 2026-11-22 Send the revised offer; 2026-11-24 Congratulate",
                "# Today",
                "2026-11-22 | Firma X | First call | lead-x |  |  | ",
            ]
        );
        assert_eq!(report.summary, ["1 overdue, 1 today"]);
        let row = &report.lines(&["days_overdue", "who_id", "matter", "more", "last_contact"])[1];
        assert_eq!(row, "2 | acme | contact | 2 | 2026-11-03");
    }

    #[test]
    fn days_are_told_as_people_say_them() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let told = |text: &str| when(When::parse(text).unwrap(), today);
        assert_eq!(told("2026-11-05T10:00"), "17 d late");
        assert_eq!(told("2026-11-22"), "today");
        assert_eq!(told("2026-11-22T09:30"), "09:30");
        assert_eq!(told("2026-11-24T09:30"), "Tue 24 Nov");
    }

    #[test]
    fn soon_is_so_many_days_after_today() {
        let sample = Sample::of(&[
            "lead a
            stage: new
            next_contact: 2026-11-29",
            "lead b
            stage: new
            next_contact: 2026-11-30",
        ]);
        assert_eq!(all(&sample).lines(&["who_id"]), ["# Soon", "a"]);
        let options = AgendaOptions { within_days: 8, ..AgendaOptions::default() };
        let longer = agenda(&sample.context(), &|_| true, &options);
        assert_eq!(longer.lines(&["who_id"]), ["# Soon", "a", "b"]);
        assert_eq!(agenda(&sample.context(), &|_| false, &options).summary, [] as [&str; 0]);
    }

    #[test]
    fn terms_run_out_by_themselves() {
        let sample = Sample::of(&[
            "client acme
            stage: active",
            "client pays
            stage: active",
            "offer lapses
            client: acme
            stage: sent
            valid_until: 2026-11-25",
            "offer draft
            stage: draft
            valid_until: 2026-11-20",
            "invoice late
            client: pays
            stage: issued
            value: 100
            gross: 123
            due: 2026-11-21
            payments:
              - id: p1
                date: 2026-11-20
                amount: 23",
            "invoice in-time
            client: pays
            stage: issued
            value: 100
            due: 2026-11-22",
            "opportunity slipped
            stage: offer
            expected_close: 2026-11-01",
            "opportunity parked
            stage: on-hold
            expected_close: 2026-11-01",
        ]);
        assert_eq!(
            all(&sample).lines(&["date", "who_id", "matter", "what", "record"]),
            [
                "# Overdue",
                "2026-11-21 | pays | invoice | 100 PLN not paid | late",
                "2026-11-01 | slipped | close | expected close has passed | slipped",
                "# Soon",
                "2026-11-25 | acme | offer | the offer lapses | lapses",
            ]
        );
    }

    #[test]
    fn a_client_that_matches_brings_its_records_and_a_person_only_what_is_theirs() {
        let sample = Sample::of(&[
            "client acme
            stage: active
            owner: anna",
            "opportunity acme-erp
            client: acme
            owner: piotr
            stage: offer
            next_contact: 2026-11-20
            ---
            - [ ] Write the summary on:2026-11-21 @anna",
        ]);
        let ctx = sample.context();
        let acme = sample.at("acme");
        let of_client = agenda(&ctx, &|record| record == acme, &AgendaOptions::default());
        assert_eq!(of_client.lines(&["who_id", "record", "more"]), ["# Overdue", "acme | acme-erp | 1"]);
        let for_anna = agenda(&ctx, &|_| true, &AgendaOptions { person: Some("anna"), ..AgendaOptions::default() });
        assert_eq!(for_anna.lines(&["what", "owner", "more"]), ["# Overdue", "Write the summary | anna | 0"]);
    }

    #[test]
    fn what_should_have_a_next_step_and_has_none_is_named() {
        let sample = Sample::of(&[
            "opportunity a
            stage: offer",
            "lead nobody-s
            stage: new",
        ]);
        assert_eq!(all(&sample).summary, ["1 without a next step: a"]);
    }
}
