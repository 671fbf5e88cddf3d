use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::text::{fold, words};

/// What a log entry counts as when contacts are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Counts {
    /// The client and we have spoken or written.
    Contact,
    /// We tried.
    Attempt,
    /// A note for ourselves.
    Nothing,
}

impl Counts {
    /// Reads `contact`, `attempt` or `nothing`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "contact" => Some(Counts::Contact),
            "attempt" => Some(Counts::Attempt),
            "nothing" => Some(Counts::Nothing),
            _ => None,
        }
    }

    /// `contact`, `attempt` or `nothing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Counts::Contact => "contact",
            Counts::Attempt => "attempt",
            Counts::Nothing => "nothing",
        }
    }
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// From the client to us.
    In,
    /// From us to the client.
    Out,
}

impl Direction {
    /// `in` or `out`.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::In => "in",
            Direction::Out => "out",
        }
    }
}

/// A kind of log entry, such as `call`, or an outcome, such as `no-answer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The id, as Karto writes it.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// What an entry counts as; `None` for kinds that count by their direction (in: contact, out: attempt).
    pub counts: Option<Counts>,
    /// Other words for it, in any language.
    pub aliases: Vec<String>,
}

/// What one word of a log heading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// A kind of entry.
    Kind(&'a Term),
    /// How it went.
    Outcome(&'a Term),
    /// Which way it went.
    Direction(Direction),
}

/// The words of log headings: kinds, outcomes, `in` and `out` in one namespace, with aliases in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    kinds: Vec<Term>,
    outcomes: Vec<Term>,
    words: HashMap<String, Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Kind(usize),
    Outcome(usize),
    Direction(Direction),
}

impl Vocabulary {
    /// A vocabulary of these terms, and for each word that two of them claim, the word and the two ids; the first wins.
    pub fn new(kinds: Vec<Term>, outcomes: Vec<Term>) -> (Self, Vec<(String, String, String)>) {
        let mut words = HashMap::from([
            ("in".to_owned(), Entry::Direction(Direction::In)),
            ("out".to_owned(), Entry::Direction(Direction::Out)),
        ]);
        let mut clashes = Vec::new();
        let entries = kinds.iter().enumerate().map(|(i, term)| (Entry::Kind(i), term));
        let entries: Vec<_> =
            entries.chain(outcomes.iter().enumerate().map(|(i, term)| (Entry::Outcome(i), term))).collect();
        // Ids before aliases, so that an alias can't take a word from the term that is called so.
        let ids = entries.iter().map(|(entry, term)| (*entry, *term, fold(&term.id).into_owned()));
        let aliases = entries
            .iter()
            .flat_map(|(entry, term)| term.aliases.iter().map(|alias| (*entry, *term, fold(alias).into_owned())));
        for (entry, term, word) in ids.chain(aliases) {
            match words.get(&word) {
                Some(taken) if *taken != entry => {
                    let owner = match taken {
                        Entry::Kind(i) => kinds.get(*i).map_or("", |t| &t.id),
                        Entry::Outcome(i) => outcomes.get(*i).map_or("", |t| &t.id),
                        Entry::Direction(direction) => direction.as_str(),
                    };
                    clashes.push((word, owner.to_owned(), term.id.clone()));
                }
                Some(_) => {}
                None => {
                    words.insert(word, entry);
                }
            }
        }
        (Self { kinds, outcomes, words }, clashes)
    }

    /// What a word means, folded: `Telefon` is `call`.
    pub fn word(&self, word: &str) -> Option<Word<'_>> {
        match *self.words.get(word).or_else(|| self.words.get(&*fold(word)))? {
            Entry::Kind(i) => self.kinds.get(i).map(Word::Kind),
            Entry::Outcome(i) => self.outcomes.get(i).map(Word::Outcome),
            Entry::Direction(direction) => Some(Word::Direction(direction)),
        }
    }

    /// The outcome that counts as an attempt and with whose words a text begins, as people write them in a sentence
    /// (`nie odebrał` for `nie-odebrał`), and where the rest of the text begins. A single word may begin any sentence: it
    /// is one only where it is the whole text.
    pub fn attempt_at_start(&self, text: &str) -> Option<(&Term, usize)> {
        let attempts = self.outcomes.iter().filter(|term| term.counts == Some(Counts::Attempt));
        let spellings = attempts.flat_map(|term| {
            let all = [&term.id, &term.label].into_iter().chain(&term.aliases);
            all.map(move |spelling| (term, spelling))
        });
        let end_of = |spelling: &str| -> Option<(usize, usize)> {
            let (mut said, mut count, mut end) = (words(text), 0, 0);
            for word in words(spelling) {
                let same = said.next().filter(|same| same.text == word.text)?;
                (count, end) = (count + 1, same.span.end());
            }
            (count > 1 || count == 1 && said.next().is_none()).then_some((count, end))
        };
        let found = spellings.filter_map(|(term, spelling)| Some((term, end_of(spelling)?)));
        found.max_by_key(|(_, (count, _))| *count).map(|(term, (_, end))| (term, end))
    }

    /// The kinds of log entries.
    pub fn kinds(&self) -> &[Term] {
        &self.kinds
    }

    /// The outcomes of log entries.
    pub fn outcomes(&self) -> &[Term] {
        &self.outcomes
    }

    /// What an entry counts as, by their ids: the outcome before the kind, the kind by its direction where it says nothing.
    pub fn counts(&self, kind: &str, outcome: Option<&str>, direction: Option<Direction>) -> Counts {
        let by_outcome =
            outcome.and_then(|id| self.outcomes.iter().find(|term| term.id == id)).and_then(|term| term.counts);
        by_outcome.unwrap_or_else(|| match self.kinds.iter().find(|term| term.id == kind) {
            None => Counts::Nothing,
            Some(term) => term.counts.unwrap_or(match direction {
                Some(Direction::In) => Counts::Contact,
                Some(Direction::Out) | None => Counts::Attempt,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Config;
    use crate::model::schema::Schemas;

    #[test]
    fn an_attempt_is_known_by_its_words_in_a_sentence() {
        let vocabulary = Config::builtin(Schemas::builtin()).vocabulary;
        let attempt = |text: &str| {
            let (term, rest) = vocabulary.attempt_at_start(text)?;
            Some((term.id.clone(), text[rest..].to_owned()))
        };
        for (text, id, rest) in [
            ("nie odebrał, oddzwoni", "no-answer", ", oddzwoni"),
            ("Nie-odebrał", "no-answer", ""),
            ("NO ANSWER to my offer", "no-answer", " to my offer"),
            ("nem vette fel", "no-answer", ""),
            ("left a message: call back", "left-message", ": call back"),
        ] {
            assert_eq!(attempt(text), Some((id.to_owned(), rest.to_owned())), "{text}");
        }
        for text in ["", "no", "nobody answered", "refused to talk", "he said no answer", "no answers"] {
            assert_eq!(attempt(text), None, "{text}");
        }
    }
}
