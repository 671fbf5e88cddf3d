//! A bound on nesting, so that hostile Markdown costs no more than honest one.

use std::borrow::Cow;

use crate::text::Span;

/// Quotes and lists may nest this deep; nobody's notes do.
const MAX_DEPTH: usize = 64;

/// The columns of indentation that could carry as much nesting.
const MAX_INDENT: usize = MAX_DEPTH * 2;

/// The text that is parsed in place of `source`, byte for byte as long, and the first place where it differs.
///
/// Where the quote and list marks at the start of a line would nest deeper than [`MAX_DEPTH`], the surplus ones are
/// turned into letters: the line stays, its depth does not. A parser's work on one line is bounded by that.
pub(super) fn bounded(source: &str) -> (Cow<'_, str>, Option<Span>) {
    let mut masked: Option<String> = None;
    let mut first = None;
    let mut copied = 0;
    let mut at = 0;
    for line in source.as_bytes().split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
        if let Some((from, to)) = surplus(line) {
            let span = Span::new(at + from, at + to);
            first = first.or(Some(span));
            let out = masked.get_or_insert_with(|| String::with_capacity(source.len()));
            out.push_str(source.get(copied..span.start()).unwrap_or(""));
            out.extend(std::iter::repeat_n('x', span.len()));
            copied = span.end();
        }
        at += line.len();
    }
    match masked {
        None => (Cow::Borrowed(source), None),
        Some(mut out) => {
            out.push_str(source.get(copied..).unwrap_or(""));
            (Cow::Owned(out), first)
        }
    }
}

/// The part of the marks at the start of `line` that lies too deep.
fn surplus(bytes: &[u8]) -> Option<(usize, usize)> {
    let in_marks = |b: &u8| matches!(b, b' ' | b'\t' | b'>' | b'-' | b'+' | b'*' | b'.' | b')' | b'0'..=b'9');
    let end = bytes.iter().position(|b| !in_marks(b)).unwrap_or(bytes.len());
    let marks = bytes.get(..end)?;
    if marks.len() <= MAX_DEPTH {
        return None;
    }
    let (mut depth, mut indent) = (0, 0);
    let mut from = None;
    for (at, byte) in marks.iter().enumerate() {
        match byte {
            b' ' => indent += 1,
            b'\t' => indent += 4,
            b'>' => depth += 1,
            b'-' | b'+' | b'*' | b'.' | b')' if !matches!(bytes.get(at + 1), Some(b) if !b.is_ascii_whitespace()) => {
                depth += 1;
            }
            _ => {}
        }
        if depth > MAX_DEPTH || indent > MAX_INDENT {
            from = Some(at);
            break;
        }
    }
    let from = from?;
    let rest = bytes.get(from..)?.trim_ascii_end();
    let ruler = |mark: u8| bytes.contains(&mark) && bytes.iter().all(|b| *b == mark || b.is_ascii_whitespace());
    // A blank tail nests nothing, and neither does a line drawn with one sign.
    if rest.is_empty() || ruler(b'-') || ruler(b'*') {
        return None;
    }
    Some((from, from + rest.len().min(end - from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_text_is_left_as_it_is() {
        let wide = " ".repeat(120);
        for text in
            ["", "> > a\n- - b\n", "----------------\n", &"*".repeat(500), &"- ".repeat(500), &format!("{wide}x\n")]
        {
            let (seen, first) = bounded(text);
            assert!(matches!(seen, Cow::Borrowed(_)) && first.is_none(), "{text}");
        }
    }

    #[test]
    fn surplus_marks_become_letters_of_the_same_length() {
        let text = format!("a\r\n{}ł\n{}b\n", "> ".repeat(100), "1. ".repeat(90));
        let (seen, first) = bounded(&text);
        assert_eq!(seen.len(), text.len());
        assert!(seen.contains("> xxxx") && seen.ends_with("xb\n"));
        assert_eq!(first.map(|span| span.start()), Some(3 + 128));
    }
}
