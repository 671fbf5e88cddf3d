//! Answers as data: JSON, one item a line, or comma-separated values.

use std::io::{self, Write};
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Number, Value as Json, json as object};

use super::json as writer;
use crate::model::{HistoryLine, Money, Record, Value, exact};
use crate::report::{Cell, Report, Shown};

pub use super::csv::csv;

/// The forms of data that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// One JSON document, indented; see [`json()`].
    Json,
    /// A JSON object a line; see [`jsonl()`].
    Jsonl,
    /// Comma-separated values; see [`csv()`].
    Csv,
}

/// Writes a report as data. Its summary and remarks are not part of it: [`super::table::notes`] writes them elsewhere.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, format: DataFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        DataFormat::Json => json(report, true, out),
        DataFormat::Jsonl => jsonl(report, out),
        DataFormat::Csv => csv(report, out),
    }
}

/// Writes `{"schema_version":1,"kind":…,"items":[…]}`: every row an object with a key for each column.
///
/// # Errors
/// Those of `out`.
pub fn json(report: &Report, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    writer::envelope(report.kind, items(report), pretty, out)
}

/// Writes the rows as bare objects, a line each.
///
/// # Errors
/// Those of `out`.
pub fn jsonl(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writer::lines(items(report), out)
}

/// Writes any items in the envelope of [`json()`], one after the other as they come.
///
/// # Errors
/// Those of `out`.
pub fn json_items(kind: &str, items: impl Iterator<Item = Json>, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    writer::envelope(kind, items, pretty, out)
}

/// Writes any items, a line each.
///
/// # Errors
/// Those of `out`.
pub fn jsonl_items(items: impl Iterator<Item = Json>, out: &mut dyn Write) -> io::Result<()> {
    writer::lines(items, out)
}

fn items(report: &Report) -> impl Iterator<Item = Json> + '_ {
    let rows = report.sections.iter().flat_map(|section| &section.rows);
    rows.map(|row| {
        let columns = report.columns.iter().enumerate().filter(|(_, column)| column.shown != Shown::Table);
        let cells =
            columns.map(|(at, column)| (column.name.clone(), row.cells.get(at).map_or(Json::Null, cell_to_json)));
        Json::Object(cells.collect())
    })
}

fn cell_to_json(cell: &Cell) -> Json {
    match cell {
        Cell::Empty => Json::Null,
        Cell::Value(value) => value_to_json(value),
        Cell::Bar(part) => Number::from_f64(*part).map_or(Json::Null, Json::Number),
    }
}

/// A value as data: amounts as `{"amount":"120000.00","currency":"PLN"}`, dates as ISO strings, references as ids,
/// numbers as numbers (or as strings in the rare case that a JSON reader's floating point could not hold them).
pub fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Invalid(text) => Json::String(text.clone()),
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Number(number) => number_to_json(*number),
        Value::Money(money) => object!({
            "amount": amount(money),
            "currency": money.currency.map(|currency| currency.code().to_owned()),
        }),
        Value::When(when) => Json::String(when.to_string()),
        Value::Reference(reference) => Json::String(reference.to_string()),
        Value::List(items) => items.iter().map(|item| value_to_json(&item.value)).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, item)| (key.clone(), value_to_json(&item.value))).collect())
        }
    }
}

/// The amount with the decimals of its currency, and with more where it has more.
fn amount(money: &Money) -> String {
    exact(money.amount, money.currency.map_or(0, |currency| currency.decimals()))
}

fn number_to_json(number: Decimal) -> Json {
    let number = number.normalize();
    if number.scale() == 0
        && let Some(whole) = number.to_i64()
    {
        return Json::from(whole);
    }
    let text = number.to_string();
    let float = text.parse::<f64>().ok().filter(|float| Decimal::from_str(&float.to_string()) == Ok(number));
    float.and_then(Number::from_f64).map_or(Json::String(text), Json::Number)
}

/// A record as data: `id`, `type` and `path`, then every one of `fields` in their order, `null` where the card has
/// none, then what the card has beyond them, in its own order.
pub fn record_to_json(record: &Record, fields: &[&str]) -> Json {
    let mut item = Map::new();
    item.insert("id".into(), object!(record.id));
    item.insert("type".into(), object!(&*record.record_type));
    item.insert("path".into(), object!(record.path.as_str()));
    for name in fields.iter().filter(|name| !["id", "type", "path", "history"].contains(name)) {
        item.insert((*name).to_owned(), record.value(name).map_or(Json::Null, value_to_json));
    }
    if fields.contains(&"history") || !record.history.is_empty() {
        item.insert("history".into(), record.history.iter().map(history_to_json).collect());
    }
    for field in &record.fields {
        if !item.contains_key(&field.name) {
            item.insert(field.name.clone(), value_to_json(&field.value));
        }
    }
    Json::Object(item)
}

fn history_to_json(line: &HistoryLine) -> Json {
    let changes: Map<String, Json> =
        line.changes.iter().map(|(field, value)| (field.clone(), Json::String(value.clone()))).collect();
    object!({"at": line.at.to_string(), "stage": line.stage, "changes": changes, "person": line.person})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Content, Currency, Field, Reference, Spanned};
    use crate::report::{Column, Row, Section};
    use crate::text::{SourcePath, Span, When};

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    fn money(text: &str) -> Value {
        Value::Money(Money { amount: decimal(text), currency: Currency::new("PLN") })
    }

    #[test]
    fn every_kind_of_value_has_its_place_in_json() {
        let list = Value::List(vec![Spanned::new(Value::Text("a".into()), Span::empty(0))]);
        let map = Value::Map(vec![("id".into(), Spanned::new(Value::Bool(true), Span::empty(0)))]);
        let values = [
            (money("120000"), r#"{"amount":"120000.00","currency":"PLN"}"#),
            (Value::Money(Money { amount: decimal("1.125"), currency: None }), r#"{"amount":"1.125","currency":null}"#),
            (Value::When(When::parse("2026-11-25").unwrap()), r#""2026-11-25""#),
            (Value::When(When::parse("2026-11-25 09:00").unwrap()), r#""2026-11-25T09:00""#),
            (Value::Reference(Reference::parse("[[acme#jan]]")), r#""acme#jan""#),
            (list, r#"["a"]"#),
            (map, r#"{"id":true}"#),
            (Value::Invalid("12,5".into()), r#""12,5""#),
        ];
        for (value, expected) in values {
            assert_eq!(value_to_json(&value).to_string(), expected);
        }
    }

    #[test]
    fn numbers_stay_exact() {
        for number in
            ["0.1", "12.50", "-3", "9223372036854775807", "79228162514264337593543950335", "0.12345678901234567890"]
        {
            let json = value_to_json(&Value::Number(decimal(number)));
            let back = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            assert_eq!(decimal(&back), decimal(number), "{number}");
            assert_eq!(json.is_number(), number.len() < 21, "{number}");
        }
    }

    #[test]
    fn a_record_has_every_declared_field_and_what_it_has_beyond_them() {
        let field =
            |name: &str, value| Field { name: name.into(), key_span: Span::empty(0), value, span: Span::empty(0) };
        let history = HistoryLine::parse("2026-10-12 offer value=1000 @anna", Span::empty(0)).unwrap();
        let record = Record {
            id: "acme-erp".into(),
            path: SourcePath::new("opportunities/acme-erp.md").unwrap(),
            record_type: "opportunity".into(),
            front: Span::empty(0),
            fields: vec![field("own_field", Value::Bool(true)), field("name", Value::Text("ERP".into()))],
            history: vec![history],
            behind: Vec::new(),
            content: Content::default(),
        };
        insta::assert_snapshot!(format!("{:#}", record_to_json(&record, &["id", "name", "owner"])), @r#"
        {
          "id": "acme-erp",
          "type": "opportunity",
          "path": "opportunities/acme-erp.md",
          "name": "ERP",
          "owner": null,
          "history": [
            {
              "at": "2026-10-12",
              "stage": "offer",
              "changes": {
                "value": "1000"
              },
              "person": "anna"
            }
          ],
          "own_field": true
        }
        "#);
    }

    #[test]
    fn rows_have_every_column_of_data_and_no_other() {
        let report = Report {
            kind: "funnel",
            columns: vec![
                Column::left("stage", "Stage"),
                Column::right("value", "Value"),
                Column::left("bar", "").shown(Shown::Table),
                Column::left("group", "").shown(Shown::Data),
            ],
            sections: vec![Section {
                rows: vec![Row { cells: vec![Cell::text("offer"), Cell::Value(money("1.5"))], ..Row::default() }],
                ..Section::default()
            }],
            ..Report::default()
        };
        let mut out = Vec::new();
        json(&report, false, &mut out).unwrap();
        let row = r#"{"stage":"offer","value":{"amount":"1.50","currency":"PLN"},"group":null}"#;
        let expected = format!("{{\"schema_version\":1,\"kind\":\"funnel\",\"items\":[{row}]}}\n");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let mut out = Vec::new();
        jsonl(&report, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("{row}\n"));
    }
}
