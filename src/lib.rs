//! Karto: the CRM that lives in plain text.

pub mod diagnostic;
pub mod model;
pub mod text;
