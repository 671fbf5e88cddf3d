//! The example workspace is in order.

use std::path::Path;

use chrono::NaiveDate;
use karto::check::{CheckOptions, check};
use karto::query::{Context, Hits};
use karto::workspace::Workspace;

/// The day on which the example is told.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

#[test]
fn nothing_is_wrong_with_the_example_workspace() {
    let workspace = Workspace::open(Path::new("example_workspace")).unwrap();
    let snapshot = workspace.load().unwrap();
    let hits = Hits::default();
    let ctx = Context { catalog: &snapshot.catalog, config: workspace.config(), today: today(), me: None, hits: &hits };
    let mut findings = snapshot.findings;
    findings.extend(check(&ctx, CheckOptions { strict: true }));
    let shown: Vec<String> = findings
        .iter()
        .map(|f| {
            let path = f.path.as_ref().map(ToString::to_string).unwrap_or_default();
            let text = f.path.as_ref().and_then(|path| workspace.text_of(path)).unwrap_or_default();
            format!("{path}: {}: {} — `{}`", f.code, f.message, f.span.unwrap_or_default().of(&text))
        })
        .collect();
    assert!(snapshot.catalog.records().len() > 80, "the example is read");
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
