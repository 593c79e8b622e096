//! Lines of `stream`, and which lines about channels are dim.

use crate::output::palette::Color;
use crate::output::summary::telling::{ADA, ending, lines, story, told};

#[test]
fn channels_come_and_go() {
    for (name, text, expected) in [
        (
            "new",
            r#"{"type":"stream","op":"create","streams":[{"stream_id":9,"name":"design","description":"Pixels","invite_only":true,"creator_id":11,"message_retention_days":null}]}"#,
            r#"stream  new private channel #design by Ada: "Pixels""#,
        ),
        (
            "new, from an old server",
            r#"{"type":"stream","op":"create","streams":[{"name":"design","stream_id":9,"description":"","invite_only":false}]}"#,
            "stream  new channel #design",
        ),
        (
            "nobody's",
            r#"{"type":"stream","op":"create","streams":[{"stream_id":9,"name":"design","creator_id":null}]}"#,
            "stream  new channel #design",
        ),
        (
            "several",
            r#"{"type":"stream","op":"create","streams":[{"stream_id":1,"name":"a"},{"stream_id":2,"name":"b"},{"stream_id":3,"name":"c"},{"stream_id":4,"name":"d"},{"stream_id":5,"name":"e"},{"stream_id":6,"name":"f"}]}"#,
            "stream  new channels #a, #b, #c, #d and 2 more",
        ),
        (
            "gone",
            r#"{"type":"stream","op":"delete","streams":[{"stream_id":9,"name":"design"}]}"#,
            "stream  #design deleted or no longer visible to you",
        ),
        (
            "gone, by ids",
            r#"{"type":"stream","op":"delete","streams":[{"stream_id":9}],"stream_ids":[9]}"#,
            "stream  channel#9 deleted or no longer visible to you",
        ),
        (
            "gone, by ids only",
            r#"{"type":"stream","op":"delete","stream_ids":[9,10]}"#,
            "stream  channel#9, channel#10 deleted or no longer visible to you",
        ),
        (
            "occupied",
            r#"{"type":"stream","op":"occupy","streams":[{"name":"lounge","stream_id":10}]}"#,
            "stream  #lounge got its first subscriber",
        ),
        (
            "empty",
            r#"{"type":"stream","op":"vacate","streams":[{"name":"lounge","stream_id":10}]}"#,
            "stream  #lounge lost its last subscriber",
        ),
        (
            "unknown op",
            r#"{"type":"stream","op":"paint","streams":[{"name":"lounge"}]}"#,
            "stream/paint  streams=[1]",
        ),
        (
            "none",
            r#"{"type":"stream","op":"create","streams":[]}"#,
            "stream/create  streams=[0]",
        ),
        (
            "nameless",
            r#"{"type":"stream","op":"create","streams":[{}]}"#,
            "stream/create  streams=[1]",
        ),
        (
            "odd name",
            r#"{"type":"stream","op":"create","streams":[{"stream_id":9,"name":[]}]}"#,
            "stream/create  streams=[1]",
        ),
        (
            "odd id",
            r#"{"type":"stream","op":"delete","stream_ids":[99999999999999999999]}"#,
            "stream/delete  stream_ids=[1]",
        ),
    ] {
        assert_eq!(ending(&[ADA, text]), expected, "{name}");
    }
}

#[test]
fn changes_of_channels_are_told_in_words() {
    for (property, value, expected) in [
        (
            "description",
            r#""Run things""#,
            r#": description = "Run things""#,
        ),
        ("invite_only", "true", " is private now"),
        (
            "invite_only",
            r#"true,"history_public_to_subscribers":true,"is_web_public":false"#,
            " is private now, new subscribers see its history",
        ),
        (
            "invite_only",
            r#"true,"history_public_to_subscribers":false,"is_web_public":false"#,
            " is private now, new subscribers do not see its history",
        ),
        ("invite_only", "false", " is public now"),
        (
            "invite_only",
            r#"false,"history_public_to_subscribers":true,"is_web_public":true"#,
            " is public on the web now",
        ),
        ("stream_post_policy", "1", ": everybody may post now"),
        (
            "stream_post_policy",
            "2",
            ": only administrators may post now",
        ),
        (
            "stream_post_policy",
            "3",
            ": only full members may post now",
        ),
        (
            "stream_post_policy",
            "4",
            ": only moderators and administrators may post now",
        ),
        ("stream_post_policy", "5", ": stream_post_policy = 5"),
        (
            "is_announcement_only",
            "true",
            ": is_announcement_only = true",
        ),
        (
            "message_retention_days",
            "100",
            ": messages are kept for 100 days",
        ),
        (
            "message_retention_days",
            "-1",
            ": messages are kept forever",
        ),
        (
            "message_retention_days",
            "null",
            ": messages are kept as long as the organization says",
        ),
        (
            "message_retention_days",
            r#"{"a":1}"#,
            ": message_retention_days = 1 field",
        ),
        ("is_archived", "true", " archived"),
        ("is_archived", "false", " is no longer archived"),
        ("folder_id", "null", " is in no channel folder now"),
        ("folder_id", "4", " is in channel folder 4 now"),
        (
            "can_remove_subscribers_group",
            "12",
            ": can_remove_subscribers_group = group#12",
        ),
        (
            "can_remove_subscribers_group",
            r#"{"direct_members":[11],"direct_subgroups":[3]}"#,
            ": can_remove_subscribers_group = 1 person, 1 group",
        ),
        (
            "email_address",
            r#""ops+secret@x""#,
            " has another email address",
        ),
        ("token", r#""secret""#, ": token = [redacted]"),
        ("paint", "[1,2]", ": paint = 2 entries"),
    ] {
        let fields = format!(
            r#""op":"update","stream_id":7,"name":"ops","property":"{property}","value":{value}"#
        );
        let expected = format!("  #ops{expected}");
        assert_eq!(told(&[], "stream", &fields), expected, "{property}");
    }
}

#[test]
fn a_renamed_channel_goes_by_its_new_name_from_then_on() {
    let said = story(&[
        r#"{"type":"stream","op":"update","property":"name","value":"operations","stream_id":7,"name":"ops"}"#,
        r#"{"type":"stream","op":"update","property":"is_archived","value":true,"stream_id":7}"#,
        r#"{"type":"stream","op":"update","property":"is_archived","value":false,"stream_id":7,"name":"new"}"#,
        r#"{"type":"stream","op":"delete","streams":[{"stream_id":7}]}"#,
        r#"{"type":"stream","op":"delete","stream_ids":[7]}"#,
    ]);
    assert_eq!(
        said,
        [
            "stream  #ops renamed to #operations",
            "stream  #operations archived",
            "stream  #new is no longer archived",
            "stream  #new deleted or no longer visible to you",
            "stream  #new deleted or no longer visible to you",
        ]
    );
}

#[test]
fn an_odd_change_of_a_channel_gets_the_generic_line() {
    for (name, text, expected) in [
        (
            "no value",
            r#"{"type":"stream","op":"update","stream_id":7,"property":"name"}"#,
            "stream/update  stream_id=7 property=name",
        ),
        (
            "odd new name",
            r#"{"type":"stream","op":"update","stream_id":7,"property":"name","value":5}"#,
            "stream/update  stream_id=7 property=name value=5",
        ),
        (
            "no channel, and a secret",
            r#"{"type":"stream","op":"update","property":"email_address","value":"ops+secret@x"}"#,
            "stream/update  property=email_address value=[redacted]",
        ),
    ] {
        assert_eq!(ending(&[text]), expected, "{name}");
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
