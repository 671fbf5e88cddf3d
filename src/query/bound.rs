//! A query tied to a workspace, and which records answer it.

use super::Context;
use super::binding::BoundNode;
use super::comparison::{Answer, Place};
use super::fields::FieldInfo;
use super::text_term::TextTerm;
use super::worth::money_in_base;
use crate::catalog::RecordIndex;
use crate::model::{Currency, Value};

/// A query whose fields, values and segments are those of a workspace; made by [`super::Query::bind`].
#[derive(Clone, Debug)]
pub struct Bound {
    pub(super) root: BoundNode,
    pub(super) segments: Vec<BoundNode>,
    pub(super) terms: Vec<TextTerm>,
}

/// The records that answer a query, and those of which it can't be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Who answers it, in the catalog's order.
    pub records: Vec<RecordIndex>,
    /// Who had to be left out, in the catalog's order.
    pub left_out: Vec<LeftOut>,
}

impl Selection {
    /// True if a record answers the query for certain.
    pub fn contains(&self, record: RecordIndex) -> bool {
        self.records.binary_search(&record).is_ok()
    }
}

/// A record of which it can't be told whether it answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The record.
    pub record: RecordIndex,
    /// The field that could not be compared.
    pub field: String,
    /// Why.
    pub reason: Reason,
}

/// Why a value can't be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The amount is in a currency without a rate.
    #[error("no rate is known for {0}")]
    NoRate(Currency),
    /// The amount is in no currency, though the workspace has one of its own.
    #[error("the amount has no currency")]
    NoCurrency,
    /// The value does not fit its field's kind.
    #[error("`{0}` can't be read")]
    Unreadable(String),
}

impl Bound {
    /// The texts that the query and its segments look for: the hits of each belong into [`super::Hits`] under its key
    /// before the query is asked.
    pub fn text_terms(&self) -> &[TextTerm] {
        &self.terms
    }

    /// What a record answers; its hits are taken from the context.
    pub fn answer(&self, ctx: &Context<'_>, record: RecordIndex) -> Answer {
        let mut known = vec![None; self.segments.len()];
        self.of_node(&self.root, ctx, record, &mut known)
    }

    /// True if the record answers the query for certain.
    pub fn matches(&self, ctx: &Context<'_>, record: RecordIndex) -> bool {
        self.answer(ctx, record) == Answer::Yes
    }

    /// All records that answer the query, and those that have to be left out and named.
    pub fn select(&self, ctx: &Context<'_>) -> Selection {
        let mut selection = Selection::default();
        for (record, _) in ctx.catalog.entries() {
            match self.answer(ctx, record) {
                Answer::Yes => selection.records.push(record),
                Answer::No => {}
                Answer::Unknown => selection.left_out.extend(self.why_unknown(ctx, record)),
            }
        }
        selection
    }

    /// `known` remembers the segments that were asked already, so that each is asked once a record.
    fn of_node(
        &self,
        node: &BoundNode,
        ctx: &Context<'_>,
        record: RecordIndex,
        known: &mut [Option<Answer>],
    ) -> Answer {
        match node {
            BoundNode::And(parts) => Answer::all(parts.iter().map(|part| self.of_node(part, ctx, record, known))),
            BoundNode::Or(parts) => Answer::any(parts.iter().map(|part| self.of_node(part, ctx, record, known))),
            BoundNode::Not(part) => self.of_node(part, ctx, record, known).negated(),
            BoundNode::Text(key) => ctx.hits.contains(key, record).into(),
            BoundNode::Field { field, tests, negated } => {
                let value = field.value(ctx, record);
                let place = Place { ctx, record, kind: &field.kind };
                let answer = Answer::any(tests.iter().map(|test| test.answer(&place, value.as_deref())));
                if *negated { answer.negated() } else { answer }
            }
            BoundNode::Segments { places, negated } => {
                let answer = Answer::any(places.iter().map(|place| self.of_segment(*place, ctx, record, known)));
                if *negated { answer.negated() } else { answer }
            }
        }
    }

    fn of_segment(&self, place: usize, ctx: &Context<'_>, record: RecordIndex, known: &mut [Option<Answer>]) -> Answer {
        if let Some(Some(answer)) = known.get(place) {
            return *answer;
        }
        let answer = self.segments.get(place).map_or(Answer::No, |node| self.of_node(node, ctx, record, known));
        if let Some(slot) = known.get_mut(place) {
            *slot = Some(answer);
        }
        answer
    }

    /// The first field of the query whose value can't be compared.
    fn why_unknown(&self, ctx: &Context<'_>, record: RecordIndex) -> Option<LeftOut> {
        let mut known = vec![None; self.segments.len()];
        let mut waiting: Vec<&BoundNode> = self.segments.iter().rev().chain([&self.root]).collect();
        while let Some(node) = waiting.pop() {
            match node {
                BoundNode::And(parts) | BoundNode::Or(parts) => waiting.extend(parts.iter().rev()),
                BoundNode::Not(part) => waiting.push(part),
                BoundNode::Field { field, .. } if self.of_node(node, ctx, record, &mut known) == Answer::Unknown => {
                    let reason = reason(ctx, record, field)?;
                    return Some(LeftOut { record, field: field.name.clone(), reason });
                }
                _ => {}
            }
        }
        None
    }
}

fn reason(ctx: &Context<'_>, record: RecordIndex, field: &FieldInfo) -> Option<Reason> {
    fn first(ctx: &Context<'_>, record: RecordIndex, value: &Value) -> Option<Reason> {
        match value {
            Value::List(items) => items.iter().find_map(|item| first(ctx, record, &item.value)),
            Value::Map(entries) => entries.iter().find_map(|(_, inner)| first(ctx, record, &inner.value)),
            Value::Invalid(text) => Some(Reason::Unreadable(text.clone())),
            Value::Money(money) => match money_in_base(ctx, ctx.catalog.record(record), *money) {
                Some(_) => None,
                None => Some(money.currency.map_or(Reason::NoCurrency, Reason::NoRate)),
            },
            _ => None,
        }
    }
    first(ctx, record, field.value(ctx, record)?.as_ref())
}
