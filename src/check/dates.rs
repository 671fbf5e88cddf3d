//! What is said to have happened on days to come, or before the card was there.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{TaskState, Value};
use crate::query::OWN_RULES;
use crate::text::{Span, When};

/// Log entries tell of the past.
pub(super) fn log_entries(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        for entry in record.content.log.iter().filter(|entry| is_to_come(check, entry.at)) {
            let finding = future(entry.at, "the log entry", entry.heading).in_file(&record.path);
            found.push(finding.help("what is planned is a task: `- [ ] … due:2026-11-25`"));
        }
    }
}

/// So do done tasks.
pub(super) fn tasks(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        for task in record.content.tasks.iter().filter(|task| task.state == TaskState::Done) {
            let Some(done) = task.done.filter(|done| is_to_come(check, *done)) else { continue };
            found.push(future(done, "the task's `done:`", task.span).in_file(&record.path));
        }
    }
}

/// And history, which does not begin before the card either.
pub(super) fn histories(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        for line in record.history.iter().filter(|line| is_to_come(check, line.at)) {
            found.push(future(line.at, "the history line", line.span).in_file(&record.path));
        }
        let (Some(created), Some(first)) = (record.field("created"), record.history.first()) else { continue };
        let Value::When(born) = created.value else { continue };
        if first.at.date < born.date {
            let message = format!("the history begins on {}, before `created`", first.at.date);
            let finding = Diagnostic::new(codes::HISTORY_BEFORE_CREATED, message).at(first.span);
            let finding = finding.related(&record.path, created.span, "created");
            found.push(finding.help("mend whichever of the two dates is wrong").in_file(&record.path));
        }
    }
}

/// `created`, the days of payments, and stored dates of stages.
pub(super) fn fields(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        for field in &record.fields {
            let tells_of_past = field.name == "created" || OWN_RULES.contains(&field.name.as_str());
            let payments = field.value.elements().filter(|_| field.name == "payments");
            let paid = payments.filter_map(|payment| match payment {
                Value::Map(entries) => entries.iter().find(|(name, _)| name == "date").map(|(_, date)| date),
                _ => None,
            });
            let own = tells_of_past.then_some((&field.value, field.span));
            for (value, span) in own.into_iter().chain(paid.map(|date| (&date.value, date.span))) {
                let Value::When(when) = value else { continue };
                if is_to_come(check, *when) {
                    let what = if field.name == "payments" { "the payment" } else { &*format!("`{}`", field.name) };
                    found.push(future(*when, what, span).in_file(&record.path));
                }
            }
        }
    }
}

fn is_to_come(check: &Check<'_>, when: When) -> bool {
    when.date > check.ctx.today
}

fn future(when: When, what: &str, span: Span) -> Diagnostic {
    let message = format!("{what} is dated {}, which is still to come", when.date);
    Diagnostic::new(codes::DATE_IN_FUTURE, message).at(span).help("mend the date")
}
