//! `funnel`: how much is in each stage of a pipeline, and what was won and lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Cell, Column, Report, Row, Section, Shown, Tone, some_of};
use crate::catalog::RecordIndex;
use crate::model::{Outcome, Pipeline, Stage, Value};
use crate::query::Context;
use crate::query::derived::{amounts, forecast, stages};
use crate::text::fold;

/// What the funnel covers.
pub struct FunnelOptions<'a> {
    /// The type of the records that are counted.
    pub record_type: &'a str,
    /// Only this pipeline; else each of the type that has records.
    pub pipeline: Option<&'a str>,
    /// A funnel for each value of this; records without one come last.
    pub by: Option<&'a dyn Fn(RecordIndex) -> Option<String>>,
    /// The first day on which a record that is counted as won or lost was closed; the first day of the year by default.
    pub from: Option<NaiveDate>,
    /// The last such day; today by default.
    pub to: Option<NaiveDate>,
}

impl fmt::Debug for FunnelOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { record_type, pipeline, by, from, to } = self;
        let mut shown = f.debug_struct("FunnelOptions");
        shown.field("record_type", record_type).field("pipeline", pipeline).field("by", &by.is_some());
        shown.field("from", from).field("to", to).finish()
    }
}

impl Default for FunnelOptions<'_> {
    fn default() -> Self {
        Self { record_type: "opportunity", pipeline: None, by: None, from: None, to: None }
    }
}

impl FunnelOptions<'_> {
    /// The period in which what was won and lost is counted, both days included.
    pub fn period(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let to = self.to.unwrap_or(today);
        let start_of_year = NaiveDate::from_ymd_opt(to.year(), 1, 1).unwrap_or(to);
        (self.from.unwrap_or(start_of_year), to)
    }

    fn covers(&self, pipeline: &Pipeline) -> bool {
        pipeline.record_type == self.record_type && self.pipeline.is_none_or(|name| name == pipeline.name)
    }
}

/// What the records of one stage add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u32,
    value: Decimal,
    weighted: Decimal,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.count += other.count;
        self.value = self.value.saturating_add(other.value);
        self.weighted = self.weighted.saturating_add(other.weighted);
    }
}

/// The records of one pipeline and group, counted by stage.
#[derive(Debug, Default)]
struct Tally {
    open: BTreeMap<usize, Sum>,
    closed: BTreeMap<usize, Sum>,
}

/// What could not be counted, by reason; each with the ids of the records.
#[derive(Debug, Default)]
struct Uncounted<'a> {
    no_pipeline: Vec<&'a str>,
    no_stage: Vec<&'a str>,
    no_value: Vec<&'a str>,
    unreadable_value: Vec<&'a str>,
    no_rate: Vec<&'a str>,
    no_probability: Vec<&'a str>,
    no_closing_day: Vec<&'a str>,
}

/// Which columns say something: a lead has neither a value nor a probability.
#[derive(Clone, Copy, Debug)]
struct Shape {
    value: bool,
    weighted: bool,
}

/// The value that a funnel of its own is made for: without one last, then in the order of the folded text.
type Group = (bool, String, String);

/// The funnel of the records that match: count, value and weighted value of each open stage in the pipeline's order,
/// parked stages apart, and what was won and lost in a period. Sums are in the base currency.
pub fn funnel(ctx: &Context<'_>, matches: &dyn Fn(RecordIndex) -> bool, options: &FunnelOptions<'_>) -> Report {
    let shape = shape(ctx, options);
    let mut counter = Counter { ctx, options, shape, tallies: BTreeMap::new(), uncounted: Uncounted::default() };
    for (record, card) in ctx.catalog.entries() {
        if &*card.record_type == options.record_type && matches(record) {
            counter.count(record);
        }
    }
    let Counter { mut tallies, uncounted, .. } = counter;
    if tallies.is_empty()
        && let Some(place) = ctx.config.pipelines.iter().position(|pipeline| options.covers(pipeline))
    {
        tallies.insert((place, no_group()), Tally::default());
    }
    let mut report = Report { kind: "funnel", columns: columns(shape), ..Report::default() };
    let places: BTreeSet<usize> = tallies.keys().map(|(place, _)| *place).collect();
    for ((place, group), tally) in &tallies {
        let Some(pipeline) = ctx.config.pipelines.get(*place) else { continue };
        let name = (places.len() > 1).then_some(pipeline.name.as_str());
        let group = options.by.map(|_| group.2.as_str());
        let heading = name.into_iter().chain(group).collect::<Vec<_>>().join(", ");
        View { ctx, pipeline, group, heading, shape, period: options.period(ctx.today) }.write(tally, &mut report);
    }
    report.remarks = uncounted.remarks();
    report
}

fn no_group() -> Group {
    (true, String::new(), "none".to_owned())
}

fn shape(ctx: &Context<'_>, options: &FunnelOptions<'_>) -> Shape {
    let mut of_type = ctx.catalog.records().filter(|record| &*record.record_type == options.record_type);
    let value = options.record_type == "opportunity" || of_type.any(|record| amounts::value(record).is_some());
    let has_chance = |stage: &Stage| stage.probability.is_some();
    let mut covered = ctx.config.pipelines.iter().filter(|pipeline| options.covers(pipeline));
    let weighted = covered.any(|pipeline| pipeline.stages.iter().any(has_chance));
    Shape { value, weighted }
}

struct Counter<'a, 'o> {
    ctx: &'o Context<'a>,
    options: &'o FunnelOptions<'o>,
    shape: Shape,
    /// By the pipeline's place, then by group.
    tallies: BTreeMap<(usize, Group), Tally>,
    uncounted: Uncounted<'a>,
}

impl<'a> Counter<'a, '_> {
    fn count(&mut self, record: RecordIndex) {
        let card = self.ctx.catalog.record(record);
        let Some(pipeline) = self.ctx.config.pipeline_for(card) else {
            // Asked for one pipeline, a card that names none that is known is no part of the answer.
            if self.options.pipeline.is_none() {
                self.uncounted.no_pipeline.push(&card.id);
            }
            return;
        };
        if self.options.pipeline.is_some_and(|wanted| wanted != pipeline.name) {
            return;
        }
        let place = self.ctx.config.pipelines.iter().position(|other| std::ptr::eq(other, pipeline));
        let at = card.stage().and_then(|stage| pipeline.position(stage));
        let (Some(place), Some(at)) = (place, at) else {
            self.uncounted.no_stage.push(&card.id);
            return;
        };
        let Some(stage) = pipeline.stages.get(at) else { return };
        if !stage.is_open() && !self.in_period(record, &card.id) {
            return;
        }
        let group = self.options.by.and_then(|by| by(record));
        let group = group.map_or_else(no_group, |shown| (false, fold(&shown).into_owned(), shown));
        let sum = self.sum(record, stage, &card.id);
        let tally = self.tallies.entry((place, group)).or_default();
        let stages = if stage.is_open() { &mut tally.open } else { &mut tally.closed };
        stages.entry(at).or_default().add(sum);
    }

    fn in_period(&mut self, record: RecordIndex, id: &'a str) -> bool {
        let (from, to) = self.options.period(self.ctx.today);
        match stages::closed(self.ctx, record) {
            Some(closed) => (from..=to).contains(&closed.date),
            None => {
                self.uncounted.no_closing_day.push(id);
                false
            }
        }
    }

    /// One record's part of the sums, with a note of what is missing.
    fn sum(&mut self, record: RecordIndex, stage: &Stage, id: &'a str) -> Sum {
        let one = Sum { count: 1, ..Sum::default() };
        if !self.shape.value {
            return one;
        }
        let Some(value) = amounts::value_in_base(self.ctx, record) else {
            let missing = match self.ctx.catalog.record(record).value("value") {
                Some(Value::Money(_)) => &mut self.uncounted.no_rate,
                Some(_) => &mut self.uncounted.unreadable_value,
                None => &mut self.uncounted.no_value,
            };
            missing.push(id);
            return one;
        };
        let counts_weight = self.shape.weighted && stage.is_open() && !stage.parked;
        let weighted = forecast::weighted(self.ctx, record).filter(|_| counts_weight);
        if counts_weight && weighted.is_none() {
            self.uncounted.no_probability.push(id);
        }
        Sum { value, weighted: weighted.unwrap_or_default(), ..one }
    }
}

impl Uncounted<'_> {
    fn remarks(&self) -> Vec<String> {
        let reasons = [
            (&self.no_pipeline, "not counted, for their pipeline is unknown"),
            (&self.no_stage, "not counted, for their stage is none of the pipeline's"),
            (&self.no_closing_day, "not counted as won or lost, for nothing says when they were closed"),
            (&self.no_rate, "counted without their value, for there is no rate for its currency"),
            (&self.unreadable_value, "counted without their value, for it can't be read as an amount"),
            (&self.no_value, "counted without a value, for they have none"),
            (&self.no_probability, "not in the weighted value, for they have no probability"),
        ];
        let told = reasons.into_iter().filter(|(ids, _)| !ids.is_empty());
        told.map(|(ids, reason)| format!("{} {reason}: {}", ids.len(), some_of(ids))).collect()
    }
}

fn columns(shape: Shape) -> Vec<Column> {
    let data = |name: &str| Column::left(name, name).shown(Shown::Data);
    let mut columns = vec![
        data("pipeline"),
        data("group"),
        data("part"),
        data("stage"),
        Column::left("label", "Stage"),
        Column::right("count", "Count"),
    ];
    if shape.value {
        columns.push(Column::right("value", "Value"));
    }
    if shape.weighted {
        columns.push(Column::right("weighted", "Weighted"));
    }
    columns.push(Column::left("share", "").shown(Shown::Table));
    columns
}

/// One funnel of the report: a pipeline, or one group of its records.
struct View<'a> {
    ctx: &'a Context<'a>,
    pipeline: &'a Pipeline,
    group: Option<&'a str>,
    heading: String,
    shape: Shape,
    period: (NaiveDate, NaiveDate),
}

impl View<'_> {
    fn write(&self, tally: &Tally, report: &mut Report) {
        let largest = tally.open.values().map(|sum| self.size(*sum)).max().unwrap_or_default();
        let is_current = |stage: &Stage| stage.is_open() && !stage.parked;
        let mut rows = Vec::new();
        let mut total = Sum::default();
        for (at, stage) in self.pipeline.stages.iter().enumerate().filter(|(_, stage)| is_current(stage)) {
            let sum = tally.open.get(&at).copied().unwrap_or_default();
            total.add(sum);
            rows.push(self.row("open", &stage.id, &stage.label, sum, Some(largest), Tone::Plain));
        }
        let totals = Some(self.row("open", "", "Total", total, None, Tone::Plain).cells);
        let title = (!self.heading.is_empty()).then(|| self.heading.clone());
        report.sections.push(Section { title, tone: Tone::Plain, rows, totals });
        self.write_parked(tally, largest, report);
        self.write_closed(tally, report);
    }

    fn write_parked(&self, tally: &Tally, largest: Decimal, report: &mut Report) {
        let parked = tally.open.iter().filter_map(|(at, sum)| Some((self.pipeline.stages.get(*at)?, *sum)));
        let parked = parked.filter(|(stage, _)| stage.parked);
        let rows: Vec<Row> = parked
            .map(|(stage, sum)| self.row("parked", &stage.id, &stage.label, sum, Some(largest), Tone::Muted))
            .collect();
        if !rows.is_empty() {
            report.sections.push(Section { title: Some(self.titled("parked")), tone: Tone::Muted, rows, totals: None });
        }
    }

    fn write_closed(&self, tally: &Tally, report: &mut Report) {
        let (from, to) = self.period;
        let mut rows = Vec::new();
        let (mut won, mut lost) = (Sum::default(), Sum::default());
        for (at, sum) in &tally.closed {
            let Some((stage, outcome)) = self.pipeline.stages.get(*at).and_then(|stage| Some((stage, stage.outcome?)))
            else {
                continue;
            };
            let tone = match outcome {
                Outcome::Won => Tone::Good,
                Outcome::Lost => Tone::Alarm,
                Outcome::Neutral => Tone::Muted,
            };
            match outcome {
                Outcome::Won => won.add(*sum),
                Outcome::Lost => lost.add(*sum),
                Outcome::Neutral => {}
            }
            rows.push(self.row("closed", &stage.id, &stage.label, *sum, None, tone));
        }
        if rows.is_empty() {
            return;
        }
        let title = Some(self.titled(&format!("closed from {from} to {to}")));
        report.sections.push(Section { title, tone: Tone::Plain, rows, totals: None });
        report.summary.extend(self.win_rate(won, lost));
    }

    fn titled(&self, part: &str) -> String {
        if self.heading.is_empty() {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        } else {
            format!("{}, {part}", self.heading)
        }
    }

    /// `won 3 of 5 (60 %), by value 72 %, from 2026-01-01 to 2026-11-22`, of what was won or lost in the period.
    fn win_rate(&self, won: Sum, lost: Sum) -> Option<String> {
        let closed = won.count + lost.count;
        let by_count = percent(won.count.into(), closed.into())?;
        let by_value = percent(won.value, won.value.saturating_add(lost.value)).filter(|_| self.shape.value);
        let by_value = by_value.map_or(String::new(), |share| format!(", by value {share} %"));
        let whose = if self.heading.is_empty() { String::new() } else { format!("{}: ", self.heading) };
        let (from, to) = self.period;
        Some(format!("{whose}won {} of {closed} ({by_count} %){by_value}, from {from} to {to}", won.count))
    }

    /// What a bar shows: the value, or the count where there are no values.
    fn size(&self, sum: Sum) -> Decimal {
        if self.shape.value { sum.value } else { sum.count.into() }
    }

    fn row(&self, part: &str, id: &str, label: &str, sum: Sum, largest: Option<Decimal>, tone: Tone) -> Row {
        let mut cells = vec![
            Cell::text(&self.pipeline.name),
            Cell::text(self.group.unwrap_or_default()),
            Cell::text(part),
            Cell::text(id),
            Cell::text(label),
            Cell::number(sum.count),
        ];
        let money = |amount| Cell::Value(Value::Money(amounts::in_base(self.ctx, amount)));
        if self.shape.value {
            cells.push(money(sum.value));
        }
        if self.shape.weighted {
            cells.push(if part == "open" { money(sum.weighted) } else { Cell::Empty });
        }
        let share =
            largest.filter(|largest| !largest.is_zero()).and_then(|largest| self.size(sum).checked_div(largest));
        cells
            .push(share.and_then(|share| share.to_f64()).map_or(Cell::Empty, |share| Cell::Bar(share.clamp(0.0, 1.0))));
        Row { cells, tone }
    }
}

/// So many per cent, rounded; `None` of nothing.
fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    Some(share.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    const COLUMNS: &[&str] = &["label", "count", "value", "weighted"];

    fn sale(id: &str, stage: &str, rest: &str) -> String {
        format!("opportunity {id}\nstage: {stage}\n{rest}\n")
    }

    fn sample(cards: &[String]) -> Sample {
        Sample::of(&cards.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn all(sample: &Sample, options: &FunnelOptions<'_>) -> Report {
        funnel(&sample.context(), &|_| true, options)
    }

    #[test]
    fn stages_come_in_the_pipelines_order_with_parked_and_closed_ones_apart() {
        let sample = sample(&[
            sale("a", "offer", "value: 1000"),
            sale("b", "offer", "value: 100\ncurrency: EUR\nprobability: 60"),
            sale("c", "identification", "value: 700"),
            sale("d", "on-hold", "value: 5000"),
            sale("e", "won", "value: 300\nhistory:\n  - 2026-03-01 won"),
            sale("f", "lost", "value: 100\nhistory:\n  - 2026-11-22 lost"),
            sale("g", "lost", "value: 800\nhistory:\n  - 2025-12-31 lost"),
        ]);
        let report = all(&sample, &FunnelOptions::default());
        assert_eq!(
            report.lines(COLUMNS),
            [
                "#",
                "Identification | 1 | 700.00 PLN | 70.00 PLN",
                "Qualification | 0 | 0.00 PLN | 0.00 PLN",
                "Offer | 2 | 1400.00 PLN | 740.00 PLN",
                "Negotiation | 0 | 0.00 PLN | 0.00 PLN",
                "= Total | 3 | 2100.00 PLN | 810.00 PLN",
                "# Parked",
                "On hold | 1 | 5000.00 PLN | ",
                "# Closed from 2026-01-01 to 2026-11-22",
                "Won | 1 | 300.00 PLN | ",
                "Lost | 1 | 100.00 PLN | ",
            ]
        );
        assert_eq!(report.summary, ["won 1 of 2 (50 %), by value 75 %, from 2026-01-01 to 2026-11-22"]);
        assert_eq!(report.remarks, [] as [&str; 0]);
    }

    #[test]
    fn the_longest_bar_is_the_largest_stage() {
        let sample = sample(&[sale("a", "offer", "value: 1000"), sale("b", "negotiation", "value: 250")]);
        let report = all(&sample, &FunnelOptions::default());
        let bars: Vec<&Cell> = report.sections[0].rows.iter().filter_map(|row| row.cells.last()).collect();
        assert_eq!(bars, [&Cell::Bar(0.0), &Cell::Bar(0.0), &Cell::Bar(1.0), &Cell::Bar(0.25)]);
    }

    #[test]
    fn what_could_not_be_counted_is_named() {
        let sample = sample(&[
            sale("no-rate", "offer", "value: 1000\ncurrency: RON"),
            sale("no-value", "offer", ""),
            sale("bad-value", "offer", "value: 1e5"),
            sale("no-stage", "dreaming", "value: 1"),
            sale("no-pipeline", "offer", "pipeline: export\nvalue: 1"),
            sale("no-day", "won", "value: 1"),
        ]);
        let report = all(&sample, &FunnelOptions::default());
        assert_eq!(report.lines(COLUMNS)[3], "Offer | 3 | 0.00 PLN | 0.00 PLN");
        assert_eq!(
            report.remarks,
            [
                "1 not counted, for their pipeline is unknown: no-pipeline",
                "1 not counted, for their stage is none of the pipeline's: no-stage",
                "1 not counted as won or lost, for nothing says when they were closed: no-day",
                "1 counted without their value, for there is no rate for its currency: no-rate",
                "1 counted without their value, for it can't be read as an amount: bad-value",
                "1 counted without a value, for they have none: no-value",
            ]
        );
    }

    #[test]
    fn a_closed_sale_counts_at_the_rate_of_its_day() {
        let rules = "pipelines:\n  sales:\n    type: opportunity\n    stages: [{id: offer}, {id: won, outcome: won}]\n";
        let cards = [sale("a", "won", "value: 100\ncurrency: HUF\nhistory:\n  - 2026-03-01 won")];
        let rates = "rates:\n  HUF: [{from: 2026-01-01, rate: 0.01}, {from: 2026-10-01, rate: 0.02}]\n";
        let sample = Sample::with_all(&format!("currency: PLN\n{rates}{rules}"), &[&cards[0]]);
        assert_eq!(
            all(&sample, &FunnelOptions::default()).lines(&["label", "value"]),
            ["#", "offer | 0.00 PLN", "= Total | 0.00 PLN", "# Closed from 2026-01-01 to 2026-11-22", "won | 1.00 PLN",]
        );
    }

    #[test]
    fn leads_have_neither_values_nor_weights() {
        let sample = Sample::of(&["lead a\nstage: new", "lead b\nstage: nurturing"]);
        let report = all(&sample, &FunnelOptions { record_type: "lead", ..FunnelOptions::default() });
        let names: Vec<&str> = report.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["pipeline", "group", "part", "stage", "label", "count", "share"]);
        assert_eq!(report.lines(&["label", "count"])[..2], ["#", "New | 1"]);
    }

    #[test]
    fn a_funnel_for_each_value_of_a_field_and_for_none_last() {
        let sample =
            sample(&[sale("a", "offer", "owner: zoe"), sale("b", "offer", "owner: Łukasz"), sale("c", "offer", "")]);
        let ctx = sample.context();
        let owner = |record| ctx.catalog.record(record).owner().map(str::to_owned);
        let report = all(&sample, &FunnelOptions { by: Some(&owner), ..FunnelOptions::default() });
        let titles: Vec<&str> = report.sections.iter().filter_map(|section| section.title.as_deref()).collect();
        assert_eq!(titles, ["Łukasz", "zoe", "none"]);
    }
}
