//! Chains of cards that must have an end.

use std::collections::HashSet;

use super::{Check, codes};
use crate::catalog::RecordIndex;
use crate::diagnostic::Diagnostic;

/// Fields that lead from a card to an earlier or higher one of its own type.
const CHAINS: &[(&str, &str)] = &[("client", "parent"), ("offer", "supersedes"), ("invoice", "corrects")];

/// A chain that comes back to where it began. A card that names itself has a finding of its own.
pub(super) fn circles(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for (record_type, field) in CHAINS {
        let mut done: HashSet<RecordIndex> = HashSet::new();
        for (start, record) in check.entries().filter(|(_, record)| *record.record_type == **record_type) {
            let mut chain = vec![start];
            let mut seen = HashSet::from([start]);
            let mut at = record;
            // Each card has one such field, so every chain is walked once.
            while let Some(next) = at.reference(field).and_then(|next| check.ctx.catalog.index_of(&next.id)) {
                if !seen.insert(next) {
                    let from = chain.iter().position(|known| *known == next).unwrap_or_default();
                    found.extend(circle(check, field, chain.get(from..).unwrap_or_default()));
                    break;
                }
                if done.contains(&next) {
                    break;
                }
                chain.push(next);
                at = check.ctx.catalog.record(next);
            }
            done.extend(chain);
        }
    }
}

fn circle(check: &Check<'_>, field: &str, chain: &[RecordIndex]) -> Option<Diagnostic> {
    let [first, _, ..] = chain else { return None };
    let record = check.ctx.catalog.record(*first);
    let ids = chain.iter().chain([first]).map(|index| check.ctx.catalog.record(*index).id.as_str());
    let message = format!("`{field}` goes round in a circle: {}", ids.collect::<Vec<_>>().join(" → "));
    let place = record.field(field)?.span;
    let mut finding = Diagnostic::new(codes::REFERENCE_CIRCLE, message).at(place).in_file(&record.path);
    for index in chain.iter().skip(1).take(5) {
        let other = check.ctx.catalog.record(*index);
        let Some(link) = other.field(field) else { continue };
        finding = finding.related(&other.path, link.span, "and from here");
    }
    Some(finding.help("take the link out that is wrong"))
}
