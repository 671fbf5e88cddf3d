//! The documentation says what is so.
//!
//! `docs/commands.md`, `docs/diagnostics.md` and the table of derived fields in `docs/format.md` are written by these
//! tests: `UPDATE_EXPECTED=1 cargo test --test it documentation`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use karto::diagnostic::Code;
use karto::query::derived;

use crate::support::{Golden, Karto};

fn hold(path: &str, text: &str) {
    if let Some(difference) = Golden::open(path).hold(text) {
        panic!("\n{difference}");
    }
}

// ---- docs/commands.md

#[test]
fn the_page_of_commands_is_what_they_take() {
    hold("docs/commands.md", &commands_page());
}

fn commands_page() -> String {
    let mut program = karto::cli::command();
    program.build();
    let mut page = String::from(
        "# Commands\n\n\
         <!-- Written by tests/it/documentation.rs from the program itself. -->\n\n\
         Every command reads the workspace that the current folder lies in. Queries are explained in\n\
         [queries.md](queries.md), files in [format.md](format.md).\n\n",
    );
    let commands = || program.get_subcommands().filter(|command| command.get_name() != "help");
    writeln!(page, "- [`karto`](#karto) alone: the day").unwrap();
    for command in commands() {
        let name = command.get_name();
        writeln!(page, "- [`karto {name}`](#karto-{name}): {}", about(command)).unwrap();
    }
    page.push_str("\n## karto\n\n");
    let long = program.get_long_about().map(ToString::to_string).unwrap_or_default();
    writeln!(page, "{long}\n\nWhat every command takes:\n").unwrap();
    page.push_str(&arguments(program.get_arguments().filter(|arg| is_everywhere(arg))));
    page.push_str(
        "\n| variable | what it says |\n|---|---|\n\
         | `KARTO_DIR` | the folder, as `-C` |\n\
         | `KARTO_TODAY` | the day, as `--today` |\n\
         | `KARTO_USER` | who you are: a person of `karto.yaml`, by id or e-mail address |\n\
         | `KARTO_PAGER`, `PAGER` | what shows long answers on a terminal; empty or `cat` for nothing |\n\
         | `NO_COLOR` | no colours |\n\n\
         Exit status: 0 if all is well, also where nothing was found; 1 if `validate` found something; 2 if the call was\n\
         wrong, or something could not be read, so that the answer is missing or incomplete. Answers go to standard\n\
         output, remarks and mistakes to standard error.\n\n\
         As data (`--format json`), an answer is `{\"schema_version\":1,\"kind\":\"…\",\"items\":[…]}`, with every field that\n\
         is declared, `null` where it is empty; money is `{\"amount\":\"120000.00\",\"currency\":\"PLN\"}`. `jsonl` is the bare\n\
         items, one a line. In CSV an amount has a second column with its currency, `value` and `value_currency`. Totals\n\
         and remarks then go to standard error.\n",
    );
    for command in commands() {
        writeln!(page, "\n## karto {}\n\n{}.\n", command.get_name(), about(command)).unwrap();
        writeln!(page, "```text\n{}\n```\n", usage(command)).unwrap();
        page.push_str(&arguments(command.get_arguments().filter(|arg| !is_everywhere(arg) && arg.get_id() != "help")));
        if let Some(after) = command.get_after_help() {
            page.push_str(&after_help(&after.to_string()));
        }
    }
    page
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").trim().to_owned()
}

fn is_everywhere(arg: &Arg) -> bool {
    arg.get_help_heading() == Some("Everywhere")
}

fn arguments<'a>(arguments: impl Iterator<Item = &'a Arg>) -> String {
    let rows: Vec<String> = arguments.filter(|arg| !arg.is_hide_set()).map(argument).collect();
    if rows.is_empty() { String::new() } else { format!("| | |\n|---|---|\n{}", rows.concat()) }
}

fn argument(arg: &Arg) -> String {
    let mut names: Vec<String> = Vec::new();
    names.extend(arg.get_short().map(|short| format!("-{short}")));
    names.extend(arg.get_long().map(|long| format!("--{long}")));
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values()).map(|names| {
        let more = names[1..].iter().map(|name| format!(" [{name}]")).collect::<String>();
        format!("{}{more}", names[0])
    });
    let name = match (names.is_empty(), value) {
        (true, Some(value)) => value,
        (false, Some(value)) => format!("{} {value}", names.join(", ")),
        (_, None) => names.join(", "),
    };
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !values.is_empty() && arg.get_action().takes_values() {
        write!(help, ": {}", values.join(", ")).unwrap();
    }
    if let [default] = arg.get_default_values()
        && arg.get_action().takes_values()
    {
        write!(help, " (usually `{}`)", default.to_string_lossy()).unwrap();
    }
    format!("| `{name}` | {} |\n", help.replace('|', "\\|"))
}

/// Sentences as they are, examples as a block.
fn after_help(text: &str) -> String {
    match text.split_once("Examples:\n") {
        Some((before, examples)) => {
            let before = if before.trim().is_empty() { String::new() } else { format!("\n{}\n", before.trim()) };
            let examples: String = examples.lines().map(|line| format!("{}\n", line.trim_start())).collect();
            format!("{before}\n```sh\n{examples}```\n")
        }
        None => format!("\n{}\n", text.trim()),
    }
}

// ---- docs/diagnostics.md

#[test]
fn the_page_of_diagnostics_is_what_explain_says() {
    hold("docs/diagnostics.md", &diagnostics_page());
}

/// What the codes are about, by the first of each group.
const GROUPS: &[(&str, &str)] = &[
    ("file-too-large", "Files and front matter"),
    ("format-newer", "karto.yaml"),
    ("id-bad", "One card"),
    ("schema-syntax", "Schemas"),
    ("field-missing", "Fields"),
    ("segment-invalid", "The configuration's queries and gates"),
    ("id-duplicate", "Cards among each other"),
    ("file-unreadable", "The folder"),
];

fn codes() -> impl Iterator<Item = Code> {
    karto::check::all_codes().chain(karto::workspace::codes::ALL.iter().copied())
}

fn diagnostics_page() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         <!-- Written by tests/it/documentation.rs from the program itself. -->\n\n\
         What `karto validate` can find, with what it means and how to mend it; `karto explain CODE` says the same in the\n\
         terminal. An **error** breaks the contract of [format.md](format.md), so that answers may be wrong or leave the\n\
         card out; a **warning** is probably not as it was meant; a **note** is shown by `--strict` alone. The codes stay\n\
         as they are, so scripts may rely on them.\n",
    );
    for code in codes() {
        if let Some((_, title)) = GROUPS.iter().find(|(first, _)| *first == code.as_str()) {
            write!(page, "\n## {title}\n").unwrap();
        }
        let info = code.0;
        write!(page, "\n### {}\n\n{}: {}.\n\n", info.name, info.severity.as_str(), info.title).unwrap();
        for paragraph in info.explanation.split("\n\n") {
            karto::output::wrap(paragraph, 120).iter().for_each(|line| writeln!(page, "{line}").unwrap());
            page.push('\n');
        }
        page.pop();
    }
    page
}

#[test]
fn the_groups_of_diagnostics_begin_with_codes_that_there_are() {
    let known: BTreeSet<&str> = codes().map(|code| code.as_str()).collect();
    assert!(GROUPS.iter().all(|(first, _)| known.contains(first)));
}

// ---- docs/format.md

#[test]
fn the_cards_of_the_format_are_a_workspace_without_findings() {
    let page = Golden::open("docs/format.md");
    let mut karto = Karto::on_nothing();
    let mut cards = 0;
    for (path, text) in captioned(page.text()) {
        cards += usize::from(path.ends_with(".md"));
        karto = karto.with_file(&path, &text);
    }
    assert!(cards > 4, "the cards are found");
    let answer = karto.run(["validate", "--strict"]);
    assert_eq!(answer.status, 0, "{}{}", answer.out, answer.err);
    let shown = karto.run(["show", "acme-trade-erp", "--format", "json"]);
    let expected =
        [("kind", "call"), ("outcome", "offer-request"), ("text", "130 000, approved by the board in October.")];
    for (key, value) in expected {
        assert!(shown.out.contains(&format!("\"{key}\": \"{value}\"")), "{key} {value}: {}", shown.out);
    }
}

#[test]
fn every_card_of_the_format_has_a_caption() {
    let page = Golden::open("docs/format.md");
    let cards = page.text().matches("```markdown\n---\n").count();
    assert_eq!(captioned(page.text()).iter().filter(|(path, _)| path.ends_with(".md")).count(), cards);
}

/// The blocks that follow a line such as `` `clients/acme.md`: ``, with that path.
fn captioned(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut caption = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let block: String = lines.by_ref().take_while(|line| *line != "```").map(|l| format!("{l}\n")).collect();
            found.extend(caption.take().map(|path| (path, block)));
        } else if !line.is_empty() {
            caption = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")).map(str::to_owned);
        }
    }
    found
}

#[test]
fn the_format_lists_every_derived_field() {
    let page = Golden::open("docs/format.md");
    let head = "| field | of | what it says |\n|---|---|---|\n";
    let (before, rest) = page.text().split_once(head).expect("the table of derived fields");
    let after = rest.trim_start_matches(|c| c != '\n').split_once("\n\n").map_or("", |(_, after)| after);
    let mut table = String::from(head);
    for field in derived::ALL {
        let of = if field.types.is_empty() { "all".to_owned() } else { field.types.join(", ") };
        writeln!(table, "| `{}` | {of} | {} |", field.name, field.meaning).unwrap();
    }
    hold("docs/format.md", &format!("{before}{table}\n{after}"));
}

// ---- links

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = root.join("docs").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.chain(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The anchor that a heading has on the usual sites.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
}

/// The text outside of code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).map(|part| part.split('`').step_by(2).collect::<String>()).collect()
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for (at, _) in prose(&text).match_indices("](") {
            let prose = prose(&text);
            let target = prose[at + 2..].split(')').next().unwrap();
            if target.starts_with("http") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let known = std::fs::read_to_string(&file).map(|there| {
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                heading.is_empty() || headings.any(|line| anchor(line.trim_start_matches('#').trim_start()) == heading)
            });
            if !known.unwrap_or_else(|_| file.is_dir()) {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
