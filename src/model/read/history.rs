//! The `history` of a card.

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::model::{HistoryLine, codes, kind as model};
use crate::text::When;
use crate::text::yaml::{Kind, NodeRef};

impl Reader<'_> {
    /// The lines that can be read, in the card's order; the others are findings.
    pub(super) fn history(&mut self, front: NodeRef<'_>) -> Vec<HistoryLine> {
        let mut lines: Vec<HistoryLine> = Vec::new();
        let Some(history) = front.get("history").filter(|node| node.kind() != Kind::Null) else { return lines };
        self.check_single(history, &model::Kind::List(Box::new(model::Kind::Text)));
        let single = (!history.is_collection()).then_some(history);
        for node in history.items().chain(single) {
            if node.is_collection() {
                let finding =
                    Diagnostic::new(codes::HISTORY_LINE, "a history line is one line of text").at(node.span());
                self.report(finding.help("write it as `- 2026-11-03 offer value=120000 @anna`"));
                continue;
            }
            match HistoryLine::parse(&node.raw(), node.span()) {
                Ok(line) => {
                    self.check_history_line(&line, lines.last());
                    lines.push(line);
                }
                Err(error) => {
                    let finding = Diagnostic::new(codes::HISTORY_LINE, error.to_string()).at(node.span());
                    self.report(finding.help("write it as `2026-11-03 offer value=120000 @anna`"));
                }
            }
        }
        lines
    }

    fn check_history_line(&mut self, line: &HistoryLine, before: Option<&HistoryLine>) {
        if let Some(before) = before.filter(|before| runs_backwards(before.at, line.at)) {
            let message = format!("the history runs backwards: {} after {}", line.at, before.at);
            let finding = Diagnostic::new(codes::HISTORY_ORDER, message).at(line.span);
            self.report(finding.help("put the lines in order, oldest first"));
        }
        let persons = line.person.iter().chain(line.changes.iter().filter(|(name, _)| name == "owner").map(|(_, v)| v));
        for person in persons.filter(|person| !person.is_empty()) {
            self.check_person(person, line.span);
        }
    }
}

/// A line without a time stands anywhere among those of its day.
fn runs_backwards(before: When, after: When) -> bool {
    match (before.time, after.time) {
        (Some(_), Some(_)) => after < before,
        _ => after.date < before.date,
    }
}
