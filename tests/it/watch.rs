//! The watch: by events that a test makes up, by those of the system, and as a process.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::NaiveDate;
use karto::catalog::Catalog;
use karto::watch::{Change, Event, FolderEvents, Signal, Source, Stop, WatchError, What, watch};
use karto::workspace::fulltext::{FullTextIndex, IndexStatus};
use karto::workspace::{Look, Mirror, Workspace};
use proptest::prelude::*;
use tempfile::TempDir;

/// How long a test waits for what must come; nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(60);

const ACME: &str = "---\ntype: client\nname: Acme Trade\nowner: anna\nstage: active\n---\n";
const BORSOD: &str = "---\ntype: client\nname: Borsod Zrt.\nowner: anna\nstage: active\n---\n";

/// A workspace on the disk.
struct Shop {
    folder: TempDir,
    root: PathBuf,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("crm");
        let shop = Self { folder, root };
        shop.write("karto.yaml", "people: {anna: {name: Anna}, piotr: {name: Piotr}}\n");
        shop.write("clients/acme.md", ACME);
        shop.write("clients/borsod.md", BORSOD);
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn workspace(&self) -> Workspace {
        Workspace::open(&self.root).unwrap()
    }

    fn index_status(&self) -> IndexStatus {
        let workspace = self.workspace();
        let snapshot = workspace.load().unwrap();
        FullTextIndex::new(&workspace, &snapshot.catalog).status().unwrap()
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// A change as a test reads it: `changed clients/acme.md [person-unknown] mended 1`.
fn shown(change: &Change) -> String {
    let what = match &change.what {
        What::Added => "added".to_owned(),
        What::Changed => "changed".to_owned(),
        What::Removed => "removed".to_owned(),
        What::Renamed { from } => format!("renamed {from} to"),
        What::Affected => "affected".to_owned(),
        other => panic!("{other:?}"),
    };
    let path = change.path.as_ref().map_or("-", |path| path.as_str());
    let codes: Vec<&str> = change.findings.iter().map(|finding| finding.code.as_str()).collect();
    let codes = if codes.is_empty() { String::new() } else { format!(" [{}]", codes.join(" ")) };
    let mended = if change.mended == 0 { String::new() } else { format!(" mended {}", change.mended) };
    format!("{what} {path}{codes}{mended}")
}

fn lines(event: &Event<'_>) -> Vec<String> {
    match event {
        Event::Ready { files, findings } => vec![format!("ready {files} {findings}")],
        Event::News(news) => {
            let cause = format!("news {:?}", news.cause);
            std::iter::once(cause).chain(news.changes.iter().map(shown)).collect()
        }
        Event::Lost => vec!["lost".to_owned()],
        Event::Polling { .. } => vec!["polling".to_owned()],
        Event::NoIndex(error) => vec![format!("no index: {error}")],
        other => panic!("{other:?}"),
    }
}

// ---- events that the test makes up

/// What happens, and what is told of it.
type Step = Box<dyn FnOnce(&Shop) -> Vec<Signal>>;

/// Does a step whenever the watch has nothing left to do, then tells the signals of it; ends after the last.
struct Script<'s> {
    shop: &'s Shop,
    steps: VecDeque<Step>,
    signals: VecDeque<Signal>,
    watched: BTreeSet<PathBuf>,
}

impl Source for Script<'_> {
    fn watch(&mut self, folder: &Path) {
        self.watched.insert(folder.to_owned());
    }

    fn forget(&mut self, folder: &Path) {
        self.watched.remove(folder);
    }

    fn next(&mut self, wait: Duration) -> Option<Signal> {
        if let Some(signal) = self.signals.pop_front() {
            return Some(signal);
        }
        if wait < Duration::from_secs(1) {
            thread::sleep(wait);
            return None;
        }
        let Some(step) = self.steps.pop_front() else { return Some(Signal::Stop) };
        self.signals = step(self.shop).into();
        None
    }
}

/// What is told of these steps, and which folders are watched at the end, as seen from the root.
fn told(shop: &Shop, steps: Vec<Step>) -> (Vec<String>, Vec<String>, Result<(), WatchError>) {
    let mut script = Script { shop, steps: steps.into(), signals: VecDeque::new(), watched: BTreeSet::new() };
    let mut told = Vec::new();
    let mut tell = |event: &Event<'_>, _: &Workspace| {
        told.extend(lines(event));
        ControlFlow::Continue(())
    };
    let result = watch(shop.workspace(), &mut script, &|_| day(), &mut tell);
    let watched = script.watched.iter().map(|folder| folder.strip_prefix(&shop.root).unwrap().display().to_string());
    (told, watched.collect(), result)
}

fn touched(shop: &Shop, paths: &[&str]) -> Vec<Signal> {
    paths.iter().map(|path| Signal::Touched(shop.path(path))).collect()
}

/// A file is written, and that is told.
fn writes(path: &'static str, text: &'static str) -> Step {
    Box::new(move |shop| {
        shop.write(path, text);
        touched(shop, &[path])
    })
}

fn does(act: impl FnOnce(&Shop) -> Vec<Signal> + 'static) -> Step {
    Box::new(act)
}

#[test]
fn a_changed_card_is_told_with_what_is_newly_wrong_and_what_no_longer() {
    let shop = Shop::new();
    let steps = vec![
        writes("clients/acme.md", "---\ntype: client\nname: Acme Trade\nowner: ann\nstage: active\n---\n"),
        // The line moves, but it is the same finding.
        writes("clients/acme.md", "---\n# a remark\ntype: client\nname: Acme\nowner: ann\nstage: active\n---\n"),
        writes("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: actve\n---\n"),
        writes("clients/acme.md", ACME),
    ];
    let expected = [
        "ready 2 0",
        "news Edits",
        "changed clients/acme.md [person-unknown]",
        "news Edits",
        "changed clients/acme.md",
        "news Edits",
        "changed clients/acme.md [stage-unknown] mended 1",
        "news Edits",
        "changed clients/acme.md mended 1",
    ];
    assert_eq!(told(&shop, steps).0, expected);
    assert_eq!(shop.index_status().stale, 0);
}

#[test]
fn other_cards_are_told_where_the_change_concerns_them() {
    let shop = Shop::new();
    shop.write("leads/mill.md", "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\nSee [[acme]].\n");
    let steps = vec![
        does(|shop| {
            fs::remove_file(shop.path("clients/acme.md")).unwrap();
            touched(shop, &["clients/acme.md"])
        }),
        writes("clients/acme.md", ACME),
    ];
    let expected = [
        "ready 3 0",
        "news Edits",
        "removed clients/acme.md",
        "affected leads/mill.md [link-dangling]",
        "news Edits",
        "added clients/acme.md",
        "affected leads/mill.md mended 1",
    ];
    assert_eq!(told(&shop, steps).0, expected);
}

#[test]
fn what_changes_nothing_is_not_told() {
    let shop = Shop::new();
    shop.write(".gitignore", "*.tmp.md\ncache/\n");
    let steps = vec![
        writes("clients/acme.md", ACME),
        writes("clients/draft.tmp.md", "not ours"),
        writes("cache/deep/note.md", "not ours either"),
        writes("clients/.acme.md.swp", "an editor's own"),
        writes("templates/client.md", "---\ntype: client\n---\n"),
        does(|shop| touched(shop, &["clients/nothing.md", "clients", "nowhere/at/all.md"])),
    ];
    let (told, watched, result) = told(&shop, steps);
    assert_eq!(told, ["ready 2 0"]);
    assert_eq!(watched, ["", "clients"]);
    assert!(result.is_ok());
}

#[test]
fn a_new_folder_is_looked_into_and_watched() {
    let shop = Shop::new();
    let steps = vec![
        does(|shop| {
            shop.write("leads/2026/mill.md", "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\n");
            // What is in it was written before anybody watched.
            touched(shop, &["leads"])
        }),
        does(|shop| {
            fs::rename(shop.path("leads"), shop.path("prospects")).unwrap();
            touched(shop, &["leads", "prospects"])
        }),
        does(|shop| {
            fs::remove_dir_all(shop.path("prospects")).unwrap();
            touched(shop, &["prospects"])
        }),
    ];
    let (told, watched, _) = told(&shop, steps);
    let expected = [
        "ready 2 0",
        "news Edits",
        "added leads/2026/mill.md",
        "news Edits",
        "renamed leads/2026/mill.md to prospects/2026/mill.md",
        "news Edits",
        "removed prospects/2026/mill.md",
    ];
    assert_eq!(told, expected);
    assert_eq!(watched, ["", "clients"]);
}

#[test]
fn other_rules_are_told_and_everything_is_read_again() {
    let shop = Shop::new();
    let steps = vec![
        writes("karto.yaml", "people: {piotr: {name: Piotr}}\n"),
        // Saved once more without a change.
        writes("karto.yaml", "people: {piotr: {name: Piotr}}\n"),
    ];
    let expected = [
        "ready 2 0",
        "news Rules",
        "affected clients/acme.md [person-unknown]",
        "affected clients/borsod.md [person-unknown]",
    ];
    assert_eq!(told(&shop, steps).0, expected);
}

#[test]
fn a_gitignore_takes_cards_away_and_gives_them_back() {
    let shop = Shop::new();
    let steps = vec![
        writes(".gitignore", "clients/b*\n"),
        does(|shop| {
            fs::remove_file(shop.path(".gitignore")).unwrap();
            touched(shop, &[".gitignore"])
        }),
    ];
    let expected = ["ready 2 0", "news Edits", "removed clients/borsod.md", "news Edits", "added clients/borsod.md"];
    assert_eq!(told(&shop, steps).0, expected);
}

#[test]
fn lost_events_lose_nothing() {
    let shop = Shop::new();
    let steps = vec![does(|shop| {
        shop.write("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: active\n---\n");
        shop.write("clients/new.md", "---\ntype: client\nname: New\nowner: anna\nstage: active\n---\n");
        fs::remove_file(shop.path("clients/borsod.md")).unwrap();
        vec![Signal::Lost, Signal::Lost]
    })];
    let expected = [
        "ready 2 0",
        "lost",
        "news Lost",
        "changed clients/acme.md",
        "added clients/new.md",
        // What is gone is told only when it is certain.
        "news Edits",
        "removed clients/borsod.md",
    ];
    assert_eq!(told(&shop, steps).0, expected);
}

#[test]
fn a_checkout_is_told_at_once() {
    let shop = Shop::new();
    let steps = vec![does(|shop| {
        let paths = (0..2000).map(|number| {
            let path = format!("leads/lead-{number}.md");
            shop.write(&path, "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\n");
            Signal::Touched(shop.path(&path))
        });
        paths.collect()
    })];
    let (told, _, _) = told(&shop, steps);
    assert_eq!(told.iter().filter(|line| line.starts_with("added ")).count(), 2000);
    let status = shop.index_status();
    assert_eq!((status.stale, status.documents), (0, 2002));
}

#[test]
fn a_watch_ends_when_its_folder_is_gone() {
    let shop = Shop::new();
    let steps = vec![does(|shop| {
        fs::remove_dir_all(&shop.root).unwrap();
        touched(shop, &[""])
    })];
    let (told, _, result) = told(&shop, steps);
    assert_eq!(told, ["ready 2 0"]);
    assert!(matches!(result, Err(WatchError::Gone { path }) if path == shop.root));
}

#[test]
fn a_watch_ends_when_the_folder_is_no_workspace_any_more() {
    let shop = Shop::new();
    // There is another one further up, which is not meant.
    fs::write(shop.folder.path().join("karto.yaml"), "").unwrap();
    let steps = vec![does(|shop| {
        fs::remove_file(shop.path("karto.yaml")).unwrap();
        touched(shop, &["karto.yaml"])
    })];
    let (_, _, result) = told(&shop, steps);
    assert!(matches!(result, Err(WatchError::Gone { path }) if path == shop.path("karto.yaml")));
}

#[test]
fn on_another_day_other_findings_hold() {
    let shop = Shop::new();
    shop.write("clients/acme.md", &format!("{ACME}### 2026-11-24 call @anna: Tomorrow's call\n"));
    let mut script = Script { shop: &shop, steps: VecDeque::new(), signals: VecDeque::new(), watched: BTreeSet::new() };
    script.steps.push_back(does(|_| Vec::new()));
    let (mut told, days) = (Vec::new(), std::cell::Cell::new(day()));
    let mut tell = |event: &Event<'_>, _: &Workspace| {
        told.extend(lines(event));
        days.set(day().succ_opt().unwrap());
        ControlFlow::Continue(())
    };
    watch(shop.workspace(), &mut script, &|_| days.get(), &mut tell).unwrap();
    assert_eq!(told, ["ready 2 1", "news NewDay", "affected clients/acme.md mended 1"]);
}

// ---- the mirror

fn look(shop: &Shop, paths: &[&str], settled: bool) -> Look {
    let paths: BTreeSet<PathBuf> = paths.iter().map(|path| shop.path(path)).collect();
    Look { settled: if settled { paths.clone() } else { BTreeSet::new() }, paths, everything: false }
}

#[test]
fn a_file_in_the_middle_of_a_save_stays_as_it_was() {
    let shop = Shop::new();
    let mut mirror = Mirror::open(shop.workspace()).unwrap();
    // Emptied first, as most editors do that save in place.
    shop.write("clients/acme.md", "");
    // Moved away first, as vim does.
    fs::rename(shop.path("clients/borsod.md"), shop.path("clients/borsod.md~")).unwrap();
    let paths = ["clients/acme.md", "clients/borsod.md"];
    let seen = mirror.look(&look(&shop, &paths, false)).unwrap();
    assert_eq!((seen.changes.len(), seen.doubtful.len()), (0, 2));
    mirror.take_in(seen);
    assert_eq!(mirror.catalog().records().len(), 2);
    shop.write("clients/acme.md", ACME);
    shop.write("clients/borsod.md", BORSOD);
    let seen = mirror.look(&look(&shop, &paths, true)).unwrap();
    assert_eq!(seen.changes, []);
    // What stays empty is empty.
    shop.write("clients/acme.md", "");
    let seen = mirror.look(&look(&shop, &paths, true)).unwrap();
    assert_eq!(seen.changes.len(), 1);
}

/// What can happen to a folder; the numbers choose a place and a content.
#[derive(Clone, Debug)]
enum Act {
    Write(usize, usize),
    Remove(usize),
    RemoveFolder(usize),
    Rename(usize, usize),
    RenameFolder(usize, usize),
    Ignore(usize),
}

const FILES: [&str; 6] =
    ["clients/acme.md", "clients/deep/acme-two.md", "leads/mill.md", "leads-old/mill.md", "note.md", "clients-a.md"];
const FOLDERS: [&str; 4] = ["clients", "clients/deep", "leads", "leads-old"];
const CONTENTS: [&str; 5] =
    [ACME, BORSOD, "# A note\n[[acme]]\n", "---\ntype: lead\nname: Mill\nstage: nwe\n---\n", "---\ntype: client\n"];
const IGNORES: [&str; 3] = ["", "leads*\n", "clients/deep/\nnote.md\n"];

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        5 => (0..FILES.len(), 0..CONTENTS.len()).prop_map(|(file, content)| Act::Write(file, content)),
        1 => (0..FILES.len()).prop_map(Act::Remove),
        1 => (0..FOLDERS.len()).prop_map(Act::RemoveFolder),
        1 => (0..FILES.len(), 0..FILES.len()).prop_map(|(from, to)| Act::Rename(from, to)),
        1 => (0..FOLDERS.len(), 0..FOLDERS.len()).prop_map(|(from, to)| Act::RenameFolder(from, to)),
        1 => (0..IGNORES.len()).prop_map(Act::Ignore),
    ];
    proptest::collection::vec(act, 1..12)
}

/// Does it as far as it can be done; gives what an event would name.
fn act(shop: &Shop, act: &Act) -> Vec<&'static str> {
    match act {
        Act::Write(file, content) => {
            shop.write(FILES[*file], CONTENTS[*content]);
            // The folder may be new too.
            let folder = FOLDERS.iter().filter(|folder| FILES[*file].starts_with(&format!("{folder}/")));
            folder.copied().chain([FILES[*file]]).collect()
        }
        Act::Remove(file) => fs::remove_file(shop.path(FILES[*file])).map_or(Vec::new(), |()| vec![FILES[*file]]),
        Act::RemoveFolder(folder) => {
            fs::remove_dir_all(shop.path(FOLDERS[*folder])).map_or(Vec::new(), |()| vec![FOLDERS[*folder]])
        }
        Act::Rename(from, to) => fs::rename(shop.path(FILES[*from]), shop.path(FILES[*to]))
            .map_or(Vec::new(), |()| vec![FILES[*from], FILES[*to]]),
        Act::RenameFolder(from, to) => fs::rename(shop.path(FOLDERS[*from]), shop.path(FOLDERS[*to]))
            .map_or(Vec::new(), |()| vec![FOLDERS[*from], FOLDERS[*to]]),
        Act::Ignore(ignore) => {
            shop.write(".gitignore", IGNORES[*ignore]);
            vec![".gitignore"]
        }
    }
}

fn paths_of(catalog: &Catalog) -> Vec<String> {
    let records = catalog.records().iter().map(|record| &record.path);
    records.chain(catalog.notes().iter().map(|note| &note.path)).map(ToString::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_mirror_that_looks_where_something_happened_is_as_one_that_reads_everything(
        batches in proptest::collection::vec(acts(), 1..4),
    ) {
        let shop = Shop::new();
        let mut mirror = Mirror::open(shop.workspace()).unwrap();
        for acts in batches {
            let paths: Vec<&str> = acts.iter().flat_map(|one| act(&shop, one)).collect();
            let mut look = look(&shop, &paths, false);
            look.settled.insert(shop.root.clone());
            let seen = mirror.look(&look).unwrap();
            mirror.take_in(seen);
            let fresh = shop.workspace().load().unwrap();
            prop_assert_eq!(paths_of(mirror.catalog()), paths_of(&fresh.catalog));
            prop_assert_eq!(mirror.catalog().records(), fresh.catalog.records());
            prop_assert_eq!(mirror.catalog().notes(), fresh.catalog.notes());
            prop_assert_eq!(mirror.catalog().unreadable(), fresh.catalog.unreadable());
            for (index, _) in fresh.catalog.entries() {
                prop_assert_eq!(mirror.catalog().backlinks(index), fresh.catalog.backlinks(index));
            }
            let mut own: Vec<_> = mirror.findings().cloned().collect();
            let mut all = fresh.findings;
            own.sort_by_key(|finding| format!("{finding:?}"));
            all.sort_by_key(|finding| format!("{finding:?}"));
            prop_assert_eq!(own, all);
            let again = mirror.look(&Look { everything: true, ..Look::default() }).unwrap();
            prop_assert_eq!(&again.changes, &[]);
        }
    }
}

// ---- events of the system

/// A watch at work in a thread.
struct AtWork {
    told: Receiver<String>,
    stop: Stop,
    thread: JoinHandle<Result<(), WatchError>>,
}

impl AtWork {
    fn on(shop: &Shop, poll: Option<Duration>) -> Self {
        let workspace = shop.workspace();
        let mut events = FolderEvents::of(workspace.root(), poll);
        let stop = events.stop();
        let (sender, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut tell = |event: &Event<'_>, _: &Workspace| {
                lines(event).into_iter().for_each(|line| sender.send(line).unwrap());
                ControlFlow::Continue(())
            };
            watch(workspace, &mut events, &|_| day(), &mut tell)
        });
        let watch = Self { told, stop, thread };
        watch.wait_for("ready 2 0");
        watch
    }

    /// Waits for a line, whatever else is told before; gives all that was told.
    fn wait_for(&self, line: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            match self.told.recv_timeout(PATIENCE) {
                Ok(told) => before.push(told),
                Err(_) => panic!("`{line}` was not told, but {before:#?}"),
            }
            if before.last().is_some_and(|last| last == line) {
                return before;
            }
        }
    }

    fn end(self) -> Vec<String> {
        self.stop.stop();
        self.thread.join().unwrap().unwrap();
        self.told.try_iter().collect()
    }
}

#[test]
fn the_system_tells_of_saves_in_place_and_by_rename() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, None);
    shop.write("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: actve\n---\n");
    watch.wait_for("changed clients/acme.md [stage-unknown]");
    // As VS Code and others save: beside it, then in its place.
    shop.write("clients/.acme.md.tmp", ACME);
    fs::rename(shop.path("clients/.acme.md.tmp"), shop.path("clients/acme.md")).unwrap();
    let told = watch.wait_for("changed clients/acme.md mended 1");
    assert!(!told.iter().any(|line| line.contains("removed") || line.contains("added")), "{told:?}");
    // As vim does.
    fs::rename(shop.path("clients/acme.md"), shop.path("clients/acme.md~")).unwrap();
    shop.write("clients/acme.md", &format!("{ACME}More.\n"));
    fs::remove_file(shop.path("clients/acme.md~")).unwrap();
    let told = watch.wait_for("changed clients/acme.md");
    assert!(!told.iter().any(|line| line.contains("removed") || line.contains("added")), "{told:?}");
    assert_eq!(watch.end(), [""; 0]);
    assert_eq!(shop.index_status().stale, 0);
}

#[test]
fn the_system_tells_of_folders_that_come_move_and_go() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, None);
    let card = "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\n";
    shop.write("leads/2026/mill.md", card);
    watch.wait_for("added leads/2026/mill.md");
    // It is watched now, under the new name too.
    shop.write("leads/2026/press.md", card);
    watch.wait_for("added leads/2026/press.md");
    fs::rename(shop.path("leads"), shop.path("prospects")).unwrap();
    watch.wait_for("renamed leads/2026/press.md to prospects/2026/press.md");
    shop.write("prospects/2026/press.md", &format!("{card}More.\n"));
    watch.wait_for("changed prospects/2026/press.md");
    fs::remove_dir_all(shop.path("prospects")).unwrap();
    watch.wait_for("removed prospects/2026/press.md");
    shop.write("prospects/2026/press.md", card);
    watch.wait_for("added prospects/2026/press.md");
    watch.end();
}

#[test]
fn the_system_tells_of_a_checkout() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, None);
    let card = "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\n";
    (0..2000).for_each(|number| shop.write(&format!("leads/{}/lead-{number}.md", number % 7), card));
    let mut added = BTreeSet::new();
    while added.len() < 2000 {
        let line = watch.told.recv_timeout(PATIENCE).expect("all are told");
        added.extend(line.strip_prefix("added ").map(str::to_owned));
    }
    fs::remove_dir_all(shop.path("leads")).unwrap();
    let mut removed = BTreeSet::new();
    while removed.len() < 2000 {
        let line = watch.told.recv_timeout(PATIENCE).expect("all are told");
        removed.extend(line.strip_prefix("removed ").map(str::to_owned));
    }
    watch.end();
    assert_eq!(shop.index_status().documents, 2);
}

#[test]
fn the_system_tells_nothing_of_what_is_not_ours() {
    let shop = Shop::new();
    shop.write(".gitignore", "cache/\n*.tmp.md\n");
    let watch = AtWork::on(&shop, None);
    shop.write("cache/a.md", "not ours");
    shop.write("clients/b.tmp.md", "not ours");
    shop.write(".git/c.md", "not ours");
    shop.write(".karto/d.md", "not ours");
    shop.write("clients/last.md", "# Last\n");
    assert_eq!(watch.wait_for("added clients/last.md"), ["news Edits", "added clients/last.md"]);
    assert_eq!(watch.end(), [""; 0]);
}

#[test]
fn other_rules_are_seen() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, None);
    shop.write("karto.yaml", "people: {piotr: {name: Piotr}}\n");
    let told = watch.wait_for("affected clients/borsod.md [person-unknown]");
    assert!(told.contains(&"news Rules".to_owned()), "{told:?}");
    watch.end();
}

#[test]
fn a_folder_can_be_polled() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, Some(Duration::from_millis(100)));
    watch.wait_for("polling");
    shop.write("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: actve\n---\n");
    shop.write("leads/mill.md", "---\ntype: lead\nname: Mill\nowner: anna\nstage: contacted\n---\n");
    watch.wait_for("added leads/mill.md");
    fs::remove_file(shop.path("leads/mill.md")).unwrap();
    watch.wait_for("removed leads/mill.md");
    watch.end();
}

#[test]
fn the_end_of_the_folder_is_seen() {
    let shop = Shop::new();
    let watch = AtWork::on(&shop, None);
    fs::remove_dir_all(&shop.root).unwrap();
    assert!(matches!(watch.thread.join().unwrap(), Err(WatchError::Gone { .. })));
}

// ---- the process

/// `karto watch` as a process, its lines read as they come.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(shop: &Shop, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_karto"))
            .arg("watch")
            .args(arguments)
            .current_dir(&shop.root)
            .env("KARTO_TODAY", "2026-11-23")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line")
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    #[cfg(unix)]
    fn signal(mut self, name: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
        self.end()
    }

    fn end(&mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let err = std::io::read_to_string(self.child.stderr.take().unwrap()).unwrap();
        (status.code(), err)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
#[cfg(unix)]
fn a_script_reads_a_line_for_each_event_until_the_watch_is_ended() {
    let shop = Shop::new();
    let process = Process::start(&shop, &["--format", "jsonl"]);
    let ready = process.json();
    assert_eq!((&ready["event"], &ready["files"]), (&"ready".into(), &2.into()));
    shop.write("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: actve\n---\n");
    let changed = process.json();
    let told = ["event", "path", "id", "type", "name", "from"].map(|key| changed[key].as_str());
    let expected = ["changed", "clients/acme.md", "acme", "client", "Acme"].map(Some);
    assert_eq!(told[..5], expected);
    assert_eq!((told[5], changed["mended"].as_u64()), (None, Some(0)));
    assert_eq!(
        (&changed["findings"][0]["code"], &changed["findings"][0]["line"]),
        (&"stage-unknown".into(), &5.into())
    );
    assert_eq!(process.signal("TERM"), (Some(0), String::new()));
}

#[test]
#[cfg(unix)]
fn a_person_reads_what_changed_until_ctrl_c() {
    let shop = Shop::new();
    let process = Process::start(&shop, &[]);
    assert_eq!(process.line(), format!("watching 2 files in {}; Ctrl-C ends", shop.root.display()));
    shop.write("clients/acme.md", "---\ntype: client\nname: Acme\nowner: anna\nstage: actve\n---\n");
    let line = process.line();
    assert_eq!(line.split_once(' ').unwrap().1, "clients/acme.md  Acme (client): changed, 1 new finding");
    assert_eq!(process.line(), "");
    assert_eq!(process.line(), "error[stage-unknown]: the pipeline `clients` has no stage `actve`");
    assert_eq!(process.signal("INT"), (Some(0), String::new()));
}

#[test]
fn a_watch_without_its_folder_ends_in_trouble() {
    let shop = Shop::new();
    let mut process = Process::start(&shop, &["--poll", "0.1"]);
    process.line();
    fs::remove_dir_all(&shop.root).unwrap();
    let (status, err) = process.end();
    assert_eq!(status, Some(2));
    assert!(err.contains("is gone, so there is nothing left to watch"), "{err}");
}
