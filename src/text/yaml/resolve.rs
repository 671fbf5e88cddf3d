//! What a plain scalar means: the rules of serde_yaml 0.9, by which this program reads.
//!
//! Kept to the letter, signs and prefixes included, so that the scanner and serde_yaml never disagree about a value.

use super::Kind;

/// A scalar's value once its kind is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text,
}

impl Scalar {
    pub(super) fn kind(self) -> Kind {
        match self {
            Scalar::Null => Kind::Null,
            Scalar::Bool(_) => Kind::Bool,
            Scalar::Unsigned(_) | Scalar::Negative(_) => Kind::Integer,
            Scalar::Float(_) => Kind::Float,
            Scalar::Text => Kind::Text,
        }
    }
}

/// Resolves the text of a plain scalar.
///
/// An integer that 64 bits can't hold is text: serde_yaml's own `Value` refuses it, and an account number of 26 digits
/// is a word to a salesperson.
pub(super) fn resolve(text: &str) -> Scalar {
    let Some(first) = text.as_bytes().first() else { return Scalar::Null };
    match first {
        b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => Scalar::Null,
        b't' | b'T' if matches!(text, "true" | "True" | "TRUE") => Scalar::Bool(true),
        b'f' | b'F' if matches!(text, "false" | "False" | "FALSE") => Scalar::Bool(false),
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        _ => Scalar::Text,
    }
}

fn number(text: &str) -> Scalar {
    if let Some(int) = unsigned(text, u64::from_str_radix) {
        return Scalar::Unsigned(int);
    }
    if let Some(int) = negative(text, i64::from_str_radix) {
        return Scalar::Negative(int);
    }
    if unsigned(text, u128::from_str_radix).is_some() || negative(text, i128::from_str_radix).is_some() {
        return Scalar::Text;
    }
    if leading_zeros(text) {
        return Scalar::Text;
    }
    float(text).map_or(Scalar::Text, Scalar::Float)
}

type Radix<T> = fn(&str, u32) -> Result<T, std::num::ParseIntError>;

fn unsigned<T>(text: &str, parse: Radix<T>) -> Option<T> {
    let bare = text.strip_prefix('+').unwrap_or(text);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = bare.strip_prefix(prefix) {
            if rest.starts_with(['+', '-']) {
                return None;
            }
            if let Ok(int) = parse(rest, radix) {
                return Some(int);
            }
        }
    }
    if bare.starts_with(['+', '-']) || leading_zeros(text) {
        return None;
    }
    parse(bare, 10).ok()
}

fn negative<T>(text: &str, parse: Radix<T>) -> Option<T> {
    for (prefix, radix) in [("-0x", 16), ("-0o", 8), ("-0b", 2)] {
        if let Some(rest) = text.strip_prefix(prefix)
            && let Ok(int) = parse(&format!("-{rest}"), radix)
        {
            return Some(int);
        }
    }
    if leading_zeros(text) { None } else { parse(text, 10).ok() }
}

fn float(text: &str) -> Option<f64> {
    let bare = match text.strip_prefix('+') {
        Some(rest) if rest.starts_with(['+', '-']) => return None,
        Some(rest) => rest,
        None => text,
    };
    if matches!(bare, ".inf" | ".Inf" | ".INF") {
        return Some(f64::INFINITY);
    }
    if matches!(text, "-.inf" | "-.Inf" | "-.INF") {
        return Some(f64::NEG_INFINITY);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN.copysign(1.0));
    }
    bare.parse::<f64>().ok().filter(|float| float.is_finite())
}

/// `007`: digits that begin with a zero are no number in YAML 1.2.
fn leading_zeros(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    digits.len() > 1 && digits.first() == Some(&b'0') && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_yaml::Value;

    fn agrees(text: &str) {
        let Ok(value) = serde_yaml::from_str::<Value>(text) else {
            assert_eq!(resolve(text), Scalar::Text, "{text} is too big for serde_yaml");
            return;
        };
        let kind = match &value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(n) if n.is_f64() => Kind::Float,
            Value::Number(_) => Kind::Integer,
            Value::String(_) => Kind::Text,
            _ => return,
        };
        let ours = resolve(text);
        assert_eq!(ours.kind(), kind, "{text}");
        match ours {
            Scalar::Unsigned(n) => assert_eq!(value.as_u64(), Some(n), "{text}"),
            Scalar::Negative(n) => assert_eq!(value.as_i64(), Some(n), "{text}"),
            Scalar::Float(n) => assert_eq!(value.as_f64().map(f64::to_bits), Some(n.to_bits()), "{text}"),
            _ => {}
        }
    }

    #[test]
    fn serde_yaml_reads_the_same() {
        for text in [
            "~",
            "null",
            "Null",
            "nULL",
            "true",
            "True",
            "yes",
            "no",
            "on",
            "0",
            "-0",
            "+0",
            "00",
            "007",
            "-007",
            "+007",
            "0x1F",
            "+0x1F",
            "-0x1F",
            "0x",
            "0x+1",
            "-0x-1",
            "0o17",
            "017",
            "0b11",
            "-0b11",
            "1_000",
            "12.50",
            "+12.5",
            "1e3",
            "1E3",
            "1e400",
            ".5",
            "5.",
            ".",
            "-.5",
            "+.5",
            ".inf",
            "-.INF",
            "+.inf",
            ".nan",
            "inf",
            "nan",
            "NaN",
            "infinity",
            "-inf",
            "++5",
            "+-5",
            "-+5",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "61109010140000071219812874",
            "+48600100200",
            "2026-11-25",
            "12:30",
            "1.2.3",
            "340282366920938463463374607431768211456",
            "0xFFFFFFFFFFFFFFFFFF",
            "00.5",
            "01e2",
        ] {
            agrees(text);
        }
    }

    proptest! {
        #[test]
        fn serde_yaml_reads_anything_numeric_the_same(text in "[-+]{0,2}[0-9._xobeEinfaINF+-]{1,12}") {
            if text != "-" && !text.starts_with("---") && !text.starts_with("...") {
                agrees(&text);
            }
        }
    }
}
