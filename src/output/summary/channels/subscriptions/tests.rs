//! Lines of `subscription`, `muted_topics` and `user_topic`.

use crate::output::palette::Color;
use crate::output::summary::telling::{ending, line, lines};

/// Names for what the events below have ids of.
const BO: &str =
    r#"{"type":"realm_user","op":"add","person":{"user_id":12,"full_name":"Bo","email":"b@x"}}"#;
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
        let text = format!(r#"{{"type":"subscription",{fields}}}"#);
        let expected = format!("subscription{expected}");
        assert_eq!(ending(&[BO, OPS, &text]), expected, "{name}");
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
            let text = format!(
                r#"{{"type":"subscription","op":"update","stream_id":7,"property":"{property}","value":{value}{others}}}"#
            );
            let expected = format!("subscription  {expected}");
            assert_eq!(ending(&[OPS, &text]), expected, "{property}");
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

#[test]
fn muted_topics_are_listed() {
    for (name, topics, expected) in [
        (
            "old",
            r#"[["ops","noise"]]"#,
            "  muted topics are now #ops > noise",
        ),
        (
            "with times",
            r#"[["ops","noise",1727690000],["design","",1727690000]]"#,
            "  muted topics are now #ops > noise, #design > (no topic)",
        ),
        ("none", "[]", "  no topics are muted now"),
        ("no topic", r#"[["ops"]]"#, "  muted_topics=[1]"),
        ("odd topic", r#"[["ops",5]]"#, "  muted_topics=[1]"),
    ] {
        let text = format!(r#"{{"type":"muted_topics","muted_topics":{topics}}}"#);
        assert_eq!(
            ending(&[&text]),
            format!("muted_topics{expected}"),
            "{name}"
        );
    }
}

#[test]
fn topics_are_muted_and_followed_at_the_time_of_the_event() {
    for (policy, expected) in [
        (
            "0",
            "10:13:20 user_topic  you no longer mute or follow channel#7 > noise",
        ),
        ("1", "10:13:20 user_topic  you muted channel#7 > noise"),
        ("2", "10:13:20 user_topic  you unmuted channel#7 > noise"),
        ("3", "10:13:20 user_topic  you now follow channel#7 > noise"),
        (
            "4",
            "14:03:00 user_topic  stream_id=7 topic_name=noise last_updated=1795342400 visibility_policy=4",
        ),
    ] {
        let text = format!(
            r#"{{"type":"user_topic","stream_id":7,"topic_name":"noise","last_updated":1795342400,"visibility_policy":{policy}}}"#
        );
        assert_eq!(line("user_topic", &text), expected, "{policy}");
    }
}

#[test]
fn what_is_told_twice_or_matters_to_few_is_dim() {
    for (name, kind, text, is_dim) in [
        (
            "for the sake of old clients",
            "subscription",
            r#"{"op":"update","stream_id":7,"property":"in_home_view","value":true}"#,
            true,
        ),
        (
            "all that an old server says",
            "subscription",
            r#"{"op":"update","stream_id":7,"property":"in_home_view","value":true,"email":"ada@x"}"#,
            false,
        ),
        (
            "the new form",
            "subscription",
            r#"{"op":"update","stream_id":7,"property":"is_muted","value":true}"#,
            false,
        ),
        (
            "snapshot beside user_topic",
            "muted_topics",
            r#"{"muted_topics":[["ops","noise"]]}"#,
            true,
        ),
        (
            "secret address",
            "stream",
            r#"{"op":"update","stream_id":7,"property":"email_address","value":"secret"}"#,
            true,
        ),
        (
            "description",
            "stream",
            r#"{"op":"update","stream_id":7,"property":"description","value":"d"}"#,
            false,
        ),
    ] {
        let out = lines(Color::On, None, &[(kind, text)]);
        let line = out.lines().last().unwrap();
        let dim = format!(" \u{1b}[2m{kind}  ");
        let in_one_ink = line.matches("\u{1b}[0m").count() == 2;
        assert_eq!(
            line.contains(&dim) && in_one_ink,
            is_dim,
            "{name}: {line:?}"
        );
    }
}
