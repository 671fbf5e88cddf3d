//! `.karto-commit`: what is being done, so that it can be finished if the process dies.
//!
//! A line `karto-commit 1 CHECKSUM`, then JSON. It holds no contents, only where they are: the text that a file is to
//! have lies in a temporary beside it, and once the two have changed places, the text that it had.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::JournalTrouble;
use super::place::is_writable_place;
use crate::text::{SourcePath, SourcePathError};

/// The journal's name, at the root.
pub(super) const NAME: &str = ".karto-commit";

const MAGIC: &str = "karto-commit ";
/// To be raised with every change of meaning.
const VERSION: &str = "1";
/// The longest label of a temporary; 255 bytes is what file systems allow a name.
const LABEL: usize = 200;

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) phase: Phase,
    /// Tells this change's temporaries from all others: 16 hexadecimal digits.
    token: String,
    /// Folders that are made for it, the outer before the inner.
    pub(super) folders: Vec<SourcePath>,
    /// The files, in the order in which they are applied: what is made, what is changed, what goes. So a card that takes
    /// the place of another is there before that one goes.
    pub(super) entries: Vec<Entry>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Phase {
    /// The temporaries are being written; no file has been touched.
    Prepare,
    /// The temporaries are whole, and change places with the files.
    Apply,
    /// A file had changed in the last instant, or the system refused: what was applied is being taken back.
    Back,
}

/// What is to become of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The file itself, never a link to it.
    pub(super) path: SourcePath,
    /// What it held; `None` if it was not there.
    pub(super) before: Option<Digest>,
    /// What it is to hold; `None` if it is to go.
    pub(super) after: Option<Digest>,
    /// A dot file beside it, which no reader takes for a card.
    pub(super) temporary: SourcePath,
    /// Where the file waits for a moment on file systems that can't exchange names.
    pub(super) aside: SourcePath,
}

/// Stands for the contents of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Digest(String);

/// The journal as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    phase: Phase,
    token: String,
    folders: Vec<String>,
    files: Vec<WrittenFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    path: String,
    before: Option<Digest>,
    after: Option<Digest>,
}

impl Digest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(format!("{}-{:032x}", bytes.len(), xxh3_128(bytes)))
    }
}

impl Entry {
    pub(super) fn new(
        token: &str,
        path: SourcePath,
        before: Option<Digest>,
        after: Option<Digest>,
    ) -> Result<Self, SourcePathError> {
        let beside = |what: &str| {
            let name = format!(".karto-{token}{what}.{}", label(path.file_name()));
            SourcePath::new(if path.folder().is_empty() { name } else { format!("{}/{name}", path.folder()) })
        };
        let (temporary, aside) = (beside("")?, beside("-old")?);
        Ok(Self { path, before, after, temporary, aside })
    }

    fn order(&self) -> u8 {
        match (&self.before, &self.after) {
            (None, _) => 0,
            (_, Some(_)) => 1,
            (_, None) => 2,
        }
    }
}

impl Journal {
    /// A change of these files that is about to be prepared.
    pub(super) fn new(token: String, folders: Vec<SourcePath>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(Entry::order);
        Self { phase: Phase::Prepare, token, folders, entries }
    }

    /// The journal as text.
    pub(super) fn encode(&self) -> Vec<u8> {
        let file = |entry: &Entry| WrittenFile {
            path: entry.path.to_string(),
            before: entry.before.clone(),
            after: entry.after.clone(),
        };
        let written = Written {
            phase: self.phase,
            token: self.token.clone(),
            folders: self.folders.iter().map(ToString::to_string).collect(),
            files: self.entries.iter().map(file).collect(),
        };
        // Structs of strings can't fail to become JSON.
        let mut json = serde_json::to_string_pretty(&written).unwrap_or_default();
        json.push('\n');
        format!("{MAGIC}{VERSION} {:032x}\n{json}", xxh3_128(json.as_bytes())).into_bytes()
    }

    /// Reads a journal. It may come from anywhere, with a repository for example, so nothing in it is believed: its
    /// paths must be such as a commit has.
    ///
    /// # Errors
    /// [`JournalTrouble`].
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, JournalTrouble> {
        let text = std::str::from_utf8(bytes).map_err(|_| JournalTrouble::Torn)?;
        let (head, json) = text.split_once('\n').ok_or(JournalTrouble::Torn)?;
        let head = head.strip_prefix(MAGIC).and_then(|head| head.split_once(' '));
        let (version, sum) = head.ok_or(JournalTrouble::Torn)?;
        if version != VERSION {
            return Err(JournalTrouble::Version);
        }
        if sum != format!("{:032x}", xxh3_128(json.as_bytes())) {
            return Err(JournalTrouble::Torn);
        }
        serde_json::from_str::<Written>(json).map_err(|_| JournalTrouble::Version)?.check()
    }
}

impl Written {
    fn check(self) -> Result<Journal, JournalTrouble> {
        if self.token.len() != 16 || !self.token.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(JournalTrouble::Unsafe(self.token));
        }
        let mut seen = HashSet::new();
        let mut sound = |path: String| match SourcePath::new(&path) {
            Ok(sound) if sound.as_str() == path && is_writable_place(&sound) && seen.insert(sound.clone()) => Ok(sound),
            _ => Err(JournalTrouble::Unsafe(path)),
        };
        let folders = self.folders.into_iter().map(&mut sound).collect::<Result<_, _>>()?;
        let entry = |file: WrittenFile| {
            let path = sound(file.path.clone())?;
            let entry = Entry::new(&self.token, path, file.before, file.after);
            entry.ok().filter(|entry| entry.before != entry.after).ok_or(JournalTrouble::Unsafe(file.path))
        };
        let entries = self.files.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Journal { phase: self.phase, token: self.token, folders, entries })
    }
}

/// A name as far as it fits, made unique where it is cut.
fn label(name: &str) -> String {
    if name.len() <= LABEL {
        return name.to_owned();
    }
    let end = (0..=LABEL - 33).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!("{}~{:032x}", name.get(..end).unwrap_or_default(), xxh3_128(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn journal() -> Journal {
        let entry = |name: &str, before: Option<&str>, after: Option<&str>| {
            let digest = |text: &str| Digest::of(text.as_bytes());
            Entry::new(TOKEN, path(name), before.map(digest), after.map(digest)).unwrap()
        };
        let entries = vec![
            entry("leads/gone.md", Some("1"), None),
            entry("clients/zażółć.md", Some("1"), Some("2")),
            entry("new/a.md", None, Some("2")),
        ];
        Journal::new(TOKEN.into(), vec![path("new")], entries)
    }

    /// The journal with one text in its JSON put in another's place, and the checksum made right.
    fn with(old: &str, new: &str) -> Vec<u8> {
        let text = String::from_utf8(journal().encode()).unwrap();
        let json = text.split_once('\n').unwrap().1.replacen(old, new, 1);
        format!("{MAGIC}{VERSION} {:032x}\n{json}", xxh3_128(json.as_bytes())).into_bytes()
    }

    #[test]
    fn what_is_written_is_read_and_what_is_made_comes_first() {
        let journal = journal();
        assert_eq!(Journal::decode(&journal.encode()), Ok(journal.clone()));
        let order: Vec<&str> = journal.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(order, ["new/a.md", "clients/zażółć.md", "leads/gone.md"]);
        assert_eq!(journal.entries[0].temporary.as_str(), "new/.karto-0123456789abcdef.a.md");
    }

    #[test]
    fn a_torn_one_is_known_wherever_it_is_torn() {
        let bytes = journal().encode();
        for end in 0..bytes.len() {
            assert_eq!(Journal::decode(&bytes[..end]), Err(JournalTrouble::Torn), "cut at {end}");
        }
        let zeros = vec![0; bytes.len()];
        assert_eq!(Journal::decode(&zeros), Err(JournalTrouble::Torn));
    }

    #[test]
    fn hostile_paths_are_refused() {
        let hostile = [
            "../../etc/passwd",
            "/etc/passwd",
            ".git/hooks/post-checkout",
            "a/.GIT/config",
            ".karto/lock",
            ".karto-commit",
            "a/.karto-0123456789abcdef.b.md",
            "./a.md",
            "a//b.md",
            "",
            "new",
        ];
        for path in hostile {
            let found = Journal::decode(&with("new/a.md", path));
            assert_eq!(found, Err(JournalTrouble::Unsafe(path.into())), "{path:?}");
        }
        let found = Journal::decode(&with(TOKEN, "../../../../../ab"));
        assert!(matches!(found, Err(JournalTrouble::Unsafe(_))));
    }

    #[test]
    fn another_version_is_left_to_that_version() {
        let text = String::from_utf8(journal().encode()).unwrap();
        let newer = text.replacen("karto-commit 1", "karto-commit 2", 1);
        assert_eq!(Journal::decode(newer.as_bytes()), Err(JournalTrouble::Version));
        assert_eq!(Journal::decode(&with("\"phase\"", "\"stage\"")), Err(JournalTrouble::Version));
    }

    #[test]
    fn long_names_are_cut_but_stay_different() {
        let (one, other) = (format!("{}1.md", "ł".repeat(120)), format!("{}2.md", "ł".repeat(120)));
        assert!(label(&one).len() <= LABEL);
        assert_ne!(label(&one), label(&other));
        assert_eq!(label("acme.md"), "acme.md");
    }
}
