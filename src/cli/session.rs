//! One command at work: the workspace, what was read of it, the question, and where the answer goes.

use std::collections::HashSet;
use std::io;

use chrono::{NaiveDate, Timelike};

use super::args::{Color, Format, Global};
use super::error::status;
use super::progress::Progress;
use super::timings::Timings;
use super::{CliError, Io, identity, pager};
use crate::catalog::Catalog;
use crate::change::ChangeSet;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Period;
use crate::model::codes::FORMAT_NEWER;
use crate::output::{Options, Style, clean, data, paint, table};
use crate::query::dates;
use crate::query::{Bound, Context, Fields, Hits, LeftOut, Query};
use crate::report::{Report, some_of};
use crate::text::codes::CONFLICT_MARKER;
use crate::text::{LineIndex, SourcePath, When};
use crate::workspace::codes::FILE_UNREADABLE;
use crate::workspace::fulltext::FullText;
use crate::workspace::{Snapshot, Workspace, is_rule};

/// True if what is written to a place may be coloured.
pub(super) fn wants_color(choice: Color, is_terminal: bool, io: &Io<'_>) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && io.variable("NO_COLOR").is_none() && io.variable("TERM") != Some("dumb"),
    }
}

/// A workspace that has been read, with all that a command needs to answer from it.
pub(super) struct Session<'a, 'io> {
    pub(super) io: &'a mut Io<'io>,
    pub(super) global: Global,
    pub(super) workspace: Workspace,
    pub(super) snapshot: Snapshot,
    pub(super) today: NaiveDate,
    pub(super) me: Option<String>,
    pub(super) timings: Timings,
    /// How many of the things asked for have been refused already.
    pub(super) refused: usize,
}

/// A query, tied to the workspace's fields and with its full-text terms looked up.
pub(super) struct Question {
    pub(super) fields: Fields,
    pub(super) bound: Bound,
    pub(super) hits: Hits,
}

impl<'a, 'io> Session<'a, 'io> {
    /// Opens the workspace and reads all its files.
    pub(super) fn open(global: Global, io: &'a mut Io<'io>) -> Result<Self, CliError> {
        let mut timings = Timings::start();
        let workspace = open_workspace(&global, io)?;
        timings.lap("open");
        let snapshot = read(&workspace, &global, io)?;
        timings.lap("read");
        let today = global.today.unwrap_or_else(|| today(&workspace, io));
        if let Some(newer) = workspace.findings().iter().find(|finding| finding.code == FORMAT_NEWER) {
            writeln!(io.err, "note: {} [{}]", clean(&newer.message), newer.code)?;
        }
        Ok(Self { io, global, workspace, snapshot, today, me: None, timings, refused: 0 })
    }

    /// Opens and reads the workspace once more.
    pub(super) fn reopen(&mut self) -> Result<(), CliError> {
        self.workspace = open_workspace(&self.global, self.io)?;
        self.snapshot = read(&self.workspace, &self.global, self.io)?;
        Ok(())
    }

    /// Understands a query, and looks up what it says of texts.
    pub(super) fn ask(&mut self, query: &[String]) -> Result<Question, CliError> {
        let (_, mut question) = self.bind(query)?;
        let terms = question.bound.text_terms();
        if !terms.is_empty() {
            let mut progress = Progress::new("indexing", self.io.err_is_terminal);
            let mut step = |done, total| progress.step(done, total);
            let mut text = FullText::open(&self.workspace, &self.snapshot.catalog, &mut step);
            let hits = text.hits(terms);
            let notice = text.notice().map(ToString::to_string);
            drop(progress);
            self.notice(notice)?;
            question.hits = hits;
        }
        self.timings.lap("query");
        Ok(question)
    }

    /// Understands a query; what it says of texts is still to be looked up.
    pub(super) fn bind(&mut self, query: &[String]) -> Result<(Query, Question), CliError> {
        let query = Query::parse_arguments(query).map_err(|errors| CliError::Query { errors })?;
        let fields = Fields::new(self.workspace.config(), &self.snapshot.catalog);
        if self.me.is_none() && query.names_me(self.workspace.config()) {
            // Asking git takes a moment, so it is asked only where the query says `me`.
            self.me = Some(identity::me(&self.workspace, self.io)?.ok_or(CliError::Nobody)?);
        }
        let hits = Hits::default();
        let bound = query.bind(&fields, &self.context(&hits)).map_err(|errors| CliError::Query { errors })?;
        Ok((query, Question { fields, bound, hits }))
    }

    /// Tells what there is to be told beside the answer: of the full-text index, of a commit.
    pub(super) fn notice(&mut self, notice: Option<String>) -> io::Result<()> {
        notice.map_or(Ok(()), |notice| writeln!(self.io.err, "note: {}", clean(&notice)))
    }

    /// All that an answer is made from.
    pub(super) fn context<'c>(&'c self, hits: &'c Hits) -> Context<'c> {
        Context {
            catalog: &self.snapshot.catalog,
            config: self.workspace.config(),
            today: self.today,
            me: self.me.as_deref(),
            hits,
        }
    }

    /// Carries changes out, and tells what there is to be told of it.
    pub(super) fn commit(&mut self, changes: &ChangeSet) -> Result<(), CliError> {
        let committed = self.workspace.commit(changes)?;
        for note in committed.notes() {
            // The changes are made, whoever may be told of it.
            let _ = writeln!(self.io.err, "note: {}", clean(&note));
        }
        self.timings.lap("write");
        Ok(())
    }

    /// The day that an argument names, perhaps with a time: `friday`, `-7d`, `2026-11-25T09:00`.
    pub(super) fn day(&self, text: &str) -> Result<When, CliError> {
        const SPELLINGS: &str = "write it as one of 2026-11-25, 2026-11-25T09:30, tomorrow, friday, +7d, end-of-month";
        dates::parse_when(text, self.today).map_err(|error| CliError::argument(error.to_string(), SPELLINGS))
    }

    /// The same for a day that can only lie ahead, where `7d` is what is elsewhere `+7d`.
    pub(super) fn day_ahead(&self, text: &str) -> Result<When, CliError> {
        self.day(&if Period::parse(text.trim()).is_some() { format!("+{}", text.trim()) } else { text.to_owned() })
    }

    /// The present minute in the workspace's time zone; where the call says what day it is, that day as a whole.
    pub(super) fn now(&self) -> When {
        let moment = match self.workspace.config().timezone {
            Some(zone) => self.io.now.with_timezone(&zone).naive_local(),
            None => self.io.now.with_timezone(&chrono::Local).naive_local(),
        };
        let time = moment.time().with_second(0).and_then(|time| time.with_nanosecond(0));
        When { date: self.today, time: time.filter(|_| self.global.today.is_none()) }
    }

    /// How text for people is written to standard output.
    pub(super) fn options(&self) -> Options {
        let color = wants_color(self.global.color, self.io.terminal.is_some(), self.io);
        Options { width: self.io.terminal.map(|terminal| terminal.width), color, unicode: self.io.unicode() }
    }

    /// How text for people is written to standard error.
    pub(super) fn err_options(&self) -> Options {
        let color = wants_color(self.global.color, self.io.err_is_terminal, self.io);
        Options { color, ..Options::default() }
    }

    /// Writes a report; `nothing` is what a table without rows says.
    pub(super) fn print(&mut self, report: &Report, format: Format, nothing: &str) -> Result<(), CliError> {
        self.timings.lap("answer");
        match format.data() {
            None => {
                let mut text = Vec::new();
                table::write(report, nothing, &self.options(), &mut text)?;
                self.page(&text)?;
            }
            Some(format) => {
                data::write(report, format, self.io.out)?;
                table::notes(report, &self.err_options(), self.io.err)?;
            }
        }
        self.timings.lap("output");
        Ok(())
    }

    /// Writes text for people, through a pager where it is longer than the screen.
    pub(super) fn page(&mut self, text: &[u8]) -> io::Result<()> {
        if self.global.no_pager || !pager::page(text, self.io) { self.io.out.write_all(text) } else { Ok(()) }
    }

    /// Names every file that had to be left out of the answer; gives the exit status.
    pub(super) fn finish(mut self) -> Result<u8, CliError> {
        self.io.out.flush()?;
        let left_out = self.report_left_out()?;
        if self.global.timings {
            self.timings.lap("rest");
            self.timings.print(self.io.err)?;
        }
        // The process is about to end: to free ten thousand cards one by one would only take time.
        std::mem::forget(self.snapshot);
        Ok(if left_out { status::TROUBLE } else { status::OK })
    }

    /// What is wrong with cards that are in the answer all the same, beside the findings that are `told` already: a date
    /// that can't be read is a call that will be forgotten.
    fn mistakes(&self, told: &[&Diagnostic]) -> Vec<String> {
        let errors = self.snapshot.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let known: HashSet<&SourcePath> = told.iter().filter_map(|finding| finding.path.as_ref()).collect();
        let (mut open, mut paths): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for finding in errors {
            let Some(path) = finding.path.as_ref().filter(|path| !known.contains(path)) else { continue };
            if finding.code == CONFLICT_MARKER { open.push(path.as_str()) } else { paths.push(path.as_str()) }
        }
        for list in [&mut open, &mut paths] {
            list.sort_unstable();
            list.dedup();
        }
        let mut mistakes = Vec::new();
        if !open.is_empty() {
            let open = some_of(&open);
            mistakes.push(format!("a merge left two texts in {open}: this answer takes ours (`karto resolve` asks)"));
        }
        if let Some(first) = paths.first() {
            mistakes.push(match paths.len() {
                1 => format!("a card has a mistake, so this answer may miss something: {first}"),
                many => format!("{many} cards have mistakes, so this answer may miss something: {}", some_of(&paths)),
            });
        }
        let twice = self.snapshot.catalog.duplicate_ids();
        if !twice.is_empty() {
            mistakes.push(format!("more than one card has the id {}, and all of them are counted", some_of(&twice)));
        }
        mistakes
    }

    /// Names every file that had to be left out of the answer; false if there was none.
    pub(super) fn report_left_out(&mut self) -> io::Result<bool> {
        let unreadable = self.snapshot.catalog.unreadable();
        let concerns_all = |finding: &&Diagnostic| {
            finding.severity == Severity::Error
                && (finding.code == FILE_UNREADABLE
                    || finding.path.as_ref().is_none_or(|path| unreadable.binary_search(path).is_ok() || is_rule(path)))
        };
        let findings: Vec<&Diagnostic> = self.snapshot.findings.iter().filter(concerns_all).collect();
        let color = wants_color(self.global.color, self.io.err_is_terminal, self.io);
        for finding in &findings {
            let place = place_of(&self.workspace, finding);
            let of_rules = finding.path.as_ref().is_some_and(is_rule);
            let mark = paint(if of_rules { "error:" } else { "left out:" }, Style::Alarm, color);
            writeln!(self.io.err, "{mark} {}: {} [{}]", clean(&place), clean(&finding.message), finding.code)?;
        }
        let mistakes = self.mistakes(&findings);
        for mistake in &mistakes {
            writeln!(self.io.err, "{} {}", paint("note:", Style::Urgent, color), clean(mistake))?;
        }
        if !(findings.is_empty() && mistakes.is_empty()) {
            writeln!(
                self.io.err,
                "{} `karto validate` shows the places and how to mend them",
                paint("help:", Style::Good, color)
            )?;
        }
        Ok(!findings.is_empty())
    }
}

/// The records of which it can't be told whether they answer a query, as remarks for people.
pub(super) fn remarks(catalog: &Catalog, left_out: &[LeftOut]) -> Vec<String> {
    let remark = |left: &LeftOut| {
        let id = &catalog.record(left.record).id;
        format!("{id} is left out: {} can't be compared, {}", left.field, left.reason)
    };
    left_out.iter().map(remark).collect()
}

/// Opens the workspace that the call means, `-C`, else the one that the folder lies in; goes on first from a change that
/// was interrupted there.
pub(super) fn open_workspace(global: &Global, io: &mut Io<'_>) -> Result<Workspace, CliError> {
    let start = match &global.directory {
        Some(directory) => io.folder.join(directory),
        None => io.folder.clone(),
    };
    let workspace = Workspace::open(&start)?;
    // What was carried out now may have been the rules.
    Ok(if recover(&workspace, io)? { Workspace::open(&start)? } else { workspace })
}

/// Goes on from a change that was interrupted, and tells of it; true if there was one. Where that is not possible the
/// files can be read all the same.
fn recover(workspace: &Workspace, io: &mut Io<'_>) -> io::Result<bool> {
    match workspace.recover() {
        Ok(None) => Ok(false),
        Ok(Some(recovered)) => {
            for note in recovered.notes() {
                writeln!(io.err, "note: {}", clean(&note))?;
            }
            Ok(true)
        }
        Err(error) => {
            writeln!(
                io.err,
                "note: a change was interrupted and can't be gone on with: {}",
                clean(&error.to_string())
            )?;
            writeln!(io.err, "help: {}", error.hint())?;
            Ok(false)
        }
    }
}

/// Reads what has changed since the last time, or everything.
fn read(workspace: &Workspace, global: &Global, io: &mut Io<'_>) -> Result<Snapshot, CliError> {
    if global.no_cache {
        return Ok(workspace.load()?);
    }
    let mut bar = Progress::new("reading", io.err_is_terminal);
    let loaded = workspace.load_cached(&mut |done, total| bar.step(done, total))?;
    drop(bar);
    if loaded.was_damaged {
        writeln!(io.err, "note: what was kept in .karto/ was damaged; every file was read, and it was made anew")?;
    }
    Ok(loaded.snapshot)
}

/// Today in the workspace's time zone, else in the computer's.
fn today(workspace: &Workspace, io: &Io<'_>) -> NaiveDate {
    match workspace.config().timezone {
        Some(zone) => io.now.with_timezone(&zone).date_naive(),
        None => io.now.with_timezone(&chrono::Local).date_naive(),
    }
}

/// `clients/acme.md:7:3`, as far as it is known.
fn place_of(workspace: &Workspace, finding: &Diagnostic) -> String {
    let Some(path) = &finding.path else { return "workspace".to_owned() };
    let Some((span, text)) = finding.span.zip(workspace.text_of(path)) else { return path.to_string() };
    let at = LineIndex::new(&text).position(&text, span.start());
    format!("{path}:{}:{}", at.line, at.column)
}
