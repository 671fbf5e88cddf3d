//! Ties a query to a workspace: names to fields, words to values of the fields' kinds, `seg:` to saved queries.

use std::collections::{HashMap, HashSet};

use super::comparison::Test;
use super::error::{MOST, Problem, QueryError};
use super::fields::{FieldInfo, Fields};
use super::operand;
use super::text_term::TextTerm;
use super::tree::{FieldTerm, Node, Op, Operand, Query, Scalar, SegmentTerm, TextPart};
use super::{Bound, Context};
use crate::model::Config;
use crate::text::{Span, nearest};

/// How many segments may lie within each other.
const DEEPEST_SEGMENT: usize = 32;

/// A query's node with everything looked up.
#[derive(Clone, Debug)]
pub(super) enum BoundNode {
    And(Vec<BoundNode>),
    Or(Vec<BoundNode>),
    Not(Box<BoundNode>),
    /// Any of the tests; none of them if negated.
    Field {
        field: FieldInfo,
        tests: Vec<Test>,
        negated: bool,
    },
    /// The record is among the hits under this key.
    Text(String),
    /// Any of these segments, by place; none of them if negated.
    Segments {
        places: Vec<usize>,
        negated: bool,
    },
}

impl Query {
    /// Ties the query to the fields, names and segments of a workspace. The context's hits are not looked at yet.
    ///
    /// # Errors
    /// All fields, values and segments that the workspace does not have, those within segments included.
    pub fn bind(&self, fields: &Fields, ctx: &Context<'_>) -> Result<Bound, Vec<QueryError>> {
        let mut binder = Binder::new(fields, ctx);
        let root = binder.query(self, None);
        binder.finish(root)
    }
}

impl Query {
    /// True if the query or a segment that it asks for says `me`, so that it must be known who asks.
    pub fn names_me(&self, config: &Config) -> bool {
        let mut seen = HashSet::new();
        let mut waiting = vec![self.root.clone()];
        while let Some(node) = waiting.pop() {
            match node {
                Node::And(parts) | Node::Or(parts) => waiting.extend(parts),
                Node::Not(part) => waiting.push(*part),
                Node::Field(term) if term.operands.iter().any(|operand| matches!(operand, Operand::Me(_))) => {
                    return true;
                }
                Node::Segment(term) => {
                    for name in term.names.into_iter().map(|name| name.text) {
                        let text = config.segments.get(&name).map(|segment| segment.value.as_str());
                        let query = text.filter(|_| seen.insert(name)).and_then(|text| Query::parse(text).ok());
                        waiting.extend(query.map(|query| query.root));
                    }
                }
                Node::Field(_) | Node::Text(_) => {}
            }
        }
        false
    }
}

/// What is wrong with the segments of the configuration; each error names its segment.
///
/// Who asks does not matter here: `owner:me` in a segment is fine.
pub fn check_segments(fields: &Fields, ctx: &Context<'_>) -> Vec<QueryError> {
    let mut binder = Binder::new(fields, ctx);
    for name in ctx.config.segments.keys() {
        binder.place_of(name);
    }
    let mut errors = binder.errors;
    errors.retain(|error| error.problem != Problem::WhoIsMe);
    errors
}

struct Binder<'b, 'a> {
    fields: &'b Fields,
    ctx: &'b Context<'a>,
    errors: Vec<QueryError>,
    terms: Vec<TextTerm>,
    keys: HashSet<String>,
    segments: Vec<BoundNode>,
    places: HashMap<String, Option<usize>>,
    open: Vec<String>,
}

/// The text that is being bound.
struct Scope<'q> {
    query: &'q Query,
    segment: Option<&'q str>,
    /// The types that the query asks for, for its help.
    types: Vec<String>,
    problems: Vec<(Problem, Span)>,
}

impl<'b, 'a> Binder<'b, 'a> {
    fn new(fields: &'b Fields, ctx: &'b Context<'a>) -> Self {
        let (errors, terms, segments, open) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { fields, ctx, errors, terms, keys: HashSet::new(), segments, places: HashMap::new(), open }
    }

    fn finish(self, root: BoundNode) -> Result<Bound, Vec<QueryError>> {
        if self.errors.is_empty() {
            Ok(Bound { root, segments: self.segments, terms: self.terms })
        } else {
            Err(self.errors)
        }
    }

    fn query(&mut self, query: &Query, segment: Option<&str>) -> BoundNode {
        let mut scope = Scope { query, segment, types: types_of(query.root()), problems: Vec::new() };
        let root = self.node(query.root(), &mut scope);
        scope.problems.sort_by_key(|(_, span)| span.start());
        self.errors.extend(QueryError::all(query.source(), scope.segment, scope.problems));
        root
    }

    fn node(&mut self, node: &Node, scope: &mut Scope<'_>) -> BoundNode {
        match node {
            Node::And(parts) => BoundNode::And(parts.iter().map(|part| self.node(part, scope)).collect()),
            Node::Or(parts) => BoundNode::Or(parts.iter().map(|part| self.node(part, scope)).collect()),
            Node::Not(part) => BoundNode::Not(Box::new(self.node(part, scope))),
            Node::Field(term) => self.field(term, scope),
            Node::Text(part) => self.text(part, scope),
            Node::Segment(term) => self.segments(term, scope),
        }
    }

    fn field(&mut self, term: &FieldTerm, scope: &mut Scope<'_>) -> BoundNode {
        if scope.problems.len() >= MOST {
            return BoundNode::And(Vec::new());
        }
        let Some(field) = self.fields.get(&term.name.text) else {
            let problem = Problem::UnknownField {
                name: term.name.text.clone(),
                nearest: self.fields.nearest(&term.name.text),
                known: self.fields.names_of(&scope.types),
            };
            scope.problems.push((problem, term.name.span));
            return BoundNode::And(Vec::new());
        };
        let mut tests = Vec::with_capacity(term.operands.len());
        for operand in &term.operands {
            match operand::bind(self.ctx, field, term.op, operand) {
                Ok(test) => tests.push(test),
                Err(problem) => scope.problems.push(problem),
            }
        }
        BoundNode::Field { field: field.clone(), tests, negated: term.op == Op::IsNot }
    }

    fn text(&mut self, part: &TextPart, scope: &mut Scope<'_>) -> BoundNode {
        let span = part.text.span;
        let written = span.of(scope.query.source());
        if part.bare && self.fields.get(written).is_some() {
            scope.problems.push((Problem::BareField(written.to_owned()), span));
        } else if !written.contains('"')
            && let Some((name, value)) = part.text.text.split_once('=')
            && self.fields.get(name.trim()).is_some()
        {
            let meant = format!("{}:{}", name.trim(), value.trim_start_matches('=').trim());
            scope.problems.push((Problem::EqualsSign { meant }, span));
        }
        match TextTerm::of_part(part) {
            Some(term) => {
                let key = term.key.clone();
                if self.keys.insert(key.clone()) {
                    self.terms.push(term);
                }
                BoundNode::Text(key)
            }
            // The parser lets no text pass that has no words.
            None => BoundNode::Or(Vec::new()),
        }
    }

    fn segments(&mut self, term: &SegmentTerm, scope: &mut Scope<'_>) -> BoundNode {
        let places = term.names.iter().filter_map(|name| self.segment(name, scope)).collect();
        BoundNode::Segments { places, negated: term.negated }
    }

    fn segment(&mut self, name: &Scalar, scope: &mut Scope<'_>) -> Option<usize> {
        let cycle = self.open.iter().position(|open| *open == name.text);
        let problem = if let Some(start) = cycle {
            let way = self.open.get(start..).unwrap_or(&[]).iter().chain([&name.text]);
            Problem::SegmentCycle(way.cloned().collect())
        } else if self.open.len() >= DEEPEST_SEGMENT {
            Problem::TooDeep
        } else if self.ctx.config.segments.contains_key(&name.text) {
            return self.place_of(&name.text);
        } else {
            let known = || self.ctx.config.segments.keys().map(String::as_str);
            let near = nearest(&name.text, known(), 1);
            let known = if near.is_empty() { known().map(str::to_owned).collect() } else { near };
            Problem::UnknownSegment { name: name.text.clone(), known }
        };
        scope.problems.push((problem, name.span));
        None
    }

    /// Binds a segment of the configuration, once.
    fn place_of(&mut self, name: &str) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let text = &self.ctx.config.segments.get(name)?.value;
        self.open.push(name.to_owned());
        let place = match Query::parse(text) {
            Ok(query) => {
                let node = self.query(&query, Some(name));
                self.segments.push(node);
                Some(self.segments.len() - 1)
            }
            Err(errors) => {
                let named = errors.into_iter().map(|error| QueryError { segment: Some(name.to_owned()), ..error });
                self.errors.extend(named);
                None
            }
        };
        self.open.pop();
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// The types that a query asks for beside everything else.
fn types_of(root: &Node) -> Vec<String> {
    let parts = match root {
        Node::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let asked = parts.iter().filter_map(|part| match part {
        Node::Field(term) if term.name.text == "type" && term.op == Op::Is => Some(&term.operands),
        _ => None,
    });
    let values = asked.flatten().filter_map(|operand| match operand {
        Operand::Value(value) => Some(value.text.clone()),
        _ => None,
    });
    values.collect()
}
