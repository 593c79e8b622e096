//! Lines of `realm_user`, `realm_bot`, `muted_users`, `custom_profile_fields`, `invites_changed`.

use crate::output::summary::telling::{ADA, ending, story, told};

#[test]
fn people_come_and_go() {
    for (name, text, expected) in [
        (
            "new",
            r#"{"type":"realm_user","op":"add","person":{"user_id":38,"email":"user38@x","delivery_email":null,"full_name":"Dee New","is_bot":false,"role":400,"profile_data":{}}}"#,
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
            "realm_user/paint  person={1}",
        ),
        (
            "no id",
            r#"{"type":"realm_user","op":"add","person":{"full_name":"Ada"}}"#,
            "realm_user/add  person={1}",
        ),
        (
            "new bot",
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":39,"full_name":"Deploy","api_key":"secret","owner_id":11,"services":[{"token":"secret"}]}}"#,
            "realm_bot  new bot Deploy of Ada",
        ),
        (
            "new bot on an old server",
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":39,"full_name":"Deploy","api_key":"secret","owner":"ada@x"}}"#,
            "realm_bot  new bot Deploy of Ada",
        ),
        (
            "bot gone",
            r#"{"type":"realm_bot","op":"remove","bot":{"user_id":39,"full_name":"Deploy"}}"#,
            "realm_bot  Deploy was deactivated",
        ),
        (
            "bot given away",
            r#"{"type":"realm_bot","op":"delete","bot":{"user_id":39}}"#,
            "realm_bot  user#39 is no longer yours",
        ),
        (
            "bot given away on an old server",
            r#"{"type":"realm_bot","op":"delete","bot":{"email":"d@x","user_id":39}}"#,
            "realm_bot  d@x is no longer yours",
        ),
        (
            "unknown op of a bot",
            r#"{"type":"realm_bot","op":"paint","bot":{"user_id":39,"api_key":"secret"}}"#,
            "realm_bot/paint  bot={2}",
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
        (
            r#""is_billing_admin":true"#,
            " is now a billing administrator",
        ),
        (
            r#""is_billing_admin":false"#,
            " is no longer a billing administrator",
        ),
        (r#""is_active":true"#, " was reactivated"),
        (r#""is_active":false"#, " was deactivated"),
        (
            r#""avatar_source":"U","avatar_url":"/a.png","avatar_url_medium":"/m.png","avatar_version":4"#,
            " has a new picture",
        ),
        (
            r#""email":"user11@x","timezone":"Asia/Tokyo""#,
            r#": timezone = "Asia/Tokyo""#,
        ),
        (r#""new_email":"a@y""#, " has the email address a@y now"),
        (
            r#""delivery_email":"a@y""#,
            " has the email address a@y now",
        ),
        (r#""delivery_email":null"#, " hides the email address now"),
        (r#""bot_owner_id":12"#, " belongs to user#12 now"),
        (r#""bot_owner_id":null"#, " belongs to nobody now"),
        (
            r#""custom_profile_field":{"id":3,"value":"@ada","rendered_value":"<p>@ada</p>"}"#,
            r#": profile field 3 = "@ada""#,
        ),
        (
            r#""custom_profile_field":{"id":3,"value":null}"#,
            ": profile field 3 = none",
        ),
        (r#""date_joined":"2026""#, r#": date_joined = "2026""#),
        (
            r#""role":600,"paint":[1],"full_name":"Eve""#,
            " is now a guest, paint = 1 entry, is now called Eve",
        ),
    ] {
        let fields = format!(r#""op":"update","person":{{"user_id":11,{change}}}"#);
        let expected = format!("  Ada{expected}");
        assert_eq!(told(&[ADA], "realm_user", &fields), expected, "{change}");
    }
    for (name, person) in [
        ("nothing changed", r#"{"user_id":11,"email":"ada@x"}"#),
        ("odd name", r#"{"user_id":11,"full_name":[]}"#),
        ("odd owner", r#"{"user_id":11,"bot_owner_id":"x"}"#),
    ] {
        let fields = format!(r#""op":"update","person":{person}"#);
        let expected = "/update  person={2}";
        assert_eq!(told(&[ADA], "realm_user", &fields), expected, "{name}");
    }
}

#[test]
fn changes_of_bots_show_no_credentials() {
    for (change, expected) in [
        (r#""full_name":"Deployer""#, " is now called Deployer"),
        (r#""api_key":"secret""#, " has new credentials"),
        (
            r#""services":[{"base_url":"https://x","token":"secret"}]"#,
            " has other services or new credentials",
        ),
        (
            r#""services":[{"config_data":{"a":"secret"}}]"#,
            " has other services or new credentials",
        ),
        (r#""token":"secret""#, ": token = [redacted]"),
        (r#""is_active":false"#, " was deactivated"),
        (r#""avatar_url":"/a.png""#, " has a new picture"),
        (r#""owner_id":11"#, " belongs to Ada now"),
        (r#""owner":"ada@x""#, " belongs to Ada now"),
        (
            r#""default_sending_stream":null"#,
            ": default_sending_stream = none",
        ),
        (
            r#""default_events_register_stream":"ops""#,
            r#": default_events_register_stream = "ops""#,
        ),
    ] {
        let fields = format!(r#""op":"update","bot":{{"email":"bot@x","user_id":39,{change}}}"#);
        let expected = format!("  bot@x{expected}");
        assert_eq!(told(&[ADA], "realm_bot", &fields), expected, "{change}");
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
            "realm_user  Eve has the email address eve@x now",
            "realm_user  Eve was deactivated or is no longer visible to you",
            "presence  Eve is idle",
            "presence  Eve is idle",
        ]
    );
}

#[test]
fn lists_of_people_and_profile_fields_are_short() {
    for (name, text, expected) in [
        (
            "muted",
            r#"{"type":"muted_users","muted_users":[{"id":11,"timestamp":1727690000},{"id":12,"timestamp":1}]}"#,
            "muted_users  you now mute Ada, user#12",
        ),
        (
            "none muted",
            r#"{"type":"muted_users","muted_users":[]}"#,
            "muted_users  you now mute nobody",
        ),
        (
            "odd",
            r#"{"type":"muted_users","muted_users":[7]}"#,
            "muted_users  muted_users=[1]",
        ),
        (
            "fields",
            r#"{"type":"custom_profile_fields","fields":[{"id":3,"name":"Phone","type":1},{"id":4,"name":"Birthday","type":4}]}"#,
            "custom_profile_fields  profile fields are now Phone, Birthday",
        ),
        (
            "no fields",
            r#"{"type":"custom_profile_fields","fields":[]}"#,
            "custom_profile_fields  there are no custom profile fields now",
        ),
        (
            "odd field",
            r#"{"type":"custom_profile_fields","fields":[{"id":3}]}"#,
            "custom_profile_fields  fields=[1]",
        ),
        (
            "invitations",
            r#"{"type":"invites_changed"}"#,
            "invites_changed  pending invitations changed",
        ),
    ] {
        assert_eq!(ending(&[ADA, text]), expected, "{name}");
    }
}
