//! Edits from outside: what they look like, and the laws over all shapes.

use crate::documents::{REGULAR, card};
use crate::laws::edit as laws;
use karto::text::Document;
use karto::text::yaml::{FieldPath, Place, Value};
use proptest::prelude::*;

fn path(path: &str) -> FieldPath {
    path.parse().unwrap()
}

const CARD: &str = "\
---
# head
type: lead   # kind
name: 'Acme'  # who
tags:   # t
  # first
  - a   # aa
  # second
  - b

flow: [x, y]  # f
empty:    # nothing
contacts:
  - id: k
    phone: '+48'
    # mail
    email: e@x
  - id: m
note: |   # n
  one
last: 1
# tail
---
Body
";

/// The lines that an edit takes away and adds.
fn diff(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let gone = old[start..old.len() - end].iter().map(|line| format!("-{line}\n"));
    gone.chain(new[start..new.len() - end].iter().map(|line| format!("+{line}\n"))).collect()
}

#[track_caller]
fn shows(edits: Result<Vec<karto::text::Edit>, karto::text::yaml::EditRefused>, expected: &str) {
    let card = Document::parse(CARD);
    assert_eq!(diff(CARD, card.apply(&edits.unwrap()).unwrap().text()), expected);
}

#[test]
fn an_edit_is_a_small_diff() {
    let card = Document::parse(CARD);
    let set = |at: &str, value: Value| card.set(&path(at), &value);
    shows(set("type", "client".into()), "-type: lead   # kind\n+type: client   # kind\n");
    shows(set("name", "it's".into()), "-name: 'Acme'  # who\n+name: 'it''s'  # who\n");
    shows(set("empty", Value::Number("12.50".into())), "-empty:    # nothing\n+empty: 12.50    # nothing\n");
    shows(set("contacts[1].phone", "+4022".into()), "+    phone: '+4022'\n");
    shows(set("note", "one\ntwo\n".into()), "+  two\n");
    shows(set("owner", "no".into()), "+owner: 'no'\n");
    shows(set("address.city", "Łódź".into()), "+address:\n+  city: Łódź\n");
    shows(set("tags", Value::List(vec!["a".into(), "c".into(), "b".into()])), "+  - c\n");
    shows(card.append(&path("tags"), &"c".into()), "+  - c\n");
    shows(card.append(&path("flow"), &"u, v".into()), "-flow: [x, y]  # f\n+flow: [x, y, 'u, v']  # f\n");
    shows(card.append(&path("history"), &"2026-11-03 offer".into()), "+history:\n+  - 2026-11-03 offer\n");
    shows(card.remove(&path("tags[1]")), "-  # second\n-  - b\n");
    shows(card.remove(&path("contacts[0].phone")), "-    phone: '+48'\n");
    shows(card.remove_item(&path("flow"), &"y".into()), "-flow: [x, y]  # f\n+flow: [x]  # f\n");
    shows(card.remove_item(&path("contacts"), &Value::Map(vec![("id".into(), "m".into())])), "-  - id: m\n");
    let order = Place::InOrder(&["type", "name", "owner", "stage"]);
    shows(card.insert(&FieldPath::root(), "stage", &"new".into(), order), "+stage: new\n");
    shows(card.insert(&FieldPath::root(), "stage", &"new".into(), Place::After("type")), "+stage: new\n");
}

#[test]
fn what_cannot_be_edited_is_refused_with_place_and_remedy() {
    let card = Document::parse("---\na: &x 1\nb: *x\nc: 3\n---\n");
    let refused = card.set(&path("a"), &"2".into()).unwrap_err();
    assert!(refused.span().is_some() && refused.remedy().contains("by hand"), "{refused}");
    assert!(card.set(&path("c"), &"4".into()).is_ok(), "its neighbours can be edited");
    let twice = Document::parse("---\na: 1\na: 2\n---\n");
    assert!(twice.set(&path("b"), &"2".into()).is_err());
    let number = Value::Number("12,50".into());
    assert!(Document::parse("").set(&path("b"), &number).is_err());
}

#[test]
fn a_note_gets_front_matter_and_yaml_files_are_edited_too() {
    let note = Document::parse("# Note\r\n");
    let edits = note.set(&path("type"), &"lead".into()).unwrap();
    assert_eq!(note.apply(&edits).unwrap().text(), "---\r\ntype: lead\r\n---\r\n# Note\r\n");
    for (before, after) in
        [("", "a: b\n"), ("x: 1", "x: 1\na: b"), ("# c\n", "# c\na: b\n"), ("---\nx: 1\n", "---\nx: 1\na: b\n")]
    {
        let config = Document::parse_yaml(before);
        let edits = config.set(&path("a"), &"b".into()).unwrap();
        assert_eq!(config.apply(&edits).unwrap().text(), after);
    }
}

#[test]
fn every_edit_of_every_shape_is_exact_or_refused() {
    let mut tally = laws::Tally::default();
    for yaml in REGULAR {
        laws::everything(card(yaml).as_bytes(), &laws::values(), &mut tally);
    }
    laws::everything(b"", &laws::values(), &mut tally);
    laws::everything(b"Just a note\r\n", &laws::values(), &mut tally);
    laws::everything("\u{feff}---\r\na: 1\r\n---".as_bytes(), &laws::values(), &mut tally);
    for refused in tally.unsafe_ones.iter().take(25) {
        println!("{refused}\n");
    }
    println!("{} refused of {}", tally.unsafe_ones.len(), tally.done);
    assert!(tally.unsafe_ones.len() * 200 < tally.done, "{} of {} refused", tally.unsafe_ones.len(), tally.done);
}

/// A front matter as people and tools write it, with a bit of everything.
fn front_matter() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "[a-zA-Z]{1,8}( [a-zA-Złó]{1,6}){0,2}",
        Just("+48600100200".to_owned()),
        Just("12.50".into()),
        Just("007".into()),
        Just("no".into()),
        Just("2026-11-25".into()),
        Just("'it''s'".into()),
        Just("\"a \\\"b\\\" ł\"".into()),
        Just(String::new()),
        Just("~".into()),
        Just("-5".into()),
        Just("http://x.y/z#a".into()),
        Just("a - b, c".into()),
        Just("\"[[acme]]\"".into()),
        Just("{}".into()),
        Just("[]".into()),
        Just("[a, 'b c', {d: 1}]".into()),
        Just("{a: 1, b: [x]}".into()),
        Just("[\n    a,\n    b\n  ]".into()),
    ];
    let scalar = (scalar, prop_oneof![4 => Just(""), 1 => Just("   # note")])
        .prop_map(|(scalar, note)| format!(" {scalar}{note}\n"));
    let text = prop_oneof![
        Just(" |\n      one\n\n       two\n".to_owned()),
        Just(" >-\n      one\n      two\n".into()),
        Just(" |+\n      x\n\n".into()),
        Just(" long text\n      that goes on\n".into()),
        Just(" \"quoted\n      text\"\n".into()),
    ];
    let leaf = prop_oneof![6 => scalar, 1 => text];
    let list = proptest::collection::vec(leaf.clone(), 1..4);
    let list = (list, 0..2_usize).prop_map(|(items, indented)| {
        let indent = "  ".repeat(indented);
        items.iter().map(|item| format!("{indent}-{item}")).fold("\n".to_owned(), |all, item| all + &item)
    });
    let maps = proptest::collection::vec(proptest::collection::vec(leaf.clone(), 1..4), 1..3).prop_map(|maps| {
        let mut out = "\n".to_owned();
        for map in maps {
            for (number, value) in map.iter().enumerate() {
                out += if number == 0 { "  - " } else { "    " };
                out += &format!("k{number}:{value}");
            }
        }
        out
    });
    let map = proptest::collection::vec(leaf.clone(), 1..3).prop_map(|values| {
        values.iter().enumerate().fold("\n".to_owned(), |all, (number, value)| format!("{all}    n{number}:{value}"))
    });
    let value = prop_oneof![5 => leaf, 1 => list, 1 => maps, 1 => map];
    let gap = prop_oneof![6 => Just(""), 1 => Just("\n"), 1 => Just("# comment\n"), 1 => Just("  # indented\n")];
    (proptest::collection::vec((gap, value), 0..7), any::<bool>(), any::<bool>()).prop_map(|(entries, crlf, bom)| {
        let mut yaml = "---\n".to_owned();
        for (number, (gap, value)) in entries.iter().enumerate() {
            yaml += &format!("{gap}key{number}:{value}");
        }
        yaml += "---\n# Body\n\n---\nkey0: no field\n";
        let yaml = if crlf { yaml.replace('\n', "\r\n") } else { yaml };
        if bom { format!("\u{feff}{yaml}") } else { yaml }
    })
}

/// Found by chance: a blank line with a tab below the new field would have made it a value that can't be edited again.
#[test]
fn an_edit_that_could_not_be_made_twice_is_refused() {
    let card = "---\n\n e: .inf\n  \t\n---\nBody\n";
    laws::everything(card.as_bytes(), &laws::values(), &mut laws::Tally::default());
}

/// Found by chance, too: the comment belongs to the person, not to the value below it.
#[test]
fn a_comment_between_a_key_and_its_value_is_never_taken_away() {
    let card = "---\nd:\n# end\n two\n---\nBody\n";
    laws::everything(card.as_bytes(), &laws::values(), &mut laws::Tally::default());
    assert!(Document::parse(card).set(&path("d"), &"three".into()).is_err());
}

proptest! {
    // The same cards each time, so that a change is judged by itself; fuzzing looks for new ones.
    #![proptest_config(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn cards_as_people_write_them_keep_all_laws(card in front_matter(), pick in 0..21_usize) {
        crate::laws::document::any_bytes(card.as_bytes());
        let document = Document::parse(card.as_str());
        prop_assert!(document.is_readable(), "{:#?}\n{card}", document.diagnostics());
        prop_assert!(document.front().is_some_and(crate::laws::document::is_regular), "{}", card);
        let values = laws::values();
        let mut tally = laws::Tally::default();
        laws::everything(card.as_bytes(), &values[pick..pick + 3], &mut tally);
        // After `|+` the blank lines below are text, so removing what follows them would change it.
        let kept = card.contains("|+");
        prop_assert!(kept || tally.unsafe_ones.is_empty(), "{}", tally.unsafe_ones.join("\n"));
    }

    #[test]
    fn edits_of_odd_cards_are_exact_or_refused(yaml in crate::documents::mixed_lines(), pick in 0..21_usize) {
        let values = laws::values();
        laws::everything(card(&yaml).as_bytes(), &values[pick..pick + 3], &mut laws::Tally::default());
    }
}
