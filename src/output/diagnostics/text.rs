use std::io::{self, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Padding, Renderer, Snippet};

use super::Sources;
use super::excerpt::Excerpt;
use super::fix::write_fix;
use super::source::{Source, SourceCache};
use crate::diagnostic::{Diagnostic, Related, Severity};
use crate::output::{Options, clean, clean_lines};
use crate::text::{SourcePath, Span};

/// How wide lines may be where nobody says how wide the terminal is.
const USUAL_WIDTH: usize = 140;
/// What the line number and the line beside it take.
const GUTTER: usize = 8;
/// A second place this many lines away from the mark or nearer is shown in one excerpt with it.
const NEAR: usize = 20;

/// Writes each finding as a compiler would: what, where, the lines with the mark under them, the remedy.
///
/// # Errors
/// Those of `out`.
pub fn text(diagnostics: &[Diagnostic], sources: Sources<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut cache = SourceCache::new(sources);
    for diagnostic in diagnostics {
        finding(diagnostic, &mut cache, options, out)?;
        writeln!(out)?;
    }
    Ok(())
}

fn finding(
    diagnostic: &Diagnostic,
    cache: &mut SourceCache<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let source = diagnostic.path.as_ref().and_then(|path| cache.get(path));
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = clean_lines(&diagnostic.message);
    let mut group = Group::with_title(level.primary_title(title).id(diagnostic.code.as_str()));
    let (near, far): (Vec<&Related>, Vec<&Related>) =
        diagnostic.related.iter().partition(|related| is_near(diagnostic, related, source.as_deref()));
    if let Some(path) = &diagnostic.path {
        let place = Place { path: Some(path), source: source.as_deref(), options };
        group = place.show(group, diagnostic.span, diagnostic.label.as_deref(), &near);
    }
    for related in far {
        let source = cache.peek(&related.path);
        let place = Place { path: Some(&related.path), source: source.as_deref(), options };
        group = place.show_related(group, related);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(clean_lines(help)));
    }
    writeln!(out, "{}", renderer(options).render(&[group]))?;
    match &diagnostic.fix {
        Some(fix) => write_fix(fix, source.as_deref(), options, out),
        None => Ok(()),
    }
}

/// A mistake in a query or another text that a person typed: the text with a mark under what is wrong.
///
/// # Errors
/// Those of `out`.
pub fn query_error(
    source: &str,
    span: Span,
    message: &str,
    help: Option<&str>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let source = Source::new(source.to_owned());
    let mut group = Group::with_title(Level::ERROR.primary_title(clean_lines(message)));
    group = Place { path: None, source: Some(&source), options }.show(group, Some(span), None, &[]);
    if let Some(help) = help {
        group = group.element(Level::HELP.message(clean_lines(help)));
    }
    writeln!(out, "{}", renderer(options).render(&[group]))
}

fn renderer(options: &Options) -> Renderer {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // Excerpts are cut before, where the text is still at hand; a second cut would only lose the mark.
    renderer.decor_style(DecorStyle::Ascii).term_width(usize::from(u16::MAX))
}

/// True if a second place can be shown in one excerpt with the first.
fn is_near(diagnostic: &Diagnostic, related: &Related, source: Option<&Source>) -> bool {
    let (Some(source), Some(span)) = (source, diagnostic.span) else { return false };
    let fits = source.region(span).is_some() && source.region(related.span).is_some();
    let near = source.line(span.start()).abs_diff(source.line(related.span.start())) <= NEAR;
    diagnostic.path.as_ref() == Some(&related.path) && fits && near
}

/// A file, as far as it is known, and how to show places in it.
struct Place<'a, 's> {
    path: Option<&'a SourcePath>,
    source: Option<&'s Source>,
    options: &'s Options,
}

impl<'a> Place<'a, '_> {
    /// Adds where it is and the marked lines.
    fn show(&self, group: Group<'a>, span: Option<Span>, label: Option<&'a str>, near: &[&'a Related]) -> Group<'a> {
        let known = span.and_then(|span| Some((span, self.source?, self.source?.region(span)?)));
        let Some((span, source, (start, _))) = known else {
            return match self.path {
                Some(path) => group.element(Origin::path(clean(path.as_str()))).elements(label.map(note)),
                None => group.elements(label.map(note)),
            };
        };
        let spans: Vec<Span> = [span].into_iter().chain(near.iter().map(|related| related.span)).collect();
        let excerpt = Excerpt::new(source, &spans, self.width());
        let mut marks = excerpt.marks.iter().cloned();
        let mut annotations = vec![AnnotationKind::Primary.span(marks.next().unwrap_or(0..0)).label(label.map(clean))];
        annotations.extend(
            marks.zip(near).map(|(mark, near)| AnnotationKind::Context.span(mark).label(clean(&near.message))),
        );
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations);
        match self.path {
            Some(path) => {
                let origin = Origin::path(clean(path.as_str())).line(start.line).char_column(start.column);
                group.element(origin).element(snippet)
            }
            None => group.element(snippet.line_numbering(false)),
        }
    }

    /// Adds a second place and its marked lines.
    fn show_related(&self, group: Group<'a>, related: &'a Related) -> Group<'a> {
        let path = clean(related.path.as_str());
        let known = self.source.and_then(|source| Some((source, source.region(related.span)?)));
        let group = group.element(Padding);
        let Some((source, (start, _))) = known else {
            return group.element(Origin::path(path)).element(note(&related.message));
        };
        let excerpt = Excerpt::new(source, &[related.span], self.width());
        let mark = excerpt.marks.first().cloned().unwrap_or(0..0);
        let annotation = AnnotationKind::Context.span(mark).label(clean(&related.message));
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.first_line).annotation(annotation);
        group.element(Origin::path(path).line(start.line).char_column(start.column)).element(snippet)
    }

    fn width(&self) -> usize {
        self.options.width.unwrap_or(USUAL_WIDTH).saturating_sub(GUTTER).max(20)
    }
}

fn note(text: &str) -> annotate_snippets::Message<'_> {
    Level::NOTE.message(clean_lines(text))
}

/// One line for people that counts the findings: `3 errors, 2 warnings in 80 files`.
pub fn summary(diagnostics: &[Diagnostic], files: usize) -> String {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counted: Vec<String> = counts
        .into_iter()
        .map(|(severity, word)| (count(severity), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| plural(n, word))
        .collect();
    let what = if counted.is_empty() { "nothing to mend".to_owned() } else { counted.join(", ") };
    format!("{what} in {}", plural(files, "file"))
}

fn plural(n: usize, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::output::clean;
    use crate::text::Edit;

    fn shown(text: &str, diagnostic: Diagnostic) -> String {
        let sources = |_: &SourcePath| Some(text.to_owned());
        let mut out = Vec::new();
        finding(&diagnostic, &mut SourceCache::new(&sources), &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_looks_like_a_compilers() {
        let text = "---\ntype: client\nname: Łódź Tools\nstage: ofer\n---\n";
        let found = at(text, "ofer").label("not a stage of `sales`").help("choose one of draft, sent, accepted");
        insta::assert_snapshot!(shown(text, found), @"");
    }

    #[test]
    fn a_fix_is_shown_as_what_goes_and_what_comes() {
        let text = "---\nphone: +48600100200\n---\n";
        let found = at(text, "+48600100200");
        let span = found.span.unwrap();
        let found = found.fix("quote the value", vec![Edit::replace(span, "'+48600100200'")]);
        insta::assert_snapshot!(shown(text, found), @"");
    }

    #[test]
    fn places_near_and_far_are_shown_with_it() {
        let text = "---\nstage: new\nname: A\nstage: won\n---\n";
        let path = path("clients/acme.md");
        let first = Span::new(4, 9);
        let found = at(text, "stage: won").label("again").related(&path, first, "first here");
        insta::assert_snapshot!(shown(text, found), @"");
        let other = SourcePath::new("leads/acme.md").unwrap();
        let found = at(text, "won").label("here").related(&other, first, "and there").help("rename one");
        insta::assert_snapshot!(shown(text, found), @"");
    }

    #[test]
    fn a_whole_file_and_a_vanished_file_have_no_excerpt() {
        let whole = Diagnostic::new(CODE, "not UTF-8").in_file(&path("clients/acme.md")).help("save it as UTF-8");
        insta::assert_snapshot!(shown("", whole), @"");
        let stale = at("---\nstage: x\n---\n", "x").label("gone");
        insta::assert_snapshot!(shown("", stale), @"");
    }

    #[test]
    fn the_caret_stands_under_wide_and_accented_letters_and_after_tabs() {
        let text = "\u{feff}---\n\tname: 株式会社 e\u{301} bad\n";
        insta::assert_snapshot!(shown(text, at(text, "bad").label("here")), @"");
    }

    #[test]
    fn nothing_of_a_card_steers_the_terminal() {
        let text = "name: \u{1b}[2Jred\u{202e}x\n";
        let found = at(text, "\u{1b}[2Jred\u{202e}").label("has \u{1b}").help("remove\n\u{9b}it\u{7}");
        insta::assert_snapshot!(shown(text, found), @"");
    }

    #[test]
    fn an_empty_mark_and_the_end_of_the_file_have_a_caret() {
        let text = "---\nname:\n---\n";
        let found = at(text, "name:");
        let empty = Diagnostic { span: Some(Span::empty(9)), ..found.clone() }.label("a value is missing");
        insta::assert_snapshot!(shown(text, empty), @"");
        let end = Diagnostic { span: Some(Span::empty(text.len())), ..found };
        insta::assert_snapshot!(shown(text, end), @"");
    }

    #[test]
    fn a_query_is_marked_under_the_word_that_is_wrong() {
        let mut out = Vec::new();
        let query = "type:lead ownr:anna";
        let help = "did you mean `owner`?\nthe fields: name, owner, stage";
        query_error(query, Span::new(10, 14), "there is no field `ownr`", Some(help), &Options::default(), &mut out)
            .unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"");
    }

    #[test]
    fn the_summary_counts_in_good_english() {
        let error = Diagnostic::new(CODE, "x");
        let warning = error.clone().severity(Severity::Warning);
        assert_eq!(summary(&[], 1), "nothing to mend in 1 file");
        assert_eq!(summary(std::slice::from_ref(&error), 2), "1 error in 2 files");
        assert_eq!(summary(&[error.clone(), warning, error], 80), "2 errors, 1 warning in 80 files");
    }

    #[test]
    fn a_long_line_fits_the_terminal() {
        let text = format!("name: {} bad {}\n", "x".repeat(5000), "y".repeat(5000));
        let sources = |_: &SourcePath| Some(text.clone());
        let options = Options { width: Some(60), ..Options::default() };
        let mut out = Vec::new();
        super::text(&[at(&text, "bad")], &sources, &options, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"");
    }

    proptest::proptest! {
        #[test]
        fn any_text_and_any_marks_are_shown_and_nothing_steers(
            text in "(\\PC|[\\t\\r\\n\u{1b}\u{9b}\u{202e}łé株]){0,60}",
            places in proptest::collection::vec((0usize..80, 0usize..80), 1..4),
            width in proptest::option::of(10usize..60),
        ) {
            let path = path("a.md");
            let spans: Vec<Span> = places.iter().map(|(a, b)| Span::new(*a, *b)).collect();
            let mut found = Diagnostic::new(CODE, text.as_str()).in_file(&path).at(spans[0]).label(text.as_str());
            for span in &spans {
                found = found.related(&path, *span, text.as_str());
            }
            found = found.help(text.as_str()).fix("do", spans.iter().map(|s| Edit::replace(*s, text.as_str())).collect());
            let sources = |_: &SourcePath| Some(text.clone());
            let mut out = Vec::new();
            super::text(&[found], &sources, &Options { width, ..Options::default() }, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            proptest::prop_assert!(!out.chars().any(|c| c != '\n' && clean::must_go(c)), "{out:?}");
        }
    }
}
