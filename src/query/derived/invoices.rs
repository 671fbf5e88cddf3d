//! What clients have been billed, what they have paid, and what is still open.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{amounts, family, stages};
use crate::catalog::RecordIndex;
use crate::model::{Money, Outcome, Record, Value};
use crate::query::{Context, worth};

/// True for an invoice that has been sent to the client and still stands; a draft or a cancelled one does not.
pub fn is_issued(ctx: &Context<'_>, record: RecordIndex) -> bool {
    is_invoice(ctx.catalog.record(record))
        && !stages::is_first(ctx, record)
        && stages::outcome(ctx, record) != Some(Outcome::Neutral)
}

fn is_invoice(record: &Record) -> bool {
    &*record.record_type == "invoice"
}

/// True for a request of payment that is no invoice in the books.
fn is_proforma(record: &Record) -> bool {
    record.text("kind") == Some("proforma")
}

/// The payments of an invoice with their days, up to today.
fn payments<'a>(ctx: &Context<'a>, record: &'a Record) -> impl Iterator<Item = (Option<NaiveDate>, Money)> + use<'a> {
    let today = ctx.today;
    let items = record.value("payments").into_iter().flat_map(Value::elements);
    let read = items.filter_map(|payment| match payment.get("amount")? {
        Value::Money(amount) => Some((payment_day(payment), *amount)),
        _ => None,
    });
    read.filter(move |(day, _)| day.is_none_or(|day| day <= today))
}

fn payment_day(payment: &Value) -> Option<NaiveDate> {
    match payment.get("date") {
        Some(Value::When(when)) => Some(when.date),
        _ => None,
    }
}

/// What has been paid of an invoice, in its own currency.
pub fn paid(ctx: &Context<'_>, record: RecordIndex) -> Option<Money> {
    let card = ctx.catalog.record(record);
    let currency = billed(card)?.currency;
    let amounts = payments(ctx, card).filter(|(_, money)| money.currency == currency).map(|(_, money)| money.amount);
    Some(Money { amount: amounts.sum(), currency })
}

/// What an invoice asks for: its gross amount, else its value.
fn billed(record: &Record) -> Option<Money> {
    ["gross", "value"].into_iter().find_map(|field| match record.value(field) {
        Some(Value::Money(money)) => Some(*money),
        _ => None,
    })
}

/// What is still to be paid of an invoice that waits for money; `None` if nothing is.
pub fn outstanding(ctx: &Context<'_>, record: RecordIndex) -> Option<Money> {
    if !is_issued(ctx, record) || !stages::is_open(ctx, record) {
        return None;
    }
    let billed = billed(ctx.catalog.record(record))?;
    let amount = billed.amount - paid(ctx, record)?.amount;
    (amount > Decimal::ZERO).then_some(Money { amount, ..billed })
}

/// The day by which an invoice that waits for money was to be paid.
pub fn due_day(ctx: &Context<'_>, record: RecordIndex) -> Option<NaiveDate> {
    outstanding(ctx, record)?;
    ctx.catalog.record(record).when("due").map(|due| due.date)
}

/// The invoices of a client that are in the books: issued, and no pro formas.
fn invoices<'a>(ctx: &Context<'a>, client: RecordIndex) -> impl Iterator<Item = RecordIndex> {
    let all = family::records_of_party(ctx, client, "invoice");
    all.filter(move |invoice| is_issued(ctx, *invoice) && !is_proforma(ctx.catalog.record(*invoice)))
}

/// What a client has been billed, net, in the base currency, corrections included.
pub fn revenue(ctx: &Context<'_>, client: RecordIndex) -> Option<Money> {
    let values = invoices(ctx, client).map(|invoice| amounts::value_in_base(ctx, invoice));
    amounts::total(ctx, values)
}

/// What a client has paid, gross, in the base currency: each payment at the rate of its day.
pub fn paid_by_client(ctx: &Context<'_>, client: RecordIndex) -> Option<Money> {
    let all = family::records_of_party(ctx, client, "invoice");
    let amounts = all.flat_map(|invoice| {
        let card = ctx.catalog.record(invoice);
        payments(ctx, card).map(move |(day, money)| worth::money_in_base_on(ctx, card, money, day.unwrap_or(ctx.today)))
    });
    amounts::total(ctx, amounts)
}

/// How many invoices a client has still to pay.
pub fn open_invoices(ctx: &Context<'_>, client: RecordIndex) -> usize {
    invoices(ctx, client).filter(|invoice| outstanding(ctx, *invoice).is_some()).count()
}

#[cfg(test)]
mod tests {
    use crate::query::sample::Sample;

    fn sample(invoices: &[&str]) -> Sample {
        let cards: Vec<String> = invoices.iter().map(|card| card.replacen('\n', "\nclient: acme\n", 1)).collect();
        let mut all = vec!["client acme\nstage: active"];
        all.extend(cards.iter().map(String::as_str));
        Sample::of(&all)
    }

    #[test]
    fn drafts_cancelled_ones_and_pro_formas_are_no_revenue_and_corrections_lessen_it() {
        let sample = sample(&[
            "invoice a\nstage: settled\nvalue: 1000\ngross: 1230",
            "invoice b\nstage: issued\nvalue: 50\ncurrency: EUR",
            "invoice c\nstage: issued\nkind: correction\nvalue: -100",
            "invoice d\nstage: draft\nvalue: 7",
            "invoice e\nstage: cancelled\nvalue: 7",
            "invoice f\nstage: issued\nkind: proforma\nvalue: 7",
        ]);
        assert_eq!(sample.get("acme", "revenue"), "1100.00 PLN");
        assert_eq!(sample.get("acme", "open_invoices"), "1");
    }

    #[test]
    fn payments_up_to_today_lessen_what_is_open() {
        let invoice = |payments: &str| {
            sample(&[&format!(
                "invoice a\nstage: issued\nvalue: 1000\ngross: 1230\ncurrency: EUR\npayments:\n{payments}"
            )])
        };
        let part = invoice("  - id: p1\n    date: 2026-11-01\n    amount: 1000\n");
        assert_eq!(part.get("a", "paid"), "1000 EUR");
        assert_eq!(part.get("acme", "paid"), "4000.00 PLN");
        assert_eq!(part.get("acme", "open_invoices"), "1");
        let rest =
            "  - id: p1\n    date: 2026-11-01\n    amount: 1000\n  - id: p2\n    date: 2026-11-02\n    amount: 230\n";
        assert_eq!(invoice(rest).get("acme", "open_invoices"), "0");
        let later = rest.replace("11-02", "12-02");
        assert_eq!(invoice(&later).get("a", "paid"), "1000 EUR");
    }
}
