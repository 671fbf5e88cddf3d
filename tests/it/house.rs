//! The house: floors, the map of the code, and what no floor may touch.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The map in the crate's documentation: module and floor.
fn map() -> BTreeMap<String, u32> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | ")).filter_map(|row| {
        let mut cells = row.split(" | ");
        let floor = cells.next()?.parse().ok()?;
        let module = cells.next()?.trim_matches(['[', ']', '`']).to_owned();
        Some((module, floor))
    });
    rows.collect()
}

/// Every source file of the library with the path of its module: `["model", "read", "values"]`.
fn sources() -> Vec<(PathBuf, Vec<String>, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let source = root().join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    files.sort();
    let modules = files.into_iter().filter(|path| !path.ends_with("src/lib.rs") && !path.ends_with("src/main.rs"));
    modules
        .map(|path| {
            let relative = path.strip_prefix(&source).unwrap().with_extension("");
            let mut module: Vec<String> = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            let text = fs::read_to_string(&path).unwrap();
            (path, module, text)
        })
        .collect()
}

/// The code of a file: no comments, and nothing from its tests on.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    code.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that code names, through `crate::` or as many `super::` as lead to the root.
fn named(code: &str, depth: usize) -> Vec<String> {
    let to_root = "super::".repeat(depth);
    let mut names = Vec::new();
    for prefix in ["crate::", to_root.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            let longer = prefix.starts_with("super") && code[..at].ends_with("super::");
            let rest = &code[at + prefix.len()..];
            if longer || rest.starts_with("super::") {
                continue;
            }
            if let Some(group) = rest.strip_prefix('{') {
                names.extend(top_of_group(group));
            } else {
                names.push(word(rest));
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of `a::{b, c}, d}`.
fn top_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0_i32, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && !c.is_whitespace() => {
                names.push(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn the_map_names_every_module_and_no_other() {
    let mapped: Vec<String> = map().into_keys().collect();
    let mut built: Vec<String> = sources().into_iter().map(|(_, module, _)| module[0].clone()).collect();
    built.sort();
    built.dedup();
    assert_eq!(mapped, built);
}

#[test]
fn a_file_names_only_what_stands_on_its_floor_or_below() {
    let floors = map();
    let mut wrong = Vec::new();
    for (path, module, text) in sources() {
        let own = floors[&module[0]];
        for name in named(&code(&text), module.len()) {
            let Some(floor) = floors.get(&name) else { continue };
            let siblings = own == 4 && *floor == 4 && name != module[0];
            if *floor > own || siblings {
                wrong.push(format!("{} (floor {own}) names {name} (floor {floor})", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_floors_touch_no_disk_clock_environment_or_terminal() {
    let floors = map();
    let forbidden = [
        "std::fs",
        "std::env",
        "std::process",
        "std::net",
        "std::thread",
        "Instant::now",
        "SystemTime",
        "Utc::now",
        "Local::now",
        "stdout()",
        "stderr()",
    ];
    let mut wrong = Vec::new();
    for (path, module, text) in sources().into_iter().filter(|(_, module, _)| floors[&module[0]] <= 4) {
        let code = code(&text);
        wrong.extend(forbidden.iter().filter(|f| code.contains(**f)).map(|f| format!("{} uses {f}", path.display())));
        let _ = module;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_paths_sees_groups_and_supers() {
    let code =
        "use crate::{model::{Record, Value}, text};\nuse super::super::query::Fields;\nlet x = crate::catalog::X;";
    let mut names = named(code, 2);
    names.sort();
    assert_eq!(names, ["catalog", "model", "query", "text"]);
}
