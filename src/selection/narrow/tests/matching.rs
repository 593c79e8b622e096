//! Which messages pass, and who `me` is.

use std::borrow::Cow;

use super::narrow;
use crate::event::{Message, Person, Recipient};

fn in_channel<'a>(name: &'a str, subject: &'a str) -> Message<'a> {
    Message {
        kind: Cow::Borrowed("stream"),
        sender_id: Some(9),
        sender_email: Cow::Borrowed("Bot@x.org"),
        display_recipient: Recipient::Channel(Cow::Borrowed(name)),
        stream_id: Some(4),
        subject: Cow::Borrowed(subject),
        ..Message::default()
    }
}

fn direct() -> Message<'static> {
    Message {
        kind: Cow::Borrowed("private"),
        sender_id: Some(5),
        sender_email: Cow::Borrowed("hamlet@x.org"),
        display_recipient: Recipient::People(vec![Person::default(), Person::default()]),
        // Servers leave it empty, but nothing holds them to it.
        subject: Cow::Borrowed("note"),
        ..Message::default()
    }
}

#[test]
fn messages_match_by_fields_and_flags() {
    let denmark = in_channel("Denmark", "Lunch Plans");
    let umlaut = in_channel("Übung", "Мост");
    let renamed = Message {
        kind: Cow::Borrowed("direct"),
        ..direct()
    };
    let direct = direct();
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
            narrow(text).matches(message, flags),
            expected,
            "{text} {flags:?}"
        );
    }
}

#[test]
fn me_matches_nothing_until_it_is_known() {
    let denmark = in_channel("Denmark", "x");
    let mut old = in_channel("Denmark", "x");
    old.sender_id = None;
    let none: &[&str] = &[];
    for text in ["sender:me", "-sender:me", "channel:denmark -sender:me"] {
        let mut me = narrow(text);
        let own = text == "sender:me";
        assert!(me.needs_me() && !me.matches(&denmark, none), "{text}");
        let shown = me.to_string();

        me.resolve_me(9, "bot@x.org");
        assert!(!me.needs_me(), "{text}");
        assert_eq!(me.to_string(), shown);
        assert_eq!(me.matches(&denmark, none), own, "{text}");
        assert_eq!(me.matches(&old, none), own, "{text} without an id");

        me.resolve_me(8, "other@x.org");
        assert_eq!(me.matches(&denmark, none), !own, "{text}");
    }
    assert!(!narrow("sender:bot@x.org").needs_me());
}
