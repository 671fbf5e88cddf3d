//! Links in the text of cards.

use std::collections::HashSet;

use super::{Check, codes};
use crate::diagnostic::Diagnostic;
use crate::text::{did_you_mean, nearest};

/// For so many links the nearest ids are looked for: it takes a walk over all of them each time.
const SUGGESTIONS: usize = 20;

/// Every link that means a card or a note leads to one. Links in front matter keys that no schema declares count as
/// such, too.
pub(super) fn dangling(check: &Check<'_>, found: &mut Vec<Diagnostic>) {
    let catalog = check.ctx.catalog;
    let notes = catalog.notes().iter().map(|note| note.id.to_lowercase());
    let unreadable = catalog.unreadable().iter().map(|path| path.stem().to_lowercase());
    let files: HashSet<String> = notes.chain(unreadable).collect();
    let leads_nowhere =
        |id: &str| !id.is_empty() && catalog.index_of(id).is_none() && !files.contains(&id.to_lowercase());
    let mut suggestions = SUGGESTIONS;
    for record in check.records() {
        let type_def = check.type_of(record);
        let own_keys = crate::catalog::field_references(record).into_iter().filter(|(name, ..)| {
            let declared = type_def.is_some_and(|type_def| type_def.field(name).is_some());
            !declared
        });
        let own_keys = own_keys.map(|(_, reference, span)| (reference.id.as_str(), span));
        let links = record.content.links.iter().filter(|link| link.to_card);
        let links = links.map(|link| (link.target.id.as_str(), link.span));
        for (id, span) in own_keys.chain(links).filter(|(id, _)| leads_nowhere(id)) {
            let message = format!("the link leads nowhere: no card or note is called `{id}`");
            let mut finding = Diagnostic::new(codes::LINK_DANGLING, message).at(span).in_file(&record.path);
            if suggestions > 0 {
                suggestions -= 1;
                let near = nearest(id, catalog.records().map(|record| record.id.as_str()), 2);
                if let Some(help) = did_you_mean(&near) {
                    finding = finding.help(help);
                }
            }
            found.push(finding);
        }
    }
}
