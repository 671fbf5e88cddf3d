//! The command line, as clap reads it. Help texts are the first documentation that a user meets.

use std::ffi::OsStr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{CliError, Io};
use crate::output::data::DataFormat;
use crate::text::conflict::Choice;

mod command;

pub(super) use command::Command;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// The CRM that lives in plain text: leads, clients and opportunities as Markdown files in git.
///
/// Without a command it greets you with the day: whom to contact, and the funnel in brief.
#[derive(Debug, Parser)]
#[command(name = "karto", version, styles = STYLES, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "A query picks records: `karto list type:lead owner:me next_action:none`.\n\
    `karto COMMAND --help` has examples; docs/queries.md has the whole language.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Work in this folder's workspace [default: the one you are in]
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true, help_heading = "Everywhere")]
    pub directory: Option<PathBuf>,
    /// Take this day for today
    #[arg(long, value_name = "DATE", global = true, help_heading = "Everywhere", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
    /// Colours: `auto` uses them on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Everywhere")]
    #[arg(hide_possible_values = true)]
    pub color: Color,
    /// Do not page long answers
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_pager: bool,
    /// Read every file, and neither use nor keep what was read before (in .karto/)
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_cache: bool,
    /// Say on standard error how long each part took
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub timings: bool,
}

impl Global {
    /// The same, with what the call leaves open taken from the environment: `KARTO_DIR`, `KARTO_TODAY`.
    ///
    /// # Errors
    /// [`CliError::Argument`] if `KARTO_TODAY` is no date.
    pub(super) fn with_environment(mut self, io: &Io<'_>) -> Result<Self, CliError> {
        self.directory = self.directory.or_else(|| io.environment.get(OsStr::new("KARTO_DIR")).map(PathBuf::from));
        if let (None, Some(text)) = (self.today, io.own_variable("KARTO_TODAY")?) {
            let day = parse_day(text).map_err(|error| {
                CliError::argument(
                    format!("KARTO_TODAY is `{text}`: {error}"),
                    "`unset KARTO_TODAY` to go by the clock",
                )
            })?;
            self.today = Some(day);
        }
        Ok(self)
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// One JSON object: {"schema_version":1,"kind":…,"items":[…]}
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
}

impl Format {
    /// The form of data; `None` for people.
    pub(super) fn data(self) -> Option<DataFormat> {
        match self {
            Format::Table => None,
            Format::Json => Some(DataFormat::Json),
            Format::Jsonl => Some(DataFormat::Jsonl),
            Format::Csv => Some(DataFormat::Csv),
        }
    }
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FindingFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object: {"schema_version":1,"kind":"findings","items":[…]}
    Json,
    /// One JSON object a line
    Jsonl,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code scanners and editors
    Sarif,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Jsonl,
}

/// A query, and how the answer is written.
#[derive(Args, Clone, Debug)]
pub struct Ask {
    /// Which records, such as: owner:me stage:offer value:50000.. (docs/queries.md)
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// How much of an answer is shown.
#[derive(Args, Clone, Copy, Debug)]
pub struct Limit {
    /// Show this many at the most
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<usize>,
}

/// How a change is made, and of which cards.
#[derive(Args, Clone, Debug)]
pub struct Write {
    /// Change the cards that this query picks, in place of ids
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Vec<String>,
    /// Show what would change as a diff, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where some cards are refused, change the others all the same
    #[arg(long)]
    pub keep_going: bool,
    /// Do not ask back
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// What there is to do with git.
#[derive(Clone, Debug, Subcommand)]
pub enum GitTask {
    /// Tell git to merge cards with karto, and to have them looked at after merges and rebases
    #[command(
        after_help = "It sets merge.karto.driver in this repository's configuration, adds a line to .gitattributes, \
        and writes the hooks post-merge, post-rewrite and post-commit; hooks that are there already are kept and called first. Everybody \
        who shares the workspace runs it once. It is safe to run again."
    )]
    Setup,
    /// Say what is wrong with the cards, nothing if all is well; the hooks call it
    Check {
        /// Only what was not wrong in this revision of git, such as ORIG_HEAD: the state before the last merge
        #[arg(long, value_name = "REVISION")]
        since: Option<String>,
    },
}

/// The side that is taken wherever nothing else is said.
#[derive(Args, Clone, Copy, Debug)]
#[group(multiple = false, requires = "words")]
pub struct TakenSide {
    /// Take what we had, in all places
    #[arg(long)]
    pub ours: bool,
    /// Take what they had, in all places
    #[arg(long)]
    pub theirs: bool,
    /// Keep both texts, ours first, in all places
    #[arg(long)]
    pub both: bool,
}

impl TakenSide {
    /// `None` where the call does not say.
    pub(super) fn choice(self) -> Option<Choice> {
        let sides = [(self.ours, Choice::Ours), (self.theirs, Choice::Theirs), (self.both, Choice::Both)];
        sides.into_iter().find(|(is_taken, _)| *is_taken).map(|(_, choice)| choice)
    }
}

/// What git gives to a merge driver.
#[derive(Args, Clone, Debug)]
pub struct MergeFiles {
    /// The version that both began with (%O)
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// Our version, into which the merge is written (%A)
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// Their version (%B)
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// Where the card lies (%P)
    #[arg(value_name = "PATH")]
    pub path: String,
    /// How many signs a mark has (%L)
    #[arg(long, value_name = "N", default_value = "7", value_parser = clap::value_parser!(u16).range(1..))]
    pub marker_size: u16,
    /// What our side is called (%X)
    #[arg(long, value_name = "NAME", default_value = "ours", allow_hyphen_values = true)]
    pub ours_name: String,
    /// What their side is called (%Y)
    #[arg(long, value_name = "NAME", default_value = "theirs", allow_hyphen_values = true)]
    pub theirs_name: String,
}

/// How much a task weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum TaskPriority {
    /// Most
    A,
    /// More
    B,
    /// Less
    C,
}

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    crate::text::parse_date(text).map_err(|error| format!("{error}, such as 2026-11-23"))
}
