//! Completion of ids, stages, types, fields and people, asked for by the shell at every press of the key.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::args::Cli;
use crate::model::kind::Kind;
use crate::model::{Config, Term};
use crate::workspace::{Snapshot, Workspace};

/// The command line with completers for what only the workspace knows.
pub(super) fn command() -> Command {
    Cli::command()
        .mut_subcommand("show", |show| show.mut_arg("id", |id| id.add(ArgValueCompleter::new(ids))))
        .mut_subcommands(|command| match command.get_name() {
            "due" | "funnel" | "list" | "search" => {
                command.mut_arg("query", |query| query.add(ArgValueCompleter::new(terms)))
            }
            "set" => command.mut_arg("words", |words| words.add(ArgValueCompleter::new(ids_and_fields))),
            "move" => command.mut_arg("words", |words| words.add(ArgValueCompleter::new(ids_and_stages))),
            "log" => command
                .mut_arg("words", |words| words.add(ArgValueCompleter::new(ids_and_kinds)))
                .mut_arg("outcome", |outcome| outcome.add(ArgValueCompleter::new(outcomes))),
            "task" => command
                .mut_arg("words", |words| words.add(ArgValueCompleter::new(ids)))
                .mut_arg("as_kind", |kind| kind.add(ArgValueCompleter::new(kinds)))
                .mut_arg("person", |person| person.add(ArgValueCompleter::new(people))),
            "snooze" | "edit" | "done" => command.mut_arg("words", |words| words.add(ArgValueCompleter::new(ids))),
            "resolve" => command.mut_arg("words", |words| words.add(ArgValueCompleter::new(conflicted))),
            "schema" | "fields" => command.mut_arg("record_type", |name| name.add(ArgValueCompleter::new(types))),
            "new" => command
                .mut_arg("record_type", |name| name.add(ArgValueCompleter::new(card_types)))
                .mut_arg("words", |words| words.add(ArgValueCompleter::new(fields_and_values))),
            "explain" => command.mut_arg("code", |code| code.add(ArgValueCompleter::new(codes))),
            _ => command,
        })
}

fn workspace() -> Option<Workspace> {
    Workspace::open_unchecked(&folder()?).ok()
}

/// The cards with what is wrong with them, and with the rules.
fn snapshot() -> Option<Snapshot> {
    Workspace::open(&folder()?).ok()?.load_cached(&mut |_, _| {}).ok().map(|loaded| loaded.snapshot)
}

fn folder() -> Option<PathBuf> {
    std::env::var_os("KARTO_DIR").map(Into::into).or_else(|| std::env::current_dir().ok())
}

fn beginning<'a>(current: &OsStr, words: impl IntoIterator<Item = (String, &'a str)>) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let fitting = words.into_iter().filter(|(word, _)| word.starts_with(&*current));
    let candidate = |(word, help): (String, &str)| {
        CompletionCandidate::new(word).help((!help.is_empty()).then(|| crate::output::clean(help).into_owned().into()))
    };
    fitting.map(candidate).collect()
}

fn ids(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    let begun = current.to_string_lossy();
    // As they were when they were last read: whoever waits for a word waits for each file.
    if let Some(records) = workspace.records_as_kept(|path| path.stem().starts_with(&*begun)) {
        return beginning(current, records.iter().map(|record| (record.id.clone(), record.name())));
    }
    let Ok(loaded) = workspace.load_cached(&mut |_, _| {}) else { return Vec::new() };
    let records = loaded.snapshot.catalog.records();
    beginning(current, records.map(|record| (record.id.clone(), record.name())))
}

/// What `karto resolve` takes: the cards that hold marks, and `karto.yaml` if it does.
fn conflicted(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(snapshot) = snapshot() else { return Vec::new() };
    let has_marks = snapshot.findings.iter().filter(|finding| finding.code == crate::text::codes::CONFLICT_MARKER);
    let mut paths: Vec<_> = has_marks.filter_map(|finding| finding.path.as_ref()).collect();
    paths.dedup();
    let word = |path: &crate::text::SourcePath| {
        if path.as_str().ends_with(".md") { path.stem().to_owned() } else { path.to_string() }
    };
    beginning(current, paths.into_iter().map(|path| (word(path), "")))
}

/// What `karto set` takes: ids, then fields.
fn ids_and_fields(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = if current.to_string_lossy().contains('=') { Vec::new() } else { ids(current) };
    candidates.extend(fields_and_values(current));
    candidates
}

/// `field=`, and behind `owner=` or `lost_reason=` what may stand there.
fn fields_and_values(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    let config = workspace.config();
    let fields = || config.schemas.types().flat_map(|known| &known.fields);
    let typed = current.to_string_lossy();
    if let Some((field, _)) = typed.split_once('=') {
        let def = fields().find(|def| def.name == field);
        let values: Vec<String> = match def.map(|def| def.kind.element()) {
            Some(Kind::Person) => config.people.iter().map(|person| person.id.clone()).collect(),
            _ => def.and_then(|def| config.choices.get(def.choice_list.as_ref()?)).cloned().unwrap_or_default(),
        };
        return beginning(current, values.into_iter().map(|value| (format!("{field}={value}"), "")));
    }
    let mut names: Vec<String> = fields().map(|def| format!("{}=", def.name)).collect();
    names.sort();
    names.dedup();
    beginning(current, names.into_iter().map(|name| (name, "")))
}

/// The stages of all pipelines.
fn stages(config: &Config) -> Vec<String> {
    let stages = config.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
    let mut stages: Vec<String> = stages.map(|stage| stage.id.clone()).collect();
    stages.sort();
    stages.dedup();
    stages
}

/// What `karto move` takes: ids, a stage, then fields.
fn ids_and_stages(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    let mut candidates = ids_and_fields(current);
    candidates.extend(beginning(current, stages(workspace.config()).into_iter().map(|stage| (stage, "stage"))));
    candidates
}

/// What `karto log` takes: ids, then a kind and perhaps its outcome.
fn ids_and_kinds(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = ids(current);
    candidates.extend(kinds(current));
    candidates.extend(outcomes(current).into_iter().filter(|word| word.get_value().to_string_lossy().contains('-')));
    candidates
}

fn kinds(current: &OsStr) -> Vec<CompletionCandidate> {
    workspace().map_or_else(Vec::new, |workspace| terms_of_log(current, workspace.config().vocabulary.kinds()))
}

fn outcomes(current: &OsStr) -> Vec<CompletionCandidate> {
    workspace().map_or_else(Vec::new, |workspace| terms_of_log(current, workspace.config().vocabulary.outcomes()))
}

fn terms_of_log(current: &OsStr, terms: &[Term]) -> Vec<CompletionCandidate> {
    beginning(current, terms.iter().map(|term| (term.id.clone(), term.label.as_str())))
}

fn people(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    beginning(current, workspace.config().people.iter().map(|person| (person.id.clone(), person.name.as_str())))
}

fn types(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut types = card_types(current);
    types.extend(beginning(current, [("karto".to_owned(), "karto.yaml")]));
    types
}

fn card_types(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    let types = workspace.config().schemas.types().map(|known| (known.name.to_string(), known.title.as_str()));
    beginning(current, types)
}

fn codes(current: &OsStr) -> Vec<CompletionCandidate> {
    beginning(current, crate::workspace::codes::all().map(|code| (code.as_str().to_owned(), code.0.title)))
}

/// The terms of a query: field names, and after `stage:`, `owner:`, `type:`, `seg:` what may stand there.
fn terms(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(workspace) = workspace() else { return Vec::new() };
    let config = workspace.config();
    let typed = current.to_string_lossy();
    let values: Vec<String> = match typed.split_once(':').map(|(field, _)| field) {
        Some("type") => config.schemas.types().map(|known| known.name.to_string()).collect(),
        Some("stage") => stages(config),
        Some("owner") => {
            config.people.iter().map(|person| person.id.clone()).chain(["me".into(), "none".into()]).collect()
        }
        Some("pipeline") => config.pipelines.iter().map(|pipeline| pipeline.name.clone()).collect(),
        Some("seg") => config.segments.keys().cloned().collect(),
        Some(_) => Vec::new(),
        None => {
            let fields = config.schemas.types().flat_map(|known| &known.fields).map(|field| field.name.clone());
            let derived = crate::query::derived::ALL.iter().map(|field| field.name.to_owned());
            let mut names: Vec<String> = fields.chain(derived).chain(["seg".into(), "tag".into()]).collect();
            names.sort();
            names.dedup();
            return beginning(current, names.into_iter().map(|name| (format!("{name}:"), "")));
        }
    };
    let field = typed.split_once(':').map_or("", |(field, _)| field);
    beginning(current, values.into_iter().map(|value| (format!("{field}:{value}"), "")))
}
