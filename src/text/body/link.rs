//! Links to other files: where they lead and which bytes say so.

use std::ops::Range;

use pulldown_cmark::{LinkType, RefDefs};

use crate::text::{Span, percent_decoded};

/// A link or embedding that leads to another file of the workspace; what leads to the web or stays on the page is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How it is written.
    pub kind: LinkKind,
    /// The whole link.
    pub span: Span,
    /// The bytes that name the target, fragment included; of a reference link, those of its definition.
    pub target_span: Span,
    /// The target without its fragment, percent signs resolved: `acme`, `clients/acme`, `../clients/acme.md`.
    pub target: String,
    /// What follows the `#`, percent signs resolved.
    pub fragment: Option<String>,
    /// The bytes that are shown in the link's place; `None` where nothing is.
    pub label: Option<Span>,
    /// The log entry that it stands in, its heading included, by its place in `Body::log`.
    pub entry: Option<usize>,
}

/// How a link is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `[[acme]]`, `[[acme|text]]`
    Wiki,
    /// `![[acme]]`
    Embed,
    /// `[text](../clients/acme.md)`
    Inline,
    /// `[text][acme]` with `[acme]: ../clients/acme.md` elsewhere
    Reference,
    /// `![text](plan.png)`
    Image,
}

impl Link {
    /// The last part of the target without `.md`: the id that is meant.
    pub fn stem(&self) -> &str {
        let name = self.target.rsplit('/').next().unwrap_or(&self.target);
        name.strip_suffix(".md").unwrap_or(name)
    }
}

/// A link as its start tells it, before its label is known.
pub(super) struct Opened {
    pub(super) kind: LinkKind,
    reference: Option<Range<usize>>,
    target: String,
    fragment: Option<String>,
}

/// Reads the start of a link; `None` for what leads out of the workspace or nowhere.
pub(super) fn open(how: LinkType, image: bool, dest: &str, id: &str, definitions: &RefDefs<'_>) -> Option<Opened> {
    let wiki = matches!(how, LinkType::WikiLink { .. });
    let kind = match how {
        LinkType::WikiLink { .. } if image => LinkKind::Embed,
        LinkType::WikiLink { .. } => LinkKind::Wiki,
        LinkType::Autolink | LinkType::Email => return None,
        _ if image => LinkKind::Image,
        LinkType::Inline => LinkKind::Inline,
        _ => LinkKind::Reference,
    };
    // In a table a wiki link's bar is escaped, and the sign stays with the target.
    let dest = if wiki { dest.strip_suffix('\\').unwrap_or(dest).trim() } else { dest };
    if !wiki && leads_out(dest) {
        return None;
    }
    let (target, fragment) = match dest.split_once('#') {
        Some((target, fragment)) => (target, Some(fragment)),
        None => (dest, None),
    };
    if target.is_empty() {
        return None;
    }
    let decoded = |part: &str| if wiki { part.trim().to_owned() } else { percent_decoded(part) };
    let reference = match how {
        LinkType::Inline | LinkType::WikiLink { .. } => None,
        _ => definitions.get(id).map(|definition| definition.span.clone()),
    };
    Some(Opened { kind, reference, target: decoded(target), fragment: fragment.map(decoded) })
}

impl Opened {
    /// The link whose start this is, once its label is known. `body` begins at `base` of the whole text.
    pub(super) fn close(self, text: &str, base: usize, span: Span, label: Option<Span>, entry: Option<usize>) -> Link {
        let wiki = matches!(self.kind, LinkKind::Wiki | LinkKind::Embed);
        let target_span = match self.reference {
            Some(definition) => definition_target(text, Span::from(definition).shifted(base)),
            None if wiki => wiki_target(text, span),
            None => inline_target(text, span, label),
        };
        let target_span = target_span.unwrap_or(span);
        Link { kind: self.kind, span, target_span, target: self.target, fragment: self.fragment, label, entry }
    }
}

fn leads_out(dest: &str) -> bool {
    let scheme = dest.split_once(':').map_or("", |(scheme, _)| scheme);
    let named = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    named || dest.starts_with("//")
}

fn wiki_target(text: &str, span: Span) -> Option<Span> {
    let written = span.of(text);
    let start = written.find("[[")? + 2;
    let inner = written.get(start..)?.strip_suffix("]]")?;
    let inner = inner.split('|').next()?;
    let inner = inner.strip_suffix('\\').unwrap_or(inner);
    let start = span.start() + start + (inner.len() - inner.trim_start().len());
    Some(Span::new(start, start + inner.trim().len()))
}

fn inline_target(text: &str, span: Span, label: Option<Span>) -> Option<Span> {
    let from = label.map_or(span.start(), Span::end);
    let rest = Span::new(from, span.end()).of(text);
    destination(text, from + rest.find("](")? + 2, span.end())
}

fn definition_target(text: &str, definition: Span) -> Option<Span> {
    destination(text, definition.start() + definition.of(text).find("]:")? + 2, definition.end())
}

/// The link destination that begins, after whitespace, at `from`.
fn destination(text: &str, from: usize, end: usize) -> Option<Span> {
    let rest = text.get(from..end)?;
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = text.get(start..end)?;
    let pointed = rest.starts_with('<');
    let (mut open, mut escaped) = (0usize, false);
    for (at, c) in rest.char_indices().skip(usize::from(pointed)) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '>' if pointed => return Some(Span::new(start + 1, start + at)),
            _ if pointed => {}
            '(' => open += 1,
            ')' if open > 0 => open -= 1,
            ')' => return Some(Span::new(start, start + at)),
            c if c.is_whitespace() => return Some(Span::new(start, start + at)),
            _ => {}
        }
    }
    (!pointed).then(|| Span::new(start, end))
}
