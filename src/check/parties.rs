//! With whom a sale is made, and what became of leads.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{Outcome, Record};
use crate::query::derived::stages;

/// An open opportunity has exactly one of `client` and `lead`.
pub(super) fn opportunities(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let opportunities = check.entries().filter(|(_, record)| &*record.record_type == "opportunity");
    for (_, record) in opportunities.filter(|(index, _)| stages::is_open(&check.ctx, *index)) {
        let finding = match (record.field("client"), record.field("lead")) {
            (Some(client), Some(lead)) => {
                let message = "the opportunity names both a client and a lead";
                let finding = Diagnostic::new(codes::OPPORTUNITY_PARTY, message).at(lead.key_span);
                let finding = finding.related(&record.path, client.key_span, "the client");
                finding.help("take `lead:` away if it has become the client")
            }
            (None, None) => {
                let message = "the opportunity names neither a client nor a lead";
                let finding = Diagnostic::new(codes::OPPORTUNITY_PARTY, message).at(record.front);
                finding.help("add `client:` with the client's id, or `lead:` while it is one")
            }
            _ => continue,
        };
        found.push(finding.in_file(&record.path));
    }
}

/// A lead that is converted says into what.
pub(super) fn converted_leads(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let leads = check.entries().filter(|(_, record)| &*record.record_type == "lead");
    for (index, record) in leads {
        let converted = stages::outcome(&check.ctx, index) == Some(Outcome::Won);
        if !converted || record.field("converted_to").is_some() {
            continue;
        }
        let place = record.field("stage").map_or(record.front, |stage| stage.span);
        let message = "the lead is converted, but does not say into what";
        let finding = Diagnostic::new(codes::CONVERTED_TO_MISSING, message).at(place).in_file(&record.path);
        found.push(finding.help("add `converted_to:` with the id of the client or opportunity"));
    }
}

/// What belongs to an opportunity is for the opportunity's client, or for a client of the same group.
pub(super) fn clients_of_opportunities(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let catalog = check.ctx.catalog;
    let resolved = |record: &Record, field: &str| catalog.resolve(record.reference(field)?);
    for record in check.records() {
        let Some(sale) = resolved(record, "opportunity") else { continue };
        let (Some(own), Some(theirs)) = (resolved(record, "client"), resolved(sale, "client")) else { continue };
        let parents = (resolved(own, "parent"), resolved(theirs, "parent"));
        let is = |a: Option<&Record>, b: Option<&Record>| a.zip(b).is_some_and(|(a, b)| a.path == b.path);
        let of_one_group = is(parents.0, Some(theirs))
            || is(Some(own), parents.1)
            || is(parents.0, parents.1)
            || own.path == theirs.path;
        let Some(field) = record.field("client").filter(|_| !of_one_group) else { continue };
        let message =
            format!("the client is `{}`, but that of the opportunity `{}` is `{}`", own.id, sale.id, theirs.id);
        let finding = Diagnostic::new(codes::CLIENT_DIFFERS, message).at(field.span).in_file(&record.path);
        let finding = match sale.field("client") {
            Some(client) => finding.related(&sale.path, client.span, "the opportunity's client"),
            None => finding,
        };
        found.push(finding.help("mend whichever is wrong"));
    }
}
