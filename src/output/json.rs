use std::cell::Cell;
use std::io::{self, Write};

use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

use super::clean::must_go;

/// Writes `{"schema_version":1,"kind":…,"items":[…]}`, one item after the other as they come.
pub(super) fn envelope(
    kind: &str,
    items: impl Iterator<Item = Value>,
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let whole = Envelope { kind, items: Cell::new(Some(items)) };
    write(&whole, pretty, out)
}

/// Writes each item on a line of its own.
pub(super) fn lines(items: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    items.into_iter().try_for_each(|item| write(&item, false, out))
}

/// Writes a value on a line of its own. Characters that could steer a terminal are escaped, so nothing is lost.
///
/// # Errors
/// Those of `out`.
pub fn line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write(value, false, out)
}

/// Writes a value and a line end. Characters that could steer a terminal are escaped, so nothing is lost.
pub(super) fn write(value: &impl serde::Serialize, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut safe = Escaping { out };
    if pretty { serde_json::to_writer_pretty(&mut safe, value) } else { serde_json::to_writer(&mut safe, value) }?;
    writeln!(out)
}

struct Envelope<'a, I> {
    kind: &'a str,
    items: Cell<Option<I>>,
}

impl<I: Iterator<Item = Value>> serde::Serialize for Envelope<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("schema_version", &1)?;
        map.serialize_entry("kind", self.kind)?;
        map.serialize_entry("items", &Items(&self.items))?;
        map.end()
    }
}

/// The items, which can be told but once.
struct Items<'a, I>(&'a Cell<Option<I>>);

impl<I: Iterator<Item = Value>> serde::Serialize for Items<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}

/// Writes JSON on, with what JSON itself leaves alone and a terminal obeys as `\u….`
///
/// Such characters stand only within strings, so the escape says the same.
struct Escaping<'a> {
    out: &'a mut dyn Write,
}

impl Write for Escaping<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(|c| c != '\n' && must_go(c)) => {
                let mut escaped = String::with_capacity(text.len() + 16);
                text.chars().for_each(|c| push_escaped(&mut escaped, c));
                self.out.write_all(escaped.as_bytes())?;
            }
            _ => self.out.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn push_escaped(out: &mut String, c: char) {
    use std::fmt::Write as _;
    if c == '\n' || !must_go(c) {
        return out.push(c);
    }
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string can't fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(pretty: bool, items: &[Value]) -> String {
        let mut out = Vec::new();
        envelope("list", items.iter().cloned(), pretty, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_envelope_is_compact_or_pretty() {
        assert_eq!(
            written(false, &[json!({"a": 1}), json!(null)]),
            "{\"schema_version\":1,\"kind\":\"list\",\"items\":[{\"a\":1},null]}\n"
        );
        assert_eq!(written(true, &[]), "{\n  \"schema_version\": 1,\n  \"kind\": \"list\",\n  \"items\": []\n}\n");
    }

    #[test]
    fn what_steers_a_terminal_is_escaped_and_comes_back() {
        let hostile = "a\u{1b}[m\u{9b}\u{7f}\u{202e}\u{e0041}\u{feff}ł\n";
        let mut out = Vec::new();
        lines([json!(hostile)].into_iter(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\"a\\u001b[m\\u009b\\u007f\\u202e\\udb40\\udc41\\ufeffł\\n\"\n");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!(hostile));
    }
}
