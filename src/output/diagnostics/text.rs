use std::io::{self, Write};
use std::rc::Rc;

use super::excerpt::{Line, Mark, excerpt};
use super::fix::Changes;
use super::source::{Source, SourceCache};
use super::{Sources, file_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::{Options, Style, clean, clean_lines, paint, text_width, wrap};
use crate::text::{SourcePath, Span};

/// How wide lines may be where nobody says how wide the terminal is.
const USUAL_WIDTH: usize = 140;
/// What the line number and the line beside it take.
const GUTTER: usize = 8;

/// Writes each finding as a compiler would: what, where, the lines with the mark under them, the remedy.
///
/// # Errors
/// Those of `out`.
pub fn text(
    diagnostics: &[Diagnostic],
    sources: Sources<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
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
    let places = places(diagnostic, source.as_ref(), cache, options);
    let changes = diagnostic.fix.as_ref().map(|fix| (fix, Changes::new(fix, source.as_deref())));
    let last_line = places.iter().map(Place::last_line).chain(changes.iter().map(|(_, c)| c.last_line())).max();
    let page = Page { gutter: last_line.unwrap_or(1).to_string().len(), options };
    let (level, style) = match diagnostic.severity {
        Severity::Error => ("error", Style::Alarm),
        Severity::Warning => ("warning", Style::Urgent),
        Severity::Note => ("note", Style::Good),
    };
    page.title(&format!("{level}[{}]", diagnostic.code), style, &diagnostic.message, out)?;
    for (i, place) in places.iter().enumerate() {
        page.place(place, i == 0, style, out)?;
    }
    // A fix says the same with the lines beside it.
    let said_by_fix = |help: &&String| diagnostic.fix.as_ref().is_some_and(|fix| fix.title == **help);
    if let Some(help) = diagnostic.help.as_ref().filter(|help| !said_by_fix(help)) {
        page.help(help, out)?;
    }
    changes.map_or(Ok(()), |(fix, changes)| changes.write(fix, page.gutter, options, out))
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
    let page = Page { gutter: 1, options };
    page.title("error", Style::Alarm, message, out)?;
    if source.region(span).is_some() {
        let lines = excerpt(&source, &[span], width(options));
        page.place(&Place { heading: None, labels: vec![None], lines }, true, Style::Alarm, out)?;
    }
    help.map_or(Ok(()), |help| page.help(help, out))
}

fn width(options: &Options) -> usize {
    options.width.unwrap_or(USUAL_WIDTH).saturating_sub(GUTTER).max(20)
}

/// A file with the marks in it that belong to a finding.
struct Place<'a> {
    /// The file's name with line and column; a query has none, and its lines no numbers.
    heading: Option<String>,
    /// What is said of each mark; the first place's first mark is the finding itself.
    labels: Vec<Option<&'a str>>,
    lines: Vec<Line>,
}

impl<'a> Place<'a> {
    /// The marks that fit the text, shown; what is said of those that do not is kept, for it has no line.
    fn new(
        path: &SourcePath,
        source: Option<&Source>,
        marks: &[(Option<Span>, Option<&'a str>)],
        options: &Options,
    ) -> Self {
        let fits = |span: &Span| source.is_some_and(|source| source.region(*span).is_some());
        let (known, unknown): (Vec<_>, Vec<_>) = marks.iter().partition(|(span, _)| span.as_ref().is_some_and(fits));
        let spans: Vec<Span> = known.iter().filter_map(|(span, _)| *span).collect();
        let lines = source.map(|source| excerpt(source, &spans, width(options))).unwrap_or_default();
        let position = marks.first().and_then(|(span, _)| source?.region((*span)?)).map(|(start, _)| start);
        let at = position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let labels = known.iter().chain(&unknown).map(|(_, label)| *label).collect();
        Self { heading: Some(format!("{}{at}", clean(path.as_str()))), labels, lines }
    }

    fn last_line(&self) -> usize {
        self.lines.last().map_or(1, |line| line.number)
    }

    /// What is said of marks that are in no line.
    fn loose_labels(&self) -> impl Iterator<Item = &'a str> {
        let shown = self.lines.iter().flat_map(|line| &line.marks).map(|mark| mark.of + 1).max().unwrap_or(0);
        self.labels.iter().skip(shown).filter_map(|label| *label)
    }
}

/// The finding's own file first, with all its marks, then the others in the order they are named.
fn places<'a>(
    diagnostic: &'a Diagnostic,
    source: Option<&Rc<Source>>,
    cache: &SourceCache<'_>,
    options: &Options,
) -> Vec<Place<'a>> {
    let Some(own) = &diagnostic.path else { return Vec::new() };
    let mut marks = vec![(diagnostic.span, diagnostic.label.as_deref())];
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        diagnostic.related.iter().partition(|related| file_of(related, diagnostic) == Some(own));
    marks.extend(here.iter().map(|related| (Some(related.span), Some(related.message.as_str()))));
    let mut places = vec![Place::new(own, source.map(Rc::as_ref), &marks, options)];
    for related in elsewhere {
        let marks = [(Some(related.span), Some(related.message.as_str()))];
        let file = file_of(related, diagnostic).unwrap_or(own);
        places.push(Place::new(file, cache.peek(file).as_deref(), &marks, options));
    }
    places
}

/// How one finding is laid out: all its lines share one gutter.
struct Page<'a> {
    gutter: usize,
    options: &'a Options,
}

impl Page<'_> {
    fn title(&self, label: &str, style: Style, message: &str, out: &mut dyn Write) -> io::Result<()> {
        let color = self.options.color;
        let mut lead = format!("{}{}", paint(label, style, color), paint(": ", Style::Strong, color));
        for line in clean_lines(message).split('\n') {
            writeln!(out, "{lead}{}", paint(line, Style::Strong, color))?;
            lead = " ".repeat(text_width(label) + 2);
        }
        Ok(())
    }

    /// Writes what stands right of the gutter, beside `sign`.
    fn beside(&self, number: &str, sign: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let margin = paint(&format!("{number:>width$} {sign}", width = self.gutter), Style::Muted, self.options.color);
        writeln!(out, "{margin}{}{text}", if text.is_empty() { "" } else { " " })
    }

    fn place(&self, place: &Place<'_>, first: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
        if let Some(heading) = &place.heading {
            let arrow = if first { "-->" } else { ":::" };
            let margin = format!("{:gutter$}{arrow}", "", gutter = self.gutter);
            writeln!(out, "{} {heading}", paint(&margin, Style::Muted, self.options.color))?;
        }
        if !place.lines.is_empty() {
            self.beside("", "|", "", out)?;
        }
        let mut last = None;
        for line in &place.lines {
            if last.is_some_and(|last| line.number > last + 1) {
                writeln!(out, "...")?;
            }
            last = Some(line.number);
            let number = if place.heading.is_some() { line.number.to_string() } else { String::new() };
            self.beside(&number, "|", line.text.trim_end(), out)?;
            for mark in &line.marks {
                let label = place.labels.get(mark.of).copied().flatten().filter(|_| mark.ends).unwrap_or("");
                let (sign, style) = if first && mark.of == 0 { ("^", style) } else { ("-", Style::Strong) };
                self.mark(mark, sign, label, style, out)?;
            }
        }
        place.loose_labels().try_for_each(|label| self.hanging("= ", "note", label, out))
    }

    fn mark(&self, mark: &Mark, sign: &str, label: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let indent = " ".repeat(mark.columns.start);
        let line = format!("{} {}", sign.repeat(mark.columns.len()), clean(label));
        self.beside("", "|", &format!("{indent}{}", paint(line.trim_end(), style, self.options.color)), out)
    }

    fn help(&self, help: &str, out: &mut dyn Write) -> io::Result<()> {
        self.beside("", "|", "", out)?;
        self.hanging("= ", "help", help, out)
    }

    /// Writes advice below the excerpt, its further lines under the first.
    fn hanging(&self, sign: &str, word: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let color = self.options.color;
        let indent = self.gutter + 1 + sign.len() + word.len() + 2;
        let room = self.options.width.map_or(0, |width| width.saturating_sub(indent).max(20));
        let margin = format!("{:gutter$} ", "", gutter = self.gutter);
        let mut lead = format!("{margin}{}{}: ", paint(sign, Style::Muted, color), paint(word, Style::Strong, color));
        for line in wrap(&clean_lines(text), room) {
            writeln!(out, "{}", format!("{lead}{line}").trim_end())?;
            lead = " ".repeat(indent);
        }
        Ok(())
    }
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
    use crate::output::clean::must_go;
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
        insta::assert_snapshot!(shown(text, found), @r"
        error[stage-unknown]: there is no stage `ofer`
         --> clients/acme.md:4:8
          |
        4 | stage: ofer
          |        ^^^^ not a stage of `sales`
          |
          = help: choose one of draft, sent, accepted
        ");
    }

    #[test]
    fn a_fix_is_shown_as_what_goes_and_what_comes() {
        let text = "---\nphone: +48600100200\n---\n";
        let found = at(text, "+48600100200");
        let span = found.span.unwrap();
        let found = found.fix("quote the value", vec![Edit::replace(span, "'+48600100200'")]);
        insta::assert_snapshot!(shown(text, found), @r"
        error[stage-unknown]: there is no stage `+486`
         --> clients/acme.md:2:8
          |
        2 | phone: +48600100200
          |        ^^^^^^^^^^^^
        help: quote the value
          |
        2 - phone: +48600100200
        2 + phone: '+48600100200'
        ");
    }

    #[test]
    fn places_near_and_far_are_shown_with_it() {
        let text = "---\nstage: new\nname: A\nstage: won\n---\n";
        let path = path("clients/acme.md");
        let first = Span::new(4, 9);
        let found = at(text, "stage: won").label("again").related(&path, first, "first here");
        insta::assert_snapshot!(shown(text, found), @r"
        error[stage-unknown]: there is no stage `stag`
         --> clients/acme.md:4:1
          |
        2 | stage: new
          | ----- first here
        ...
        4 | stage: won
          | ^^^^^^^^^^ again
        ");
        let other = SourcePath::new("leads/acme.md").unwrap();
        let found = at(text, "won").label("here").related(&other, first, "and there").help("rename one");
        insta::assert_snapshot!(shown(text, found), @r"
        error[stage-unknown]: there is no stage `won`
         --> clients/acme.md:4:8
          |
        4 | stage: won
          |        ^^^ here
         ::: leads/acme.md:2:1
          |
        2 | stage: new
          | ----- and there
          |
          = help: rename one
        ");
    }

    #[test]
    fn a_whole_file_and_a_vanished_file_have_no_excerpt() {
        let whole = Diagnostic::new(CODE, "not UTF-8").in_file(&path("clients/acme.md")).help("save it as UTF-8");
        insta::assert_snapshot!(shown("", whole), @r"
        error[stage-unknown]: not UTF-8
         --> clients/acme.md
          |
          = help: save it as UTF-8
        ");
        let stale = at("---\nstage: x\n---\n", "x").label("gone");
        insta::assert_snapshot!(shown("", stale), @r"
        error[stage-unknown]: there is no stage `x`
         --> clients/acme.md
          = note: gone
        ");
    }

    #[test]
    fn the_caret_stands_under_wide_and_accented_letters_and_after_tabs() {
        let text = "\u{feff}---\n\tname: 株式会社 e\u{301} bad\n";
        insta::assert_snapshot!(shown(text, at(text, "bad").label("here")), @r"
        error[stage-unknown]: there is no stage `bad`
         --> clients/acme.md:2:16
          |
        2 |     name: 株式会社 é bad
          |                      ^^^ here
        ");
    }

    #[test]
    fn nothing_of_a_card_steers_the_terminal() {
        let text = "name: \u{1b}[2Jred\u{202e}x\n";
        let found = at(text, "\u{1b}[2Jred\u{202e}").label("has \u{1b}").help("remove\n\u{9b}it\u{7}");
        insta::assert_snapshot!(shown(text, found), @r"
        error[stage-unknown]: there is no stage `␛[2J`
         --> clients/acme.md:1:7
          |
        1 | name: ␛[2Jred\u{202e}x
          |       ^^^^^^^^^^^^^^^ has ␛
          |
          = help: remove
                  \u{9b}it␇
        ");
    }

    #[test]
    fn colours_are_put_only_around_what_is_shown() {
        let text = "---\nstage: ofer\n---\n";
        let found = at(text, "ofer").label("no").help("choose").fix("mend", vec![Edit::remove(Span::new(4, 16))]);
        let sources = |_: &SourcePath| Some(text.to_owned());
        let (mut plain, mut colored) = (Vec::new(), Vec::new());
        super::text(std::slice::from_ref(&found), &sources, &Options::default(), &mut plain).unwrap();
        super::text(&[found], &sources, &Options { color: true, ..Options::default() }, &mut colored).unwrap();
        let colored = String::from_utf8(colored).unwrap();
        assert!(colored.contains("\u{1b}[31m^^^^ no\u{1b}[0m"), "{colored:?}");
        let stripped = ["0", "1", "2", "31", "32"].iter().fold(colored, |t, n| t.replace(&format!("\u{1b}[{n}m"), ""));
        assert_eq!(stripped, String::from_utf8(plain).unwrap());
    }

    #[test]
    fn an_empty_mark_and_the_end_of_the_file_have_a_caret() {
        let text = "---\nname:\n---\n";
        let found = at(text, "name:");
        let empty = Diagnostic { span: Some(Span::empty(9)), ..found.clone() }.label("a value is missing");
        insta::assert_snapshot!(shown(text, empty), @r"
        error[stage-unknown]: there is no stage `name`
         --> clients/acme.md:2:6
          |
        2 | name:
          |      ^ a value is missing
        ");
        let end = Diagnostic { span: Some(Span::empty(text.len())), ..found };
        insta::assert_snapshot!(shown(text, end), @r"
        error[stage-unknown]: there is no stage `name`
         --> clients/acme.md:4:1
          |
        4 |
          | ^
        ");
    }

    #[test]
    fn a_query_is_marked_under_the_word_that_is_wrong() {
        let mut out = Vec::new();
        let query = "type:lead ownr:anna";
        let help = "did you mean `owner`?\nthe fields: name, owner, stage";
        query_error(query, Span::new(10, 14), "there is no field `ownr`", Some(help), &Options::default(), &mut out)
            .unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        error: there is no field `ownr`
          |
          | type:lead ownr:anna
          |           ^^^^
          |
          = help: did you mean `owner`?
                  the fields: name, owner, stage
        ");
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
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        error[stage-unknown]: there is no stage `bad`
         --> clients/acme.md:1:5008
          |
        1 | …xxxxxxxxxxxxxxx bad yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
          |                  ^^^
        ");
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
            proptest::prop_assert!(!out.chars().any(|c| c != '\n' && must_go(c)), "{out:?}");
        }
    }
}
