//! Reads the files that may have changed.

use std::time::SystemTime;

use rayon::prelude::*;

use super::{File, Mirror, WhereToLook};
use crate::model::Card;
use crate::text::SourcePath;
use crate::workspace::stamp::{Stamp, hash, nanoseconds};
use crate::workspace::{load, read_limited};

/// A file that was read again.
pub(super) struct Reread {
    pub(super) path: SourcePath,
    pub(super) file: File,
    /// `None` where it holds what it held before.
    pub(super) card: Option<Card>,
}

/// What reading a file came to.
pub(super) enum FileRead {
    Now(Box<Reread>),
    Gone(SourcePath),
    Doubtful(SourcePath),
}

impl Mirror {
    /// Reads those of the files that may have changed.
    pub(super) fn read(&self, files: &[SourcePath], look: &WhereToLook, anew: bool) -> Vec<FileRead> {
        let root = self.workspace.root();
        let read = |path: &SourcePath| {
            let known = self.files.get(path);
            let absolute = path.under(root);
            let is_settled = anew || look.is_settled(&absolute);
            let stamp = Stamp::of_file(&absolute);
            let is_same = |known: &File| known.stamp == stamp && !stamp.is_racy(known.read_at);
            if !anew && !is_settled && !look.paths.contains(&absolute) && known.is_some_and(is_same) {
                return None;
            }
            let read_at = nanoseconds(SystemTime::now());
            let bytes = read_limited(&absolute);
            let is_emptied = bytes.as_ref().is_ok_and(Vec::is_empty) && known.is_none_or(|known| known.stamp.size > 0);
            if is_emptied && !is_settled {
                return Some(FileRead::Doubtful(path.clone()));
            }
            let content = match &bytes {
                Ok(bytes) => hash(bytes),
                Err(error) => hash(&error.to_string()),
            };
            let is_known = known.filter(|known| known.content == content && !anew);
            let (card, findings) = match is_known {
                Some(known) => (None, known.findings.clone()),
                None => match load::card_of(&self.workspace, path, bytes) {
                    Some((card, findings)) => (Some(card), findings),
                    None => return Some(FileRead::Gone(path.clone())),
                },
            };
            let file = File { stamp, read_at, content, findings };
            Some(FileRead::Now(Box::new(Reread { path: path.clone(), file, card })))
        };
        files.par_iter().filter_map(read).collect()
    }
}
