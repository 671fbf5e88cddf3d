//! What git is to know of a workspace, added to what its files say already.

use std::io;

/// Git's files, with the lines that they need.
///
/// `.karto-*` is what a commit leaves for a moment: its journal and its temporaries. `.karto/` ignores itself.
pub(super) const NEEDED: [(&str, &[&str]); 2] =
    [(".gitattributes", &["*.md text merge=karto"]), (".gitignore", &[".karto-*"])];

/// The first of NEEDED: of two lines of it that speak of one file the later holds.
const ATTRIBUTES: &str = ".gitattributes";

/// A file with the lines that it lacks; the bytes that are there stay, and its line ends are used.
///
/// In `.gitattributes` ours go first, for the later line wins there, and what somebody said of their files is to hold.
///
/// # Errors
/// If it is no text that lines could be added to.
pub(super) fn with_lines(name: &str, before: Option<&[u8]>, lines: &[&str]) -> io::Result<Vec<u8>> {
    let Some(before) = before else {
        return Ok(lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect());
    };
    if before.contains(&0) {
        let message = "it is no text in UTF-8 (an editor of Windows may have saved it as UTF-16), so git can't read it";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let words = |line: &[u8]| -> Vec<u8> {
        line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b' ')
    };
    let bom: &[u8] = if before.starts_with(b"\xef\xbb\xbf") { b"\xef\xbb\xbf" } else { b"" };
    let content = before.get(bom.len()..).unwrap_or_default();
    let has = |wanted: &&&str| content.split(|byte| *byte == b'\n').any(|line| words(line) == wanted.as_bytes());
    let end: &str = match content.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && content.get(at - 1) == Some(&b'\r') => "\r\n",
        _ => "\n",
    };
    let missing: String = lines.iter().filter(|line| !has(line)).map(|line| format!("{line}{end}")).collect();
    if missing.is_empty() {
        return Ok(before.to_vec());
    }
    let parts: [&[u8]; 4] = if name == ATTRIBUTES {
        [bom, missing.as_bytes(), content, b""]
    } else {
        let is_whole = content.is_empty() || content.ends_with(b"\n");
        [bom, content, if is_whole { b"" } else { end.as_bytes() }, missing.as_bytes()]
    };
    Ok(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(name: &str, before: &str) -> String {
        let lines = NEEDED.iter().find(|(known, _)| *known == name).unwrap().1;
        String::from_utf8(with_lines(name, Some(before.as_bytes()), lines).unwrap()).unwrap()
    }

    #[test]
    fn what_is_ignored_is_added_at_the_end_with_the_files_own_line_ends() {
        assert_eq!(added(".gitignore", ""), ".karto-*\n");
        assert_eq!(added(".gitignore", "*~\n"), "*~\n.karto-*\n");
        assert_eq!(added(".gitignore", "*~"), "*~\n.karto-*\n");
        assert_eq!(added(".gitignore", "a\r\nb"), "a\r\nb\r\n.karto-*\r\n");
        for there in ["a\n.karto-*\nb", " .karto-* \r\n"] {
            assert_eq!(added(".gitignore", there), there, "it is there");
        }
    }

    #[test]
    fn attributes_go_before_what_somebody_said_of_their_files() {
        assert_eq!(added(".gitattributes", "*.md -text"), "*.md text merge=karto\n*.md -text");
        assert_eq!(
            added(".gitattributes", "\u{feff}*.png binary\r\n"),
            "\u{feff}*.md text merge=karto\r\n*.png binary\r\n"
        );
        assert_eq!(added(".gitattributes", "*.md  text\tmerge=karto"), "*.md  text\tmerge=karto");
    }

    #[test]
    fn what_is_no_text_is_not_touched() {
        assert!(with_lines(".gitignore", Some(b"\xff\xfea\0"), &["x"]).is_err());
        assert_eq!(with_lines(".gitignore", Some(b"\xffa"), &["x"]).unwrap(), b"\xffa\nx\n", "a name in Latin-2");
    }
}
