//! Karto: the CRM that lives in plain text.

pub mod diagnostic;
pub mod output;
pub mod text;
