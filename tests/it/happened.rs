//! What a command wrote into a text is read back as it was meant, whatever else stands there.

use karto::model::{Record, Task, TaskState};
use karto::workspace::Workspace;

use crate::nasty::{BODIES, CARDS, workspace};
use crate::support::{Answer, Karto};

/// Titles that look like something else.
const TITLES: &[&str] = &[
    "Wants a second price",
    "call",
    "call: x",
    "out no-answer 30m @piotr with:kowalski: Not the words of the heading",
    "2026-01-01 14:30 visit: Not another day",
    "10:30",
    ": : :",
    "# heading",
    "ends with a sign #",
    "###",
    "- [ ] a box due:2026-11-25",
    "[[acme]] and [x](y.md)",
    "<!-- not a comment",
    "<div>",
    "`code",
    "*one star",
    "a \\ and the end \\",
    "| a | b |",
    "---",
    "&amp; &lt;",
    "Zażółć gęślą jaźń – Győr, Iași",
];

/// Texts that look like structure.
const TEXTS: &[&str] = &[
    "",
    "One line.",
    "# Heading\n\n## 2026-01-01 call: Not an entry\n\n- [ ] not a task due:2026-01-01\n",
    "```\nopen fence",
    "~~~\n---\n===\n<!-- open\n<div>\n",
    "> quoted\n> - [ ] x\n\n    - [ ] indented\n\n1. [x] numbered\n\n[a]: b\n[-]",
    "ends with a list\n- a\n-",
    "a\r\nb\r\n\r\n---\r\n",
];

fn record(karto: &Karto, id: &str) -> Record {
    Workspace::open(&karto.root()).unwrap().load().unwrap().catalog.get(id).unwrap().clone()
}

fn ids() -> impl Iterator<Item = &'static str> {
    CARDS.iter().chain(BODIES).map(|(id, _)| *id)
}

#[track_caller]
fn is_refused_for_the_text_around(answer: &Answer) {
    assert_eq!(answer.status, 1, "{answer:?}");
    assert!(answer.err.contains("code fence or a comment left open"), "{}", answer.err);
}

#[test]
fn a_title_is_a_title() {
    let karto = workspace();
    for (number, title) in TITLES.iter().enumerate() {
        let day = format!("2026-{:02}-{:02}", number % 11 + 1, number % 27 + 1);
        // Every title somewhere, and all of them where the text is as it should be.
        let others = ids().skip(number % 5).step_by(5).filter(|id| *id != "crlf");
        for id in std::iter::once("crlf").chain(others) {
            let before = record(&karto, id);
            let answer = karto.run(["log", id, "telefon", "--in", "--for", "90m", "--at", &day, "--", *title]);
            if id.starts_with("open-") {
                is_refused_for_the_text_around(&answer);
                continue;
            }
            assert_eq!(answer.status, 0, "{id}, {title}: {}", answer.err);
            let after = record(&karto, id);
            assert_eq!(after.content.log.len(), before.content.log.len() + 1);
            let entry = after.content.log.iter().find(|entry| !before.content.log.iter().any(|old| old.at == entry.at));
            let entry = entry.unwrap();
            let said = (&*entry.kind, entry.minutes, entry.people.as_slice(), entry.outcome.as_deref());
            assert_eq!(said, ("call", Some(90), &["anna".to_owned()][..], None), "{id}, {title}");
            assert_eq!(entry.at.to_string(), day);
            let written = entry.title.replace("\\#", "#");
            assert_eq!(written, *title, "{id}");
            assert_eq!(tasks(&after), tasks(&before), "{id}, {title}");
        }
    }
}

#[test]
fn a_text_is_a_text() {
    for (number, text) in TEXTS.iter().enumerate() {
        let karto = workspace().reading(&format!("Title\n\n{text}"));
        for id in std::iter::once("crlf").chain(ids().skip(1 + number % 4).step_by(4)) {
            let before = record(&karto, id);
            let answer = karto.run(["log", id, "note", "-"]);
            if id.starts_with("open-") {
                is_refused_for_the_text_around(&answer);
                continue;
            }
            assert_eq!(answer.status, 0, "{id}, {text}: {}", answer.err);
            let after = record(&karto, id);
            assert_eq!(after.content.log.len(), before.content.log.len() + 1, "{id}, {text}");
            assert_eq!(tasks(&after), tasks(&before), "{id}, {text}");
            let line = text.lines().find(|line| line.chars().any(char::is_alphabetic)).unwrap_or_default();
            let word = line.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
            let entry = after.content.log.iter().find(|entry| entry.title == "Title").unwrap();
            assert!(entry.excerpt.contains(word), "{id}, {text}: {}", entry.excerpt);
        }
    }
}

#[test]
fn each_task_of_a_text_can_be_done_and_the_others_stay() {
    for (id, _) in CARDS.iter().chain(BODIES) {
        let open = record(&workspace(), id).content.tasks.iter().filter(|task| task.state == TaskState::Open).count();
        for number in 1..=open {
            let karto = workspace();
            let before = record(&karto, id);
            let task =
                before.content.tasks.iter().filter(|task| task.state == TaskState::Open).nth(number - 1).unwrap();
            let answer = karto.run(["done", id, &number.to_string(), "They said: yes"]);
            assert_eq!(answer.status, 0, "{id}, {number}: {}", answer.err);
            let after = record(&karto, id);
            let mut left = after.content.tasks.clone();
            let is_done = |now: &Task| (now.state, &now.text) == (TaskState::Done, &task.text) && now.done.is_some();
            let done = left.remove(left.iter().position(is_done).unwrap());
            assert_eq!(done.person.as_deref(), Some("anna"), "{id}, {number}");
            assert!(done.result.ends_with("They said: yes"), "{id}, {number}: {}", done.result);
            if task.every.is_some() {
                let again = left.iter().position(|now| now.state == TaskState::Open && now.text == task.text);
                let again = left.remove(again.unwrap());
                assert!(again.date().unwrap().date > done.done.unwrap().date, "{id}, {number}: {again:?}");
                let kept = |task: &Task| (task.person.clone(), task.every, task.minutes, task.as_kind.clone());
                assert_eq!(kept(&again), kept(task), "{id}, {number}");
                assert_eq!(
                    (again.priority, again.due.is_some()),
                    (task.priority, task.due.is_some() || task.on.is_none())
                );
            }
            let mut others = before.content.tasks.clone();
            others.retain(|other| other.span != task.span);
            assert_eq!(said(&left), said(&others), "{id}, {number}");
            assert_eq!(after.content.log.len(), before.content.log.len());
        }
    }
}

fn tasks(record: &Record) -> Vec<(TaskState, String, Option<String>)> {
    said(&record.content.tasks)
}

fn said(tasks: &[Task]) -> Vec<(TaskState, String, Option<String>)> {
    tasks.iter().map(|task| (task.state, task.text.clone(), task.person.clone())).collect()
}
