//! What holds for any narrow, and for any text in place of one.

use proptest::prelude::*;

use super::{Narrow, Term, Test, channel_with_id, sender};
use crate::selection::narrow::{ChannelRef, DirectMessages, MessageState, Scope};
use crate::selection::people::People;
use crate::selection::spelling::Spelling;

fn names() -> impl Strategy<Value = String> {
    // Half of them from the characters that the grammar minds.
    prop_oneof![r#"[a-c"'\\: \[\{,@+%2-]{1,8}"#, "\\PC{1,12}"]
        .prop_filter("names something", |name| {
            !name.is_empty() && name.trim() == name && !name.contains(char::is_control)
        })
}

/// Digits may be an id too, which only a text that is read has.
fn spellings() -> impl Strategy<Value = Spelling> {
    names().prop_filter_map("is no id", |name| {
        let begins_with_id = name.starts_with(|c: char| c.is_ascii_digit());
        (!begins_with_id).then(|| Spelling::literal(&name))
    })
}

fn people() -> impl Strategy<Value = People> {
    names().prop_map(|name| People::parse(&name))
}

fn tests() -> impl Strategy<Value = Test> {
    let states = [
        MessageState::Private,
        MessageState::Mentioned,
        MessageState::Starred,
        MessageState::Unread,
        MessageState::Alerted,
        MessageState::Resolved,
        MessageState::Reacted,
    ];
    let scopes = [Scope::Exactly, Scope::WithOthers, Scope::Group];
    let channel = |name: Spelling| ChannelRef {
        name: Some(name),
        ..ChannelRef::default()
    };
    prop_oneof![
        spellings().prop_map(move |name| Test::Channel(channel(name))),
        spellings().prop_map(|name| Test::Topic(name.of_topic())),
        people().prop_filter_map("names one", |people| people
            .only_one()
            .ok()
            .map(Test::Sender)),
        (1..=i64::MAX).prop_map(channel_with_id),
        (1..=i64::MAX).prop_map(|id| sender(&id.to_string())),
        Just(sender("me")),
        (prop::sample::select(scopes.to_vec()), people()).prop_map(|(scope, people)| {
            Test::Direct(DirectMessages {
                scope,
                people,
                me: None,
            })
        }),
        prop::sample::select(states.to_vec()).prop_map(Test::State),
    ]
}

fn narrows() -> impl Strategy<Value = Narrow> {
    let terms = (any::<bool>(), tests()).prop_map(|(negated, test)| Term { negated, test });
    prop::collection::vec(terms, 1..5).prop_map(|terms| Narrow {
        terms,
        ..Narrow::default()
    })
}

#[test]
fn dashes_of_old_links_that_stand_for_no_name_are_dashes() {
    for (text, written) in [
        ("#narrow/channel/-", "channel:-"),
        ("#narrow/channel/|-", "channel:|"),
    ] {
        let read: Narrow = text.parse().unwrap();
        assert_eq!(read.to_string(), written);
        assert_eq!(written.parse::<Narrow>().unwrap().to_string(), written);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_reads_back_equal(narrow in narrows()) {
        let shown = narrow.to_string();
        prop_assert_eq!(shown.parse(), Ok(narrow), "{}", shown);
    }

    #[test]
    fn what_is_read_is_written_so_that_it_reads_the_same(
        text in r#"(-?(channel:|topic:|dm:|sender:|is:dm|near:5|#|DM › |#narrow/(channel|dm|topic)/)["']?[a-c07+%2, @'"|\\>-]{0,8}["']?[ /]?){1,3}"#
    ) {
        for read in [text.parse::<Narrow>(), Narrow::from_argument(&text)].into_iter().flatten() {
            let written = read.to_string();
            let again: Narrow = written.parse().unwrap_or_else(|error| panic!("{text}: {written}: {error}"));
            prop_assert_eq!(again.to_string(), written, "{}", text);
        }
    }

    #[test]
    fn no_text_panics_and_every_refusal_is_one_line(
        text in prop_oneof![".*", r#"[\[{ ]{0,3}([a-z"':,\\\[\]{}u-]|is|stream|topic|True| |\n){0,20}"#]
    ) {
        for error in [text.parse::<Narrow>().err(), Narrow::from_argument(&text).err()].into_iter().flatten() {
            prop_assert!(!error.contains(char::is_control), "{}", error);
        }
    }
}
