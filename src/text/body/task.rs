//! Task-list items: their state, tokens and result.

use serde::{Deserialize, Serialize};

use super::leaf::Leaf;
use crate::text::Span;

/// A task-list item, anywhere in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskBlock {
    /// Open, done or cancelled.
    pub state: TaskState,
    /// The three bytes `[ ]`, `[x]`, `[X]` or `[-]`.
    pub marker: Span,
    /// The list item, from its bullet to the end of what is nested in it.
    pub span: Span,
    /// Its first paragraph after the marker, trimmed, tokens included.
    pub text: Span,
    /// The first paragraph as plain text, without tokens.
    pub title: String,
    /// The tokens of the first paragraph, in their order.
    pub tokens: Vec<TaskToken>,
    /// The list items nested in it that are no tasks themselves: what came of it.
    pub results: Vec<TaskResult>,
    /// The task whose list item it is nested in, by its place in `Body::tasks`.
    pub parent: Option<usize>,
    /// The log entry that it stands in, by its place in `Body::log`.
    pub entry: Option<usize>,
}

/// What has become of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TaskState {
    /// `[ ]`
    Open,
    /// `[x]` or `[X]`
    Done,
    /// `[-]`
    Cancelled,
}

/// A list item nested in a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskResult {
    /// Its first paragraph in the source.
    pub span: Span,
    /// The same as plain text.
    pub plain: String,
}

/// A word of a task that says something to the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// What it says.
    pub key: TaskKey,
    /// Key and value; for a sign also the space between them.
    pub span: Span,
    /// The value; empty where it is missing.
    pub value: Span,
    /// True for a sign of Obsidian Tasks.
    pub sign: bool,
}

/// The keys of task tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskKey {
    /// `due:` or 📅: promised for.
    Due,
    /// `on:` or ⏳: the planned day.
    On,
    /// 🛫: not before.
    Start,
    /// `est:`: the planned duration.
    Est,
    /// `rec:` or 🔁: repeats.
    Rec,
    /// `as:`: the kind of log entry that it counts as.
    As,
    /// `done:` or ✅: when it was done.
    Done,
    /// ❌: when it was cancelled.
    Cancelled,
    /// ➕: when it was written down.
    Created,
    /// `@anna`: whose it is; the value is the name.
    Person,
    /// `(A)` to `(C)`, ⏫ 🔺 (A), 🔼 (B), 🔽 ⏬ (C).
    Priority(Priority),
}

/// How much a task weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// First.
    A,
    /// Second.
    B,
    /// Third.
    C,
}

impl Priority {
    /// The letter that stands in the brackets.
    pub fn letter(self) -> char {
        match self {
            Priority::A => 'A',
            Priority::B => 'B',
            Priority::C => 'C',
        }
    }
}

impl TaskBlock {
    /// The first token of this key.
    pub fn token(&self, key: TaskKey) -> Option<&TaskToken> {
        self.tokens.iter().find(|token| token.key == key)
    }

    /// The text under the value of the first token of this key.
    pub fn value<'t>(&self, text: &'t str, key: TaskKey) -> Option<&'t str> {
        self.token(key).map(|token| token.value.of(text))
    }

    /// True if days or repeats are written with the signs of Obsidian Tasks.
    pub fn uses_signs(&self) -> bool {
        self.tokens.iter().any(|token| token.sign && !matches!(token.key, TaskKey::Priority(_)))
    }

    /// The weight, where one is given.
    pub fn priority(&self) -> Option<Priority> {
        self.tokens.iter().find_map(|token| match token.key {
            TaskKey::Priority(priority) => Some(priority),
            _ => None,
        })
    }
}

const KEYS: [(&str, TaskKey); 6] = [
    ("due:", TaskKey::Due),
    ("on:", TaskKey::On),
    ("est:", TaskKey::Est),
    ("rec:", TaskKey::Rec),
    ("as:", TaskKey::As),
    ("done:", TaskKey::Done),
];

const SIGNS: [(char, TaskKey); 15] = [
    ('📅', TaskKey::Due),
    ('📆', TaskKey::Due),
    ('🗓', TaskKey::Due),
    ('⏳', TaskKey::On),
    ('⌛', TaskKey::On),
    ('🛫', TaskKey::Start),
    ('🔁', TaskKey::Rec),
    ('✅', TaskKey::Done),
    ('❌', TaskKey::Cancelled),
    ('➕', TaskKey::Created),
    ('🔺', TaskKey::Priority(Priority::A)),
    ('⏫', TaskKey::Priority(Priority::A)),
    ('🔼', TaskKey::Priority(Priority::B)),
    ('🔽', TaskKey::Priority(Priority::C)),
    ('⏬', TaskKey::Priority(Priority::C)),
];

/// The tokens of a task's first paragraph.
pub(super) fn tokens(text: &str, leaf: &Leaf) -> Vec<TaskToken> {
    let words = leaf.words(text);
    let mut tokens: Vec<TaskToken> = Vec::new();
    for (index, word) in words.iter().copied().enumerate() {
        let next = words.get(index + 1).copied();
        if let Some(token) = sign_token(text, word) {
            tokens.push(token);
        } else if let Some(token) = word_token(text, word, next) {
            tokens.push(token);
        } else if let Some(open) = tokens.last_mut().filter(|last| takes_value(text, last, word)) {
            // The value of a sign is the next word; that of a repeat, "every week", runs to the next token.
            open.value = if open.value.is_empty() { word } else { open.value.to(word) };
            open.span = open.span.to(word);
        }
    }
    // A sign that nothing follows is an ornament of the sentence.
    tokens.retain(|token| !token.sign || !token.value.is_empty() || matches!(token.key, TaskKey::Priority(_)));
    tokens
}

/// True if `word` still belongs to the value of the sign before it.
fn takes_value(text: &str, last: &TaskToken, word: Span) -> bool {
    if !last.sign || matches!(last.key, TaskKey::Priority(_)) {
        return false;
    }
    let between = Span::new(last.span.end(), word.start()).of(text);
    let touches = between.chars().all(|c| c == ' ' || c == '\t');
    let fits = last.key == TaskKey::Rec || word.of(text).starts_with(|c: char| c.is_ascii_digit());
    touches && fits && (last.value.is_empty() || last.key == TaskKey::Rec)
}

fn sign_token(text: &str, word: Span) -> Option<TaskToken> {
    let written = word.of(text);
    let sign = written.chars().next().filter(|c| !c.is_ascii())?;
    let key = SIGNS.iter().find(|(known, _)| *known == sign)?.1;
    let value = written.get(sign.len_utf8()..)?.trim_start_matches('\u{fe0f}');
    Some(TaskToken { key, span: word, value: Span::new(word.end() - value.len(), word.end()), sign: true })
}

fn word_token(text: &str, word: Span, next: Option<Span>) -> Option<TaskToken> {
    let written = word.of(text);
    let token = |key, from: usize| TaskToken {
        key,
        span: word,
        value: Span::new(word.start() + from, word.end()),
        sign: false,
    };
    if let Some(name) = written.strip_prefix('@') {
        return name.starts_with(char::is_alphanumeric).then(|| token(TaskKey::Person, 1));
    }
    let priority = match written {
        "(A)" => Some(Priority::A),
        "(B)" => Some(Priority::B),
        "(C)" => Some(Priority::C),
        _ => None,
    };
    if let Some(priority) = priority {
        return Some(TaskToken {
            value: Span::new(word.start() + 1, word.end() - 1),
            ..token(TaskKey::Priority(priority), 0)
        });
    }
    let (name, key) = KEYS.iter().find(|(name, _)| written.starts_with(name))?;
    if written.len() == name.len() && !next.is_some_and(|next| meant_as_value(next.of(text), *key)) {
        // "the rent is due: ask": a word of the sentence. With a date behind it, a value that a space has parted.
        return None;
    }
    Some(token(*key, name.len()))
}

fn meant_as_value(next: &str, key: TaskKey) -> bool {
    let dated = matches!(key, TaskKey::Due | TaskKey::On | TaskKey::Done);
    dated && next.len() >= 8 && next.starts_with(|c: char| c.is_ascii_digit()) && next.contains(['-', '.', '/'])
}
