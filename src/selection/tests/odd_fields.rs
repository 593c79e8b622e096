//! A field that looks different from what is documented never drops a message in silence: each field of a message,
//! with each type that JSON has, under each kind of term.

use serde_json::{Value, json};

use super::{known, narrow_of};
use crate::event::Event;
use crate::kind::MESSAGE;
use crate::selection::Selection;
use crate::selection::follow::{Decision, Filter};

fn in_channel() -> Value {
    json!({
        "type": "message", "flags": ["mentioned"], "id": 1,
        "message": {
            "id": 50, "type": "stream", "sender_id": 8, "sender_email": "ada@x", "sender_full_name": "Ada",
            "display_recipient": "ops", "stream_id": 7, "subject": "✔ deploy", "reactions": [{ "emoji_name": "tada" }],
            "content": "text", "content_type": "text/x-markdown", "timestamp": 1_700_000_000,
            "is_me_message": false, "client": "website", "recipient_id": 23, "topic_links": [], "submessages": [],
        },
    })
}

fn direct() -> Value {
    let mut event = in_channel();
    let message = &mut event["message"];
    message["type"] = json!("private");
    message["subject"] = json!("");
    message["display_recipient"] = json!([
        { "id": 8, "email": "ada@x", "full_name": "Ada" },
        { "id": 9, "email": "bo@x", "full_name": "Bo" },
        { "id": 10, "email": "me@x", "full_name": "Me" },
    ]);
    message.as_object_mut().unwrap().remove("stream_id");
    event
}

/// Each kind of term, once so that it matches one of the two, and once so that it matches none.
const TERMS: [&str; 35] = [
    "channel:ops",
    "channel:design",
    "channel:7",
    "channel-id:7",
    "channel-id:8",
    "channel:7-ops",
    "topic:\"✔ deploy\"",
    "topic:other",
    "topic:\"\"",
    "sender:ada@x",
    "sender:bo@x",
    "sender:8",
    "sender:9",
    "sender:Ada",
    "sender:Bo",
    "sender:me",
    "dm:8,9",
    "dm:ada@x,bo@x",
    "dm:Ada,Bo",
    "dm:8",
    "dm:me",
    "dm-with:8",
    "dm-with:bo@x",
    "dm-with:11",
    "group-pm-with:8",
    "group-pm-with:Ada",
    "group-pm-with:11",
    "is:private",
    "is:mentioned",
    "is:starred",
    "is:unread",
    "is:alerted",
    "is:resolved",
    "has:reaction",
    "channel:ops topic:other sender:8",
];

/// The places of all fields, in the form of JSON pointers.
fn places(event: &Value) -> Vec<String> {
    let mut places = vec![
        "/flags".to_owned(),
        "/flags/0".to_owned(),
        "/message".to_owned(),
    ];
    for (name, value) in event["message"].as_object().unwrap() {
        places.push(format!("/message/{name}"));
        for (index, entry) in value.as_array().into_iter().flatten().enumerate() {
            places.push(format!("/message/{name}/{index}"));
            for part in entry.as_object().unwrap().keys() {
                places.push(format!("/message/{name}/{index}/{part}"));
            }
        }
    }
    places
}

/// A value of each type; none stands for a field that is not there.
fn values() -> Vec<Option<Value>> {
    let values = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(1e300),
        json!(3),
        json!("x"),
        json!([]),
        json!([null, 5]),
        json!({}),
        json!({ "a": [1] }),
    ];
    values.into_iter().map(Some).chain([None]).collect()
}

fn with(event: &Value, place: &str, value: Option<&Value>) -> Value {
    let mut event = event.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    match (event.pointer_mut(parent).unwrap(), value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value.clone())),
        (Value::Object(fields), None) => drop(fields.remove(name)),
        (Value::Array(entries), Some(value)) => {
            entries[name.parse::<usize>().unwrap()] = value.clone();
        }
        (Value::Array(entries), None) => drop(entries.remove(name.parse().unwrap())),
        _ => panic!("{place}"),
    }
    event
}

/// Whether the value says something in that place, so that it may decide.
fn is_documented(event: &Value, place: &str, value: Option<&Value>) -> bool {
    let is_direct = event["message"]["type"] == "private";
    let (_, name) = place.rsplit_once('/').unwrap();
    match (name, value) {
        // Nothing is a value of these.
        ("flags" | "reactions", None | Some(Value::Null))
        // An entry less is a list all the same.
        | ("0" | "1" | "2", None)
        | ("reactions", Some(Value::Array(_))) => true,
        ("subject", None | Some(Value::Null)) => is_direct,
        ("flags", Some(Value::Array(flags))) => flags.is_empty(),
        (_, None) => false,
        (_, Some(value)) => {
            let is_number = |value: &Value| value.is_i64();
            let now = event.pointer(place).unwrap();
            (is_number(now) && is_number(value)) || (now.is_string() && value.is_string())
        }
    }
}

fn decide(selection: &Selection, event: &Value) -> (bool, Vec<String>) {
    let mut filter = Filter::default();
    let text = event.to_string();
    let event = Event::new(None, MESSAGE, &text);
    let is_shown = filter.decide(selection, &event) == Decision::Shown;
    assert_eq!(
        selection.has_message(&event),
        is_shown,
        "a row of history is judged the same"
    );
    (is_shown, filter.take_warnings())
}

fn selection(text: &str) -> Selection {
    Selection {
        narrows: vec![narrow_of(known(10, "me@x"), text)],
        ..Selection::default()
    }
}

#[test]
fn no_field_of_another_type_drops_a_message() {
    let (mut shown, mut odd) = (0, 0);
    for event in [in_channel(), direct()] {
        for term in TERMS {
            let negated = format!("-{term}");
            for text in [term, if term.contains(' ') { term } else { &negated }] {
                let selection = selection(text);
                let (is_real, warnings) = decide(&selection, &event);
                assert!(warnings.is_empty(), "{text}: {warnings:?}");
                for place in places(&event) {
                    for value in values() {
                        if is_documented(&event, &place, value.as_ref()) {
                            continue;
                        }
                        let changed = with(&event, &place, value.as_ref());
                        let (is_shown, warnings) = decide(&selection, &changed);
                        assert!(is_shown || !is_real, "{text}: {place} = {value:?} drops it");
                        // What passes though it does not match is told, by the name of the field.
                        if is_shown && !is_real {
                            let [warning] = warnings.as_slice() else {
                                panic!("{text}: {place} = {value:?}: {warnings:?}");
                            };
                            let field = place
                                .split('/')
                                .find(|part| !["", "message"].contains(part));
                            assert!(
                                warning.contains(field.unwrap_or("message")),
                                "{place}: {warning}"
                            );
                            odd += 1;
                        }
                        shown += u32::from(is_shown);
                    }
                }
            }
        }
    }
    assert!(shown > 10_000 && odd > 300, "{shown} {odd}");
}

#[test]
fn nothing_is_a_value_of_flags_reactions_and_the_topic_of_direct_messages() {
    for (event, place, text, expected) in [
        (in_channel(), "/flags", "is:mentioned", false),
        (in_channel(), "/flags", "-is:mentioned", true),
        (in_channel(), "/flags", "is:unread", true),
        (in_channel(), "/message/reactions", "has:reaction", false),
        (in_channel(), "/message/reactions", "-has:reaction", true),
        (direct(), "/message/subject", "topic:\"\"", false),
        (direct(), "/message/subject", "-topic:x", true),
    ] {
        for value in [None, Some(Value::Null)] {
            let event = with(&event, place, value.as_ref());
            assert_eq!(
                decide(&selection(text), &event),
                (expected, Vec::new()),
                "{text} {value:?}"
            );
        }
    }
}

#[test]
fn a_field_that_the_narrow_does_not_name_is_nobodys_business() {
    let event = with(&in_channel(), "/message/sender_email", Some(&Value::Null));
    for (text, expected, warnings) in [
        ("channel:ops", true, 0),
        ("channel:design", false, 0),
        ("sender:ada@x", true, 1),
        ("sender:ada@x channel:design", false, 0),
    ] {
        let (is_shown, told) = decide(&selection(text), &event);
        assert_eq!(
            (is_shown, told.len()),
            (expected, warnings),
            "{text}: {told:?}"
        );
    }
}

#[test]
fn it_is_warned_of_once() {
    let (mut filter, selection) = (Filter::default(), selection("sender:ada@x"));
    let event = with(&in_channel(), "/message/sender_email", None).to_string();
    let event = Event::new(None, MESSAGE, &event);
    for warnings in [1, 0, 0] {
        assert_eq!(filter.decide(&selection, &event), Decision::Shown);
        assert_eq!(filter.take_warnings().len(), warnings);
    }
}
