//! What must hold for the small things that people write: dates, amounts, periods, names, lines of history.

use chrono::NaiveDate;
use karto::model::{AmountError, Currency, HistoryLine, Period, check_id, parse_amount, slug};
use karto::query::dates::{Days, parse_when};
use karto::text::{Minutes, Span, When, fold, parse_time};

/// A line of history that is read is written so that it is read in the same way.
pub(crate) fn history_line(text: &str) {
    let Ok(line) = HistoryLine::parse(text, Span::default()) else { return };
    let written = line.write();
    assert_eq!(HistoryLine::parse(&written, Span::default()).as_ref(), Ok(&line), "{written:?} for {text:?}");
}

/// What is read as a value is printed so that it is read as the same value; nothing panics on any day.
pub(crate) fn values(text: &str) {
    if let Ok(when) = When::parse(text) {
        assert_eq!(When::parse(&when.to_string()), Ok(when));
    }
    if let Some(minutes) = Minutes::parse(text) {
        assert_eq!(Minutes::parse(&minutes.to_string()), Some(minutes));
    }
    if let Ok(amount) | Err(AmountError::Localized(amount)) = parse_amount(text) {
        assert_eq!(parse_amount(&amount.to_string()), Ok(amount));
    }
    let _ = (parse_time(text), Currency::new(text).map(|currency| currency.decimals()), fold(text));
    let ends_of_time = [NaiveDate::MIN, NaiveDate::default(), NaiveDate::MAX];
    for today in ends_of_time {
        if let Some(period) = Period::parse(text) {
            assert_eq!(Period::parse(&period.to_string()), Some(period));
            assert!(period.before(today) <= today && period.after(today) >= today);
        }
        if let Ok(days) = Days::parse(text, today) {
            assert!(days.first <= days.last, "{days:?}");
        }
        let _ = parse_when(text, today);
    }
    name(text);
}

/// The id that is made of a name keeps the rules, unless nothing of the name could be kept or its words are taken; an
/// id is its own id.
fn name(text: &str) {
    let id = slug(text);
    assert!(id.len() <= karto::model::MAX_ID_LENGTH);
    assert_eq!(slug(&id), id, "{text:?}");
    assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id:?}");
    if check_id(text).is_ok() {
        assert_eq!(id, text);
    }
}
