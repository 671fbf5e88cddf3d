//! All integration tests, in one binary, so that the libraries are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bodies;
mod commits;
mod completing;
mod dependencies;
mod diagnostics;
mod documentation;
mod documents;
mod editing;
mod edits;
mod example;
mod fulltext;
mod fuzz_corpus;
mod generated;
mod git;
mod happened;
mod hostile;
mod house;
mod laws;
mod left_out;
mod mending;
mod merging;
mod nasty;
mod new_cards;
mod queries;
mod readme;
mod resolving;
mod support;
mod transcripts;
mod watch;
