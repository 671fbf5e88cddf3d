//! The order of records: `--sort stage,-value`.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::Context;
use super::comparison::days_of;
use super::error::{Problem, QueryError};
use super::fields::{FieldInfo, Fields};
use super::worth::money_in_base;
use crate::catalog::RecordIndex;
use crate::model::kind::Kind;
use crate::model::{Period, Value};
use crate::text::{Span, When, fold};

/// Fields to sort by, the most important first.
#[derive(Clone, Debug, Default)]
pub struct Order {
    keys: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    field: FieldInfo,
    descending: bool,
}

/// A value as it is sorted: numbers before days before text, and what can't be compared behind them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Truth(bool),
    /// Of a pipeline's stages or the configuration's choices.
    Place(usize),
    Number(Decimal),
    Moment(When),
    Text(String, String),
    /// Amounts without a rate, and what can't be read.
    Incomparable(String),
}

impl Order {
    /// Reads field names separated by commas, each with a `-` before it where its greatest values come first.
    ///
    /// # Errors
    /// The names that are no fields.
    pub fn parse(text: &str, fields: &Fields) -> Result<Self, Vec<QueryError>> {
        let mut keys = Vec::new();
        let mut problems = Vec::new();
        let mut at = 0;
        for part in text.split(',') {
            let start = at + part.len() - part.trim_start().len();
            let word = part.trim();
            let (descending, name) = match word.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, word.strip_prefix('+').unwrap_or(word)),
            };
            let span = Span::new(start, start + word.len());
            match fields.get(name) {
                Some(field) => keys.push(Key { field: field.clone(), descending }),
                None if name.is_empty() => problems.push((Problem::NothingToSortBy, span)),
                None => {
                    let (nearest, known) = (fields.nearest(name), fields.names_of(&[]));
                    problems.push((Problem::UnknownField { name: name.to_owned(), nearest, known }, span));
                }
            }
            at += part.len() + 1;
        }
        if problems.is_empty() { Ok(Self { keys }) } else { Err(QueryError::all(text, None, problems)) }
    }

    /// The fields, the most important first.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &FieldInfo> {
        self.keys.iter().map(|key| &key.field)
    }

    /// Sorts records. Amounts compare in the base currency, stages by their place in the pipeline, text as it is folded
    /// and then as it is written; records without a value come last in either direction, and where nothing tells two
    /// apart they keep their order.
    pub fn sort(&self, ctx: &Context<'_>, records: &mut Vec<RecordIndex>) {
        let ranks = |record: &RecordIndex| -> Vec<Option<Rank>> {
            self.keys.iter().map(|key| rank(ctx, *record, &key.field)).collect()
        };
        let mut ranked: Vec<(Vec<Option<Rank>>, RecordIndex)> =
            records.iter().map(|record| (ranks(record), *record)).collect();
        ranked.sort_by(|(a, _), (b, _)| self.compare(a, b));
        *records = ranked.into_iter().map(|(_, record)| record).collect();
    }

    fn compare(&self, a: &[Option<Rank>], b: &[Option<Rank>]) -> Ordering {
        let pairs = self.keys.iter().zip(a.iter().zip(b));
        pairs.map(|(key, (a, b))| key.compare(a.as_ref(), b.as_ref())).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl Key {
    fn compare(&self, a: Option<&Rank>, b: Option<&Rank>) -> Ordering {
        let last = |rank: Option<&Rank>| match rank {
            None => 2,
            Some(Rank::Incomparable(_)) => 1,
            Some(_) => 0,
        };
        let values = if self.descending { b.cmp(&a) } else { a.cmp(&b) };
        last(a).cmp(&last(b)).then(values)
    }
}

fn rank(ctx: &Context<'_>, record: RecordIndex, field: &FieldInfo) -> Option<Rank> {
    let value = field.value(ctx, record)?;
    let value = match value.as_ref() {
        Value::List(items) => &items.first()?.value,
        single => single,
    };
    Some(match value {
        Value::Bool(truth) => Rank::Truth(*truth),
        Value::Number(number) => Rank::Number(*number),
        Value::When(when) => Rank::Moment(*when),
        Value::Invalid(text) => Rank::Incomparable(text.clone()),
        Value::Money(money) => {
            let worth = money_in_base(ctx, ctx.catalog.record(record), *money);
            worth.map_or_else(|| Rank::Incomparable(money.to_string()), Rank::Number)
        }
        Value::Text(text) => place(ctx, record, field, text).unwrap_or_else(|| in_words(text)),
        other => in_words(&other.display()),
    })
}

fn in_words(text: &str) -> Rank {
    Rank::Text(fold(text).into_owned(), text.to_owned())
}

/// The rank of words that have an order of their own.
fn place(ctx: &Context<'_>, record: RecordIndex, field: &FieldInfo, text: &str) -> Option<Rank> {
    match field.kind.element() {
        Kind::Stage => {
            let pipeline = ctx.config.pipeline_for(ctx.catalog.record(record))?;
            pipeline.position(text).map(Rank::Place)
        }
        Kind::Duration => Period::parse(text).map(|period| Rank::Number(days_of(period))),
        _ => None,
    }
}
