//! Floor 4: intentions. What a command means to do becomes a [`ChangeSet`]: files with the bytes that they had and the
//! bytes that they are to have. Nothing here touches a disk; [`Workspace::commit`](crate::workspace) carries a set out.

mod set;

pub use set::{ChangeSet, FileChange};
