//! What is wrong before a change and after it.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::check::{self, CheckOptions};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::query::{Context, Hits};
use crate::text::SourcePath;
use crate::workspace::{Snapshot, Workspace};

/// How findings are made.
#[derive(Clone, Copy)]
pub(super) struct Look<'l> {
    pub(super) today: NaiveDate,
    pub(super) me: Option<&'l str>,
    pub(super) strict: bool,
}

impl Look<'_> {
    /// All that is wrong with what was read, as `validate` shows it, by file and place.
    pub(super) fn findings(self, workspace: &Workspace, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let hits = Hits::default();
        let config = workspace.config();
        let ctx = Context { catalog: &snapshot.catalog, config, today: self.today, me: self.me, hits: &hits };
        let mut findings = snapshot.findings.clone();
        findings.extend(check::check(&ctx, CheckOptions { strict: self.strict }));
        if !self.strict {
            findings.retain(|finding| finding.severity > Severity::Note);
        }
        findings.sort_by(|a, b| (&a.path, a.span, a.code.as_str()).cmp(&(&b.path, b.span, b.code.as_str())));
        findings
    }
}

/// What stays the same of a finding while the text around it moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    code: &'static str,
    path: Option<SourcePath>,
    message: String,
}

impl Key {
    pub(super) fn of(finding: &Diagnostic) -> Self {
        Self::in_file(finding, finding.path.clone())
    }

    /// The same finding, in a file that has another name.
    pub(super) fn in_file(finding: &Diagnostic, path: Option<SourcePath>) -> Self {
        let Code(info) = finding.code;
        Self { code: info.name, path, message: finding.message.clone() }
    }
}

/// How often each finding stands there.
pub(super) fn tally(keys: impl Iterator<Item = Key>) -> HashMap<Key, usize> {
    let mut tally = HashMap::new();
    keys.for_each(|key| *tally.entry(key).or_default() += 1);
    tally
}

/// The findings of `after` that were not there `before`, in their order.
pub(super) fn brought(before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut known = tally(before.iter().map(Key::of));
    let is_new = |finding: &&Diagnostic| match known.get_mut(&Key::of(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    after.iter().filter(is_new).cloned().collect()
}
