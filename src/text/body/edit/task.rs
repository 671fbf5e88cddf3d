//! A task more, a task done, a task cancelled.

use chrono::NaiveDate;

use super::entry::log_start;
use super::guard::Guard;
use super::place::{block, line_end, line_of, section_end};
use super::{BodyEditError, escape};
use crate::text::body::{Body, TaskBlock, TaskKey, TaskState};
use crate::text::{Edit, EditError, Span, When, fold, splice};

/// What is written of a task that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// The day it was done.
    pub done: NaiveDate,
    /// Who did it, where that is known: the task's first `@name` becomes this one.
    pub person: Option<String>,
    /// What came of it; written as a list item nested in the task.
    pub result: Option<String>,
}

/// The edits that add `task` after the tasks of the section "Tasks", or under a new `## Tasks` before the log. It is the
/// text with its tokens, as it will stand after `- [ ] `; made one line.
///
/// # Errors
/// [`BodyEditError`] if the task has no text or would not be read back as meant.
pub fn add_task(text: &str, body: &Body, task: &str) -> Result<Vec<Edit>, BodyEditError> {
    let written = escape::one_line(task);
    if written.is_empty() {
        return Err(BodyEditError::Empty);
    }
    let section = body
        .headings
        .iter()
        .position(|heading| heading.entry.is_none() && !heading.under_log && fold(heading.content.of(text)) == "tasks");
    let (at, edit) = match section {
        Some(heading) => {
            let start = body.headings.get(heading).map_or(0, |heading| heading.span.end());
            let section = Span::new(start, section_end(text, body, heading).min(next_entry(text, body, start)));
            let last = body.tasks.iter().rev().find(|task| is_plain_item(text, section, task));
            match last {
                Some(last) => {
                    let at = content_end(text, last);
                    (at, Edit::insert(at, format!("{}{}[ ] {written}", line_end(text), next_bullet(text, last))))
                }
                None => (section.end(), block(text, body, section.end(), &format!("- [ ] {written}"))),
            }
        }
        None => {
            let (at, level) = log_start(text, body).unwrap_or((body.span.end(), 2));
            let level = if body.log_section().is_some() { level } else { 2 };
            let lines = format!("{} Tasks\n\n- [ ] {written}", "#".repeat(usize::from(level)));
            (at, block(text, body, at, &lines))
        }
    };
    let edits = vec![edit];
    Guard::new(text, body).task_added(&edits, at, &written)?;
    Ok(edits)
}

/// The edits that add an open `task` right before the one at `index` of `body.tasks`, as an item of the same list.
///
/// # Errors
/// [`BodyEditError`] if there is no such task, or if the new one has no text or would not be read back as meant.
pub fn add_task_before(text: &str, body: &Body, index: usize, task: &str) -> Result<Vec<Edit>, BodyEditError> {
    let written = escape::one_line(task);
    if written.is_empty() {
        return Err(BodyEditError::Empty);
    }
    let next = body.tasks.get(index).ok_or(BodyEditError::NoSuchTask)?;
    let at = next.span.start();
    let bullet = Span::new(at, next.marker.start()).of(text);
    // Where a list begins behind another one's bullet, its second item stands under it.
    let head = blank_head(text, next);
    let edits = vec![Edit::insert(at, format!("{bullet}[ ] {written}{}{head}", line_end(text)))];
    Guard::new(text, body).task_added(&edits, at, &written)?;
    Ok(edits)
}

/// The edits that tick the task at `index` of `body.tasks`: the marker, who did it and when, and its result.
///
/// # Errors
/// [`BodyEditError`] if there is no such task, if it is closed, or if the result would not be read back as meant.
pub fn complete_task(text: &str, body: &Body, index: usize, ticked: &Ticked) -> Result<Vec<Edit>, BodyEditError> {
    let task = open_task(body, index)?;
    let date = When::day(ticked.done).to_string();
    let mut words = ticked.person.as_deref().map_or_else(Vec::new, |person| signed(text, task, person));
    words.push(match task.token(TaskKey::Done) {
        Some(done) => Edit::replace(done.value, date.as_str()),
        None if task.uses_signs() => Edit::insert(task.text.end(), format!(" ✅ {date}")),
        None => Edit::insert(task.text.end(), format!(" done:{date}")),
    });
    close(text, body, index, &Closing { state: TaskState::Done, words, result: ticked.result.as_deref() })
}

/// The edits that cancel the task at `index` of `body.tasks`: its marker becomes `[-]`; where the task is written with
/// signs, ❌ and the day follow. A reason is written as a list item nested in the task.
///
/// # Errors
/// [`BodyEditError`] if there is no such task, if it is closed, or if the reason would not be read back as meant.
pub fn cancel_task(
    text: &str,
    body: &Body,
    index: usize,
    day: NaiveDate,
    reason: Option<&str>,
) -> Result<Vec<Edit>, BodyEditError> {
    let task = open_task(body, index)?;
    let is_signed = task.uses_signs() && task.token(TaskKey::Cancelled).is_none();
    let sign = is_signed.then(|| Edit::insert(task.text.end(), format!(" ❌ {}", When::day(day))));
    let words = sign.into_iter().collect();
    close(text, body, index, &Closing { state: TaskState::Cancelled, words, result: reason })
}

/// What closes a task.
struct Closing<'r> {
    state: TaskState,
    /// Edits of its first paragraph.
    words: Vec<Edit>,
    result: Option<&'r str>,
}

fn close(text: &str, body: &Body, index: usize, closing: &Closing<'_>) -> Result<Vec<Edit>, BodyEditError> {
    let task = open_task(body, index)?;
    let marker = if closing.state == TaskState::Done { "[x]" } else { "[-]" };
    let mut edits = vec![Edit::replace(task.marker, marker)];
    edits.extend(closing.words.iter().cloned());
    let written = rewritten(text, task.text, &closing.words)?;
    let result = closing.result.map(escape::escaped_item).filter(|result| !result.is_empty());
    if let Some(result) = &result {
        edits.push(Edit::insert(content_end(text, task), nested_item(text, task, result)));
    }
    Guard::new(text, body).task_closed(&edits, index, closing.state, &written, result.as_deref())?;
    Ok(edits)
}

/// The edits that make `person` the one whose the task is: the first `@name`, for that is who counts.
fn signed(text: &str, task: &TaskBlock, person: &str) -> Vec<Edit> {
    let mut named = task.tokens.iter().filter(|token| token.key == TaskKey::Person);
    let Some(first) = named.next() else {
        // Obsidian reads its signs from the end of the line, so a name among them would hide those before it.
        let mut at = task.text.end();
        for token in task.tokens.iter().rev().filter(|token| token.sign) {
            if !Span::new(token.span.end(), at).of(text).trim().is_empty() {
                break;
            }
            at = token.span.start();
        }
        let is_last = at == task.text.end();
        return vec![Edit::insert(at, if is_last { format!(" @{person}") } else { format!("@{person} ") })];
    };
    let before = first.value.of(text);
    if before == person {
        return Vec::new();
    }
    // Who is named already changes places with the first, so that nobody is named twice.
    let again = named.find(|token| token.value.of(text) == person);
    let again = again.map(|token| Edit::replace(token.value, before));
    std::iter::once(Edit::replace(first.value, person)).chain(again).collect()
}

/// The text under `whole` after edits of it.
fn rewritten(text: &str, whole: Span, edits: &[Edit]) -> Result<String, EditError> {
    let start = whole.start();
    let inside = |span: Span| Span::new(span.start().saturating_sub(start), span.end().saturating_sub(start));
    let edits: Vec<Edit> = edits.iter().map(|edit| Edit { span: inside(edit.span), ..edit.clone() }).collect();
    Ok(splice(whole.of(text), &edits)?.trim().to_owned())
}

/// Where the first entry after `start` begins: what stands in it is no place for new tasks.
fn next_entry(text: &str, body: &Body, start: usize) -> usize {
    let entry = body.headings.iter().find(|heading| heading.entry.is_some() && heading.span.start() >= start);
    entry.map_or(body.span.end(), |heading| line_of(text, heading))
}

fn open_task(body: &Body, index: usize) -> Result<&TaskBlock, BodyEditError> {
    let task = body.tasks.get(index).ok_or(BodyEditError::NoSuchTask)?;
    match task.state {
        TaskState::Open => Ok(task),
        state => Err(BodyEditError::Closed { state }),
    }
}

/// True for a task of the section that is an item of a list of its own, with nothing but spaces before it.
fn is_plain_item(text: &str, section: Span, task: &TaskBlock) -> bool {
    task.parent.is_none() && section.contains(task.marker) && line_head(text, task).trim().is_empty()
}

/// What stands before a task's bullet on its line.
fn line_head<'t>(text: &'t str, task: &TaskBlock) -> &'t str {
    let before = text.get(..task.span.start()).unwrap_or("");
    before.get(before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..).unwrap_or("")
}

/// Where the item's last line ends.
fn content_end(text: &str, task: &TaskBlock) -> usize {
    let written = task.span.of(text);
    // In a quote, the lines after an item may hold nothing but its signs.
    let trimmed = written.trim_end_matches(|c: char| c.is_whitespace() || c == '>');
    let end = task.span.start() + trimmed.len();
    end.max(task.text.end()).max(task.marker.end())
}

/// The bullet of an item after `task`, with its indentation; a number is one higher.
fn next_bullet(text: &str, task: &TaskBlock) -> String {
    let bullet = Span::new(task.span.start(), task.marker.start()).of(text);
    let digits = bullet.bytes().take_while(u8::is_ascii_digit).count();
    let next = bullet.get(..digits).and_then(|n| n.parse::<u32>().ok()).and_then(|n| n.checked_add(1));
    let bullet = match next {
        Some(next) => format!("{next}{}", bullet.get(digits..).unwrap_or("")),
        None => bullet.to_owned(),
    };
    format!("{}{bullet}", line_head(text, task))
}

/// What stands before a task's bullet, as another line of the same item has it: with blanks for the bullets.
fn blank_head(text: &str, task: &TaskBlock) -> String {
    let keep = |c: char| if matches!(c, '>' | '\t') { c } else { ' ' };
    line_head(text, task).chars().map(keep).collect()
}

/// `result` as a list item nested in `task`, each line behind the same quote signs and indentation.
fn nested_item(text: &str, task: &TaskBlock, result: &str) -> String {
    let bullet = Span::new(task.span.start(), task.marker.start()).of(text);
    let indent: String = blank_head(text, task).chars().chain(bullet.chars().map(|_| ' ')).collect();
    let mut item = String::new();
    for (number, line) in result.lines().filter(|line| !line.is_empty()).enumerate() {
        item.push_str(line_end(text));
        item.push_str(&indent);
        item.push_str(if number == 0 { "- " } else { "  " });
        item.push_str(line);
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    fn parse(text: &str) -> Body {
        Body::parse(text, Span::new(0, text.len()))
    }

    fn added(text: &str, task: &str) -> Result<String, BodyEditError> {
        Ok(splice(text, &add_task(text, &parse(text), task)?)?)
    }

    fn done(text: &str, index: usize, result: Option<&str>) -> Result<String, BodyEditError> {
        let ticked = Ticked {
            done: NaiveDate::from_ymd_opt(2026, 11, 9).unwrap(),
            person: None,
            result: result.map(str::to_owned),
        };
        Ok(splice(text, &complete_task(text, &parse(text), index, &ticked)?)?)
    }

    #[test]
    fn a_task_joins_the_list() {
        let text = "## Tasks\n\n* [ ] a\n  * b\n\n* [x] c\n\n## Log\n";
        assert_eq!(added(text, "d\ne").unwrap(), text.replace("* [x] c\n", "* [x] c\n* [ ] d e\n"));
        assert_eq!(added("## Tasks\r\n9. [ ] a", "b").unwrap(), "## Tasks\r\n9. [ ] a\r\n10. [ ] b");
        assert_eq!(
            added("## Tasks\n\n### 2026-01-01 call\n", "b").unwrap(),
            "## Tasks\n\n- [ ] b\n\n### 2026-01-01 call\n"
        );
        assert_eq!(added("## Tasks\n\n## Log\n", "b").unwrap(), "## Tasks\n\n- [ ] b\n\n## Log\n");
    }

    #[test]
    fn the_section_is_made_before_the_log() {
        assert_eq!(added("Text\n\n## Log\n", "a").unwrap(), "Text\n\n## Tasks\n\n- [ ] a\n\n## Log\n");
        assert_eq!(added("Text", "a due:2026-01-01").unwrap(), "Text\n\n## Tasks\n\n- [ ] a due:2026-01-01");
        assert_eq!(added("", "a").unwrap(), "## Tasks\n\n- [ ] a\n");
    }

    #[test]
    fn ticking_is_the_marker_the_day_and_the_result() {
        assert_eq!(done("- [ ] a\n", 0, None).unwrap(), "- [x] a done:2026-11-09\n");
        for end in ["**b**", "[*b*](c)", "`b`", "~~b~~", "<br>", "\\#"] {
            assert_eq!(done(&format!("- [ ] a {end}"), 0, None).unwrap(), format!("- [x] a {end} done:2026-11-09"));
        }
        assert_eq!(
            done("> 1. [ ] a\n> b\n\nx\n", 0, Some("# yes\n- [ ] no")).unwrap(),
            "> 1. [x] a\n> b done:2026-11-09\n>    - \\# yes\n>      - \\[ ] no\n\nx\n"
        );
        assert_eq!(done("- [ ] a 📅 2026-11-01\n", 0, None).unwrap(), "- [x] a 📅 2026-11-01 ✅ 2026-11-09\n");
        let nested = "- [ ] a\r\n  - [ ] b\r\n\r\n- c\r\n";
        assert_eq!(
            done(nested, 0, Some("yes [[acme]]")).unwrap(),
            "- [x] a done:2026-11-09\r\n  - [ ] b\r\n  - yes [[acme]]\r\n\r\n- c\r\n"
        );
    }

    #[test]
    fn a_closed_task_stays_closed() {
        let text = "- [x] a\n- [-] b\n- [ ] c\n";
        assert_eq!(done(text, 0, None), Err(BodyEditError::Closed { state: TaskState::Done }));
        assert_eq!(done(text, 1, None), Err(BodyEditError::Closed { state: TaskState::Cancelled }));
        assert_eq!(done(text, 3, None), Err(BodyEditError::NoSuchTask));
        let edits = cancel_task(text, &parse(text), 2, NaiveDate::from_ymd_opt(2026, 11, 9).unwrap(), None).unwrap();
        assert_eq!(splice(text, &edits).as_deref(), Ok("- [x] a\n- [-] b\n- [-] c\n"));
    }

    #[test]
    fn a_task_in_an_entry_can_be_ticked() {
        let text = "## Log\n\n### 2026-11-01 call\n\n- [ ] a [[b]]\n\n### 2026-10-01 call\n";
        assert!(done(text, 0, Some("c")).unwrap().contains("- [x] a [[b]] done:2026-11-09\n  - c\n\n### 2026-10"));
    }
}
