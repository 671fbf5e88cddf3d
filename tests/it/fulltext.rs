//! Full text: the index and the plain reading of all files agree, whatever happens to files and index.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;

use karto::query::{Hits, TextMode, TextTerm};
use karto::workspace::fulltext::FullText;
use karto::workspace::{Snapshot, Workspace};
use tempfile::TempDir;

/// A workspace on the disk.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new(files: &[(&str, &str)]) -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        shop.write("karto.yaml", "");
        files.iter().for_each(|(path, text)| shop.write(path, text));
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn open(&self) -> (Workspace, Snapshot) {
        let workspace = Workspace::open(self.folder.path()).unwrap();
        let snapshot = workspace.load().unwrap();
        (workspace, snapshot)
    }

    /// The ids of the records that hold a term, found by reading.
    fn read(&self, term: &TextTerm) -> BTreeSet<String> {
        let (workspace, snapshot) = self.open();
        let hits = FullText::without_index(&workspace, &snapshot.catalog).hits(std::slice::from_ref(term));
        ids(&snapshot, term, &hits)
    }
}

fn ids(snapshot: &Snapshot, term: &TextTerm, hits: &Hits) -> BTreeSet<String> {
    let held = snapshot.catalog.entries().filter(|(index, _)| hits.contains(&term.key, *index));
    held.map(|(_, record)| record.id.clone()).collect()
}

fn card(name: &str, body: &str) -> String {
    format!("---\ntype: lead\nname: '{name}'\nstage: new\n---\n{body}\n")
}

fn exact(text: &str) -> TextTerm {
    TextTerm::new(text, TextMode::Exact).unwrap()
}

#[test]
fn reading_finds_names_fields_ids_and_texts_folded() {
    let shop = Shop::new(&[
        ("leads/acme-trade.md", &card("ACME Łódź", "A heat pump in Győr.")),
        ("leads/other.md", "---\ntype: lead\nname: Other\nstage: new\ncontacts:\n  - {id: jan, name: Jan Łoś}\n---\n"),
    ]);
    let found = |text: &str| shop.read(&exact(text)).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(found("lodz"), "acme-trade");
    assert_eq!(found("Heat pump"), "acme-trade");
    assert_eq!(found("acme trade"), "acme-trade");
    assert_eq!(found("jan los"), "other");
    assert_eq!(found("lodz heat"), "", "a phrase does not go from the name into the text");
}

#[cfg(feature = "search")]
mod indexed {
    use std::time::{Duration, SystemTime};

    use karto::query::{Context, Fields, Query};
    use karto::workspace::fulltext::{FullTextIndex, IndexDifference, IndexError, Nearness, Notice, SearchAnswer};
    use proptest::prelude::*;

    use super::*;

    impl Shop {
        /// The ids of the records that hold a term, found through the index.
        fn find(&self, term: &TextTerm) -> BTreeSet<String> {
            let (workspace, snapshot) = self.open();
            let mut text = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
            assert!(text.has_index(), "{:?}", text.notice());
            ids(&snapshot, term, &text.hits(std::slice::from_ref(term)))
        }

        /// The ids that hold a word; checked against reading.
        fn holders(&self, text: &str) -> String {
            let term = exact(text);
            let found = self.find(&term);
            assert_eq!(found, self.read(&term), "{text}");
            found.into_iter().collect::<Vec<_>>().join(" ")
        }

        /// What the user is told, and the ids that hold a word however they were found.
        fn told(&self, text: &str) -> (Option<Notice>, String) {
            let (workspace, snapshot) = self.open();
            let mut full_text = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
            let term = exact(text);
            let found = ids(&snapshot, &term, &full_text.hits(std::slice::from_ref(&term)));
            let notice = full_text.notice().map(|notice| match notice {
                Notice::Rebuilt(how) => Notice::Rebuilt(how.clone()),
                other => panic!("{other}"),
            });
            (notice, found.into_iter().collect::<Vec<_>>().join(" "))
        }

        fn index_folder(&self) -> PathBuf {
            let (workspace, snapshot) = self.open();
            FullTextIndex::new(&workspace, &snapshot.catalog).status().unwrap().folder
        }

        fn search(&self, query: &str, with_index: bool) -> (SearchAnswer, Vec<String>) {
            let (workspace, snapshot) = self.open();
            let query = Query::parse(query).unwrap();
            let none = Hits::default();
            let at = (&workspace, &snapshot);
            let fields = Fields::new(workspace.config(), &snapshot.catalog);
            let bound = query.bind(&fields, &context(at, &none)).unwrap();
            let mut text = if with_index {
                FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {})
            } else {
                FullText::without_index(&workspace, &snapshot.catalog)
            };
            let answer =
                text.search(&query, bound.text_terms(), None, &mut |hits| bound.select(&context(at, hits)).records);
            let paths = answer.hits.iter().map(|hit| hit.path.to_string()).collect();
            (answer, paths)
        }
    }

    fn context<'a>((workspace, snapshot): (&'a Workspace, &'a Snapshot), hits: &'a Hits) -> Context<'a> {
        let today = "2026-11-22".parse().unwrap();
        Context { catalog: &snapshot.catalog, config: workspace.config(), today, me: None, hits }
    }

    #[test]
    fn what_changes_is_found_at_once() {
        let shop = Shop::new(&[
            ("leads/a.md", &card("A", "apples")),
            ("leads/b.md", &card("B", "pears")),
            ("note.md", "apples"),
        ]);
        assert_eq!(shop.holders("apples"), "a");
        shop.write("leads/b.md", &card("B", "pears and apples"));
        assert_eq!(shop.holders("apples"), "a b");
        shop.write("leads/c.md", &card("C", "apples"));
        assert_eq!(shop.holders("apples"), "a b c");
        fs::remove_file(shop.path("leads/a.md")).unwrap();
        assert_eq!(shop.holders("apples"), "b c");
        fs::rename(shop.path("leads/b.md"), shop.path("leads/d.md")).unwrap();
        assert_eq!(shop.holders("apples"), "c d");
        assert_eq!(shop.holders("b"), "d", "the name is still B");
        assert_eq!(fs::read_to_string(shop.path(".karto/.gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn an_edit_in_the_same_tick_is_found() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        let path = shop.path("leads/a.md");
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(shop.holders("apples"), "a");
        shop.write("leads/a.md", &card("A", "cherry"));
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert_eq!(shop.holders("cherry"), "a");
        assert_eq!(shop.holders("apples"), "");
        // Also when the times say that all of this was long ago.
        let long_ago = SystemTime::now() - Duration::from_secs(100_000);
        File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(shop.holders("cherry"), "a");
        shop.write("leads/a.md", &card("A", "apples"));
        File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(shop.holders("apples"), "a");
    }

    #[test]
    fn a_damaged_index_is_built_anew_and_that_is_said_once() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        assert_eq!(shop.holders("apples"), "a");
        let folder = shop.index_folder();
        /// What is done to an index folder, and how.
        type Ruin = (&'static str, fn(&PathBuf));
        let ruins: [Ruin; 4] = [
            ("no list of segments", |path| fs::remove_file(path.join("meta.json")).unwrap()),
            ("a list of segments that is cut off", |path| fs::write(path.join("meta.json"), "{\"index_se").unwrap()),
            ("files that are cut off", |path| cut_all(path, |length| length / 2)),
            ("files that are empty", |path| cut_all(path, |_| 0)),
        ];
        for (what, ruin) in ruins {
            ruin(&folder);
            let (notice, found) = shop.told("apples");
            assert!(matches!(notice, Some(Notice::Rebuilt(_))), "{what}: {notice:?}");
            assert_eq!(found, "a", "{what}");
            let (notice, found) = shop.told("apples");
            assert!(notice.is_none(), "{what}: {notice:?}");
            assert_eq!(found, "a", "{what}");
        }
    }

    fn cut_all(folder: &PathBuf, length: fn(u64) -> u64) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && !name.ends_with(".json") {
                let file = File::options().write(true).open(entry.path()).unwrap();
                file.set_len(length(file.metadata().unwrap().len())).unwrap();
            }
        }
    }

    #[test]
    fn what_an_interrupted_building_leaves_does_no_harm() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        let folder = shop.index_folder();
        let beside = |end: &str| PathBuf::from(format!("{}{end}", folder.display()));
        fs::create_dir_all(beside(".new")).unwrap();
        fs::write(beside(".new").join("meta.json"), "half").unwrap();
        fs::create_dir_all(beside(".old")).unwrap();
        fs::create_dir_all(shop.path(".karto/index-0-0.0.1")).unwrap();
        assert_eq!(shop.holders("apples"), "a");
        assert!(!beside(".new").exists() && !beside(".old").exists());
        assert!(!shop.path(".karto/index-0-0.0.1").exists(), "other versions are removed");
    }

    #[test]
    fn where_no_index_can_be_the_files_are_read() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        shop.write(".karto", "a file");
        let (workspace, snapshot) = shop.open();
        let mut text = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
        assert!(matches!(text.notice(), Some(Notice::StandIn(IndexError::NotAFolder { .. }))));
        assert_eq!(ids(&snapshot, &exact("apples"), &text.hits(&[exact("apples")])).len(), 1);
        let index = FullTextIndex::new(&workspace, &snapshot.catalog);
        assert!(matches!(index.update(&mut |_, _| {}), Err(IndexError::NotAFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_links() {
        let elsewhere = tempfile::tempdir().unwrap();
        let is_untouched = || fs::read_dir(elsewhere.path()).unwrap().count() == 0;
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        std::os::unix::fs::symlink(elsewhere.path(), shop.path(".karto")).unwrap();
        let stands_in = |shop: &Shop| {
            let (workspace, snapshot) = shop.open();
            let mut text = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
            !text.has_index() && ids(&snapshot, &exact("apples"), &text.hits(&[exact("apples")])).len() == 1
        };
        assert!(stands_in(&shop) && is_untouched());
        fs::remove_file(shop.path(".karto")).unwrap();
        let folder = shop.index_folder();
        fs::create_dir(shop.path(".karto")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("lock"), shop.path(".karto/index.lock")).unwrap();
        assert!(stands_in(&shop) && is_untouched());
        fs::remove_file(shop.path(".karto/index.lock")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &folder).unwrap();
        assert!(stands_in(&shop) && is_untouched());
        fs::remove_file(&folder).unwrap();
        assert_eq!(shop.holders("apples"), "a");
        std::os::unix::fs::symlink(elsewhere.path().join("x"), folder.join(".tantivy-writer.lock.x")).unwrap();
        assert_eq!(shop.told("apples").1, "a");
        assert!(is_untouched());
    }

    #[cfg(unix)]
    #[test]
    fn on_a_read_only_disk_the_files_are_read() {
        use std::os::unix::fs::PermissionsExt;
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        assert_eq!(shop.holders("apples"), "a");
        let folder = shop.index_folder();
        let set = |mode: u32| {
            for path in [folder.clone(), shop.path(".karto"), shop.folder.path().to_owned()] {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        shop.write("leads/b.md", &card("B", "apples"));
        set(0o555);
        let (workspace, snapshot) = shop.open();
        let mut text = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
        // Whether the superuser may write all the same does not matter here: the answer does.
        let found = ids(&snapshot, &exact("apples"), &text.hits(&[exact("apples")]));
        drop(text);
        set(0o755);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn while_another_process_writes_the_last_commit_and_the_changed_files_answer() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples")), ("leads/b.md", &card("B", "apples"))]);
        assert_eq!(shop.holders("apples"), "a b");
        let lock = File::options().write(true).open(shop.path(".karto/index.lock")).unwrap();
        lock.lock().unwrap();
        shop.write("leads/a.md", &card("A", "pears"));
        shop.write("leads/c.md", &card("C", "apples"));
        fs::remove_file(shop.path("leads/b.md")).unwrap();
        assert_eq!(shop.holders("apples"), "c");
        assert_eq!(shop.holders("pears"), "a");
        let (workspace, snapshot) = shop.open();
        let index = FullTextIndex::new(&workspace, &snapshot.catalog);
        assert!(matches!(index.update(&mut |_, _| {}), Err(IndexError::Busy)));
        assert_eq!(index.status().unwrap().stale, 3);
        drop(lock);
        assert_eq!(index.update(&mut |_, _| {}).unwrap().updated, 2);
        assert_eq!(index.status().unwrap().stale, 0);
    }

    #[test]
    fn while_another_process_builds_the_first_index_the_files_are_read() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        fs::create_dir(shop.path(".karto")).unwrap();
        let lock = File::create(shop.path(".karto/index.lock")).unwrap();
        lock.lock().unwrap();
        assert_eq!(shop.told("apples").1, "a");
    }

    #[test]
    fn commands_at_the_same_time_do_not_hurt_each_other() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples"))]);
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let shop = &shop;
                scope.spawn(move || {
                    for round in 0..6 {
                        let name = format!("w{worker}-{round}");
                        shop.write(&format!("leads/{name}.md"), &card(&name, "apples"));
                        let (notice, found) = shop.told("apples");
                        assert!(notice.is_none(), "{notice:?}");
                        assert!(found.split(' ').any(|id| id == name), "{name} is missing in {found}");
                    }
                });
            }
        });
        assert_eq!(shop.holders("apples").split(' ').count(), 25);
    }

    #[test]
    fn verify_names_the_differences_and_rebuilding_takes_them_away() {
        let shop = Shop::new(&[("leads/a.md", &card("A", "apples")), ("leads/b.md", &card("B", "apples"))]);
        let verify = || {
            let (workspace, snapshot) = shop.open();
            FullTextIndex::new(&workspace, &snapshot.catalog).verify()
        };
        assert!(matches!(verify(), Err(IndexError::Missing)));
        assert_eq!(shop.holders("apples"), "a b");
        assert_eq!(verify().unwrap(), []);
        shop.write("leads/a.md", &card("A", "something else"));
        shop.write("leads/c.md", &card("C", "apples"));
        fs::remove_file(shop.path("leads/b.md")).unwrap();
        let names: Vec<String> = verify().unwrap().iter().map(named).collect();
        assert_eq!(names, ["missing leads/c.md", "stale leads/a.md", "gone leads/b.md"]);
        let (workspace, snapshot) = shop.open();
        let index = FullTextIndex::new(&workspace, &snapshot.catalog);
        let mut last = (0, 0);
        let update = index.rebuild(&mut |done, all| last = (done, all)).unwrap();
        assert_eq!((update.updated, update.documents, last), (2, 2, (2, 2)));
        assert_eq!(index.verify().unwrap(), []);
        let status = index.status().unwrap();
        assert!(status.exists && status.bytes > 0 && status.updated.is_some() && status.stale == 0);
    }

    fn named(difference: &IndexDifference) -> String {
        match difference {
            IndexDifference::Missing(path) => format!("missing {path}"),
            IndexDifference::Stale(path) => format!("stale {path}"),
            IndexDifference::Gone(path) => format!("gone {path}"),
            IndexDifference::Differs(path) => format!("differs {path}"),
            other => panic!("{other:?}"),
        }
    }

    fn pumps() -> Shop {
        Shop::new(&[
            ("leads/hall.md", &card("Hall in Łódź", "They want a heat pump for the hall.")),
            ("leads/mentions.md", &card("Other", "Saw a heat pump; long text about other things. Łódź is far.")),
            ("leads/none.md", &card("None", "nothing")),
            ("meeting.md", "# Meeting\n\nThe heat pump of the hall in Łódź.\n"),
        ])
    }

    #[test]
    fn search_ranks_names_first_and_finds_notes_by_words_alone() {
        for with_index in [true, false] {
            let shop = pumps();
            let (answer, paths) = shop.search("lodz", with_index);
            assert_eq!(paths.first().map(String::as_str), Some("leads/hall.md"), "{paths:?}");
            assert_eq!(answer.total, 3);
            assert!(!answer.is_approximate());
            let first = &answer.hits[0];
            assert_eq!(first.name_highlights.len(), 1);
            assert_eq!(first.snippet.as_ref().map(|snippet| snippet.text.as_str()), Some("Hall in Łódź"));
            let (_, paths) = shop.search("type:lead \"heat pump\"", with_index);
            assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), 2);
            assert!(!paths.contains(&"meeting.md".to_owned()));
            let (_, paths) = shop.search("lodz NOT hall", with_index);
            assert_eq!(paths, ["leads/mentions.md"]);
        }
    }

    #[test]
    fn where_nothing_is_found_beginnings_then_near_words_are_tried() {
        for with_index in [true, false] {
            let shop = pumps();
            let (answer, paths) = shop.search("pum", with_index);
            assert_eq!((answer.nearness, paths.len()), (Nearness::Beginnings, 3));
            let (answer, paths) = shop.search("haet pmup", with_index);
            assert_eq!((answer.nearness, paths.len()), (Nearness::NearWords, 3));
            assert!(answer.hits[0].snippet.as_ref().is_some_and(|snippet| snippet.highlights.len() >= 2));
            let (answer, _) = shop.search("type:lead lozd", with_index);
            assert_eq!((answer.nearness, answer.total), (Nearness::NearWords, 2));
            let (answer, _) = shop.search("xyzzy", with_index);
            assert_eq!((answer.nearness, answer.total), (Nearness::Exact, 0));
            // What must not be there is not widened.
            let (answer, _) = shop.search("hall NOT pum", with_index);
            assert_eq!((answer.nearness, answer.total), (Nearness::Exact, 2));
        }
    }

    /// Words of a small world, so that phrases, beginnings and slips occur.
    fn word() -> impl Strategy<Value = String> {
        const KNOWN: [&str; 11] =
            ["Łódź", "Lodz", "łodzi", "lozd", "Kowalski", "Kovalsky", "kowalskiego", "pompa", "pompy", "a", "A"];
        prop_oneof![
            4 => prop::sample::select(&KNOWN[..]).prop_map(str::to_owned),
            2 => "[abłóą]{1,4}",
            1 => "[a-zżő]{7,10}",
            1 => Just("o\u{301}dz\u{301}".to_owned()),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec((word(), prop::sample::select(vec![" ", "-", ", ", "\n\n", ". "])), 0..12)
            .prop_map(|words| words.into_iter().map(|(word, sign)| word + sign).collect())
    }

    fn term() -> impl Strategy<Value = Option<TextTerm>> {
        let mode = prop::sample::select(vec![TextMode::Exact, TextMode::Prefix, TextMode::Fuzzy]);
        (prop::collection::vec(word(), 1..4), mode).prop_map(|(words, mode)| TextTerm::new(&words.join(" "), mode))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

        #[test]
        fn index_and_reading_agree(
            texts in prop::collection::vec((text(), text()), 1..8),
            later in prop::collection::vec((0..8_usize, text()), 0..4),
            terms in prop::collection::vec(term(), 12),
        ) {
            let shop = Shop::new(&[]);
            for (number, (name, body)) in texts.iter().enumerate() {
                shop.write(&format!("leads/l{number}.md"), &card(&name.replace('\n', " "), body));
            }
            let terms: Vec<TextTerm> = terms.into_iter().flatten().collect();
            let agree = || {
                let (workspace, snapshot) = shop.open();
                let mut indexed = FullText::open(&workspace, &snapshot.catalog, &mut |_, _| {});
                prop_assert!(indexed.has_index());
                let indexed = indexed.hits(&terms);
                let read = FullText::without_index(&workspace, &snapshot.catalog).hits(&terms);
                for term in &terms {
                    prop_assert_eq!(ids(&snapshot, term, &indexed), ids(&snapshot, term, &read), "{:?}", term);
                }
                Ok(())
            };
            agree()?;
            // What was brought up to date step by step is as good as what is built at once.
            for (number, body) in later {
                let path = format!("leads/l{number}.md");
                if body.is_empty() {
                    let _ = fs::remove_file(shop.path(&path));
                } else {
                    shop.write(&path, &card("Changed", &body));
                }
                agree()?;
            }
        }
    }
}
