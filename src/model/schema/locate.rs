//! Where a value stands in a JSON file, so that a finding about a schema has a place.

use crate::text::Span;

/// The bytes of the value that a JSON pointer names; nothing where the text ends or breaks before it.
pub(super) fn locate(text: &str, pointer: &str) -> Option<Span> {
    let mut cursor = Cursor { text, at: 0 };
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        cursor.enter(&step)?;
    }
    let start = cursor.blank();
    cursor.skip_value()?;
    Some(Span::new(start, cursor.at))
}

/// The bytes at which serde_json gave up: its lines and columns begin at one.
pub(super) fn at_line(text: &str, line: usize, column: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
    Span::new(at, end)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes over white space and a byte-order mark; gives the place it has come to.
    fn blank(&mut self) -> usize {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF)) {
            self.at += 1;
        }
        self.at
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.blank();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Goes into the map or list here, to the value under `step`.
    fn enter(&mut self, step: &str) -> Option<()> {
        self.blank();
        let is_map = self.peek() == Some(b'{');
        self.at += 1;
        let mut index = 0;
        loop {
            let found = if is_map {
                let start = self.blank();
                self.skip_string()?;
                let key: String = serde_json::from_str(self.text.get(start..self.at)?).ok()?;
                self.take(b':')?;
                key == step
            } else {
                step == index.to_string()
            };
            if found {
                return Some(());
            }
            self.skip_value()?;
            self.take(b',')?;
            index += 1;
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    fn skip_value(&mut self) -> Option<()> {
        self.blank();
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                _ => {
                    let ends = |b: u8| matches!(b, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\r' | b'\n');
                    let start = self.at;
                    while self.peek().is_some_and(|b| !ends(b)) {
                        self.at += 1;
                    }
                    if self.at == start {
                        return None;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_the_bytes_of_its_value() {
        let text = "\u{feff}{ \"a\" : [1, {\"b/c\": \"x, \\\"y\\\"\"}], \"d\":null}";
        let found = |pointer| locate(text, pointer).map(|span| span.of(text));
        assert_eq!(found("/a/0"), Some("1"));
        assert_eq!(found("/a/1/b~1c"), Some("\"x, \\\"y\\\"\""));
        assert_eq!(found("/a/1"), Some("{\"b/c\": \"x, \\\"y\\\"\"}"));
        assert_eq!(found("/d"), Some("null"));
        assert_eq!(found(""), Some(text.trim_start_matches('\u{feff}')));
        assert_eq!(found("/e"), None);
        assert_eq!(found("/a/7"), None);
        assert_eq!(found("/d/x"), None);
    }

    #[test]
    fn broken_text_gives_no_place_and_no_panic() {
        for text in ["", "{", "{\"a", "[1,", "{\"a\":\\", "]"] {
            assert_eq!(locate(text, "/a/b"), None);
            assert_eq!(locate(text, ""), None);
        }
        assert_eq!(at_line("ab\ncęd", 2, 3), Span::new(4, 6));
        assert_eq!(at_line("", 9, 9), Span::empty(0));
    }
}
