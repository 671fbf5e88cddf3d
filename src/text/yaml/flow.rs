//! Maps and lists in brackets, over as many lines as they like.

use super::Kind;
use super::keys::Keys;
use super::scalar;
use super::scan::{Reason, Result, Scanner, Stopped};
use super::tree::{NONE, Style};
use crate::text::Span;

impl Scanner<'_> {
    /// The map or list in brackets at `pos`; ends after the closing bracket.
    pub(super) fn flow(&mut self) -> Result<u32> {
        let open = self.pos;
        self.deeper()?;
        let is_map = self.byte(open) == b'{';
        let (kind, close) = if is_map { (Kind::Map, b'}') } else { (Kind::List, b']') };
        let id = self.tree.push(kind, Style::Flow, Span::empty(open));
        let mut keys = Keys::default();
        self.pos += 1;
        loop {
            self.flow_space(open)?;
            if self.byte(self.pos) == close {
                break;
            }
            if is_map {
                self.flow_entry(id, open, &mut keys)?;
            } else {
                let value = self.flow_value()?;
                self.tree.add(id, NONE, value, 0);
            }
            self.flow_space(open)?;
            match self.byte(self.pos) {
                b',' => self.pos += 1,
                byte if byte == close => break,
                _ => return self.stop(self.pos, Reason::Bracket),
            }
        }
        self.pos += 1;
        self.set_end(id, self.pos);
        self.shallower();
        self.note_link(id, Span::new(open, self.pos));
        Ok(id)
    }

    /// `[[id]]` is a link that lacks its quotes.
    fn note_link(&mut self, id: u32, span: Span) {
        let written = span.of(self.text);
        if !written.starts_with("[[") || !written.ends_with("]]") || written.contains(['\n', ',']) {
            return;
        }
        let node = super::NodeRef { tree: &self.tree, text: self.text, id };
        let is_link = node.items().next().is_some_and(|inner| {
            let mut words = inner.items();
            words.next().is_some_and(|word| word.kind() == Kind::Text && !word.is_quoted()) && words.next().is_none()
        });
        if is_link {
            self.links.push(id);
        }
    }

    /// Blanks, line breaks and comments between the parts of brackets that opened at `open`.
    fn flow_space(&mut self, open: usize) -> Result<()> {
        loop {
            let before = self.pos;
            self.skip_blanks();
            match self.bytes.get(self.pos) {
                None => return self.stop(open, Reason::OpenBracket(char::from(self.byte(open)))),
                Some(b'#') if self.pos > before || self.byte(before.saturating_sub(1)) == b'\n' => {
                    self.pos = self.after_line(self.pos);
                }
                Some(b'\n') => self.pos += 1,
                Some(b'\r') if self.is_break(self.pos) => self.pos += 2,
                Some(b'%') => return self.stop(self.pos, Reason::Reserved('%')),
                Some(b'-' | b'.') if scalar::is_marker(self.bytes, self.pos) => {
                    return self.stop(self.pos, Reason::Marker);
                }
                Some(_) => return Ok(()),
            }
        }
    }

    fn flow_value(&mut self) -> Result<u32> {
        match self.byte(self.pos) {
            b'[' | b'{' => self.flow(),
            b'"' | b'\'' => self.quoted(),
            _ => self.flow_plain(),
        }
    }

    fn flow_entry(&mut self, owner: u32, open: usize, keys: &mut Keys) -> Result<()> {
        let start = self.pos;
        let is_quoted = matches!(self.byte(start), b'"' | b'\'');
        let key = if is_quoted { self.quoted()? } else { self.flow_plain()? };
        self.skip_blanks();
        let written = Span::new(start, self.pos).of(self.text);
        if self.byte(self.pos) != b':' || written.len() > 1000 || written.contains('\n') || written.trim_end() == "<<" {
            return self.stop(self.pos, Reason::Bracket);
        }
        self.pos += 1;
        let colon = self.pos;
        self.flow_space(open)?;
        let value = match self.byte(self.pos) {
            b',' | b'}' => self.tree.push(Kind::Null, Style::Empty, Span::empty(colon)),
            _ => self.flow_value()?,
        };
        self.join(owner, key, value, keys);
        Ok(())
    }

    /// Plain text in brackets, over several lines if need be.
    fn flow_plain(&mut self) -> Result<u32> {
        let start = self.pos;
        self.check_plain_start(start)?;
        let next = self.byte(start + 1);
        let ends = matches!(next, b',' | b'[' | b']' | b'{' | b'}') || self.blankz(start + 1);
        match self.byte(start) {
            b'?' | b':' => return self.stop(start, Reason::Exotic),
            b'-' if ends => return self.stop(start, Reason::Dash),
            _ => {}
        }
        let mut style = Style::Plain;
        let mut from = start;
        let mut text_end = start;
        loop {
            let (end, stopped) = self.plain_line(from, true)?;
            if end > from {
                text_end = end;
                if from > start {
                    style = Style::PlainFolded;
                }
            }
            if stopped != Stopped::Line || end == from {
                break;
            }
            // Does the next line go on?
            let line_end = self.pos;
            while self.pos < self.bytes.len() && self.blankz(self.pos) {
                self.pos += 1;
            }
            if self.pos >= self.bytes.len() || self.byte(self.pos) == b'#' || scalar::is_marker(self.bytes, self.pos) {
                self.pos = line_end;
                break;
            }
            from = self.pos;
        }
        Ok(self.tree.push(Kind::Text, style, Span::new(start, text_end)))
    }
}
