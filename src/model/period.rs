use std::fmt;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A stretch of the calendar: `14d`, `2w`, `3m`, `1y`. Months and years keep the day where the month has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Period {
    /// So many days; weeks are kept as their days.
    Days(u32),
    /// So many months; years are kept as their months.
    Months(u32),
}

impl Period {
    /// Reads a count and a unit, `d`, `w`, `m` or `y`; `None` if the text is anything else or over a century and a half.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().next_back()?;
        let digits = text.strip_suffix(unit)?;
        if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let count: u32 = digits.parse().ok()?;
        match unit {
            'd' => Some(Period::Days(count)),
            'w' => count.checked_mul(7).map(Period::Days),
            'm' if count <= 1_800 => Some(Period::Months(count)),
            'y' if count <= 150 => Some(Period::Months(count * 12)),
            _ => None,
        }
    }

    /// The day so long after `date`; the last day of the calendar if it lies beyond.
    pub fn after(self, date: NaiveDate) -> NaiveDate {
        match self {
            Period::Days(days) => date.checked_add_days(Days::new(days.into())),
            Period::Months(months) => date.checked_add_months(Months::new(months)),
        }
        .unwrap_or(NaiveDate::MAX)
    }

    /// The day so long before `date`; the first day of the calendar if it lies beyond.
    pub fn before(self, date: NaiveDate) -> NaiveDate {
        match self {
            Period::Days(days) => date.checked_sub_days(Days::new(days.into())),
            Period::Months(months) => date.checked_sub_months(Months::new(months)),
        }
        .unwrap_or(NaiveDate::MIN)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Days(days) => write!(f, "{days}d"),
            Period::Months(months) if months % 12 == 0 && *months > 0 => write!(f, "{}y", months / 12),
            Period::Months(months) => write!(f, "{months}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_a_count_and_a_unit() {
        assert_eq!(Period::parse("14d"), Some(Period::Days(14)));
        assert_eq!(Period::parse("2w"), Some(Period::Days(14)));
        assert_eq!(Period::parse("1y"), Some(Period::Months(12)));
        for text in ["", "d", "-1d", "1.5m", "3 d", "9999999d", "1q", "999y"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_after_the_31st_is_the_last_day_of_the_next() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap_or_default();
        assert_eq!(Period::Months(1).after(day).to_string(), "2026-02-28");
    }
}
