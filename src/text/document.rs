use std::borrow::Cow;

use super::conflict::{Conflict, Marks, marks, masked};
use super::yaml::{self, NodeRef, Yaml};
use super::{Edit, EditError, Span, codes, splice};
use crate::diagnostic::{Diagnostic, Severity};

/// A file larger than this is not read.
pub const MAX_FILE_SIZE: usize = 16 << 20;

/// Of so many conflicts it is told what they are about; nobody has more.
const MAX_TOLD: usize = 200;

/// A Markdown file with its front matter, every byte of it kept.
///
/// Parsing never fails: what could be read is there, and [`diagnostics`](Self::diagnostics) say what could not.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    /// The bytes as they came, where they are no UTF-8 and so differ from `text`.
    bytes: Option<Vec<u8>>,
    /// The text with its conflicts, where it has any: `text` is what our side alone says then.
    marked: Option<String>,
    conflicts: Vec<Conflict>,
    parts: Parts,
    yaml: Yaml,
    /// YAML from end to end, no Markdown.
    is_yaml: bool,
    diagnostics: Vec<Diagnostic>,
}

/// The pieces of a file, in order; together they are the file. A note without front matter has only a body (and
/// perhaps a byte-order mark).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The byte-order mark; and the first mark of a conflict, if the file begins with one.
    pub bom: Span,
    /// The first `---` with its line end.
    pub opening: Span,
    /// The lines between.
    pub yaml: Span,
    /// The second `---` with its line end.
    pub closing: Span,
    /// The Markdown.
    pub body: Span,
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnding {
    /// LF, as everywhere but on Windows.
    Lf,
    /// CR LF.
    CrLf,
}

impl LineEnding {
    /// The bytes.
    pub fn as_str(self) -> &'static str {
        match self {
            LineEnding::Lf => "\n",
            LineEnding::CrLf => "\r\n",
        }
    }
}

/// A text as if its lines ended with LF, for what is compared.
pub(crate) fn unified(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

impl Document {
    /// Reads a Markdown file. Takes any bytes.
    pub fn parse(source: impl Into<Vec<u8>>) -> Self {
        Self::read(source.into(), split, false)
    }

    /// Reads a file that is YAML from end to end (`karto.yaml`), as if it were all front matter; a first line `---` is
    /// allowed.
    pub fn parse_yaml(source: impl Into<Vec<u8>>) -> Self {
        Self::read(source.into(), split_yaml, true)
    }

    fn read(source: Vec<u8>, split: Split, is_yaml: bool) -> Self {
        let mut diagnostics = Vec::new();
        let (text, bytes) = decode(source, &mut diagnostics);
        let mut document = Self {
            parts: Parts { body: Span::new(0, text.len()), ..Parts::default() },
            text,
            bytes,
            marked: None,
            conflicts: Vec::new(),
            yaml: Yaml::default(),
            is_yaml,
            diagnostics,
        };
        document.read_text(split);
        document
    }

    fn read_text(&mut self, split: Split) {
        if self.text.len() > MAX_FILE_SIZE {
            let message = format!("the file has {} bytes; up to 16 MiB is read", self.text.len());
            let help = "move what makes it large into another file";
            self.diagnostics.push(Diagnostic::new(codes::FILE_TOO_LARGE, message).help(help));
            return;
        }
        // In UTF-16 every other byte is a NUL.
        if !self.bytes.as_ref().is_some_and(|bytes| is_utf16(bytes)) {
            find_nul(&self.text, &mut self.diagnostics);
        }
        let mut lead = bom(&self.text);
        let mut found = Vec::new();
        match marks(&self.text) {
            Marks::None => (self.parts, self.yaml) = layout(&self.text, lead, split, &mut found),
            Marks::Broken { at, why } => {
                self.diagnostics.push(broken_marks(at, why));
                // Everything else that is wrong follows from them, but for what is wrong with the lines of `---`.
                let mut of_yaml = Vec::new();
                self.parts = split(&self.text, lead, &mut found);
                self.yaml = yaml_of(&self.text, self.parts, &mut of_yaml);
            }
            Marks::Places(mut places) => {
                let bom = lead;
                let first = places.first().filter(|place| place.span.start() == bom.end());
                let theirs_lead = first.map_or(bom, |first| Span::new(0, first.theirs.lines.start()));
                lead = first.map_or(bom, |first| Span::new(0, first.ours.lines.start()));
                self.marked = Some(std::mem::take(&mut self.text));
                let marked = self.marked.as_deref().unwrap_or_default();
                self.text = masked(marked, &places, |place| &place.ours);
                (self.parts, self.yaml) = layout(&self.text, lead, split, &mut found);
                let theirs = masked(marked, &places, |place| &place.theirs);
                let (parts, yaml) = layout(&theirs, theirs_lead, split, &mut Vec::new());
                let mine = self.yaml.root(Span::new(0, self.parts.yaml.end()).of(&self.text));
                let yours = yaml.root(Span::new(0, parts.yaml.end()).of(&theirs));
                for place in places.iter_mut().take(MAX_TOLD) {
                    place.describe(marked, mine, yours);
                }
                self.diagnostics.extend(places.iter().map(unresolved));
                self.conflicts = places;
            }
        }
        self.diagnostics.append(&mut found);
    }

    /// The text: the source, with each byte that is no UTF-8 replaced by `?`, so that all places are the same. Where a
    /// merge left conflicts it is what our side alone says, with blanks in place of the marks and of what they had.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same with the marks and both sides of all conflicts: what stands in the file.
    pub fn full_text(&self) -> &str {
        self.marked.as_deref().unwrap_or(&self.text)
    }

    /// The places where a merge left two texts to choose from, in order; none where marks don't fit together.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// The bytes as they came.
    pub fn source(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.full_text().as_bytes())
    }

    /// The pieces of the file.
    pub fn parts(&self) -> Parts {
        self.parts
    }

    /// The Markdown after the front matter.
    pub fn body(&self) -> &str {
        self.parts.body.of(&self.text)
    }

    /// True if the file begins with `---`, so that it is a card and no note (or if it is YAML from end to end).
    pub fn has_front_matter(&self) -> bool {
        !self.parts.opening.is_empty() || !self.parts.yaml.is_empty()
    }

    /// True if it was read by [`parse_yaml`](Self::parse_yaml).
    pub fn is_yaml(&self) -> bool {
        self.is_yaml
    }

    /// The front matter's map; empty if nothing stands in it. `None` if there is no front matter, or if nothing in it
    /// could be read as a map.
    pub fn front(&self) -> Option<NodeRef<'_>> {
        self.yaml_root().filter(|root| root.kind() == yaml::Kind::Map)
    }

    fn yaml_root(&self) -> Option<NodeRef<'_>> {
        self.yaml.root(self.text.get(..self.parts.yaml.end()).unwrap_or(""))
    }

    /// What is wrong with the file as such.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// False if the file can't be read, or not with certainty: it must be left out of answers, and named.
    pub fn is_readable(&self) -> bool {
        self.diagnostics.iter().all(|found| found.severity < Severity::Error)
    }

    /// True if it can be read, though perhaps not edited: [`is_readable`](Self::is_readable), or all that speaks against
    /// that is that somebody has yet to choose between two sides. Then ours is what is read.
    pub fn is_legible(&self) -> bool {
        let is_choice = |found: &Diagnostic| found.code == codes::CONFLICT_MARKER && !self.conflicts.is_empty();
        self.diagnostics.iter().all(|found| found.severity < Severity::Error || is_choice(found))
    }

    /// How its lines end: as the first one does, LF where there is none.
    pub fn line_ending(&self) -> LineEnding {
        match self.text.find('\n') {
            Some(at) if self.text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\r') => LineEnding::CrLf,
            _ => LineEnding::Lf,
        }
    }

    /// The document with `edits` made.
    ///
    /// # Errors
    /// [`EditError`] if the edits overlap or don't fit the text; nothing is changed then.
    pub fn apply(&self, edits: &[Edit]) -> Result<Self, EditError> {
        let text = splice(self.full_text(), edits)?;
        Ok(if self.is_yaml { Self::parse_yaml(text) } else { Self::parse(text) })
    }
}

/// True for what Windows programs call "Unicode".
fn is_utf16(source: &[u8]) -> bool {
    source.starts_with(&[0xff, 0xfe]) || source.starts_with(&[0xfe, 0xff])
}

/// The bytes as text of the same length.
fn decode(source: Vec<u8>, diagnostics: &mut Vec<Diagnostic>) -> (String, Option<Vec<u8>>) {
    let source = match String::from_utf8(source) {
        Ok(text) => return (text, None),
        Err(error) => error.into_bytes(),
    };
    let is_utf16 = is_utf16(&source);
    let mut text = String::with_capacity(source.len());
    let (mut first, mut count) = (None, 0_usize);
    for chunk in source.utf8_chunks() {
        text.push_str(chunk.valid());
        let bad = chunk.invalid().len();
        if bad > 0 {
            first.get_or_insert(Span::new(text.len(), text.len() + bad));
            count += bad;
            text.extend(std::iter::repeat_n('?', bad));
        }
    }
    if let Some(first) = first {
        let message = match count {
            _ if is_utf16 => Cow::Borrowed("the file is UTF-16, not UTF-8"),
            1 => Cow::Borrowed("a byte that is no UTF-8"),
            _ => Cow::Owned(format!("{count} bytes that are no UTF-8")),
        };
        diagnostics.push(
            Diagnostic::new(codes::INVALID_UTF8, message)
                .at(first)
                .label(if is_utf16 { "begins as UTF-16 does" } else { "the first of them" })
                .help("open the file in the encoding in which it looks right, and save it as UTF-8"),
        );
    }
    (text, Some(source))
}

fn find_nul(text: &str, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(at) = text.find('\0') {
        let count = text.bytes().filter(|b| *b == 0).count();
        let message = if count == 1 { "a NUL byte".to_owned() } else { format!("{count} NUL bytes") };
        diagnostics.push(
            Diagnostic::new(codes::NUL_BYTE, message)
                .at(Span::new(at, at + 1))
                .label("text holds no such byte")
                .help("restore the file from git, or delete the byte"),
        );
    }
}

/// Marks that nobody can tell the sides by.
fn broken_marks(at: Span, why: &'static str) -> Diagnostic {
    Diagnostic::new(codes::CONFLICT_MARKER, "the marks of a merge that was not finished, and they don't fit together")
        .at(at)
        .label(why)
        .help("keep the lines that are right and delete the marks")
}

/// A place where somebody has to choose.
fn unresolved(place: &Conflict) -> Diagnostic {
    Diagnostic::new(codes::CONFLICT_MARKER, place.question())
        .at(place.mark)
        .label(place.names().unwrap_or_else(|| "left by git".to_owned()))
        .help("`karto resolve` walks through such places")
}

/// How a text is cut into its pieces, behind what stands before them.
type Split = fn(&str, Span, &mut Vec<Diagnostic>) -> Parts;

fn layout(text: &str, lead: Span, split: Split, found: &mut Vec<Diagnostic>) -> (Parts, Yaml) {
    let parts = split(text, lead, found);
    (parts, yaml_of(text, parts, found))
}

fn yaml_of(text: &str, parts: Parts, found: &mut Vec<Diagnostic>) -> Yaml {
    if parts.yaml.start() == parts.bom.end() && parts.yaml.is_empty() {
        return Yaml::default();
    }
    yaml::read(text.get(..parts.yaml.end()).unwrap_or(""), parts.yaml.start(), found)
}

fn bom(text: &str) -> Span {
    Span::new(0, if text.starts_with('\u{feff}') { 3 } else { 0 })
}

/// A card whose lines all end with a lone CR: for every program of today it is a single line. It must not pass for a note.
fn old_mac_lines(text: &str, bom: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Parts> {
    let rest = text.get(bom.end()..)?;
    let fields = rest.strip_prefix("---\r").filter(|fields| !fields.contains('\n'))?;
    if !fields.split('\r').any(|line| line.trim_end() == "---") {
        return None;
    }
    let start = bom.end() + "---\r".len();
    diagnostics.push(
        Diagnostic::new(codes::FRONT_MATTER_UNCLOSED, "the lines end with CR alone, so all of the file is one line")
            .at(Span::new(bom.end(), bom.end() + 3))
            .label("opened here")
            .help("save the file with the line ends of Unix (LF) or Windows (CR LF)"),
    );
    let yaml = Span::empty(start);
    Some(Parts { bom, opening: Span::new(bom.end(), start), yaml, closing: yaml, body: Span::new(start, text.len()) })
}

/// The length of the line at `at`, line end included, if it is `---` (blanks may follow).
fn marker_line(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix("---")?;
    let line = rest.find('\n').map_or(rest.len(), |n| n + 1);
    rest.get(..line)?.trim().is_empty().then_some(3 + line)
}

/// A file that is all YAML.
fn split_yaml(text: &str, bom: Span, _: &mut Vec<Diagnostic>) -> Parts {
    let start = bom.end() + marker_line(text, bom.end()).unwrap_or(0);
    let end = Span::empty(text.len());
    Parts { bom, opening: Span::new(bom.end(), start), yaml: Span::new(start, text.len()), closing: end, body: end }
}

/// Finds the two lines of `---`.
fn split(text: &str, bom: Span, diagnostics: &mut Vec<Diagnostic>) -> Parts {
    let note = Parts {
        bom,
        opening: Span::empty(bom.end()),
        yaml: Span::empty(bom.end()),
        closing: Span::empty(bom.end()),
        body: Span::new(bom.end(), text.len()),
    };
    let Some(opening) = marker_line(text, bom.end()) else {
        if let Some(parts) = old_mac_lines(text, bom, diagnostics) {
            return parts;
        }
        if !without_marks(text, bom.end(), diagnostics) {
            note_late(text, bom.end(), diagnostics);
        }
        return note;
    };
    let start = bom.end() + opening;
    let opening = Span::new(bom.end(), start);
    let mut at = start;
    loop {
        if let Some(len) = marker_line(text, at) {
            return Parts {
                bom,
                opening,
                yaml: Span::new(start, at),
                closing: Span::new(at, at + len),
                body: Span::new(at + len, text.len()),
            };
        }
        match text.get(at..).and_then(|rest| rest.find("\n---")) {
            Some(found) => at += found + 1,
            None => break,
        }
    }
    if !looks_like_field(text.get(start..).unwrap_or("")) {
        return note;
    }
    // The fields reach to the first blank line, as far as anybody can tell.
    let mut end = start;
    while end < text.len() && !text.get(end..next_line(text, end)).unwrap_or("").trim().is_empty() {
        end = next_line(text, end);
    }
    diagnostics.push(
        Diagnostic::new(codes::FRONT_MATTER_UNCLOSED, "the front matter is not closed")
            .at(Span::new(opening.start(), opening.start() + 3))
            .label("opened here")
            .help("write a line `---` after the last field"),
    );
    Parts { bom, opening, yaml: Span::new(start, end), closing: Span::empty(end), body: Span::new(end, text.len()) }
}

fn next_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n + 1)
}

/// `word:` at the start of a line, as fields begin.
fn looks_like_field(text: &str) -> bool {
    let line = text.lines().next().unwrap_or("");
    line.split_once(':').is_some_and(|(key, rest)| {
        let word = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        word && (rest.is_empty() || rest.starts_with(' '))
    })
}

/// Fields that name a type were meant as front matter, also where the line `---` above them is gone or mistyped; true if so.
fn without_marks(text: &str, start: usize, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let first = text.get(start..next_line(text, start)).unwrap_or("");
    let dashes = first.trim_end();
    let is_mistyped = dashes.len() > 1 && dashes.chars().all(|c| matches!(c, '-' | '–' | '—'));
    let fields = if is_mistyped { start + first.len() } else { start };
    let fields = text.get(fields..).unwrap_or("");
    let names_a_type = fields.lines().take_while(|line| !line.trim().is_empty()).any(|line| line.starts_with("type: "));
    let is_closed = fields.lines().any(|line| line.trim_end() == "---");
    if !(looks_like_field(fields) && names_a_type && is_closed) {
        return false;
    }
    let finding = Diagnostic::new(codes::FRONT_MATTER_LATE, "the front matter does not begin with a line `---`");
    let finding = finding.at(Span::new(start, start + dashes.len()));
    diagnostics.push(match is_mistyped {
        true => finding
            .help("write `---`")
            .fix("write `---`", vec![Edit::replace(Span::new(start, start + dashes.len()), "---")]),
        false => {
            let line = if first.ends_with("\r\n") { "---\r\n" } else { "---\n" };
            finding
                .help("write a line `---` above it")
                .fix("write a line `---` above it", vec![Edit::insert(start, line)])
        }
    });
    true
}

/// Front matter after blank lines was meant as such.
fn note_late(text: &str, start: usize, diagnostics: &mut Vec<Diagnostic>) {
    let rest = text.get(start..).unwrap_or("");
    let blank = rest.len() - rest.trim_start().len();
    let at = start + blank;
    let begins_line = text.get(..at).is_some_and(|before| before.ends_with('\n'));
    let Some(len) = marker_line(text, at).filter(|_| begins_line) else { return };
    let fields = text.get(at + len..).unwrap_or("");
    if looks_like_field(fields) && fields.lines().any(|line| line.trim_end() == "---") {
        let gap = Span::new(start, at);
        diagnostics.push(
            Diagnostic::new(codes::FRONT_MATTER_LATE, "the front matter does not begin in the first line")
                .at(Span::new(at, at + 3))
                .label("blank lines stand before it")
                .help("delete what stands before it")
                .offer("delete the blank lines", vec![Edit::remove(gap)]),
        );
    }
}
