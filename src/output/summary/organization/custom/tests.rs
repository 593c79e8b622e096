//! Lines of custom emoji, linkifiers and code playgrounds.

use crate::output::summary::telling::sentence;

#[test]
fn full_lists_say_what_there_is_now() {
    for (name, event, expected) in [
        (
            "emoji, the newest first, those that are gone left out",
            r#"{"type":"realm_emoji","op":"update","realm_emoji":{"9":{"id":"9","name":"tick","deactivated":false},"10":{"id":"10","name":"gone","deactivated":true},"11":{"id":"11","name":"yay"}}}"#,
            "realm_emoji  custom emoji changed, now 2: :yay:, :tick:",
        ),
        (
            "emoji of old servers, by name",
            r#"{"type":"realm_emoji","op":"update","realm_emoji":{"yay":{"id":"14","name":"yay","author":{"id":11}}}}"#,
            "realm_emoji  custom emoji changed, now 1: :yay:",
        ),
        (
            "no emoji",
            r#"{"type":"realm_emoji","op":"update","realm_emoji":{}}"#,
            "realm_emoji  custom emoji changed, now none",
        ),
        (
            "linkifiers",
            r##"{"type":"realm_linkifiers","realm_linkifiers":[{"id":1,"pattern":"#(?P<id>[0-9]{2,8})"},{"id":2,"pattern":"x"}]}"##,
            "realm_linkifiers  linkifiers changed, now 2",
        ),
        (
            "linkifiers of old servers",
            r##"{"type":"realm_filters","realm_filters":[["#(?P<id>[0-9]+)","https://example.org/%(id)s",1]]}"##,
            "realm_filters  linkifiers changed, now 1",
        ),
        (
            "no linkifiers",
            r#"{"type":"realm_filters","realm_filters":[]}"#,
            "realm_filters  linkifiers changed, now none",
        ),
        (
            "playgrounds",
            r#"{"type":"realm_playgrounds","realm_playgrounds":[{"id":1,"name":"Rust"},{"id":2,"name":"Ada"}]}"#,
            "realm_playgrounds  code playgrounds: Rust, Ada",
        ),
        (
            "no playgrounds",
            r#"{"type":"realm_playgrounds","realm_playgrounds":[]}"#,
            "realm_playgrounds  code playgrounds: none",
        ),
    ] {
        assert_eq!(sentence(event), expected, "{name}");
    }
}

#[test]
fn single_emoji_are_told_by_newer_servers() {
    for (event, expected) in [
        (
            r#"{"type":"realm_emoji","op":"add","emoji":{"id":"15","name":"yay","author_id":11}}"#,
            "realm_emoji  emoji :yay: added by user#11",
        ),
        (
            r#"{"type":"realm_emoji","op":"update_one","emoji_id":"15","data":{"deactivated":true}}"#,
            "realm_emoji  emoji 15: deactivated = true",
        ),
    ] {
        assert_eq!(sentence(event), expected);
    }
}

#[test]
fn odd_lists_get_the_generic_line() {
    for (event, expected) in [
        (
            r#"{"type":"realm_emoji","op":"update","realm_emoji":{"1":{}}}"#,
            "realm_emoji/update  realm_emoji={1}",
        ),
        (
            r#"{"type":"realm_emoji","op":"update"}"#,
            "realm_emoji/update",
        ),
        (
            r#"{"type":"realm_emoji","op":"paint","realm_emoji":{}}"#,
            "realm_emoji/paint  realm_emoji={0}",
        ),
        (
            r#"{"type":"realm_linkifiers","realm_linkifiers":{}}"#,
            "realm_linkifiers  realm_linkifiers={0}",
        ),
        (
            r#"{"type":"realm_playgrounds","realm_playgrounds":[7]}"#,
            "realm_playgrounds  realm_playgrounds=[1]",
        ),
    ] {
        assert_eq!(sentence(event), expected);
    }
}
