//! The mirror that a watch looks into.

use super::*;

fn look(shop: &Shop, paths: &[&str], settled: bool) -> WhereToLook {
    let paths: BTreeSet<PathBuf> = paths.iter().map(|path| shop.path(path)).collect();
    WhereToLook { settled: if settled { paths.clone() } else { BTreeSet::new() }, paths, everything: false }
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
    let records = catalog.records().map(|record| &record.path);
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
            let records = |catalog: &Catalog| catalog.records().cloned().collect::<Vec<_>>();
            prop_assert_eq!(records(mirror.catalog()), records(&fresh.catalog));
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
            let again = mirror.look(&WhereToLook { everything: true, ..WhereToLook::default() }).unwrap();
            prop_assert_eq!(&again.changes, &[]);
        }
    }
}
