//! Three versions of one card made one: the base that two people began with, ours, and theirs.
//!
//! Front matter merges by key to any depth, lists as sets or by their items' ids, history by time; log entries and tasks
//! one by one, all other text line by line. What only one side changed is taken, what both changed alike is one, and
//! what both changed differently conflicts, in as few lines as hold it. The result is ours with edits, so what neither
//! touched is the same to the byte. What can't be merged so with certainty is left to git's own merge of lines.

mod body;
mod diff3;
mod errors;
mod front;
mod history;
mod items;
mod kept;
mod marks;
mod matching;
mod place;
mod sections;
mod units;
mod values;
mod words;

#[cfg(test)]
mod tests;

pub use marks::MarkStyle;

use body::Merged;
use front::Front;
use values::Way;

use crate::model::{Config, HistoryLine};
use crate::text::yaml::{Kind, Value};
use crate::text::{Document, Edit, SourcePath, Span, unified};

/// What a merge gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// All of both, nothing to decide.
    Clean(Vec<u8>),
    /// Somebody must decide: the places stand between marks.
    Conflicts {
        /// The file with its marks.
        bytes: Vec<u8>,
        /// How many places there are.
        places: usize,
    },
    /// It is no card, one that a program can't edit with certainty, or of a format that this program does not know: it is
    /// to be merged as lines of text.
    AsText,
}

/// Merges three versions of the file at `path`; an empty `base` stands for a file that both sides have made.
pub fn merge(
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    path: &SourcePath,
    marks: MarkStyle<'_>,
    config: &Config,
) -> Merge {
    if ours == theirs || theirs == base {
        return Merge::Clean(ours.to_vec());
    }
    if ours == base {
        return Merge::Clean(theirs.to_vec());
    }
    if config.is_newer {
        return Merge::AsText;
    }
    let [old, mine, yours] = [base, ours, theirs].map(Document::parse);
    let marks = marks.ending_lines(mine.line_ending().as_str());
    let same = |a: &Document, b: &Document| unified(a.text()) == unified(b.text());
    let utf8 = [&old, &mine, &yours].iter().all(|document| document.source() == document.text().as_bytes());
    if utf8 && (same(&mine, &yours) || same(&yours, &old)) {
        return Merge::Clean(ours.to_vec());
    }
    if base.is_empty() && utf8 && (mine.has_front_matter() || yours.has_front_matter()) {
        let bytes = marks.around(mine.text(), yours.text()).into_bytes();
        return Merge::Conflicts { bytes, places: 1 };
    }
    let is_card = |document: &&Document| {
        document.is_readable() && document.front().is_some_and(|front| front.kind() == Kind::Map && front.is_regular())
    };
    if ![&old, &mine, &yours].iter().all(is_card) {
        return Merge::AsText;
    }
    let merged = Merger { base: &old, ours: &mine, theirs: &yours, path, marks, config }.merge();
    let keeps = |bytes: &[u8]| kept::keeps_lines([&old, &mine, &yours], bytes);
    match merged {
        Some(Merge::Clean(bytes)) if keeps(&bytes) => Merge::Clean(bytes),
        Some(Merge::Conflicts { bytes, places }) if keeps(&bytes) => Merge::Conflicts { bytes, places },
        _ => Merge::AsText,
    }
}

struct Merger<'m> {
    base: &'m Document,
    ours: &'m Document,
    theirs: &'m Document,
    path: &'m SourcePath,
    marks: MarkStyle<'m>,
    config: &'m Config,
}

impl Merger<'_> {
    /// `None` where the result can't be made with certainty.
    fn merge(&self) -> Option<Merge> {
        let record_type = self.ours.front()?.get("type").map(|node| node.raw().into_owned()).unwrap_or_default();
        let type_def = self.config.schemas.get(&record_type);
        // Alone, for each edit of it reads all that stands in one document.
        let [base, ours, theirs] = [self.base, self.ours, self.theirs].map(|side| {
            let head = side.text().get(..side.parts().body.start()).unwrap_or_default();
            Document::parse(head)
        });
        let front = front::merge(&base, &ours, &theirs, type_def)?;
        let body = sections::merge(self.base.body(), self.ours.body(), self.theirs.body(), &self.marks);
        let whole = self.joined(&front.document, &body.text)?;
        let found = || self.new_errors(&front, &body, &whole);
        let (sound, wrong) = beside(whole.text().len(), || self.check(&whole, &front, &body), found);
        sound?;
        let mut places = place::of_conflicts(&front, self.theirs)?;
        match wrong.and_then(|fields| place::of_fields(&fields, &front.document, self.ours, self.theirs)) {
            Some(more) => places.extend(more),
            // A conflict that bears no marks would pass for a merge.
            None => return Some(self.as_one_conflict()),
        }
        if places.is_empty() && body.conflicts == 0 {
            return Some(Merge::Clean(whole.source().to_vec()));
        }
        places.sort_by_key(|place| (place.span.start(), place.theirs_at));
        let edits: Vec<Edit> = places.iter().map(|place| self.marked(&whole, place)).collect();
        let bytes = crate::text::splice(whole.full_text(), &edits).ok()?.into_bytes();
        Some(Merge::Conflicts { bytes, places: places.len() + body.conflicts })
    }

    /// The merged front matter with the merged text below it.
    fn joined(&self, front: &Document, body: &str) -> Option<Document> {
        let head = front.text().get(..front.parts().body.start())?;
        let gap = if head.ends_with('\n') || body.is_empty() { "" } else { self.marks.newline };
        Some(Document::parse(format!("{head}{gap}{body}")))
    }

    /// The result must say what was meant: the fields that were merged, and every task and entry once.
    fn check(&self, whole: &Document, front: &Front, body: &Merged<'_>) -> Option<()> {
        let fields = |document: &Document| document.front().map(Value::of);
        let units = units::units(whole.body());
        let items = units.iter().filter(|unit| !unit.is_line()).map(|unit| unit.meaning.trim_end());
        let as_meant = body.conflicts > 0 || items.eq(body.items.iter().map(|item| item.trim_end()));
        let readable = body.conflicts > 0 || whole.is_readable();
        (fields(whole) == fields(&front.document) && as_meant && readable).then_some(())
    }

    /// The fields that don't go together, beside those that conflict anyway; `None` if it can't be said which they are.
    fn new_errors(&self, front: &Front, body: &Merged<'_>, whole: &Document) -> Option<Vec<String>> {
        if front.conflicts.is_empty() && body.conflicts == 0 {
            return errors::new_ones(self, whole).into_iter().collect();
        }
        // Whichever side is chosen where they conflict, all else is to go with it.
        let text = if body.conflicts == 0 { &body.text } else { self.ours.body() };
        let ways: Vec<&Way> = front.conflicts.iter().collect();
        let sides = [Some(front.document.clone()), front.taking(&ways, self.theirs)];
        let wholes = sides.into_iter().flatten().filter_map(|side| self.joined(&side, text));
        let wrong = wholes.flat_map(|side| errors::new_ones(self, &side)).flatten();
        let mut fields: Vec<String> = wrong.filter(|field| !errors::is_in(&front.conflicts, field)).collect();
        fields.sort();
        fields.dedup();
        Some(fields)
    }

    fn as_one_conflict(&self) -> Merge {
        let bytes = self.marks.around(self.ours.text(), self.theirs.text()).into_bytes();
        Merge::Conflicts { bytes, places: 1 }
    }

    /// The lines of a place between marks; a stage is shown with who moved it and when.
    fn marked(&self, whole: &Document, place: &place::Place) -> Edit {
        let mut marks = self.marks;
        let (ours_name, theirs_name);
        if place.is_stage {
            ours_name = format!("{}{}", marks.ours, last_move(self.ours));
            theirs_name = format!("{}{}", marks.theirs, last_move(self.theirs));
            marks = marks.named(&ours_name, &theirs_name);
        }
        // The end of the file may have no line end.
        let before = whole.text().get(..place.span.start()).unwrap_or_default();
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { marks.newline };
        Edit::replace(
            place.span,
            format!("{gap}{}", marks.around(&place.ours, &marks.lines_of(&unified(&place.theirs)))),
        )
    }
}

/// ` (won 2026-11-20 @anna)`: how a card came to its stage, where its history ends with that.
fn last_move(document: &Document) -> String {
    let Some(front) = document.front() else { return String::new() };
    let lines = front.get("history").into_iter().flat_map(|history| history.items());
    let lines = lines.filter_map(|line| HistoryLine::parse(&line.raw(), Span::default()).ok());
    let Some(line) = lines.filter(|line| line.stage.is_some()).last() else { return String::new() };
    let stage = line.stage.unwrap_or_default();
    if front.get("stage").is_none_or(|node| node.raw() != stage) {
        return String::new();
    }
    let person = line.person.map_or_else(String::new, |person| format!(" @{person}"));
    format!(" ({stage} {}{person})", line.at)
}

/// From this many bytes on versions are read beside each other.
const LARGE: usize = 1 << 16;

/// Two answers about a text of so many bytes, worked out beside each other where it is large.
fn beside<A: Send, B: Send>(len: usize, a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    if len < LARGE { (a(), b()) } else { rayon::join(a, b) }
}

/// What is read of each of three versions.
fn of_each<'t, T: Send>(texts: [&'t str; 3], read: fn(&'t str) -> T) -> [T; 3] {
    let [base, ours, theirs] = texts;
    let len = base.len();
    let ((base, ours), theirs) = beside(len, || beside(len, || read(base), || read(ours)), || read(theirs));
    [base, ours, theirs]
}
