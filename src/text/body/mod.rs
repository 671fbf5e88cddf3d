//! The Markdown body of a card: dated log entries, tasks, links and tags, each with its place.
//!
//! The parser is pulldown-cmark, so what stands in code, comments or escapes is told from what is meant, as every
//! other Markdown program does. Floor 0 knows shapes only: which word is a kind of contact and whether a link leads
//! anywhere is for the floors above.

pub mod codes;
mod depth;
pub mod edit;
mod heading;
mod leaf;
mod link;
mod reader;
mod task;

pub use heading::{DatedHeading, Heading, LogDate, LogTime, Token, TokenShape};
pub use link::{Link, LinkKind};
pub use task::{Priority, TaskBlock, TaskKey, TaskResult, TaskState, TaskToken};

use std::cmp::Ordering;

use crate::diagnostic::Diagnostic;
use crate::text::{Span, When};

/// What stands in the body of a card. All spans are offsets of the whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The bytes of the body.
    pub span: Span,
    /// The headings outside code, quotes and lists, in their order.
    pub headings: Vec<Heading>,
    /// The dated entries, in their order; they never overlap.
    pub log: Vec<LogBlock>,
    /// The sections whose heading is "Log"; usually one.
    pub log_sections: Vec<Section>,
    /// The task-list items, in their order.
    pub tasks: Vec<TaskBlock>,
    /// The links to other files, in the order of their starts.
    pub links: Vec<Link>,
    /// The `#tags`, in their order.
    pub tags: Vec<Tag>,
    /// What is wrong with the body as a text.
    pub diagnostics: Vec<Diagnostic>,
}

/// A dated heading and what stands under it: one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBlock {
    /// The whole entry, from the start of its heading's line to the next heading that ends it.
    pub span: Span,
    /// The heading's line, from its first `#`.
    pub heading: Span,
    /// The heading's level, 2 to 6.
    pub level: u8,
    /// True if it stands in the section of a heading "Log".
    pub under_log: bool,
    /// What the heading says.
    pub head: DatedHeading,
    /// What stands under the heading, without blank lines around it; empty where there is nothing.
    pub body: Span,
    /// The plain text of its first paragraph, shortened to some 200 characters.
    pub excerpt: String,
}

impl LogBlock {
    /// When it happened; nothing where the heading's date is no day.
    pub fn moment(&self) -> Option<When> {
        let time = self.head.time.as_ref().and_then(|time| time.value.ok());
        Some(When { date: self.head.date.value.ok()?, time })
    }
}

/// True if the log's entries, in the order of the file, are written oldest first: more neighbours rise than fall.
pub(crate) fn oldest_first(moments: impl Iterator<Item = When> + Clone) -> bool {
    let pairs = moments.clone().zip(moments.skip(1));
    let steps = pairs.map(|(a, b)| match a.date.cmp(&b.date) {
        Ordering::Less => 1,
        Ordering::Equal => 0,
        Ordering::Greater => -1,
    });
    steps.sum::<i64>() > 0
}

/// A heading with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading's line, from its first sign.
    pub heading: Span,
    /// The heading's level.
    pub level: u8,
    /// From the start of the heading's line to the next undated heading of the same or a higher level.
    pub span: Span,
}

/// A `#tag` in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Sign and name.
    pub span: Span,
}

impl Tag {
    /// The name without its sign.
    pub fn name(self, text: &str) -> &str {
        self.span.of(text).trim_start_matches('#')
    }
}

impl Body {
    /// Reads the bytes of `text` under `body`. Never fails; what can't be read as anything is text.
    pub fn parse(text: &str, body: Span) -> Self {
        reader::read(text, body)
    }

    /// The first heading "Log".
    pub fn log_section(&self) -> Option<&Section> {
        self.log_sections.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's own example, and beside it what people write by hand.
    const CARD: &str = "\
They want to start with the warehouse module. #erp

## Tasks

- [ ] Send the revised offer due:2026-11-25T09:00 est:30m @anna
- [x] Ask about the budget as:call due:2026-11-10 done:2026-11-09
  - 130 000, approved by the *board* in October.

## Log

### 2026-11-20 14:30 call out offer-request 25m @anna with:kowalski: Wants a second price for 12 users

Mr Kowalski compares us with [[solaris]]. Sent in [[acme-erp-offer-1]].

- [ ] Ask [Solaris](../competitors/solaris.md#prices) \\#no

### 2026-11-03 visit @anna: First workshop in Łódź
";

    fn parse(text: &str) -> Body {
        Body::parse(text, Span::new(0, text.len()))
    }

    #[test]
    fn the_contracts_example() {
        let body = parse(CARD);
        assert_eq!(body.log.len(), 2);
        let (first, last) = (&body.log[0], &body.log[1]);
        assert_eq!((first.level, first.under_log, first.head.tokens.len()), (3, true, 6));
        assert_eq!(first.excerpt, "Mr Kowalski compares us with solaris. Sent in acme-erp-offer-1.");
        assert!(first.body.of(CARD).starts_with("Mr Kowalski") && first.body.of(CARD).ends_with("\\#no"));
        assert_eq!(first.span.end(), last.span.start());
        assert_eq!(last.head.title.map(|title| title.of(CARD)), Some("First workshop in Łódź"));
        assert!(last.body.is_empty() && last.excerpt.is_empty());
        assert_eq!(body.log_section().map(|section| section.heading.of(CARD)), Some("## Log"));
        assert_eq!(body.tags.iter().map(|tag| tag.name(CARD)).collect::<Vec<_>>(), ["erp"]);
    }

    #[test]
    fn tasks_of_the_example() {
        let body = parse(CARD);
        let titles: Vec<_> = body.tasks.iter().map(|task| task.title.as_str()).collect();
        assert_eq!(titles, ["Send the revised offer", "Ask about the budget", "Ask Solaris #no"]);
        let done = &body.tasks[1];
        assert_eq!((done.state, done.marker.of(CARD)), (TaskState::Done, "[x]"));
        assert_eq!(done.value(CARD, TaskKey::Done), Some("2026-11-09"));
        assert_eq!(done.results[0].plain, "130 000, approved by the board in October.");
        assert_eq!(body.tasks[0].value(CARD, TaskKey::Due), Some("2026-11-25T09:00"));
        assert_eq!(body.tasks[2].entry, Some(0));
    }

    #[test]
    fn links_of_the_example() {
        let body = parse(CARD);
        let links: Vec<_> = body.links.iter().map(|l| (l.kind, l.stem(), l.target_span.of(CARD), l.entry)).collect();
        assert_eq!(
            links,
            [
                (LinkKind::Wiki, "solaris", "solaris", Some(0)),
                (LinkKind::Wiki, "acme-erp-offer-1", "acme-erp-offer-1", Some(0)),
                (LinkKind::Inline, "solaris", "../competitors/solaris.md#prices", Some(0)),
            ]
        );
        assert_eq!(body.links[2].fragment.as_deref(), Some("prices"));
        assert_eq!(body.links[2].label.map(|label| label.of(CARD)), Some("Solaris"));
    }

    #[test]
    fn entries_are_no_code_no_quotes_no_lists() {
        let text = "```\n## 2026-01-01 call\n```\n> ## 2026-01-02 call\n\n- ## 2026-01-03 call\n\n2026-01-04\n---\n\n\
                    # 2026-01-05\n\n    ## 2026-01-06\n\n<!--\n## 2026-01-07\n-->\n\n  ## 2026-01-08 call ##\ntext\n";
        let body = parse(text);
        let entries: Vec<_> = body.log.iter().map(|entry| entry.span.of(text)).collect();
        assert_eq!(entries, ["  ## 2026-01-08 call ##\ntext\n"]);
        assert_eq!(body.log[0].excerpt, "text");
    }

    #[test]
    fn entries_end_where_a_heading_says_so() {
        let text = "## 2026-01-02 call\r\n### Details\r\nb\r\n#### 2026-01-01 note: deeper\r\nc\r\n## Other\r\nd\r\n";
        let body = parse(text);
        let entries: Vec<_> = body.log.iter().map(|entry| (entry.body.of(text), entry.excerpt.as_str())).collect();
        assert_eq!(entries, [("### Details\r\nb", "b"), ("c", "c")]);
    }

    #[test]
    fn the_log_section_ends_at_an_undated_heading_of_its_level() {
        let text = "# Log\n## 2026-01-02 call\n## Notes\n## 2026-01-01 call\n# Rest\n## 2025-12-31 call\n";
        let under: Vec<_> = parse(text).log.iter().map(|entry| entry.under_log).collect();
        assert_eq!(under, [true, true, false]);
        let flat = "## LOG\n## 2026-01-02 call\n## 2026-01-01 call\n";
        assert!(parse(flat).log.iter().all(|entry| entry.under_log));
    }

    #[test]
    fn every_kind_of_list_item_can_be_a_task() {
        let text = "1. [X] a\n2) [-] b due:2026-01-01\n\n> * [ ] c\n>   lazy @piotr\n\n+ [-]\n+ [-](x)\n+ [-][x]\n\
                    - [ ]\n- loose [ ]\n\n- > [-] quoted\n- `[-]` code\n\n-     [-] code\n";
        let body = parse(text);
        let tasks: Vec<_> = body.tasks.iter().map(|t| (t.marker.of(text), t.title.as_str(), t.tokens.len())).collect();
        assert_eq!(tasks, [("[X]", "a", 0), ("[-]", "b", 1), ("[ ]", "c lazy", 1), ("[-]", "", 0), ("[ ]", "", 0)]);
    }

    #[test]
    fn nested_items_are_results_nested_tasks_are_tasks() {
        let text = "- [x] a\n  - one\n    - two\n  - [ ] b\n    - three\n- c\n  - [ ] d\n";
        let body = parse(text);
        let results = |task: usize| body.tasks[task].results.iter().map(|r| r.plain.as_str()).collect::<Vec<_>>();
        assert_eq!((results(0), results(1), results(2)), (vec!["one", "two"], vec!["three"], vec![]));
        assert_eq!(body.tasks.iter().map(|task| task.parent).collect::<Vec<_>>(), [None, Some(0), None]);
    }

    #[test]
    fn tokens_stand_alone_outside_code_and_links() {
        let text = "- [ ] (A) call due:2026-01-01 `due:2026-01-02` [x](due:2026-01-03) *due:2026-01-04* (due:x) a@b.pl \
                    rent is due: ask foo:bar @an_na with_x est:1h\n  on:2026-01-05\n\n  due:2026-01-06\n";
        let body = parse(text);
        let task = &body.tasks[0];
        let tokens: Vec<_> = task.tokens.iter().map(|t| (t.key, t.value.of(text))).collect();
        assert_eq!(
            tokens,
            [
                (TaskKey::Priority(Priority::A), "A"),
                (TaskKey::Due, "2026-01-01"),
                (TaskKey::Person, "an_na"),
                (TaskKey::Est, "1h"),
                (TaskKey::On, "2026-01-05"),
            ]
        );
        assert_eq!(task.title, "call due:2026-01-02 x due:2026-01-04 (due:x) a@b.pl rent is due: ask foo:bar with_x");
        let parted = parse("- [ ] Offer due: 2026-01-01\n");
        assert_eq!(parted.tasks[0].token(TaskKey::Due).map(|token| token.value.is_empty()), Some(true));
    }

    #[test]
    fn the_signs_of_obsidian_tasks() {
        let text =
            "- [x] Ring ⏫ 🔁 every week 🛫2026-01-01 📅\u{fe0f} 2026-01-02 ✅ 2026-01-03\n- [ ] ✅ Great 🔽 news\n";
        let body = parse(text);
        let tokens: Vec<_> = body.tasks[0].tokens.iter().map(|t| (t.key, t.value.of(text))).collect();
        assert_eq!(
            tokens,
            [
                (TaskKey::Priority(Priority::A), ""),
                (TaskKey::Rec, "every week"),
                (TaskKey::Start, "2026-01-01"),
                (TaskKey::Due, "2026-01-02"),
                (TaskKey::Done, "2026-01-03"),
            ]
        );
        assert_eq!(body.tasks[0].title, "Ring");
        assert_eq!((body.tasks[1].title.as_str(), body.tasks[1].priority()), ("✅ Great news", Some(Priority::C)));
    }

    #[test]
    fn links_of_every_kind() {
        let text = "[[a/b#c|t]] ![[p]] [x](<../a b.md> 't') [y](../%C5%81%C3%B3d%C5%BA.md) ![i](p.png) [r][d] [d] \
                    [w](https://x.pl) <https://x.pl> [m](mailto:a@b.pl) [h](#here) [[#h]] `[[code]]` \\[[no]] \
                    [e](a\\_b.md)\n\n| a |\n|--|\n| [[k\\|l]] |\n\n[d]: ../x/d.md#h\n";
        let body = parse(text);
        let links: Vec<_> = body.links.iter().map(|l| (l.kind, l.target.as_str(), l.target_span.of(text))).collect();
        assert_eq!(
            links,
            [
                (LinkKind::Wiki, "a/b", "a/b#c"),
                (LinkKind::Embed, "p", "p"),
                (LinkKind::Inline, "../a b.md", "../a b.md"),
                (LinkKind::Inline, "../Łódź.md", "../%C5%81%C3%B3d%C5%BA.md"),
                (LinkKind::Image, "p.png", "p.png"),
                (LinkKind::Reference, "../x/d.md", "../x/d.md#h"),
                (LinkKind::Reference, "../x/d.md", "../x/d.md#h"),
                (LinkKind::Inline, "a_b.md", "a\\_b.md"),
                (LinkKind::Wiki, "k", "k"),
            ]
        );
        assert_eq!(body.links[0].fragment.as_deref(), Some("c"));
        let label = |text: &str| parse(text).links[0].label.map(|label| label.of(text).to_owned());
        assert_eq!(label("[*a* b](c)").as_deref(), Some("*a* b"));
        assert_eq!((label("![](c)"), label("[[c]]").as_deref()), (None, Some("c")));
    }

    #[test]
    fn tags_have_a_letter_and_stand_apart() {
        assert!(parse("- \\#no\n- \\[-] no\n").tags.is_empty() && parse("- \\[-] no\n").tasks.is_empty());
        let text = "#erp a#b #12 #ważne/pilne-1- (#x) `#code` [#link](y) \\#no #big_deal\n\n- #list\n\n## 2026-01-01 call #in-heading\n";
        let body = parse(text);
        let tags: Vec<_> = body.tags.iter().map(|tag| tag.name(text)).collect();
        assert_eq!(tags, ["erp", "ważne/pilne-1", "x", "big_deal", "list", "in-heading"]);
    }

    #[test]
    fn offsets_are_those_of_the_whole_text() {
        let front = "---\nname: Łódź\n---\n";
        let text = format!("{front}## 2026-01-01 call: x\n\n- [ ] a [[b]] #c\n");
        let body = Body::parse(&text, Span::new(front.len(), text.len()));
        assert_eq!(body.log[0].head.date.span.of(&text), "2026-01-01");
        assert_eq!(body.tasks[0].text.of(&text), "a [[b]] #c");
        assert_eq!(body.links[0].target_span.of(&text), "b");
        assert_eq!(body.tags[0].span.of(&text), "#c");
        let marked = "\u{feff}## 2026-01-01 call\n";
        assert_eq!(parse(marked).log.len(), 1);
    }

    #[test]
    fn hostile_nesting_is_bounded_and_named() {
        let text = format!("{}- [ ] deep\n\n- [ ] here\n{}", "> ".repeat(5000), "\n".repeat(5000));
        let body = parse(&text);
        assert_eq!(body.tasks.last().map(|task| task.title.as_str()), Some("here"));
        assert_eq!(body.diagnostics[0].code, codes::BODY_TOO_DEEP);
    }
}
