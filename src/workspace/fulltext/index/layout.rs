//! What the index holds of a file, and the one analysis of words, as tantivy wants it.

use std::vec;

use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Index, TantivyDocument};

use super::super::passage::{Part, passages};
use crate::text::{Document, SourcePath, Word, words};
use crate::workspace::stamp::{Stamp, hash};

/// The name of our analysis within tantivy.
const ANALYSIS: &str = "karto";

/// Words are cut to this many bytes: what is longer is no word of a language.
pub(super) const LONGEST_WORD: usize = 256;

pub(super) const PATH: &str = "path";
pub(super) const SIZE: &str = "size";
pub(super) const MODIFIED: &str = "modified";
pub(super) const IDENTITY: &str = "identity";
pub(super) const CHANGED: &str = "changed";
pub(super) const CONTENT: &str = "content";

/// The fields of the index.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) path: Field,
    parts: [(Part, Field); 4],
    stamps: [Field; 4],
    content: Field,
    schema: Schema,
}

impl Layout {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(ANALYSIS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing);
        let path = schema.add_text_field(PATH, STRING.set_fast("raw"));
        let parts = Part::ALL.map(|part| (part, schema.add_text_field(part_name(part), text.clone())));
        let stamps = [SIZE, MODIFIED, IDENTITY, CHANGED].map(|name| schema.add_u64_field(name, FAST));
        let content = schema.add_u64_field(CONTENT, FAST);
        Self { path, parts, stamps, content, schema: schema.build() }
    }

    pub(super) fn schema(&self) -> Schema {
        self.schema.clone()
    }

    /// The fields of text with their weights.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Field, f32)> + '_ {
        self.parts.iter().map(|(part, field)| (*field, part.weight()))
    }

    /// What the index is to hold of a file with these bytes.
    pub(super) fn document(&self, path: &SourcePath, stamp: &Stamp, bytes: Vec<u8>) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_text(self.path, path.as_str());
        for (field, value) in self.stamps.iter().zip([stamp.size, stamp.modified, stamp.identity, stamp.changed]) {
            entry.add_u64(*field, value);
        }
        entry.add_u64(self.content, hash(&bytes));
        let document = Document::parse(bytes);
        for passage in passages(path, &document) {
            if let Some((_, field)) = self.parts.iter().find(|(part, _)| *part == passage.part) {
                entry.add_text(*field, &passage.text);
            }
        }
        entry
    }
}

/// Teaches an index our analysis; to be done with each that is opened.
pub(super) fn register(index: &Index) {
    let tokenizers: &TokenizerManager = index.tokenizers();
    tokenizers.register(ANALYSIS, Analysis);
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Name => "name",
        Part::Id => "id",
        Part::Field => "field",
        Part::Body => "body",
    }
}

/// [`words`] as a tokenizer.
#[derive(Clone)]
struct Analysis;

struct Words<'a> {
    words: vec::IntoIter<Word<'a>>,
    token: Token,
}

impl Tokenizer for Analysis {
    type TokenStream<'a> = Words<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words<'a> {
        Words { words: words(text).collect::<Vec<_>>().into_iter(), token: Token::default() }
    }
}

impl TokenStream for Words<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        let end = word.text.floor_char_boundary(LONGEST_WORD);
        self.token.text.clear();
        self.token.text.push_str(&word.text[..end]);
        self.token.offset_from = word.span.start();
        self.token.offset_to = word.span.end();
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
