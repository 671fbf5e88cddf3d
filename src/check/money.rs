//! Amounts that can't be added up.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{Money, Value};
use crate::query::worth;
use crate::text::Span;

/// Every amount has a currency, its card's or the workspace's.
pub(super) fn currencies(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let config = check.ctx.config;
    if config.currency.is_some() || config.currency_is_unknown {
        return;
    }
    for record in check.records().filter(|record| record.field("currency").is_none()) {
        let amounts = record.fields.iter().find_map(|field| {
            let (_, span) = first_amount(&field.value, field.span)?;
            Some((field, span))
        });
        let Some((field, span)) = amounts else { continue };
        let message = format!("nothing says in which currency `{}` is", field.name);
        let finding = Diagnostic::new(codes::CURRENCY_MISSING, message).at(span).in_file(&record.path);
        found.push(finding.help("add `currency: PLN` (or another) to karto.yaml, or to this card"));
    }
}

fn first_amount(value: &Value, span: Span) -> Option<(Money, Span)> {
    match value {
        Value::Money(money) => Some((*money, span)),
        Value::List(items) => items.iter().find_map(|item| first_amount(&item.value, item.span)),
        Value::Map(entries) => entries.iter().find_map(|(_, item)| first_amount(&item.value, item.span)),
        _ => None,
    }
}

/// Every card's value can be converted into the workspace's currency.
pub(super) fn rates(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    if check.ctx.config.currency_is_unknown {
        return;
    }
    for record in check.records() {
        let Some(field) = record.field("value") else { continue };
        let Value::Money(money @ Money { currency: Some(currency), .. }) = field.value else { continue };
        if worth::money_in_base(&check.ctx, record, money).is_some() {
            continue;
        }
        let day = worth::rate_day(&check.ctx, record);
        let (message, help) = match check.ctx.config.currency {
            Some(base) => (
                format!("there is no rate from {currency} to {base} on {day}, so sums leave the card out"),
                format!("add the rate of {currency} under `rates:` in karto.yaml, or `rate:` to this card"),
            ),
            None => (
                format!("karto.yaml names no currency to count {currency} in, so sums leave the card out"),
                format!("add `currency: {currency}` (or another) to karto.yaml"),
            ),
        };
        let place = record.field("currency").map_or(field.span, |field| field.span);
        found.push(Diagnostic::new(codes::RATE_MISSING, message).at(place).help(help).in_file(&record.path));
    }
}
