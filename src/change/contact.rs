//! A contact as it is typed at a fair: `Jan Kowalski, CEO, tel. +48 600 100 200, jan@acme.pl`.

use super::Refusal;
use crate::model::phone::{Dialled, dialled, is_extension};
use crate::model::{check_id, slug};
use crate::text::fold;
use crate::text::yaml::Value;

/// What a piece of a visiting card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A name, or what they do there.
    Words,
    Phone,
    Fax,
    Email,
}

/// Reads a contact, in any order: an e-mail address (it has an `@`), a phone number (digits, spaces, `+`, `-`, brackets;
/// `tel.` before it and an extension after it), a fax, and words, of which the first are the name and the others what
/// they do there. `kowalski: Jan Kowalski, …` gives the id, which is else made from the last word of the name.
///
/// # Errors
/// [`Refusal::Value`] if there is no name, or two of one kind.
pub(super) fn contact(text: &str) -> Result<Value, Refusal> {
    const HINT: &str = "write it as: Jan Kowalski, CEO, +48 600 100 200, jan@acme.pl";
    let (id, rest) = match text.split_once(':') {
        Some((id, rest)) if check_id(id.trim()).is_ok() && !is_mark(text) => (Some(id.trim().to_owned()), rest),
        _ => (None, text),
    };
    let mut pieces = pieces(rest);
    let name = pieces.iter().position(|(kind, _)| *kind == Piece::Words).map(|at| pieces.remove(at).1);
    let name = name.filter(|name| !holds_number(name));
    let name = name.ok_or_else(|| Refusal::value(format!("`{text}` does not say a name"), HINT))?;
    let id = id.or_else(|| id_of(&name)).ok_or_else(|| {
        Refusal::value(format!("no id can be made from `{name}`"), format!("say one: kowalski: {text}"))
    })?;
    let entry = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
    let mut entries = vec![entry("id", &id), entry("name", &name)];
    for (kind, field, what) in [
        (Piece::Words, "role", "what they do there"),
        (Piece::Phone, "phone", "the phone number"),
        (Piece::Fax, "fax", "the fax number"),
        (Piece::Email, "email", "the e-mail address"),
    ] {
        let mut found = pieces.iter().filter(|(known, _)| *known == kind).map(|(_, piece)| piece);
        let first = found.next();
        if let (Some(one), Some(other)) = (first, found.next()) {
            let message = format!("`{one}` and `{other}` can't both be {what}");
            return Err(Refusal::value(message, format!("leave one of them out; {HINT}")));
        }
        entries.extend(first.map(|piece| entry(field, piece)));
    }
    Ok(Value::Map(entries))
}

/// The pieces between the commas; of one that holds more than one thing, these.
fn pieces(text: &str) -> Vec<(Piece, String)> {
    let mut pieces: Vec<(Piece, String)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        match pieces.last_mut() {
            Some((Piece::Phone, number)) if is_extension(part) => {
                number.push_str(&format!(" {part}"));
                continue;
            }
            _ => {}
        }
        let mut rest = part;
        while let Some((before, email, after)) = around_email(rest) {
            pieces.extend(words_and_number(before));
            pieces.push((Piece::Email, email.to_owned()));
            rest = after;
        }
        pieces.extend(words_and_number(rest));
    }
    pieces
}

/// The first e-mail address, and what stands before and after it.
fn around_email(text: &str) -> Option<(&str, &str, &str)> {
    let (start, token) = tokens(text).find(|(_, token)| token.trim_matches('@').contains('@'))?;
    let email = token.trim_matches(|c: char| !c.is_alphanumeric());
    let email = email.rsplit_once(':').map_or(email, |(_, email)| email);
    let before = text.get(..start)?.trim();
    let mark = tokens(before).last().filter(|(_, token)| is_mail(token));
    let before = mark.and_then(|(at, _)| before.get(..at)).unwrap_or(before);
    Some((before, email, text.get(start + token.len()..)?))
}

/// Words, a number, or the one before the other, as in `Ewa Nowa tel. 600 100 998`.
fn words_and_number(text: &str) -> impl Iterator<Item = (Piece, String)> {
    let text = text.trim();
    let number = |text: &str| match dialled(text)? {
        Dialled::Phone(number) => Some((Piece::Phone, number.to_owned())),
        Dialled::Fax(number) => Some((Piece::Fax, number.to_owned())),
    };
    let parted = tokens(text).filter(|(start, _)| *start > 0).find_map(|(start, _)| {
        let (words, tail) = text.split_at_checked(start)?;
        // Words that end with a short number may well be a name or a role: `Warehouse 12 345`.
        Some((words.trim(), number(tail).filter(|_| holds_number(tail))?))
    });
    let (words, number) = match (number(text), parted) {
        (Some(number), _) => ("", Some(number)),
        (None, Some((words, number))) => (words, Some(number)),
        (None, None) => (text, None),
    };
    let words = Some((Piece::Words, words.to_owned())).filter(|_| !words.is_empty());
    words.into_iter().chain(number)
}

/// The words of a text with their places.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|token| (token.as_ptr().addr() - text.as_ptr().addr(), token))
}

/// True if there are enough digits in it for a phone number.
fn holds_number(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 7
}

/// True if a text begins with `tel: …` or `mail: …`, which is no id.
fn is_mark(text: &str) -> bool {
    let first = text.split(',').next().unwrap_or_default();
    dialled(first).is_some() || first.split_once(':').is_some_and(|(word, _)| is_mail(word))
}

fn is_mail(word: &str) -> bool {
    matches!(&*fold(word.trim_end_matches(['.', ':'])), "e" | "mail" | "email" | "e-mail")
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
        for text in ["", "jan@acme.example", "tel. 600 100 200", "600 100 200 Jan", "???"] {
            assert!(contact(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_phone_is_known_by_its_number_whatever_stands_before_it() {
        let with = |text: &str| {
            let read = read(text).into_iter().filter(|(key, _)| key != "id");
            read.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
        };
        for (text, expected) in [
            ("Ewa Nowa, tel. 500-600-700", "name Ewa Nowa, phone 500-600-700"),
            ("Ewa Nowa, kom. 600 100 997, fax 22 1 23 45", "name Ewa Nowa, phone 600 100 997, fax 22 1 23 45"),
            ("tel. 600 100 999, Ewa Nowa", "name Ewa Nowa, phone 600 100 999"),
            (
                "tel: 600 100 999, ewa@nowa.example, Ewa Nowa, CEO",
                "name Ewa Nowa, role CEO, phone 600 100 999, email ewa@nowa.example",
            ),
            ("Ewa Nowa tel. 600 100 998", "name Ewa Nowa, phone 600 100 998"),
            ("Ewa Nowa 600100998 e-mail: ewa@nowa.example", "name Ewa Nowa, phone 600100998, email ewa@nowa.example"),
            ("Ewa Nowa <ewa@nowa.example> CEO", "name Ewa Nowa, role CEO, email ewa@nowa.example"),
            ("Ewa, tel 22 600 10 20 wew. 12", "name Ewa, phone 22 600 10 20 wew. 12"),
            ("Ewa, tel 22 600 10 20, wew. 12", "name Ewa, phone 22 600 10 20 wew. 12"),
            ("ewa: Ewa Nowa, hala 12", "name Ewa Nowa, role hala 12"),
        ] {
            assert_eq!(with(text), expected, "{text}");
        }
    }

    #[test]
    fn of_two_of_one_kind_both_are_named() {
        let why = |text: &str| contact(text).unwrap_err().to_string();
        let phones = "`22 600 10 20` and `600 100 200` can't both be the phone number";
        assert_eq!(why("Jan, tel. 22 600 10 20, kom. 600 100 200"), phones);
        assert_eq!(why("Jan, CEO, Kraków"), "`CEO` and `Kraków` can't both be what they do there");
        assert!(why("Jan, a@b.example, c@d.example").ends_with("the e-mail address"));
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
