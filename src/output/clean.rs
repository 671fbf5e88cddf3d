use std::borrow::Cow;
use std::fmt::Write as _;

/// The text on one line, safe for a terminal: line ends and tabs become spaces, and whatever could steer a terminal or
/// hide is made visible: `␛` for an escape, `\u{202e}` for a character that turns the direction of text.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(must_go) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(' '),
            _ => push_visible(&mut out, c),
        }
    }
    Cow::Owned(out)
}

/// The same for a text of several lines: line ends stay, as `\n`.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c != '\n' && must_go(c)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> =
        text.split('\n').map(|line| clean(line.strip_suffix('\r').unwrap_or(line))).collect();
    Cow::Owned(lines.join("\n"))
}

/// Adds a character as it may be shown: itself, or what stands for it. Line ends and tabs have stand-ins here too.
pub(super) fn push_visible(out: &mut String, c: char) {
    match c {
        '\u{0}'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7f}' => out.push('␡'),
        _ if must_go(c) => {
            // Writing to a string can't fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// True for characters that a terminal obeys, that reorder text, or that can't be seen though they change what is read.
///
/// Joiners (U+200C, U+200D) stay: scripts and emoji need them. Tag characters and marks of direction do not.
pub(super) fn must_go(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A word as a shell takes it: quoted where it must be, and no option.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ':' | '=');
    let here = if word.starts_with('-') { "./" } else { "" };
    match !word.is_empty() && word.chars().all(is_plain) {
        true => format!("{here}{word}"),
        false => format!("'{here}{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_a_word_as_one() {
        let words = ["leads/łódź-tools.md", "it's", "-h.md", "", "a b"];
        let expected = ["leads/łódź-tools.md", r"'it'\''s'", "./-h.md", "''", "'a b'"];
        assert_eq!(words.map(shell_word), expected);
    }

    #[test]
    fn what_steers_a_terminal_is_shown_instead_of_obeyed() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}]0;title\u{7}"), "␛[31mred␛]0;title␇");
        assert_eq!(clean("a\u{9b}2Jb\u{7f}"), "a\\u{9b}2Jb␡");
        assert_eq!(clean("inv\u{202e}gnp.exe\u{2069}"), "inv\\u{202e}gnp.exe\\u{2069}");
        assert_eq!(clean("pay\u{200b}pal"), "pay\\u{200b}pal");
    }

    #[test]
    fn a_cell_is_one_line_and_a_text_keeps_its_lines() {
        assert_eq!(clean("one\r\ntwo\tthree\rfour"), "one two three␍four");
        assert_eq!(clean_lines("one\r\ntwo\tthree\u{1b}\n"), "one\ntwo three␛\n");
    }

    #[test]
    fn plain_text_of_any_language_is_not_touched() {
        for text in ["Łódź", "Kovács Ő", "株式会社", "👨\u{200d}👩\u{200d}👧", "e\u{301}", "می\u{200c}خواهم"]
        {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
