//! Which messages pass, who `me` is, and what can never match.

use serde_json::{Value, json};

use super::{known, narrow, narrow_of};
use crate::event::Event;
use crate::kind::MESSAGE;
use crate::selection::narrow::{Narrow, Reference};

fn in_channel(name: &str, subject: &str) -> Value {
    json!({
        "id": 1, "type": "stream", "sender_id": 9, "sender_email": "Bot@x.org", "sender_full_name": "Bot",
        "display_recipient": name, "stream_id": 4, "subject": subject, "reactions": [],
    })
}

fn direct() -> Value {
    json!({
        "id": 2, "type": "private", "sender_id": 5, "sender_email": "hamlet@x.org",
        "sender_full_name": "Hamlet", "display_recipient": [{ "id": 5 }, { "id": 6 }],
        // Servers leave it empty, but nothing holds them to it.
        "subject": "note", "reactions": [],
    })
}

fn matches(narrow: &Narrow, message: &Value, flags: &[&str]) -> bool {
    let text = json!({ "type": "message", "message": message, "flags": flags }).to_string();
    narrow.has(&Event::new(None, MESSAGE, &text))
}

#[test]
fn messages_match_by_fields_and_flags() {
    let denmark = in_channel("Denmark", "Lunch Plans");
    let umlaut = in_channel("Übung", "Мост");
    let direct = direct();
    let mut renamed = direct.clone();
    renamed["type"] = json!("direct");
    for (text, message, flags, expected) in [
        ("channel:denmark", &denmark, &[][..], true),
        ("channel:DENMARK topic:\"lunch plans\"", &denmark, &[], true),
        ("channel:denmark topic:lunch", &denmark, &[], false),
        ("channel:den", &denmark, &[], false),
        ("-channel:denmark", &denmark, &[], false),
        ("-channel:verona", &denmark, &[], true),
        ("channel:übung topic:МОСТ", &umlaut, &[], true),
        ("channel:ubung", &umlaut, &[], false),
        ("channel:denmark", &direct, &[], false),
        ("-channel:denmark", &direct, &[], true),
        ("topic:note", &direct, &[], false),
        ("-topic:note", &direct, &[], true),
        ("channel-id:4", &denmark, &[], true),
        ("channel-id:5", &denmark, &[], false),
        ("channel-id:4", &direct, &[], false),
        ("sender:bot@X.org", &denmark, &[], true),
        ("sender:bot@y.org", &denmark, &[], false),
        ("sender:9", &denmark, &[], true),
        ("sender:9", &direct, &[], false),
        ("is:private", &direct, &[], true),
        ("is:private", &renamed, &[], true),
        ("is:private", &denmark, &[], false),
        ("is:private sender:5", &direct, &[], true),
        ("is:mentioned", &denmark, &[], false),
        ("is:mentioned", &denmark, &["read", "mentioned"], true),
        ("is:mentioned", &denmark, &["wildcard_mentioned"], true),
        (
            "is:mentioned",
            &denmark,
            &["stream_wildcard_mentioned"],
            true,
        ),
        (
            "is:mentioned",
            &denmark,
            &["topic_wildcard_mentioned"],
            true,
        ),
        ("is:mentioned", &denmark, &["group_mentioned"], true),
        ("is:mentioned", &denmark, &["has_alert_word"], false),
        ("-is:mentioned", &denmark, &["mentioned"], false),
        ("is:alerted", &denmark, &["mentioned"], false),
        ("is:alerted", &denmark, &["has_alert_word"], true),
        ("is:starred", &denmark, &["starred"], true),
        ("is:starred", &denmark, &[], false),
        ("is:unread", &denmark, &[], true),
        ("is:unread", &denmark, &["read"], false),
        ("-is:unread", &denmark, &["read"], true),
        ("channel:denmark channel:verona", &denmark, &[], false),
    ] {
        assert_eq!(
            matches(&narrow(text), message, flags),
            expected,
            "{text} {flags:?}"
        );
    }
}

#[test]
fn me_is_whoever_runs_this() {
    let denmark = in_channel("Denmark", "x");
    let mut old = in_channel("Denmark", "x");
    old["sender_id"] = Value::Null;
    for text in ["sender:me", "-sender:me", "channel:denmark -sender:me"] {
        let mut me = narrow(text);
        let own = text == "sender:me";
        assert!(me.needs_me(), "{text}");
        let shown = me.to_string();

        me = narrow_of(known(9, "bot@x.org"), text);
        assert!(!me.needs_me(), "{text}");
        assert_eq!(me.to_string(), shown);
        assert_eq!(matches(&me, &denmark, &[]), own, "{text}");
        assert_eq!(matches(&me, &old, &[]), own, "{text} without an id");

        me = narrow_of(known(8, "other@x.org"), text);
        assert_eq!(matches(&me, &denmark, &[]), !own, "{text}");
    }
    assert!(!narrow("sender:bot@x.org").needs_me());
}

#[test]
fn case_is_no_difference_and_all_else_is() {
    for (a, b, expected) in [
        ("Denmark", "dENMARK", true),
        ("Denmar", "Denmark", false),
        ("ÜBUNG", "übung", true),
        ("Übung", "Ubung", false),
        ("Москва", "москва", true),
        ("ΟΔΟΣ", "οδος", true),
        ("日本", "日本", true),
        ("日本", "日本語", false),
        ("\u{212a}", "k", false),
        ("wındows", "windows", false),
        ("STRASSE", "straße", false),
    ] {
        for (term, channel) in [(a, b), (b, a)] {
            let narrow = narrow(&format!("channel:{term}"));
            let message = in_channel(channel, "x");
            assert_eq!(
                matches(&narrow, &message, &[]),
                expected,
                "{term} {channel}"
            );
        }
    }
}

#[test]
fn terms_that_never_hold_together_are_found() {
    for (text, expected) in [
        ("stream:a topic:b sender:c@x is:mentioned -topic:d", None),
        ("stream:a stream:A", None),
        ("sender:1 sender:c@x", None),
        ("-stream:a -stream:b", None),
        ("stream:a stream:b", Some("channel:a and channel:b")),
        ("topic:a is:starred topic:b", Some("topic:a and topic:b")),
        ("sender:a@x sender:b@x", Some("sender:a@x and sender:b@x")),
        ("sender:1 sender:2", Some("sender:1 and sender:2")),
        ("is:dm topic:a", Some("is:private and topic:a")),
        ("stream:a is:private", Some("channel:a and is:private")),
    ] {
        let expected = expected.map(|pair| {
            format!("{pair} never hold together; to see both, give each a --narrow of its own")
        });
        assert_eq!(narrow(text).contradiction(), expected, "{text}");
    }
}

#[test]
fn starred_messages_are_of_the_past() {
    let starred = narrow("is:starred stream:a").needs_history().unwrap();
    assert!(starred.contains("--since"), "{starred}");
    assert_eq!(narrow("-is:starred").needs_history(), None);
}

#[test]
fn only_positive_terms_refer_to_something() {
    let narrow = narrow("stream:ops sender:a@x sender:7 -stream:b -sender:8 topic:t sender:me");
    let found = narrow.references().map(|reference| match reference {
        Reference::Channel(channel) => format!("channel {}", channel.name().unwrap_or_default()),
        Reference::Person(person) => format!("person {person}"),
        Reference::Topic(topic) => format!("topic {topic}"),
    });
    let found: Vec<String> = found.collect();
    assert_eq!(
        found,
        [
            "channel ops",
            "person a@x",
            "person 7",
            "topic t",
            "person me"
        ]
    );
}
