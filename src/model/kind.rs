//! What a field's value is: the one list of kinds that schemas, queries, sorting and output share.

/// The kind of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text, as it stands in the file.
    Text,
    /// A short name in small letters, digits and hyphens.
    Id,
    /// The name of a type: `lead`, `client` …
    RecordType,
    /// A stage of the record's pipeline.
    Stage,
    /// The name of a pipeline.
    Pipeline,
    /// One of these values; of a list of the configuration where there are none here.
    Choice(Vec<String>),
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A number from 0 to 100.
    Percent,
    /// True or false.
    Boolean,
    /// True, false, or something that says more.
    YesOr(Box<Kind>),
    /// A day, perhaps with a time.
    Date,
    /// A length of time: `14d`, `3m`.
    Duration,
    /// An exact amount in the record's currency.
    Money,
    /// A currency's three letters.
    Currency,
    /// One of us.
    Person,
    /// Another record, or a contact in it; of any type where no target is named.
    Reference(Vec<Target>),
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// The address of a page or file.
    Url,
    /// Fields within the field.
    Map,
    /// Several values of one kind.
    List(Box<Kind>),
    /// Whatever stands there: the schema does not say.
    Any,
}

/// What a reference may point to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The type of the record.
    pub record_type: String,
    /// Whether one of the record's contacts is meant, as in `acme-trade#kowalski`.
    pub contact: bool,
}

impl Target {
    /// Reads `client` or `client#contact`; nothing for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (record_type, contact) = match text.split_once('#') {
            None => (text, false),
            Some((record_type, "contact")) => (record_type, true),
            Some(_) => return None,
        };
        (!record_type.is_empty()).then(|| Self { record_type: record_type.to_owned(), contact })
    }
}

impl Kind {
    /// The kind's stable name, for output and machines.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Id => "id",
            Kind::RecordType => "type",
            Kind::Stage => "stage",
            Kind::Pipeline => "pipeline",
            Kind::Choice(_) => "choice",
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Percent => "percent",
            Kind::Boolean => "boolean",
            Kind::YesOr(_) => "yes-or",
            Kind::Date => "date",
            Kind::Duration => "duration",
            Kind::Money => "money",
            Kind::Currency => "currency",
            Kind::Person => "person",
            Kind::Reference(_) => "reference",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Url => "url",
            Kind::Map => "map",
            Kind::List(_) => "list",
            Kind::Any => "any",
        }
    }

    /// Whether a scalar of this kind means its source text, whatever YAML makes of it.
    ///
    /// Such a value goes into validation as a JSON string; a number, a boolean or an unknown as what YAML reads.
    pub fn is_raw_text(&self) -> bool {
        match self {
            Kind::Text
            | Kind::Id
            | Kind::RecordType
            | Kind::Stage
            | Kind::Pipeline
            | Kind::Choice(_)
            | Kind::Date
            | Kind::Duration
            | Kind::Money
            | Kind::Currency
            | Kind::Person
            | Kind::Reference(_)
            | Kind::Email
            | Kind::Phone
            | Kind::Url => true,
            Kind::Number
            | Kind::Integer
            | Kind::Percent
            | Kind::Boolean
            | Kind::YesOr(_)
            | Kind::Map
            | Kind::List(_)
            | Kind::Any => false,
        }
    }

    /// The kind of one value: of an element where this is a list, of what says more where it is yes-or.
    pub fn element(&self) -> &Kind {
        match self {
            Kind::List(element) | Kind::YesOr(element) => element.element(),
            other => other,
        }
    }

    /// Whether there may be several values.
    pub fn is_list(&self) -> bool {
        match self {
            Kind::List(_) => true,
            Kind::YesOr(inner) => inner.is_list(),
            _ => false,
        }
    }

    /// Whether two fields of one name may have these two kinds: choices may differ in their values, references in
    /// their targets, and what a schema leaves open agrees with everything.
    pub fn agrees_with(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Any, _)
            | (_, Kind::Any)
            | (Kind::Choice(_), Kind::Choice(_))
            | (Kind::Reference(_), Kind::Reference(_)) => true,
            (Kind::List(a), Kind::List(b)) | (Kind::YesOr(a), Kind::YesOr(b)) => a.agrees_with(b),
            (a, b) => a == b,
        }
    }

    /// What is expected there, in words that go on after "must be": `a date such as 2026-11-25`.
    pub fn expected(&self) -> String {
        let fixed = match self {
            Kind::Text => "text",
            Kind::Id => "an id of small letters, digits and hyphens",
            Kind::RecordType => "the name of a type, such as client",
            Kind::Stage => "the name of a stage",
            Kind::Pipeline => "the name of a pipeline",
            Kind::Choice(values) if values.is_empty() => "one of the values that karto.yaml lists",
            Kind::Choice(values) => return format!("one of {}", values.join(", ")),
            Kind::Number => "a number",
            Kind::Integer => "a whole number",
            Kind::Percent => "a number between 0 and 100",
            Kind::Boolean => "true or false",
            Kind::YesOr(inner) => return format!("true, false or {}", inner.expected()),
            Kind::Date => "a date such as 2026-11-25",
            Kind::Duration => "a length of time such as 14d, 2w, 3m or 1y",
            Kind::Money => "an amount such as 120000.50",
            Kind::Currency => "a currency in three capital letters, such as PLN",
            Kind::Person => "the id of one of your people",
            Kind::Reference(targets) => return expected_reference(targets),
            Kind::Email => "an e-mail address",
            Kind::Phone => "a phone number",
            Kind::Url => "a web address",
            Kind::Map => "a group of fields, indented below it",
            Kind::List(inner) => return format!("a list, each {}", inner.expected()),
            Kind::Any => "a value",
        };
        fixed.to_owned()
    }
}

/// `the id of a client, or of a contact such as acme-trade#kowalski`.
fn expected_reference(targets: &[Target]) -> String {
    let mut records: Vec<&str> = targets.iter().filter(|t| !t.contact).map(|t| t.record_type.as_str()).collect();
    records.dedup();
    let contacts = targets.iter().any(|t| t.contact);
    let contact = "a contact such as acme-trade#kowalski";
    match (records.is_empty(), contacts) {
        (true, true) => contact.to_owned(),
        (true, false) => "the id of another card".to_owned(),
        (false, true) => format!("the id of a card of type {}, or {contact}", records.join(" or ")),
        (false, false) => format!("the id of a card of type {}", records.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_record_or_a_contact_in_it() {
        assert_eq!(Target::parse("client"), Some(Target { record_type: "client".into(), contact: false }));
        assert_eq!(Target::parse("client#contact"), Some(Target { record_type: "client".into(), contact: true }));
        assert_eq!(Target::parse("client#product"), None);
        assert_eq!(Target::parse(""), None);
    }

    #[test]
    fn choices_agree_whatever_their_values_and_text_never_agrees_with_money() {
        let kinds = Kind::Choice(vec!["company".into()]);
        assert!(kinds.agrees_with(&Kind::Choice(vec!["invoice".into()])));
        assert!(!Kind::Text.agrees_with(&Kind::Money));
        assert!(!Kind::Text.agrees_with(&Kind::List(Box::new(Kind::Text))));
    }

    #[test]
    fn what_is_expected_reads_as_a_sentence() {
        let ways = Kind::YesOr(Box::new(Kind::List(Box::new(Kind::Choice(vec!["call".into(), "email".into()])))));
        assert_eq!(ways.expected(), "true, false or a list, each one of call, email");
        assert_eq!(ways.element(), &Kind::Choice(vec!["call".into(), "email".into()]));
        assert!(ways.is_list());
        let client = Target { record_type: "client".into(), contact: false };
        assert_eq!(Kind::Reference(vec![client]).expected(), "the id of a card of type client");
    }
}
