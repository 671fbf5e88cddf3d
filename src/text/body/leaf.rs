//! One paragraph (or heading, table cell, text of a list item): its inline pieces, their plain text, words and tags.

use crate::text::Span;

/// A piece of a leaf, in the order of the text.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) span: Span,
    pub(super) kind: PieceKind,
    pub(super) in_link: bool,
}

#[derive(Debug)]
pub(super) enum PieceKind {
    /// Text as it stands in the source.
    Text,
    /// Text that the source writes otherwise: an entity.
    Written(Box<str>),
    /// Code: plain text, but nothing in it is read.
    Code(Box<str>),
    /// A line break.
    Break,
    /// An HTML tag: nothing in plain text.
    Html,
}

/// The pieces of one leaf.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) pieces: Vec<Piece>,
    pub(super) span: Span,
}

impl Piece {
    /// True if `kind` at `span` is text right behind this text.
    pub(super) fn continues_with(&self, kind: &PieceKind, span: Span) -> bool {
        matches!((&self.kind, kind), (PieceKind::Text, PieceKind::Text)) && self.span.end() == span.start()
    }
}

impl Leaf {
    /// Forgets what stands before the byte at `at`.
    pub(super) fn drop_before(&mut self, at: usize) {
        self.pieces.retain(|piece| piece.span.end() > at);
        if let Some(first) = self.pieces.first_mut() {
            first.span = Span::new(first.span.start().max(at), first.span.end());
        }
    }

    /// The plain text: marks gone, whitespace single, `cut` spans left out, at most `limit` characters.
    pub(super) fn plain(&self, text: &str, cut: &[Span], limit: usize) -> String {
        let mut plain = Plain::new(limit);
        let mut cut = cut.iter().copied().peekable();
        for piece in &self.pieces {
            match &piece.kind {
                PieceKind::Break => plain.push(" "),
                PieceKind::Html => {}
                PieceKind::Written(text) | PieceKind::Code(text) => plain.push(text),
                PieceKind::Text => {
                    let mut at = piece.span.start();
                    while let Some(gap) = cut.peek().copied().filter(|gap| gap.start() < piece.span.end()) {
                        plain.push(Span::new(at, gap.start()).of(text));
                        at = at.max(gap.end());
                        if gap.end() > piece.span.end() {
                            break;
                        }
                        cut.next();
                    }
                    plain.push(Span::new(at, piece.span.end()).of(text));
                }
            }
            if plain.full {
                break;
            }
        }
        plain.finish()
    }

    /// The longest stretches of neighbouring text outside code and links.
    fn runs(&self) -> Vec<Span> {
        let mut runs: Vec<Span> = Vec::new();
        for piece in self.pieces.iter().filter(|piece| matches!(piece.kind, PieceKind::Text) && !piece.in_link) {
            match runs.last_mut() {
                Some(run) if run.end() == piece.span.start() => *run = run.to(piece.span),
                _ => runs.push(piece.span),
            }
        }
        runs
    }

    /// The words of the runs that whitespace, or an end of the leaf, parts from everything else.
    pub(super) fn words(&self, text: &str) -> Vec<Span> {
        let mut words = Vec::new();
        for run in self.runs() {
            let mut at = run.start();
            for part in run.of(text).split(char::is_whitespace) {
                let word = Span::new(at, at + part.len());
                at = text
                    .get(word.end()..)
                    .and_then(|t| t.chars().next())
                    .map_or(word.end(), |c| word.end() + c.len_utf8());
                if !word.is_empty() && self.stands_alone(text, word) {
                    words.push(word);
                }
            }
        }
        words
    }

    fn stands_alone(&self, text: &str, word: Span) -> bool {
        let before = Span::new(self.span.start(), word.start()).of(text).chars().next_back();
        let after = Span::new(word.end(), self.span.end()).of(text).chars().next();
        before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace)
    }

    /// The `#tags` of the leaf, signs included.
    pub(super) fn tags(&self, text: &str) -> Vec<Span> {
        let mut tags = Vec::new();
        for run in self.runs() {
            let inside = run.of(text);
            for (offset, _) in inside.match_indices('#') {
                let at = run.start() + offset;
                let before = Span::new(self.span.start(), at).of(text).chars().next_back();
                if !before.is_none_or(|c| c.is_whitespace() || c == '(') {
                    continue;
                }
                let name = inside.get(offset + 1..).unwrap_or("");
                let len = name.find(|c: char| !is_tag_char(c)).unwrap_or(name.len());
                let name = name.get(..len).unwrap_or("").trim_end_matches(['-', '/']);
                if name.chars().any(char::is_alphabetic) {
                    tags.push(Span::new(at, at + 1 + name.len()));
                }
            }
        }
        tags
    }
}

fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '/') || unicode_normalization::char::is_combining_mark(c)
}

/// Plain text that grows up to a limit, with single spaces.
struct Plain {
    text: String,
    room: usize,
    gap: bool,
    full: bool,
}

impl Plain {
    fn new(limit: usize) -> Self {
        Self { text: String::new(), room: limit, gap: false, full: false }
    }

    fn push(&mut self, part: &str) {
        for c in part.chars() {
            if c.is_whitespace() {
                self.gap = true;
                continue;
            }
            let gap = std::mem::take(&mut self.gap) && !self.text.is_empty();
            if self.room < 1 + usize::from(gap) {
                self.full = true;
                return;
            }
            if gap {
                self.text.push(' ');
            }
            self.text.push(c);
            self.room -= 1 + usize::from(gap);
        }
    }

    fn finish(mut self) -> String {
        if self.full {
            // A word that was cut in two says less than none.
            if let Some((head, _)) = self.text.rsplit_once(' ') {
                self.text.truncate(head.len());
            }
            self.text.push('…');
        }
        self.text
    }
}
