//! `karto validate --fix`: what has one answer is mended, nothing else is touched, and a second time there is nothing
//! left to do.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Answer, Karto, files, patched};

fn findings(karto: &Karto) -> Vec<Value> {
    let answer = karto.run(["validate", "--strict", "--format", "jsonl"]);
    answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'v>(finding: &'v Value, key: &str) -> &'v str {
    finding[key].as_str().unwrap_or_default()
}

fn is_certain(finding: &Value) -> bool {
    finding["fix"]["certain"] == true
}

fn errors(findings: &[Value]) -> Vec<(String, String)> {
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    errors.map(|finding| (text(finding, "code").to_owned(), text(finding, "message").to_owned())).collect()
}

/// What must hold for every workspace: `--dry-run` changes nothing and shows what is then written, certain findings are
/// gone or named with a reason, errors that were not there have only become visible, and the second time changes nothing.
fn mends_once(karto: &Karto) -> (Answer, Vec<Value>, Vec<Value>) {
    let (before, old) = (findings(karto), files(&karto.root()));
    let tried = karto.run(["validate", "--fix", "--strict", "--dry-run"]);
    assert_eq!(files(&karto.root()), old, "a dry run changes nothing");
    let shown = patched(&karto.root(), &tried.out);
    let answer = karto.run(["validate", "--fix", "--strict"]);
    let (after, new) = (findings(karto), files(&karto.root()));
    assert_eq!(tried.status, answer.status, "{} {}", tried.err, answer.err);
    assert_eq!(new, shown, "{}", tried.out);
    for finding in after.iter().filter(|finding| is_certain(finding)) {
        let path = text(finding, "path");
        assert!(answer.err.contains(path) || answer.err.contains("until karto.yaml"), "{finding} {}", answer.err);
    }
    let again = karto.run(["validate", "--fix", "--strict"]);
    assert_eq!(files(&karto.root()), new, "the second time changes nothing: {}", again.out);
    assert!(!again.out.contains("mended:"), "{}", again.out);
    (answer, before, after)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diagnostics")
}

#[test]
fn every_fixture_with_a_certain_fix_is_mended() {
    let mut mended = 0;
    for folder in fixtures().read_dir().unwrap().flatten() {
        let mut karto = Karto::on_nothing();
        for (name, bytes) in files(&folder.path()).into_iter().filter(|(name, _)| name != "expected.txt") {
            let Ok(text) = String::from_utf8(bytes) else { continue };
            karto = karto.with_file(&name, &text);
        }
        if !karto.root().join("karto.yaml").exists() {
            continue;
        }
        let old = files(&karto.root());
        let newer = karto.run(["list"]).err.contains("[format-newer]");
        if newer {
            assert_eq!(karto.run(["validate", "--fix"]).status, 2);
            assert_eq!(files(&karto.root()), old);
            continue;
        }
        let (answer, before, after) = mends_once(&karto);
        let new = files(&karto.root());
        let shown = folder.file_name().into_string().unwrap();
        for (name, bytes) in &old {
            let concerned = before.iter().any(|finding| text(finding, "path") == name && is_certain(finding));
            assert!(concerned || new.get(name) == Some(bytes), "{shown}: {name} is not concerned");
        }
        for finding in before.iter().filter(|finding| is_certain(finding)) {
            mended += 1;
            let code = text(finding, "code");
            let still = after.iter().any(|other| text(other, "code") == code && is_certain(other));
            assert!(!still, "{shown}: {finding} is still there: {} {}", answer.out, answer.err);
        }
    }
    assert!(mended > 15, "{mended}");
}

#[test]
fn what_was_left_of_the_rules_is_told_after_rounds_over_the_cards() {
    let karto = Karto::on_nothing()
        .with_file("karto.yaml", "people:\n  anna: {name: Anna, email: [[a]]}\n")
        .with_file("leads/Łódź.md", "---\ntype: lead\nname: Łódź\nstage: new\n---\n")
        .with_file("leads/acme.md", "---\ntype: lead\nname: Acme\nstage: new\nphone: +48600100200\n---\n[[Łódź]]\n");
    let (answer, ..) = mends_once(&karto);
    assert!(answer.out.contains("mended: leads/acme.md"), "{}", answer.out);
    for left in ["karto.yaml is left [unquoted-link]", "leads/Łódź.md is left [id-bad]"] {
        assert_eq!(answer.err.matches(left).count(), 1, "{}", answer.err);
    }
}

#[test]
fn a_plain_look_counts_the_mends_that_are_certain_and_tries_none() {
    let karto = Karto::on_nothing()
        .with_file("karto.yaml", "format: 1\n")
        .with_file("leads/Łódź.md", "---\ntype: lead\nname: Łódź\nstage: new\n---\n");
    let summary = |karto: &Karto| karto.run(["validate"]).out.lines().last().unwrap_or_default().to_owned();
    assert_eq!(summary(&karto), "1 error in 1 file; it has a certain mend: karto validate --fix");
    let linked = "---\ntype: lead\nname: Other\nstage: new\nphone: +48600100200\n---\n[[Łódź]]\n";
    let karto = karto.with_file("leads/other.md", linked);
    assert_eq!(summary(&karto), "1 error, 1 warning in 2 files; all have a certain mend: karto validate --fix");
    let answer = karto.run(["validate", "--fix"]);
    assert!(
        answer.err.contains("leads/Łódź.md is left [id-bad]"),
        "what speaks against one shows there: {}",
        answer.err
    );
    // A file with marks of a conflict is left alone, so that its mends are none.
    let karto = karto.with_file("leads/other.md", &linked.replace("[[Łódź]]", "<<<<<<< ours\n=======\n>>>>>>> theirs"));
    assert!(summary(&karto).ends_with("; 1 has a certain mend: karto validate --fix"), "{}", summary(&karto));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_nobody_gets_does_not_undo_what_was_mended() {
    let karto = Karto::on_nothing()
        .with_file("karto.yaml", "format: 1\n")
        .with_file("leads/a.md", "---\ntype: lead\nname: A\nstage: new\nphone: +48600100200\n---\n");
    let answer = karto.run_unheard(["validate", "--fix"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(answer.err.contains("note: the changes are made; the report on them is incomplete"), "{}", answer.err);
    assert!(fs::read_to_string(karto.root().join("leads/a.md")).unwrap().contains("phone: '+48600100200'"));
    let answer = karto.run_unheard(["validate", "--fix"]);
    assert_eq!(answer.status, 2, "nothing was to be mended, and nothing could be told: {}", answer.err);
    assert!(!answer.err.contains("the changes are made"), "{}", answer.err);
}

const FIELDS: &[&str] = &[
    "name: Re: your offer",
    "name: Łódź Tools",
    "name: Acme stage: new",
    "stage: Nowy",
    "stage: new",
    "stage: New",
    "owner: @anna",
    "owner: anna",
    "phone: +48600100200",
    "next_contact: 25.11.2026",
    "next_contact: '2026/11/25' # said so",
    "next_contcat: 2026-11-25",
    "next_step: no",
    "next_step: a\u{2028}b \u{85}# c",
    "value: 120 000,50",
    "currency: pln",
    "tags: fair",
    "tags: erp, fair",
    "tags: [[acme]]",
    "client: [[acme]]",
    "client: Acme Trade",
    "client:acme",
    "history: 2026-11-01 new",
    "created: 1.10.2026",
    "# a comment",
    "note: |\n  many: lines\n  here",
    "",
];

const BODY: &[&str] = &[
    "- [ ] Send it due:25.11.2026",
    "- [x] Done as:call done:1.11.2026",
    "### 20.11.2026 call: First",
    "### 2026-11-20 visit: Second",
    "[[acme-trade]] and [[nobody]]",
    "<<<<<<< ours",
    "Text with żółć",
    "```",
];

prop_compose! {
    fn card()(
        kind in prop::sample::select(vec!["lead", "client", "opportunity", "cleint"]),
        fields in prop::sample::subsequence(FIELDS, 0..8),
        swap in any::<bool>(),
        body in prop::sample::subsequence(BODY, 0..4),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
        bom in any::<bool>(),
        late in prop::sample::select(vec!["", "", "", "\n\n"]),
        last in any::<bool>(),
    ) -> String {
        let mut fields = fields;
        if swap {
            fields.reverse();
        }
        let fields = fields.join("\n");
        let text = format!("{late}---\ntype: {kind}\n{fields}\n---\n{}{}", body.join("\n"), if last { "\n" } else { "" });
        format!("{}{}", if bom { "\u{feff}" } else { "" }, text.replace('\n', line_end))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn fixing_twice_is_fixing_once(
        one in card(), two in card(), three in card(),
        rules in prop::sample::select(vec![
            "currency: PLN\n", "people:\n  anna: {name: Anna}\n", "currency: pln\n", "include: [[leads]]\n",
            "rates:\n  EUR: [{from: 01.07.2026, rate: 4}]\ncurrency: PLN\n",
        ]),
    ) {
        let karto = Karto::on_nothing()
            .with_file("karto.yaml", rules)
            .with_file("clients/acme-trade.md", "---\ntype: client\nname: Acme\nstage: active\n---\n")
            .with_file("leads/Łódź one.md", &one)
            .with_file("opportunities/two.md", &two)
            .with_file("clients/Three.md", &three);
        let (answer, before, after) = mends_once(&karto);
        // Errors may show that stood behind others, but of a workspace without any there are none after it.
        if errors(&before).is_empty() {
            prop_assert_eq!(errors(&after), [], "{}", answer.out);
        }
    }
}
