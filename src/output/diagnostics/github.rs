use std::io::{self, Write};

use super::Sources;
use super::source::SourceCache;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::clean_lines;

/// Writes the findings as workflow commands, which GitHub shows beside the changed lines.
///
/// # Errors
/// Those of `out`.
pub fn github(diagnostics: &[Diagnostic], sources: Sources<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut cache = SourceCache::new(sources);
    diagnostics.iter().try_for_each(|diagnostic| command(diagnostic, &mut cache, out))
}

fn command(diagnostic: &Diagnostic, cache: &mut SourceCache<'_>, out: &mut dyn Write) -> io::Result<()> {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    write!(out, "::{command} ")?;
    if let Some(path) = &diagnostic.path {
        write!(out, "file={},", property(path.as_str()))?;
        let region = cache.get(path).and_then(|source| source.region(diagnostic.span?));
        if let Some((start, end)) = region {
            write!(out, "line={},", start.line)?;
            // Columns are understood only within one line.
            if start.line == end.line {
                write!(out, "col={},endLine={},endColumn={},", start.column, end.line, end.column)?;
            } else {
                write!(out, "endLine={},", end.line)?;
            }
        }
    }
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push('\n');
        message.push_str(help);
    }
    writeln!(out, "title={}::{}", property(diagnostic.code.as_str()), data(&message))
}

/// A message: the command ends with the line, so line ends are escaped.
fn data(text: &str) -> String {
    clean_lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property ends with a comma or a colon, so these are escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::text::SourcePath;

    fn shown(text: &str, diagnostic: &Diagnostic) -> String {
        let sources = |_: &SourcePath| Some(text.to_owned());
        let mut out = Vec::new();
        github(std::slice::from_ref(diagnostic), &sources, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_is_one_command() {
        let text = "---\nname: Łódź\nstage: ofer\n---\n";
        assert_eq!(
            shown(text, &at(text, "ofer").help("use offer")),
            "::error file=clients/acme.md,line=3,col=8,endLine=3,endColumn=12,title=stage-unknown\
             ::there is no stage `ofer`%0Ause offer\n"
        );
        assert_eq!(
            shown(text, &at(text, "name: Łódź\nstage").severity(Severity::Note)),
            "::notice file=clients/acme.md,line=2,endLine=3,title=stage-unknown::there is no stage `name`\n"
        );
    }

    #[test]
    fn no_text_of_a_card_can_begin_a_command_or_a_property() {
        let hostile = Diagnostic::new(CODE, "50%\r\n::stop-commands::x\u{1b}").in_file(&path("a,line=1:b%.md"));
        assert_eq!(
            shown("", &hostile),
            "::error file=a%2Cline=1%3Ab%25.md,title=stage-unknown::50%25%0A::stop-commands::x␛\n"
        );
    }
}
