//! All integration tests, in one binary, so that the libraries are linked once.

// A test may fail as loudly as it likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bodies;
mod dependencies;
mod diagnostics;
mod documents;
mod edits;
mod example;
mod fulltext;
mod generated;
mod house;
mod laws;
mod queries;
mod support;
mod transcripts;
