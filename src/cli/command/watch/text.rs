//! What a watch tells, for people.

use std::io::{self, Write};
use std::time::Duration;

use crate::output::{Options, Style, clean, diagnostics, paint};
use crate::text::SourcePath;
use crate::watch::{Cause, Change, Event, News, Trouble, What};
use crate::workspace::{CardName, Workspace};

/// How many cards of one change are shown; of a checkout the rest is counted.
const SHOWN: usize = 20;
/// How many findings of one card are shown.
const FINDINGS: usize = 10;

/// Where an event is written to, and when.
pub(super) struct Page<'p> {
    pub(super) workspace: &'p Workspace,
    pub(super) time: String,
    pub(super) options: &'p Options,
    pub(super) out: &'p mut dyn Write,
}

impl Page<'_> {
    /// Writes an event; what concerns the watch itself goes to `err`.
    pub(super) fn tell(&mut self, event: &Event<'_>, err_options: &Options, err: &mut dyn Write) -> io::Result<()> {
        let mut note =
            |text: &str| writeln!(err, "{} {}", paint("note:", Style::Urgent, err_options.color), clean(text));
        match event {
            Event::Ready { files, findings } => self.ready(*files, *findings),
            Event::Lost => note("more happened at once than the system could tell; all files are compared"),
            Event::Polling { why, every } => note(&polling(why.as_ref(), *every)),
            Event::NoIndex(error) => note(&format!("the full-text index can't be kept up to date: {error}")),
            Event::News(news) => self.news(news),
        }
    }

    fn ready(&mut self, files: usize, findings: usize) -> io::Result<()> {
        let root = self.workspace.root().display().to_string();
        writeln!(self.out, "watching {} in {}; Ctrl-C ends", count(files, "file"), clean(&root))?;
        match findings {
            0 => Ok(()),
            some => writeln!(self.out, "{} so far: `karto validate` shows them", count(some, "finding")),
        }
    }

    fn news(&mut self, news: &News) -> io::Result<()> {
        let files = count(news.files, "file");
        match news.cause {
            Cause::Rules => self.line(&format!("the rules changed (karto.yaml or schemas/): {files} read again"))?,
            Cause::NewDay => self.line("a new day: other findings hold")?,
            _ => {}
        }
        let mut changes: Vec<&Change> = news.changes.iter().collect();
        if changes.len() > SHOWN {
            // What is wrong must not be lost among what is not.
            changes.sort_by_key(|change| change.findings.is_empty());
        }
        let (shown, rest) = changes.split_at(changes.len().min(SHOWN));
        shown.iter().try_for_each(|change| self.change(change))?;
        if rest.is_empty() { Ok(()) } else { self.line(&format!("and {} more: {}", rest.len(), counted(rest))) }
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{} {}", paint(&self.time, Style::Muted, self.options.color), clean(text))
    }

    fn change(&mut self, change: &Change) -> io::Result<()> {
        let path = change.path.as_ref().map_or("workspace", SourcePath::as_str);
        let card = match &change.card {
            Some(CardName::Record { record_type, name, .. }) => format!("  {name} ({record_type})"),
            Some(CardName::Note { title, .. }) => format!("  {title} (note)"),
            Some(CardName::Unreadable) | None => String::new(),
        };
        let mut words = match &change.what {
            What::Added => vec!["new".to_owned()],
            What::Changed => vec!["changed".to_owned()],
            What::Removed => vec!["removed".to_owned()],
            What::Renamed { from } => vec![format!("was {from}")],
            What::Affected => vec!["not changed, but".to_owned()],
        };
        let mut results = Vec::new();
        if !change.findings.is_empty() {
            results.push(format!("{} new {}", change.findings.len(), plural(change.findings.len(), "finding")));
        }
        if change.mended > 0 {
            results.push(format!("mended: {}", change.mended));
        }
        let results = results.join(", ");
        match &change.what {
            What::Affected => words = vec![format!("not changed, but {results}")],
            _ if !results.is_empty() => words.push(results),
            _ => {}
        }
        self.line(&format!("{path}{card}: {}", words.join(", ")))?;
        let sources = |path: &SourcePath| self.workspace.text_of(path);
        let shown = change.findings.get(..FINDINGS).unwrap_or(&change.findings);
        if !shown.is_empty() {
            writeln!(self.out)?;
            diagnostics::text(shown, &sources, self.options, self.out)?;
        }
        match change.findings.len() - shown.len() {
            0 => Ok(()),
            more => writeln!(self.out, "and {more} more: `karto validate` shows them"),
        }
    }
}

fn polling(why: Option<&Trouble>, every: Duration) -> String {
    let every = format!("the folder is looked at every {} s", every.as_secs_f64());
    match why {
        None => every,
        Some(why @ Trouble::TooManyFolders) => {
            format!("{why}, so {every}; `sudo sysctl fs.inotify.max_user_watches=524288` raises it")
        }
        Some(why @ Trouble::TooManyWatchers) => {
            format!("{why}, so {every}; `sudo sysctl fs.inotify.max_user_instances=512` raises it")
        }
        Some(why) => format!("the system can't tell of changes ({why}), so {every}"),
    }
}

/// `12 changed, 3 new, 1 removed; 2 new findings`.
fn counted(changes: &[&Change]) -> String {
    type Kind = fn(&What) -> bool;
    let kinds: [(&str, Kind); 5] = [
        ("changed", |what| *what == What::Changed),
        ("new", |what| *what == What::Added),
        ("removed", |what| *what == What::Removed),
        ("renamed", |what| matches!(what, What::Renamed { .. })),
        ("with other findings", |what| *what == What::Affected),
    ];
    let of_kind =
        |(word, is): (&str, Kind)| (changes.iter().filter(|change| is(&change.what)).count(), word.to_owned());
    let counts = kinds.into_iter().map(of_kind).filter(|(count, _)| *count > 0);
    let mut text = counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    let findings: usize = changes.iter().map(|change| change.findings.len()).sum();
    if findings > 0 {
        text.push_str(&format!("; {findings} new {}", plural(findings, "finding")));
    }
    text
}

fn count(count: usize, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
