//! Fixes made in memory, round by round, each round looked at as `validate` would: what is mended must be gone, and
//! nothing may be wrong that was not before.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use crate::change::{self, Author, ChangeSet, Draft, FileChange, Mend, Names};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Card;
use crate::text::{LineIndex, SourcePath};
use crate::workspace::findings::{Key, Look, brought, tally};
use crate::workspace::{CONFIG_FILE, Snapshot, Workspace, config_path, is_rule};

/// So many times a set of fixes is tried. Each try looks at all cards, so that there must be an end; what has not had
/// its turn by then is still a finding, and the next run goes on with it.
const TRIES: usize = 200;

/// One fix that was made.
#[derive(Debug)]
pub(super) struct Mended {
    /// The file.
    pub(super) path: SourcePath,
    /// The line where it began, as the file was just before.
    pub(super) line: Option<usize>,
    /// What was done.
    pub(super) title: String,
    /// Its new place, where it was renamed.
    pub(super) renamed: Option<SourcePath>,
    /// True if a line of history was added.
    pub(super) tells_history: bool,
}

/// What was read after some fixes, and what is wrong then.
struct State {
    workspace: Option<Workspace>,
    snapshot: Option<Snapshot>,
    findings: Vec<Diagnostic>,
}

/// What can be mended without asking, tried in memory; nothing is written yet.
pub(super) struct Mending<'s> {
    workspace: &'s Workspace,
    snapshot: &'s Snapshot,
    look: Look<'s>,
    is_chosen: &'s dyn Fn(&SourcePath) -> bool,
    /// The workspace under mended rules, and what is read under them; `None` as long as these stay as they are.
    anew: Option<(Workspace, Snapshot)>,
    rules: ChangeSet,
    cards: ChangeSet,
    after: Option<Snapshot>,
    tries: usize,
    findings: Vec<Diagnostic>,
    done: Vec<Mended>,
    left: Vec<(Diagnostic, String)>,
}

/// The fixes of one round that could not be made.
#[derive(Default)]
struct Held {
    keys: HashSet<Key>,
    left: Vec<(Diagnostic, String)>,
}

impl Held {
    fn add(&mut self, mend: &Mend, why: String) {
        self.keys.insert(Key::of(&mend.finding));
        self.left.push((mend.finding.clone(), why));
    }
}

/// What a mending came to.
pub(super) struct Outcome {
    /// The files that would change.
    pub(super) changes: ChangeSet,
    /// What was mended, by file.
    pub(super) done: Vec<Mended>,
    /// What could have been mended and was not, with the reason.
    pub(super) left: Vec<(Diagnostic, String)>,
    /// What is wrong then, in all files.
    pub(super) findings: Vec<Diagnostic>,
    /// The workspace under mended rules; `None` if these stay as they are.
    pub(super) workspace: Option<Workspace>,
    /// What is read then; `None` if nothing changes.
    pub(super) snapshot: Option<Snapshot>,
}

impl<'s> Mending<'s> {
    /// Begins with the findings of what was read; only files that are chosen are mended.
    pub(super) fn new(
        workspace: &'s Workspace,
        snapshot: &'s Snapshot,
        look: Look<'s>,
        findings: Vec<Diagnostic>,
        is_chosen: &'s dyn Fn(&SourcePath) -> bool,
    ) -> Self {
        Self {
            workspace,
            snapshot,
            look,
            is_chosen,
            anew: None,
            rules: ChangeSet::default(),
            cards: ChangeSet::default(),
            after: None,
            tries: TRIES,
            findings,
            done: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Mends `karto.yaml`, then the cards; cards stay as they are while the rules can't be read, for nobody knows by which
    /// rules they would be mended.
    pub(super) fn mend(&mut self) {
        self.rounds(|path| path.as_str() == CONFIG_FILE);
        if !self.has_broken_rules() {
            self.rounds(|path| !is_rule(path));
        }
    }

    /// True if there are errors in `karto.yaml` or a schema.
    pub(super) fn has_broken_rules(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error && finding.path.as_ref().is_some_and(is_rule))
    }

    /// Makes fixes until there are none any more. What spoke against one may be mended by another, so those that could not
    /// be made have their turn again as long as anything changes.
    fn rounds(&mut self, which: fn(&SourcePath) -> bool) {
        loop {
            let done = self.done.len();
            let mut held = Held::default();
            while self.tries > 0 {
                let batch = self.batch(which, &mut held);
                if batch.is_empty() {
                    break;
                }
                self.settle(batch, &mut held);
            }
            if self.done.len() == done || held.left.is_empty() || self.tries == 0 {
                return self.left.extend(held.left);
            }
        }
    }

    /// The fixes whose turn it is: files that can't be read by themselves and first, for what shows only then must not
    /// hide what other fixes bring; renames last.
    fn batch(&self, which: fn(&SourcePath) -> bool, held: &mut Held) -> Vec<Mend> {
        let mut batch = change::mends(&self.findings);
        batch.retain(|mend| which(&mend.path) && (self.is_chosen)(&mend.path));
        batch.retain(|mend| !held.keys.contains(&Key::of(&mend.finding)));
        if batch.iter().any(|mend| mend.fix.rename.is_none()) {
            batch.retain(|mend| mend.fix.rename.is_none());
            if batch.iter().any(|mend| self.was_unreadable(&mend.path)) {
                batch.retain(|mend| self.was_unreadable(&mend.path));
            }
            return batch;
        }
        if batch.is_empty() {
            return batch;
        }
        let names = Names::of(&self.snapshot_now().catalog);
        let mut targets = HashSet::new();
        let mut free = Vec::new();
        for mend in batch {
            match self.rename_obstacle(&mend, &names, &mut targets) {
                Some(why) => held.add(&mend, why),
                None => free.push(mend),
            }
        }
        free
    }

    fn rename_obstacle(&self, mend: &Mend, names: &Names, targets: &mut HashSet<String>) -> Option<String> {
        let to = mend.fix.rename.as_ref()?;
        if !targets.insert(to.stem().to_lowercase()) {
            return Some("another card would get the same name".to_owned());
        }
        // A disk may hold what is no card, or take both names for one.
        let is_there = to.under(self.workspace.root()).symlink_metadata().is_ok();
        is_there.then(|| format!("{to} is there already")).or_else(|| names.obstacle(&mend.path, to))
    }

    /// Makes as much of a batch as can be made at once; what can't has its turn again with what is left then.
    fn settle(&mut self, mut batch: Vec<Mend>, held: &mut Held) {
        while let Some(next) = self.tries.checked_sub(1) {
            self.tries = next;
            let blame = match self.attempt(&batch) {
                Ok(()) => return,
                Err(blame) => blame,
            };
            if let [only] = batch.as_slice() {
                return held.add(only, blame.why);
            }
            let (bad, good) = parted(batch, &blame.mends);
            batch = if good.is_empty() { first_half(bad) } else { good };
        }
    }

    /// Makes fixes if nothing speaks against it.
    fn attempt(&mut self, batch: &[Mend]) -> Result<(), Blame> {
        let mut by_file: BTreeMap<&SourcePath, Vec<(usize, &Mend)>> = BTreeMap::new();
        for (at, mend) in batch.iter().enumerate() {
            by_file.entry(&mend.path).or_default().push((at, mend));
        }
        let mut trial = Trial { batch, files: Vec::new() };
        let mut changes = ChangeSet::default();
        let mut titles = Vec::new();
        for (path, mends) in by_file {
            let of_file: Vec<usize> = mends.iter().map(|(at, _)| *at).collect();
            let blame = |why: String| Blame { mends: of_file.clone(), why };
            let before = self.bytes_now(path).map_err(blame)?;
            let (after, places) = change::mended(&before, mends.iter().map(|(_, mend)| *mend))
                .map_err(|error| blame(error.to_string()))?;
            let lines = LineIndex::new(&String::from_utf8_lossy(&before));
            titles.extend(mends.iter().map(|(_, mend)| said(mend, &lines)));
            let rename = mends.iter().find_map(|(_, mend)| mend.fix.rename.clone());
            match &rename {
                Some(to) => {
                    changes.add(path.clone(), FileChange { before: Some(before), after: None });
                    changes.add(to.clone(), FileChange { before: None, after: Some(after) });
                }
                None => changes.add(path.clone(), FileChange { before: Some(before), after: Some(after) }),
            }
            let was_unreadable = self.was_unreadable(path);
            trial.files.push(TriedFile { path: path.clone(), rename, mends: of_file, places, was_unreadable });
        }
        let state = self.foresee(&changes);
        trial.judge(&self.findings, &state.findings)?;
        self.adopt(state, &changes);
        self.done.extend(titles);
        Ok(())
    }

    /// What would be read and wrong after changes on top of those so far.
    fn foresee(&self, changes: &ChangeSet) -> State {
        let rules = changes.get(&config_path()).and_then(|change| change.after.clone());
        if let Some(rules) = rules {
            let workspace = self.workspace.with_rules(rules);
            // What can't be walked any more shows when it is written.
            let snapshot = workspace.load().ok();
            let findings = snapshot.as_ref().map_or_else(Vec::new, |read| self.look.findings(&workspace, read));
            return State { workspace: Some(workspace), snapshot, findings };
        }
        let (workspace, base) = self.base();
        let mut all = self.cards.clone();
        changes.files().for_each(|(path, change)| all.add(path.clone(), change.clone()));
        let snapshot = workspace.foresee(base, &all);
        let findings = self.look.findings(workspace, &snapshot);
        State { workspace: None, snapshot: Some(snapshot), findings }
    }

    fn adopt(&mut self, state: State, changes: &ChangeSet) {
        let to = if state.workspace.is_some() { &mut self.rules } else { &mut self.cards };
        changes.files().for_each(|(path, change)| to.add(path.clone(), change.clone()));
        self.findings = state.findings;
        match (state.workspace, state.snapshot) {
            (Some(workspace), Some(snapshot)) => self.anew = Some((workspace, snapshot)),
            (_, snapshot) => self.after = snapshot,
        }
    }

    /// The rules, and what was read under them before any card was mended.
    fn base(&self) -> (&Workspace, &Snapshot) {
        self.anew.as_ref().map_or((self.workspace, self.snapshot), |(workspace, snapshot)| (workspace, snapshot))
    }

    fn snapshot_now(&self) -> &Snapshot {
        self.after.as_ref().unwrap_or(self.base().1)
    }

    fn was_unreadable(&self, path: &SourcePath) -> bool {
        let is_error =
            |finding: &Diagnostic| finding.severity == Severity::Error && finding.path.as_ref() == Some(path);
        match is_rule(path) {
            true => self.findings.iter().any(is_error),
            false => self.snapshot_now().catalog.unreadable().binary_search(path).is_ok(),
        }
    }

    /// What a file holds after the fixes so far. A file that somebody has changed since it was read is left alone: its
    /// findings speak of other bytes.
    fn bytes_now(&self, path: &SourcePath) -> Result<Vec<u8>, String> {
        if let Some(change) = self.cards.get(path).or_else(|| self.rules.get(path)) {
            return change.after.clone().ok_or_else(|| "it has another name now".to_owned());
        }
        let bytes = self.workspace.bytes_of(path).map_err(|error| error.to_string())?;
        match is_rule(path) || self.is_as_read(path, &bytes) {
            true => Ok(bytes),
            false => Err("it has been changed meanwhile".to_owned()),
        }
    }

    /// True if a file that holds these bytes is the one that was read.
    fn is_as_read(&self, path: &SourcePath, bytes: &[u8]) -> bool {
        let (workspace, base) = self.base();
        let catalog = &base.catalog;
        let (card, mut own) = workspace.read(path, bytes);
        let is_known = match &card {
            Card::Record(record) => catalog.index(record).is_some_and(|index| catalog.record(index) == record),
            Card::Note(note) => catalog
                .notes()
                .binary_search_by(|other| other.path.cmp(path))
                .is_ok_and(|at| catalog.notes().get(at) == Some(note)),
            Card::Unreadable(path) => catalog.unreadable().binary_search(path).is_ok(),
        };
        own.retain(|finding| self.look.strict || finding.severity > Severity::Note);
        own.sort_by(|a, b| (a.span, a.code.as_str()).cmp(&(b.span, b.code.as_str())));
        let from = self.findings.partition_point(|finding| finding.path.as_ref() < Some(path));
        let mut known = self.findings.iter().skip(from).take_while(|finding| finding.path.as_ref() == Some(path));
        is_known && own.iter().all(|finding| known.any(|known| known == finding))
    }

    /// Adds the line of history of this moment to every chosen card that was changed by hand.
    pub(super) fn catch_up(&mut self, author: &Author) {
        if self.has_broken_rules() {
            return;
        }
        let behind = self.snapshot_now().catalog.records().filter(|record| !record.behind.is_empty());
        let paths: Vec<SourcePath> =
            behind.map(|record| record.path.clone()).filter(|path| (self.is_chosen)(path)).collect();
        let told: Vec<(SourcePath, FileChange, String)> =
            paths.into_iter().filter_map(|path| self.told(path, author)).collect();
        let mut batch = told;
        while !batch.is_empty() && self.tries > 0 {
            self.tries -= 1;
            let mut changes = ChangeSet::default();
            batch.iter().for_each(|(path, change, _)| changes.add(path.clone(), change.clone()));
            let state = self.foresee(&changes);
            let errors = brought(&self.findings, &state.findings).into_iter().filter(is_error);
            let wrong: HashMap<Option<SourcePath>, Diagnostic> =
                errors.map(|finding| (finding.path.clone(), finding)).collect();
            if wrong.is_empty() {
                self.adopt(state, &changes);
                let done = batch.into_iter().map(|(path, _, title)| Mended {
                    path,
                    line: None,
                    title,
                    renamed: None,
                    tells_history: true,
                });
                return self.done.extend(done);
            }
            let count = batch.len();
            batch.retain(|(path, ..)| !wrong.contains_key(&Some(path.clone())));
            self.left.extend(wrong.into_values().map(|finding| {
                let why = format!("its line of history would bring an error: {}", finding.message);
                (finding, why)
            }));
            if batch.len() == count {
                return;
            }
        }
    }

    /// The change that adds a line of history; `None` where it can't be made, with the reason kept.
    fn told(&mut self, path: SourcePath, author: &Author) -> Option<(SourcePath, FileChange, String)> {
        let before = self.bytes_now(&path);
        let line = before.and_then(|before| {
            let (workspace, _) = self.base();
            let told = Draft::open(path.clone(), before, workspace.config()).and_then(|mut draft| {
                let line = change::catch_up(&mut draft, None, author)?;
                Ok(line.map(|line| (line.write(), draft.into_change().1)))
            });
            told.map_err(|refusal| refusal.to_string())
        });
        match line {
            Ok(line) => line.map(|(line, change)| (path, change, format!("add the history line `{line}`"))),
            Err(why) => {
                let is_its = |finding: &&Diagnostic| {
                    finding.path.as_ref() == Some(&path) && finding.code == crate::model::codes::HISTORY_DISAGREES
                };
                let finding = self.findings.iter().find(is_its).cloned();
                self.left.extend(finding.map(|finding| (finding, why)));
                None
            }
        }
    }

    /// What it came to.
    pub(super) fn into_outcome(mut self) -> Outcome {
        let mut changes = self.rules;
        self.cards.files().for_each(|(path, change)| changes.add(path.clone(), change.clone()));
        let (workspace, anew) = self.anew.unzip();
        self.done.sort_by(|a, b| a.path.cmp(&b.path));
        let snapshot = self.after.or(anew);
        Outcome { changes, done: self.done, left: self.left, findings: self.findings, workspace, snapshot }
    }
}

/// Fixes that were tried, and where they stand now.
struct Trial<'b> {
    batch: &'b [Mend],
    /// By path.
    files: Vec<TriedFile>,
}

struct TriedFile {
    path: SourcePath,
    rename: Option<SourcePath>,
    /// Its fixes, by their places in the batch.
    mends: Vec<usize>,
    /// Where the new text stands.
    places: Vec<Range<usize>>,
    was_unreadable: bool,
}

/// Why fixes are not made: which ones of a batch, as far as that can be told, and the reason.
struct Blame {
    mends: Vec<usize>,
    why: String,
}

impl Trial<'_> {
    /// Whether all that was to be mended is gone and nothing is wrong that was not. What shows only because a file can be
    /// read again was wrong before; but the mended place itself must be right.
    fn judge(&self, before: &[Diagnostic], after: &[Diagnostic]) -> Result<(), Blame> {
        let renamed: HashMap<&SourcePath, &SourcePath> =
            self.files.iter().filter_map(|file| Some((file.rename.as_ref()?, &file.path))).collect();
        let old_name = |path: &Option<SourcePath>| {
            path.as_ref().map(|path| SourcePath::clone(renamed.get(path).copied().unwrap_or(path)))
        };
        let key = |finding: &Diagnostic| Key::in_file(finding, old_name(&finding.path));
        let mut known = tally(before.iter().map(key));
        let now = tally(after.iter().map(key));
        self.check_gone(&known, &now)?;
        let some_show_again = self.files.iter().any(|file| file.was_unreadable);
        for finding in after {
            match known.get_mut(&key(finding)) {
                Some(count) if *count > 0 => *count -= 1,
                _ if finding.severity < Severity::Error => {}
                _ => {
                    let path = old_name(&finding.path);
                    let file = path.and_then(|path| self.files.binary_search_by(|file| file.path.cmp(&path)).ok());
                    let file = file.and_then(|at| self.files.get(at));
                    let why = || format!("it would bring an error: {}", finding.message);
                    match file {
                        Some(file) if file.was_unreadable && !file.is_at(finding) => {}
                        Some(file) => return Err(Blame { mends: file.mends.clone(), why: why() }),
                        None if some_show_again => {}
                        None => return Err(Blame { mends: (0..self.batch.len()).collect(), why: why() }),
                    }
                }
            }
        }
        Ok(())
    }

    fn check_gone(&self, before: &HashMap<Key, usize>, after: &HashMap<Key, usize>) -> Result<(), Blame> {
        let count = |tally: &HashMap<Key, usize>, key: &Key| tally.get(key).copied().unwrap_or_default();
        let mut mended: BTreeMap<(&SourcePath, String), (Key, Vec<usize>)> = BTreeMap::new();
        for (at, mend) in self.batch.iter().enumerate() {
            let name = format!("{} {}", mend.finding.code, mend.finding.message);
            let entry = mended.entry((&mend.path, name)).or_insert_with(|| (Key::of(&mend.finding), Vec::new()));
            entry.1.push(at);
        }
        for (key, mends) in mended.into_values() {
            if count(before, &key) < count(after, &key) + mends.len() {
                return Err(Blame { mends, why: "it would not mend it".to_owned() });
            }
        }
        Ok(())
    }
}

impl TriedFile {
    /// True if a finding is about what was just written.
    fn is_at(&self, finding: &Diagnostic) -> bool {
        let Some(span) = finding.span else { return false };
        let first = self.places.partition_point(|place| place.end <= span.start());
        self.places.get(first).is_some_and(|place| place.start < span.end())
    }
}

fn said(mend: &Mend, lines: &LineIndex) -> Mended {
    let start = mend.fix.edits.iter().map(|edit| edit.span.start()).min();
    let line = start.map(|start| lines.line(start));
    let title = match &mend.fix.rename {
        Some(to) if !mend.fix.title.contains(to.as_str()) => format!("{}: {to}", mend.fix.title),
        _ => mend.fix.title.clone(),
    };
    Mended { path: mend.path.clone(), line, title, renamed: mend.fix.rename.clone(), tells_history: false }
}

/// The blamed ones, and the others.
fn parted(batch: Vec<Mend>, blamed: &[usize]) -> (Vec<Mend>, Vec<Mend>) {
    let blamed: HashSet<usize> = blamed.iter().copied().collect();
    let (bad, good): (Vec<_>, Vec<_>) = batch.into_iter().enumerate().partition(|(at, _)| blamed.contains(at));
    let bare = |list: Vec<(usize, Mend)>| list.into_iter().map(|(_, mend)| mend).collect();
    (bare(bad), bare(good))
}

fn first_half(mut batch: Vec<Mend>) -> Vec<Mend> {
    batch.truncate(batch.len().div_ceil(2));
    batch
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_cannot_be_read_have_their_turn_first_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let card = |name: &str| format!("---\ntype: lead\nname: {name}\nstage: new\nphone: +48600100200\n---\n");
        let files = [("karto.yaml", String::new()), ("leads/a.md", card("A")), ("leads/b.md", card("Re: offer"))];
        std::fs::create_dir(folder.path().join("leads")).unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        let workspace = Workspace::open(folder.path()).unwrap();
        let snapshot = workspace.load().unwrap();
        let look = Look { today: chrono::NaiveDate::default(), me: None, strict: false };
        let findings = look.findings(&workspace, &snapshot);
        let mut mending = Mending::new(&workspace, &snapshot, look, findings, &|_| true);
        let mut held = Held::default();
        let paths = |batch: &[Mend]| batch.iter().map(|mend| mend.path.to_string()).collect::<Vec<_>>();

        let batch = mending.batch(|_| true, &mut held);
        assert_eq!(paths(&batch), ["leads/b.md"]);
        mending.settle(batch, &mut held);
        assert_eq!(paths(&mending.batch(|_| true, &mut held)), ["leads/a.md", "leads/b.md"]);
    }
}
