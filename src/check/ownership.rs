//! Who looks after the cards.

use std::collections::BTreeMap;

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::Record;
use crate::query::derived::{next_step, stages};

/// No open card belongs to somebody who has left.
pub(super) fn people_who_left(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for (index, record) in check.entries() {
        let Some((field, owner)) = record.field("owner").zip(record.owner()) else { continue };
        let has_left = check.ctx.config.person(owner).is_some_and(|person| !person.active);
        if has_left && stages::stage(&check.ctx, index).is_some_and(|stage| stage.is_open()) {
            let message = format!("the card is still open, and `{owner}` has left");
            let finding = Diagnostic::new(codes::OWNER_LEFT, message).at(field.span).in_file(&record.path);
            found.push(finding.help("give it to another of your people"));
        }
    }
}

/// With `--strict`: every card that owes a next step belongs to somebody.
pub(super) fn missing(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let owing = check.entries().filter(|(index, _)| next_step::is_asked_for(&check.ctx, *index));
    for (_, record) in owing.filter(|(_, record)| record.owner().is_none()) {
        let place = record.field("stage").map_or(record.front, |stage| stage.span);
        let message = "nobody owns the card, so nobody is reminded of its next step";
        let finding = Diagnostic::new(codes::OWNER_MISSING, message).at(place).in_file(&record.path);
        found.push(finding.help("add `owner:` with one of your people"));
    }
}

/// Nobody has more open leads than the limit allows. The newest one beyond it is shown.
pub(super) fn open_leads(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let Some(limit) = check.ctx.config.limits.get("open_leads_per_owner") else { return };
    let mut by_owner: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    let leads = check.entries().filter(|(_, record)| &*record.record_type == "lead");
    for (_, lead) in leads.filter(|(index, _)| stages::is_open(&check.ctx, *index)) {
        if let Some(owner) = lead.owner() {
            by_owner.entry(owner).or_default().push(lead);
        }
    }
    for (owner, leads) in by_owner {
        if leads.len() <= *limit as usize {
            continue;
        }
        let Some(newest) = leads.iter().max_by_key(|lead| lead.when("created")) else { continue };
        let message = format!("{owner} has {} open leads, and the limit is {limit}", leads.len());
        let place = newest.field("owner").map_or(newest.front, |field| field.span);
        let finding = Diagnostic::new(codes::LIMIT_EXCEEDED, message).at(place).label("the newest of them");
        found.push(finding.help("hand some over, or disqualify those that lead nowhere").in_file(&newest.path));
    }
}
