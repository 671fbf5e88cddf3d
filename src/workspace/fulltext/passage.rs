//! What of a file is searched: its id, its name, its fields and its text.

use std::borrow::Cow;

use crate::text::yaml::NodeRef;
use crate::text::{Document, MAX_FILE_SIZE, SourcePath, Span};

/// Fields that say how a card is kept, not what it is about.
const UNSEARCHED: [&str; 2] = ["type", "history"];

/// Where in a file a passage stands; what is found further up the list weighs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Name,
    Id,
    Field,
    Body,
}

impl Part {
    pub(super) const ALL: [Part; 4] = [Part::Name, Part::Id, Part::Field, Part::Body];

    /// How much a word in this part weighs, against one in the body.
    pub(super) fn weight(self) -> f32 {
        match self {
            Part::Name => 4.0,
            Part::Id => 3.0,
            Part::Field => 1.5,
            Part::Body => 1.0,
        }
    }
}

/// A stretch of text: phrases are found within one, never from one into the next.
#[derive(Clone, Debug)]
pub(super) struct Passage<'d> {
    pub(super) part: Part,
    /// The top-level key of a field.
    pub(super) key: Cow<'d, str>,
    pub(super) text: Cow<'d, str>,
    /// Where it stands in the file; empty at the start for the id.
    pub(super) span: Span,
}

/// All that is searched of a file, by its bytes and its path alone.
pub(super) fn passages<'d>(path: &'d SourcePath, document: &'d Document) -> Vec<Passage<'d>> {
    let id = Passage { part: Part::Id, key: "".into(), text: path.stem().into(), span: Span::ZERO };
    let mut found = vec![id];
    if document.text().len() > MAX_FILE_SIZE {
        return found;
    }
    for entry in document.front().into_iter().flat_map(|front| front.entries()) {
        let name = entry.key().raw();
        if !UNSEARCHED.contains(&&*name) {
            let part = if name == "name" { Part::Name } else { Part::Field };
            add_values(part, entry.key(), entry.value(), &mut found);
        }
    }
    let span = document.parts().body;
    found.push(Passage { part: Part::Body, key: "".into(), text: document.body().into(), span });
    found
}

fn add_values<'d>(part: Part, key: NodeRef<'d>, value: NodeRef<'d>, found: &mut Vec<Passage<'d>>) {
    if value.is_collection() {
        let entries = value.entries().map(|entry| entry.value());
        entries.chain(value.items()).for_each(|inner| add_values(Part::Field, key, inner, found));
    } else {
        let text = value.raw();
        if !text.is_empty() {
            found.push(Passage { part, key: key.raw(), text, span: value.span() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_name_fields_and_text_are_searched_each_for_itself() {
        let path = SourcePath::new("clients/acme-trade.md").unwrap();
        let document = Document::parse(
            "---\ntype: client\nname: ACME\ncontacts:\n  - {id: jan, name: Jan Łoś}\nphone: +48 600\nhistory:\n  - 2026-01-01 \
             active\n---\nText.\n",
        );
        let found: Vec<_> =
            passages(&path, &document).iter().map(|p| (p.part, p.key.to_string(), p.text.to_string())).collect();
        let expected = [
            (Part::Id, "", "acme-trade"),
            (Part::Name, "name", "ACME"),
            (Part::Field, "contacts", "jan"),
            (Part::Field, "contacts", "Jan Łoś"),
            (Part::Field, "phone", "+48 600"),
            (Part::Body, "", "Text.\n"),
        ];
        assert_eq!(found, expected.map(|(part, key, text)| (part, key.to_owned(), text.to_owned())));
    }
}
