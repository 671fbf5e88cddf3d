//! Full text without an index: every file is read and matched, on all cores.
//!
//! It is what the index must agree with, and what answers where there is none.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use super::passage::{Part, passages};
use super::{FileNumber, Found};
use crate::query::TextTerm;
use crate::text::{Document, SourcePath, Word, words};
use crate::workspace::read_limited;

/// How soon more of the same word in a part adds nothing, and how much a long text discounts: BM25's usual figures.
const SATURATION: f32 = 1.2;
const LENGTH_DISCOUNT: f32 = 0.75;
/// How many words a text is taken to have on average.
const USUAL_LENGTH: f32 = 200.0;

/// The files among `numbers` that hold each term, with scores that need no figures about the other files; the caller
/// weighs them by how rare the term is.
pub(super) fn find(root: &Path, files: &[SourcePath], numbers: &[FileNumber], terms: &[TextTerm]) -> Vec<Found> {
    let scored: Vec<(FileNumber, Vec<Option<f32>>)> = numbers
        .par_iter()
        .filter_map(|number| Some((*number, files.get(*number as usize)?)))
        .map(|(number, path)| (number, scores(root, path, terms)))
        .collect();
    let mut found = vec![HashMap::new(); terms.len()];
    for (number, scores) in scored {
        for (found, score) in found.iter_mut().zip(scores) {
            if let Some(score) = score {
                found.insert(number, score);
            }
        }
    }
    for found in &mut found {
        let rarity = rarity(found.len(), files.len());
        found.values_mut().for_each(|score| *score *= rarity);
    }
    found
}

/// The document as far as it can be read; a file that can't be has nothing but its id.
pub(super) fn read(root: &Path, path: &SourcePath) -> Document {
    Document::parse(read_limited(&path.under(root)).unwrap_or_default())
}

fn scores(root: &Path, path: &SourcePath, terms: &[TextTerm]) -> Vec<Option<f32>> {
    let document = read(root, path);
    let passages = passages(path, &document);
    let read: Vec<(Part, Vec<Word<'_>>)> =
        passages.iter().map(|passage| (passage.part, words(&passage.text).collect())).collect();
    let score = |term: &TextTerm| {
        let mut score = None;
        for part in Part::ALL {
            let own = || read.iter().filter(|(of, _)| *of == part).map(|(_, words)| words);
            let count: usize = own().map(|words| term.places(words).len()).sum();
            if count > 0 {
                let length = own().map(Vec::len).sum::<usize>() as f32 / USUAL_LENGTH;
                let discount = SATURATION * (1.0 - LENGTH_DISCOUNT + LENGTH_DISCOUNT * length);
                let count = count as f32;
                *score.get_or_insert(0.0) += part.weight() * count * (SATURATION + 1.0) / (count + discount);
            }
        }
        score
    };
    terms.iter().map(score).collect()
}

/// How much it tells that a file holds a term that `holders` of all files hold.
fn rarity(holders: usize, all: usize) -> f32 {
    let (holders, all) = (holders as f32, all.max(holders) as f32);
    (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
}
