//! What was typed, as a value of the field's kind.

use super::Refusal;
use super::contact::contact;
use crate::model::kind::{Kind, Target};
use crate::model::schema::FieldDef;
use crate::model::{AmountError, Record, Reference, parse_amount};
use crate::query::Context;
use crate::query::dates::{self, DateError};
use crate::text::yaml;

/// The value that a field is to hold: dates may be typed as `+3d` or `friday`, amounts as people write them, references
/// by the beginning of an id, and `me` is the one who calls. Lists have commas between their items.
///
/// # Errors
/// [`Refusal::Value`] if the text can't be read so.
pub(super) fn typed(
    field: &str,
    kind: &Kind,
    def: Option<&FieldDef>,
    text: &str,
    ctx: &Context<'_>,
) -> Result<yaml::Value, Refusal> {
    let plain = || yaml::Value::Text(text.to_owned());
    Ok(match kind {
        Kind::List(inner) if **inner == Kind::Map => yaml::Value::List(vec![typed(field, inner, def, text, ctx)?]),
        Kind::List(inner) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            yaml::Value::List(items.map(|item| typed(field, inner, def, item, ctx)).collect::<Result<_, _>>()?)
        }
        Kind::Map if field == "contacts" => contact(text)?,
        Kind::Map => {
            let inner = def.map_or("key", |def| def.fields.first().map_or("key", |inner| &inner.name));
            let message = format!("`{field}` has fields of its own");
            return Err(Refusal::value(message, format!("set one of them: {field}.{inner}=…")));
        }
        Kind::YesOr(inner) => match yes_or_no(text) {
            Some(value) => yaml::Value::Bool(value),
            None => typed(field, inner, def, text, ctx)?,
        },
        Kind::Boolean => match yes_or_no(text) {
            Some(value) => yaml::Value::Bool(value),
            None => return Err(Refusal::value(format!("`{field}` is yes or no, not `{text}`"), "write true or false")),
        },
        Kind::Money | Kind::Number | Kind::Integer => yaml::Value::Number(amount(field, text)?),
        Kind::Percent => yaml::Value::Number(amount(field, text.trim_end_matches(['%', ' ']))?),
        Kind::Date => yaml::Value::Text(date(field, text, ctx)?),
        Kind::Person => yaml::Value::Text(match (text, ctx.me) {
            ("me", Some(me)) => me.to_owned(),
            ("me", None) => {
                let hint = "say `KARTO_USER=your-id`, or name the person";
                return Err(Refusal::value("nobody knows who you are", hint));
            }
            (named, _) => named.to_owned(),
        }),
        Kind::Reference(targets) => yaml::Value::Text(reference(targets, text, ctx)?),
        Kind::Any => undeclared(text),
        _ => plain(),
    })
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

/// An amount, as the format has it.
fn amount(field: &str, text: &str) -> Result<String, Refusal> {
    if could_be_thousands(text.trim()) {
        let (whole, decimals) = (text.trim().replace('.', ""), text.trim().replacen('.', ",", 1));
        let message = format!("`{field}={}` could be {whole} or {}", text.trim(), text.trim());
        return Err(Refusal::value(message, format!("write {whole} for thousands, {decimals} for decimals")));
    }
    match parse_amount(text) {
        Ok(amount) => Ok(if text.trim().contains('.') { text.trim().to_owned() } else { amount.to_string() }),
        Err(AmountError::Localized(amount)) => Ok(amount.to_string()),
        Err(AmountError::NotANumber) => {
            Err(Refusal::value(format!("`{field}` is a number, not `{text}`"), "write it as 120000 or 120000.50"))
        }
    }
}

/// `120.000`: thousands for most of Europe, decimals for a program.
fn could_be_thousands(text: &str) -> bool {
    let mut groups = text.trim_start_matches('-').split('.');
    let first = groups.next().unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut rest = groups.peekable();
    (1..=3).contains(&first.len())
        && first != "0"
        && digits(first)
        && rest.peek().is_some()
        && rest.all(|group| group.len() == 3 && digits(group))
}

fn date(field: &str, text: &str, ctx: &Context<'_>) -> Result<String, Refusal> {
    dates::parse_when(text, ctx.today).map(|when| when.to_string()).map_err(|error| {
        let hint = match &error {
            DateError::NoSign(word) => format!("write +{word} for a day to come, or -{word} for one that has been"),
            _ => "write 2026-11-25, tomorrow, friday, +7d or end-of-month".to_owned(),
        };
        Refusal::value(format!("{field}: {error}"), hint)
    })
}

/// The id of the record that is meant: an exact id, or the beginning of one, where only one card that the field may name
/// begins so.
fn reference(targets: &[Target], text: &str, ctx: &Context<'_>) -> Result<String, Refusal> {
    let Reference { id, contact } = Reference::parse(text);
    let found = match ctx.catalog.find(&id) {
        Ok(index) => ctx.catalog.record(index),
        Err(error) => {
            let fits = |record: &&Record| {
                record.id.starts_with(&id) && targets.iter().any(|target| target.record_type == *record.record_type)
            };
            let fitting: Vec<&Record> = ctx.catalog.records().filter(fits).collect();
            match *fitting.as_slice() {
                [only] => only,
                [] => return Err(Refusal::value(error.to_string(), "`karto list` shows all ids")),
                ref several => {
                    let mut ids: Vec<&str> = several.iter().map(|record| record.id.as_str()).collect();
                    ids.sort_unstable();
                    ids.truncate(10);
                    return Err(Refusal::value(format!("`{id}` could be {}", ids.join(", ")), "write more of it"));
                }
            }
        }
    };
    Ok(Reference { id: found.id.clone(), contact }.to_string())
}

/// A field of the team's own: what looks like a number, yes or no is one; all else is text.
fn undeclared(text: &str) -> yaml::Value {
    let number = text.trim_start_matches('-');
    let leads = number.starts_with('0') && number.len() > 1 && !number.starts_with("0.");
    match text {
        "true" => yaml::Value::Bool(true),
        "false" => yaml::Value::Bool(false),
        _ if number.starts_with(|c: char| c.is_ascii_digit()) && !leads && parse_amount(text).is_ok() => {
            yaml::Value::Number(text.to_owned())
        }
        _ => yaml::Value::Text(text.to_owned()),
    }
}
