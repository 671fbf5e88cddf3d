//! All integration tests, in one binary, so that the libraries are linked once.

mod bodies;
mod dependencies;
mod diagnostics;
mod documents;
mod edits;
mod example;
mod fulltext;
mod fuzz_corpus;
mod generated;
mod house;
mod laws;
mod queries;
mod support;
mod transcripts;
