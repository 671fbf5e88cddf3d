//! `karto explain`: what a code means and how to mend what it stands for.

use crate::cli::args::Global;
use crate::cli::error::status;
use crate::cli::session::wants_color;
use crate::cli::{CliError, Io};
use crate::output::{Style, paint, wrap};
use crate::text::{did_you_mean, nearest};
use crate::workspace::codes;

const USUAL_WIDTH: usize = 100;

pub(super) fn run(code: Option<&str>, global: &Global, io: &mut Io<'_>) -> Result<u8, CliError> {
    let color = wants_color(global.color, io.terminal.is_some(), io);
    let width = io.terminal.map_or(USUAL_WIDTH, |terminal| terminal.width.min(USUAL_WIDTH));
    let Some(name) = code else {
        let longest = codes::all().map(|code| code.as_str().len()).max().unwrap_or(0);
        for code in codes::all() {
            let padding = " ".repeat(longest - code.as_str().len());
            writeln!(io.out, "{}{padding}  {}", paint(code.as_str(), Style::Strong, color), code.0.title)?;
        }
        return Ok(status::OK);
    };
    let Some(code) = codes::all().find(|code| code.as_str() == name) else {
        let known: Vec<&str> = codes::all().map(|code| code.as_str()).collect();
        let hint =
            did_you_mean(&nearest(name, known, 3)).unwrap_or_else(|| "`karto explain` lists all codes".to_owned());
        return Err(CliError::argument(format!("there is no code `{name}`"), hint));
    };
    writeln!(io.out, "{} ({})", paint(code.as_str(), Style::Strong, color), code.0.severity.as_str())?;
    writeln!(io.out, "{}.\n", code.0.title)?;
    for (place, paragraph) in code.0.explanation.split("\n\n").enumerate() {
        if place > 0 {
            writeln!(io.out)?;
        }
        for line in wrap(paragraph, width) {
            writeln!(io.out, "{line}")?;
        }
    }
    Ok(status::OK)
}
