//! `karto.yaml`: the team's own rules, on top of the built-in ones.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::schema::Schemas;
use super::{Currency, Period, Pipeline, Rates, Spanned, Vocabulary};

mod read;

/// One of us: a salesperson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id, as cards name it.
    pub id: String,
    /// The full name; the id where the configuration says nothing.
    pub name: String,
    /// The e-mail addresses, by which git knows them.
    pub emails: Vec<String>,
    /// The phone number, for letters and offers.
    pub phone: Option<String>,
    /// What they do, for letters and offers.
    pub role: Option<String>,
    /// False for somebody who has left: cards may still name them, but none should be theirs.
    pub active: bool,
}

/// The rules of one workspace: `karto.yaml` and its schemas, joined with the built-in ones.
#[derive(Clone, Debug)]
pub struct Config {
    /// True if the workspace has a newer format than this program knows: it is read, and nothing in it is written.
    pub is_newer: bool,
    /// The currency that sums are in.
    pub currency: Option<Currency>,
    /// True if `currency:` names one that does not exist: then one finding there says why no amount can be counted.
    pub currency_is_unknown: bool,
    /// What other currencies are worth.
    pub rates: Rates,
    /// The zone that dates and times are in; the system's where none is named.
    pub timezone: Option<Tz>,
    /// Who works here; empty means anybody.
    pub people: Vec<Person>,
    /// All pipelines; the first of a type is its default.
    pub pipelines: Vec<Pipeline>,
    /// The allowed values of choice fields.
    pub choices: BTreeMap<String, Vec<String>>,
    /// The words of log headings.
    pub vocabulary: Vocabulary,
    /// How often a client of each class wants to hear from us.
    pub contact_interval: BTreeMap<String, Period>,
    /// Upper bounds, such as `open_leads_per_owner`.
    pub limits: BTreeMap<String, u32>,
    /// Saved queries by name; they are parsed on a higher floor.
    pub segments: BTreeMap<String, Spanned<String>>,
    /// Globs of the files that belong to the workspace, with their places in `karto.yaml`; empty means all.
    pub include: Vec<Spanned<String>>,
    /// What fields each type has.
    pub schemas: Schemas,
}

impl Config {
    /// The pipelines for records of a type, the default first.
    pub fn pipelines_of<'a>(&'a self, record_type: &'a str) -> impl Iterator<Item = &'a Pipeline> {
        self.pipelines.iter().filter(move |pipeline| pipeline.record_type == record_type)
    }

    /// The pipeline for a record of a type: the one that it names, else the type's first; `None` if the name is unknown
    /// or the type has none.
    pub fn pipeline(&self, record_type: &str, named: Option<&str>) -> Option<&Pipeline> {
        let mut of_type = self.pipelines.iter().filter(|pipeline| pipeline.record_type == record_type);
        match named {
            Some(name) => of_type.find(|pipeline| pipeline.name == name),
            None => of_type.next(),
        }
    }

    /// The pipeline of a record.
    pub fn pipeline_for(&self, record: &super::Record) -> Option<&Pipeline> {
        self.pipeline(&record.record_type, record.text("pipeline"))
    }

    /// The stage of a record, if its pipeline knows it.
    pub fn stage_of(&self, record: &super::Record) -> Option<&super::Stage> {
        self.pipeline_for(record)?.stage(record.stage()?)
    }

    /// One of us, by id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }
}
