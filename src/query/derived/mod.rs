//! Derived fields: what follows from the cards and the day, and is never stored.
//!
//! [`ALL`] is the table for queries, columns and `karto fields`; the modules below hold the rules behind it, one idea
//! each, for the reports and checks that want more than a value.

use rust_decimal::Decimal;

use super::Context;
use crate::catalog::{Activity, RecordIndex};
use crate::model::Value;
use crate::model::kind::Kind;
use crate::text::When;

pub mod amounts;
pub mod contacts;
pub mod family;
pub mod forecast;
pub mod invoices;
pub mod next_step;
pub mod stages;

/// A field that is computed when asked for.
#[derive(Clone, Debug)]
pub struct Derived {
    /// Its name, as queries and columns write it.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    /// The types that have it; empty means all.
    pub types: &'static [&'static str],
    /// What it says, in a sentence for people.
    pub meaning: &'static str,
    /// Its value for a record; `None` where it has none.
    pub get: fn(&Context<'_>, RecordIndex) -> Option<Value>,
}

impl Derived {
    /// The derived field of this name.
    pub fn find(name: &str) -> Option<&'static Derived> {
        ALL.iter().find(|field| field.name == name)
    }

    /// Whether records of a type have it.
    pub fn is_of(&self, record_type: &str) -> bool {
        self.types.is_empty() || self.types.contains(&record_type)
    }
}

const fn field(
    name: &'static str,
    kind: Kind,
    types: &'static [&'static str],
    meaning: &'static str,
    get: fn(&Context<'_>, RecordIndex) -> Option<Value>,
) -> Derived {
    Derived { name, kind, types, meaning, get }
}

const EVERY: &[&str] = &[];
const CLIENT: &[&str] = &["client"];
const PARTY: &[&str] = &["client", "lead"];

/// All derived fields, by what they are about.
pub static ALL: &[Derived] = &[
    field("last_contact", Kind::Date, EVERY, "The latest contact; an attempt is none.", |ctx, record| {
        day_of(contacts::last_contact(ctx, record))
    }),
    field("first_contact", Kind::Date, EVERY, "The earliest contact.", |ctx, record| {
        day_of(contacts::first_contact(ctx, record))
    }),
    field("contact_count", Kind::Integer, EVERY, "How many contacts there have been.", |ctx, record| {
        count(contacts::contacts(ctx, record).count())
    }),
    field("last_visit", Kind::Date, EVERY, "The latest visit at which somebody was met.", |ctx, record| {
        day_of(contacts::last_visit(ctx, record))
    }),
    field("last_attempt", Kind::Date, EVERY, "The latest attempt at a contact.", |ctx, record| {
        day_of(contacts::last_attempt(ctx, record))
    }),
    field(
        "attempts",
        Kind::Integer,
        EVERY,
        "How many attempts there have been since the last contact.",
        |ctx, record| count(contacts::attempts(ctx, record)),
    ),
    field(
        "next_action",
        Kind::Date,
        EVERY,
        "The earliest of a next_contact that is not met yet and the open tasks with a day; a client's takes in its open records.",
        |ctx, record| when(next_step::next_action(ctx, record).map(|step| step.at)),
    ),
    field(
        "next_task",
        Kind::Date,
        EVERY,
        "The day of the earliest open task; a client's takes in its open records.",
        |ctx, record| when(next_step::next_task(ctx, record).map(|step| step.at)),
    ),
    field(
        "overdue",
        Kind::Integer,
        EVERY,
        "How many days ago the next action, or the payment of an invoice, was due; none if nothing is late.",
        |ctx, record| next_step::days_overdue(ctx, record).map(number),
    ),
    field(
        "days_in_stage",
        Kind::Integer,
        EVERY,
        "How many days it has been in its stage, this time.",
        |ctx, record| stages::days_in_stage(ctx, record).map(number),
    ),
    field(
        "stale",
        Kind::Boolean,
        EVERY,
        "Open and not parked, and both its entry into the stage and its last contact are older than the stage's stale_after.",
        |ctx, record| Some(Value::Bool(stages::is_stale(ctx, record))),
    ),
    field(
        "neglected",
        Kind::Boolean,
        CLIENT,
        "No next action, and the last contact is older than the class's contact_interval, or there never was one.",
        |ctx, record| Some(Value::Bool(next_step::is_neglected(ctx, record))),
    ),
    field("age", Kind::Integer, EVERY, "How many days ago it was created.", |ctx, record| {
        stages::age(ctx, record).map(number)
    }),
    field("opened", Kind::Date, EVERY, "When its way through the stages began.", |ctx, record| {
        when(stages::opened(ctx, record))
    }),
    field("closed", Kind::Date, EVERY, "When it was closed, if it is.", |ctx, record| {
        when(stages::closed(ctx, record))
    }),
    field("sent", Kind::Date, &["offer", "contract"], "When it was last sent.", |ctx, record| {
        when(stages::reached(ctx, record, "sent", "sent"))
    }),
    field("confirmed", Kind::Date, &["offer"], "When the client confirmed to have it.", |ctx, record| {
        when(stages::reached(ctx, record, "confirmed", "confirmed"))
    }),
    field("accepted", Kind::Date, &["offer"], "When the client accepted it.", |ctx, record| {
        when(stages::reached(ctx, record, "accepted", "accepted"))
    }),
    field("signed", Kind::Date, &["contract"], "When it was signed.", |ctx, record| {
        when(stages::reached(ctx, record, "signed", "signed"))
    }),
    field("issued", Kind::Date, &["invoice"], "When it was issued.", |ctx, record| {
        when(stages::reached(ctx, record, "issued", "issued"))
    }),
    field(
        "probability",
        Kind::Percent,
        &["opportunity"],
        "How likely it is to be won: 100 if it is, 0 if it is lost, else its own figure until its next move, else its stage's.",
        |ctx, record| forecast::probability(ctx, record).map(Value::Number),
    ),
    field(
        "weighted",
        Kind::Money,
        &["opportunity"],
        "Its value in the base currency times its probability; parked ones have none.",
        |ctx, record| forecast::weighted(ctx, record).map(|amount| Value::Money(amounts::in_base(ctx, amount))),
    ),
    field(
        "open_value",
        Kind::Money,
        PARTY,
        "What its open opportunities are worth, in the base currency.",
        |ctx, record| forecast::open_value(ctx, record).map(Value::Money),
    ),
    field(
        "won_value",
        Kind::Money,
        PARTY,
        "What its won opportunities were worth, in the base currency.",
        |ctx, record| forecast::won_value(ctx, record).map(Value::Money),
    ),
    field("orders", Kind::Integer, PARTY, "How many of its opportunities have been won.", |ctx, record| {
        count(forecast::orders(ctx, record))
    }),
    field("revenue", Kind::Money, CLIENT, "What it has been billed, net, in the base currency.", |ctx, record| {
        invoices::revenue(ctx, record).map(Value::Money)
    }),
    field(
        "paid",
        Kind::Money,
        &["client", "invoice"],
        "What has been paid: of an invoice in its own currency, by a client in the base currency.",
        |ctx, record| match &*ctx.catalog.record(record).record_type {
            "invoice" => invoices::paid(ctx, record).map(Value::Money),
            _ => invoices::paid_by_client(ctx, record).map(Value::Money),
        },
    ),
    field("open_invoices", Kind::Integer, CLIENT, "How many invoices it has still to pay.", |ctx, record| {
        count(invoices::open_invoices(ctx, record))
    }),
    field("cases", Kind::Integer, CLIENT, "How many cases it has had, open ones included.", |ctx, record| {
        count(family::records_of_party(ctx, record, "case").count())
    }),
    field("complaints", Kind::Integer, CLIENT, "How many of its cases are complaints.", |ctx, record| {
        let catalog = ctx.catalog;
        let cases = family::records_of_party(ctx, record, "case");
        count(cases.filter(|case| catalog.record(*case).text("kind") == Some("complaint")).count())
    }),
];

fn when(when: Option<When>) -> Option<Value> {
    when.map(Value::When)
}

fn day_of(activity: Option<&Activity>) -> Option<Value> {
    when(activity.map(|activity| activity.at))
}

fn number(number: i64) -> Value {
    Value::Number(Decimal::from(number))
}

fn count(count: usize) -> Option<Value> {
    Some(Value::Number(Decimal::from(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_meanings_are_sentences() {
        for (place, field) in ALL.iter().enumerate() {
            assert!(ALL.iter().skip(place + 1).all(|other| other.name != field.name), "{}", field.name);
            assert!(field.meaning.ends_with('.'), "{}", field.name);
        }
        assert!(Derived::find("last_contact").is_some_and(|field| field.is_of("lead")));
        assert!(Derived::find("neglected").is_some_and(|field| !field.is_of("lead")));
    }
}
