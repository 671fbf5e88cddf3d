//! What a merge could not decide, and what becomes of it once somebody has.

use std::process::Command;
use std::sync::LazyLock;

use karto::change::merge::{MarkStyle, Merge, merge};
use karto::model::schema::Schemas;
use karto::model::{Card, Config, read_card};
use karto::text::conflict::Choice;
use karto::text::yaml::Value;
use karto::text::{Document, Edit, SourcePath, splice};
use proptest::prelude::*;

use crate::support::Karto;

static RULES: LazyLock<Config> = LazyLock::new(|| Config::builtin(Schemas::builtin()));

/// What one person made of a card.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    stage: &'static str,
    value: Option<u32>,
    tags: Vec<&'static str>,
    phone: Option<&'static str>,
    words: &'static str,
    call: &'static str,
}

impl Version {
    fn card(&self) -> String {
        let line = |name: &str, value: String| if value.is_empty() { value } else { format!("{name}: {value}\n") };
        let value = line("value", self.value.map_or_else(String::new, |value| value.to_string()));
        let tags: String = self.tags.iter().map(|tag| format!("  - {tag}\n")).collect();
        let tags = if tags.is_empty() { String::new() } else { format!("tags:\n{tags}") };
        let phone = self.phone.map_or_else(String::new, |phone| format!("    phone: '{phone}'\n"));
        format!(
            "---\ntype: opportunity\nname: Żelazo\nclient: acme\nstage: {}\n{value}{tags}contacts:\n  - id: nowak\n    \
             name: Ewa Nowak\n{phone}---\n{}\n\n## Log\n\n### 2026-11-10 call: {}\n\nText.\n",
            self.stage, self.words, self.call
        )
    }
}

fn versions() -> impl Strategy<Value = Version> {
    let stage = prop::sample::select(vec!["identification", "qualification", "negotiation"]);
    let tags = prop::sample::subsequence(vec!["erp", "cold", "key"], 0..=3);
    let phone = prop::option::of(prop::sample::select(vec!["+481", "+482"]));
    let words = prop::sample::select(vec!["They want it.", "They want it now.", "They do not."]);
    let call = prop::sample::select(vec!["First", "First call", "A second one"]);
    (stage, prop::option::of(1u32..4), tags, phone, words, call)
        .prop_map(|(stage, value, tags, phone, words, call)| Version { stage, value, tags, phone, words, call })
}

fn merged(base: &str, ours: &str, theirs: &str) -> (String, usize) {
    let path = SourcePath::new("opportunities/acme-iron.md").unwrap();
    let marks = MarkStyle::new(7, "HEAD", "other");
    match merge(base.as_bytes(), ours.as_bytes(), theirs.as_bytes(), &path, marks, &RULES) {
        Merge::Clean(bytes) => (String::from_utf8(bytes).unwrap(), 0),
        Merge::Conflicts { bytes, places } => (String::from_utf8(bytes).unwrap(), places),
        Merge::AsText => panic!("these are cards"),
    }
}

fn resolved(text: &str, choice: &Choice) -> String {
    let edits: Vec<Edit> = Document::parse(text).conflicts().iter().map(|place| place.resolved(text, choice)).collect();
    splice(text, &edits).unwrap()
}

/// The fields, in whatever order.
fn fields(document: &Document) -> Vec<(String, Value)> {
    let entries = document.front().unwrap();
    let mut fields: Vec<_> =
        entries.entries().map(|entry| (entry.key().raw().into_owned(), Value::of(entry.value()))).collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    fields
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_decided_merge_is_what_was_chosen_and_nothing_else(base in versions(), ours in versions(), theirs in versions()) {
        let (base, ours, theirs) = (base.card(), ours.card(), theirs.card());
        let (text, places) = merged(&base, &ours, &theirs);
        let open = Document::parse(text.as_str());
        prop_assert_eq!(open.conflicts().len(), places, "{}", text);

        let decided = resolved(&text, &Choice::Ours);
        let document = Document::parse(decided.as_str());
        prop_assert!(document.is_readable(), "{}{:#?}", decided, document.diagnostics());
        prop_assert_eq!(fields(&document), fields(&open), "read as ours already\n{}", text);
        let mine = Document::parse(ours.as_str());
        for place in open.conflicts() {
            let Some(field) = place.field.as_deref().filter(|field| !field.contains(['.', '['])) else { continue };
            let value = |document: &Document| document.front().and_then(|front| front.get(field)).map(Value::of);
            prop_assert_eq!(value(&document), value(&mine), "{}\n{}", field, text);
        }

        let (mirrored, same_places) = merged(&base, &theirs, &ours);
        prop_assert_eq!(same_places > 0, places > 0, "{}\n{}", text, mirrored);
        prop_assert_eq!(Document::parse(mirrored.as_str()).conflicts().len(), same_places, "{}", mirrored);
        let other = Document::parse(resolved(&mirrored, &Choice::Theirs));
        let alike = |document: &Document| {
            let mut all = fields(document);
            // Sets have no order of their own.
            all.retain(|(name, _)| name != "tags");
            all
        };
        prop_assert_eq!(alike(&document), alike(&other), "{}\n{}", text, mirrored);
    }
}

#[test]
fn a_card_with_conflicts_is_a_record_still() {
    let card = |stage: &str| format!("---\ntype: lead\nname: A\nstage: {stage}\n---\n");
    let (text, _) = merged(&card("new"), &card("contacted"), &card("qualified"));
    let path = SourcePath::new("leads/lead-a.md").unwrap();
    let (card, found) = read_card(&path, &Document::parse(text), &RULES);
    let Card::Record(record) = card else { panic!("{found:#?}") };
    assert_eq!(record.stage(), Some("contacted"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].help.as_deref(), Some("choose between them: `karto resolve lead-a`"));
}

#[test]
fn git_is_told_of_what_is_decided() {
    let karto = Karto::on_example();
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Anna", "-c", "commit.gpgsign=false", "-c", "merge.conflictStyle=diff3"]);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let output = git.args(words).current_dir(karto.root()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let write = |words: &str| std::fs::write(karto.root().join("notes-a.md"), format!("A\n\n{words}\n")).unwrap();
    write("old");
    git(&["add", "-A"]);
    git(&["commit", "-qm", "base"]);
    git(&["checkout", "-qb", "other"]);
    write("theirs");
    git(&["commit", "-qam", "theirs"]);
    git(&["checkout", "-q", "main"]);
    write("ours");
    git(&["commit", "-qam", "ours"]);
    git(&["merge", "other"]);
    assert!(!git(&["ls-files", "-u"]).is_empty(), "git could not merge it");

    let answer = karto.run(["resolve", "notes-a", "--theirs", "--add"]);
    assert_eq!((answer.status, answer.err.as_str()), (0, ""));
    assert_eq!(git(&["ls-files", "-u"]), "");
    assert_eq!(std::fs::read_to_string(karto.root().join("notes-a.md")).unwrap(), "A\n\ntheirs\n");
}
