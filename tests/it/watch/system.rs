//! Events of the system.

use super::*;

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
