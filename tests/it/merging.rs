//! Merges of cards: the laws over what two people do to one card.

use proptest::prelude::*;

use crate::laws::merge::sheet::Choices;
use crate::laws::merge::{Triple, of_cards};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_two_people_did_is_there_once(chance in prop::collection::vec(any::<u8>(), 0..160)) {
        of_cards(&Triple::drawn(&mut Choices(&chance), 4));
    }
}
