//! What there is to be decided: file by file, or place by place.

use super::file::Conflicted;
use super::{Options, named};
use crate::cli::CliError;
use crate::cli::error::status;
use crate::cli::session::Session;
use crate::output::shell_word;
use crate::report::{Cell, Column, Report, Row, Section, Shown};
use crate::text::codes::CONFLICT_MARKER;
use crate::text::conflict::{Conflict, Marks, Side, marks};
use crate::text::{LineIndex, SourcePath};
use crate::workspace::{git, is_rule};

/// Writes the list; the exit status tells whether there is anything in it.
///
/// # Errors
/// [`CliError`] if a file can't be read, or the list can't be written.
pub(super) fn run(mut session: Session<'_, '_>, words: &[String], how: &Options) -> Result<u8, CliError> {
    let (mut files, mut broken) = (Vec::new(), Vec::new());
    if words.is_empty() {
        for path in conflicted(&session) {
            match Conflicted::read(&session, path.clone()) {
                Ok(file) => files.push(file),
                Err(error) => broken.push((path, error.to_string())),
            }
        }
    } else {
        files = named(&mut session, words)?;
    }
    let has_some = !broken.is_empty() || files.iter().any(|file| !file.places().is_empty());
    let mut report = if how.list { of_places(&files) } else { of_files(&files, &broken) };
    let waiting = if words.is_empty() { waiting(&session, &files, &broken) } else { Vec::new() };
    let has_some = has_some || !waiting.is_empty();
    report.remarks = broken.into_iter().map(|(_, why)| why).chain(waiting).collect();
    let nothing = if has_some { "no place can be told" } else { "no file holds the marks of a merge" };
    session.print(&report, how.format, nothing)?;
    session.io.out.flush()?;
    Ok(if has_some { status::FINDINGS } else { status::OK })
}

/// What git waits for in files without marks.
fn waiting(session: &Session<'_, '_>, files: &[Conflicted], broken: &[(SourcePath, String)]) -> Vec<String> {
    let has_marks = |path: &SourcePath| {
        let open = files.iter().filter(|file| !file.places().is_empty()).map(|file| &file.path);
        open.chain(broken.iter().map(|(path, _)| path)).any(|known| known == path)
    };
    let unmerged = git::unmerged(session.workspace.root());
    unmerged.iter().filter(|file| !has_marks(&file.path)).map(awaited).collect()
}

/// What git is to be told of a file without marks.
pub(super) fn awaited(file: &git::Unmerged) -> String {
    let path = shell_word(file.path.as_str());
    let (keep, drop) = (format!("`git add {path}`"), format!("`git rm {path}`"));
    match (file.ours, file.theirs) {
        (true, true) => format!("{path} has no marks any more: {keep} tells git that it is decided"),
        (true, false) => {
            format!("{path} is changed on our side and not there on theirs: {keep} keeps it, {drop} lets it go")
        }
        (false, true) => {
            format!("{path} is changed on their side and not there on ours: {keep} keeps it, {drop} lets it go")
        }
        (false, false) => format!("{path} got other names on both sides: {drop} lets this one go"),
    }
}

/// The files with marks, by path.
fn conflicted(session: &Session<'_, '_>) -> Vec<SourcePath> {
    // A schema with marks is no JSON, and nothing more is said of it.
    let has_marks = |path: &SourcePath| {
        is_rule(path) && session.workspace.text_of(path).is_some_and(|text| marks(&text) != Marks::None)
    };
    let findings = session.snapshot.findings.iter();
    let paths = findings.filter_map(|finding| {
        let path = finding.path.as_ref()?;
        (finding.code == CONFLICT_MARKER || has_marks(path)).then(|| path.clone())
    });
    let mut paths: Vec<SourcePath> = paths.collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Those whose marks don't fit together stand last, without a number.
fn of_files(files: &[Conflicted], broken: &[(SourcePath, String)]) -> Report {
    let row = |file: &Conflicted| {
        let mut about: Vec<String> = file.places().iter().map(|place| file.about(place)).collect();
        about.dedup();
        let about = about.join(", ");
        let places = u64::try_from(file.places().len()).unwrap_or_default();
        let cells = vec![Cell::text(file.path.as_str()), Cell::number(places), Cell::text(about)];
        Row { cells, ..Row::default() }
    };
    let unclear = broken.iter().map(|(path, _)| {
        let cells = vec![Cell::text(path.as_str()), Cell::Empty, Cell::text("marks that don't fit together")];
        Row { cells, ..Row::default() }
    });
    let open = files.iter().filter(|file| !file.places().is_empty());
    let columns =
        vec![Column::left("path", "File").main(), Column::right("places", "Places"), Column::left("about", "About")];
    let first = files.first().map(|file| if is_rule(&file.path) { file.path.as_str() } else { file.path.stem() });
    let summary = first.map(|id| format!("`karto resolve {id}` walks through the places of the first"));
    Report {
        kind: "conflicts",
        columns,
        sections: vec![Section { rows: open.map(row).chain(unclear).collect(), ..Section::default() }],
        summary: summary.into_iter().collect(),
        ..Report::default()
    }
}

fn of_places(files: &[Conflicted]) -> Report {
    let columns = vec![
        Column::left("path", "File").main(),
        Column::right("line", "Line"),
        Column::left("field", "Field"),
        Column::left("ours", "Ours"),
        Column::left("theirs", "Theirs"),
        Column::left("ours_name", "Ours is").minor(),
        Column::left("theirs_name", "Theirs is").minor(),
        Column::left("ours_text", "").shown(Shown::Data),
        Column::left("theirs_text", "").shown(Shown::Data),
        Column::left("both", "").shown(Shown::Data),
    ];
    let rows = files.iter().flat_map(|file| {
        let index = LineIndex::new(file.text());
        let row = move |(at, place): (usize, &Conflict)| {
            let line = u64::try_from(index.line(place.span.start())).unwrap_or_default();
            let says = |side: &Side| Cell::text(side.says.clone().unwrap_or_default());
            let text = |side: &Side| Cell::text(side.lines.of(file.text()));
            let both = crate::model::Value::Bool(file.takes_both(at));
            let cells = vec![
                Cell::text(file.path.as_str()),
                Cell::number(line),
                Cell::text(file.about(place)),
                says(&place.ours),
                says(&place.theirs),
                Cell::text(place.ours.label.clone()),
                Cell::text(place.theirs.label.clone()),
                text(&place.ours),
                text(&place.theirs),
                Cell::Value(both),
            ];
            Row { cells, ..Row::default() }
        };
        file.places().iter().enumerate().map(row)
    });
    let sections = vec![Section { rows: rows.collect(), ..Section::default() }];
    Report { kind: "conflicts", columns, sections, ..Report::default() }
}
