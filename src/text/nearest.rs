use super::fold;

/// The candidates that look most like `word`, best first, `most` at the most: for "did you mean".
///
/// Letters are compared folded; a candidate that is more than a third away, or does not begin with the word, is left
/// out.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<String> {
    let word = fold(word);
    let length = word.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    let mut ranked: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let folded = fold(candidate);
            let begins = word.len() >= 3 && folded.starts_with(&*word);
            // The lengths alone tell most candidates apart, which matters where there are many.
            let may_be_near = folded.chars().count().abs_diff(length) <= allowed;
            if !begins && !may_be_near {
                return None;
            }
            let distance = strsim::osa_distance(&word, &folded);
            (begins || distance <= allowed).then_some((if begins { 0 } else { distance }, candidate))
        })
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(most).map(|(_, candidate)| candidate.to_owned()).collect()
}

/// `did you mean client or case?`, of the names that came [nearest]; `None` of none.
pub fn did_you_mean(near: &[String]) -> Option<String> {
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_near() {
        let types = ["client", "lead", "opportunity", "offer"];
        assert_eq!(nearest("cleint", types, 3), ["client"]);
        assert_eq!(nearest("opp", types, 3), ["opportunity"]);
        assert!(nearest("book", types, 3).is_empty());
        assert_eq!(did_you_mean(&nearest("cleint", types, 3)).as_deref(), Some("did you mean client?"));
        assert_eq!(did_you_mean(&[]), None);
    }
}
