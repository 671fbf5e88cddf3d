//! The base: a file with the readings of all files of one moment, never changed once it is there.
//!
//! A mark, the length and the sum of the head, the head, and the readings in its order.

use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Kept, Row, bytes_of, create};
use crate::text::SourcePath;
use crate::workspace::stamp::nanoseconds;

const MARK: &[u8] = b"karto cache\n";

/// It is there, and not what was written.
pub(super) struct Damaged;

pub(super) struct Base {
    head: Head,
    /// The whole file.
    bytes: Vec<u8>,
    /// Where the reading of each row lies in it.
    readings: Vec<Range<usize>>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    /// Of the rules under which the files were read.
    #[serde(with = "postcard::fixint::le")]
    rules: u64,
    /// Tells it from all others, so that a journal belongs to one of them alone.
    #[serde(with = "postcard::fixint::le")]
    generation: u64,
    /// By path.
    rows: Vec<Row>,
    /// How many bytes the reading of each row has.
    lengths: Vec<u32>,
}

impl Base {
    /// `None` if there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Damaged> {
        let bytes = match bytes_of(path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            // It is another user's.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            Err(_) => return Err(Damaged),
        };
        let (head, start) = head_of(&bytes).ok_or(Damaged)?;
        let mut at = start;
        let mut readings = Vec::with_capacity(head.rows.len());
        for length in &head.lengths {
            let end = at + *length as usize;
            readings.push(at..end);
            at = end;
        }
        let is_whole = at == bytes.len() && readings.len() == head.rows.len();
        let is_sorted = head.rows.is_sorted_by(|a, b| a.path < b.path);
        if is_whole && is_sorted { Ok(Some(Self { head, bytes, readings })) } else { Err(Damaged) }
    }

    /// Writes what is kept, which is in the order of its paths.
    pub(super) fn write(path: &Path, rules: u64, kept: &[Kept<'_>]) -> io::Result<()> {
        let rows = kept.iter().map(|kept| kept.row.clone()).collect();
        let lengths = kept.iter().map(|kept| u32::try_from(kept.reading.len()).unwrap_or(u32::MAX)).collect();
        let head = Head { rules, generation: nanoseconds(SystemTime::now()), rows, lengths };
        let head = postcard::to_stdvec(&head).map_err(io::Error::other)?;
        let mut out = BufWriter::with_capacity(1 << 20, create(path)?);
        out.write_all(MARK)?;
        out.write_all(&(head.len() as u64).to_le_bytes())?;
        out.write_all(&xxh3_64(&head).to_le_bytes())?;
        out.write_all(&head)?;
        kept.iter().try_for_each(|kept| out.write_all(kept.reading))?;
        out.flush()
    }

    /// What is kept of a file; `likely` is its place among the files that there are now, which is mostly that of its row.
    pub(super) fn get(&self, path: &SourcePath, likely: usize) -> Option<Kept<'_>> {
        let at = match self.head.rows.get(likely) {
            Some(row) if row.path == *path => likely,
            _ => self.head.rows.binary_search_by(|row| row.path.cmp(path)).ok()?,
        };
        Some(Kept { row: self.head.rows.get(at)?, reading: self.bytes.get(self.readings.get(at)?.clone())? })
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        self.head.rows.iter().map(|row| &row.path)
    }

    /// Of how many files it holds the readings.
    pub(super) fn rows(&self) -> usize {
        self.head.rows.len()
    }

    pub(super) fn rules(&self) -> u64 {
        self.head.rules
    }

    pub(super) fn generation(&self) -> u64 {
        self.head.generation
    }

    /// How many bytes it takes.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// The head, and where the readings begin.
fn head_of(bytes: &[u8]) -> Option<(Head, usize)> {
    let rest = bytes.strip_prefix(MARK)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let head = rest.get(..length).filter(|head| xxh3_64(head) == u64::from_le_bytes(*sum))?;
    Some((postcard::from_bytes(head).ok()?, MARK.len() + 16 + length))
}
