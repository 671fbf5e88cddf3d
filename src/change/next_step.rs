//! The card's own promise: when to be in touch again, and what to do then.

use super::{Draft, Refusal};
use crate::text::When;
use crate::text::yaml::Value;

/// Promises the next contact for a day; the step stays as it is unless a new one is named.
///
/// # Errors
/// [`Refusal`] if the day has been, or the card can't be edited so.
pub fn promise(draft: &mut Draft<'_>, day: When, step: Option<&str>, today: chrono::NaiveDate) -> Result<(), Refusal> {
    if day.date < today {
        let hint = "write a day to come: tomorrow, friday, +7d, 2026-12-01; what has been goes into `karto log --at`";
        return Err(Refusal::value(format!("{} has been: nobody can be contacted then", day.date), hint));
    }
    draft.set("next_contact", &Value::Text(day.to_string()))?;
    match step.map(str::trim).filter(|step| !step.is_empty()) {
        Some(step) => draft.set("next_step", &Value::Text(step.to_owned())),
        None => Ok(()),
    }
}
