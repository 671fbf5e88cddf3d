//! Front matter to typed values, and to what its schema checks.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::Reader;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::kind::Kind;
use crate::model::schema::{FieldDef, SchemaFinding, TypeDef};
use crate::model::{
    AmountError, Currency, Field, Money, Reference, Spanned, Value, check_id, codes, parse_amount, slug,
};
use crate::text::yaml::{self, EntryRef, Kind as Yaml, NodeRef};
use crate::text::{Edit, Span, When, did_you_mean, nearest};

/// Kept apart from the fields: they have a place of their own in a record.
const NOT_FIELDS: [&str; 2] = ["type", "history"];

impl Reader<'_> {
    /// The fields of the front matter, read as the schema's kinds say; checks them against the schema too.
    pub(super) fn fields(&mut self, front: NodeRef<'_>, type_def: &TypeDef) -> Vec<Field> {
        let own = self.findings.len();
        let currency = self.currency(front);
        let missing: Vec<&str> =
            type_def.fields.iter().map(|def| def.name.as_str()).filter(|known| front.get(known).is_none()).collect();
        let mut fields = Vec::new();
        for entry in front.entries() {
            let name = entry.key().raw().into_owned();
            if entry.value().kind() == Yaml::Null || NOT_FIELDS.contains(&name.as_str()) {
                continue;
            }
            let def = type_def.field(&name);
            if def.is_none() {
                self.check_spelling(&entry, &name, &missing);
            }
            let kind = def.map_or(&Kind::Any, |def| &def.kind);
            self.check_single(entry.value(), kind);
            let value = self.value(entry.value(), kind, def, currency);
            fields.push(Field { name, key_span: entry.key().span(), value, span: entry.value().span() });
        }
        self.check_contact_ids(&fields);
        self.check_schema(front, type_def, own);
        fields
    }

    /// A contact's id stands in links and after `with:`, so it keeps the rule for ids.
    fn check_contact_ids(&mut self, fields: &[Field]) {
        let contacts = fields.iter().filter(|field| field.name == "contacts");
        let Some(Value::List(contacts)) = contacts.map(|field| &field.value).next() else { return };
        for contact in contacts {
            let Value::Map(entries) = &contact.value else { continue };
            let Some((_, id)) = entries.iter().find(|(name, _)| name == "id") else { continue };
            let written = id.value.display();
            let Err(problem) = check_id(&written) else { continue };
            let finding = Diagnostic::new(codes::ID_BAD, format!("`{written}` is no id: {problem}")).at(id.span);
            let better = slug(&written);
            self.report(match check_id(&better) {
                Ok(()) => finding.help(format!("write `{better}`, here and where the contact is named")),
                Err(_) => finding.help("write a short name that links can use, such as kowalski"),
            });
        }
    }

    /// The currency of the card's amounts. One that nobody knows is no reason to take them for the workspace's own.
    fn currency(&mut self, front: NodeRef<'_>) -> Option<Currency> {
        let Some(node) = front.get("currency").filter(|node| node.kind() != Yaml::Null) else {
            return self.config.currency;
        };
        let raw = node.raw();
        let currency = Currency::new(&raw);
        if currency.is_none() && !node.is_collection() {
            let mut finding =
                Diagnostic::new(codes::CURRENCY_UNKNOWN, format!("`{raw}` is not the code of a currency"))
                    .at(node.span())
                    .help("write its three capital letters, as in ISO 4217: PLN, EUR, RON, HUF");
            let capitals = raw.trim().to_uppercase();
            if Currency::new(&capitals).is_some() && node.is_regular() {
                let edits = vec![Edit::replace(node.span(), capitals.clone())];
                finding = finding.help(format!("write {capitals}")).fix(format!("write {capitals}"), edits);
            }
            self.report(finding);
        }
        currency
    }

    fn value(&mut self, node: NodeRef<'_>, kind: &Kind, def: Option<&FieldDef>, currency: Option<Currency>) -> Value {
        match kind {
            Kind::List(inner) => {
                if node.kind() != Yaml::List || node.as_link().is_some() {
                    return Value::List(vec![Spanned::new(self.value(node, inner, def, currency), node.span())]);
                }
                let items = node.items().filter(|item| item.kind() != Yaml::Null);
                Value::List(
                    items.map(|item| Spanned::new(self.value(item, inner, def, currency), item.span())).collect(),
                )
            }
            Kind::Map => self.map(node, def, currency),
            Kind::YesOr(_) if node.kind() == Yaml::Bool => Value::Bool(node.raw() == "true"),
            Kind::YesOr(inner) => self.value(node, inner, def, currency),
            Kind::Reference(_) => self.reference(node),
            Kind::Any => self.undeclared(node, currency),
            _ if node.is_collection() => Value::Invalid(self.text.get(node.span().range()).unwrap_or("").to_owned()),
            Kind::Number | Kind::Integer | Kind::Percent => number(node),
            Kind::Boolean => match node.raw().as_ref() {
                "true" | "True" | "TRUE" => Value::Bool(true),
                "false" | "False" | "FALSE" => Value::Bool(false),
                other => Value::Invalid(other.to_owned()),
            },
            Kind::Date => {
                let raw = node.raw();
                When::parse(&raw).map_or_else(|_| Value::Invalid(raw.into_owned()), Value::When)
            }
            Kind::Money => self.money(node, currency),
            kind => {
                self.check_misread(node);
                if *kind == Kind::Person {
                    self.check_person(&node.raw(), node.span());
                }
                self.check_choice(node, def);
                Value::Text(node.raw().into_owned())
            }
        }
    }

    /// Warns of a single value in the place of a list.
    pub(super) fn check_single(&mut self, node: NodeRef<'_>, kind: &Kind) {
        if !matches!(kind, Kind::List(inner) if is_single(node, inner)) {
            return;
        }
        let raw = node.raw();
        let list = format!("[{}]", yaml::quote_in_flow(&raw));
        let finding = Diagnostic::new(codes::LIST_SINGLE, format!("`{raw}` stands alone where a list belongs"));
        let title = format!("write `{list}`");
        let finding = finding.at(node.span()).help(title.clone());
        let can_be_edited = node.is_regular() && !raw.contains('\n');
        let edits = vec![Edit::replace(node.span(), list)];
        self.report(match can_be_edited {
            // With a comma in it several items may be meant.
            true if raw.contains([',', ';']) => finding.offer(title, edits),
            true => finding.fix(title, edits),
            false => finding,
        });
    }

    fn map(&mut self, node: NodeRef<'_>, def: Option<&FieldDef>, currency: Option<Currency>) -> Value {
        if node.kind() != Yaml::Map {
            return Value::Invalid(self.text.get(node.span().range()).unwrap_or("").to_owned());
        }
        let mut entries = Vec::new();
        for entry in node.entries().filter(|entry| entry.value().kind() != Yaml::Null) {
            let name = entry.key().raw().into_owned();
            let def = def.and_then(|def| def.field(&name));
            let kind = def.map_or(&Kind::Any, |def| &def.kind);
            let value = self.value(entry.value(), kind, def, currency);
            entries.push((name, Spanned::new(value, entry.value().span())));
        }
        Value::Map(entries)
    }

    fn reference(&mut self, node: NodeRef<'_>) -> Value {
        if let Some(link) = node.as_link() {
            return Value::Reference(Reference::parse(&link));
        }
        if node.is_collection() {
            return Value::Invalid(self.text.get(node.span().range()).unwrap_or("").to_owned());
        }
        Value::Reference(Reference::parse(&node.raw()))
    }

    /// A key that no schema declares: what it looks like is what it is.
    fn undeclared(&mut self, node: NodeRef<'_>, currency: Option<Currency>) -> Value {
        if let Some(link) = node.as_link() {
            return Value::Reference(Reference::parse(&link));
        }
        match node.kind() {
            Yaml::List => self.value(node, &Kind::List(Box::new(Kind::Any)), None, currency),
            Yaml::Map => self.map(node, None, currency),
            Yaml::Bool => Value::Bool(node.raw().eq_ignore_ascii_case("true")),
            Yaml::Integer | Yaml::Float => match number(node) {
                Value::Invalid(raw) => Value::Text(raw),
                number => number,
            },
            Yaml::Null | Yaml::Text => {
                let raw = node.raw();
                When::parse(&raw).map_or_else(|_| Value::Text(raw.into_owned()), Value::When)
            }
        }
    }

    fn money(&mut self, node: NodeRef<'_>, currency: Option<Currency>) -> Value {
        let raw = node.raw();
        match parse_amount(&raw) {
            Ok(amount) => Value::Money(Money { amount, currency }),
            Err(AmountError::Localized(amount)) => {
                let finding =
                    Diagnostic::new(codes::MONEY_WRITTEN_FOR_PEOPLE, format!("`{raw}` is written for people"));
                let finding = finding.at(node.span()).label("no spaces, and a point before the decimals");
                let edits = vec![Edit::replace(node.span(), amount.to_string())];
                self.report(finding.help(format!("write {amount}")).fix(format!("write {amount}"), edits));
                Value::Money(Money { amount, currency })
            }
            Err(AmountError::NotANumber) => Value::Invalid(raw.into_owned()),
        }
    }

    /// Warns of bare text that other YAML programs take for something else.
    fn check_misread(&mut self, node: NodeRef<'_>) {
        if node.is_quoted() || !node.is_regular() {
            return;
        }
        let raw = node.raw();
        let Some(misread) = yaml::misread(&raw) else { return };
        let message = format!("other tools read `{raw}` as {misread}");
        let edits = vec![Edit::replace(node.span(), yaml::quote(&raw))];
        let finding = Diagnostic::new(codes::TEXT_MISREAD, message).at(node.span());
        self.report(finding.help("put it in quotes").fix("put it in quotes", edits));
    }

    fn check_choice(&mut self, node: NodeRef<'_>, def: Option<&FieldDef>) {
        let Some(list) = def.and_then(|def| def.choice_list.as_ref()) else { return };
        let Some(values) = self.config.choices.get(list).filter(|values| !values.is_empty()) else { return };
        let raw = node.raw();
        if values.iter().any(|value| *value == raw) {
            return;
        }
        let near = nearest(&raw, values.iter().map(String::as_str), 1);
        let help = did_you_mean(&near).unwrap_or_else(|| format!("karto.yaml allows {}", values.join(", ")));
        let finding = Diagnostic::new(codes::CHOICE_UNKNOWN, format!("`{raw}` is not one of the values for `{list}`"));
        self.report(finding.at(node.span()).help(help));
    }

    /// Warns of an unknown key that is nearly a field which the card lacks.
    fn check_spelling(&mut self, entry: &EntryRef<'_>, name: &str, missing: &[&str]) {
        if name.len() < 4 {
            return;
        }
        // Two slips at the most: `last_contact` is no misspelt `next_contact`.
        let near =
            nearest(name, missing.iter().copied(), 3).into_iter().find(|near| strsim::osa_distance(near, name) <= 2);
        let Some(near) = near else { return };
        let span = entry.key().span();
        let finding = Diagnostic::new(codes::KEY_MISSPELT, format!("`{name}` is nearly the field `{near}`")).at(span);
        let fix = vec![Edit::replace(span, near.clone())];
        self.report(
            finding.help(format!("write `{near}`, if that is what you mean")).offer(format!("write `{near}`"), fix),
        );
    }

    /// Checks the front matter against its schema; a place that already has a finding of ours (those from `own` on)
    /// gets no second one.
    fn check_schema(&mut self, front: NodeRef<'_>, type_def: &TypeDef, own: usize) {
        let instance = object(front, |name| type_def.field(name));
        let found = type_def.validate(&instance);
        if found.is_empty() {
            return;
        }
        let mut said: HashMap<Span, Severity> = HashMap::new();
        let say = |said: &mut HashMap<Span, Severity>, finding: &Diagnostic| {
            let Some(span) = finding.span else { return };
            let worst = said.entry(span).or_insert(finding.severity);
            *worst = finding.severity.max(*worst);
        };
        self.findings.get(own..).unwrap_or_default().iter().for_each(|finding| say(&mut said, finding));
        for finding in SchemaFinding::into_diagnostics(found, front) {
            let is_said = |span: Span| said.get(&span).is_some_and(|known| *known >= finding.severity);
            if !finding.span.is_some_and(is_said) {
                say(&mut said, &finding);
                self.report(finding);
            }
        }
    }
}

/// True for one value where a list belongs; with commas in it, it may be meant as several, so that is an error.
fn is_single(node: NodeRef<'_>, inner: &Kind) -> bool {
    *inner != Kind::Map && !node.is_collection() && node.kind() != Yaml::Null && !node.raw().contains(',')
}

fn number(node: NodeRef<'_>) -> Value {
    let raw = node.raw();
    match parse_amount(&raw) {
        Ok(number) => Value::Number(number),
        Err(_) => Value::Invalid(raw.into_owned()),
    }
}

/// The front matter as its schema sees it: text-like fields as their source text, empty ones left out.
fn object<'d>(node: NodeRef<'_>, def: impl Fn(&str) -> Option<&'d FieldDef>) -> Json {
    let mut map = Map::new();
    for entry in node.entries().filter(|entry| entry.value().kind() != Yaml::Null) {
        let name = entry.key().raw().into_owned();
        let def = def(&name);
        let kind = def.map_or(&Kind::Any, |def| &def.kind);
        map.insert(name, instance(entry.value(), kind, def));
    }
    Json::Object(map)
}

fn instance(node: NodeRef<'_>, kind: &Kind, def: Option<&FieldDef>) -> Json {
    match (kind, node.kind()) {
        (Kind::Reference(_), Yaml::List) => {
            node.as_link().map_or_else(|| node.to_json(), |link| Json::String(link.into_owned()))
        }
        (Kind::List(inner), Yaml::List) => Json::Array(node.items().map(|item| instance(item, inner, def)).collect()),
        (Kind::List(inner), _) if is_single(node, inner) => Json::Array(vec![instance(node, inner, def)]),
        (Kind::YesOr(inner), other) if other != Yaml::Bool => instance(node, inner, def),
        (Kind::Map, Yaml::Map) => object(node, |name| def.and_then(|def| def.field(name))),
        (kind, other) if kind.is_raw_text() && !matches!(other, Yaml::List | Yaml::Map) => {
            Json::String(node.raw().into_owned())
        }
        _ => node.to_json(),
    }
}
