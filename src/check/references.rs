//! References: fields and `with:` that name other cards, or persons there.

use std::collections::HashSet;

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::kind::{Kind, Target};
use crate::model::schema::FieldDef;
use crate::model::{Record, Reference, Value, slug};
use crate::text::{Edit, Span, did_you_mean, nearest};

/// For so many unknown names the nearest are looked for: it takes a walk over all ids each time.
const SUGGESTIONS: usize = 20;

/// Every reference of a declared field leads to a card of the right type, and where it names a person, to somebody.
pub(super) fn fields(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let mut finder = Finder::new(check);
    for record in check.records() {
        let Some(type_def) = check.type_of(record) else { continue };
        for field in &record.fields {
            let Some(def) = type_def.field(&field.name) else { continue };
            let findings = finder.value(record, def, &field.value, field.span);
            found.extend(findings.into_iter().map(|finding| finding.in_file(&record.path)));
        }
    }
}

/// Everybody after `with:` is a contact of the card that is named, or of the card's own client or lead.
pub(super) fn log_contacts(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let mut finder = Finder::new(check);
    for record in check.records() {
        for with in record.content.log.iter().flat_map(|entry| &entry.with) {
            let reference = &with.value;
            let finding = match check.ctx.catalog.resolve(reference) {
                // A sale has no contacts of its own: those of its client or lead are meant.
                Some(target) => unknown_contact(check.party(target), reference, with.span),
                // The card's own client: its field has been found wanting already.
                None if names_its_own(record, &reference.id) || finder.unreadable.contains(&*reference.id) => None,
                None => Some(finder.unknown(reference, "with", &[], with.span)),
            };
            found.extend(finding.map(|finding| finding.in_file(&record.path)));
        }
    }
}

fn names_its_own(record: &Record, id: &str) -> bool {
    ["client", "lead", "opportunity"].iter().any(|field| record.reference(field).is_some_and(|own| own.id == id))
}

struct Finder<'a, 'c> {
    check: &'c Check<'a>,
    /// Ids of files that can't be read: they are there, and have their own findings.
    unreadable: HashSet<&'a str>,
    suggestions: usize,
}

impl<'a, 'c> Finder<'a, 'c> {
    fn new(check: &'c Check<'a>) -> Self {
        let unreadable = check.ctx.catalog.unreadable().iter().map(|path| path.stem()).collect();
        Self { check, unreadable, suggestions: SUGGESTIONS }
    }

    /// The references within a value, each against what its field may name.
    fn value(&mut self, record: &Record, def: &FieldDef, value: &Value, span: Span) -> Vec<Diagnostic> {
        match value {
            Value::Reference(reference) if matches!(def.kind.element(), Kind::Reference(_)) => {
                self.reference(record, def, reference, span).into_iter().collect()
            }
            Value::List(items) => {
                items.iter().flat_map(|item| self.value(record, def, &item.value, item.span)).collect()
            }
            Value::Map(entries) => {
                let inner = entries.iter().filter_map(|(name, item)| Some((def.field(name)?, item)));
                inner.flat_map(|(def, item)| self.value(record, def, &item.value, item.span)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn reference(&mut self, record: &Record, def: &FieldDef, reference: &Reference, span: Span) -> Option<Diagnostic> {
        let targets = def.targets();
        let Some(target) = self.check.ctx.catalog.resolve(reference) else {
            let known = self.unreadable.contains(&*reference.id);
            return (!known).then(|| self.unknown(reference, &def.name, targets, span));
        };
        if target.id == record.id && reference.contact.is_none() && target.path == record.path {
            let finding = Diagnostic::new(codes::REFERENCE_SELF, format!("`{}` names the card itself", def.name));
            return Some(finding.at(span).help("name another card, or take the line away"));
        }
        wrong_type(def, targets, target, reference, span).or_else(|| unknown_contact(target, reference, span))
    }

    /// Nobody is called so.
    fn unknown(&mut self, reference: &Reference, field: &str, targets: &[Target], span: Span) -> Diagnostic {
        let word = &reference.id;
        if word.is_empty() {
            let finding = Diagnostic::new(codes::REFERENCE_UNKNOWN, format!("`{field}` names no card")).at(span);
            return finding.help("write the id of a card, or take the line away");
        }
        let message = format!("`{field}` names `{word}`, but no card is called so");
        let finding = Diagnostic::new(codes::REFERENCE_UNKNOWN, message).at(span);
        let catalog = self.check.ctx.catalog;
        let fits =
            |record: &Record| targets.is_empty() || targets.iter().any(|t| *t.record_type == *record.record_type);
        let as_id = slug(word);
        if catalog.get(&as_id).is_some_and(fits) {
            // Written as the name it was made from: that leaves one reading.
            let id = Reference { id: as_id, contact: reference.contact.clone() }.to_string();
            let edits = vec![Edit::replace(span, id.clone())];
            let title = format!("write `{id}`");
            return if field == "with" { finding.help(title) } else { finding.help(title.clone()).fix(title, edits) };
        }
        if self.suggestions == 0 {
            return finding;
        }
        self.suggestions -= 1;
        let ids = catalog.records().filter(|record| fits(record)).map(|record| record.id.as_str());
        let help = did_you_mean(&nearest(word, ids, 2));
        finding.help(help.unwrap_or_else(|| "write the id of a card: its file's name without `.md`".to_owned()))
    }
}

/// The card is there, but is not what the field wants.
fn wrong_type(
    def: &FieldDef,
    targets: &[Target],
    target: &Record,
    reference: &Reference,
    span: Span,
) -> Option<Diagnostic> {
    if targets.is_empty() {
        return None;
    }
    let of_type = || targets.iter().filter(|wanted| *wanted.record_type == *target.record_type);
    let finding = |message: String| Some(Diagnostic::new(codes::REFERENCE_TYPE, message).at(span));
    let (name, id, is) = (&def.name, &target.id, &target.record_type);
    if of_type().next().is_none() {
        let message = format!("`{name}` names `{id}`, which is of type {is}");
        return finding(message).map(|f| f.label(format!("must be {}", def.kind.element().expected())));
    }
    let with_contact = reference.contact.is_some();
    if of_type().any(|wanted| wanted.contact == with_contact) {
        return None;
    }
    if with_contact {
        let message = format!("`{name}` names one contact of `{id}`, but means the card as a whole");
        let title = format!("write `{id}`");
        return finding(message).map(|f| f.help(title.clone()).fix(title, vec![Edit::replace(span, id.clone())]));
    }
    let contacts = contact_ids(target);
    let help = match contacts.first() {
        Some(first) => format!("write `{id}#{first}`; {id} has {}", contacts.join(", ")),
        None => format!("add the person under `contacts:` of {id}, and write `{id}#…`"),
    };
    finding(format!("`{name}` names `{id}`, but nobody there")).map(|f| f.help(help))
}

fn unknown_contact(target: &Record, reference: &Reference, span: Span) -> Option<Diagnostic> {
    let contact = reference.contact.as_deref()?;
    let known = contact_ids(target);
    if known.contains(&contact) {
        return None;
    }
    let help = match (did_you_mean(&nearest(contact, known.iter().copied(), 1)), known.is_empty()) {
        (Some(help), _) => help,
        (None, false) => format!("its contacts are {}", known.join(", ")),
        (None, true) => format!("add `contacts:` to {}, or name another card: `with:client#contact`", target.id),
    };
    let message = format!("`{}` has no contact `{contact}`", target.id);
    let finding = Diagnostic::new(codes::CONTACT_UNKNOWN, message).at(span).help(help);
    let contacts = target.field("contacts").map(|field| field.key_span);
    Some(match contacts {
        Some(place) => finding.related(&target.path, place, "its contacts stand here"),
        None => finding,
    })
}

fn contact_ids(record: &Record) -> Vec<&str> {
    let contacts = record.value("contacts").into_iter().flat_map(Value::elements);
    contacts.filter_map(|contact| contact.get("id").and_then(Value::as_text)).collect()
}
