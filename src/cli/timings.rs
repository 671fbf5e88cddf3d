//! How long the parts of a command took, for `--timings`.

use std::io::{self, Write};
use std::time::{Duration, Instant};

/// A stopwatch with laps.
pub(super) struct Timings {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Timings {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    /// Ends a part.
    pub(super) fn lap(&mut self, part: &'static str) {
        let now = Instant::now();
        self.laps.push((part, now - self.last));
        self.last = now;
    }

    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for (part, time) in &self.laps {
            writeln!(out, "{part:>12} {:>9.2} ms", time.as_secs_f64() * 1e3)?;
        }
        let total: Duration = self.laps.iter().map(|(_, time)| *time).sum();
        writeln!(out, "{:>12} {:>9.2} ms", "total", total.as_secs_f64() * 1e3)
    }
}
