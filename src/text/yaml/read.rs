//! From text to tree: the scanner first, serde_yaml where it stops, and diagnostics where both give up.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use super::meaning::{Meaning, MeaningError, meaning};
use super::scalar::break_len;
use super::scan::{Opaque, Reason, Scan, scan};
use super::tree::{NONE, NodeRef, Style, Tree};
use super::{EntryRef, Kind, trouble};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Span, codes};

/// Front matter larger than this is not read.
const MAX_SIZE: usize = 1 << 20;

/// So many keys that stand twice are named.
const MAX_DUPLICATES: usize = 20;

/// YAML that was read as far as it could be.
#[derive(Clone, Debug, Default)]
pub(in crate::text) struct Yaml {
    tree: Tree,
    root: Option<u32>,
    /// False if something in it could not be read, or not with certainty.
    pub(in crate::text) readable: bool,
}

impl Yaml {
    /// The outermost map; `text` is the one that was read.
    pub(in crate::text) fn root<'a>(&'a self, text: &'a str) -> Option<NodeRef<'a>> {
        self.root.map(|id| NodeRef { tree: &self.tree, text, id })
    }
}

/// Reads the YAML that fills `text` from the line that begins at `start`; findings go into `found`.
pub(in crate::text) fn read(text: &str, start: usize, found: &mut Vec<Diagnostic>) -> Yaml {
    let yaml = Span::new(start, text.len());
    if yaml.len() > MAX_SIZE {
        found.push(trouble::too_large(yaml));
        return Yaml::default();
    }
    let odd = odd_characters(text, start, found);
    let scan = scan(text, start);
    let readable = found.iter().all(|finding| finding.severity < Severity::Error);
    let links = scan.links.clone();
    let mut duplicates = scan.duplicates.clone();
    let mut done = if scan.stops.is_empty() && !odd {
        Yaml { tree: scan.tree, root: scan.root, readable }
    } else {
        let done = irregular(text, yaml, scan, readable, found);
        duplicates = done.root(text).map(duplicate_keys).unwrap_or_default();
        done
    };
    for link in links {
        let node = NodeRef { tree: &done.tree, text, id: link };
        if node.as_link().is_some() {
            found.push(trouble::unquoted_link(node));
        }
    }
    for (first, second) in duplicates.into_iter().take(MAX_DUPLICATES) {
        let key = |id: u32| NodeRef { tree: &done.tree, text, id };
        found.push(trouble::duplicate(key(first), key(second)));
        done.readable = false;
    }
    match done.root(text) {
        None if done.readable => {
            // Nothing but blank lines and comments: a map without entries.
            done.root = Some(done.tree.push(Kind::Map, Style::Block, Span::empty(start)));
        }
        Some(root) if root.kind() != Kind::Map => {
            found.push(trouble::not_a_map(root));
            done.readable = false;
        }
        _ => {}
    }
    done
}

/// Pairs of keys of one map, here or deeper, that are the same: for what the scanner did not read by itself.
fn duplicate_keys(node: NodeRef<'_>) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut seen = HashMap::new();
    for entry in node.entries() {
        let key = entry.key();
        match seen.entry(key.identity()) {
            Occupied(first) => found.push((*first.get(), key.id)),
            Vacant(place) => {
                place.insert(key.id);
            }
        }
    }
    let values = node.entries().map(EntryRef::value).chain(node.items());
    found.extend(values.filter(|value| value.is_collection()).flat_map(duplicate_keys));
    found
}

/// Looks for characters on which YAML programs don't agree; true if there is one.
fn odd_characters(text: &str, start: usize, found: &mut Vec<Diagnostic>) -> bool {
    let bytes = text.as_bytes();
    let rest = bytes.get(start..).unwrap_or_default();
    let suspicious =
        |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef);
    // Without an early way out the compiler looks at many bytes at once.
    let any = |chunk: &[u8]| chunk.iter().fold(false, |found, byte| found | suspicious(*byte));
    if !rest.chunks(256).any(any) {
        return false;
    }
    let mut odd = false;
    let (mut control, mut separators) = (false, Vec::new());
    for (at, char) in text.get(start..).unwrap_or("").char_indices() {
        let at = start + at;
        let span = Span::new(at, at + char.len_utf8());
        match char {
            '\t' | '\n' => {}
            '\r' => odd |= break_len(bytes, at) == 0,
            '\u{85}' | '\u{2028}' | '\u{2029}' => {
                odd = true;
                separators.push(span);
            }
            '\u{feff}' => odd = true,
            _ if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => {
                odd = true;
                // A NUL byte has its own finding.
                if !control && char != '\0' {
                    found.push(
                        Diagnostic::new(
                            codes::CONTROL_CHARACTER,
                            format!("control character U+{:04X} in the front matter", u32::from(char)),
                        )
                        .at(span)
                        .label("invisible, and not allowed in YAML")
                        .help("delete the character"),
                    );
                }
                control = true;
            }
            _ => {}
        }
    }
    found.extend(trouble::line_separators(text, &separators));
    odd
}

/// Reads with serde_yaml what the scanner left, and keeps the scanner's places where both agree.
fn irregular(text: &str, yaml: Span, scan: Scan, readable: bool, found: &mut Vec<Diagnostic>) -> Yaml {
    let Scan { mut tree, root, stops, .. } = scan;
    if let Some(deep) = stops.iter().find(|opaque| opaque.stop.reason == Reason::Depth) {
        found.push(trouble::too_deep(Span::empty(deep.stop.at)));
        return Yaml { tree, root, readable: false };
    }
    match meaning(yaml.of(text)) {
        Ok(Meaning::Map(entries)) => {
            let root = match root {
                Some(root) if fill(text, &mut tree, root, &stops, &entries) => root,
                _ => Meaning::Map(entries).plant(&mut tree, yaml),
            };
            Yaml { tree, root: Some(root), readable }
        }
        Ok(Meaning::Scalar(Kind::Null, _)) => Yaml { tree, root: None, readable },
        Ok(other) => {
            let root = other.plant(&mut tree, yaml);
            Yaml { tree, root: Some(root), readable }
        }
        Err(error) => {
            let mut errors = Vec::new();
            salvage(text, &mut tree, root, &stops, &mut errors);
            if errors.is_empty() && readable {
                errors.push(trouble::whole(text, yaml, &error));
            }
            match found.iter_mut().find(|finding| finding.code == codes::LINE_SEPARATOR) {
                // A line that ends in its middle explains the rest.
                Some(separator) => separator.severity = Severity::Error,
                None => found.append(&mut errors),
            }
            Yaml { tree, root: root.filter(|_| !matches!(error, MeaningError::Multiplied)), readable: false }
        }
    }
}

/// The entries of the outermost map, in order: scanned ones by their number, opaque ones by theirs.
fn in_order(tree: &Tree, root: u32, stops: &[Opaque]) -> Vec<Result<u32, usize>> {
    let mut order = Vec::new();
    let mut next = tree.nodes.get(root as usize).map_or(NONE, |node| node.first);
    let mut scanned = 0;
    for (number, opaque) in stops.iter().enumerate() {
        while scanned < opaque.before
            && let Some(entry) = tree.entries.get(next as usize)
        {
            order.push(Ok(next));
            next = entry.next;
            scanned += 1;
        }
        order.push(Err(number));
    }
    while let Some(entry) = tree.entries.get(next as usize) {
        order.push(Ok(next));
        next = entry.next;
    }
    order
}

/// Puts serde_yaml's entries where the scanner stopped; false if the two don't see the same entries, so that the
/// scanner's places can't be trusted.
fn fill(text: &str, tree: &mut Tree, root: u32, stops: &[Opaque], entries: &[(Meaning, Meaning)]) -> bool {
    let order = in_order(tree, root, stops);
    if order.len() != entries.len() || tree.nodes.get(root as usize).is_none_or(|node| node.kind != Kind::Map) {
        return false;
    }
    let mut agreed = Vec::with_capacity(order.len());
    for (seen, (key, value)) in order.iter().zip(entries) {
        let agrees = match seen {
            Err(_) => false,
            Ok(at) => {
                let Some(entry) = tree.entries.get(*at as usize).copied() else { return false };
                let node = |id| NodeRef { tree: &*tree, text, id };
                if !key.agrees(node(entry.key)) {
                    return false;
                }
                value.agrees(node(entry.value))
            }
        };
        agreed.push(agrees);
    }
    if let Some(node) = tree.nodes.get_mut(root as usize) {
        (node.first, node.last) = (NONE, NONE);
    }
    for ((seen, agrees), (key, value)) in order.iter().zip(agreed).zip(entries) {
        let (span, scanned) = match seen {
            Err(number) => (stops.get(*number).map_or(Span::ZERO, |opaque| trimmed(text, opaque.span)), None),
            Ok(at) => {
                let entry = tree.entries.get(*at as usize).copied();
                let span =
                    entry.and_then(|entry| tree.nodes.get(entry.value as usize)).map_or(Span::ZERO, |node| node.span);
                (span, entry)
            }
        };
        let (key, value, hash) = match scanned {
            Some(entry) if agrees => (entry.key, entry.value, entry.hash),
            _ => {
                let hash = super::tree::hash(key.text().unwrap_or("").as_bytes());
                (key.plant(tree, span), value.plant(tree, span), hash)
            }
        };
        tree.add(root, key, value, hash);
        if let Some(node) = tree.nodes.get_mut(root as usize) {
            node.span = Span::new(node.span.start(), node.span.end().max(span.end()));
        }
    }
    true
}

/// The span of some lines without the last line end.
fn trimmed(text: &str, span: Span) -> Span {
    Span::new(span.start(), span.start() + span.of(text).trim_end().len())
}

/// The whole can't be read: reads what can be read of the entries where the scanner stopped, each by itself, and says
/// of the others what is wrong.
fn salvage(text: &str, tree: &mut Tree, root: Option<u32>, stops: &[Opaque], errors: &mut Vec<Diagnostic>) {
    let order = root.map(|root| in_order(tree, root, stops)).unwrap_or_default();
    let mut pieces = Vec::new();
    for opaque in stops {
        pieces.push(match meaning(opaque.span.of(text)) {
            Ok(Meaning::Map(entries)) => entries,
            found => {
                if found.is_ok() || opaque.stop.reason != Reason::Exotic {
                    errors.push(trouble::stopped(text, opaque));
                }
                Vec::new()
            }
        });
    }
    let Some(root) = root else { return };
    if let Some(node) = tree.nodes.get_mut(root as usize) {
        (node.first, node.last) = (NONE, NONE);
    }
    for seen in order {
        match seen {
            Ok(at) => {
                if let Some(entry) = tree.entries.get(at as usize).copied() {
                    tree.add(root, entry.key, entry.value, entry.hash);
                }
            }
            Err(number) => {
                let span = stops.get(number).map_or(Span::ZERO, |opaque| trimmed(text, opaque.span));
                for (key, value) in pieces.get(number).into_iter().flatten() {
                    let hash = super::tree::hash(key.text().unwrap_or("").as_bytes());
                    let (key, value) = (key.plant(tree, span), value.plant(tree, span));
                    tree.add(root, key, value, hash);
                }
            }
        }
    }
}
