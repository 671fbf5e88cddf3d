//! The id of a new card, by the pattern of its type.

use super::Refusal;
use crate::model::schema::TypeDef;
use crate::model::{IdProblem, MAX_ID_LENGTH, Record, Value, check_id, slug};
use crate::query::Context;

/// Room that is kept for `{n}`.
const DIGITS: usize = 5;

/// Makes the id of a new card. `is_taken` is asked for numbered ones, which go on to the next free number; whether any
/// other is free is the caller's to look.
///
/// # Errors
/// [`Refusal::Value`] if nothing of the name can be kept, or what comes of it is no id.
pub(super) fn make(
    def: &TypeDef,
    record: &Record,
    ctx: &Context<'_>,
    is_taken: &dyn Fn(&str) -> bool,
) -> Result<String, Refusal> {
    let pattern = &def.id_pattern;
    let name = slug(record.name());
    if name.is_empty() && pattern.contains("{name}") {
        let message = format!("no id can be made from `{}`", record.name());
        return Err(Refusal::value(message, format!("say one: --id {}-…", def.name)));
    }
    let mut filled = pattern.replace("{type}", &def.name);
    for field in ["client", "opportunity", "lead"] {
        let place = format!("{{{field}}}");
        if filled.contains(&place) {
            filled = filled.replace(&place, &belongs_to(record, field, ctx).unwrap_or_default());
        }
    }
    let numbered = filled.contains("{n}");
    let taken_up = filled.replace("{name}", "").replace("{n}", "").len() + if numbered { DIGITS } else { 0 };
    let room = MAX_ID_LENGTH.saturating_sub(taken_up);
    let filled = tidy(&filled.replace("{name}", cut(&name, room)));
    let id = match filled.split_once("{n}") {
        Some((before, after)) => next_number(before, after, ctx, is_taken),
        None => filled,
    };
    check_id(&id).map_err(|problem| no_id(&id, problem, def))?;
    Ok(id)
}

/// Why a word can't be the id of a new card, and what could.
pub(super) fn no_id(id: &str, problem: IdProblem, def: &TypeDef) -> Refusal {
    let better = slug(id);
    let prefixed = format!("{}-{better}", def.name);
    let better = if check_id(&better).is_ok() { better } else { prefixed };
    let hint = match check_id(&better) {
        Ok(()) => format!("say another: --id {better}"),
        Err(_) => "say another of letters a to z, digits and single dashes: --id …".to_owned(),
    };
    Refusal::value(format!("`{id}` can't be the id: {problem}"), hint)
}

/// The record that a new one is named after. Who sells to a lead has no client yet, and who names a sale names its
/// client too.
fn belongs_to(record: &Record, field: &str, ctx: &Context<'_>) -> Option<String> {
    let named = |record: &Record, field: &str| {
        let reference = record.reference(field)?;
        Some(ctx.catalog.resolve(reference).map_or_else(|| slug(&reference.id), |found| found.id.clone()))
    };
    let sale = record.reference("opportunity").and_then(|sale| ctx.catalog.resolve(sale));
    let party = |record: &Record| named(record, "client").or_else(|| named(record, "lead"));
    match field {
        "client" => party(record).or_else(|| party(sale?)),
        "lead" => named(record, "lead").or_else(|| named(record, "client")),
        field => named(record, field).or_else(|| party(record)),
    }
}

/// As much of an id as there is room for, in whole words where that leaves any.
fn cut(id: &str, room: usize) -> &str {
    let Some(cut) = id.get(..room).filter(|_| room < id.len()) else { return id };
    let at_word = id.as_bytes().get(room) == Some(&b'-');
    match cut.rfind('-') {
        Some(dash) if !at_word => cut.get(..dash).unwrap_or(cut),
        _ => cut,
    }
}

/// Without the hyphens that parted what was not there.
fn tidy(id: &str) -> String {
    id.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// One more than the highest number that there is or was.
fn next_number(before: &str, after: &str, ctx: &Context<'_>, is_taken: &dyn Fn(&str) -> bool) -> String {
    let number = |id: &str| -> Option<u32> { id.strip_prefix(before)?.strip_suffix(after)?.parse().ok() };
    let highest = ctx.catalog.records().flat_map(|record| {
        let former = record.value("former_ids").into_iter().flat_map(Value::elements);
        let former = former.filter_map(|id| number(&id.display())).max();
        number(&record.id).max(former)
    });
    let mut next = highest.max().unwrap_or_default().saturating_add(1);
    loop {
        let id = format!("{before}{next}{after}");
        if next == u32::MAX || !is_taken(&id) {
            return id;
        }
        next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_at_a_word() {
        assert_eq!(cut("lodz-tools-and-more", 40), "lodz-tools-and-more");
        assert_eq!(cut("lodz-tools-and-more", 10), "lodz-tools");
        assert_eq!(cut("lodz-tools-and-more", 12), "lodz-tools");
        assert_eq!(cut("lodz", 2), "lo");
        assert_eq!(cut("lodz", 0), "");
        assert_eq!(tidy("-offer--1-"), "offer-1");
    }
}
