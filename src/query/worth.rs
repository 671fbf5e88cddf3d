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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    #[test]
    fn the_rate_is_of_today_of_the_closing_or_of_the_issue() {
        let rules = "currency: PLN\nrates:\n  EUR: [{from: 2026-01-01, rate: 4}, {from: 2026-06-01, rate: 5}]\n";
        let team = Sample::with_all(
            rules,
            &[
                "opportunity open\n stage: offer\n value: 10\n currency: EUR\n",
                "opportunity won\n stage: won\n value: 10\n currency: EUR\n history:\n   - 2026-03-01 won\n",
                "opportunity again\n stage: lost\n value: 10\n currency: EUR\n history:\n   - 2026-03-01 lost\n   - \
                 2026-05-01 offer\n   - 2026-07-01 lost\n",
                "opportunity own\n stage: offer\n value: 10\n currency: EUR\n rate: 4.5\n",
                "opportunity young\n stage: won\n value: 10\n currency: EUR\n created: 2026-02-01\n",
                "invoice paid\n stage: settled\n client: x\n value: 10\n currency: EUR\n history:\n   - 2026-05-30 \
                 issued\n   - 2026-07-01 settled\n",
                "opportunity dollars\n stage: offer\n value: 10\n currency: USD\n",
            ],
        );
        let ctx = team.context();
        let worth = |id: &str| {
            let record = ctx.catalog.record(team.at(id));
            let Some(Value::Money(money)) = record.value("value") else { panic!("{id}") };
            money_in_base(&ctx, record, *money).map(|worth| worth.normalize().to_string())
        };
        let all = ["open", "won", "again", "own", "young", "paid", "dollars"].map(|id| worth(id).unwrap_or_default());
        assert_eq!(all, ["50", "40", "50", "45", "40", "40", ""]);
    }
}
