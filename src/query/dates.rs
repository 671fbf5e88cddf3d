//! The words for days: `2026-11-25`, `today`, `+7d`, `friday`, `this-month`, `2026-q4`.
//!
//! One grammar for queries, where a month is all its days, and for arguments of commands, where one day is wanted.

use chrono::{Datelike, Days as DayCount, Months, NaiveDate, Weekday};

use crate::model::Period;
use crate::text::{When, WhenError};

/// A stretch of whole days, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// Why a word names no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// It is none of the words.
    #[error("`{0}` is no date")]
    Unknown(String),
    /// It looks like a date, but the calendar has no such day, or it lies beyond the calendar.
    #[error("`{0}` is not in the calendar")]
    NotInCalendar(String),
    /// A stretch of time without a sign.
    #[error("`{0}` could lie ahead or behind: write +{0} or -{0}")]
    NoSign(String),
    /// It names more than one day where one is wanted.
    #[error("`{0}` is more than one day")]
    SeveralDays(String),
}

/// The spellings of dates, for help.
pub const EXAMPLES: &str = "2026-11-25, 2026-11, 2026-q4, 2026, today, +7d, -3m, friday, this-month";

impl Days {
    /// One day.
    pub fn one(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }

    /// Reads a word for one or more days:
    ///
    /// - `2026-11-25`; all days of `2026-11`, `2026` and `2026-q4`; `q4` is that of this year;
    /// - `today`, `tomorrow`, `yesterday`;
    /// - `+7d`, `-2w`, `+3m`, `-1y`: one day, so long from today;
    /// - `friday` or `fri`: the coming one, which is today on a Friday;
    /// - `this-`, `next-` or `last-` with `week` (from Monday), `month`, `quarter` or `year`;
    /// - `end-of-` with the same: its last day.
    ///
    /// # Errors
    /// [`DateError`] says what is wrong with the word.
    pub fn parse(word: &str, today: NaiveDate) -> Result<Self, DateError> {
        let word = word.trim();
        let beyond = || DateError::NotInCalendar(word.to_owned());
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return calendar(word);
        }
        let lower = word.to_ascii_lowercase();
        if let Some(sign) = lower.chars().next().filter(|c| matches!(c, '+' | '-')) {
            let period = Period::parse(&lower[1..]).ok_or_else(|| DateError::Unknown(word.to_owned()))?;
            return shifted(today, period, sign == '-').map(Self::one).ok_or_else(beyond);
        }
        if let Some(quarter) = lower.strip_prefix('q') {
            return quarter_of(today.year(), quarter).ok_or_else(|| DateError::Unknown(word.to_owned()));
        }
        if let Some(weekday) = weekday(&lower) {
            let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
            return today.checked_add_days(DayCount::new(ahead.into())).map(Self::one).ok_or_else(beyond);
        }
        let one = match lower.as_str() {
            "today" | "now" => Some(today),
            "tomorrow" => today.succ_opt(),
            "yesterday" => today.pred_opt(),
            _ => return relative(&lower, today).ok_or_else(|| DateError::Unknown(word.to_owned()))?.ok_or_else(beyond),
        };
        one.map(Self::one).ok_or_else(beyond)
    }
}

/// Reads a day, perhaps with a time (`2026-11-25T09:00`, `tomorrow 9:00`): what arguments such as `--at` take.
///
/// # Errors
/// [`DateError`]: also where the word names a whole month, quarter or year.
pub fn parse_when(text: &str, today: NaiveDate) -> Result<When, DateError> {
    if let Ok(when) = When::parse(text) {
        return Ok(when);
    }
    let (word, time) = match text.trim().rsplit_once(['T', ' ']) {
        Some((word, time)) if time.contains(':') => (word, Some(time)),
        _ => (text.trim(), None),
    };
    let days = Days::parse(word, today)?;
    if days.first != days.last {
        return Err(DateError::SeveralDays(word.to_owned()));
    }
    match time {
        None => Ok(When::day(days.first)),
        Some(time) => {
            When::parse(&format!("{}T{time}", days.first)).map_err(|_| DateError::NotInCalendar(text.to_owned()))
        }
    }
}

/// Words that begin with a digit: days, months, quarters, years.
fn calendar(word: &str) -> Result<Days, DateError> {
    let unknown = || DateError::Unknown(word.to_owned());
    let beyond = || DateError::NotInCalendar(word.to_owned());
    if Period::parse(word).is_some() {
        return Err(DateError::NoSign(word.to_owned()));
    }
    match When::parse(word) {
        Ok(when) => return Ok(Days::one(when.date)),
        Err(WhenError::NoSuchDay | WhenError::NoSuchTime) => return Err(beyond()),
        Err(_) => {}
    }
    let (year, rest) = word.split_at_checked(4).ok_or_else(unknown)?;
    let year: i32 = digits(year).ok_or_else(unknown)?;
    let Some(part) = rest.strip_prefix('-') else {
        return if rest.is_empty() { months(year, 1, 12).ok_or_else(beyond) } else { Err(unknown()) };
    };
    if let Some(quarter) = part.strip_prefix(['q', 'Q']) {
        return quarter_of(year, quarter).ok_or_else(beyond);
    }
    let month: u32 = Some(part).filter(|part| part.len() == 2).and_then(digits).ok_or_else(unknown)?;
    months(year, month, 1).ok_or_else(beyond)
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// So many whole months from the first of one.
fn months(year: i32, month: u32, count: u32) -> Option<Days> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(count))?.pred_opt()?;
    Some(Days { first, last })
}

fn quarter_of(year: i32, quarter: &str) -> Option<Days> {
    match quarter {
        "1" | "2" | "3" | "4" => months(year, digits::<u32>(quarter)? * 3 - 2, 3),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Mon,
        "tuesday" | "tue" => Weekday::Tue,
        "wednesday" | "wed" => Weekday::Wed,
        "thursday" | "thu" => Weekday::Thu,
        "friday" | "fri" => Weekday::Fri,
        "saturday" | "sat" => Weekday::Sat,
        "sunday" | "sun" => Weekday::Sun,
        _ => return None,
    })
}

/// `this-month`, `end-of-quarter` …; the outer `None` is no such word, the inner one a day beyond the calendar.
fn relative(word: &str, today: NaiveDate) -> Option<Option<Days>> {
    let (place, unit) = word.rsplit_once('-')?;
    let steps = match place {
        "this" | "end-of" => 0,
        "next" => 1,
        "last" => -1,
        _ => return None,
    };
    let days = match unit {
        "week" => week(today, steps),
        "month" => stretch(today, 1, steps),
        "quarter" => stretch(today, 3, steps),
        "year" => stretch(today, 12, steps),
        _ => return None,
    };
    Some(days.map(|days| if place == "end-of" { Days::one(days.last) } else { days }))
}

fn week(today: NaiveDate, steps: i64) -> Option<Days> {
    let to_monday = i64::from(today.weekday().num_days_from_monday());
    let first = today.checked_add_signed(chrono::Duration::try_days(steps * 7 - to_monday)?)?;
    Some(Days { first, last: first.checked_add_days(DayCount::new(6))? })
}

/// The month, quarter or year (`length` months) `steps` away from that of today.
fn stretch(today: NaiveDate, length: u32, steps: i64) -> Option<Days> {
    let month = today.month0() / length * length;
    let this = NaiveDate::from_ymd_opt(today.year(), month + 1, 1)?;
    let first = match steps {
        0 => this,
        1 => this.checked_add_months(Months::new(length))?,
        _ => this.checked_sub_months(Months::new(length))?,
    };
    months(first.year(), first.month(), length)
}

fn shifted(today: NaiveDate, period: Period, back: bool) -> Option<NaiveDate> {
    match (period, back) {
        (Period::Days(days), false) => today.checked_add_days(DayCount::new(days.into())),
        (Period::Days(days), true) => today.checked_sub_days(DayCount::new(days.into())),
        (Period::Months(months), false) => today.checked_add_months(Months::new(months)),
        (Period::Months(months), true) => today.checked_sub_months(Months::new(months)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Sunday.
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    fn read(word: &str) -> String {
        match Days::parse(word, today()) {
            Ok(days) if days.first == days.last => days.first.to_string(),
            Ok(days) => format!("{}..{}", days.first, days.last),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn words_for_days() {
        for (word, days) in [
            ("2026-11-25", "2026-11-25"),
            ("2026-02", "2026-02-01..2026-02-28"),
            ("2026", "2026-01-01..2026-12-31"),
            ("2026-q4", "2026-10-01..2026-12-31"),
            ("Q1", "2026-01-01..2026-03-31"),
            ("today", "2026-11-22"),
            ("Tomorrow", "2026-11-23"),
            ("yesterday", "2026-11-21"),
            ("+7d", "2026-11-29"),
            ("-3m", "2026-08-22"),
            ("+2w", "2026-12-06"),
            ("-1y", "2025-11-22"),
            ("sunday", "2026-11-22"),
            ("fri", "2026-11-27"),
            ("this-week", "2026-11-16..2026-11-22"),
            ("next-week", "2026-11-23..2026-11-29"),
            ("last-month", "2026-10-01..2026-10-31"),
            ("this-quarter", "2026-10-01..2026-12-31"),
            ("next-quarter", "2027-01-01..2027-03-31"),
            ("last-year", "2025-01-01..2025-12-31"),
            ("end-of-month", "2026-11-30"),
            ("end-of-year", "2026-12-31"),
        ] {
            assert_eq!(read(word), days, "{word}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        for (word, why) in [
            ("25.11.2026", "`25.11.2026` is no date"),
            ("soon", "`soon` is no date"),
            ("", "`` is no date"),
            ("+", "`+` is no date"),
            ("+7", "`+7` is no date"),
            ("last-friday", "`last-friday` is no date"),
            ("2026-1", "`2026-1` is no date"),
            ("2026-13", "`2026-13` is not in the calendar"),
            ("2026-02-30", "`2026-02-30` is not in the calendar"),
            ("2026-q5", "`2026-q5` is not in the calendar"),
            ("7d", "`7d` could lie ahead or behind: write +7d or -7d"),
        ] {
            assert_eq!(read(word), why, "{word}");
        }
    }

    #[test]
    fn a_command_wants_one_day_perhaps_with_a_time() {
        let when = |text| parse_when(text, today()).map(|when| when.to_string());
        assert_eq!(when("tomorrow").as_deref(), Ok("2026-11-23"));
        assert_eq!(when("tomorrow 9:00").as_deref(), Ok("2026-11-23T09:00"));
        assert_eq!(when("2026-11-25T14:30").as_deref(), Ok("2026-11-25T14:30"));
        assert_eq!(when("2026-11"), Err(DateError::SeveralDays("2026-11".into())));
        assert_eq!(when("friday 25:00"), Err(DateError::NotInCalendar("friday 25:00".into())));
    }

    proptest! {
        #[test]
        fn no_word_makes_it_fall(word in "[-+0-9a-zQłT: ]{0,14}|\\PC{0,8}", far in any::<bool>()) {
            let day = if far { NaiveDate::MAX } else { today() };
            if let Ok(days) = Days::parse(&word, day) {
                prop_assert!(days.first <= days.last);
            }
            let _ = parse_when(&word, day);
        }
    }
}
