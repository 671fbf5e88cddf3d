//! A reading as bytes.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Reading;
use crate::diagnostic::{Code, Diagnostic, Fix, Related, Severity};
use crate::model::Card;
use crate::text::{Edit, SourcePath, Span};
use crate::workspace::{Workspace, codes};

/// A finding; its code goes by its name.
#[derive(Serialize, Deserialize)]
struct Finding<'f> {
    code: &'f str,
    severity: u8,
    path: Option<SourcePath>,
    span: Option<Span>,
    message: String,
    label: Option<String>,
    help: Option<String>,
    related: Vec<(Option<SourcePath>, Span, String)>,
    fix: Option<Mend>,
}

#[derive(Serialize, Deserialize)]
struct Mend {
    title: String,
    edits: Vec<Edit>,
    rename: Option<SourcePath>,
    certain: bool,
}

static CODES: LazyLock<HashMap<&'static str, Code>> =
    LazyLock::new(|| codes::all().map(|code| (code.as_str(), code)).collect());

const SEVERITIES: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

/// The bytes of a reading.
pub(super) fn encode((card, findings): &Reading) -> Option<Vec<u8>> {
    let findings: Vec<Finding<'_>> = findings.iter().map(Finding::of).collect();
    postcard::to_stdvec(&(card, findings)).ok()
}

/// The reading of a file; `None` if these bytes are none, or that of another.
pub(super) fn decode(bytes: &[u8], path: &SourcePath, workspace: &Workspace) -> Option<Reading> {
    let (mut card, findings): (Card, Vec<Finding<'_>>) = postcard::from_bytes(bytes).ok()?;
    if card.path() != path {
        return None;
    }
    if let Card::Record(record) = &mut card
        && let Some(def) = workspace.config().schemas.get(&record.record_type)
    {
        // All records of a type share its name.
        record.record_type = def.name.clone();
    }
    let findings: Option<Vec<Diagnostic>> = findings.into_iter().map(Finding::diagnostic).collect();
    Some((card, findings?))
}

impl<'f> Finding<'f> {
    fn of(finding: &'f Diagnostic) -> Self {
        let finding = finding.clone();
        let related = finding.related.into_iter().map(|place| (place.path, place.span, place.message));
        Self {
            code: finding.code.as_str(),
            severity: finding.severity as u8,
            path: finding.path,
            span: finding.span,
            message: finding.message,
            label: finding.label,
            help: finding.help,
            related: related.collect(),
            fix: finding.fix.map(|Fix { title, edits, rename, certain }| Mend { title, edits, rename, certain }),
        }
    }

    /// `None` if there is no such code.
    fn diagnostic(self) -> Option<Diagnostic> {
        let related = self.related.into_iter().map(|(path, span, message)| Related { path, span, message });
        Some(Diagnostic {
            code: *CODES.get(self.code)?,
            severity: *SEVERITIES.iter().find(|severity| **severity as u8 == self.severity)?,
            path: self.path,
            span: self.span,
            message: self.message,
            label: self.label,
            help: self.help,
            related: related.collect(),
            fix: self.fix.map(|Mend { title, edits, rename, certain }| Fix { title, edits, rename, certain }),
        })
    }
}
