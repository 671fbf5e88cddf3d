//! Why a commit was not made, and what there is to tell of one that was.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::text::SourcePath;

/// Why a set of changes was not carried out. Nothing has changed then, but for what [`CommitError::Crossed`] and
/// [`CommitError::Interrupted`] tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Files hold something else than the change was made from.
    #[error("{} changed meanwhile", names(.paths))]
    Changed {
        /// Which ones.
        paths: Vec<SourcePath>,
    },
    /// The change failed half-way and is taken back, but for files in which something newer stands.
    #[error("the change is taken back, but {}", .left.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Crossed {
        /// Those files.
        left: Vec<LeftBehind>,
    },
    /// Another process is writing, and did not finish in time.
    #[error("another karto{} is writing to this workspace", .holder.map_or_else(String::new, |id| format!(" (process {id})")))]
    Busy {
        /// Its number, if it could be read.
        holder: Option<u32>,
    },
    /// `karto.yaml` is of a format that a newer program has made.
    #[error("the workspace has a newer format than this karto knows, so it is not written")]
    NewerFormat,
    /// A file or folder is write-protected.
    #[error("{path} is write-protected")]
    ReadOnly {
        /// Which one.
        path: String,
    },
    /// A path leads where Karto does not write: out of the workspace, or into a hidden folder.
    #[error("{path} leads out of the workspace, or into a hidden folder of it")]
    Outside {
        /// Which one.
        path: SourcePath,
    },
    /// A symbolic link can't be written through.
    #[error("{path} is a symbolic link {why}")]
    Link {
        /// Which one.
        path: SourcePath,
        /// Why not: it leads nowhere, or it is to be removed.
        why: &'static str,
    },
    /// Two paths of one set lead to the same file.
    #[error("{first} and {second} are the same file")]
    SameFile {
        /// The one.
        first: SourcePath,
        /// And the other.
        second: SourcePath,
    },
    /// Something else stands where `.karto/` or its lock should be: a file, or a link, which is not followed.
    #[error("{} is not Karto's own", .path.display())]
    NotOurs {
        /// What stands there.
        path: PathBuf,
    },
    /// The journal of an earlier change can't be followed.
    #[error("{}: {trouble}", .path.display())]
    Journal {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong with it.
        trouble: JournalTrouble,
    },
    /// The change failed half-way, and could not be taken back at once.
    #[error("the change was interrupted at {}: {source}", .path.display())]
    Interrupted {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What the next command makes of it.
        next: NextCommand,
    },
    /// The system refused.
    #[error("can't write {}: {source}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What the next command makes of a change that was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextCommand {
    /// It goes on with taking it back.
    TakesBack,
    /// It carries the change out, for that it was given up could not be written down.
    CarriesOut,
    /// Nothing: all files are as before.
    DoesNothing,
    /// That can't be told, for the journal can't be read now.
    Unknown,
}

/// Why a journal can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalTrouble {
    /// Another version of the program wrote it.
    #[error("another version of karto began this change")]
    Version,
    /// It is not whole: somebody else has damaged it, and nobody knows how far the change had come.
    #[error("it is not whole, so nobody knows how far the change had come")]
    Torn,
    /// It names a path that no commit would: it did not come from this program.
    #[error("it names {0:?}, which no change of karto's would")]
    Unsafe(String),
}

impl CommitError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            CommitError::Changed { .. } | CommitError::Crossed { .. } => {
                "look at what is there now, then run the command again"
            }
            CommitError::Busy { .. } => "try again when it is done; if there is none, see what keeps .karto/lock open",
            CommitError::NewerFormat => "update karto; until then the workspace can be read",
            CommitError::ReadOnly { .. } => "take the protection away if the change is meant: `chmod u+w`",
            CommitError::Outside { .. } => "move the file into the workspace, or change it where it is",
            CommitError::Link { .. } => "mend or delete the link by hand",
            CommitError::SameFile { .. } => "change one at a time, or take the link away",
            CommitError::NotOurs { .. } => "move it away; .karto/ holds derived data only and is made anew",
            CommitError::Journal { trouble: JournalTrouble::Version, .. } => {
                "let that version finish it: run any command of it in this workspace"
            }
            CommitError::Journal { .. } => {
                "look at it and at the files that it names, then delete it; see docs/changes.md, \"How files are written\""
            }
            CommitError::Interrupted { next, .. } => match next {
                NextCommand::TakesBack => {
                    "mend what the system complains about; the next karto command then takes the change back"
                }
                NextCommand::CarriesOut => {
                    "mend what the system complains about; the next karto command then carries the change out"
                }
                NextCommand::DoesNothing => {
                    "all cards are as before, dot files `.karto-…` that are left can be deleted; mend what the system complains \
                     about, then run the command again"
                }
                NextCommand::Unknown => {
                    "mend what the system complains about; the next karto command then carries the change out or takes it \
                     back, and says which"
                }
            },
            CommitError::Io { .. } => "check that there is room on the disk and that you may write there",
        }
    }
}

/// What there is to tell of a commit that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// An earlier change that was interrupted, and was finished first.
    pub recovered: Option<Recovered>,
    /// What was saved by others in the very last moment, and where it is now.
    pub left: Vec<LeftBehind>,
}

impl Committed {
    /// Sentences for the user; usually none.
    pub fn notes(&self) -> Vec<String> {
        let recovered = self.recovered.iter().flat_map(Recovered::notes);
        recovered.chain(self.left.iter().map(ToString::to_string)).collect()
    }
}

/// What became of a change that was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// How it ended.
    pub end: RecoveryEnd,
    /// The files that are as this end wants them.
    pub files: Vec<SourcePath>,
    /// Those that could not be brought there.
    pub left: Vec<LeftBehind>,
}

/// How an interrupted change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecoveryEnd {
    /// It is carried out now.
    Finished,
    /// It was being taken back, and is now.
    TakenBack,
    /// It had not touched a file yet, and is forgotten.
    NotBegun,
}

impl Recovered {
    /// Sentences for the user.
    pub fn notes(&self) -> Vec<String> {
        let files = match self.files.as_slice() {
            [] => "no file".to_owned(),
            [one] => one.to_string(),
            many => format!("{} files", many.len()),
        };
        let what = match self.end {
            RecoveryEnd::Finished => format!("a change that was interrupted is carried out now: {files} written"),
            RecoveryEnd::TakenBack => format!("a change that was interrupted is taken back: {files} as before"),
            RecoveryEnd::NotBegun => "a change was interrupted before it touched a file; make it again".to_owned(),
        };
        std::iter::once(what).chain(self.left.iter().map(ToString::to_string)).collect()
    }
}

/// A file that could not be brought to where it should be without losing somebody's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// The file.
    pub path: SourcePath,
    /// Why it stays as it is.
    pub why: LeftReason,
    /// A file with the other text, left beside it.
    pub kept: Option<SourcePath>,
}

/// Why a file stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftReason {
    /// It is not what the change was made from any more.
    Changed,
    /// The text that was prepared for it is gone.
    Missing,
    /// The change was to be taken back, but something newer stands there.
    Newer,
    /// Something was saved to the earlier text in the last moment.
    Late,
}

impl fmt::Display for LeftBehind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why, kept } = self;
        match why {
            LeftReason::Changed => write!(f, "{path} has changed since and stays as it is")?,
            LeftReason::Missing => write!(f, "{path} stays as it is, for the text prepared for it is gone")?,
            LeftReason::Newer => write!(f, "{path} was changed again meanwhile and stays as it is")?,
            LeftReason::Late => write!(f, "{path} was saved by somebody else while it was changed")?,
        }
        match kept {
            Some(kept) => write!(f, "; the other text is kept in {kept}"),
            None => Ok(()),
        }
    }
}

fn names(paths: &[SourcePath]) -> String {
    paths.iter().map(SourcePath::as_str).collect::<Vec<_>>().join(", ")
}
