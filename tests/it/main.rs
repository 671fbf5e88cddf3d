//! All integration tests, in one binary, so that the libraries are linked once.

mod bodies;
mod dependencies;
mod diagnostics;
mod documents;
mod edits;
mod generated;
mod example;
mod house;
mod laws;
mod queries;
