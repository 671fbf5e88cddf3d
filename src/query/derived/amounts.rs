//! Amounts in the base currency, and their sums.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::catalog::RecordIndex;
use crate::model::{Money, Record, Value};
use crate::query::{Context, worth};

/// The `value` of a record, if it has one.
pub fn value(record: &Record) -> Option<Money> {
    match record.value("value") {
        Some(Value::Money(money)) => Some(*money),
        _ => None,
    }
}

/// The `value` of a record in the base currency; `None` if it has none, or there is no rate for it.
pub fn value_in_base(ctx: &Context<'_>, record: RecordIndex) -> Option<Decimal> {
    let card = ctx.catalog.record(record);
    worth::money_in_base(ctx, card, value(card)?)
}

/// The sum of amounts in the base currency: 0 of none at all, `None` if there are some and not one has a rate.
pub(super) fn total(ctx: &Context<'_>, amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Money> {
    let (mut any, mut counted, mut sum) = (false, false, Decimal::ZERO);
    for amount in amounts {
        any = true;
        if let Some(next) = amount.and_then(|amount| sum.checked_add(amount)) {
            sum = next;
            counted = true;
        }
    }
    (counted || !any).then(|| in_base(ctx, sum))
}

/// An amount of the base currency, rounded half away from zero, with as many decimals as the currency is written with.
pub fn in_base(ctx: &Context<'_>, amount: Decimal) -> Money {
    let currency = ctx.config.rates.base();
    let decimals = currency.map_or(2, |currency| currency.decimals());
    let mut amount = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    amount.rescale(decimals);
    Money { amount, currency }
}
