//! `karto schema` and `karto fields`: what the workspace knows.

use crate::cli::args::{Format, Global, Limit};
use crate::cli::error::status;
use crate::cli::session::{Session, open_workspace};
use crate::cli::{CliError, Io};
use crate::model::Config;
use crate::model::schema::Words;
use crate::output::Style;
use crate::output::blocks::{Block, Item, blocks};
use crate::query::{FieldInfo, Fields, Source};
use crate::report::{Cell, Column, Report, Row, Section};
use crate::text::{did_you_mean, nearest};

/// Writes the effective JSON Schema of a type, or lists the types.
pub(super) fn schema(record_type: Option<&str>, global: &Global, io: &mut Io<'_>) -> Result<u8, CliError> {
    let workspace = open_workspace(global, io)?;
    let config = workspace.config();
    let Some(name) = record_type else {
        for known in config.schemas.types() {
            writeln!(io.out, "{:<14} {}", known.name, crate::output::clean(&known.title))?;
        }
        return Ok(status::OK);
    };
    let schema = if name == "karto" { config.schemas.config_schema().clone() } else { effective(config, name)? };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| CliError::Output(error.into()))?;
    writeln!(io.out, "{text}")?;
    Ok(status::OK)
}

fn effective(config: &Config, name: &str) -> Result<serde_json::Value, CliError> {
    let known = config.schemas.get(name).ok_or_else(|| unknown_type(config, name))?;
    Ok(known.effective_schema(&Words::of(config, name)))
}

fn unknown_type(config: &Config, name: &str) -> CliError {
    let known = || config.schemas.types().map(|known| &*known.name);
    let all = || format!("the types are {}", known().collect::<Vec<_>>().join(", "));
    let hint = did_you_mean(&nearest(name, known(), 1)).unwrap_or_else(all);
    CliError::argument(format!("there is no type `{name}`"), hint)
}

/// Lists the fields that queries, `--columns` and `--sort` know.
pub(super) fn fields(
    mut session: Session<'_, '_>,
    record_type: Option<&str>,
    format: Format,
    limit: Limit,
) -> Result<u8, CliError> {
    let config = session.workspace.config();
    if let Some(name) = record_type.filter(|name| config.schemas.get(name).is_none()) {
        return Err(unknown_type(config, name));
    }
    let fields = Fields::new(config, &session.snapshot.catalog);
    let asked = fields.iter().filter(|field| record_type.is_none_or(|name| field.is_of(name)));
    let asked = asked.take(limit.limit.unwrap_or(usize::MAX));
    let known: Vec<Known> = asked.map(|field| Known::of(field, record_type, config)).collect();
    if format.data().is_none() {
        let mut text = Vec::new();
        blocks(&for_people(&known, config, record_type.is_none()), &session.options(), &mut text)?;
        session.page(&text)?;
    } else {
        session.print(&for_programs(&known), format, "")?;
    }
    session.finish()
}

/// A field, as it is told.
struct Known {
    name: String,
    kind: String,
    source: &'static str,
    types: Vec<String>,
    meaning: String,
}

impl Known {
    /// A field in the words of a type, where one is asked for; else in those of the first type that has it.
    fn of(field: &FieldInfo, record_type: Option<&str>, config: &Config) -> Self {
        let source = match field.source {
            Source::Derived(_) => "derived",
            Source::Stored => "card",
            Source::Id | Source::RecordType | Source::Path | Source::Tags => "file",
        };
        let own = record_type.and_then(|name| config.schemas.get(name)?.field(&field.name));
        let meaning = own.map(|own| own.description.clone()).filter(|meaning| !meaning.is_empty() && source == "card");
        let meaning = meaning.unwrap_or_else(|| field.meaning.clone());
        let meaning = if meaning.is_empty() { field.title.clone() } else { meaning };
        let (name, types) = (field.name.clone(), field.types.clone());
        Self { name, kind: kind_name(&field.kind), source, types, meaning }
    }
}

/// The fields in blocks, by where their values come from; with the types, where not all have them.
fn for_people(fields: &[Known], config: &Config, with_types: bool) -> Vec<Block> {
    let all = config.schemas.types().count();
    let item = |field: &Known| {
        let some = with_types && !field.types.is_empty() && field.types.len() < all;
        Item::Labelled {
            label: field.name.clone(),
            text: format!("{}: {}", field.kind, field.meaning),
            style: Style::Plain,
            more: if some { field.types.join(", ") } else { String::new() },
        }
    };
    let sources = [("card", "On the card"), ("derived", "Worked out by Karto"), ("file", "Of the file")];
    let block = |(source, title): (&str, &str)| Block {
        items: fields.iter().filter(|field| field.source == source).map(item).collect(),
        ..Block::titled(title)
    };
    sources.map(block).into_iter().filter(|block| !block.items.is_empty()).collect()
}

fn for_programs(fields: &[Known]) -> Report {
    let columns = ["name", "kind", "source", "types", "meaning"];
    let row = |field: &Known| {
        let types = if field.types.is_empty() { "all".to_owned() } else { field.types.join(", ") };
        let cells = [field.name.as_str(), &field.kind, field.source, &types, &field.meaning];
        Row { cells: cells.into_iter().map(Cell::text).collect(), ..Row::default() }
    };
    Report {
        kind: "fields",
        columns: columns.iter().map(|name| Column::left(*name, *name)).collect(),
        sections: vec![Section { rows: fields.iter().map(row).collect(), ..Section::default() }],
        ..Report::default()
    }
}

/// `list of references`, `choice`.
fn kind_name(kind: &crate::model::kind::Kind) -> String {
    let name = kind.element().name();
    if kind.is_list() { format!("list of {name}") } else { name.to_owned() }
}
