//! Transcripts: commands with what they say, in one text that reads as documentation.
//!
//! ```text
//! # A line of prose.
//! @ width 100
//!
//! $ karto due owner:anna
//! what it writes to standard output
//! ! what it writes to standard error
//! [exit 2]
//! ```
//!
//! Prose begins with `#`, what is prepared with `@`, a command with `$ karto`; all that follows a command up to an
//! empty line and the next of these is what it says. `[exit …]` stands where the status is not 0. An answer's own line
//! that begins like one of ours has a `\` before it. A line `…` in an answer leaves out what stands there: as many lines
//! as are written before and after it are held.
//!
//! What can be prepared, from its line on to the end of the file:
//!
//! - `@ width 100`: a terminal so wide; `@ pipe`: none, which is how a file begins
//! - `@ env NAME=value`: a variable of the environment
//! - `@ folder clients`: the folder of the call, as seen from the workspace
//! - `@ write PATH`, and the text in the lines below, each after `> `
//! - `@ replace PATH: OLD => NEW`: a text in a file; `@ remove PATH`: a file
//! - `@ typing`: somebody at a terminal, who answers questions with the lines below, each after `> `
//! - `@ stdin`: standard input from a pipe, with the lines below
//! - `@ git NAME EMAIL`: who the folder's git says that the user is
//! - `@ fresh`: the example as it was, to a pipe, with the usual environment
//! - `@ nothing`: an empty folder in place of the example

use super::{Answer, Karto};

/// A part of a transcript.
#[derive(Debug, PartialEq)]
enum Part<'a> {
    /// Lines that stay as they are: prose and empty lines.
    Prose(&'a str),
    /// What is prepared, with the lines that belong to it.
    Prepare(&'a str, Vec<&'a str>),
    /// A command line, without the `$ `, and what it said when it was written down.
    Command(&'a str, Vec<&'a str>),
}

/// How an answer is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// With `! ` before lines of standard error, and the exit status.
    Marked,
    /// As it looks on a terminal.
    Plain,
}

/// The transcript with what the commands say now.
pub(crate) fn replay(text: &str, look: Look) -> String {
    let mut karto = Karto::on_example();
    let mut said = String::new();
    for part in parts(text) {
        match part {
            Part::Prose(line) => said.push_str(line),
            Part::Prepare(line, content) => {
                karto = prepare(karto, line, &content);
                said.push_str(&format!("@ {line}"));
                content.iter().for_each(|line| said.push_str(format!("\n> {line}").trim_end()));
            }
            Part::Command(line, before) => {
                let arguments = words(line.strip_prefix("karto").expect("a transcript runs karto"));
                said.push_str(&format!("$ {line}\n"));
                said.push_str(&shortened(&shown(&karto.run(arguments), look), &before));
            }
        }
        said.push('\n');
    }
    format!("{}\n", said.trim_end())
}

/// What a command says, left out where it was left out before.
fn shortened(text: &str, before: &[&str]) -> String {
    let Some(head) = before.iter().position(|line| *line == "…") else { return text.to_owned() };
    let tail = before.iter().skip(head + 1).rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    if lines.len() <= head + tail {
        return text.to_owned();
    }
    let kept = lines[..head].iter().copied().chain(["…"]).chain(lines[lines.len() - tail..].iter().copied());
    kept.map(|line| format!("{line}\n")).collect()
}

fn shown(answer: &Answer, look: Look) -> String {
    if look == Look::Plain {
        // CSV ends its lines as its standard wants it; a page has its own.
        return format!("{}{}", answer.out, answer.err).replace("\r\n", "\n");
    }
    let mut text = String::new();
    for line in answer.out.lines() {
        let bare = line.trim_start_matches('\\');
        let is_ours = ["# ", "@ ", "$ ", "! ", "…"].iter().any(|mark| bare.starts_with(mark)) || bare == "#";
        text.push_str(&format!("{}{line}\n", if is_ours { "\\" } else { "" }));
    }
    for line in answer.err.lines() {
        text.push_str(format!("! {line}").trim_end());
        text.push('\n');
    }
    if answer.status != 0 {
        text.push_str(&format!("[exit {}]\n", answer.status));
    }
    text
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            parts.push(Part::Command(command, Vec::new()));
        } else if let Some(line) = line.strip_prefix("@ ") {
            parts.push(Part::Prepare(line, Vec::new()));
        } else if let (Some(Part::Prepare(_, content)), Some(more)) = (parts.last_mut(), line.strip_prefix('>')) {
            content.push(more.strip_prefix(' ').unwrap_or(more));
        } else if let (Some(Part::Command(_, said)), false) = (parts.last_mut(), line.starts_with("# ") || line == "#")
        {
            said.push(line);
        } else {
            parts.push(Part::Prose(line));
        }
    }
    parts
}

/// One line of preparation, as in `@ width 100`.
pub(crate) fn prepare(karto: Karto, line: &str, content: &[&str]) -> Karto {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "fresh" => Karto::on_example(),
        "nothing" => Karto::on_nothing(),
        "width" => karto.width(rest.parse().unwrap()),
        "pipe" => karto.piped(),
        "folder" => karto.in_folder(rest),
        "remove" => karto.without_file(rest),
        "typing" => karto.typing(&format!("{}\n", content.join("\n"))),
        "git" => {
            let (name, email) = rest.rsplit_once(' ').expect("NAME EMAIL");
            karto.git_user(name, email)
        }
        "stdin" => karto.reading(&format!("{}\n", content.join("\n"))),
        "write" => karto.with_file(rest, &format!("{}\n", content.join("\n"))),
        "env" => {
            let (name, value) = rest.split_once('=').expect("NAME=value");
            karto.env(name, value)
        }
        "replace" => {
            let (path, texts) = rest.split_once(": ").expect("PATH: OLD => NEW");
            let (old, new) = texts.split_once(" => ").expect("PATH: OLD => NEW");
            karto.with_replaced(path, old, new)
        }
        _ => panic!("`@ {line}` prepares nothing"),
    }
}

/// The words of a command line, as a shell cuts them: quotes keep spaces, a backslash keeps the next sign.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn a_command_line_is_cut_as_a_shell_does() {
    assert_eq!(words(r#" list 'a b' name:"x y" \( "" "\"""#), ["list", "a b", "name:x y", "(", "", "\""]);
}

#[test]
fn a_transcript_keeps_its_prose_and_forgets_what_was_said() {
    let text = "# Prose.\n@ write a.md\n> ---\n>\n\n$ karto due\nsaid\n\nsaid too\n! and this\n# More.\n";
    let expected = [
        Part::Prose("# Prose."),
        Part::Prepare("write a.md", vec!["---", ""]),
        Part::Prose(""),
        Part::Command("karto due", vec!["said", "", "said too", "! and this"]),
        Part::Prose("# More."),
    ];
    assert_eq!(parts(text), expected);
}

#[test]
fn a_long_answer_is_left_out_where_it_was() {
    assert_eq!(shortened("1\n2\n3\n4\n5\n", &["a", "…", "b", "c", ""]), "1\n…\n4\n5\n");
    assert_eq!(shortened("1\n2\n", &["a", "…", "b"]), "1\n2\n");
}
