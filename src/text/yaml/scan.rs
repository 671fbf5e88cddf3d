//! The scanner: block maps, lists and scalars by their indentation, in one pass over the bytes.
//!
//! It accepts what people and tools write, and nothing about which it is not sure: there it stops, and serde_yaml reads
//! the entry instead. So a shape that is missing here costs time, never truth.

use super::Kind;
use super::keys::Keys;
use super::scalar::{self, QuoteError};
use super::tree::{NONE, NodeRef, Style, Tree, hash};
use crate::text::Span;

/// How deep maps and lists may stand in each other.
pub(super) const MAX_DEPTH: usize = 64;
/// A key may be this long; libyaml gives up at 1,024 characters.
const MAX_KEY: usize = 1000;

/// Why the scanner does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// A tab in the indentation.
    Tab,
    /// An anchor, alias, tag, `?` key or merge key: sound YAML that only serde_yaml reads.
    Exotic,
    /// A second colon in a plain value.
    Colon,
    /// A plain scalar can't begin with this sign.
    Reserved(char),
    /// No closing quote, or one on a later line with text after it.
    Unclosed(char),
    /// An escape in double quotes that does not exist.
    Escape,
    /// No closing bracket.
    OpenBracket(char),
    /// Commas, colons and brackets that don't fit together.
    Bracket,
    /// Something stands after a finished value.
    AfterValue,
    /// A line stands further right or left than what it belongs to.
    Indent,
    /// A line of a map without a colon.
    NoColon,
    /// A list item begins on the line of its key.
    Dash,
    /// `---` or `...` inside.
    Marker,
    /// Too deep.
    Depth,
    /// Whatever else: an overlong key, odd signs after `|`.
    Other,
}

/// Where and why the scanner did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) at: usize,
    pub(super) reason: Reason,
}

/// An entry of the outermost map that the scanner could not read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opaque {
    pub(super) stop: Stop,
    /// All its lines.
    pub(super) span: Span,
    /// How many entries of the outermost map stand before it.
    pub(super) before: usize,
}

/// What the scanner found.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) tree: Tree,
    /// The outermost node; `None` if there is nothing but comments, or if it could not be read.
    pub(super) root: Option<u32>,
    /// What could not be read, in order.
    pub(super) stops: Vec<Opaque>,
    /// Pairs of keys of one map that are the same.
    pub(super) duplicates: Vec<(u32, u32)>,
    /// `[[id]]` without quotes.
    pub(super) links: Vec<u32>,
}

/// Scans the YAML in `text`, which ends where the YAML ends, from the line that begins at `start`.
pub(super) fn scan(text: &str, start: usize) -> Scan {
    let bytes = text.as_bytes();
    let size = bytes.len().saturating_sub(start);
    let mut tree = Tree::default();
    tree.nodes.reserve(size / 12 + 8);
    tree.entries.reserve(size / 20 + 4);
    let mut scanner = Scanner {
        text,
        bytes,
        pos: start,
        line: start,
        col: END,
        commented: false,
        depth: 0,
        tree,
        duplicates: Vec::new(),
        links: Vec::new(),
    };
    let mut stops = Vec::new();
    let root = scanner.root(&mut stops);
    let Scanner { tree, duplicates, links, .. } = scanner;
    Scan { tree, root, stops, duplicates, links }
}

/// The column of the line after the last.
pub(super) const END: isize = -1;

pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
    /// The start of the line of `pos`, as `advance` left it.
    pub(super) line: usize,
    /// The column of the content line at which `advance` stopped, or `END`.
    pub(super) col: isize,
    /// `advance` passed a comment line.
    commented: bool,
    pub(super) depth: usize,
    pub(super) tree: Tree,
    pub(super) duplicates: Vec<(u32, u32)>,
    pub(super) links: Vec<u32>,
}

pub(super) type Result<T> = std::result::Result<T, Stop>;

/// How a run of plain text on one line ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    Line,
    Comment,
    Colon,
    /// At `,` or a bracket, in brackets.
    Flow,
}

impl<'a> Scanner<'a> {
    /// The byte at `at`; past the end, a line end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    pub(super) fn stop<T>(&self, at: usize, reason: Reason) -> Result<T> {
        Err(Stop { at, reason })
    }

    pub(super) fn blankz(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\t' | b'\n') || self.is_break(at)
    }

    pub(super) fn is_break(&self, at: usize) -> bool {
        match self.byte(at) {
            b'\n' => true,
            b'\r' => self.byte(at + 1) == b'\n',
            _ => false,
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.bytes.get(self.pos), Some(b' ' | b'\t')) {
            self.pos += 1;
        }
    }

    /// The start of the line after `at`.
    pub(super) fn after_line(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.iter().position(|b| *b == b'\n').map_or(self.bytes.len(), |n| at + n + 1)
    }

    /// From the start of a line to the first sign of the next line that is neither blank nor a comment.
    pub(super) fn advance(&mut self) -> Result<()> {
        self.commented = false;
        loop {
            self.line = self.pos;
            let mut at = self.pos;
            while self.bytes.get(at) == Some(&b' ') {
                at += 1;
            }
            match self.bytes.get(at) {
                None => {
                    self.pos = at;
                    self.col = END;
                    return Ok(());
                }
                Some(b'\n') => self.pos = at + 1,
                Some(b'\r') if self.is_break(at) => self.pos = at + 2,
                Some(b'#') => {
                    self.commented = true;
                    self.pos = self.after_line(at);
                }
                Some(b'\t') => return self.stop(at, Reason::Tab),
                Some(first) => {
                    self.pos = at;
                    self.col = (at - self.line) as isize;
                    if at == self.line {
                        self.check_line_start(*first)?;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Directives and document markers begin in the first column.
    fn check_line_start(&self, first: u8) -> Result<()> {
        match first {
            b'%' => self.stop(self.pos, Reason::Reserved('%')),
            b'-' | b'.' if scalar::is_marker(self.bytes, self.pos) => self.stop(self.pos, Reason::Marker),
            _ => Ok(()),
        }
    }

    /// After a value: nothing but blanks and a comment may stand in its line. Goes on to the next content line.
    fn end_line(&mut self) -> Result<()> {
        let value_end = self.pos;
        self.skip_blanks();
        if self.is_break(self.pos) || self.byte(self.pos) == b'#' && self.pos > value_end {
            self.pos = self.after_line(self.pos);
            return self.advance();
        }
        self.stop(self.pos, Reason::AfterValue)
    }

    pub(super) fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { self.stop(self.pos, Reason::Depth) } else { Ok(()) }
    }

    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn set_end(&mut self, id: u32, end: usize) {
        if let Some(node) = self.tree.nodes.get_mut(id as usize) {
            node.span = Span::new(node.span.start(), end);
        }
    }

    pub(super) fn set_aux(&mut self, id: u32, aux: usize) {
        if let Some(node) = self.tree.nodes.get_mut(id as usize) {
            node.aux = aux as u32;
        }
    }

    fn end_of(&self, id: u32) -> usize {
        self.tree.nodes.get(id as usize).map_or(0, |node| node.span.end())
    }

    /// A block map whose first key is at `pos`, in column `col`.
    fn map(&mut self, col: usize) -> Result<u32> {
        self.deeper()?;
        let id = self.tree.push(Kind::Map, Style::Block, Span::empty(self.pos));
        self.set_aux(id, col);
        let mut keys = Keys::default();
        loop {
            self.entry(id, col, &mut keys)?;
            if self.col != col as isize {
                break;
            }
        }
        self.shallower();
        if self.col > col as isize { self.stop(self.pos, Reason::Indent) } else { Ok(id) }
    }

    /// A key and its value; ends at the next content line.
    pub(super) fn entry(&mut self, owner: u32, col: usize, keys: &mut Keys) -> Result<()> {
        let key = self.key()?;
        let colon = self.pos;
        let value = self.value(col)?;
        let end = self.end_of(value).max(colon);
        self.set_end(owner, end);
        self.join(owner, key, value, keys);
        Ok(())
    }

    /// Adds an entry to a map and notes a key that stands there already.
    pub(super) fn join(&mut self, owner: u32, key: u32, value: u32, keys: &mut Keys) {
        let node = self.tree.nodes.get(key as usize).copied();
        let view = NodeRef { tree: &self.tree, text: self.text, id: key };
        let hash = match node {
            Some(node) if node.style == Style::Plain => hash(node.span.of(self.text).as_bytes()),
            _ => hash(view.raw().as_bytes()),
        };
        let at = self.tree.add(owner, key, value, hash);
        if let Some(first) = keys.add(&self.tree, self.text, at, hash) {
            let first = self.tree.entries.get(first as usize).map_or(NONE, |entry| entry.key);
            self.duplicates.push((first, key));
        }
    }

    /// The key at `pos` with its colon; ends after the colon.
    fn key(&mut self) -> Result<u32> {
        let start = self.pos;
        let first = self.byte(start);
        let id = match first {
            b'"' | b'\'' => {
                let id = self.quoted()?;
                self.skip_blanks();
                if self.byte(self.pos) != b':' || !self.blankz(self.pos + 1) {
                    return self.stop(start, Reason::NoColon);
                }
                let span = Span::new(start, self.end_of(id));
                if span.of(self.text).contains('\n') {
                    return self.stop(start, Reason::Other);
                }
                id
            }
            _ => {
                self.check_plain_start(start)?;
                let (end, stopped) = self.plain_line(start, false)?;
                if stopped != Stopped::Colon {
                    return self.stop(start, Reason::NoColon);
                }
                if self.bytes.get(start..end) == Some(b"<<") {
                    return self.stop(start, Reason::Exotic);
                }
                self.tree.push(Kind::Text, Style::Plain, Span::new(start, end))
            }
        };
        if self.pos - start > MAX_KEY {
            return self.stop(start, Reason::Other);
        }
        self.pos += 1;
        Ok(id)
    }

    /// The value after the colon of a key in column `col`.
    fn value(&mut self, col: usize) -> Result<u32> {
        let colon = self.pos;
        self.skip_blanks();
        if self.is_break(self.pos) || self.byte(self.pos) == b'#' {
            self.pos = self.after_line(self.pos);
            self.advance()?;
            if self.col > col as isize {
                return self.node(self.col as usize, col as isize);
            }
            if self.col == col as isize && self.byte(self.pos) == b'-' && self.blankz(self.pos + 1) {
                return self.list(col);
            }
            return Ok(self.tree.push(Kind::Null, Style::Empty, Span::empty(colon)));
        }
        match self.byte(self.pos) {
            b'-' if self.blankz(self.pos + 1) => self.stop(self.pos, Reason::Dash),
            b'[' | b'{' | b'|' | b'>' | b'"' | b'\'' => self.special(col as isize),
            _ => self.plain(col as isize),
        }
    }

    /// A block list whose first dash is at `pos`, in column `col`.
    fn list(&mut self, col: usize) -> Result<u32> {
        self.deeper()?;
        let id = self.tree.push(Kind::List, Style::Block, Span::empty(self.pos));
        self.set_aux(id, col);
        loop {
            let dash = self.pos;
            self.pos += 1;
            while self.bytes.get(self.pos) == Some(&b' ') {
                self.pos += 1;
            }
            let value = if self.is_break(self.pos) || self.byte(self.pos) == b'#' {
                self.pos = self.after_line(self.pos);
                self.advance()?;
                if self.col > col as isize {
                    self.node(self.col as usize, col as isize)?
                } else {
                    self.tree.push(Kind::Null, Style::Empty, Span::empty(dash + 1))
                }
            } else if self.byte(self.pos) == b'\t' {
                return self.stop(self.pos, Reason::Tab);
            } else {
                self.node(self.pos - self.line, col as isize)?
            };
            let end = self.end_of(value).max(dash + 1);
            self.set_end(id, end);
            self.tree.add(id, NONE, value, 0);
            if self.col != col as isize || self.byte(self.pos) != b'-' || !self.blankz(self.pos + 1) {
                break;
            }
        }
        self.shallower();
        if self.col > col as isize { self.stop(self.pos, Reason::Indent) } else { Ok(id) }
    }

    /// A value at `pos`, in column `col`, the first on its line or after a dash, in a block at column `parent`.
    pub(super) fn node(&mut self, col: usize, parent: isize) -> Result<u32> {
        match self.byte(self.pos) {
            b'-' if self.blankz(self.pos + 1) => self.list(col),
            b'"' | b'\'' => {
                let start = self.pos;
                let nodes = self.tree.nodes.len();
                self.quoted()?;
                self.skip_blanks();
                let keyed = self.byte(self.pos) == b':' && self.blankz(self.pos + 1);
                self.tree.nodes.truncate(nodes);
                self.pos = start;
                if keyed { self.map(col) } else { self.special(parent) }
            }
            b'[' | b'{' | b'|' | b'>' => self.special(parent),
            _ => {
                let start = self.pos;
                self.check_plain_start(start)?;
                let (_, stopped) = self.plain_line(start, false)?;
                self.pos = start;
                if stopped == Stopped::Colon { self.map(col) } else { self.plain(parent) }
            }
        }
    }

    /// A quoted, block or bracketed value with the rest of its line.
    fn special(&mut self, parent: isize) -> Result<u32> {
        let start = self.pos;
        match self.byte(start) {
            b'|' | b'>' => self.block_scalar(parent),
            b'[' | b'{' => {
                let id = match self.flow() {
                    // The brackets swallowed the next field: the closing one is missing.
                    Err(stop) if stop.reason == Reason::Bracket && self.byte(stop.at) == b':' => {
                        let swallowed = Span::new(start, stop.at).of(self.text).contains('\n');
                        let open = Stop { at: start, reason: Reason::OpenBracket(char::from(self.byte(start))) };
                        return Err(if swallowed { open } else { stop });
                    }
                    flow => flow?,
                };
                self.end_line()?;
                Ok(id)
            }
            quote => {
                let id = self.quoted()?;
                let end = self.pos;
                match self.end_line() {
                    // Text after a quote on a later line: the quote that was meant to close is missing.
                    Err(stop)
                        if stop.reason == Reason::AfterValue && Span::new(start, end).of(self.text).contains('\n') =>
                    {
                        self.stop(start, Reason::Unclosed(char::from(quote)))
                    }
                    Err(stop) => Err(stop),
                    Ok(()) => Ok(id),
                }
            }
        }
    }

    /// A plain scalar can't begin with the signs that mean something.
    pub(super) fn check_plain_start(&self, at: usize) -> Result<()> {
        let first = self.byte(at);
        match first {
            b'?' | b':' if self.blankz(at + 1) => self.stop(at, Reason::Exotic),
            b'-' if self.blankz(at + 1) => self.stop(at, Reason::Indent),
            b'&' | b'*' | b'!' => self.stop(at, Reason::Exotic),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => {
                self.stop(at, Reason::Reserved(char::from(first)))
            }
            _ => Ok(()),
        }
    }

    /// Plain text from `at` to where its line, or the text, ends; gives the end of the text and leaves `pos` at what
    /// ended it.
    pub(super) fn plain_line(&mut self, at: usize, flow: bool) -> Result<(usize, Stopped)> {
        let mut at = at;
        let mut end = at;
        let stopped = loop {
            match self.byte(at) {
                b'\n' => break Stopped::Line,
                b'\r' if self.is_break(at) => break Stopped::Line,
                b' ' | b'\t' => {
                    at += 1;
                    if self.byte(at) == b'#' {
                        break Stopped::Comment;
                    }
                }
                b':' if self.blankz(at + 1) => break Stopped::Colon,
                b':' if flow && matches!(self.byte(at + 1), b',' | b'?' | b'[' | b']' | b'{' | b'}') => {
                    return self.stop(at, Reason::Bracket);
                }
                b',' | b'[' | b']' | b'{' | b'}' if flow => break Stopped::Flow,
                _ => {
                    at += 1;
                    end = at;
                }
            }
        };
        self.pos = at;
        Ok((end, stopped))
    }

    /// A plain value with the rest of its line, and with the lines that continue it.
    fn plain(&mut self, parent: isize) -> Result<u32> {
        let start = self.pos;
        self.check_plain_start(start)?;
        let mut style = Style::Plain;
        let mut from = start;
        let end = loop {
            let (end, stopped) = self.plain_line(from, false)?;
            match stopped {
                Stopped::Colon => return self.stop(self.pos, Reason::Colon),
                Stopped::Comment => {
                    self.pos = self.after_line(self.pos);
                    self.advance()?;
                    break end;
                }
                Stopped::Line | Stopped::Flow => {
                    self.pos = self.after_line(self.pos);
                    self.advance()?;
                    if self.col <= parent || self.commented {
                        break end;
                    }
                    style = Style::PlainFolded;
                    from = self.pos;
                }
            }
        };
        if self.col > parent {
            return self.stop(self.pos, Reason::Indent);
        }
        Ok(self.tree.push(Kind::Text, style, Span::new(start, end)))
    }

    /// A quoted scalar; ends after the closing quote.
    pub(super) fn quoted(&mut self) -> Result<u32> {
        let start = self.pos;
        let quote = self.byte(start);
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        // Most are a piece of one line.
        let simple = rest.iter().position(|b| *b == quote || *b == b'\\' || *b == b'\n');
        if let Some(len) = simple {
            let close = start + 1 + len;
            let doubled = quote == b'\'' && self.byte(close + 1) == b'\'';
            if self.byte(close) == quote && !doubled {
                self.pos = close + 1;
                let style = if quote == b'"' { Style::Double } else { Style::Single };
                return Ok(self.tree.push(Kind::Text, style, Span::new(start, self.pos)));
            }
        }
        match scalar::quoted(self.bytes, start) {
            Ok(quoted) => {
                self.pos = quoted.end;
                let style = if quote == b'"' { Style::DoubleEscaped } else { Style::SingleEscaped };
                Ok(self.tree.push(Kind::Text, style, Span::new(start, self.pos)))
            }
            Err(QuoteError::Unclosed) => self.stop(start, Reason::Unclosed(char::from(quote))),
            Err(QuoteError::Bad(at)) => self.stop(at, Reason::Escape),
        }
    }

    /// A block scalar in a block at column `parent`; ends at the next content line.
    fn block_scalar(&mut self, parent: isize) -> Result<u32> {
        let start = self.pos;
        let Some(header) = scalar::header(self.bytes, start) else { return self.stop(start, Reason::Other) };
        self.pos = header.end;
        self.skip_blanks();
        let comment = self.byte(self.pos) == b'#' && self.pos > header.end;
        if !comment && !self.is_break(self.pos) {
            return self.stop(start, Reason::Other);
        }
        let header_end = header.end;
        self.pos = self.after_line(self.pos);
        let lines = match scalar::block_lines(self.bytes, self.pos, parent, header) {
            Ok(lines) => lines,
            Err(at) => return self.stop(at, Reason::Tab),
        };
        let end = if lines.end == self.pos { header_end } else { lines.end };
        self.pos = lines.next;
        let style = if header.folded { Style::Folded } else { Style::Literal };
        let id = self.tree.push(Kind::Text, style, Span::new(start, end));
        self.set_aux(id, lines.indent);
        self.advance()?;
        if self.col > parent { self.stop(self.pos, Reason::Indent) } else { Ok(id) }
    }
}
