//! The program in a hostile or unlucky world: it says what is wrong, leaves nothing out in silence, and lives on.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::Karto;

/// A client whose name is its id.
fn client(name: &str) -> String {
    format!("---\ntype: client\nname: {name}\nstage: active\n---\n")
}

fn small() -> Karto {
    Karto::on_nothing().with_file("karto.yaml", "currency: PLN\n").with_file("clients/acme.md", &client("Acme"))
}

fn sale(fields: &str) -> String {
    format!("---\ntype: opportunity\nname: Sale\nclient: acme\nstage: offer\n{fields}---\n")
}

#[test]
fn amounts_that_can_not_be_added_are_findings_and_named_where_they_would_have_counted() {
    let karto = small()
        .with_file("opportunities/huge.md", &sale("value: 79228162514264337593543950335\n"))
        .with_file("opportunities/fine.md", &sale("value: 0.0000000000000000000000000000000000000001\n"))
        .with_file("opportunities/usual.md", &sale("value: 1000\n"))
        .with_file("opportunities/free.md", &sale("value: 1000\ncurrency: EUR\nrate: 0\n"))
        .with_file("opportunities/sure.md", &sale("value: 10\nprobability: 1000\n"));
    let funnel = karto.run(["funnel"]);
    assert!(funnel.out.contains("1 010 PLN") && funnel.out.contains("505 PLN"), "{}", funnel.out);
    assert!(funnel.out.contains("no rate for its currency: free"), "{}", funnel.out);
    assert!(funnel.out.contains("it can't be read as an amount: fine, huge"), "{}", funnel.out);
    let list = karto.run(["list", "type:opportunity"]);
    assert!(
        list.out.contains("Value: 2 not in the sum, for it can't be read as an amount: fine, huge"),
        "{}",
        list.out
    );
    let findings = karto.run(["validate"]).out;
    for place in ["field-money", "opportunities/huge.md:6:8", "opportunities/fine.md:6:8", "opportunities/sure.md:7:14"]
    {
        assert!(findings.contains(place), "{place}: {findings}");
    }
}

#[test]
fn payments_beyond_measure_do_not_stop_anything() {
    let paid = "payments:\n  - {id: a, date: 2026-01-01, amount: 79228162514264337593543950335}\n  - {id: b, date: 2026-01-02, \
                amount: 79228162514264337593543950335}\n";
    let invoice =
        format!("---\ntype: invoice\nname: I\nclient: acme\nstage: issued\nvalue: 100\ndue: 2026-11-01\n{paid}---\n");
    let karto = small().with_file("invoices/acme-invoice-1.md", &invoice);
    for command in [&["due"][..], &["show", "acme"], &["list", "open_invoices:1.."], &[]] {
        assert_eq!(karto.run(command).status, 0, "{command:?}");
    }
}

#[test]
fn a_link_or_a_folder_that_can_not_be_read_is_named_by_every_command() {
    let karto = small();
    symlink("nowhere.md", karto.root().join("clients/dead.md")).unwrap();
    for command in [&["list"][..], &["due"], &["funnel"], &["search", "acme"], &[]] {
        let answer = karto.run(command);
        assert_eq!(answer.status, 2, "{command:?}");
        assert!(answer.err.contains("clients/dead.md: the link leads nowhere"), "{}", answer.err);
    }
    assert_eq!(karto.run(["validate"]).status, 2);
}

#[test]
fn a_socket_that_is_called_like_a_card_is_named_and_not_opened() {
    let karto = small();
    let _socket = std::os::unix::net::UnixListener::bind(karto.root().join("clients/socket.md")).unwrap();
    symlink("socket.md", karto.root().join("clients/to-socket.md")).unwrap();
    let answer = karto.run(["list"]);
    assert_eq!(answer.status, 2);
    assert_eq!(answer.err.matches("a FIFO, a socket or a device").count(), 2, "{}", answer.err);
}

#[test]
fn a_karto_yaml_that_is_no_file_marks_the_root_all_the_same() {
    let karto = small();
    fs::create_dir_all(karto.root().join("inner/karto.yaml")).unwrap();
    let answer = karto.in_folder("inner").run(["list"]);
    assert_eq!((answer.status, answer.out.as_str()), (2, ""));
    assert!(answer.err.contains("can't read /home/anna/crm/inner/karto.yaml"), "{}", answer.err);
}

#[test]
fn a_newer_format_is_read_with_a_warning() {
    let answer = small().with_file("karto.yaml", "format: 2\n").run(["list"]);
    assert_eq!(answer.status, 0);
    assert!(answer.err.contains("this workspace has format 2, this program knows format 1"), "{}", answer.err);
}

#[test]
fn files_of_other_systems_are_called_what_they_are() {
    let karto = small().with_file("clients/mac.md", &client("Mac").replace('\n', "\r"));
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(client("Wide").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(karto.root().join("clients/wide.md"), utf16).unwrap();
    let answer = karto.run(["list"]);
    assert_eq!(answer.status, 2);
    assert!(answer.err.contains("clients/mac.md:1:1: the lines end with CR alone"), "{}", answer.err);
    assert!(answer.err.contains("clients/wide.md:1:1: the file is UTF-16"), "{}", answer.err);
    assert!(!answer.err.contains("NUL"), "{}", answer.err);
}

#[test]
fn a_limit_of_nothing_does_not_say_that_there_is_nothing() {
    let karto = Karto::on_example();
    for command in [&["list", "-n", "0"][..], &["due", "-n", "0"], &["search", "pallet", "-n", "0"]] {
        let out = karto.run(command).out;
        assert!(!out.contains("No record") && !out.contains("Nothing"), "{out}");
        assert!(out.contains("0 of "), "{out}");
    }
}

#[test]
fn an_argument_that_steers_a_terminal_comes_back_in_plain_text() {
    for arguments in
        [&["\u{1b}[31mno\u{7}"][..], &["list", "--limit", "\u{1b}]0;x\u{7}"], &["list", "--format", "\u{202e}"]]
    {
        let answer = small().run(arguments);
        assert_eq!(answer.status, 2);
        assert!(!answer.err.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", answer.err);
    }
}

#[test]
fn much_of_everything_takes_time_that_grows_with_it_and_no_faster() {
    let fields: String = (0..20_000).map(|at| format!("field{at}: {at}\n")).collect();
    let contacts = "  - id: twice\n    name: N\n".repeat(5_000);
    let log: String = (0..20_000).map(|at| format!("### 2026-11-20 call: No. {at}\n\nOf [[acme]].\n\n")).collect();
    let card = |fields: &str, body: &str| {
        format!("---\ntype: client\nname: Much\nstage: active\n{fields}---\n## Log\n\n{body}")
    };
    let karto = small()
        .with_file("clients/fields.md", &card(&fields, ""))
        .with_file("clients/contacts.md", &card(&format!("contacts:\n{contacts}"), ""))
        .with_file("clients/log.md", &card("", &log));
    assert_eq!(karto.run(["list", "contact_count:20000", "--format", "jsonl"]).out.lines().count(), 1);
    let findings = karto.run(["validate", "--format", "jsonl"]).out;
    assert_eq!(findings.matches("field-duplicate").count(), 4_999);
}

#[test]
fn a_card_whose_front_matter_begins_too_late_does_not_vanish_among_the_notes() {
    let late = format!("\n{}", client("Late"));
    let answer = small().with_file("clients/late.md", &late).run(["list"]);
    assert_eq!(answer.status, 2);
    assert!(answer.err.contains("clients/late.md:2:1: the front matter does not begin"), "{}", answer.err);
    assert_eq!(small().with_file("notes/late.md", &late).run(["list"]).status, 0, "elsewhere it is a note");
}

#[test]
fn cards_with_one_id_are_all_counted_and_every_answer_says_so() {
    let answer = small().with_file("clients/more/acme.md", &client("Acme again")).run(["list"]);
    assert_eq!(answer.status, 0);
    assert!(answer.err.contains("more than one card has the id acme, and all of them are counted"), "{}", answer.err);
}
