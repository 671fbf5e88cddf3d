//! The grammar of a dated heading: `DATE [TIME] token* [":" TITLE]`.

use chrono::{NaiveDate, NaiveTime};

use crate::text::{Minutes, Span, WhenError, parse_date, parse_time};

/// A heading of the body, outside code, quotes and lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// From its first sign to the end of its last line, without the line end.
    pub span: Span,
    /// 1 to 6.
    pub level: u8,
    /// Its text, without the `#` signs.
    pub content: Span,
    /// True if it begins with `#`, false if it is underlined.
    pub atx: bool,
    /// Where the entry that it begins stands in `Body::log`.
    pub entry: Option<usize>,
    /// True if it stands in the section of a heading "Log" (and is not that heading).
    pub under_log: bool,
}

/// The parts of a dated heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedHeading {
    /// The date.
    pub date: LogDate,
    /// The time, where something stands in its place that is meant as one.
    pub time: Option<LogTime>,
    /// The words after date and time, up to the colon; without a colon, all of them.
    pub tokens: Vec<Token>,
    /// The first colon that a space or the end follows.
    pub colon: Option<Span>,
    /// What follows the colon, trimmed; `None` without a colon or with nothing after it.
    pub title: Option<Span>,
    /// The whole text of the heading.
    pub content: Span,
}

/// The date of a log entry as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogDate {
    /// The bytes that were meant as the date.
    pub span: Span,
    /// The day, or what is wrong with it: `2026-13-40`, `2026-1-5`, `20.11.2026` are dates gone wrong.
    pub value: Result<NaiveDate, WhenError>,
}

/// The time of a log entry as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTime {
    /// The bytes that were meant as the time.
    pub span: Span,
    /// The time, or what is wrong with it: `25:00`, `14.30`.
    pub value: Result<NaiveTime, WhenError>,
}

/// A word between the date and the colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The whole word.
    pub span: Span,
    /// What its shape says; which words are kinds or outcomes, the configuration knows.
    pub shape: TokenShape,
}

/// What the shape of a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenShape {
    /// A bare word.
    Word,
    /// `45m`, `1h30m`.
    Duration(Minutes),
    /// `@anna`: the bytes of the name, which may be empty.
    Person(Span),
    /// `with:a,b`: the bytes of each name, empty ones included.
    With(Vec<Span>),
}

impl DatedHeading {
    /// Reads the text of a heading, `content` of `text`; `None` if it does not begin with a date, nor with what was
    /// meant as one.
    pub fn parse(text: &str, content: Span) -> Option<Self> {
        let mut words = Words { text, at: content.start(), end: content.end() };
        let first = words.next()?;
        let (date, glued) = leading_date(text, first)?;
        let mut colon = None;
        let mut time = None;
        match glued {
            Glued::Nothing => {}
            Glued::Colon(span) => colon = Some(span),
            Glued::Time(span) => {
                let (span, ends) = before_colon(text, span);
                time = Some(read_time(text, span));
                colon = ends;
            }
        }
        let mut tokens = Vec::new();
        let mut may_be_time = time.is_none();
        while colon.is_none()
            && let Some(word) = words.next()
        {
            let (word, ends) = before_colon(text, word);
            colon = ends;
            if std::mem::take(&mut may_be_time) && looks_like_time(word.of(text)) {
                time = Some(read_time(text, word));
            } else if !word.is_empty() {
                tokens.push(Token { span: word, shape: shape(text, word) });
            }
        }
        let title = colon.map(|colon| trimmed(text, Span::new(colon.end(), content.end()))).filter(|t| !t.is_empty());
        Some(Self { date, time, tokens, colon, title, content })
    }

    /// The heading's text from the token at `index` on: the title of an entry without a colon, whose tokens end there.
    pub fn rest_from(&self, index: usize) -> Option<Span> {
        self.tokens.get(index).map(|token| Span::new(token.span.start(), self.content.end()))
    }
}

/// The words of a heading, parted by whitespace.
struct Words<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at..self.end)?;
        let start = self.at + rest.find(|c: char| !c.is_whitespace())?;
        let word = self.text.get(start..self.end)?;
        self.at = start + word.find(char::is_whitespace).unwrap_or(word.len());
        Some(Span::new(start, self.at))
    }
}

/// What stands right behind a date in its word.
enum Glued {
    Nothing,
    Colon(Span),
    Time(Span),
}

/// The date at the start of a heading, or what was meant as one: another order of day, month and year, digits left
/// out, marks around it.
fn leading_date(text: &str, word: Span) -> Option<(LogDate, Glued)> {
    let written = word.of(text);
    if let Some((head, tail)) = written.split_at_checked(10)
        && let Ok(day) = parse_date(head)
    {
        let span = Span::new(word.start(), word.start() + 10);
        let glued = match tail.chars().next() {
            None => Some(Glued::Nothing),
            Some(':') if tail.len() == 1 => Some(Glued::Colon(Span::new(span.end(), word.end()))),
            Some('T' | 't') if tail.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
                Some(Glued::Time(Span::new(span.end() + 1, word.end())))
            }
            _ => None,
        };
        return Some(match glued {
            Some(glued) => (LogDate { span, value: Ok(day) }, glued),
            None => (LogDate { span: word, value: Err(WhenError::NotADate) }, Glued::Nothing),
        });
    }
    let (written, glued) = match written.strip_suffix(':') {
        Some(date) => (date, Glued::Colon(Span::new(word.end() - 1, word.end()))),
        None => (written, Glued::Nothing),
    };
    let bare = written.trim_matches(|c: char| "*_`~[](),.;'\"".contains(c));
    let value = match bare.split_at_checked(10).map(|(head, _)| parse_date(head)) {
        Some(Err(WhenError::NoSuchDay)) => Err(WhenError::NoSuchDay),
        _ if looks_like_date(bare) => Err(WhenError::NotADate),
        _ => return None,
    };
    Some((LogDate { span: Span::new(word.start(), word.start() + written.len()), value }, glued))
}

/// True for three numbers with the same sign between them, one of them a year of four digits in first or last place.
fn looks_like_date(text: &str) -> bool {
    let Some(sign) = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '.' | '/')) else {
        return false;
    };
    let mut parts = text.splitn(3, sign);
    let (Some(first), Some(second), Some(last)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let last = last.get(..last.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or("");
    let short = |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
    let year = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    short(second) && ((year(first) && short(last)) || (short(first) && year(last)))
}

/// True for what is meant as a time: `14:30`, `25:00`, `14.30`, `9:30-10:00`.
fn looks_like_time(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = word.get(digits..).unwrap_or("");
    matches!(digits, 1 | 2)
        && rest.starts_with([':', '.'])
        && rest.bytes().skip(1).take_while(u8::is_ascii_digit).count() >= 2
}

fn read_time(text: &str, span: Span) -> LogTime {
    LogTime { span, value: parse_time(span.of(text)) }
}

/// A word without the colon at its end, and that colon.
fn before_colon(text: &str, word: Span) -> (Span, Option<Span>) {
    match word.of(text).ends_with(':') {
        true => (Span::new(word.start(), word.end() - 1), Some(Span::new(word.end() - 1, word.end()))),
        false => (word, None),
    }
}

fn shape(text: &str, word: Span) -> TokenShape {
    let written = word.of(text);
    if let Some(minutes) = Minutes::parse(written) {
        return TokenShape::Duration(minutes);
    }
    if written.starts_with('@') {
        return TokenShape::Person(Span::new(word.start() + 1, word.end()));
    }
    let Some(names) = written.strip_prefix("with:") else {
        return TokenShape::Word;
    };
    let mut at = word.end() - names.len();
    let with = names.split(',').map(|name| {
        let span = Span::new(at, at + name.len());
        at = span.end() + 1;
        span
    });
    TokenShape::With(with.collect())
}

/// The span without whitespace at its ends.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let inner = span.of(text);
    let start = span.end() - inner.trim_start().len();
    Span::new(start, start + inner.trim().len())
}

/// The text of an ATX heading at the start of `line` (its leading spaces taken away): level and content within it;
/// `None` if the line is none.
pub(super) fn atx_content(line: &str) -> Option<(u8, Span)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let rest = line.get(level..)?;
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let inner = rest.trim_matches([' ', '\t']);
    let open = inner.trim_end_matches('#');
    let inner = match open.is_empty() || open.ends_with([' ', '\t']) {
        true => open.trim_end_matches([' ', '\t']),
        false => inner,
    };
    let start = level + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let start = if inner.is_empty() { level } else { start };
    Some((u8::try_from(level).ok()?, Span::new(start, start + inner.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'t> = (String, Option<String>, Vec<&'t str>, Option<&'t str>);

    fn parts(heading: &str) -> Option<Parts<'_>> {
        let parsed = DatedHeading::parse(heading, Span::new(0, heading.len()))?;
        let date = match &parsed.date.value {
            Ok(day) => day.to_string(),
            Err(why) => format!("{why:?} {}", parsed.date.span.of(heading)),
        };
        let time = parsed.time.map(|time| match time.value {
            Ok(time) => time.to_string(),
            Err(why) => format!("{why:?} {}", time.span.of(heading)),
        });
        let tokens = parsed.tokens.iter().map(|token| token.span.of(heading)).collect();
        Some((date, time, tokens, parsed.title.map(|title| title.of(heading))))
    }

    #[test]
    fn the_contracts_examples() {
        assert_eq!(
            parts("2026-11-20 14:30 call out offer-request 25m @anna with:kowalski: Wants a second price: 12"),
            Some((
                "2026-11-20".into(),
                Some("14:30:00".into()),
                vec!["call", "out", "offer-request", "25m", "@anna", "with:kowalski"],
                Some("Wants a second price: 12"),
            ))
        );
        assert_eq!(
            parts("2026-11-03T09:05: x"),
            Some(("2026-11-03".into(), Some("09:05:00".into()), vec![], Some("x")))
        );
        assert_eq!(parts("2026-11-03:"), Some(("2026-11-03".into(), None, vec![], None)));
        let no_colon = parts("2026-11-03 visit First workshop");
        assert_eq!(no_colon, Some(("2026-11-03".into(), None, vec!["visit", "First", "workshop"], None)));
    }

    #[test]
    fn shapes_of_tokens() {
        let heading = "2026-11-03 1h30m @anna with:a,b# call";
        let Some(parsed) = DatedHeading::parse(heading, Span::new(0, heading.len())) else { panic!() };
        let shapes: Vec<_> = parsed.tokens.iter().map(|token| token.shape.clone()).collect();
        assert_eq!(shapes[0], TokenShape::Duration(Minutes(90)));
        assert!(matches!(shapes[1], TokenShape::Person(name) if name.of(heading) == "anna"));
        assert!(matches!(&shapes[2], TokenShape::With(names) if names.iter().map(|n| n.of(heading)).eq(["a", "b#"])));
        assert_eq!(shapes[3], TokenShape::Word);
        assert_eq!(parsed.rest_from(2).map(|rest| rest.of(heading)), Some("with:a,b# call"));
    }

    #[test]
    fn dates_gone_wrong_are_still_entries() {
        let date = |heading| parts(heading).map(|parts| parts.0);
        for (heading, wrong) in [
            ("2026-13-40 call", "NoSuchDay 2026-13-40"),
            ("2026-1-5 call", "NotADate 2026-1-5"),
            ("20.11.2026 call", "NotADate 20.11.2026"),
            ("2026/11/20: x", "NotADate 2026/11/20"),
            ("[[2026-11-20]] call", "NotADate [[2026-11-20]]"),
            ("**2026-11-20** call", "NotADate **2026-11-20**"),
            ("2026-11-20, call", "NotADate 2026-11-20,"),
            ("2026-11-20:call", "NotADate 2026-11-20:call"),
        ] {
            assert_eq!(date(heading).as_deref(), Some(wrong));
        }
        for other in ["", "Log", "2026", "2026-11", "1.2.3 release", "12 users", "10.0.0.2026", "3/4"] {
            assert_eq!(date(other), None, "{other}");
        }
    }

    #[test]
    fn times_gone_wrong_are_named() {
        let time = |heading| parts(heading).and_then(|parts| parts.1);
        assert_eq!(time("2026-11-20 25:00 call").as_deref(), Some("NoSuchTime 25:00"));
        assert_eq!(time("2026-11-20 14.30: x").as_deref(), Some("NotATime 14.30"));
        assert_eq!(time("2026-11-20 12 users").as_deref(), None);
    }

    #[test]
    fn atx_headings_lose_their_signs() {
        let content = |line: &'static str| atx_content(line).map(|(level, span)| (level, span.of(line)));
        assert_eq!(content("## a b ##"), Some((2, "a b")));
        assert_eq!(content("### a#"), Some((3, "a#")));
        assert_eq!(content("# #"), Some((1, "")));
        assert_eq!(content("##"), Some((2, "")));
        assert_eq!(content("#a"), None);
        assert_eq!(content("####### a"), None);
    }
}
