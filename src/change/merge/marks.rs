/// How a place that conflicts is marked, as git does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkStyle<'m> {
    /// How many signs a mark has; 7 unless git says otherwise.
    pub size: usize,
    /// What our side is called.
    pub ours: &'m str,
    /// What their side is called.
    pub theirs: &'m str,
    pub(super) newline: &'static str,
}

impl<'m> MarkStyle<'m> {
    /// MarkStyle of `size` signs, with the names of the sides.
    pub fn new(size: usize, ours: &'m str, theirs: &'m str) -> Self {
        Self { size, ours, theirs, newline: "\n" }
    }

    pub(super) fn ending_lines(self, newline: &'static str) -> Self {
        Self { newline, ..self }
    }

    pub(super) fn lf(self) -> Self {
        self.ending_lines("\n")
    }

    pub(super) fn named(self, ours: &'m str, theirs: &'m str) -> Self {
        Self { ours, theirs, ..self }
    }

    /// Both sides between marks, as they are; a line end is added only where the last line has none.
    pub(super) fn around(&self, ours: &str, theirs: &str) -> String {
        let size = self.size.max(longest_line_of_signs(ours).max(longest_line_of_signs(theirs)) + 1);
        let mark = |sign: char, name: &str| {
            let mark = sign.to_string().repeat(size);
            let blank = if name.is_empty() { "" } else { " " };
            format!("{mark}{blank}{name}{}", self.newline)
        };
        let ended = |text: &str| match text.is_empty() || text.ends_with('\n') {
            true => text.to_owned(),
            false => format!("{text}{}", self.newline),
        };
        [mark('<', self.ours), ended(ours), mark('=', ""), ended(theirs), mark('>', self.theirs)].concat()
    }

    /// Lines of a text whose lines end with LF, as ours end.
    pub(super) fn lines_of(&self, text: &str) -> String {
        text.replace('\n', self.newline)
    }
}

/// How many signs the longest line has that begins as a mark does, such as the line below a heading: real marks are longer.
fn longest_line_of_signs(text: &str) -> usize {
    let signs = |line: &str| {
        let sign = line.chars().next().filter(|sign| matches!(sign, '<' | '=' | '>' | '|'));
        sign.map_or(0, |sign| line.chars().take_while(|other| *other == sign).count())
    };
    text.lines().map(signs).max().unwrap_or(0)
}
