//! In the place of the index where the program is built without it.

use std::path::Path;

use super::{Found, IndexDifference, IndexError, IndexStatus, Progress};
use crate::query::TextTerm;
use crate::text::SourcePath;

/// There is never one.
pub(super) struct Ready {
    never: std::convert::Infallible,
    pub(super) updated: usize,
    pub(super) was_damaged: Option<String>,
}

pub(super) fn ready(_: &Path, _: &[SourcePath], _: Progress<'_>) -> Result<Ready, IndexError> {
    Err(IndexError::Unsupported)
}

pub(super) fn update(_: &Path, _: &[SourcePath], _: bool, _: Progress<'_>) -> Result<Ready, IndexError> {
    Err(IndexError::Unsupported)
}

pub(super) fn update_only(_: &Path, _: &[SourcePath], _: &[SourcePath]) -> Result<(), IndexError> {
    Err(IndexError::Unsupported)
}

pub(super) fn status(_: &Path, _: &[SourcePath]) -> Result<IndexStatus, IndexError> {
    Err(IndexError::Unsupported)
}

pub(super) fn verify(_: &Path, _: &[SourcePath]) -> Result<Vec<IndexDifference>, IndexError> {
    Err(IndexError::Unsupported)
}

impl Ready {
    pub(super) fn find(&self, _: &Path, _: &[SourcePath], _: &[TextTerm]) -> Result<Vec<Found>, IndexError> {
        match self.never {}
    }

    pub(super) fn documents(&self) -> usize {
        match self.never {}
    }
}
