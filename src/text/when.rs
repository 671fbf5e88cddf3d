use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

/// A day, or a moment of a day: what a date in a card says. Wall time; the workspace's time zone is not its business.
///
/// A day alone sorts before the moments of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
pub struct When {
    /// The day.
    pub date: NaiveDate,
    /// The time of that day, where one is written.
    pub time: Option<NaiveTime>,
}

/// A [`When`] in few bytes: the day counted from the first of the year 1; seconds and nanoseconds of the time.
#[derive(Serialize, Deserialize)]
struct Packed(i32, Option<(u32, u32)>);

impl From<When> for Packed {
    fn from(when: When) -> Self {
        let time = when.time.map(|time| (time.num_seconds_from_midnight(), time.nanosecond()));
        Self(when.date.num_days_from_ce(), time)
    }
}

impl TryFrom<Packed> for When {
    type Error = WhenError;

    fn try_from(Packed(days, time): Packed) -> Result<Self, WhenError> {
        let date = NaiveDate::from_num_days_from_ce_opt(days).ok_or(WhenError::NoSuchDay)?;
        let clock = |(seconds, nanoseconds)| {
            NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanoseconds).ok_or(WhenError::NoSuchTime)
        };
        Ok(Self { date, time: time.map(clock).transpose()? })
    }
}

/// Why a text is no [`When`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum WhenError {
    /// It is not written as a date is.
    #[error("a date is written YYYY-MM-DD")]
    NotADate,
    /// It is written as a date, but the calendar has no such day.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// What follows the date is not written as a time is.
    #[error("a time is written HH:MM")]
    NotATime,
    /// It is written as a time, but the clock has no such time.
    #[error("there is no such time of day")]
    NoSuchTime,
}

impl When {
    /// The day as a whole.
    pub fn day(date: NaiveDate) -> Self {
        Self { date, time: None }
    }

    /// Reads `YYYY-MM-DD`, alone or with a time after a `T` or one space: `HH:MM[:SS]`.
    ///
    /// Fractions of a second and a trailing `Z`, which other tools add, are read as wall time; midnight written with
    /// one of them is the day alone, for that is how those tools write a day.
    ///
    /// # Errors
    /// [`WhenError`] says which half is wrong and how.
    pub fn parse(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        let (date, rest) = text.split_at_checked(10).ok_or(WhenError::NotADate)?;
        let date = parse_date(date)?;
        let Some(mark) = rest.chars().next() else {
            return Ok(Self::day(date));
        };
        if !matches!(mark, 'T' | 't' | ' ') {
            return Err(WhenError::NotADate);
        }
        let written = &rest[1..];
        let zone_free = written.strip_suffix(['Z', 'z']).unwrap_or(written);
        let (clock, fraction) = zone_free.split_once('.').unwrap_or((zone_free, "0"));
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WhenError::NotATime);
        }
        let time = parse_time(clock)?;
        let by_a_tool = clock.len() < written.len();
        let time = (!(by_a_tool && time == NaiveTime::MIN)).then_some(time);
        Ok(Self { date, time })
    }

    /// `2026-11-25 09:30`, as log headings and people write it.
    pub fn spaced(&self) -> String {
        self.to_string().replacen('T', " ", 1)
    }
}

/// Reads `YYYY-MM-DD` and nothing else.
///
/// # Errors
/// [`WhenError::NotADate`] or [`WhenError::NoSuchDay`].
pub fn parse_date(text: &str) -> Result<NaiveDate, WhenError> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return Err(WhenError::NotADate);
    };
    let year = number(&[*y1, *y2, *y3, *y4]).and_then(|year| i32::try_from(year).ok());
    let (Some(year), Some(month), Some(day)) = (year, number(&[*m1, *m2]), number(&[*d1, *d2])) else {
        return Err(WhenError::NotADate);
    };
    NaiveDate::from_ymd_opt(year, month, day).ok_or(WhenError::NoSuchDay)
}

/// Reads `HH:MM` or `HH:MM:SS`; a single digit for the hour is read too.
///
/// # Errors
/// [`WhenError::NotATime`] or [`WhenError::NoSuchTime`].
pub fn parse_time(text: &str) -> Result<NaiveTime, WhenError> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let pair = |part: &str| (part.len() == 2).then(|| number(part.as_bytes())).flatten();
    let hour = hour.filter(|h| matches!(h.len(), 1 | 2)).and_then(|h| number(h.as_bytes()));
    let minute = minute.and_then(pair);
    let second = second.map_or(Some(0), pair);
    match (hour, minute, second, parts.next()) {
        (Some(hour), Some(minute), Some(second), None) => {
            NaiveTime::from_hms_opt(hour, minute, second).ok_or(WhenError::NoSuchTime)
        }
        _ => Err(WhenError::NotATime),
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        Self::parse(text)
    }
}

impl From<NaiveDate> for When {
    fn from(date: NaiveDate) -> Self {
        Self::day(date)
    }
}

impl fmt::Display for When {
    /// `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM`, or with seconds where they are not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date.format("%Y-%m-%d"))?;
        match self.time {
            None => Ok(()),
            Some(time) if time.second() == 0 => write!(f, "T{}", time.format("%H:%M")),
            Some(time) => write!(f, "T{}", time.format("%H:%M:%S")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> Result<String, WhenError> {
        When::parse(text).map(|when| when.to_string())
    }

    #[test]
    fn what_people_and_tools_write() {
        for (written, meant) in [
            ("2026-11-25", "2026-11-25"),
            ("2026-11-25T09:00", "2026-11-25T09:00"),
            ("2026-11-25 9:00", "2026-11-25T09:00"),
            ("2026-11-25 09:00:30", "2026-11-25T09:00:30"),
            ("2026-11-25T09:00:00.000Z", "2026-11-25T09:00"),
            ("2026-11-25T00:00:00.000Z", "2026-11-25"),
            ("2026-11-25T00:00", "2026-11-25T00:00"),
        ] {
            assert_eq!(canonical(written).as_deref(), Ok(meant), "{written}");
        }
    }

    #[test]
    fn what_is_no_date_says_why() {
        assert_eq!(canonical("25.11.2026"), Err(WhenError::NotADate));
        assert_eq!(canonical("2026-1-5"), Err(WhenError::NotADate));
        assert_eq!(canonical("2026-11-25x"), Err(WhenError::NotADate));
        assert_eq!(canonical("2026-11-2ł"), Err(WhenError::NotADate));
        assert_eq!(canonical("2026-13-40"), Err(WhenError::NoSuchDay));
        assert_eq!(canonical("2026-11-25T"), Err(WhenError::NotATime));
        assert_eq!(canonical("2026-11-25T9.30"), Err(WhenError::NotATime));
        assert_eq!(canonical("2026-11-25T09:00+02:00"), Err(WhenError::NotATime));
        assert_eq!(canonical("2026-11-25T24:00"), Err(WhenError::NoSuchTime));
    }

    #[test]
    fn a_day_comes_before_its_hours() {
        assert!(When::parse("2026-11-25").ok() < When::parse("2026-11-25T00:00").ok());
        assert!(When::parse("2026-11-25T23:59").ok() < When::parse("2026-11-26").ok());
    }

    proptest! {
        #[test]
        fn reading_never_fails_whole_and_print_is_read_back(text in "[0-9TZ:. -]{0,24}") {
            if let Ok(when) = When::parse(&text) {
                prop_assert_eq!(When::parse(&when.to_string()), Ok(when));
            }
        }
    }
}
