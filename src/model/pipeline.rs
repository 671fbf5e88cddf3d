use super::{Period, Spanned};
use crate::text::Span;

/// What the end of a pipeline means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The end that was hoped for.
    Won,
    /// The end that was feared.
    Lost,
    /// An end that is neither, such as a quote that was replaced by another.
    Neutral,
}

impl Outcome {
    /// `won`, `lost` or `neutral`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Won => "won",
            Outcome::Lost => "lost",
            Outcome::Neutral => "neutral",
        }
    }

    /// Reads `won`, `lost` or `neutral`.
    pub fn parse(text: &str) -> Option<Self> {
        [Outcome::Won, Outcome::Lost, Outcome::Neutral].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One station on the way of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The stage's id, as cards name it.
    pub id: String,
    /// What people call it; the id where the configuration says nothing.
    pub label: String,
    /// How likely the deal is here, in percent; won is always 100 and lost 0.
    pub probability: Option<u8>,
    /// After how long without a move or a contact a record here counts as stale.
    pub stale_after: Option<Period>,
    /// The stage's own gate: the fields that must be there, with their places in `karto.yaml`.
    pub requires: Vec<Spanned<String>>,
    /// Open, but neither stale nor in the forecast.
    pub parked: bool,
    /// Set where the record's way ends.
    pub outcome: Option<Outcome>,
}

impl Stage {
    /// True until the record's way has ended; parked stages are open.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// How likely the deal is here, in percent: 100 where it is won, 0 where it is lost.
    pub fn chance(&self) -> Option<u8> {
        match self.outcome {
            Some(Outcome::Won) => Some(100),
            Some(Outcome::Lost) => Some(0),
            _ => self.probability,
        }
    }
}

/// The stages that records of one type move through, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The pipeline's id, as `pipeline:` names it.
    pub name: String,
    /// The type of the records in it.
    pub record_type: String,
    /// What every open stage asks for, beside its own gate, with the places in `karto.yaml`.
    pub requires: Vec<Spanned<String>>,
    /// True if moves may neither skip stages nor go back.
    pub strict: bool,
    /// The stages in their order.
    pub stages: Vec<Stage>,
    /// Where `karto.yaml` defines it; `None` for a built-in one.
    pub span: Option<Span>,
}

impl Pipeline {
    /// The stage with this id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// Where in the pipeline the stage with this id stands, from 0.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.stages.iter().position(|stage| stage.id == id)
    }

    /// The stage in which records begin.
    pub fn first(&self) -> Option<&Stage> {
        self.stages.first()
    }

    /// All that a record in `stage` must have: the stage's own gate, and the pipeline's while the stage is open.
    pub fn gate<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a str> {
        let shared = if stage.is_open() { self.requires.as_slice() } else { &[] };
        let own = stage.requires.iter().filter(|field| shared.iter().all(|other| other.value != field.value));
        shared.iter().chain(own).map(|field| field.value.as_str())
    }
}
