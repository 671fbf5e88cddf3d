//! A card as people keep it in their heads, drawn by chance, edited by chance, and written down.

/// Where chance comes from: a byte for each choice, and the first of all choices where they have run out.
pub(crate) struct Choices<'d>(pub(crate) &'d [u8]);

impl Choices<'_> {
    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % count.max(1)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    /// True once in `count` times.
    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count
    }
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Keys with their values as they are written, and the comment behind.
    pub(crate) fields: Vec<(String, String, String)>,
    pub(crate) tags: Vec<String>,
    /// Ids with their keys and values.
    pub(crate) contacts: Vec<(String, Vec<(String, String)>)>,
    pub(crate) history: Vec<String>,
    pub(crate) prose: Vec<String>,
    pub(crate) tasks: Vec<Item<Task>>,
    pub(crate) log: Vec<Item<Entry>>,
    pub(crate) layout: Layout,
    /// True if something was done of which it can't be said what both together are to give.
    pub(crate) is_unsure: bool,
}

/// What people never mean by a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) crlf: bool,
    pub(crate) no_last_line_end: bool,
    flow_tags: bool,
    oldest_first: bool,
}

/// A task or an entry that is the same one still when it was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item<T> {
    pub(crate) id: usize,
    pub(crate) is: T,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) text: String,
    pub(crate) due: Option<String>,
    pub(crate) done: Option<String>,
    pub(crate) result: Option<String>,
    /// True if it stands under `## Later`.
    pub(crate) later: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) date: String,
    pub(crate) kind: String,
    pub(crate) duration: Option<String>,
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
}

const STAGES: [&str; 4] = ["identification", "qualification", "offer", "negotiation"];
const PEOPLE: [&str; 4] = ["anna", "piotr", "ioana", "marek"];
const WORDS: [&str; 10] = [
    "second price",
    "Łódź",
    "the board",
    "warehouse module",
    "budget",
    "no answer",
    "Ştefan",
    "12 users",
    "ősszel",
    "contract",
];
const DAYS: [&str; 8] =
    ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-12-01", "2027-01-15"];

fn date(chance: &mut Choices<'_>) -> String {
    chance.of(&DAYS).to_owned()
}

fn sentence(chance: &mut Choices<'_>, start: &str) -> String {
    format!("{start} {} and {}", chance.of(&WORDS), chance.of(&WORDS))
}

/// A value for a field.
fn value(key: &str, chance: &mut Choices<'_>) -> String {
    match key {
        "owner" => chance.of(&PEOPLE).to_owned(),
        "next_contact" | "expected_close" => date(chance),
        "value" => format!("{}00", chance.below(90) + 10),
        "phone" => format!("'+4860010{:04}'", chance.below(200)),
        _ => sentence(chance, "Ask about"),
    }
}

impl Sheet {
    /// A card in order.
    pub(crate) fn drawn(chance: &mut Choices<'_>) -> Self {
        let field = |key: &str, value: &str| (key.to_owned(), value.to_owned(), String::new());
        let mut fields = vec![
            field("type", "opportunity"),
            field("name", "ERP rollout"),
            field("client", "acme"),
            field("stage", "identification"),
        ];
        for key in ["owner", "next_contact", "next_step", "value", "expected_close", "region", "budget_note"] {
            if !chance.one_in(4) {
                fields.push(field(key, &value(key, chance)));
            }
        }
        let mut sheet = Self {
            fields,
            tags: WORDS.iter().take(chance.below(4)).map(|word| slug(word)).collect(),
            contacts: Vec::new(),
            history: vec!["2026-10-01 identification @anna".to_owned()],
            prose: (0..chance.below(4)).map(|number| format!("Paragraph {number} of the card.")).collect(),
            tasks: Vec::new(),
            log: Vec::new(),
            layout: Layout { oldest_first: chance.one_in(4), flow_tags: chance.one_in(4), ..Layout::default() },
            is_unsure: false,
        };
        for number in 0..chance.below(3) {
            let phone = value("phone", chance);
            let keys = vec![("name".to_owned(), format!("Person {number}")), ("phone".to_owned(), phone)];
            sheet.contacts.push((format!("person-{number}"), keys));
        }
        for number in 0..chance.below(4) {
            sheet.new_task(number, chance);
        }
        for number in 0..chance.below(6) {
            sheet.new_entry(number, format!("2026-10-{:02}", 10 + number), chance);
        }
        sheet
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(name, ..)| name == key).map(|(_, value, _)| value.as_str())
    }

    fn set(&mut self, key: &str, value: String) {
        match self.fields.iter_mut().find(|(name, ..)| name == key) {
            Some(field) => field.1 = value,
            None => self.fields.push((key.to_owned(), value, String::new())),
        }
    }

    fn new_task(&mut self, id: usize, chance: &mut Choices<'_>) {
        let due = chance.one_in(2).then(|| date(chance));
        let text = format!("{} {id}", sentence(chance, "Send"));
        self.tasks.push(Item { id, is: Task { text, due, done: None, result: None, later: false } });
    }

    /// A new entry, where the file's order puts it.
    fn new_entry(&mut self, id: usize, date: String, chance: &mut Choices<'_>) {
        let kind = chance.of(&["call", "visit", "meeting"]).to_owned();
        let title = format!("{} {id}", sentence(chance, "About"));
        let lines = (0..chance.below(3)).map(|number| format!("Line {number} of {id}.")).collect();
        let entry = Entry { date, kind, duration: None, title, lines };
        let oldest_first = self.layout.oldest_first;
        let behind = |other: &Item<Entry>| {
            if oldest_first { other.is.date > entry.date } else { other.is.date <= entry.date }
        };
        let place = self.log.iter().position(behind).unwrap_or(self.log.len());
        self.log.insert(place, Item { id, is: entry });
    }

    /// A line of history, not older than the last one.
    fn tell(&mut self, change: &str, chance: &mut Choices<'_>) {
        let last = self.history.last().and_then(|line| line.split(' ').next()).unwrap_or_default().to_owned();
        let day = DAYS[chance.below(6)].max(last.get(..10).unwrap_or_default());
        let mut moment = day.to_owned();
        if chance.one_in(2) {
            moment = format!("{day}T{:02}:00", 9 + chance.below(8)).max(last);
        }
        self.history.push(format!("{moment} {change} @{}", chance.of(&PEOPLE)));
    }

    /// One thing that people do; `id` is for what is new.
    pub(crate) fn edit(&mut self, id: usize, chance: &mut Choices<'_>) {
        match chance.below(20) {
            0 | 1 => {
                let date = DAYS[chance.below(6)].to_owned();
                self.new_entry(id, date, chance);
            }
            2 => {
                let stage = chance.of(&STAGES);
                for key in ["value", "expected_close"] {
                    if self.get(key).is_none() {
                        self.set(key, value(key, chance));
                    }
                }
                self.set("stage", stage.to_owned());
                self.tell(stage, chance);
            }
            3..=5 => {
                let keys = ["owner", "next_contact", "next_step", "value", "expected_close", "region", "source_note"];
                let key = chance.of(&keys);
                let value = value(key, chance);
                self.set(key, value.clone());
                if matches!(key, "owner" | "value") && !chance.one_in(3) {
                    self.tell(&format!("{key}={value}"), chance);
                }
            }
            6 => {
                let key = chance.of(&["owner", "next_step", "region", "value", "budget_note"]);
                self.fields.retain(|(name, ..)| name != key);
            }
            7 => {
                let tag = slug(chance.of(&WORDS));
                if !self.tags.contains(&tag) {
                    self.tags.push(tag);
                }
            }
            8 if !self.tags.is_empty() => {
                self.tags.remove(chance.below(self.tags.len()));
            }
            9 if !self.contacts.is_empty() => {
                let at = chance.below(self.contacts.len());
                let (key, value) = match chance.below(3) {
                    0 => ("phone", value("phone", chance)),
                    1 => ("role", sentence(chance, "for")),
                    _ => ("email", format!("{}@acme.example", slug(chance.of(&WORDS)))),
                };
                let keys = &mut self.contacts[at].1;
                match keys.iter_mut().find(|(name, _)| name == key) {
                    Some(old) => old.1 = value,
                    None => keys.push((key.to_owned(), value)),
                }
            }
            10 => self.contacts.push((format!("person-{id}"), vec![("name".into(), format!("Person {id}"))])),
            11 => self.new_task(id, chance),
            12 if !self.tasks.is_empty() => {
                let at = chance.below(self.tasks.len());
                let task = &mut self.tasks[at].is;
                match chance.below(5) {
                    3 => task.later = !task.later,
                    // Done, and the next one above it, as of a task that repeats.
                    4 if task.done.is_none() && task.due.is_some() => {
                        let mut next = Item { id: 1000 + self.tasks[at].id, is: self.tasks[at].is.clone() };
                        let due = self.tasks[at].is.due.take().unwrap_or_default();
                        next.is.due = Some(format!("2027-02-{}", due.get(8..).unwrap_or_default()));
                        self.tasks[at].is.due = Some(due);
                        self.tasks[at].is.done = Some(date(chance));
                        self.tasks.insert(at, next);
                    }
                    4 => {}
                    0 => task.done = Some(date(chance)),
                    1 => task.due = Some(date(chance)),
                    _ => task.result = Some(sentence(chance, "They said")),
                }
            }
            13 if !self.tasks.is_empty() => {
                self.tasks.remove(chance.below(self.tasks.len()));
            }
            14 | 15 if !self.log.is_empty() => {
                let at = chance.below(self.log.len());
                let entry = &mut self.log[at].is;
                match chance.below(4) {
                    0 => entry.duration = Some(format!("{}m", 5 + chance.below(50))),
                    1 => entry.title = format!("{} {}", entry.title, chance.of(&["again", "twice"])),
                    2 => entry.lines.push(format!("{}.", sentence(chance, "Added"))),
                    _ => entry.kind = chance.of(&["call", "visit", "meeting"]).to_owned(),
                }
            }
            16 if !self.log.is_empty() => {
                self.log.remove(chance.below(self.log.len()));
            }
            17 if !self.prose.is_empty() => {
                let at = chance.below(self.prose.len());
                self.prose[at] = format!("{} {}.", self.prose[at].trim_end_matches('.'), sentence(chance, "with"));
            }
            18 => {
                let at = chance.below(self.prose.len() + 1);
                self.prose.insert(at, format!("{} {id}.", sentence(chance, "New text of")));
            }
            19 => match chance.below(4) {
                0 => {
                    let at = chance.below(self.fields.len());
                    self.fields[at].2 = format!(" # {}", chance.of(&WORDS));
                }
                1 => self.layout.crlf = !self.layout.crlf,
                2 => self.layout.no_last_line_end = !self.layout.no_last_line_end,
                _ => {
                    let at = chance.below(self.prose.len() + 1);
                    if at < self.prose.len() {
                        self.prose.remove(at);
                    }
                }
            },
            _ => {}
        }
    }

    /// The card's file.
    pub(crate) fn written(&self) -> String {
        let mut text = String::from("---\n");
        for (key, value, comment) in &self.fields {
            text += &format!("{key}: {value}{comment}\n");
        }
        match self.layout.flow_tags {
            _ if self.tags.is_empty() => {}
            true => text += &format!("tags: [{}]\n", self.tags.join(", ")),
            false => text += &format!("tags:\n  - {}\n", self.tags.join("\n  - ")),
        }
        if !self.contacts.is_empty() {
            text += "contacts:\n";
        }
        for (id, keys) in &self.contacts {
            text += &format!("  - id: {id}\n");
            text.extend(keys.iter().map(|(key, value)| format!("    {key}: {value}\n")));
        }
        text += &format!("history:\n  - {}\n---\n", self.history.join("\n  - "));
        let mut blocks: Vec<String> = self.prose.clone();
        for (heading, later) in [("## Tasks", false), ("## Later", true)] {
            let tasks = self.tasks.iter().filter(|task| task.is.later == later);
            let tasks: Vec<String> = tasks.map(|task| task.is.written()).collect();
            // A heading that comes and goes with all its tasks would be a heading that got another name.
            blocks.push(heading.to_owned());
            blocks.extend((!tasks.is_empty()).then(|| tasks.join("\n")));
        }
        if !self.log.is_empty() {
            blocks.push("## Log".to_owned());
            blocks.extend(self.log.iter().map(|entry| entry.is.written()));
        }
        text += &blocks.join("\n\n");
        if !self.layout.no_last_line_end && !blocks.is_empty() {
            text.push('\n');
        }
        if self.layout.crlf { text.replace('\n', "\r\n") } else { text }
    }
}

impl Task {
    pub(crate) fn written(&self) -> String {
        let mark = if self.done.is_some() { 'x' } else { ' ' };
        let token = |name: &str, value: &Option<String>| {
            value.as_ref().map_or_else(String::new, |value| format!(" {name}:{value}"))
        };
        let result = self.result.as_ref().map_or_else(String::new, |text| format!("\n  - {text}"));
        format!("- [{mark}] {}{}{}{result}", self.text, token("due", &self.due), token("done", &self.done))
    }
}

impl Entry {
    pub(crate) fn written(&self) -> String {
        let duration = self.duration.as_ref().map_or_else(String::new, |text| format!(" {text}"));
        let mut text = format!("### {} {}{duration} @anna: {}", self.date, self.kind, self.title);
        text.extend(self.lines.iter().map(|line| format!("\n\n{line}")));
        text
    }
}

fn slug(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect()
}
