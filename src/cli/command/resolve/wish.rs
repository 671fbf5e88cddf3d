//! What a call says of the choices.

use super::file::Conflicted;
use crate::cli::CliError;
use crate::output::shell_word;
use crate::text::conflict::{Choice, Conflict};
use crate::text::{did_you_mean, nearest};

/// The choices that the call has made already.
pub(super) struct Wish {
    all: Option<Choice>,
    fields: Vec<(String, Choice)>,
}

impl Wish {
    /// Reads `stage=ours` and the like.
    ///
    /// # Errors
    /// [`CliError::Argument`] if one is not written so.
    pub(super) fn new(all: Option<Choice>, fields: &[String]) -> Result<Self, CliError> {
        let field = |text: &String| {
            let parts = text.split_once('=').and_then(|(field, side)| Some((field.trim().to_owned(), side_of(side)?)));
            parts.ok_or_else(|| {
                CliError::argument(format!("`{text}` names no side"), "write --field stage=ours, theirs or both")
            })
        };
        let fields: Vec<(String, Choice)> = fields.iter().map(field).collect::<Result<_, _>>()?;
        for (at, (field, side)) in fields.iter().enumerate() {
            if fields.iter().skip(at + 1).any(|(other, wish)| other == field && wish != side) {
                return Err(CliError::argument(format!("two sides are wished for `{field}`"), "say one of them"));
            }
        }
        Ok(Self { all, fields })
    }

    /// True if the call says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_none() && self.fields.is_empty()
    }

    /// True if nothing is left to be asked.
    pub(super) fn is_for_all(&self) -> bool {
        self.all.is_some()
    }

    /// What the call says of a place; its line goes before the name of its field.
    pub(super) fn of(&self, file: &Conflicted, place: &Conflict) -> Option<&Choice> {
        let line = file.line(place).to_string();
        let by = |is_meant: &dyn Fn(&str) -> bool| self.fields.iter().rev().find(|(field, _)| is_meant(field));
        let own = by(&|field| field == line).or_else(|| by(&|field| is_about(place, field))).map(|(_, choice)| choice);
        own.or(self.all.as_ref())
    }

    /// Every field must be one that is to be decided, and a side must fit its place.
    ///
    /// # Errors
    /// [`CliError::Argument`] if not.
    pub(super) fn check(&self, files: &[Conflicted]) -> Result<(), CliError> {
        let places = || files.iter().flat_map(|file| file.places().iter().map(move |place| (file, place)));
        for (field, _) in &self.fields {
            if places().any(|(file, place)| is_about(place, field) || file.line(place).to_string() == *field) {
                continue;
            }
            let mut known: Vec<&str> = places().map(|(_, place)| place.field.as_deref().unwrap_or("text")).collect();
            known.dedup();
            let hint =
                did_you_mean(&nearest(field, known.iter().copied(), 1)).unwrap_or_else(|| match known.is_empty() {
                    true => "no marks of a merge are in it".to_owned(),
                    false => format!("to be decided are {}", known.join(", ")),
                });
            return Err(CliError::argument(format!("nothing is to be decided about `{field}`"), hint));
        }
        for file in files {
            for (at, place) in file.places().iter().enumerate() {
                if self.of(file, place) == Some(&Choice::Both) && !file.takes_both(at) {
                    let what = place.field.as_deref().map_or("the file".to_owned(), |field| format!("`{field}`"));
                    let message = format!("{}: {what} can't have both", file.path);
                    let name = match place.field.as_deref().filter(|field| !field.contains(' ')) {
                        Some(field) => field.to_owned(),
                        None => file.line(place).to_string(),
                    };
                    let [ours, theirs] = ["ours", "theirs"].map(|side| shell_word(&format!("{name}={side}")));
                    let hint = format!("choose a side of it: --field {ours} or --field {theirs}");
                    return Err(CliError::argument(message, hint));
                }
            }
        }
        Ok(())
    }
}

/// `ours`, or an unambiguous beginning of it.
pub(super) fn side_of(word: &str) -> Option<Choice> {
    let word = word.trim().to_lowercase();
    let sides = [("ours", Choice::Ours), ("theirs", Choice::Theirs), ("both", Choice::Both)];
    let mut fitting = sides.into_iter().filter(|(name, _)| name.starts_with(&word));
    fitting.next().filter(|_| !word.is_empty()).map(|(_, choice)| choice)
}

/// What is about no field is about the text.
fn is_about(place: &Conflict, field: &str) -> bool {
    place.field.as_deref().unwrap_or("text").split(", ").any(|name| name == field)
}
