//! Each writing command over cards as people really write them: the difference that it makes is held, line by line.
//!
//! Law: a command touches only the lines that it means to; what `--dry-run` prints is what is then written; a command
//! that is refused has changed nothing.

use std::fmt::Write as _;

use crate::support::script::words;
use crate::support::{Answer, Golden, Karto, files, patched};

const RULES: &str = "format: 1\npeople:\n  anna: {name: Anna Nowak}\n  piotr: {name: Piotr Zieliński}\n";

/// The cards, by what is nasty about them.
pub(crate) const CARDS: &[(&str, &str)] = &[
    (
        "crlf",
        "---\r\ntype: opportunity\r\nname: CRLF\r\nclient: acme\r\nowner: anna\r\nstage: identification\r\n\
         next_contact: 2026-11-25\r\nvalue: 1000 # rough\r\nexpected_close: 2026-12-24\r\nhistory:\r\n  - 2026-11-01 identification @anna\r\n\
         ---\r\nText.\r\n\r\n## Tasks\r\n\r\n- [ ] Send it due:2026-11-25\r\n\r\n## Log\r\n\r\n### 2026-11-02 call @anna: Hello\r\n",
    ),
    (
        "no-final-newline",
        "---\ntype: opportunity\nname: Ends at once\nclient: acme\nowner: anna\nstage: identification\n\
         next_contact: 2026-11-25\nvalue: 1000\nexpected_close: 2026-12-24\n---\n- [ ] Send it due:2026-11-25",
    ),
    (
        "comments",
        "---\n# what it is\ntype: opportunity   # a sale\nname: Comments\n\n# who\nclient: \"[[acme]]\"\nowner: anna # since May\n\
         # where it stands\nstage: identification # for now\nnext_contact: 2026-11-25 # promised\nvalue: 1000 # net\nprobability: 40 # mine\n\
         expected_close: 2026-12-24\ntags:\n  # colour\n  - red # like\n  - blue\nhistory:\n  # begin\n  - 2026-11-01 identification @anna # by phone\n\
         # end\n---\nText.\n<!-- a comment -->\n- [ ] Send it due:2026-11-25 <!-- soon -->\n\n## Log\n### 2026-11-02 call @anna: Hello\n",
    ),
    ("flow", "---\n{type: opportunity}\n---\n"),
    (
        "flow-lists",
        "---\ntype: opportunity\nname: 'Flow'\nclient: acme\nowner: anna\nstage: 'identification'\nnext_contact: \"2026-11-25\"\n\
         value: 1000\nexpected_close: 2026-12-24\ntags: [red, 'blue']\nhistory: [2026-11-01 identification @anna]\n---\n\
         * [ ] Send it due:2026-11-25\n\n# Log\n\n## 2026-11-02 call @anna: Hello\n",
    ),
    (
        "oldest-first",
        "---\ntype: opportunity\nname: Oldest first\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-11-25\n\
         value: 1000\nexpected_close: 2026-12-24\nhistory:\n- 2026-11-01 identification @anna\n---\n## Log\n\n### 2026-10-01 call: First\n\n\
         One.\n\n### 2026-11-02 call: Second\n\nTwo.\n\n## Tasks\n\n1. [ ] Send it due:2026-11-25\n",
    ),
    (
        "byte-order-mark",
        "\u{feff}---\ntype: opportunity\nname: BOM\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-11-25\n\
         value: 1000\nexpected_close: 2026-12-24\nhistory: []\n---\n\n\n- [ ] Send it due:2026-11-25\n\n\n",
    ),
    (
        "mixed-ends",
        "---\ntype: opportunity\r\nname: Mixed ends\r\nclient: acme\r\nowner: anna\r\nstage: identification\r\n\
         next_contact: 2026-11-25\r\nvalue: 1000\r\nexpected_close: 2026-12-24\r\nhistory:\r\n  - 2026-11-01 identification @anna\r\n\
         ---\nText.\n\n- [ ] Send it due:2026-11-25\n",
    ),
    (
        "lone-cr",
        "---\ntype: opportunity\nname: Lone CR\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-11-25\n\
         value: 1000\nexpected_close: 2026-12-24\n---\n\n- [ ] Send it due:2026-11-25\n\nText\r\nend\r",
    ),
    (
        "no-body",
        "---\ntype: opportunity\nname: No body\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-11-25\n\
         value: 1000\nexpected_close: 2026-12-24\ncreated: 2026-10-30\n---",
    ),
];

/// Texts below the front matter, by what is nasty about them.
pub(crate) const BODIES: &[(&str, &str)] = &[
    (
        "mixed-levels",
        "# Notes\n\n## 2026-11-10 visit @anna\n\nText.\n\n### Details\n\nMore.\n\n#### 2026-11-09 call: deeper\n\n\
         ## 2026-10-01 call: First\n\n# Annex\n\nRest.\n",
    ),
    (
        "pasted",
        "Intro\n---\n\n## Log\n\n### 2026-11-02 email in: Pasted\n\n```\n## 2026-11-30 call: in a fence\n- [ ] not mine\n```\n\n\
         \\# Heading\n\n    - [ ] code\n\n<!--\n- [ ] hidden\n-->\n\n---\n\n- [ ] Answer it due:2026-11-25\n",
    ),
    (
        "tasks",
        "> - [ ] Quoted rec:1w due:2026-11-20\n>   goes on\n> - other\n\n1. [ ] Numbered rec:2w due:2026-11-01 @piotr\n2. [x] done\n\n\
         - item\n  - [ ] Nested (B) est:30m\n    - a result\n\n* [ ] Ring 🔁 every month 📅 2026-11-23 ⏳ 2026-11-20 ➕ 2026-10-01\n\n\
         ## Tasks\n\n- [ ] Same\n- [ ] Same @piotr @anna\n\n## Log\n\n### 2026-11-02 call: Hello\n\n\
         - [ ] In an entry rec:3d on:2026-11-22\n\nText after it.\n\n### 2026-10-01 call: First\n",
    ),
    (
        "tasks-crlf",
        "Text\r\n\r\n- [ ] Repeats due:2026-11-20T09:00 on:2026-11-19 rec:1m\r\n\r\n  With a paragraph.\r\n- [ ] Ends rec:1y",
    ),
    ("log-at-the-end", "## Log\n"),
    ("setext", "Log\n---\n\n2026-11-02 call\n---\n\ntext"),
    ("open-fence", "Text\n\n```\n- [ ] code\n"),
    ("open-comment", "- [ ] Open\n\n<!-- never closed\n"),
    ("only-blank", "\n\n\n"),
];

/// What stands above each of them.
const FRONT: &str = "---\ntype: opportunity\nname: Text\nclient: acme\nowner: piotr\nstage: identification\n\
                     next_contact: 2026-11-25\n---\n";

const OF_THE_BODY: &[(&str, &str)] = &[
    (
        "log",
        "log ID telefon --with kowal --for 25m --in 'call: Price: # 5 #' --next 2026-12-01 'Ask: is it \"ready\"?'",
    ),
    (
        "log-earlier",
        "log ID email --out --at '2026-10-15 9:30' --outcome odmowa \"x:\n# Not\n- [ ] for\n\n---\n~~~ us\"",
    ),
    ("task", "task ID 'Send it: due:2026-12-01 [x] # now' --as wizyta --est 90m --priority b"),
    ("done", "done ID 1 \"1. [ ] a\n# b\""),
    ("cancel", "done ID 1 --cancel"),
];

const COMMANDS: &[(&str, &str)] = &[
    ("set", "set ID value=2000 owner=piotr tags+=green needs='Ten a day: no less'"),
    ("set-remove", "set ID tags-=red probability= value="),
    ("move", "move ID offer value=1500,50"),
    ("snooze", "snooze ID 2026-12-01T09:00 'Ask: is it \"ready\"?'"),
];

/// A workspace that holds all of them.
pub(crate) fn workspace() -> Karto {
    let karto = Karto::on_nothing().env("KARTO_USER", "anna").with_file("karto.yaml", RULES);
    let acme = "---\ntype: client\nname: Acme\nstage: active\nowner: anna\ncontacts:\n  - id: kowalski\n    name: Jan Kowalski\n---\n";
    let karto = karto.with_file("clients/acme.md", acme);
    let sale = |name: &str| format!("opportunities/{name}.md");
    let karto = CARDS.iter().fold(karto, |karto, (name, text)| karto.with_file(&sale(name), text));
    BODIES.iter().fold(karto, |karto, (name, text)| karto.with_file(&sale(name), &front_and(text)))
}

/// A card with this text, in the line ends of the text.
fn front_and(text: &str) -> String {
    let front = if text.contains("\r\n") { FRONT.replace('\n', "\r\n") } else { FRONT.to_owned() };
    format!("{front}{text}")
}

/// Each mending command, with what people write by hand that it mends: it is put into the cards first.
const MENDS: &[(&str, &str, Spoils)] = &[
    (
        "fix",
        "validate --fix opportunities/ID.md",
        &[
            ("value: 1000", "value: 1 000,00"),
            ("next_contact: 2026-11-25", "next_contact: 25.11.2026"),
            ("next_contact: \"2026-11-25\"", "next_contact: \"25.11.2026\""),
            ("2026-11-02 call @anna: Hello", "2.11.2026 call @anna: Hello"),
            ("client: acme", "client: [[acme]]"),
            ("name: CRLF", "name: Re: CRLF"),
            ("name: Ends", "name: Re: Ends"),
        ],
    ),
    (
        "fix-history",
        "validate --fix --history opportunities/ID.md",
        &[("stage: identification", "stage: qualification"), ("stage: 'identification'", "stage: 'qualification'")],
    ),
];

/// Texts with others in their place.
type Spoils = &'static [(&'static str, &'static str)];

/// A command with the cards that it is tried on.
struct Trial {
    name: &'static str,
    command: &'static str,
    ids: Vec<&'static str>,
    spoils: Spoils,
}

impl Trial {
    fn workspace(&self) -> Karto {
        let spoiled = |text: &str| self.spoils.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let cards = CARDS.iter().filter(|_| !self.spoils.is_empty());
        cards.fold(workspace(), |karto, (id, text)| karto.with_file(&format!("opportunities/{id}.md"), &spoiled(text)))
    }
}

fn trials() -> impl Iterator<Item = Trial> {
    let ids = |cards: &'static [(&'static str, &'static str)]| cards.iter().map(|(id, _)| *id);
    let of_fields = COMMANDS.iter().map(move |(name, command)| (*name, *command, ids(CARDS).collect()));
    let of_body = OF_THE_BODY.iter();
    let of_body = of_body.map(move |(name, command)| (*name, *command, ids(CARDS).chain(ids(BODIES)).collect()));
    let writing = of_fields.chain(of_body).map(|(name, command, ids)| Trial { name, command, ids, spoils: &[] });
    let mends = MENDS.iter();
    let mends = mends.map(move |(name, command, spoils)| Trial { name, command, ids: ids(CARDS).collect(), spoils });
    writing.chain(mends)
}

fn run(karto: &Karto, command: &str, id: &str, more: &[&str]) -> Answer {
    let mut arguments: Vec<String> = words(command).into_iter().map(|word| word.replace("ID", id)).collect();
    arguments.extend(more.iter().map(|word| (*word).to_owned()));
    karto.run(arguments)
}

/// Line ends that a page of text would not show.
fn visible(text: &str) -> String {
    text.replace('\r', "␍").replace('\u{feff}', "␂")
}

#[test]
fn a_command_touches_only_the_lines_that_it_means_to() {
    let mut differences = Vec::new();
    for trial in trials() {
        let Trial { name, command, ids, .. } = &trial;
        let mut page = format!("$ karto {command}\n");
        for id in ids {
            let answer = run(&trial.workspace(), command, id, &["--dry-run"]);
            let _ = write!(page, "\n# {id}\n{}{}", visible(&answer.out), visible(&answer.err));
        }
        let golden = Golden::open(format!("tests/nasty/{name}.diff"));
        differences.extend(golden.hold(&page));
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn what_a_dry_run_prints_is_what_is_then_written() {
    for trial in trials() {
        let Trial { command, ids, .. } = &trial;
        for id in ids {
            let karto = trial.workspace();
            let before = files(&karto.root());
            let shown = run(&karto, command, id, &["--dry-run"]);
            assert_eq!(files(&karto.root()), before, "a dry run changes nothing: {command}, {id}");
            let patched = patched(&karto.root(), &shown.out);
            let done = run(&karto, command, id, &[]);
            assert_eq!(done.status, shown.status, "{command}, {id}");
            let after = files(&karto.root());
            assert_eq!(after, patched, "{command}, {id}\n{}", visible(&shown.out));
            // What is left after a mend is no refusal.
            if done.status != 0 && trial.spoils.is_empty() {
                assert_eq!(after, before, "what is refused has changed nothing: {command}, {id}");
            }
        }
    }
}
