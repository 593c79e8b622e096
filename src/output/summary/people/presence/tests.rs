//! Lines of `presence` and `user_status`.

use crate::output::summary::telling::{BO, line, told};

#[test]
fn presence_says_who_is_there() {
    for (name, fields, expected) in [
        (
            "new",
            r#""user_id":12,"presence":{"website":{"client":"website","status":"active","timestamp":1727690000}}"#,
            "Bo is active",
        ),
        (
            "old",
            r#""email":"bo@x","presence":{"ZulipMobile":{"status":"idle"}}"#,
            "Bo is idle (ZulipMobile)",
        ),
        (
            "unknown address",
            r#""email":"cy@x","presence":{"website":{"status":"idle"}}"#,
            "cy@x is idle",
        ),
        (
            "unknown id and address",
            r#""user_id":13,"email":"cy@x","presence":{"website":{"status":"idle"}}"#,
            "cy@x is idle",
        ),
        (
            "two devices",
            r#""user_id":12,"presence":{"website":{"status":"idle"},"Mobile":{"status":"active"},"ZulipX":{"status":"idle"}}"#,
            "Bo is active (Mobile)",
        ),
        (
            "several people",
            r#""presences":{"12":{"active_timestamp":1750000000,"idle_timestamp":1750000000},"13":{"active_timestamp":1,"idle_timestamp":9},"14":{"idle_timestamp":5},"15":{"active_timestamp":5}}"#,
            "Bo, user#15 are active, user#13, user#14 are idle",
        ),
        ("nobody", r#""presences":{}"#, "presences={0}"),
        ("odd id", r#""presences":{"a":{}}"#, "presences={1}"),
        (
            "no device",
            r#""user_id":12,"presence":{}"#,
            "user_id=12 presence={0}",
        ),
        (
            "nobody's",
            r#""presence":{"website":{"status":"idle"}}"#,
            "presence={1}",
        ),
        ("no presence", r#""user_id":12"#, "user_id=12"),
        (
            "odd status",
            r#""user_id":12,"presence":{"website":{"status":5}}"#,
            "user_id=12 presence={1}",
        ),
    ] {
        let expected = format!("  {expected}");
        assert_eq!(told(&[BO], "presence", fields), expected, "{name}");
    }
}

#[test]
fn presence_has_the_time_of_the_server() {
    for (seconds, time) in [
        ("1795342400.25", "10:13:20"),
        ("1795342400", "10:13:20"),
        ("null", "14:03:00"),
        ("{}", "14:03:00"),
    ] {
        let text = format!(
            r#"{{"user_id":12,"server_timestamp":{seconds},"presence":{{"website":{{"status":"idle"}}}}}}"#
        );
        assert_eq!(
            line("presence", &text),
            format!("{time} presence  user#12 is idle")
        );
    }
}

#[test]
fn a_status_is_set_and_cleared() {
    for (fields, expected) in [
        (
            r#","status_text":"in a meeting","emoji_name":"calendar","emoji_code":"1f4c5","reaction_type":"unicode_emoji""#,
            "Bo set a status: 📅 in a meeting",
        ),
        (r#","status_text":"at lunch""#, "Bo set a status: at lunch"),
        (
            r#","status_text":"","emoji_name":"yay","emoji_code":"1","reaction_type":"realm_emoji""#,
            "Bo set a status: :yay:",
        ),
        (
            r#","status_text":"","emoji_name":"","emoji_code":"","reaction_type":"unicode_emoji""#,
            "Bo cleared the status",
        ),
        (r#","status_text":"""#, "Bo cleared the text of the status"),
        (r#","emoji_name":"""#, "Bo cleared the emoji of the status"),
        (r#","away":true"#, "Bo is away"),
        (r#","away":false"#, "Bo is no longer away"),
        (
            r#","away":true,"status_text":"gone","emoji_name":"""#,
            "Bo is away, set a status: gone",
        ),
        ("", "user_id=12"),
        (r#","away":"yes""#, "user_id=12 away=yes"),
    ] {
        let fields = format!(r#""user_id":12{fields}"#);
        let expected = format!("  {expected}");
        assert_eq!(told(&[BO], "user_status", &fields), expected, "{fields}");
    }
}
