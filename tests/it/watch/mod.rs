//! The watch: by events that a test makes up, by those of the system, and as a process.

mod mirror;
mod process;
mod system;
mod told;

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
use karto::watch::{Change, ChangeKind, Event, FolderEvents, Signal, Source, Stop, WatchError, watch};
use karto::workspace::fulltext::{FullTextIndex, IndexStatus};
use karto::workspace::{FileEvent, Mirror, WhereToLook, Workspace};
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
        ChangeKind::File(FileEvent::Added) => "added".to_owned(),
        ChangeKind::File(FileEvent::Changed) => "changed".to_owned(),
        ChangeKind::File(FileEvent::Removed) => "removed".to_owned(),
        ChangeKind::File(FileEvent::Renamed { from }) => format!("renamed {from} to"),
        ChangeKind::Affected => "affected".to_owned(),
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
