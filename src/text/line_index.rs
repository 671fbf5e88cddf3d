use super::Span;

/// Where the lines of a text begin, to turn byte offsets into what an editor shows.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

/// A place in a text as editors show it: both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1; a tab or a letter with an accent is one.
    pub column: usize,
}

impl LineIndex {
    /// Indexes `text`; lines end with LF, a CR before it belongs to the line.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        Self { starts }
    }

    /// The line (from 1) that holds the byte at `offset`; past the end, the last line.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The place of the byte at `offset` of `text`, which must be the text that was indexed.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = text.get(start..offset.min(text.len())).unwrap_or("");
        let bom = usize::from(line == 1 && before.starts_with('\u{feff}'));
        Position { line, column: before.chars().count() - bom + 1 }
    }

    /// The bytes of `line` (from 1) in `text`, without its line end.
    pub fn line_span(&self, text: &str, line: usize) -> Span {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let end = self.starts.get(line).copied().unwrap_or(text.len());
        let content = text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
        Span::new(start, start + content.len())
    }

    /// How many lines the text has; a final line end begins no further line of its own unless text follows.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let text = "Łódź\nżółw x\r\n";
        let index = LineIndex::new(text);
        let at = text.find('x').unwrap_or_default();
        assert_eq!(index.position(text, at), Position { line: 2, column: 6 });
        assert_eq!(index.line_span(text, 2).of(text), "żółw x");
        assert_eq!(index.position(text, text.len()).line, 3);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}---\n";
        assert_eq!(LineIndex::new(text).position(text, 3), Position { line: 1, column: 1 });
    }
}
