//! Small workspaces for tests, written as cards are.

use chrono::NaiveDate;

use super::derived::Derived;
use super::{Context, Hits};
use crate::catalog::{Catalog, RecordIndex};
use crate::model::schema::Schemas;
use crate::model::{Card, Config, read_card};
use crate::text::{Document, SourcePath, When};

/// A catalog with its rules, on a day.
pub(crate) struct Sample {
    catalog: Catalog,
    config: Config,
    today: NaiveDate,
    hits: Hits,
}

impl Sample {
    /// The cards on 2026-11-22, a Sunday. Each begins with its type and id, then come its fields, then after `---` its
    /// body. Amounts are in PLN, a euro is worth 4.
    pub(crate) fn of(cards: &[&str]) -> Self {
        Self::with("", cards)
    }

    /// The same, with more lines of `karto.yaml`.
    pub(crate) fn with(rules: &str, cards: &[&str]) -> Self {
        Self::with_all(&format!("currency: PLN\nrates: {{EUR: 4}}\n{rules}"), cards)
    }

    /// The same, with a `karto.yaml` of its own.
    pub(crate) fn with_all(rules: &str, cards: &[&str]) -> Self {
        let path = SourcePath::new("karto.yaml").unwrap();
        let (config, findings) = Config::read(&path, rules.as_bytes().to_vec(), Schemas::builtin());
        assert_eq!(findings, [], "karto.yaml");
        let cards = cards.iter().map(|text| card(text, &config)).collect();
        let catalog = Catalog::build(cards, &config);
        Self { catalog, config, today: When::parse("2026-11-22").unwrap().date, hits: Hits::default() }
    }

    /// What questions are answered from.
    pub(crate) fn context(&self) -> Context<'_> {
        Context { catalog: &self.catalog, config: &self.config, today: self.today, me: None, hits: &self.hits }
    }

    /// The place of a record.
    pub(crate) fn at(&self, id: &str) -> RecordIndex {
        self.catalog.index_of(id).unwrap_or_else(|| panic!("no record {id}"))
    }

    /// A derived field as text; `none` where it has no value.
    pub(crate) fn get(&self, id: &str, field: &str) -> String {
        let field = Derived::find(field).unwrap_or_else(|| panic!("no field {field}"));
        let value = (field.get)(&self.context(), self.at(id));
        value.map_or("none".to_owned(), |value| value.display().into_owned())
    }
}

fn card(text: &str, config: &Config) -> Card {
    let (head, rest) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let (record_type, id) = head.split_once(' ').unwrap_or_else(|| panic!("`{head}` is no type and id"));
    // Cards stand indented in the tests; the indent of the first line is taken away.
    let indent = &rest[..rest.len() - rest.trim_start().len()];
    let lines: String =
        rest.lines().map(|line| format!("{}\n", line.strip_prefix(indent).unwrap_or(line.trim()))).collect();
    let (front, body) = lines.split_once("---\n").unwrap_or((&lines, ""));
    let name = if front.lines().any(|line| line.starts_with("name:")) { "" } else { "name: N\n" };
    let path = SourcePath::new(format!("{record_type}/{}.md", id.trim())).unwrap();
    let source = format!("---\ntype: {record_type}\n{name}{front}---\n{body}");
    let (card, findings) = read_card(&path, &Document::parse(source.clone()), config);
    assert!(matches!(card, Card::Record(_)), "{source}\n{findings:?}");
    card
}
