//! The truth table: what two people did to one card, and what comes of it.

use super::*;
use crate::model::schema::Schemas;
use crate::text::conflict::Choice;

const CARD: &str = "\
---
type: opportunity
name: ERP rollout
client: acme
owner: anna
stage: identification
# promised
next_contact: 2026-11-25
value: 1000 # net
tags:
  - erp
  - cold
contacts:
  - id: kowalski
    name: Jan Kowalski
    phone: '+48600100200'
  - id: nowak
    name: Ewa Nowak
history:
  - 2026-11-01 identification @anna
---
They want it.

Second paragraph.

## Tasks

- [ ] Send the offer due:2026-11-25
- [ ] Ask about the budget

## Log

### 2026-11-10 call @anna: Second

Two.

### 2026-11-03 visit @anna: First
";

/// `CARD` with one text in another's place; each must be there.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(CARD.to_owned(), |card, (old, new)| {
        assert!(card.contains(old), "{old}");
        card.replacen(old, new, 1)
    })
}

fn merged(base: &str, ours: &str, theirs: &str) -> Merge {
    let path = SourcePath::new("opportunities/acme-erp.md").unwrap();
    let config = Config::builtin(Schemas::builtin());
    merge(base.as_bytes(), ours.as_bytes(), theirs.as_bytes(), &path, MarkStyle::new(7, "ours", "theirs"), &config)
}

#[track_caller]
fn clean(ours: &[(&str, &str)], theirs: &[(&str, &str)], both: &[(&str, &str)]) {
    let (ours, theirs, both) = (with(ours), with(theirs), with(both));
    match merged(CARD, &ours, &theirs) {
        Merge::Clean(bytes) => similar_asserts(&String::from_utf8(bytes).unwrap(), &both),
        other => panic!("not clean: {}", shown(&other)),
    }
}

fn similar_asserts(found: &str, expected: &str) {
    let diff = similar::TextDiff::from_lines(expected, found).unified_diff().to_string();
    assert!(found == expected, "{diff}");
}

fn shown(merge: &Merge) -> String {
    match merge {
        Merge::Conflicts { bytes, places } => format!("{places} conflicts\n{}", String::from_utf8_lossy(bytes)),
        other => format!("{other:?}"),
    }
}

/// The conflict's lines, and that taking them away leaves what is said.
#[track_caller]
fn conflict(ours: &[(&str, &str)], theirs: &[(&str, &str)], marked: &str) {
    match merged(CARD, &with(ours), &with(theirs)) {
        Merge::Conflicts { bytes, .. } => {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(marked), "{text}");
        }
        other => panic!("{}", shown(&other)),
    }
}

#[test]
fn different_fields_do_not_conflict_not_even_neighbours() {
    clean(
        &[("owner: anna", "owner: piotr")],
        &[("stage: identification\n", "stage: qualification\n")],
        &[("owner: anna", "owner: piotr"), ("stage: identification\n", "stage: qualification\n")],
    );
}

#[test]
fn a_move_beside_a_changed_date() {
    let moved = [
        ("stage: identification\n", "stage: qualification\n"),
        ("@anna\n---", "@anna\n  - 2026-11-12 qualification @anna\n---"),
    ];
    let postponed = [
        ("next_contact: 2026-11-25", "next_contact: 2026-12-01"),
        ("value: 1000", "expected_close: 2027-01-01\nvalue: 1000"),
    ];
    clean(&moved, &postponed, &[moved[0], moved[1], postponed[0], postponed[1]]);
    clean(&postponed, &moved, &[moved[0], moved[1], postponed[0], postponed[1]]);
}

#[test]
fn one_field_changed_differently_conflicts_alone() {
    conflict(
        &[("value: 1000", "value: 2000"), ("owner: anna", "owner: piotr")],
        &[("value: 1000", "value: 3000")],
        "owner: piotr\nstage: identification\n# promised\nnext_contact: 2026-11-25\n<<<<<<< ours\nvalue: 2000 # net\n=======\nvalue: 3000 # net\n>>>>>>> theirs\ntags:\n",
    );
}

#[test]
fn the_same_change_twice_is_one() {
    let change = [("value: 1000", "value: 2000")];
    clean(&change, &[change[0], ("owner: anna", "owner: piotr")], &[change[0], ("owner: anna", "owner: piotr")]);
    clean(&[("1000 # net", "2000.00")], &[("1000", "2000")], &[("1000 # net", "2000.00")]);
}

#[test]
fn deleted_against_unchanged_stays_deleted_and_against_changed_conflicts() {
    clean(
        &[("value: 1000 # net\n", "")],
        &[("owner: anna", "owner: piotr")],
        &[("value: 1000 # net\n", ""), ("owner: anna", "owner: piotr")],
    );
    clean(
        &[("owner: anna", "owner: piotr")],
        &[("value: 1000 # net\n", "")],
        &[("value: 1000 # net\n", ""), ("owner: anna", "owner: piotr")],
    );
    conflict(
        &[("value: 1000 # net\n", "")],
        &[("value: 1000", "value: 2000")],
        "<<<<<<< ours\n=======\nvalue: 2000 # net\n>>>>>>> theirs\n",
    );
    conflict(
        &[("value: 1000", "value: 2000")],
        &[("value: 1000 # net\n", "")],
        "<<<<<<< ours\nvalue: 2000 # net\n=======\n>>>>>>> theirs\n",
    );
}

#[test]
fn what_ours_has_deleted_conflicts_also_beside_another_conflict() {
    conflict(
        &[("value: 1000 # net\n", ""), ("next_contact: 2026-11-25", "next_contact: 2026-11-26")],
        &[("value: 1000", "value: 2000"), ("next_contact: 2026-11-25", "next_contact: 2026-11-27")],
        "next_contact: 2026-11-27\n>>>>>>> theirs\n<<<<<<< ours\n=======\nvalue: 2000 # net\n>>>>>>> theirs\n",
    );
}

#[test]
fn lists_are_sets_that_honour_deletions() {
    clean(
        &[("  - cold\n", "  - cold\n  - key\n")],
        &[("  - cold\n", "  - big\n")],
        &[("  - cold\n", "  - big\n  - key\n")],
    );
    clean(&[("  - erp\n", "")], &[("  - cold\n", "")], &[("tags:\n  - erp\n  - cold\n", "tags: []\n")]);
}

#[test]
fn contacts_are_told_apart_by_their_ids() {
    clean(
        &[("    name: Ewa Nowak\n", "    name: Ewa Nowak\n    role: boss\n")],
        &[
            ("'+48600100200'", "'+48700'"),
            ("    name: Ewa Nowak\n", "    name: Ewa Nowak\n  - id: lis\n    name: Adam Lis\n"),
        ],
        &[
            ("'+48600100200'", "'+48700'"),
            ("    name: Ewa Nowak\n", "    name: Ewa Nowak\n    role: boss\n  - id: lis\n    name: Adam Lis\n"),
        ],
    );
    conflict(
        &[("'+48600100200'", "'+481'")],
        &[("'+48600100200'", "'+482'")],
        "    name: Jan Kowalski\n<<<<<<< ours\n    phone: '+481'\n=======\n    phone: '+482'\n>>>>>>> theirs\n  - id: nowak\n",
    );
}

#[test]
fn history_is_a_set_in_the_order_of_time() {
    let line = |text: &str| format!("@anna\n  - {text}\n---");
    let (early, late) = (line("2026-11-11 owner=anna @anna"), line("2026-11-12T10:00 value=1000 @piotr"));
    let both = "@anna\n  - 2026-11-11 owner=anna @anna\n  - 2026-11-12T10:00 value=1000 @piotr\n---";
    clean(&[("@anna\n---", &early)], &[("@anna\n---", &late)], &[("@anna\n---", both)]);
    clean(&[("@anna\n---", &late)], &[("@anna\n---", &early)], &[("@anna\n---", both)]);
}

#[test]
fn the_same_move_by_two_people_is_one() {
    let moved = |line: &'static str| [("stage: identification\n", "stage: qualification\n"), ("@anna\n---", line)];
    let ours = moved("@anna\n  - 2026-11-12 qualification @anna\n---");
    clean(&ours, &moved("@anna\n  - 2026-11-12T10:00 qualification @piotr\n---"), &ours);
}

/// `CARD` with more fields, and with these lines in its history.
fn history(changes: &[(&str, &str)], lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("\n  - {line}")).collect();
    with(&[changes, &[("@anna\n---", &format!("@anna{lines}\n---"))]].concat())
}

/// What the merged history says behind its first line, whichever side merges.
#[track_caller]
fn histories(base: &str, ours: &str, theirs: &str, expected: &[&str]) {
    for (ours, theirs) in [(ours, theirs), (theirs, ours)] {
        let text = shown_clean(&merged(base, ours, theirs));
        let (_, rest) = text.split_once("history:\n").unwrap_or(("", &text));
        let lines: Vec<&str> = rest.lines().skip(1).map_while(|line| line.strip_prefix("  - ")).collect();
        assert_eq!(lines, expected, "{text}");
    }
}

#[test]
fn a_change_told_by_both_stands_where_the_earlier_one_stood() {
    let changes = [("owner: anna", "owner: piotr"), ("value: 1000", "value: 2000")];
    let ours = history(&changes, &["2026-11-12T11:00 value=2000", "2026-11-12T15:00 owner=piotr"]);
    let theirs = history(&changes[..1], &["2026-11-12T10:00 owner=piotr"]);
    histories(CARD, &ours, &theirs, &["2026-11-12T10:00 owner=piotr", "2026-11-12T11:00 value=2000"]);
    let theirs = history(&changes, &["2026-11-12T11:00 value=2000.00 @anna"]);
    histories(CARD, &ours, &theirs, &["2026-11-12T11:00 value=2000", "2026-11-12T15:00 owner=piotr"]);
}

#[test]
fn a_change_there_and_back_on_one_day_is_no_single_change() {
    let changes = [("owner: anna", "owner: piotr")];
    let [piotr, anna] = ["2026-11-12 owner=piotr", "2026-11-12 owner=anna"];
    let ours = history(&changes, &[piotr, anna, piotr]);
    histories(CARD, &ours, &history(&changes, &[piotr]), &[piotr, anna, piotr]);
    let lines = ["2026-11-12T10:00 owner=piotr", "2026-11-12T11:00 owner=anna", "2026-11-12T12:00 owner=piotr"];
    let theirs = history(&changes, &["2026-11-12T09:00 owner=piotr"]);
    histories(CARD, &history(&changes, &lines), &theirs, &[&["2026-11-12T09:00 owner=piotr"], &lines[..]].concat());
}

#[test]
fn a_line_without_a_time_stays_behind_the_one_above_it() {
    let changes = [("owner: anna", "owner: piotr"), ("value: 1000", "value: 2000")];
    let ours = history(&changes[..1], &["2026-11-12T10:00 owner=marek", "2026-11-12 owner=piotr"]);
    let theirs = history(&changes[1..], &["2026-11-12T09:00 value=2000"]);
    let all = ["2026-11-12T09:00 value=2000", "2026-11-12T10:00 owner=marek", "2026-11-12 owner=piotr"];
    histories(CARD, &ours, &theirs, &all);
}

#[test]
fn a_line_that_one_side_took_away_or_wrote_in_another_way_is_one_line() {
    let twice = ["2026-11-12 owner=anna", "2026-11-12 owner=anna"];
    let base = history(&[], &twice);
    let ours = history(&[], &twice[..1]);
    let theirs = history(&[("value: 1000", "value: 2000")], &[twice[0], twice[1], "2026-11-13 value=2000"]);
    histories(&base, &ours, &theirs, &["2026-11-12 owner=anna", "2026-11-13 value=2000"]);
    // A move a day apart, or with more beside it, is another line.
    let changes = [("stage: identification\n", "stage: qualification\n")];
    let ours = history(&changes, &["2026-11-12 qualification @anna"]);
    let theirs = history(&changes, &["2026-11-13 qualification @anna"]);
    histories(CARD, &ours, &theirs, &["2026-11-12 qualification @anna", "2026-11-13 qualification @anna"]);
}

#[test]
fn two_stages_conflict_and_say_who_and_when() {
    conflict(
        &[("stage: identification\n", "stage: won\n"), ("@anna\n---", "@anna\n  - 2026-11-12 won @anna\n---")],
        &[
            ("stage: identification\n", "stage: lost\nlost_reason: price\n"),
            ("@anna\n---", "@anna\n  - 2026-11-13 lost lost_reason=price @piotr\n---"),
        ],
        "<<<<<<< ours (won 2026-11-12 @anna)\nstage: won\n=======\nstage: lost\n>>>>>>> theirs (lost 2026-11-13 @piotr)\n",
    );
}

#[test]
fn a_gate_that_only_both_together_break_is_a_conflict() {
    let moved = [("stage: identification\n", "stage: offer\nexpected_close: 2027-01-01\n")];
    conflict(&moved, &[("value: 1000 # net\n", "")], "<<<<<<< ours\nvalue: 1000 # net\n=======\n>>>>>>> theirs\n");
    conflict(&[("value: 1000 # net\n", "")], &moved, "<<<<<<< ours\n=======\nvalue: 1000 # net\n>>>>>>> theirs\n");
}

#[test]
fn what_a_choice_would_break_is_marked_beside_the_choice() {
    let both = "value: 1000 # net\nexpected_close: 2026-12-01\n";
    let base = with(&[("value: 1000 # net\n", both)]);
    let moved = base.replacen("stage: identification\n", "stage: offer\n", 1).replacen(
        "close: 2026-12-01",
        "close: 2026-12-20",
        1,
    );
    let took = base.replacen(both, "", 1);
    for (ours, theirs, marked) in [
        (
            &took,
            &moved,
            "<<<<<<< ours\n=======\nvalue: 1000 # net\n>>>>>>> theirs\n<<<<<<< ours\n=======\nexpected_close: 2026-12-20\n>>>>>>> theirs\n",
        ),
        (
            &moved,
            &took,
            "<<<<<<< ours\nvalue: 1000 # net\n=======\n>>>>>>> theirs\n<<<<<<< ours\nexpected_close: 2026-12-20\n=======\n>>>>>>> theirs\n",
        ),
    ] {
        let Merge::Conflicts { bytes, places: 2 } = merged(&base, ours, theirs) else { panic!() };
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(marked), "{text}");
    }
    // Beside a conflict of the text it is one too.
    let moved =
        [("They want it.", "They want it!"), ("stage: identification\n", "stage: offer\nexpected_close: 2027-01-01\n")];
    let took = [("They want it.", "They want it?"), ("value: 1000 # net\n", "")];
    conflict(&moved, &took, "<<<<<<< ours\nvalue: 1000 # net\n=======\n>>>>>>> theirs\n");
}

#[test]
fn a_history_that_ends_with_another_stage_than_the_card_is_a_conflict_of_the_stage() {
    let line = |lines: &str| format!("@anna\n{lines}---");
    let moved = line("  - 2026-11-11 qualification @anna\n");
    let and_back = line("  - 2026-11-12 negotiation @piotr\n  - 2026-11-13 identification @piotr\n");
    let ours = [("stage: identification\n", "stage: qualification\n"), ("@anna\n---", moved.as_str())];
    conflict(
        &ours,
        &[("@anna\n---", &and_back)],
        "<<<<<<< ours (qualification 2026-11-11 @anna)\nstage: qualification\n=======\nstage: identification\n>>>>>>> theirs (identification 2026-11-13 @piotr)\n",
    );
}

#[test]
fn what_stands_in_one_line_with_a_conflict_is_merged_on_both_sides() {
    let address =
        |street: &str, city: &str| [("tags:\n", format!("address: {{street: {street}, city: {city}}}\ntags:\n"))];
    let [base, ours, theirs] = [("A", "Kraków"), ("B", "Łódź"), ("A", "Opole")].map(|(street, city)| {
        let change = address(street, city);
        with(&[(change[0].0, &change[0].1)])
    });
    let Merge::Conflicts { bytes, places: 1 } = merged(&base, &ours, &theirs) else { panic!() };
    let text = String::from_utf8(bytes).unwrap();
    let marked =
        "<<<<<<< ours\naddress: {street: B, city: Łódź}\n=======\naddress: {street: B, city: Opole}\n>>>>>>> theirs\n";
    assert!(text.contains(marked), "{text}");
    let flow = "---\n{type: lead, name: A, owner: anna, stage: new}\n---\n";
    let ours = flow.replace("owner: anna", "owner: piotr").replace("name: A", "name: B");
    let theirs = flow.replace("name: A", "name: C");
    let marked = "---\n<<<<<<< ours\n{type: lead, name: B, owner: piotr, stage: new}\n=======\n{type: lead, name: C, owner: piotr, stage: new}\n>>>>>>> theirs\n---\n";
    assert_eq!(merged(flow, &ours, &theirs), Merge::Conflicts { bytes: marked.as_bytes().to_vec(), places: 1 });
}

#[test]
fn items_that_begin_with_another_key_than_their_id_are_merged_on_both_sides() {
    let list = "people:\n  - name: Jan\n    id: jan\n    phone: 1\n";
    let base = with(&[("tags:\n", &format!("{list}tags:\n"))]);
    let ours = base.replace("name: Jan\n", "name: Johann\n").replace("phone: 1", "phone: 2");
    let theirs = base.replace("name: Jan\n", "name: Janek\n");
    let Merge::Conflicts { bytes, .. } = merged(&base, &ours, &theirs) else { panic!() };
    let text = String::from_utf8(bytes).unwrap();
    let marked = "<<<<<<< ours\n  - name: Johann\n    id: jan\n    phone: 2\n=======\n  - name: Janek\n    id: jan\n    phone: 2\n>>>>>>> theirs\n";
    assert!(text.contains(marked), "{text}");
}

#[test]
fn two_calls_are_two_entries_in_the_files_order() {
    let entry =
        |text: &str| ("### 2026-11-10 call @anna: Second", format!("{text}\n\n### 2026-11-10 call @anna: Second"));
    let (a, b) = (entry("### 2026-11-12 call @anna: A"), entry("### 2026-11-11 call @piotr: B\n\nText of b."));
    let both = entry("### 2026-11-12 call @anna: A\n\n### 2026-11-11 call @piotr: B\n\nText of b.");
    clean(&[(a.0, &a.1)], &[(b.0, &b.1)], &[(both.0, &both.1)]);
    clean(&[(b.0, &b.1)], &[(a.0, &a.1)], &[(both.0, &both.1)]);
}

#[test]
fn the_same_entry_twice_is_one_and_an_edited_one_is_an_edit() {
    let entry = ("### 2026-11-10 call", "### 2026-11-12 call @anna: A\n\n### 2026-11-10 call");
    clean(&[entry], &[entry, ("Two.", "Two, three.")], &[entry, ("Two.", "Two, three.")]);
    clean(
        &[("call @anna: Second", "call 20m @anna: Second")],
        &[("Second\n\nTwo.", "Second call\n\nTwo.\n\n- [ ] Send it")],
        &[("call @anna: Second\n\nTwo.", "call 20m @anna: Second call\n\nTwo.\n\n- [ ] Send it")],
    );
}

#[test]
fn an_entry_deleted_and_edited_conflicts() {
    conflict(
        &[("### 2026-11-10 call @anna: Second\n\nTwo.\n\n", "")],
        &[("Two.", "Two, three.")],
        "<<<<<<< ours\n=======\n### 2026-11-10 call @anna: Second\n\nTwo, three.\n\n>>>>>>> theirs\n",
    );
}

#[test]
fn tasks_merge_one_by_one() {
    clean(
        &[("- [ ] Send the offer due:2026-11-25", "- [x] Send the offer due:2026-11-25 done:2026-11-24")],
        &[
            ("due:2026-11-25\n", "due:2026-11-27\n"),
            ("- [ ] Ask about the budget\n", "- [ ] Ask about the budget\n- [ ] New\n"),
        ],
        &[
            ("- [ ] Send the offer due:2026-11-25", "- [x] Send the offer due:2026-11-27 done:2026-11-24"),
            ("- [ ] Ask about the budget\n", "- [ ] Ask about the budget\n- [ ] New\n"),
        ],
    );
    clean(
        &[("budget\n", "budget\n- [ ] Ours\n")],
        &[("budget\n", "budget\n- [ ] Theirs\n")],
        &[("budget\n", "budget\n- [ ] Theirs\n- [ ] Ours\n")],
    );
}

const WEEKLY: &str = "- [ ] Weekly call due:2026-11-12 rec:1w\n";
const NEXT: &str = "- [ ] Weekly call due:2026-11-19 rec:1w\n";

/// `CARD` with another text in the place of its tasks.
fn tasks(text: &str) -> String {
    with(&[("- [ ] Send the offer due:2026-11-25\n- [ ] Ask about the budget\n", text)])
}

#[test]
fn a_task_that_repeats_is_the_one_that_is_due_on_the_same_day() {
    let done = |day: &str| format!("{NEXT}- [x] Weekly call due:2026-11-12 rec:1w done:{day}\n");
    let base = tasks(WEEKLY);
    assert_eq!(
        shown_clean(&merged(&base, &tasks(&done("2026-11-12")), &tasks(&done("2026-11-12")))),
        tasks(&done("2026-11-12"))
    );
    let marked = format!(
        "{NEXT}<<<<<<< ours\n- [x] Weekly call due:2026-11-12 rec:1w done:2026-11-12\n=======\n- [x] Weekly call due:2026-11-12 rec:1w done:2026-11-13\n>>>>>>> theirs\n"
    );
    let Merge::Conflicts { bytes, places: 1 } = merged(&base, &tasks(&done("2026-11-12")), &tasks(&done("2026-11-13")))
    else {
        panic!()
    };
    assert_eq!(String::from_utf8(bytes).unwrap(), tasks(&marked));
    // One ticks it, the other postpones it.
    let postponed = tasks(&WEEKLY.replace("11-12", "11-14"));
    let both = tasks(&done("2026-11-12").replace("due:2026-11-12", "due:2026-11-14"));
    assert_eq!(shown_clean(&merged(&base, &tasks(&done("2026-11-12")), &postponed)), both);
    assert_eq!(shown_clean(&merged(&base, &postponed, &tasks(&done("2026-11-12")))), both);
}

#[test]
fn a_task_that_both_ticked_is_one_place_with_what_came_of_it() {
    let done = |result: &str, day: &str| format!("- [x] Weekly call due:2026-11-12 rec:1w done:{day}\n  - {result}\n");
    let (ours, theirs) = (done("By post", "2026-11-12"), done("By hand", "2026-11-13"));
    let Merge::Conflicts { bytes, places: 1 } = merged(&tasks(WEEKLY), &tasks(&ours), &tasks(&theirs)) else {
        panic!()
    };
    let marked = format!("<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n");
    assert_eq!(String::from_utf8(bytes).unwrap(), tasks(&marked));
}

#[test]
fn a_task_is_one_in_whatever_section_it_stands() {
    let sections = |tasks: &str, later: &str, never: &str| {
        tasks_of(&[("## Tasks", tasks), ("## Later", later), ("## Never", never)])
    };
    let (call, ticked, other) = ("- [ ] Call\n", "- [x] Call\n", "- [ ] Other\n");
    let base = sections(&[call, other].concat(), "", "");
    let moved = sections(other, call, "");
    let done = sections(&[ticked, other].concat(), "", "");
    let both = sections(other, ticked, "");
    assert_eq!(shown_clean(&merged(&base, &moved, &done)), both);
    assert_eq!(shown_clean(&merged(&base, &done, &moved)), both);
    assert_eq!(
        shown_clean(&merged(&base, &moved, &moved.replace("Other", "Others"))),
        moved.replace("Other", "Others")
    );
    // To two places: somebody must say to which.
    let elsewhere = sections(other, "", call);
    let Merge::Conflicts { bytes, places: 2 } = merged(&base, &moved, &elsewhere) else { panic!() };
    let marked = |ours: &str, theirs: &str| format!("<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n");
    assert_eq!(String::from_utf8(bytes).unwrap(), sections(other, &marked(call, ""), &marked("", call)));
}

/// `CARD` with other sections in the place of that of its tasks.
fn tasks_of(sections: &[(&str, &str)]) -> String {
    let text: String =
        sections.iter().map(|(heading, text)| format!("{heading}\n\n{text}- [ ] In {heading}\n\n")).collect();
    with(&[("## Tasks\n\n- [ ] Send the offer due:2026-11-25\n- [ ] Ask about the budget\n\n", &text)])
}

#[test]
fn a_task_is_called_by_its_first_line() {
    let base = tasks("- [ ] Call the board @anna\n  on the third floor of the old building\n");
    let ours = tasks("- [ ] Call the board @anna\n");
    let theirs = base.replace("Call the", "Ring the");
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), ours.replace("Call the", "Ring the"));
}

#[test]
fn what_both_have_made_of_one_name_is_one() {
    let new = |text: &str| tasks(&format!("{WEEKLY}{text}"));
    let base = tasks(WEEKLY);
    let (open, ticked) = (new("- [ ] Ring due:2026-11-20\n"), new("- [x] Ring due:2026-11-20 done:2026-11-20\n"));
    assert_eq!(shown_clean(&merged(&base, &open, &ticked)), ticked);
    assert_eq!(shown_clean(&merged(&base, &ticked, &open)), ticked);
    // Of two days they are two.
    let other = new("- [ ] Ring due:2026-11-21\n");
    let two = new("- [ ] Ring due:2026-11-21\n- [ ] Ring due:2026-11-20\n");
    assert_eq!(shown_clean(&merged(&base, &open, &other)), two);
    let entry = |text: &str| {
        [("### 2026-11-10 call", format!("### 2026-11-12 call @anna: A\n\n{text}\n\n### 2026-11-10 call"))]
    };
    let [short, long, other] = ["One.", "One.\n\nTwo.", "Three."].map(entry);
    clean(&[(short[0].0, &short[0].1)], &[(long[0].0, &long[0].1)], &[(long[0].0, &long[0].1)]);
    conflict(
        &[(long[0].0, &long[0].1)],
        &[(other[0].0, &other[0].1)],
        "<<<<<<< ours\n### 2026-11-12 call @anna: A\n\nOne.\n\nTwo.\n=======\n### 2026-11-12 call @anna: A\n\nThree.\n>>>>>>> theirs\n",
    );
}

#[test]
fn of_two_entries_with_one_head_the_one_with_the_same_text_is_the_same() {
    let untitled = "### 2026-11-10 call @anna\n\nThey want two prices.\n\n";
    let base = with(&[("### 2026-11-10 call @anna: Second\n\nTwo.\n\n", untitled)]);
    let ours = base.replace(
        untitled,
        &format!("### 2026-11-10 call @anna\n\nLater that day.\n\n{}", untitled.replace("two", "three")),
    );
    let theirs = base.replace("prices.", "prices.\n\nAnd a discount.");
    let both = ours.replace("prices.", "prices.\n\nAnd a discount.");
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), both);
    assert_eq!(shown_clean(&merged(&base, &theirs, &ours)), both);
}

#[test]
fn an_entry_that_is_chosen_to_go_leaves_no_gap() {
    let deleted = [("### 2026-11-10 call @anna: Second\n\nTwo.\n\n", "")];
    let changed = [("Two.", "Two, three.")];
    for (ours, theirs) in [(&deleted, &changed), (&changed, &deleted)] {
        let Merge::Conflicts { bytes, .. } = merged(CARD, &with(ours), &with(theirs)) else { panic!() };
        let text = String::from_utf8(bytes).unwrap();
        let (before, rest) = text.split_once("<<<<<<< ours\n").unwrap();
        let (mine, rest) = rest.split_once("=======\n").unwrap();
        let (yours, behind) = rest.split_once(">>>>>>> theirs\n").unwrap();
        similar_asserts(&[before, mine, behind].concat(), &with(ours));
        similar_asserts(&[before, yours, behind].concat(), &with(theirs));
    }
}

fn sectioned(sections: &[(&str, &str)]) -> String {
    let text: String = sections.iter().map(|(heading, text)| format!("{heading}\n\n{text}\n\n")).collect();
    with(&[("Second paragraph.\n\n", &text)])
}

#[test]
fn sections_of_one_heading_are_told_apart_by_those_above_and_by_what_they_hold() {
    let old = [("## 2026", "x"), ("### Notes", "b1\n\nb2"), ("## 2025", "y"), ("### Notes", "a1\n\na2")];
    let new = [[("## 2027", "z"), ("### Notes", "c1")].as_slice(), &old].concat();
    let more = old.map(|(heading, text)| (heading, if text.starts_with("a1") { "a1\n\na2\n\na3" } else { text }));
    let both = [&new[..2], &more].concat();
    assert_eq!(shown_clean(&merged(&sectioned(&old), &sectioned(&new), &sectioned(&more))), sectioned(&both));
    assert_eq!(shown_clean(&merged(&sectioned(&old), &sectioned(&more), &sectioned(&new))), sectioned(&both));
    let flat = [("## Notes", "b1\n\nb2"), ("## Notes", "a1\n\na2")];
    let new = [[("## Notes", "c1")].as_slice(), &flat].concat();
    let more = [flat[0], ("## Notes", "a1\n\na2\n\na3")];
    let both = [&new[..1], &more].concat();
    assert_eq!(shown_clean(&merged(&sectioned(&flat), &sectioned(&new), &sectioned(&more))), sectioned(&both));
    assert_eq!(shown_clean(&merged(&sectioned(&flat), &sectioned(&more), &sectioned(&new))), sectioned(&both));
}

#[test]
fn as_many_sections_of_one_heading_need_not_be_the_same_ones() {
    let base = sectioned(&[("## Notes", "b1\n\nb2"), ("## Notes", "a1\n\na2")]);
    let ours = sectioned(&[("## Notes", "a1\n\na2"), ("## Notes", "c1")]);
    let theirs = sectioned(&[("## Notes", "b1\n\nb2"), ("## Notes", "a1\n\na2\n\na3")]);
    let both = sectioned(&[("## Notes", "a1\n\na2\n\na3"), ("## Notes", "c1")]);
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), both);
}

#[test]
fn a_section_that_went_is_no_other_one_that_came() {
    let table = |rows: &str| format!("| a | b |\n|---|---|\n{rows}");
    let (old, new) = (table("| Price | 100 |\n| Days | 30 |"), "| x | y |\n|---|---|\n| Sum | 5 |");
    let base = sectioned(&[("## Old offer", &old)]);
    let ours = sectioned(&[("## Invoice", new)]);
    let theirs = sectioned(&[("## Old offer", &format!("{old}\n\nOne more sentence."))]);
    let Merge::Conflicts { bytes, places: 1 } = merged(&base, &ours, &theirs) else { panic!() };
    let text = String::from_utf8(bytes).unwrap();
    let marked = format!("<<<<<<< ours\n=======\n## Old offer\n\n{old}\n\nOne more sentence.\n");
    assert!(text.contains(&marked) && text.contains("## Invoice"), "{text}");
}

#[test]
fn a_section_taken_away_by_one_and_changed_by_the_other_is_one_place() {
    let notes = |text: &str| sectioned(&[("## Competition", text), ("## Notes", "Text.")]);
    let (base, gone) = (notes("They offer 100.\n\nTheir delivery is slow."), sectioned(&[("## Notes", "Text.")]));
    for text in ["They offer 100.\n\nThey are cheaper.\n\nTheir delivery is slow.", "They offer 100.\n\nIt is quick."] {
        let changed = notes(text);
        let marked = format!("<<<<<<< ours\n=======\n## Competition\n\n{text}\n\n>>>>>>> theirs\n");
        let turned = format!("<<<<<<< ours\n## Competition\n\n{text}\n\n=======\n>>>>>>> theirs\n");
        for (ours, theirs, marked) in [(&gone, &changed, marked), (&changed, &gone, turned)] {
            let found = merged(&base, ours, theirs);
            let Merge::Conflicts { bytes, places: 1 } = found else { panic!("{}", shown(&found)) };
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(&marked), "{text}");
        }
    }
    // A task that came into it stands for itself.
    let tasks = |text: &str| sectioned(&[("## Later", text), ("## Notes", "Text.")]);
    let found = merged(&tasks("- [ ] a"), &gone, &tasks("- [ ] a\n- [ ] Visit them"));
    let text = shown_clean(&found);
    assert!(text.contains("## Later\n\n- [ ] Visit them\n"), "{text}");
}

#[test]
fn a_section_renamed_by_one_and_taken_away_by_the_other_is_a_conflict() {
    let (base, renamed) = (sectioned(&[("## Old", "Text.")]), sectioned(&[("## New", "Text.")]));
    let gone = sectioned(&[]);
    for (ours, theirs) in [(&renamed, &gone), (&gone, &renamed)] {
        let Merge::Conflicts { bytes, places: 1 } = merged(&base, ours, theirs) else { panic!() };
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("## New\n\nText.\n"), "{text}");
    }
}

#[test]
fn prose_merges_by_lines() {
    clean(
        &[("They want it.", "They want it now.")],
        &[("Second par", "A second par")],
        &[("They want it.", "They want it now."), ("Second par", "A second par")],
    );
    conflict(
        &[("They want it.", "They want it now.")],
        &[("They want it.", "They do not.")],
        "<<<<<<< ours\nThey want it now.\n=======\nThey do not.\n>>>>>>> theirs\n",
    );
}

#[test]
fn line_ends_are_never_compared() {
    let theirs = with(&[("owner: anna", "owner: piotr")]).replace('\n', "\r\n");
    let ours = with(&[("value: 1000", "value: 2000")]);
    let both = with(&[("owner: anna", "owner: piotr"), ("value: 1000", "value: 2000")]);
    assert_eq!(merged(CARD, &ours, &theirs), Merge::Clean(both.clone().into_bytes()));
    let expected = both.replace('\n', "\r\n");
    assert_eq!(merged(CARD, &theirs, &ours), Merge::Clean(expected.into_bytes()));
    assert_eq!(merged(CARD, CARD, &CARD.replace('\n', "\r\n")), Merge::Clean(CARD.replace('\n', "\r\n").into_bytes()));
}

#[test]
fn new_sections_of_both_stand_beside_each_other() {
    let card = "---\ntype: lead\nname: A\nstage: new\n---\nText.\n";
    let tasks = format!("{card}\n## Tasks\n\n- [ ] Ring\n");
    let log = format!("{card}\n## Log\n\n### 2026-11-12 call @anna: Hello\n");
    let both = format!("{tasks}\n## Log\n\n### 2026-11-12 call @anna: Hello\n");
    assert_eq!(merged(card, &tasks, &log), Merge::Clean(both.into_bytes()));
    let other = format!("{card}\n## Log\n\n### 2026-11-13 visit @piotr: There\n");
    let two = format!("{card}\n## Log\n\n### 2026-11-13 visit @piotr: There\n\n### 2026-11-12 call @anna: Hello\n");
    similar_asserts(&shown_clean(&merged(card, &log, &other)), &two);
}

fn shown_clean(merge: &Merge) -> String {
    if let Merge::Clean(bytes) = merge { String::from_utf8_lossy(bytes).into_owned() } else { shown(merge) }
}

#[test]
fn what_is_no_card_is_merged_as_text() {
    for text in ["Just a note.\n", "---\ntype: lead\nname: [\n---\n", "---\ntype: &a lead\nname: *a\nstage: new\n---\n"]
    {
        let (ours, theirs) = (format!("{text}a\n"), format!("b\n{text}"));
        assert_eq!(merged(text, &ours, &theirs), Merge::AsText, "{text}");
    }
}

#[test]
fn two_new_cards_of_one_name_are_one_conflict_and_stand_there_as_they_were() {
    let [ours, theirs] = ["A\r\n---\nText.\n\n\n", "B\n---"].map(|text| format!("---\ntype: lead\nname: {text}"));
    let Merge::Conflicts { bytes, places: 1 } = merged("", &ours, &theirs) else { panic!() };
    let marked = format!("<<<<<<< ours\n{ours}=======\n{theirs}\n>>>>>>> theirs\n");
    assert_eq!(String::from_utf8(bytes).unwrap(), marked);
    assert_eq!(merged("", "a\n", "b\n"), Merge::AsText);
}

#[test]
fn a_contact_that_both_made_under_one_id_is_one_conflict() {
    let contact = |name: &str, role: &str| {
        let text = format!("    name: Ewa Nowak\n  - id: nowa\n    name: {name}\n    role: {role}\n");
        [("    name: Ewa Nowak\n".to_owned(), text)]
    };
    let [[ours], [theirs]] = [contact("Ewa Nowa", "boss"), contact("Adam Nowa", "buyer")];
    conflict(
        &[(&ours.0, &ours.1)],
        &[(&theirs.0, &theirs.1)],
        "<<<<<<< ours\n  - id: nowa\n    name: Ewa Nowa\n    role: boss\n=======\n  - id: nowa\n    name: Adam Nowa\n    role: buyer\n>>>>>>> theirs\n",
    );
}

#[test]
fn a_value_that_stands_alone_is_a_list_of_one() {
    let tags = |tags: &str| with(&[("tags:\n  - erp\n  - cold\n", tags)]);
    let (base, ours, theirs) = (tags("tags: erp\n"), tags("tags:\n  - key\n"), tags("tags:\n  - erp\n  - big\n"));
    let text = shown_clean(&merged(&base, &ours, &theirs));
    assert!(text.contains("tags:\n  - key\n  - big\n") || text.contains("tags:\n  - big\n  - key\n"), "{text}");
}

#[test]
fn a_stage_that_was_set_by_hand_shows_no_older_move() {
    conflict(
        &[("stage: identification\n", "stage: won\n")],
        &[("stage: identification\n", "stage: offer\n")],
        "<<<<<<< ours\nstage: won\n=======\nstage: offer\n>>>>>>> theirs\n",
    );
}

#[test]
fn comments_at_the_end_of_the_fields_stand_there_once() {
    let end = |comments: &str| with(&[("@anna\n---", &format!("@anna\n{comments}---"))]);
    let [base, ours, theirs] = ["# a\n", "# a\n# b\n", "# a\n# c\n"].map(end);
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), end("# a\n# b\n# c\n"));
}

#[test]
fn a_newer_format_is_not_written() {
    let path = SourcePath::new("opportunities/acme-erp.md").unwrap();
    let mut config = Config::builtin(Schemas::builtin());
    config.is_newer = true;
    let (ours, theirs) = (with(&[("value: 1000", "value: 1")]), with(&[("owner: anna", "owner: piotr")]));
    let marks = MarkStyle::new(7, "ours", "theirs");
    let merge = merge(CARD.as_bytes(), ours.as_bytes(), theirs.as_bytes(), &path, marks, &config);
    assert_eq!(merge, Merge::AsText);
}

#[test]
fn a_line_that_looks_like_a_mark_makes_the_marks_longer() {
    let theirs = [("They want it.", "Theirs")];
    conflict(
        &[("They want it.", "Ours\n=======")],
        &theirs,
        "<<<<<<<< ours\nOurs\n=======\n========\nTheirs\n>>>>>>>> theirs\n",
    );
    // One that both have stays outside, where it is no mark.
    let theirs = [("They want it.", "Theirs\n=======")];
    let Merge::Conflicts { bytes, places } = merged(CARD, &with(&[("They want it.", "Ours\n=======")]), &with(&theirs))
    else {
        panic!()
    };
    assert_eq!(Document::parse(bytes).conflicts().len(), places);
}

#[test]
fn lines_that_both_put_in_never_stand_twice() {
    let after = |line: &str, text: &str| [(line.to_owned(), format!("{line}\n\n{text}"))];
    let (ours, theirs) = (
        [after("They want it.", "We were there."), [("Second par".to_owned(), "Second par".to_owned())]].concat(),
        [[("They want it.".to_owned(), "They want it now.".to_owned())], after("Second paragraph.", "We were there.")]
            .concat(),
    );
    let pairs = |changes: &[(String, String)]| {
        with(&changes.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect::<Vec<_>>())
    };
    let found = merged(CARD, &pairs(&ours), &pairs(&theirs));
    let Merge::Conflicts { bytes, places: 1 } = found else { panic!("{}", shown(&found)) };
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("We were there.").count(), 2, "{text}");
    assert!(text.contains("<<<<<<< ours\n"), "{text}");
}

#[test]
fn a_task_in_front_of_a_text_is_parted_from_it() {
    let new = [("They want it.\n", "- [ ] New\n\nThey want it.\n")];
    let other = [("They want it.\n", "Now:\nThey want it.\n")];
    for (ours, theirs) in [(&new, &other), (&other, &new)] {
        assert!(!matches!(merged(CARD, &with(ours), &with(theirs)), Merge::AsText));
    }
}

#[test]
fn items_of_a_list_keep_their_comments_and_their_order() {
    let list = |text: &str| with(&[("tags:\n  - erp\n  - cold\n", text)]);
    let base = list("tags:\n  # first\n  - one # best\n  - two\n  - three # worst\n");
    let ours = list("tags:\n  # first\n  - one # best\n  - three # worst\n  - four\n");
    let theirs =
        list("tags:\n  - zero # new\n  # first\n  - one # best\n  - two\n  - three # worst\n  - five # last\n");
    let both = |end: &str| list(&format!("tags:\n  - zero # new\n  # first\n  - one # best\n  - three # worst\n{end}"));
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), both("  - five # last\n  - four\n"));
    assert_eq!(shown_clean(&merged(&base, &theirs, &ours)), both("  - four\n  - five # last\n"));
    let base = with(&[("    name: Jan Kowalski\n", "    name: Jan Kowalski # the boss\n")]);
    let ours = base.replace("'+48600100200'", "'+48'");
    let new = "contacts:\n  - id: lis # new\n    name: Adam Lis\n  - id: kowalski\n    role: boss\n";
    let theirs = base.replace("contacts:\n  - id: kowalski\n", new);
    let both = theirs.replace("'+48600100200'", "'+48'");
    assert_eq!(shown_clean(&merged(&base, &ours, &theirs)), both);
    assert_eq!(shown_clean(&merged(&base, &theirs, &ours)), both);
}

// Where the work grew with the square of them, this took minutes.
#[test]
fn much_of_everything_is_merged() {
    let card = |key: &str, count: usize, line: &dyn Fn(usize) -> String| {
        let lines: String = (0..count).map(line).collect();
        with(&[("tags:\n  - erp\n  - cold\n", &format!("{key}{lines}"))])
    };
    let tags = |more: &'static str| {
        card("tags:\n", 4000, &move |at| format!("  - tag{at}{}\n", if at % 1000 == 7 { more } else { "" }))
    };
    assert!(matches!(merged(&tags(""), &tags("a"), &tags("")), Merge::Clean(_)));
    assert!(matches!(merged(&tags(""), &tags("a"), &tags("b")), Merge::Clean(_)));
    let fields = |mine: &'static str, yours: &'static str| {
        card("", 1000, &move |at| format!("field{at}: {}\n", if at % 2 == 0 { mine } else { yours }))
    };
    assert!(matches!(merged(&fields("a", "a"), &fields("b", "a"), &fields("a", "b")), Merge::Clean(_)));
}

#[test]
fn what_both_noted_about_a_field_is_kept() {
    let both = "# promised\n# theirs\n# more\nnext_contact: 2026-11-26 # ours\n";
    let changed = |text: &str| with(&[("# promised\nnext_contact: 2026-11-25\n", text)]);
    let ours = changed("# promised\nnext_contact: 2026-11-26 # ours\n");
    let theirs = changed("# promised\n# theirs\nnext_contact: 2026-11-26 # more\n");
    assert_eq!(shown_clean(&merged(CARD, &ours, &theirs)), changed(both));
}

#[test]
fn what_both_reworded_is_one_place_and_not_two_tasks_or_entries() {
    let task = "- [ ] Send the offer due:2026-11-25\n";
    let entry = "### 2026-11-03 visit @anna: First\n";
    for (old, ours, theirs) in [
        (task, "- [ ] Mail a contract due:2026-11-25\n", "- [ ] Hand over the price list due:2026-11-25\n"),
        // Reworded by one, ticked by the other.
        (task, "- [ ] Mail a contract due:2026-11-25\n", "- [x] Send the offer due:2026-11-25 done:2026-11-24\n"),
        (
            entry,
            "### 2026-11-03 visit @anna: They have 100 000 for it\n",
            "### 2026-11-03 visit out 20m @anna with:nowak\n",
        ),
        (entry, "### 2026-11-04 call out @anna\n", "### 2026-11-02 meeting 2h @anna @piotr: We met\n"),
    ] {
        conflict(&[(old, ours)], &[(old, theirs)], &format!("<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"));
        conflict(&[(old, theirs)], &[(old, ours)], &format!("<<<<<<< ours\n{theirs}=======\n{ours}>>>>>>> theirs\n"));
    }
    // Changed by one is an edit; and what one put in the place of what both took away is no edit of it.
    let other = [(task, "- [ ] Mail a contract due:2026-11-25\n")];
    let owner = ("owner: anna", "owner: piotr");
    clean(&other, &[owner], &[other[0], owner]);
    clean(&other, &[(task, "")], &other);
    clean(&[(task, "")], &other, &other);
}

#[test]
fn an_entry_of_the_same_minute_is_the_same_one() {
    let call = |text: &str| with(&[("### 2026-11-03 visit @anna: First\n", text)]);
    let base = call("### 2026-11-03 10:00 call @anna\n");
    let more = "### 2026-11-03 09:00 call @piotr: Another\n";
    let ours = call(&format!("### 2026-11-03 10:00 call @anna: Wants a price for twelve users\n\n{more}"));
    let theirs = call("### 2026-11-03 10:00 call out offer-request 5m with:kowalski: Price\n");
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        let found = merged(&base, ours, theirs);
        let Merge::Conflicts { bytes, places: 1 } = found else { panic!("{}", shown(&found)) };
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(">>>>>>> theirs\n\n### 2026-11-03 09:00 call @piotr"), "{text}");
    }
}

#[test]
fn a_comment_is_one_text_and_words_of_two_are_not_woven() {
    let noted = |text: &str| with(&[("# promised\n", text)]);
    let (ours, theirs) = (noted("# not promised\n"), noted("# promised on the phone\n"));
    let both = noted("# not promised\n# promised on the phone\n");
    assert_eq!(shown_clean(&merged(CARD, &ours, &theirs)), both);
    // Beside a value that the other changed it is taken.
    let dated = [("# promised\nnext_contact: 2026-11-25", "# promised\nnext_contact: 2026-11-26")];
    let both = [("# promised\nnext_contact: 2026-11-25", "# not promised\nnext_contact: 2026-11-26")];
    clean(&[("# promised", "# not promised")], &dated, &both);
    clean(&dated, &[("# promised", "# not promised")], &both);
}

#[test]
fn a_comment_that_goes_with_other_fields_on_each_side_stands_there_once() {
    let end = |text: &str| with(&[("@anna\n---", &format!("@anna\n{text}---"))]);
    let base = end("# end\n");
    let (ours, theirs) = (end("# end\nclass: A\n"), end("# end\nexpected_close: 2027-01-01\n"));
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        let text = shown_clean(&merged(&base, ours, theirs));
        assert_eq!(text.matches("# end\n").count(), 1, "{text}");
        assert!(text.contains("class: A\n") && text.contains("expected_close: 2027-01-01\n"), "{text}");
    }
    let (ours, theirs) = (end("# end\n# more\n"), end("# end\n  - 2026-11-02 owner=anna @anna\n"));
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        let text = shown_clean(&merged(&base, ours, theirs));
        assert_eq!((text.matches("# end\n").count(), text.matches("# more\n").count()), (1, 1), "{text}");
    }
}

#[test]
fn sections_that_only_one_side_put_in_another_order_stand_in_it() {
    let [a, b, c] = [("## A", "a one"), ("## B", "b one"), ("## C", "c one")];
    let base = sectioned(&[a, b, c]);
    let moved = sectioned(&[c, a, b]);
    let changed = sectioned(&[a, ("## B", "b two"), c]);
    let both = sectioned(&[c, a, ("## B", "b two")]);
    assert_eq!(shown_clean(&merged(&base, &moved, &changed)), both);
    assert_eq!(shown_clean(&merged(&base, &changed, &moved)), both);
    // A new one stays behind its neighbour; where both put them in another order, it is that of ours.
    let new = sectioned(&[a, ("## New", "n"), b, c]);
    let both = sectioned(&[c, a, ("## New", "n"), b]);
    assert_eq!(shown_clean(&merged(&base, &moved, &new)), both);
    assert_eq!(shown_clean(&merged(&base, &new, &moved)), both);
    let other = sectioned(&[b, a, ("## C", "c two")]);
    assert_eq!(shown_clean(&merged(&base, &moved, &other)), sectioned(&[("## C", "c two"), a, b]));
}

/// A text that would go or come twice with one of the choices is left to git, whose marks hold all of it.
#[test]
fn a_text_that_gets_a_heading_above_it_is_never_lost_and_never_there_twice() {
    let intro = "They want it.\n\nSecond paragraph.\n";
    // A heading of a section, and one of an entry that then holds the text, above what the other edits.
    for heading in ["## About\n\n", "### 2026-11-12 call @anna: Third\n\n"] {
        let theirs = with(&[(intro, &format!("{heading}{intro}"))]);
        let ours = with(&[("They want it.", "They want it soon.")]);
        for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
            let Merge::Conflicts { bytes, .. } = merged(CARD, ours, theirs) else { continue };
            for choice in [Choice::Ours, Choice::Theirs] {
                let text = resolved(&bytes, &choice);
                assert_eq!(text.matches("Second paragraph.").count(), 1, "{text}");
            }
        }
    }
    // The entry is taken away by one, and put above the text by the other.
    let entry = "### 2026-11-10 call @anna: Second\n\n";
    let ours = with(&[(&format!("{entry}Two.\n\n"), "")]);
    let theirs = with(&[(&format!("{entry}Two.\n\n"), ""), (intro, &format!("{entry}{intro}"))]);
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        if let Merge::Conflicts { bytes, .. } = merged(CARD, ours, theirs) {
            let text = resolved(&bytes, &Choice::Ours);
            assert!(text.contains("Second paragraph."), "{text}");
        }
    }
}

fn resolved(bytes: &[u8], choice: &Choice) -> String {
    let document = Document::parse(bytes);
    let text = document.full_text();
    let edits: Vec<Edit> = document.conflicts().iter().map(|place| place.resolved(text, choice)).collect();
    crate::text::splice(text, &edits).unwrap()
}
