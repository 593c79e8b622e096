//! What is sent to the server, for its queues and for its history.

use super::narrow;
use crate::selection::{Reach, Selection};

#[test]
fn only_positive_names_and_senders_widen() {
    for (text, expected) in [
        ("channel:x", true),
        ("channel-id:7", true),
        ("topic:x", true),
        ("sender:me", true),
        ("is:mentioned topic:x", true),
        ("is:private", false),
        ("-channel:x", false),
        ("-sender:me is:mentioned", false),
    ] {
        assert_eq!(narrow(text).widens(), expected, "{text}");
    }
}

#[test]
fn servers_get_only_what_they_evaluate_as_we_do() {
    for (text, register, history) in [
        (
            "channel:Denmark",
            r#"[["stream","Denmark"]]"#,
            r#"[["stream","Denmark"]]"#,
        ),
        (
            "topic:a topic:\"b c\" sender:a@x.org",
            r#"[["topic","a"],["topic","b c"],["sender","a@x.org"]]"#,
            r#"[["topic","a"],["topic","b c"],["sender","a@x.org"]]"#,
        ),
        (
            "channel:Übung topic:日本",
            r#"[["stream","Übung"],["topic","日本"]]"#,
            r#"[["stream","Übung"],["topic","日本"]]"#,
        ),
        ("channel:οδος topic:οδος", "[]", r#"[["stream","οδος"]]"#),
        ("topic:\"General Chat\"", "[]", "[]"),
        (
            "-channel:a -topic:b -sender:me -is:private -is:unread",
            "[]",
            "[]",
        ),
        (
            "channel:a -is:mentioned",
            r#"[["stream","a"]]"#,
            r#"[["stream","a"]]"#,
        ),
        ("sender:7 channel-id:7", "[]", "[]"),
        ("sender:me", "[]", r#"[["sender","me@x.org"]]"#),
        ("is:dm", r#"[["is","private"]]"#, r#"[["is","private"]]"#),
        (
            "is:private topic:a",
            r#"[["is","private"],["topic","a"]]"#,
            r#"[["topic","a"]]"#,
        ),
        ("is:mentioned", "[]", r#"[["is","mentioned"]]"#),
        (
            "is:starred is:unread is:alerted",
            "[]",
            r#"[["is","starred"],["is","unread"],["is","alerted"]]"#,
        ),
    ] {
        let mut narrow = narrow(text);
        narrow.resolve_me(1, "me@x.org");
        assert_eq!(
            serde_json::to_string(&narrow.register_terms()).unwrap(),
            register,
            "{text}"
        );
        let terms: Vec<_> = narrow
            .history_terms()
            .iter()
            .map(|term| (term.operator, term.operand))
            .collect();
        assert_eq!(serde_json::to_string(&terms).unwrap(), history, "{text}");
    }
    assert!(narrow("sender:me").history_terms().is_empty());
}

#[test]
fn the_history_gets_objects() {
    let json = serde_json::to_string(&narrow("channel:a is:unread").history_terms()).unwrap();
    assert_eq!(
        json,
        r#"[{"operator":"stream","operand":"a"},{"operator":"is","operand":"unread"}]"#
    );
}

#[test]
fn names_whose_case_folds_differently_are_not_sent() {
    for (name, expected) in [
        ("lunch", true),
        ("Übung", true),
        ("Москва", true),
        ("日本語🎉", true),
        ("οδος", false),
        ("\u{10d0}", false),
        ("\u{a7ae}", false),
    ] {
        let narrow = narrow(&format!("topic:{name}"));
        assert_eq!(!narrow.register_terms().is_empty(), expected, "{name}");
        assert_eq!(!narrow.history_terms().is_empty(), expected, "{name}");
    }
}

#[test]
fn history_is_read_once_for_what_was_received_and_once_more_where_the_selection_reaches_further() {
    const PUBLIC: &str = r#"{"operator":"streams","operand":"public"}"#;
    let received = |narrow: &str| (format!("[{narrow}]"), Reach::Received);
    let public = |narrow: &str| {
        let comma = if narrow.is_empty() { "" } else { "," };
        (format!("[{narrow}{comma}{PUBLIC}]"), Reach::Public)
    };
    let channel = r#"{"operator":"stream","operand":"a"}"#;
    let topic = r#"{"operator":"topic","operand":"t"}"#;
    let private = r#"{"operator":"is","operand":"private"}"#;
    for (narrows, all_public, mut expected) in [
        (&[][..], false, vec![received("")]),
        (&[], true, vec![received(""), public("")]),
        (&["channel:a"], false, vec![received(channel)]),
        (&["channel:a"], true, vec![received(channel)]),
        (&["topic:t"], false, vec![received(topic), public(topic)]),
        (&["is:dm"], true, vec![received(private)]),
        (&["-sender:me"], false, vec![received("")]),
        (&["-sender:me"], true, vec![received(""), public("")]),
        (&["channel-id:4"], false, vec![received(""), public("")]),
        (
            &["topic:t", "channel:a", "topic:t -is:dm"],
            false,
            vec![received(channel), received(topic), public(topic)],
        ),
    ] {
        let selection = Selection {
            narrows: narrows
                .iter()
                .map(|narrow| narrow.parse().unwrap())
                .collect(),
            all_public,
            ..Selection::default()
        };
        let queries = selection.history_queries().into_iter();
        let queries: Vec<_> = queries.map(|query| (query.narrow, query.reach)).collect();
        expected.sort();
        assert_eq!(queries, expected, "{narrows:?} {all_public}");
    }
}
