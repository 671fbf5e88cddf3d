use rust_decimal::Decimal;

use super::clean::clean;
use crate::model::{Value, grouped};

/// From this many digits on numbers without a currency are written in groups; years and versions stay as they are.
const GROUPED_FROM: usize = 5;

/// A value as people read it, on one line: `120 000 PLN`, `2026-11-25`, `yes`; safe for a terminal.
pub fn for_people(value: &Value) -> String {
    with_decimals(value, 0)
}

/// The same, with at least so many decimals where it is a number or an amount, so that a column lines up.
pub(super) fn with_decimals(value: &Value, decimals: u32) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => grouped(*number, decimals.max(number_decimals(*number)), GROUPED_FROM),
        Value::Money(money) => money.for_people(decimals),
        // The `T` between day and time is for files; people leave a space.
        Value::When(when) => when.spaced(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| for_people(&item.value)).collect();
            items.join(", ")
        }
        Value::Map(entries) => {
            let pairs: Vec<String> =
                entries.iter().map(|(key, item)| format!("{}: {}", clean(key), for_people(&item.value))).collect();
            pairs.join(", ")
        }
        Value::Text(_) | Value::Reference(_) | Value::Invalid(_) => clean(&value.display()).trim().to_owned(),
    }
}

/// How many decimals a value needs: none for whole amounts, else at least as many as its currency has.
pub(super) fn decimals_of(value: &Value) -> u32 {
    match value {
        Value::Number(number) => number_decimals(*number),
        Value::Money(money) => money.decimals(),
        _ => 0,
    }
}

fn number_decimals(number: Decimal) -> u32 {
    number.normalize().scale()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;
    use crate::model::{Currency, Money};

    fn money(amount: &str, currency: &str) -> Value {
        Value::Money(Money { amount: Decimal::from_str(amount).unwrap(), currency: Currency::new(currency) })
    }

    #[test]
    fn amounts_are_grouped_and_have_decimals_only_where_there_are_any() {
        assert_eq!(for_people(&money("120000.00", "PLN")), "120 000 PLN");
        assert_eq!(for_people(&money("1234567.5", "PLN")), "1 234 567.50 PLN");
        assert_eq!(for_people(&money("-1000", "HUF")), "-1 000 HUF");
        assert_eq!(for_people(&money("999.125", "")), "999.125");
        assert_eq!(with_decimals(&money("7", "EUR"), 2), "7.00 EUR");
    }

    #[test]
    fn numbers_are_grouped_only_when_they_are_long() {
        let number = |text: &str| for_people(&Value::Number(Decimal::from_str(text).unwrap()));
        assert_eq!((number("2026"), number("12.50"), number("20260")), ("2026".into(), "12.5".into(), "20 260".into()));
    }

    #[test]
    fn texts_are_made_safe_on_one_line() {
        assert_eq!(for_people(&Value::Text(" two\nlines \u{1b}[m".into())), "two lines ␛[m");
    }
}
