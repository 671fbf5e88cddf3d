//! Events that a test makes up.

use super::*;

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
