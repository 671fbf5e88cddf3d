//! A merge of two people's edits of one card: how long it takes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is measured is known to succeed")]

use divan::{Bencher, black_box};
use karto::change::merge::{MarkStyle, Merge, merge};
use karto::model::Config;
use karto::model::schema::Schemas;
use karto::text::SourcePath;

fn main() {
    divan::main();
}

/// A card with so many log entries, and two people's versions of it: a call logged by each, a date and a value changed, an
/// old entry edited.
fn versions(entries: usize) -> [String; 3] {
    let mut base = String::from(
        "---\ntype: opportunity\nname: ERP rollout\nclient: acme\nowner: anna\nstage: identification\nnext_contact: 2026-11-25\nvalue: 1000\ncurrency: PLN\ntags:\n  - erp\nhistory:\n  - 2026-10-01 identification @anna\n---\nThey want it.\n\n## Tasks\n\n- [ ] Send the offer due:2026-11-25\n\n## Log\n",
    );
    for number in (0..entries).rev() {
        let (year, month, day) = (1900 + number / 336, 1 + number / 28 % 12, 1 + number % 28);
        base +=
            &format!("\n### {year}-{month:02}-{day:02} call @anna: Call {number}\n\nWhat was said in call {number}.\n");
    }
    let first = base.find("### ").unwrap();
    let with = |entry: &str| format!("{}{entry}\n\n{}", &base[..first], &base[first..]);
    let ours = with("### 2026-11-20 call @anna: Ours").replace("value: 1000", "value: 2000");
    let theirs = with("### 2026-11-21 visit @piotr: Theirs").replace("2026-11-25", "2026-12-01");
    let theirs = theirs.replacen("What was said in call 3.", "What was said in call 3, and more.", 1);
    [base, ours, theirs]
}

/// Bytes of three versions to the bytes of the merge.
#[divan::bench(args = [10, 1000, 20_000])]
fn two_peoples_edits(bencher: Bencher<'_, '_>, entries: usize) {
    let [base, ours, theirs] = versions(entries);
    let config = Config::builtin(Schemas::builtin());
    let path = SourcePath::new("opportunities/acme-erp.md").unwrap();
    bencher.bench(|| {
        let [base, ours, theirs] = [&base, &ours, &theirs].map(|text| black_box(text.as_bytes()));
        let merged = merge(base, ours, theirs, &path, MarkStyle::new(7, "ours", "theirs"), &config);
        assert!(matches!(merged, Merge::Clean(_)));
        merged
    });
}
