use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns of a terminal a clean text takes.
///
/// The sum over its characters: terminals that join emoji take fewer, never more.
pub fn text_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_width).sum() }
}

pub(super) fn char_width(c: char) -> usize {
    // The emoji selector makes a narrow sign wide.
    if c == '\u{fe0f}' { 1 } else { UnicodeWidthChar::width(c).unwrap_or(1) }
}

/// The text in at most `width` columns; what is cut off is stood for by `…` (`...` without `unicode`).
///
/// Characters are kept whole, with the accents that stand on them.
pub fn shorten(text: &str, width: usize, unicode: bool) -> Cow<'_, str> {
    if text_width(text) <= width {
        return Cow::Borrowed(text);
    }
    let ellipsis = if unicode { "…" } else { "..." };
    let ellipsis = &ellipsis[..if UnicodeWidthStr::width(ellipsis) > width { 0 } else { ellipsis.len() }];
    let room = width - text_width(ellipsis);
    let (head, _) = split_at_width(text, room);
    Cow::Owned(format!("{}{ellipsis}", head.trim_end()))
}

/// Splits before the first character that would go past `width` columns; what stands on a letter stays with it.
pub(super) fn split_at_width(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > width {
            return text.split_at_checked(at).unwrap_or((text, ""));
        }
    }
    (text, "")
}

/// Breaks a text into lines of at most `width` columns, at spaces where there are any, and at its own line ends.
///
/// A word that is longer than a line is broken; of `width` 0 the text's own lines come back.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        if width == 0 || text_width(paragraph) <= width {
            lines.push(paragraph.trim_end().to_owned());
        } else {
            wrap_paragraph(paragraph, width, &mut lines);
        }
    }
    lines
}

fn wrap_paragraph(paragraph: &str, width: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let word_width = text_width(word);
        if used > 0 && used + 1 + word_width <= width {
            line.push(' ');
            line.push_str(word);
            used += 1 + word_width;
            continue;
        }
        if used > 0 {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while text_width(rest) > width {
            let (head, tail) = split_at_width(rest, width);
            // A wide character in a line of one column must not stop the way.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let (head, tail) = if head.is_empty() { rest.split_at(first) } else { (head, tail) };
            lines.push(head.to_owned());
            rest = tail;
        }
        used = text_width(rest);
        line.push_str(rest);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_columns_not_bytes_or_characters() {
        for (text, width) in [("Łódź", 4), ("e\u{301}tat", 4), ("株式会社", 8), ("", 0)] {
            assert_eq!(text_width(text), width, "{text}");
        }
    }

    #[test]
    fn a_shortened_text_fits_and_says_so() {
        assert_eq!(shorten("Acme Trade", 10, true), "Acme Trade");
        assert_eq!(shorten("Acme Trade", 6, true), "Acme…");
        assert_eq!(shorten("Acme Trade", 6, false), "Acm...");
        assert_eq!(shorten("株式会社", 6, true), "株式…");
        assert_eq!(shorten("e\u{301}e\u{301}e\u{301}", 2, true), "e\u{301}…");
        assert_eq!(shorten("Acme", 2, false), "Ac");
        assert_eq!(shorten("Acme", 0, true), "");
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a donaudampfschiff b", 6), ["a", "donaud", "ampfsc", "hiff b"]);
        assert_eq!(wrap("first\n\nsecond line", 6), ["first", "", "second", "line"]);
        assert_eq!(wrap("株式", 1), ["株", "式"]);
        assert_eq!(wrap("", 5), [""]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "\\PC{0,40}", width in 2usize..30) {
            for line in wrap(&text, width) {
                proptest::prop_assert!(text_width(&line) <= width);
            }
            proptest::prop_assert!(text_width(&shorten(&text, width, true)) <= width);
        }
    }
}
