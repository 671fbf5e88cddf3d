//! What a sale is likely to bring, and what the sales to a client have brought.

use rust_decimal::Decimal;

use super::{amounts, family, stages};
use crate::catalog::RecordIndex;
use crate::model::{Money, Outcome, Record, Value};
use crate::query::Context;

/// How likely a record is to be won, in percent: 100 where it is, 0 where it is lost; else what the card itself says,
/// unless that has lapsed; else what its stage says.
pub fn probability(ctx: &Context<'_>, record: RecordIndex) -> Option<Decimal> {
    let stage = stages::stage(ctx, record);
    match stage.and_then(|stage| stage.outcome) {
        Some(Outcome::Won) => Some(Decimal::ONE_HUNDRED),
        Some(Outcome::Lost) => Some(Decimal::ZERO),
        Some(Outcome::Neutral) => None,
        None => {
            let card = ctx.catalog.record(record);
            let own = own_probability(card).filter(|own| !has_lapsed(card, *own));
            own.or_else(|| stage?.chance().map(Decimal::from))
        }
    }
}

/// True for an open record whose own `probability` counts no more, because it has moved since and the move did not
/// restate it.
pub fn probability_lapsed(ctx: &Context<'_>, record: RecordIndex) -> bool {
    let card = ctx.catalog.record(record);
    stages::is_open(ctx, record) && own_probability(card).is_some_and(|own| has_lapsed(card, own))
}

/// What the card says, if it can be: what is below 0 or above 100 is a finding, and counts for nothing.
fn own_probability(record: &Record) -> Option<Decimal> {
    match record.value("probability") {
        Some(Value::Number(own)) if (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(own) => Some(*own),
        _ => None,
    }
}

/// A value that no line of history names has always been there; one that differs from the last line that names it was
/// set by hand since.
fn has_lapsed(record: &Record, own: Decimal) -> bool {
    let spells = stages::spells(record);
    let Some(last) = spells.last() else { return false };
    let moved_by_hand = Some(last.stage) != record.stage();
    let named =
        record.history.iter().enumerate().rev().find_map(|(line, change)| Some((line, change.get("probability")?)));
    match named {
        Some((_, written)) if !is_same(written, own) => false,
        Some((line, _)) => moved_by_hand || line < last.line,
        None => moved_by_hand || spells.len() > 1,
    }
}

fn is_same(written: &str, own: Decimal) -> bool {
    written.parse::<Decimal>().is_ok_and(|written| written == own)
}

/// The value in the base currency times the probability, not rounded. `None` for what is parked, which is no part of
/// a forecast, and where the value, its rate or the probability is missing.
pub fn weighted(ctx: &Context<'_>, record: RecordIndex) -> Option<Decimal> {
    if stages::is_parked(ctx, record) {
        return None;
    }
    let share = probability(ctx, record)? / Decimal::ONE_HUNDRED;
    amounts::value_in_base(ctx, record)?.checked_mul(share)
}

/// The opportunities of a client or lead with this outcome; the open ones for `None`.
fn opportunities(ctx: &Context<'_>, party: RecordIndex, outcome: Option<Outcome>) -> impl Iterator<Item = RecordIndex> {
    let all = family::records_of_party(ctx, party, "opportunity");
    all.filter(move |opportunity| stages::outcome(ctx, *opportunity) == outcome)
}

/// What the opportunities of a client or lead that are still open are worth, in the base currency.
pub fn open_value(ctx: &Context<'_>, party: RecordIndex) -> Option<Money> {
    amounts::total(ctx, opportunities(ctx, party, None).map(|sale| amounts::value_in_base(ctx, sale)))
}

/// What the won opportunities of a client or lead were worth, in the base currency of the days they were won.
pub fn won_value(ctx: &Context<'_>, party: RecordIndex) -> Option<Money> {
    amounts::total(ctx, opportunities(ctx, party, Some(Outcome::Won)).map(|sale| amounts::value_in_base(ctx, sale)))
}

/// How many opportunities of a client or lead have been won.
pub fn orders(ctx: &Context<'_>, party: RecordIndex) -> usize {
    opportunities(ctx, party, Some(Outcome::Won)).count()
}

#[cfg(test)]
mod tests {
    use super::probability_lapsed;
    use crate::query::sample::Sample;

    fn probability(card: &str) -> String {
        Sample::of(&[&format!("opportunity a\n{card}")]).get("a", "probability")
    }

    #[test]
    fn the_outcome_rules_then_the_card_then_the_stage() {
        assert_eq!(probability("stage: offer"), "50");
        assert_eq!(probability("stage: offer\nprobability: 60"), "60");
        assert_eq!(probability("stage: won\nprobability: 60"), "100");
        assert_eq!(probability("stage: lost\nprobability: 60"), "0");
        assert_eq!(probability("stage: on-hold"), "none");
    }

    #[test]
    fn the_cards_own_figure_lapses_at_its_next_move_unless_restated() {
        let with = |history: &str| probability(&format!("stage: offer\nprobability: 60\nhistory:\n{history}"));
        assert_eq!(with("  - 2026-10-01 offer probability=60\n"), "60");
        assert_eq!(with("  - 2026-10-01 qualification\n  - 2026-10-05 offer\n  - 2026-10-07 probability=60\n"), "60");
        assert_eq!(with("  - 2026-10-01 qualification probability=60\n  - 2026-10-05 offer\n"), "50");
        assert_eq!(with("  - 2026-10-01 qualification probability=60\n  - 2026-10-05 offer probability=60.0\n"), "60");
    }

    #[test]
    fn a_figure_that_no_line_names_has_always_been_there() {
        let with = |history: &str| probability(&format!("stage: offer\nprobability: 60\nhistory:\n{history}"));
        assert_eq!(with("  - 2026-10-01 offer\n"), "60");
        assert_eq!(with("  - 2026-10-01 qualification\n  - 2026-10-05 offer\n"), "50");
        assert_eq!(with("  - 2026-10-01 qualification\n"), "50", "moved by hand since");
    }

    #[test]
    fn a_figure_that_differs_from_its_last_line_was_set_by_hand_since() {
        let card = "stage: offer\nprobability: 70\nhistory:\n  - 2026-10-01 qualification probability=60\n  - 2026-10-05 offer\n";
        assert_eq!(probability(card), "70");
    }

    #[test]
    fn a_lapsed_figure_can_be_told() {
        let sample = Sample::of(&["opportunity a
            stage: offer
            probability: 60
            history:
              - 2026-10-01 qualification
              - 2026-10-05 offer"]);
        assert!(probability_lapsed(&sample.context(), sample.at("a")));
    }

    #[test]
    fn weighted_is_value_in_base_times_probability() {
        let sample = Sample::of(&[
            "opportunity a
            stage: offer
            value: 1000.01
            currency: EUR",
            "opportunity parked
            stage: on-hold
            probability: 50
            value: 1000",
            "opportunity no-rate
            stage: offer
            value: 1000
            currency: RON",
            "opportunity no-value
            stage: offer",
        ]);
        assert_eq!(sample.get("a", "weighted"), "2000.02 PLN");
        assert_eq!(sample.get("parked", "weighted"), "none");
        assert_eq!(sample.get("no-rate", "weighted"), "none");
        assert_eq!(sample.get("no-value", "weighted"), "none");
    }

    #[test]
    fn a_client_adds_up_its_sales() {
        let sale =
            |id: &str, stage: &str, value: &str| format!("opportunity {id}\nclient: acme\nstage: {stage}\n{value}\n");
        let cards = [
            "client acme\nstage: active\n".to_owned(),
            "client new\nstage: prospect\n".to_owned(),
            sale("a", "offer", "value: 1000"),
            sale("b", "on-hold", "value: 100\ncurrency: EUR"),
            sale("c", "offer", "value: 7\ncurrency: RON"),
            sale("d", "won", "value: 5000"),
            sale("e", "lost", "value: 9000"),
        ];
        let sample = Sample::of(&cards.each_ref().map(String::as_str));
        assert_eq!(sample.get("acme", "open_value"), "1400.00 PLN");
        assert_eq!(sample.get("acme", "won_value"), "5000.00 PLN");
        assert_eq!(sample.get("acme", "orders"), "1");
        assert_eq!(sample.get("new", "open_value"), "0.00 PLN");
    }
}
