//! A task more.

use crate::change::{Draft, Refusal, kind};
use crate::model::Period;
use crate::query::Context;
use crate::query::dates;
use crate::text::body::edit::add_task;
use crate::text::body::{Body, Priority, TaskKey, TaskToken};
use crate::text::{Edit, Minutes, Span, When, splice};

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
    let edits = add_task(draft.document().text(), &draft.body(), &text)?;
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

#[cfg(test)]
mod tests {
    use super::super::sample::{changed, day};
    use super::*;

    fn added(new: &NewTask) -> Result<String, String> {
        changed("## Tasks\n\n", |draft, ctx, _| task(draft, new, ctx)).map(|body| body.replace("## Tasks\n\n", ""))
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
}
