//! A bar for long work, on a terminal alone.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows how far something has come; nothing at all where standard error is no terminal.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    visible: bool,
}

impl Progress {
    /// A bar for `what`, such as `indexing`, which appears with the first step.
    pub(super) fn new(what: &'static str, visible: bool) -> Self {
        Self { bar: None, what, visible }
    }

    /// So many of so many are done.
    pub(super) fn step(&mut self, done: usize, total: usize) {
        if !self.visible {
            return;
        }
        let what = self.what;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar.set_message(what);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
