//! Karto: the CRM that lives in plain text.

pub mod catalog;
pub mod diagnostic;
pub mod model;
pub mod output;
pub mod query;
pub mod report;
pub mod text;
pub mod workspace;
