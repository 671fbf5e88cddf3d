//! The watch as a process.

use std::time::Instant;

use super::*;
use crate::commits::journal;

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

#[test]
#[cfg(unix)]
fn a_change_that_was_interrupted_is_carried_out_before_the_watch_begins() {
    let shop = Shop::new();
    shop.write("clients/.karto-0123456789abcdef.acme.md", BORSOD);
    shop.write(".karto-commit", &journal(&[("clients/acme.md", Some(ACME), Some(BORSOD))]));
    let process = Process::start(&shop, &[]);
    assert_eq!(process.line(), format!("watching 2 files in {}; Ctrl-C ends", shop.root.display()));
    assert_eq!(fs::read_to_string(shop.path("clients/acme.md")).unwrap(), BORSOD);
    let (status, err) = process.signal("TERM");
    assert_eq!(status, Some(0));
    assert_eq!(err, "note: a change that was interrupted is carried out now: clients/acme.md written\n");
}

#[test]
fn what_is_edited_under_a_watch_is_found_by_a_search() {
    let shop = Shop::new();
    let process = Process::start(&shop, &["--format", "jsonl"]);
    process.line();
    shop.write("clients/acme.md", &format!("{ACME}They ask for a gearbox.\n"));
    let search = || {
        let mut karto = Command::new(env!("CARGO_BIN_EXE_karto"));
        let karto = karto.args(["search", "gearbox", "--format", "csv"]).current_dir(&shop.root);
        let output = karto.env("KARTO_TODAY", "2026-11-23").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // A search is right at every moment; the watch then brings the index up to date for all that follow.
    assert!(search().contains("acme"), "{}", search());
    assert_eq!(process.json()["path"], "clients/acme.md");
    let until = Instant::now() + PATIENCE;
    while shop.index_status().stale > 0 {
        assert!(Instant::now() < until, "the index stays behind");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(search().contains("acme"), "{}", search());
}
