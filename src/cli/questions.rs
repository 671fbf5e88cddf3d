//! What is asked at a terminal where a call left something out. Whatever is asked can be said in the call.

use super::CliError;
use super::proposal::{Proposal, to_fill_in};
use super::session::Session;

/// Asks for what the gates demand and the cards lack, the same for all of them; empty where nothing is lacking, where
/// nobody can be asked, or where they had no answer.
///
/// # Errors
/// [`CliError::Output`] if nothing can be asked after all.
pub(super) fn fill_in(session: &mut Session<'_, '_>, proposal: &Proposal) -> Result<Vec<(String, String)>, CliError> {
    if !session.io.can_ask() {
        return Ok(Vec::new());
    }
    let lacking = proposal.lacking(session);
    let Some((id, fields)) = lacking.first() else { return Ok(Vec::new()) };
    let record_type = proposal.record(id).map(|record| record.record_type.to_string());
    let mut answers = Vec::new();
    for field in fields {
        let field = to_fill_in(field);
        let question = question(session, record_type.as_deref(), field);
        match session.io.ask(&question)? {
            Some(answer) if !answer.is_empty() => answers.push((field.to_owned(), answer)),
            // Without an answer the change is refused, and says what was missing.
            _ => return Ok(Vec::new()),
        }
    }
    Ok(answers)
}

/// `Reason of losing (lost_reason: price, product, …):`
fn question(session: &Session<'_, '_>, record_type: Option<&str>, field: &str) -> String {
    let config = session.workspace.config();
    let def = record_type.and_then(|name| config.schemas.get(name)).and_then(|def| def.field(field));
    let choices = def.and_then(|def| config.choices.get(def.choice_list.as_ref()?));
    let title = def.map_or(field, |def| def.title.as_str());
    match choices {
        Some(choices) => format!("{title} ({field}: {}):", choices.join(", ")),
        None => format!("{title} ({field}):"),
    }
}
