use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::text::{Span, When};

/// One line of a card's `history`: what happened to its tracked fields, and when.
///
/// `DATE[THH:MM] [STAGE] [field=value …] [@PERSON]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When it happened.
    pub at: When,
    /// The stage that was entered.
    pub stage: Option<String>,
    /// The other fields that changed, with their new values; an empty one was removed.
    pub changes: Vec<(String, String)>,
    /// Who did it.
    pub person: Option<String>,
    /// Where the line stands in the card; empty for a line that is only about to be written.
    pub span: Span,
}

/// What is wrong with a history line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// It does not begin with a date.
    #[error("a history line begins with a date, such as 2026-11-03 or 2026-11-03T14:30")]
    NoDate,
    /// There are two bare words.
    #[error("a history line names one stage, but `{0}` and `{1}` both stand alone")]
    TwoStages(String, String),
    /// There are two persons.
    #[error("a history line names one person, but has @{0} and @{1}")]
    TwoPersons(String, String),
    /// A quote is not closed.
    #[error("a quote in the history line is not closed")]
    OpenQuote,
    /// A field is named twice.
    #[error("the history line names `{0}` twice")]
    Repeated(String),
}

impl HistoryLine {
    /// Reads a line, which stands at `span` in the card.
    ///
    /// # Errors
    /// [`HistoryError`] says what does not belong there.
    pub fn parse(line: &str, span: Span) -> Result<Self, HistoryError> {
        let (at, rest) = split_moment(line.trim()).ok_or(HistoryError::NoDate)?;
        let mut parsed = Self { at, stage: None, changes: Vec::new(), person: None, span };
        for word in words(rest)? {
            parsed.take(&word)?;
        }
        Ok(parsed)
    }

    fn take(&mut self, word: &str) -> Result<(), HistoryError> {
        if let Some(person) = word.strip_prefix('@') {
            if let Some(first) = &self.person {
                return Err(HistoryError::TwoPersons(first.clone(), person.to_owned()));
            }
            self.person = Some(person.to_owned());
        } else if let Some((field, value)) = word.split_once('=') {
            if self.changes.iter().any(|(name, _)| name == field) {
                return Err(HistoryError::Repeated(field.to_owned()));
            }
            self.changes.push((field.to_owned(), value.to_owned()));
        } else {
            if let Some(first) = &self.stage {
                return Err(HistoryError::TwoStages(first.clone(), word.to_owned()));
            }
            self.stage = Some(word.to_owned());
        }
        Ok(())
    }

    /// What the line says of `field` (`stage` included): `None` if it does not name it, `Some("")` if it removed it.
    pub fn get(&self, field: &str) -> Option<&str> {
        if field == "stage" {
            return self.stage.as_deref();
        }
        self.changes.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// The line as Karto writes it.
    pub fn write(&self) -> String {
        let mut line = self.at.to_string();
        if let Some(stage) = &self.stage {
            // A stage that looks like a time would be read as one.
            let quoted = stage.is_empty() || stage.contains(':');
            let _ = write!(line, " {}", if quoted { quote(stage) } else { word(stage) });
        }
        for (field, value) in &self.changes {
            let _ = write!(line, " {}={}", word(field), word(value));
        }
        if let Some(person) = &self.person {
            let _ = write!(line, " @{}", word(person));
        }
        line
    }
}

/// A word of a line, quoted where it would not be read as one.
fn word(text: &str) -> Cow<'_, str> {
    let plain = !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | '\\'));
    if plain { Cow::Borrowed(text) } else { quote(text) }
}

fn quote(text: &str) -> Cow<'_, str> {
    Cow::Owned(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The date, and the time if one follows after a `T` or a space, and what is left of the line.
fn split_moment(line: &str) -> Option<(When, &str)> {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let when = When::parse(first).ok()?;
    if when.time.is_none() {
        let rest = rest.trim_start();
        let (second, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let is_time = second.contains(':') && second.starts_with(|c: char| c.is_ascii_digit());
        if is_time && let Ok(timed) = When::parse(&format!("{first}T{second}")) {
            return Some((timed, after));
        }
    }
    Some((when, rest))
}

/// Splits at spaces outside `"…"`; quotes vanish, `\"` and `\\` inside them stand for themselves.
fn words(text: &str) -> Result<Vec<String>, HistoryError> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut started = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                started = true;
                loop {
                    match chars.next().ok_or(HistoryError::OpenQuote)? {
                        '"' => break,
                        '\\' => word.push(chars.next().ok_or(HistoryError::OpenQuote)?),
                        other => word.push(other),
                    }
                }
            }
            c if c.is_whitespace() => {
                if started {
                    words.push(std::mem::take(&mut word));
                }
                started = false;
            }
            c => {
                started = true;
                word.push(c);
            }
        }
    }
    if started {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<HistoryLine, HistoryError> {
        HistoryLine::parse(line, Span::default())
    }

    #[test]
    fn a_line_names_a_stage_fields_and_a_person() {
        let line = parse("2026-11-03T14:30 offer value=120000 expected_close=2026-12-15 @anna").unwrap();
        assert_eq!(line.get("stage"), Some("offer"));
        assert_eq!(line.get("value"), Some("120000"));
        assert_eq!(line.get("owner"), None);
        assert_eq!(line.person.as_deref(), Some("anna"));
    }

    #[test]
    fn a_space_before_the_time_and_seconds_are_read() {
        let line = parse("2026-11-03 14:30:05 offer").unwrap();
        assert_eq!(line.stage.as_deref(), Some("offer"));
        assert!(line.at.time.is_some());
    }

    #[test]
    fn quoted_values_survive_a_round_trip() {
        let line = parse(r#"2026-11-03 lost lost_reason="too dear, \"again\"" lost_to= @piotr"#).unwrap();
        assert_eq!(line.get("lost_reason"), Some("too dear, \"again\""));
        assert_eq!(line.get("lost_to"), Some(""));
        assert_eq!(parse(&line.write()).unwrap(), line);
    }

    #[test]
    fn odd_words_survive_a_round_trip_too() {
        for odd in [r#""two words""#, r#""""#, r#""14:30""#, r#""a b"=c"#, r#"@"a b""#, "=x", r"a=b\c"] {
            let line = parse(&format!("2026-11-03 {odd}")).unwrap();
            assert_eq!(parse(&line.write()).as_ref(), Ok(&line), "{odd}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse("offer 2026-11-03"), Err(HistoryError::NoDate));
        assert_eq!(parse("2026-11-03 offer won"), Err(HistoryError::TwoStages("offer".into(), "won".into())));
        assert_eq!(parse("2026-11-03 @a @b"), Err(HistoryError::TwoPersons("a".into(), "b".into())));
        assert_eq!(parse("2026-11-03 a=\"b"), Err(HistoryError::OpenQuote));
        assert_eq!(parse("2026-11-03 a=1 a=2"), Err(HistoryError::Repeated("a".into())));
    }
}
