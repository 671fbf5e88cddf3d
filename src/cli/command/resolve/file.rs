//! A file with conflicts, and what choices make of it.

use super::{Resolved, Second};
use crate::cli::CliError;
use crate::cli::session::Session;
use crate::diagnostic::Severity;
use crate::text::codes::CONFLICT_MARKER;
use crate::text::conflict::{Choice, Conflict, Side};
use crate::text::{Document, Edit, LineIndex, SourcePath, splice};
use crate::workspace::CONFIG_FILE;

/// From so many places on it is not tried whether a field can hold both of its texts: each try reads the card anew.
const MANY: usize = 100;

/// A file as it was read, with its places.
pub(super) struct Conflicted {
    pub(super) path: SourcePath,
    pub(super) bytes: Vec<u8>,
    pub(super) document: Document,
}

impl Conflicted {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CliError::Argument`] if it can't be read, or if its marks don't fit together.
    pub(super) fn read(session: &Session<'_, '_>, path: SourcePath) -> Result<Self, CliError> {
        let bytes = session.workspace.bytes_of(&path).map_err(|error| {
            CliError::argument(format!("{path} can't be read: {error}"), "look whether it is there")
        })?;
        let document = document(&path, bytes.clone());
        let hint = || match path.as_str().ends_with(".md") {
            true => format!("mend it by hand: `karto edit {}`", path.stem()),
            false => "mend it by hand".to_owned(),
        };
        if document.conflicts().is_empty()
            && let Some(broken) = document.diagnostics().iter().find(|found| found.code == CONFLICT_MARKER)
        {
            let why = broken.label.as_deref().unwrap_or_default();
            return Err(CliError::argument(format!("the marks in {path} don't fit together: {why}"), hint()));
        }
        if document.source() != document.full_text().as_bytes() {
            return Err(CliError::argument(format!("{path} is not UTF-8"), hint()));
        }
        Ok(Self { path, bytes, document })
    }

    pub(super) fn places(&self) -> &[Conflict] {
        self.document.conflicts()
    }

    /// The text with its marks.
    pub(super) fn text(&self) -> &str {
        self.document.full_text()
    }

    /// The line on which a place begins.
    pub(super) fn line(&self, place: &Conflict) -> usize {
        LineIndex::new(self.text()).line(place.span.start())
    }

    /// What a place is about: a field, the text below the fields, or all of the file.
    pub(super) fn about(&self, place: &Conflict) -> String {
        match &place.field {
            _ if self.is_two_cards() => "two cards".to_owned(),
            Some(field) => field.clone(),
            None => "text".to_owned(),
        }
    }

    /// True if two people made a card of this name, each their own.
    pub(super) fn is_two_cards(&self) -> bool {
        let [place] = self.places() else { return false };
        let text = self.text();
        let is_whole = text.trim_start_matches('\u{feff}').len() == place.span.of(text).len();
        let is_card = |side: &Side| side.lines.of(text).starts_with("---");
        is_whole && self.path.as_str().ends_with(".md") && is_card(&place.ours) && is_card(&place.theirs)
    }

    /// The whole file as one side has it, as far as its marks tell.
    pub(super) fn side(&self, side: &Choice) -> Vec<u8> {
        let edits: Vec<Edit> = self.places().iter().map(|place| place.resolved(self.text(), side)).collect();
        splice(self.text(), &edits).map(String::into_bytes).unwrap_or_else(|_| self.bytes.clone())
    }

    /// Whether both texts of a place can stand one below the other: in the text always, in the front matter where no
    /// field stands twice then.
    pub(super) fn takes_both(&self, at: usize) -> bool {
        let Some(place) = self.places().get(at) else { return false };
        if place.ours.lines.is_empty() || place.theirs.lines.is_empty() || self.is_two_cards() {
            return true;
        }
        let parts = self.document.parts();
        // What begins with `---` may make all of the file a card.
        let is_note = !self.document.has_front_matter() && !place.theirs.lines.of(self.text()).starts_with("---");
        if is_note || parts.body.contains(place.span) {
            return self.path.as_str().ends_with(".md");
        }
        if !parts.yaml.contains(place.span) || self.places().len() > MANY {
            return false;
        }
        let choice = |other: usize| if other == at { Choice::Both } else { Choice::Ours };
        let edits = self.places().iter().enumerate().map(|(other, place)| place.resolved(self.text(), &choice(other)));
        let Ok(text) = splice(self.text(), &edits.collect::<Vec<_>>()) else { return false };
        let errors = |document: &Document| {
            let errors = document.diagnostics().iter().filter(|found| found.severity == Severity::Error);
            errors.filter(|found| found.code != CONFLICT_MARKER).count()
        };
        errors(&document(&self.path, text.into_bytes())) <= errors(&self.document)
    }

    /// The file with these choices made, one for each place; places without one stay open.
    ///
    /// # Errors
    /// [`CliError::Argument`] if the choices don't fit the text, which they do.
    pub(super) fn resolved(&self, choices: &[Option<Choice>]) -> Result<Option<Resolved>, CliError> {
        let made = self.places().iter().zip(choices).filter_map(|(place, choice)| {
            let choice = choice.as_ref()?;
            Some(place.resolved(self.text(), choice))
        });
        let edits: Vec<Edit> = made.collect();
        let is_both = self.is_two_cards() && choices.first() == Some(&Some(Choice::Both));
        if let (true, [place]) = (is_both, self.places()) {
            let [before, after, other] =
                [self.text(), place.ours.lines.of(self.text()), place.theirs.lines.of(self.text())]
                    .map(|text| text.as_bytes().to_vec());
            let second = Some(Second { path: None, bytes: other });
            return Ok(Some(Resolved {
                path: self.path.clone(),
                before,
                after,
                decided: 1,
                left: 0,
                told: None,
                second,
            }));
        }
        if edits.is_empty() {
            return Ok(None);
        }
        let misfit = |error: crate::text::EditError| CliError::argument(error.to_string(), "run the command again");
        let after = splice(self.text(), &edits).map_err(misfit)?.into_bytes();
        let decided = edits.len();
        let left = self.places().len().saturating_sub(decided);
        let (path, before) = (self.path.clone(), self.bytes.clone());
        Ok(Some(Resolved { path, before, after, decided, left, told: None, second: None }))
    }
}

fn document(path: &SourcePath, bytes: Vec<u8>) -> Document {
    if path.as_str() == CONFIG_FILE { Document::parse_yaml(bytes) } else { Document::parse(bytes) }
}
