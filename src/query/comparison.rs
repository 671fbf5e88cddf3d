//! One comparison of a value: what it asks for, and whether a value answers it.

use std::borrow::Cow;
use std::ops::Bound as End;

use chrono::{NaiveDateTime, NaiveTime, Timelike};
use rust_decimal::Decimal;

use super::Context;
use super::worth::money_in_base;
use crate::catalog::RecordIndex;
use crate::model::kind::Kind;
use crate::model::{Period, Reference, Value};
use crate::text::{When, fold};

/// What a record answers to a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is meant.
    Yes,
    /// It is not meant.
    No,
    /// It can't be told: an amount without a rate, or a value that can't be read. Such records are left out and named.
    Unknown,
}

impl Answer {
    pub(super) fn negated(self) -> Self {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Unknown => Answer::Unknown,
        }
    }

    /// Yes if any is, else unknown if any is.
    pub(super) fn any(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut sum = Answer::No;
        for answer in answers {
            match answer {
                Answer::Yes => return Answer::Yes,
                Answer::Unknown => sum = Answer::Unknown,
                Answer::No => {}
            }
        }
        sum
    }

    /// No if any is, else unknown if any is.
    pub(super) fn all(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::any(answers.into_iter().map(Answer::negated)).negated()
    }
}

impl From<bool> for Answer {
    fn from(holds: bool) -> Self {
        if holds { Answer::Yes } else { Answer::No }
    }
}

/// A stretch of values between two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interval<T> {
    pub(super) low: End<T>,
    pub(super) high: End<T>,
}

impl<T: PartialOrd> Interval<T> {
    /// Whether a value that reaches from `first` to `last` (both the same, but for days) lies in it at least in part.
    fn meets(&self, first: &T, last: &T) -> bool {
        let low = match &self.low {
            End::Included(low) => last >= low,
            End::Excluded(low) => last > low,
            End::Unbounded => true,
        };
        let high = match &self.high {
            End::Included(high) => first <= high,
            End::Excluded(high) => first < high,
            End::Unbounded => true,
        };
        low && high
    }
}

/// What is asked of a value.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Absent,
    Present,
    /// The value as text holds this, folded.
    Contains(String),
    /// The value as text begins so, folded.
    Prefix(String),
    Within(Box<Reading>),
}

/// What was written in the query, read in every way that the field's kind allows.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) text: Option<Interval<String>>,
    pub(super) number: Option<Interval<Decimal>>,
    pub(super) time: Option<Interval<NaiveDateTime>>,
    /// Days, for values such as `14d`.
    pub(super) length: Option<Interval<Decimal>>,
    pub(super) truth: Option<bool>,
    pub(super) reference: Option<Meant>,
}

/// The record that a query names, by what it is called in it and by what the catalog knows under that name.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    pub(super) reference: Reference,
    pub(super) record: Option<RecordIndex>,
}

/// Where a value is looked at.
pub(super) struct Place<'c, 'a> {
    pub(super) ctx: &'c Context<'a>,
    pub(super) record: RecordIndex,
    pub(super) kind: &'c Kind,
}

impl Test {
    /// Whether the value passes; an absent one passes only [`Test::Absent`].
    pub(super) fn answer(&self, place: &Place<'_, '_>, value: Option<&Value>) -> Answer {
        match (self, value) {
            (Test::Absent, value) => value.is_none().into(),
            (Test::Present, value) => value.is_some().into(),
            (_, None) => Answer::No,
            (test, Some(value)) => test.of_value(place, value),
        }
    }

    /// Any element of a list will do, and anything within a map.
    fn of_value(&self, place: &Place<'_, '_>, value: &Value) -> Answer {
        match value {
            Value::List(items) => Answer::any(items.iter().map(|item| self.of_value(place, &item.value))),
            Value::Map(entries) => Answer::any(entries.iter().map(|(_, inner)| self.of_value(place, &inner.value))),
            single => match self {
                Test::Contains(part) => plain(&single.display(), place.kind).contains(part.as_str()).into(),
                Test::Prefix(start) => plain(&single.display(), place.kind).starts_with(start.as_str()).into(),
                Test::Within(reading) => reading.of_single(place, single),
                Test::Absent | Test::Present => Answer::No,
            },
        }
    }
}

impl Reading {
    fn of_single(&self, place: &Place<'_, '_>, value: &Value) -> Answer {
        let answer = match value {
            Value::Number(number) => self.number.as_ref().map(|meant| meant.meets(number, number).into()),
            Value::Money(money) => self.number.as_ref().map(|meant| {
                let worth = money_in_base(place.ctx, place.ctx.catalog.record(place.record), *money);
                worth.map_or(Answer::Unknown, |worth| meant.meets(&worth, &worth).into())
            }),
            Value::When(when) => self.time.as_ref().map(|meant| {
                let (first, last) = moments(*when);
                meant.meets(&first, &last).into()
            }),
            Value::Bool(truth) => self.truth.map(|meant| (meant == *truth).into()),
            Value::Reference(reference) => self.reference.as_ref().map(|meant| meant.is(reference, place.ctx).into()),
            Value::Text(text) => self.length.as_ref().and_then(|meant| {
                let days = days_of(Period::parse(text)?);
                Some(meant.meets(&days, &days).into())
            }),
            Value::Invalid(_) | Value::List(_) | Value::Map(_) => None,
        };
        answer.unwrap_or_else(|| match (&self.text, value) {
            (Some(meant), value) => {
                let text = plain(&value.display(), place.kind).into_owned();
                meant.meets(&text, &text).into()
            }
            // What can't be read can't be compared, but may not vanish either.
            (None, Value::Invalid(_)) => Answer::Unknown,
            (None, _) => Answer::No,
        })
    }
}

impl Meant {
    fn is(&self, found: &Reference, ctx: &Context<'_>) -> bool {
        let same_contact = self.reference.contact.is_none()
            || self.reference.contact.as_deref().map(fold) == found.contact.as_deref().map(fold);
        let same_record = fold(&self.reference.id) == fold(&found.id)
            || (self.record.is_some() && ctx.catalog.index_of(&found.id) == self.record);
        same_contact && same_record
    }
}

/// A text as values are compared: folded, phone numbers without the signs that people set them with.
pub(super) fn plain<'t>(text: &'t str, kind: &Kind) -> Cow<'t, str> {
    match kind.element() {
        Kind::Phone => Cow::Owned(text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '+').collect()),
        _ => fold(text),
    }
}

/// The first and the last moment of a day, or of a minute where no seconds are written.
pub(super) fn moments(when: When) -> (NaiveDateTime, NaiveDateTime) {
    const SECOND: u32 = 999_999_999;
    let end_of_day = NaiveTime::from_hms_nano_opt(23, 59, 59, SECOND).unwrap_or(NaiveTime::MIN);
    let (first, last) = match when.time {
        None => (NaiveTime::MIN, end_of_day),
        Some(time) => {
            let last = if time.second() == 0 { time.with_second(59).unwrap_or(time) } else { time };
            (time, last.with_nanosecond(SECOND).unwrap_or(last))
        }
    };
    (when.date.and_time(first), when.date.and_time(last))
}

/// A length of time in days; a month has 30 and a year 365, which is near enough to compare.
pub(super) fn days_of(period: Period) -> Decimal {
    match period {
        Period::Days(days) => days.into(),
        Period::Months(months) => Decimal::from(months / 12 * 365 + months % 12 * 30),
    }
}
