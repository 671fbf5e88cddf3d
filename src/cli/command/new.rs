//! `karto new`: a card that is not there yet.

use crate::catalog::likeness::{Shared, doubles};
use crate::change::{self, Assignment, NewCard, NewLog, Refusal};
use crate::cli::CliError;
use crate::cli::ahead;
use crate::cli::args::Write;
use crate::cli::error::status;
use crate::cli::permission;
use crate::cli::proposal::{NextStep, Proposal};
use crate::cli::questions::Answers;
use crate::cli::session::Session;
use crate::model::Config;
use crate::model::schema::TypeDef;
use crate::output::{Style, clean, paint};
use crate::query::Hits;
use crate::text::{SourcePath, When, did_you_mean, nearest};

/// What the call says beside type, name and fields.
pub(super) struct Options {
    pub(super) id: Option<String>,
    /// The day of the next contact, and perhaps a time and the step.
    pub(super) next: Vec<String>,
    /// The kind of what happened, and perhaps what was said.
    pub(super) log: Vec<String>,
    pub(super) dry_run: bool,
    pub(super) yes: bool,
}

pub(super) fn run(
    mut session: Session<'_, '_>,
    record_type: &str,
    words: &[String],
    options: Options,
) -> Result<u8, CliError> {
    permission::check_rules(&session)?;
    let record_type = find_type(session.workspace.config(), record_type)?.name.clone();
    let author = permission::author(&mut session)?;
    let mut said = Said::read(&session, &record_type, words, &options)?;
    if let Some(log) = &mut said.log {
        super::log::take_attempt(&mut session, log)?;
    }
    let mut answers = Answers::default();
    let proposal = loop {
        let mut proposal = propose(&session, &record_type, &said, &answers, options.id.as_deref(), &author)?;
        proposal.try_out(&session, false);
        if !answers.ask(&mut session, &proposal)? {
            break proposal;
        }
    };
    let looks_taken = warn_of_doubles(&mut session, &proposal)?;
    let may_ask = looks_taken && !options.yes && !options.dry_run && session.io.can_ask();
    if may_ask && !session.io.confirm("Create it all the same?")? {
        writeln!(session.io.err, "nothing was created")?;
        return Ok(status::FINDINGS);
    }
    let write = Write { query: Vec::new(), dry_run: options.dry_run, keep_going: false, yes: options.yes };
    proposal.conclude(session, &write)
}

/// The type that a word means: its name, its folder, or the only name that begins so.
fn find_type<'c>(config: &'c Config, word: &str) -> Result<&'c TypeDef, CliError> {
    let types = || config.schemas.types();
    if let Some(found) = types().find(|def| *def.name == *word || def.dir == word) {
        return Ok(found);
    }
    let mut beginning = types().filter(|def| !word.is_empty() && def.name.starts_with(word));
    let names = || types().map(|def| &*def.name);
    match (beginning.next(), beginning.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            let several: Vec<&str> = names().filter(|name| name.starts_with(word)).collect();
            Err(CliError::argument(format!("`{word}` could be {}", several.join(", ")), "write one of them"))
        }
        _ => {
            let all = || format!("the types are {}", names().collect::<Vec<_>>().join(", "));
            let hint = did_you_mean(&nearest(word, names(), 1)).unwrap_or_else(all);
            Err(CliError::argument(format!("there is no type `{word}`"), hint))
        }
    }
}

/// What the words of the call say.
struct Said {
    name: String,
    assignments: Vec<Assignment>,
    next: Option<(When, String)>,
    log: Option<NewLog>,
}

impl Said {
    /// The words up to the first assignment are the name; those after one go on with its value, so that
    /// `contact=Jan Kowalski, +48 600 100 200` needs no quotes.
    fn read(
        session: &Session<'_, '_>,
        record_type: &str,
        words: &[String],
        options: &Options,
    ) -> Result<Self, CliError> {
        let knows = |field: &str| {
            let def = session.workspace.config().schemas.get(record_type);
            field == "contact" || def.is_some_and(|def| def.field(field).is_some())
        };
        let is_field = |word: &String| word.parse::<Assignment>().is_ok_and(|assignment| knows(top(&assignment)));
        // The words of an option end where a field begins.
        let parted = |option: &'_ [String]| -> (Vec<String>, Vec<String>) {
            let end = option.iter().skip(1).position(is_field).map_or(option.len(), |at| at + 1);
            (option.iter().take(end).cloned().collect(), option.iter().skip(end).cloned().collect())
        };
        let (next, after_next) = parted(&options.next);
        let (log, after_log) = parted(&options.log);
        let words = words.iter().chain(&after_next).chain(&after_log);
        let mut name: Vec<&str> = Vec::new();
        let mut assignments: Vec<Assignment> = Vec::new();
        for word in words {
            match (word.parse::<Assignment>(), assignments.last_mut()) {
                // A name may hold a sign of equality itself.
                (Ok(assignment), _) if !name.is_empty() || knows(top(&assignment)) => assignments.push(assignment),
                (_, Some(last)) => {
                    last.value.push(' ');
                    last.value.push_str(word);
                }
                (_, None) => name.push(word),
            }
        }
        let mut name = name.join(" ").trim().to_owned();
        if let Some(at) =
            assignments.iter().position(|assignment| assignment.field == "name").filter(|_| name.is_empty())
        {
            name = assignments.remove(at).value;
        }
        if name.is_empty() {
            let hint = format!("it stands after the type: karto new {record_type} \"Łódź Tools\" …");
            return Err(CliError::argument("no name is said", hint));
        }
        let next = ahead::next_contact(session, &next)?;
        let log = log.split_first().map(|(kind, said)| {
            change::kind(kind, session.workspace.config()).map_err(super::log::wrong)?;
            let (title, text) = super::log::parted(&said.join(" "));
            Ok::<_, CliError>(NewLog { kind: kind.clone(), title, text, ..NewLog::default() })
        });
        Ok(Self { name, assignments, next, log: log.transpose()? })
    }
}

fn top(assignment: &Assignment) -> &str {
    assignment.field.split(['.', '[']).next().unwrap_or_default()
}

/// The new card, or why there can be none.
fn propose(
    session: &Session<'_, '_>,
    record_type: &str,
    said: &Said,
    answers: &Answers,
    id: Option<&str>,
    author: &change::Author,
) -> Result<Proposal, CliError> {
    let def = find_type(session.workspace.config(), record_type)?;
    let folder = SourcePath::new(&def.dir)
        .map_err(|error| CliError::argument(format!("`{}`: {error}", def.dir), "mend `dir` in the type's schema"))?;
    let template = session.workspace.template(&def.name)?;
    let files = session.workspace.names_in(&folder)?;
    let hits = Hits::default();
    let assignments = [said.assignments.clone(), answers.all()].concat();
    let card = NewCard {
        type_def: def,
        name: &said.name,
        id,
        assignments: &assignments,
        next: said.next.as_ref().map(|(day, step)| (*day, step.as_str())),
        log: said.log.as_ref(),
        template: template.as_ref().map(|(path, bytes)| (path, bytes.as_slice())),
        files: &files,
    };
    let mut proposal = Proposal::new(NextStep::Demanded);
    let made = change::create(&card, &session.context(&hits), author);
    match made {
        Ok(draft) if !session.workspace.would_read(draft.path()) => {
            let why = format!("{} would never be read: .gitignore or `include:` leaves it out", draft.path());
            let refusal = Refusal::value(why, "take that line out of .gitignore, or let `include:` name the folder");
            proposal.add(draft.record().id.clone(), draft.path().clone(), None, Err(refusal));
        }
        Ok(draft) => proposal.add(draft.record().id.clone(), draft.path().clone(), None, Ok(draft)),
        Err(refusal) => proposal.add(said.name.clone(), folder, None, Err(refusal)),
    }
    Ok(proposal)
}

/// Names the cards that are probably about the same; true if there are any.
fn warn_of_doubles(session: &mut Session<'_, '_>, proposal: &Proposal) -> Result<bool, CliError> {
    let catalog = &session.snapshot.catalog;
    let found: Vec<String> = proposal
        .ready()
        .flat_map(|record| doubles(record, catalog, session.workspace.config()))
        .map(|(index, shared)| {
            let other = catalog.record(index);
            let shared: Vec<String> = shared.iter().map(in_words).collect();
            format!("this may be {} ({}) already: {}", other.id, other.path, shared.join(", "))
        })
        .collect();
    let mark = paint("warning:", Style::Urgent, session.err_options().color);
    for warning in &found {
        writeln!(session.io.err, "{mark} {}", clean(warning))?;
    }
    Ok(!found.is_empty())
}

fn in_words(shared: &Shared) -> String {
    match shared {
        Shared::Email(email) => format!("the same e-mail {email}"),
        Shared::Phone(phone) => format!("the same phone {phone}"),
        Shared::TaxId(number) => format!("the same tax id {number}"),
        Shared::Name(name) => format!("the same name {name}"),
    }
}
