//! Queries: the laws over what people type, and what nobody should.

use proptest::prelude::*;

use crate::laws::query::Nowhere;

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "type:client",
        "stage",
        "value",
        "next_contact",
        "owner",
        "potential",
        "stale",
        "tag",
        "birthday",
        "ł",
        ":",
        "!=",
        "~",
        "..",
        ",",
        "*",
        "\"",
        "\\",
        "(",
        ")",
        " ",
        " ",
        " OR ",
        "NOT ",
        "none",
        "any",
        "me",
        "<",
        ">=",
        "seg",
        "50",
        "-1.5",
        "+7d",
        "2026-11",
        "friday",
        "T09:00",
        ".",
        "AND",
        "=",
        "\u{a0}",
        "%",
        "#",
        "[[",
        "12 000,50",
    ]);
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_typed_is_understood_or_refused_at_its_place(text in prop_oneof![pieces(), pieces(), "\\PC{0,40}"]) {
        thread_local!(static NOWHERE: Nowhere = Nowhere::new());
        NOWHERE.with(|nowhere| nowhere.understands(&text));
    }
}

#[test]
fn long_and_deep_queries_are_answered_in_time() {
    let nowhere = Nowhere::new();
    for piece in
        ["(", ")", "NOT ", "\"", "\\", "a ", "a OR ", "stage:offer ", "x:1 ", "a,", "value:1..", "..", "~", "*"]
    {
        nowhere.understands(&piece.repeat(5_000));
        nowhere.understands(&format!("name:{}", piece.repeat(5_000)));
    }
}
