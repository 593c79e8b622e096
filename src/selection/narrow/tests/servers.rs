//! What the server is told, for its queues and for its history.

use super::narrow;

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
