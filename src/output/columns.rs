use super::figures::with_decimals;
use super::{clean, text_width};
use crate::model::Value;
use crate::report::{self, Align, Cell, Weight};

/// Spaces between two columns.
pub(super) const GAP: usize = 2;
/// A text is not shortened below this width.
const NARROWEST_TEXT: usize = 8;
/// Before a text is shortened below this width, minor columns go.
const EASY_TEXT: usize = 20;
/// In less room than this, rows become blocks rather than tables with columns left out.
const NARROWEST_TABLE: usize = 60;
/// The main text is shortened to this before the others go below [`EASY_TEXT`].
const EASY_MAIN: usize = 40;
/// Then the others go this low before the main one is touched again.
const TIGHT_TEXT: usize = 14;
/// The main text goes this low before the others go lower still.
const TIGHT_MAIN: usize = 24;
const WIDEST_BAR: usize = 20;
const NARROWEST_BAR: usize = 4;

/// A column of a table as it is to be set.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) align: Align,
    /// How many decimals its figures have.
    pub(super) decimals: u32,
    /// What becomes of it where there is little room.
    weight: Weight,
    /// What may be taken from it where there is little room.
    gives: Gives,
    /// The width at which nothing is cut.
    natural: usize,
    /// The width below which it must not go.
    least: usize,
}

/// What a column gives up, the first first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    /// A bar is drawn smaller.
    Bar,
    /// Texts are shortened.
    Text,
    /// Only the title is.
    Title,
}

/// What came of fitting columns into a width.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They fit with these widths; those without one are left out.
    Widths(Vec<Option<usize>>),
    /// They can't without losing what must not be lost.
    TooNarrow,
}

impl Column {
    /// Measures a column with these cells.
    pub(super) fn new(column: &report::Column, cells: &[&Cell], decimals: u32) -> Self {
        let title = clean(&column.title).into_owned();
        let bars = cells.iter().any(|cell| matches!(cell, Cell::Bar(_)));
        let texts = cells.iter().map(|cell| match cell {
            Cell::Value(value) => text_width(&with_decimals(value, decimals)),
            Cell::Bar(_) => WIDEST_BAR,
            Cell::Empty => 0,
        });
        let widest = texts.max().unwrap_or(0);
        let natural = widest.max(text_width(&title));
        let (gives, least) = if bars {
            (Gives::Bar, NARROWEST_BAR)
        } else if is_text(column, cells) {
            // A telephone number that is cut can't be called.
            let figures = cells.iter().map(|cell| match cell {
                Cell::Value(Value::Text(text)) if is_figures(text) => text_width(text),
                _ => 0,
            });
            (Gives::Text, figures.max().unwrap_or(0).max(NARROWEST_TEXT).max(column.room))
        } else {
            (Gives::Title, widest.max(2))
        };
        let least = least.min(natural);
        let (name, weight) = (clean(&column.name).into_owned(), column.weight);
        Self { name, title, align: column.align, decimals, weight, gives, natural, least }
    }

    /// The width at which it is still pleasant to read.
    fn at_ease(&self) -> usize {
        match self.gives {
            Gives::Text => {
                let easy = if self.weight == Weight::Main { EASY_MAIN } else { EASY_TEXT };
                self.natural.min(self.least.max(easy))
            }
            Gives::Bar => self.natural.min(self.least * 2),
            Gives::Title => self.least,
        }
    }
}

/// True for what looks like a number, such as that of a telephone.
fn is_figures(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || " +-./()".contains(c))
}

/// True if a column may be shortened: it is no id and holds no figures, dates or references, which half told mislead.
fn is_text(column: &report::Column, cells: &[&Cell]) -> bool {
    let is_id = column.name == "id" || column.name == "record" || column.name.ends_with("_id");
    let firm = |cell: &&&Cell| {
        matches!(cell, Cell::Value(Value::Number(_) | Value::Money(_) | Value::When(_) | Value::Reference(_)))
    };
    !is_id && column.align == Align::Left && !cells.iter().any(|cell| firm(&cell))
}

/// The widths of columns, with gaps between them, in so much room; without a limit, as wide as they like.
///
/// Minor columns are left out, which gives them no width, where the others would have to be shortened too much; where
/// that is not enough, the last of the others follow them.
pub(super) fn fit(columns: &[Column], room: Option<usize>) -> Fit {
    let Some(room) = room else { return Fit::Widths(columns.iter().map(|column| Some(column.natural)).collect()) };
    let mut kept: Vec<bool> = columns.iter().map(|column| column.weight != Weight::Minor).collect();
    let major = columns.iter().filter(|column| column.weight != Weight::Minor);
    let mut used: usize = major.map(|column| column.at_ease() + GAP).sum();
    for (column, kept) in columns.iter().zip(&mut kept).filter(|(column, _)| column.weight == Weight::Minor) {
        let more = column.at_ease() + GAP;
        *kept = used + more <= room + GAP;
        used += if *kept { more } else { 0 };
    }
    loop {
        let shown = columns.iter().zip(&kept).filter(|(_, kept)| **kept);
        let shown: Vec<&Column> = shown.map(|(column, _)| column).collect();
        if let Some(widths) = squeeze(&shown, room) {
            let mut widths = widths.into_iter();
            return Fit::Widths(kept.into_iter().map(|kept| if kept { widths.next() } else { None }).collect());
        }
        // A table of less than three columns says less than a block.
        let last = kept.iter().rposition(|kept| *kept).filter(|_| shown.len() > 3 && room >= NARROWEST_TABLE);
        match last.and_then(|last| kept.get_mut(last)) {
            Some(kept) => *kept = false,
            None => return Fit::TooNarrow,
        }
    }
}

/// The widths of columns that are all to be shown, if that can be.
fn squeeze(columns: &[&Column], room: usize) -> Option<Vec<usize>> {
    let room = room.checked_sub(GAP * columns.len().saturating_sub(1))?;
    let mut widths: Vec<usize> = columns.iter().map(|column| column.natural).collect();
    // Each step takes what it may from some columns, but not below a floor, before the next one is asked.
    let others = [Weight::Usual, Weight::Minor].as_slice();
    let all = [Weight::Main, Weight::Usual, Weight::Minor].as_slice();
    let main = [Weight::Main].as_slice();
    let steps = [
        (Gives::Bar, all, 0),
        (Gives::Text, others, EASY_TEXT),
        (Gives::Text, main, EASY_MAIN),
        (Gives::Text, others, TIGHT_TEXT),
        (Gives::Text, main, TIGHT_MAIN),
        (Gives::Text, others, 0),
        (Gives::Text, main, 0),
        (Gives::Title, all, 0),
    ];
    for (gives, weights, floor) in steps {
        let excess = widths.iter().sum::<usize>().saturating_sub(room);
        let takes = |column: &&Column| column.gives == gives && weights.contains(&column.weight);
        let giving: Vec<usize> = (0..columns.len()).filter(|at| columns.get(*at).is_some_and(takes)).collect();
        level(&mut widths, columns, &giving, floor, excess);
    }
    (widths.iter().sum::<usize>() <= room).then_some(widths)
}

/// Takes `excess` from the columns `giving`, always from the widest, so that short texts stay whole; none goes below
/// `floor` or the least that it needs.
fn level(widths: &mut [usize], columns: &[&Column], giving: &[usize], floor: usize, excess: usize) {
    let target: usize = giving.iter().filter_map(|at| widths.get(*at)).sum::<usize>().saturating_sub(excess);
    let at_limit = |limit: usize, widths: &[usize]| -> usize {
        giving
            .iter()
            .filter_map(|at| Some((*widths.get(*at)?).min(limit.max(columns.get(*at)?.least.max(floor)))))
            .sum()
    };
    let widest = giving.iter().filter_map(|at| widths.get(*at)).max().copied().unwrap_or(0);
    // The greatest limit at which they fit; all at their least where there is none.
    let (mut low, mut high) = (0, widest);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if at_limit(middle, widths) <= target { low = middle } else { high = middle - 1 }
    }
    let mut spare = target.saturating_sub(at_limit(low, widths));
    for at in giving {
        let (Some(width), Some(column)) = (widths.get_mut(*at), columns.get(*at)) else { continue };
        let limit = low.max(column.least).max(floor);
        // What is left over by rounding goes to the first ones.
        let more = usize::from(*width > limit && spare > 0);
        spare -= more;
        *width = (*width).min(limit + more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(natural: usize, gives: Gives, least: usize) -> Column {
        let name = String::new();
        Column {
            name: name.clone(),
            title: name,
            align: Align::Left,
            decimals: 0,
            weight: Weight::Usual,
            gives,
            natural,
            least,
        }
    }

    fn widths(widths: &[usize]) -> Fit {
        Fit::Widths(widths.iter().copied().map(Some).collect())
    }

    #[test]
    fn minor_columns_are_left_out_before_others_are_hard_to_read() {
        let minor = |natural| Column { weight: Weight::Minor, ..column(natural, Gives::Text, 8) };
        let columns = [column(10, Gives::Title, 10), column(40, Gives::Text, 8), minor(60), minor(5)];
        assert_eq!(fit(&columns, Some(121)), widths(&[10, 40, 60, 5]));
        assert_eq!(fit(&columns, Some(61)), widths(&[10, 20, 20, 5]));
        assert_eq!(fit(&columns, Some(45)), Fit::Widths(vec![Some(10), Some(26), None, Some(5)]));
        assert_eq!(fit(&columns, Some(30)), Fit::Widths(vec![Some(10), Some(18), None, None]));
    }

    #[test]
    fn the_widest_texts_give_first_and_figures_never() {
        let columns = [
            column(12, Gives::Title, 12),
            column(30, Gives::Text, 8),
            column(10, Gives::Text, 8),
            column(60, Gives::Text, 8),
        ];
        assert_eq!(fit(&columns, None), widths(&[12, 30, 10, 60]));
        assert_eq!(fit(&columns, Some(100)), widths(&[12, 30, 10, 42]));
        assert_eq!(fit(&columns, Some(61)), widths(&[12, 17, 10, 16]));
        assert_eq!(fit(&columns, Some(42)), widths(&[12, 8, 8, 8]));
        assert_eq!(fit(&columns, Some(41)), Fit::TooNarrow);
    }

    #[test]
    fn the_main_text_gives_after_the_others() {
        let main = Column { weight: Weight::Main, ..column(60, Gives::Text, 8) };
        let columns = [column(30, Gives::Text, 8), main, column(20, Gives::Text, 8)];
        assert_eq!(fit(&columns, Some(100)), widths(&[20, 56, 20]));
        assert_eq!(fit(&columns, Some(84)), widths(&[20, 40, 20]));
        assert_eq!(fit(&columns, Some(72)), widths(&[14, 40, 14]));
        assert_eq!(fit(&columns, Some(44)), widths(&[8, 24, 8]));
    }

    #[test]
    fn bars_give_before_texts_and_titles_last() {
        let columns = [column(20, Gives::Bar, 4), column(20, Gives::Text, 8), column(10, Gives::Title, 5)];
        assert_eq!(fit(&columns, Some(44)), widths(&[10, 20, 10]));
        assert_eq!(fit(&columns, Some(30)), widths(&[4, 12, 10]));
        assert_eq!(fit(&columns, Some(22)), widths(&[4, 8, 6]));
    }
}
