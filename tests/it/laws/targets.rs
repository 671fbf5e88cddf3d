//! The bodies of the fuzz targets, one for each folder of `fuzz/corpus`. A line of `%%%` parts what a target needs apart.

use karto::text::yaml::Value;
use karto::text::{Document, Span, When};

use super::merge::sheet::Choices;
use super::merge::{Triple, of_any, of_cards};
use super::{answers, body as bodies, cache as caches, document as documents, edit as edits, writing};

/// A law over any bytes: it panics where it does not hold.
pub(crate) type Target = fn(&[u8]);

/// Every target by name.
pub(crate) const ALL: &[(&str, Target)] = &[
    ("answers", answers),
    ("body", body),
    ("cache", cache),
    ("config", config),
    ("document", document),
    ("edit", edit),
    ("merge", merge),
    ("query", query),
    ("writing", writing),
];

/// A card: all its bytes are kept, and its values are serde_yaml's.
pub(crate) fn document(data: &[u8]) {
    documents::any_bytes(data);
}

/// A card, in all of whose fields something is set, added and removed; its body is among what is written there.
pub(crate) fn edit(data: &[u8]) {
    if data.len() > 600 {
        return; // Every field is edited in every way.
    }
    let document = Document::parse(data);
    let values = edits::values();
    let of_chance = values.into_iter().nth(data.len() % 23).unwrap_or(Value::Null);
    let values = [Value::from(document.body()), of_chance];
    edits::everything(data, &values, &mut edits::Tally::default());
}

/// A card, and after `%%%` what is pasted into it as an entry, a task and a task's result.
pub(crate) fn body(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (text, pasted) = text.split_once("\n%%%\n").unwrap_or((&text, "Pasted"));
    let document = Document::parse(text);
    let place: Span = document.parts().body;
    let line = pasted.lines().next().unwrap_or_default();
    let when = When::parse("2026-11-20T09:30").unwrap_or_default();
    bodies::spans_are_sound(text, place);
    bodies::inserting_adds_one_entry(text, place, pasted, line, when);
    bodies::adding_adds_one_task(text, place, line);
    bodies::ticking_is_done_once(text, place, Some(pasted), when);
    bodies::escaped_text_is_text(pasted);
}

/// What is kept of a workspace.
pub(crate) fn cache(data: &[u8]) {
    caches::any_bytes(data);
}

/// Three versions of a card, parted by `%%%`; where there are no three, chance for three cards that are known.
pub(crate) fn merge(data: &[u8]) {
    let versions: Vec<_> = parts(data).map(String::from_utf8_lossy).collect();
    match versions.as_slice() {
        [base, ours, theirs] => of_any(base, ours, theirs),
        _ => of_cards(&Triple::drawn(&mut Choices(data), 4)),
    }
}

/// A query.
pub(crate) fn query(data: &[u8]) {
    thread_local!(static NOWHERE: super::query::Nowhere = super::query::Nowhere::new());
    NOWHERE.with(|nowhere| nowhere.understands(&String::from_utf8_lossy(data)));
}

/// A `karto.yaml`, and after `%%%` a card that is read by it.
pub(crate) fn config(data: &[u8]) {
    let mut parts = parts(data);
    let config = answers::configuration(parts.next().unwrap_or_default());
    answers::any_card("leads/acme.md", parts.next().unwrap_or_default(), &config);
}

/// A `karto.yaml`, and after each `%%%` a card: `clients/c0.md`, `leads/c1.md`, `opportunities/c2.md`, `notes/c3.md` …
pub(crate) fn answers(data: &[u8]) {
    let mut parts = parts(data);
    let config = parts.next().unwrap_or_default();
    answers::any_workspace(config, parts);
}

/// Lines, each as a line of history, a date, an amount, a period, a name.
pub(crate) fn writing(data: &[u8]) {
    for line in String::from_utf8_lossy(data).split('\n') {
        writing::history_line(line);
        writing::values(line);
    }
}

fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    const MARK: &[u8] = b"\n%%%\n";
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        let all = rest?;
        let at = all.windows(MARK.len()).position(|window| window == MARK);
        let (part, after) = match at {
            Some(at) => (&all[..at + 1], Some(&all[at + MARK.len()..])),
            None => (all, None),
        };
        rest = after;
        Some(part)
    })
}
