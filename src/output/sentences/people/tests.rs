//! Lines of `realm_user`, `presence` and `user_status`.

use crate::output::summary::telling::{ADA, BO, ending, line, story, told};

#[test]
fn people_come_and_go() {
    for (name, text, expected) in [
        (
            "new",
            r#"{"type":"realm_user","op":"add","person":{"user_id":38,"email":"user38@x","delivery_email":null,"full_name":"Dee New","is_bot":false,"role":400,"profile_data":{}}}"#,
            "realm_user  Dee New joined",
        ),
        (
            "not active",
            r#"{"type":"realm_user","op":"add","person":{"user_id":38,"full_name":"Dee New","role":400,"is_active":false}}"#,
            "realm_user  Dee New joined, not active",
        ),
        (
            "null for what need not be there",
            r#"{"type":"realm_user","op":"add","person":{"user_id":38,"email":null,"full_name":"Dee New","role":null,"is_bot":null,"is_active":null,"bot_owner_id":null}}"#,
            "realm_user  Dee New joined",
        ),
        (
            "guest",
            r#"{"type":"realm_user","op":"add","person":{"user_id":38,"full_name":"Dee New","role":600}}"#,
            "realm_user  Dee New joined as a guest",
        ),
        (
            "bot",
            r#"{"type":"realm_user","op":"add","person":{"user_id":39,"full_name":"Deploy","is_bot":true,"role":400,"bot_owner_id":11}}"#,
            "realm_user  Deploy joined as a bot of Ada",
        ),
        (
            "nobody's bot",
            r#"{"type":"realm_user","op":"add","person":{"user_id":39,"full_name":"Deploy","is_bot":true,"bot_owner_id":null}}"#,
            "realm_user  Deploy joined as a bot",
        ),
        (
            "from an old server",
            r#"{"type":"realm_user","op":"remove","person":{"email":"d@x","user_id":38,"full_name":"Dee New"}}"#,
            "realm_user  Dee New was deactivated",
        ),
        (
            "hidden",
            r#"{"type":"realm_user","op":"remove","person":{"user_id":11,"full_name":"Unknown user"}}"#,
            "realm_user  Ada was deactivated or is no longer visible to you",
        ),
        (
            "unknown op",
            r#"{"type":"realm_user","op":"paint","person":{"user_id":11}}"#,
            "realm_user  user Ada paint",
        ),
        (
            "no id",
            r#"{"type":"realm_user","op":"add","person":{"full_name":"Ada"}}"#,
            "realm_user  user Ada added",
        ),
        (
            "new bot",
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":39,"full_name":"Deploy","api_key":"secret","owner_id":11,"services":[{"token":"secret"}]}}"#,
            "realm_bot  bot Deploy added: owner = Ada",
        ),
        (
            "new bot on an old server",
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":39,"full_name":"Deploy","api_key":"secret","owner":"ada@x"}}"#,
            "realm_bot  bot Deploy added: owner = Ada",
        ),
        (
            "bot gone",
            r#"{"type":"realm_bot","op":"remove","bot":{"user_id":39,"full_name":"Deploy"}}"#,
            "realm_bot  bot Deploy removed",
        ),
        (
            "bot given away",
            r#"{"type":"realm_bot","op":"delete","bot":{"user_id":39}}"#,
            "realm_bot  bot 39 deleted",
        ),
        (
            "bot given away on an old server",
            r#"{"type":"realm_bot","op":"delete","bot":{"email":"d@x","user_id":39}}"#,
            "realm_bot  bot d@x deleted",
        ),
        (
            "unknown op of a bot",
            r#"{"type":"realm_bot","op":"paint","bot":{"user_id":39,"api_key":"secret"}}"#,
            "realm_bot  bot 39 paint: api_key = [redacted]",
        ),
    ] {
        assert_eq!(ending(&[ADA, text]), expected, "{name}");
    }
}

#[test]
fn changes_of_people_are_told_in_words() {
    for (change, expected) in [
        (r#""full_name":"Ada E.""#, " is now called Ada E."),
        (r#""full_name":"Ada""#, " has a new name"),
        (r#""role":100"#, " is now an owner"),
        (r#""role":200"#, " is now an administrator"),
        (r#""role":300"#, " is now a moderator"),
        (r#""role":400"#, " is now a member"),
        (r#""role":600"#, " is now a guest"),
        (r#""role":250"#, ": role = 250"),
        (r#""is_admin":true"#, " is now an administrator"),
        (r#""is_admin":false"#, " is no longer an administrator"),
        (r#""is_billing_admin":true"#, ": is_billing_admin = true"),
        (r#""is_active":true"#, " was reactivated"),
        (r#""is_active":false"#, " was deactivated"),
        (
            r#""avatar_source":"U","avatar_url":"/a.png","avatar_url_medium":"/m.png","avatar_version":4"#,
            " has a new picture",
        ),
        (
            r#""email":"user11@x","timezone":"Asia/Tokyo""#,
            ": timezone = Asia/Tokyo",
        ),
        (r#""new_email":"a@y""#, ": new_email = a@y"),
        (r#""delivery_email":null"#, ": delivery_email = none"),
        (r#""bot_owner_id":12"#, ": bot_owner = user#12"),
        (r#""bot_owner_id":null"#, ": bot_owner = none"),
        (
            r#""custom_profile_field":{"id":3,"value":"@ada","rendered_value":"<p>@ada</p>"}"#,
            ": profile field 3 = @ada",
        ),
        (
            r#""custom_profile_field":{"id":3,"value":null}"#,
            ": profile field 3 = none",
        ),
        (r#""is_imported_stub":true"#, ": is_imported_stub = true"),
        (
            r#""role":600,"paint":[1],"full_name":"Eve""#,
            " is now a guest, is now called Eve: paint = 1",
        ),
    ] {
        let fields = format!(r#""op":"update","person":{{"user_id":11,{change}}}"#);
        let expected = format!("  Ada{expected}");
        assert_eq!(told(&[ADA], "realm_user", &fields), expected, "{change}");
    }
    for (person, expected) in [
        (r#""email":"ada@x""#, "  user Ada changed"),
        (r#""full_name":[]"#, "  Ada: full_name = none"),
        (r#""bot_owner_id":"x""#, "  Ada: bot_owner = x"),
        (
            r#""role":null,"timezone":null"#,
            "  Ada: role = none; timezone = none",
        ),
    ] {
        let fields = format!(r#""op":"update","person":{{"user_id":11,{person}}}"#);
        assert_eq!(told(&[ADA], "realm_user", &fields), expected, "{person}");
    }
}

#[test]
fn renamed_people_go_by_their_new_name_from_then_on() {
    let said = story(&[
        r#"{"type":"realm_user","op":"update","person":{"email":"ada@x","user_id":11,"full_name":"Ada"}}"#,
        r#"{"type":"realm_user","op":"update","person":{"user_id":11,"full_name":"Eve"}}"#,
        r#"{"type":"realm_user","op":"update","person":{"user_id":11,"new_email":"eve@x"}}"#,
        r#"{"type":"realm_user","op":"remove","person":{"user_id":11,"full_name":"Unknown user"}}"#,
        r#"{"type":"presence","email":"ada@x","presence":{"website":{"status":"idle"}}}"#,
        r#"{"type":"presence","email":"eve@x","presence":{"website":{"status":"idle"}}}"#,
    ]);
    assert_eq!(
        said,
        [
            "realm_user  ada@x is now called Ada",
            "realm_user  Ada is now called Eve",
            "realm_user  Eve: new_email = eve@x",
            "realm_user  Eve was deactivated or is no longer visible to you",
            "presence  Eve is idle",
            "presence  Eve is idle",
        ]
    );
}

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
            r#""id":11,"email":"bo@x","presence":{"ZulipMobile":{"status":"idle"}}"#,
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
            "Bo is active, user#13 is active, user#14 is active, user#15 is active",
        ),
        ("nobody", r#""presences":{}"#, "presence: none"),
        ("odd id", r#""presences":{"a":{}}"#, "presence: a = none"),
        (
            "no device",
            r#""user_id":12,"presence":{}"#,
            "presence: Bo; none",
        ),
        (
            "nobody's",
            r#""presence":{"website":{"status":"idle"}}"#,
            "presence: website = (status = idle)",
        ),
        ("no presence", r#""user_id":12"#, "presence: Bo"),
        (
            "odd status",
            r#""user_id":12,"presence":{"website":{"status":5}}"#,
            "presence: website = (status = 5); Bo",
        ),
    ] {
        let expected = format!("  {expected}");
        assert_eq!(told(&[BO], "presence", fields), expected, "{name}");
    }
}

#[test]
fn who_is_connected_is_active_for_a_while_and_then_was() {
    for (name, fields, expected) in [
        (
            "connected a little later",
            r#""presences":{"12":{"active_timestamp":1656958520,"idle_timestamp":1656958530}}"#,
            "Bo is active",
        ),
        (
            "connected much later",
            r#""presences":{"12":{"active_timestamp":1656958520,"idle_timestamp":1656958591}}"#,
            "Bo is idle",
        ),
        (
            "long ago",
            r#""server_timestamp":1656958795.5,"presences":{"12":{"active_timestamp":1656958520,"idle_timestamp":1656958530}}"#,
            "Bo was active",
        ),
        (
            "long ago, by client",
            r#""server_timestamp":1656958795.5,"user_id":12,"presence":{"website":{"status":"active","timestamp":1656958530}}"#,
            "Bo was active",
        ),
        (
            "just now, by client",
            r#""server_timestamp":1656958531.5,"user_id":12,"email":null,"presence":{"website":{"status":"active","timestamp":1656958530}}"#,
            "Bo is active",
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
        ("", "user status: Bo"),
        (r#","away":"yes""#, "user status: Bo; away = yes"),
    ] {
        let fields = format!(r#""user_id":12{fields}"#);
        let expected = format!("  {expected}");
        assert_eq!(told(&[BO], "user_status", &fields), expected, "{fields}");
    }
}
