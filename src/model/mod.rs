//! Floor 1: the model. One record at a time, its configuration and its schema.

pub mod kind;
pub mod schema;
