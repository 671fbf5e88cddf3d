/// The text with `%C5%81` read as the bytes that it stands for, where these are text.
pub(crate) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let digit =
            |at: usize| tail.get(at).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                rest = tail.get(2..).unwrap_or(&[]);
            }
            _ => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_stand_for_bytes_where_these_are_text() {
        for (written, meant) in [("%C5%81%C3%B3d%C5%BA", "Łódź"), ("/$defs/a%24b", "/$defs/a$b"), ("100%", "100%")] {
            assert_eq!(percent_decoded(written), meant);
        }
        assert_eq!(percent_decoded("%C5"), "%C5");
    }
}
