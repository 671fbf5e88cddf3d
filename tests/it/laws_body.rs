//! What holds for every body, however it was written. The laws are plain functions, so that fuzz targets call them too.

use karto::text::body::edit::{
    BodyEditError, NewEntry, NewTask, Outcome, add_task, complete_task, escaped, insert_entry,
};
use karto::text::body::{Body, TaskState};
use karto::text::{Span, When, splice};
use proptest::prelude::*;

fn parse(text: &str) -> Body {
    Body::parse(text, Span::new(0, text.len()))
}

/// Every span lies in the body, on character boundaries; entries, headings and tasks keep their order; entries part.
pub(crate) fn spans_are_sound(text: &str, body: Span) {
    let parsed = Body::parse(text, body);
    for span in spans(&parsed) {
        assert!(body.contains(span), "{span:?} lies outside of {body:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} cuts a character");
    }
    let mut end = body.start();
    for entry in &parsed.log {
        assert!(entry.span.start() >= end, "entries overlap at {:?}", entry.span);
        assert!(entry.span.contains(entry.heading) && entry.span.contains(entry.body));
        assert!(entry.excerpt.chars().count() <= 201);
        end = entry.span.end();
    }
    assert!(parsed.headings.is_sorted_by_key(|heading| heading.span.start()));
    assert!(parsed.links.is_sorted_by_key(|link| link.span.start()));
    assert!(parsed.tags.is_sorted_by_key(|tag| tag.span.start()));
    for task in &parsed.tasks {
        let marker = task.marker.of(text);
        let state = match marker {
            "[x]" | "[X]" => TaskState::Done,
            "[-]" => TaskState::Cancelled,
            _ => TaskState::Open,
        };
        assert!(marker.len() == 3 && state == task.state, "{marker:?} is no marker of {:?}", task.state);
        assert!(task.span.contains(task.marker) && task.span.contains(task.text));
        assert!(task.tokens.iter().all(|token| task.text.contains(token.span) && token.span.contains(token.value)));
        let inside = task.entry.and_then(|entry| parsed.log.get(entry));
        assert!(inside.is_none_or(|entry| entry.span.contains(task.marker)));
    }
    for link in &parsed.links {
        let inside = link.entry.and_then(|entry| parsed.log.get(entry));
        assert!(inside.is_none_or(|entry| entry.span.contains(link.span)));
    }
}

fn spans(body: &Body) -> Vec<Span> {
    let mut spans = Vec::new();
    for entry in &body.log {
        let head = &entry.head;
        spans.extend([entry.span, entry.heading, entry.body, head.content, head.date.span]);
        spans.extend(head.time.iter().map(|time| time.span));
        spans.extend(head.tokens.iter().map(|token| token.span));
        spans.extend(head.colon);
        spans.extend(head.title);
    }
    for task in &body.tasks {
        spans.extend([task.span, task.marker, task.text]);
        spans.extend(task.tokens.iter().flat_map(|token| [token.span, token.value]));
        spans.extend(task.results.iter().map(|result| result.span));
    }
    for link in &body.links {
        spans.extend([link.span, link.target_span]);
        spans.extend(link.label);
    }
    spans.extend(body.tags.iter().map(|tag| tag.span));
    spans.extend(body.headings.iter().flat_map(|heading| [heading.span, heading.content]));
    spans.extend(body.log_sections.iter().flat_map(|section| [section.span, section.heading]));
    spans
}

/// An entry is inserted exactly once, as it was meant, or refused; no byte of the text changes. True if it was done.
pub(crate) fn inserting_adds_one_entry(text: &str, pasted: &str, title: &str, when: When) -> bool {
    let body = parse(text);
    let entry = NewEntry { when, tokens: vec!["call".into()], title: title.into(), text: pasted.into() };
    let edits = match insert_entry(text, &body, &entry) {
        Ok(edits) => edits,
        Err(refused) => {
            assert!(matches!(refused, BodyEditError::WouldChangeMeaning { .. }), "{refused}");
            return false;
        }
    };
    assert!(edits.iter().all(|edit| edit.span.is_empty()), "an insertion replaces nothing");
    let after = splice(text, &edits).unwrap_or_default();
    let now = parse(&after);
    assert_eq!(now.log.len(), body.log.len() + 1);
    assert_eq!(now.tasks.len(), body.tasks.len());
    let is_new = |entry: &&karto::text::body::LogBlock| entry.head.date.value == Ok(when.date);
    assert_eq!(now.log.iter().filter(is_new).count(), body.log.iter().filter(is_new).count() + 1);
    assert_eq!(after.ends_with('\n'), text.is_empty() || text.ends_with('\n'), "the final line end stays as it was");
    true
}

/// A task is added exactly once or refused. True if it was done.
pub(crate) fn adding_adds_one_task(text: &str, written: &str) -> bool {
    let body = parse(text);
    match add_task(text, &body, &NewTask { text: written.into() }) {
        Ok(edits) => {
            let now = parse(&splice(text, &edits).unwrap_or_default());
            assert_eq!((now.tasks.len(), now.log.len()), (body.tasks.len() + 1, body.log.len()));
            true
        }
        Err(_) => false,
    }
}

/// A task can be ticked once: then it is done, and a second time is refused.
pub(crate) fn ticking_is_done_once(text: &str, result: Option<&str>, day: When) {
    let body = parse(text);
    for index in 0..body.tasks.len().min(8) {
        let outcome = Outcome { done: day.date, result: result.map(str::to_owned) };
        let Ok(edits) = complete_task(text, &body, index, &outcome) else { continue };
        let after = splice(text, &edits).unwrap_or_default();
        let now = parse(&after);
        assert_eq!(now.tasks.len(), body.tasks.len());
        assert_eq!(now.tasks.get(index).map(|task| task.state), Some(TaskState::Done));
        let again = complete_task(&after, &now, index, &outcome);
        assert_eq!(again, Err(BodyEditError::Closed { state: TaskState::Done }));
    }
}

/// Escaped text is text: no heading, entry or task, and what follows it is not swallowed.
pub(crate) fn escaped_text_is_text(pasted: &str) {
    let text = format!("{}\n\n## End\n\n- [ ] end\n", escaped(pasted));
    let body = parse(&text);
    let headings: Vec<_> = body.headings.iter().map(|heading| heading.content.of(&text)).collect();
    assert_eq!((headings, body.log.len(), body.tasks.len()), (vec!["End"], 0, 1), "{text:?}");
}

/// Lines that people write, tools write, and nobody should.
fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        "",
        "Text with *marks*, [[acme|Acme]] and #tag/ąż",
        "## Log",
        "## Tasks",
        "# Title",
        "### 2026-11-20 14:30 call out 25m @anna with:a,b: Title: x",
        "### 2026-11-03 visit",
        "#### 2026-11-05 note: deeper ##",
        "## 2026-13-40 call",
        "   ### 2025-01-01",
        "- [ ] Task due:2026-11-25 @anna (A)",
        "* [x] Done done:2026-11-09",
        "- [-] Dropped 📅 2026-11-25",
        "  - result [x](../a%20b.md#c \"t\")",
        "  - [ ] nested",
        "1. [ ] numbered",
        "> - [ ] quoted",
        "> text",
        "lazy",
        "---",
        "===",
        "```",
        "~~~~",
        "    indented",
        "\tindented",
        "<!-- comment",
        "-->",
        "<div>",
        "[ref]: ../clients/x.md",
        "[-]: y",
        "[text][ref] ![[b#c]] <https://x.pl> &amp; \\# a\\",
        "| a | b |",
        "|---|---|",
        "| [[a\\|b]] | x |",
        "- - - [ ] deep",
        "-",
        "  [ ] late",
        "***",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC{0,20}", 2 => "[-#>*+=`~<!\\[\\]() x0-9.|\\\\]{0,12}"]
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), 0..14), prop::sample::select(vec!["\n", "\r\n"]), any::<bool>()).prop_map(
        |(lines, end, closed)| {
            let text = lines.join(end);
            if closed && !text.is_empty() { text + end } else { text }
        },
    )
}

fn when() -> impl Strategy<Value = When> {
    prop::sample::select(vec!["2027-01-01T10:00", "2026-11-20", "2026-11-10T09:30", "2024-05-05"])
        .prop_map(|text| When::parse(text).unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300)) })]

    #[test]
    fn spans_of_written_text(text in text()) {
        spans_are_sound(&text, Span::new(0, text.len()));
    }

    #[test]
    fn spans_of_any_text(text in "(\\PC|\n){0,80}", front in "\\PC{0,9}") {
        let whole = format!("{front}{text}");
        spans_are_sound(&whole, Span::new(front.len(), whole.len()));
    }

    #[test]
    fn inserting(text in text(), pasted in text(), title in line(), when in when()) {
        inserting_adds_one_entry(&text, &pasted, &title, when);
    }

    #[test]
    fn adding(text in text(), written in line()) {
        adding_adds_one_task(&text, &written);
    }

    #[test]
    fn ticking(text in text(), result in prop::option::of(text()), when in when()) {
        ticking_is_done_once(&text, result.as_deref(), when);
    }

    #[test]
    fn escaping(pasted in text()) {
        escaped_text_is_text(&pasted);
    }

    #[test]
    fn escaping_signs(pasted in "[-#>*+=`~<!\\[\\]() x:1.|\\\\\n\t]{0,40}") {
        escaped_text_is_text(&pasted);
    }
}

#[test]
fn in_a_tidy_file_no_pasted_text_is_refused() {
    let pasted =
        "# Re: offer\n\n> ## 2026-01-01 call\n> - [ ] x\n\n```\n- [ ] y\n<!-- z\n---\n    code\n[a]: b\n-\n  [ ] c\n";
    for file in ["", "Text\n", "Text\r\n\r\n## Log\r\n\r\n### 2026-01-01 call\r\n\r\n- [ ] a", "## Tasks\n\n- [ ] a\n"]
    {
        let when = When::parse("2026-11-20").unwrap_or_default();
        assert!(inserting_adds_one_entry(file, pasted, "Title # #", when), "{file:?}");
        assert!(adding_adds_one_task(file, "# Offer [ ] due:2026-01-01"), "{file:?}");
    }
}

#[test]
fn hostile_bodies_are_read_to_their_end() {
    let signs = [
        "[", "![", "[[", "](", "*", "_a*", "`a ", "<", "<!--", "&", "#", "# a\n", "- ", "> ", "1. ", "|-", "\n",
        "- a\n",
    ];
    for sign in signs {
        let text = format!("{}\n\n## 2026-01-01 call\n", sign.repeat(20_000));
        spans_are_sound(&text, Span::new(0, text.len()));
    }
    let stairs: String = (0..300).map(|depth| format!("{}- [ ] a\n", "  ".repeat(depth))).collect();
    spans_are_sound(&stairs, Span::new(0, stairs.len()));
}
