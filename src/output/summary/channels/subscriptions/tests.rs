//! Lines of `subscription`.

use crate::output::summary::telling::{BO, ending, told};

/// A name for what the events below have an id of.
const OPS: &str = r#"{"type":"stream","op":"create","streams":[{"stream_id":7,"name":"ops"}]}"#;

#[test]
fn subscriptions_say_who_and_what() {
    for (name, fields, expected) in [
        (
            "own",
            r#""op":"add","subscriptions":[{"stream_id":9,"name":"design","email_address":"design+secret@x","subscribers":[11,12]}]"#,
            "  you were subscribed to #design",
        ),
        (
            "own end",
            r#""op":"remove","subscriptions":[{"name":"ops","stream_id":7},{"name":"design","stream_id":9}]"#,
            "  you were unsubscribed from #ops, #design",
        ),
        (
            "one",
            r#""op":"peer_add","stream_ids":[7,9],"user_ids":[12]"#,
            "  Bo joined #ops, channel#9",
        ),
        (
            "many",
            r#""op":"peer_add","stream_ids":[7],"user_ids":[1,2,3,4,5,12]"#,
            "  #ops joined by user#1, user#2, user#3, user#4 and 2 more",
        ),
        (
            "many leave",
            r#""op":"peer_remove","stream_ids":[7],"user_ids":[12,13]"#,
            "  #ops left by Bo, user#13",
        ),
        (
            "names of channels, from old servers",
            r#""op":"peer_add","subscriptions":["ops","new"],"user_id":12"#,
            "  Bo joined #ops, #new",
        ),
        (
            "one id each, before feature level 35",
            r#""op":"peer_remove","stream_id":7,"user_id":12"#,
            "  Bo left #ops",
        ),
        (
            "nobody",
            r#""op":"peer_add","stream_ids":[7],"user_ids":[]"#,
            "/peer_add  stream_ids=[1] user_ids=[0]",
        ),
        (
            "nowhere",
            r#""op":"peer_add","user_ids":[12]"#,
            "/peer_add  user_ids=[1]",
        ),
        (
            "unknown op",
            r#""op":"paint","subscriptions":["ops"]"#,
            "/paint  subscriptions=[1]",
        ),
        (
            "odd ids",
            r#""op":"peer_add","stream_ids":[7],"user_ids":["a"]"#,
            "/peer_add  stream_ids=[1] user_ids=[1]",
        ),
    ] {
        let line = told(&[BO, OPS], "subscription", fields);
        assert_eq!(line, expected, "{name}");
    }
}

#[test]
fn own_settings_of_channels_are_told_in_words() {
    for (property, value, expected) in [
        ("is_muted", "true", "you muted #ops"),
        ("is_muted", "false", "you unmuted #ops"),
        ("in_home_view", "false", "you muted #ops"),
        ("in_home_view", "true", "you unmuted #ops"),
        ("pin_to_top", "true", "you pinned #ops"),
        ("pin_to_top", "false", "you unpinned #ops"),
        ("color", r##""#c2c2c2""##, r##"#ops: color = "#c2c2c2""##),
        (
            "desktop_notifications",
            "null",
            "#ops: desktop_notifications = none",
        ),
        (
            "email_address",
            r#""ops+secret@x""#,
            "#ops: email_address = [redacted]",
        ),
    ] {
        for others in ["", r#","name":"ops","email":"ada@x""#] {
            let fields = format!(
                r#""op":"update","stream_id":7,"property":"{property}","value":{value}{others}"#
            );
            let expected = format!("  {expected}");
            let line = told(&[OPS], "subscription", &fields);
            assert_eq!(line, expected, "{property}");
        }
    }
    assert_eq!(
        ending(&[r#"{"type":"subscription","op":"update","stream_id":7,"property":"color"}"#]),
        "subscription/update  stream_id=7 property=color"
    );
}

#[test]
fn subscriptions_teach_the_names_of_channels() {
    for text in [
        r#"{"type":"subscription","op":"add","subscriptions":[{"stream_id":9,"name":"design"}]}"#,
        r#"{"type":"subscription","op":"remove","subscriptions":[{"stream_id":9,"name":"design"}]}"#,
        r#"{"type":"subscription","op":"update","stream_id":9,"name":"design","property":"color","value":"x"}"#,
    ] {
        let later = r#"{"type":"subscription","op":"update","stream_id":9,"property":"pin_to_top","value":true}"#;
        assert_eq!(
            ending(&[text, later]),
            "subscription  you pinned #design",
            "{text}"
        );
    }
}
