//! `list`: records as rows, with the columns and the groups that were asked for.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{Align, Cell, Column, Report, Row, Section, Shown, Tone, Weight, heading, some_of};
use crate::catalog::RecordIndex;
use crate::model::Value;
use crate::model::kind::Kind;
use crate::query::derived::{amounts, stages};
use crate::query::{Context, FieldInfo, Fields, Order, worth};

/// How a list is to look.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// The columns, in order; none asks for those that say most about the records.
    pub columns: Vec<FieldInfo>,
    /// A section for each value of this field.
    pub group_by: Option<FieldInfo>,
    /// How many rows are shown at most; sums take in all.
    pub limit: Option<usize>,
}

/// The columns that say most about records of a type; those of several types where it is none or unknown.
pub fn default_columns(record_type: Option<&str>) -> &'static [&'static str] {
    match record_type {
        Some("lead") => &["id", "name", "stage", "source", "next_action", "next_step", "last_contact", "owner"],
        Some("client") => &["id", "name", "stage", "class", "open_value", "next_action", "last_contact", "owner"],
        Some("opportunity") => {
            &["id", "name", "client", "stage", "value", "expected_close", "next_action", "last_contact", "owner"]
        }
        Some("offer") => &["id", "name", "client", "stage", "value", "valid_until", "sent", "next_action", "owner"],
        Some("contract") => &["id", "name", "client", "stage", "value", "starts", "ends", "signed", "owner"],
        Some("invoice") => &["id", "number", "client", "stage", "value", "issued", "due", "paid", "overdue"],
        Some("delivery") => &["id", "name", "client", "stage", "planned", "shipped", "owner"],
        Some("case") => &["id", "name", "client", "kind", "stage", "opened", "next_action", "owner"],
        Some("campaign") => &["id", "name", "stage", "channel", "segment", "starts", "ends", "owner"],
        Some("competitor") => &["id", "name", "website", "strengths", "weaknesses"],
        Some(_) => &["id", "name", "stage", "next_action", "last_contact", "owner"],
        None => &["id", "type", "name", "stage", "next_action", "last_contact", "owner"],
    }
}

/// Of the columns that nobody asked for by name, those that a narrow terminal goes without.
const MINOR: &[&str] =
    &["client", "source", "class", "last_contact", "owner", "sent", "signed", "website", "issued", "next_step"];

/// Records, a row each, in the order in which they come; groups in the order of their values. Every column of money is
/// summed up in the base currency, in a sentence below the list; what has no rate is named.
pub fn listing(ctx: &Context<'_>, fields: &Fields, records: &[RecordIndex], options: &ListOptions) -> Report {
    let columns = columns(ctx, fields, records, options);
    let group = options.group_by.as_ref();
    let extra = group.filter(|group| columns.iter().all(|field| field.name != group.name));
    let mut report = totals(ctx, fields, records, options);
    report.columns = headings(extra, &columns);
    for column in report.columns.iter_mut().filter(|column| MINOR.contains(&column.name.as_str())) {
        column.weight = if options.columns.is_empty() { Weight::Minor } else { Weight::Usual };
    }
    let cells = |record: &RecordIndex| {
        let shown = extra.into_iter().chain(columns.iter().copied());
        shown.map(|field| Cell::from(field.value(ctx, *record).map(|value| value.into_owned()))).collect()
    };
    let row = |record: &RecordIndex| {
        let tone = if stages::is_open(ctx, *record) { Tone::Plain } else { Tone::Muted };
        Row { cells: cells(record), tone }
    };
    let mut room = options.limit.unwrap_or(usize::MAX);
    for (title, members) in groups(ctx, fields, records, group) {
        let rows: Vec<Row> = members.iter().take(room).map(row).collect();
        room -= rows.len();
        if !rows.is_empty() {
            report.sections.push(Section { title, rows, ..Section::default() });
        }
    }
    report
}

/// The same list without its rows: how many records there are, the sums of its columns, and what it leaves out.
pub fn totals(ctx: &Context<'_>, fields: &Fields, records: &[RecordIndex], options: &ListOptions) -> Report {
    let mut report = Report { kind: "list", ..Report::default() };
    report.summary.push(format!("{} {}", records.len(), if records.len() == 1 { "record" } else { "records" }));
    for field in columns(ctx, fields, records, options).into_iter().filter(|field| field.kind == Kind::Money) {
        add_sum(ctx, records, field, &mut report);
    }
    report.say_limit(options.limit, records.len());
    report
}

/// The columns that were asked for, else those that say most about the records.
fn columns<'f>(
    ctx: &Context<'_>,
    fields: &'f Fields,
    records: &[RecordIndex],
    options: &'f ListOptions,
) -> Vec<&'f FieldInfo> {
    match options.columns.as_slice() {
        [] => default_columns(only_type(ctx, records)).iter().filter_map(|name| fields.get(name)).collect(),
        named => named.iter().collect(),
    }
}

/// The type of all the records, if it is one.
fn only_type<'a>(ctx: &Context<'a>, records: &[RecordIndex]) -> Option<&'a str> {
    let mut types = records.iter().map(|record| &*ctx.catalog.record(*record).record_type);
    let first = types.next()?;
    types.all(|other| other == first).then_some(first)
}

/// The records by the value of a field, those without one last; one group without a title where no field is named.
fn groups(
    ctx: &Context<'_>,
    fields: &Fields,
    records: &[RecordIndex],
    group: Option<&FieldInfo>,
) -> Vec<(Option<String>, Vec<RecordIndex>)> {
    let Some(field) = group else {
        return if records.is_empty() { Vec::new() } else { vec![(None, records.to_vec())] };
    };
    let title = |record: RecordIndex| {
        field.value(ctx, record).map_or_else(|| "none".to_owned(), |value| value.display().into_owned())
    };
    let mut members: HashMap<String, Vec<RecordIndex>> = HashMap::new();
    let mut firsts = Vec::new();
    for record in records {
        let group = members.entry(title(*record)).or_default();
        if group.is_empty() {
            firsts.push(*record);
        }
        group.push(*record);
    }
    // Groups stand in the order in which a list that is sorted by the field would have them.
    Order::parse(&field.name, fields).unwrap_or_default().sort(ctx, &mut firsts);
    let in_order = firsts.into_iter().map(title);
    in_order.map(|title| (Some(title.clone()), members.remove(&title).unwrap_or_default())).collect()
}

fn headings(extra: Option<&FieldInfo>, columns: &[&FieldInfo]) -> Vec<Column> {
    let extra = extra.map(|field| Column::left(&field.name, heading(&field.title)).shown(Shown::Data));
    let of_field = |field: &&FieldInfo| {
        let align = if is_figure(&field.kind) { Align::Right } else { Align::Left };
        Column { align, ..Column::left(&field.name, heading(&field.title)) }
    };
    extra.into_iter().chain(columns.iter().map(of_field)).collect()
}

fn is_figure(kind: &Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Integer | Kind::Percent | Kind::Money)
}

fn add_sum(ctx: &Context<'_>, records: &[RecordIndex], field: &FieldInfo, report: &mut Report) {
    let mut sum = Decimal::ZERO;
    let mut any = false;
    let mut no_rate = Vec::new();
    let mut unreadable = Vec::new();
    for record in records {
        let card = ctx.catalog.record(*record);
        let money = match field.value(ctx, *record).map(|value| value.into_owned()) {
            Some(Value::Money(money)) => money,
            Some(_) => {
                unreadable.push(card.id.as_str());
                continue;
            }
            None => continue,
        };
        match worth::money_in_base(ctx, card, money) {
            Some(amount) => (sum, any) = (sum.saturating_add(amount), true),
            None => no_rate.push(card.id.as_str()),
        }
    }
    if any {
        let total = amounts::in_base(ctx, sum);
        report.summary.push(format!("{}: {}", heading(&field.title), total.for_people(0)));
    }
    for (ids, why) in [(no_rate, "there is no rate"), (unreadable, "it can't be read as an amount")] {
        if !ids.is_empty() {
            let names = some_of(&ids);
            report.remarks.push(format!("{}: {} not in the sum, for {why}: {names}", field.title, ids.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Fields;
    use crate::query::sample::Sample;

    fn sample() -> Sample {
        Sample::of(&[
            "opportunity a\nname: Łąka\nstage: offer\nvalue: 300",
            "opportunity b\nname: lato\nstage: identification\nvalue: 100\ncurrency: EUR",
            "opportunity c\nname: Zima\nstage: won",
            "opportunity d\nname: mak\nstage: offer\nvalue: 5\ncurrency: RON",
        ])
    }

    fn list(sort: &str, options: impl Fn(&Fields) -> ListOptions) -> Report {
        let sample = sample();
        let ctx = sample.context();
        let fields = Fields::new(ctx.config, ctx.catalog);
        let mut records: Vec<RecordIndex> = ctx.catalog.entries().map(|(record, _)| record).collect();
        Order::parse(sort, &fields).unwrap().sort(&ctx, &mut records);
        listing(&ctx, &fields, &records, &options(&fields))
    }

    fn options(fields: &Fields, group: Option<&str>, limit: Option<usize>) -> ListOptions {
        let field = |name: &str| fields.get(name).unwrap().clone();
        ListOptions { columns: ["id", "value"].map(field).to_vec(), group_by: group.map(field), limit }
    }

    #[test]
    fn without_columns_the_type_chooses_them() {
        let report = list("id", |_| ListOptions::default());
        let titles: Vec<&str> = report.columns.iter().map(|column| column.title.as_str()).collect();
        assert_eq!(titles[..5], ["Id", "Name", "Client", "Stage", "Value"]);
        assert_eq!(report.columns[4].align, Align::Right);
    }

    #[test]
    fn groups_in_the_order_of_their_values_and_rows_in_their_own() {
        let report = list("-name", |fields| options(fields, Some("stage"), None));
        assert_eq!(
            report.lines(&["id", "stage"]),
            ["# identification", "b | identification", "# offer", "d | offer", "a | offer", "# won", "c | won",]
        );
    }

    #[test]
    fn money_is_summed_in_the_base_currency_and_what_has_no_rate_is_named() {
        let report = list("id", |fields| options(fields, None, None));
        assert_eq!(report.summary, ["4 records", "Value: 700 PLN"]);
        assert_eq!(report.remarks, ["Value: 1 not in the sum, for there is no rate: d"]);
    }

    #[test]
    fn default_columns_exist() {
        let sample = sample();
        let ctx = sample.context();
        let fields = Fields::new(ctx.config, ctx.catalog);
        let types = ctx.config.schemas.types().map(|type_def| Some(&*type_def.name));
        for record_type in types.chain([None, Some("machine")]) {
            for name in default_columns(record_type) {
                let field = fields.get(name).unwrap_or_else(|| panic!("{record_type:?} {name}"));
                assert!(record_type.is_none_or(|t| t == "machine" || field.is_of(t)), "{record_type:?} {name}");
            }
        }
    }

    #[test]
    fn a_limit_says_what_it_left_out() {
        let report = list("id", |fields| options(fields, Some("stage"), Some(2)));
        assert_eq!(report.lines(&["id"]), ["# identification", "b", "# offer", "a"]);
        assert_eq!(report.remarks.last().map(String::as_str), Some("2 of 4 rows are shown"));
        assert_eq!(report.summary[0], "4 records");
    }
}
