//! `karto search`: full text of all cards and notes, best matches first.

use crate::catalog::Catalog;
use crate::cli::CliError;
use crate::cli::args::{Ask, Limit};
use crate::cli::progress::Progress;
use crate::cli::session::{Session, remarks};
use crate::model::Value;
use crate::output;
use crate::report::{Cell, Column, Report, Row, Section};
use crate::workspace::fulltext::{FoundCard, FullText, Nearness, SearchAnswer, SearchHit};

/// How many hits are shown to people unless they say otherwise.
const USUAL_LIMIT: usize = 20;

pub(super) fn run(mut session: Session<'_, '_>, ask: &Ask, limit: Limit) -> Result<u8, CliError> {
    if ask.query.iter().all(|word| word.trim().is_empty()) {
        return Err(CliError::argument("there is nothing to search for", "name a word: karto search pump"));
    }
    let (query, question) = session.bind(&ask.query)?;
    let is_table = ask.format.data().is_none();
    let limit = limit.limit.or_else(|| is_table.then_some(USUAL_LIMIT));
    let mut progress = Progress::new("indexing", session.io.err_is_terminal);
    let catalog = &session.snapshot.catalog;
    let mut text = FullText::open(&session.workspace, catalog, &mut |done, total| progress.step(done, total));
    drop(progress);
    let mut left_out = Vec::new();
    let answer = text.search(&query, question.bound.text_terms(), limit, &mut |hits| {
        let selection = question.bound.select(&session.context(hits));
        left_out = selection.left_out;
        selection.records
    });
    let notice = text.notice().map(ToString::to_string);
    session.notice(notice)?;
    for remark in remarks(&session.snapshot.catalog, &left_out) {
        session.notice(Some(remark))?;
    }
    session.timings.lap("search");
    if is_table {
        let mut out = Vec::new();
        output::found(&answer, &session.snapshot.catalog, &session.options(), &mut out)?;
        session.page(&out)?;
    } else {
        let report = as_report(&answer, &session.snapshot.catalog);
        session.print(&report, ask.format, "")?;
    }
    session.finish()
}

/// The hits as rows, for data.
fn as_report(answer: &SearchAnswer, catalog: &Catalog) -> Report {
    let columns = ["id", "type", "name", "path", "line", "field", "snippet", "nearness"];
    let nearness = match answer.nearness {
        Nearness::Exact => "exact",
        Nearness::Beginnings => "beginnings",
        Nearness::NearWords => "near-words",
    };
    let rows = answer.hits.iter().map(|hit| row(hit, catalog, nearness)).collect();
    Report {
        kind: "search",
        columns: columns.iter().map(|name| Column::left(*name, *name)).collect(),
        sections: vec![Section { rows, ..Section::default() }],
        summary: vec![output::hits(answer)],
        ..Report::default()
    }
}

fn row(hit: &SearchHit, catalog: &Catalog, nearness: &str) -> Row {
    let (id, record_type, name) = match hit.card {
        FoundCard::Record(index) => {
            let record = catalog.record(index);
            (record.id.as_str(), record.record_type.to_string(), record.name())
        }
        FoundCard::Note(at) => catalog
            .notes()
            .get(at)
            .map_or(("", "note".to_owned(), ""), |note| (&note.id, "note".to_owned(), &note.title)),
    };
    let snippet = hit.snippet.as_ref();
    let cells = vec![
        Cell::text(id),
        Cell::text(record_type),
        Cell::text(name),
        Cell::text(hit.path.as_str()),
        Cell::from(snippet.map(|snippet| Value::Number(snippet.line.into()))),
        Cell::text(snippet.and_then(|snippet| snippet.field.clone()).unwrap_or_default()),
        Cell::text(snippet.map_or("", |snippet| &snippet.text)),
        Cell::text(nearness),
    ];
    Row { cells, ..Row::default() }
}
