//! How a text is written so that every YAML program reads that text.

use super::Kind;
use super::resolve::resolve;

/// What other programs make of a text that stands without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misread {
    /// Nothing: `null`, `~`.
    Null,
    /// A truth value: `no`, `on`, `true`.
    Bool(bool),
    /// A number that, written out, looks like this: `007` is 7, `12:30` is 750.
    Number(String),
    /// Something only YAML 1.1 knows: a merge (`<<`) or a default value (`=`).
    Special,
}

impl std::fmt::Display for Misread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Misread::Null => f.write_str("nothing (null)"),
            Misread::Bool(value) => write!(f, "{value}"),
            Misread::Number(number) => write!(f, "the number {number}"),
            Misread::Special => f.write_str("a sign with a meaning of its own"),
        }
    }
}

/// What some YAML program (1.1 or 1.2) would make of `raw` if it stood without quotes where a text is meant; `None` if
/// all read the text. Dates are text here: every program shows them as they were written.
pub fn misread(raw: &str) -> Option<Misread> {
    match raw {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Misread::Null),
        "=" | "<<" => return Some(Misread::Special),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            return Some(Misread::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Some(Misread::Bool(false));
        }
        _ => {}
    }
    number(raw).map(Misread::Number)
}

/// The number that YAML 1.1 or 1.2 sees in `raw`, written out.
fn number(raw: &str) -> Option<String> {
    let unsigned = raw.strip_prefix(['+', '-']).unwrap_or(raw);
    let sign = if raw.starts_with('-') { "-" } else { "" };
    let first = unsigned.bytes().next()?;
    if !first.is_ascii_digit() && first != b'.' {
        return None;
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(format!("{sign}infinity"));
    }
    if matches!(raw, ".nan" | ".NaN" | ".NAN") {
        return Some("NaN".into());
    }
    let digits: String = unsigned.chars().filter(|c| *c != '_').collect();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return u128::from_str_radix(rest, radix).ok().map(|n| format!("{sign}{n}"));
        }
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        // YAML 1.1 reads digits after a zero as octal, others as decimal.
        let bare = digits.trim_start_matches('0');
        if digits.len() > 1 && digits.starts_with('0') && bare.bytes().all(|b| b < b'8') {
            return u128::from_str_radix(&digits, 8).ok().map(|n| format!("{sign}{n}"));
        }
        return Some(format!("{sign}{}", if bare.is_empty() { "0" } else { bare }));
    }
    if digits.contains(':') {
        return sexagesimal(&digits).map(|n| format!("{sign}{n}"));
    }
    if resolve(raw).kind() == Kind::Float {
        return digits.parse::<f64>().ok().map(|n| format!("{sign}{n}"));
    }
    // `1_000.5` is a number in YAML 1.1 alone, `1e400` in all but one that counts.
    let floats = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if floats { digits.parse::<f64>().ok().map(|n| format!("{sign}{n}")) } else { None }
}

/// `12:30` is 750 for YAML 1.1, which counts in sixties.
fn sexagesimal(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut total: u128 = 0;
    for (number, part) in whole.split(':').enumerate() {
        let value: u128 = part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()))?;
        if number > 0 && (value > 59 || part.len() > 2) {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(value)?;
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(if fraction.is_empty() { total.to_string() } else { format!("{total}.{fraction}") })
}

/// Writes `text` as a YAML scalar for a block map or list: plain where every program reads it as this text, else in
/// single quotes, else (line breaks, control characters) in double quotes.
pub fn quote(text: &str) -> String {
    if is_plain(text, false) { text.to_owned() } else { quoted(text) }
}

/// As [`quote`], for a place in brackets, where commas and brackets need quotes too.
pub fn quote_in_flow(text: &str) -> String {
    if is_plain(text, true) { text.to_owned() } else { quoted(text) }
}

/// Quotes whatever it is: single if possible, else double.
pub(super) fn quoted(text: &str) -> String {
    if needs_escapes(text) { double(text) } else { single(text) }
}

pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            _ if is_special(char) && u32::from(char) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(char))),
            _ if is_special(char) => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// Characters that must be escaped: controls, line breaks, and what YAML programs take for either.
pub(super) fn is_special(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

pub(super) fn needs_escapes(text: &str) -> bool {
    text.chars().any(is_special)
}

/// True if `text` may stand without quotes and be read as this text by every program.
pub(super) fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let indicators = "-?:,[]{}#&*!|>'\"%@`=<~";
    !indicators.contains(first)
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.starts_with("...")
        && !text.contains(": ")
        && !text.contains(" #")
        && !(flow && (text.contains([',', '[', ']', '{', '}']) || text.contains(":?")))
        && !needs_escapes(text)
        && misread(text).is_none()
        && resolve(text).kind() == Kind::Text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_that_other_programs_misread() {
        let reads = |raw: &str| misread(raw).map(|m| m.to_string());
        assert_eq!(reads("no").as_deref(), Some("false"));
        assert_eq!(reads("on").as_deref(), Some("true"));
        assert_eq!(reads("12:30").as_deref(), Some("the number 750"));
        assert_eq!(reads("007").as_deref(), Some("the number 7"));
        assert_eq!(reads("010").as_deref(), Some("the number 8"));
        assert_eq!(reads("+48600100200").as_deref(), Some("the number 48600100200"));
        assert_eq!(reads("1e3").as_deref(), Some("the number 1000"));
        assert_eq!(reads("1_000").as_deref(), Some("the number 1000"));
        assert_eq!(reads("12.50").as_deref(), Some("the number 12.5"));
        assert_eq!(reads("~").as_deref(), Some("nothing (null)"));
        for text in
            ["2026-11-25", "2026-11-25T14:30", "Łódź", "1.2.3", "+48 600 100 200", "12:75", "3 Maja", "n/a", "5-10"]
        {
            assert_eq!(reads(text), None, "{text}");
        }
    }

    #[test]
    fn quotes_stand_only_where_needed() {
        assert_eq!(quote("Łódź, Piotrkowska 1"), "Łódź, Piotrkowska 1");
        assert_eq!(quote_in_flow("Łódź, Piotrkowska 1"), "'Łódź, Piotrkowska 1'");
        assert_eq!(quote("Re: offer"), "'Re: offer'");
        assert_eq!(quote("no"), "'no'");
        assert_eq!(quote("it's"), "it's");
        assert_eq!(quote("'s-Hertogenbosch"), "'''s-Hertogenbosch'");
        assert_eq!(quote("+48600100200"), "'+48600100200'");
        assert_eq!(quote("2026-11-25"), "2026-11-25");
        assert_eq!(quote("[[acme]]"), "'[[acme]]'");
        assert_eq!(quote("a\nb"), "\"a\\nb\"");
        assert_eq!(quote(""), "''");
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(text in "\\PC{0,20}|[-?:,\\[\\]{}#&*!|>'\"%@` a0\t\n.~]{0,8}") {
            for yaml in [format!("k: {}\n", quote(&text)), format!("k: [{}]\n", quote_in_flow(&text)),
                         format!("k: {{a: {}}}\n", quote_in_flow(&text)), format!("- {}\n", quote(&text)),
                         format!("{}: 1\n", quote(&text)).replace("\n: 1", ": 1")] {
                let value: serde_yaml::Value = serde_yaml::from_str(&yaml).map_err(|e| TestCaseError::fail(format!("{e}: {yaml}")))?;
                let read = match &value {
                    serde_yaml::Value::Sequence(items) => items.first(),
                    serde_yaml::Value::Mapping(map) => map.iter().next().map(|(key, value)| match value {
                        serde_yaml::Value::Sequence(items) => items.first().unwrap_or(value),
                        serde_yaml::Value::Mapping(inner) => inner.get("a").unwrap_or(value),
                        serde_yaml::Value::Number(_) => key,
                        _ => value,
                    }),
                    _ => None,
                };
                prop_assert_eq!(read.and_then(|v| v.as_str()), Some(text.as_str()), "{}", yaml);
            }
        }
    }
}
