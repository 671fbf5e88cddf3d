//! What happened, as an entry of the log.

use super::with::with_words;
use super::{Author, Draft, Refusal, promise};
use crate::model::{Config, Direction, LogEntry, Term, Word};
use crate::query::Context;
use crate::text::body::edit::{NewEntry, insert_entry};
use crate::text::{Minutes, When, did_you_mean, fold, nearest};

/// Something that happened, as it is told. Words are those of any language that the configuration knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewLog {
    /// What it was: `call`, `telefon`.
    pub kind: String,
    /// What came of it: `no-answer`.
    pub outcome: Option<String>,
    /// Who began.
    pub direction: Option<Direction>,
    /// Whom it was with: contacts of the card's client or lead by id or name, anybody else as `client#contact`.
    pub with: Vec<String>,
    /// When it was; without it, at the moment of the change.
    pub at: Option<When>,
    /// How long it took.
    pub minutes: Option<Minutes>,
    /// What it was about, on one line.
    pub title: String,
    /// What there is to say of it, below.
    pub text: String,
    /// When to be in touch again, and what to do then.
    pub next: Option<(When, Option<String>)>,
}

/// Adds an entry where the order of the file puts it; it carries the author's name. May promise the next contact in the
/// same change.
///
/// # Errors
/// [`Refusal`] if a word or name is unknown, if the moment is still to come, or if the card can't be edited so.
pub fn log(draft: &mut Draft<'_>, new: &NewLog, ctx: &Context<'_>, author: &Author) -> Result<(), Refusal> {
    let config = draft.config();
    let when = new.at.unwrap_or(author.at);
    check_past(when, author.at)?;
    let kind = kind(&new.kind, config)?;
    let outcome = new.outcome.as_deref().map(|word| outcome(word, config)).transpose()?;
    let with = with_words(draft, &new.with, ctx)?;
    let mut tokens = vec![kind.id.clone()];
    tokens.extend(new.direction.map(|direction| direction.as_str().to_owned()));
    tokens.extend(outcome.map(|outcome| outcome.id.clone()));
    tokens.extend(new.minutes.map(|minutes| minutes.to_string()));
    tokens.extend(author.person.iter().map(|person| format!("@{person}")));
    tokens.extend((!with.is_empty()).then(|| format!("with:{}", with.join(","))));
    let entry = NewEntry { when, tokens, title: new.title.clone(), text: new.text.clone() };
    let edits = insert_entry(draft.document().text(), &draft.body(), &entry)?;
    let before = draft.record().content.log.clone();
    draft.apply(&edits)?;
    let says = |entry: &LogEntry| {
        (entry.at, &*entry.kind, entry.outcome.as_deref(), entry.direction, entry.minutes, &entry.people[..])
            == (
                when,
                &*kind.id,
                outcome.map(|outcome| &*outcome.id),
                new.direction,
                new.minutes.map(|minutes| minutes.0),
                author.person.as_slice(),
            )
            && entry.with.len() == with.len()
    };
    let count = |log: &[LogEntry]| log.iter().filter(|entry| says(entry)).count();
    if count(&draft.record().content.log) != count(&before) + 1 {
        let message = format!("`{}` would be read as something else", entry.tokens.join(" "));
        return Err(Refusal::value(message, "a word of karto.yaml's `log:` is taken by another; see `karto validate`"));
    }
    match &new.next {
        Some((day, step)) => promise(draft, *day, step.as_deref(), ctx.today),
        None => Ok(()),
    }
}

/// What is told has happened: a moment that is still to come is refused.
pub(super) fn check_past(when: When, now: When) -> Result<(), Refusal> {
    let is_later = match (when.time, now.time) {
        (Some(_), Some(_)) => when > now,
        _ => when.date > now.date,
    };
    if !is_later {
        return Ok(());
    }
    let hint = "write a day that has been: yesterday, -3d, 2026-11-20; for what is to come, use `karto task` or \
                `karto snooze`";
    Err(Refusal::value(format!("{} is still to come", when.spaced()), hint))
}

/// The kind of entry that a word means, in any language that the configuration knows.
///
/// # Errors
/// [`Refusal::Value`] if it means none, with the nearest one and all of them.
pub fn kind<'c>(word: &str, config: &'c Config) -> Result<&'c Term, Refusal> {
    let vocabulary = &config.vocabulary;
    match vocabulary.word(word) {
        Some(Word::Kind(kind)) => Ok(kind),
        _ => labelled(word, vocabulary.kinds())
            .ok_or_else(|| unknown("kind of contact", "kinds", word, vocabulary.kinds())),
    }
}

/// What came of it, as a word means it.
///
/// # Errors
/// [`Refusal::Value`] if it means nothing of the sort, with the nearest one and all of them.
pub fn outcome<'c>(word: &str, config: &'c Config) -> Result<&'c Term, Refusal> {
    let vocabulary = &config.vocabulary;
    match vocabulary.word(word) {
        Some(Word::Outcome(outcome)) => Ok(outcome),
        _ => labelled(word, vocabulary.outcomes())
            .ok_or_else(|| unknown("outcome", "outcomes", word, vocabulary.outcomes())),
    }
}

fn labelled<'v>(word: &str, terms: &'v [Term]) -> Option<&'v Term> {
    terms.iter().find(|term| fold(&term.label) == fold(word))
}

/// `terms` are all that the word could mean: `all` as their heading, one is a `what`.
fn unknown(what: &str, all: &str, word: &str, terms: &[Term]) -> Refusal {
    let known = terms.iter().flat_map(|term| std::iter::once(&term.id).chain(&term.aliases)).map(String::as_str);
    let near = did_you_mean(&nearest(word, known, 1)).map_or_else(String::new, |near| format!("{near} "));
    let ids: Vec<&str> = terms.iter().map(|term| term.id.as_str()).collect();
    Refusal::value(format!("`{word}` is no {what}"), format!("{near}the {all} are {}", ids.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;
    use crate::text::SourcePath;

    const CARD: &str = "---\ntype: lead\nname: N\nstage: new\nnext_contact: 2026-11-20\n---\n";

    /// What the card says below its front matter after an entry of anna's, or why there is none.
    fn logged(new: &NewLog) -> Result<String, String> {
        let sample = Sample::of(&[]);
        let ctx = sample.context();
        let mut draft = Draft::create(SourcePath::new("leads/lead-n.md").unwrap(), CARD, ctx.config).unwrap();
        let author = Author { person: Some("anna".to_owned()), at: When::parse("2026-11-22T14:05").unwrap() };
        log(&mut draft, new, &ctx, &author).map_err(|refusal| refusal.to_string())?;
        Ok(draft.document().text().split_once("## Log\n\n").unwrap().1.to_owned())
    }

    fn call() -> NewLog {
        NewLog { kind: "telefon".to_owned(), ..NewLog::default() }
    }

    #[test]
    fn words_stand_in_the_contracts_order_and_in_its_language() {
        let new = NewLog {
            outcome: Some("nie-odebrał".to_owned()),
            direction: Some(Direction::Out),
            minutes: Some(Minutes(90)),
            title: "Rang twice: nobody".to_owned(),
            text: "# Not a heading".to_owned(),
            ..call()
        };
        let expected = "### 2026-11-22 14:05 call out no-answer 1h30m @anna: Rang twice: nobody\n\n\\# Not a heading\n";
        assert_eq!(logged(&new).as_deref(), Ok(expected));
        assert_eq!(logged(&call()).as_deref(), Ok("### 2026-11-22 14:05 call @anna\n"));
        let labels = NewLog { kind: "E-MAIL".to_owned(), outcome: Some("Left a message".to_owned()), ..call() };
        assert_eq!(logged(&labels).as_deref(), Ok("### 2026-11-22 14:05 email left-message @anna\n"));
    }

    #[test]
    fn what_is_still_to_come_has_not_happened() {
        let at = |at: &str| logged(&NewLog { at: When::parse(at).ok(), ..call() });
        assert_eq!(at("2026-11-20").as_deref(), Ok("### 2026-11-20 call @anna\n"));
        assert_eq!(at("2026-11-22").as_deref(), Ok("### 2026-11-22 call @anna\n"));
        assert_eq!(at("2026-11-22T14:06").unwrap_err(), "2026-11-22 14:06 is still to come");
        assert_eq!(at("2026-11-23").unwrap_err(), "2026-11-23 is still to come");
    }

    #[test]
    fn a_word_that_nobody_knows_is_refused_with_the_nearest() {
        let sample = Sample::of(&[]);
        let config = sample.context().config;
        let hint = |refusal: Refusal| refusal.hint().unwrap();
        assert!(hint(kind("telefno", config).unwrap_err()).starts_with("did you mean telefon? the kinds are call,"));
        assert!(kind("no-answer", config).is_err() && outcome("call", config).is_err());
        assert!(hint(outcome("xyz", config).unwrap_err()).starts_with("the outcomes are contact, first-contact"));
    }
}
