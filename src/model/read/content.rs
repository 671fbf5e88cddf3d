//! Log entries, tasks, links and tags: shapes of text get the team's meaning.

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::model::record::contacts_at;
use crate::model::schema::as_date;
use crate::model::{
    Content, Direction, Field, LogEntry, Period, Reference, Spanned, Task, TaskState, TextLink, Word, codes,
};
use crate::text::body::{Body, Link, LinkKind, LogBlock, TaskBlock, TaskKey, Token, TokenShape};
use crate::text::{Edit, Minutes, SourcePath, Span, When, did_you_mean, nearest};

impl Reader<'_> {
    /// What the body holds; `fields` say whose contacts `with:` names.
    pub(super) fn content(&mut self, path: &SourcePath, fields: &[Field], body: &Body) -> Content {
        let client = contacts_at(path.stem(), fields);
        let mut content = Content::default();
        let mut places = Vec::with_capacity(body.log.len());
        for block in &body.log {
            let entry = self.log_entry(block, client);
            places.push(entry.as_ref().map(|_| content.log.len()));
            content.log.extend(entry);
        }
        content.tasks = body.tasks.iter().map(|task| self.task(task)).collect();
        let links = body.links.iter().map(|link| TextLink {
            target: Reference { id: link.stem().to_owned(), contact: link.fragment.clone() },
            span: link.target_span,
            to_card: leads_to_card(link, path),
            entry: link.entry.and_then(|at| places.get(at).copied().flatten()),
        });
        content.links = links.collect();
        let tags = body.tags.iter().map(|tag| Spanned::new(tag.name(self.text).to_owned(), tag.span));
        content.tags = tags.collect();
        content
    }

    /// `None` if the entry has no day.
    fn log_entry(&mut self, block: &LogBlock, client: &str) -> Option<LogEntry> {
        let Ok(date) = block.head.date.value else {
            let written = block.head.date.span.of(self.text);
            let finding = Diagnostic::new(codes::LOG_DATE, format!("`{written}` is not a date of a log entry"));
            self.report(as_date_fix(finding, written, block.head.date.span).at(block.head.date.span));
            return None;
        };
        let time = match &block.head.time {
            Some(time) => match time.value {
                Ok(value) => Some(value),
                Err(_) => {
                    let message = format!("`{}` is not a time", time.span.of(self.text));
                    self.report(Diagnostic::new(codes::LOG_TIME, message).at(time.span).help("write it as 14:30"));
                    None
                }
            },
            None => None,
        };
        let mut words = Heading { client, ..Heading::default() };
        let rest = self.heading_words(block, &mut words);
        let title = block.head.title.or(rest).map_or("", |span| span.of(self.text)).to_owned();
        // An unknown word is most likely the kind, and has been said.
        if words.kind.is_none() && block.under_log && !words.has_unknown {
            let finding = Diagnostic::new(codes::LOG_KIND_MISSING, "the entry does not say what it was");
            let kinds: Vec<&str> = self.config.vocabulary.kinds().iter().map(|kind| kind.id.as_str()).collect();
            self.report(
                finding.at(block.head.date.span).help(format!("name a kind after the date: {}", kinds.join(", "))),
            );
        }
        let kind = words.kind.unwrap_or_else(|| "note".to_owned());
        Some(LogEntry {
            at: When { date, time },
            counts: self.config.vocabulary.counts(&kind, words.outcome.as_deref(), words.direction),
            kind,
            outcome: words.outcome,
            direction: words.direction,
            minutes: words.minutes.map(|minutes| minutes.0),
            people: words.people,
            with: words.with,
            title,
            excerpt: block.excerpt.clone(),
            span: block.span,
            heading: block.heading,
        })
    }

    /// Reads the words of a heading; without a colon they end at the first unknown one, and where the title then
    /// stands is given back.
    fn heading_words(&mut self, block: &LogBlock, words: &mut Heading<'_>) -> Option<Span> {
        for (index, token) in block.head.tokens.iter().enumerate() {
            if !self.heading_word(token, words) {
                if block.head.colon.is_none() {
                    return block.head.rest_from(index);
                }
                words.has_unknown = true;
                self.report_unknown_word(token);
            }
        }
        None
    }

    /// False if the word is unknown.
    fn heading_word(&mut self, token: &Token, words: &mut Heading<'_>) -> bool {
        match &token.shape {
            TokenShape::Duration(minutes) => self.once(&mut words.minutes, *minutes, token.span),
            TokenShape::Person(name) => {
                let person = name.of(self.text);
                if person.is_empty() {
                    self.report(Diagnostic::new(codes::LOG_CONTACT_EMPTY, "`@` names nobody").at(token.span));
                } else {
                    self.check_person(person, *name);
                    words.people.push(person.to_owned());
                }
            }
            TokenShape::With(names) => {
                if names.iter().any(|name| name.is_empty()) {
                    self.report(Diagnostic::new(codes::LOG_CONTACT_EMPTY, "`with:` names nobody").at(token.span));
                }
                let named = names.iter().filter(|name| !name.is_empty());
                words
                    .with
                    .extend(named.map(|name| Spanned::new(with_reference(name.of(self.text), words.client), *name)));
            }
            _ => return self.vocabulary_word(token, words),
        }
        true
    }

    fn vocabulary_word(&mut self, token: &Token, words: &mut Heading<'_>) -> bool {
        match self.config.vocabulary.word(token.span.of(self.text)) {
            Some(Word::Kind(kind)) => self.once(&mut words.kind, kind.id.clone(), token.span),
            Some(Word::Outcome(outcome)) => self.once(&mut words.outcome, outcome.id.clone(), token.span),
            Some(Word::Direction(direction)) => self.once(&mut words.direction, direction, token.span),
            None => return false,
        }
        true
    }

    fn once<T: PartialEq>(&mut self, place: &mut Option<T>, value: T, span: Span) {
        if place.as_ref().is_some_and(|first| *first != value) {
            let message = format!("`{}` comes after another word of its sort", span.of(self.text));
            let finding = Diagnostic::new(codes::LOG_WORD_TWICE, message).at(span);
            self.report(finding.help("the first one counts: take this one away, or write a second entry"));
        } else {
            *place = Some(value);
        }
    }

    fn report_unknown_word(&mut self, token: &Token) {
        let word = token.span.of(self.text);
        let vocabulary = &self.config.vocabulary;
        let known = || {
            let terms = vocabulary.kinds().iter().chain(vocabulary.outcomes());
            terms
                .flat_map(|term| std::iter::once(&term.id).chain(&term.aliases))
                .map(String::as_str)
                .chain(["in", "out"])
        };
        let help = did_you_mean(&nearest(word, known(), 1)).unwrap_or_else(|| {
            "what is free text belongs after the colon; karto.yaml can add words under `log:`".to_owned()
        });
        let finding = Diagnostic::new(codes::LOG_WORD_UNKNOWN, format!("`{word}` means nothing in a log heading"));
        self.report(finding.at(token.span).help(help));
    }

    fn task(&mut self, block: &TaskBlock) -> Task {
        let task = Task {
            state: block.state,
            text: block.title.clone(),
            due: self.task_when(block, TaskKey::Due),
            on: self.task_when(block, TaskKey::On),
            minutes: self
                .task_token(block, TaskKey::Est, "a duration such as 30m or 1h30m", Minutes::parse)
                .map(|m| m.0),
            every: self.task_token(block, TaskKey::Rec, "a period such as 1w or 1m", parse_repeat),
            as_kind: self.task_kind(block),
            person: self.task_person(block),
            priority: block.priority().map(crate::text::body::Priority::letter),
            done: self.task_when(block, TaskKey::Done),
            result: block.results.iter().map(|result| result.plain.as_str()).collect::<Vec<_>>().join("; "),
            span: block.span,
        };
        if task.state == TaskState::Done && task.as_kind.is_some() && task.done.is_none() {
            let span = block.token(TaskKey::As).map_or(block.span, |token| token.span);
            let finding = Diagnostic::new(codes::TASK_DONE_MISSING, "the task does not say when it was done").at(span);
            self.report(finding.help("add `done:` with the day, such as done:2026-11-20"));
        }
        task
    }

    fn task_when(&mut self, block: &TaskBlock, key: TaskKey) -> Option<When> {
        self.task_token(block, key, "a date such as 2026-11-25 or 2026-11-25T09:00", |text| When::parse(text).ok())
    }

    fn task_token<T>(
        &mut self,
        block: &TaskBlock,
        key: TaskKey,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let token = block.token(key)?;
        let written = token.value.of(self.text);
        let parsed = parse(written);
        if parsed.is_none() {
            let message =
                format!("`{}` is not {expected}", if written.is_empty() { token.span.of(self.text) } else { written });
            let finding = Diagnostic::new(codes::TASK_TOKEN, message).at(token.span);
            let finding = finding.label(format!("expected {expected}"));
            self.report(match key {
                TaskKey::Due | TaskKey::On | TaskKey::Done => as_date_fix(finding, written, token.value),
                _ => finding,
            });
        }
        parsed
    }

    fn task_kind(&mut self, block: &TaskBlock) -> Option<String> {
        let token = block.token(TaskKey::As)?;
        let word = token.value.of(self.text);
        if let Some(Word::Kind(kind)) = self.config.vocabulary.word(word) {
            return Some(kind.id.clone());
        }
        let kinds: Vec<&str> = self.config.vocabulary.kinds().iter().map(|kind| kind.id.as_str()).collect();
        let finding = Diagnostic::new(codes::TASK_TOKEN, format!("`{word}` is no kind of log entry")).at(token.span);
        self.report(finding.help(format!("the kinds are {}", kinds.join(", "))));
        None
    }

    fn task_person(&mut self, block: &TaskBlock) -> Option<String> {
        let token = block.token(TaskKey::Person)?;
        let name = token.value.of(self.text).to_owned();
        self.check_person(&name, token.span);
        Some(name)
    }
}

/// The finding with its remedy: the date as it is to be written, where it is clear which day is meant.
fn as_date_fix(finding: Diagnostic, written: &str, span: Span) -> Diagnostic {
    match as_date(written) {
        Some(date) => {
            let title = format!("write {date}");
            finding.help(title.clone()).fix(title, vec![Edit::replace(span, date)])
        }
        None => finding.help("write year, month, day: 2026-11-20"),
    }
}

/// What a heading's words have said so far.
#[derive(Default)]
struct Heading<'a> {
    client: &'a str,
    has_unknown: bool,
    kind: Option<String>,
    outcome: Option<String>,
    direction: Option<Direction>,
    minutes: Option<Minutes>,
    people: Vec<String>,
    with: Vec<Spanned<Reference>>,
}

fn with_reference(contact: &str, client: &str) -> Reference {
    match contact.split_once('#') {
        Some((id, contact)) => Reference { id: id.to_owned(), contact: Some(contact.to_owned()) },
        None => Reference { id: client.to_owned(), contact: Some(contact.to_owned()) },
    }
}

/// Whether a card or a note is meant: a wiki link without another file's extension, or a link to a Markdown file. What
/// lies in `templates/` or outside the workspace is neither.
fn leads_to_card(link: &Link, from: &SourcePath) -> bool {
    let depth = from.as_str().matches('/').count();
    let climbs = link.target.split('/').take_while(|folder| *folder == "..").count();
    if climbs > depth {
        return false;
    }
    let name = link.target.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let in_templates = link.target.split('/').any(|folder| folder == "templates");
    let is_markdown = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let is_file = extension.is_some_and(|e| (1..=5).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_alphanumeric()));
    !in_templates
        && match link.kind {
            LinkKind::Wiki | LinkKind::Embed => is_markdown || !is_file,
            LinkKind::Inline | LinkKind::Reference => is_markdown,
            LinkKind::Image => false,
        }
}

/// `1w`, and Obsidian's `every week`, `every 2 months`.
fn parse_repeat(text: &str) -> Option<Period> {
    Period::parse(text).or_else(|| {
        let mut words = text.trim().strip_prefix("every")?.split_whitespace();
        let first = words.next()?;
        let (count, unit) = match first.parse::<u32>() {
            Ok(count) => (count, words.next()?),
            Err(_) => (1, first),
        };
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let letter = match unit {
            "day" => 'd',
            "week" => 'w',
            "month" => 'm',
            "year" => 'y',
            _ => return None,
        };
        Period::parse(&format!("{count}{letter}"))
    })
}
