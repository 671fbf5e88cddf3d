//! `karto schema` and `karto fields`: what the workspace knows.

use crate::cli::args::{Format, Global};
use crate::cli::error::status;
use crate::cli::session::{Session, open_workspace};
use crate::cli::{CliError, Io};
use crate::model::Config;
use crate::model::schema::Words;
use crate::query::{Fields, Source};
use crate::report::{Cell, Column, Report, Row, Section};
use crate::text::nearest;

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
    let known = || config.schemas.types().map(|known| known.name.as_str());
    let hint = match nearest(name, known(), 1).as_slice() {
        [near, ..] => format!("did you mean {near}?"),
        [] => format!("the types are {}", known().collect::<Vec<_>>().join(", ")),
    };
    CliError::argument(format!("there is no type `{name}`"), hint)
}

/// Lists the fields that queries, `--columns` and `--sort` know.
pub(super) fn fields(mut session: Session<'_, '_>, record_type: Option<&str>, format: Format) -> Result<u8, CliError> {
    let config = session.workspace.config();
    if let Some(name) = record_type.filter(|name| config.schemas.get(name).is_none()) {
        return Err(unknown_type(config, name));
    }
    let fields = Fields::new(config, &session.snapshot.catalog);
    let mut report = Report {
        kind: "fields",
        columns: vec![
            Column::left("name", "Field"),
            Column::left("kind", "Kind"),
            Column::left("source", "From"),
            Column::left("types", "Of"),
            Column::left("meaning", "Meaning"),
        ],
        ..Report::default()
    };
    let asked = fields.iter().filter(|field| record_type.is_none_or(|name| field.is_of(name)));
    let rows = asked.map(|field| {
        let source = match field.source {
            Source::Derived(_) => "derived",
            Source::Stored => "card",
            Source::Id | Source::RecordType | Source::Path | Source::Tags => "file",
        };
        let types = if field.types.is_empty() { "all".to_owned() } else { field.types.join(", ") };
        let meaning = if field.meaning.is_empty() { field.title.clone() } else { field.meaning.clone() };
        let cells = [field.name.clone(), kind_name(&field.kind), source.to_owned(), types, meaning];
        Row { cells: cells.into_iter().map(Cell::text).collect(), ..Row::default() }
    });
    report.sections.push(Section { rows: rows.collect(), ..Section::default() });
    session.print(&report, format, "There are no fields.")?;
    session.finish()
}

/// `list of references`, `choice`.
fn kind_name(kind: &crate::model::kind::Kind) -> String {
    let name = kind.element().name();
    if kind.is_list() { format!("list of {name}") } else { name.to_owned() }
}
