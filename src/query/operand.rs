//! What was written behind the sign of comparison, read as values of the field's kind.

use std::ops::Bound as End;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::Context;
use super::comparison::{Interval, Meant, Reading, Test, days_of, moments, plain};
use super::dates::{DateError, Days};
use super::error::Problem;
use super::fields::{FieldInfo, Source};
use super::tree::{Op, Operand, Scalar};
use crate::model::kind::Kind;
use crate::model::{AmountError, Period, Reference, parse_amount};
use crate::text::{Span, When, fold, nearest};

type Reads<T> = Result<T, (Problem, Span)>;

/// Reads an operand for a field.
pub(super) fn bind(ctx: &Context<'_>, field: &FieldInfo, op: Op, operand: &Operand) -> Reads<Test> {
    let binder = OperandBinder { ctx, field };
    let operand = &match (operand, field.source) {
        // In a text tags begin with `#`, and so people ask for them.
        (Operand::Value(value), Source::Tags) => Operand::Value(without_sign(value)),
        (Operand::Prefix(value), Source::Tags) => Operand::Prefix(without_sign(value)),
        (operand, _) => operand.clone(),
    };
    Ok(match operand {
        Operand::None(_) => Test::Absent,
        Operand::Any(_) => Test::Present,
        Operand::Prefix(value) => Test::Prefix(plain(&value.text, &field.kind).into_owned()),
        Operand::Value(value) if op == Op::Contains => Test::Contains(plain(&value.text, &field.kind).into_owned()),
        Operand::Me(span) => {
            let me = match (field.kind.element(), ctx.me) {
                (Kind::Person, Some(me)) => me,
                (Kind::Person, None) => return Err((Problem::WhoIsMe, *span)),
                _ => "me",
            };
            let value = Scalar { text: me.to_owned(), span: *span };
            Test::Within(Box::new(binder.reading(&field.kind, &Ends::At(&value))?))
        }
        Operand::Value(value) => Test::Within(Box::new(binder.reading(&field.kind, &Ends::of(op, value))?)),
        Operand::Range(low, high) => {
            let ends = match (low, high) {
                (Some(low), Some(high)) => Ends::Between(low, high),
                (Some(low), None) => Ends::From(low, true),
                (None, Some(high)) => Ends::UpTo(high, true),
                (None, None) => return Ok(Test::Present),
            };
            Test::Within(Box::new(binder.reading(&field.kind, &ends)?))
        }
    })
}

/// The ends of what is asked for; `true` where the end itself belongs to it.
enum Ends<'s> {
    At(&'s Scalar),
    Between(&'s Scalar, &'s Scalar),
    From(&'s Scalar, bool),
    UpTo(&'s Scalar, bool),
}

impl<'s> Ends<'s> {
    fn of(op: Op, value: &'s Scalar) -> Self {
        match op {
            Op::Is | Op::IsNot | Op::Contains => Ends::At(value),
            Op::Less => Ends::UpTo(value, false),
            Op::AtMost => Ends::UpTo(value, true),
            Op::More => Ends::From(value, false),
            Op::AtLeast => Ends::From(value, true),
        }
    }

    fn span(&self) -> Span {
        match self {
            Ends::At(value) | Ends::From(value, _) | Ends::UpTo(value, _) => value.span,
            Ends::Between(low, high) => low.span.to(high.span),
        }
    }

    /// The interval, where every word stands for a stretch from a first to a last value, such as the days of a month.
    fn interval<T: PartialOrd>(&self, read: impl Fn(&Scalar) -> Reads<(T, T)>) -> Reads<Interval<T>> {
        let (low, high) = match self {
            Ends::At(value) => {
                let (first, last) = read(value)?;
                (End::Included(first), End::Included(last))
            }
            Ends::Between(low, high) => {
                let (first, last) = (read(low)?.0, read(high)?.1);
                if first > last {
                    return Err((Problem::Backwards, self.span()));
                }
                (End::Included(first), End::Included(last))
            }
            Ends::From(value, true) => (End::Included(read(value)?.0), End::Unbounded),
            Ends::From(value, false) => (End::Excluded(read(value)?.1), End::Unbounded),
            Ends::UpTo(value, true) => (End::Unbounded, End::Included(read(value)?.1)),
            Ends::UpTo(value, false) => (End::Unbounded, End::Excluded(read(value)?.0)),
        };
        Ok(Interval { low, high })
    }
}

struct OperandBinder<'b, 'a> {
    ctx: &'b Context<'a>,
    field: &'b FieldInfo,
}

impl OperandBinder<'_, '_> {
    fn reading(&self, kind: &Kind, ends: &Ends<'_>) -> Reads<Reading> {
        let reading = match kind {
            Kind::List(element) => return self.reading(element, ends),
            Kind::YesOr(more) => match ends {
                Ends::At(value) if truth(&value.text).is_some() => {
                    Reading { truth: truth(&value.text), ..Reading::default() }
                }
                ends => return self.reading(more, ends),
            },
            Kind::Boolean => {
                let value = self.single(ends)?;
                let truth = Some(truth(&value.text).ok_or_else(|| self.unfit(value, kind))?);
                Reading { truth, ..Reading::default() }
            }
            Kind::Date => Reading { time: Some(ends.interval(|value| self.date(value))?), ..Reading::default() },
            Kind::Number | Kind::Integer | Kind::Percent | Kind::Money => {
                Reading { number: Some(ends.interval(|value| self.number(value, kind))?), ..Reading::default() }
            }
            Kind::Duration => {
                Reading { length: Some(ends.interval(|value| self.length(value, kind))?), ..Reading::default() }
            }
            Kind::Reference(_) => {
                Reading { reference: Some(self.reference(&self.single(ends)?.text)), ..Reading::default() }
            }
            Kind::Stage | Kind::Pipeline | Kind::RecordType | Kind::Person | Kind::Choice(_) => {
                Reading { text: Some(self.named(kind, self.single(ends)?)?), ..Reading::default() }
            }
            Kind::Text | Kind::Id | Kind::Currency | Kind::Email | Kind::Phone | Kind::Url | Kind::Map => {
                Reading { text: Some(self.text(ends)?), ..Reading::default() }
            }
            Kind::Any => self.whatever(ends)?,
        };
        Ok(reading)
    }

    /// A field that no schema declares holds whatever a card says, so the word is read in every way that it can be.
    fn whatever(&self, ends: &Ends<'_>) -> Reads<Reading> {
        let single = if let Ends::At(value) = ends { Some(*value) } else { None };
        Ok(Reading {
            text: Some(self.text(ends)?),
            number: ends.interval(|value| self.number(value, &Kind::Number)).ok(),
            time: ends.interval(|value| self.date(value)).ok(),
            length: None,
            truth: single.and_then(|value| truth(&value.text)),
            reference: single.map(|value| self.reference(&value.text)),
        })
    }

    /// The one value for a field whose values have no order.
    fn single<'s>(&self, ends: &Ends<'s>) -> Reads<&'s Scalar> {
        match ends {
            Ends::At(value) => Ok(value),
            ends => Err((Problem::Unordered(self.field.name.clone()), ends.span())),
        }
    }

    fn unfit(&self, value: &Scalar, kind: &Kind) -> (Problem, Span) {
        let expected = kind.expected();
        (Problem::Unfit { field: self.field.name.clone(), value: value.text.clone(), expected }, value.span)
    }

    /// In a range, an end stands for all texts that begin with it, as a month stands for its days.
    fn text(&self, ends: &Ends<'_>) -> Reads<Interval<String>> {
        let exact = matches!(ends, Ends::At(_));
        ends.interval(|value| {
            let first = plain(&value.text, &self.field.kind).into_owned();
            let last = if exact { first.clone() } else { format!("{first}{}", char::MAX) };
            Ok((first, last))
        })
    }

    fn date(&self, value: &Scalar) -> Reads<(NaiveDateTime, NaiveDateTime)> {
        if let Ok(when) = When::parse(&value.text) {
            return Ok(moments(when));
        }
        match Days::parse(&value.text, self.ctx.today) {
            Ok(days) => Ok((moments(When::day(days.first)).0, moments(When::day(days.last)).1)),
            Err(error) => Err((self.no_date(error), value.span)),
        }
    }

    fn no_date(&self, error: DateError) -> Problem {
        Problem::Date { field: self.field.name.clone(), error }
    }

    fn number(&self, value: &Scalar, kind: &Kind) -> Reads<(Decimal, Decimal)> {
        let digits = match kind {
            Kind::Percent => value.text.strip_suffix('%').unwrap_or(&value.text),
            _ => &value.text,
        };
        // What is counted from a day is counted in days: `age:3m..`.
        if matches!(self.field.source, Source::Derived(_))
            && let Some(period) = Period::parse(digits)
        {
            return Ok((days_of(period), days_of(period)));
        }
        match parse_amount(digits.trim()) {
            Ok(number) => Ok((number, number)),
            Err(AmountError::Localized(number)) => {
                Err((Problem::Localized { value: value.text.clone(), plain: number.to_string() }, value.span))
            }
            Err(AmountError::NotANumber) => Err(self.unfit(value, kind)),
        }
    }

    fn length(&self, value: &Scalar, kind: &Kind) -> Reads<(Decimal, Decimal)> {
        let days = Period::parse(&value.text).map(days_of).ok_or_else(|| self.unfit(value, kind))?;
        Ok((days, days))
    }

    fn reference(&self, text: &str) -> Meant {
        let reference = Reference::parse(text);
        Meant { record: self.ctx.catalog.index_of(&reference.id), reference }
    }

    /// One of a list of names: by its id, or by what people call it.
    fn named(&self, kind: &Kind, value: &Scalar) -> Reads<Interval<String>> {
        let (what, names) = self.names(kind);
        let meant = fold(&value.text);
        let by_id = names.iter().find(|(id, _)| fold(id) == meant);
        let id = match by_id.or_else(|| names.iter().find(|(_, label)| fold(label) == meant)) {
            Some((id, _)) => fold(id).into_owned(),
            None if names.is_empty() || self.is_used(&meant) => meant.into_owned(),
            None => {
                let mut known: Vec<String> = names.iter().map(|(id, _)| (*id).to_owned()).collect();
                let mut seen = std::collections::HashSet::new();
                known.retain(|id| seen.insert(id.clone()));
                let nearest = nearest(&value.text, known.iter().map(String::as_str), 2);
                let value_text = value.text.clone();
                return Err((Problem::UnknownName { what, value: value_text, nearest, known }, value.span));
            }
        };
        Ok(Interval { low: End::Included(id.clone()), high: End::Included(id) })
    }

    /// The names that the configuration knows for a kind, with their labels; none where anything may stand.
    fn names<'k>(&'k self, kind: &'k Kind) -> (&'static str, Vec<(&'k str, &'k str)>) {
        let config = self.ctx.config;
        match kind {
            Kind::Stage => {
                let stages = config.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
                ("stage", stages.map(|stage| (stage.id.as_str(), stage.label.as_str())).collect())
            }
            Kind::Pipeline => {
                ("pipeline", config.pipelines.iter().map(|p| (p.name.as_str(), p.name.as_str())).collect())
            }
            Kind::RecordType => ("type", config.schemas.types().map(|t| (&*t.name, t.title.as_str())).collect()),
            Kind::Person => ("person", config.people.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect()),
            Kind::Choice(values) => {
                let listed = self.field.choice_list.as_ref().and_then(|list| config.choices.get(list));
                let values = values.iter().chain(listed.into_iter().flatten());
                ("choice", values.map(|value| (value.as_str(), value.as_str())).collect())
            }
            _ => ("value", Vec::new()),
        }
    }

    /// Whether some card has the value all the same, such as the name of somebody who has left.
    fn is_used(&self, folded: &str) -> bool {
        self.ctx.catalog.entries().any(|(index, _)| {
            let value = self.field.value(self.ctx, index);
            value.is_some_and(|value| value.elements().any(|element| fold(&element.display()) == folded))
        })
    }
}

fn without_sign(tag: &Scalar) -> Scalar {
    Scalar { text: tag.text.trim_start_matches('#').to_owned(), span: tag.span }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}
