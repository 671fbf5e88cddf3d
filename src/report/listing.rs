//! `list`: records as rows, with the columns, the order and the groups that were asked for.

use rust_decimal::Decimal;

use super::{Align, Cell, Column, Report, Row, Section, Shown, Tone};
use crate::catalog::RecordIndex;
use crate::model::Value;
use crate::model::kind::Kind;
use crate::query::derived::stages;
use crate::query::{Context, FieldInfo, worth};

/// How a list is to look.
#[derive(Clone, Debug, Default)]
pub struct ListingOptions<'a> {
    /// The columns, in order.
    pub columns: Vec<&'a FieldInfo>,
    /// A section for each value of this field.
    pub group_by: Option<&'a FieldInfo>,
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

/// The records, a row each and in the order given, with a sum of every column of money.
///
/// Records of one group must stand together. A sum is in the base currency and stands below the list as a sentence;
/// what has no rate is named.
pub fn listing(ctx: &Context<'_>, records: &[RecordIndex], options: &ListingOptions<'_>) -> Report {
    let mut report = Report { kind: "list", columns: columns(options), ..Report::default() };
    report.sections = sections(ctx, records, options);
    report.summary.push(format!("{} {}", records.len(), if records.len() == 1 { "record" } else { "records" }));
    for field in options.columns.iter().filter(|field| field.kind == Kind::Money) {
        add_sum(ctx, records, field, &mut report);
    }
    report
}

fn columns(options: &ListingOptions<'_>) -> Vec<Column> {
    let of_field = |field: &&FieldInfo| {
        let align = if is_figure(&field.kind) { Align::Right } else { Align::Left };
        Column { align, ..Column::left(&field.name, heading(&field.title)) }
    };
    let group = options.group_by.filter(|group| options.columns.iter().all(|field| field.name != group.name));
    let group = group.map(|field| Column::left(&field.name, heading(&field.title)).shown(Shown::Data));
    group.into_iter().chain(options.columns.iter().map(of_field)).collect()
}

fn is_figure(kind: &Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Integer | Kind::Percent | Kind::Money)
}

fn heading(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn sections(ctx: &Context<'_>, records: &[RecordIndex], options: &ListingOptions<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let is_own_column = |group: &&FieldInfo| options.columns.iter().all(|field| field.name != group.name);
    for record in records {
        let group = options.group_by.map(|field| field.value(ctx, *record));
        let title =
            group.as_ref().map(|value| value.as_ref().map_or("none".into(), |value| value.display()).into_owned());
        if sections.last().is_none_or(|last| last.title != title) {
            sections.push(Section { title, ..Section::default() });
        }
        let extra = options.group_by.filter(is_own_column);
        let fields = extra.into_iter().chain(options.columns.iter().copied());
        let cells = fields.map(|field| Cell::from(field.value(ctx, *record).map(|value| value.into_owned())));
        let tone = if stages::is_open(ctx, *record) { Tone::Plain } else { Tone::Muted };
        let row = Row { cells: cells.collect(), tone };
        sections.extend(sections.is_empty().then(Section::default));
        if let Some(last) = sections.last_mut() {
            last.rows.push(row);
        }
    }
    sections
}

fn add_sum(ctx: &Context<'_>, records: &[RecordIndex], field: &FieldInfo, report: &mut Report) {
    let mut sum = Decimal::ZERO;
    let mut any = false;
    let mut no_rate = Vec::new();
    for record in records {
        let card = ctx.catalog.record(*record);
        let Some(Value::Money(money)) = field.value(ctx, *record).map(|value| value.into_owned()) else { continue };
        match worth::money_in_base(ctx, card, money) {
            Some(amount) => (sum, any) = (sum.saturating_add(amount), true),
            None => no_rate.push(card.id.as_str()),
        }
    }
    if any {
        let total = crate::query::derived::amounts::in_base(ctx, sum);
        report.summary.push(format!("{}: {total}", field.title));
    }
    if !no_rate.is_empty() {
        let names = super::some_of(&no_rate);
        report.remarks.push(format!(
            "{}: {} not in the sum, for there is no rate: {names}",
            field.title,
            no_rate.len()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;
    use crate::query::{Fields, Order};

    fn sample() -> Sample {
        Sample::of(&[
            "opportunity a\nname: Łąka\nstage: offer\nvalue: 300",
            "opportunity b\nname: lato\nstage: identification\nvalue: 100\ncurrency: EUR",
            "opportunity c\nname: Zima\nstage: won",
            "opportunity d\nname: mak\nstage: offer\nvalue: 5\ncurrency: RON",
        ])
    }

    fn list(sort: &str, group: Option<&str>) -> Report {
        let sample = sample();
        let ctx = sample.context();
        let fields = Fields::new(ctx.config, ctx.catalog);
        let field = |name: &str| fields.get(name).unwrap();
        let options = ListingOptions { columns: ["id", "value"].map(field).to_vec(), group_by: group.map(field) };
        let mut records: Vec<RecordIndex> = ctx.catalog.entries().map(|(record, _)| record).collect();
        let keys: Vec<&str> = group.into_iter().chain(Some(sort).filter(|sort| !sort.is_empty())).collect();
        if !keys.is_empty() {
            Order::parse(&keys.join(","), &fields).unwrap().sort(&ctx, &mut records);
        }
        listing(&ctx, &records, &options)
    }

    fn ids(report: &Report) -> String {
        report.lines(&["id"])[1..].join(" ")
    }

    #[test]
    fn groups_in_the_order_of_their_values() {
        let report = list("-name", Some("stage"));
        assert_eq!(
            report.lines(&["id", "stage"]),
            ["# identification", "b | identification", "# offer", "d | offer", "a | offer", "# won", "c | won",]
        );
    }

    #[test]
    fn money_is_summed_in_the_base_currency_and_what_has_no_rate_is_named() {
        let report = list("", None);
        assert_eq!(report.summary, ["4 records", "Value: 700.00 PLN"]);
        assert_eq!(report.remarks, ["Value: 1 not in the sum, for there is no rate: d"]);
    }

    #[test]
    fn default_columns_exist() {
        let sample = sample();
        let ctx = sample.context();
        let fields = Fields::new(ctx.config, ctx.catalog);
        let types = ctx.config.schemas.types().map(|type_def| Some(type_def.name.as_str()));
        for record_type in types.chain([None, Some("machine")]) {
            for name in default_columns(record_type) {
                let field = fields.get(name).unwrap_or_else(|| panic!("{record_type:?} {name}"));
                assert!(record_type.is_none_or(|t| t == "machine" || field.is_of(t)), "{record_type:?} {name}");
            }
        }
    }

    #[test]
    fn a_limit_says_what_it_left_out() {
        let mut report = list("", Some("stage"));
        report.limit(Some(2));
        assert_eq!(ids(&report), "b # offer a");
        assert_eq!(report.remarks.last().map(String::as_str), Some("2 of 4 rows are shown"));
    }
}
