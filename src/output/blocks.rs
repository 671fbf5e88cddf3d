//! Texts laid out in blocks: labels with their values, timelines, paragraphs; wrapped, with hanging indents.

use std::io::{self, Write};

use super::{Options, Style, clean, clean_lines, paint, shorten, text_width, wrap};

/// Below this many columns a value stands under its label instead of beside it.
const NARROW: usize = 36;
/// No label pushes its values further to the right than this.
const WIDEST_LABEL: usize = 24;

/// Things that belong together, with labels of one width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The heading.
    pub title: Option<String>,
    /// How the heading is set off.
    pub style: Style,
    /// What stands below it.
    pub items: Vec<Item>,
}

/// One thing in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A label and its value: `owner  Anna Nowak`. In a timeline the label is the day.
    Labelled {
        /// What it is, or when it was.
        label: String,
        /// The value; may have several lines.
        text: String,
        /// How the value is set off.
        style: Style,
        /// More about it, less important, below; may be empty and may have several lines.
        more: String,
    },
    /// A paragraph over the whole width.
    Paragraph(String),
}

impl Block {
    /// An empty block with this heading.
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), style: Style::Strong, items: Vec::new() }
    }

    /// Adds a label with its value.
    pub fn label(&mut self, label: impl Into<String>, text: impl Into<String>) -> &mut Self {
        let (label, text) = (label.into(), text.into());
        self.items.push(Item::Labelled { label, text, style: Style::Plain, more: String::new() });
        self
    }
}

/// Writes blocks with an empty line between them; every text is made safe for a terminal.
///
/// # Errors
/// Those of `out`.
pub fn blocks(blocks: &[Block], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        write_block(block, options, out)?;
    }
    Ok(())
}

fn write_block(block: &Block, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let indent = if block.title.is_some() { 2 } else { 0 };
    if let Some(title) = &block.title {
        for line in wrap(&clean(title), options.width.unwrap_or(0)) {
            writeln!(out, "{}", paint(&line, block.style, options.color))?;
        }
    }
    let widths = block.items.iter().filter_map(|item| match item {
        Item::Labelled { label, .. } => Some(text_width(&clean(label))),
        Item::Paragraph(_) => None,
    });
    let label_width = widths.max().unwrap_or(0).min(WIDEST_LABEL);
    let page = Page { indent, label_width, options };
    block.items.iter().try_for_each(|item| page.item(item, out))
}

struct Page<'a> {
    indent: usize,
    label_width: usize,
    options: &'a Options,
}

impl Page<'_> {
    fn item(&self, item: &Item, out: &mut dyn Write) -> io::Result<()> {
        match item {
            Item::Paragraph(text) => self.lines(self.indent, text, Style::Plain, String::new(), out),
            Item::Labelled { label, text, style, more } => {
                let narrow = self.options.width.is_some_and(|width| width < NARROW);
                let beside = self.indent + self.label_width + 2;
                let below = self.indent + 2;
                let label = clean(label);
                let fits = text_width(&label) <= self.label_width && !narrow;
                let column = if narrow { below } else { beside };
                let lead = if fits { self.lead(&label) } else { String::new() };
                if !fits {
                    self.lines(self.indent, &label, Style::Muted, String::new(), out)?;
                }
                self.lines(column, text, *style, lead, out)?;
                if more.is_empty() { Ok(()) } else { self.lines(column, more, Style::Muted, String::new(), out) }
            }
        }
    }

    /// The label, as wide as all of them.
    fn lead(&self, label: &str) -> String {
        let padding = " ".repeat(self.label_width + 2 - text_width(label));
        format!("{:indent$}{}{padding}", "", paint(label, Style::Muted, self.options.color), indent = self.indent)
    }

    /// Writes a text from a column on; `lead` stands before its first line in place of the indent.
    fn lines(&self, column: usize, text: &str, style: Style, lead: String, out: &mut dyn Write) -> io::Result<()> {
        let room = self.options.width.map_or(0, |width| width.saturating_sub(column).max(1));
        let indent = " ".repeat(column);
        let mut lead = if lead.is_empty() { indent.clone() } else { lead };
        for line in wrap(&clean_lines(text), room) {
            // Where there is less than a column left the text may not fit; a word is never lost for it.
            let line = if room == 0 { line.as_str().into() } else { shorten(&line, room.max(2), self.options.unicode) };
            if line.is_empty() {
                writeln!(out, "{}", lead.trim_end())?;
            } else {
                writeln!(out, "{lead}{}", paint(&line, style, self.options.color))?;
            }
            lead.clone_from(&indent);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Vec<Block> {
        let mut fields = Block::titled("Acme Trade Sp. z o.o.");
        fields.label("owner", "Anna Nowak").label("next step", "Ask whether the board has met and what they said");
        fields.label("note", "one\ntwo \u{1b}[2J");
        let mut timeline = Block::titled("Timeline");
        timeline.items.push(Item::Labelled {
            label: "2026-11-20".into(),
            text: "call, 25m, anna: Wants a second price".into(),
            style: Style::Alarm,
            more: "Mr Kowalski compares us with Solaris.".into(),
        });
        timeline.items.push(Item::Paragraph("That is all that is known.".into()));
        vec![fields, timeline]
    }

    fn shown(options: &Options) -> String {
        let mut out = Vec::new();
        blocks(&card(), options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn in_a_pipe_nothing_is_wrapped() {
        insta::assert_snapshot!(shown(&Options::default()), @r"
        Acme Trade Sp. z o.o.
          owner      Anna Nowak
          next step  Ask whether the board has met and what they said
          note       one
                     two ␛[2J

        Timeline
          2026-11-20  call, 25m, anna: Wants a second price
                      Mr Kowalski compares us with Solaris.
          That is all that is known.
        ");
    }

    #[test]
    fn values_hang_beside_their_labels() {
        insta::assert_snapshot!(shown(&Options { width: Some(40), ..Options::default() }), @r"
        Acme Trade Sp. z o.o.
          owner      Anna Nowak
          next step  Ask whether the board has
                     met and what they said
          note       one
                     two ␛[2J

        Timeline
          2026-11-20  call, 25m, anna: Wants a
                      second price
                      Mr Kowalski compares us
                      with Solaris.
          That is all that is known.
        ");
    }

    #[test]
    fn where_it_is_narrow_values_stand_below() {
        insta::assert_snapshot!(shown(&Options { width: Some(20), ..Options::default() }), @r"
        Acme Trade Sp. z
        o.o.
          owner
            Anna Nowak
          next step
            Ask whether the
            board has met
            and what they
            said
          note
            one
            two ␛[2J

        Timeline
          2026-11-20
            call, 25m, anna:
            Wants a second
            price
            Mr Kowalski
            compares us with
            Solaris.
          That is all that
          is known.
        ");
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let shown = shown(&Options { color: true, width: Some(60), ..Options::default() });
        assert!(shown.contains("\u{1b}[31mcall, 25m, anna: Wants a second price\u{1b}[0m"), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(label in "\\PC{0,30}", text in "(\\PC|\\n){0,80}", width in 8usize..80) {
            let mut block = Block::titled(label.as_str());
            block.label(label, text.as_str());
            block.items.push(Item::Paragraph(text));
            let mut out = Vec::new();
            blocks(&[block], &Options { width: Some(width), ..Options::default() }, &mut out).unwrap();
            for line in String::from_utf8(out).unwrap().lines() {
                proptest::prop_assert!(text_width(line) <= width, "{line:?}");
            }
        }
    }
}
