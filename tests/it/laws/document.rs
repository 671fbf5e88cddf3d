//! The laws of documents: nothing panics, nothing is lost, the scanner and serde_yaml agree.

use karto::text::conflict::Choice;
use karto::text::yaml::{Kind, NodeRef};
use karto::text::{Document, Edit, Span, splice};

/// Any bytes: parsing keeps them all, and what it says about them holds together.
pub(crate) fn any_bytes(source: &[u8]) {
    let document = Document::parse(source);
    assert_eq!(document.source(), source, "the bytes are kept");
    assert_eq!(document.text().len(), source.len(), "places are the same in text and source");
    spans_tile(&document);
    spans_fit(&document);
    conflicts_fit(&document);
    values_agree(&document);
}

/// The parts stand side by side and cover the file.
fn spans_tile(document: &Document) {
    let parts = document.parts();
    let mut at = 0;
    for part in [parts.bom, parts.opening, parts.yaml, parts.closing, parts.body] {
        assert_eq!(part.start(), at, "{parts:?}");
        at = part.end();
    }
    assert_eq!(at, document.text().len(), "{parts:?}");
}

/// The places of a merge follow each other, each with its sides in it, and any choice can be made.
fn conflicts_fit(document: &Document) {
    let text = document.full_text();
    let mut at = 0;
    for place in document.conflicts() {
        assert!(place.span.start() >= at, "{place:?} begins before {at}");
        at = place.span.end();
        for lines in [Some(place.ours.lines), place.base, Some(place.theirs.lines)].into_iter().flatten() {
            assert!(place.span.contains(lines) && text.get(lines.range()).is_some(), "{place:?}");
        }
        assert_eq!(place.ours.lines.of(text), place.ours.lines.of(document.text()), "ours is what is read");
    }
    for choice in [Choice::Ours, Choice::Theirs, Choice::Both] {
        let edits: Vec<Edit> = document.conflicts().iter().map(|place| place.resolved(text, &choice)).collect();
        assert!(splice(text, &edits).is_ok(), "{choice:?} can't be made");
    }
}

fn spans_fit(document: &Document) {
    let fits = |span: Span| assert!(document.text().get(span.range()).is_some(), "{span:?} splits a character");
    for found in document.diagnostics() {
        found.span.into_iter().for_each(fits);
        found.related.iter().for_each(|related| fits(related.span));
        if let Some(fix) = &found.fix {
            assert!(document.apply(&fix.edits).is_ok(), "the fix of {found:?} does not apply");
        }
    }
    if let Some(front) = document.front() {
        let yaml = document.parts().yaml;
        assert!(yaml.contains(front.span()), "{yaml:?} {:?}", front.span());
        entries_fit(document, front, yaml);
    }
}

fn entries_fit(document: &Document, node: NodeRef<'_>, within: Span) {
    let mut last = 0;
    for entry in node.entries() {
        let (outer, inner) = (entry.span(), entry.inner_span());
        assert!(document.text().get(outer.range()).is_some(), "{outer:?}");
        if entry.value().is_regular() {
            assert!(outer.contains(inner), "{outer:?} {inner:?}");
            assert!(within.contains(inner), "{within:?} {inner:?}");
            assert!(outer.start() >= last, "{outer:?} begins before {last}\n{}", document.text());
            last = outer.end();
            entries_fit(document, entry.value(), inner);
        }
    }
    let mut last = within.start();
    for item in node.items().filter(|item| item.is_regular()) {
        assert!(item.span().start() >= last && within.contains(item.span()), "{:?} in {within:?}", item.span());
        last = item.span().end();
        entries_fit(document, item, item.span());
    }
}

/// True if the scanner read all of it, so that serde_yaml was not asked.
pub(crate) fn is_regular(node: NodeRef<'_>) -> bool {
    node.is_regular()
        && node.entries().all(|entry| entry.key().is_regular() && is_regular(entry.value()))
        && node.items().all(is_regular)
}

/// What is accepted, serde_yaml accepts, with the same values.
pub(crate) fn values_agree(document: &Document) {
    let Some(front) = document.front().filter(|_| document.is_readable()) else { return };
    if !document.has_front_matter() || has_giants(front) {
        return;
    }
    let yaml = document.parts().yaml.of(document.text());
    let theirs = match serde_yaml::from_str(yaml).map(untagged) {
        Ok(serde_yaml::Value::Null) => serde_yaml::Value::Mapping(serde_yaml::Mapping::new()),
        Ok(value) => value,
        Err(error) => panic!("serde_yaml refuses what was accepted: {error}\n{yaml}"),
    };
    assert_eq!(front.to_value(), theirs, "\n{yaml}");
}

/// Integers beyond 64 bits are text for us, and an error for `serde_yaml::Value`.
fn has_giants(node: NodeRef<'_>) -> bool {
    let giant = |node: NodeRef<'_>| {
        let raw = node.raw();
        let digits = raw.trim_start_matches(['+', '-', '0', 'x', 'o', 'b']);
        node.kind() == Kind::Text && digits.len() > 12 && digits.bytes().all(|b| b.is_ascii_hexdigit())
    };
    giant(node)
        || node.entries().any(|entry| giant(entry.key()) || has_giants(entry.value()))
        || node.items().any(has_giants)
}

fn untagged(value: serde_yaml::Value) -> serde_yaml::Value {
    use serde_yaml::Value;
    match value {
        Value::Tagged(tagged) => untagged(tagged.value),
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(untagged).collect()),
        Value::Mapping(map) => Value::Mapping(map.into_iter().map(|(k, v)| (untagged(k), untagged(v))).collect()),
        other => other,
    }
}
