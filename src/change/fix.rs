//! Findings mended: from those that carry a certain fix to the edits that can be made together.

use std::collections::{BTreeMap, HashSet};

use crate::catalog::{Catalog, field_references};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::model::Record;
use crate::text::{Edit, EditError, SourcePath, codes, splice};

/// A file with one of these is left alone: its text is not what it seems.
const HANDS_OFF: [Code; 4] = [codes::FILE_TOO_LARGE, codes::INVALID_UTF8, codes::NUL_BYTE, codes::CONFLICT_MARKER];

/// A finding with a certain fix, in the file that the fix is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// The file.
    pub path: SourcePath,
    /// What mends it.
    pub fix: Fix,
    /// What is mended.
    pub finding: Diagnostic,
}

/// The fixes of findings that nobody has to be asked about and that can be made at once, by file and place. Of two that
/// touch each other the first by place is taken; a file is renamed only when nothing else is to be done with it. What is
/// left shows again when the mended files are read.
pub fn mends(findings: &[Diagnostic]) -> Vec<Mend> {
    let mut by_file: BTreeMap<&SourcePath, Vec<(&Fix, &Diagnostic)>> = BTreeMap::new();
    for (path, fix, finding) in certain(findings) {
        by_file.entry(path).or_default().push((fix, finding));
    }
    let of_file = |(path, fixes): (&SourcePath, Vec<(&Fix, &Diagnostic)>)| {
        let chosen = apart(fixes).into_iter();
        chosen.map(|(fix, finding)| Mend { path: path.clone(), fix: fix.clone(), finding: finding.clone() }).collect()
    };
    by_file.into_iter().flat_map(|file| -> Vec<Mend> { of_file(file) }).collect()
}

/// How many findings have a fix of that kind, whatever may speak against it once it is tried.
pub fn mendable(findings: &[Diagnostic]) -> usize {
    certain(findings).count()
}

/// The findings with a certain fix, in files that may be touched.
fn certain(findings: &[Diagnostic]) -> impl Iterator<Item = (&SourcePath, &Fix, &Diagnostic)> {
    let is_hands_off = |finding: &&Diagnostic| HANDS_OFF.contains(&finding.code);
    let alone: HashSet<&SourcePath> =
        findings.iter().filter(is_hands_off).filter_map(|finding| finding.path.as_ref()).collect();
    let is_something = |fix: &&Fix| fix.certain && !(fix.edits.is_empty() && fix.rename.is_none());
    findings.iter().filter_map(move |finding| {
        let path = finding.path.as_ref().filter(|path| !alone.contains(path))?;
        Some((path, finding.fix.as_ref().filter(is_something)?, finding))
    })
}

/// Of the fixes of one file those that don't touch each other.
fn apart<'f>(mut fixes: Vec<(&'f Fix, &'f Diagnostic)>) -> Vec<(&'f Fix, &'f Diagnostic)> {
    let start = |fix: &Fix| fix.edits.iter().map(|edit| edit.span.start()).min();
    let end = |fix: &Fix| fix.edits.iter().map(|edit| edit.span.end()).max();
    if fixes.iter().any(|(fix, _)| fix.rename.is_none()) {
        fixes.retain(|(fix, _)| fix.rename.is_none());
    } else {
        fixes.truncate(1);
    }
    fixes.sort_by_key(|(fix, _)| (start(fix), end(fix)));
    let mut done = None;
    fixes.retain(|(fix, _)| {
        let fits = done.is_none() || start(fix) > done;
        if fits {
            done = done.max(end(fix));
        }
        fits
    });
    fixes
}

/// The bytes of a file with fixes made, and where in them the text of each edit stands now.
///
/// # Errors
/// [`EditError`] if the fixes don't fit the bytes, or if these are no UTF-8.
pub fn mended<'m>(
    bytes: &[u8],
    mends: impl IntoIterator<Item = &'m Mend>,
) -> Result<(Vec<u8>, Vec<std::ops::Range<usize>>), EditError> {
    let mut edits: Vec<Edit> = mends.into_iter().flat_map(|mend| mend.fix.edits.iter().cloned()).collect();
    edits.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
    let text = std::str::from_utf8(bytes).map_err(|error| EditError::OutOfPlace { at: error.valid_up_to() })?;
    let after = splice(text, &edits)?;
    let mut places = Vec::with_capacity(edits.len());
    let (mut grown, mut gone) = (0, 0);
    for edit in &edits {
        let start = edit.span.start() + grown - gone;
        places.push(start..start + edit.text.len());
        grown += edit.text.len();
        gone += edit.span.len();
    }
    Ok((after.into_bytes(), places))
}

/// The names that cards have and name each other by: what a rename has to respect.
#[derive(Debug)]
pub struct Names {
    taken: HashSet<String>,
    linked: HashSet<String>,
    unreadable: Option<SourcePath>,
}

impl Names {
    /// Gathers the names of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let records = || catalog.records();
        let former = records().filter_map(|record| record.value("former_ids")).flat_map(|ids| ids.elements());
        let stems = records().map(|record| &record.path);
        let stems = stems.chain(catalog.notes().iter().map(|note| &note.path)).chain(catalog.unreadable());
        let taken = stems.map(|path| path.stem().to_lowercase()).chain(former.map(|id| id.display().to_lowercase()));
        let of_notes = catalog.notes().iter().flat_map(|note| &note.content.links);
        let of_notes = of_notes.map(|link| link.target.id.to_lowercase());
        Self {
            taken: taken.collect(),
            linked: records().flat_map(links).chain(of_notes).collect(),
            unreadable: catalog.unreadable().first().cloned(),
        }
    }

    /// Why a card can't simply be renamed; `None` if nothing stands against it.
    pub fn obstacle(&self, from: &SourcePath, to: &SourcePath) -> Option<String> {
        let (old, new) = (from.stem().to_lowercase(), to.stem().to_lowercase());
        if old != new && self.taken.contains(&new) {
            return Some(format!("`{}` is the name of another file", to.stem()));
        }
        if self.linked.contains(&old) {
            return Some("other cards link to it by the name that it has".to_owned());
        }
        self.unreadable.as_ref().map(|path| format!("{path} can't be read and may link to it"))
    }
}

/// The names by which a record names others, or itself.
fn links(record: &Record) -> impl Iterator<Item = String> + '_ {
    let fields = field_references(record).into_iter().map(|(_, reference, _)| reference);
    let texts = record.content.links.iter().map(|link| &link.target);
    let contacts = record.content.log.iter().flat_map(|entry| &entry.with).map(|with| &with.value);
    fields.chain(texts).chain(contacts).map(|reference| reference.id.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    const CODE: Code = codes::LINE_SEPARATOR;

    fn path(name: &str) -> SourcePath {
        SourcePath::new(name).unwrap()
    }

    fn finding(edits: Vec<Edit>) -> Diagnostic {
        Diagnostic::new(CODE, "wrong").in_file(&path("leads/a.md")).fix("mend it", edits)
    }

    #[test]
    fn fixes_that_touch_each_other_are_not_made_together() {
        let findings = [
            finding(vec![Edit::replace(Span::new(4, 6), "x")]),
            finding(vec![Edit::replace(Span::new(0, 2), "longer")]),
            finding(vec![Edit::replace(Span::new(0, 2), "longer")]),
            finding(vec![Edit::insert(2, "y")]),
        ];
        let chosen = mends(&findings);
        assert_eq!(chosen.len(), 2);
        let (after, places) = mended(b"abcdef", &chosen).unwrap();
        assert_eq!(after, b"longercdx");
        assert_eq!(places, [0..6, 8..9]);
    }

    #[test]
    fn what_is_only_offered_or_stands_in_a_doubtful_file_is_left() {
        let edits = || vec![Edit::insert(0, "x")];
        assert_eq!(mends(&[Diagnostic::new(CODE, "a guess").in_file(&path("a.md")).offer("guess", edits())]), []);
        let conflict = Diagnostic::new(codes::CONFLICT_MARKER, "a merge").in_file(&path("leads/a.md"));
        assert_eq!(mends(&[finding(edits()), conflict]), []);
        assert!(mended(b"\xff", &mends(&[finding(edits())])).is_err());
    }

    #[test]
    fn a_file_is_renamed_when_nothing_else_is_to_be_done() {
        let rename = Fix { title: "rename".into(), edits: Vec::new(), rename: Some(path("leads/b.md")), certain: true };
        let renamed = Diagnostic { fix: Some(rename), ..finding(Vec::new()) };
        let both = mends(&[renamed.clone(), finding(vec![Edit::insert(0, "x")])]);
        assert_eq!(both.iter().map(|mend| mend.fix.rename.is_some()).collect::<Vec<_>>(), [false]);
        assert_eq!(mends(&[renamed]).len(), 1);
    }
}
