use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Currency, Money};

/// What other currencies are worth in the workspace's own, by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    base: Option<Currency>,
    /// By currency, the rates with the first day on which each holds, earliest first.
    table: BTreeMap<Currency, Vec<(NaiveDate, Decimal)>>,
}

impl Rates {
    /// An empty table for this base currency.
    pub fn new(base: Option<Currency>) -> Self {
        Self { base, table: BTreeMap::new() }
    }

    /// The workspace's own currency.
    pub fn base(&self) -> Option<Currency> {
        self.base
    }

    /// From `from` on, one of `currency` is worth `rate` of the base; without a day, always.
    pub fn add(&mut self, currency: Currency, from: Option<NaiveDate>, rate: Decimal) {
        let rates = self.table.entry(currency).or_default();
        rates.push((from.unwrap_or(NaiveDate::MIN), rate));
        rates.sort_by_key(|(from, _)| *from);
    }

    /// What one of `currency` is worth in the base on a day; `None` where no rate is known for it.
    pub fn rate(&self, currency: Currency, on: NaiveDate) -> Option<Decimal> {
        if Some(currency) == self.base {
            return Some(Decimal::ONE);
        }
        let rates = self.table.get(&currency)?;
        rates.iter().rev().find(|(from, _)| *from <= on).map(|(_, rate)| *rate)
    }

    /// `money` in the base currency at the rate of a day, or at `own`, a record's own rate, which wins.
    ///
    /// Where neither the amount nor the workspace names a currency, amounts are taken as they are; `None` where there
    /// is no rate. A rate that can't be (none or less, or one that makes more of the amount than can be added up exactly)
    /// is no rate.
    pub fn to_base(&self, money: Money, on: NaiveDate, own: Option<Decimal>) -> Option<Decimal> {
        match money.currency {
            None => self.base.is_none().then_some(money.amount),
            Some(currency) if Some(currency) == self.base => Some(money.amount),
            Some(currency) => {
                let rate = own.or_else(|| self.rate(currency, on))?;
                (rate > Decimal::ZERO).then(|| money.amount.checked_mul(rate)).flatten().filter(is_addable)
            }
        }
    }
}

/// True for an amount of which ten thousand can be added up.
fn is_addable(amount: &Decimal) -> bool {
    amount.trunc().abs() < Decimal::from(10_u64.pow(18))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_can_not_be_is_none() {
        let mut rates = Rates::new(Currency::new("PLN"));
        rates.add(Currency::new("EUR").unwrap(), None, Decimal::ONE);
        let money = Money { amount: Decimal::from(1_000_000), currency: Currency::new("EUR") };
        let on = |own: Option<Decimal>| rates.to_base(money, NaiveDate::MIN, own);
        assert_eq!(on(None), Some(Decimal::from(1_000_000)));
        for own in [Decimal::ZERO, Decimal::NEGATIVE_ONE, Decimal::MAX, Decimal::from(10_u64.pow(15))] {
            assert_eq!(on(Some(own)), None, "{own}");
        }
    }

    #[test]
    fn the_rate_is_that_of_the_day() {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        let (pln, ron) = (Currency::new("PLN").unwrap(), Currency::new("RON").unwrap());
        let mut rates = Rates::new(Some(pln));
        rates.add(ron, Some(day(7, 1)), "0.84".parse().unwrap());
        rates.add(ron, Some(day(1, 1)), "0.86".parse().unwrap());
        let lei = Money { amount: 100.into(), currency: Some(ron) };
        assert_eq!(rates.to_base(lei, day(6, 30), None).unwrap().to_string(), "86.00");
        assert_eq!(rates.to_base(lei, day(7, 1), None).unwrap().to_string(), "84.00");
        assert_eq!(rates.to_base(lei, day(7, 1), Some(Decimal::ONE)).unwrap().to_string(), "100");
        assert_eq!(rates.to_base(lei, NaiveDate::from_ymd_opt(2025, 12, 31).unwrap(), None), None);
    }
}
