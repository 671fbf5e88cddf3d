use crate::diagnostic::Diagnostic;
use crate::model::{HistoryLine, Task};
use crate::text::body::edit::BodyEditError;
use crate::text::yaml::EditRefused;
use crate::text::{EditError, SourcePath, When};

/// Why one card is not changed as was asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The file can't be read as a record, so nothing is written into it.
    #[error("the card can't be read")]
    Unreadable {
        /// What is wrong with it.
        findings: Vec<Diagnostic>,
    },
    /// A merge left places in the card where nobody has chosen yet.
    #[error("a merge left {places} open {} in the card", if *.places == 1 { "question" } else { "questions" })]
    Unresolved {
        /// The card.
        id: String,
        /// How many places there are.
        places: usize,
    },
    /// The template of a type can't be read as a card of it.
    #[error("the template {path} can't be read as {article}")]
    Template {
        /// Where it lies.
        path: SourcePath,
        /// `a lead`
        article: String,
        /// What is wrong with it; nothing where it is simply no card.
        findings: Box<[Diagnostic]>,
    },
    /// The front matter can't be edited so.
    #[error(transparent)]
    Field(#[from] EditRefused),
    /// The text can't be edited so.
    #[error(transparent)]
    Body(#[from] BodyEditError),
    /// The edits of one change don't fit each other.
    #[error(transparent)]
    Misfit(#[from] EditError),
    /// A value that its field can't take, or a field that can't be set like this.
    #[error("{message}")]
    Value {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: String,
    },
    /// Several things at once.
    #[error("{}", .all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several {
        /// Each of them; at least two.
        all: Vec<Refusal>,
    },
    /// The type has no pipeline, so its cards have no stage to move to.
    #[error("{article} has no stages to move through")]
    NoPipeline {
        /// `a competitor`
        article: String,
    },
    /// The pipeline has no such stage.
    #[error("the pipeline `{pipeline}` has no stage `{stage}`")]
    StageUnknown {
        /// The pipeline.
        pipeline: String,
        /// What was asked for.
        stage: String,
        /// What it could be.
        hint: String,
    },
    /// The task that is meant can't be told.
    #[error("{message}")]
    NoTask {
        /// Why not.
        message: String,
        /// The open tasks, by their numbers.
        tasks: Vec<(usize, Task)>,
    },
    /// It is in that stage already.
    #[error("it is in `{stage}` already")]
    SameStage {
        /// The stage.
        stage: String,
    },
    /// It has been closed, and the call does not say that it is to be opened again.
    #[error("it is closed: {stage}")]
    Closed {
        /// The stage in which it was closed.
        stage: String,
    },
    /// The pipeline is strict, and the stage is not the next one.
    #[error("the pipeline `{pipeline}` is strict, and `{stage}` does not follow `{from}`")]
    OutOfOrder {
        /// The pipeline.
        pipeline: String,
        /// Where the card stands.
        from: String,
        /// What was asked for.
        stage: String,
        /// What may come.
        next: Vec<String>,
    },
    /// The change would be older than the last one that the history tells of.
    #[error("the history has a line of {} already, so {at} comes too late", last.at)]
    Backwards {
        /// The day that was asked for.
        at: When,
        /// The last line.
        last: Box<HistoryLine>,
    },
}

impl Refusal {
    /// What is wrong with the file that was read, place by place.
    pub fn findings(&self) -> &[Diagnostic] {
        match self {
            Refusal::Unreadable { findings } => findings,
            Refusal::Template { findings, .. } => findings,
            _ => &[],
        }
    }

    /// A value or field that can't be set.
    pub fn value(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Refusal::Value { message: message.into(), hint: hint.into() }
    }

    /// All that is wrong, as one refusal; nothing where nothing is.
    ///
    /// # Errors
    /// The refusal, of several ones where there are more.
    pub fn unless_none(mut all: Vec<Refusal>) -> Result<(), Refusal> {
        match all.len() {
            0 => Ok(()),
            1 => Err(all.remove(0)),
            _ => Err(Refusal::Several { all }),
        }
    }

    /// What to do about it, as an order.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Refusal::Unreadable { .. } => "mend the card first; `karto validate` shows how".to_owned(),
            Refusal::Unresolved { id, .. } => format!("answer them first: `karto resolve {id}`"),
            Refusal::Template { .. } => "mend it: it begins with `---`, the type and the fields to fill in".to_owned(),
            Refusal::Field(refused) => refused.remedy().to_owned(),
            Refusal::Value { hint, .. } | Refusal::StageUnknown { hint, .. } => hint.clone(),
            Refusal::NoTask { tasks, .. } if !tasks.is_empty() => {
                let tasks: Vec<String> =
                    tasks.iter().map(|(number, task)| format!("{number} {}", task.gist())).collect();
                format!("name one by its number or a part of its text: {}", tasks.join("; "))
            }
            Refusal::NoTask { .. } => return None,
            Refusal::Closed { .. } => "say --reopen if it is to be opened again".to_owned(),
            Refusal::OutOfOrder { next, .. } if !next.is_empty() => format!("what may come: {}", next.join(", ")),
            Refusal::Backwards { .. } => {
                "date the change that day or later (`karto move --at`), or mend that line if its day is wrong"
                    .to_owned()
            }
            Refusal::NoPipeline { .. } => "name the type's stages under `pipelines:` in karto.yaml".to_owned(),
            Refusal::Several { all } => all.iter().filter_map(Refusal::hint).collect::<Vec<_>>().join("; "),
            Refusal::SameStage { .. } | Refusal::OutOfOrder { .. } => return None,
            Refusal::Body(_) | Refusal::Misfit(_) => "edit the card by hand, with `karto edit`".to_owned(),
        })
        .filter(|hint| !hint.is_empty())
    }
}
