//! What a search found, for people: a hit with its place and the words around it.

use std::io::{self, Write};

use super::{Options, Style, clean, paint, shorten};
use crate::catalog::Catalog;
use crate::text::Span;
use crate::workspace::fulltext::{FoundCard, Nearness, SearchAnswer, SearchHit};

/// Writes hits, best first: name and kind, where it stands, and the words around what was found.
///
/// # Errors
/// Those of `out`.
pub fn found(answer: &SearchAnswer, catalog: &Catalog, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match answer.nearness {
        Nearness::Exact => {}
        Nearness::Beginnings => writeln!(out, "Nothing is written just so; these have words that begin so.\n")?,
        Nearness::NearWords => writeln!(out, "Nothing is written just so; these have words that come close.\n")?,
    }
    for (at, hit) in answer.hits.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        one(hit, catalog, options, out)?;
    }
    match answer.hits.len() {
        _ if answer.total == 0 => writeln!(out, "Nothing was found."),
        _ => writeln!(
            out,
            "
{}",
            hits(answer)
        ),
    }
}

/// How many hits there are, and how many of them are shown, in a sentence for people.
pub fn hits(answer: &SearchAnswer) -> String {
    let word = if answer.total == 1 { "hit" } else { "hits" };
    match answer.hits.len() {
        shown if shown < answer.total => format!("{shown} of {} {word} are shown", answer.total),
        _ => format!("{} {word}", answer.total),
    }
}

fn one(hit: &SearchHit, catalog: &Catalog, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (name, about) = match hit.card {
        FoundCard::Record(index) => {
            let record = catalog.record(index);
            let stage = record.stage().map_or_else(String::new, |stage| format!(", {stage}"));
            (record.name(), format!("{}{stage}", record.record_type))
        }
        FoundCard::Note(at) => (catalog.notes().get(at).map_or("", |note| note.title.as_str()), "note".to_owned()),
    };
    let name = marked(name, &hit.name_highlights, Style::Strong, options);
    let line = hit.snippet.as_ref().map_or_else(String::new, |snippet| format!(":{}", snippet.line));
    let place = paint(&clean(&format!("{about}  {}{line}", hit.path)), Style::Muted, options.color);
    writeln!(out, "{name}  {place}")?;
    if let Some(snippet) = &hit.snippet {
        let field = snippet.field.as_ref().map_or_else(String::new, |field| format!("{}: ", clean(field)));
        let text = marked(&snippet.text, &snippet.highlights, Style::Plain, options);
        writeln!(out, "  {}{text}", paint(&field, Style::Muted, options.color))?;
    }
    Ok(())
}

/// A text with the places that were found set off; each piece is made safe for a terminal on its own.
fn marked(text: &str, highlights: &[Span], style: Style, options: &Options) -> String {
    let mut marked = String::new();
    let mut done = 0;
    for span in highlights.iter().filter(|span| span.start() <= span.end() && span.end() <= text.len()) {
        if span.start() < done {
            continue;
        }
        let before = text.get(done..span.start()).unwrap_or("");
        marked.push_str(&paint(&clean(before), style, options.color));
        marked.push_str(&paint(&clean(span.of(text)), Style::Urgent, options.color));
        done = span.end();
    }
    marked.push_str(&paint(&clean(text.get(done..).unwrap_or("")), style, options.color));
    if options.color {
        return marked;
    }
    shorten(&marked, options.width.map_or(usize::MAX, |width| width.saturating_sub(2)), options.unicode).into_owned()
}
