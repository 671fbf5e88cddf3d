use std::str::FromStr;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::model::{Currency, Money, Reference, Value};
use crate::output::clean::must_go;
use crate::report::{Column, Weight};
use crate::text::When;

fn money(amount: &str) -> Cell {
    Cell::Value(Value::Money(Money { amount: Decimal::from_str(amount).unwrap(), currency: Currency::new("PLN") }))
}

fn id(text: &str) -> Cell {
    Cell::Value(Value::Reference(Reference::parse(text)))
}

fn day(text: &str) -> Cell {
    Cell::Value(Value::When(When::parse(text).unwrap()))
}

fn row(tone: Tone, cells: Vec<Cell>) -> Row {
    Row { cells, tone }
}

/// Whom to call: two sections, a column for data alone, hostile and foreign texts.
fn due() -> Report {
    Report {
        kind: "due",
        title: Some("Whom to call".into()),
        columns: vec![
            Column::left("id", "Client"),
            Column::left("when", "When"),
            Column::left("step", "Next step"),
            Column::left("section", "").shown(Shown::Data),
            Column::left("said", "Last said"),
        ],
        sections: vec![
            Section {
                title: Some("Overdue".into()),
                tone: Tone::Alarm,
                rows: vec![
                    row(
                        Tone::Alarm,
                        vec![
                            id("acme-trade"),
                            day("2026-11-20"),
                            Cell::text("Ask whether the board has met"),
                            Cell::text("overdue"),
                            Cell::text("Compares us with Solaris, wants a second price for 12 users"),
                        ],
                    ),
                    row(
                        Tone::Plain,
                        vec![id("kovacs"), day("2026-11-21"), Cell::text("Küldd\nel \u{1b}[2J 株式会社 e\u{301}")],
                    ),
                ],
                totals: None,
            },
            Section::default(),
            Section {
                title: Some("Today".into()),
                tone: Tone::Urgent,
                rows: vec![row(Tone::Muted, vec![id("lodz-tools"), day("2026-11-22 09:00"), Cell::Empty])],
                totals: None,
            },
        ],
        summary: vec!["3 to call".into()],
        remarks: vec!["1 card can't be read".into()],
        hidden: 0,
    }
}

fn funnel() -> Report {
    let stage = |name: &str, count: i64, value: &str, part: f64| {
        row(Tone::Plain, vec![Cell::text(name), Cell::number(count), money(value), Cell::Bar(part)])
    };
    Report {
        columns: vec![
            Column::left("stage", "Stage"),
            Column::right("count", "Count"),
            Column::right("value", "Value"),
            Column::left("bar", "").shown(Shown::Table),
        ],
        sections: vec![Section {
            rows: vec![
                stage("Identyfikacja", 12, "1200000.00", 1.0),
                stage("Oferta", 3, "90000.50", 0.33),
                stage("Negocjacje", 1, "0", 0.001),
            ],
            totals: Some(vec![Cell::text("Razem"), Cell::number(16), money("1290000.50"), Cell::Empty]),
            ..Section::default()
        }],
        ..Report::default()
    }
}

fn shown(report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    write(report, "Nobody is waiting for a call.", options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn at_width(width: usize) -> Options {
    Options { width: Some(width), ..Options::default() }
}

#[test]
fn in_a_pipe_nothing_is_cut() {
    insta::assert_snapshot!(shown(&due(), &Options::default()), @r"
        Whom to call

          Client      When              Next step                      Last said
          ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        Overdue
          acme-trade  2026-11-20        Ask whether the board has met  Compares us with Solaris, wants a second price for 12 users
          kovacs      2026-11-21        Küldd el ␛[2J 株式会社 é

        Today
          lodz-tools  2026-11-22 09:00

        3 to call
        note: 1 card can't be read
        ");
}

#[test]
fn in_a_terminal_the_widest_texts_are_shortened() {
    insta::assert_snapshot!(shown(&due(), &at_width(72)), @r"
        Whom to call

          Client      When              Next step            Last said
          ──────────────────────────────────────────────────────────────────────
        Overdue
          acme-trade  2026-11-20        Ask whether the bo…  Compares us with S…
          kovacs      2026-11-21        Küldd el ␛[2J 株式…

        Today
          lodz-tools  2026-11-22 09:00

        3 to call
        note: 1 card can't be read
        ");
}

#[test]
fn minor_columns_stand_below_and_telephones_stay_whole() {
    let mut report = due();
    report.columns[4].weight = Weight::Minor;
    for row in report.sections.iter_mut().flat_map(|section| &mut section.rows) {
        row.cells[2] = Cell::text("+48 600 100 200 300");
    }
    insta::assert_snapshot!(shown(&report, &at_width(56)), @r"
        Whom to call

          Client      When              Next step
          ─────────────────────────────────────────────────
        Overdue
          acme-trade  2026-11-20        +48 600 100 200 300
                      last said Compares us with Solaris, wants…
          kovacs      2026-11-21        +48 600 100 200 300

        Today
          lodz-tools  2026-11-22 09:00  +48 600 100 200 300

        3 to call
        note: 1 card can't be read
        ");
}

#[test]
fn where_columns_do_not_fit_rows_become_blocks() {
    insta::assert_snapshot!(shown(&due(), &at_width(20)), @r"
        Whom to call

        Overdue

        acme-trade
          When
            2026-11-20
          Next step
            Ask whether the
            board has met
          Last said
            Compares us with
            Solaris, wants a
            second price for
            12 users

        kovacs
          When
            2026-11-21
          Next step
            Küldd el ␛[2J
            株式会社 é

        Today

        lodz-tools
          When
            2026-11-22 09:00

        3 to call
        note: 1 card can't
              be read
        ");
}

#[test]
fn figures_line_up_and_bars_are_drawn() {
    insta::assert_snapshot!(shown(&funnel(), &at_width(60)), @r"
        Stage          Count             Value
        ────────────────────────────────────────────────────────────
        Identyfikacja     12  1 200 000.00 PLN  ████████████████████
        Oferta             3     90 000.50 PLN  ██████▋
        Negocjacje         1          0.00 PLN  ▏
        ────────────────────────────────────────────────────────────
        Razem             16  1 290 000.50 PLN
        ");
    insta::assert_snapshot!(shown(&funnel(), &Options { unicode: false, ..at_width(44) }), @r"
        Stage          Count             Value
        --------------------------------------------
        Identyfikacja     12  1 200 000.00 PLN  ####
        Oferta             3     90 000.50 PLN  #
        Negocjacje         1          0.00 PLN  #
        --------------------------------------------
        Razem             16  1 290 000.50 PLN
        ");
}

#[test]
fn an_empty_report_says_so() {
    let report = Report { remarks: vec!["2 cards can't be read".into()], ..Report::default() };
    assert_eq!(shown(&report, &Options::default()), "Nobody is waiting for a call.\n\nnote: 2 cards can't be read\n");
}

#[test]
fn colours_follow_the_tone() {
    let shown = shown(&due(), &Options { color: true, ..at_width(100) });
    assert!(shown.contains("\u{1b}[31mOverdue\u{1b}[0m\n"), "{shown:?}");
    assert!(shown.contains("\u{1b}[31macme-trade\u{1b}[0m"), "{shown:?}");
    assert!(shown.contains("\u{1b}[2m2026-11-22 09:00\u{1b}[0m"), "{shown:?}");
}

#[test]
fn more_than_nothing_is_always_seen() {
    assert_eq!((bar(0.0, 8, true).as_str(), bar(0.0001, 8, true).as_str()), ("", "▏"));
    assert_eq!((bar(0.5, 3, true).as_str(), bar(0.5, 4, false).as_str()), ("█▌", "##"));
    assert_eq!((bar(f64::NAN, 8, true).as_str(), bar(7.0, 2, false).as_str()), ("", "##"));
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Empty),
        "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{202e}\u{200b}łé株]){0,40}".prop_map(Cell::text),
        (any::<i64>(), 0u32..4).prop_map(|(n, scale)| Cell::Value(Value::Number(Decimal::new(n, scale)))),
        any::<i32>().prop_map(|n| money(&n.to_string())),
        any::<f64>().prop_map(Cell::Bar),
    ]
}

fn any_report() -> impl Strategy<Value = Report> {
    let section =
        (proptest::option::of(".{0,12}"), proptest::collection::vec(proptest::collection::vec(any_cell(), 4), 0..4));
    proptest::collection::vec(section, 0..3).prop_map(|sections| Report {
        columns: vec![
            Column::left("id", "Id\u{1b}"),
            Column::left("a", "A long title"),
            Column::left("b", "").minor(),
            Column::right("c", "C"),
        ],
        sections: sections
            .into_iter()
            .map(|(title, rows)| Section {
                title,
                rows: rows.into_iter().map(|cells| row(Tone::Good, cells)).collect(),
                ..Section::default()
            })
            .collect(),
        summary: vec!["a\u{9b}b c\nd".into()],
        ..Report::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_of_a_card_steers_the_terminal(report in any_report(), width in proptest::option::of(20usize..90)) {
        let text = shown(&report, &Options { width, ..Options::default() });
        prop_assert!(!text.chars().any(|c| c != '\n' && must_go(c)), "{text:?}");
        let colored = shown(&report, &Options { width, color: true, unicode: true });
        let plain = ["1", "2", "31", "32", "33", "0"].iter().fold(colored, |t, n| t.replace(&format!("\u{1b}[{n}m"), ""));
        prop_assert_eq!(plain, text);
    }

    #[test]
    fn data_steers_no_terminal_either(report in any_report()) {
        let mut out = Vec::new();
        crate::output::data::jsonl(&report, &mut out).unwrap();
        crate::output::data::json(&report, true, &mut out).unwrap();
        crate::output::data::csv(&report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap().replace("\r\n", "\n");
        prop_assert!(!text.chars().any(|c| c != '\n' && must_go(c)), "{text:?}");
    }

    #[test]
    fn every_line_fits_the_terminal(report in any_report(), width in 20usize..90) {
        for line in shown(&report, &at_width(width)).lines() {
            prop_assert!(text_width(line) <= width, "{line:?}");
        }
    }
}
