use std::fmt;

use crate::text::yaml;

/// The longest id that is allowed, in characters.
pub const MAX_ID_LENGTH: usize = 80;

/// Why a word is no id. Ids name records, stages, people and kinds of log entries alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdProblem {
    /// Nothing is there.
    Empty,
    /// Something else than `a`–`z`, `0`–`9` and single dashes between them.
    Characters,
    /// Digits and dashes alone, which could be a number or a date.
    NoLetter,
    /// More than [`MAX_ID_LENGTH`] characters.
    TooLong,
    /// A name such as `con` or `nul`, which Windows keeps for devices.
    DeviceName,
    /// A word that YAML reads as a truth value, as nothing or as a number, such as `no`, `null` or `1e5`.
    YamlWord,
    /// A word with a meaning in queries, such as `none` or `today`.
    QueryWord,
}

impl fmt::Display for IdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IdProblem::Empty => "an id may not be empty",
            IdProblem::Characters => "an id has only the letters a to z, digits, and single dashes between them",
            IdProblem::NoLetter => "an id needs at least one letter",
            IdProblem::TooLong => "an id has at most 80 characters",
            IdProblem::DeviceName => "Windows keeps this name for a device",
            IdProblem::YamlWord => "YAML reads this word as true, false, nothing or a number",
            IdProblem::QueryWord => "this word has a meaning in queries",
        })
    }
}

/// Words that a query reads as something else than a name.
const QUERY_WORDS: &[&str] = &[
    "none",
    "any",
    "me",
    "or",
    "and",
    "not",
    "today",
    "tomorrow",
    "yesterday",
    "now",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "this-week",
    "next-week",
    "last-week",
    "this-month",
    "next-month",
    "last-month",
    "this-quarter",
    "next-quarter",
    "last-quarter",
    "this-year",
    "next-year",
    "last-year",
];

/// Checks a word against the contract's rule for ids: `[a-z0-9]+(-[a-z0-9]+)*` with a letter, at most 80 characters,
/// no device name of Windows, no word that YAML or a query reads as something else.
pub fn check_id(id: &str) -> Result<(), IdProblem> {
    if id.is_empty() {
        return Err(IdProblem::Empty);
    }
    let plain = id
        .split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if !plain {
        return Err(IdProblem::Characters);
    }
    if id.len() > MAX_ID_LENGTH {
        return Err(IdProblem::TooLong);
    }
    if !id.bytes().any(|b| b.is_ascii_lowercase()) {
        return Err(IdProblem::NoLetter);
    }
    if is_device_name(id) {
        return Err(IdProblem::DeviceName);
    }
    if yaml::misread(id).is_some() || matches!(id, "nan" | "inf") {
        return Err(IdProblem::YamlWord);
    }
    if QUERY_WORDS.contains(&id) {
        return Err(IdProblem::QueryWord);
    }
    Ok(())
}

fn is_device_name(id: &str) -> bool {
    let numbered = |stem: &str| id.strip_prefix(stem).is_some_and(|n| matches!(n.as_bytes(), [b'1'..=b'9']));
    matches!(id, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// Makes an id out of a name: `Łódź Tools` gives `lodz-tools`. Empty where nothing of the name can be kept.
pub fn slug(name: &str) -> String {
    let plain = deunicode::deunicode(name);
    let mut out = String::with_capacity(plain.len());
    for part in plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|part| !part.is_empty()) {
        let part: String = part.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        if part.is_empty() {
            continue;
        }
        if out.is_empty() {
            // A first word that is too long is cut, for a part of a name is better than none.
            out.push_str(part.get(..MAX_ID_LENGTH).unwrap_or(&part));
            continue;
        }
        if out.len() + part.len() + 1 > MAX_ID_LENGTH {
            break;
        }
        out.push('-');
        out.push_str(&part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_plain_words() {
        for good in ["acme-trade", "lead-7", "a", "comet", "x2-e5", "12e"] {
            assert_eq!(check_id(good), Ok(()), "{good}");
        }
        let bad = [
            ("", IdProblem::Empty),
            ("Acme", IdProblem::Characters),
            ("a--b", IdProblem::Characters),
            ("łódź", IdProblem::Characters),
            ("2026-11", IdProblem::NoLetter),
            ("com1", IdProblem::DeviceName),
            ("no", IdProblem::YamlWord),
            ("1e5", IdProblem::YamlWord),
            ("none", IdProblem::QueryWord),
        ];
        for (id, problem) in bad {
            assert_eq!(check_id(id), Err(problem), "{id}");
        }
        assert_eq!(check_id(&"a".repeat(81)), Err(IdProblem::TooLong));
    }

    #[test]
    fn names_become_ids() {
        assert_eq!(slug("Łódź Tools"), "lodz-tools");
        assert_eq!(slug("  Kovács & Társa Kft. "), "kovacs-tarsa-kft");
        assert_eq!(slug("O'Brien"), "obrien");
        assert_eq!(slug("…"), "");
        for long in [MAX_ID_LENGTH, MAX_ID_LENGTH + 1] {
            assert_eq!(slug(&"a".repeat(long)), "a".repeat(MAX_ID_LENGTH), "a word of {long} letters");
        }
    }
}
