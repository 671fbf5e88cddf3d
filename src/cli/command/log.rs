//! `karto log`: what happened, written down.

use crate::cli::permission;
use std::io::Read;

use crate::change::{self, NewLog, Refusal};
use crate::cli::args::Write;
use crate::cli::proposal::{NextStep, Proposal};
use crate::cli::session::Session;
use crate::cli::words::Breaks;
use crate::cli::{CliError, ahead, follow_up, targets};
use crate::model::{Counts, Direction, Word};
use crate::text::{Minutes, When, parse_time};

/// How much text is taken for one entry, in bytes.
const LONGEST: u64 = 1 << 20;

/// What the call says of the entry beside its words.
pub(super) struct Options {
    pub(super) outcome: Option<String>,
    pub(super) incoming: bool,
    pub(super) outgoing: bool,
    pub(super) with: Vec<String>,
    pub(super) at: Option<String>,
    pub(super) minutes: Option<String>,
    pub(super) next: Vec<String>,
}

pub(super) fn run(
    mut session: Session<'_, '_>,
    mut words: Vec<String>,
    mut breaks: Breaks,
    mut options: Options,
    write: &Write,
) -> Result<u8, CliError> {
    breaks.claim_time("at", &mut options.at, &mut words);
    breaks.complete(&mut words);
    // A dash at the end says where the text comes from, behind a step too.
    if options.next.len() > 1 && options.next.last().is_some_and(|word| word == "-") {
        words.extend(options.next.pop());
    }
    let (ids, rest) = targets::split(&words, write, |_, _| false);
    let Some((kind, rest)) = rest.split_first() else {
        return Err(CliError::argument("no kind is named", "say what it was: karto log acme call \"Wants a price\""));
    };
    let config = session.workspace.config();
    change::kind(kind, config).map_err(wrong)?;
    let (outcome, rest) = outcome(&session, options.outcome, rest);
    if let Some(outcome) = &outcome {
        change::outcome(outcome, config).map_err(wrong)?;
    }
    breaks.check_text(&words, words.len() - rest.len())?;
    let next = ahead::next_contact(&session, &options.next)?;
    let mut new = NewLog {
        kind: kind.clone(),
        outcome,
        direction: match (options.incoming, options.outgoing) {
            (true, _) => Some(Direction::In),
            (_, true) => Some(Direction::Out),
            _ => None,
        },
        with: options.with,
        at: options.at.map(|at| moment(&session, &at)).transpose()?,
        minutes: options.minutes.as_deref().map(minutes).transpose()?,
        next: next.map(|(day, step)| (day, Some(step))),
        ..NewLog::default()
    };
    let records = targets::find(&mut session, &ids, write)?;
    let author = permission::author(&mut session)?;
    if rest.is_empty() && session.io.can_ask() {
        // What is typed would be lost if it turned out afterwards that the entry can't be written.
        let mut trial = Proposal::new(NextStep::AskedFor);
        trial.add_all(&session, &records, &mut |draft, ctx| change::log(draft, &new, ctx, &author));
        if trial.has_refused() && !write.keep_going {
            return trial.conclude(session, write);
        }
    }
    (new.title, new.text) = parted(&text(&mut session, rest)?);
    take_attempt(&mut session, &mut new)?;
    hint_at_outcome(&mut session, &new)?;
    follow_up::propose(session, &records, write, None, &mut |draft, ctx| change::log(draft, &new, ctx, &author))
}

/// A word of the call that means nothing is the call's fault, not the card's.
pub(super) fn wrong(refusal: Refusal) -> CliError {
    CliError::argument(refusal.to_string(), refusal.hint().unwrap_or_default())
}

/// `1h30m`
pub(super) fn minutes(text: &str) -> Result<Minutes, CliError> {
    Minutes::parse(text)
        .ok_or_else(|| CliError::argument(format!("`{text}` is no length of time"), "write 30m, 2h or 1h30m"))
}

/// A day, perhaps with a time; a time alone is one of today.
fn moment(session: &Session<'_, '_>, text: &str) -> Result<When, CliError> {
    match parse_time(text) {
        Ok(time) => Ok(When { date: session.today, time: Some(time) }),
        Err(_) => session.day(text),
    }
}

/// The outcome and the rest of the words. One word of a text may well be an outcome ("refused to talk"), but nobody
/// begins a sentence with one that has a hyphen in it.
fn outcome<'w>(session: &Session<'_, '_>, said: Option<String>, rest: &'w [String]) -> (Option<String>, &'w [String]) {
    let vocabulary = &session.workspace.config().vocabulary;
    match rest.split_first() {
        Some((first, others))
            if said.is_none() && first.contains('-') && matches!(vocabulary.word(first), Some(Word::Outcome(_))) =>
        {
            (Some(first.clone()), others)
        }
        _ => (said, rest),
    }
}

/// A call that reached nobody must not count as a contact: where its text begins as such an outcome is called
/// (`nie odebrał, oddzwoni`), that is what came of it, and the rest is the title. Where the sentence goes on it may mean
/// anything, so nothing is guessed.
///
/// # Errors
/// [`CliError::Argument`] with both spellings, where nobody can be asked which one is meant.
pub(super) fn take_attempt(session: &mut Session<'_, '_>, new: &mut NewLog) -> Result<(), CliError> {
    let config = session.workspace.config();
    // A message counts by its direction, and its title may be theirs.
    let would_count = change::kind(&new.kind, config).is_ok_and(|kind| kind.counts == Some(Counts::Contact));
    if !would_count || new.outcome.is_some() {
        return Ok(());
    }
    let Some((outcome, end)) = config.vocabulary.attempt_at_start(&new.title) else { return Ok(()) };
    let (id, kind) = (outcome.id.clone(), new.kind.clone());
    let (said, rest) = new.title.split_at_checked(end).unwrap_or_default();
    let goes_on = rest.trim_start().starts_with(char::is_alphanumeric);
    let title = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_opening(c)).to_owned();
    if goes_on {
        let question = format!("`{said}`: is that what came of it ({id}, an attempt)?");
        if session.io.can_ask() {
            if !session.io.confirm(&question)? {
                return Ok(());
            }
        } else {
            let hint = format!(
                "an attempt that reached nobody is `{kind} {id} \"{}\"`; where you did speak with them, say --outcome contact",
                title.trim()
            );
            return Err(CliError::argument(format!("it is not clear what `{}` counts as", new.title), hint));
        }
    }
    (new.outcome, new.title) = (Some(id), title);
    Ok(())
}

/// Signs with which a title may begin.
fn is_opening(sign: char) -> bool {
    matches!(sign, '(' | '[' | '„' | '“' | '"' | '«' | '+' | '#' | '@')
}

/// A text that begins with the name of an outcome may have been meant to say it.
fn hint_at_outcome(session: &mut Session<'_, '_>, new: &NewLog) -> Result<(), CliError> {
    let first = new.title.split_whitespace().next().unwrap_or_default();
    let vocabulary = &session.workspace.config().vocabulary;
    if let (None, Some(Word::Outcome(outcome))) = (&new.outcome, vocabulary.word(first))
        && first.chars().all(char::is_lowercase)
    {
        let id = &outcome.id;
        writeln!(session.io.err, "note: `{first}` is taken as text; --outcome {id} says that it is what came of it")?;
    }
    Ok(())
}

/// The text of the entry: the words of the call, else one line from the terminal, else standard input; with `-` after
/// words the words, and standard input below them.
fn text(session: &mut Session<'_, '_>, words: &[String]) -> Result<String, CliError> {
    match words {
        [dash] if dash == "-" => something(read(session)?),
        [] if session.io.can_ask() => Ok(session.io.ask("What was said:")?.unwrap_or_default()),
        [] if session.io.input_is_terminal => Ok(String::new()),
        [] => read(session),
        [words @ .., dash] if dash == "-" => Ok(format!("{}\n{}", words.join(" "), something(read(session)?)?)),
        words => Ok(words.join(" ")),
    }
}

/// A text that was asked for must be one: whatever was to make it has failed.
fn something(text: String) -> Result<String, CliError> {
    match text.trim().is_empty() {
        true => Err(CliError::argument(
            "there is nothing on standard input",
            "`-` takes the text from there; leave it out for none",
        )),
        false => Ok(text),
    }
}

fn read(session: &mut Session<'_, '_>) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    session.io.input.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| {
        CliError::argument(format!("standard input can't be read: {error}"), "give the text in the call, or in a file")
    })?;
    if bytes.len() as u64 > LONGEST {
        let hint = "write what matters, and link to the rest";
        return Err(CliError::argument("the text on standard input is longer than 1 MB", hint));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| CliError::argument("the text on standard input is not UTF-8", "convert it first, with iconv"))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The first line and what follows it.
pub(super) fn parted(text: &str) -> (String, String) {
    let text = text.trim();
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    (title.trim_end().to_owned(), rest.to_owned())
}
