//! The cards of one firm: the client, the lead that it was, its opportunities, offers, invoices, and cases.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use karto::model::slug;

use super::TODAY;
use super::random::Random;
use super::words::{COMPETITORS, COUNTRIES, Country, ENGLISH, NEEDS, PEOPLE, ROLES, STEPS, TAGS, TITLES};

/// A path and a text.
type File = (String, String);

/// The competitors, whom others name.
pub(crate) fn competitors() -> Vec<File> {
    COMPETITORS
        .iter()
        .map(|(id, name)| {
            let mut random = Random::new(id.len() as u64);
            let mut card = Card::new("competitor", name);
            card.field("website", format!("https://{id}.example"));
            card.field("strengths", "");
            card.line("  - Price, and a leasing of their own within a day");
            card.field("weaknesses", "");
            card.line("  - No service in Romania or Hungary");
            card.body();
            prose(&mut card.0, &mut random, COUNTRIES[0], 9);
            (format!("competitors/{id}.md"), card.0)
        })
        .collect()
}

/// All the cards of the firm with this number, each naming only those before it.
pub(crate) fn firm(number: u64, seed: u64) -> Vec<File> {
    let mut random = Random::new(seed ^ number.wrapping_mul(0x0005_851f_42d4_c957));
    let mut firm = Firm::new(number, &mut random);
    firm.client();
    if firm.random.chance(50) {
        firm.lead();
    }
    for _ in 0..firm.random.between(1, 4) {
        firm.sale();
    }
    if firm.random.chance(35) {
        firm.case();
    }
    firm.files
}

struct Firm<'a> {
    random: &'a mut Random,
    country: &'static Country,
    id: String,
    name: String,
    owner: &'static str,
    since: NaiveDate,
    contacts: Vec<(String, String)>,
    sales: usize,
    invoices: usize,
    files: Vec<File>,
}

impl<'a> Firm<'a> {
    fn new(number: u64, random: &'a mut Random) -> Self {
        let country = random.pick(&COUNTRIES);
        let name = format!("{} {}", random.pick(country.firms), random.pick(country.marks));
        let contacts = (0..random.between(1, 3)).map(|_| {
            let (given, family) = (random.pick(country.given), random.pick(country.family));
            (slug(&format!("{given} {family}")), format!("{given} {family}"))
        });
        let mut contacts: Vec<_> = contacts.collect();
        contacts.sort();
        contacts.dedup();
        Self {
            country,
            id: format!("{}-{number}", slug(&name)),
            name,
            owner: random.pick(PEOPLE),
            since: days_ago(random.between(200, 1500)),
            contacts,
            sales: 0,
            invoices: 0,
            files: Vec::new(),
            random,
        }
    }

    fn put(&mut self, folder: &str, id: &str, card: Card) {
        self.files.push((format!("{folder}/{id}.md"), card.0));
    }

    /// A day between two others.
    fn day(&mut self, from: NaiveDate, to: NaiveDate) -> NaiveDate {
        let length = (to - from).num_days().max(0);
        from + Days::new(self.random.between(0, length).unsigned_abs())
    }

    fn phone(&mut self) -> String {
        format!("'{}{}'", self.country.phone, self.random.between(200_000_000, 799_999_999))
    }

    fn reachable(&mut self, card: &mut Card) {
        card.field("contacts", "");
        for (number, (id, name)) in self.contacts.clone().into_iter().enumerate() {
            card.field("  - id", &id);
            card.field("    name", name);
            card.field("    role", self.random.pick(ROLES));
            card.field("    email", format!("{id}@{}.example", self.id));
            card.field("    phone", self.phone());
            if number == 0 {
                card.field("    decides", "true");
            }
        }
        card.field("phone", self.phone());
        card.field("website", format!("https://{}.example", self.id));
        let (street, city) = (self.random.pick(self.country.streets), self.random.pick(self.country.cities));
        card.field("address", format!("{street} {}, {city}", self.random.between(1, 220)));
        card.field("language", self.country.language);
    }

    fn next_contact(&mut self, card: &mut Card) {
        let day = TODAY + Days::new(30) - Days::new(self.random.between(0, 60).unsigned_abs());
        let time = if self.random.chance(30) { "T09:30" } else { "" };
        card.field("next_contact", format!("{day}{time}"));
        card.field("next_step", self.random.pick(STEPS));
    }

    fn tags(&mut self, card: &mut Card) {
        card.field("tags", "");
        for _ in 0..self.random.between(1, 3) {
            card.line(&format!("  - {}", self.random.pick(TAGS)));
        }
    }

    fn client(&mut self) {
        let mut card = Card::new("client", &self.name);
        let stage = self.random.pick(&["active", "active", "active", "prospect", "dormant"]);
        card.field("kind", "company");
        card.field("legal_name", format!("{} {}", self.name, self.country.legal));
        card.field("tax_id", format!("'{}'", self.random.between(1_000_000_000, 9_999_999_999)));
        card.field("owner", self.owner);
        card.field("stage", stage);
        card.field("class", self.random.pick(&["A", "B", "B", "C", "C"]));
        card.field("potential", self.random.between(5, 95));
        if self.random.chance(25) {
            self.next_contact(&mut card);
        }
        self.reachable(&mut card);
        self.tags(&mut card);
        card.field("created", self.since);
        card.field("history", "");
        card.line(&format!("  - {} {stage} @{}", self.since, self.owner));
        card.body();
        self.prose(&mut card, 4);
        self.tasks(&mut card, self.since);
        self.log(&mut card, self.since, TODAY, 5);
        let id = self.id.clone();
        self.put("clients", &id, card);
    }

    /// The lead that the client was.
    fn lead(&mut self) {
        let mut card = Card::new("lead", &self.name);
        let created = self.since - Days::new(self.random.between(10, 90).unsigned_abs());
        let contacted = self.day(created, self.since);
        card.field("kind", "company");
        card.field("owner", self.owner);
        card.field("stage", "converted");
        card.field("converted_to", &self.id);
        card.field("source", self.random.pick(&["fair", "website", "referral", "cold-call"]));
        self.reachable(&mut card);
        card.field("created", created);
        card.field("history", "");
        card.line(&format!("  - {created} new @{}", self.owner));
        card.line(&format!("  - {contacted} contacted @{}", self.owner));
        card.line(&format!("  - {} converted @{}", self.since, self.owner));
        card.body();
        self.prose(&mut card, 3);
        self.log(&mut card, created, self.since, 3);
        let id = format!("lead-{}", self.id);
        self.put("leads", &id, card);
    }

    /// An opportunity, as far as it has come, and what followed from it.
    fn sale(&mut self) {
        self.sales += 1;
        let need = self.random.pick(NEEDS);
        let id = format!("{}-{}-{}", self.id, slug(need), self.sales);
        let opened = self.day(self.since, TODAY);
        let value = self.random.between(8, 900) * 1000 * self.country.scale;
        let path: &[&str] = match self.random.between(0, 9) {
            0 => &["identification"],
            1 => &["identification", "qualification"],
            2 | 3 => &["identification", "qualification", "offer"],
            4 => &["identification", "offer", "negotiation"],
            5 => &["identification", "qualification", "on-hold"],
            6 | 7 => &["identification", "qualification", "offer", "won"],
            _ => &["identification", "offer", "negotiation", "lost"],
        };
        let mut days: Vec<NaiveDate> = path.iter().map(|_| self.day(opened, TODAY)).collect();
        days.sort();
        days[0] = opened;
        self.opportunity(&id, need, value, path, &days);
        let last = days[days.len() - 1];
        let stage = path[path.len() - 1];
        if path.contains(&"offer") {
            self.offer(&id, need, value, stage, last);
        }
        if stage == "won" {
            self.invoice(&id, need, value, last);
        }
    }

    fn opportunity(&mut self, id: &str, need: &str, value: i64, path: &[&str], days: &[NaiveDate]) {
        let (stage, last) = (path[path.len() - 1], days[days.len() - 1]);
        let close = last + Days::new(self.random.between(10, 150).unsigned_abs());
        let reason = match stage {
            "won" => Some(("won_reason", self.random.pick(&["price", "product", "service"]))),
            "lost" => Some(("lost_reason", self.random.pick(&["price", "timing", "no-decision"]))),
            _ => None,
        };
        let mut card = Card::new("opportunity", format!("{} for {}", capital(need), self.name));
        card.field("client", &self.id);
        card.field("owner", self.owner);
        card.field("stage", stage);
        card.field("value", value);
        card.field("currency", self.country.currency);
        card.field("expected_close", close);
        if !matches!(stage, "won" | "lost") {
            self.next_contact(&mut card);
        }
        if let Some((field, reason)) = reason {
            card.field(field, reason);
        }
        card.field("stakeholders", "");
        for (contact, _) in &self.contacts {
            card.line(&format!("  - {}#{contact}", self.id));
        }
        card.field("competitors", "");
        card.line(&format!("  - {}", self.random.pick(&COMPETITORS.map(|(id, _)| id))));
        self.products(&mut card, value);
        self.tags(&mut card);
        card.field("created", days[0]);
        card.field("history", "");
        for (number, (stage, day)) in path.iter().zip(days).enumerate() {
            let mut line = format!("  - {day} {stage}");
            if number + 1 == path.len() {
                let _ = write!(line, " value={value} expected_close={close}");
                line += &reason.map(|(field, reason)| format!(" {field}={reason}")).unwrap_or_default();
            }
            card.line(&format!("{line} @{}", self.owner));
        }
        card.body();
        self.prose(&mut card, 3);
        self.tasks(&mut card, days[0]);
        self.log(&mut card, days[0], TODAY, 5);
        self.put("opportunities", id, card);
    }

    fn products(&mut self, card: &mut Card, value: i64) {
        card.field("products", "");
        let rows = self.random.between(1, 3);
        for row in 1..=rows {
            card.field("  - id", format!("p{row}"));
            card.field("    name", capital(self.random.pick(NEEDS)));
            card.field("    quantity", self.random.between(1, 4));
            card.field("    unit", "pcs");
            card.field("    price", value / rows);
            card.field("    vat", "23");
            card.field("    cost", value / rows * 7 / 10);
        }
    }

    fn offer(&mut self, opportunity: &str, need: &str, value: i64, stage: &str, day: NaiveDate) {
        let stage = match stage {
            "won" => "accepted",
            "lost" => "rejected",
            _ => self.random.pick(&["sent", "sent", "confirmed", "follow-up", "draft"]),
        };
        let mut card = Card::new("offer", format!("{}, first version", capital(need)));
        card.field("number", format!("OF/{}/{}", day.format("%Y"), opportunity));
        card.field("version", 1);
        card.field("client", &self.id);
        card.field("opportunity", opportunity);
        card.field("contact", format!("{}#{}", self.id, self.contacts[0].0));
        card.field("owner", self.owner);
        card.field("stage", stage);
        card.field("value", value);
        card.field("currency", self.country.currency);
        card.field("valid_until", day + Days::new(60));
        self.products(&mut card, value);
        card.field("created", day);
        card.field("history", "");
        card.line(&format!("  - {day} draft @{}", self.owner));
        if stage != "draft" {
            card.line(&format!("  - {day} {stage} @{}", self.owner));
        }
        card.body();
        let _ = writeln!(card.0, "For [[{opportunity}]].\n");
        self.prose(&mut card, 6);
        self.put("offers", &format!("{opportunity}-offer-1"), card);
    }

    fn invoice(&mut self, opportunity: &str, need: &str, value: i64, day: NaiveDate) {
        self.invoices += 1;
        let paid = day + Days::new(self.random.between(5, 45).unsigned_abs());
        let gross = value * 123 / 100;
        let settled = paid <= TODAY;
        let mut card = Card::new("invoice", format!("{}, {}", capital(need), self.name));
        card.field("number", format!("FV/{}/{}-{}", day.format("%Y/%m"), self.id, self.invoices));
        card.field("kind", "invoice");
        card.field("client", &self.id);
        card.field("opportunity", opportunity);
        card.field("owner", self.owner);
        card.field("stage", if settled { "settled" } else { "issued" });
        card.field("value", value);
        card.field("gross", gross);
        card.field("currency", self.country.currency);
        card.field("due", day + Days::new(30));
        if settled {
            card.field("payments", "");
            card.field("  - id", "p1");
            card.field("    date", paid);
            card.field("    amount", gross);
            card.field("    ref", format!("PRZELEW {}", self.name));
        }
        card.field("created", day);
        card.field("history", "");
        card.line(&format!("  - {day} issued @{}", self.owner));
        if settled {
            card.line(&format!("  - {paid} settled @{}", self.owner));
        }
        card.body();
        self.prose(&mut card, 5);
        let id = format!("{}-invoice-{}", self.id, self.invoices);
        self.put("invoices", &id, card);
    }

    fn case(&mut self) {
        let opened = self.day(self.since, TODAY);
        let mut card = Card::new("case", format!("{}: film breaks", self.name));
        card.field("kind", self.random.pick(&["complaint", "request", "suggestion"]));
        card.field("client", &self.id);
        card.field("contact", format!("{}#{}", self.id, self.contacts[0].0));
        card.field("owner", self.owner);
        card.field("stage", "in-progress");
        card.field("created", opened);
        card.field("history", "");
        card.line(&format!("  - {opened} open @{}", self.owner));
        card.line(&format!("  - {opened} in-progress @{}", self.owner));
        card.body();
        self.prose(&mut card, 5);
        self.log(&mut card, opened, TODAY, 4);
        let id = format!("{}-film-breaks", self.id);
        self.put("cases", &id, card);
    }

    fn prose(&mut self, card: &mut Card, sentences: usize) {
        prose(&mut card.0, self.random, self.country, sentences);
    }

    fn tasks(&mut self, card: &mut Card, since: NaiveDate) {
        card.line("\n## Tasks\n");
        for _ in 0..self.random.between(1, 3) {
            let text = self.random.pick(STEPS);
            if self.random.chance(60) {
                let done = self.day(since, TODAY);
                card.line(&format!("- [x] {text} as:call due:{done} done:{done}"));
                let result = self.random.pick(self.country.sentences);
                card.line(&format!("  - {result}"));
            } else {
                let due = TODAY + Days::new(60) - Days::new(self.random.between(0, 75).unsigned_abs());
                card.line(&format!("- [ ] {text} due:{due} est:30m @{}", self.random.pick(PEOPLE)));
            }
        }
    }

    /// Up to `most` entries, newest first.
    fn log(&mut self, card: &mut Card, from: NaiveDate, to: NaiveDate, most: i64) {
        card.line("\n## Log");
        let mut days: Vec<NaiveDate> = (0..self.random.between(1, most)).map(|_| self.day(from, to)).collect();
        days.sort();
        for day in days.into_iter().rev() {
            let what = self.random.pick(&[
                "call out no-answer",
                "call in 15m",
                "spotkanie 1h30m",
                "vizită 2h",
                "email in offer-request",
                "email out",
                "találkozó 45m",
                "demo 2h",
                "call out offer-follow-up 25m",
            ]);
            let with = self.contacts[0].0.clone();
            let title = self.random.pick(TITLES);
            card.line(&format!("\n### {day} 14:30 {what} @{} with:{with}: {title}\n", self.owner));
            self.prose(card, 2);
        }
    }
}

fn prose(out: &mut String, random: &mut Random, country: &Country, sentences: usize) {
    for number in 0..sentences {
        let from = if random.chance(50) { country.sentences } else { ENGLISH };
        out.push_str(random.pick(from));
        out.push_str(if number + 1 == sentences || number % 2 == 1 { "\n" } else { " " });
    }
}

fn days_ago(days: i64) -> NaiveDate {
    TODAY - Days::new(days.unsigned_abs())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A card that is being written.
struct Card(String);

impl Card {
    fn new(record_type: &str, name: impl std::fmt::Display) -> Self {
        let mut card = Self(String::with_capacity(3000));
        let _ = writeln!(card.0, "---\ntype: {record_type}\nname: '{name}'");
        card
    }

    fn field(&mut self, key: &str, value: impl std::fmt::Display) {
        let line = format!("{key}: {value}");
        self.line(line.trim_end());
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn body(&mut self) {
        self.line("---");
    }
}
