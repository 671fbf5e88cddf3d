//! Bodies and their edits: the laws over generated text, and what people will surely try.

use karto::text::{Span, When};
use proptest::prelude::*;

use crate::laws::body::{
    adding_adds_one_task, adding_before_adds_one_task, escaped_text_is_text, inserting_adds_one_entry, spans_are_sound,
    ticking_is_done_once,
};

fn whole(text: &str) -> Span {
    Span::new(0, text.len())
}

/// A text and the place of its body, with front matter before it or without.
fn card() -> impl Strategy<Value = (String, Span)> {
    let front = prop::sample::select(vec!["", "", "\u{feff}", "---\ntype: lead\n---\n", "---\r\ntype: lead\r\n---"]);
    (front, text()).prop_map(|(front, text)| {
        let text = if front.ends_with("-") { String::new() } else { text };
        let whole = format!("{front}{text}");
        let start = if front.starts_with('-') { front.len() } else { 0 };
        let span = Span::new(start, whole.len());
        (whole, span)
    })
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
        spans_are_sound(&text, whole(&text));
    }

    #[test]
    fn spans_of_any_text(text in "(\\PC|\n){0,80}", front in "\\PC{0,9}") {
        let whole = format!("{front}{text}");
        spans_are_sound(&whole, Span::new(front.len(), whole.len()));
    }

    #[test]
    fn inserting((text, place) in card(), pasted in text(), title in line(), when in when()) {
        inserting_adds_one_entry(&text, place, &pasted, &title, when);
    }

    #[test]
    fn adding((text, place) in card(), written in line()) {
        adding_adds_one_task(&text, place, &written);
        adding_before_adds_one_task(&text, place, &written);
    }

    #[test]
    fn ticking((text, place) in card(), result in prop::option::of(text()), when in when()) {
        ticking_is_done_once(&text, place, result.as_deref(), when);
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
        assert!(inserting_adds_one_entry(file, whole(file), pasted, "Title # #", when), "{file:?}");
        assert!(adding_adds_one_task(file, whole(file), "# Offer [ ] due:2026-01-01"), "{file:?}");
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
