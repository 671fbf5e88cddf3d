//! Floor 4: intentions. What a command means to do with cards becomes a [`ChangeSet`]: files with the bytes that they
//! had and the bytes that they are to have. Nothing here touches a disk; `Workspace::commit` carries a set out.
//!
//! A [`Draft`] is one card on its way. Each intention is a function that makes edits of a draft, or says in a
//! [`Refusal`] why not.

mod assignment;
mod contact;
mod create;
mod draft;
mod fields;
mod fix;
mod history;
mod log;
pub mod merge;
mod naming;
mod next_step;
mod refusal;
mod set;
mod stage;
mod task;
mod value;
mod with;

pub use assignment::{Assignment, AssignmentError, Operation};
pub use create::{NewCard, create};
pub use draft::{Author, Draft};
pub use fields::set;
pub use fix::{Mend, Names, mendable, mended, mends};
pub use history::{catch_up, untold};
pub use log::{NewLog, kind, log, outcome};
pub use next_step::promise;
pub use refusal::Refusal;
pub use set::{ChangeSet, FileChange};
pub use stage::{Move, move_to};
pub use task::{Completion, NewTask, Which, complete, find_task, task};
