//! The query as it was understood: what must hold, with the places of every part.

use std::fmt::{self, Display, Write as _};

use crate::text::Span;

/// A question, parsed but not yet tied to the fields of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub(super) source: String,
    pub(super) root: Node,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// All of these must hold; of none, everything does.
    And(Vec<Node>),
    /// One of these must hold.
    Or(Vec<Node>),
    /// This must not hold.
    Not(Box<Node>),
    /// A field's value is compared.
    Field(FieldTerm),
    /// A text is looked for.
    Text(TextPart),
    /// A saved query must hold.
    Segment(SegmentTerm),
}

/// A word of a query with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, without quotes and escapes.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// `field:value` and its like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTerm {
    /// The field's name.
    pub name: Scalar,
    /// How it is compared.
    pub op: Op,
    /// With what: any of these, or none of them after `!=`.
    pub operands: Vec<Operand>,
    /// The whole term.
    pub span: Span,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `:` is any of, within any of.
    Is,
    /// `!=` is none of.
    IsNot,
    /// `~` contains.
    Contains,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// The sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Op::Is => ":",
            Op::IsNot => "!=",
            Op::Contains => "~",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::More => ">",
            Op::AtLeast => ">=",
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `none`: there is no value.
    None(Span),
    /// `any`: there is a value.
    Any(Span),
    /// `me`: who asks.
    Me(Span),
    /// This value.
    Value(Scalar),
    /// `value*`: values that begin so.
    Prefix(Scalar),
    /// `a..b`: values between, both ends included; one of the two may be missing.
    Range(Option<Scalar>, Option<Scalar>),
}

/// A text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// The text, without quotes and without `*` or `~` behind it.
    pub text: Scalar,
    /// How it is looked for.
    pub mode: TextMode,
    /// True for a word without quotes.
    pub bare: bool,
}

/// How a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextMode {
    /// Whole words, one after the other.
    Exact,
    /// The last word may go on.
    Prefix,
    /// The word may be mistyped.
    Fuzzy,
}

/// `seg:NAME`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentTerm {
    /// The names: any of these segments, or none of them after `!=`.
    pub names: Vec<Scalar>,
    /// True after `!=`.
    pub negated: bool,
    /// The whole term.
    pub span: Span,
}

impl Query {
    /// What the query was parsed from, to which all spans refer; several arguments joined by spaces.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What must hold.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// True if every record answers it.
    pub fn is_empty(&self) -> bool {
        matches!(&self.root, Node::And(parts) if parts.is_empty())
    }

    /// The query with every group written out, such as `(and type:lead (or owner:me owner:none))`.
    pub fn tree(&self) -> String {
        let mut out = String::new();
        let _ = write_tree(&self.root, &mut out);
        out
    }

    /// The query with its words, but without their places, for comparing.
    #[cfg(test)]
    pub(super) fn without_places(&self) -> Node {
        let mut root = self.root.clone();
        strip(&mut root);
        root
    }
}

fn write_tree(node: &Node, out: &mut String) -> fmt::Result {
    let (word, parts) = match node {
        Node::And(parts) => ("and", parts.as_slice()),
        Node::Or(parts) => ("or", parts.as_slice()),
        Node::Not(part) => ("not", std::slice::from_ref(&**part)),
        term => return write!(out, "{term}"),
    };
    write!(out, "({word}")?;
    for part in parts {
        out.push(' ');
        write_tree(part, out)?;
    }
    out.write_char(')')
}

/// The query as one argument; parsed again it gives the same tree.
impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::And(parts) => joined(f, parts, " ", |part| matches!(part, Node::Or(_))),
            Node::Or(parts) => joined(f, parts, " OR ", |_| false),
            Node::Not(part) => {
                f.write_str("NOT ")?;
                grouped(f, part, matches!(**part, Node::And(_) | Node::Or(_)))
            }
            Node::Field(term) => term.fmt(f),
            Node::Text(text) => text.fmt(f),
            Node::Segment(term) => {
                f.write_str(if term.negated { "seg!=" } else { "seg:" })?;
                listed(f, &term.names, |f, name| f.write_str(&quoted_value(&name.text)))
            }
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Node], between: &str, group: fn(&Node) -> bool) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        grouped(f, part, group(part))?;
    }
    Ok(())
}

fn grouped(f: &mut fmt::Formatter<'_>, node: &Node, group: bool) -> fmt::Result {
    if group { write!(f, "({node})") } else { node.fmt(f) }
}

fn listed<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    one: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_char(',')?;
        }
        one(f, item)?;
    }
    Ok(())
}

impl Display for FieldTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", quoted_if(&self.name.text, needs_quotes(&self.name.text)), self.op.as_str())?;
        listed(f, &self.operands, |f, operand| operand.fmt(f))
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::None(_) => f.write_str("none"),
            Operand::Any(_) => f.write_str("any"),
            Operand::Me(_) => f.write_str("me"),
            Operand::Value(value) => f.write_str(&quoted_value(&value.text)),
            Operand::Prefix(value) => write!(f, "{}*", quoted_value(&value.text)),
            Operand::Range(low, high) => {
                let end = |end: &Option<Scalar>| end.as_ref().map_or(String::new(), |end| quoted_value(&end.text));
                write!(f, "{}..{}", end(low), end(high))
            }
        }
    }
}

impl Display for TextPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted_if(&self.text.text, !self.bare))?;
        f.write_str(match self.mode {
            TextMode::Exact => "",
            TextMode::Prefix => "*",
            TextMode::Fuzzy => "~",
        })
    }
}

fn quoted_value(text: &str) -> String {
    let meaning = matches!(text, "none" | "any" | "me") || text.contains("..") || text.contains([',', '*']);
    let edge = text.starts_with('.') || text.ends_with('.');
    quoted_if(text, meaning || edge || needs_quotes(text))
}

/// True if the text would not be read as one bare word that means itself.
pub(super) fn needs_quotes(text: &str) -> bool {
    let sign = |c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '(' | ')' | ':' | '~' | '<' | '>' | '=' | '*');
    text.is_empty() || text.contains(sign) || matches!(text, "OR" | "NOT" | "AND")
}

fn quoted_if(text: &str, quotes: bool) -> String {
    if quotes { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) } else { text.to_owned() }
}

#[cfg(test)]
fn strip(node: &mut Node) {
    let bare = |scalar: &mut Scalar| scalar.span = Span::default();
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter_mut().for_each(strip),
        Node::Not(part) => strip(part),
        Node::Text(text) => bare(&mut text.text),
        Node::Segment(term) => {
            term.names.iter_mut().for_each(bare);
            term.span = Span::default();
        }
        Node::Field(term) => {
            bare(&mut term.name);
            term.span = Span::default();
            for operand in &mut term.operands {
                match operand {
                    Operand::None(span) | Operand::Any(span) | Operand::Me(span) => *span = Span::default(),
                    Operand::Value(value) | Operand::Prefix(value) => bare(value),
                    Operand::Range(low, high) => low.iter_mut().chain(high).for_each(bare),
                }
            }
        }
    }
}
