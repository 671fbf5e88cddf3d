//! The law over any set of changes and any moment of death.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 6] = ["a.md", "b/a.md", "b/b.md", "c/d/a.md", "c/d/e/a.md", "zażółć gęślą.md"];

/// For each name: what is there, and what is to be.
fn plans() -> impl Strategy<Value = Vec<(Option<String>, Option<String>)>> {
    vec((option::of("[a-c\\r\\n]{0,3}"), option::of("[a-c\\r\\n]{0,3}")), NAMES.len())
}

fn contents(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    tree.iter().filter_map(|(name, text)| Some((name.clone(), text.clone()?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn after_a_death_all_is_old_or_all_is_new(plan in plans(), death in 0_usize..120, has_flags in any::<bool>()) {
        let files: Vec<(&str, Option<String>, Option<String>)> =
            NAMES.iter().zip(plan).map(|(name, (before, after))| (*name, before, after)).collect();
        let old: Vec<(&str, &str)> = files.iter().filter_map(|(name, old, _)| Some((*name, old.as_deref()?))).collect();
        let folder = folder(&old);
        let changes: Vec<_> = files.iter().map(|(name, old, new)| (*name, old.as_deref(), new.as_deref())).collect();
        let changes = set(&changes);
        let before = tree(folder.path());
        let after: BTreeMap<String, Vec<u8>> = files
            .iter()
            .filter_map(|(name, _, new)| Some(((*name).to_owned(), new.clone()?.into_bytes())))
            .collect();

        let kind = if has_flags { Rigged::new() } else { Rigged::new().without_flags() };
        let committed = commit(&kind.fresh().dies_at(death), folder.path(), &changes);
        let recovered = recover(&kind.fresh(), folder.path()).unwrap();

        let now = tree(folder.path());
        prop_assert!(now == before || contents(&now) == after, "{committed:?} {recovered:?} {now:#?}");
        prop_assert!(committed.is_err() || contents(&now) == after);
        prop_assert!(recovered.is_none_or(|recovered| recovered.left.is_empty()));
    }
}
