//! All that is wrong with a workspace, as `karto validate` says it, and how that differs from what was wrong before.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Snapshot, Workspace};
use crate::catalog::Catalog;
use crate::check::{self, CheckOptions};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::model::Config;
use crate::query::{Context, Hits};
use crate::text::SourcePath;

/// How findings are made.
#[derive(Clone, Copy, Debug)]
pub struct Look<'l> {
    /// The day on which they hold.
    pub today: NaiveDate,
    /// Who asks.
    pub me: Option<&'l str>,
    /// True if notes are findings too, such as records without a next step.
    pub strict: bool,
}

impl Look<'_> {
    /// All that is wrong with what was read, as `validate` shows it, by file and place.
    pub fn findings(self, workspace: &Workspace, snapshot: &Snapshot) -> Vec<Diagnostic> {
        self.all(workspace.config(), &snapshot.catalog, snapshot.findings.clone())
    }

    /// The same for cards and what is wrong with single files.
    pub fn all(self, config: &Config, catalog: &Catalog, of_files: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let hits = Hits::default();
        let ctx = Context { catalog, config, today: self.today, me: self.me, hits: &hits };
        let mut findings = of_files;
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
pub struct Key {
    code: &'static str,
    path: Option<SourcePath>,
    message: String,
}

impl Key {
    /// That of a finding.
    pub fn of(finding: &Diagnostic) -> Self {
        Self::in_file(finding, finding.path.clone())
    }

    /// The same finding, in a file that has another name.
    pub fn in_file(finding: &Diagnostic, path: Option<SourcePath>) -> Self {
        let Code(info) = finding.code;
        Self { code: info.name, path, message: finding.message.clone() }
    }
}

/// How often each finding stands there.
pub fn tally(keys: impl Iterator<Item = Key>) -> HashMap<Key, usize> {
    let mut tally = HashMap::new();
    keys.for_each(|key| *tally.entry(key).or_default() += 1);
    tally
}

/// The findings of `after` that were not there `before`, in their order.
pub fn brought(before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Diagnostic> {
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
