//! Keys that hide derived fields.

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::query::OWN_RULES;
use crate::query::derived::Derived;

/// A stored value wins over the derived one, so it had better be meant. Probability and the dates of stages follow
/// rules of their own.
pub(super) fn shadows(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    for record in check.records() {
        for field in record.fields.iter().filter(|field| !OWN_RULES.contains(&field.name.as_str())) {
            let hides = Derived::find(&field.name).filter(|derived| derived.is_of(&record.record_type));
            let Some(derived) = hides else { continue };
            let message = format!("`{}` hides the field that Karto computes", field.name);
            let finding = Diagnostic::new(codes::KEY_SHADOWS_DERIVED, message).at(field.key_span);
            let help = format!("take the line away, or give the key another name; computed: {}", derived.meaning);
            found.push(finding.help(help).in_file(&record.path));
        }
    }
}
