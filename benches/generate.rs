//! Writes a generated workspace into a folder: `cargo run --release --example generate -- DIR [CARDS] [SEED]`.

#![allow(clippy::print_stderr, reason = "a program for developers")]

use std::path::Path;
use std::process::ExitCode;

mod workspace;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| arguments.get(at).map_or(Ok(default), |text| text.parse::<u64>());
    let (Some(folder), Ok(count), Ok(seed)) = (arguments.first(), number(1, 1000), number(2, 1)) else {
        eprintln!("usage: generate DIR [CARDS] [SEED]");
        return ExitCode::from(2);
    };
    match workspace::write(Path::new(folder), usize::try_from(count).unwrap_or(usize::MAX), seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("can't write {folder}: {error}");
            ExitCode::from(2)
        }
    }
}
