//! What holds for any narrow, and for any text in place of one.

use proptest::prelude::*;

use super::{Narrow, Sender, Sign, Term, Test};
use crate::selection::narrow::MessageState;

fn names() -> impl Strategy<Value = String> {
    // Half of them from the characters that the grammar minds.
    prop_oneof![r#"[a-c"'\\: \[\{,@-]{1,8}"#, "\\PC{1,12}"].prop_filter("names something", |name| {
        !name.trim().is_empty() && !name.contains(char::is_control)
    })
}

fn tests() -> impl Strategy<Value = Test> {
    let states = [
        MessageState::Private,
        MessageState::Mentioned,
        MessageState::Starred,
        MessageState::Unread,
        MessageState::Alerted,
    ];
    prop_oneof![
        names().prop_map(Test::Channel),
        names().prop_map(Test::Topic),
        names().prop_map(|name| Test::Sender(Sender::Address(name + "@"))),
        (1..=i64::MAX).prop_map(Test::ChannelId),
        (1..=i64::MAX).prop_map(|id| Test::Sender(Sender::Id(id))),
        Just(Test::Sender(Sender::Me(None))),
        prop::sample::select(states.to_vec()).prop_map(Test::Is),
    ]
}

fn narrows() -> impl Strategy<Value = Narrow> {
    let signs = prop_oneof![Just(Sign::Positive), Just(Sign::Negated)];
    let terms = (signs, tests()).prop_map(|(sign, test)| Term { sign, test });
    prop::collection::vec(terms, 1..5).prop_map(|terms| Narrow { terms })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_reads_back_equal(narrow in narrows()) {
        let shown = narrow.to_string();
        prop_assert_eq!(shown.parse(), Ok(narrow), "{}", shown);
    }

    #[test]
    fn no_text_panics_and_every_refusal_is_one_line(
        text in prop_oneof![".*", r#"[\[{ ]{0,3}([a-z"':,\\\[\]{}u-]|is|stream|topic|True| |\n){0,20}"#]
    ) {
        if let Err(error) = text.parse::<Narrow>() {
            prop_assert!(!error.to_string().contains(char::is_control));
        }
    }
}
