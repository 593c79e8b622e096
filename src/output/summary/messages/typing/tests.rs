//! Lines of `typing` and `typing_edit_message`, of new and old servers.

use crate::output::names::Subject;
use crate::output::palette::Color;
use crate::output::summary::telling::{event, last_line, line, now, summary};

#[test]
fn typing_says_who_and_to_whom() {
    for (name, text, expected) in [
        (
            "to a person, by address",
            r#"{"op":"start","sender":{"user_id":12,"email":"bo@x"},"recipients":[{"user_id":11,"email":"ada@x"},{"user_id":12,"email":"bo@x"}]}"#,
            "bo@x is typing to ada@x",
        ),
        (
            "stopped",
            r#"{"op":"stop","message_type":"direct","sender":{"user_id":12},"recipients":[{"user_id":11},{"user_id":12},{"user_id":13}]}"#,
            "user#12 stopped typing to user#11, user#13",
        ),
        (
            "to nobody else",
            r#"{"op":"start","sender":{"user_id":12},"recipients":[{"user_id":12}]}"#,
            "user#12 is typing to themselves",
        ),
        (
            "in a channel",
            r#"{"op":"start","message_type":"stream","sender":{"user_id":12},"stream_id":7,"topic":"deploy"}"#,
            "user#12 is typing in channel#7 > deploy",
        ),
        (
            "channel without a topic",
            r#"{"op":"stop","sender":{"user_id":12},"stream_id":7,"topic":""}"#,
            "user#12 stopped typing in channel#7 > (no topic)",
        ),
    ] {
        let expected = format!("14:03:00 typing  {expected}");
        assert_eq!(line("typing", text), expected, "{name}");
    }
}

#[test]
fn typing_of_an_edit_says_which_message() {
    for (name, text, expected) in [
        (
            "seen before",
            r#"{"op":"start","sender_id":12,"message_id":501,"recipient":{"type":"channel","channel_id":7,"topic":"deploy"}}"#,
            r#"Bo is editing "Build red" (#ops > deploy)"#,
        ),
        (
            "channel",
            r#"{"op":"stop","sender_id":12,"message_id":602,"recipient":{"type":"channel","channel_id":7,"topic":"deploy"}}"#,
            "Bo stopped editing message 602 (#ops > deploy)",
        ),
        (
            "direct",
            r#"{"op":"start","sender_id":12,"message_id":603,"recipient":{"type":"direct","user_ids":[11,12]}}"#,
            "Bo is editing message 603 (DM with Ada)",
        ),
        (
            "nowhere",
            r#"{"op":"start","sender_id":12,"message_id":603}"#,
            "Bo is editing message 603",
        ),
    ] {
        let expected = format!("14:03:00 typing_edit_message  {expected}");
        assert_eq!(
            last_line(&[("typing_edit_message", text)]),
            expected,
            "{name}"
        );
    }
}

#[test]
fn odd_typing_gets_the_generic_line() {
    for (kind, text, expected) in [
        (
            "typing",
            r#"{"op":"pause","sender":{"user_id":12},"recipients":[{"user_id":11}]}"#,
            "14:03:00 typing/pause  sender={1} recipients=[1]",
        ),
        (
            "typing",
            r#"{"op":"start","sender":{"user_id":12}}"#,
            "14:03:00 typing/start  sender={1}",
        ),
        (
            "typing",
            r#"{"op":"start","sender":12,"recipients":[]}"#,
            "14:03:00 typing/start  sender=12 recipients=[0]",
        ),
        (
            "typing_edit_message",
            r#"{"op":"pause","sender_id":12,"message_id":5}"#,
            "14:03:00 typing_edit_message/pause  sender_id=12 message_id=5",
        ),
        (
            "typing_edit_message",
            r#"{"op":"start","sender_id":12,"message_id":5,"recipient":7}"#,
            "14:03:00 typing_edit_message/start  sender_id=12 message_id=5 recipient=7",
        ),
    ] {
        assert_eq!(line(kind, text), expected);
    }
}

#[test]
fn names_of_people_who_are_told_by_address_are_wanted() {
    let typing =
        r#"{"op":"start","sender":{"user_id":12,"email":"bo@x"},"stream_id":7,"topic":""}"#;
    let mut summary = summary(Color::Off, None);
    let event = event("typing", typing);
    summary.render(&event, Some(now()), &mut Vec::new());
    assert!(summary.names.wants(Subject::Person));
    summary.names.learn(Subject::Person, 12, "Bo");
    let mut out = Vec::new();
    summary.render(&event, Some(now()), &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("Bo is typing"), "{out}");
}
