//! The check that an edit means what it should and nothing else has changed its meaning.

use super::BodyEditError;
use super::entry::{NewEntry, heading_title};
use crate::text::body::{Body, LinkKind, LogBlock, TaskBlock, TaskState};
use crate::text::{Edit, LineIndex, Span, splice};

/// A body before an edit.
pub(super) struct Guard<'t> {
    text: &'t str,
    body: &'t Body,
}

/// What the parts of a body say, without their places.
#[derive(PartialEq)]
struct Meaning<'t> {
    headings: Vec<(u8, &'t str, bool)>,
    entries: Vec<(&'t str, &'t str, &'t str, bool)>,
    tasks: Vec<TaskMeaning<'t>>,
    links: Vec<(LinkKind, &'t str, &'t str, Option<&'t str>)>,
}

#[derive(PartialEq)]
struct TaskMeaning<'t> {
    state: TaskState,
    text: &'t str,
    title: &'t str,
    results: Vec<&'t str>,
    entry: Option<&'t str>,
    parent: Option<&'t str>,
}

/// A body after an edit.
struct After {
    text: String,
    body: Body,
}

impl<'t> Guard<'t> {
    pub(super) fn new(text: &'t str, body: &'t Body) -> Self {
        Self { text, body }
    }

    /// Exactly this entry more, at `at`; at most the heading "Log" with it.
    pub(super) fn entry_added(
        &self,
        edits: &[Edit],
        at: usize,
        new: &NewEntry,
        under: &str,
    ) -> Result<(), BodyEditError> {
        let after = self.after(edits)?;
        let index = self.body.log.iter().filter(|entry| entry.span.start() < at).count();
        let added = after.body.log.get(index).filter(|added| says(&after.text, added, new, under));
        let added = added.ok_or_else(|| self.refusal(at))?;
        let mut meaning = meaning(&after.text, &after.body, |span| !added.span.contains(span));
        meaning.entries.remove(index);
        let makes_log = self.body.headings.len() + 2 == after.body.headings.len();
        let heading = after.body.headings.iter().position(|heading| heading.entry == Some(index)).unwrap_or(0);
        if heading >= meaning.headings.len() {
            return Err(self.refusal(at));
        }
        meaning.headings.remove(heading);
        if makes_log && heading > 0 {
            meaning.headings.remove(heading - 1);
        }
        self.same(&meaning, at)
    }

    /// Exactly this task more, at `at`; at most the heading "Tasks" with it.
    pub(super) fn task_added(&self, edits: &[Edit], at: usize, written: &str) -> Result<(), BodyEditError> {
        let after = self.after(edits)?;
        let index = self.body.tasks.iter().filter(|task| task.span.start() < at).count();
        let fits = |task: &&TaskBlock| {
            task.state == TaskState::Open && task.text.of(&after.text) == written && task.results.is_empty()
        };
        let added = after.body.tasks.get(index).filter(fits).ok_or_else(|| self.refusal(at))?;
        let mut meaning = meaning(&after.text, &after.body, |span| !added.span.contains(span));
        meaning.tasks.remove(index);
        if let Some(entry) = added.entry {
            Self::same_text_around(&mut meaning, &self.meaning(), entry);
        }
        if self.body.headings.len() + 1 == after.body.headings.len() {
            let place = self.body.headings.iter().filter(|heading| heading.span.start() < at).count();
            meaning.headings.remove(place);
        }
        self.same(&meaning, at)
    }

    /// Exactly this task in another state, with another text and perhaps a result more.
    pub(super) fn task_closed(
        &self,
        edits: &[Edit],
        index: usize,
        state: TaskState,
        written: &str,
        result: Option<&str>,
    ) -> Result<(), BodyEditError> {
        let after = self.after(edits)?;
        let at = self.body.tasks.get(index).map_or(0, |task| task.span.start());
        let mut meaning = meaning(&after.text, &after.body, |_| true);
        let old = self.meaning();
        let (Some(was), Some(task)) = (old.tasks.get(index), meaning.tasks.get_mut(index)) else {
            return Err(self.refusal(at));
        };
        // A result of several lines may hold list items of its own, which count as results too.
        let results =
            task.results.starts_with(&was.results) && (task.results.len() > was.results.len()) == result.is_some();
        task.results.truncate(was.results.len());
        if !results || task.state != state || task.text != written {
            return Err(self.refusal(at));
        }
        (task.state, task.text, task.title) = (was.state, was.text, was.title);
        for child in meaning.tasks.iter_mut().zip(&old.tasks).filter(|(_, was)| was.parent.is_some()) {
            child.0.parent = child.1.parent;
        }
        let entry = self.body.tasks.get(index).and_then(|task| task.entry);
        if let Some(entry) = entry {
            Self::same_text_around(&mut meaning, &old, entry);
        }
        if let Some(result) = result {
            self.only_links_of(&mut meaning, &after, result);
        }
        self.same_as(&meaning, &old, at)
    }

    /// The text of an entry around a task holds the task, so that it is not compared.
    fn same_text_around<'m>(meaning: &mut Meaning<'m>, old: &Meaning<'m>, entry: usize) {
        if let Some((now, was)) = meaning.entries.get_mut(entry).zip(old.entries.get(entry)) {
            (now.1, now.2) = (was.1, was.2);
        }
    }

    /// Takes the links that a result brings along out of the comparison.
    fn only_links_of(&self, meaning: &mut Meaning<'_>, after: &After, result: &str) {
        let added = meaning.links.len().saturating_sub(self.body.links.len());
        if added == 0 {
            return;
        }
        let old = self.meaning();
        let from = meaning.links.iter().zip(&old.links).take_while(|(now, was)| now == was).count();
        let brought = after.body.links.iter().skip(from).take(added);
        if brought.clone().all(|link| result.contains(link.span.of(&after.text))) {
            meaning.links.drain(from..from + added);
        }
    }

    fn after(&self, edits: &[Edit]) -> Result<After, BodyEditError> {
        let text = splice(self.text, edits)?;
        let end = (self.body.span.end() + text.len()).saturating_sub(self.text.len());
        let body = Body::parse(&text, Span::new(self.body.span.start(), end));
        Ok(After { text, body })
    }

    fn meaning(&self) -> Meaning<'t> {
        meaning(self.text, self.body, |_| true)
    }

    fn same(&self, now: &Meaning<'_>, at: usize) -> Result<(), BodyEditError> {
        self.same_as(now, &self.meaning(), at)
    }

    fn same_as(&self, now: &Meaning<'_>, was: &Meaning<'_>, at: usize) -> Result<(), BodyEditError> {
        if now == was { Ok(()) } else { Err(self.refusal(at)) }
    }

    fn refusal(&self, at: usize) -> BodyEditError {
        BodyEditError::WouldChangeMeaning { line: LineIndex::new(self.text).line(at) }
    }
}

fn says(text: &str, added: &LogBlock, new: &NewEntry, under: &str) -> bool {
    let head = &added.head;
    let tokens = head.tokens.iter().map(|token| token.span.of(text));
    let title = head.title.map_or("", |title| title.of(text));
    head.date.value == Ok(new.when.date)
        && head.time.as_ref().map(|time| time.value) == new.when.time.map(Ok)
        && tokens.eq(new.tokens.iter().map(String::as_str))
        && title == heading_title(&new.title)
        && added.body.of(text).replace("\r\n", "\n") == under
}

/// What a body says; of links only those that `counts`.
fn meaning<'t>(text: &'t str, body: &'t Body, counts: impl Fn(Span) -> bool) -> Meaning<'t> {
    let heading_of = |entry: usize| body.log.get(entry).map(|entry| entry.heading.of(text));
    let text_of = |task: usize| body.tasks.get(task).map(|task| task.text.of(text));
    let links = body.links.iter().filter(|link| counts(link.span));
    Meaning {
        headings: body.headings.iter().map(|h| (h.level, h.content.of(text), h.under_log)).collect(),
        entries: body
            .log
            .iter()
            .map(|e| (e.heading.of(text), e.body.of(text), e.excerpt.as_str(), e.under_log))
            .collect(),
        tasks: body
            .tasks
            .iter()
            .map(|task| TaskMeaning {
                state: task.state,
                text: task.text.of(text),
                title: &task.title,
                results: task.results.iter().map(|result| result.span.of(text)).collect(),
                entry: task.entry.and_then(heading_of),
                parent: task.parent.and_then(text_of),
            })
            .collect(),
        links: links.map(|l| (l.kind, l.span.of(text), l.target.as_str(), l.fragment.as_deref())).collect(),
    }
}
