//! A task more, and a task done.

use chrono::{Datelike, NaiveDate};

use super::log::check_past;
use super::{Author, Draft, Refusal, kind};
use crate::model::{Period, Record, Task, TaskState};
use crate::query::Context;
use crate::query::dates;
use crate::text::body::edit::{self, add_task};
use crate::text::body::{Body, Priority, TaskBlock, TaskKey, TaskToken};
use crate::text::{Edit, Minutes, Span, When, fold, splice};

/// Something to be done, as it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTask {
    /// What is to be done. Words such as `due:friday` that stand in it count, and are not said twice.
    pub text: String,
    /// Until when it is promised.
    pub due: Option<When>,
    /// The day on which it is planned.
    pub on: Option<When>,
    /// How long it will take.
    pub minutes: Option<Minutes>,
    /// After what it comes again: `1w`.
    pub every: Option<String>,
    /// Whose it is; without a name it is the owner's.
    pub person: Option<String>,
    /// The kind of log entry that it counts as once it is done.
    pub as_kind: Option<String>,
    /// How much it weighs.
    pub priority: Option<Priority>,
}

/// Adds a task, after the other tasks of the section "Tasks".
///
/// # Errors
/// [`Refusal`] if a word can't be read, if it repeats and has no day, or if the card can't be edited so.
pub fn task(draft: &mut Draft<'_>, new: &NewTask, ctx: &Context<'_>) -> Result<(), Refusal> {
    let text = task_text(draft, new, ctx)?;
    let before = draft.record().content.tasks.clone();
    let edits = add_task(draft.document().text(), &draft.body(), &edit::NewTask { text })?;
    draft.apply(&edits)?;
    let after = &draft.record().content.tasks;
    let added = after.iter().zip(&before).position(|(now, was)| (now.state, &now.text) != (was.state, &was.text));
    let added = after.get(added.unwrap_or(before.len()));
    if added.is_some_and(|task| task.text.is_empty()) {
        return Err(Refusal::value("the task has no text, only words about it", "say what is to be done"));
    }
    if added.is_some_and(|task| task.every.is_some() && task.date().is_none()) {
        let hint = "say --due with the day of the first time";
        return Err(Refusal::value("a task that comes again needs a day to count from", hint));
    }
    Ok(())
}

/// What makes a task of a text.
const BOX: &str = "- [ ] ";

/// The text of a new task with its words, in the order in which people write them.
fn task_text(draft: &Draft<'_>, new: &NewTask, ctx: &Context<'_>) -> Result<String, Refusal> {
    let typed: String = new.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = format!("{BOX}{typed}");
    let body = Body::parse(&line, Span::new(0, line.len()));
    let tokens = body.tasks.first().map_or(&[][..], |task| &task.tokens);
    let has = |key: TaskKey| tokens.iter().any(|token| token.key == key);
    let mut words = vec![understood(&line, tokens, ctx)?.replacen(BOX, "", 1)];
    let mut add = |key: TaskKey, said: Option<String>| match said {
        Some(word) if has(key) => {
            let hint = "say it once, in the text or as an option";
            Err(Refusal::value(format!("the text says already what `{word}` says"), hint))
        }
        said => {
            words.extend(said);
            Ok(())
        }
    };
    let as_kind = new.as_kind.as_deref().map(|word| kind(word, draft.config())).transpose()?;
    let every = new.every.as_deref().map(period).transpose()?;
    add(TaskKey::As, as_kind.map(|kind| format!("as:{}", kind.id)))?;
    add(TaskKey::Due, new.due.map(|day| format!("due:{day}")))?;
    add(TaskKey::On, new.on.map(|day| format!("on:{day}")))?;
    add(TaskKey::Est, new.minutes.map(|minutes| format!("est:{minutes}")))?;
    add(TaskKey::Rec, every.map(|every| format!("rec:{every}")))?;
    add(TaskKey::Person, new.person.as_ref().map(|person| format!("@{person}")))?;
    let weighs = |token: &TaskToken| matches!(token.key, TaskKey::Priority(_));
    if let Some(priority) = new.priority.filter(|_| !tokens.iter().any(weighs)) {
        words.insert(0, format!("({})", priority.letter()));
    }
    words.retain(|word| !word.is_empty());
    Ok(words.join(" "))
}

/// The text with its days written out, `due:friday` as `due:2026-11-27`, and `@me` by name.
fn understood(line: &str, tokens: &[TaskToken], ctx: &Context<'_>) -> Result<String, Refusal> {
    let mut edits = Vec::new();
    for token in tokens.iter().filter(|token| !token.value.is_empty()) {
        let written = token.value.of(line);
        match (token.key, ctx.me) {
            (TaskKey::Due | TaskKey::On, _) if When::parse(written).is_err() => {
                let day = dates::parse_when(written, ctx.today).map_err(|error| {
                    Refusal::value(error.to_string(), "write 2026-11-25, tomorrow, friday, +7d or end-of-month")
                })?;
                edits.push(Edit::replace(token.value, day.to_string()));
            }
            (TaskKey::Person, Some(me)) if written == "me" => edits.push(Edit::replace(token.value, me)),
            _ => {}
        }
    }
    Ok(splice(line, &edits)?)
}

fn period(text: &str) -> Result<&str, Refusal> {
    let known = Period::parse(text).filter(|period| !matches!(period, Period::Days(0) | Period::Months(0)));
    known.map(|_| text).ok_or_else(|| {
        Refusal::value(format!("`{text}` is no period"), "write 1d, 2w, 3m or 1y: days, weeks, months, years")
    })
}

/// Which of the open tasks is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The only one.
    Only,
    /// The one with this number, from 1, in the order of the file.
    Number(usize),
    /// The one that says this, wholly or in part, whatever the letters' case and marks.
    Text(&'a str),
}

/// The open tasks of a card in the order of its file, with their places among all of its tasks. Their numbers, from 1,
/// are those of [`Which::Number`].
pub fn open_tasks(record: &Record) -> impl Iterator<Item = (usize, &Task)> {
    record.content.tasks.iter().enumerate().filter(|(_, task)| task.state == TaskState::Open)
}

/// The place of the task that is meant.
///
/// # Errors
/// [`Refusal::NoTask`] if there is none or more than one.
pub fn find_task(record: &Record, which: Which<'_>) -> Result<usize, Refusal> {
    let open: Vec<(usize, &Task)> = open_tasks(record).collect();
    let unclear = |message: String| {
        let tasks = open.iter().zip(1..).map(|((_, task), number)| numbered(number, task)).collect();
        Refusal::NoTask { message, tasks }
    };
    if open.is_empty() {
        return Err(unclear("it has no open task".to_owned()));
    }
    let text = match which {
        Which::Only => {
            let only = open.first().filter(|_| open.len() == 1).map(|(place, _)| *place);
            return only.ok_or_else(|| unclear(format!("it has {} open tasks", open.len())));
        }
        Which::Number(number) => {
            let named = number.checked_sub(1).and_then(|at| open.get(at)).map(|(place, _)| *place);
            return named.ok_or_else(|| unclear(format!("it has no open task number {number}")));
        }
        Which::Text(text) => text,
    };
    let wanted = fold(text);
    let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    let exact = open.iter().filter(|(_, task)| !wanted.is_empty() && fold(&task.text) == *wanted);
    let part = open.iter().filter(|(_, task)| !wanted.is_empty() && fold(&task.text).contains(&*wanted));
    let (exact, part): (Vec<usize>, Vec<usize>) = (exact.map(|at| at.0).collect(), part.map(|at| at.0).collect());
    match (exact.as_slice(), part.as_slice()) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => Err(unclear(format!("it has no open task `{text}`"))),
        _ => Err(unclear(format!("`{text}` could be more than one task"))),
    }
}

/// `2 Send the offer (2026-11-25)`
fn numbered(number: usize, task: &Task) -> String {
    match task.date() {
        Some(day) => format!("{number} {} ({})", task.text, day.spaced()),
        None => format!("{number} {}", task.text),
    }
}

/// How a task ended.
#[derive(Clone, Debug)]
pub struct Completion<'a> {
    /// Which one.
    pub which: Which<'a>,
    /// What came of it, or why it is not to be done any more.
    pub result: Option<String>,
    /// When it was done; without it, on the day of the change.
    pub at: Option<When>,
    /// True if it will not be done at all.
    pub cancelled: bool,
}

/// Ticks a task: its day, who did it, what came of it. Of one that repeats the next is written before it. A cancelled
/// one is not repeated.
///
/// # Errors
/// [`Refusal`] if the task can't be told, if the day is still to come, if the next one has no day that can be read, or
/// if the card can't be edited so.
pub fn complete(draft: &mut Draft<'_>, completion: &Completion<'_>, author: &Author) -> Result<(), Refusal> {
    let done = completion.at.unwrap_or(author.at);
    check_past(done, author.at)?;
    let place = find_task(draft.record(), completion.which)?;
    let body = draft.body();
    let text = draft.document().text();
    let result = completion.result.as_deref();
    if completion.cancelled {
        let edits = edit::cancel_task(text, &body, place, done.date, result)?;
        return draft.apply(&edits);
    }
    let again = next_time(draft, &body, place, done.date)?;
    let person = author.person.clone();
    let outcome = edit::Outcome { done: done.date, person, result: result.map(str::to_owned) };
    let edits = edit::complete_task(text, &body, place, &outcome)?;
    draft.apply(&edits)?;
    let Some(text) = again else { return Ok(()) };
    let again = edit::NewTask { text };
    let (text, body) = (draft.document().text(), draft.body());
    // Where the list can't take another item in its place, it goes where new tasks go.
    let edits = edit::add_task_before(text, &body, place, &again).or_else(|_| add_task(text, &body, &again))?;
    draft.apply(&edits)
}

/// The text of the next task of one that repeats. It is due so long after its day, as often as it takes to lie after the
/// day on which it was done; its other days move along with that one.
fn next_time(draft: &Draft<'_>, body: &Body, place: usize, done: NaiveDate) -> Result<Option<String>, Refusal> {
    let text = draft.document().text();
    let Some(block) = body.tasks.get(place) else { return Ok(None) };
    let Some(rec) = block.token(TaskKey::Rec) else { return Ok(None) };
    let unread = |token: &TaskToken| {
        let message =
            format!("it comes again, but `{}` can't be read, so its next day is unknown", token.span.of(text));
        let hint = "mend it first: rec:1w with due:2026-11-25, or 🔁 every week with 📅 2026-11-25";
        Refusal::value(message, hint)
    };
    let every = draft.record().content.tasks.get(place).and_then(|task| task.every).ok_or_else(|| unread(rec))?;
    let mut days: Vec<(&TaskToken, When)> = Vec::new();
    for token in [TaskKey::Due, TaskKey::On, TaskKey::Start].iter().filter_map(|key| block.token(*key)) {
        days.push((token, When::parse(token.value.of(text)).map_err(|_| unread(token))?));
    }
    let from = days.first().map_or(done, |(_, day)| day.date);
    let next = stepped(every, from, done).ok_or_else(|| unread(rec))?;
    let shift = next.signed_duration_since(from);
    let mut edits: Vec<Edit> = Vec::new();
    for (token, day) in &days {
        let date = day.date.checked_add_signed(shift).filter(|date| date.year() <= 9999);
        let date = date.ok_or_else(|| unread(token))?;
        edits.push(Edit::replace(token.value, When { date, ..*day }.to_string()));
    }
    if days.is_empty() {
        let word = if block.uses_signs() { format!(" 📅 {next}") } else { format!(" due:{next}") };
        edits.push(Edit::insert(block.text.end(), word));
    }
    for token in &block.tokens {
        match token.key {
            TaskKey::Done | TaskKey::Cancelled => edits.push(Edit::remove(token.span)),
            TaskKey::Created => edits.push(Edit::replace(token.value, When::day(done).to_string())),
            _ => {}
        }
    }
    on_one_line(text, block, edits).map(Some)
}

/// The first day after `done` that lies a whole number of periods after `from`, one at least; `None` if the period is
/// nothing, or leads out of the years that can be written.
fn stepped(every: Period, from: NaiveDate, done: NaiveDate) -> Option<NaiveDate> {
    // Many steps at once, so that a day of a hundred years ago takes no longer; then one by one.
    let behind = u32::try_from(done.signed_duration_since(from).num_days()).unwrap_or(0);
    let mut steps = match every {
        Period::Days(0) | Period::Months(0) => return None,
        Period::Days(days) => behind / days,
        Period::Months(months) => behind / 31 / months,
    };
    loop {
        steps = steps.checked_add(1)?;
        let whole = match every {
            Period::Days(days) => Period::Days(days.checked_mul(steps)?),
            Period::Months(months) => Period::Months(months.checked_mul(steps)?),
        };
        let next = whole.after(from);
        if next.year() > 9999 {
            return None;
        }
        if next > done {
            return Some(next);
        }
    }
}

/// The first paragraph of a task after edits of it, without the line ends and what stands before its further lines.
fn on_one_line(text: &str, block: &TaskBlock, edits: Vec<Edit>) -> Result<String, Refusal> {
    let start = block.text.start();
    let inside = |span: Span| Span::new(span.start().saturating_sub(start), span.end().saturating_sub(start));
    let edits: Vec<Edit> = edits.into_iter().map(|edit| Edit { span: inside(edit.span), ..edit }).collect();
    let written = splice(block.text.of(text), &edits)?;
    let in_quote = |line: &str| line.trim_start_matches([' ', '\t', '>']).trim_end().to_owned();
    let mut lines = written.lines();
    let first = lines.next().unwrap_or_default().trim_end().to_owned();
    Ok(std::iter::once(first).chain(lines.map(in_quote)).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;
    use crate::text::SourcePath;

    fn day(text: &str) -> When {
        When::parse(text).unwrap()
    }

    /// The body of a card after a change of anna's on 2026-11-22, or why there was none.
    fn changed(
        body: &str,
        change: impl Fn(&mut Draft<'_>, &Context<'_>, &Author) -> Result<(), Refusal>,
    ) -> Result<String, String> {
        let sample = Sample::of(&[]);
        let ctx = Context { me: Some("anna"), ..sample.context() };
        let text = format!("---\ntype: lead\nname: N\nstage: new\n---\n{body}");
        let mut draft = Draft::create(SourcePath::new("leads/lead-n.md").unwrap(), text, ctx.config).unwrap();
        let author = Author { person: Some("anna".to_owned()), at: day("2026-11-22") };
        change(&mut draft, &ctx, &author).map_err(|refusal| refusal.to_string())?;
        let text = draft.document().text();
        Ok(text.splitn(3, "---\n").nth(2).unwrap().to_owned())
    }

    fn added(new: &NewTask) -> Result<String, String> {
        changed("## Tasks\n\n", |draft, ctx, _| task(draft, new, ctx)).map(|body| body.replace("## Tasks\n\n", ""))
    }

    fn done(body: &str, which: Which<'_>, at: &str) -> Result<String, String> {
        let completion = Completion { which, result: None, at: Some(day(at)), cancelled: false };
        changed(body, |draft, _, author| complete(draft, &completion, author))
    }

    #[test]
    fn words_of_a_task_in_one_order() {
        let all = NewTask {
            text: "Send  the\noffer".to_owned(),
            due: Some(day("2026-11-25T09:00")),
            on: Some(day("2026-11-24")),
            minutes: Some(Minutes(30)),
            every: Some("2w".to_owned()),
            person: Some("piotr".to_owned()),
            as_kind: Some("wizyta".to_owned()),
            priority: Some(Priority::A),
        };
        let expected = "- [ ] (A) Send the offer as:visit due:2026-11-25T09:00 on:2026-11-24 est:30m rec:2w @piotr\n";
        assert_eq!(added(&all).as_deref(), Ok(expected));
    }

    #[test]
    fn words_in_the_text_count_and_are_not_said_twice() {
        let text = |text: &str| added(&NewTask { text: text.to_owned(), ..NewTask::default() });
        assert_eq!(text("Ring @me due:friday (B)").as_deref(), Ok("- [ ] Ring @anna due:2026-11-27 (B)\n"));
        assert_eq!(text("See `due:friday` on:+1d").as_deref(), Ok("- [ ] See `due:friday` on:2026-11-23\n"));
        assert_eq!(text("Ring rec:1w").unwrap_err(), "a task that comes again needs a day to count from");
        assert_eq!(text("due:friday").unwrap_err(), "the task has no text, only words about it");
        assert_eq!(text("Ring due:soon").unwrap_err(), "`soon` is no date");
        let twice = NewTask { text: "Ring due:friday".to_owned(), due: Some(day("2026-12-01")), ..NewTask::default() };
        assert_eq!(added(&twice).unwrap_err(), "the text says already what `due:2026-12-01` says");
    }

    #[test]
    fn a_task_is_named_by_its_number_or_its_text() {
        let body = "- [x] Old\n- [ ] Oferta dla Łodzi\n- [ ] Oferta\n- [-] Not\n- [ ] Room 3 of 2026\n";
        let found = |which: Which<'_>| done(body, which, "2026-11-22").map(|now| now.find("@anna").is_some());
        for which in [Which::Number(1), Which::Text("lodz"), Which::Text("OFERTA"), Which::Text("3 of")] {
            assert_eq!(found(which), Ok(true), "{which:?}");
        }
        for (which, why) in [
            (Which::Only, "it has 3 open tasks"),
            (Which::Number(4), "it has no open task number 4"),
            (Which::Number(0), "it has no open task number 0"),
            (Which::Text(""), "it has no open task ``"),
            (Which::Text("old"), "it has no open task `old`"),
            (Which::Text("ofert"), "`ofert` could be more than one task"),
        ] {
            assert_eq!(found(which).unwrap_err(), why);
        }
        assert_eq!(done("", Which::Only, "2026-11-22").unwrap_err(), "it has no open task");
        assert_eq!(done(body, Which::Number(1), "2026-11-23").unwrap_err(), "2026-11-23 is still to come");
    }

    #[test]
    fn who_did_it_is_named() {
        for (before, after) in [
            ("a", "a @anna done:2026-11-22"),
            ("a @anna", "a @anna done:2026-11-22"),
            ("a @piotr b", "a @anna b done:2026-11-22"),
            ("a @piotr @anna @ioana", "a @anna @piotr @ioana done:2026-11-22"),
            ("a 📅 2026-11-20", "a @anna 📅 2026-11-20 ✅ 2026-11-22"),
            ("a ⏫ 📅 2026-11-20 b", "a ⏫ 📅 2026-11-20 b @anna ✅ 2026-11-22"),
        ] {
            let done = done(&format!("- [ ] {before}\n"), Which::Only, "2026-11-22");
            assert_eq!(done, Ok(format!("- [x] {after}\n")));
        }
    }

    #[test]
    fn what_repeats_comes_again_after_the_day_it_was_done() {
        for (before, again) in [
            ("a due:2026-11-20 rec:1w @piotr", "a due:2026-11-27 rec:1w @piotr"),
            ("a due:2026-11-01 rec:1w", "a due:2026-11-29 rec:1w"),
            ("a due:2026-12-15T09:00 on:2026-12-10 rec:3m", "a due:2027-03-15T09:00 on:2027-03-10 rec:3m"),
            ("a due:2026-08-31 rec:1m", "a due:2026-11-30 rec:1m"),
            ("(A) a on:2026-11-21 rec:1d est:30m as:call", "(A) a on:2026-11-23 rec:1d est:30m as:call"),
            ("a rec:1y", "a rec:1y due:2027-11-22"),
            ("a due:0001-01-01 rec:1m", "a due:2026-12-01 rec:1m"),
            (
                "a 🔁 every 2 weeks 🛫 2026-11-01 📅 2026-11-22 ➕ 2026-01-01",
                "a 🔁 every 2 weeks 🛫 2026-11-15 📅 2026-12-06 ➕ 2026-11-22",
            ),
        ] {
            let now = done(&format!("1. [ ] {before}\n2. [ ] b\n"), Which::Number(1), "2026-11-22").unwrap();
            let lines: Vec<&str> = now.lines().collect();
            assert_eq!(lines[0], format!("1. [ ] {again}"));
            assert!(lines[1].starts_with("1. [x] ") && lines[2] == "2. [ ] b", "{now}");
        }
        for wrong in ["a rec:weekly due:2026-11-20", "a rec:1w due:friday", "a rec:0d due:2026-11-20"] {
            let refused = done(&format!("- [ ] {wrong}\n"), Which::Only, "2026-11-22").unwrap_err();
            assert!(refused.contains("so its next day is unknown"), "{refused}");
        }
    }

    #[test]
    fn a_cancelled_task_does_not_come_again() {
        let cancelled = Completion { which: Which::Only, result: Some("No".to_owned()), at: None, cancelled: true };
        let body = changed("- [ ] a due:2026-11-20 rec:1w\n", |draft, _, author| complete(draft, &cancelled, author));
        assert_eq!(body.as_deref(), Ok("- [-] a due:2026-11-20 rec:1w\n  - No\n"));
    }
}
