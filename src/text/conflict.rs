//! The marks that git leaves where two people changed the same lines.

use std::collections::HashMap;

use super::yaml::NodeRef;
use super::{Edit, Span};

/// A mark has so many signs unless git says otherwise.
const USUAL: usize = 7;
/// So many characters of a side are quoted.
const QUOTED: usize = 40;

/// A place where somebody has to choose between two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// All of it: whole lines, from the first mark to the last.
    pub span: Span,
    /// The first mark, without its line end.
    pub mark: Span,
    /// What we had.
    pub ours: Side,
    /// What both began with, where git was told to write that too.
    pub base: Option<Span>,
    /// What they had.
    pub theirs: Side,
    /// The field that it is about (`stage`, `contacts[kowalski].phone`), or several with commas; `None` in the text.
    pub field: Option<String>,
}

/// One side of a conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// What git calls it: `HEAD`, a branch; Karto adds who moved a card and when.
    pub label: String,
    /// Its lines, with their line ends; empty where it has none.
    pub lines: Span,
    /// Its value, or the first of its lines that the other does not have, in short; `None` where it has nothing.
    pub says: Option<String>,
}

/// How a place is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What we had.
    Ours,
    /// What they had.
    Theirs,
    /// Both texts, ours first.
    Both,
    /// Another text.
    Text(String),
}

/// The marks of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marks {
    /// There are none.
    None,
    /// The places, in order; all marks fit together.
    Places(Vec<Conflict>),
    /// There are marks, but they don't fit together.
    Broken {
        /// The mark that tells so.
        at: Span,
        /// Why, in a few words.
        why: &'static str,
    },
}

impl Conflict {
    /// The edit that puts what was chosen in the place of all of it.
    pub fn resolved(&self, text: &str, choice: &Choice) -> Edit {
        let (ours, theirs) = (self.ours.lines.of(text), self.theirs.lines.of(text));
        let chosen = match choice {
            Choice::Ours => ours.to_owned(),
            Choice::Theirs => theirs.to_owned(),
            Choice::Both => both(ours, theirs),
            Choice::Text(other) => other.clone(),
        };
        Edit::replace(self.span, chosen)
    }

    /// What has to be decided, in one sentence.
    pub fn question(&self) -> String {
        let nothing = "nothing".to_owned();
        match &self.field {
            Some(field) => {
                let says = |side: &Side| side.says.clone().unwrap_or_else(|| nothing.clone());
                format!("`{field}`: {} (ours) or {} (theirs)", says(&self.ours), says(&self.theirs))
            }
            None => {
                let says = |side: &Side| side.says.as_ref().map_or_else(|| nothing.clone(), |says| format!("`{says}`"));
                format!("{} (ours) or {} (theirs)", says(&self.ours), says(&self.theirs))
            }
        }
    }

    /// What the sides are called, as far as that tells anything.
    pub fn names(&self) -> Option<String> {
        let told = |label: &str, usual: &str| !label.is_empty() && label != usual;
        let (ours, theirs) = (&self.ours.label, &self.theirs.label);
        match (told(ours, "ours"), told(theirs, "theirs")) {
            (false, false) => None,
            (true, false) => Some(format!("ours is {ours}")),
            (false, true) => Some(format!("theirs is {theirs}")),
            (true, true) => Some(format!("ours is {ours}, theirs is {theirs}")),
        }
    }

    /// Tells what it is about: the front matters are those of the text as either side alone has it.
    pub(super) fn describe(&mut self, text: &str, ours: Option<NodeRef<'_>>, theirs: Option<NodeRef<'_>>) {
        let of = |front: Option<NodeRef<'_>>, lines: Span| front.and_then(|front| subject(front, lines));
        let (mine, yours) = (of(ours, self.ours.lines), of(theirs, self.theirs.lines));
        let mut fields: Vec<&str> = Vec::new();
        for field in [&mine, &yours].into_iter().flatten().flat_map(|found| &found.fields) {
            if !fields.contains(&field.as_str()) {
                fields.push(field);
            }
        }
        // A place that goes on below the front matter is about more than the fields in it.
        let ends = |side: &Side| side.lines.of(text).lines().any(|line| line.trim_end() == "---");
        let begins =
            text.get(..self.span.start()).is_some_and(|before| before.trim_start_matches('\u{feff}').is_empty());
        let goes_on = !begins && (ends(&self.ours) || ends(&self.theirs));
        self.field = Some(fields.join(", ")).filter(|field| !goes_on && !field.is_empty());
        let (first_ours, first_theirs) = first_lines(self.ours.lines.of(text), self.theirs.lines.of(text));
        self.ours.says = mine.and_then(|found| found.value).or(first_ours);
        self.theirs.says = yours.and_then(|found| found.value).or(first_theirs);
    }
}

/// Ours, then theirs; a heading keeps its blank line.
fn both(ours: &str, theirs: &str) -> String {
    let parted = ours.is_empty() || theirs.is_empty() || ours.ends_with("\n\n") || ours.ends_with("\r\n\r\n");
    let gap = match (parted, theirs.starts_with('#'), ours.ends_with("\r\n")) {
        (false, true, true) => "\r\n",
        (false, true, false) => "\n",
        _ => "",
    };
    format!("{ours}{gap}{theirs}")
}

/// The text as one side alone has it: the marks and the other lines become blanks, so that all places stay the same.
pub(super) fn masked(text: &str, places: &[Conflict], side: fn(&Conflict) -> &Side) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for place in places {
        let kept = side(place).lines;
        out.push_str(text.get(at..place.span.start()).unwrap_or_default());
        blank(text.get(place.span.start()..kept.start()), &mut out);
        out.push_str(kept.of(text));
        blank(text.get(kept.end()..place.span.end()), &mut out);
        at = place.span.end();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn blank(text: Option<&str>, out: &mut String) {
    let bytes = text.unwrap_or_default().bytes();
    out.extend(bytes.map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
}

/// A line that is a mark.
#[derive(Clone, Copy)]
struct Mark<'t> {
    sign: u8,
    size: usize,
    label: &'t str,
    /// The whole line.
    line: Span,
    /// Without blanks at its end.
    shown: Span,
}

/// A place that has begun.
struct Open<'t> {
    first: Mark<'t>,
    base: Option<Mark<'t>>,
    middle: Option<Mark<'t>>,
}

impl Open<'_> {
    fn is_in_base(&self) -> bool {
        self.base.is_some() && self.middle.is_none()
    }

    fn closed(&self, middle: &Mark<'_>, last: &Mark<'_>) -> Conflict {
        let until = |mark: Option<&Mark<'_>>| mark.unwrap_or(middle).line.start();
        let side = |label: &str, start: usize, end: usize| Side {
            label: label.to_owned(),
            lines: Span::new(start, end),
            says: None,
        };
        Conflict {
            span: self.first.line.to(last.line),
            mark: self.first.shown,
            ours: side(self.first.label, self.first.line.end(), until(self.base.as_ref())),
            base: self.base.map(|base| Span::new(base.line.end(), middle.line.start())),
            theirs: side(last.label, middle.line.end(), last.line.start()),
            field: None,
        }
    }
}

/// Finds the marks of an unfinished merge. A line of `=======` alone underlines a heading, and `>>>>>>>` alone is a reply
/// to a reply, so it takes a `<<<<<<<`, or both of the others in order. Longer marks count where all three of one length
/// are there.
pub fn marks(text: &str) -> Marks {
    if !text.contains("<<<<<<<") && !text.contains(">>>>>>>") {
        return Marks::None;
    }
    let found = mark_lines(text);
    let ends = found.iter().enumerate().filter(|(_, mark)| mark.sign == b'>').map(|(at, mark)| (mark.size, at));
    let last_end: HashMap<usize, usize> = ends.collect();
    let mut places = Vec::new();
    let (mut open, mut lonely): (Option<Open<'_>>, HashMap<usize, Span>) = (None, HashMap::new());
    for (at, mark) in found.iter().enumerate() {
        let broken = |why| Marks::Broken { at: mark.shown, why };
        let Some(place) = open.as_mut() else {
            match mark.sign {
                b'<' if mark.size == USUAL || last_end.get(&mark.size).is_some_and(|end| *end > at) => {
                    open = Some(Open { first: *mark, base: None, middle: None });
                }
                b'=' => _ = lonely.entry(mark.size).or_insert(mark.shown),
                b'>' if lonely.contains_key(&mark.size) => {
                    let at = lonely.get(&mark.size).copied().unwrap_or(mark.shown);
                    return Marks::Broken { at, why: "no `<<<<<<<` stands before it" };
                }
                _ => {}
            }
            continue;
        };
        let is_its = mark.size == place.first.size;
        match (mark.sign, &place.middle) {
            (b'<', _) if is_its || !place.is_in_base() => return broken("it stands within another place"),
            (b'|', None) if is_its && place.base.is_none() => place.base = Some(*mark),
            (b'=', None) if is_its => place.middle = Some(*mark),
            (b'=', Some(_)) if is_its => return broken("a second `=======` in one place"),
            (b'>', None) if is_its => return broken("no `=======` stands before it"),
            (b'>', Some(middle)) if is_its => {
                places.push(place.closed(middle, mark));
                open = None;
            }
            _ => {}
        }
    }
    match open {
        Some(place) => Marks::Broken { at: place.first.shown, why: "the place has no end" },
        None if places.is_empty() => Marks::None,
        None => Marks::Places(places),
    }
}

fn mark_lines(text: &str) -> Vec<Mark<'_>> {
    let mut marks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        // A byte-order mark may stand before the first one.
        let bom = if start == 0 && line.starts_with('\u{feff}') { 3 } else { 0 };
        let line = line.get(bom..).unwrap_or_default();
        let Some(sign) = line.bytes().next().filter(|byte| matches!(byte, b'<' | b'|' | b'=' | b'>')) else { continue };
        let size = line.bytes().take_while(|byte| *byte == sign).count();
        let label = line.get(size..).unwrap_or_default();
        let is_mark = size >= USUAL && (label.trim().is_empty() || label.starts_with(' ') && sign != b'=');
        if is_mark {
            let shown = Span::new(start + bom, start + bom + line.trim_end().len());
            marks.push(Mark { sign, size, label: label.trim(), line: Span::new(start + bom, at), shown });
        }
    }
    marks
}

/// What some lines of a front matter are about.
struct Subject {
    /// One field, as deep as it goes; or several of the outermost.
    fields: Vec<String>,
    /// Its value, if it is one field with a text or a number.
    value: Option<String>,
}

/// The field that lines belong to, as deep as it is one.
fn subject(front: NodeRef<'_>, lines: Span) -> Option<Subject> {
    let touches = |span: Span| span.start() < lines.end() && lines.start() < span.end();
    let mut field = String::new();
    let mut node = front;
    loop {
        let entries = node.entries().map(|entry| {
            let dot = if field.is_empty() { "" } else { "." };
            (format!("{dot}{}", entry.key().raw()), entry.inner_span(), entry.value())
        });
        let items = node.items().map(|item| {
            let id = item.get("id").map(|id| format!("[{}]", id.raw()));
            (id.unwrap_or_default(), item.span(), item)
        });
        let mut touched: Vec<(String, Span, NodeRef<'_>)> =
            entries.chain(items).filter(|(_, span, _)| touches(*span)).collect();
        match (touched.len(), touched.pop()) {
            (1, Some((name, span, value))) => {
                field.push_str(&name);
                if !value.is_collection() {
                    return Some(Subject { fields: vec![field], value: Some(quoted(&value.raw())) });
                }
                if lines.contains(span) {
                    return Some(Subject { fields: vec![field], value: None });
                }
                node = value;
            }
            (0 | 1, _) if field.is_empty() => return None,
            (_, last) if field.is_empty() => {
                let fields = touched.into_iter().chain(last).map(|(name, ..)| name).collect();
                return Some(Subject { fields, value: None });
            }
            _ => return Some(Subject { fields: vec![field], value: None }),
        }
    }
}

/// The first line of each side that the other does not have at that place.
fn first_lines(ours: &str, theirs: &str) -> (Option<String>, Option<String>) {
    let lines = |text: &'_ str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (ours, theirs) = (lines(ours), lines(theirs));
    let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let first = |lines: &[String]| lines.get(same).or_else(|| lines.first()).map(|line| quoted(line));
    (first(&ours), first(&theirs))
}

/// One line of a text, not too long.
fn quoted(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<Conflict> {
        match marks(text) {
            Marks::Places(places) => places,
            other => panic!("{other:?}"),
        }
    }

    fn broken(text: &str) -> &'static str {
        match marks(text) {
            Marks::Broken { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    const TWO: &str = "a\n<<<<<<< HEAD (won)\nb\n=======\n>>>>>>> other\nc\n<<<<<<< HEAD\n||||||| base\nd\n=======\ne\n>>>>>>> other\n";

    #[test]
    fn places_have_sides_and_names() {
        let found = places(TWO);
        let texts = |place: &Conflict| [place.ours.lines.of(TWO), place.theirs.lines.of(TWO)].map(str::to_owned);
        assert_eq!(found.iter().map(texts).collect::<Vec<_>>(), [["b\n", ""], ["", "e\n"]]);
        assert_eq!((found[0].ours.label.as_str(), found[0].theirs.label.as_str()), ("HEAD (won)", "other"));
        assert_eq!(found[1].base.map(|base| base.of(TWO)), Some("d\n"));
        assert_eq!(found[0].mark.of(TWO), "<<<<<<< HEAD (won)");
    }

    #[test]
    fn a_choice_takes_the_place_of_all_of_it() {
        let resolve = |choice: Choice| {
            let edits: Vec<Edit> = places(TWO).iter().map(|place| place.resolved(TWO, &choice)).collect();
            super::super::splice(TWO, &edits).unwrap()
        };
        assert_eq!(resolve(Choice::Ours), "a\nb\nc\n");
        assert_eq!(resolve(Choice::Theirs), "a\nc\ne\n");
        assert_eq!(resolve(Choice::Both), "a\nb\nc\ne\n");
        assert_eq!(resolve(Choice::Text("x\n".into())), "a\nx\nc\nx\n");
        assert_eq!(both("### a\n", "### b\n"), "### a\n\n### b\n");
    }

    #[test]
    fn one_side_alone_keeps_all_places() {
        let text = "<<<<<<< ż\r\nb\r\n=======\r\nł\r\n>>>>>>> x\r\nc";
        let ours = masked(text, &places(text), |place| &place.ours);
        assert_eq!(ours, "          \r\nb\r\n       \r\n  \r\n         \r\nc");
        assert_eq!(masked(text, &places(text), |place| &place.theirs).find('ł'), text.find('ł'));
    }

    #[test]
    fn headings_and_replies_are_no_marks() {
        for text in
            ["Heading\n=======\n", ">>>>>>> a reply\n", "<<<<<<<< art >>>>>>>>\n", "<<<<<<<< longer\n", "a <<<<<<<\n"]
        {
            assert_eq!(marks(text), Marks::None, "{text}");
        }
    }

    #[test]
    fn marks_of_another_length_count_where_they_are_whole() {
        let text = "<<<<<<<<< a\nHeading\n=======\n=========\nb\n>>>>>>>>> c\n";
        assert_eq!(places(text)[0].ours.lines.of(text), "Heading\n=======\n");
        let nested = "<<<<<<< a\n1\n||||||| b\n<<<<<<<<< x\n2\n=========\n3\n>>>>>>>>> y\n=======\n4\n>>>>>>> c\n";
        assert_eq!(places(nested)[0].theirs.lines.of(nested), "4\n", "a base may hold marks of an earlier merge");
    }

    #[test]
    fn marks_that_do_not_fit_together_are_told_apart() {
        assert_eq!(broken("<<<<<<< a\nb\n"), "the place has no end");
        assert_eq!(broken("a\n=======\nb\n>>>>>>> c\n"), "no `<<<<<<<` stands before it");
        assert_eq!(broken("<<<<<<< a\n>>>>>>> c\n"), "no `=======` stands before it");
        assert_eq!(broken("<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n"), "it stands within another place");
        assert_eq!(broken("<<<<<<< a\nT\n=======\n=======\n>>>>>>> c\n"), "a second `=======` in one place");
    }
}
