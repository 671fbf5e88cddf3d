//! Answers as tables for people.

use std::io::{self, Write};

use super::blocks::{Block, blocks};
use super::columns::{Column, Fit, GAP, fit};
use super::figures::{decimals_of, with_decimals};
use super::{Options, Style, clean, clean_lines, paint, shorten, text_width, wrap};
use crate::report::{Align, Cell, Report, Row, Section, Shown, Tone};

/// A line is drawn no longer than this where nobody says how wide the terminal is.
const LONGEST_RULE: usize = 120;

/// Writes a report as a table for people; `empty` stands in its place where there is nothing to show.
///
/// Where the width is given, minor columns without room stand on a second line below each row, then texts are shortened
/// until all columns fit, never ids, figures or dates; where even that is not enough, each row becomes a block of its
/// own. Without a width nothing is cut.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, empty: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let width = options.width.unwrap_or(0);
    if let Some(title) = &report.title {
        for line in wrap(&clean(title), width) {
            writeln!(out, "{}", paint(&line, Style::Strong, options.color))?;
        }
        writeln!(out)?;
    }
    if report.sections.iter().all(|section| section.rows.is_empty()) {
        // Where a limit hides all rows there is something all the same.
        for line in wrap(&clean_lines(empty), width).iter().filter(|_| report.hidden == 0) {
            writeln!(out, "{line}")?;
        }
    } else {
        let page = Page::new(report, options);
        match fit(&page.columns, page.room()) {
            Fit::Widths(widths) => {
                let (page, widths) = page.without_what_has_no_width(widths);
                page.rows(report, &widths, out)?;
            }
            Fit::TooNarrow => blocks(&page.stacked(report), options, out)?,
        }
    }
    if !(report.summary.is_empty() && report.remarks.is_empty()) {
        writeln!(out)?;
    }
    notes(report, options, out)
}

/// Writes the sums and remarks that stand below a table; on their own for standard error, where the output is data.
///
/// # Errors
/// Those of `out`.
pub fn notes(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let width = options.width.unwrap_or(0);
    for line in report.summary.iter().flat_map(|text| wrap(&clean_lines(text), width)) {
        writeln!(out, "{line}")?;
    }
    let word = "note: ";
    let room = if width == 0 { 0 } else { width.saturating_sub(word.len()).max(10) };
    for remark in &report.remarks {
        let mut lead = paint(word, Style::Urgent, options.color);
        for line in wrap(&clean_lines(remark), room) {
            writeln!(out, "{}", format!("{lead}{line}").trim_end())?;
            lead = " ".repeat(word.len());
        }
    }
    Ok(())
}

fn style_of(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::Plain,
        Tone::Alarm => Style::Alarm,
        Tone::Urgent => Style::Urgent,
        Tone::Good => Style::Good,
        Tone::Muted => Style::Muted,
    }
}

fn heading_style(tone: Tone) -> Style {
    if tone == Tone::Plain { Style::Strong } else { style_of(tone) }
}

/// A first column wider than this does not push what stands below a row to its own right.
const WIDEST_HANG: usize = 14;

/// How the rows of one report are laid out.
struct Page<'a> {
    options: &'a Options,
    /// The columns that are shown.
    columns: Vec<Column>,
    /// The place of each in a row.
    places: Vec<usize>,
    /// The minor columns without room, with their places.
    below: Vec<(Column, usize)>,
    /// Spaces before each row, so that headings of sections stand out.
    indent: usize,
}

impl<'a> Page<'a> {
    fn new(report: &Report, options: &'a Options) -> Self {
        let shown = report.columns.iter().enumerate().filter(|(_, column)| column.shown != Shown::Data);
        let (places, columns) = shown.map(|(place, column)| (place, measure(report, place, column))).unzip();
        let indent = if report.sections.iter().any(|section| section.title.is_some()) { 2 } else { 0 };
        Self { options, columns, places, below: Vec::new(), indent }
    }

    fn room(&self) -> Option<usize> {
        self.options.width.map(|width| width.saturating_sub(self.indent))
    }

    /// The page with only the columns that have a width; the others stand below each row.
    fn without_what_has_no_width(self, widths: Vec<Option<usize>>) -> (Self, Vec<usize>) {
        let mut page = Self {
            options: self.options,
            columns: Vec::new(),
            places: Vec::new(),
            below: Vec::new(),
            indent: self.indent,
        };
        let mut shown = Vec::new();
        for ((column, place), width) in self.columns.into_iter().zip(self.places).zip(widths) {
            match width {
                Some(width) => {
                    shown.push(width);
                    page.columns.push(column);
                    page.places.push(place);
                }
                None => page.below.push((column, place)),
            }
        }
        (page, shown)
    }

    /// What there is no room for beside the rest, on a line of its own, cut where it is too long.
    fn below(&self, row: &Row, widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
        let told = self.below.iter().filter_map(|(column, place)| match row.cells.get(*place) {
            Some(Cell::Value(value)) => {
                let title = if column.title.is_empty() { &column.name } else { &column.title };
                Some(format!("{} {}", title.to_lowercase(), with_decimals(value, column.decimals)))
            }
            _ => None,
        });
        let told = told.collect::<Vec<_>>().join(if self.options.unicode { " · " } else { " | " });
        if told.is_empty() {
            return Ok(());
        }
        let hang = widths.first().filter(|width| **width <= WIDEST_HANG).map_or(GAP, |width| width + GAP);
        let indent = self.indent + hang;
        let room = self.options.width.map_or(usize::MAX, |width| width.saturating_sub(indent));
        let told = shorten(&told, room, self.options.unicode);
        writeln!(out, "{:indent$}{}", "", paint(&told, Style::Muted, self.options.color))
    }

    fn rows(&self, report: &Report, widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
        if self.columns.iter().any(|column| !column.title.is_empty()) {
            let titles = self.columns.iter().map(|column| (column.title.clone(), Style::Strong));
            self.line(titles, widths, out)?;
            self.rule(widths, out)?;
        }
        for (i, section) in report.sections.iter().filter(|section| !section.rows.is_empty()).enumerate() {
            if let Some(title) = &section.title {
                if i > 0 {
                    writeln!(out)?;
                }
                let title = clean(title);
                let title = shorten(&title, self.options.width.unwrap_or(usize::MAX), self.options.unicode);
                writeln!(out, "{}", paint(&title, heading_style(section.tone), self.options.color))?;
            }
            self.section(section, widths, out)?;
        }
        Ok(())
    }

    fn section(&self, section: &Section, widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
        for row in &section.rows {
            let tone = style_of(row.tone);
            let cells = self.texts(&row.cells, widths).enumerate().map(|(at, text)| {
                // One coloured word says enough; only what matters less steps back as a whole.
                let style = if at == 0 || row.tone == Tone::Muted { tone } else { Style::Plain };
                (text, style)
            });
            self.line(cells, widths, out)?;
            self.below(row, widths, out)?;
        }
        if let Some(totals) = &section.totals {
            self.rule(widths, out)?;
            self.line(self.texts(totals, widths).map(|text| (text, Style::Strong)), widths, out)?;
        }
        Ok(())
    }

    /// The texts of a row's cells, bars drawn to the width of their column.
    fn texts<'b>(&'b self, cells: &'b [Cell], widths: &'b [usize]) -> impl Iterator<Item = String> + 'b {
        self.places.iter().zip(&self.columns).zip(widths).map(|((place, column), width)| match cells.get(*place) {
            Some(Cell::Bar(part)) => bar(*part, *width, self.options.unicode),
            Some(Cell::Value(value)) => with_decimals(value, column.decimals),
            Some(Cell::Empty) | None => String::new(),
        })
    }

    fn line(
        &self,
        cells: impl Iterator<Item = (String, Style)>,
        widths: &[usize],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut line = " ".repeat(self.indent);
        // Spaces are put down only once something follows them.
        let mut owed = 0;
        for (((text, style), column), width) in cells.zip(&self.columns).zip(widths) {
            let text = shorten(&text, *width, self.options.unicode);
            let rest = width.saturating_sub(text_width(&text));
            let (before, after) = if column.align == Align::Right { (rest, 0) } else { (0, rest) };
            if !text.is_empty() {
                line.push_str(&" ".repeat(owed + before));
                line.push_str(&paint(&text, style, self.options.color));
                owed = after + GAP;
            } else {
                owed += width + GAP;
            }
        }
        writeln!(out, "{}", line.trim_end())
    }

    fn rule(&self, widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
        let whole: usize = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let length = if self.options.width.is_some() { whole } else { whole.min(LONGEST_RULE) };
        let rule = if self.options.unicode { "─" } else { "-" }.repeat(length);
        writeln!(out, "{:indent$}{}", "", paint(&rule, Style::Muted, self.options.color), indent = self.indent)
    }

    /// Every row as a block: its first cell as the heading, the others below with their columns' titles.
    fn stacked(&self, report: &Report) -> Vec<Block> {
        let mut stacked = Vec::new();
        for section in report.sections.iter().filter(|section| !section.rows.is_empty()) {
            if let Some(title) = &section.title {
                stacked.push(Block { style: heading_style(section.tone), ..Block::titled(title.as_str()) });
            }
            stacked.extend(section.rows.iter().map(|row| self.block(row)));
            if let Some(totals) = &section.totals {
                let row = Row { cells: totals.clone(), tone: Tone::Plain };
                stacked.push(self.block(&row));
            }
        }
        stacked
    }

    fn block(&self, row: &Row) -> Block {
        let values = self.places.iter().zip(&self.columns).filter_map(|(place, column)| match row.cells.get(*place) {
            Some(Cell::Value(value)) => Some((column, with_decimals(value, 0))),
            _ => None,
        });
        let mut values = values.peekable();
        // A row whose first cell is empty, such as a sum, has no heading of its own.
        let first = self.columns.first().map(|column| &column.name);
        let heading = values.next_if(|(column, _)| Some(&column.name) == first).map(|(_, text)| text);
        let mut block = Block { title: heading, style: heading_style(row.tone), items: Vec::new() };
        for (column, text) in values {
            block.label(if column.title.is_empty() { &column.name } else { &column.title }, text);
        }
        block
    }
}

/// What a column needs, from all that stands in it.
fn measure(report: &Report, place: usize, column: &crate::report::Column) -> Column {
    let rows = report.sections.iter().flat_map(|section| &section.rows).map(|row| &row.cells);
    let totals = report.sections.iter().filter_map(|section| section.totals.as_ref());
    let cells: Vec<&Cell> = rows.chain(totals).filter_map(|cells| cells.get(place)).collect();
    let decimals = cells.iter().map(|cell| if let Cell::Value(value) = cell { decimals_of(value) } else { 0 });
    Column::new(column, &cells, decimals.max().unwrap_or(0))
}

/// A part of the whole as a bar of at most `width` columns; what is more than nothing is always seen.
fn bar(part: f64, width: usize, unicode: bool) -> String {
    let part = if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) };
    let steps = if unicode { 8 } else { 1 };
    let least = usize::from(part > 0.0);
    // Widths are small and parts between 0 and 1, so the product fits exactly.
    let filled = ((part * (width * steps) as f64).round() as usize).clamp(least, width * steps);
    let mut bar = if unicode { "█" } else { "#" }.repeat(filled / steps);
    if let Some(rest) = (filled % steps).checked_sub(1).filter(|_| unicode) {
        bar.extend("▏▎▍▌▋▊▉".chars().nth(rest));
    }
    bar
}

#[cfg(test)]
mod tests;
