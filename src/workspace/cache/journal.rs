//! The journal: what became of files since the base was written, one frame after another, only ever added to.
//!
//! A frame is its length, its sum, and what it tells. Readers stop at the first one that is not whole.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Kept, Row, bytes_of, private};
use crate::text::SourcePath;

/// What is kept of a file from now on.
#[derive(Serialize, Deserialize)]
pub(super) struct Put {
    pub(super) row: Row,
    pub(super) reading: Vec<u8>,
}

impl Put {
    pub(super) fn kept(&self) -> Kept<'_> {
        Kept { row: &self.row, reading: &self.reading }
    }
}

/// What all frames together tell.
#[derive(Default)]
pub(super) struct Journal {
    /// `None` for a file of which nothing is kept any more.
    told: HashMap<SourcePath, Option<Put>>,
    len: u64,
    is_torn: bool,
}

#[derive(Serialize, Deserialize)]
struct Frame {
    puts: Vec<Put>,
    gone: Vec<SourcePath>,
}

impl Journal {
    pub(super) fn read(path: &Path) -> Self {
        let bytes = match bytes_of(path) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(_) => return Self { is_torn: true, ..Self::default() },
        };
        let mut journal = Self { len: bytes.len() as u64, ..Self::default() };
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let Some((frame, after)) = frame(rest) else {
                journal.is_torn = true;
                break;
            };
            journal.told.extend(frame.gone.into_iter().map(|path| (path, None)));
            journal.told.extend(frame.puts.into_iter().map(|put| (put.row.path.clone(), Some(put))));
            rest = after;
        }
        journal
    }

    /// `None` if it tells nothing of the file; within, `None` if nothing is kept of it.
    pub(super) fn get(&self, path: &SourcePath) -> Option<Option<Kept<'_>>> {
        self.told.get(path).map(|put| put.as_ref().map(Put::kept))
    }

    /// The files of which it keeps something.
    pub(super) fn paths(&self) -> impl Iterator<Item = &SourcePath> {
        self.told.iter().filter(|(_, put)| put.is_some()).map(|(path, _)| path)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// True if something stands at its end that is no whole frame: whatever is added behind that is never read.
    pub(super) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// How many bytes it takes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }
}

/// Adds a frame; whoever calls this holds the lock.
pub(super) fn append(path: &Path, puts: &[Put], gone: &[SourcePath]) -> io::Result<()> {
    #[derive(Serialize)]
    struct Borrowed<'f> {
        puts: &'f [Put],
        gone: &'f [SourcePath],
    }
    if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is no plain file"));
    }
    let told = postcard::to_stdvec(&Borrowed { puts, gone }).map_err(io::Error::other)?;
    let head = [(told.len() as u64).to_le_bytes(), xxh3_64(&told).to_le_bytes()].concat();
    private().create(true).append(true).open(path)?.write_all(&[head, told].concat())
}

/// The first frame, and what follows it.
fn frame(bytes: &[u8]) -> Option<(Frame, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let (told, after) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let told = Some(told).filter(|told| xxh3_64(told) == u64::from_le_bytes(*sum))?;
    Some((postcard::from_bytes(told).ok()?, after))
}
