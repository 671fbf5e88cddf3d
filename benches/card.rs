//! One card: how long it takes to read, to change and to ask for it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is measured is known to succeed")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use karto::model::schema::Schemas;
use karto::model::{Config, read_card};
use karto::query::Query;
use karto::text::body::Body;
use karto::text::yaml::{FieldPath, Value};
use karto::text::{Document, SourcePath};
use serde::Deserialize;

mod workspace;

fn main() {
    divan::main();
}

/// A generated opportunity: some 2 KB, a third of it body.
fn opportunity() -> (SourcePath, String) {
    let is_typical = |(path, text): &(String, String)| path.starts_with("opportunities/") && text.len() > 2000;
    let (path, text) = workspace::files(1000, 1).find(is_typical).unwrap();
    (SourcePath::new(path).unwrap(), text)
}

fn front_matter(text: &str) -> String {
    Document::parse(text).parts().yaml.of(text).to_owned()
}

/// Bytes to front matter with places and body, by the scanner.
#[divan::bench]
fn parse_document(bencher: Bencher<'_, '_>) {
    let (_, text) = opportunity();
    bencher.counter(BytesCount::of_str(&text)).bench(|| Document::parse(black_box(text.as_str())));
}

/// The front matter alone, to `serde_yaml::Value`: the measure for the scanner.
#[divan::bench]
fn parse_front_matter_serde_yaml_value(bencher: Bencher<'_, '_>) {
    let yaml = front_matter(&opportunity().1);
    let parse = |yaml| serde_yaml::from_str::<serde_yaml::Value>(yaml).unwrap();
    bencher.counter(BytesCount::of_str(&yaml)).bench(|| parse(black_box(&yaml)));
}

/// Some fields of an opportunity, for serde_yaml to fill.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only filled")]
struct Fields {
    name: String,
    stage: String,
    value: i64,
    expected_close: String,
    tags: Vec<String>,
    history: Vec<String>,
    stakeholders: Vec<String>,
}

/// The front matter alone, to a struct.
#[divan::bench]
fn parse_front_matter_serde_yaml_struct(bencher: Bencher<'_, '_>) {
    let yaml = front_matter(&opportunity().1);
    bencher.counter(BytesCount::of_str(&yaml)).bench(|| serde_yaml::from_str::<Fields>(black_box(&yaml)).unwrap());
}

/// Log entries, tasks, links and tags of a body.
#[divan::bench]
fn parse_body(bencher: Bencher<'_, '_>) {
    let (_, text) = opportunity();
    let body = Document::parse(text.as_str()).parts().body;
    bencher.counter(BytesCount::new(body.len())).bench(|| Body::parse(black_box(&text), body));
}

/// From a document to a record with its findings: body, fields, history, schema, rules.
#[divan::bench]
fn read_card_from_document(bencher: Bencher<'_, '_>) {
    let (path, text) = opportunity();
    let config = Config::builtin(Schemas::builtin());
    let document = Document::parse(text.as_str());
    bencher.counter(BytesCount::of_str(&text)).bench(|| read_card(&path, black_box(&document), &config));
}

/// The schema alone, over front matter as JSON.
#[divan::bench]
fn validate_against_schema(bencher: Bencher<'_, '_>) {
    let yaml = front_matter(&opportunity().1);
    let value: serde_json::Value = serde_yaml::from_str(&yaml).unwrap();
    let schemas = Schemas::builtin();
    let opportunity = schemas.get("opportunity").unwrap();
    bencher.bench(|| opportunity.validate(black_box(&value)));
}

/// A field set, with the guard that parses and compares.
#[divan::bench]
fn edit_set(bencher: Bencher<'_, '_>) {
    let document = Document::parse(opportunity().1);
    let (path, value) = (FieldPath::root().key("stage"), Value::from("negotiation"));
    bencher.bench(|| black_box(&document).set(&path, &value).unwrap());
}

#[divan::bench]
fn parse_query(bencher: Bencher<'_, '_>) {
    let query = "type:opportunity stage:offer,negotiation value:50000.. expected_close:..+30d tag!=cold \"heat pump\"";
    bencher.bench(|| Query::parse(black_box(query)).unwrap());
}
