//! The places of a file one by one, at a terminal.

use super::file::Conflicted;
use super::wish::{Wish, side_of};
use crate::cli::CliError;
use crate::cli::editor::Editor;
use crate::cli::session::Session;
use crate::output::{Style, clean, paint};
use crate::text::conflict::{Choice, Conflict, Marks, Side, marks};
use crate::workspace::workbench::Workbench;

/// So many lines of a side are shown.
const SHOWN: usize = 20;

/// What was chosen in a file.
pub(super) struct Choices {
    /// One for each place; `None` where it stays open.
    pub(super) made: Vec<Option<Choice>>,
    /// True if whoever was asked has left.
    pub(super) has_left: bool,
}

/// What the call says of each place, and where it says nothing, what somebody at the terminal answers.
///
/// # Errors
/// [`CliError::Output`] if nothing can be asked after all.
pub(super) fn choices(session: &mut Session<'_, '_>, file: &Conflicted, wish: &Wish) -> Result<Choices, CliError> {
    let mut choices = Choices { made: Vec::new(), has_left: false };
    let may_ask = session.io.can_ask() && !wish.is_for_all();
    for (at, place) in file.places().iter().enumerate() {
        let choice = match wish.of(file, place) {
            Some(choice) => Some(choice.clone()),
            None if may_ask && !choices.has_left => match asked(session, file, at, place)? {
                Answer::Chosen(choice) => Some(choice),
                Answer::Skip => None,
                Answer::Quit => {
                    choices.has_left = true;
                    None
                }
            },
            None => None,
        };
        choices.made.push(choice);
    }
    Ok(choices)
}

enum Answer {
    Chosen(Choice),
    Skip,
    Quit,
}

fn asked(session: &mut Session<'_, '_>, file: &Conflicted, at: usize, place: &Conflict) -> Result<Answer, CliError> {
    show(session, file, at, place)?;
    let takes_both = file.takes_both(at);
    let has_both = !place.ours.lines.is_empty() && !place.theirs.lines.is_empty();
    let both = if takes_both && has_both { "[b]oth, " } else { "" };
    if file.is_two_cards() {
        writeln!(
            session.io.err,
            "Two people made a card of this name. `both` keeps ours here and theirs under a name of its own; with one of \
             the others, the other card goes."
        )?;
    }
    loop {
        let question = format!("[o]urs, [t]heirs, {both}[e]dit, [s]kip, [q]uit?");
        let Some(answer) = session.io.ask(&question)? else { return Ok(Answer::Quit) };
        match answer.to_lowercase().as_str() {
            "" => {}
            "s" | "skip" => return Ok(Answer::Skip),
            "q" | "quit" => return Ok(Answer::Quit),
            "e" | "edit" => {
                if let Some(text) = edited(session, file, place)? {
                    return Ok(Answer::Chosen(Choice::Text(text)));
                }
            }
            word => match side_of(word) {
                Some(Choice::Both) if !has_both => writeln!(session.io.err, "there is only one text to choose")?,
                Some(Choice::Both) if !takes_both => {
                    writeln!(session.io.err, "it can't have both: a field has one value")?;
                }
                Some(choice) => return Ok(Answer::Chosen(choice)),
                None => writeln!(
                    session.io.err,
                    "o takes ours, t theirs, e opens both in your editor, s leaves it open, q ends and keeps what is \
                         chosen"
                )?,
            },
        }
    }
}

/// Both sides of a place, with what they are called.
fn show(session: &mut Session<'_, '_>, file: &Conflicted, at: usize, place: &Conflict) -> Result<(), CliError> {
    let color = session.err_options().color;
    let line = file.line(place);
    let count = file.places().len();
    let title = format!("{}:{line}, {} of {count}: {}", file.path, at + 1, file.about(place));
    writeln!(session.io.err, "{}", paint(&clean(&title), Style::Strong, color))?;
    let sides = [("ours", &place.ours, Style::Good), ("theirs", &place.theirs, Style::Urgent)];
    for (name, side, style) in sides {
        let label =
            if side.label.is_empty() || side.label == name { String::new() } else { format!(", {}", side.label) };
        writeln!(session.io.err, "  {}", paint(&clean(&format!("{name}{label}")), style, color))?;
        for line in lines(side, file.text()) {
            writeln!(session.io.err, "    {}", clean(&line))?;
        }
    }
    Ok(())
}

fn lines(side: &Side, text: &str) -> Vec<String> {
    let all: Vec<&str> = side.lines.of(text).lines().collect();
    let mut lines: Vec<String> = all.iter().take(SHOWN).map(|line| (*line).to_owned()).collect();
    match all.len() {
        0 => lines.push("(nothing)".to_owned()),
        many if many > SHOWN => lines.push(format!("… and {} more lines", many - SHOWN)),
        _ => {}
    }
    lines
}

/// The place as the user's editor leaves it; `None` if it is as undecided as before.
fn edited(session: &mut Session<'_, '_>, file: &Conflicted, place: &Conflict) -> Result<Option<String>, CliError> {
    let editor = match Editor::of(session.io) {
        Ok(editor) => editor,
        Err(error) => return told(session, &error),
    };
    let bench = match Workbench::of(&session.workspace, &file.path) {
        Ok(bench) => bench,
        Err(error) => return told(session, &CliError::argument(format!("can't make a copy to edit: {error}"), "")),
    };
    if bench.kept()?.is_some() {
        let message = format!("{} holds the text of an earlier edit", bench.name());
        return told(session, &CliError::argument(message, "look after that first, with `karto edit`"));
    }
    bench.lay_out(place.span.of(file.text()).as_bytes())?;
    let done = editor.open(&[bench.file()], session.io).map_err(|failed| failed.into_error("nothing was chosen"));
    let bytes = bench.text();
    bench.clear()?;
    if let Err(error) = done {
        return told(session, &error);
    }
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("nothing was chosen: the edited text can't be read: {error}");
            return told(session, &CliError::argument(message, "save it where the editor found it"));
        }
    };
    let Ok(mut text) = String::from_utf8(bytes) else {
        return told(session, &CliError::argument("the text is not UTF-8", "nothing was chosen"));
    };
    if marks(&text) != Marks::None {
        let hint = "leave one text in it and no marks";
        return told(session, &CliError::argument("nothing was chosen: there are still marks in it", hint));
    }
    // Editors often write line ends of their own.
    text = text.replace("\r\n", "\n").replace('\n', file.document.line_ending().as_str());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(file.document.line_ending().as_str());
    }
    Ok(Some(text))
}

/// Says why there is no text.
fn told(session: &mut Session<'_, '_>, error: &CliError) -> Result<Option<String>, CliError> {
    let color = session.err_options().color;
    error.print(session.io.err, color)?;
    Ok(None)
}
