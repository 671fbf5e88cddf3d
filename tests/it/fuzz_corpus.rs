//! The fuzz targets over their corpus: what was once telling stays so.

use std::fs;
use std::path::PathBuf;

use crate::laws::targets::ALL;

#[test]
fn every_target_holds_over_its_corpus() {
    let fuzz = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (name, target) in ALL {
        let mut files: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name)).unwrap().flatten().collect();
        files.sort_by_key(|file| file.path());
        assert!(files.len() >= 5, "{name} has few seeds");
        for file in files {
            let data = fs::read(file.path()).unwrap();
            if std::panic::catch_unwind(|| target(&data)).is_err() {
                panic!("{name} does not hold over {}", file.path().display());
            }
        }
    }
}

#[test]
fn each_target_has_its_program_and_its_corpus() {
    let fuzz = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str| {
        let entries = fs::read_dir(fuzz.join(folder)).unwrap().flatten();
        let mut names: Vec<_> =
            entries.filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned())).collect();
        names.sort();
        names
    };
    let known: Vec<_> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("corpus"), known);
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    assert!(known.iter().all(|name| manifest.contains(&format!("fuzz_targets/{name}.rs"))));
}
