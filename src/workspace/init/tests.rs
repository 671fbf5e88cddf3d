use super::*;

/// The template with every setting taken from behind its `#`.
fn all_settings() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        // Prose has one space behind the sign, and a setting none or, within another, two and more.
        Some(rest) if !rest.starts_with(' ') || rest.starts_with("  ") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    CONFIG.lines().map(line).collect()
}

fn read(text: &str) -> (Config, Vec<String>) {
    let path = SourcePath::new(CONFIG_FILE).unwrap();
    let (config, findings) = Config::read(&path, text.as_bytes().to_vec(), Schemas::builtin());
    (config, findings.iter().map(|finding| finding.message.clone()).collect())
}

fn anna() -> Person {
    Person {
        id: "anna".to_owned(),
        name: "Anna, \"Ania\" Nowak".to_owned(),
        emails: vec!["anna@example.com".to_owned()],
        phone: None,
        role: None,
        active: true,
    }
}

#[test]
fn the_template_is_sound_with_its_settings_off_and_on() {
    let (config, findings) = read(CONFIG);
    assert_eq!(findings, [""; 0]);
    assert!(config.currency.is_none() && config.people.is_empty());

    let (config, findings) = read(&all_settings());
    assert_eq!(findings, [""; 0]);
    assert_eq!(config.people.len(), 2);
    assert_eq!(config.segments.len(), 2);
    assert_eq!(config.pipelines_of("opportunity").count(), 1);
}

#[test]
fn every_setting_that_there_is_is_explained() {
    let text = all_settings();
    for field in Schemas::builtin().config_fields() {
        assert!(text.contains(&format!("\n{}:", field.name)), "{}", field.name);
    }
}

#[test]
fn what_the_caller_says_takes_the_place_of_the_example() {
    let settings =
        Settings { currency: Some("RON".into()), timezone: Some("Europe/Bucharest".into()), me: Some(anna()) };
    let text = configuration(&settings).unwrap();
    let (config, findings) = read(&text);
    assert_eq!(findings, [""; 0]);
    assert_eq!(config.currency.map(|currency| currency.code().to_owned()).as_deref(), Some("RON"));
    assert_eq!(config.people, [anna()]);
    assert!(!text.contains("#people") && !text.contains("#  piotr") && text.contains("#  EUR"));
}

#[test]
fn a_setting_that_is_none_is_refused() {
    for settings in [
        Settings { currency: Some("zloty".into()), ..Settings::default() },
        Settings { currency: Some("XQX".into()), ..Settings::default() },
        Settings { timezone: Some("Europe/Łódź".into()), ..Settings::default() },
    ] {
        assert!(matches!(configuration(&settings), Err(InitError::Setting { .. })), "{settings:?}");
    }
}

#[test]
fn a_folder_becomes_a_workspace_once() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("new/crm");
    let plan = Plan::new(&folder, &Settings::default()).unwrap();
    assert_eq!((plan.changes().files().len(), plan.folders().len()), (3, 4));
    plan.carry_out().unwrap();
    assert!(folder.join("leads").is_dir() && folder.join(CONFIG_FILE).is_file());
    assert!(Workspace::open(&folder).unwrap().findings().is_empty());

    let again = Plan::new(&folder, &Settings::default()).unwrap();
    assert!(again.is_empty());
    assert_eq!(again.kept().len(), 7);
    let inside = Plan::new(&folder.join("leads"), &Settings::default());
    assert!(matches!(inside, Err(InitError::Inside { .. })));
}

#[test]
fn what_is_in_the_way_is_named_and_stays() {
    let outer = tempfile::tempdir().unwrap();
    let at = |name: &str| outer.path().join(name);
    fs::write(at("file"), "x").unwrap();
    for path in [at("file"), at("file/crm")] {
        assert!(Plan::new(&path, &Settings::default()).is_err(), "{}", path.display());
    }
    fs::create_dir_all(at("odd/.gitignore")).unwrap();
    assert!(matches!(Plan::new(&at("odd"), &Settings::default()), Err(InitError::InTheWay { .. })));
    fs::create_dir_all(at("taken")).unwrap();
    fs::write(at("taken/clients"), "our clients: …").unwrap();
    assert!(matches!(Plan::new(&at("taken"), &Settings::default()), Err(InitError::InTheWay { .. })));
    assert_eq!(fs::read_dir(at("taken")).unwrap().count(), 1, "nothing was made");
    assert!(Plan::new(&at("missing/../x"), &Settings::default()).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_to_a_folder_and_never_out_of_it() {
    use std::os::unix::fs::symlink;

    let outer = tempfile::tempdir().unwrap();
    let at = |name: &str| outer.path().join(name);
    fs::create_dir_all(at("real")).unwrap();
    symlink(at("real"), at("link")).unwrap();
    Plan::new(&at("link"), &Settings::default()).unwrap().carry_out().unwrap();
    assert!(at("real/karto.yaml").is_file());

    symlink(at("nowhere"), at("dead")).unwrap();
    assert!(Plan::new(&at("dead"), &Settings::default()).is_err());
    assert!(Plan::new(&at("dead/crm"), &Settings::default()).is_err());

    fs::create_dir_all(at("vault")).unwrap();
    fs::write(at("mine"), "*~").unwrap();
    symlink("../mine", at("vault/.gitignore")).unwrap();
    assert!(Plan::new(&at("vault"), &Settings::default()).is_err());
    assert_eq!(fs::read_dir(at("vault")).unwrap().count(), 1, "nothing was made");
}

#[cfg(unix)]
#[test]
fn a_git_file_that_is_a_link_out_of_the_workspace_is_not_written() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (root, theirs) = (root.path().canonicalize().unwrap(), outside.path().join("ignore"));
    fs::write(&theirs, "*~\n").unwrap();
    std::os::unix::fs::symlink(&theirs, root.join(".gitignore")).unwrap();
    assert!(matches!(git_lines(&root), Err(InitError::Io { path, .. }) if path.ends_with(".gitignore")));
    fs::remove_file(root.join(".gitignore")).unwrap();
    fs::write(root.join(".gitignore"), ".karto-*\n").unwrap();
    let lines: Vec<_> = git_lines(&root).unwrap().files().map(|(path, _)| path.to_string()).collect();
    assert_eq!(lines, [".gitattributes"]);
}
