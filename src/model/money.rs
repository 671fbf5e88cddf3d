use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::packed;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The currency with this ISO 4217 code, in capitals; `None` if there is none.
    pub fn new(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code)?;
        code.as_bytes().try_into().ok().map(Self)
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimals its amounts are written with: 2 for PLN, 0 for JPY.
    pub fn decimals(&self) -> u32 {
        iso_currency::Currency::from_code(self.code()).and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An exact, net amount; without a currency where neither the record nor the workspace names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in whole units of the currency.
    #[serde(with = "packed")]
    pub amount: Decimal,
    /// Its currency, if known.
    pub currency: Option<Currency>,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount)?;
        self.currency.map_or(Ok(()), |currency| write!(f, " {currency}"))
    }
}

impl Money {
    /// How many decimals the amount needs: none for a whole one, else at least as many as its currency has.
    pub fn decimals(&self) -> u32 {
        match self.amount.normalize().scale() {
            0 => 0,
            needed => needed.max(self.currency.map_or(2, |currency| currency.decimals())),
        }
    }

    /// The amount as people read it, with at least so many decimals: `120 000 PLN`.
    pub fn for_people(&self, decimals: u32) -> String {
        let amount = grouped(self.amount, decimals.max(self.decimals()), 4);
        self.currency.map_or_else(|| amount.clone(), |currency| format!("{amount} {currency}"))
    }
}

/// The number as people read it, with spaces between groups of three digits where it has at least `from` digits before
/// the point, and with at least so many decimals.
pub fn grouped(number: Decimal, decimals: u32, from: usize) -> String {
    let text = exact(number, decimals);
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (at, digit) in whole.char_indices() {
        if at > 0 && whole.len() >= from && (whole.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The number with at least so many decimals and never fewer than it needs.
pub fn exact(number: Decimal, decimals: u32) -> String {
    let text = number.normalize().to_string();
    let has = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let missing = usize::try_from(decimals).unwrap_or(0).saturating_sub(has);
    let point = if has == 0 && missing > 0 { "." } else { "" };
    format!("{text}{point}{}", "0".repeat(missing))
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Written for people (`120 000,50`); holds the amount as the format wants it.
    #[error("an amount has no spaces and a point before its decimals: {0}")]
    Localized(Decimal),
    /// Not an amount in any way that can be understood.
    #[error("this is not an amount")]
    NotANumber,
}

/// Amounts have at most so many digits before the point. With more than this, sums would no longer be exact.
const WHOLE_DIGITS: u32 = 15;
/// Amounts have at most so many digits after the point.
const DECIMALS: u32 = 12;

/// The decimal that `text` is, if all of it fits: nothing is ever rounded in silence.
fn exactly(text: &str) -> Option<Decimal> {
    let amount = Decimal::from_str_exact(text).ok()?;
    let fits = amount.scale() <= DECIMALS && amount.trunc().abs() < Decimal::from(10_u64.pow(WHOLE_DIGITS));
    fits.then_some(amount)
}

/// Reads an exact decimal as the contract has it: digits, at most one `.`, an optional sign; up to 15 digits before
/// the point and 12 after it.
///
/// # Errors
/// [`AmountError::Localized`] where a person's way of writing (`120 000,50`, `1.200.000,00`, `120'000`) leaves one
/// safe reading, [`AmountError::NotANumber`] for all else.
pub fn parse_amount(text: &str) -> Result<Decimal, AmountError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    if plain && let Some(amount) = exactly(text.strip_prefix('+').unwrap_or(text)) {
        return Ok(amount);
    }
    match localized(text) {
        Some(amount) => Err(AmountError::Localized(amount)),
        None => Err(AmountError::NotANumber),
    }
}

/// The one safe reading of an amount as people write it; `None` where there are two (`1,200` may be either).
fn localized(text: &str) -> Option<Decimal> {
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '_');
    let packed: String = text.trim().chars().filter(|c| !is_space(*c)).collect();
    let sign = if packed.starts_with('-') { "-" } else { "" };
    let body = packed.trim_start_matches(['-', '+']);
    if body.is_empty() || !body.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        return None;
    }
    let Some(at) = body.rfind(['.', ',']) else {
        return exactly(&format!("{sign}{body}"));
    };
    let (whole, decimals) = (&body[..at], &body[at + 1..]);
    let mark = body.as_bytes().get(at).copied()? as char;
    let other = if mark == ',' { '.' } else { ',' };
    let groups_only = body.matches(mark).count() > 1 && !whole.contains(other);
    if groups_only {
        let grouped = whole.split(mark).skip(1).chain([decimals]).all(|group| group.len() == 3);
        let digits: String = body.chars().filter(char::is_ascii_digit).collect();
        return grouped.then(|| exactly(&format!("{sign}{digits}"))).flatten();
    }
    let in_thousands = whole.split(other).skip(1).all(|group| group.len() == 3);
    if body.matches(mark).count() > 1 || decimals.is_empty() || !in_thousands {
        return None;
    }
    let ambiguous = decimals.len() == 3 && !whole.contains(other) && !text.contains(is_space);
    if ambiguous {
        return None;
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    exactly(&format!("{sign}{digits}.{decimals}"))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn amount(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn exact_decimals_are_amounts() {
        for text in ["120000", "0", "-5.25", "+7", "12.50", "007"] {
            assert_eq!(parse_amount(text), Ok(amount(text.trim_start_matches('+'))), "{text}");
        }
        assert_eq!(parse_amount("12.50").map(|a| a.to_string()), Ok("12.50".into()));
    }

    #[test]
    fn amounts_written_for_people_are_understood_where_one_reading_is_safe() {
        let readings = [
            ("120 000,50", "120000.50"),
            ("120\u{a0}000", "120000"),
            ("1.200.000,00", "1200000.00"),
            ("1,200,000", "1200000"),
            ("-1 200,5", "-1200.5"),
            ("120'000", "120000"),
            ("12,5", "12.5"),
        ];
        for (text, reading) in readings {
            assert_eq!(parse_amount(text), Err(AmountError::Localized(amount(reading))), "{text}");
        }
        for text in ["1,200", "", "-", ".", "12a", "1e5", "1..2", "12,", "∞"] {
            assert_eq!(parse_amount(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_kept_and_added_exactly_is_no_amount() {
        for text in ["999999999999999.999999999999", "-999999999999999", "000000000000000000001"] {
            assert!(parse_amount(text).is_ok(), "{text}");
        }
        for text in ["1000000000000000", "79228162514264337593543950335", "0.0000000000001", "1 000 000 000 000 000"] {
            assert_eq!(parse_amount(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn currencies_are_those_of_iso_4217() {
        assert_eq!(Currency::new("PLN").map(|c| c.decimals()), Some(2));
        assert_eq!(Currency::new("JPY").map(|c| c.decimals()), Some(0));
        assert_eq!(Currency::new("pln"), None);
        assert_eq!(Currency::new("XYZW"), None);
    }
}
