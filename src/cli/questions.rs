//! What is asked at a terminal where a call left something out. Whatever is asked can be said in the call.

use std::collections::HashMap;

use super::CliError;
use super::proposal::{Proposal, to_fill_in};
use super::session::Session;
use crate::change::Assignment;

/// What somebody at the terminal has said of each card, by its id.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<String, Vec<Assignment>>);

impl Answers {
    /// The fields that were said of a card.
    pub(super) fn of(&self, id: &str) -> &[Assignment] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// All that was said, where there is one card only.
    pub(super) fn all(&self) -> Vec<Assignment> {
        self.0.values().flatten().cloned().collect()
    }

    /// Asks for what the type and the gate of the first card that lacks something ask for; false where nothing is
    /// lacking, where nobody can be asked, or where they had no answer. What is said of one card is never taken for
    /// another's.
    ///
    /// # Errors
    /// [`CliError::Output`] if nothing can be asked after all.
    pub(super) fn ask(&mut self, session: &mut Session<'_, '_>, proposal: &Proposal) -> Result<bool, CliError> {
        if !session.io.can_ask() {
            return Ok(false);
        }
        let lacking = proposal.lacking(session);
        let Some((id, fields)) = lacking.first() else { return Ok(false) };
        let record_type = proposal.record(id).map(|record| record.record_type.to_string());
        let whose = if proposal.is_single() { String::new() } else { format!("{id}: ") };
        let mut answers = Vec::new();
        for field in fields {
            let field = to_fill_in(field);
            let question = question(session, record_type.as_deref(), field);
            match session.io.ask(&format!("{whose}{question}"))? {
                Some(answer) if !answer.is_empty() => answers.push(Assignment::set(field, answer)),
                // Without an answer the change is refused, and says what was missing.
                _ => return Ok(false),
            }
        }
        self.0.entry(id.clone()).or_default().extend(answers);
        Ok(true)
    }
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
