//! From the text of `karto.yaml` to a [`Config`]: what is wrong is a finding, and everything else still counts.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Config, Person};
use crate::diagnostic::Diagnostic;
use crate::model::codes;
use crate::model::schema::{SchemaFinding, Schemas};
use crate::model::{
    Counts, Currency, Outcome, Period, Pipeline, Rates, Spanned, Stage, Term, Vocabulary, check_id, parse_amount,
};
use crate::text::yaml::{Kind, NodeRef};
use crate::text::{Document, SourcePath, Span, did_you_mean, nearest};

/// The version of the format that this program reads and writes.
const FORMAT: u32 = 1;
const DEFAULTS: &str = include_str!("defaults.yaml");

impl Config {
    /// The rules of a workspace whose `karto.yaml` is empty, with these schemas.
    pub fn builtin(schemas: Schemas) -> Self {
        built_in_parts().into_config(schemas, &mut Reader::default())
    }

    /// Reads `karto.yaml`: its rules joined with the built-in ones, and what is wrong with it.
    pub fn read(path: &SourcePath, source: impl Into<Vec<u8>>, schemas: Schemas) -> (Self, Vec<Diagnostic>) {
        Self::read_so(path, source, schemas, true)
    }

    /// The same rules, where nobody asks what is wrong with them: checking them takes longer than reading them.
    pub fn read_unchecked(path: &SourcePath, source: impl Into<Vec<u8>>, schemas: Schemas) -> Self {
        Self::read_so(path, source, schemas, false).0
    }

    fn read_so(
        path: &SourcePath,
        source: impl Into<Vec<u8>>,
        schemas: Schemas,
        is_checked: bool,
    ) -> (Self, Vec<Diagnostic>) {
        let mut parts = built_in_parts();
        let document = Document::parse_yaml(source);
        let types = schemas.types().map(|known| known.name.to_string()).collect();
        let mut reader = Reader { types, findings: document.diagnostics().to_vec() };
        if let Some(root) = document.front() {
            let own = reader.parts(root);
            if is_checked {
                let found = schemas.validate_config(&root.to_json());
                reader.report_schema(SchemaFinding::into_diagnostics(found, root));
            }
            parts.join(own);
        }
        let config = parts.into_config(schemas, &mut reader);
        let findings = reader.findings.into_iter().map(|finding| finding.in_file(path)).collect();
        (config, findings)
    }
}

/// What the built-in rules say.
fn built_in_parts() -> Parts {
    let document = Document::parse_yaml(DEFAULTS);
    let mut parts = document.front().map(|root| Reader::default().parts(root)).unwrap_or_default();
    for pipeline in &mut parts.pipelines {
        pipeline.span = None;
    }
    parts.words.clear();
    parts
}

/// What one configuration file says.
#[derive(Default)]
struct Parts {
    is_newer: bool,
    currency: Option<Currency>,
    currency_is_unknown: bool,
    rates: Vec<(Currency, Option<NaiveDate>, Decimal, Span)>,
    timezone: Option<chrono_tz::Tz>,
    people: Vec<Person>,
    pipelines: Vec<Pipeline>,
    choices: BTreeMap<String, Vec<String>>,
    kinds: Vec<Term>,
    outcomes: Vec<Term>,
    words: Vec<(String, Span)>,
    contact_interval: BTreeMap<String, Period>,
    limits: BTreeMap<String, u32>,
    segments: BTreeMap<String, Spanned<String>>,
    include: Vec<Spanned<String>>,
}

impl Parts {
    /// Lays `own` over these: pipelines replace those of their type, other maps join by key, lists replace.
    fn join(&mut self, own: Parts) {
        self.is_newer |= own.is_newer;
        self.currency = own.currency.or(self.currency);
        self.currency_is_unknown = own.currency_is_unknown;
        self.timezone = own.timezone.or(self.timezone);
        self.rates.extend(own.rates);
        self.people.extend(own.people);
        self.pipelines.retain(|old| own.pipelines.iter().all(|new| new.record_type != old.record_type));
        self.pipelines.extend(own.pipelines);
        self.choices.extend(own.choices);
        join_terms(&mut self.kinds, own.kinds);
        join_terms(&mut self.outcomes, own.outcomes);
        self.words.extend(own.words);
        self.contact_interval.extend(own.contact_interval);
        self.limits.extend(own.limits);
        self.segments.extend(own.segments);
        self.include = own.include;
    }

    fn into_config(self, schemas: Schemas, reader: &mut Reader) -> Config {
        let mut rates = Rates::new(self.currency);
        // Said once, and not where the currency stands there but is none.
        let mut is_said = reader.findings.iter().any(|finding| finding.code == codes::CURRENCY_UNKNOWN);
        for (currency, from, rate, span) in self.rates {
            if self.currency.is_none() && !std::mem::replace(&mut is_said, true) {
                let finding = Diagnostic::new(codes::RATE_WITHOUT_CURRENCY, "there are rates, but no `currency:`");
                reader.findings.push(finding.at(span).help("say which currency the rates lead to: `currency: PLN`"));
            }
            rates.add(currency, from, rate);
        }
        let (vocabulary, clashes) = Vocabulary::new(self.kinds, self.outcomes);
        for (word, taken_by, wanted_by) in clashes {
            let span = self.words.iter().find(|(id, _)| *id == wanted_by || *id == taken_by).map(|(_, span)| *span);
            let message = format!("`{word}` already stands for `{taken_by}` and can't stand for `{wanted_by}` too");
            let mut finding = Diagnostic::new(codes::WORD_TAKEN, message).help("choose another word");
            finding.span = span;
            reader.findings.push(finding);
        }
        Config {
            currency: self.currency,
            is_newer: self.is_newer,
            currency_is_unknown: self.currency_is_unknown,
            rates,
            timezone: self.timezone,
            people: self.people,
            pipelines: self.pipelines,
            choices: self.choices,
            vocabulary,
            contact_interval: self.contact_interval,
            limits: self.limits,
            segments: self.segments,
            include: self.include,
            schemas,
        }
    }
}

/// A term of the same id takes the built-in one's place, and keeps what it does not say itself.
fn join_terms(terms: &mut Vec<Term>, own: Vec<Term>) {
    for new in own {
        match terms.iter_mut().find(|old| old.id == new.id) {
            Some(old) => {
                if new.label != new.id {
                    old.label = new.label;
                }
                old.counts = new.counts.or(old.counts);
                if !new.aliases.is_empty() {
                    old.aliases = new.aliases;
                }
            }
            None => terms.push(new),
        }
    }
}

/// Reads leniently: what does not fit is passed over, for the schema has already said so.
#[derive(Default)]
struct Reader {
    types: Vec<String>,
    findings: Vec<Diagnostic>,
}

impl Reader {
    /// A place that already has a finding of ours gets no second one from the schema.
    fn report_schema(&mut self, findings: Vec<Diagnostic>) {
        let mut said: HashSet<Span> = self.findings.iter().filter_map(|known| known.span).collect();
        self.findings.extend(findings.into_iter().filter(|finding| finding.span.is_none_or(|span| said.insert(span))));
    }

    fn parts(&mut self, root: NodeRef<'_>) -> Parts {
        let mut parts = Parts {
            is_newer: self.check_format(root),
            currency: root.get("currency").and_then(|node| self.currency(node)),
            timezone: root.get("timezone").and_then(|node| self.timezone(node)),
            include: root.get("include").map(spanned_texts).unwrap_or_default(),
            ..Parts::default()
        };
        let named = root.get("currency").is_some_and(|node| node.kind() != Kind::Null);
        parts.currency_is_unknown = named && parts.currency.is_none();
        for entry in entries(root, "rates") {
            self.rates(entry.0, entry.1, &mut parts);
        }
        parts.people = entries(root, "people").map(|(id, node)| self.person(id, node)).collect();
        parts.pipelines = entries(root, "pipelines").filter_map(|(id, node)| self.pipeline(id, node)).collect();
        parts.choices = entries(root, "choices").map(|(name, node)| (text(name), texts(node))).collect();
        if let Some(log) = root.get("log") {
            parts
                .words
                .extend(entries(log, "kinds").chain(entries(log, "outcomes")).map(|(id, _)| (text(id), id.span())));
            parts.kinds = entries(log, "kinds").map(|(id, node)| self.term(id, node)).collect();
            parts.outcomes = entries(log, "outcomes").map(|(id, node)| self.term(id, node)).collect();
        }
        let intervals =
            entries(root, "contact_interval").filter_map(|(class, node)| Some((text(class), period(node)?)));
        parts.contact_interval = intervals.collect();
        let limits = entries(root, "limits").filter_map(|(name, node)| Some((text(name), node.raw().parse().ok()?)));
        parts.limits = limits.collect();
        let segments =
            entries(root, "segments").map(|(name, node)| (text(name), Spanned::new(text(node), node.span())));
        parts.segments = segments.collect();
        parts
    }

    /// True if the workspace has a newer format.
    fn check_format(&mut self, root: NodeRef<'_>) -> bool {
        let newer = root.get("format").filter(|node| node.raw().parse::<u32>().is_ok_and(|format| format > FORMAT));
        if let Some(node) = newer {
            let message = format!("this workspace has format {}, this program knows format {FORMAT}", node.raw());
            let finding = Diagnostic::new(codes::FORMAT_NEWER, message).at(node.span());
            self.findings.push(finding.help("install a newer karto; until then this one reads, and writes nothing"));
        }
        newer.is_some()
    }

    fn currency(&mut self, node: NodeRef<'_>) -> Option<Currency> {
        let code = text(node);
        let currency = Currency::new(&code);
        if currency.is_none() {
            let message = format!("`{code}` is not the code of a currency");
            let finding = Diagnostic::new(codes::CURRENCY_UNKNOWN, message).at(node.span());
            self.findings.push(finding.help("write its three capital letters, as in ISO 4217: PLN, EUR, RON, HUF"));
        }
        currency
    }

    fn timezone(&mut self, node: NodeRef<'_>) -> Option<chrono_tz::Tz> {
        let name = text(node);
        let zone = name.parse().ok();
        if zone.is_none() {
            let near = nearest(&name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()), 2);
            let help = did_you_mean(&near)
                .unwrap_or_else(|| "write a name of the IANA time zone database, such as Europe/Warsaw".to_owned());
            let finding = Diagnostic::new(codes::TIMEZONE_UNKNOWN, format!("there is no time zone `{name}`"));
            self.findings.push(finding.at(node.span()).help(help));
        }
        zone
    }

    fn rates(&mut self, code: NodeRef<'_>, node: NodeRef<'_>, parts: &mut Parts) {
        let Some(currency) = self.currency(code) else { return };
        if node.kind() != Kind::List {
            parts.rates.extend(amount(node).map(|rate| (currency, None, rate, node.span())));
            return;
        }
        for dated in node.items() {
            let from = dated.get("from").and_then(|from| crate::text::parse_date(&from.raw()).ok());
            let rate = dated.get("rate").and_then(amount);
            parts.rates.extend(from.zip(rate).map(|(from, rate)| (currency, Some(from), rate, dated.span())));
        }
    }

    fn person(&mut self, id: NodeRef<'_>, node: NodeRef<'_>) -> Person {
        self.check_id(id);
        let said = |key| node.get(key).map(text);
        let mut emails: Vec<String> = said("email").into_iter().collect();
        emails.extend(node.get("emails").map(texts).unwrap_or_default());
        Person {
            name: said("name").unwrap_or_else(|| text(id)),
            id: text(id),
            emails,
            phone: said("phone"),
            role: said("role"),
            active: node.get("active").is_none_or(|active| active.raw() != "false"),
        }
    }

    fn pipeline(&mut self, id: NodeRef<'_>, node: NodeRef<'_>) -> Option<Pipeline> {
        self.check_id(id);
        let record_type = node.get("type")?;
        let type_name = text(record_type);
        if !self.types.is_empty() && !self.types.contains(&type_name) {
            let near = nearest(&type_name, self.types.iter().map(String::as_str), 1);
            let help = did_you_mean(&near).unwrap_or_else(|| format!("the types are {}", self.types.join(", ")));
            let finding = Diagnostic::new(codes::TYPE_UNKNOWN, format!("there is no type `{type_name}`"));
            self.findings.push(finding.at(record_type.span()).help(help));
        }
        let mut stages: Vec<Stage> = Vec::new();
        for node in node.get("stages").into_iter().flat_map(NodeRef::items) {
            let Some(stage_id) = node.get("id") else { continue };
            self.check_id(stage_id);
            if stages.iter().any(|stage| stage.id == stage_id.raw()) {
                let message = format!("the pipeline `{}` has two stages `{}`", text(id), stage_id.raw());
                let finding = Diagnostic::new(codes::STAGE_TWICE, message).at(stage_id.span());
                self.findings.push(finding.help("give it another id; labels may be alike"));
                continue;
            }
            stages.push(stage(stage_id, node));
        }
        let requires = node.get("requires").map(spanned_texts).unwrap_or_default();
        let strict = node.get("order").is_some_and(|order| order.raw() == "strict");
        Some(Pipeline { name: text(id), record_type: type_name, requires, strict, stages, span: Some(id.span()) })
    }

    fn term(&mut self, id: NodeRef<'_>, node: NodeRef<'_>) -> Term {
        self.check_id(id);
        Term {
            label: node.get("label").map_or_else(|| text(id), text),
            id: text(id),
            counts: node.get("counts").and_then(|counts| Counts::parse(&counts.raw())),
            aliases: node.get("aliases").map(texts).unwrap_or_default(),
        }
    }

    fn check_id(&mut self, node: NodeRef<'_>) {
        if let Err(problem) = check_id(&node.raw()) {
            let message = format!("`{}` is no id: {problem}", node.raw());
            self.findings.push(Diagnostic::new(codes::ID_BAD, message).at(node.span()));
        }
    }
}

fn stage(id: NodeRef<'_>, node: NodeRef<'_>) -> Stage {
    Stage {
        label: node.get("label").map_or_else(|| text(id), text),
        id: text(id),
        probability: node.get("probability").and_then(|p| p.raw().parse().ok()).filter(|p| *p <= 100),
        stale_after: node.get("stale_after").and_then(period),
        requires: node.get("requires").map(spanned_texts).unwrap_or_default(),
        parked: node.get("parked").is_some_and(|parked| parked.raw() == "true"),
        outcome: node.get("outcome").and_then(|outcome| Outcome::parse(&outcome.raw())),
    }
}

/// The keys and values of the map under `key`.
fn entries<'a>(root: NodeRef<'a>, key: &str) -> impl Iterator<Item = (NodeRef<'a>, NodeRef<'a>)> {
    root.get(key).into_iter().flat_map(|map| map.entries().map(|entry| (entry.key(), entry.value())))
}

fn text(node: NodeRef<'_>) -> String {
    node.raw().into_owned()
}

/// The texts of a list, or the one text that stands in its place.
fn texts(node: NodeRef<'_>) -> Vec<String> {
    spanned_texts(node).into_iter().map(|text| text.value).collect()
}

/// The same, with their places.
fn spanned_texts(node: NodeRef<'_>) -> Vec<Spanned<String>> {
    let spanned = |node: NodeRef<'_>| Spanned::new(text(node), node.span());
    match node.kind() {
        Kind::List => node.items().filter(|item| !item.is_collection()).map(spanned).collect(),
        Kind::Null | Kind::Map => Vec::new(),
        _ => vec![spanned(node)],
    }
}

fn amount(node: NodeRef<'_>) -> Option<Decimal> {
    parse_amount(&node.raw()).ok().filter(|rate| rate.is_sign_positive() && !rate.is_zero())
}

/// A period; a bare number is days.
fn period(node: NodeRef<'_>) -> Option<Period> {
    let text = node.raw();
    Period::parse(&text.replace(' ', "")).or_else(|| text.parse().ok().map(Period::Days))
}
