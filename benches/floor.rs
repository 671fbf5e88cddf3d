//! The floor that no answer from files can go below: `cargo run --release --example floor -- names|stat|read DIR`.
//!
//! It lists the Markdown files below a folder, asks the system of each whether it has changed, or reads every byte, on all
//! cores and as bare as the standard library lets it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rayon::prelude::*;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder] = arguments.as_slice() else {
        eprintln!("usage: floor names|stat|read DIR");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    list(Path::new(folder), &mut files);
    let sum: u64 = match what.as_str() {
        "names" => 0,
        "stat" => files.par_iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum(),
        _ => files.par_iter().filter_map(|file| Some(fs::read(file).ok()?.len() as u64)).sum(),
    };
    println!("{} files, {sum} bytes", files.len());
    ExitCode::SUCCESS
}

/// Dot folders are left out.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !entry.file_name().as_encoded_bytes().starts_with(b".") => list(&path, files),
            Ok(kind) if kind.is_file() && path.extension() == Some(OsStr::new("md")) => files.push(path),
            _ => {}
        }
    }
}
