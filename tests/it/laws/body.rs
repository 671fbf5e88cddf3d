//! What must hold for any body: its spans, its edits, and text that is pasted into it.

use karto::text::body::edit::{
    BodyEditError, NewEntry, Ticked, add_task, add_task_before, complete_task, escaped, insert_entry,
};
use karto::text::body::{Body, TaskKey, TaskState};
use karto::text::{Edit, Span, When, splice};

fn parse(text: &str) -> Body {
    Body::parse(text, Span::new(0, text.len()))
}

/// `text` after `edits`, which must lie in `body`, parsed again.
fn after(text: &str, body: Span, edits: &[Edit]) -> (String, Body) {
    assert!(edits.iter().all(|edit| body.contains(edit.span)), "an edit leaves the body");
    let after = splice(text, edits).unwrap_or_default();
    let end = (body.end() + after.len()).saturating_sub(text.len());
    let parsed = Body::parse(&after, Span::new(body.start(), end));
    (after, parsed)
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
pub(crate) fn inserting_adds_one_entry(text: &str, place: Span, pasted: &str, title: &str, when: When) -> bool {
    let body = Body::parse(text, place);
    let entry = NewEntry { when, tokens: vec!["call".into()], title: title.into(), text: pasted.into() };
    let edits = match insert_entry(text, &body, &entry) {
        Ok(edits) => edits,
        Err(refused) => {
            assert!(matches!(refused, BodyEditError::WouldChangeMeaning { .. }), "{refused}");
            return false;
        }
    };
    assert!(edits.iter().all(|edit| edit.span.is_empty()), "an insertion replaces nothing");
    let (after, now) = after(text, place, &edits);
    assert_eq!(now.log.len(), body.log.len() + 1);
    assert_eq!(now.tasks.len(), body.tasks.len());
    let is_new = |entry: &&karto::text::body::LogBlock| entry.head.date.value == Ok(when.date);
    assert_eq!(now.log.iter().filter(is_new).count(), body.log.iter().filter(is_new).count() + 1);
    assert_eq!(after.ends_with('\n'), text.is_empty() || text.ends_with('\n'), "the final line end stays as it was");
    true
}

/// A task is added exactly once or refused. True if it was done.
pub(crate) fn adding_adds_one_task(text: &str, place: Span, written: &str) -> bool {
    let body = Body::parse(text, place);
    match add_task(text, &body, written) {
        Ok(edits) => {
            let (_, now) = after(text, place, &edits);
            assert_eq!((now.tasks.len(), now.log.len()), (body.tasks.len() + 1, body.log.len()));
            true
        }
        Err(_) => false,
    }
}

/// A task is put right before each of the others, or refused.
pub(crate) fn adding_before_adds_one_task(text: &str, place: Span, written: &str) {
    let body = Body::parse(text, place);
    for index in 0..body.tasks.len().min(8) {
        let Ok(edits) = add_task_before(text, &body, index, written) else { continue };
        assert!(edits.iter().all(|edit| edit.span.is_empty()), "an insertion replaces nothing");
        let (after, now) = after(text, place, &edits);
        assert_eq!((now.tasks.len(), now.log.len()), (body.tasks.len() + 1, body.log.len()), "{after:?}");
        let kept = |body: &Body, text: &str, at: usize| body.tasks.get(at).map(|task| task.text.of(text).to_owned());
        assert_eq!(kept(&now, &after, index + 1), kept(&body, text, index), "{after:?}");
    }
}

/// A task can be ticked once: then it is done, and a second time is refused.
pub(crate) fn ticking_is_done_once(text: &str, place: Span, result: Option<&str>, day: When) {
    let body = Body::parse(text, place);
    for index in 0..body.tasks.len().min(8) {
        let person = (index % 2 == 0).then(|| "marek".to_owned());
        let ticked = Ticked { done: day.date, person, result: result.map(str::to_owned) };
        let Ok(edits) = complete_task(text, &body, index, &ticked) else { continue };
        let (after, now) = after(text, place, &edits);
        assert_eq!(now.tasks.len(), body.tasks.len());
        let task = now.tasks.get(index).filter(|task| task.state == TaskState::Done).expect("it is done");
        let named = ticked.person.as_deref();
        assert!(named.is_none() || task.value(&after, TaskKey::Person) == named, "it is the first name's: {after:?}");
        assert!(task.value(&after, TaskKey::Done).is_some());
        let again = complete_task(&after, &now, index, &ticked);
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
