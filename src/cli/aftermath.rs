//! The errors that a change would bring.

use super::proposal::NextStep;
use super::session::Session;
use crate::check::codes::GATE_NOT_MET;
use crate::check::{self, CheckOptions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Record;
use crate::query::{Context, Hits};
use crate::workspace::Snapshot;
use crate::workspace::findings::brought;

/// The errors that there would be and are not yet, in any file.
pub(super) fn added_errors(session: &Session<'_, '_>, after: &Snapshot, next_step: NextStep) -> Vec<Diagnostic> {
    added_to(&session.snapshot, session, after, next_step)
}

/// The same, where the workspace is taken to be as it was `before`.
pub(super) fn added_to(
    before: &Snapshot,
    session: &Session<'_, '_>,
    after: &Snapshot,
    next_step: NextStep,
) -> Vec<Diagnostic> {
    let hits = Hits::default();
    let now = Context { catalog: &before.catalog, ..session.context(&hits) };
    let then = Context { catalog: &after.catalog, ..now };
    let mut errors = errors(&after.findings, &then);
    if errors.is_empty() {
        return errors;
    }
    let old = self::errors(&before.findings, &now);
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
