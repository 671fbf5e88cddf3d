/// How a place that conflicts is marked, as git does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks<'m> {
    /// How many signs a mark has; 7 unless git says otherwise.
    pub size: usize,
    /// What our side is called.
    pub ours: &'m str,
    /// What their side is called.
    pub theirs: &'m str,
    pub(super) newline: &'static str,
}

impl<'m> Marks<'m> {
    /// Marks of `size` signs, with the names of the sides.
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

    /// Both sides between marks; a text without lines is left out.
    pub(super) fn around(&self, ours: &str, theirs: &str) -> String {
        let mark = |sign: char, name: &str| {
            let mark = sign.to_string().repeat(self.size);
            if name.is_empty() { mark } else { format!("{mark} {name}") }
        };
        let mut lines = vec![mark('<', self.ours)];
        lines.extend(ours.trim_end_matches(['\n', '\r']).lines().map(str::to_owned));
        lines.push(mark('=', ""));
        lines.extend(theirs.trim_end_matches(['\n', '\r']).lines().map(str::to_owned));
        lines.push(mark('>', self.theirs));
        lines.iter().map(|line| format!("{line}{}", self.newline)).collect()
    }
}
