//! Nothing is left out in silence: neither what can't be compared or read, nor what stands in a note.

use crate::support::Karto;

const NO_RATE: &str = "---\ntype: opportunity\nname: Far away\nstage: offer\nclient: farby-gniezno\nowner: piotr\n\
                       next_contact: 2026-11-24\nexpected_close: 2026-12-24\nvalue: 5000\ncurrency: JPY\n---\n";

const UNREADABLE: &str = "---\ntype: client\nname: [\n---\n";

#[test]
fn a_record_that_cant_be_compared_is_named_by_every_command_that_asks_for_it() {
    let karto = Karto::on_example().with_file("opportunities/far-away.md", NO_RATE);
    let named = "far-away is left out: value can't be compared, no rate is known for JPY";
    for command in ["due", "funnel", "list", "search away"] {
        for format in ["json", "jsonl", "csv"] {
            let arguments = command.split(' ').chain(["value:1..", "--format", format]);
            let answer = karto.run(arguments);
            assert!(answer.err.contains(named), "{command} --format {format}: {}", answer.err);
            assert!(!answer.out.contains("far-away"), "{command} --format {format}: {}", answer.out);
        }
    }
    for command in ["due", "funnel", "list"] {
        assert!(karto.run([command, "value:1.."]).out.contains(named), "{command}");
    }
    // A funnel of leads has no place for an opportunity, with or without a rate.
    assert!(!karto.run(["funnel", "--type", "lead", "value:1.. OR type:lead"]).out.contains("far-away"));
}

#[test]
fn records_as_json_have_the_totals_of_their_list_beside_them() {
    let karto = Karto::on_example();
    let query = ["list", "type:opportunity", "stage:offer", "--limit", "1", "--format"];
    let of = |format: &str| karto.run(query.iter().copied().chain([format])).err;
    assert!(of("json").contains("records\nValue: "), "{}", of("json"));
    assert!(of("json").contains("note: 1 of "), "{}", of("json"));
    assert_eq!(of("json"), of("csv"));
    assert_eq!(of("json"), of("jsonl"));
}

#[cfg(unix)]
#[test]
fn a_schema_that_lies_outside_of_the_workspace_is_named_and_not_read() {
    let karto = Karto::on_example();
    std::fs::write(karto.root().with_file_name("secret"), "my own affairs").unwrap();
    std::os::unix::fs::symlink("../../secret", karto.root().join("schemas/secret.schema.json")).unwrap();
    let answer = karto.run(["validate"]);
    assert!(answer.out.contains("link-outside") && !answer.out.contains("affairs"), "{}", answer.out);
    assert_eq!(answer.status, 0);
}

#[test]
fn a_card_that_is_asked_for_but_cant_be_read_is_named() {
    let answer = Karto::on_example().with_file("clients/torn.md", UNREADABLE).run(["show", "torn"]);
    assert!(answer.err.contains("left out: clients/torn.md:3:"), "{}", answer.err);
    assert!(answer.err.contains("clients/torn.md can't be read as a card"), "{}", answer.err);
    assert_eq!(answer.status, 2);
}

#[test]
fn the_tasks_of_notes_are_due_like_others() {
    let note = "# Fair in Poznań\n\n- [ ] Book the stand due:2026-11-20 @anna\n- [ ] Some day\n";
    let karto = Karto::on_example().with_file("notes/fair.md", note);
    let csv = karto.run(["due", "--format", "csv"]).out;
    let line = csv.lines().find(|line| line.contains("Book the stand")).unwrap();
    assert!(line.starts_with("overdue,2026-11-20,3,fair,note,Fair in Poznań,"), "{line}");
    // Whose it is decides what the day shows; a question about fields is no question about notes.
    assert!(karto.run(["due", "owner:piotr"]).out.find("Book the stand").is_none());
    assert!(karto.env("KARTO_USER", "anna").run::<&str>([]).out.contains("Book the stand"));
}
