//! What was most likely meant: the amount and the date behind a foreign spelling.

use chrono::NaiveDate;

use crate::model::{AmountError, parse_amount};

/// `120 000,50` or `1.200,50` as `120000.50`, `1200.50`; nothing where it could mean two things.
pub(super) fn as_amount(text: &str) -> Option<String> {
    match parse_amount(text) {
        Err(AmountError::Localized(amount)) => Some(amount.to_string()),
        _ => None,
    }
}

/// `25.11.2026`, `2026.11.25.` or `2026/11/25` as `2026-11-25`; nothing where day and month could be confused.
pub(in crate::model) fn as_date(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let parts: Vec<&str> = text.split(['.', '/', '-']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else if last.len() == 4 && text.contains('.') {
        (last, first)
    } else {
        return None;
    };
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    Some(date.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_other_hands_are_understood_unless_they_mean_two_things() {
        for (text, amount) in [
            ("120 000,50", "120000.50"),
            ("120\u{a0}000", "120000"),
            ("1.200.000,5", "1200000.5"),
            ("-99,90", "-99.90"),
        ] {
            assert_eq!(as_amount(text).as_deref(), Some(amount), "{text}");
        }
        for text in ["120,000", "1.20,5", "120 EUR", "a lot", ""] {
            assert_eq!(as_amount(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_other_hands_are_understood_unless_they_mean_two_things() {
        for text in ["25.11.2026", "2026.11.25.", "2026/11/25", "2026. 11. 25."] {
            assert_eq!(as_date(text).as_deref(), Some("2026-11-25"), "{text}");
        }
        for text in ["11/25/2026", "30.02.2026", "25.11.26", "soon", ""] {
            assert_eq!(as_date(text), None, "{text}");
        }
    }
}
