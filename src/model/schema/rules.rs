//! A schema made ready to check values.

use std::sync::OnceLock;

use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::text::When;

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
    When::parse(text).is_ok()
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
            "2026-11-25 9:00",
        ] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "25.11.2026",
            "2026-02-30",
            "2026-2-3",
            "2026-11-25T24:00",
            "2026-11-25T",
            "2026-11-25T09:00:00+01:00",
            "",
            "tomorrow",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
