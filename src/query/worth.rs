//! What money is worth in the workspace's own currency, and at the rate of which day.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Context;
use super::derived::stages;
use crate::model::{Money, Record, Value};

/// `money` of a record in the base currency, at the rate of [`rate_day`] or the record's own `rate`, which wins.
///
/// `None` where no rate is known: such a record is left out of sums and named.
pub fn money_in_base(ctx: &Context<'_>, record: &Record, money: Money) -> Option<Decimal> {
    money_in_base_on(ctx, record, money, rate_day(ctx, record))
}

/// The same at the rate of another day, such as that of a payment.
pub fn money_in_base_on(ctx: &Context<'_>, record: &Record, money: Money, day: NaiveDate) -> Option<Decimal> {
    let own = match record.value("rate") {
        Some(Value::Number(rate)) => Some(*rate),
        Some(Value::Money(rate)) => Some(rate.amount),
        _ => None,
    };
    ctx.config.rates.to_base(money, day, own)
}

/// The day whose rate counts for a record's money: today while it is open, the day it closed afterwards, the day of
/// issue for invoices.
pub fn rate_day(ctx: &Context<'_>, record: &Record) -> NaiveDate {
    let Some(index) = ctx.catalog.index(record) else { return ctx.today };
    let issued = || stages::reached(ctx, index, "issued", "issued").filter(|_| &*record.record_type == "invoice");
    let day = issued().or_else(|| stages::closed(ctx, index));
    day.map_or(ctx.today, |day| day.date.min(ctx.today))
}
