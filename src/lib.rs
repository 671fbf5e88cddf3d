//! Karto is the CRM that lives in plain text: every lead, client and opportunity is a Markdown file with YAML front
//! matter, in a folder that a sales team keeps in git. This library reads such a folder, says what is wrong with it,
//! and answers questions about it; the program `karto` is a thin command line over it.
//!
//! # The map of the code
//!
//! A file names only what stands on its own floor or below; the modules of floor 4 never name each other. A test holds
//! this table and the code together.
//!
//! | floor | module | what lives there |
//! |---|---|---|
//! | 0 | [`diagnostic`] | what is wrong with the user's files, whoever finds it |
//! | 0 | [`text`] | spans, edits, lossless documents: YAML and Markdown with places |
//! | 1 | [`model`] | one record at a time: fields, history, log, tasks; the configuration and the schemas |
//! | 2 | [`catalog`] | all records, and what ties them to each other |
//! | 3 | [`query`] | the fields that there are, stored and derived, and the query language |
//! | 4 | [`check`] | rules across records |
//! | 4 | [`report`] | answers: agenda, funnel, lists, cards |
//! | 4 | [`change`] | intentions: files with the bytes that they had and are to have |
//! | 5 | [`workspace`] | the folder on the disk, its full text, git |
//! | 5 | [`output`] | answers and findings as text, JSON, CSV … |
//! | 6 | [`cli`] | the command line |
//! | 6 | [`watch`] | keeping up with a folder that others write to |
//!
//! Floors 0 to 4 are pure: they know no disk, no clock, no environment and no terminal; today is a parameter.
//!
//! # The data's way
//!
//! bytes → [`text::Document`] → [`model::Record`] → [`catalog::Catalog`] → [`query::Query`] → [`report::Report`] →
//! [`output`].
//!
//! And back: an intention → [`change::ChangeSet`], made of [`text::Edit`]s → `Workspace::commit`. No other code writes a
//! record.
//!
//! What is wrong with a file travels beside it as [`diagnostic::Diagnostic`]s and stops nothing. What is wrong with a
//! call is an error enum of the module that was called.
//!
//! # Example
//!
//! ```
//! use karto::model::{Card, Config, read_card, schema::Schemas};
//! use karto::text::{Document, SourcePath};
//!
//! let config = Config::builtin(Schemas::builtin());
//! let path = SourcePath::new("leads/lodz-tools.md")?;
//! let document = Document::parse("---\ntype: lead\nname: Łódź Tools\nstage: contcted\n---\n### 2026-11-20 call: Hello\n");
//!
//! let (card, findings) = read_card(&path, &document, &config);
//!
//! let Card::Record(lead) = card else { unreachable!("it is a lead") };
//! assert_eq!(lead.name(), "Łódź Tools");
//! assert_eq!(lead.content.log[0].kind, "call");
//! assert_eq!(findings[0].code.as_str(), "stage-unknown");
//! assert_eq!(findings[0].help.as_deref(), Some("did you mean contacted?"));
//! # Ok::<(), karto::text::SourcePathError>(())
//! ```

pub mod catalog;
pub mod change;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod model;
pub mod output;
pub mod query;
pub mod report;
pub mod text;
#[cfg(feature = "cli")]
pub mod watch;
pub mod workspace;
