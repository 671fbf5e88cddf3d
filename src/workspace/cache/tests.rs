use std::fs::File;
use std::thread::sleep;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::workspace::walk;

const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MILLISECOND;

/// A workspace on the disk, whose file system keeps times by a clock with steps of `grain` nanoseconds.
struct Disk {
    folder: TempDir,
    grain: u64,
}

impl Disk {
    fn new(grain: u64) -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap(), grain };
        disk.write("karto.yaml", "format: 1\n");
        disk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn workspace(&self) -> Workspace {
        Workspace::open(self.folder.path()).unwrap()
    }

    fn files(&self) -> Vec<SourcePath> {
        walk::walk(self.workspace().root(), &[]).unwrap().files
    }

    /// All readings, by way of what is kept.
    fn kept(&self) -> Readings {
        let workspace = self.workspace();
        readings_in(&Cache::open(&workspace), &workspace, &self.files(), self.grain, &mut |_, _| {})
    }

    /// The same by reading every file.
    fn read(&self) -> Vec<Reading> {
        let workspace = self.workspace();
        let read = |path: &SourcePath| load::card_of(&workspace, path, read_limited(&path.under(workspace.root())));
        self.files().iter().filter_map(read).collect()
    }

    /// Of how many files the readings are believed without looking into the files.
    fn believed(&self) -> usize {
        let workspace = self.workspace();
        let cache = Cache::open(&workspace);
        self.files().iter().enumerate().filter(|file| cache.as_it_was(&workspace, *file, self.grain).is_some()).count()
    }

    /// Until the clock has made a step.
    fn wait(&self) {
        sleep(Duration::from_nanos(self.grain.max(10 * MILLISECOND) + 2 * MILLISECOND));
    }

    /// What is kept: the base, and the journal of it if there is one.
    fn own_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path(".karto")).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> =
            entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("cache-")).collect();
        files.sort();
        files
    }
}

fn lead(name: &str) -> String {
    format!("---\ntype: lead\nname: {name}\nstage: new\nnext_contact: 2026-11-2x\n---\nSee [[{name}]].\n")
}

#[test]
fn what_has_settled_is_believed_and_what_changes_is_read() {
    let disk = Disk::new(1);
    for name in ["a", "b", "c", "d", "e"] {
        disk.write(&format!("leads/{name}.md"), &lead(name));
    }
    disk.wait();
    assert_eq!(disk.kept().all, disk.read());
    assert_eq!(disk.believed(), 5, "it was read when nothing could change without a trace any more");
    assert_eq!(disk.own_files().len(), 1);

    disk.write("leads/b.md", &lead("B"));
    fs::remove_file(disk.path("leads/c.md")).unwrap();
    assert_eq!(disk.believed(), 3);
    assert_eq!(disk.kept().all, disk.read());
    assert_eq!(disk.own_files().len(), 2, "few changes stand in a journal");
    assert_eq!(disk.kept().all, disk.read());

    disk.write("karto.yaml", "format: 1\ncurrency: PLN\n");
    assert_eq!(disk.believed(), 0, "under other rules everything may read otherwise");
    assert_eq!(disk.kept().all, disk.read());
}

/// Whoever waits for a word to be completed gets what was read last, at once.
#[test]
fn records_as_they_were_when_they_were_read() {
    let disk = Disk::new(1);
    let names = |disk: &Disk| {
        let records = disk.workspace().records_as_kept(|path| path.stem().starts_with('a'))?;
        Some(records.iter().map(|record| record.name().to_owned()).collect::<Vec<_>>())
    };
    disk.write("leads/b.md", &lead("b"));
    assert_eq!(names(&disk), None);
    for name in ["a", "ab"] {
        disk.write(&format!("leads/{name}.md"), &lead(name));
    }
    disk.kept();
    disk.write("leads/ac.md", &lead("ac"));
    assert_eq!(names(&disk), Some(vec!["a".to_owned(), "ab".to_owned()]));
}

/// A file system may keep times to a second, or two: an edit that leaves the size and falls into one step leaves no trace.
#[test]
fn an_edit_within_one_step_of_the_clock_is_seen() {
    for grain in [10 * MILLISECOND, SECOND, 2 * SECOND] {
        let disk = Disk::new(grain);
        disk.write("leads/a.md", &lead("a"));
        assert_eq!(disk.kept().all, disk.read());
        disk.write("leads/a.md", &lead("b"));
        assert_eq!(disk.kept().all, disk.read(), "{grain}");
        if grain <= SECOND {
            disk.wait();
            assert_eq!(disk.kept().all, disk.read());
            assert_eq!(disk.believed(), 1, "{grain}");
            disk.write("leads/a.md", &lead("c"));
            assert_eq!(disk.kept().all, disk.read(), "{grain}");
        }
    }
}

type Damage = fn(&mut Vec<u8>);

#[test]
fn what_is_damaged_is_read_anew_and_said_once() {
    let disk = Disk::new(1);
    for name in ["a", "b", "c", "d", "e"] {
        disk.write(&format!("leads/{name}.md"), &lead(name));
    }
    let damage: [(&str, Damage); 5] = [
        ("cut off", |bytes| bytes.truncate(bytes.len() / 2)),
        ("emptied", Vec::clear),
        ("in the head", |bytes| bytes[40] ^= 1),
        ("in a reading", |bytes| *bytes.last_mut().unwrap() ^= 1),
        ("something else", |bytes| *bytes = vec![b'x'; 100_000]),
    ];
    for (how, damage) in damage {
        disk.wait();
        assert!(!disk.kept().was_damaged, "{how}");
        let base = disk.own_files().remove(0);
        let mut bytes = fs::read(&base).unwrap();
        damage(&mut bytes);
        fs::write(&base, bytes).unwrap();
        let kept = disk.kept();
        assert_eq!(kept.all, disk.read(), "{how}");
        assert!(kept.was_damaged, "{how}");
        assert!(!disk.kept().was_damaged, "{how}");
    }

    disk.wait();
    disk.write("leads/a.md", &lead("A"));
    disk.kept();
    let journal = disk.own_files().remove(1);
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, &bytes[..bytes.len() - 1]).unwrap();
    let kept = disk.kept();
    assert!(kept.was_damaged);
    assert_eq!(kept.all, disk.read());
    assert!(!disk.kept().was_damaged && disk.own_files().len() == 1, "a torn journal is never added to");

    // Also where no card has changed since; and it is not said where it can't be mended.
    disk.wait();
    disk.write("leads/a.md", &lead("a"));
    disk.kept();
    disk.wait();
    disk.kept();
    let journal = disk.own_files().remove(1);
    fs::write(&journal, [&fs::read(&journal).unwrap()[..], b"more"].concat()).unwrap();
    assert!(disk.kept().was_damaged);
    assert!(!disk.kept().was_damaged);
    let base = disk.own_files().remove(0);
    fs::remove_file(&base).unwrap();
    fs::create_dir(&base).unwrap();
    assert!(!disk.kept().was_damaged, "nothing was made anew");
}

/// A card that is one person's alone is not told to others by way of what is kept.
#[cfg(unix)]
#[test]
fn what_is_kept_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let disk = Disk::new(1);
    disk.write("leads/a.md", &lead("a"));
    for name in ["b", "c", "d", "e"] {
        disk.write(&format!("leads/{name}.md"), &lead(name));
    }
    disk.wait();
    disk.kept();
    disk.write("leads/a.md", &lead("A"));
    disk.kept();
    let modes =
        disk.own_files().iter().map(|file| file.metadata().unwrap().permissions().mode() & 0o777).collect::<Vec<_>>();
    assert_eq!(modes, [0o600, 0o600]);
}

/// What stands in the way of keeping anything is nobody's trouble.
#[test]
fn where_nothing_can_be_kept_everything_is_read() {
    let disk = Disk::new(1);
    disk.write("leads/a.md", &lead("a"));
    disk.write(".karto", "a file");
    assert_eq!(disk.kept().all, disk.read());
    assert_eq!(fs::read_to_string(disk.path(".karto")).unwrap(), "a file");

    fs::remove_file(disk.path(".karto")).unwrap();
    disk.kept();
    let lock = File::options().write(true).open(disk.path(".karto/cache.lock")).unwrap();
    lock.lock().unwrap();
    disk.write("leads/b.md", &lead("b"));
    assert_eq!(disk.kept().all, disk.read(), "somebody else is keeping something");
}

/// Something that happens to the files, or to what is kept of them.
#[derive(Clone, Debug)]
enum Event {
    Write(usize, &'static str),
    /// Written, and the time of its modification set back.
    WriteUnseen(usize, &'static str),
    Remove(usize),
    Rename(usize, usize),
    Rules(&'static str),
    /// A byte of what is kept becomes another.
    Damage(usize, usize),
    Wait,
}

const NAMES: [&str; 5] = ["leads/a.md", "leads/b.md", "clients/a.md", "c.md", "leads/ł.md"];
const TEXTS: [&str; 5] = [
    "---\ntype: lead\nname: A\nstage: new\n---\n",
    "---\ntype: lead\nname: B\nstage: new\n---\n",
    "---\ntype: lead\nname: A\nstage: bad\nvalue: 1000,50\n---\n## Log\n\n### 2026-11-20 call @anna: x\n\n- [x] y done:2026-11-20\n",
    "A note with a [[link]].\n",
    "---\ntype: [lead\n---\n",
];

fn events() -> impl Strategy<Value = Event> {
    let name = 0..NAMES.len();
    let text = prop::sample::select(TEXTS.to_vec());
    let rules = prop::sample::select(vec!["format: 1\n", "format: 1\ncurrency: EUR\n", "format: 1\npeople: [anna]\n"]);
    prop_oneof![
        4 => (name.clone(), text.clone()).prop_map(|(name, text)| Event::Write(name, text)),
        2 => (name.clone(), text).prop_map(|(name, text)| Event::WriteUnseen(name, text)),
        1 => name.clone().prop_map(Event::Remove),
        1 => (name.clone(), name).prop_map(|(from, to)| Event::Rename(from, to)),
        1 => rules.prop_map(Event::Rules),
        1 => (0usize..3, 0usize..10_000).prop_map(|(file, at)| Event::Damage(file, at)),
        1 => Just(Event::Wait),
    ]
}

fn happen(disk: &Disk, event: &Event) {
    match event {
        Event::Write(name, text) => disk.write(NAMES[*name], text),
        Event::WriteUnseen(name, text) => {
            let path = disk.path(NAMES[*name]);
            let before = path.metadata().and_then(|metadata| metadata.modified());
            disk.write(NAMES[*name], text);
            if let Ok(before) = before {
                File::options().write(true).open(path).unwrap().set_modified(before).unwrap();
            }
        }
        Event::Remove(name) => _ = fs::remove_file(disk.path(NAMES[*name])),
        Event::Rename(from, to) => {
            fs::create_dir_all(disk.path(NAMES[*to]).parent().unwrap()).unwrap();
            _ = fs::rename(disk.path(NAMES[*from]), disk.path(NAMES[*to]));
        }
        Event::Rules(text) => disk.write("karto.yaml", text),
        Event::Damage(file, at) => {
            let Some(path) = disk.own_files().get(*file).cloned() else { return };
            let mut bytes = fs::read(&path).unwrap();
            let len = bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at % len) {
                *byte ^= 0x55;
            }
            fs::write(&path, bytes).unwrap();
        }
        Event::Wait => disk.wait(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever happens, the answer is that of the files.
    #[test]
    fn what_is_kept_never_shows_in_an_answer(
        grain in prop::sample::select(vec![1, 10 * MILLISECOND]),
        events in prop::collection::vec(events(), 1..14),
    ) {
        let disk = Disk::new(grain);
        for event in &events {
            happen(&disk, event);
            prop_assert_eq!(disk.kept().all, disk.read(), "{:?}", event);
        }
    }

    /// Nor does anything that somebody may have put into our files.
    #[test]
    fn any_bytes_in_our_files(bytes in prop::collection::vec(any::<u8>(), 0..200), len in any::<u64>()) {
        let disk = Disk::new(1);
        disk.write("leads/a.md", TEXTS[0]);
        disk.kept();
        let base = disk.own_files().remove(0);
        let marked = [b"karto cache\n".as_slice(), &len.to_le_bytes(), &xxh3_64(&bytes).to_le_bytes(), &bytes].concat();
        for text in [&bytes, &marked] {
            fs::write(&base, text).unwrap();
            prop_assert_eq!(disk.kept().all, disk.read());
        }

        // A journal with a frame that is whole, whatever it tells.
        let cache = Cache::open(&disk.workspace());
        let journal = cache.journal_path(cache.base.as_ref().unwrap().generation());
        let frame = [&(bytes.len() as u64).to_le_bytes()[..], &xxh3_64(&bytes).to_le_bytes(), &bytes].concat();
        for text in [&bytes, &frame] {
            fs::write(&journal, text).unwrap();
            prop_assert_eq!(disk.kept().all, disk.read());
        }
    }
}
