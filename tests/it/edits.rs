//! Edits from outside: what they look like, and the laws over all shapes.

use crate::documents::{REGULAR, card};
use crate::laws::edit as laws;
use karto::text::Document;
use karto::text::yaml::{FieldPath, Place, Value};

#[test]
fn every_edit_of_every_shape_is_exact_or_refused() {
    let mut tally = laws::Tally::default();
    for yaml in REGULAR {
        laws::everything(card(yaml).as_bytes(), &laws::values(), &mut tally);
    }
    laws::everything(b"", &laws::values(), &mut tally);
    laws::everything(b"Just a note\r\n", &laws::values(), &mut tally);
    laws::everything("\u{feff}---\r\na: 1\r\n---".as_bytes(), &laws::values(), &mut tally);
    for refused in tally.unsafe_ones.iter().take(25) {
        println!("{refused}\n");
    }
    assert!(tally.unsafe_ones.len() * 200 < tally.done, "{} of {} refused", tally.unsafe_ones.len(), tally.done);
}
