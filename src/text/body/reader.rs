//! The walk over the parser's events that fills a [`Body`].

use pulldown_cmark::{Event, LinkType, OffsetIter, Options, Parser, Tag as Start};

use super::heading::{DatedHeading, Heading, atx_content, trimmed};
use super::leaf::{Leaf, Piece, PieceKind};
use super::link::{self, Opened};
use super::task::{self, TaskBlock, TaskResult, TaskState};
use super::{Body, LogBlock, Section, Tag, codes, depth};
use crate::diagnostic::Diagnostic;
use crate::text::{Span, fold};

/// Characters of an excerpt.
const EXCERPT: usize = 200;

/// Parses the bytes of `text` under `body`.
pub(super) fn read(text: &str, body: Span) -> Body {
    let source = body.of(text);
    let base = body.start() + (source.len() - source.trim_start_matches('\u{feff}').len());
    let (seen, too_deep) = depth::bounded(Span::new(base, body.end()).of(text));
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_WIKILINKS;
    let mut events = Parser::new_ext(&seen, options).into_offset_iter();
    let mut reader = Reader::new(text, base, body);
    while let Some((event, range)) = events.next() {
        reader.event(event, Span::from(range).shifted(base), &events);
    }
    if let Some(place) = too_deep {
        let finding = Diagnostic::new(codes::BODY_TOO_DEEP, "quotes or lists are nested more than 64 deep")
            .at(place.shifted(base))
            .help("remove the surplus marks, or put the text into a fenced code block");
        reader.body.diagnostics.push(finding);
    }
    reader.finish()
}

/// What the walk is inside of.
enum Frame {
    Item(Item),
    Quote,
    List,
    Other,
}

/// A list item.
struct Item {
    span: Span,
    /// The task that it is.
    task: Option<usize>,
    /// The task that it is nested in.
    within: Option<usize>,
    /// True once something in it has begun: what follows is not its first paragraph.
    begun: bool,
}

/// A link whose end is still to come.
struct OpenLink {
    opened: Option<Opened>,
    span: Span,
    label: Option<Span>,
    /// Where it stands in the list of links, so that an outer link comes before what it holds.
    place: usize,
}

struct Reader<'t> {
    text: &'t str,
    base: usize,
    body: Body,
    frames: Vec<Frame>,
    links: Vec<OpenLink>,
    leaf: Leaf,
    /// True between the start and the end of a paragraph, heading or cell.
    in_block: bool,
    /// True while the text of a tight list item is collected, which nothing begins or ends.
    in_tight: bool,
    /// Code and HTML blocks: their text is no text of the body.
    silent: bool,
    /// The entry that the walk is in, and its level.
    entry: Option<(usize, u8)>,
    /// True until the entry's first paragraph is found.
    wants_excerpt: bool,
    /// The level of the heading "Log" that the walk is under.
    log_level: Option<u8>,
    found_links: Vec<Option<link::Link>>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, base: usize, span: Span) -> Self {
        Self {
            text,
            base,
            body: Body { span, ..Body::default() },
            frames: Vec::new(),
            links: Vec::new(),
            leaf: Leaf { pieces: Vec::new(), span: Span::empty(base) },
            in_block: false,
            in_tight: false,
            silent: false,
            entry: None,
            wants_excerpt: false,
            log_level: None,
            found_links: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span, events: &OffsetIter<'_>) {
        match event {
            Event::Start(start) => self.start(start, span, events),
            Event::End(end) => self.end(end),
            Event::Text(written) => self.text_piece(&written, span),
            Event::Code(code) => self.piece(PieceKind::Code(code.into_string().into()), span),
            Event::SoftBreak | Event::HardBreak => self.piece(PieceKind::Break, span),
            Event::TaskListMarker(done) => {
                self.mark_task(span, if done { TaskState::Done } else { TaskState::Open });
            }
            Event::Rule => self.block_begins(),
            Event::InlineHtml(_) => self.piece(PieceKind::Html, span),
            _ => {}
        }
    }

    fn start(&mut self, start: Start<'_>, span: Span, events: &OffsetIter<'_>) {
        match start {
            Start::Link { link_type, dest_url, id, .. } => {
                self.open_link(link_type, false, &dest_url, &id, span, events)
            }
            Start::Image { link_type, dest_url, id, .. } => {
                self.open_link(link_type, true, &dest_url, &id, span, events)
            }
            Start::Emphasis | Start::Strong | Start::Strikethrough => {
                self.widen_leaf(span);
                self.widen_label(span);
            }
            Start::Paragraph => {
                self.flush();
                self.in_block = true;
                self.leaf.span = span;
            }
            Start::Heading { level, .. } => {
                self.block_begins();
                self.in_block = true;
                self.leaf.span = span;
                if self.frames.is_empty() {
                    self.heading(level as u8, span);
                }
            }
            Start::TableCell => {
                self.flush();
                self.in_block = true;
                self.leaf.span = span;
            }
            Start::CodeBlock(_) | Start::HtmlBlock => {
                self.block_begins();
                self.silent = true;
            }
            Start::BlockQuote(_) => self.push(Frame::Quote),
            Start::List(_) => self.push(Frame::List),
            Start::Item => {
                self.flush();
                let within = self.frames.iter().rev().find_map(|frame| match frame {
                    Frame::Item(item) => Some(item.task.or(item.within)),
                    _ => None,
                });
                let item = Item { span, task: None, within: within.flatten(), begun: false };
                self.frames.push(Frame::Item(item));
            }
            _ => self.push(Frame::Other),
        }
    }

    fn end(&mut self, end: pulldown_cmark::TagEnd) {
        use pulldown_cmark::TagEnd as End;
        match end {
            End::Link | End::Image => self.close_link(),
            End::Emphasis | End::Strong | End::Strikethrough => {}
            End::Paragraph | End::TableCell => {
                self.flush();
                self.in_block = false;
            }
            End::Heading(_) => {
                self.flush_heading();
                self.in_block = false;
            }
            End::CodeBlock | End::HtmlBlock => self.silent = false,
            _ => {
                self.flush();
                self.frames.pop();
            }
        }
    }

    fn push(&mut self, frame: Frame) {
        self.block_begins();
        self.frames.push(frame);
    }

    /// A block that is no paragraph begins: what was collected ends, and the item around it has begun.
    fn block_begins(&mut self) {
        self.flush();
        if let Some(Frame::Item(item)) = self.frames.last_mut() {
            item.begun = true;
        }
    }

    fn text_piece(&mut self, written: &str, span: Span) {
        let verbatim = span.len() == written.len();
        let kind = if verbatim { PieceKind::Text } else { PieceKind::Written(written.into()) };
        self.piece(kind, span);
    }

    fn piece(&mut self, kind: PieceKind, span: Span) {
        if self.silent {
            return;
        }
        self.widen_leaf(span);
        self.widen_label(span);
        let in_link = !self.links.is_empty();
        match self.leaf.pieces.last_mut() {
            // The parser hands out text in shreds; one piece says the same.
            Some(last) if last.in_link == in_link && last.continues_with(&kind, span) => last.span = last.span.to(span),
            _ => self.leaf.pieces.push(Piece { span, kind, in_link }),
        }
    }

    /// Something inline begins, or all of it: the text of a tight list item has no bounds but those of its parts.
    fn widen_leaf(&mut self, span: Span) {
        if self.in_block || self.in_tight {
            self.leaf.span = self.leaf.span.to(span);
            return;
        }
        // A backslash at the head of the text belongs to it.
        let escape = Span::new(self.base, span.start()).of(self.text).ends_with('\\');
        self.leaf.span = Span::new(span.start() - usize::from(escape), span.end());
        self.in_tight = true;
    }

    fn widen_label(&mut self, span: Span) {
        if let Some(link) = self.links.last_mut()
            && !span.is_empty()
        {
            link.label = Some(link.label.map_or(span, |label| label.to(span)));
        }
    }

    fn heading(&mut self, level: u8, span: Span) {
        let line = span.of(self.text).split(['\n', '\r']).next().unwrap_or("");
        let atx = atx_content(line);
        let content = match &atx {
            Some((_, content)) => content.shifted(span.start()),
            None => trimmed(self.text, Span::new(span.start(), span.start() + line.len())),
        };
        let span = trimmed(self.text, span);
        let dated =
            (atx.is_some() && (2..=6).contains(&level)).then(|| DatedHeading::parse(self.text, content)).flatten();
        let start = line_start(self.text, span.start(), self.base);
        if let Some((open, open_level)) = self.entry
            && (dated.is_some() || level <= open_level)
        {
            self.end_entry(open, start);
        }
        if dated.is_none() && self.log_level.is_some_and(|log| level <= log) {
            self.end_log_section(start);
        }
        let under_log = self.log_level.is_some();
        let entry = dated.is_some().then_some(self.body.log.len());
        if let Some(heading) = dated {
            self.entry = Some((self.body.log.len(), level));
            self.wants_excerpt = true;
            let entry = Span::new(start, self.body.span.end());
            let text = Span::empty(span.end());
            let block = LogBlock {
                span: entry,
                heading: span,
                level,
                under_log,
                head: heading,
                body: text,
                excerpt: String::new(),
            };
            self.body.log.push(block);
        } else if !under_log && fold(content.of(self.text)) == "log" {
            self.log_level = Some(level);
            let section = Section { heading: span, level, span: Span::new(start, self.body.span.end()) };
            self.body.log_sections.push(section);
        }
        self.body.headings.push(Heading { span, level, content, atx: atx.is_some(), entry, under_log });
    }

    fn end_entry(&mut self, open: usize, at: usize) {
        if let Some(block) = self.body.log.get_mut(open) {
            block.span = Span::new(block.span.start(), at);
            block.body = trimmed_lines(self.text, Span::new(block.heading.end(), at));
        }
        self.entry = None;
        self.wants_excerpt = false;
    }

    fn end_log_section(&mut self, at: usize) {
        if self.log_level.take().is_some()
            && let Some(section) = self.body.log_sections.last_mut()
        {
            section.span = Span::new(section.span.start(), at);
        }
    }

    fn open_link(&mut self, how: LinkType, image: bool, dest: &str, id: &str, span: Span, events: &OffsetIter<'_>) {
        self.widen_leaf(span);
        let opened = link::open(how, image, dest, id, events.reference_definitions());
        self.links.push(OpenLink { opened, span, label: None, place: self.found_links.len() });
        self.found_links.push(None);
    }

    fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        self.widen_label(link.span);
        let entry = self.entry.map(|(entry, _)| entry);
        if let (Some(opened), Some(slot)) = (link.opened, self.found_links.get_mut(link.place)) {
            *slot = Some(opened.close(self.text, self.base, link.span, link.label, entry));
        }
    }

    /// The item around the walk becomes a task.
    fn mark_task(&mut self, marker: Span, state: TaskState) {
        let Some(Frame::Item(item)) = self.frames.last_mut() else { return };
        if item.task.is_some() {
            return;
        }
        item.task = Some(self.body.tasks.len());
        self.body.tasks.push(TaskBlock {
            state,
            marker,
            span: item.span,
            text: Span::empty(marker.end()),
            title: String::new(),
            tokens: Vec::new(),
            results: Vec::new(),
            parent: item.within,
            entry: self.entry.map(|(entry, _)| entry),
        });
    }

    /// Ends the paragraph that was collected, if there is one, and gives it to whom it belongs.
    fn flush(&mut self) {
        self.in_tight = false;
        if self.leaf.pieces.is_empty() {
            return;
        }
        self.keep_tags();
        self.give_to_item();
        if std::mem::take(&mut self.wants_excerpt)
            && let Some((entry, _)) = self.entry
            && let Some(block) = self.body.log.get_mut(entry)
        {
            block.excerpt = self.leaf.plain(self.text, &[], EXCERPT);
        }
        self.leaf.pieces.clear();
    }

    fn flush_heading(&mut self) {
        self.keep_tags();
        self.leaf.pieces.clear();
    }

    fn keep_tags(&mut self) {
        for span in self.leaf.tags(self.text) {
            self.body.tags.push(Tag { span });
        }
    }

    fn give_to_item(&mut self) {
        let Some(Frame::Item(item)) = self.frames.last_mut() else { return };
        if std::mem::replace(&mut item.begun, true) {
            return;
        }
        let (task, within) = (item.task, item.within);
        if task.is_none()
            && let Some(marker) = cancelled_marker(self.text, &self.leaf)
        {
            self.mark_task(marker, TaskState::Cancelled);
        }
        let task = match self.frames.last() {
            Some(Frame::Item(item)) => item.task,
            _ => None,
        };
        if let Some(task) = task.and_then(|task| self.body.tasks.get_mut(task)) {
            self.leaf.drop_before(task.marker.end());
            task.text = trimmed(self.text, Span::new(task.marker.end(), self.leaf.span.end().max(task.marker.end())));
            self.leaf.span = task.text;
            task.tokens = task::tokens(self.text, &self.leaf);
            let cut: Vec<Span> = task.tokens.iter().map(|token| token.span).collect();
            task.title = self.leaf.plain(self.text, &cut, usize::MAX);
        } else if let Some(task) = within.and_then(|task| self.body.tasks.get_mut(task)) {
            let span = trimmed(self.text, self.leaf.span);
            task.results.push(TaskResult { span, plain: self.leaf.plain(self.text, &[], usize::MAX) });
        }
    }

    fn finish(mut self) -> Body {
        self.flush();
        let end = self.body.span.end();
        if let Some((open, _)) = self.entry {
            self.end_entry(open, end);
        }
        self.end_log_section(end);
        self.body.links = self.found_links.into_iter().flatten().collect();
        self.body
    }
}

/// `[-]` at the start of an item's text, which the parser knows nothing of; a link is never taken for it.
fn cancelled_marker(text: &str, leaf: &Leaf) -> Option<Span> {
    let first = leaf.pieces.first()?;
    if first.in_link || !matches!(first.kind, PieceKind::Text) || first.span.start() != leaf.span.start() {
        return None;
    }
    let rest = Span::new(first.span.start(), leaf.span.end()).of(text).strip_prefix("[-]")?;
    let parted = rest.chars().next().is_none_or(char::is_whitespace);
    parted.then(|| Span::new(first.span.start(), first.span.start() + 3))
}

/// Where the line begins whose first sign stands at `at`, not before `base`.
fn line_start(text: &str, at: usize, base: usize) -> usize {
    let before = Span::new(base, at).of(text);
    let spaces = before.bytes().rev().take_while(|b| *b == b' ').count();
    at - spaces
}

/// The span without blank lines at its ends; the first line keeps its indentation.
fn trimmed_lines(text: &str, span: Span) -> Span {
    let inner = span.of(text).trim_end();
    let blank = inner.len() - inner.trim_start().len();
    let head = inner.get(..blank).unwrap_or("");
    let start = head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    Span::new(span.start() + start, span.start() + inner.len())
}
