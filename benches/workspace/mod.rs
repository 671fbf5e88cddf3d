//! Workspaces of any size for measuring and testing, as a sales team of six might have after some years.
//!
//! The same size and seed give the same bytes, on any machine. A smaller workspace is the beginning of a larger one, and
//! each card names only cards before it, so that any beginning is in order: it validates without a finding.

#![allow(dead_code, clippy::unwrap_used, reason = "each program uses a part of it; the only date is known")]

use std::fs;
use std::io;
use std::path::Path;

use chrono::NaiveDate;

mod cards;
mod random;
mod words;

/// The day on which the workspaces stand; nothing in them has happened later.
pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();

/// The configuration of a generated workspace.
pub(crate) const CONFIG: &str = include_str!("karto.yaml");

/// The paths and texts of the first `count` cards.
pub(crate) fn files(count: usize, seed: u64) -> impl Iterator<Item = (String, String)> {
    let firms = (0..).flat_map(move |number| cards::firm(number, seed));
    cards::competitors().into_iter().chain(firms).take(count)
}

/// Writes a workspace of `count` cards into a folder, which is made if it is missing.
pub(crate) fn write(folder: &Path, count: usize, seed: u64) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("karto.yaml"), CONFIG)?;
    for (path, text) in files(count, seed) {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}
