//! What the scanner finds: one arena of nodes, and the views by which the rest of the program reads it.

use std::borrow::Cow;

use super::meaning::retagged;
use super::resolve::{self, Scalar};
use super::scalar;
use super::{FieldPath, Step};
use crate::text::Span;

/// What a value is, as serde_yaml reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing, `null` or `~`.
    Null,
    /// `true` or `false` (and no other words).
    Bool,
    /// A whole number that fits 64 bits.
    Integer,
    /// A number with a point or an exponent.
    Float,
    /// Any other scalar, and every quoted one.
    Text,
    /// A map.
    Map,
    /// A list.
    List,
}

impl Kind {
    /// The kind in plain words, with its article: `a list`.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Null => "nothing",
            Kind::Bool => "true or false",
            Kind::Integer => "a whole number",
            Kind::Float => "a number",
            Kind::Text => "text",
            Kind::Map => "a map",
            Kind::List => "a list",
        }
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Nothing at all, as after `key:`.
    Empty,
    Plain,
    /// Plain over several lines.
    PlainFolded,
    /// Quoted, and the bytes between the quotes are the text.
    Single,
    Double,
    /// Quoted, with escapes or line breaks.
    SingleEscaped,
    DoubleEscaped,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
    /// A map or list by indentation.
    Block,
    /// A map or list in brackets.
    Flow,
    /// Read by serde_yaml; `aux` is the number of its text.
    Foreign,
}

pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    /// First and last entry of a map or list.
    pub(super) first: u32,
    pub(super) last: u32,
    /// Block scalar: the column of its text. Block map or list: its own column. Foreign: the number of its text.
    pub(super) aux: u32,
    /// `Map`, `List`, or for scalars the kind if it is known without a look at the text, else `Text`.
    pub(super) kind: Kind,
    pub(super) style: Style,
}

/// One entry of a map, or one item of a list (without a key).
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) key: u32,
    pub(super) value: u32,
    pub(super) next: u32,
    /// Of the key's text; two keys can be equal only if this is.
    pub(super) hash: u32,
}

/// The arena.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) entries: Vec<Entry>,
    pub(super) texts: Vec<Box<str>>,
}

impl Tree {
    pub(super) fn push(&mut self, kind: Kind, style: Style, span: Span) -> u32 {
        self.nodes.push(Node { span, first: NONE, last: NONE, aux: 0, kind, style });
        (self.nodes.len() - 1) as u32
    }

    pub(super) fn add(&mut self, owner: u32, key: u32, value: u32, hash: u32) -> u32 {
        let at = self.entries.len() as u32;
        self.entries.push(Entry { key, value, next: NONE, hash });
        let last = self.nodes.get(owner as usize).map_or(NONE, |node| node.last);
        if let Some(entry) = self.entries.get_mut(last as usize) {
            entry.next = at;
        }
        if let Some(node) = self.nodes.get_mut(owner as usize) {
            node.last = at;
            if node.first == NONE {
                node.first = at;
            }
        }
        at
    }
}

/// A value in a YAML text, with its place.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    pub(super) tree: &'a Tree,
    /// The text up to the end of the YAML.
    pub(super) text: &'a str,
    pub(super) id: u32,
}

const EMPTY: Node = Node { span: Span::ZERO, first: NONE, last: NONE, aux: 0, kind: Kind::Null, style: Style::Empty };

impl<'a> NodeRef<'a> {
    pub(super) fn node(self) -> Node {
        self.tree.nodes.get(self.id as usize).copied().unwrap_or(EMPTY)
    }

    fn with(self, id: u32) -> Self {
        Self { id, ..self }
    }

    /// The bytes of the value itself: no key, no comment; empty after the colon where nothing is written. A block
    /// scalar's begins with its sign; one of an irregular value is that of the narrowest piece that could be read.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// What it is, as serde_yaml means it; but an integer beyond 64 bits is text.
    pub fn kind(self) -> Kind {
        let node = self.node();
        match node.style {
            Style::Plain | Style::PlainFolded => resolve::resolve(&self.raw()).kind(),
            _ => node.kind,
        }
    }

    pub(super) fn scalar(self) -> Scalar {
        let node = self.node();
        match node.style {
            Style::Plain | Style::PlainFolded => resolve::resolve(&self.raw()),
            Style::Foreign if node.kind == Kind::Null => Scalar::Null,
            Style::Foreign if node.kind != Kind::Text => retagged(node.kind, resolve::resolve(&self.raw())),
            Style::Empty => Scalar::Null,
            _ => Scalar::Text,
        }
    }

    /// What makes a key the same as another: `1` is `0x1` and not `'1'`.
    pub(super) fn identity(self) -> (Kind, String) {
        match self.scalar() {
            Scalar::Text => (self.kind(), self.raw().into_owned()),
            scalar => (scalar.kind(), format!("{scalar:?}")),
        }
    }

    /// The text of a scalar as the person meant it: a plain one as written (`+48600100200`, `007`, `12.50` and `no`
    /// keep their text), a quoted or block scalar decoded. Empty for maps, lists and where nothing is written.
    pub fn raw(self) -> Cow<'a, str> {
        let node = self.node();
        match node.style {
            Style::Plain => Cow::Borrowed(node.span.of(self.text)),
            Style::Single | Style::Double => {
                Cow::Borrowed(Span::new(node.span.start() + 1, node.span.end().saturating_sub(1)).of(self.text))
            }
            Style::PlainFolded => Cow::Owned(scalar::fold_plain(node.span.of(self.text))),
            Style::SingleEscaped | Style::DoubleEscaped => Cow::Owned(
                scalar::quoted(self.text.as_bytes(), node.span.start()).map(|quoted| quoted.text).unwrap_or_default(),
            ),
            Style::Literal | Style::Folded => {
                Cow::Owned(scalar::block(self.text, node.span.start(), node.aux as usize))
            }
            Style::Foreign => Cow::Borrowed(self.tree.texts.get(node.aux as usize).map_or("", |text| text)),
            Style::Empty | Style::Block | Style::Flow => Cow::Borrowed(""),
        }
    }

    /// True if it is written in quotes or as a block scalar, so that it is text whatever it looks like.
    pub fn is_quoted(self) -> bool {
        use Style::{Double, DoubleEscaped, Folded, Literal, Single, SingleEscaped};
        let style = self.node().style;
        matches!(style, Single | Double | SingleEscaped | DoubleEscaped | Literal | Folded)
            || style == Style::Foreign && self.node().kind == Kind::Text
    }

    /// False if the value (or its key) is written in a way that only serde_yaml reads: anchors, aliases, tags, `?` keys,
    /// tabs as indentation. Such a value can be read but not edited.
    pub fn is_regular(self) -> bool {
        self.node().style != Style::Foreign
    }

    /// True if it is a map or list by indentation; false for `{…}`, `[…]` and scalars.
    pub fn is_block(self) -> bool {
        self.node().style == Style::Block
    }

    /// True for a map or a list.
    pub fn is_collection(self) -> bool {
        matches!(self.node().kind, Kind::Map | Kind::List)
    }

    /// The entries of a map in the order of the text; none for anything else.
    pub fn entries(self) -> Entries<'a> {
        let node = self.node();
        Entries { owner: self, next: if node.kind == Kind::Map { node.first } else { NONE }, floor: 0 }
    }

    /// The items of a list in the order of the text; none for anything else.
    pub fn items(self) -> impl Iterator<Item = NodeRef<'a>> + Clone {
        self.item_entries().map(EntryRef::value)
    }

    /// The items of a list, as entries without keys.
    pub(super) fn item_entries(self) -> Entries<'a> {
        let node = self.node();
        Entries { owner: self, next: if node.kind == Kind::List { node.first } else { NONE }, floor: 0 }
    }

    /// The lines of each item of a block list: from the comment lines directly above its dash to the end of its last
    /// line. Empty for anything else, and for a list that begins on the line of another dash or key.
    pub fn item_lines(self) -> Vec<Span> {
        let node = self.node();
        if !self.is_block() || node.kind != Kind::List {
            return Vec::new();
        }
        let lines = self.item_entries().map(|item| {
            let dash = dash(self.text, node, item.value().span());
            let start = item.lines_before(dash);
            let own_line = start == line_start(self.text, start);
            own_line.then(|| Span::new(start, line_end(self.text, item.value().span().end().max(dash + 1))))
        });
        lines.collect::<Option<Vec<Span>>>().unwrap_or_default()
    }

    /// How many entries or items it has.
    pub fn len(self) -> usize {
        Entries { owner: self, next: self.node().first, floor: 0 }.count()
    }

    /// True if it has no entries or items; scalars have none.
    pub fn is_empty(self) -> bool {
        self.node().first == NONE
    }

    /// The value of `key` in a map; the first, where the key stands twice.
    pub fn get(self, key: &str) -> Option<NodeRef<'a>> {
        self.entry(key).map(EntryRef::value)
    }

    /// The value at the end of a path, if it is there.
    pub fn at(self, path: &FieldPath) -> Option<NodeRef<'a>> {
        path.steps().iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.items().nth(*index),
        })
    }

    /// The entry of `key` in a map; the first, where the key stands twice.
    pub fn entry(self, key: &str) -> Option<EntryRef<'a>> {
        let hash = hash(key.as_bytes());
        self.entries().find(|entry| entry.hash() == hash && entry.key().raw() == key)
    }

    /// The id in `[[id]]` written without quotes, which YAML takes for a list in a list: what the person meant.
    pub fn as_link(self) -> Option<Cow<'a, str>> {
        let only = |node: Self| {
            let mut items = node.items();
            items.next().filter(|_| items.next().is_none())
        };
        let inner = only(self)?;
        let id = only(inner)?;
        let written = self.span().of(self.text);
        let link = !id.is_collection() && written.starts_with("[[") && written.ends_with("]]");
        link.then(|| id.raw())
    }

    /// The value as serde_yaml gives it.
    pub fn to_value(self) -> serde_yaml::Value {
        use serde_yaml::Value;
        match self.node().kind {
            Kind::Map => {
                Value::Mapping(self.entries().map(|entry| (entry.key().to_value(), entry.value().to_value())).collect())
            }
            Kind::List => Value::Sequence(self.items().map(NodeRef::to_value).collect()),
            _ => match self.scalar() {
                Scalar::Null => Value::Null,
                Scalar::Bool(value) => Value::Bool(value),
                Scalar::Unsigned(value) => Value::Number(value.into()),
                Scalar::Negative(value) => Value::Number(value.into()),
                Scalar::Float(value) => Value::Number(value.into()),
                Scalar::Text => Value::String(self.raw().into_owned()),
            },
        }
    }

    /// The value as JSON, with keys as text; numbers that JSON has no sign for (infinity) become text.
    pub fn to_json(self) -> serde_json::Value {
        use serde_json::Value;
        match self.node().kind {
            Kind::Map => Value::Object(
                self.entries().map(|entry| (entry.key().raw().into_owned(), entry.value().to_json())).collect(),
            ),
            Kind::List => Value::Array(self.items().map(NodeRef::to_json).collect()),
            _ => match self.scalar() {
                Scalar::Null => Value::Null,
                Scalar::Bool(value) => Value::Bool(value),
                Scalar::Unsigned(value) => value.into(),
                Scalar::Negative(value) => value.into(),
                Scalar::Float(value) => serde_json::Number::from_f64(value)
                    .map_or_else(|| Value::String(self.raw().into_owned()), Value::Number),
                Scalar::Text => Value::String(self.raw().into_owned()),
            },
        }
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?} {:?}", self.kind(), self.span(), self.span().of(self.text))
    }
}

/// The entries of a map, in order.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    owner: NodeRef<'a>,
    next: u32,
    /// Where the entry before ends.
    floor: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = EntryRef<'a>;

    fn next(&mut self) -> Option<EntryRef<'a>> {
        let entry = self.owner.tree.entries.get(self.next as usize)?;
        let found = EntryRef { owner: self.owner, id: self.next, floor: self.floor };
        self.next = entry.next;
        self.floor = found.value().span().end();
        Some(found)
    }
}

/// One entry of a map: key and value, with its lines.
#[derive(Clone, Copy)]
pub struct EntryRef<'a> {
    owner: NodeRef<'a>,
    id: u32,
    floor: usize,
}

impl<'a> EntryRef<'a> {
    fn entry(self) -> Entry {
        let none = Entry { key: NONE, value: NONE, next: NONE, hash: 0 };
        self.owner.tree.entries.get(self.id as usize).copied().unwrap_or(none)
    }

    fn hash(self) -> u32 {
        self.entry().hash
    }

    /// The key, a scalar.
    pub fn key(self) -> NodeRef<'a> {
        self.owner.with(self.entry().key)
    }

    /// The value.
    pub fn value(self) -> NodeRef<'a> {
        self.owner.with(self.entry().value)
    }

    /// Key and value without the rest of their lines: from the first byte of the key (of the value, for an item of a
    /// list) to the last of the value.
    pub fn inner_span(self) -> Span {
        let value = self.value().span();
        if self.entry().key == NONE { value } else { self.key().span().to(value) }
    }

    /// The start of the comment lines that belong to what begins at `at`.
    pub(super) fn lines_before(self, at: usize) -> usize {
        lines_before(self.owner.text, at, self.floor)
    }

    /// All that belongs to the entry. In a block map: whole lines, with the comment lines that stand directly above it
    /// at its own indentation, up to the end of its last line; but an entry that stands on the line of its list item's
    /// dash begins at its key. In braces: key and value.
    pub fn span(self) -> Span {
        let inner = self.inner_span();
        if !self.owner.is_block() {
            return inner;
        }
        let start = lines_before(self.owner.text, inner.start(), self.floor);
        Span::new(start, line_end(self.owner.text, inner.end()))
    }
}

impl std::fmt::Debug for EntryRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {:?}", self.key(), self.value())
    }
}

/// The first byte of the line that holds `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes().get(..at).and_then(|before| before.iter().rposition(|b| *b == b'\n')).map_or(0, |n| n + 1)
}

/// Just past the line end of the line that holds `at`; an `at` that follows a line end closes the line before it.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    if at > 0 && text.as_bytes().get(at - 1) == Some(&b'\n') {
        return at;
    }
    text.as_bytes().get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\n')).map_or(text.len(), |n| at + n + 1)
}

/// The dash of a block list's item, whose value stands at `value`.
pub(super) fn dash(text: &str, list: Node, value: Span) -> usize {
    let column = list.aux as usize;
    let mut line = line_start(text, value.start());
    loop {
        let indent = Span::new(line, line + column).of(text);
        let dash = text.as_bytes().get(line + column) == Some(&b'-');
        if dash && indent.bytes().all(|b| matches!(b, b' ' | b'-')) || line <= list.span.start() {
            return line + column;
        }
        line = line_start(text, line - 1);
    }
}

/// Where the lines of an entry begin whose key is at `key`: its own line, and comment lines directly above at the same
/// indentation, but not above `floor`. `key` itself where something else than spaces stands before it.
fn lines_before(text: &str, key: usize, floor: usize) -> usize {
    let mut start = line_start(text, key);
    let indent = Span::new(start, key).of(text);
    if indent.bytes().any(|b| b != b' ') {
        return key;
    }
    while start > floor {
        let above = line_start(text, start - 1);
        let line = Span::new(above, start).of(text);
        if above < floor || line.strip_prefix(indent).is_none_or(|rest| !rest.starts_with('#')) {
            break;
        }
        start = above;
    }
    start
}

/// A quick hash of a key's text.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
