//! What is wrong with the user's files: one kind of finding, whoever finds it and wherever it is shown.
//!
//! A [`Diagnostic`] says what is wrong in plain words, where, and how to mend it. Mistakes of a call (a bad argument,
//! a folder that can't be read) are no diagnostics: they are the small `…Error` enums of the modules that raise them.

use std::fmt;

use crate::text::{Edit, SourcePath, Span};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Shown only by `validate --strict`'s wish for order: nothing is wrong yet.
    Note,
    /// Something is probably not as it was meant; answers may still be right.
    Warning,
    /// The card breaks the contract; answers that use it may be wrong or leave it out.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What there is to know about a code, for `karto explain` and `docs/diagnostics.md`.
#[derive(Debug)]
pub struct CodeInfo {
    /// The stable name, in kebab case.
    pub name: &'static str,
    /// How much it weighs unless the finding says otherwise.
    pub severity: Severity,
    /// One line: what it means.
    pub title: &'static str,
    /// A paragraph or two in Markdown: why it matters and how to mend it.
    pub explanation: &'static str,
}

/// The stable name of a kind of finding, such as `stage-unknown`.
#[derive(Clone, Copy)]
pub struct Code(pub &'static CodeInfo);

impl Code {
    /// The stable name, in kebab case.
    pub fn as_str(self) -> &'static str {
        self.0.name
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Defines [`Code`]s as constants, and `ALL` with every one of them.
macro_rules! codes {
    ($($name:ident = $severity:ident $code:literal, $title:literal, $explanation:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: $crate::diagnostic::Code = $crate::diagnostic::Code(&$crate::diagnostic::CodeInfo {
                name: $code,
                severity: $crate::diagnostic::Severity::$severity,
                title: $title,
                explanation: $explanation,
            });
        )*
        /// Every code of this floor, in the order of the documentation.
        pub const ALL: &[$crate::diagnostic::Code] = &[$($name),*];
    };
}
pub(crate) use codes;

/// One way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "quote the value".
    pub title: String,
    /// The changes to the file that the diagnostic names.
    pub edits: Vec<Edit>,
    /// The file's new place, where the mend is a rename.
    pub rename: Option<SourcePath>,
    /// True if no other answer makes sense, so that it may be applied unseen. What is only offered is a guess, or says
    /// something that nobody but a person can know, such as the day of a change.
    pub certain: bool,
}

/// A second place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file; `None` if it is that of the finding itself.
    pub path: Option<SourcePath>,
    /// The bytes in it.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// One finding about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// The file, once known: a document does not know its own name.
    pub path: Option<SourcePath>,
    /// The bytes that are meant; `None` if it is the file as a whole.
    pub span: Option<Span>,
    /// What is wrong, in one sentence that names the value.
    pub message: String,
    /// A few words for under the mark: what was expected there.
    pub label: Option<String>,
    /// How to mend it, as an order.
    pub help: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// The mend as edits, where there is one answer to apply or to offer.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of `code` at its usual severity, with nothing but a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.0.severity,
            path: None,
            span: None,
            message: message.into(),
            label: None,
            help: None,
            related: Vec::new(),
            fix: None,
        }
    }

    /// The same finding, at these bytes.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The same finding, in this file.
    #[must_use]
    pub fn in_file(mut self, path: &SourcePath) -> Self {
        self.path = Some(path.clone());
        self
    }

    /// The same finding, with a few words under its mark.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same finding, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding, with another weight.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same finding, with a second place.
    #[must_use]
    pub fn related(mut self, path: &SourcePath, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related { path: Some(path.clone()), span, message: message.into() });
        self
    }

    /// The same finding, with a second place in the same file.
    #[must_use]
    pub fn related_here(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related { path: None, span, message: message.into() });
        self
    }

    /// The same finding, with its mend as edits; nothing else can be meant.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits, rename: None, certain: true });
        self
    }

    /// The same finding, with a mend as edits that somebody has to agree to.
    #[must_use]
    pub fn offer(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits, rename: None, certain: false });
        self
    }
}
