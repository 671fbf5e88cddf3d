//! Floor 4: answers. A report is a table of values with headings, sections and totals; how it looks is the output's.

pub mod agenda;
pub mod brief;
pub mod card;
pub mod funnel;
pub mod listing;
pub mod reach;

use rust_decimal::Decimal;

use crate::model::Value;

/// An answer, ready to be shown as a table or handed on as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What the answer is, for data: `due`, `funnel`, `list` …
    pub kind: &'static str,
    /// A heading for people.
    pub title: Option<String>,
    /// What stands in the cells, in order.
    pub columns: Vec<Column>,
    /// The rows, in groups; an answer without groups has one section without a title.
    pub sections: Vec<Section>,
    /// The sums and counts below the table, as sentences for people.
    pub summary: Vec<String>,
    /// How many rows [`limit`](Self::limit) left out.
    pub hidden: usize,
    /// What could not be counted or shown, and why; goes to standard error where the output is data.
    pub remarks: Vec<String>,
}

/// One column of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The key in data: a field's name, or one of the report's own in snake case.
    pub name: String,
    /// The heading for people.
    pub title: String,
    /// How its cells are set.
    pub align: Align,
    /// Where it is shown.
    pub shown: Shown,
    /// What becomes of it where a table has no room for all columns.
    pub weight: Weight,
    /// The width below which its texts are not shortened; 0 leaves that to the table.
    pub room: usize,
}

/// How much a column matters where there is little room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// Shortened only once the others have given what they can, for it says what the row is about.
    Main,
    /// Shortened where there is little room.
    #[default]
    Usual,
    /// Told below the row where there is no room beside the others.
    Minor,
}

/// How the cells of a column are set in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers and amounts.
    Right,
}

/// Where a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In tables and in data.
    Everywhere,
    /// In tables alone, such as a bar.
    Table,
    /// In data alone, such as the section's name.
    Data,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// The heading for people.
    pub title: Option<String>,
    /// How pressing its rows are.
    pub tone: Tone,
    /// The rows.
    pub rows: Vec<Row>,
    /// A last row with sums, as many cells as there are columns.
    pub totals: Option<Vec<Cell>>,
}

/// One row: as many cells as the report has columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The cells.
    pub cells: Vec<Cell>,
    /// How pressing it is.
    pub tone: Tone,
}

/// How pressing something is; the output chooses the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As usual.
    #[default]
    Plain,
    /// Too late, or lost.
    Alarm,
    /// Now.
    Urgent,
    /// Won, or well done.
    Good,
    /// Less important.
    Muted,
}

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A value of a record or of a sum.
    Value(Value),
    /// A part of the whole, 0 to 1, drawn as a bar; a number in data.
    Bar(f64),
}

impl Cell {
    /// A cell with text; an empty text is an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Value(Value::Text(text)) }
    }

    /// A cell with a number.
    pub fn number(number: impl Into<Decimal>) -> Self {
        Cell::Value(Value::Number(number.into()))
    }
}

impl From<Option<Value>> for Cell {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Cell::Empty, Cell::Value)
    }
}

impl Report {
    /// Keeps the first so many rows and says how many were left out; `None` keeps all.
    pub fn limit(&mut self, limit: Option<usize>) {
        let Some(limit) = limit else { return };
        let all: usize = self.sections.iter().map(|section| section.rows.len()).sum();
        let mut left = limit;
        for section in &mut self.sections {
            section.rows.truncate(left);
            left = left.saturating_sub(section.rows.len());
        }
        self.sections.retain(|section| !section.rows.is_empty());
        self.say_limit(Some(limit), all);
    }

    /// Says how many of all rows are shown, where a limit leaves some out.
    fn say_limit(&mut self, limit: Option<usize>, all: usize) {
        if let Some(limit) = limit.filter(|limit| all > *limit) {
            self.hidden = all - limit;
            self.remarks.push(format!("{limit} of {all} rows are shown"));
        }
    }
}

impl Column {
    /// A column of text.
    pub fn left(name: impl Into<String>, title: impl Into<String>) -> Self {
        let (name, title) = (name.into(), title.into());
        Self { name, title, align: Align::Left, shown: Shown::Everywhere, weight: Weight::Usual, room: 0 }
    }

    /// A column of numbers.
    pub fn right(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { align: Align::Right, ..Self::left(name, title) }
    }

    /// The same column, which says what the row is about.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.weight = Weight::Main;
        self
    }

    /// The same column, told below the row where there is no room beside the others.
    #[must_use]
    pub fn minor(mut self) -> Self {
        self.weight = Weight::Minor;
        self
    }

    /// The same column, whose texts are not shortened below a width.
    #[must_use]
    pub fn room(mut self, width: usize) -> Self {
        self.room = width;
        self
    }

    /// The same column, shown only where `shown` says.
    #[must_use]
    pub fn shown(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }
}

/// The first five of some ids, and how many more there are.
pub(crate) fn some_of(ids: &[&str]) -> String {
    let shown = ids.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if ids.len() > 5 { format!("{shown} and {} more", ids.len() - 5) } else { shown }
}

/// A name or a title as it stands at the head of a column: `last_contact` as `Last contact`.
fn heading(name: &str) -> String {
    let mut letters = name.chars().map(|letter| if letter == '_' { ' ' } else { letter });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
impl Report {
    /// The report as lines for tests: a heading for each section, then its rows with these columns alone.
    fn lines(&self, columns: &[&str]) -> Vec<String> {
        let place = |name: &&str| self.columns.iter().position(|column| column.name == *name).unwrap();
        let places: Vec<usize> = columns.iter().map(place).collect();
        let line = |cells: &[Cell]| {
            assert_eq!(cells.len(), self.columns.len());
            let shown = places.iter().map(|place| match &cells[*place] {
                Cell::Empty => String::new(),
                Cell::Value(value) => value.display().into_owned(),
                Cell::Bar(share) => share.to_string(),
            });
            shown.collect::<Vec<_>>().join(" | ")
        };
        let mut lines = Vec::new();
        for section in &self.sections {
            lines.push(format!("# {}", section.title.as_deref().unwrap_or_default()).trim_end().to_owned());
            lines.extend(section.rows.iter().map(|row| line(&row.cells)));
            lines.extend(section.totals.iter().map(|cells| format!("= {}", line(cells))));
        }
        lines
    }
}
