//! Whom we spoke with: a name as it is said, and the contact whom it means.

use super::{Draft, Refusal};
use crate::model::{Record, Value};
use crate::query::Context;
use crate::query::derived::family;
use crate::text::{did_you_mean, fold, nearest};

/// The words for `with:`, one for each name: the id of a contact of the card's client or lead; of any other card
/// `client#contact`.
///
/// # Errors
/// [`Refusal::Value`] if a name means nobody, or several.
pub(super) fn with_words(draft: &Draft<'_>, names: &[String], ctx: &Context<'_>) -> Result<Vec<String>, Refusal> {
    let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let mut words = Vec::new();
    for name in names {
        let word = with_word(draft, name, ctx)?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

fn with_word(draft: &Draft<'_>, name: &str, ctx: &Context<'_>) -> Result<String, Refusal> {
    let card = draft.record();
    let usual = card.contacts_at();
    // The card itself is asked as it stands now, for it may have got its contacts in the same change.
    let record = |id: &str| if id == card.id { Some(card) } else { ctx.catalog.get(id) };
    let (party, name) = match name.split_once('#') {
        Some((id, contact)) => {
            let unknown =
                |error: crate::catalog::FindError| Refusal::value(error.to_string(), "`karto list` shows all ids");
            let found = if id == card.id { card } else { ctx.catalog.record(ctx.catalog.find(id).map_err(unknown)?) };
            (found, contact)
        }
        None => {
            let family = || ctx.catalog.index_of(usual).map(|index| ctx.catalog.record(family::party(ctx, index)));
            let named = record(usual).filter(|party| party.field("contacts").is_some());
            (named.or_else(family).unwrap_or(card), name)
        }
    };
    let contact = find(party, name)?;
    let is_usual = record(usual).is_some_and(|usual| usual.id == party.id);
    Ok(if is_usual { contact } else { format!("{}#{contact}", party.id) })
}

/// The id of the contact whom a name means: an exact id or name, else the only one of whom the id or a name begins so.
fn find(party: &Record, name: &str) -> Result<String, Refusal> {
    let contacts: Vec<(String, String)> = party
        .value("contacts")
        .into_iter()
        .flat_map(Value::elements)
        .filter_map(|contact| {
            let text = |key: &str| contact.get(key).map(|value| value.display().into_owned());
            Some((text("id")?, text("name").unwrap_or_default()))
        })
        .collect();
    let wanted = fold(name);
    let exact = contacts.iter().find(|(id, _)| id == name).or_else(|| contacts.iter().find(|c| fold(&c.1) == wanted));
    if let Some((id, _)) = exact {
        return Ok(id.clone());
    }
    let begins = |text: &str| {
        let text = fold(text);
        text.starts_with(&*wanted) || text.split_whitespace().any(|word| word.starts_with(&*wanted))
    };
    let mut fitting = contacts.iter().filter(|(id, name)| begins(id) || begins(name)).filter(|_| !wanted.is_empty());
    match (fitting.next(), fitting.next()) {
        (Some((id, _)), None) => return Ok(id.clone()),
        (Some((first, _)), Some((second, _))) => {
            let others = std::iter::once(second).chain(fitting.map(|(id, _)| id)).cloned().collect::<Vec<_>>();
            let hint = format!("write more of it: {first}, {}", others.join(", "));
            return Err(Refusal::value(format!("`{name}` could be more than one contact of {}", party.id), hint));
        }
        _ => {}
    }
    let known = contacts.iter().flat_map(|(id, name)| name.split_whitespace().chain([id.as_str(), name.as_str()]));
    let ids = || contacts.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ");
    let hint = did_you_mean(&nearest(name, known, 1)).unwrap_or_else(|| match contacts.is_empty() {
        true => format!("add them first: karto set {} contacts+=\"Jan Kowalski, CEO\"", party.id),
        false => format!("there are {}; a contact elsewhere is client#contact", ids()),
    });
    Err(Refusal::value(format!("{} has no contact `{name}`", party.id), hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;
    use crate::text::SourcePath;

    fn sample() -> Sample {
        Sample::of(&[
            "client acme
            stage: active
            former_ids: [acme-old]
            contacts:
              - id: kowalski
                name: Jan Kowalski
              - id: kowalczyk
                name: Ewa Kowalczyk
              - id: boss
                name: Łucja Żak",
            "client other
            stage: active
            contacts:
              - id: kowalski
                name: Adam Kowalski",
            "opportunity acme-erp
            client: acme
            stage: offer",
        ])
    }

    /// The words for a name on a card with these fields; an error as its message and remedy.
    fn with(fields: &str, name: &str) -> Result<String, String> {
        let sample = sample();
        let ctx = sample.context();
        let path = SourcePath::new("offers/offer-1.md").unwrap();
        let text = format!("---\ntype: offer\nname: N\n{fields}stage: sent\n---\n");
        let draft = Draft::create(path, text, ctx.config).unwrap();
        let words = with_words(&draft, &[name.to_owned()], &ctx).map(|words| words.join(","));
        words.map_err(|refusal| format!("{refusal}; {}", refusal.hint().unwrap_or_default()))
    }

    #[test]
    fn a_name_is_any_part_of_it_that_tells() {
        for (name, id) in [
            ("kowalski", "kowalski"),
            ("Jan", "kowalski"),
            ("kowalc", "kowalczyk"),
            ("zak", "boss"),
            ("LUCJA Ż", "boss"),
        ] {
            assert_eq!(with("client: acme\n", name).as_deref(), Ok(id), "{name}");
        }
        assert_eq!(
            with("client: acme\n", "kowal").unwrap_err(),
            "`kowal` could be more than one contact of acme; write more of it: kowalski, kowalczyk"
        );
        assert_eq!(
            with("client: acme\n", "kowalsky").unwrap_err(),
            "acme has no contact `kowalsky`; did you mean Kowalski?"
        );
        assert_eq!(
            with("client: acme\n", "nobody").unwrap_err(),
            "acme has no contact `nobody`; there are kowalski, kowalczyk, boss; a contact elsewhere is client#contact"
        );
    }

    #[test]
    fn whose_contact_it_is_stands_only_where_it_must() {
        assert_eq!(with("client: acme\n", "other#adam").as_deref(), Ok("other#kowalski"));
        assert_eq!(with("client: acme\n", "acme#jan").as_deref(), Ok("kowalski"));
        assert_eq!(with("client: acme-old\n", "acme#jan").as_deref(), Ok("kowalski"), "an id that it had before");
        // A bare name on an offer that names the sale alone would be one of the sale's.
        assert_eq!(with("opportunity: acme-erp\n", "jan").as_deref(), Ok("acme#kowalski"));
        assert!(with("", "jan").unwrap_err().contains("add them first"));
    }
}
