use std::io::{self, Write};

use super::clean::clean_lines;
use crate::model::exact;
use crate::model::{Money, Value};
use crate::report::{Cell, Report, Shown};

/// Writes the rows as comma-separated values (RFC 4180): a line of column names, then a line for each row.
///
/// - Numbers and amounts are plain numbers with a point. A column with amounts gets a second one for their currency,
///   `value` and `value_currency`, unless the report has a column of that name.
/// - Text that a spreadsheet would run as a formula gets a `'` before it: what begins with `=`, `@`, a tab or a line
///   end, and what begins with `+` or `-` unless it is a number or a telephone number, which do no harm.
/// - Characters that steer a terminal are made visible, as in tables; spreadsheets can't hold them. JSON keeps them.
///
/// # Errors
/// Those of `out`.
pub fn csv(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(report);
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(columns.iter().map(|column| column.name.as_str())).map_err(plain)?;
    for row in report.sections.iter().flat_map(|section| &section.rows) {
        let cells = columns.iter().map(|column| match row.cells.get(column.cell) {
            Some(Cell::Value(Value::Money(money))) if column.currency => currency(money),
            Some(_) if column.currency => String::new(),
            cell => cell.map(text).unwrap_or_default(),
        });
        writer.write_record(cells).map_err(plain)?;
    }
    writer.flush()
}

/// The error beneath, so that a closed pipe can be told from a full disk.
fn plain(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("a row could not be written"),
    }
}

struct Column {
    name: String,
    /// Its cell's place in a row.
    cell: usize,
    /// Whether it holds the currency of that cell rather than the cell.
    currency: bool,
}

fn columns(report: &Report) -> Vec<Column> {
    let mut columns = Vec::new();
    for (cell, column) in report.columns.iter().enumerate().filter(|(_, column)| column.shown != Shown::Table) {
        columns.push(Column { name: clean_lines(&column.name).into_owned(), cell, currency: false });
        let name = format!("{}_currency", column.name);
        let free = report.columns.iter().all(|other| other.name != name);
        let mut rows = report.sections.iter().flat_map(|section| &section.rows);
        if free && rows.any(|row| matches!(row.cells.get(cell), Some(Cell::Value(Value::Money(_))))) {
            columns.push(Column { name: clean_lines(&name).into_owned(), cell, currency: true });
        }
    }
    columns
}

fn currency(money: &Money) -> String {
    money.currency.map(|currency| currency.to_string()).unwrap_or_default()
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Bar(part) => part.to_string(),
        Cell::Value(Value::Number(number)) => exact(*number, 0),
        Cell::Value(Value::Money(money)) => {
            exact(money.amount, money.currency.map_or(0, |currency| currency.decimals()))
        }
        Cell::Value(value) => harmless(&value.display()),
    }
}

fn harmless(text: &str) -> String {
    let figures = |text: &str| text.chars().all(|c| c.is_ascii_digit() || " .,()/-+".contains(c));
    let formula = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n') => true,
        Some('+' | '-') => !figures(text),
        _ => false,
    };
    let text = clean_lines(text);
    if formula { format!("'{text}") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use rust_decimal::Decimal;

    use super::*;
    use crate::model::Currency;
    use crate::report::{Column, Row, Section};

    fn written(columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> String {
        let rows = rows.into_iter().map(|cells| Row { cells, ..Row::default() }).collect();
        let report = Report { columns, sections: vec![Section { rows, ..Section::default() }], ..Report::default() };
        let mut out = Vec::new();
        csv(&report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_stay_numbers_and_amounts_have_their_currency_beside_them() {
        let money = Money { amount: Decimal::from(120_000), currency: Currency::new("PLN") };
        let half = Decimal::from_str("-12.50").unwrap();
        let shown = written(
            vec![Column::left("name", "Name"), Column::right("value", "Value"), Column::right("days", "Days")],
            vec![
                vec![Cell::text("Łódź, \"Tools\""), Cell::Value(Value::Money(money)), Cell::number(half)],
                vec![Cell::text("two\nlines"), Cell::Empty],
            ],
        );
        assert_eq!(
            shown,
            "name,value,value_currency,days\r\n\"Łódź, \"\"Tools\"\"\",120000.00,PLN,-12.5\r\n\"two\nlines\",,,\r\n"
        );
    }

    #[test]
    fn a_closed_pipe_is_known_as_one() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let rows = vec![Row { cells: vec![Cell::text("x".repeat(100_000))], ..Row::default() }];
        let columns = vec![Column::left("name", "Name")];
        let report = Report { columns, sections: vec![Section { rows, ..Section::default() }], ..Report::default() };
        assert_eq!(csv(&report, &mut Closed).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(crate::output::data::jsonl(&report, &mut Closed).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn no_text_becomes_a_formula_and_telephones_stay_telephones() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "-2+3"),
            ("- item", "'- item"),
            ("+48 600 100-200", "+48 600 100-200"),
            ("a=b", "a=b"),
            ("\u{1b}[2J", "␛[2J"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
