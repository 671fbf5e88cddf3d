//! The laws of edits: exactly the value that was meant, and no other byte.

use karto::text::yaml::{EditRefused, FieldPath, Kind, NodeRef, Place, Value};
use karto::text::{Document, Edit};

/// Values of all sorts, nasty texts among them.
pub(crate) fn values() -> Vec<Value> {
    let texts = [
        "x",
        "",
        "no",
        "Re: x",
        "it's",
        "a \"b\"",
        "# c",
        "one\ntwo\n",
        "one\n\n  two",
        "\n",
        "Łódź, ul.",
        "\t",
        "a\u{85}b",
        "- x",
        "[[acme]]",
        "x\r\ny",
    ];
    let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    values.extend([
        Value::Null,
        Value::Bool(true),
        Value::Number("12.50".into()),
        Value::List(vec![]),
        Value::Map(vec![]),
    ]);
    values.push(Value::List(vec![
        "a".into(),
        Value::Number("1".into()),
        "b, c".into(),
        Value::List(vec!["d".into()]),
        "e\nf".into(),
    ]));
    let inner = Value::Map(vec![
        ("id".into(), "k".into()),
        ("tags".into(), Value::List(vec!["t".into()])),
        ("deep".into(), Value::Map(vec![("x: y".into(), "l\nm\n".into())])),
    ]);
    values.push(inner.clone());
    values.push(Value::List(vec![inner, Value::Null]));
    values
}

/// Every path into a node.
pub(crate) fn paths(node: NodeRef<'_>, at: &FieldPath, out: &mut Vec<FieldPath>) {
    for entry in node.entries() {
        let path = at.clone().key(entry.key().raw());
        out.push(path.clone());
        paths(entry.value(), &path, out);
    }
    for (index, item) in node.items().enumerate() {
        let path = at.clone().index(index);
        out.push(path.clone());
        paths(item, &path, out);
    }
}

/// What became of an attempt: done, or refused because it could not be made safely.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) unsafe_ones: Vec<String>,
}

impl Tally {
    fn note(&mut self, what: String, edits: Result<Vec<Edit>, EditRefused>) -> Option<Vec<Edit>> {
        match edits {
            Ok(edits) => {
                self.done += 1;
                Some(edits)
            }
            Err(EditRefused::Unsafe { .. }) => {
                self.unsafe_ones.push(what);
                None
            }
            Err(_) => None,
        }
    }
}

fn at<'a>(document: &'a Document, path: &FieldPath) -> Option<NodeRef<'a>> {
    use karto::text::yaml::Step;
    path.steps().iter().try_fold(document.front()?, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().nth(*index),
    })
}

fn apply(document: &Document, edits: &[Edit]) -> Document {
    let after = document.apply(edits).expect("edits that were given out apply");
    assert!(after.is_readable() || !document.is_readable(), "{}", after.text());
    assert_eq!(after.body(), document.body());
    super::document::values_agree(&after);
    // Line ends stay what they were.
    if !document.text().contains('\r') {
        assert!(!after.text().contains('\r'));
    } else if !document.text().replace("\r\n", "").contains('\n') {
        assert!(!after.text().replace("\r\n", "").contains('\n'), "{:?}", after.text());
    }
    after
}

fn front(document: &Document) -> Value {
    document.front().map_or(Value::Map(vec![]), Value::of)
}

/// Setting gives exactly that value, and setting it again changes nothing.
pub(crate) fn set(document: &Document, path: &FieldPath, value: &Value, tally: &mut Tally) {
    let what = format!("set {path} = {value:?} in\n{}", document.text());
    let Some(edits) = tally.note(what, document.set(path, value)) else { return };
    let after = apply(document, &edits);
    assert_eq!(at(&after, path).map(Value::of).as_ref(), Some(value), "{path}\n{}", after.text());
    assert_eq!(after.set(path, value), Ok(vec![]), "{path} twice\n{}", after.text());
    let comments = |document: &Document| document.text().lines().filter(|line| line.starts_with('#')).count();
    if at(document, path).is_some_and(|old| !old.is_collection() && !old.is_quoted()) {
        assert_eq!(
            comments(document),
            comments(&after),
            "comments are kept: {path} = {value:?} in\n{}\nto\n{}",
            document.text(),
            after.text()
        );
    }
}

/// Removing takes exactly that away, and doing it again changes nothing.
pub(crate) fn remove(document: &Document, path: &FieldPath, tally: &mut Tally) {
    let Some(edits) = tally.note(format!("remove {path} in\n{}", document.text()), document.remove(path)) else {
        return;
    };
    let after = apply(document, &edits);
    let (parent, last) = path.split_last().expect("a path with a step");
    let before = at(document, &parent).map_or(0, NodeRef::len);
    let now = at(&after, &parent).map_or(0, NodeRef::len);
    let there = at(document, path).is_some();
    assert_eq!(now + usize::from(there), before, "{path}\n{}\n{}", document.text(), after.text());
    if matches!(last, karto::text::yaml::Step::Key(_)) {
        assert_eq!(after.remove(path), Ok(vec![]));
    }
}

/// Appending adds exactly one; taking it out again leaves what was there.
pub(crate) fn append(document: &Document, path: &FieldPath, value: &Value, tally: &mut Tally) {
    let what = format!("append {value:?} to {path} in\n{}", document.text());
    let Some(edits) = tally.note(what, document.append(path, value)) else { return };
    let after = apply(document, &edits);
    let before: Vec<Value> = at(document, path).map(|list| list.items().map(Value::of).collect()).unwrap_or_default();
    let now: Vec<Value> = at(&after, path).map(|list| list.items().map(Value::of).collect()).unwrap_or_default();
    assert_eq!(now.len(), before.len() + 1, "{path}\n{}", after.text());
    assert_eq!(now.last(), Some(value));
    assert_eq!(now.get(..before.len()), Some(before.as_slice()));
    let what = format!("take {value:?} from {path} in\n{}", after.text());
    let Some(edits) = tally.note(what, after.remove_item(path, value)) else { return };
    let without = apply(&after, &edits);
    let left = at(&without, path).map_or(0, NodeRef::len);
    assert!(left <= before.len(), "{}", without.text());
    assert_eq!(without.remove_item(path, value), Ok(vec![]));
}

/// Inserting adds exactly one key, where it was asked for.
pub(crate) fn insert(document: &Document, map: &FieldPath, value: &Value, place: Place<'_>, tally: &mut Tally) {
    let what = format!("insert {value:?} into {map} {place:?} in\n{}", document.text());
    let Some(edits) = tally.note(what, document.insert(map, "new-key", value, place)) else { return };
    let after = apply(document, &edits);
    let added = at(&after, &map.clone().key("new-key")).map(Value::of);
    assert_eq!(added.as_ref(), Some(value), "{}", after.text());
    let back = apply(&after, &after.remove(&map.clone().key("new-key")).unwrap_or_default());
    if back.text() != after.text() && !matches!(at(document, map).map(NodeRef::is_empty), Some(true)) {
        assert_eq!(front(&back), front(document), "{}", after.text());
    }
}

/// All edits on all places of a document.
pub(crate) fn everything(source: &[u8], values: &[Value], tally: &mut Tally) {
    let document = Document::parse(source);
    let mut all = Vec::new();
    if let Some(front) = document.front() {
        paths(front, &FieldPath::root(), &mut all);
    }
    let missing = FieldPath::field("missing");
    for path in all.iter().chain([&missing, &missing.clone().key("deeper")]) {
        for value in values {
            set(&document, path, value, tally);
            if at(&document, path).is_none_or(|node| matches!(node.kind(), Kind::List | Kind::Null)) {
                append(&document, path, value, tally);
            }
        }
        remove(&document, path, tally);
    }
    let maps = all.iter().filter(|path| at(&document, path).is_some_and(|node| node.kind() == Kind::Map));
    for map in maps.chain([&FieldPath::root()]) {
        for value in values {
            insert(&document, map, value, Place::End, tally);
            insert(&document, map, value, Place::After("a"), tally);
            insert(&document, map, value, Place::InOrder(&["new-key", "a", "b"]), tally);
        }
    }
}
