//! How new values are written: in the manner of the file that they go into.

use super::style::{double, is_special, quote, quote_in_flow, quoted, single};
use super::tree::Style;
use super::{NodeRef, Value};

/// A value as it stands after its colon or dash: the rest of that line, and the lines below it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Begins with a space unless it is empty.
    pub(super) head: String,
    /// Each line begins with a line end, none ends with one.
    pub(super) tail: String,
}

/// The manners of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) newline: &'static str,
    /// How far the dashes of a list stand to the right of its key.
    pub(super) list_indent: usize,
    /// How far a map stands to the right of its key.
    pub(super) map_indent: usize,
    /// Texts of several lines become block scalars, else quoted ones.
    pub(super) literal: bool,
}

impl Manner {
    /// As in `front`: the first list and the first map in it show how it is done.
    pub(super) fn of(front: Option<NodeRef<'_>>, newline: &'static str) -> Self {
        let mut manner = Self { newline, list_indent: 2, map_indent: 2, literal: true };
        let Some(front) = front.filter(|front| front.is_block()) else { return manner };
        let base = front.node().aux as usize;
        let nested = |kind| {
            let mut blocks = front.entries().map(super::EntryRef::value).filter(|value| value.is_block());
            blocks.find(|value| value.kind() == kind).map(|value| (value.node().aux as usize).saturating_sub(base))
        };
        if let Some(indent) = nested(super::Kind::List) {
            manner.list_indent = indent;
        }
        if let Some(indent) = nested(super::Kind::Map).filter(|indent| *indent > 0) {
            manner.map_indent = indent;
        }
        manner
    }

    fn line(self, column: usize) -> String {
        format!("{}{}", self.newline, " ".repeat(column))
    }

    /// A value after the colon of a key in `column`.
    pub(super) fn after_key(self, value: &Value, column: usize) -> Written {
        match value {
            Value::List(items) if !items.is_empty() => {
                Written { head: String::new(), tail: self.items(items, column + self.list_indent) }
            }
            Value::Map(entries) if !entries.is_empty() => {
                Written { head: String::new(), tail: self.entries(entries, column + self.map_indent) }
            }
            _ => self.scalar(value, column),
        }
    }

    /// The items of a block list in `column`, each with the line end before it.
    pub(super) fn items(self, items: &[Value], column: usize) -> String {
        items.iter().map(|item| format!("{}-{}", self.line(column), self.after_dash(item, column))).collect()
    }

    /// The entries of a block map in `column`, each with the line end before it.
    pub(super) fn entries(self, entries: &[(String, Value)], column: usize) -> String {
        entries.iter().map(|(key, value)| format!("{}{}", self.line(column), self.entry(key, value, column))).collect()
    }

    /// An entry of a block map in `column`, without the indentation of its first line.
    pub(super) fn entry(self, key: &str, value: &Value, column: usize) -> String {
        let Written { head, tail } = self.after_key(value, column);
        format!("{}:{head}{tail}", quote_in_flow(key))
    }

    /// What stands after the dash of an item of a list in `column`.
    pub(super) fn after_dash(self, item: &Value, column: usize) -> String {
        match item {
            Value::Map(entries) if !entries.is_empty() => {
                // The first key on the line of the dash.
                let inner = column + 2;
                let lines = self.entries(entries, inner);
                let first = lines.get(self.newline.len() + inner..).unwrap_or("");
                format!(" {first}")
            }
            Value::List(items) if !items.is_empty() => self.items(items, column + 2),
            _ => {
                let Written { head, tail } = self.scalar(item, column);
                format!("{head}{tail}")
            }
        }
    }

    /// A scalar, or a map or list that has nothing in it, in a block at `column`.
    fn scalar(self, value: &Value, column: usize) -> Written {
        if let Value::Text(text) = value
            && self.literal
            && is_literal(text)
        {
            let chomp = if text.ends_with('\n') { "" } else { "-" };
            let tail = text.strip_suffix('\n').unwrap_or(text).split('\n').map(|line| match line {
                "" => self.newline.to_owned(),
                line => format!("{}{line}", self.line(column + 2)),
            });
            return Written { head: format!(" |{chomp}"), tail: tail.collect() };
        }
        match in_block(value) {
            text if text.is_empty() => Written::default(),
            text => Written { head: format!(" {text}"), tail: String::new() },
        }
    }
}

/// True if a text is best written as a block scalar: several lines of ordinary signs.
fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && !text.chars().any(|c| is_special(c) && c != '\n' && c != '\t')
}

/// A value on one line, outside of brackets.
fn in_block(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => quote(text),
        other => in_flow(other),
    }
}

/// A value on one line, in brackets.
pub(super) fn in_flow(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => quote_in_flow(text),
        Value::List(items) => format!("[{}]", items.iter().map(in_flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, value)| flow_entry(key, value)).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// An entry of a map in braces.
pub(super) fn flow_entry(key: &str, value: &Value) -> String {
    format!("{}: {}", quote_in_flow(key), in_flow(value))
}

/// A text in the quotes that the person used for the value before it; `None` where the value before had none.
pub(super) fn in_quotes_of(node: NodeRef<'_>, text: &str) -> Option<String> {
    match node.node().style {
        Style::Single | Style::SingleEscaped if text.chars().any(is_special) => Some(quoted(text)),
        Style::Single | Style::SingleEscaped => Some(single(text)),
        Style::Double | Style::DoubleEscaped => Some(double(text)),
        _ => None,
    }
}
