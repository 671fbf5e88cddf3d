//! All integration tests, in one binary, so that the libraries are linked once.

mod bodies;
mod dependencies;
mod documents;
mod edits;
mod house;
mod laws;
mod queries;
