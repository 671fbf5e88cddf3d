//! `search`: what is found, best first, and what comes close where nothing is.

use std::collections::{HashMap, HashSet};

use super::snippet::{self, Snippet};
use super::{FileNumber, Found, FullText, Owner, naive};
use crate::catalog::RecordIndex;
use crate::query::{Hits, Node, Query, TextKind, TextMode, TextTerm};
use crate::text::{SourcePath, Span};

/// Words shorter than this are near to too many others.
const SHORTEST_NEAR: usize = 4;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchAnswer {
    /// The best of it, as many as were asked for.
    pub hits: Vec<SearchHit>,
    /// How many there are in all.
    pub total: usize,
    /// How close they come to what was asked.
    pub nearness: Nearness,
}

/// How close the hits of a search come to what was asked; further ones are tried only where nothing nearer is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// They hold it as it was asked.
    #[default]
    Exact,
    /// They hold words that begin as what was asked.
    Beginnings,
    /// They hold words that differ by a letter or two.
    NearWords,
}

/// One file that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchHit {
    /// Where it lies.
    pub path: SourcePath,
    /// What it is.
    pub card: FoundCard,
    /// How well it fits; only the order means something.
    pub score: f32,
    /// What was found in the name of the record, or the title of the note.
    pub name_highlights: Vec<Span>,
    /// The place that shows best why it was found; `None` where no text was sought.
    pub snippet: Option<Snippet>,
}

/// What was found: a record or a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundCard {
    /// A record of the catalog.
    Record(RecordIndex),
    /// The note with this place in [`crate::catalog::Catalog::notes`].
    Note(usize),
}

impl SearchAnswer {
    /// True if nothing holds what was asked as it was asked, and the hits only come close.
    pub fn is_approximate(&self) -> bool {
        self.nearness != Nearness::Exact
    }
}

impl FullText<'_> {
    /// Answers a query with the best `limit` hits.
    ///
    /// `terms` are all full-text terms of the query, `select` gives the records that answer it once the hits of these
    /// are known. Notes are found by queries of words alone, for a note has no fields. Where nothing is found, words that
    /// begin so are tried in the place of words, then near ones.
    pub fn search(
        &mut self,
        query: &Query,
        terms: &[TextTerm],
        limit: Option<usize>,
        select: &mut dyn FnMut(&Hits) -> Vec<RecordIndex>,
    ) -> SearchAnswer {
        let wanted = wanted_keys(query.root());
        let mut found = self.find(terms);
        let mut shown: Vec<TextTerm> = terms.iter().filter(|term| wanted.contains(&term.key)).cloned().collect();
        for nearness in [Nearness::Exact, Nearness::Beginnings, Nearness::NearWords] {
            if nearness != Nearness::Exact && !self.widen(terms, &wanted, nearness, &mut found, &mut shown) {
                continue;
            }
            let ranked = self.rank(query, terms, &found, &wanted, select);
            if !ranked.is_empty() {
                let total = ranked.len();
                let best = ranked.into_iter().take(limit.unwrap_or(total));
                let hits = best.filter_map(|(number, score)| self.hit(number, score, &shown)).collect();
                return SearchAnswer { hits, total, nearness };
            }
        }
        SearchAnswer::default()
    }

    /// Adds to the files that hold each wanted term those that come close; false if there is nothing to try.
    fn widen(
        &mut self,
        terms: &[TextTerm],
        wanted: &HashSet<String>,
        nearness: Nearness,
        found: &mut [Found],
        shown: &mut Vec<TextTerm>,
    ) -> bool {
        let mut is_wider = false;
        for (term, found) in terms.iter().zip(found).filter(|(term, _)| wanted.contains(&term.key)) {
            let near = near_terms(term, nearness);
            // All words of a phrase must come close; that they stand side by side is not asked.
            let mut common: Option<Found> = None;
            for further in self.find(&near) {
                common = Some(match common {
                    None => further,
                    Some(common) => both(common, &further),
                });
            }
            for (number, score) in common.unwrap_or_default() {
                found.entry(number).or_insert(score);
            }
            is_wider |= !near.is_empty();
            shown.extend(near);
        }
        is_wider
    }

    fn rank(
        &self,
        query: &Query,
        terms: &[TextTerm],
        found: &[Found],
        wanted: &HashSet<String>,
        select: &mut dyn FnMut(&Hits) -> Vec<RecordIndex>,
    ) -> Vec<(FileNumber, f32)> {
        let records = select(&self.to_hits(terms, found));
        let mut numbers: Vec<FileNumber> = records.iter().filter_map(|record| self.number_of(*record)).collect();
        if is_of_words(query.root()) {
            let holds: HashMap<&str, &Found> = terms.iter().map(|term| term.key.as_str()).zip(found).collect();
            let notes = (0..).zip(&self.owners).filter(|(_, owner)| matches!(owner, Owner::Note(_)));
            numbers.extend(notes.map(|(number, _)| number).filter(|number| holds_all(query.root(), &holds, *number)));
        }
        let score = |number: FileNumber| -> f32 {
            let own = terms.iter().zip(found).filter(|(term, _)| wanted.contains(&term.key));
            own.filter_map(|(_, found)| found.get(&number)).sum()
        };
        let mut ranked: Vec<(FileNumber, f32)> = numbers.into_iter().map(|number| (number, score(number))).collect();
        // Numbers go by path, so that of equals the order is always the same.
        ranked.sort_by(|(a, a_score), (b, b_score)| b_score.total_cmp(a_score).then(a.cmp(b)));
        ranked
    }

    fn hit(&self, number: FileNumber, score: f32, terms: &[TextTerm]) -> Option<SearchHit> {
        let path = self.files.get(number as usize)?;
        let (card, name) = match *self.owners.get(number as usize)? {
            Owner::Record(record) => (FoundCard::Record(record), self.catalog.record(record).name()),
            Owner::Note(note) => (FoundCard::Note(note), self.catalog.notes().get(note)?.title.as_str()),
            Owner::Unreadable => return None,
        };
        let snippet = snippet::snippet(path, &naive::read(self.root, path), terms);
        let name_highlights = snippet::highlights(name, terms);
        Some(SearchHit { path: path.clone(), card, score, name_highlights, snippet })
    }
}

/// The keys of the texts that a file must or may hold, not of those that it must not.
fn wanted_keys(root: &Node) -> HashSet<String> {
    let mut wanted = HashSet::new();
    let mut waiting = vec![(root, true)];
    while let Some((node, is_wanted)) = waiting.pop() {
        match node {
            Node::And(parts) | Node::Or(parts) => waiting.extend(parts.iter().map(|part| (part, is_wanted))),
            Node::Not(part) => waiting.push((part, !is_wanted)),
            Node::Text(part) if is_wanted => {
                wanted.extend(TextTerm::new(&part.text.text, part.mode).map(|term| term.key));
            }
            Node::Text(_) | Node::Field(_) | Node::Segment(_) => {}
        }
    }
    wanted
}

/// True if the query asks for texts alone.
fn is_of_words(node: &Node) -> bool {
    match node {
        Node::And(parts) | Node::Or(parts) => !parts.is_empty() && parts.iter().all(is_of_words),
        Node::Not(part) => is_of_words(part),
        Node::Text(_) => true,
        Node::Field(_) | Node::Segment(_) => false,
    }
}

fn holds_all(node: &Node, found: &HashMap<&str, &Found>, number: FileNumber) -> bool {
    match node {
        Node::And(parts) => parts.iter().all(|part| holds_all(part, found, number)),
        Node::Or(parts) => parts.iter().any(|part| holds_all(part, found, number)),
        Node::Not(part) => !holds_all(part, found, number),
        Node::Text(part) => TextTerm::new(&part.text.text, part.mode)
            .and_then(|term| found.get(term.key.as_str()))
            .is_some_and(|found| found.contains_key(&number)),
        Node::Field(_) | Node::Segment(_) => false,
    }
}

/// What to look for in the place of a term of which nothing was found.
fn near_terms(term: &TextTerm, nearness: Nearness) -> Vec<TextTerm> {
    let is_plain = matches!(term.kind, TextKind::Word | TextKind::Phrase);
    let can_be_near =
        |word: &&String| word.chars().count() >= SHORTEST_NEAR && !word.chars().any(|letter| letter.is_ascii_digit());
    match nearness {
        Nearness::Beginnings if is_plain => {
            TextTerm::new(&term.words.join(" "), TextMode::Prefix).into_iter().collect()
        }
        Nearness::NearWords if is_plain && term.words.iter().any(|word| can_be_near(&word)) => {
            let near = |word: &String| {
                let mode = if can_be_near(&word) { TextMode::Fuzzy } else { TextMode::Exact };
                TextTerm::new(word, mode)
            };
            term.words.iter().filter_map(near).collect()
        }
        _ => Vec::new(),
    }
}

fn both(mut found: Found, other: &Found) -> Found {
    found.retain(|number, score| match other.get(number) {
        Some(more) => {
            *score += more;
            true
        }
        None => false,
    });
    found
}
