//! From tokens to the tree. `NOT` binds tightest, then side by side, then `OR`.

use super::error::{Problem, QueryError};
use super::lexer::{Glyph, Token, TokenKind, argument_tokens, tokens};
use super::tree::{FieldTerm, Node, Op, Operand, Query, Scalar, SegmentTerm, TextMode, TextPart, needs_quotes};
use crate::text::Span;

/// How deep groups and `NOT`s may be nested.
const DEEPEST: usize = 64;

impl Query {
    /// Reads a whole query, as a single argument or a segment has it. An empty one is answered by every record.
    ///
    /// # Errors
    /// All that is wrong with how it is written, in the order of its text. Whether its fields exist is not asked yet.
    pub fn parse(source: &str) -> Result<Self, Vec<QueryError>> {
        let mut problems = Vec::new();
        let tokens = tokens(source, &mut problems);
        finish(source.to_owned(), &tokens, problems)
    }

    /// Reads the arguments of a command: one is a whole query; of several, those that are exactly `OR`, `NOT`, `(` or
    /// `)` are operators and each other is one term, spaces included.
    ///
    /// # Errors
    /// As [`Query::parse`]; the text they refer to is the arguments joined by spaces.
    pub fn parse_arguments<S: AsRef<str>>(arguments: &[S]) -> Result<Self, Vec<QueryError>> {
        if let [only] = arguments {
            return Self::parse(only.as_ref());
        }
        let mut problems = Vec::new();
        let (source, tokens) = argument_tokens(arguments, &mut problems);
        finish(source, &tokens, problems)
    }
}

fn finish(source: String, tokens: &[Token], problems: Vec<(Problem, Span)>) -> Result<Query, Vec<QueryError>> {
    let mut parser = Parser { tokens, at: 0, end: source.len(), problems };
    let root = parser.query();
    if parser.problems.is_empty() {
        return Ok(Query { source, root: root.unwrap_or(Node::And(Vec::new())) });
    }
    let mut problems = parser.problems;
    problems.sort_by_key(|(_, span)| span.start());
    Err(QueryError::all(&source, None, problems))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
    problems: Vec<(Problem, Span)>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn problem(&mut self, problem: Problem, span: Span) {
        self.problems.push((problem, span));
    }

    /// Everything; a closing parenthesis too many is named and passed over.
    fn query(&mut self) -> Option<Node> {
        let mut root = None;
        while let Some(token) = self.peek() {
            if matches!(token.kind, TokenKind::Close) {
                self.problem(Problem::StrayParenthesis, token.span);
                self.at += 1;
            } else {
                root = self.either(0);
            }
        }
        root
    }

    /// Terms with `OR` between them.
    fn either(&mut self, depth: usize) -> Option<Node> {
        let mut parts = Vec::new();
        loop {
            let before = self.peek().map(|token| token.span);
            let part = self.together(depth);
            let next = self.peek();
            let is_or = next.is_some_and(|token| matches!(token.kind, TokenKind::Or));
            match part {
                Some(Node::Or(inner)) => parts.extend(inner),
                Some(part) => parts.push(part),
                // Something was there, but is wrong: that has been said.
                None if self.peek().map(|token| token.span) != before => {}
                None if is_or => self.problem(Problem::MissingTerm("OR"), before.unwrap_or_default()),
                None => {
                    if let Some(or) = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) {
                        let problem = match or.kind {
                            TokenKind::Open => Problem::EmptyParentheses,
                            _ => Problem::MissingTerm("OR"),
                        };
                        self.problem(problem, or.span);
                    }
                }
            }
            if !is_or {
                break;
            }
            self.at += 1;
        }
        if parts.len() > 1 { Some(Node::Or(parts)) } else { parts.pop() }
    }

    /// Terms side by side.
    fn together(&mut self, depth: usize) -> Option<Node> {
        let mut parts = Vec::new();
        while let Some(token) = self.peek()
            && !matches!(token.kind, TokenKind::Or | TokenKind::Close)
        {
            match self.negated(depth) {
                Some(Node::And(inner)) => parts.extend(inner),
                Some(part) => parts.push(part),
                None => {}
            }
        }
        if parts.len() > 1 { Some(Node::And(parts)) } else { parts.pop() }
    }

    /// A term or a group, with the `NOT`s before it.
    fn negated(&mut self, depth: usize) -> Option<Node> {
        let token = self.peek()?;
        self.at += 1;
        if depth > DEEPEST {
            self.at = self.tokens.len();
            self.problem(Problem::TooDeep, token.span);
            return None;
        }
        match &token.kind {
            TokenKind::Word(glyphs) => Term { glyphs, span: token.span, problems: &mut self.problems }.read(),
            TokenKind::Open => {
                let group = self.either(depth + 1);
                match self.peek() {
                    Some(_) => self.at += 1,
                    None if self.problems.last().is_some_and(|(problem, _)| *problem == Problem::TooDeep) => {}
                    None => self.problem(Problem::OpenParenthesis, token.span),
                }
                group
            }
            TokenKind::Not => {
                let next = self.peek().filter(|next| !matches!(next.kind, TokenKind::Or | TokenKind::Close));
                if next.is_none() {
                    self.problem(Problem::MissingTerm("NOT"), token.span);
                    return None;
                }
                self.negated(depth + 1).map(|node| Node::Not(Box::new(node)))
            }
            // Neither begins a term; the callers look before.
            TokenKind::Or | TokenKind::Close => {
                self.problem(Problem::MissingTerm("OR"), Span::empty(self.end));
                None
            }
        }
    }
}

/// One word of the query, taken apart.
struct Term<'a> {
    glyphs: &'a [Glyph],
    span: Span,
    problems: &'a mut Vec<(Problem, Span)>,
}

impl Term<'_> {
    fn read(mut self) -> Option<Node> {
        match operator(self.glyphs) {
            None => self.text().map(Node::Text),
            Some((op, at, after)) => self.comparison(op, at, after),
        }
    }

    fn problem<T>(&mut self, problem: Problem, span: Span) -> Option<T> {
        self.problems.push((problem, span));
        None
    }

    /// The bytes of the glyphs from `start` up to `end`, quotes around them included.
    fn place(&self, start: usize, end: usize) -> Span {
        let before = start.checked_sub(1).and_then(|at| self.glyphs.get(at));
        let first = before.map_or(self.span.start(), |glyph| glyph.span.end());
        let last = self.glyphs.get(end).map_or(self.span.end(), |glyph| glyph.span.start());
        Span::new(first, last)
    }

    /// The text of the glyphs from `start` up to `end`, without spaces around it that no quotes hold.
    fn scalar(&self, mut start: usize, mut end: usize) -> Scalar {
        let is_space = |at: usize| self.glyphs.get(at).is_some_and(|g| !g.quoted && g.letter.is_whitespace());
        while start < end && is_space(start) {
            start += 1;
        }
        while start < end && is_space(end - 1) {
            end -= 1;
        }
        let glyphs = self.glyphs.get(start..end).unwrap_or(&[]);
        Scalar { text: glyphs.iter().map(|glyph| glyph.letter).collect(), span: self.place(start, end) }
    }

    fn is_bare(&self, start: usize, end: usize) -> bool {
        self.glyphs.get(start..end).is_some_and(|glyphs| glyphs.iter().all(|glyph| !glyph.quoted))
    }

    fn text(&mut self) -> Option<TextPart> {
        let (mode, end) = match self.glyphs.last() {
            Some(last) if last.is('*') => (TextMode::Prefix, self.glyphs.len() - 1),
            Some(last) if last.is('~') => (TextMode::Fuzzy, self.glyphs.len() - 1),
            _ => (TextMode::Exact, self.glyphs.len()),
        };
        let text = Scalar { span: self.span, ..self.scalar(0, end) };
        let bare = self.is_bare(0, end) && !needs_quotes(&text.text);
        let words = crate::text::words(&text.text).take(2).count();
        match words {
            0 => self.problem(Problem::NoWord, self.span),
            _ if self.is_bare(0, end) && mode == TextMode::Exact && text.text == "AND" => {
                self.problem(Problem::AndWord, self.span)
            }
            2 if mode == TextMode::Fuzzy => self.problem(Problem::FuzzyPhrase, self.span),
            _ => Some(TextPart { text, mode, bare }),
        }
    }

    fn comparison(&mut self, op: Op, at: usize, after: usize) -> Option<Node> {
        let name = self.scalar(0, at);
        if name.text.is_empty() {
            return self.problem(Problem::MissingField(op.as_str()), self.span);
        }
        let operands = match op {
            Op::Is | Op::IsNot | Op::Contains => self.operands(op, after)?,
            _ => vec![self.single(op, after)?],
        };
        if name.text == "seg" {
            return self.segment(op, operands);
        }
        Some(Node::Field(FieldTerm { name, op, operands, span: self.span }))
    }

    /// The values after `:`, `!=` or `~`, between commas.
    fn operands(&mut self, op: Op, after: usize) -> Option<Vec<Operand>> {
        let mut operands = Vec::new();
        let mut start = after;
        let mut whole = true;
        loop {
            let rest = self.glyphs.get(start..).unwrap_or(&[]);
            let comma = rest.iter().position(|glyph| glyph.is(',')).map(|offset| start + offset);
            let end = comma.unwrap_or(self.glyphs.len());
            match self.operand(op, start, end) {
                Some(operand) => operands.push(operand),
                None => whole = false,
            }
            match comma {
                Some(comma) => start = comma + 1,
                None => return whole.then_some(operands),
            }
        }
    }

    fn operand(&mut self, op: Op, start: usize, end: usize) -> Option<Operand> {
        let value = self.scalar(start, end);
        let place = self.place(start, end);
        // `""` is a value, if an empty one; nothing at all is none.
        if place.is_empty() || (value.text.is_empty() && self.is_bare(start, end) && end > start) {
            let at = if place.is_empty() { self.place(start.saturating_sub(1), end) } else { place };
            return self.problem(Problem::MissingValue(op.as_str()), at);
        }
        if op == Op::Contains {
            return Some(Operand::Value(value));
        }
        if self.is_bare(start, end) && end > start {
            match value.text.as_str() {
                "none" => return Some(Operand::None(place)),
                "any" | "*" => return Some(Operand::Any(place)),
                "me" => return Some(Operand::Me(place)),
                _ => {}
            }
        }
        let dots = (start..end.saturating_sub(1)).find(|at| self.is_dot(*at) && self.is_dot(at + 1));
        if let Some(dots) = dots {
            return self.range(start, dots, end);
        }
        if self.glyphs.get(end.wrapping_sub(1)).is_some_and(|glyph| glyph.is('*')) && end > start {
            return Some(Operand::Prefix(self.scalar(start, end - 1)));
        }
        Some(Operand::Value(value))
    }

    fn is_dot(&self, at: usize) -> bool {
        self.glyphs.get(at).is_some_and(|glyph| glyph.is('.'))
    }

    fn range(&mut self, start: usize, dots: usize, end: usize) -> Option<Operand> {
        let side = |term: &Self, start: usize, end: usize| {
            let value = term.scalar(start, end);
            // `""` is a value, if an empty one; nothing or a space is none.
            let quoted = end > start && !term.is_bare(start, end);
            (!value.text.is_empty() || quoted).then_some(value)
        };
        let (low, high) = (side(self, start, dots), side(self, dots + 2, end));
        if low.is_none() && high.is_none() {
            return self.problem(Problem::EmptyRange, self.place(start, end));
        }
        Some(Operand::Range(low, high))
    }

    /// The one value after `<`, `<=`, `>` or `>=`.
    fn single(&mut self, op: Op, after: usize) -> Option<Operand> {
        match self.operands(op, after)?.as_slice() {
            [Operand::Value(value)] => Some(Operand::Value(value.clone())),
            _ => {
                let end = self.glyphs.len();
                self.problem(Problem::OneValue(op.as_str()), self.place(after, end))
            }
        }
    }

    fn segment(&mut self, op: Op, operands: Vec<Operand>) -> Option<Node> {
        let mut names = Vec::new();
        for operand in operands {
            match operand {
                Operand::Value(name) if matches!(op, Op::Is | Op::IsNot) => names.push(name),
                _ => return self.problem(Problem::SegmentForm, self.span),
            }
        }
        Some(Node::Segment(SegmentTerm { names, negated: op == Op::IsNot, span: self.span }))
    }
}

/// The first sign of comparison, where it stands, and where the value begins.
fn operator(glyphs: &[Glyph]) -> Option<(Op, usize, usize)> {
    let followed = |at: usize| glyphs.get(at + 1).is_some_and(|next| next.is('='));
    glyphs.iter().enumerate().filter(|(_, glyph)| !glyph.quoted).find_map(|(at, glyph)| match glyph.letter {
        ':' => Some((Op::Is, at, at + 1)),
        '!' if followed(at) => Some((Op::IsNot, at, at + 2)),
        // At the end it forgives a slip: `lozd~`.
        '~' if at + 1 < glyphs.len() => Some((Op::Contains, at, at + 1)),
        '<' if followed(at) => Some((Op::AtMost, at, at + 2)),
        '>' if followed(at) => Some((Op::AtLeast, at, at + 2)),
        '<' => Some((Op::Less, at, at + 1)),
        '>' => Some((Op::More, at, at + 1)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(query: &str) -> String {
        match Query::parse(query) {
            Ok(query) => query.tree(),
            Err(errors) => {
                let shown = errors.iter().map(|e| format!("{} at `{}`", e.problem, e.span.of(&e.text)));
                shown.collect::<Vec<_>>().join("; ")
            }
        }
    }

    fn arguments(arguments: &[&str]) -> String {
        Query::parse_arguments(arguments).unwrap().tree()
    }

    #[test]
    fn one_argument_is_a_whole_query() {
        for (query, expected) in [
            ("", "(and)"),
            ("stage:offer", "stage:offer"),
            ("  a   b ", "(and a b)"),
            ("a b OR c", "(or (and a b) c)"),
            ("a (b OR c)", "(and a (or b c))"),
            ("NOT a b", "(and (not a) b)"),
            ("NOT NOT a", "(not (not a))"),
            ("NOT(a OR b)", "(not (or a b))"),
            ("((a)) (b (c))", "(and a b c)"),
            ("a OR (b OR c)", "(or a b c)"),
            ("or not and", "(and or not and)"),
            ("\"OR\" \"NOT\"", "(and \"OR\" \"NOT\")"),
        ] {
            assert_eq!(tree(query), expected, "{query}");
        }
    }

    #[test]
    fn fields_are_compared_in_many_ways() {
        for (query, expected) in [
            ("stage:offer,negotiation", "stage:offer,negotiation"),
            ("tag!=cold", "tag!=cold"),
            ("name~nowak", "name~nowak"),
            ("value:50000..", "value:50000.."),
            ("expected_close:..+30d", "expected_close:..+30d"),
            ("next_contact:-90d..+7d", "next_contact:-90d..+7d"),
            ("margin:-5.5..-1.25", "margin:-5.5..-1.25"),
            ("next_action:none", "next_action:none"),
            ("next_action:\"none\"", "next_action:\"none\""),
            ("source:any", "source:any"),
            ("source:*", "source:any"),
            ("phone:+48*", "phone:+48*"),
            ("owner:me,none", "owner:me,none"),
            ("value>=5000", "value>=5000"),
            ("value<-1", "value<-1"),
            ("name:\"Nowak, Jan\",Kowalski", "name:\"Nowak, Jan\",Kowalski"),
            ("name:Jan\" \"Nowak", "name:\"Jan Nowak\""),
            (r#"name:"say \"hi\" \\ \n""#, r#"name:"say \"hi\" \\ \\n""#),
            ("version:\"1..2\"", "version:\"1..2\""),
            ("next_contact:2026-11-25T09:00..", "next_contact:\"2026-11-25T09:00\".."),
            ("\"decision maker\":anna", "\"decision maker\":anna"),
            ("contacts.email:any", "contacts.email:any"),
            ("seg:key-neglected", "seg:key-neglected"),
            ("seg!=a,b", "seg!=a,b"),
        ] {
            assert_eq!(tree(query), expected, "{query}");
        }
    }

    #[test]
    fn all_else_is_searched_for() {
        for (query, expected) in [
            ("\"heat pump\"", "\"heat pump\""),
            ("lodz* lozd~", "(and lodz* lozd~)"),
            ("\"heat pum\"*", "\"heat pum\"*"),
            ("o'Brien 24/7", "(and o'Brien 24/7)"),
            ("\"https://example.com\"", "\"https://example.com\""),
            ("wow! -dash", "(and wow! -dash)"),
        ] {
            assert_eq!(tree(query), expected, "{query}");
        }
    }

    #[test]
    fn of_several_arguments_each_is_one_term() {
        assert_eq!(arguments(&[]), "(and)");
        assert_eq!(arguments(&["heat pump", "owner:me"]), "(and \"heat pump\" owner:me)");
        assert_eq!(arguments(&["heat pump"]), "(and heat pump)");
        assert_eq!(arguments(&["name:Jan Nowak", "x"]), "(and name:\"Jan Nowak\" x)");
        assert_eq!(arguments(&["name:Jan, Anna", "x"]), "(and name:Jan,Anna x)");
        assert_eq!(arguments(&["a", "OR", "(", "b", "NOT", "c (d)", ")"]), "(or a (and b (not \"c (d)\")))");
        assert_eq!(arguments(&["NOT a", "b"]), "(and \"NOT a\" b)");
    }

    #[test]
    fn mistakes_are_shown_under_the_word_all_at_once() {
        for (query, expected) in [
            ("a OR", "a term is missing beside `OR` at `OR`"),
            ("OR a", "a term is missing beside `OR` at `OR`"),
            ("a OR OR b", "a term is missing beside `OR` at `OR`"),
            ("NOT", "a term is missing beside `NOT` at `NOT`"),
            ("(NOT) a", "a term is missing beside `NOT` at `NOT`"),
            ("()", "there is nothing in these parentheses at `(`"),
            ("(a", "this parenthesis is not closed at `(`"),
            ("a) b", "no parenthesis is open here at `)`"),
            ("name:\"Jan", "this quote is not closed at `\"Jan`"),
            ("a AND b", "`AND` is no operator here at `AND`"),
            (":x", "a field's name belongs before `:` at `:x`"),
            ("> 5", "a field's name belongs before `>` at `>`"),
            ("stage:", "a value belongs here, after `:` at `:`"),
            ("stage:a,,b", "a value belongs here, after `:` at `,`"),
            ("value:..", "a range needs at least one end at `..`"),
            ("value>1,2", "`>` compares with one value at `1,2`"),
            ("value<none", "`<` compares with one value at `none`"),
            ("seg~x", "a segment is named: `seg:NAME` at `seg~x`"),
            ("---", "there is no word here to search for at `---`"),
            ("heat-pump~", "`~` forgives a slip in one word, not in several at `heat-pump~`"),
            (
                "stage: ) value:..",
                "a value belongs here, after `:` at `:`; no parenthesis is open here at `)`; a range \
              needs at least one end at `..`",
            ),
        ] {
            assert_eq!(tree(query), expected, "{query}");
        }
    }

    #[test]
    fn nesting_has_a_bottom() {
        for deep in ["(".repeat(5000), "NOT ".repeat(5000) + "a"] {
            assert_eq!(Query::parse(&deep).unwrap_err().len(), 1);
        }
    }

    /// Texts that look like queries more often than chance would have them.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "stage", "ł", ":", "!=", "~", "..", ",", "*", "\"", "\\", "(", ")", " ", " ", " OR ", "NOT ", "none", "me",
            "<", ">=", "seg", "5", "+7d", ".", "AND", "=", "\u{a0}",
        ]);
        prop_oneof![prop::collection::vec(piece, 0..14).prop_map(|p| p.concat()), "\\PC{0,30}"]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(text in text(), more in prop::collection::vec(text(), 0..4)) {
            for query in [Query::parse(&text), Query::parse_arguments(&more)].into_iter().flatten() {
                let printed = query.to_string();
                let again = Query::parse(&printed);
                prop_assert!(again.is_ok(), "{printed:?} {again:?}");
                prop_assert_eq!(again.unwrap().without_places(), query.without_places(), "{}", printed);
            }
        }

        #[test]
        fn every_mistake_has_a_place(text in text()) {
            for error in Query::parse(&text).err().into_iter().flatten() {
                prop_assert!(text.get(error.span.range()).is_some());
                let _ = error.help();
            }
        }

        #[test]
        fn words_mean_the_same_in_one_argument_and_in_several(
            words in prop::collection::vec("[a-z]{1,5}(:[a-z0-9.,]{1,5})?|OR|NOT|[()]", 2..8)
        ) {
            let one = Query::parse(&words.join(" ")).map(|query| query.tree());
            let several = Query::parse_arguments(&words).map(|query| query.tree());
            prop_assert_eq!(one, several);
        }
    }
}
