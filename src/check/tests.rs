use std::collections::HashSet;

use super::*;
use crate::model::schema::Schemas;
use crate::model::{Config, read_card};
use crate::query::sample::Sample;
use crate::text::{Document, SourcePath};

#[test]
fn every_code_has_one_name_and_says_how_to_mend_it() {
    let mut names = HashSet::new();
    for code in all_codes() {
        assert!(names.insert(code.as_str()), "{code} stands twice");
        assert!(code.0.explanation.len() > 40, "{code} explains too little");
        assert!(code.0.title.starts_with(char::is_uppercase) && !code.0.title.ends_with('.'), "{code}");
        assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
    }
}

#[test]
fn names_are_listed_as_a_sentence_has_them() {
    assert_eq!(listed(["a"]), "`a`");
    assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
}

/// The codes and messages of what is found, by file and place.
fn found(rules: &str, cards: &[&str]) -> Vec<String> {
    let sample = Sample::with(rules, cards);
    let findings = check(&sample.context(), CheckOptions { strict: true });
    findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
}

const NOTHING: [&str; 0] = [];
const ACME: &str = "client acme\nstage: active\nformer_ids: [acme-trade]\ncontacts: [{id: kowalski}]\n";

#[test]
fn former_ids_contacts_and_files_beside_the_cards_are_no_dangling_links() {
    let sale = "opportunity sale\nclient: acme-trade\nowner: anna\nnext_contact: 2026-12-01\nstakeholders: [acme#kowalski]\n\
        stage: identification\n---\nSee [[acme-trade#kowalski]], [[SALE]], ![plan](plan.png), ![[photo.jpg]], \
        [price list](../files/prices.pdf), [folder](../files), [mask](../templates/offer.md), \
        [not ours](../../other/card.md).\n\n\
        ### 2026-11-20 call with:kowalski: Hello\n";
    assert_eq!(found("", &[ACME, sale]), ["link-dangling: the link leads nowhere: no card or note is called `SALE`"]);
}

#[test]
fn gates_take_a_zero_for_a_value_and_an_empty_list_for_none() {
    let rules = "pipelines: {sales: {type: opportunity, stages: [{id: offer, requires: [value, tags, next_action]}]}}";
    let sale = |fields: &str| format!("opportunity sale\nclient: acme\nowner: anna\nstage: offer\n{fields}");
    let full = sale("value: 0\ntags: [erp]\nnext_contact: 2026-12-01\n");
    assert_eq!(found(rules, &[ACME, &full]), NOTHING);
    let empty = sale("value:\ntags: []\n");
    let expected = "gate-not-met: stage `offer` asks for `value`, `tags` and `next_action`";
    assert_eq!(found(rules, &[ACME, &empty]), [expected]);
}

#[test]
fn the_promise_of_a_day_gone_by_still_is_a_next_step_until_it_is_met() {
    let lead = |log: &str| {
        format!("lead new-lead\nowner: anna\nstage: contacted\nnext_contact: 2026-11-10\n---\n### 2026-11-{log}\n")
    };
    assert_eq!(found("", &[&lead("11 call no-answer: Nobody there")]), NOTHING);
    let met = found("", &[&lead("11 call: They think about it")]);
    assert_eq!(met, ["next-step-missing: there is no next step: the contact promised for 2026-11-10 has been made"]);
}

#[test]
fn leads_that_nobody_owns_may_wait_in_their_first_stage() {
    let rules = "pipelines: {leads: {type: lead, requires: [next_action], stages: [{id: new}, {id: contacted}]}}";
    assert_eq!(found(rules, &["lead a\nstage: new\n"]), NOTHING);
    let owned = found(rules, &["lead a\nstage: new\nowner: anna\n"]);
    assert_eq!(owned, ["gate-not-met: stage `new` asks for `next_action`"]);
    let later = found(rules, &["lead a\nstage: contacted\n"]);
    assert_eq!(later.len(), 2, "{later:?}");
}

#[test]
fn a_closed_opportunity_may_keep_its_lead_beside_its_client() {
    let lead = "lead acme-lead\nstage: converted\nconverted_to: acme\n";
    let sale = "opportunity sale\nclient: acme\nlead: acme-lead\nstage: lost\nlost_reason: price\n";
    assert_eq!(found("", &[ACME, lead, sale]), NOTHING);
}

#[test]
fn only_a_chain_that_comes_back_is_a_circle() {
    let client = |id: &str, parent: &str| format!("client {id}\nstage: active\nparent: {parent}\n");
    let chain = [client("a", "b"), client("b", "c"), client("d", "b"), "client c\nstage: active\n".to_owned()];
    assert_eq!(found("", &chain.each_ref().map(String::as_str)), NOTHING);
    let circle = [client("a", "b"), client("b", "c"), client("d", "b"), client("c", "b")];
    let found = found("", &circle.each_ref().map(String::as_str));
    assert_eq!(found, ["reference-circle: `parent` goes round in a circle: b → c → b"]);
}

#[test]
fn versions_of_one_offer_share_their_number() {
    let offer =
        |id: &str, version: u8| format!("offer {id}\nclient: acme\nstage: draft\nnumber: OF/1\nversion: {version}\n");
    assert_eq!(found("", &[ACME, &offer("one", 1), &offer("two", 2)]), NOTHING);
    assert_eq!(found("", &[ACME, &offer("one", 1), &offer("two", 1)]).len(), 1);
}

#[test]
fn a_rate_of_the_cards_own_is_enough() {
    let sale = |rate: &str| {
        format!(
            "opportunity sale\nclient: acme\nowner: anna\nnext_contact: 2026-12-01\nstage: identification\nvalue: 9\n\
             currency: USD\n{rate}"
        )
    };
    assert_eq!(found("", &[ACME, &sale("rate: 3.6\n")]), NOTHING);
    let missing = "rate-missing: there is no rate from USD to PLN on 2026-11-22, so sums leave the card out";
    assert_eq!(found("", &[ACME, &sale("")]), [missing]);
}

#[test]
fn today_is_no_day_to_come() {
    let lead = |day: &str| {
        format!(
            "lead a\nstage: new\ncreated: {day}\nhistory: [{day} new]\n---\n### {day} 23:50 note: x\n\n- [x] b done:{day}\n"
        )
    };
    assert_eq!(found("", &[&lead("2026-11-22")]), NOTHING);
    assert_eq!(found("", &[&lead("2026-11-23")]).len(), 4);
}

#[test]
fn a_new_history_line_is_never_older_than_the_last() {
    let sample = Sample::of(&["lead a\nstage: qualified\nhistory:\n  - 2026-11-30 new\n"]);
    let findings = check(&sample.context(), CheckOptions::default());
    let gap = findings.iter().find(|finding| finding.code.as_str() == "history-disagrees");
    let edits = gap.and_then(|gap| gap.fix.as_ref()).map(|fix| fix.edits.as_slice()).unwrap_or_default();
    assert!(matches!(edits, [edit] if edit.text.contains("- 2026-11-30 qualified")), "{findings:?}");
}

#[test]
fn the_front_matter_of_foreign_notes_is_left_alone() {
    let config = Config::builtin(Schemas::builtin());
    let read = |text: &str| {
        let path = SourcePath::new("books/sapiens.md").unwrap();
        read_card(&path, &Document::parse(text), &config).1.into_iter().map(|f| f.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        read("---\ntype: book\nauthor: [[harari]]\ntags: a\ntags: b\n---\n### 2026-11-20 chapter: One\n"),
        NOTHING
    );
    assert_eq!(read("---\ntype: book\n---\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n"), ["conflict-marker"]);
}

#[test]
fn thousands_of_broken_links_are_found_in_little_time() {
    let lines: String = (0..3_000).map(|n| format!("[[nobody-{n}]]\n")).collect();
    assert_eq!(found("", &[&format!("client acme\nstage: active\n---\n{lines}")]).len(), 3_000);
}

#[test]
fn an_offer_that_names_its_sale_alone_has_the_contacts_of_the_sales_client() {
    let sale = "opportunity sale\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-12-01\n";
    let offer = |with: &str| {
        format!(
            "offer sale-offer-1\nopportunity: sale\nstage: draft\n---\n## Log\n\n### 2026-11-20 call with:{with}: Price\n"
        )
    };
    assert_eq!(found("", &[ACME, sale, &offer("kowalski")]), NOTHING);
    assert_eq!(found("", &[ACME, sale, &offer("nowak")]), ["contact-unknown: `acme` has no contact `nowak`"]);

    let offer = offer("kowalski");
    let sample = Sample::with("", &[ACME, sale, &offer]);
    let ctx = sample.context();
    let acme = ctx.catalog.index_of("acme").unwrap();
    assert!(crate::query::derived::contacts::last_contact(&ctx, acme).is_some(), "it counts at the client, too");
}
