//! The text of scalars that is not simply a piece of the source: quoted ones with escapes, block scalars, and whatever
//! runs over several lines. Folding and chomping are libyaml's, for serde_yaml stands on it.

/// A quoted scalar that was read to its closing quote.
pub(super) struct Quoted {
    /// Just past the closing quote.
    pub(super) end: usize,
    /// The decoded text.
    pub(super) text: String,
}

/// Why a quoted scalar can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteError {
    /// There is no closing quote.
    Unclosed,
    /// The escape at this byte does not exist, or a line in the quotes begins with `---` or `...`.
    Bad(usize),
}

/// A line break at `at`: how many bytes it has, 0 if there is none.
pub(super) fn break_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => 2,
        _ => 0,
    }
}

fn is_blank(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b' ' | b'\t'))
}

/// Reads the quoted scalar whose opening quote is at `start`.
pub(super) fn quoted(bytes: &[u8], start: usize) -> Result<Quoted, QuoteError> {
    let quote = bytes.get(start).copied().ok_or(QuoteError::Unclosed)?;
    let mut text = Vec::new();
    let mut at = start + 1;
    loop {
        // A run without blanks.
        let mut joined = false;
        loop {
            let byte = *bytes.get(at).ok_or(QuoteError::Unclosed)?;
            match byte {
                b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => {
                    text.push(b'\'');
                    at += 2;
                }
                _ if byte == quote => {
                    let text = String::from_utf8(text).unwrap_or_default();
                    return Ok(Quoted { end: at + 1, text });
                }
                b'\\' if quote == b'"' => match break_len(bytes, at + 1) {
                    0 => at = escape(bytes, at, &mut text)?,
                    len => {
                        at += 1 + len;
                        joined = true;
                        break;
                    }
                },
                b' ' | b'\t' => break,
                _ if break_len(bytes, at) > 0 => break,
                _ => {
                    text.push(byte);
                    at += 1;
                }
            }
        }
        // The blanks after it: kept on a line, folded over lines.
        let blanks = at;
        let mut breaks = usize::from(joined);
        loop {
            if is_blank(bytes.get(at)) {
                at += 1;
                continue;
            }
            match break_len(bytes, at) {
                0 => break,
                len => {
                    at += len;
                    breaks += 1;
                }
            }
        }
        if breaks == 0 {
            text.extend_from_slice(bytes.get(blanks..at).unwrap_or_default());
        } else {
            if joined || breaks > 1 {
                text.extend(std::iter::repeat_n(b'\n', breaks - 1));
            } else {
                text.push(b' ');
            }
            if is_marker(bytes, at) {
                return Err(QuoteError::Bad(at));
            }
        }
    }
}

/// True if `---` or `...` stands at `at`, at the beginning of a line.
pub(super) fn is_marker(bytes: &[u8], at: usize) -> bool {
    let begins = at == 0 || bytes.get(at - 1) == Some(&b'\n');
    let ends = matches!(bytes.get(at + 3), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    begins && ends && matches!(bytes.get(at..at + 3), Some(b"---" | b"..."))
}

/// Decodes the escape whose backslash is at `at`; gives the byte after it.
fn escape(bytes: &[u8], at: usize, text: &mut Vec<u8>) -> Result<usize, QuoteError> {
    let bad = QuoteError::Bad(at);
    let digits = match bytes.get(at + 1).ok_or(QuoteError::Unclosed)? {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        simple => {
            let one: &[u8] = match simple {
                b'0' => b"\0",
                b'a' => b"\x07",
                b'b' => b"\x08",
                b't' | b'\t' => b"\t",
                b'n' => b"\n",
                b'v' => b"\x0b",
                b'f' => b"\x0c",
                b'r' => b"\r",
                b'e' => b"\x1b",
                b' ' => b" ",
                b'"' => b"\"",
                b'/' => b"/",
                b'\\' => b"\\",
                b'N' => "\u{85}".as_bytes(),
                b'_' => "\u{a0}".as_bytes(),
                b'L' => "\u{2028}".as_bytes(),
                b'P' => "\u{2029}".as_bytes(),
                _ => return Err(bad),
            };
            text.extend_from_slice(one);
            return Ok(at + 2);
        }
    };
    let end = at + 2 + digits;
    let hex = bytes.get(at + 2..end).ok_or(bad)?;
    let mut code = 0_u32;
    for digit in hex {
        let digit = char::from(*digit).to_digit(16).ok_or(bad)?;
        code = code.checked_mul(16).ok_or(bad)? + digit;
    }
    let decoded = char::from_u32(code).ok_or(bad)?;
    text.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(end)
}

/// The text of a plain scalar that runs over several lines.
pub(super) fn fold_plain(written: &str) -> String {
    let blank = [' ', '\t', '\r'];
    let mut out = String::with_capacity(written.len());
    let mut breaks = 0;
    for (number, line) in written.split('\n').enumerate() {
        let line = line.trim_end_matches(blank);
        let line = if number == 0 { line } else { line.trim_start_matches([' ', '\t']) };
        breaks += usize::from(number > 0);
        if line.is_empty() {
            continue;
        }
        match breaks {
            0 => {}
            1 => out.push(' '),
            more => out.extend(std::iter::repeat_n('\n', more - 1)),
        }
        out.push_str(line);
        breaks = 0;
    }
    out
}

/// The header of a block scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) folded: bool,
    pub(super) chomp: Chomp,
    /// The indentation that is said outright, counted from the enclosing block.
    pub(super) increment: Option<usize>,
    /// Just past the signs.
    pub(super) end: usize,
}

/// What becomes of the line breaks at the end of a block scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomp {
    Clip,
    Strip,
    Keep,
}

/// Reads the signs of the block scalar at `start`, which must be `|` or `>`; `None` if its indentation is said to be 0.
pub(super) fn header(bytes: &[u8], start: usize) -> Option<Header> {
    let folded = bytes.get(start) == Some(&b'>');
    let mut header = Header { folded, chomp: Chomp::Clip, increment: None, end: start + 1 };
    for _ in 0..2 {
        match bytes.get(header.end) {
            Some(b'+') if header.chomp == Chomp::Clip => header.chomp = Chomp::Keep,
            Some(b'-') if header.chomp == Chomp::Clip => header.chomp = Chomp::Strip,
            Some(b'0') if header.increment.is_none() => return None,
            Some(digit @ b'1'..=b'9') if header.increment.is_none() => {
                header.increment = Some(usize::from(digit - b'0'));
            }
            _ => break,
        }
        header.end += 1;
    }
    Some(header)
}

/// The lines of a block scalar.
pub(super) struct BlockLines {
    /// The column of its text.
    pub(super) indent: usize,
    /// The end of the value: of its last line that is not blank, or of all its lines where they are kept.
    pub(super) end: usize,
    /// The start of the line after it.
    pub(super) next: usize,
}

/// Finds the lines of a block scalar that begin at `from`, the start of a line, in a block at column `parent` (-1 at
/// the root). `Err` is the place of a tab where a space was expected.
pub(super) fn block_lines(bytes: &[u8], from: usize, parent: isize, header: Header) -> Result<BlockLines, usize> {
    let enclosing = usize::try_from(parent).unwrap_or(0);
    let floor = usize::try_from(parent + 1).unwrap_or(0).max(1);
    let mut indent = header.increment.map_or(0, |increment| enclosing + increment);
    let mut at = from;
    let mut widest = 0;
    let (mut end, mut next) = (from, from);
    let mut content = false;
    while at < bytes.len() {
        let mut first = at;
        while bytes.get(first) == Some(&b' ') && (indent == 0 || first - at < indent) {
            first += 1;
        }
        let column = first - at;
        let len = break_len(bytes, first);
        if len > 0 || first == bytes.len() {
            // Blank: it belongs to the scalar only if something follows or line breaks are kept.
            widest = widest.max(column);
            at = first + len;
            next = at;
            if header.chomp == Chomp::Keep {
                end = at;
            }
            continue;
        }
        if bytes.get(first) == Some(&b'\t') && (indent == 0 || column < indent) {
            return Err(first);
        }
        if indent == 0 {
            indent = widest.max(column).max(floor);
        }
        if column < indent {
            break;
        }
        content = true;
        let line = bytes.get(first..).unwrap_or_default();
        let line_break = line.iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| first + n);
        let crlf = line_break < bytes.len() && line_break > first && bytes.get(line_break - 1) == Some(&b'\r');
        end = line_break - usize::from(crlf);
        at = (line_break + 1).min(bytes.len());
        next = at;
        if header.chomp == Chomp::Keep {
            end = at;
        }
    }
    if indent == 0 {
        indent = widest.max(floor);
    }
    if !content && header.chomp != Chomp::Keep {
        // Nothing but blank lines, which then stand after the value.
        end = from;
        next = next.max(from);
    }
    Ok(BlockLines { indent, end, next })
}

/// The text of the block scalar whose sign is at `start` and whose lines stand at column `indent`.
pub(super) fn block(text: &str, start: usize, indent: usize) -> String {
    let bytes = text.as_bytes();
    let Some(header) = header(bytes, start) else { return String::new() };
    let mut at = bytes
        .get(start..)
        .and_then(|rest| rest.iter().position(|b| *b == b'\n'))
        .map_or(bytes.len(), |n| start + n + 1);
    let mut out = String::new();
    let mut leading = false;
    let mut leading_blank = false;
    let mut trailing = 0;
    loop {
        // Blank lines.
        let mut first = at;
        loop {
            while bytes.get(first) == Some(&b' ') && first - at < indent {
                first += 1;
            }
            match break_len(bytes, first) {
                0 => break,
                len => {
                    trailing += 1;
                    at = first + len;
                    first = at;
                }
            }
        }
        if first - at != indent || first >= bytes.len() {
            break;
        }
        let blank = is_blank(bytes.get(first));
        if header.folded && leading && !leading_blank && !blank {
            if trailing == 0 {
                out.push(' ');
            }
        } else if leading {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n('\n', trailing));
        trailing = 0;
        leading_blank = blank;
        let line_break = bytes.get(first..).and_then(|rest| rest.iter().position(|b| *b == b'\n')).map(|n| first + n);
        let line = text.get(first..line_break.unwrap_or(bytes.len())).unwrap_or("");
        leading = line_break.is_some();
        out.push_str(if leading { line.strip_suffix('\r').unwrap_or(line) } else { line });
        at = line_break.map_or(bytes.len(), |n| n + 1);
    }
    if header.chomp != Chomp::Strip && leading {
        out.push('\n');
    }
    if header.chomp == Chomp::Keep {
        out.extend(std::iter::repeat_n('\n', trailing));
    }
    out
}
