//! Lines of settings, files, hints, devices and the like.

use crate::output::summary::telling::{line, sentence, story};

#[test]
fn settings_and_lists_say_what_they_are_now() {
    for (name, event, expected) in [
        (
            "alert words",
            r#"{"type":"alert_words","alert_words":["outage","pagér","esc\u001b[31m"]}"#,
            r"alert_words  alert words: outage, pagér, esc\u{1b}[31m",
        ),
        (
            "many alert words",
            r#"{"type":"alert_words","alert_words":["a","b","c","d","e","f"]}"#,
            "alert_words  alert words: a, b, c, d, e, f",
        ),
        (
            "no alert words",
            r#"{"type":"alert_words","alert_words":[]}"#,
            "alert_words  alert words: none",
        ),
        (
            "setting",
            r#"{"type":"user_settings","op":"update","property":"timezone","value":"Europe/Copenhagen"}"#,
            r#"user_settings  you set timezone = "Europe/Copenhagen""#,
        ),
        (
            "number with a meaning",
            r#"{"type":"user_settings","op":"update","property":"email_address_visibility","value":5}"#,
            "user_settings  you set email_address_visibility = 5 (moderators)",
        ),
        (
            "number without",
            r#"{"type":"user_settings","op":"update","property":"color_scheme","value":9}"#,
            "user_settings  you set color_scheme = 9",
        ),
        (
            "language",
            r#"{"type":"user_settings","op":"update","property":"default_language","value":"de","language_name":"Deutsch"}"#,
            r#"user_settings  you set default_language = "de" (Deutsch)"#,
        ),
        (
            "display of old servers",
            r#"{"type":"update_display_settings","user":"h@x","setting_name":"night_mode","setting":true}"#,
            "update_display_settings  you set night_mode = true",
        ),
        (
            "notifications of old servers",
            r#"{"type":"update_global_notifications","user":"h@x","notification_name":"enable_sounds","setting":false}"#,
            "update_global_notifications  you set enable_sounds = false",
        ),
    ] {
        assert_eq!(sentence(event), expected, "{name}");
    }
}

#[test]
fn very_many_alert_words_are_counted() {
    let words = vec![r#""a""#; 2001].join(",");
    let line = sentence(&format!(
        r#"{{"type":"alert_words","alert_words":[{words}]}}"#
    ));
    assert!(line.ends_with(", a, a and 1 more"), "{line}");
}

#[test]
fn devices_and_views_say_what_became_of_them() {
    for (name, event, expected) in [
        (
            "notices",
            r#"{"type":"onboarding_steps","onboarding_steps":[{"type":"one_time_notice","name":"a"}]}"#,
            "onboarding_steps  1 notice to newcomers left",
        ),
        (
            "notices of old servers",
            r#"{"type":"hotspots","hotspots":[]}"#,
            "hotspots  0 hints to newcomers left",
        ),
        (
            "zoom",
            r#"{"type":"has_zoom_token","value":true}"#,
            "has_zoom_token  Zoom account linked",
        ),
        (
            "no zoom",
            r#"{"type":"has_zoom_token","value":false}"#,
            "has_zoom_token  Zoom account unlinked",
        ),
        (
            "webex",
            r#"{"type":"has_webex_token","value":true}"#,
            "has_webex_token  Webex account linked",
        ),
        (
            "push",
            r#"{"type":"push_device","push_account_id":"2408","status":"active"}"#,
            "push_device  push notifications are active",
        ),
        (
            "device",
            r#"{"type":"device","op":"add","device_id":5}"#,
            "device  device 5 registered",
        ),
        (
            "device with another key",
            r#"{"type":"device","op":"update","device_id":5,"push_token_id":"aGVyZQ"}"#,
            "device  device 5 changed",
        ),
        (
            "no device",
            r#"{"type":"device","op":"remove","device_id":5}"#,
            "device  device 5 removed",
        ),
        (
            "view",
            r#"{"type":"navigation_view","op":"add","navigation_view":{"fragment":"narrow/is/starred","is_pinned":true,"name":null}}"#,
            "navigation_view  view narrow/is/starred added, pinned",
        ),
        (
            "named view",
            r#"{"type":"navigation_view","op":"update","fragment":"narrow/is/starred","data":{"is_pinned":false,"name":"Stars"}}"#,
            r#"navigation_view  view narrow/is/starred changed, not pinned, named "Stars""#,
        ),
        (
            "no view",
            r#"{"type":"navigation_view","op":"remove","fragment":"narrow/is/starred"}"#,
            "navigation_view  view narrow/is/starred removed",
        ),
    ] {
        assert_eq!(sentence(event), expected, "{name}");
    }
}

#[test]
fn files_say_where_they_are() {
    let file =
        |fields: &str| format!(r#"{{"type":"attachment",{fields},"upload_space_used":9,"id":1}}"#);
    let update = |messages: &str| {
        file(&format!(
            r#""op":"update","attachment":{{"id":2,"name":"plan.txt","path_id":"2/aa","size":9,"create_time":1795356127,"messages":[{messages}]}}"#
        ))
    };
    let newer = |ids: &str| {
        file(&format!(
            r#""op":"update","attachment":{{"id":2,"name":"plan.txt","path_id":"2/aa","size":9,"create_time":1795356127,"message_ids":[{ids}]}}"#
        ))
    };
    for (name, event, expected) in [
        (
            "in a message",
            update(r#"{"id":501,"date_sent":1}"#),
            "attachment  file plan.txt is in message 501",
        ),
        (
            "in several",
            update(r#"{"id":501},{"id":502}"#),
            "attachment  file plan.txt is in 2 messages",
        ),
        (
            "in none",
            update(""),
            "attachment  file plan.txt is in no message any more",
        ),
        (
            "in a message, by its id",
            newer("501"),
            "attachment  file plan.txt is in message 501",
        ),
        (
            "in several, by ids",
            newer("501,502"),
            "attachment  file plan.txt is in 2 messages",
        ),
        (
            "in none, by ids",
            newer(""),
            "attachment  file plan.txt is in no message any more",
        ),
        (
            "nobody says where",
            file(r#""op":"update","attachment":{"id":2}"#),
            "attachment/update  attachment={1} upload_space_used=9",
        ),
        (
            "removed",
            file(r#""op":"remove","attachment":{"id":2}"#),
            "attachment  file 2 removed",
        ),
        (
            "unknown op",
            file(r#""op":"scan","attachment":{"id":2}"#),
            "attachment/scan  attachment={1} upload_space_used=9",
        ),
    ] {
        assert_eq!(sentence(&event), expected, "{name}");
    }
    let message = r#"{"type":"message","message":{"id":501,"type":"stream","display_recipient":"Denmark","stream_id":4,"subject":"plans","sender_full_name":"Iago","content":"Here it is"}}"#;
    assert_eq!(
        story(&[message, &update(r#"{"id":501}"#)])[1],
        r#"attachment  file plan.txt is in "Here it is" (#Denmark > plans)"#
    );
}

#[test]
fn an_upload_has_its_own_time_in_seconds_or_milliseconds() {
    for time in ["1795356127", "1795356127000"] {
        let event = format!(
            r#"{{"type":"attachment","op":"add","attachment":{{"id":2,"name":"a b.txt","size":812,"create_time":{time},"messages":[]}}}}"#
        );
        assert_eq!(
            line("attachment", &event),
            "14:02:07 attachment  file a b.txt uploaded (812 B)"
        );
    }
}

#[test]
fn odd_events_of_the_account_get_the_generic_line() {
    for (event, expected) in [
        (
            r#"{"type":"user_settings","op":"remove","property":"x","value":1}"#,
            "user_settings/remove  property=x value=1",
        ),
        (
            r#"{"type":"update_display_settings","setting":true}"#,
            "update_display_settings  setting=true",
        ),
        (
            r#"{"type":"alert_words","alert_words":[1]}"#,
            "alert_words  alert_words=[1]",
        ),
        (
            r#"{"type":"has_zoom_token","value":"yes"}"#,
            "has_zoom_token  value=yes",
        ),
        (
            r#"{"type":"hotspots","hotspots":null}"#,
            "hotspots  hotspots=null",
        ),
        (r#"{"type":"device","op":"add"}"#, "device/add"),
        (
            r#"{"type":"device","op":"lose","device_id":5}"#,
            "device/lose  device_id=5",
        ),
        (
            r#"{"type":"push_device","status":5}"#,
            "push_device  status=5",
        ),
        (
            r#"{"type":"navigation_view","op":"move","fragment":"x"}"#,
            "navigation_view/move  fragment=x",
        ),
    ] {
        assert_eq!(sentence(event), expected);
    }
}
