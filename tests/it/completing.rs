//! What a shell is told while somebody types.

use std::process::Command;

use crate::support::Karto;

/// The words that fit, as bash asks for them.
fn completed(karto: &Karto, words: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karto"));
    command.current_dir(karto.root()).env("COMPLETE", "bash").env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).args(["--", "karto"]).args(words);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn ids_are_those_of_the_cards_that_begin_so() {
    let karto = Karto::on_example();
    let expected = ["lead-ceramika-bolimow", "lead-cramele-husi"];
    let first = completed(&karto, &["show", "lead-c"]);
    assert_eq!(first, expected, "read from the files");
    karto.run(["due"]);
    for command in ["show", "log", "task", "set", "move", "snooze", "edit", "done"] {
        let words = completed(&karto, &[command, "lead-c"]);
        assert_eq!(words, first, "{command}, from what is kept of them");
    }
}
