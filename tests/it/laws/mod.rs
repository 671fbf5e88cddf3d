//! What must hold for any input: plain functions that panic where it does not. The fuzz targets call the same ones.

pub(crate) mod answers;
pub(crate) mod body;
pub(crate) mod cache;
pub(crate) mod document;
pub(crate) mod edit;
pub(crate) mod merge;
pub(crate) mod query;
pub(crate) mod targets;
pub(crate) mod writing;
