//! Pasted text, kept from reading as structure.

/// `pasted` as lines that stay text: a line that would read as a heading, a fence, a task, an underline, an HTML block
/// or a link definition gets a backslash before the sign that would make it one. Quotes, lists, emphasis and links
/// stay what they are.
///
/// Line ends become `\n`, control characters and blank lines at both ends are left out.
pub fn escaped(pasted: &str) -> String {
    let plain: String = pasted
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || *c == '\u{feff}'))
        .collect();
    let lines: Vec<String> = plain.lines().map(|line| escaped_line(line.trim_end())).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    let mut kept = lines.get(first..last).unwrap_or(&[]).join("\n");
    // Indentation of the first line would make code of it.
    kept.drain(..kept.len() - kept.trim_start().len());
    kept
}

/// The same for the text of a list item: its first line is a paragraph and nothing else.
pub(super) fn escaped_item(pasted: &str) -> String {
    let text = escaped(pasted);
    let first = text.lines().next().unwrap_or("");
    let ruler = ['*', '_'].iter().any(|sign| first.chars().all(|c| c == *sign || c.is_whitespace()));
    if !(ruler || container(first) > 0 || matches!(first, "*" | "+")) || first.is_empty() {
        return text;
    }
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    format!("{number}\\{rest}")
}

/// The same for text that has to stand on one line.
pub(super) fn one_line(pasted: &str) -> String {
    let words: Vec<&str> =
        pasted.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

fn escaped_line(line: &str) -> String {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or("");
        at += rest.len() - rest.trim_start().len();
        match container(line.get(at..).unwrap_or("")) {
            0 => break,
            len => at += len,
        }
    }
    let (head, tail) = line.split_at_checked(at).unwrap_or((line, ""));
    if reads_as_structure(tail) { format!("{head}\\{tail}") } else { line.to_owned() }
}

/// The length of a quote or list mark at the start of `text`, 0 if there is none. A list mark on its own is none: it
/// would underline the line before it.
fn container(text: &str) -> usize {
    if text.starts_with('>') {
        return 1;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let signs = if digits == 0 { ['-', '*', '+'].as_slice() } else { ['.', ')'].as_slice() };
    let mark = digits + 1;
    let after = text.get(digits..).filter(|rest| rest.starts_with(signs)).and_then(|rest| rest.get(1..));
    match after {
        Some(rest) if rest.starts_with([' ', '\t']) && !rest.trim().is_empty() && !draws_a_line(text) => mark,
        _ => 0,
    }
}

fn draws_a_line(text: &str) -> bool {
    ['-', '='].iter().any(|sign| text.contains(*sign) && text.chars().all(|c| c == *sign || c.is_whitespace()))
}

fn reads_as_structure(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    match first {
        '#' => {
            let rest = text.trim_start_matches('#');
            rest.is_empty() || rest.starts_with([' ', '\t'])
        }
        '`' => text.starts_with("```"),
        '~' => text.starts_with("~~~"),
        '-' | '=' => draws_a_line(text),
        '<' => {
            text.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)))
        }
        '[' => is_task_mark(text) || text.contains("]:"),
        _ => false,
    }
}

fn is_task_mark(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    let state = chars.next().is_some_and(|c| c.is_whitespace() || matches!(c, 'x' | 'X' | '-'));
    state && chars.next() == Some(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_structure_gets_a_backslash() {
        for (pasted, text) in [
            ("# Offer\n## 2026-01-01 call", "\\# Offer\n\\## 2026-01-01 call"),
            ("a\n---\nb\n===", "a\n\\---\nb\n\\==="),
            ("```sh\nx\n~~~", "\\```sh\nx\n\\~~~"),
            ("- [ ] a\n> 1. [x] b\n[-] c", "- \\[ ] a\n> 1. \\[x] b\n\\[-] c"),
            ("<!-- a\n<div>\n</b>", "\\<!-- a\n\\<div>\n\\</b>"),
            ("[x]: y", "\\[x]: y"),
            ("\r\n    indented\r\n\r\nrest \u{1b}[31m\n\n", "indented\n\nrest [31m"),
        ] {
            assert_eq!(escaped(pasted), text);
        }
    }

    #[test]
    fn a_list_item_begins_with_a_paragraph() {
        for (pasted, text) in
            [("> a", "\\> a"), ("- a", "\\- a"), ("12. a", "12\\. a"), ("***", "\\***"), ("a\n- b", "a\n- b")]
        {
            assert_eq!(escaped_item(pasted), text);
        }
    }

    #[test]
    fn what_is_text_stays() {
        for text in
            ["#tag and #2", "- a\n- b", "> quoted", "*a* [[b]] [c](d)", "5 < 6", "`code`", "1. one\n2. two", "***"]
        {
            assert_eq!(escaped(text), text);
        }
    }
}
