//! Names that must be the only ones: ids, former ids, numbers of documents.

use std::collections::{BTreeMap, HashMap};

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{Record, Value};
use crate::text::fold;

/// So many other places a finding shows: more would only be noise.
const PLACES: usize = 5;

/// Two cards with one stem, in whatever folders. The first by path bears the id.
pub(super) fn duplicates(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let mut by_id: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in check.records() {
        by_id.entry(&record.id).or_default().push(record);
    }
    for (id, records) in by_id {
        let Some((first, others)) = records.split_first() else { continue };
        for other in others {
            let message = format!("the id `{id}` is taken: links to it lead to {}", first.path);
            let mut finding = Diagnostic::new(codes::ID_DUPLICATE, message).at(other.front).in_file(&other.path);
            finding = finding.help("rename this file, or carry over what is missing there and delete it");
            for record in records.iter().filter(|record| record.path != other.path).take(PLACES) {
                finding = finding.related(&record.path, record.front, "the same id");
            }
            found.push(finding);
        }
    }
}

/// A former id that is somebody's present one, or that two cards claim.
pub(super) fn former_ids(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let present: HashMap<&str, &Record> = check.records().rev().map(|r| (r.id.as_str(), r)).collect();
    let mut claimed: HashMap<String, &Record> = HashMap::new();
    for record in check.records() {
        let Some(Value::List(items)) = record.value("former_ids") else { continue };
        for item in items {
            let id = item.value.display().into_owned();
            let (other, why) = match (present.get(id.as_str()), claimed.get(&id)) {
                (Some(other), _) => (*other, "is the id of another card today"),
                (None, Some(other)) => (*other, "is a former id of another card, too"),
                (None, None) => {
                    claimed.insert(id, record);
                    continue;
                }
            };
            let message = match other.path == record.path {
                true => format!("the former id `{id}` stands here twice, or is the card's present one"),
                false => format!("the former id `{id}` {why}"),
            };
            let finding = Diagnostic::new(codes::FORMER_ID_TAKEN, message).at(item.span).in_file(&record.path);
            let finding = finding.help("take it out here, or rename the other card");
            let is_other = other.path != record.path;
            found.push(match is_other {
                true => finding.related(&other.path, other.front, "links to it lead here"),
                false => finding,
            });
        }
    }
}

/// Two documents of one sort with the same number on paper.
pub(super) fn numbers(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(&str, String, String), &Record> = HashMap::new();
    for record in check.records() {
        let sort = match &*record.record_type {
            "invoice" => record.text("kind").unwrap_or("invoice").to_owned(),
            "offer" => record.value("version").map_or_else(String::new, |version| version.display().into_owned()),
            "contract" => String::new(),
            _ => continue,
        };
        let Some((field, number)) = record.field("number").zip(record.text("number")) else { continue };
        let number = fold(number.trim()).into_owned();
        if number.is_empty() {
            continue;
        }
        let Some(first) = seen.get(&(&*record.record_type, sort.clone(), number.clone())) else {
            seen.insert((&record.record_type, sort, number), record);
            continue;
        };
        let message = format!("the number `{}` is that of another {}", field.value.display(), record.record_type);
        let place = first.field("number").map_or(first.front, |field| field.span);
        let finding = Diagnostic::new(codes::NUMBER_DUPLICATE, message).at(field.span).in_file(&record.path);
        let help = if &*record.record_type == "offer" {
            "give it its own number, or tell the versions apart by `version:`"
        } else {
            "give it its own number"
        };
        found.push(finding.help(help).related(&first.path, place, "the same number"));
    }
}
