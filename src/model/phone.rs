//! Numbers to dial, as people write them: `+48 (0) 600-100-200`, `tel. 22 600 10 20 wew. 12`.

use crate::text::fold;

/// What is reached under a number; the number as it is written, with its extension, without the words before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialled<'t> {
    /// Somebody who answers.
    Phone(&'t str),
    /// A machine.
    Fax(&'t str),
}

/// What stands before a phone number, folded.
const PHONES: &[&str] = &[
    "t",
    "tel",
    "telefon",
    "telefonszam",
    "m",
    "mob",
    "mobil",
    "mobile",
    "mobiltelefon",
    "k",
    "kom",
    "komorka",
    "komorkowy",
    "phone",
    "ph",
    "fon",
    "cell",
];
const FAXES: &[&str] = &["f", "fax", "faks", "telefax"];
/// What stands before an extension, folded.
const EXTENSIONS: &[&str] = &["w", "wew", "wewn", "wewnetrzny", "ext", "x", "int", "mellek"];

/// Fewer digits are a room, a year or a remark.
const FEWEST_DIGITS: usize = 5;

/// The number that a text is, words such as `tel.` before it and an extension after it aside; `None` if it is none, or
/// says something else too.
pub fn dialled(text: &str) -> Option<Dialled<'_>> {
    let mut rest = text.trim();
    let (mut is_fax, mut is_phone) = (false, false);
    while rest.starts_with(char::is_alphabetic) {
        let (word, more) = first_word(rest);
        let word = fold(word);
        is_fax |= FAXES.contains(&&*word);
        is_phone |= PHONES.contains(&&*word);
        if !FAXES.contains(&&*word) && !PHONES.contains(&&*word) {
            return None;
        }
        rest = more.trim_start_matches([' ', '.', ':', '/']);
    }
    let (start, number) = number_in(rest)?;
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    let begins = matches!(rest.get(..start)?, "" | "(");
    let after = rest.get(start + number.len()..)?;
    let is_all = begins && is_plain && (after.is_empty() || is_extension(after));
    let is_long = number.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS;
    (is_all && is_long).then_some(if is_fax && !is_phone { Dialled::Fax(rest) } else { Dialled::Phone(rest) })
}

/// The first number in a text and where it begins: up to the first letter, for what follows is an extension or a remark.
pub fn number_in(text: &str) -> Option<(usize, &str)> {
    let start = text.find(|c: char| c == '+' || c.is_ascii_digit())?;
    Some((start, text.get(start..)?.split(char::is_alphabetic).next().unwrap_or_default()))
}

/// True for `wew. 12`.
pub fn is_extension(text: &str) -> bool {
    let (word, number) = first_word(text.trim());
    let number = number.trim_start_matches([' ', '.', ':']);
    EXTENSIONS.contains(&&*fold(word)) && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == ' ')
}

fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dialled_is_told_from_what_stands_around_it() {
        for (text, number) in [
            ("500-600-700", "500-600-700"),
            ("tel. 500-600-700", "500-600-700"),
            ("Kom. 600 100 997", "600 100 997"),
            ("komórka: 600100997", "600100997"),
            ("tel 22 600 10 20 wew. 12", "22 600 10 20 wew. 12"),
            ("tel./fax (22) 600 10 20", "(22) 600 10 20"),
            ("T: +48 (0) 22 600 10 20", "+48 (0) 22 600 10 20"),
        ] {
            assert_eq!(dialled(text), Some(Dialled::Phone(number)), "{text}");
        }
        assert_eq!(dialled("fax 22 600 10 21"), Some(Dialled::Fax("22 600 10 21")));
        for text in ["", "tel.", "tel. 12", "room 12345", "600 100 200 after 5", "Jan 600 100 200", "2,5 t", "+"] {
            assert_eq!(dialled(text), None, "{text}");
        }
    }
}
