use std::cell::Cell;
use std::rc::Rc;

use super::Sources;
use crate::text::{LineIndex, Position, SourcePath, Span};

/// A file's text with what is needed to name places in it.
pub(super) struct Source {
    pub(super) text: String,
    lines: LineIndex,
    /// The last place that was asked for, so that many findings in one long line cost no more than the line.
    last: Cell<(usize, Position)>,
}

impl Source {
    pub(super) fn new(text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self { text, lines, last: Cell::new((0, Position { line: 1, column: 1 })) }
    }

    /// The place of a byte, by line and character, both from 1.
    pub(super) fn position(&self, offset: usize) -> Position {
        let (known, at) = self.last.get();
        let line = self.lines.line(offset);
        let is_near = known > 0 && offset > 0 && line == at.line;
        let between =
            |from: usize, to: usize| self.text.get(from..to).filter(|_| is_near).map(|text| text.chars().count());
        let column = match known <= offset {
            true => between(known, offset).map(|step| at.column + step),
            false => between(offset, known).and_then(|step| at.column.checked_sub(step)),
        };
        let position = match column {
            Some(column) => Position { line, column },
            None => self.lines.position(&self.text, offset),
        };
        self.last.set((offset, position));
        position
    }

    /// The places where a span begins and ends; `None` if it does not fit the text, as when the file has changed.
    pub(super) fn region(&self, span: Span) -> Option<(Position, Position)> {
        self.text.get(span.range())?;
        Some((self.position(span.start()), self.position(span.end())))
    }

    /// The line (from 1) that holds a byte.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// A line (from 1) without its end.
    pub(super) fn line_span(&self, line: usize) -> Span {
        self.lines.line_span(&self.text, line)
    }
}

/// Asks for each file once as long as findings of one file come together.
pub(super) struct SourceCache<'a> {
    sources: Sources<'a>,
    last: Option<(SourcePath, Option<Rc<Source>>)>,
}

impl<'a> SourceCache<'a> {
    pub(super) fn new(sources: Sources<'a>) -> Self {
        Self { sources, last: None }
    }

    /// The text of the file whose findings are being shown; kept until another is asked for.
    pub(super) fn get(&mut self, path: &SourcePath) -> Option<Rc<Source>> {
        if let Some((known, source)) = &self.last
            && known == path
        {
            return source.clone();
        }
        let source = self.peek(path);
        self.last = Some((path.clone(), source.clone()));
        source
    }

    /// The text of another file, for a second place; not kept.
    pub(super) fn peek(&self, path: &SourcePath) -> Option<Rc<Source>> {
        match &self.last {
            Some((known, source)) if known == path => source.clone(),
            _ => (self.sources)(path).map(|text| Rc::new(Source::new(text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_however_one_comes_to_it() {
        let text = "\u{feff}---\nnazwa: Łódź i żółw\n---\n";
        let source = Source::new(text.to_owned());
        let fresh = LineIndex::new(text);
        for offset in [3, 3, 5, 12, 16, 20, 9, 30, 0, 4].into_iter().chain(0..=text.len()) {
            assert_eq!(source.position(offset), fresh.position(text, offset), "{offset}");
        }
    }

    #[test]
    fn a_span_of_another_text_has_no_place() {
        let source = Source::new("Łódź".to_owned());
        assert_eq!(source.region(Span::new(1, 3)), None);
        assert_eq!(source.region(Span::new(0, 80)), None);
    }
}
