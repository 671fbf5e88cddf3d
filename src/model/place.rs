//! From a path into the front matter to its place in the file.

use super::schema::{SchemaFinding, Step, codes};
use crate::diagnostic::Diagnostic;
use crate::text::yaml::{EntryRef, NodeRef, quote};
use crate::text::{Edit, Span};

impl SchemaFinding {
    /// The finding with its place in the map `root`, which was checked.
    pub fn into_diagnostic(self, root: NodeRef<'_>) -> Diagnostic {
        let place = Place::find(root, &self.path);
        let span = match (&self.missing, self.at_key) {
            (Some(_), _) => place.holder(),
            (None, true) => place.entry.map_or(place.node.span(), |entry| entry.key().span()),
            (None, false) => place.node.span(),
        };
        // How an amount or a date is written has one answer; the nearest word is a guess.
        let is_spelling = [codes::FIELD_DATE, codes::FIELD_MONEY].contains(&self.code);
        let mut finding = Diagnostic::new(self.code, self.message).at(span);
        if let Some(expected) = self.expected.filter(|_| self.code != codes::FIELD_RULE) {
            finding = finding.label(format!("expected {expected}"));
        }
        if let Some(key) = &self.missing {
            finding = finding.help(format!("add `{key}:`"));
        }
        let Some(suggestion) = self.suggestion else { return finding };
        let replaceable = place.node.is_regular() && (self.at_key || !place.node.is_collection());
        finding = finding.help(format!("write `{suggestion}`"));
        if !replaceable || self.missing.is_some() {
            return finding;
        }
        let edits = vec![Edit::replace(span, quote(&suggestion))];
        let title = format!("write `{suggestion}`");
        if is_spelling { finding.fix(title, edits) } else { finding.offer(title, edits) }
    }
}

/// A value and the entry whose value it is, if it is one.
struct Place<'a> {
    node: NodeRef<'a>,
    entry: Option<EntryRef<'a>>,
}

impl<'a> Place<'a> {
    fn find(root: NodeRef<'a>, path: &[Step]) -> Self {
        let mut place = Place { node: root, entry: None };
        for step in path {
            let next = match step {
                Step::Key(key) => place.node.entry(key).map(|entry| Place { node: entry.value(), entry: Some(entry) }),
                Step::Item(index) => place.node.items().nth(*index).map(|node| Place { node, entry: None }),
            };
            match next {
                Some(next) => place = next,
                None => break,
            }
        }
        place
    }

    /// Where something is missing in a map: its key, or its first line.
    fn holder(&self) -> Span {
        match (self.entry, self.node.entries().next()) {
            (Some(entry), _) => entry.key().span(),
            (None, Some(first)) => first.key().span(),
            (None, None) => Span::empty(self.node.span().start()),
        }
    }
}
