//! All integration tests, in one binary, so that the libraries are linked once.

mod bodies;
mod dependencies;
mod documents;
mod edits;
mod generated;
mod house;
mod laws;
