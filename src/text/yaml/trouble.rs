//! What is wrong with a YAML text, in the words of somebody who wants it mended.

use super::meaning::MeaningError;
use super::scan::{Opaque, Reason};
use super::style;
use super::tree::{NodeRef, line_start};
use crate::diagnostic::{Code, Diagnostic};
use crate::text::{Edit, Span, codes};

pub(super) fn too_large(yaml: Span) -> Diagnostic {
    Diagnostic::new(
        codes::FRONT_MATTER_TOO_LARGE,
        format!("the front matter has {} bytes; up to 1 MiB is read", yaml.len()),
    )
    .at(Span::empty(yaml.start()))
    .help("move long texts below the closing `---`")
}

pub(super) fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::new(codes::FRONT_MATTER_TOO_DEEP, "the front matter is nested more than 64 levels deep")
        .at(at)
        .label("this is too deep")
        .help("write fewer maps and lists into each other")
}

pub(super) fn not_a_map(root: NodeRef<'_>) -> Diagnostic {
    let first = Span::new(root.span().start(), root.span().start() + first_line(root.span().of(root.text)));
    Diagnostic::new(
        codes::FRONT_MATTER_NOT_MAP,
        format!("the front matter is {}, not a map of fields", root.kind().describe()),
    )
    .at(first)
    .label("expected `name: value`")
    .help("write each field as `name: value` on a line of its own")
}

pub(super) fn duplicate(first: NodeRef<'_>, second: NodeRef<'_>) -> Diagnostic {
    let place = second.span();
    let line = Span::new(place.start(), place.start() + first_line(place.of(second.text)));
    Diagnostic::new(codes::DUPLICATE_KEY, format!("`{}` stands twice", second.raw()))
        .at(line)
        .label("the second one")
        .related_here(first.span(), "the first one")
        .help("keep the one that is right and delete the other")
}

pub(super) fn unquoted_link(node: NodeRef<'_>) -> Diagnostic {
    let written = node.span().of(node.text);
    let quoted = style::double(written);
    Diagnostic::new(
        codes::UNQUOTED_LINK,
        format!("the link {written} lacks quotes, so it is a list in a list for YAML"),
    )
    .at(node.span())
    .label("read as the link that it is meant to be")
    .help(format!("write {quoted}"))
    .fix("put the link in quotes", vec![Edit::replace(node.span(), quoted)])
}

/// The invisible characters of a text that end a line for some programs; said once, for one mend takes all of them away.
pub(super) fn line_separators(text: &str, places: &[Span]) -> Option<Diagnostic> {
    let first = *places.first()?;
    let char = first.of(text).chars().next().unwrap_or_default();
    let message = format!("the invisible character U+{:04X} in the front matter", u32::from(char));
    let found = Diagnostic::new(codes::LINE_SEPARATOR, message).at(first).label("ends the line for some programs");
    let title = if places.len() == 1 { "replace it by a space" } else { "replace each such character by a space" };
    let found = found.help(title);
    let edits = places.iter().map(|place| Edit::replace(*place, " ")).collect();
    // A comment would begin where none did.
    let before_hash = |place: &Span| text.get(place.end()..).is_some_and(|rest| rest.starts_with('#'));
    Some(if places.iter().any(before_hash) { found.offer(title, edits) } else { found.fix(title, edits) })
}

/// What is wrong where the scanner stopped, once serde_yaml has said that something is.
pub(super) fn stopped(text: &str, opaque: &Opaque) -> Diagnostic {
    let at = opaque.stop.at;
    let sign = Span::new(at, at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let rest_of_line = Span::new(at, at + first_line(text.get(at..).unwrap_or("")));
    match opaque.stop.reason {
        Reason::Colon => colon(text, at),
        Reason::Tab => Diagnostic::new(codes::YAML_TAB, "a tab stands where spaces must be")
            .at(sign)
            .label("a tab")
            .help("indent with spaces"),
        Reason::Unclosed(quote) => Diagnostic::new(codes::YAML_QUOTE, format!("the quote {quote} is not closed"))
            .at(rest_of_line)
            .label("begins with a quote that never ends")
            .help(format!("close it with {quote} at the end of the text, or leave out the first one")),
        Reason::Escape => Diagnostic::new(codes::YAML_QUOTE, "a backslash in double quotes that means nothing")
            .at(sign)
            .label("no such escape")
            .help("write `\\\\` for a backslash, or use single quotes"),
        Reason::AfterValue => Diagnostic::new(codes::YAML_QUOTE, "text after the end of a value")
            .at(rest_of_line)
            .label("the value ended before this")
            .help("put the whole text in quotes"),
        Reason::OpenBracket(open) => Diagnostic::new(codes::YAML_BRACKET, format!("the bracket {open} is not closed"))
            .at(rest_of_line)
            .label("opened here")
            .help("close the bracket, or put the text in quotes"),
        Reason::Bracket => Diagnostic::new(codes::YAML_BRACKET, "brackets or commas that don't fit together")
            .at(sign)
            .label("did not expect this")
            .help("put a text that holds brackets, commas or colons in quotes"),
        Reason::Reserved(first) => reserved(first, rest_of_line, text),
        Reason::Dash => Diagnostic::new(codes::YAML_INDENTATION, "a list begins on the line of its key")
            .at(sign)
            .label("a list item")
            .help("begin each item of the list on a line of its own, below the key"),
        Reason::Indent => Diagnostic::new(
            codes::YAML_INDENTATION,
            "this line does not begin in the column of the lines it belongs to",
        )
        .at(rest_of_line)
        .label("indented differently")
        .help("begin it in the same column as its neighbours"),
        Reason::NoColon => no_colon(rest_of_line, text),
        Reason::Marker => Diagnostic::new(codes::YAML_SYNTAX, "`---` or `...` within the front matter")
            .at(rest_of_line)
            .help("delete the line"),
        Reason::Exotic | Reason::Depth | Reason::Other => syntax(codes::YAML_SYNTAX, rest_of_line, "can't be read"),
    }
}

fn syntax(code: Code, span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(code, format!("the front matter {message}"))
        .at(span)
        .label("near this")
        .help("write the field as `name: value`; put a text with signs in quotes")
}

/// `name: Re: your offer`, or a field that is indented under another.
fn colon(text: &str, at: usize) -> Diagnostic {
    let start = line_start(text, at);
    let end = start + first_line(text.get(start..).unwrap_or(""));
    let line = Span::new(start, end).of(text);
    let key_colon = line.find(": ").map(|n| start + n).filter(|n| *n < at);
    let Some(key_colon) = key_colon else {
        return Diagnostic::new(codes::YAML_INDENTATION, "a field that is indented deeper than the one above it")
            .at(Span::new(start + (line.len() - line.trim_start().len()), end))
            .label("read as more of the value above")
            .help("begin it in the same column as the other fields, or put the value above in quotes");
    };
    let value = Span::new(key_colon + 2, end).of(text);
    let from = key_colon + 2 + (value.len() - value.trim_start().len());
    let comment = value.find(" #").map_or(end, |n| key_colon + 2 + n);
    let to = from + Span::new(from, comment).of(text).trim_end().len();
    let span = Span::new(from, to);
    let quoted = style::quoted(span.of(text));
    Diagnostic::new(codes::YAML_COLON, format!("the value `{}` holds a colon and lacks quotes", span.of(text)))
        .at(span)
        .label("a colon with a space after it ends a key")
        .help(format!("write {quoted}"))
        .fix("put the value in quotes", vec![Edit::replace(span, quoted)])
}

/// `owner: @anna`.
fn reserved(first: char, rest: Span, text: &str) -> Diagnostic {
    let written = rest.of(text);
    let value = Span::new(
        rest.start(),
        rest.start() + written.find(" #").map_or(written, |n| written.get(..n).unwrap_or("")).trim_end().len(),
    );
    let quoted = style::quoted(value.of(text));
    let found = Diagnostic::new(codes::YAML_RESERVED, format!("a text can't begin with `{first}` in YAML"))
        .at(value)
        .label("needs quotes")
        .help(format!("write {quoted}"));
    // In brackets the text may end at a comma: no safe answer there.
    let before = Span::new(line_start(text, rest.start()), rest.start()).of(text);
    let sole = before.trim_end().ends_with([':', '-']) && !before.contains(['[', '{']);
    if sole && matches!(first, '@' | '`' | '%') {
        found.fix("put the text in quotes", vec![Edit::replace(value, quoted)])
    } else {
        found
    }
}

/// A line of a map without a colon, or with one that lacks its space.
fn no_colon(line: Span, text: &str) -> Diagnostic {
    let written = line.of(text);
    let tight = written.find(':').filter(|n| *n > 0 && !written.get(..*n).unwrap_or(" ").contains(' '));
    let found = Diagnostic::new(codes::YAML_SYNTAX, format!("the line `{written}` is no field"))
        .at(line)
        .label("expected `name: value`");
    match tight {
        Some(n) => {
            let at = line.start() + n + 1;
            found.help("put a space after the colon").fix("put a space after the colon", vec![Edit::insert(at, " ")])
        }
        None => found.help("write `name: value`, or indent the line if it goes on from the one above"),
    }
}

/// What serde_yaml says of the whole, where no single entry is to blame.
pub(super) fn whole(text: &str, yaml: Span, error: &MeaningError) -> Diagnostic {
    match error {
        MeaningError::TooDeep => too_deep(Span::new(yaml.start(), yaml.start() + first_line(yaml.of(text)))),
        MeaningError::Multiplied => {
            Diagnostic::new(codes::ALIASES_MULTIPLY, "the aliases of the front matter multiply beyond measure")
                .at(Span::new(yaml.start(), yaml.start() + first_line(yaml.of(text))))
                .help("write the values out")
        }
        MeaningError::Yaml(error) => {
            let span = error.location().map_or(Span::empty(yaml.start()), |place| {
                let mut line = yaml.start();
                for _ in 1..place.line() {
                    line += text.get(line..).and_then(|rest| rest.find('\n')).map_or(0, |n| n + 1);
                }
                let width = first_line(text.get(line..).unwrap_or(""));
                let column = text
                    .get(line..)
                    .unwrap_or("")
                    .chars()
                    .take(place.column().saturating_sub(1))
                    .map(char::len_utf8)
                    .sum::<usize>();
                Span::new(line + column.min(width), line + width)
            });
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or(&said);
            Diagnostic::new(codes::YAML_SYNTAX, format!("the front matter can't be read: {said}"))
                .at(span)
                .label("near this")
                .help("write each field as `name: value`; put a text with signs in quotes")
        }
    }
}

/// The length of the first line of `text`, without its line end.
fn first_line(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |n| text.get(..n).unwrap_or("").trim_end_matches('\r').len())
}
