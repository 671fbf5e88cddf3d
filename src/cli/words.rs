//! Where the words of a call stand among its options. A text that an option tears in two has mostly lost its quotes, and
//! what is put together again from both halves is not what was meant.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::CliError;
use crate::text::{WhenError, parse_time};

/// The options that take a day, after which a time may stand.
const DAYS: &[&str] = &["at", "due", "on"];

/// The places of those words of a call that stand right behind an option, and what stands behind `--`: that is text,
/// whatever it looks like.
#[derive(Clone, Debug, Default)]
pub struct Breaks {
    gaps: Vec<Break>,
    literal: Vec<String>,
}

/// The argument for what stands behind `--`.
pub(super) const LITERAL: &str = "literal";

#[derive(Clone, Debug)]
struct Break {
    place: usize,
    /// The option, where it takes a day.
    day: Option<&'static str>,
}

impl Breaks {
    /// Gives the time that stands behind the day of an option to that day: `--due friday 15:00`.
    pub(super) fn claim_time(&mut self, option: &str, day: &mut Option<String>, words: &mut Vec<String>) {
        let Some(day) = day.as_mut().filter(|day| !day.contains(':')) else { return };
        let own = self.gaps.iter().find(|gap| gap.day == Some(option)).map(|gap| gap.place);
        let Some(place) = own.filter(|place| words.get(*place).is_some_and(|word| is_time(word))) else { return };
        *day = format!("{day} {}", words.remove(place));
        for gap in self.gaps.iter_mut().filter(|gap| gap.place > place) {
            gap.place -= 1;
        }
    }

    /// Puts what stands behind `--` after the other words.
    pub(super) fn complete(&mut self, words: &mut Vec<String>) {
        words.append(&mut self.literal);
    }

    /// Refuses a text, the words from `start` on, that goes on behind an option. A dash there is no text.
    ///
    /// # Errors
    /// [`CliError::Argument`] with the words that stand apart.
    pub(super) fn check_text(&self, words: &[String], start: usize) -> Result<(), CliError> {
        let apart = self.gaps.iter().map(|gap| gap.place).find(|place| *place > start && *place < words.len());
        let Some((text, apart)) = apart.and_then(|apart| words.get(start..)?.split_at_checked(apart - start)) else {
            return Ok(());
        };
        if matches!(apart, [dash] if dash == "-") {
            return Ok(());
        }
        let message = format!("`{}` stands behind an option, apart from `{}`", apart.join(" "), text.join(" "));
        Err(CliError::argument(message, "write the text in one piece, and what an option takes in quotes"))
    }
}

/// True for what is written as a time of day is, also of a time that no clock has.
pub(super) fn is_time(word: &str) -> bool {
    matches!(parse_time(word), Ok(_) | Err(WhenError::NoSuchTime))
}

impl FromArgMatches for Breaks {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let indices = |id: &str| -> Vec<usize> {
            let is_there = matches.try_contains_id(id).is_ok_and(|is_there| is_there);
            if is_there { matches.indices_of(id).into_iter().flatten().collect() } else { Vec::new() }
        };
        let words = indices("words");
        let follows = |place: usize, index: usize| match place.checked_sub(1) {
            Some(before) => words.get(before).is_some_and(|before| before + 1 == index),
            None => false,
        };
        let gaps = words.iter().enumerate().filter(|(place, index)| !follows(*place, **index));
        let day_before = |index: usize| DAYS.iter().copied().find(|id| indices(id).iter().any(|at| at + 1 == index));
        let gaps = gaps.map(|(place, index)| Break { place, day: day_before(*index) }).collect();
        let literal = matches.try_get_many::<String>(LITERAL).ok().flatten();
        Ok(Self { gaps, literal: literal.into_iter().flatten().cloned().collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// It is no argument itself, only what is known of those that are declared.
impl Args for Breaks {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
