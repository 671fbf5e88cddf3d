//! Floor 1: one record at a time, and the rules it is read by.
//!
//! A [`Record`] follows from the bytes of its file and the [`Config`] alone. Days, other records and disks are unknown
//! here.

pub mod codes;
mod config;
mod history;
mod id;
pub mod kind;
mod money;
mod packed;
mod period;
pub mod phone;
mod pipeline;
mod place;
mod rates;
mod read;
mod record;
pub mod schema;
mod value;
mod vocabulary;

pub use config::{Config, Person};
pub use history::{HistoryError, HistoryLine};
pub use id::{IdProblem, MAX_ID_LENGTH, check_id, slug};
pub use money::{AmountError, Currency, Money, exact, grouped, parse_amount};
pub use period::Period;
pub use pipeline::{Outcome, Pipeline, Stage};
pub use rates::Rates;
pub use read::read_card;
pub use record::{Card, Content, Field, HistoryGap, LogEntry, Note, OpenTask, Record, Task, TextLink};
pub use value::{Reference, Spanned, Value};
pub use vocabulary::{Counts, Direction, Term, Vocabulary, Word};

pub use crate::text::body::TaskState;
