//! New cards: of every type one that nothing is wrong with, from templates as people really write them.

use std::fs;

use crate::support::Karto;

const RULES: &str = "format: 1\ncurrency: PLN\npeople:\n  anna: {name: Anna Nowak}\n  piotr: {name: Piotr Zieliński}\n";

fn workspace() -> Karto {
    let karto = Karto::on_nothing().env("KARTO_USER", "anna").with_file("karto.yaml", RULES);
    let acme = "---\ntype: client\nname: Acme sp. z o.o.\nstage: active\nowner: anna\n---\n";
    karto.with_file("clients/acme.md", acme)
}

fn new(karto: &Karto, arguments: &[&str]) -> String {
    let answer = karto.run([&["new"], arguments].concat());
    assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{arguments:?}\n{}", answer.out);
    answer.out
}

fn text(karto: &Karto, path: &str) -> String {
    fs::read_to_string(karto.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_new_card_of_every_type_in_a_new_workspace_is_in_order() {
    let karto = Karto::on_nothing().git_user("Anna Nowak", "anna@example.com");
    assert_eq!(karto.run(["init", "--currency", "PLN"]).status, 0);
    let next = ["--next", "+3d", "Call"];
    // From the first to the last, for papers name what was there before them.
    for (arguments, id) in [
        (["lead", "Łódź Tools", "source=fair"], "lead-lodz-tools"),
        (["client", "Kovács & Társa Kft.", "tax_id=12345678-2-42"], "kovacs-tarsa-kft"),
        (["opportunity", "ERP rollout", "client=kovacs"], "kovacs-tarsa-kft-erp-rollout"),
        (["offer", "ERP rollout", "opportunity=kovacs-tarsa-kft-e"], "kovacs-tarsa-kft-erp-rollout-offer-1"),
        (["contract", "ERP rollout", "client=kovacs"], "kovacs-tarsa-kft-contract-1"),
        (["invoice", "ERP rollout", "opportunity=kovacs"], "kovacs-tarsa-kft-invoice-1"),
        (["delivery", "Servers", "client=kovacs"], "kovacs-tarsa-kft-delivery-1"),
        (["case", "Too slow", "client=kovacs"], "kovacs-tarsa-kft-too-slow"),
        (["campaign", "Spring 2027", "budget=2000"], "spring-2027"),
        (["competitor", "Solaris", "strengths=price"], "solaris"),
    ] {
        let said = new(&karto, &[&arguments[..], &next[..]].concat());
        assert_eq!(said.split(':').next(), Some(id), "the id is the first word");
    }
    let schemas = karto.run(["schema"]).out;
    assert_eq!(schemas.lines().count(), 10, "each type is tried");
    let answer = karto.run(["validate", "--strict"]);
    assert_eq!((answer.status, answer.out.as_str()), (0, "nothing to mend in 10 files\n"));
}

/// Templates, by what is nasty about them.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "line ends of Windows",
        "---\r\ntype: opportunity\r\nname:\r\nclient:\r\nhistory:\r\nvalue: # net\r\n---\r\nWhy?\r\n",
    ),
    ("no final newline", "---\ntype: opportunity\nname:\nclient:\n---\nWhy?"),
    ("no body", "---\ntype: opportunity\nname:\nclient:\n---"),
    ("a byte-order mark", "\u{feff}---\ntype: opportunity\nname:\nclient:\nhistory: []\n---\n"),
    (
        "comments",
        "---\n# what\ntype: opportunity # a sale\n# who\nname: # of the sale\nclient: ~ # id\ntags: # t\nhistory: # h\n---\n",
    ),
    ("quotes and lists", "---\n'type': \"opportunity\"\nname: ''\nclient: \"\"\ntags: [new, 'x']\nowner: piotr\n---\n"),
    (
        "a stage and a day",
        "---\ntype: opportunity\nname: Sale\nstage: qualification\ncreated: 2026-01-01\n---\n- [ ] Ask due:2026-12-01\n",
    ),
];

#[test]
fn what_a_template_says_stays_but_for_what_is_filled_in() {
    for (what, template) in TEMPLATES {
        let karto = workspace().with_file("templates/opportunity.md", template);
        let words = ["opportunity", "Line: 4 #2", "client=acme", "value=1500,50", "tags+=erp"];
        new(&karto, &words);
        let card = text(&karto, "opportunities/acme-line-4-2.md");
        let answer = karto.run(["validate"]);
        assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{what}\n{}\n{card}", answer.out);
        // Lines are filled in or added, none is lost: what a line began with, comments and line ends are there.
        let mut rest = card.as_str();
        for line in template.split_inclusive('\n') {
            let kept = line.trim_end().split(['~', '[', '\'', '"', '#']).next().unwrap_or(line).trim_end();
            let kept = if kept.starts_with("name: Sale") { "name:" } else { kept };
            let at = rest.find(kept).unwrap_or_else(|| panic!("{what}: {kept:?} is gone\n{card}"));
            rest = &rest[at + kept.len()..];
        }
        for comment in template.lines().filter_map(|line| Some(&line[line.find('#')?..])) {
            assert!(card.contains(comment), "{what}: {comment}\n{card}");
        }
        assert_eq!(card.contains("\r\n"), template.contains("\r\n"), "{what}");
        assert!(!card.contains("\r\n") || card.lines().count() == card.matches("\r\n").count(), "{what}: {card:?}");
        let owner = if template.contains("owner: piotr") { "piotr" } else { "anna" };
        assert!(card.contains(&format!("owner: {owner}")) && card.contains("value: 1500.50"), "{what}\n{card}");
    }
}

#[test]
fn what_is_made_is_what_a_dry_run_shows() {
    let karto = workspace();
    let words =
        ["new", "lead", "Ewa \"Ż\" Żółkiewska: #1", "contact=Jan Kowalski, jan@x.example", "no=yes", "--next=+1d"];
    let shown = karto.run([&words[..], &["--dry-run"]].concat());
    assert!(!karto.root().join("leads").exists(), "a dry run makes nothing");
    assert_eq!(karto.run(words).status, 0);
    let written = text(&karto, "leads/lead-ewa-z-zolkiewska-1.md");
    let added = shown.out.lines().skip(3).map(|line| format!("{}\n", &line[1..])).collect::<String>();
    assert_eq!(added, written);
}

#[test]
fn names_that_could_be_something_else_are_read_as_they_were_typed() {
    for name in
        ["no", "12:30", "- x", "# y", "a: b", "'q\"", "2026-11-23", "[[acme]]", "{n}", "ąćę…", "1e5", "~x", "*a", "&b"]
    {
        let karto = workspace();
        let answer = karto.run(["new", "campaign", "--id", "the-one", "--", name]);
        assert_eq!(answer.status, 0, "{name}: {}", answer.err);
        let listed = karto.run(["list", "type:campaign", "--columns", "name", "--format", "jsonl"]);
        let quoted = format!("\"name\":{}", serde_json::Value::from(name));
        assert!(listed.out.contains(&quoted), "{name}: {}", listed.out);
    }
}

#[test]
fn an_id_is_free_and_has_room() {
    let karto = workspace().with_file("leads/Lead-Ewa.MD", "no card\n").with_file(
        "clients/beta.md",
        "---\ntype: client\nname: Beta\nstage: active\nowner: anna\nformer_ids: [acme-invoice-7, omega]\n---\n",
    );
    // Numbers go on, whatever is in between, and a number that was given up is not given again.
    assert!(new(&karto, &["invoice", "First", "client=acme"]).starts_with("acme-invoice-8:"));
    let refused = |arguments: &[&str], why: &str| {
        let answer = karto.run([&["new"], arguments].concat());
        assert_eq!(answer.status, 1, "{arguments:?}: {}", answer.out);
        assert!(answer.err.contains(why), "{arguments:?}: {}", answer.err);
    };
    refused(&["lead", "Ewa"], "the id `lead-ewa` is taken by the file leads/Lead-Ewa.MD");
    refused(&["client", "Omega"], "`omega` was once that of clients/beta.md (Beta)");
    refused(&["client", "X", "--id", "Con"], "can't be the id");
    refused(&["lead", "con", "--id", "con"], "Windows keeps this name for a device");
    let long = "Bardzo długa nazwa przedsiębiorstwa ".repeat(9);
    let said = new(&karto, &["opportunity", &long, "client=acme"]);
    let id = said.split(':').next().unwrap_or_default();
    assert!(id.len() <= 80 && id.starts_with("acme-bardzo-dluga-nazwa") && !id.ends_with('-'), "{id}");
    refused(&["lead", "Eve", "client=acme", "converted_to=nobody"], "no record is called `nobody`");
}

#[test]
fn a_card_that_would_never_be_read_is_not_made() {
    for karto in [
        workspace().with_file(".gitignore", "leads/\n"),
        workspace().with_file("leads/.gitignore", "lead-*\n"),
        workspace().with_file("karto.yaml", &format!("{RULES}include: [clients/**]\n")),
    ] {
        let answer = karto.run(["new", "lead", "Ewa"]);
        assert_eq!(answer.status, 1);
        assert!(answer.err.contains("would never be read"), "{}", answer.err);
        assert!(!karto.root().join("leads/lead-ewa.md").exists());
    }
}
