//! Lines of `default_streams`, `default_stream_groups` and `channel_folder`.

use crate::output::summary::telling::{ending, told};

#[test]
fn default_channels_are_listed() {
    for (name, text, expected) in [
        (
            "objects",
            r#"{"type":"default_streams","default_streams":[{"stream_id":7,"name":"ops"},{"stream_id":9,"name":"design"}]}"#,
            "default_streams  default channels are now #ops, #design",
        ),
        (
            "ids",
            r#"{"type":"default_streams","default_streams":[7,9]}"#,
            "default_streams  default channels are now channel#7, channel#9",
        ),
        (
            "none",
            r#"{"type":"default_streams","default_streams":[]}"#,
            "default_streams  there are no default channels now",
        ),
        (
            "odd",
            r#"{"type":"default_streams","default_streams":[null]}"#,
            "default_streams  default_streams=[1]",
        ),
        (
            "groups of objects",
            r#"{"type":"default_stream_groups","default_stream_groups":[{"name":"core","id":2,"description":"","streams":[{"stream_id":7,"name":"ops"}]},{"name":"more","streams":[]}]}"#,
            "default_stream_groups  default channel groups are now core (#ops), more (empty)",
        ),
        (
            "groups of ids",
            r#"{"type":"default_stream_groups","default_stream_groups":[{"name":"core","id":2,"streams":[7,8]}]}"#,
            "default_stream_groups  default channel groups are now core (channel#7, channel#8)",
        ),
        (
            "no groups",
            r#"{"type":"default_stream_groups","default_stream_groups":[]}"#,
            "default_stream_groups  there are no default channel groups now",
        ),
        (
            "odd group",
            r#"{"type":"default_stream_groups","default_stream_groups":[{"name":"core"}]}"#,
            "default_stream_groups  default_stream_groups=[1]",
        ),
    ] {
        assert_eq!(ending(&[text]), expected, "{name}");
    }
}

#[test]
fn default_channels_teach_their_names() {
    for text in [
        r#"{"type":"default_streams","default_streams":[{"stream_id":7,"name":"ops"}]}"#,
        r#"{"type":"default_stream_groups","default_stream_groups":[{"name":"core","streams":[{"stream_id":7,"name":"ops"}]}]}"#,
    ] {
        let ids = r#"{"type":"default_streams","default_streams":[7]}"#;
        assert_eq!(
            ending(&[text, ids]),
            "default_streams  default channels are now #ops"
        );
    }
}

#[test]
fn folders_come_and_change() {
    for (name, fields, expected) in [
        (
            "new",
            r#""op":"add","channel_folder":{"id":4,"name":"Projects","description":"","creator_id":11}"#,
            r#"  new channel folder "Projects" by user#11"#,
        ),
        (
            "renamed",
            r#""op":"update","channel_folder_id":4,"data":{"name":"Active"}"#,
            r#"  channel folder 4: name = "Active""#,
        ),
        (
            "described",
            r#""op":"update","channel_folder_id":4,"data":{"name":"A","description":"d","rendered_description":"<p>d</p>"}"#,
            r#"  channel folder 4: name = "A", description = "d""#,
        ),
        (
            "archived",
            r#""op":"update","channel_folder_id":4,"data":{"is_archived":true}"#,
            "  channel folder 4 archived",
        ),
        (
            "back",
            r#""op":"update","channel_folder_id":4,"data":{"is_archived":false}"#,
            "  channel folder 4 is no longer archived",
        ),
        (
            "order",
            r#""op":"reorder","order":[4,2]"#,
            "  channel folders have a new order (2)",
        ),
        (
            "nothing changed",
            r#""op":"update","channel_folder_id":4,"data":{}"#,
            "/update  channel_folder_id=4 data={0}",
        ),
        (
            "nameless",
            r#""op":"add","channel_folder":{"id":4}"#,
            "/add  channel_folder={1}",
        ),
        (
            "unknown op",
            r#""op":"paint","order":[4]"#,
            "/paint  order=[1]",
        ),
    ] {
        assert_eq!(told(&[], "channel_folder", fields), expected, "{name}");
    }
}
