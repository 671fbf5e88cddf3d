//! After a commit that died: what it had begun is finished, or forgotten if it had not touched a file.

use std::collections::HashSet;

use super::disk::Disk;
use super::journal::{Journal, Phase};
use super::write::Writer;
use super::{CommitError, JournalTrouble, LeftBehind, Recovered, RecoveryEnd, place};
use crate::text::SourcePath;

impl<D: Disk> Writer<'_, D> {
    /// Goes on from an earlier journal; `None` if there is none.
    ///
    /// # Errors
    /// [`CommitError::Journal`] if it can't be followed, [`CommitError::Io`] if the system refuses. The journal stays
    /// then.
    pub(super) fn recover(&self) -> Result<Option<Recovered>, CommitError> {
        let path = self.journal_path();
        let refused = |trouble| CommitError::Journal { path: path.clone(), trouble };
        let bytes = match self.disk.read(&path) {
            Ok(None) => return Ok(None),
            Ok(Some(bytes)) => bytes,
            Err(source) => return Err(CommitError::Io { path, source }),
        };
        // One that is not whole was damaged by somebody else, for it is put in its place whole: how far the change had
        // come nobody knows then, so nothing is guessed.
        let journal = Journal::decode(&bytes).map_err(refused)?;
        for path in journal.entries.iter().map(|entry| &entry.path).chain(&journal.folders) {
            let is_real = place::is_real(self.root, path);
            if !is_real.map_err(|source| CommitError::Io { path: path.under(self.root), source })? {
                return Err(refused(JournalTrouble::Unsafe(path.to_string())));
            }
        }
        self.go_on(&journal).map(Some)
    }

    fn go_on(&self, journal: &Journal) -> Result<Recovered, CommitError> {
        let paths: Vec<SourcePath> = journal.entries.iter().map(|entry| entry.path.clone()).collect();
        Ok(match journal.phase {
            Phase::Prepare => {
                self.abandon(journal)?;
                recovered(RecoveryEnd::NotBegun, &[], Vec::new())
            }
            Phase::Apply => {
                let carrier = self.carrier();
                let mut left = Vec::new();
                for entry in &journal.entries {
                    left.extend(carrier.forward(entry)?);
                }
                self.sync_folders(journal)?;
                let late = self.finish(journal, &left)?;
                recovered(RecoveryEnd::Finished, &paths, left.into_iter().chain(late).collect())
            }
            Phase::Back => {
                let left = self.undo(journal)?;
                recovered(RecoveryEnd::TakenBack, &paths, left)
            }
        })
    }
}

fn recovered(end: RecoveryEnd, paths: &[SourcePath], left: Vec<LeftBehind>) -> Recovered {
    let behind: HashSet<&SourcePath> = left.iter().map(|left| &left.path).collect();
    let files = paths.iter().filter(|path| !behind.contains(path)).cloned().collect();
    Recovered { end, files, left }
}
