//! From the full-text terms of our own grammar to tantivy's queries.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, PhrasePrefixQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader, Term};

use super::layout::{LONGEST_WORD, Layout};
use crate::query::{TextKind, TextTerm};

/// How much more a word counts that is as it was asked for, against one that only begins so or is near.
const EXACT: f32 = 3.0;

/// Words are cut in the index, so longer ones than this must be looked for in the files. The distance leaves room for
/// slips.
const LONGEST_ASKED: usize = LONGEST_WORD - 56;

/// True if the index can tell who holds the term.
pub(super) fn can_answer(term: &TextTerm) -> bool {
    term.words.iter().all(|word| word.len() <= LONGEST_ASKED)
}

/// The term in any part of a file.
pub(super) fn query(searcher: &Searcher, layout: &Layout, term: &TextTerm) -> tantivy::Result<BooleanQuery> {
    let mut parts: Vec<Box<dyn Query>> = Vec::new();
    for (field, weight) in layout.parts() {
        for query in in_field(searcher, field, term)? {
            parts.push(Box::new(BoostQuery::new(query, weight)));
        }
    }
    Ok(BooleanQuery::union(parts))
}

/// The queries of which one must hold.
fn in_field(searcher: &Searcher, field: Field, term: &TextTerm) -> tantivy::Result<Vec<Box<dyn Query>>> {
    let terms: Vec<Term> = term.words.iter().map(|word| Term::from_field_text(field, word)).collect();
    Ok(match (term.kind, terms.as_slice()) {
        (_, []) => Vec::new(),
        (TextKind::Word, [word, ..]) | (TextKind::Phrase, [word]) => vec![exact(word)],
        (TextKind::Phrase, _) => vec![Box::new(PhraseQuery::new(terms))],
        (TextKind::Prefix, [word]) => {
            let begins = FuzzyTermQuery::new_prefix(word.clone(), 0, true);
            vec![Box::new(BoostQuery::new(exact(word), EXACT)), Box::new(begins)]
        }
        (TextKind::Prefix, [.., last]) => {
            let expansions = expansions(searcher, field, last)?;
            let mut query = PhrasePrefixQuery::new(terms);
            // tantivy sets memory aside for as many as are allowed, so that all have to be counted.
            query.set_max_expansions(expansions);
            vec![Box::new(query)]
        }
        (TextKind::Fuzzy, [word, ..]) => {
            let near = FuzzyTermQuery::new(word.clone(), term.distance, true);
            vec![Box::new(BoostQuery::new(exact(word), EXACT)), Box::new(near)]
        }
    })
}

/// How many words of a field begin so, at the most in one segment.
fn expansions(searcher: &Searcher, field: Field, prefix: &Term) -> tantivy::Result<u32> {
    let prefix = prefix.serialized_value_bytes();
    let mut most = 0;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().range().ge(prefix).into_stream()?;
        let mut count = 0;
        while words.advance() && words.key().starts_with(prefix) {
            count += 1;
        }
        most = most.max(count);
    }
    Ok(most)
}

fn exact(word: &Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(word.clone(), IndexRecordOption::WithFreqs))
}

/// Collects every document with its score: which of them are wanted is decided by the rest of the query.
pub(super) struct Everything;

pub(super) struct OfSegment {
    segment: SegmentOrdinal,
    found: Vec<(DocAddress, Score)>,
}

impl Collector for Everything {
    type Fruit = Vec<(DocAddress, Score)>;
    type Child = OfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment { segment, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, found: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(found.into_iter().flatten().collect())
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Vec<(DocAddress, Score)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push((DocAddress::new(self.segment, doc), score));
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
