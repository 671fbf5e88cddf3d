//! What is wrong before a change and after it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::proposal::NextStep;
use super::session::Session;
use crate::check::codes::GATE_NOT_MET;
use crate::check::{self, CheckOptions};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::model::Record;
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

/// The errors that there would be and are not yet, in any file.
pub(super) fn added_errors(session: &Session<'_, '_>, after: &Snapshot, next_step: NextStep) -> Vec<Diagnostic> {
    let hits = Hits::default();
    let now = session.context(&hits);
    let then = Context { catalog: &after.catalog, ..now };
    let mut errors = errors(&after.findings, &then);
    if errors.is_empty() {
        return errors;
    }
    let old = self::errors(&session.snapshot.findings, &now);
    errors = brought(&old, &errors);
    errors.retain(|finding| finding.code != GATE_NOT_MET || raises_the_gate(finding, &now, &then, next_step));
    errors
}

fn errors(findings: &[Diagnostic], ctx: &Context<'_>) -> Vec<Diagnostic> {
    let across = check::check(ctx, CheckOptions::default());
    findings.iter().cloned().chain(across).filter(|finding| finding.severity == Severity::Error).collect()
}

/// True if a gate asks for something that it did not ask for before: who fills in one field of two takes a step.
fn raises_the_gate(finding: &Diagnostic, now: &Context<'_>, then: &Context<'_>, next_step: NextStep) -> bool {
    let Some(path) = &finding.path else { return true };
    let missing = |ctx: &Context<'_>| {
        let record = ctx.catalog.record_at(path);
        let index = record.and_then(|record| ctx.catalog.index(record));
        (record.and_then(Record::stage).map(str::to_owned), index.map_or_else(Vec::new, |i| check::unmet_gate(ctx, i)))
    };
    let ((old_stage, before), (stage, after)) = (missing(now), missing(then));
    let moved = old_stage != stage;
    after.iter().any(|field| {
        let forgiven = field == "next_action" && next_step == NextStep::AskedFor;
        !forgiven && (moved || !before.contains(field))
    })
}
