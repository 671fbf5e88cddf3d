//! What tests of commands stand on: the program run in process, and texts that are held and can be renewed.

mod golden;
mod karto;
mod patch;
pub(crate) mod script;

pub(crate) use golden::Golden;
pub(crate) use karto::{Answer, Karto, files};
pub(crate) use patch::patched;
