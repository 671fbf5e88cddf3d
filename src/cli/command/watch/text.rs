//! What a watch tells, for people.

use std::io::{self, Write};
use std::time::Duration;

use crate::output::{Options, Style, clean, diagnostics, paint};
use crate::text::SourcePath;
use crate::watch::{Cause, Change, ChangeKind, Event, News, Trouble};
use crate::workspace::{CardName, FileEvent, Workspace};

/// How many cards of one change are shown; of a checkout the rest is counted.
const SHOWN: usize = 20;
/// How many findings of one change are shown.
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
            Event::Lost => note("more happened at once than the system could tell, so all files were compared"),
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
        let (mut room, mut hidden) = (FINDINGS, 0);
        shown.iter().try_for_each(|change| self.change(change, &mut room, &mut hidden))?;
        if hidden > 0 {
            self.line(&format!("and {} of these cards: `karto validate` shows them", count(hidden, "more finding")))?;
        }
        if rest.is_empty() { Ok(()) } else { self.line(&format!("and {} more: {}", rest.len(), counted(rest))) }
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{} {}", paint(&self.time, Style::Muted, self.options.color), clean(text))
    }

    /// One card, with as many findings as there is room for; the others are `hidden`.
    fn change(&mut self, change: &Change, room: &mut usize, hidden: &mut usize) -> io::Result<()> {
        let path = change.path.as_ref().map_or("workspace", SourcePath::as_str);
        let card = match &change.card {
            Some(CardName::Record { record_type, name, .. }) => format!("  {name} ({record_type})"),
            Some(CardName::Note { title, .. }) => format!("  {title} (note)"),
            Some(CardName::Unreadable) | None => String::new(),
        };
        self.line(&format!("{path}{card}: {}", words(change)))?;
        let shown = change.findings.get(..*room).unwrap_or(&change.findings);
        *room -= shown.len();
        *hidden += change.findings.len() - shown.len();
        if shown.is_empty() {
            return Ok(());
        }
        let sources = |path: &SourcePath| self.workspace.text_of(path);
        writeln!(self.out)?;
        diagnostics::text(shown, &sources, self.options, self.out)
    }
}

/// `changed, 1 new finding, mended: 2`.
fn words(change: &Change) -> String {
    let what = match &change.what {
        ChangeKind::File(FileEvent::Added) => "new".to_owned(),
        ChangeKind::File(FileEvent::Changed) => "changed".to_owned(),
        ChangeKind::File(FileEvent::Removed) => "removed".to_owned(),
        ChangeKind::File(FileEvent::Renamed { from }) => format!("was {from}"),
        ChangeKind::Affected => "not changed".to_owned(),
    };
    let mut words = vec![what];
    if !change.findings.is_empty() {
        words.push(count(change.findings.len(), "new finding"));
    }
    if change.mended > 0 {
        words.push(format!("mended: {}", change.mended));
    }
    words.join(", ")
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
    type Kind = fn(&ChangeKind) -> bool;
    let kinds: [(&str, Kind); 5] = [
        ("changed", |what| *what == ChangeKind::File(FileEvent::Changed)),
        ("new", |what| *what == ChangeKind::File(FileEvent::Added)),
        ("removed", |what| *what == ChangeKind::File(FileEvent::Removed)),
        ("renamed", |what| matches!(what, ChangeKind::File(FileEvent::Renamed { .. }))),
        ("with other findings", |what| *what == ChangeKind::Affected),
    ];
    let of_kind =
        |(word, is): (&str, Kind)| (changes.iter().filter(|change| is(&change.what)).count(), word.to_owned());
    let counts = kinds.into_iter().map(of_kind).filter(|(count, _)| *count > 0);
    let mut text = counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    let findings: usize = changes.iter().map(|change| change.findings.len()).sum();
    if findings > 0 {
        text.push_str(&format!("; {}", count(findings, "new finding")));
    }
    text
}

fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::text::Span;
    use crate::workspace::codes::FILE_NAME;

    fn change(number: usize, what: ChangeKind, findings: usize) -> Change {
        let path = SourcePath::new(format!("clients/c-{number}.md")).unwrap();
        let finding = Diagnostic::new(FILE_NAME, "it is wrong").in_file(&path).at(Span::new(0, 3));
        let card = CardName::Record { id: "c".into(), record_type: "client".into(), name: "Łódź Tools".into() };
        Change { path: Some(path), what, card: Some(card), findings: vec![finding; findings], mended: 0 }
    }

    fn page(cause: Cause, changes: Vec<Change>) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("karto.yaml"), "").unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        let mut out = Vec::new();
        let options = Options::default();
        let mut page = Page { workspace: &workspace, time: "14:05".into(), options: &options, out: &mut out };
        let news = News { cause, changes, files: 94, findings: 0 };
        page.tell(&Event::News(&news), &options, &mut Vec::new()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cards_are_told_with_what_became_of_them() {
        let from = SourcePath::new("leads/tools.md").unwrap();
        let changes = vec![
            change(1, ChangeKind::File(FileEvent::Added), 0),
            change(2, ChangeKind::File(FileEvent::Renamed { from }), 0),
            Change { mended: 2, ..change(3, ChangeKind::Affected, 1) },
        ];
        insta::assert_snapshot!(page(Cause::Rules, changes), @r"
        14:05 the rules changed (karto.yaml or schemas/): 94 files read again
        14:05 clients/c-1.md  Łódź Tools (client): new
        14:05 clients/c-2.md  Łódź Tools (client): was leads/tools.md
        14:05 clients/c-3.md  Łódź Tools (client): not changed, 1 new finding, mended: 2

        error[file-name]: it is wrong
         --> clients/c-3.md
        ");
    }

    #[test]
    fn of_a_crowd_those_with_findings_come_first_and_the_rest_is_counted() {
        let mut changes: Vec<Change> =
            (0..30).map(|number| change(number, ChangeKind::File(FileEvent::Changed), 0)).collect();
        changes.extend((30..36).map(|number| change(number, ChangeKind::File(FileEvent::Added), 3)));
        let text = page(Cause::Edits, changes);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.first(), Some(&"14:05 clients/c-30.md  Łódź Tools (client): new, 3 new findings"));
        assert_eq!(lines.iter().filter(|line| line.starts_with("error")).count(), FINDINGS);
        let last = [
            "14:05 clients/c-13.md  Łódź Tools (client): changed",
            "14:05 and 8 more findings of these cards: `karto validate` shows them",
            "14:05 and 16 more: 16 changed",
        ];
        assert_eq!(lines[lines.len() - 3..], last);
    }
}
