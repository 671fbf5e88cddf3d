//! A contact as it is typed at a fair: `Jan Kowalski, CEO, +48 600 100 200, jan@acme.pl`.

use super::Refusal;
use crate::model::{check_id, slug};
use crate::text::yaml::Value;

/// Reads a contact: the name first, then in any order an e-mail address (it has an `@`), a phone number (digits, spaces,
/// `+`, `-`, brackets) and what they do there. `kowalski: Jan Kowalski, …` gives the id, which is else made from the
/// last word of the name.
///
/// # Errors
/// [`Refusal::Value`] if there is no name, or two of one kind.
pub(super) fn contact(text: &str) -> Result<Value, Refusal> {
    const HINT: &str = "write it as: Jan Kowalski, CEO, +48 600 100 200, jan@acme.pl";
    let (id, rest) = match text.split_once(':') {
        Some((id, rest)) if check_id(id.trim()).is_ok() => (Some(id.trim().to_owned()), rest),
        _ => (None, text),
    };
    let mut parts = rest.split(',').map(str::trim).filter(|part| !part.is_empty());
    let name = parts.next().filter(|name| !is_email(name) && !is_phone(name));
    let name = name.ok_or_else(|| Refusal::value(format!("`{text}` does not begin with a name"), HINT))?;
    let id = id.or_else(|| id_of(name)).ok_or_else(|| {
        Refusal::value(format!("no id can be made from `{name}`"), format!("say one: kowalski: {text}"))
    })?;
    let mut fields: Vec<(&str, &str)> = Vec::new();
    for part in parts {
        let field = if is_email(part) {
            "email"
        } else if is_phone(part) {
            "phone"
        } else {
            "role"
        };
        if fields.iter().any(|(known, _)| *known == field) {
            return Err(Refusal::value(format!("`{text}` has two of the kind {field}"), HINT));
        }
        fields.push((field, part));
    }
    let entry = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
    let mut entries = vec![entry("id", &id), entry("name", name)];
    for field in ["role", "phone", "email"] {
        entries.extend(fields.iter().filter(|(known, _)| *known == field).map(|(name, value)| entry(name, value)));
    }
    Ok(Value::Map(entries))
}

fn is_email(text: &str) -> bool {
    text.contains('@') && !text.contains(' ')
}

fn is_phone(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 5
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '/' | '.'))
}

/// The last word of a name; the whole of it where that is no id.
fn id_of(name: &str) -> Option<String> {
    let last = name.split_whitespace().next_back().map(slug).filter(|id| check_id(id).is_ok());
    last.or_else(|| Some(slug(name)).filter(|id| check_id(id).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let Value::Map(entries) = contact(text).unwrap() else { panic!("a map") };
        let text = |value| if let Value::Text(text) = value { text } else { panic!("text") };
        entries.into_iter().map(|(key, value)| (key, text(value))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_stands_on_a_visiting_card_in_any_order() {
        let all = [
            ("id", "zolkiewska"),
            ("name", "Ewa Żółkiewska"),
            ("role", "head of logistics"),
            ("phone", "+48 600 100 200"),
            ("email", "ewa@acme.example"),
        ];
        assert_eq!(read("Ewa Żółkiewska, +48 600 100 200, head of logistics, ewa@acme.example"), pairs(&all));
        assert_eq!(read("jan: Jan Kowalski"), pairs(&[("id", "jan"), ("name", "Jan Kowalski")]));
    }

    #[test]
    fn a_contact_needs_a_name() {
        for text in ["", "jan@acme.example", "+48 600 100 200, Jan", "Jan, a@b.example, c@d.example", "???"] {
            assert!(contact(text).is_err(), "{text}");
        }
    }
}
