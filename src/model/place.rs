//! From a path into the front matter to its place in the file.

use std::borrow::Cow;
use std::collections::HashMap;

use super::schema::{SchemaFinding, Step, codes};
use crate::diagnostic::Diagnostic;
use crate::text::yaml::{EntryRef, Kind, NodeRef, quote};
use crate::text::{Edit, Span};

impl SchemaFinding {
    /// The findings with their places in the map `root`, which was checked.
    pub fn into_diagnostics(findings: Vec<Self>, root: NodeRef<'_>) -> Vec<Diagnostic> {
        let mut places = Places { root, inner: HashMap::new() };
        findings
            .into_iter()
            .map(|finding| {
                let place = places.find(&finding.path);
                finding.at(place)
            })
            .collect()
    }

    fn at(self, place: Place<'_>) -> Diagnostic {
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

/// Finds places; long maps and lists are walked once, however many findings there are in them.
struct Places<'a> {
    root: NodeRef<'a>,
    inner: HashMap<Vec<Step>, Inner<'a>>,
}

/// What stands in a map or list.
enum Inner<'a> {
    Entries(HashMap<Cow<'a, str>, EntryRef<'a>>),
    Items(Vec<NodeRef<'a>>),
}

impl<'a> Places<'a> {
    fn find(&mut self, path: &[Step]) -> Place<'a> {
        let mut place = Place { node: self.root, entry: None };
        for (depth, step) in path.iter().enumerate() {
            let way = path.get(..depth).unwrap_or_default();
            if !self.inner.contains_key(way) {
                self.inner.insert(way.to_vec(), Inner::of(place.node));
            }
            let next = match (step, self.inner.get(way)) {
                (Step::Key(key), Some(Inner::Entries(entries))) => {
                    entries.get(key.as_str()).map(|entry| Place { node: entry.value(), entry: Some(*entry) })
                }
                (Step::Item(index), Some(Inner::Items(items))) => {
                    items.get(*index).map(|node| Place { node: *node, entry: None })
                }
                _ => None,
            };
            match next {
                Some(next) => place = next,
                None => break,
            }
        }
        place
    }
}

impl<'a> Inner<'a> {
    fn of(node: NodeRef<'a>) -> Self {
        if node.kind() == Kind::List {
            return Inner::Items(node.items().collect());
        }
        let mut entries = HashMap::new();
        // The first counts where a key stands twice.
        node.entries().for_each(|entry| {
            entries.entry(entry.key().raw()).or_insert(entry);
        });
        Inner::Entries(entries)
    }
}

impl Place<'_> {
    /// Where something is missing in a map: its key, or its first line.
    fn holder(&self) -> Span {
        match (self.entry, self.node.entries().next()) {
            (Some(entry), _) => entry.key().span(),
            (None, Some(first)) => first.key().span(),
            (None, None) => Span::empty(self.node.span().start()),
        }
    }
}
