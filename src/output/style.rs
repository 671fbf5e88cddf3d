/// How a piece of text is set off from the rest; without colours all look alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    #[default]
    Plain,
    /// A heading or a sum.
    Strong,
    /// Less important: lines, labels, what is parked.
    Muted,
    /// Too late, lost, or an error.
    Alarm,
    /// Now, or a warning.
    Urgent,
    /// Won, well done, or added.
    Good,
}

impl Style {
    /// The parameters of the terminal's "select graphic rendition" sequence.
    ///
    /// Only the sixteen colours that every terminal lets its user choose, so that both light and dark themes do.
    fn parameters(self) -> Option<&'static str> {
        match self {
            Style::Plain => None,
            Style::Strong => Some("1"),
            Style::Muted => Some("2"),
            Style::Alarm => Some("31"),
            Style::Urgent => Some("33"),
            Style::Good => Some("32"),
        }
    }
}

/// The text in a style, where colours may be used. The text itself must be clean already.
pub fn paint(text: &str, style: Style, color: bool) -> String {
    match style.parameters() {
        Some(parameters) if color && !text.is_empty() => format!("\u{1b}[{parameters}m{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_used_only_where_they_may_be() {
        assert_eq!(paint("late", Style::Alarm, true), "\u{1b}[31mlate\u{1b}[0m");
        assert_eq!(paint("late", Style::Alarm, false), "late");
        assert_eq!(paint("as ever", Style::Plain, true), "as ever");
    }
}
