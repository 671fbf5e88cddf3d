//! Whom to speak with about a record, and how they can be reached.

use crate::catalog::RecordIndex;
use crate::model::{Record, Reference, Value};
use crate::query::Context;
use crate::query::derived::family;
use crate::text;

/// A person to speak with, and the ways to reach them that are not closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The contact's id at the client or lead.
    pub contact: Option<String>,
    /// The contact's name.
    pub name: Option<String>,
    /// The phone number: the contact's own, else that of the client or lead.
    pub phone: Option<String>,
    /// The e-mail address, likewise.
    pub email: Option<String>,
    /// What `do_not_contact` closes.
    pub closed: Closed,
}

/// Which ways to reach somebody are closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Closed {
    /// None.
    #[default]
    Nothing,
    /// These.
    Ways(Vec<String>),
    /// All: they must not be contacted.
    Everything,
}

impl Closed {
    /// What is closed, for people; `None` if nothing is.
    pub fn describe(&self) -> Option<String> {
        match self {
            Closed::Nothing => None,
            Closed::Ways(ways) => Some(format!("no {}", ways.join(", no "))),
            Closed::Everything => Some("do not contact".to_owned()),
        }
    }

    fn of(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Bool(false)) => Closed::Nothing,
            Some(Value::Bool(true)) => Closed::Everything,
            Some(ways) => match ways.elements().map(|way| way.display().into_owned()).collect::<Vec<_>>() {
                // Anything that was written there and is not understood is taken as a no.
                unknown if unknown.iter().any(|way| way == "true") => Closed::Everything,
                ways if ways.is_empty() => Closed::Nothing,
                ways => Closed::Ways(ways),
            },
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Closed::Everything, _) | (_, Closed::Everything) => Closed::Everything,
            (Closed::Nothing, one) | (one, Closed::Nothing) => one,
            (Closed::Ways(mut ways), Closed::Ways(more)) => {
                ways.extend(more.into_iter().filter(|way| !ways.contains(way)).collect::<Vec<_>>());
                Closed::Ways(ways)
            }
        }
    }

    /// Whether one way is closed. Who writes `phone` means calls.
    pub fn closes(&self, way: &str) -> bool {
        match self {
            Closed::Nothing => false,
            Closed::Ways(ways) => ways.iter().any(|closed| closed == way || (way == "call" && closed == "phone")),
            Closed::Everything => true,
        }
    }
}

impl Reach {
    /// Whom to speak with about `step`, a next step or a task of `record`: the contact that the text names, the one the
    /// record is about, one of its stakeholders, the one who decides, the first with a phone, the first at all.
    pub fn about(ctx: &Context<'_>, record: RecordIndex, step: &str) -> Self {
        let party = ctx.catalog.record(family::party(ctx, record));
        let contacts = contacts(party);
        let card = ctx.catalog.record(record);
        let chosen = named(&contacts, step).or_else(|| referred(card, &contacts)).or_else(|| preferred(&contacts));
        Self::of(party, chosen)
    }

    /// How to reach a contact of a client or lead, or the client or lead itself.
    pub fn of(party: &Record, contact: Option<&Value>) -> Self {
        let text_of = |field: &str| contact.and_then(|contact| text_at(contact, field));
        let closed = Closed::of(contact.and_then(|contact| contact.get("do_not_contact")));
        let closed = closed.and(Closed::of(party.value("do_not_contact")));
        let open = |way: &str, field: &str| {
            let own = text_of(field).or_else(|| party.value(field).map(|value| value.display().into_owned()));
            own.filter(|_| !closed.closes(way))
        };
        Self {
            contact: text_of("id"),
            name: text_of("name").or_else(|| text_of("id")),
            phone: open("call", "phone"),
            email: open("email", "email"),
            closed,
        }
    }

    /// The phone number, else the e-mail address; where they must not be contacted, that.
    pub fn best(&self) -> String {
        let way = self.phone.as_ref().or(self.email.as_ref()).filter(|_| self.closed != Closed::Everything);
        way.cloned().or_else(|| self.closed.describe()).unwrap_or_default()
    }
}

/// A contact's name, as the card of their client or lead has it; else as it is written.
pub(super) fn contact_name(ctx: &Context<'_>, with: &Reference) -> String {
    let named = || {
        let id = with.contact.as_deref()?;
        let all = contacts(ctx.catalog.resolve(with)?).into_iter();
        let mut there = all.filter(|contact| contact.get("id").is_some_and(|own| own.display() == id));
        there.find_map(|contact| contact.get("name")).map(|name| name.display().into_owned())
    };
    named().unwrap_or_else(|| with.contact.clone().unwrap_or_else(|| with.id.clone()))
}

/// The contacts of a client or lead, in the card's order.
pub(super) fn contacts(party: &Record) -> Vec<&Value> {
    let all = party.value("contacts").into_iter().flat_map(Value::elements);
    all.filter(|contact| matches!(contact, Value::Map(_))).collect()
}

pub(super) fn text_at(contact: &Value, field: &str) -> Option<String> {
    contact.get(field).filter(|value| !value.is_empty()).map(|value| value.display().into_owned())
}

pub(super) fn decides(contact: &Value) -> bool {
    contact.get("decides") == Some(&Value::Bool(true))
}

/// The contact whose name or id a text mentions; names may be declined, as in `Kowalskiego`.
fn named<'a>(contacts: &[&'a Value], step: &str) -> Option<&'a Value> {
    let said = words(step);
    let score = |contact: &Value| {
        let names = ["name", "id"].into_iter().filter_map(|field| text_at(contact, field));
        let names: Vec<String> = names.flat_map(|name| words(&name)).filter(|name| name.chars().count() >= 3).collect();
        said.iter().filter(|word| names.iter().any(|name| is_form_of(word, name))).count()
    };
    let best = contacts.iter().rev().max_by_key(|contact| score(contact))?;
    (score(best) > 0).then_some(*best)
}

fn words(text: &str) -> Vec<String> {
    text::words(text).map(|word| word.text.into_owned()).collect()
}

/// `kowalskiego` is a form of `kowalski`, `Nowakiem` of `Nowak`; short names must stand as they are.
fn is_form_of(word: &str, name: &str) -> bool {
    let ending = word.strip_prefix(name).map(|ending| ending.chars().count());
    ending.is_some_and(|ending| ending == 0 || (ending <= 5 && name.chars().count() >= 4))
}

/// The contact that the record itself refers to: its `contact`, else the stakeholder who decides, else the first.
fn referred<'a>(record: &Record, contacts: &[&'a Value]) -> Option<&'a Value> {
    let find = |reference: &Reference| {
        let id = reference.contact.as_deref().unwrap_or(&reference.id);
        contacts.iter().copied().find(|contact| text_at(contact, "id").as_deref() == Some(id))
    };
    let references = |field: &str| {
        let values = record.value(field).into_iter().flat_map(Value::elements);
        values
            .filter_map(|value| if let Value::Reference(reference) = value { Some(reference) } else { None })
            .collect()
    };
    let one: Vec<&Reference> = references("contact");
    let several: Vec<&Reference> = references("stakeholders");
    let stakeholders: Vec<&Value> = several.into_iter().filter_map(find).collect();
    let deciding = || stakeholders.iter().copied().find(|contact| decides(contact));
    one.into_iter().find_map(find).or_else(deciding).or_else(|| stakeholders.first().copied())
}

fn preferred<'a>(contacts: &[&'a Value]) -> Option<&'a Value> {
    let can_be_reached = |contact: &&&Value| Closed::of(contact.get("do_not_contact")) != Closed::Everything;
    let open: Vec<&&Value> = contacts.iter().filter(can_be_reached).collect();
    let deciding = open.iter().find(|contact| decides(contact));
    let with_phone = || open.iter().find(|contact| contact.get("phone").is_some());
    deciding.or_else(with_phone).or_else(|| open.first()).map(|contact| **contact).or_else(|| contacts.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    const ACME: &str = "client acme
        stage: active
        phone: '+48420000000'
        contacts:
          - id: nowak
            name: Jan Nowak
            phone: '+48600000001'
          - id: kowalski
            name: Anna Kowalska
            email: a.kowalska@acme.example
            decides: true
          - id: bak
            name: Ewa Bąk
            phone: '+48600000003'
            do_not_contact: true
          - id: lis
            name: Adam Lis
            phone: '+48600000004'
            email: lis@acme.example
            do_not_contact: [call]";

    fn about(record: &str, step: &str) -> (String, String) {
        let opportunity = "opportunity sale
            client: acme
            stage: offer
            stakeholders: [acme#lis]";
        let sample = Sample::of(&[ACME, opportunity]);
        let reach = Reach::about(&sample.context(), sample.at(record), step);
        (reach.contact.clone().unwrap_or_default(), reach.best())
    }

    #[test]
    fn the_contact_named_in_the_step_goes_first_even_declined() {
        assert_eq!(about("sale", "Zadzwonić do Nowaka"), ("nowak".into(), "+48600000001".into()));
        assert_eq!(about("acme", "Ask Jan Nowak"), ("nowak".into(), "+48600000001".into()));
    }

    #[test]
    fn then_the_records_own_contact_then_who_decides() {
        assert_eq!(about("sale", "Ask about the board"), ("lis".into(), "lis@acme.example".into()));
        assert_eq!(about("acme", "Ask about the board"), ("kowalski".into(), "+48420000000".into()));
    }

    #[test]
    fn who_must_not_be_contacted_is_not_given_a_number() {
        assert_eq!(about("acme", "Pani Bąk wants an answer"), ("bak".into(), "do not contact".into()));
    }

    #[test]
    fn a_lead_without_contacts_is_reached_itself() {
        let sample = Sample::of(&["lead solo
            stage: new
            email: solo@example.com
            do_not_contact: call
            phone: '+48111'"]);
        let reach = Reach::about(&sample.context(), sample.at("solo"), "");
        assert_eq!((reach.name.clone(), reach.best()), (None, "solo@example.com".to_owned()));
        assert_eq!(reach.phone, None);
    }
}
