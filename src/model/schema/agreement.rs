//! Whether the types of a workspace agree: one kind for a field name, references to types that there are.

use super::field::{FieldDef, OddAnnotation};
use super::workspace::File;
use super::{Schemas, TypeDef, codes};
use crate::diagnostic::Diagnostic;
use crate::model::kind::Kind;

/// The finding about an `x-…` keyword that is not understood.
pub(super) fn odd_annotation(file: &File<'_>, odd: &OddAnnotation) -> Diagnostic {
    let OddAnnotation { field, keyword } = odd;
    file.at_field(codes::SCHEMA_ANNOTATION, format!("`{keyword}` of field `{field}` is not understood"), field)
}

/// The fields that have another kind in another type.
pub(super) fn conflicts(file: &File<'_>, definition: &TypeDef, schemas: &Schemas) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for other in schemas.types().filter(|other| other.name != definition.name) {
        let mut pairs: Vec<(String, &FieldDef, &FieldDef)> = Vec::new();
        pair_up(&definition.fields, &other.fields, "", &mut pairs);
        for (path, ours, theirs) in pairs {
            let message = format!(
                "`{path}` is {} here and {} for type `{}`; a field name has one kind in all types",
                kind_words(&ours.kind),
                kind_words(&theirs.kind),
                other.name
            );
            // One finding a field is enough, however many types have it.
            if !found.iter().any(|known: &Diagnostic| known.message.starts_with(&format!("`{path}` "))) {
                found.push(file.at_field(codes::SCHEMA_CONFLICT, message, &path).help("give the field another name"));
            }
        }
    }
    found
}

/// The fields of one path whose kinds disagree.
fn pair_up<'a>(
    ours: &'a [FieldDef],
    theirs: &'a [FieldDef],
    above: &str,
    pairs: &mut Vec<(String, &'a FieldDef, &'a FieldDef)>,
) {
    for field in ours {
        let Some(other) = theirs.iter().find(|other| other.name == field.name) else { continue };
        let path = if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) };
        if field.kind.agrees_with(&other.kind) {
            pair_up(&field.fields, &other.fields, &path, pairs);
        } else {
            pairs.push((path, field, other));
        }
    }
}

fn kind_words(kind: &Kind) -> String {
    match kind {
        Kind::List(element) => format!("a list of {}", element.name()),
        other => other.name().to_owned(),
    }
}

/// References to types that there are not.
pub(super) fn strange_targets(file: &File<'_>, definition: &TypeDef, schemas: &Schemas) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for field in &definition.fields {
        for target in field.targets() {
            if schemas.get(&target.record_type).is_none() {
                let message =
                    format!("field `{}` refers to type `{}`, which there is not", field.name, target.record_type);
                found.push(file.at_field(codes::SCHEMA_ANNOTATION, message, &field.name));
            }
        }
    }
    found
}
