//! A schema made ready to check values.

use std::sync::OnceLock;

use chrono::NaiveDate;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

/// A bundled schema, and what the library makes of it the first time that a value is checked.
#[derive(Debug)]
pub(super) struct Rules {
    bundle: Value,
    validator: OnceLock<Option<Validator>>,
}

impl Rules {
    /// The rules of a bundle; nothing is made ready yet.
    pub(super) fn new(bundle: Value) -> Self {
        Self { bundle, validator: OnceLock::new() }
    }

    /// The schema, which stands on its own.
    pub(super) fn bundle(&self) -> &Value {
        &self.bundle
    }

    /// Makes the rules ready.
    ///
    /// # Errors
    /// What is wrong with the schema, in the library's words.
    pub(super) fn compile(&self) -> Result<(), String> {
        let compiled = compile(&self.bundle);
        let error = compiled.as_ref().err().map(ToString::to_string);
        let _ = self.validator.set(compiled.ok());
        error.map_or(Ok(()), Err)
    }

    /// What is wrong with a value; nothing if all is well.
    pub(super) fn errors<'a>(&'a self, value: &'a Value) -> Vec<ValidationError<'a>> {
        match self.validator.get_or_init(|| compile(&self.bundle).ok()) {
            Some(validator) if !validator.is_valid(value) => validator.iter_errors(value).collect(),
            _ => Vec::new(),
        }
    }
}

/// Patterns run in linear time, formats are checked, and nothing is ever fetched.
fn compile(bundle: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::draft202012::options()
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .with_format("date", is_date)
        .with_format("date-time", is_date)
        .with_format("wall-time", is_date)
        .build(bundle)
}

/// A day of the calendar, perhaps with a time, in any of the spellings that the contract reads.
fn is_date(text: &str) -> bool {
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let shape = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    shape && NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok() && time.is_none_or(is_time)
}

/// `HH:MM`, perhaps with seconds, fractions and a `Z`.
fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, f)| (clock, Some(f)));
    let parts: Vec<&str> = clock.split(':').collect();
    let below = |part: &&str, limit: u8| {
        part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) && part.parse().is_ok_and(|n: u8| n < limit)
    };
    let clock_fits = match parts.as_slice() {
        [hour, minute] => below(hour, 24) && below(minute, 60) && fraction.is_none(),
        [hour, minute, second] => below(hour, 24) && below(minute, 60) && below(second, 60),
        _ => false,
    };
    clock_fits && fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_of_the_calendar_with_or_without_a_time() {
        for date in [
            "2026-11-25",
            "2028-02-29",
            "2026-11-25T09:00",
            "2026-11-25 09:00:59",
            "2026-11-25T00:00:00.000Z",
            "2026-11-25T09:00Z",
        ] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "25.11.2026",
            "2026-02-30",
            "2026-2-3",
            "2026-11-25T24:00",
            "2026-11-25T",
            "2026-11-25T9:00",
            "2026-11-25T09:00:00+01:00",
            "",
            "tomorrow",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
