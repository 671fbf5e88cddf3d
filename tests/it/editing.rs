//! `karto edit` with somebody at the terminal, and with others who work on the same cards meanwhile.

use std::fs;

use crate::support::Karto;

const CARD: &str = "clients/acme.md";
const COPY: &str = ".karto/edit/clients/acme.md";

fn client(stage: &str, history: &str) -> String {
    format!("---\ntype: client\nname: Acme\nstage: {stage}\nhistory:\n  - 2026-01-01 active\n{history}---\nText\n")
}

/// A workspace with one client, and an editor that runs this script with the copy as `$1` and the card as `$CARD`.
fn karto(script: &str) -> Karto {
    let karto = Karto::on_nothing()
        .with_file("karto.yaml", "people:\n  anna: {name: Anna}\n")
        .with_file(CARD, &client("active", ""))
        .env("KARTO_USER", "anna");
    let card = karto.root().join(CARD).display().to_string();
    with_editor(karto, script).env("CARD", &card)
}

fn with_editor(karto: Karto, script: &str) -> Karto {
    let karto = karto.with_file("editor.sh", &format!("{script}\n"));
    let editor = format!("sh '{}'", karto.root().join("editor.sh").display());
    karto.env("EDITOR", &editor)
}

fn replaced(from: &str, to: &str) -> String {
    format!("sed 's/{from}/{to}/' \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"")
}

fn read(karto: &Karto, path: &str) -> String {
    fs::read_to_string(karto.root().join(path)).unwrap_or_default()
}

#[test]
fn the_editor_gets_a_copy_that_is_called_like_the_card() {
    let script = format!("basename \"$1\" > \"$CARD.seen\"; cmp \"$1\" \"$CARD\" && {}", replaced("Text", "More text"));
    let karto = karto(&script);
    let answer = karto.run(["edit", "acme"]);
    assert_eq!((answer.status, answer.out.as_str()), (0, "acme: changed\n"), "{}", answer.err);
    assert_eq!(read(&karto, "clients/acme.md.seen"), "acme.md\n");
    assert!(read(&karto, CARD).ends_with("---\nMore text\n"));
    assert_eq!(read(&karto, COPY), "", "the copy is gone");
    assert_eq!(read(&karto, ".karto/.gitignore"), "*\n");
}

#[test]
fn a_stage_that_was_moved_in_the_editor_is_told_if_the_person_says_so() {
    let said = |typed: &str| {
        let karto = karto(&replaced("stage: active", "stage: dormant")).typing(typed);
        let answer = karto.run(["edit", "acme"]);
        (answer.status, read(&karto, CARD), answer.err)
    };
    let (status, card, _) = said("\n");
    assert_eq!((status, card), (0, client("dormant", "  - 2026-11-23 dormant @anna\n")));
    let (status, card, err) = said("n\nk\n");
    assert_eq!((status, card), (0, client("dormant", "")), "kept as it is");
    assert!(err.contains("error[history-disagrees]"), "{err}");
    let (status, card, _) = said("n\nt\n");
    assert_eq!((status, card), (0, client("active", "")), "thrown away");
    let (status, card, _) = said("n\n");
    assert_eq!((status, card), (1, client("active", "")), "nobody answers any more");
}

#[test]
fn an_edit_can_be_gone_over_again() {
    let script = format!(
        "if grep -q wrong \"$1\"; then {}; else {}; fi",
        replaced("wrong", "dormant"),
        replaced("active$", "wrong")
    );
    let karto = karto(&script).typing("n\ne\n\n");
    let answer = karto.run(["edit", "acme"]);
    assert!(answer.err.contains("error[stage-unknown]"), "{}", answer.err);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(read(&karto, CARD).contains("stage: dormant"));
}

#[test]
fn a_card_that_was_left_alone_stays_open_while_another_is_gone_over_again() {
    let second = "sed 's/Text/More/' \"$2\" > \"$2.new\"; cat \"$2.new\" > \"$2\"; rm \"$2.new\"";
    let script = format!(
        "if grep -q wrong \"$1\"; then {}; {second}; else {}; fi",
        replaced("wrong", "dormant"),
        replaced("active$", "wrong")
    );
    let karto = karto(&script).with_file("clients/beta.md", &client("active", "")).typing("n\ne\n\n");
    let answer = karto.run(["edit", "acme,beta"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(read(&karto, CARD).contains("stage: dormant"));
    assert_eq!(read(&karto, "clients/beta.md"), client("active", "").replace("Text", "More"));

    let karto = with_editor(karto, &replaced("Text", "More")).typing("");
    assert_eq!(karto.run(["edit", "acme,beta"]).out, "acme: changed\nbeta: unchanged\n");
    assert_eq!(read(&karto, COPY) + &read(&karto, ".karto/edit/clients/beta.md"), "", "no copy is left");
}

#[test]
fn an_edit_with_errors_is_taken_over_where_the_call_says_so() {
    let karto = karto(&replaced("stage: active", "stage: wrong"));
    let answer = karto.run(["edit", "acme"]);
    assert_eq!(answer.status, 1);
    assert!(answer.err.contains("help: --keep"), "{}", answer.err);
    let answer = karto.run(["edit", "acme", "--resume", "--keep", "--dry-run"]);
    assert_eq!((answer.status, read(&karto, CARD)), (0, client("active", "")));
    assert!(answer.out.contains("+stage: wrong"), "{}", answer.out);
    let answer = karto.run(["edit", "acme", "--resume", "--keep"]);
    assert_eq!((answer.status, read(&karto, CARD)), (0, client("wrong", "")), "{}", answer.err);
    assert!(answer.err.contains("error[stage-unknown]"), "{}", answer.err);
    assert_eq!(read(&karto, COPY), "");
}

#[test]
fn a_kept_text_takes_the_place_of_what_came_since_where_the_call_says_so() {
    let script = format!(
        "{}; sed 's/Acme/Acme Trade/' \"$CARD\" > \"$CARD.new\"; mv \"$CARD.new\" \"$CARD\"",
        replaced("Text", "Mine")
    );
    let karto = karto(&script);
    assert_eq!(karto.run(["edit", "acme"]).status, 1);
    let karto = with_editor(karto, "true");
    let answer = karto.run(["edit", "acme", "--resume"]);
    assert_eq!(answer.status, 2);
    assert!(answer.err.contains("--resume --over"), "{}", answer.err);
    let answer = karto.run(["edit", "acme", "--resume", "--over"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(answer.err.contains("+name: Acme Trade"), "it is shown what gives way: {}", answer.err);
    assert_eq!(read(&karto, CARD), client("active", "").replace("Text", "Mine"));
    assert_eq!(karto.run(["edit", "acme", "--over"]).status, 2, "it means nothing without --resume");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_nobody_gets_does_not_undo_the_edit() {
    let karto = karto(&replaced("Text", "More"));
    let answer = karto.run_unheard(["edit", "acme"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert!(answer.err.contains("note: the changes are made; the report on them is incomplete"), "{}", answer.err);
    assert!(read(&karto, CARD).ends_with("More\n"));
    assert_eq!(read(&karto, COPY), "");
}

#[test]
fn what_somebody_else_saved_in_between_is_not_lost_and_neither_is_the_text() {
    let script = format!(
        "{}; sed 's/Acme/Acme Trade/' \"$CARD\" > \"$CARD.new\"; mv \"$CARD.new\" \"$CARD\"",
        replaced("Text", "Mine")
    );
    let karto = karto(&script);
    let answer = karto.run(["edit", "acme"]);
    assert_eq!(answer.status, 1);
    assert!(answer.err.contains("clients/acme.md changed meanwhile"), "{}", answer.err);
    assert!(answer.err.contains("--resume"), "{}", answer.err);
    assert!(read(&karto, CARD).contains("name: Acme Trade") && read(&karto, CARD).ends_with("Text\n"));
    assert!(read(&karto, COPY).ends_with("Mine\n"));

    let karto = with_editor(karto, "true");
    let answer = karto.run(["edit", "acme", "--resume"]);
    assert_eq!(answer.status, 2, "not unseen");
    assert!(answer.err.contains("+name: Acme Trade"), "{}", answer.err);
    assert!(read(&karto, COPY).ends_with("Mine\n"));

    let karto = with_editor(karto, &replaced("Acme$", "Acme Trade")).typing("y\n");
    assert_eq!(karto.run(["edit", "acme", "--resume"]).status, 0);
    assert!(read(&karto, CARD).contains("name: Acme Trade") && read(&karto, CARD).ends_with("Mine\n"));
    assert_eq!(read(&karto, COPY), "");
}

#[test]
fn a_text_that_was_left_is_never_overwritten_unasked() {
    let karto = karto(&replaced("stage: active", "stage: wrong"));
    assert_eq!(karto.run(["edit", "acme"]).status, 1);
    let left = read(&karto, COPY);
    assert!(left.contains("stage: wrong"));
    assert_eq!(karto.run(["edit", "acme"]).status, 2);
    let karto = karto.typing("x\n");
    assert_eq!(karto.run(["edit", "acme"]).status, 2, "no answer is no leave");
    assert_eq!(read(&karto, COPY), left);
    let karto = with_editor(karto.typing("t\n"), "true");
    assert_eq!(karto.run(["edit", "acme"]).out, "acme: unchanged\n");
    assert_eq!(read(&karto, COPY), "");
}

#[test]
fn several_cards_are_taken_over_together_or_not_at_all() {
    let script = "for file; do case $file in *acme.md) sed 's/active$/wrong/' \"$file\" > x;; *) sed 's/Text/More/' \"$file\" > x;; esac; cat x > \"$file\"; rm x; done";
    let karto = karto(script).with_file("clients/beta.md", &client("active", ""));
    assert_eq!(karto.run(["edit", "acme", "beta"]).status, 1);
    assert!(read(&karto, "clients/beta.md").ends_with("Text\n"));
    assert!(read(&karto, ".karto/edit/clients/beta.md").ends_with("More\n"));
}

#[test]
fn the_bytes_that_the_editor_writes_are_the_bytes_of_the_card() {
    let text = "\u{feff}---\r\ntype: client # kind\r\nname:   'Ácme'\r\nstage: active\r\n---\r\nBody without end";
    let karto = karto(&replaced("Body", "Text")).with_file(CARD, text);
    assert_eq!(karto.run(["edit", "acme"]).status, 0);
    assert_eq!(read(&karto, CARD), text.replace("Body", "Text"));
}

#[test]
fn a_card_never_vanishes_by_an_edit() {
    for script in [": > \"$1\"", &replaced("---", "--"), "echo Text > \"$1\""] {
        let karto = karto(script);
        let answer = karto.run(["edit", "acme"]);
        assert_eq!(answer.status, 1, "{script}: {}", answer.out);
        assert_eq!(read(&karto, CARD), client("active", ""), "{script}");
    }
}

#[test]
fn two_files_of_one_name_have_a_copy_each() {
    let karto = karto("echo mine >> \"$1\"; exit 1")
        .with_file("notes/a/readme.md", "A\n")
        .with_file("notes/b/readme.md", "B\n");
    assert!(karto.run(["edit", "readme"]).err.contains("could be notes/a/readme.md, notes/b/readme.md"));
    assert!(karto.run(["edit", "notes/b/readme.md"]).err.contains("karto edit notes/b/readme.md --resume"));
    let karto = with_editor(karto, "true");
    assert_eq!(karto.run(["edit", "notes/b/readme.md", "--resume"]).status, 0);
    assert_eq!(
        (read(&karto, "notes/a/readme.md"), read(&karto, "notes/b/readme.md")),
        ("A\n".into(), "B\nmine\n".into())
    );
}

#[test]
fn a_link_in_the_place_of_the_copy_leads_nowhere() {
    let karto = karto(&replaced("Text", "More"));
    let precious = karto.root().join("precious.txt");
    fs::write(&precious, "precious").unwrap();
    fs::create_dir_all(karto.root().join(".karto/edit/clients")).unwrap();
    std::os::unix::fs::symlink(&precious, karto.root().join(COPY)).unwrap();
    let answer = karto.run(["edit", "acme", "--discard"]);
    assert_eq!(answer.status, 0, "{}", answer.err);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
}
