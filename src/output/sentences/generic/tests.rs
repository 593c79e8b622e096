//! Lines of events without a sentence: cases, what only later events show, and odd ones.

use std::fs;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::output::golden::fixture;
use crate::output::palette::Color;
use crate::output::summary::telling::{ADA, BO, ending, line, story, summary, typed};

#[test]
fn golden_lines_of_made_up_events() {
    #[derive(serde::Deserialize)]
    struct Case<'a> {
        line: Option<String>,
        #[serde(borrow)]
        event: &'a RawValue,
    }
    let cases = fs::read_to_string(fixture("generic-cases.jsonl")).expect("the cases");
    let mut summary = summary(Color::Off, None);
    let mut told = 0;
    for case in cases.lines() {
        let Case { line, event } = serde_json::from_str(case).expect("a case");
        let event = typed(event.get());
        let mut out = Vec::new();
        summary.render(
            &event,
            Some(crate::output::summary::telling::now()),
            &mut out,
        );
        let out = String::from_utf8(out).expect("text");
        if let Some(line) = line {
            let shown = out
                .trim_end()
                .rsplit_once('\n')
                .map_or(out.trim_end(), |(_, last)| last);
            assert_eq!(shown.get(9..), Some(&*format!("{}  {line}", event.kind)));
            told += 1;
        }
    }
    assert_eq!(told, 87);
}

/// What follows the kind in the last line of these events.
fn last(events: &[&str]) -> String {
    let line = ending(events);
    line.split_once("  ").expect("a kind").1.to_owned()
}

#[test]
fn what_is_added_once_more_is_told_as_it_was_then() {
    let folder = |op: &str, name: &str| {
        format!(
            r#"{{"type":"channel_folder","op":"{op}","channel_folder":{{"id":3,"name":"{name}","description":"one"}}}}"#
        )
    };
    let (first, later) = (folder("add", "Projects"), folder("update", "Active"));
    let again = last(&[&first, &later, &first]);
    assert_eq!(again, last(&[&first]));
}

#[test]
fn only_the_list_entry_that_changed_is_told() {
    let exports = |first: &str, second: &str| {
        let export =
            |id: i64, fields: &str| format!(r#"{{"id":{id},"acting_user_id":11,{fields}}}"#);
        format!(
            r#"{{"type":"realm_export","exports":[{},{}]}}"#,
            export(9, first),
            export(10, second)
        )
    };
    let done = r#""pending":false,"export_url":"https://x/y","deleted_timestamp":null"#;
    let deleted = r#""pending":false,"export_url":null,"deleted_timestamp":1795356127"#;
    let [both, one_less] = [exports(done, done), exports(deleted, done)];
    assert_eq!(
        last(&[ADA, &both, &one_less]),
        "export 9: export_url = none; deleted = 2026-11-22 14:02"
    );
}

#[test]
fn what_is_removed_or_changed_after_it_was_named_has_its_name() {
    for (name, events, expected) in [
        (
            "folder",
            [
                r#"{"type":"channel_folder","op":"add","channel_folder":{"id":4,"name":"Projects"}}"#,
                r#"{"type":"channel_folder","op":"update","channel_folder_id":4,"data":{"is_archived":true}}"#,
            ],
            "channel folder Projects: is_archived = true",
        ),
        (
            "emoji",
            [
                r#"{"type":"realm_emoji","op":"add","emoji":{"id":"15","name":"yay"}}"#,
                r#"{"type":"realm_emoji","op":"update_one","emoji_id":"15","data":{"deactivated":true}}"#,
            ],
            "emoji yay: deactivated = true",
        ),
        (
            "profile field",
            [
                r#"{"type":"custom_profile_fields","fields":[{"id":3,"name":"Phone"}]}"#,
                r#"{"type":"realm_user","op":"update","person":{"user_id":11,"custom_profile_field":{"id":3,"value":"1"}}}"#,
            ],
            "Ada: Phone = 1",
        ),
        (
            "file",
            [
                r#"{"type":"attachment","op":"add","attachment":{"id":1,"name":"plan.txt","size":8},"upload_space_used":8}"#,
                r#"{"type":"attachment","op":"remove","attachment":{"id":1},"upload_space_used":0}"#,
            ],
            "file plan.txt removed",
        ),
        (
            "draft",
            [
                r#"{"type":"drafts","op":"add","drafts":[{"id":4,"type":"","to":[],"topic":"","content":"wip"}]}"#,
                r#"{"type":"drafts","op":"remove","draft_id":4}"#,
            ],
            "draft wip removed",
        ),
        (
            "snippet",
            [
                r#"{"type":"saved_snippets","op":"add","saved_snippet":{"id":3,"title":"Bye","content":"c"}}"#,
                r#"{"type":"saved_snippets","op":"remove","saved_snippet_id":3}"#,
            ],
            "saved snippet Bye removed",
        ),
        (
            "reminder",
            [
                r#"{"type":"reminders","op":"add","reminders":[{"reminder_id":8,"type":"private","to":[11],"content":"Look"}]}"#,
                r#"{"type":"reminders","op":"remove","reminder_id":8}"#,
            ],
            "reminder Look removed",
        ),
    ] {
        assert_eq!(last(&[ADA, events[0], events[1]]), expected, "{name}");
    }
}

#[test]
fn a_failed_registration_says_so_and_a_limit_of_null_is_none() {
    for (event, expected) in [
        (
            r#"{"type":"push_device","push_account_id":"2","status":"failed","error_code":"INVALID_KEY"}"#,
            "push device: push_account_id = 2; status = failed; error_code = INVALID_KEY",
        ),
        (
            r#"{"type":"realm","op":"update","property":"message_content_delete_limit_seconds","value":null}"#,
            "organization: message_content_delete_limit_seconds = none",
        ),
    ] {
        assert_eq!(last(&[event]), expected);
    }
}

#[test]
fn a_wrong_name_is_worse_than_a_number() {
    // The call has a name and a place; the place is not called like it.
    let call =
        r#"{"type":"video_call","op":"start","call":{"id":5,"name":"Standup","stream_id":7}}"#;
    let channels = r#"{"type":"default_streams","default_streams":[7]}"#;
    assert_eq!(last(&[call, channels]), "default channels: channel#7");
    for (fields, expected) in [
        (r#""recipient_id":11"#, "recipient_id = 11"),
        (r#""split_group_id":11"#, "split_group_id = 11"),
        (r#""members":5"#, "members = 5"),
        (
            r#""demote_inactive_streams":7"#,
            "demote_inactive_streams = 7",
        ),
        (r#""order":11"#, "order = 11"),
        (r#""owner_id":11"#, "owner = Ada"),
        (r#""owner_id":12"#, "owner = Bo"),
        (r#""owner_id":13"#, "owner = user#13"),
        (r#""parent_stream_id":-1"#, "parent_stream = none"),
    ] {
        let event = format!(r#"{{"type":"thing",{fields}}}"#);
        assert_eq!(last(&[ADA, BO, &event]), format!("thing: {expected}"));
    }
}

#[test]
fn a_person_who_is_gone_keeps_the_name() {
    let gone =
        r#"{"type":"realm_bot","op":"remove","bot":{"user_id":11,"full_name":"Unknown user"}}"#;
    let muted = r#"{"type":"muted_users","muted_users":[{"id":11}]}"#;
    assert_eq!(last(&[ADA, gone, muted]), "muted users: Ada");
}

#[test]
fn much_is_told_in_short() {
    let fields = |number: usize| {
        let fields = (0..number).map(|at| format!(r#""f{at}":{at}"#));
        fields.collect::<Vec<_>>().join(",")
    };
    let event = |fields: &str| format!(r#"{{"type":"thing",{fields}}}"#);
    for (fields, expected) in [
        (fields(6), "f0 = 0; f1 = 1; f2 = 2; f3 = 3; f4 = 4; f5 = 5"),
        (fields(7), "f0 = 0; f1 = 1; f2 = 2; f3 = 3; f4 = 4; 2 more"),
        (r#""a":[1,2,3,4,5]"#.to_owned(), "a = 1, 2, 3, 4, 5"),
        (
            r#""a":[1,2,3,4,5,6]"#.to_owned(),
            "a = 1, 2, 3, 4 and 2 more",
        ),
        (
            r#""a":[{"b":1,"c":2,"d":3,"e":4}],"f":{"g":{"h":1}},"i":1"#.to_owned(),
            "a = (b = 1; c = 2; d = 3; …); f = (g = 1 field); i = 1",
        ),
        (
            format!(r#""a":"{}","b":1"#, "x".repeat(90)),
            &format!("a = {}…; b = 1", "x".repeat(59)),
        ),
    ] {
        assert_eq!(last(&[&event(&fields)]), format!("thing: {expected}"));
    }
    let long = event(&format!(r#""op":"add","a":"{}""#, "x".repeat(3 << 20)));
    assert_eq!(last(&[&long]), "thing added (3 MiB)");
}

#[test]
fn odd_events_have_a_line_too() {
    for (name, kind, text, expected) in [
        ("nothing", "x", "{}", "x  x"),
        ("no type", "", r#"{"op":5,"a":6}"#, "(no type): a = 6"),
        (
            "operation",
            "f",
            r#"{"operation":"add","b":1}"#,
            "f  f added: b = 1",
        ),
        (
            "an id of 0",
            "devices",
            r#"{"op":"add","device_id":0,"b":0}"#,
            "devices  device 0 added",
        ),
        (
            "null and numbers",
            "x",
            r#"{"f":null,"g":1.10,"h":1e400}"#,
            "x  x: f = none; g = 1.10; h = 1e400",
        ),
        (
            "texts",
            "x",
            r#"{"a":"b c","d":"","e":"true"}"#,
            r#"x  x: a = "b c"; d = ""; e = "true""#,
        ),
        (
            "half a surrogate pair",
            "x",
            r#"{"a":"\ud800"}"#,
            r"x  x: a = \ud800",
        ),
        (
            "JSON in a text",
            "x",
            r#"{"a":"{\"b\":[1,2]}"}"#,
            "x  x: a = (b = 1, 2)",
        ),
        (
            "secrets",
            "x",
            r#"{"api_key":"k","token":{"a":1},"config_data":null,"base_url":"https://a:b@c"}"#,
            "x  x: api_key = [redacted]; token = [redacted]; config_data = none; base_url = [redacted]",
        ),
        (
            "secret setting",
            "x",
            r#"{"property":"email_address","value":"a+s@x"}"#,
            "x  x: email_address = [redacted]",
        ),
        (
            "attack",
            "x\u{9b}",
            "{\"op\":\"\u{202e}\",\"a\\u001b\":\"\\u001b]0;t\\u0007\\n\"}",
            "x\\u{9b}  x\\u{9b} \\u{202e}: a\\u{1b} = \"\\u{1b}]0;t\\u{7}⏎\"",
        ),
        ("not an object", "x", "[1]", "x  (unreadable)"),
        ("not JSON", "message", "{\"a\"", "message  (unreadable)"),
    ] {
        assert_eq!(line(kind, text), format!("14:03:00 {expected}"), "{name}");
    }
}

#[test]
fn lists_of_things_are_followed() {
    let list = |entries: &str| format!(r#"{{"type":"boards","boards":[{entries}]}}"#);
    let said = story(&[
        &list(r#"{"id":1,"title":"A","size":1},{"id":2,"title":"B"}"#),
        &list(r#"{"id":1,"title":"A","size":2},{"id":2,"title":"B"}"#),
        &list(r#"{"id":1,"title":"A","size":2},{"id":2,"title":"B"}"#),
        &list(r#"{"id":2,"title":"C"}"#),
        &list(""),
    ]);
    assert_eq!(
        said,
        [
            "boards  boards: A, B",
            "boards  board A: size = 2",
            "boards  boards: A, B",
            "boards  boards: changed = B; gone = A",
            "boards  boards: gone = C",
        ]
    );
}

/// Whether a line shows JSON.
fn is_raw(line: &str) -> bool {
    ["{\"", "[{", "\":{", "\":[", ",\""]
        .iter()
        .any(|sign| line.contains(sign))
}

mod random {
    use super::{Value, is_raw};
    use crate::output::credentials::is_credential;
    use crate::output::palette::Color;
    use crate::output::summary::telling::{event, now, stripped, summary};
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    const KINDS: &str = "message update_message delete_message reaction submessage typing \
        typing_edit_message update_message_flags stream subscription user_topic realm_user presence \
        user_status user_group realm realm_bot realm_emoji realm_export drafts attachment pointer \
        custom_profile_fields future_things restart";
    const KEYS: &str = "op property value setting_name setting data name full_name title content \
        description message_id message_ids messages stream_id stream_ids channel_id topic subject to type \
        user_id user_ids user person bot sender recipients id email owner_id creator_id group_id group \
        members can_post_group direct_members direct_subgroups order created_at api_key token export_url services streams \
        subscriptions presence presences server_timestamp status active_timestamp flag flags all \
        message_details display_recipient timestamp is_me_message content_type orig_content orig_subject \
        new_stream_id emoji emoji_name emoji_code realm_emoji exports drafts fields future_things 12 7";
    const TEXTS: &str = "add remove update create delete start stop peer_add peer_remove add_members \
        name email_address token is_muted invite_only read stream private channel direct active idle ops Ada {} [] {\"a\":[1]} \
        true none 12 1795356127 text/html <p>a</p> ✔";

    fn word(words: &'static str) -> impl Strategy<Value = String> {
        let words: Vec<String> = words.split_whitespace().map(String::from).collect();
        prop::sample::select(words)
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-2_i64..30).prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            word(TEXTS).prop_map(Value::from),
            "[a-z \u{9b}\u{202e}\n]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                any_object(inner),
            ]
        })
    }

    fn any_object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        let fields = prop::collection::vec((word(KEYS), inner), 0..6);
        fields.prop_map(|fields| Value::Object(fields.into_iter().collect()))
    }

    fn any_events() -> impl Strategy<Value = Vec<(String, Value)>> {
        prop::collection::vec((word(KINDS), any_object(any_value())), 1..8)
    }

    /// Puts a word that nobody may see wherever a credential stands.
    fn hide(value: &mut Value, is_secret: bool) {
        match value {
            Value::Object(fields) => {
                let property = fields.get("property").and_then(Value::as_str);
                let is_named = property.is_some_and(is_credential);
                for (key, value) in fields {
                    let is_value = is_named && key == "value";
                    hide(value, is_secret || is_credential(key) || is_value);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| hide(value, is_secret)),
            Value::String(text) if is_secret => "s3cr3t".clone_into(text),
            _ => {}
        }
    }

    /// The same events in each run.
    #[test]
    fn any_events_have_one_clean_line_each() {
        let config = Config {
            cases: 250,
            failure_persistence: None,
            ..Config::default()
        };
        let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, seed);
        let checked = runner.run(&any_events(), |events| {
            let [mut plain, mut painted] =
                [Color::Off, Color::On].map(|color| summary(color, None));
            for (kind, mut fields) in events {
                hide(&mut fields, false);
                let text = fields.to_string();
                let [mut out, mut ink] = [Vec::new(), Vec::new()];
                plain.render(&event(&kind, &text), Some(now()), &mut out);
                painted.render(&event(&kind, &text), Some(now()), &mut ink);
                let [out, ink] = [out, ink].map(|bytes| String::from_utf8(bytes).expect("text"));
                let lines = out
                    .lines()
                    .filter(|line| line.as_bytes().get(2) == Some(&b':'));
                prop_assert_eq!(lines.count(), 1, "{}", text);
                prop_assert!(out.lines().count() <= 2, "{}", text);
                // What people call themselves and say stays as it is.
                let called = [
                    "name",
                    "email",
                    "topic",
                    "subject",
                    "text",
                    "content",
                    "display_recipient",
                    "status",
                ];
                let is_foreign = |key: &&str| {
                    text.contains(&format!("{key}\":\"{{"))
                        || text.contains(&format!("{key}\":\"["))
                };
                let is_foreign = called.iter().any(is_foreign);
                prop_assert!(is_foreign || !is_raw(&out), "{}\n{}", text, out);
                prop_assert!(!out.contains("(unreadable)"), "{}", text);
                prop_assert!(!out.contains("s3cr3t"), "{}\n{}", text, out);
                let is_clean = |c: char| c == '\n' || !c.is_control();
                prop_assert!(out.chars().all(is_clean), "{:?}", out);
                prop_assert_eq!(stripped(&ink), out);
            }
            Ok(())
        });
        checked.unwrap();
    }
}
