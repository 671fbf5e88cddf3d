//! The outermost map, where the scanner goes on after an entry that it can't read.

use super::Kind;
use super::keys::Keys;
use super::scan::{END, Opaque, Reason, Result, Scanner, Stop};
use super::tree::{NONE, Style};
use crate::text::Span;

/// How many entries of the outermost map may fail before the rest is given up, so that hostile input stays linear.
const MAX_STOPS: usize = 16;

impl Scanner<'_> {
    /// Scans everything; what can't be read goes into `stops`. Gives the outermost node.
    pub(super) fn root(&mut self, stops: &mut Vec<Opaque>) -> Option<u32> {
        let whole = Span::new(self.pos, self.bytes.len());
        let refuse = |stops: &mut Vec<Opaque>, stop| {
            stops.push(Opaque { stop, span: whole, before: 0 });
            None
        };
        if let Err(stop) = self.advance() {
            return refuse(stops, stop);
        }
        if self.col == END {
            return None;
        }
        let first = self.byte(self.pos);
        let is_list = first == b'-' && self.blankz(self.pos + 1);
        if !is_list && !matches!(first, b'{' | b'[') {
            return Some(self.root_map(stops));
        }
        let node = self.node(self.col as usize, -1);
        match node {
            Ok(id) if self.col == END => Some(id),
            Ok(_) => {
                let stop = Stop { at: self.pos, reason: Reason::Indent };
                refuse(stops, stop)
            }
            Err(stop) => refuse(stops, stop),
        }
    }

    /// The outermost map: an entry that can't be read is noted, and the next one is tried.
    fn root_map(&mut self, stops: &mut Vec<Opaque>) -> u32 {
        let col = self.col as usize;
        let id = self.tree.push(Kind::Map, Style::Block, Span::empty(self.pos));
        self.set_aux(id, col);
        let mut keys = Keys::default();
        let mut before = 0;
        loop {
            let line = self.line;
            let (nodes, entries) = (self.tree.nodes.len(), self.tree.entries.len());
            let owner = self.tree.nodes.get(id as usize).copied();
            let (duplicates, links) = (self.duplicates.len(), self.links.len());
            let done = self.entry(id, col, &mut keys).and_then(|()| self.fits(col));
            match done {
                Ok(true) => before += 1,
                Ok(false) => break,
                Err(stop) => {
                    // Take back what the entry left behind.
                    self.tree.nodes.truncate(nodes);
                    self.tree.entries.truncate(entries);
                    self.duplicates.truncate(duplicates);
                    self.links.truncate(links);
                    keys.forget_from(entries as u32);
                    if let (Some(node), Some(owner)) = (self.tree.nodes.get_mut(id as usize), owner) {
                        *node = owner;
                        if let Some(last) = self.tree.entries.get_mut(owner.last as usize) {
                            last.next = NONE;
                        }
                    }
                    self.depth = 0;
                    let rest = stops.len() + 1 >= MAX_STOPS;
                    let next = if rest { self.bytes.len() } else { self.next_entry(line, col) };
                    stops.push(Opaque { stop, span: Span::new(line, next), before });
                    if !self.resume(next) {
                        break;
                    }
                }
            }
        }
        id
    }

    /// After an entry: true if another one follows in column `col`, false at the end.
    fn fits(&mut self, col: usize) -> Result<bool> {
        match self.col {
            END => Ok(false),
            at if at == col as isize => Ok(true),
            _ => self.stop(self.pos, Reason::Indent),
        }
    }

    /// The start of the next line after `line` that can begin an entry of the outermost map.
    fn next_entry(&self, line: usize, col: usize) -> usize {
        let mut at = self.after_line(line);
        while at < self.bytes.len() {
            let indent = self.bytes.get(at..).unwrap_or_default().iter().take_while(|b| **b == b' ').count();
            let first = self.byte(at + indent);
            let item = first == b'-' && self.blankz(at + indent + 1);
            let closes = matches!(first, b']' | b'}');
            if indent <= col && !item && !closes && !matches!(first, b'#' | b'\t') && !self.is_break(at + indent) {
                break;
            }
            at = self.after_line(at);
        }
        at
    }

    /// Goes on at the line that begins at `at`; false at the end.
    fn resume(&mut self, at: usize) -> bool {
        self.pos = at;
        self.line = at;
        while self.bytes.get(self.pos) == Some(&b' ') {
            self.pos += 1;
        }
        self.col = if self.pos < self.bytes.len() { (self.pos - at) as isize } else { END };
        self.col != END
    }
}
