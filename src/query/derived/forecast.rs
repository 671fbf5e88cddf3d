//! What a sale is likely to bring, and what the sales to a client have brought.

use rust_decimal::Decimal;

use super::{amounts, family, stages};
use crate::catalog::RecordIndex;
use crate::model::{Money, Outcome, Record, Value};
use crate::query::Context;

/// How likely a record is to be won, in percent: 100 where it is, 0 where it is lost; else what the card itself says,
/// unless that has lapsed; else what its stage says.
pub fn probability(ctx: &Context<'_>, record: RecordIndex) -> Option<Decimal> {
    let stage = stages::stage(ctx, record);
    match stage.and_then(|stage| stage.outcome) {
        Some(Outcome::Won) => Some(Decimal::ONE_HUNDRED),
        Some(Outcome::Lost) => Some(Decimal::ZERO),
        Some(Outcome::Neutral) => None,
        None => {
            let card = ctx.catalog.record(record);
            let own = own_probability(card).filter(|own| !has_lapsed(card, *own));
            own.or_else(|| stage?.chance().map(Decimal::from))
        }
    }
}

/// True for an open record whose own `probability` counts no more, because it has moved since and the move did not
/// restate it.
pub fn probability_lapsed(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let card = ctx.catalog.record(record);
    stages::is_open(ctx, record) && own_probability(card).is_some_and(|own| has_lapsed(card, own))
}

fn own_probability(record: &Record) -> Option<Decimal> {
    match record.value("probability") {
        Some(Value::Number(own)) => Some(*own),
        _ => None,
    }
}

/// A value that no line of history names has always been there; one that differs from the last line that names it was
/// set by hand since.
fn has_lapsed(record: &Record, own: Decimal) -> bool {
    let spells = stages::spells(record);
    let Some(last) = spells.last() else { return false };
    let moved_by_hand = Some(last.stage) != record.stage();
    let named =
        record.history.iter().enumerate().rev().find_map(|(line, change)| Some((line, change.get("probability")?)));
    match named {
        Some((_, written)) if !is_same(written, own) => false,
        Some((line, _)) => moved_by_hand || line < last.line,
        None => moved_by_hand || spells.len() > 1,
    }
}

fn is_same(written: &str, own: Decimal) -> bool {
    written.parse::<Decimal>().is_ok_and(|written| written == own)
}

/// The value in the base currency times the probability, not rounded. `None` for what is parked, which is no part of
/// a forecast, and where the value, its rate or the probability is missing.
pub fn weighted(ctx: &Context<'_>, record: RecordIndex) -> Option<Decimal> {
    if stages::is_parked(ctx, record) {
        return None;
    }
    let share = probability(ctx, record)? / Decimal::ONE_HUNDRED;
    amounts::value_in_base(ctx, record)?.checked_mul(share)
}

/// The opportunities of a client or lead with this outcome; the open ones for `None`.
fn opportunities(ctx: &Context<'_>, party: RecordIndex, outcome: Option<Outcome>) -> impl Iterator<Item = RecordIndex> {
    let all = family::records_of_party(ctx, party, "opportunity");
    all.filter(move |opportunity| stages::outcome(ctx, *opportunity) == outcome)
}

/// What the opportunities of a client or lead that are still open are worth, in the base currency.
pub fn open_value(ctx: &Context<'_>, party: RecordIndex) -> Option<Money> {
    amounts::total(ctx, opportunities(ctx, party, None).map(|sale| amounts::value_in_base(ctx, sale)))
}

/// What the won opportunities of a client or lead were worth, in the base currency of the days they were won.
pub fn won_value(ctx: &Context<'_>, party: RecordIndex) -> Option<Money> {
    amounts::total(ctx, opportunities(ctx, party, Some(Outcome::Won)).map(|sale| amounts::value_in_base(ctx, sale)))
}

/// How many opportunities of a client or lead have been won.
pub fn orders(ctx: &Context<'_>, party: RecordIndex) -> usize {
    opportunities(ctx, party, Some(Outcome::Won)).count()
}
