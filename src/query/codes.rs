//! What can be wrong with the queries that `karto.yaml` holds.

use crate::diagnostic::codes;

codes! {
    SEGMENT_INVALID = Error "segment-invalid", "A saved query can't be understood",
        "A segment in `karto.yaml` is a query like any other, and this one has a mistake: a field that does not exist, a \
         word that is no date, a parenthesis or quote that is not closed, or a `seg:` that leads back to itself. Every \
         command that asks for the segment fails until it is mended. `karto fields` lists the fields; docs/queries.md \
         tells the language.";
}
