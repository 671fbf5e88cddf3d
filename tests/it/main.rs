//! All integration tests, in one binary, so that the libraries are linked once.

// clippy.toml allows these in test functions, but not in what test functions share.
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
