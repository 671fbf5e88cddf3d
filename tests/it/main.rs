//! Everything that is tested from outside, in one binary.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod documents;
mod edits;
mod laws;
