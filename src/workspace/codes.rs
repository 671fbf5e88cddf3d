//! The findings of reading the disk.

use crate::diagnostic::{Code, codes};

/// Every code that a finding can have.
pub fn all() -> impl Iterator<Item = Code> {
    crate::check::all_codes().chain(ALL.iter().copied())
}

codes! {
    INCLUDE_GLOB = Error "include-glob", "A pattern under `include:` can't be understood",
        "`include:` in karto.yaml narrows the workspace to the files that its patterns name, such as `leads/**` or \
         `20??/*.md`. This one has a mistake and is left out; if it was the only one, all files are read.";
    FILE_UNREADABLE = Error "file-unreadable", "A file can't be read from the disk",
        "The system refused to give the file's bytes, most often because its permissions do not allow it. The card is \
         left out of every answer until it can be read.";
    FILE_NAME = Error "file-name", "A file's name is not plain text",
        "The name holds bytes that are not UTF-8, or control characters, so it could not be shown or linked to. \
         Rename the file; until then it is left out of every answer.";
    LINK_OUTSIDE = Warning "link-outside", "A symbolic link leads out of the workspace",
        "What lies outside is never read, so that a workspace that came from somebody else can't show your own files. \
         Move the file into the workspace, or take the link away.";
}
