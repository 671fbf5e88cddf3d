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

/// The same contact with an id that nobody else on the card has: of two Kowalskis the second is `adam-kowalski`. An id
/// that somebody of the same name has stays, for it is the same person.
pub(super) fn told_apart(contact: Value, others: &[Value]) -> Value {
    let Value::Map(mut entries) = contact else { return contact };
    let text = |entries: &[(String, Value)], key: &str| {
        entries.iter().find_map(|(name, value)| match value {
            Value::Text(text) if name == key => Some(text.clone()),
            _ => None,
        })
    };
    let known = |key: &str| -> Vec<String> {
        others
            .iter()
            .filter_map(|other| match other {
                Value::Map(entries) => text(entries, key),
                _ => None,
            })
            .collect()
    };
    let (id, name) = (text(&entries, "id").unwrap_or_default(), text(&entries, "name").unwrap_or_default());
    let ids = known("id");
    let is_made_of_name = id_of(&name).as_deref() == Some(id.as_str());
    if ids.contains(&id) && is_made_of_name && !known("name").contains(&name) {
        let numbered = (2..=others.len() + 2).map(|number| format!("{id}-{number}"));
        let free = std::iter::once(slug(&name)).chain(numbered).find(|id| check_id(id).is_ok() && !ids.contains(id));
        if let (Some(free), Some((_, value))) = (free, entries.iter_mut().find(|(key, _)| key == "id")) {
            *value = Value::Text(free);
        }
    }
    Value::Map(entries)
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

    #[test]
    fn two_of_one_name_are_told_apart() {
        let (jan, adam) = (contact("Jan Kowalski").unwrap(), contact("Adam Kowalski, CFO").unwrap());
        let id = |value: &Value| match value {
            Value::Map(entries) => entries[0].1.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(id(&told_apart(adam.clone(), &[])), Value::from("kowalski"));
        let adam = told_apart(adam, std::slice::from_ref(&jan));
        assert_eq!(id(&adam), Value::from("adam-kowalski"));
        assert_eq!(id(&told_apart(jan.clone(), &[jan])), Value::from("kowalski"), "it is the same one");
    }
}
