//! Whole workspaces of 1,000 and 10,000 cards on the disk: reading, checking, answering, searching.
//!
//! Reading is measured with warm file caches, as it is when people work.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is measured is known to succeed")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use karto::check::{CheckOptions, check};
use karto::query::{Bound, Context, Fields, Hits, Order, Query};
use karto::report::agenda::{AgendaOptions, agenda};
use karto::report::funnel::{FunnelOptions, funnel};
use karto::report::listing::{ListOptions, listing};
use karto::workspace::fulltext::FullText;
#[cfg(feature = "search")]
use karto::workspace::fulltext::FullTextIndex;
use karto::workspace::{Snapshot, Workspace};

mod workspace;

const SIZES: [usize; 2] = [1_000, 10_000];

/// The folder in which the workspaces lie, one for each size.
static ROOT: OnceLock<PathBuf> = OnceLock::new();

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the workspaces");
    for size in SIZES {
        workspace::write(&folder.path().join(size.to_string()), size, 1).expect("the workspaces are written");
    }
    ROOT.set(folder.path().to_owned()).expect("set once");
    divan::main();
}

fn root(size: usize) -> PathBuf {
    ROOT.get().map_or_else(PathBuf::new, |root| root.join(size.to_string()))
}

/// A workspace that has been read.
struct Read {
    workspace: Workspace,
    snapshot: Snapshot,
    hits: Hits,
}

impl Read {
    fn new(root: &Path) -> Self {
        let workspace = Workspace::open(root).unwrap();
        let snapshot = workspace.load().unwrap();
        Self { workspace, snapshot, hits: Hits::default() }
    }

    fn ctx(&self) -> Context<'_> {
        Context {
            catalog: &self.snapshot.catalog,
            config: self.workspace.config(),
            today: workspace::TODAY,
            me: Some("anna"),
            hits: &self.hits,
        }
    }

    fn fields(&self) -> Fields {
        Fields::new(self.workspace.config(), &self.snapshot.catalog)
    }

    fn bind(&self, query: &str) -> Bound {
        Query::parse(query).unwrap().bind(&self.fields(), &self.ctx()).unwrap()
    }
}

/// Configuration and schemas.
#[divan::bench(args = SIZES)]
fn open(bencher: Bencher<'_, '_>, size: usize) {
    bencher.bench(|| Workspace::open(&root(size)).unwrap());
}

/// Files to catalog, on all cores.
#[divan::bench(args = SIZES)]
fn load(bencher: Bencher<'_, '_>, size: usize) {
    let workspace = Workspace::open(&root(size)).unwrap();
    bencher.bench(|| workspace.load().unwrap());
}

/// What `karto validate` does beside reading: the rules across records.
#[divan::bench(args = SIZES)]
fn check_loaded(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    bencher.bench(|| check(&read.ctx(), CheckOptions { strict: true }));
}

/// All that `karto validate` does.
#[divan::bench(args = SIZES)]
fn validate(bencher: Bencher<'_, '_>, size: usize) {
    bencher.bench(|| {
        let read = Read::new(&root(size));
        check(&read.ctx(), CheckOptions { strict: true })
    });
}

#[divan::bench(args = SIZES)]
fn due_loaded(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    bencher.bench(|| agenda(&read.ctx(), &|_| true, &AgendaOptions::default()));
}

#[divan::bench(args = SIZES)]
fn funnel_loaded(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    bencher.bench(|| funnel(&read.ctx(), &|_| true, &FunnelOptions::default()));
}

/// Over stored fields.
#[divan::bench(args = SIZES)]
fn query_stored_fields(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    let query = read.bind("type:opportunity stage:offer,negotiation value:50000.. expected_close:..+30d tag!=key");
    bencher.bench(|| black_box(&query).select(&read.ctx()));
}

/// Over fields that are worked out from history and log entries.
#[divan::bench(args = SIZES)]
fn query_derived_fields(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    let query = read.bind("stale:true OR (type:client neglected:true last_contact:..-90d) OR next_action:none");
    bencher.bench(|| black_box(&query).select(&read.ctx()));
}

/// A question asked, its answer sorted and laid out as a list.
#[divan::bench(args = SIZES)]
fn list_loaded(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    bencher.bench(|| {
        let fields = read.fields();
        let query = Query::parse("type:opportunity value:50000..").unwrap().bind(&fields, &read.ctx()).unwrap();
        let mut records = query.select(&read.ctx()).records;
        Order::parse("-value,name", &fields).unwrap().sort(&read.ctx(), &mut records);
        listing(&read.ctx(), &fields, &records, &ListOptions::default())
    });
}

/// What `search` asks of the full text: a word, a phrase, a beginning, a slip of the finger.
const SEARCH: &str = "leasing \"second price\" gyart* dabrowka~";

/// Full text by reading all files, as it is done without an index.
#[divan::bench(args = SIZES, sample_count = 10)]
fn search_reading_all_files(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    let query = read.bind(SEARCH);
    bencher.bench(|| FullText::without_index(&read.workspace, &read.snapshot.catalog).hits(query.text_terms()));
}

/// Full text through the index, which is opened and found to be up to date each time.
#[cfg(feature = "search")]
#[divan::bench(args = SIZES)]
fn search_index(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    let query = read.bind(SEARCH);
    let catalog = &read.snapshot.catalog;
    bencher.bench(|| FullText::open(&read.workspace, catalog, &mut |_, _| {}).hits(query.text_terms()));
}

/// The index, built anew.
#[cfg(feature = "search")]
#[divan::bench(args = SIZES, sample_count = 5)]
fn build_index(bencher: Bencher<'_, '_>, size: usize) {
    let read = Read::new(&root(size));
    let index = FullTextIndex::new(&read.workspace, &read.snapshot.catalog);
    bencher.bench(|| index.rebuild(&mut |_, _| {}).unwrap());
}
