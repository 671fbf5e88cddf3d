//! All integration tests, in one binary, so that the libraries are linked once.

mod documents;
mod laws;
mod laws_body;
