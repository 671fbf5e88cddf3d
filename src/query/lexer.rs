//! Words, quotes and parentheses of a query.

use super::error::Problem;
use crate::text::Span;

/// One letter of a word, and whether quotes took its meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) letter: char,
    pub(super) quoted: bool,
    pub(super) span: Span,
}

impl Glyph {
    /// True for this letter without quotes around it.
    pub(super) fn is(self, letter: char) -> bool {
        !self.quoted && self.letter == letter
    }
}

#[derive(Clone, Debug)]
pub(super) enum TokenKind {
    Or,
    Not,
    Open,
    Close,
    Word(Vec<Glyph>),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What stands between terms, if the word is exactly that.
fn operator(word: &str) -> Option<TokenKind> {
    match word {
        "OR" => Some(TokenKind::Or),
        "NOT" => Some(TokenKind::Not),
        "(" => Some(TokenKind::Open),
        ")" => Some(TokenKind::Close),
        _ => None,
    }
}

/// The tokens of one argument, which is a whole query.
pub(super) fn tokens(source: &str, problems: &mut Vec<(Problem, Span)>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = source.get(at..).and_then(|rest| rest.chars().next()) {
        if letter.is_whitespace() {
            at += letter.len_utf8();
        } else if matches!(letter, '(' | ')') {
            let kind = if letter == '(' { TokenKind::Open } else { TokenKind::Close };
            tokens.push(Token { kind, span: Span::new(at, at + 1) });
            at += 1;
        } else {
            let ends_word = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
            let (glyphs, end) = glyphs(source, at, source.len(), ends_word, problems);
            let span = Span::new(at, end);
            let kind = operator(span.of(source)).unwrap_or(TokenKind::Word(glyphs));
            tokens.push(Token { kind, span });
            at = end;
        }
    }
    tokens
}

/// Several arguments joined to one source, and a token for each.
pub(super) fn argument_tokens<S: AsRef<str>>(
    arguments: &[S],
    problems: &mut Vec<(Problem, Span)>,
) -> (String, Vec<Token>) {
    let source = arguments.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(" ");
    let mut at = 0;
    let mut tokens = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let span = Span::new(at, at + argument.as_ref().len());
        let kind = operator(argument.as_ref()).unwrap_or_else(|| {
            let (glyphs, _) = glyphs(&source, span.start(), span.end(), |_| false, problems);
            TokenKind::Word(glyphs)
        });
        tokens.push(Token { kind, span });
        at = span.end() + 1;
    }
    (source, tokens)
}

/// The letters from `start` to where the word ends, `limit` at the latest, and that place.
fn glyphs(
    source: &str,
    start: usize,
    limit: usize,
    ends_word: impl Fn(char) -> bool,
    problems: &mut Vec<(Problem, Span)>,
) -> (Vec<Glyph>, usize) {
    let mut glyphs = Vec::new();
    let mut open: Option<usize> = None;
    let mut chars = source.get(start..limit).unwrap_or("").char_indices().peekable();
    while let Some(&(offset, letter)) = chars.peek() {
        let at = start + offset;
        if open.is_none() && ends_word(letter) {
            return (glyphs, at);
        }
        chars.next();
        if letter == '"' {
            open = if open.is_some() { None } else { Some(at) };
            continue;
        }
        let escaped = chars.next_if(|(_, next)| open.is_some() && letter == '\\' && matches!(next, '"' | '\\'));
        let letter = escaped.map_or(letter, |(_, next)| next);
        let end = at + letter.len_utf8() + usize::from(escaped.is_some());
        glyphs.push(Glyph { letter, quoted: open.is_some(), span: Span::new(at, end) });
    }
    if let Some(at) = open {
        problems.push((Problem::OpenQuote, Span::new(at, limit)));
    }
    (glyphs, limit)
}
