use crate::diagnostic::{Code, CodeInfo, Diagnostic, Severity};
use crate::text::{SourcePath, Span};

pub(super) const CODE: Code = Code(&CodeInfo {
    name: "stage-unknown",
    severity: Severity::Error,
    title: "A stage that the pipeline does not have",
    explanation: "The stage decides what is asked of a card.\n\nCorrect the word.",
});

pub(super) fn path(path: &str) -> SourcePath {
    SourcePath::new(path).unwrap()
}

/// A finding about the first place of `text` that reads `marked`.
pub(super) fn at(text: &str, marked: &str) -> Diagnostic {
    let start = text.find(marked).unwrap();
    Diagnostic::new(CODE, format!("there is no stage `{}`", &marked[..marked.len().min(4)]))
        .in_file(&path("clients/acme.md"))
        .at(Span::new(start, start + marked.len()))
}
