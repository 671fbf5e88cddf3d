use std::fmt;

/// A length of time as people jot it down: `45m`, `2h`, `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(pub u32);

impl Minutes {
    /// Reads `45m`, `2h` or `1h30m` (after hours, minutes stay below sixty); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, rest) = match text.split_once('h') {
            Some((hours, rest)) => (Some(whole(hours)?), rest),
            None => (None, text),
        };
        let minutes = match (rest, hours) {
            ("", Some(_)) => 0,
            _ => whole(rest.strip_suffix('m')?).filter(|m| hours.is_none() || *m < 60)?,
        };
        hours.unwrap_or(0).checked_mul(60)?.checked_add(minutes).map(Self)
    }
}

fn whole(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 60, self.0 % 60) {
            (0, minutes) => write!(f, "{minutes}m"),
            (hours, 0) => write!(f, "{hours}h"),
            (hours, minutes) => write!(f, "{hours}h{minutes}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let read = |text| Minutes::parse(text).map(|m| m.0);
        assert_eq!([read("45m"), read("2h"), read("1h30m"), read("90m")], [Some(45), Some(120), Some(90), Some(90)]);
        for not in ["", "m", "h", "45", "1h90m", "1h30", "30m1h", "-5m", "+5m", "1.5h", "99999999999m", "71582789h"] {
            assert_eq!(read(not), None, "{not}");
        }
        assert_eq!([Minutes(45), Minutes(120), Minutes(95)].map(|m| m.to_string()), ["45m", "2h", "1h35m"]);
    }
}
