//! From a document to a card: the one place where text gets its meaning.

use std::sync::Arc;

use super::schema::TypeDef;
use super::{Card, Config, Content, Note, Record, check_id, codes, slug};
use crate::diagnostic::{Code, Diagnostic, Fix, Severity};
use crate::text::body::Body;
use crate::text::yaml::NodeRef;
use crate::text::{Document, SourcePath, Span, codes as text_codes, did_you_mean, nearest};

mod content;
mod history;
mod rules;
mod values;

use rules::history_gaps;

/// What is wrong with a file whatever it is meant to be.
const OF_EVERY_FILE: [Code; 4] =
    [text_codes::FILE_TOO_LARGE, text_codes::INVALID_UTF8, text_codes::NUL_BYTE, text_codes::CONFLICT_MARKER];

/// What the readers of a card's parts share: the text, the rules, and the findings so far.
struct Reader<'a> {
    text: &'a str,
    config: &'a Config,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Reports a name that is none of `people`, if the configuration lists them.
    fn check_person(&mut self, name: &str, span: Span) {
        if self.config.people.is_empty() || self.config.person(name).is_some() {
            return;
        }
        let known = || self.config.people.iter().map(|person| person.id.as_str());
        let near = nearest(name, known(), 1);
        let everybody = || format!("karto.yaml knows {}", known().collect::<Vec<_>>().join(", "));
        let help = did_you_mean(&near).unwrap_or_else(everybody);
        let finding = Diagnostic::new(codes::PERSON_UNKNOWN, format!("nobody of us is called `{name}`"));
        self.report(finding.at(span).help(help));
    }
}

/// Reads the card that a file holds, with everything that is wrong with it by itself: its text, its schema, its stage,
/// its history, its log. What depends on other files or on the day is not looked at.
pub fn read_card(path: &SourcePath, document: &Document, config: &Config) -> (Card, Vec<Diagnostic>) {
    let mut reader = Reader { text: document.text(), config, findings: document.diagnostics().to_vec() };
    let body = Body::parse(document.text(), document.parts().body);
    reader.findings.extend(body.diagnostics.iter().cloned());
    let card = reader.card(path, document, &body);
    if matches!(card, Card::Note(_)) && document.has_front_matter() {
        // Its front matter is not ours to judge; only what makes the file unreadable for everybody is said.
        reader.findings.retain(|finding| OF_EVERY_FILE.contains(&finding.code));
    }
    reader.doubt_quotes();
    if !document.conflicts().is_empty() {
        reader.name_in_help(path.stem());
    }
    let findings = reader.findings.into_iter().map(|finding| finding.in_file(path)).collect();
    (card, findings)
}

impl Reader<'_> {
    fn card(&mut self, path: &SourcePath, document: &Document, body: &Body) -> Card {
        let said = document.front().and_then(|front| front.get("type")).filter(|node| !node.raw().is_empty());
        let known = said.and_then(|node| self.config.schemas.get(&node.raw()));
        let in_type_folder = self.in_type_folder(path);
        if !document.is_legible() {
            let foreign = document.front().is_some() && known.is_none() && !in_type_folder;
            let meant = !foreign && (document.has_front_matter() || in_type_folder);
            return if meant { Card::Unreadable(path.clone()) } else { self.note(path, body, None) };
        }
        if let (Some(front), Some(type_def)) = (document.front(), known) {
            return Card::Record(self.record(path, document, front, type_def, body));
        }
        let late = self.findings.iter_mut().find(|finding| finding.code == text_codes::FRONT_MATTER_LATE);
        if let Some(late) = late.filter(|_| in_type_folder) {
            // Among the cards it was meant as one, and must not vanish among the notes.
            late.severity = Severity::Error;
            late.fix.iter_mut().for_each(|fix| fix.certain = true);
            return Card::Unreadable(path.clone());
        }
        if in_type_folder && document.text().trim().is_empty() {
            let finding = Diagnostic::new(codes::TYPE_MISSING, "the file is empty");
            self.report(finding.help("restore the card from git, or delete the file"));
            return Card::Unreadable(path.clone());
        }
        if document.has_front_matter() && self.report_unknown_type(document, said, in_type_folder) {
            return Card::Unreadable(path.clone());
        }
        self.note(path, body, said.map(|node| node.raw().into_owned()))
    }

    /// Where one of our fields seems to begin within a value, two lines may have run together: quotes around both are no
    /// more than an offer.
    fn doubt_quotes(&mut self) {
        let fields = |word: &str| self.config.schemas.types().any(|type_def| type_def.field(word).is_some());
        for finding in self.findings.iter_mut().filter(|finding| finding.code == text_codes::YAML_COLON) {
            let value = finding.span.map_or("", |span| span.of(self.text));
            let mut words = value.split_whitespace().filter_map(|word| word.strip_suffix(':'));
            if words.any(fields) {
                finding.fix.iter_mut().for_each(|fix| fix.certain = false);
            }
        }
    }

    /// Says how somebody chooses between the sides of a conflict.
    fn name_in_help(&mut self, id: &str) {
        for finding in self.findings.iter_mut().filter(|finding| finding.code == text_codes::CONFLICT_MARKER) {
            finding.help = Some(format!("choose between them: `karto resolve {id}`"));
        }
    }

    /// True if the file lies in the folder of a type, at any depth.
    fn in_type_folder(&self, path: &SourcePath) -> bool {
        let top = path.folder().split('/').next().unwrap_or_default();
        !top.is_empty() && self.config.schemas.types().any(|type_def| type_def.dir == top)
    }

    /// Reports a missing or unknown type where it is meant as one; false if the file is simply a note.
    fn report_unknown_type(&mut self, document: &Document, said: Option<NodeRef<'_>>, in_type_folder: bool) -> bool {
        let names: Vec<&str> = self.config.schemas.types().map(|known| &*known.name).collect();
        let Some(node) = said else {
            if in_type_folder {
                let finding = Diagnostic::new(codes::TYPE_MISSING, "the card does not say what it is");
                self.report(
                    finding.at(document.parts().opening).help(format!("add `type:`, one of {}", names.join(", "))),
                );
            }
            return in_type_folder;
        };
        let word = node.raw().into_owned();
        let near = nearest(&word, names.iter().copied(), 1);
        if near.is_empty() && !in_type_folder {
            return false;
        }
        let help = did_you_mean(&near).unwrap_or_else(|| format!("the types are {}", names.join(", ")));
        self.report(
            Diagnostic::new(codes::TYPE_UNKNOWN, format!("there is no type `{word}`")).at(node.span()).help(help),
        );
        true
    }

    fn note(&mut self, path: &SourcePath, body: &Body, foreign_type: Option<String>) -> Card {
        // A foreign file keeps its own rules: nothing but its tasks and links is ours.
        let before = self.findings.len();
        let content = self.content(path, &[], body);
        self.findings.truncate(before);
        let heading = body.headings.first().map(|heading| heading.content.of(self.text).trim().to_owned());
        let title = heading.filter(|title| !title.is_empty()).unwrap_or_else(|| path.stem().to_owned());
        Card::Note(Note { id: path.stem().to_owned(), path: path.clone(), title, foreign_type, content })
    }

    fn record(
        &mut self,
        path: &SourcePath,
        document: &Document,
        front: NodeRef<'_>,
        type_def: &TypeDef,
        body: &Body,
    ) -> Record {
        self.check_file_name(path);
        let fields = self.fields(front, type_def);
        let history = self.history(front);
        let content: Content = self.content(path, &fields, body);
        let mut record = Record {
            id: path.stem().to_owned(),
            path: path.clone(),
            record_type: Arc::clone(&type_def.name),
            front: document.parts().opening,
            fields,
            history,
            behind: Vec::new(),
            content,
        };
        self.check_rules(&record);
        if document.conflicts().is_empty() {
            // Where nobody has chosen yet, nobody can say whether the history agrees.
            record.behind = history_gaps(&record, document, type_def);
        }
        record
    }

    fn check_file_name(&mut self, path: &SourcePath) {
        let stem = path.stem();
        let Err(problem) = check_id(stem) else { return };
        if let Some(original) = sync_original(stem) {
            let message = format!("this looks like a copy of `{original}` that a sync program made");
            let help = "compare the two, carry over what is missing, and delete the copy";
            self.report(Diagnostic::new(codes::SYNC_COPY, message).help(help));
            return;
        }
        let mut finding = Diagnostic::new(codes::ID_BAD, format!("the file's name `{stem}` is no id: {problem}"));
        let better = slug(stem);
        if check_id(&better).is_ok() {
            let folder = path.folder();
            let slash = if folder.is_empty() { "" } else { "/" };
            if let Ok(rename) = SourcePath::new(format!("{folder}{slash}{better}.md")) {
                let title = "rename the file".into();
                finding.fix = Some(Fix { title, edits: Vec::new(), rename: Some(rename), certain: true });
            }
        }
        self.report(finding);
    }
}

/// The stem that a sync program made its copy of: `acme` of `acme (conflicted copy 2026-11-20)`, `acme 2`, `acme (1)`.
fn sync_original(stem: &str) -> Option<&str> {
    let lower = stem.to_lowercase();
    let marks = ["conflicted copy", "sync-conflict", "conflict copy", "kopia powodująca konflikt", "case conflict"];
    if marks.iter().any(|mark| lower.contains(mark)) {
        return stem.split([' ', '.', '(']).next().filter(|original| !original.is_empty());
    }
    let (original, number) = stem.rsplit_once(' ')?;
    let number = number.strip_prefix('(').and_then(|n| n.strip_suffix(')')).unwrap_or(number);
    let is_number = !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit());
    (is_number && check_id(original).is_ok()).then_some(original)
}
