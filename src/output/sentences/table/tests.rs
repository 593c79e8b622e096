//! Lines of `stream`, `subscription`, `user_topic` and `user_group`.

use crate::output::palette::Color;
use crate::output::summary::telling::{ADA, BO, ending, lines, story, told};

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
            "stream  channel lounge paint",
        ),
        (
            "none",
            r#"{"type":"stream","op":"create","streams":[]}"#,
            "stream  channel created",
        ),
        (
            "nameless",
            r#"{"type":"stream","op":"create","streams":[{}]}"#,
            "stream  channel created",
        ),
        (
            "odd name",
            r#"{"type":"stream","op":"create","streams":[{"stream_id":9,"name":[]}]}"#,
            "stream  new channel channel#9",
        ),
        (
            "odd id",
            r#"{"type":"stream","op":"delete","stream_ids":[99999999999999999999]}"#,
            "stream  channel deleted: 99999999999999999999",
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
            ": message_retention_days = 100",
        ),
        (
            "message_retention_days",
            "-1",
            ": message_retention_days = -1",
        ),
        (
            "message_retention_days",
            "null",
            ": message_retention_days = none",
        ),
        (
            "message_retention_days",
            r#"{"a":1}"#,
            ": message_retention_days = (a = 1)",
        ),
        ("is_archived", "true", ": is_archived = true"),
        ("is_archived", "false", ": is_archived = false"),
        ("folder_id", "null", ": folder = none"),
        ("folder_id", "4", ": folder_id = 4"),
        (
            "can_remove_subscribers_group",
            "12",
            ": can_remove_subscribers_group = group#12",
        ),
        (
            "can_remove_subscribers_group",
            r#"{"direct_members":[11],"direct_subgroups":[3]}"#,
            ": can_remove_subscribers_group = user#11, group#3",
        ),
        (
            "email_address",
            r#""ops+secret@x""#,
            ": email_address = [redacted]",
        ),
        ("token", r#""secret""#, ": token = [redacted]"),
        ("paint", "[1,2]", ": paint = 1, 2"),
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
            "stream  #operations: is_archived = true",
            "stream  #new: is_archived = false",
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
            "stream  channel name 7 changed",
        ),
        (
            "odd new name",
            r#"{"type":"stream","op":"update","stream_id":7,"property":"name","value":5}"#,
            "stream  channel 7: name = 5",
        ),
        (
            "no channel, and a secret",
            r#"{"type":"stream","op":"update","property":"email_address","value":"ops+secret@x"}"#,
            "stream  channel: email_address = [redacted]",
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
            "  user#1, user#2, user#3, user#4 and 2 more joined #ops",
        ),
        (
            "many leave",
            r#""op":"peer_remove","stream_ids":[7],"user_ids":[12,13]"#,
            "  Bo, user#13 left #ops",
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
            "  subscription peer added: #ops; none",
        ),
        (
            "nowhere",
            r#""op":"peer_add","user_ids":[12]"#,
            "  subscription peer added: Bo",
        ),
        (
            "unknown op",
            r#""op":"paint","subscriptions":["ops"]"#,
            "  subscription paint: ops",
        ),
        (
            "odd ids",
            r#""op":"peer_add","stream_ids":[7],"user_ids":["a"]"#,
            "  subscription peer added: #ops; a",
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
        ("pin_to_top", "true", "you pinned #ops"),
        ("pin_to_top", "false", "you unpinned #ops"),
        ("color", r##""#c2c2c2""##, "#ops: color = #c2c2c2"),
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
        "subscription  subscription color: channel#7"
    );
}

#[test]
fn muting_a_channel_is_told_once() {
    for (others, expected) in [
        // New servers say it with `is_muted`.
        ("", "  #ops"),
        // Old ones say nothing else.
        (r#","name":"ops","email":"ada@x""#, "  you muted #ops"),
    ] {
        let fields = format!(
            r#""op":"update","stream_id":7,"property":"in_home_view","value":false{others}"#
        );
        assert_eq!(told(&[OPS], "subscription", &fields), expected);
    }
}

#[test]
fn who_may_post_is_told_once() {
    let update = |property: &str, value: &str| {
        format!(
            r#"{{"type":"stream","op":"update","stream_id":7,"property":"{property}","value":{value}}}"#
        )
    };
    let group = update(
        "can_send_message_group",
        r#"{"direct_members":[11],"direct_subgroups":[]}"#,
    );
    let policy = update("stream_post_policy", "1");
    let announcements = update("is_announcement_only", "false");
    assert_eq!(
        story(&[ADA, OPS, &policy, &group, &policy, &announcements]).split_off(2),
        [
            "stream  #ops: everybody may post now",
            "stream  #ops: can_send_message_group = Ada",
            "stream  #ops",
            "stream  #ops",
        ]
    );
    let out = lines(Color::On, None, &[("stream", &group), ("stream", &policy)]);
    assert!(
        out.ends_with(" \u{1b}[2mstream  channel#7\u{1b}[0m\n"),
        "{out:?}"
    );
}

#[test]
fn topics_are_muted_and_followed() {
    for (policy, expected) in [
        ("0", "user_topic  you no longer mute or follow #ops > noise"),
        ("1", "user_topic  you muted #ops > noise"),
        ("2", "user_topic  you unmuted #ops > noise"),
        ("3", "user_topic  you now follow #ops > noise"),
        (
            "4",
            "user_topic  user topic: #ops > noise; visibility_policy = 4",
        ),
    ] {
        let event = format!(
            r#"{{"type":"user_topic","stream_id":7,"topic_name":"noise","visibility_policy":{policy}}}"#
        );
        assert_eq!(ending(&[OPS, &event]), expected);
    }
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

/// A name for what the events below have an id of.
const ONCALL: &str = r#"{"type":"user_group","op":"add","group":{"id":5,"name":"oncall"}}"#;

#[test]
fn groups_say_who_is_in_them() {
    for (name, fields, expected) in [
        (
            "new",
            r#""op":"add","group":{"id":6,"name":"pager","members":[12,13],"description":"Duty","direct_subgroup_ids":[],"can_mention_group":2}"#,
            r#"  new group pager of Bo, user#13: "Duty""#,
        ),
        (
            "new and empty",
            r#""op":"add","group":{"id":6,"name":"pager","members":[],"creator_id":12}"#,
            "  new group pager by Bo, empty",
        ),
        (
            "one more",
            r#""op":"add_members","group_id":5,"user_ids":[12]"#,
            "  Bo added to group oncall",
        ),
        (
            "one less",
            r#""op":"remove_members","group_id":9,"user_ids":[12]"#,
            "  Bo removed from group#9",
        ),
        (
            "many more",
            r#""op":"add_members","group_id":5,"user_ids":[12,1,2,3,4,5]"#,
            "  Bo, user#1, user#2, user#3 and 2 more added to group oncall",
        ),
        (
            "many less",
            r#""op":"remove_members","group_id":5,"user_ids":[12,1]"#,
            "  Bo, user#1 removed from group oncall",
        ),
        (
            "subgroups",
            r#""op":"add_subgroups","group_id":5,"direct_subgroup_ids":[6]"#,
            "  user group oncall subgroups added: direct_subgroup = group#6",
        ),
        (
            "subgroups less",
            r#""op":"remove_subgroups","group_id":6,"direct_subgroup_ids":[5,7]"#,
            "  user group 6 subgroups removed: direct_subgroup = oncall, group#7",
        ),
        (
            "gone",
            r#""op":"remove","group_id":5"#,
            "  user group oncall removed",
        ),
        (
            "nobody",
            r#""op":"add_members","group_id":5"#,
            "  user group oncall members added",
        ),
        (
            "no subgroups",
            r#""op":"add_subgroups","group_id":5"#,
            "  user group oncall subgroups added",
        ),
        ("no group", r#""op":"remove""#, "  user group removed"),
        (
            "unknown op",
            r#""op":"paint","group_id":5"#,
            "  user group oncall paint",
        ),
        (
            "nothing new",
            r#""op":"add","group_id":5"#,
            "  user group oncall added",
        ),
        (
            "no data",
            r#""op":"update","group_id":5,"data":{}"#,
            "  user group oncall changed",
        ),
        (
            "odd name",
            r#""op":"update","group_id":5,"data":{"name":5}"#,
            "  user group oncall: name = 5",
        ),
    ] {
        let line = told(&[BO, ONCALL], "user_group", fields);
        assert_eq!(line, expected, "{name}");
    }
}

#[test]
fn changed_groups_go_by_their_new_name_from_then_on() {
    let update =
        |data| format!(r#"{{"type":"user_group","op":"update","group_id":5,"data":{data}}}"#);
    let said = story(&[
        ONCALL,
        &update(r#"{"name":"on-call"}"#),
        &update(r#"{"description":"Pagers","name":"pagers"}"#),
        &update(r#"{"can_mention_group":5}"#),
        &update(r#"{"can_mention_group":{"direct_members":[11],"direct_subgroups":[3]}}"#),
        &update(r#"{"deactivated":true}"#),
        &update(r#"{"deactivated":false,"paint":null}"#),
    ]);
    assert_eq!(
        said,
        [
            "user_group  new group oncall, empty",
            "user_group  user group oncall: name = on-call",
            "user_group  user group on-call: description = Pagers; name = pagers",
            "user_group  user group pagers: can_mention_group = pagers",
            "user_group  user group pagers: can_mention_group = user#11, group#3",
            "user_group  user group pagers: deactivated = true",
            "user_group  user group pagers: deactivated = false; paint = none",
        ]
    );
}
