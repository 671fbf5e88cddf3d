//! Documents from outside: the laws over nasty files, written by hand and by chance.

use crate::laws::document as laws;
use karto::text::Document;
use proptest::prelude::*;

/// Shapes that people and tools write; the scanner reads all of them by itself.
pub(crate) const REGULAR: &[&str] = &[
    "a: 1\nb: two\n",
    "a:\nb: ~\nc: null\n",
    "tags:\n- a\n- b\nname: x\n",
    "tags:\n  - a\n  # between\n  - b   # after\n\n  - c\n# end\nname: x\n",
    "contacts:\n  - id: a\n    phone: +48600100200\n    tags: [x, y]\n  -   id: b\n      note: |\n        long\n\n        text\n      role: c\n",
    "a: {b: 1, c: [d, {e: f}], \"g\": 'h', i: , j: http://x.y/z}\n",
    "a: {\"b\":1}\n",
    "a: [\n  b, # c\n  d,\n]\ne: 1\n",
    "a: \"q: \\\"x\\\" \\u0142\\n\"\nb: 'it''s'\nc: \"\"\nd: ''\n",
    "a: |\n  one\n   two\n\n\nb: >-\n  one\n  two\n\n  three\n    more\n  four\nc: |+\n  x\n\nd: |2\n   x\n",
    "a: >\n\n  x\n\n\n  y\n z: 1\n",
    "a: |\n\nb: |-\n\n\nc: |+\n\n\nd: >+\n",
    "a: multi\n  line\n\n  text # c\nb: \"quoted\n  over\n\n  lines\"\nc: 'x\n  y'\n",
    "a: \"x \\\n  y\"\n",
    "a:\n  value below\nb:\n  \"quoted below\"\nc:\n  [a]\nd:\n  |\n  text\n",
    "- - a\n  - b\n- c\n",
    "a:\n  - - x\n    - y\n  -\n    - z\n  -\n  - null\n",
    "a:\n-\n- b:\n  - c\n  d: e\n-   - f\n",
    "  a: 1\n  b: 2\n",
    "\"a b\": 1\n'c': 2\nd e: 3\n2026: x\ntrue: y\n2026-01-01: z\n",
    "a: -5\nb: -x\nc: ?x\nd: :x\ne: a#b\nf: a:b\ng: x, [y]\nh: a - b\n",
    "a: b\tc\nd:\te\nf: g\t# h\n",
    "a: [-1, -x, a b, 'c, d', \"e]\"]\nb: []\nc: {}\nd: [[x]]\n",
    "a: 12.50\nb: 007\nc: 0x1F\nd: 1e3\ne: .inf\nf: no\ng: 12:30\nh: 2026-11-25\n",
    "a: x\r\nb:\r\n  - y\r\n  - \"z\r\n    z\"\r\nc: |\r\n  one\r\n  two\r\nd: m\r\n  n\r\n",
    "# only\n\n# comments\n",
    "",
    "\n\n",
    "a: 'x'   \nb: [c]   # d\n",
    "a: zażółć gęślą jaźń\nżółw: 1\nb: ő ű ț ș\n",
    "a:\n    b: 1\n    c:\n        d: 2\ne: 3\n",
    "{a: 1, b: [c]}\n",
    "a: [x\n  y, z]\nb: {c: d\n  e}\n",
    "a:\n# comment\n  b: 1\n",
    "description: >\n  folded\n  text\n# comment\nnext: 1\n",
    "a: b: c\n",
    "a: [[acme]]\n",
];

/// Shapes that only serde_yaml reads, and shapes that nobody reads.
const IRREGULAR: &[&str] = &[
    "a: &x 1\nb: *x\nphone: +48600100200\n",
    "a: !tag x\nb: !!str 5\nc: !!float 5\nd: !!int \"7\"\nphone: !p +48600100200\n",
    "? a\n: b\nc: +5\n",
    "base: &b {x: 1}\nd:\n  <<: *b\n  y: 007\n",
    "a:\n\t- b\n",
    "a: [x: y]\n",
    "a: \"x\ny\n  z\nb: 1\n",
    "a: 'open\nb: 2\nc: 3\n",
    "a: [open\nb: 2\n",
    "name: Re: x\nok: 1\n",
    "name: x\n  stage: y\nok: 1\n",
    "owner: @anna\nok: 1\n",
    "a: `x`\n",
    "a: %x\n",
    "client: [[acme]] # c\nb: \"[[acme]]\"\n",
    "a: 1\nb: 2\na: 3\n",
    "a: 1\n\"a\": 2\n",
    "just text\n",
    "- a\n- b\n",
    "a: x\u{85}y\nb: 1\n",
    "a: x\u{2028}y\nb: 1\n",
    "a: \"x\u{2028}y\"\nb: 1\n",
    "\u{feff}a: 1\n",
    "a: x\ry\nb: 2\n",
    "a: \u{1}\nb: 2\n",
    "a: 1\n...\n",
    "a: 1\n...\nb: 2\n",
    "%YAML 1.1\na: 1\n",
    "a: - b\n",
    "a: \"x\" y\n",
    "a: \"\\q\"\n",
    "a: &x [*x]\n",
    "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\n",
    "key:value\nok: 1\n",
    "a: [1, 2]]\n",
    "a: {b}\n",
    "a: {b:1}\n",
    "a: {b: 1,, c: 2}\n",
    "a: 61109010140000071219812874\nb: &x 1\n",
    "a: |\n \t x\n  y\n",
    "a: |\n    \n  x\nb: 1\n",
    "a: |9\n  x\n",
    "a: |#c\n  x\n",
    "a: \"x\"#c\n",
    "a: x\n  # c\n  y\n",
    "a:\n   b: 1\n  c: 2\n",
    "a:\n  - b\n - c\n",
    "a: [\n\tb\n]\n",
    "a:\n  \t\nb: 1\n",
    ": x\n",
    "[a]: b\n",
    "a: *nope\n",
    "1: a\n0x1: b\n",
    "1: a\n'1': b\n",
    "a: &x 1\na: &y 2\n",
    "b: {a: &x 1, a: 2}\n",
    "?: \n  - \n- : \n",
    "--- x\n",
];

pub(crate) fn card(yaml: &str) -> String {
    format!("---\n{yaml}---\nBody\n")
}

#[test]
fn regular_shapes_are_read_by_the_scanner_as_serde_yaml_reads_them() {
    for yaml in REGULAR {
        let document = Document::parse(card(yaml));
        laws::any_bytes(card(yaml).as_bytes());
        if serde_yaml::from_str::<serde_yaml::Value>(yaml).is_ok_and(|value| value.is_mapping() || value.is_null()) {
            assert!(document.is_readable(), "{yaml}{:#?}", document.diagnostics());
            assert!(document.front().is_some_and(laws::is_regular), "{yaml}");
        }
    }
}

#[test]
fn irregular_shapes_mean_what_serde_yaml_says_or_are_findings() {
    for yaml in IRREGULAR {
        laws::any_bytes(card(yaml).as_bytes());
        let document = Document::parse(card(yaml));
        let theirs = serde_yaml::from_str::<serde_yaml::Value>(yaml);
        let giant = yaml.contains("61109010140000071219812874");
        let bomb = yaml.contains("e: &e");
        let maps = theirs.is_ok_and(|value| value.is_mapping()) && !bomb;
        assert_eq!(document.is_readable(), maps || giant, "{yaml}{:#?}", document.diagnostics());
    }
}

#[test]
fn texts_are_kept_beside_irregular_values() {
    let document = Document::parse(card("a: &x 1\nphone: +48600100200\nb: !!str 007\nlist: !l [+5, 12.50]\n"));
    let front = document.front().unwrap();
    assert_eq!(front.get("phone").unwrap().raw(), "+48600100200");
    assert_eq!(front.get("b").unwrap().raw(), "007");
    assert!(front.get("phone").unwrap().is_regular());
    assert!(!front.get("a").unwrap().is_regular());
}

/// What is written, the code it raises, the bytes that are marked, and what the fix makes of the marked line.
const FINDINGS: &[(&str, &str, &str, Option<&str>)] = &[
    ("---\nname: Re: your offer # x\n---\n", "yaml-colon", "Re: your offer", Some("name: 'Re: your offer' # x")),
    ("---\nname: x\n  stage: y\n---\n", "yaml-indentation", "stage: y", None),
    ("---\na:\n   b: 1\n  c: 2\n---\n", "yaml-indentation", "c: 2", None),
    ("---\ntags: - a\n---\n", "yaml-indentation", "-", None),
    ("---\na:\n\tb: 1\n---\n", "yaml-tab", "\t", None),
    ("---\nname: \"Acme\ncity: \"Łódź\"\n---\n", "yaml-quote", "\"Acme", None),
    ("---\nname: 'Acme\n---\n", "yaml-quote", "'Acme", None),
    ("---\nname: \"Acme\" Ltd\n---\n", "yaml-quote", "Ltd", None),
    ("---\nname: \"a\\qb\"\n---\n", "yaml-quote", "\\", None),
    ("---\ntags: [a, b\nname: x\n---\n", "yaml-bracket", "[a, b", None),
    ("---\ntags: [a, b]]\n---\n", "yaml-quote", "]", None),
    ("---\nowner: @anna # who\n---\n", "yaml-reserved", "@anna", Some("owner: '@anna' # who")),
    ("---\nrate: %5\n---\n", "yaml-reserved", "%5", Some("rate: '%5'")),
    ("---\nname:Acme\nstage: new\n---\n", "yaml-syntax", "name:Acme", Some("name: Acme")),
    ("---\nname: x\nhello\n---\n", "yaml-syntax", "hello", None),
    ("---\na: *nope\n---\n", "yaml-syntax", "*nope", None),
    ("---\na: 1\nb: 2\na: 3\n---\n", "duplicate-key", "a", None),
    ("---\nclient: [[acme]] # c\n---\n", "unquoted-link", "[[acme]]", Some("client: \"[[acme]]\" # c")),
    ("---\nname: a\u{2028}b\n---\n", "line-separator", "\u{2028}", Some("name: a b")),
    ("---\nname: a\u{7}b\n---\n", "control-character", "\u{7}", None),
    ("---\nname: a\nstage: b\n\nText\n", "front-matter-unclosed", "---", None),
    ("\n\n---\nname: a\n---\n", "front-matter-late", "---", Some("---")),
    ("---\n- a\n---\n", "front-matter-not-map", "- a", None),
    ("---\nname: a\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n---\n", "conflict-marker", "<<<<<<< HEAD", None),
    ("---\nname: a\n---\nOne\n=======\nTwo\n>>>>>>> other\n", "conflict-marker", "=======", None),
    ("---\nname: a\n---\nNul \0\n", "nul-byte", "\0", None),
];

#[test]
fn mistakes_are_named_marked_and_mended() {
    for (source, code, marked, mended) in FINDINGS {
        let document = Document::parse(*source);
        let all = document.diagnostics();
        assert_eq!(all.len(), 1, "{source}{all:#?}");
        let found = &all[0];
        assert_eq!(
            (found.code.as_str(), found.span.unwrap().of(document.full_text())),
            (*code, *marked),
            "{source}{found:#?}"
        );
        assert!(found.help.is_some() || *code == "yaml-syntax", "{found:#?}");
        let after = found.fix.as_ref().map(|fix| document.apply(&fix.edits).unwrap());
        assert_eq!(after.is_some(), mended.is_some(), "{found:#?}");
        if let (Some(after), Some(line)) = (after, mended) {
            assert!(after.text().lines().any(|l| l == *line), "{}", after.text());
            assert_eq!(after.diagnostics(), [], "{}", after.text());
        }
    }
}

#[test]
fn a_card_with_conflicts_is_read_as_our_side_has_it() {
    let card = "---\nname: a\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\nc: 3\n>>>>>>> other\nd: 4\n---\n";
    let document = Document::parse(card);
    assert!(document.is_legible() && !document.is_readable(), "read, but not written");
    let front = document.front().unwrap();
    let fields: Vec<_> = front.entries().map(|entry| (entry.key().raw(), entry.value().raw())).collect();
    assert_eq!(fields, [("name".into(), "a".into()), ("b".into(), "1".into()), ("d".into(), "4".into())]);
    assert_eq!(document.conflicts()[0].field.as_deref(), Some("b, c"));
    assert_eq!((document.source(), document.full_text()), (card.as_bytes(), card));
}

#[test]
fn a_file_that_begins_with_a_mark_has_its_front_matter() {
    for start in ["", "\u{feff}"] {
        let both = format!("{start}<<<<<<< HEAD\n---\nname: a\n---\nA\n=======\n---\nname: b\n---\nB\n>>>>>>> other\n");
        let document = Document::parse(both.as_str());
        assert_eq!(document.front().unwrap().get("name").unwrap().raw(), "a", "{:#?}", document.diagnostics());
        assert_eq!(document.diagnostics().len(), 1);
        assert_eq!(document.conflicts()[0].question(), "`name`: a (ours) or b (theirs)");
    }
}

#[test]
fn what_is_wrong_with_our_side_is_said_beside_its_conflicts() {
    let document = Document::parse("---\nname: Re: x\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n---\n");
    let codes: Vec<&str> = document.diagnostics().iter().map(|found| found.code.as_str()).collect();
    assert_eq!((codes, document.is_legible()), (vec!["conflict-marker", "yaml-colon"], false));
}

#[test]
fn what_can_be_read_is_read_beside_mistakes() {
    let document = Document::parse("---\ntype: lead\nname: Re: x\nowner: @anna\nphone: +48600100200\n---\nBody\n");
    assert!(!document.is_readable());
    assert_eq!(document.diagnostics().len(), 2);
    let front = document.front().unwrap();
    assert_eq!(front.get("type").unwrap().raw(), "lead");
    assert_eq!(front.get("phone").unwrap().raw(), "+48600100200");
    assert_eq!(document.body(), "Body\n");
}

#[test]
fn notes_are_no_cards() {
    for note in [
        "",
        "# Title\n",
        "---\n",
        "---\n\nText after a line\n",
        "Heading\n=======\n",
        ">>>>>>> a reply\n",
        "text\n---\nmore\n---\n",
    ] {
        let document = Document::parse(note);
        assert!(document.is_readable() && document.front().is_none_or(|front| front.is_empty()), "{note}");
        assert_eq!(document.diagnostics(), [], "{note}");
    }
    assert_eq!(Document::parse("\u{feff}---  \r\na: 1\r\n---\r\n").front().unwrap().get("a").unwrap().raw(), "1");
    let broken = Document::parse(b"---\nname: Lodz\n---\n\xb3\xf3d\xbc\n".to_vec());
    assert_eq!(broken.diagnostics()[0].code.as_str(), "invalid-utf8");
    assert_eq!(broken.body(), "??d?\n");
}

#[test]
fn too_much_is_named_and_not_read() {
    let code = |source: String| Document::parse(source).diagnostics().first().map(|found| found.code.to_string());
    assert_eq!(code(card(&format!("a: {}\n", "[".repeat(100_000)))).as_deref(), Some("front-matter-too-deep"));
    assert_eq!(code(card(&format!("{}\n", "- ".repeat(100_000)))).as_deref(), Some("front-matter-too-deep"));
    assert_eq!(code(card(&format!("a: {}\n", "x".repeat(1 << 20)))).as_deref(), Some("front-matter-too-large"));
    assert_eq!(code("x".repeat((16 << 20) + 1)).as_deref(), Some("file-too-large"));
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for n in 1..30 {
        bomb += &format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1);
    }
    assert_eq!(code(card(&bomb)).as_deref(), Some("aliases-multiply"));
}

#[test]
fn every_seed_of_the_fuzz_targets_keeps_the_laws() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/document");
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        laws::any_bytes(&std::fs::read(file.path()).unwrap());
    }
}

/// Lines out of all shapes above, with any indentation.
pub(crate) fn mixed_lines() -> impl Strategy<Value = String> {
    proptest::collection::vec((any::<usize>(), 0..5_usize, any::<bool>()), 1..9).prop_map(|picks| {
        let lines: Vec<&str> = REGULAR.iter().chain(IRREGULAR).flat_map(|yaml| yaml.split_inclusive('\n')).collect();
        let mut yaml = String::new();
        for (pick, indent, keep) in picks {
            let line = lines[pick % lines.len()];
            if keep {
                yaml += line;
            } else {
                yaml += &format!("{}{}", " ".repeat(indent), line.trim_start_matches(' '));
            }
        }
        yaml
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_signs_at_all(yaml in "([ a-c:#\\[\\]{},'\"|>&*!?%@\n\t-]|: |\n  |- |\n- ){0,40}") {
        laws::any_bytes(card(&format!("{yaml}\n")).as_bytes());
        laws::any_bytes(yaml.as_bytes());
    }

    #[test]
    fn any_bytes_at_all(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        laws::any_bytes(&bytes);
        laws::any_bytes(&[b"---\na: ", bytes.as_slice(), b"\n---\n"].concat());
    }

    #[test]
    fn lines_of_all_shapes_in_any_order(yaml in mixed_lines()) {
        laws::any_bytes(card(&yaml).as_bytes());
    }
}
