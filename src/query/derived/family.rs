//! Whose record it is: the client or lead that it is about, and the records about one.

use crate::catalog::RecordIndex;
use crate::query::Context;

/// The records that name the one at this place in a field, by path.
pub(super) fn named_by<'a>(
    ctx: &Context<'a>,
    record: RecordIndex,
    field: &'static str,
) -> impl Iterator<Item = RecordIndex> + use<'a> {
    let links = ctx.catalog.backlinks(record).iter();
    links.filter(move |link| link.field.as_deref() == Some(field)).map(|link| link.from)
}

/// The records whose `client` is the one at this place, by path; none if it is no client.
pub fn records_of_client<'a>(ctx: &Context<'a>, client: RecordIndex) -> impl Iterator<Item = RecordIndex> + use<'a> {
    let is_client = &*ctx.catalog.record(client).record_type == "client";
    named_by(ctx, client, "client").filter(move |_| is_client)
}

/// The records of one type whose `client` is the one at this place, or whose `lead` is, where it is a lead.
pub fn records_of_party<'a>(
    ctx: &Context<'a>,
    party: RecordIndex,
    record_type: &'static str,
) -> impl Iterator<Item = RecordIndex> + use<'a> {
    let field = if &*ctx.catalog.record(party).record_type == "lead" { "lead" } else { "client" };
    let catalog = ctx.catalog;
    named_by(ctx, party, field).filter(move |from| &*catalog.record(*from).record_type == record_type)
}

/// The client or lead that a record is about: the client that it names or became, the lead that it names, or that of
/// its opportunity; the record itself where there is none.
pub fn party(ctx: &Context<'_>, record: RecordIndex) -> RecordIndex {
    let mut at = record;
    // Cards may name each other in a circle; no honest chain is longer.
    for _ in 0..4 {
        let card = ctx.catalog.record(at);
        let fields: &[&str] = match &*card.record_type {
            "client" => return at,
            "lead" => &["converted_to", "client"],
            _ => &["client", "lead", "opportunity"],
        };
        let named = fields.iter().filter_map(|field| ctx.catalog.index_of(&card.reference(field)?.id));
        match named.into_iter().next() {
            Some(next) => at = next,
            None => return if &*card.record_type == "lead" { at } else { record },
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use super::party;
    use crate::query::sample::Sample;

    #[test]
    fn a_record_is_about_its_client_or_lead() {
        let sample = Sample::of(&[
            "client acme
            stage: active",
            "lead lead-acme
            stage: converted
            converted_to: acme",
            "lead lead-new
            stage: new",
            "opportunity a
            lead: lead-acme
            stage: offer",
            "opportunity b
            lead: lead-new
            stage: offer",
            "offer b-offer-1
            opportunity: b
            stage: sent",
            "competitor rival",
            "case circle
            opportunity: circle
            stage: open",
        ]);
        let ctx = sample.context();
        let of = |id: &str| ctx.catalog.record(party(&ctx, sample.at(id))).id.as_str();
        assert_eq!(of("acme"), "acme");
        assert_eq!(of("lead-acme"), "acme");
        assert_eq!(of("a"), "acme");
        assert_eq!(of("b"), "lead-new");
        assert_eq!(of("b-offer-1"), "lead-new");
        assert_eq!(of("rival"), "rival");
        assert_eq!(of("circle"), "circle");
    }
}
