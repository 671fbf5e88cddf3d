//! The `karto` program: everything is in the library's `cli`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Cards are many small texts, taken on all cores: with the system's allocator an answer takes a third longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(karto::cli::main())
}
