//! What is newly wrong, and what is no longer.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::text::SourcePath;
use crate::workspace::findings::Look;
use crate::workspace::{CardName, FileEvent, Mirror, SeenChange};

/// Why there are news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Files changed.
    Edits,
    /// The configuration or a schema changed, and every file was read again.
    Rules,
    /// Events had been lost, and everything was compared.
    Lost,
    /// It is another day.
    NewDay,
}

/// What changed, and what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Why.
    pub cause: Cause,
    /// By path; what concerns no file comes first.
    pub changes: Vec<Change>,
    /// How many files there are now.
    pub files: usize,
    /// How many findings.
    pub findings: usize,
}

/// Why a file is in the news.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The file is not what it was.
    File(FileEvent),
    /// It is as it was, but other findings hold for it.
    Affected,
}

/// One file of the news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file; `None` for what concerns none.
    pub path: Option<SourcePath>,
    /// What became of it.
    pub what: ChangeKind,
    /// How the card is called; `None` for a file that is no card, such as `karto.yaml`.
    pub card: Option<CardName>,
    /// What was not wrong before.
    pub findings: Vec<Diagnostic>,
    /// How many findings do not hold any more.
    pub mended: usize,
}

/// All findings of a moment, counted.
pub(super) struct Findings {
    day: NaiveDate,
    count: usize,
    /// By file, code and message: the place does not count, for it moves with every line that is written above it.
    known: BTreeMap<Option<SourcePath>, HashMap<(&'static str, String), usize>>,
}

impl Findings {
    pub(super) fn of(mirror: &Mirror, today: NaiveDate) -> Self {
        let mut findings = Self { day: today, count: 0, known: BTreeMap::new() };
        all(mirror, today).into_iter().for_each(|finding| findings.add(finding));
        findings
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The day on which they hold.
    pub(super) fn day(&self) -> NaiveDate {
        self.day
    }

    fn add(&mut self, finding: Diagnostic) {
        self.count += 1;
        let of_file = self.known.entry(finding.path).or_default();
        *of_file.entry((finding.code.as_str(), finding.message)).or_default() += 1;
    }

    /// Looks at the findings anew, and tells how they differ.
    pub(super) fn renew(&mut self, mirror: &Mirror, today: NaiveDate, changes: Vec<SeenChange>, cause: Cause) -> News {
        let now = all(mirror, today);
        let mut told: BTreeMap<Option<SourcePath>, Change> = BTreeMap::new();
        for SeenChange { path, how, card } in changes {
            // What was wrong with a file goes with it, and is not wrong any more with one that is gone.
            match &how {
                FileEvent::Renamed { from } => {
                    let before = self.known.remove(&Some(from.clone())).unwrap_or_default();
                    self.known.insert(Some(path.clone()), before);
                }
                FileEvent::Removed => {
                    self.known.remove(&Some(path.clone()));
                }
                _ => {}
            }
            let path = Some(path);
            told.insert(
                path.clone(),
                Change { path, what: ChangeKind::File(how), card: Some(card), findings: Vec::new(), mended: 0 },
            );
        }
        let mut renewed = Self { day: today, count: 0, known: BTreeMap::new() };
        for finding in now {
            renewed.add(finding.clone());
            let known = self.known.get_mut(&finding.path);
            let key = (finding.code.as_str(), finding.message.clone());
            match known.and_then(|known| known.get_mut(&key)).filter(|count| **count > 0) {
                Some(count) => *count -= 1,
                None => affected(&mut told, &finding.path, mirror).findings.push(finding),
            }
        }
        for (path, left) in &self.known {
            let mended: usize = left.values().sum();
            if mended > 0 {
                affected(&mut told, path, mirror).mended = mended;
            }
        }
        *self = renewed;
        News { cause, changes: told.into_values().collect(), files: mirror.files().len(), findings: self.count }
    }
}

fn affected<'t>(
    told: &'t mut BTreeMap<Option<SourcePath>, Change>,
    path: &Option<SourcePath>,
    mirror: &Mirror,
) -> &'t mut Change {
    told.entry(path.clone()).or_insert_with(|| Change {
        path: path.clone(),
        what: ChangeKind::Affected,
        card: path.as_ref().filter(|path| mirror.knows(path)).map(|path| mirror.name_of(path)),
        findings: Vec::new(),
        mended: 0,
    })
}

/// Everything that `karto validate` would say.
fn all(mirror: &Mirror, today: NaiveDate) -> Vec<Diagnostic> {
    let look = Look { today, me: None, strict: false };
    look.all(mirror.workspace().config(), mirror.catalog(), mirror.findings().cloned().collect())
}
