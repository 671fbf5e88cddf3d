//! Floor 4: findings across records, and those that depend on today.
//!
//! What is wrong with one file by itself has been said when it was read. Here stands what shows only beside other
//! cards, the configuration's pipelines, or the calendar: links that lead nowhere, gates, dates to come, rates that
//! lack. Each rule is a small function of its own; the modules hold one idea each.

pub mod codes;

mod circles;
mod configuration;
mod dates;
mod gates;
mod history;
mod ids;
mod links;
mod money;
mod ownership;
mod parties;
mod references;
mod shadows;

use rayon::prelude::*;

use crate::catalog::RecordIndex;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Record;
use crate::model::schema::TypeDef;
use crate::query::derived::family;
use crate::query::{Context, Fields};
use crate::text::SourcePath;

/// How much is asked of the cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Also finds what is in order, but left undone: open records without a next step or an owner.
    pub strict: bool,
}

/// Every code of the floors up to this one, in the order of the documentation.
pub fn all_codes() -> impl Iterator<Item = Code> {
    let texts = crate::text::codes::ALL.iter().chain(crate::text::body::codes::ALL);
    let cards = crate::model::codes::ALL.iter().chain(crate::model::schema::codes::ALL);
    let answers = crate::query::codes::ALL.iter().chain(codes::ALL);
    texts.chain(cards).chain(answers).copied()
}

/// What is wrong with the records beside each other, with the configuration, and on this day; by file and place.
pub fn check(ctx: &Context<'_>, options: CheckOptions) -> Vec<Diagnostic> {
    let check = Check { ctx: *ctx, fields: Fields::new(ctx.config, ctx.catalog) };
    let by_rule = |rule: &Rule| {
        let mut found = Vec::new();
        rule(&check, &mut found);
        found
    };
    // In the order of the rules, on all cores.
    let mut found: Vec<Diagnostic> = RULES.par_iter().map(by_rule).collect::<Vec<_>>().into_iter().flatten().collect();
    if options.strict {
        gates::next_steps(&check, &mut found);
        ownership::missing(&check, &mut found);
    }
    found.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    found
}

/// The fields that a card lacks for the stage in which it is, stored or derived, in the order of its gate.
pub fn unmet_gate(ctx: &Context<'_>, record: RecordIndex) -> Vec<String> {
    let check = Check { ctx: *ctx, fields: Fields::new(ctx.config, ctx.catalog) };
    gates::missing(&check, record, ctx.catalog.record(record)).into_iter().map(str::to_owned).collect()
}

/// A rule puts what it finds at the end of the list.
type Rule = fn(&Check<'_>, &mut Vec<Diagnostic>);

const RULES: &[Rule] = &[
    configuration::gate_fields,
    configuration::segments,
    configuration::campaign_segments,
    ids::duplicates,
    ids::former_ids,
    ids::numbers,
    references::fields,
    references::log_contacts,
    links::dangling,
    circles::circles,
    parties::opportunities,
    parties::clients_of_opportunities,
    parties::converted_leads,
    gates::gates,
    history::gaps,
    shadows::shadows,
    dates::log_entries,
    dates::tasks,
    dates::histories,
    dates::fields,
    money::currencies,
    money::rates,
    ownership::people_who_left,
    ownership::open_leads,
];

/// What all rules look at.
struct Check<'a> {
    ctx: Context<'a>,
    fields: Fields,
}

impl<'a> Check<'a> {
    fn records(&self) -> impl DoubleEndedIterator<Item = &'a Record> + ExactSizeIterator + Clone + use<'a> {
        self.ctx.catalog.records()
    }

    fn entries(&self) -> impl Iterator<Item = (RecordIndex, &'a Record)> + use<'a> {
        self.ctx.catalog.entries()
    }

    /// The client or lead that a record is about; the record itself where it is one.
    fn party<'r>(&'r self, record: &'r Record) -> &'r Record {
        let catalog = self.ctx.catalog;
        catalog.index(record).map_or(record, |index| catalog.record(family::party(&self.ctx, index)))
    }

    fn type_of(&self, record: &Record) -> Option<&'a TypeDef> {
        self.ctx.config.schemas.get(&record.record_type)
    }

    /// A finding about the configuration.
    fn in_config(&self, finding: Diagnostic) -> Diagnostic {
        match SourcePath::new("karto.yaml") {
            Ok(path) => finding.in_file(&path),
            Err(_) => finding,
        }
    }
}

/// `a`, `a and b`, `a, b and c`: names as a sentence has them, each between backticks.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
