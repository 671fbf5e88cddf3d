use std::collections::HashSet;

use super::*;

#[test]
fn every_code_has_one_name_and_says_how_to_mend_it() {
    let mut names = HashSet::new();
    for code in all_codes() {
        assert!(names.insert(code.as_str()), "{code} stands twice");
        assert!(code.0.explanation.len() > 40, "{code} explains too little");
        assert!(!code.0.title.ends_with('.'), "{code}");
        assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
    }
}

#[test]
fn names_are_listed_as_a_sentence_has_them() {
    assert_eq!(listed(["a"]), "`a`");
    assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
}
