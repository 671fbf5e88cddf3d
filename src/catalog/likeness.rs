//! Cards that are probably about the same company, person or thing: what tells them apart, and what gives them away.

use std::collections::BTreeSet;

use super::{Catalog, RecordIndex};
use crate::model::phone::number_in;
use crate::model::{Config, Record, Value};
use crate::text::{fold, words};

/// What two cards have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// An e-mail address, their own or of a contact.
    Email(String),
    /// A phone number, their own or of a contact; as the second card writes it.
    Phone(String),
    /// A tax number, as the second card writes it.
    TaxId(String),
    /// A name, case, diacritics and legal forms aside; as the second card writes it.
    Name(String),
}

/// What is known of one card that could give it away as another one's double.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Traits {
    emails: BTreeSet<String>,
    phones: Vec<Phone>,
    tax_ids: Vec<(String, String)>,
    names: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Phone {
    /// The last nine digits: what is left where the country or the trunk prefix may stand or not.
    tail: String,
    /// All digits, country first, where the number names its country.
    whole: Option<String>,
    written: String,
}

/// The cards that are probably about the same as `record`, with what gives them away, by path. Those that say of each
/// other that they are not the same, or that they belong together, are left out.
///
/// Leads and clients are compared by addresses, phones, tax numbers and names; of other types only those that are told
/// apart by their names, among those of one type and one client.
pub fn doubles(record: &Record, catalog: &Catalog, config: &Config) -> Vec<(RecordIndex, Vec<Shared>)> {
    let own = Traits::of(record);
    let is_other = |other: &Record| other.path != record.path && may_be_same(record, other, config);
    let others = catalog.entries().filter(|(_, other)| is_other(other));
    others.map(|(index, other)| (index, own.shared(&Traits::of(other)))).filter(|(_, s)| !s.is_empty()).collect()
}

/// True if two cards could be about the same at all.
fn may_be_same(one: &Record, other: &Record, config: &Config) -> bool {
    if is_party(one) && is_party(other) {
        return !names(one, other) && !names(other, one);
    }
    let by_name = config.schemas.get(&one.record_type).is_some_and(|def| {
        // Numbered papers bear the same name month after month.
        !def.id_pattern.contains("{n}")
    });
    let belongs = |record: &Record| ["client", "lead", "opportunity"].map(|field| record.reference(field).cloned());
    by_name && one.record_type == other.record_type && belongs(one) == belongs(other) && !names(one, other)
}

fn is_party(record: &Record) -> bool {
    matches!(&*record.record_type, "lead" | "client")
}

/// True if a card says that the other is not the same, is what became of it, or is its group.
fn names(record: &Record, other: &Record) -> bool {
    ["not_same_as", "converted_to", "client", "parent", "referred_by"].iter().any(|field| {
        let mut ids = record.value(field).into_iter().flat_map(Value::elements);
        ids.any(|id| matches!(id, Value::Reference(named) if named.id == other.id) || id.display() == other.id)
    })
}

impl Traits {
    /// Looks at a card.
    fn of(record: &Record) -> Self {
        let mut traits = Self::default();
        let parties = is_party(record);
        for field in ["name", "legal_name", "company"].into_iter().take(if parties { 3 } else { 1 }) {
            if let Some(name) = record.text(field) {
                traits.names.push((bare_name(name), name.to_owned()));
            }
        }
        for alias in record.value("aliases").into_iter().flat_map(Value::elements).filter_map(Value::as_text) {
            traits.names.push((bare_name(alias), alias.to_owned()));
        }
        traits.names.retain(|(bare, _)| !bare.is_empty());
        if !parties {
            return traits;
        }
        if let Some(number) = record.text("tax_id") {
            traits.tax_ids.extend(bare_tax_id(number).map(|bare| (bare, number.to_owned())));
        }
        traits.reach(record.text("email"), record.text("phone"));
        for contact in record.value("contacts").into_iter().flat_map(Value::elements) {
            let text = |key: &str| contact.get(key).and_then(Value::as_text);
            traits.reach(text("email"), text("phone"));
        }
        traits
    }

    fn reach(&mut self, email: Option<&str>, phone: Option<&str>) {
        self.emails.extend(email.map(|email| fold(email.trim()).into_owned()).filter(|email| email.contains('@')));
        self.phones.extend(phone.into_iter().flat_map(phones));
    }

    /// What two cards have in common, the surest first.
    fn shared(&self, other: &Self) -> Vec<Shared> {
        let mut shared: Vec<Shared> = Vec::new();
        let emails = self.emails.intersection(&other.emails).cloned();
        shared.extend(emails.map(Shared::Email));
        let phones = other.phones.iter().filter(|theirs| self.phones.iter().any(|ours| ours.is_same(theirs)));
        shared.extend(phones.map(|phone| Shared::Phone(phone.written.clone())));
        let both = |ours: &[(String, String)], theirs: &[(String, String)]| -> Vec<String> {
            let same = theirs.iter().filter(|(bare, _)| ours.iter().any(|(own, _)| own == bare));
            same.map(|(_, written)| written.clone()).collect()
        };
        shared.extend(both(&self.tax_ids, &other.tax_ids).into_iter().map(Shared::TaxId));
        // A name and a legal name are mostly the same: one of them is enough.
        shared.extend(both(&self.names, &other.names).into_iter().take(1).map(Shared::Name));
        shared.sort();
        shared.dedup();
        shared
    }
}

impl Phone {
    fn is_same(&self, other: &Self) -> bool {
        let countries = self.whole.as_ref().zip(other.whole.as_ref());
        self.tail == other.tail && countries.is_none_or(|(one, two)| one == two)
    }
}

/// The digits that make a phone number; fewer are an extension or a remark.
const SHORTEST_PHONE: usize = 7;
/// So many digits tell a number apart within its country, in all countries that our users call.
const TAIL: usize = 9;

/// The numbers of a field: several may stand in it, and words after each.
fn phones(text: &str) -> impl Iterator<Item = Phone> {
    text.split([',', ';']).flat_map(|part| {
        let sides = || part.split('/');
        let several = sides().all(|side| digits(side).len() >= SHORTEST_PHONE);
        let numbers: Vec<&str> = if several { sides().collect() } else { vec![part] };
        numbers.into_iter().filter_map(phone).collect::<Vec<_>>()
    })
}

fn phone(written: &str) -> Option<Phone> {
    // `+48 (0) 22 …`: the trunk prefix in brackets is not dialled from abroad.
    let plain = written.replace("(0)", "");
    let (_, number) = number_in(&plain)?;
    let all = digits(number);
    let abroad = if number.starts_with('+') { Some(all.as_str()) } else { all.strip_prefix("00") };
    let national = abroad.unwrap_or(&all);
    if national.len() < SHORTEST_PHONE {
        return None;
    }
    let tail = national.get(national.len().saturating_sub(TAIL)..)?.trim_start_matches('0').to_owned();
    // Zeros alone fill a form, and are nobody's number.
    (!tail.is_empty()).then(|| Phone { tail, whole: abroad.map(str::to_owned), written: written.trim().to_owned() })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A tax number without its country, spaces and dashes; of a Hungarian one the eight digits that name the company.
fn bare_tax_id(number: &str) -> Option<String> {
    let plain: String = fold(number).chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let hungarian = bare.len() == 11 && number.trim().split('-').map(|part| digits(part).len()).eq([8, 1, 2]);
    let bare = if hungarian { bare.get(..8)? } else { bare };
    (bare.len() >= 2).then(|| bare.to_owned())
}

/// Legal forms and their like at the end of a name, folded, word by word; the longer before those that they end with.
const FORMS: &[&str] = &[
    "spolka z ograniczona odpowiedzialnoscia",
    "spolka z o o",
    "sp z o o",
    "sp z oo",
    "sp zoo",
    "spzoo",
    "z o o",
    "zoo",
    "prosta spolka akcyjna",
    "spolka akcyjna",
    "spolka komandytowa",
    "spolka jawna",
    "spolka cywilna",
    "spolka partnerska",
    "p s a",
    "psa",
    "s a",
    "sa",
    "sp k",
    "spk",
    "sp j",
    "spj",
    "sp p",
    "s c",
    "sc",
    "kft",
    "zrt",
    "nyrt",
    "bt",
    "kkt",
    "ev",
    "s r l d",
    "s r l",
    "srl",
    "s n c",
    "pfa",
    "gmbh co kg",
    "gmbh",
    "ag",
    "kg",
    "ohg",
    "ug",
    "e k",
    "spol s r o",
    "s r o",
    "sro",
    "a s",
    "d o o",
    "doo",
    "ltd",
    "limited",
    "llc",
    "inc",
    "plc",
    "b v",
    "bv",
    "n v",
    "nv",
    "sarl",
    "s p a",
    "spa",
    "uab",
    "oy",
    "ab",
];

/// The same before a name.
const FORMS_BEFORE: &[&str] = &["s c", "sc", "p p h u", "pphu", "p h u", "phu", "p p u h", "ppuh", "f h u", "fhu"];

/// A name folded, in single words, without its legal forms; all of it where nothing else would be left.
fn bare_name(name: &str) -> String {
    let folded: Vec<String> = words(name).map(|word| word.text.into_owned()).collect();
    let folded = folded.join(" ");
    let mut bare = folded.as_str();
    for form in FORMS_BEFORE {
        if let Some(rest) = bare.strip_prefix(form).and_then(|rest| rest.strip_prefix(' ')) {
            bare = rest;
            break;
        }
    }
    // `sp. z o.o. sp. k.` are two.
    while let Some(rest) = FORMS.iter().find_map(|form| bare.strip_suffix(form)?.strip_suffix(' ')) {
        bare = rest;
    }
    bare.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::Schemas;
    use crate::model::{Card, read_card};
    use crate::text::{Document, SourcePath};

    fn record(path: &str, front: &str) -> Record {
        let record_type = if path.starts_with("leads") { "lead" } else { path.split("s/").next().unwrap() };
        let text = format!("---\ntype: {record_type}\n{front}\n---\n");
        let config = Config::builtin(Schemas::builtin());
        match read_card(&SourcePath::new(path).unwrap(), &Document::parse(text), &config).0 {
            Card::Record(record) => record,
            other => panic!("{other:?}"),
        }
    }

    fn shared(one: &str, other: &str) -> Vec<Shared> {
        Traits::of(&record("leads/a.md", one)).shared(&Traits::of(&record("clients/b.md", other)))
    }

    #[test]
    fn legal_forms_are_no_part_of_a_name() {
        for name in [
            "Łódzkie Napoje",
            "ŁÓDZKIE NAPOJE sp. z o.o.",
            "Łódzkie Napoje Sp. z o. o. sp.k.",
            "lodzkie napoje S.A.",
            "Łódzkie Napoje spółka z ograniczoną odpowiedzialnością",
            "S.C. Łódzkie-Napoje S.R.L.",
            "P.P.H.U. Łódzkie Napoje",
            "Łódzkie Napoje Kft.",
            "Łódzkie Napoje GmbH & Co. KG",
            "Łódzkie Napoje, s.r.o.",
        ] {
            assert_eq!(bare_name(name), "lodzkie napoje", "{name}");
        }
        assert_eq!(bare_name("S.A."), "s a", "something is left");
        assert_eq!(bare_name("Visa"), "visa");
        assert_eq!(bare_name("…"), "");
    }

    #[test]
    fn a_phone_is_the_same_with_and_without_its_country() {
        let same = |one: &str, other: &str| {
            let (one, other) = (phone(one).unwrap(), phone(other).unwrap());
            one.is_same(&other) && other.is_same(&one)
        };
        for (one, other) in [
            ("+48 600 100 200", "600-100-200"),
            ("0048600100200", "+48 (600) 100 200"),
            ("+40 722 123 456", "0722.123.456"),
            ("+36 30 123 4567", "06 30 123 4567"),
            ("+36 1 234 5678", "06 1 234-5678"),
            ("+48 (0) 22 600 10 20", "tel. 22 600 10 20 wew. 12"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [("+48 600 100 200", "+40 600 100 200"), ("600 100 200", "600 100 201")] {
            assert!(!same(one, other), "{one} {other}");
        }
        assert!(phone("ext 12").is_none() && phone("—").is_none() && phone("000 000 000").is_none());
        assert_eq!(phones("600 100 200 / 600 100 201, 0211/123456").count(), 3);
    }

    #[test]
    fn addresses_phones_tax_numbers_and_names_give_a_double_away() {
        let contact = "name: X\ncontacts:\n  - {id: k, name: K, email: Jan@Acme.pl, phone: '+48 600 100 200'}";
        assert_eq!(shared("name: Y\nemail: jan@acme.pl", contact), [Shared::Email("jan@acme.pl".into())]);
        assert_eq!(shared("name: Y\nphone: 600100200", contact), [Shared::Phone("+48 600 100 200".into())]);
        assert_eq!(
            shared("name: Y\ntax_id: PL 526-000-12-46", "name: X\ntax_id: '5260001246'"),
            [Shared::TaxId("5260001246".into())]
        );
        assert_eq!(
            shared("name: Y\ntax_id: HU12345678", "name: X\ntax_id: 12345678-2-42"),
            [Shared::TaxId("12345678-2-42".into())]
        );
        assert_eq!(
            shared("name: Jan\ncompany: ACME sp. z o.o.", "name: Acme\nlegal_name: Acme S.A."),
            [Shared::Name("Acme".into())]
        );
        assert_eq!(shared("name: Y", "name: X"), []);
    }

    #[test]
    fn who_belongs_together_is_no_double() {
        let config = Config::builtin(Schemas::builtin());
        let acme = record("clients/acme.md", "name: Acme");
        let may = |one: &Record| may_be_same(one, &acme, &config);
        assert!(may(&record("clients/acme-2.md", "name: Acme")));
        assert!(may(&record("leads/lead-acme.md", "name: Acme")));
        assert!(!may(&record("leads/lead-acme.md", "name: Acme\nconverted_to: acme")));
        assert!(!may(&record("clients/acme-2.md", "name: Acme\nnot_same_as: [acme]")));
        assert!(!may(&record("clients/acme-2.md", "name: Acme\nparent: '[[acme]]'")));
        assert!(!may(&record("competitors/acme-2.md", "name: Acme")));
        let rival = record("competitors/solaris.md", "name: Solaris");
        assert!(may_be_same(&record("competitors/s.md", "name: X\naliases: [Solaris]"), &rival, &config));
        let paper = |path: &str| record(path, "name: Service\nclient: acme");
        assert!(!may_be_same(&paper("invoices/a.md"), &paper("invoices/b.md"), &config), "every month the same");
    }
}
