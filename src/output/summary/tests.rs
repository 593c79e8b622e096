//! Whole lines, as they come out.

use std::collections::BTreeSet;

use super::telling::{IN_DENMARK, event, line, lines, message, now, stripped, summary};
use crate::event::MessageId;
use crate::output::golden::fixture;
use crate::output::names::Noun;
use crate::output::palette::Color;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

#[test]
fn without_a_time_of_arrival_the_line_before_tells_the_time() {
    let mut summary = summary(Color::Off, None);
    let mut out = Vec::new();
    let told = message(IN_DENMARK);
    for (kind, text) in [("later", "{}"), ("message", &told), ("later", "{}")] {
        summary.render(&event(kind, text), None, &mut out);
    }
    let expected = "--:--:-- later  later\n2026-11-22 Sunday\n\
        14:02:07 #Denmark > lunch plans  Othello Bot: text\n14:02:07 later  later\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

const TO_CORDELIA: &str = r#""type":"private","subject":"","sender_id":1,"sender_full_name":"Hamlet","sender_email":"h@x","content":"text","display_recipient":[{"id":2,"full_name":"Cordelia","email":"c@x"},{"id":1,"full_name":"Hamlet","email":"h@x"}]"#;

#[test]
fn messages_say_where_who_and_what() {
    for (name, fields, expected) in [
        (
            "channel",
            IN_DENMARK.to_string(),
            "14:02:07 #Denmark > lunch plans  Othello Bot: text",
        ),
        (
            "line breaks",
            IN_DENMARK.replace("text", r"a\nb\tc"),
            "14:02:07 #Denmark > lunch plans  Othello Bot: a⏎b c",
        ),
        (
            "no topic",
            IN_DENMARK.replace("lunch plans", ""),
            "14:02:07 #Denmark > (no topic)  Othello Bot: text",
        ),
        (
            "action",
            IN_DENMARK.replace("text\"", r#"/me waves","is_me_message":true"#),
            "14:02:07 #Denmark > lunch plans  Othello Bot waves",
        ),
        (
            "action as html",
            IN_DENMARK.replace(
                "text\"",
                r#"<p>/me waves</p>","content_type":"text/html","is_me_message":true"#,
            ),
            "14:02:07 #Denmark > lunch plans  Othello Bot waves",
        ),
        (
            "slash me in a text only",
            IN_DENMARK.replace("text", "/me waves"),
            "14:02:07 #Denmark > lunch plans  Othello Bot: /me waves",
        ),
        (
            "nameless",
            r#""type":"stream","stream_id":7,"sender_id":12,"subject":"a","content":"b""#
                .to_string(),
            "14:02:07 channel#7 > a  user#12: b",
        ),
        (
            "direct",
            TO_CORDELIA.to_string(),
            "14:02:07 DM Hamlet → Cordelia: text",
        ),
        (
            "direct, new name of the type",
            TO_CORDELIA.replace("private", "direct"),
            "14:02:07 DM Hamlet → Cordelia: text",
        ),
        (
            "direct action",
            TO_CORDELIA.replace("text\"", r#"/me waves","is_me_message":true"#),
            "14:02:07 DM Hamlet → Cordelia  Hamlet waves",
        ),
        (
            "several",
            TO_CORDELIA.replace(
                "[{",
                r#"[{"id":3,"full_name":"Iago"},{"id":4,"email":"i@x"},{"id":5},{"#,
            ),
            "14:02:07 DM Hamlet → Iago, i@x, user#5, Cordelia: text",
        ),
        (
            "namesakes",
            TO_CORDELIA.replace("Cordelia", "Hamlet"),
            "14:02:07 DM Hamlet → Hamlet: text",
        ),
        (
            "note to oneself",
            TO_CORDELIA.replace("\"id\":2", "\"id\":1"),
            "14:02:07 DM Hamlet → Hamlet: text",
        ),
        (
            "without ids",
            TO_CORDELIA.replace("\"sender_id\":1,", ""),
            "14:02:07 DM Hamlet → Cordelia: text",
        ),
    ] {
        assert_eq!(line("message", &message(&fields)), expected, "{name}");
    }
}

#[test]
fn names_are_learnt_from_events_without_a_line() {
    let mut summary = summary(Color::Off, None);
    let in_denmark = IN_DENMARK.replace(
        "\"type\"",
        "\"id\":5,\"stream_id\":4,\"sender_id\":12,\"type\"",
    );
    let strangers = r#""type":"stream","stream_id":9,"sender_id":99,"subject":"x","content":"y""#;
    for text in [message(&in_denmark), message(strangers), "{".into()] {
        for kind in ["message", "x"] {
            summary.sentences.learn_names(&event(kind, &text));
        }
    }
    assert_eq!(
        summary.sentences.names().of(&Noun::Channel, 4),
        Some("Denmark")
    );
    assert!(summary.sentences.names().missing.is_empty());
    assert!(summary.sentences.memory.recent.find(MessageId(5)).is_some());
    let known = r#""type":"stream","stream_id":4,"sender_id":12,"subject":"a","content":"b""#;
    let mut out = Vec::new();
    let known = message(known);
    summary.render(&event("message", &known), Some(now()), &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "2026-11-22 Sunday\n14:02:07 #Denmark > a  Othello Bot: b\n"
    );
}

#[test]
fn a_message_without_a_usable_time_gets_that_of_arrival() {
    for timestamp in ["0", "-5", "9223372036854775807"] {
        let text = message(IN_DENMARK).replace("1795356127", timestamp);
        assert_eq!(
            line("message", &text),
            "14:03:00 #Denmark > lunch plans  Othello Bot: text"
        );
    }
}

#[test]
fn the_date_stands_before_the_first_line_and_where_it_changes() {
    let day_before = message(IN_DENMARK).replace("1795356127", "1795269727");
    let events = [
        ("message", day_before.as_str()),
        ("x", "{}"),
        ("x", "{}"),
        ("message", &day_before),
    ];
    assert_eq!(
        lines(Color::Off, None, &events),
        "2026-11-21 Saturday\n14:02:07 #Denmark > lunch plans  Othello Bot: text\n\
         2026-11-22 Sunday\n14:03:00 x  x\n14:03:00 x  x\n\
         2026-11-21 Saturday\n14:02:07 #Denmark > lunch plans  Othello Bot: text\n"
    );
}

#[test]
fn lines_are_cut_to_the_terminal() {
    let text = IN_DENMARK.replace(
        "text",
        "日本語👨‍👩‍👧‍👦 und noch viel mehr Text, bis der Platz aus ist",
    );
    for (width, expected) in [
        (0, "14:02:07 #Denmark >…"),
        (20, "14:02:07 #Denmark >…"),
        (
            60,
            "14:02:07 #Denmark > lunch plans  Othello Bot: 日本語👨‍👩‍👧‍👦 und …",
        ),
        (
            80,
            "14:02:07 #Denmark > lunch plans  Othello Bot: 日本語👨‍👩‍👧‍👦 und noch viel mehr Text,…",
        ),
    ] {
        let out = lines(Color::Off, Some(width), &[("message", &message(&text))]);
        let line = out.lines().nth(1).unwrap();
        assert_eq!(line, expected, "{width}");
        assert!(line.width() <= width.max(20), "{width}");
    }
}

#[test]
fn each_part_has_its_colour() {
    let out = lines(
        Color::On,
        None,
        &[
            ("message", &message(IN_DENMARK)),
            ("x", r#"{"op":"o","a":1}"#),
        ],
    );
    let expected = [
        "\x1b[1m2026-11-22 Sunday\x1b[0m\n",
        "\x1b[2m14:02:07\x1b[0m \x1b[91m#Denmark\x1b[0m\x1b[2m > \x1b[0mlunch plans  ",
        "\x1b[1;32mOthello Bot\x1b[0m\x1b[2m: \x1b[0mtext\n",
        "\x1b[2m14:03:00\x1b[0m \x1b[2mx  x o: a = 1\x1b[0m\n",
    ];
    assert_eq!(out, expected.concat());
}

/// A message whose fields are all there, each with a value that its line shows or not.
const COMPLETE: [(&str, &str, &str); 9] = [
    ("type", "\"stream\"", ""),
    ("display_recipient", "\"Denmark\"", "Denmark"),
    ("subject", "\"lunch plans\"", "lunch plans"),
    ("sender_id", "8", ""),
    ("sender_email", "\"o@x\"", ""),
    ("sender_full_name", "\"Othello Bot\"", "Othello Bot"),
    ("content", "\"text\"", "text"),
    ("timestamp", "1795356127", "14:02:07"),
    ("is_me_message", "false", ""),
];

#[test]
fn one_odd_field_never_hides_the_others() {
    for (odd, ..) in COMPLETE {
        for value in [
            None,
            Some("null"),
            Some("5"),
            Some("-1.5"),
            Some("true"),
            Some("\"x\""),
            Some("[]"),
            Some("[1]"),
            Some("{}"),
        ] {
            let fields = COMPLETE.iter().filter_map(|(name, usual, _)| {
                let value = if *name == odd { value? } else { usual };
                Some(format!("\"{name}\":{value}"))
            });
            let fields: Vec<_> = fields.collect();
            let text = format!(
                r#"{{"type":"message","message":{{"stream_id":4,{}}},"flags":{}}}"#,
                fields.join(","),
                value.unwrap_or("[]")
            );
            let out = lines(Color::Off, None, &[("message", &text)]);
            let line = out.lines().next_back().unwrap();
            for (name, _, shown) in COMPLETE {
                let is_there = name == odd || line.contains(shown);
                assert!(is_there, "{odd} = {value:?} hides {name}: {line}");
            }
        }
    }
}

#[test]
fn kinds_without_a_sentence_are_dim_from_end_to_end() {
    for (kind, text) in [
        ("heartbeat", "{}"),
        ("web_reload_client", r#"{"immediate":true}"#),
        ("realm", r#"{"op":"update","property":"name","value":"x"}"#),
        ("future_thing", r#"{"op":"frobbed","user_id":5}"#),
        ("reaction", r#"{"op":"swap","user_id":12,"message_id":1}"#),
    ] {
        let out = lines(Color::On, None, &[(kind, text)]);
        let line = out.lines().nth(1).unwrap();
        let shown = line.strip_prefix("\x1b[2m14:03:00\x1b[0m ").unwrap();
        assert!(shown.starts_with(&format!("\x1b[2m{kind}  ")), "{line:?}");
        assert!(shown.find("\x1b[0m") == Some(shown.len() - 4), "{line:?}");
    }
}

proptest! {
    #[test]
    fn any_event_gives_clean_lines_that_are_the_same_without_colour(
        kind in prop::sample::select(vec!["message", "typing", "", "\u{9b}x\n"]),
        texts in prop::collection::vec(any::<String>(), 5),
        shape in 0..4,
        width in prop::option::of(0_usize..200),
    ) {
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|i| serde_json::to_string(&texts[i]).unwrap());
        let text = match shape {
            0 => message(&format!(r#""type":"stream","display_recipient":{a},"subject":{b},"sender_full_name":{c},"content":{d}"#)),
            1 => message(&format!(r#""type":"private","display_recipient":[{{"id":1,"full_name":{a}}},{{"id":2,"full_name":{b}}}],"sender_full_name":{c},"content":{d}"#)),
            2 => format!(r#"{{{a}:{b},"op":{c},"id":{d},"property":{e}}}"#),
            _ => texts[0].clone(),
        };
        let events = [(kind, &*text)];
        let plain = lines(Color::Off, width, &events);
        prop_assert_eq!(plain.matches('\n').count(), 2);
        prop_assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{:?}", plain);
        // Colour takes the place of signs.
        if !texts[3].contains(['`', '*', '~', '#', '[']) {
            prop_assert_eq!(stripped(&lines(Color::On, width, &events)), plain);
        }
    }
}

/// Each field of an event, those of its message as well, as a JSON pointer.
fn places(event: &Value) -> Vec<String> {
    let fields = |value: &Value, above: &str| -> Vec<String> {
        let names = value.as_object().map(|fields| fields.keys().cloned());
        let names = names.into_iter().flatten();
        names.map(|name| format!("{above}/{name}")).collect()
    };
    [fields(event, ""), fields(&event["message"], "/message")].concat()
}

/// The first words of the texts in the event and its message, but for one.
fn texts(event: &Value, but: &str) -> Vec<String> {
    let places = places(event).into_iter().filter(|place| place != but);
    let texts = places.filter_map(|place| event.pointer(&place)?.as_str().map(str::to_owned));
    let words = texts.filter_map(|text| {
        text.split(|c: char| !c.is_alphanumeric())
            .next()
            .map(str::to_owned)
    });
    words.filter(|word| word.len() > 3).collect()
}

/// What says nothing without that field: a place is two halves, a value belongs to a property, and without a message
/// there is none of its fields. Of the texts of an edit the one that is there is shown as the new one.
const NEEDED: [&str; 9] = [
    "message /message",
    "presence /presence",
    "realm /property",
    "stream /stream_id",
    "stream /value",
    "update_message /content",
    "update_message /message_id",
    "update_message /orig_subject",
    "update_message /subject",
];

#[test]
fn no_odd_field_hides_the_text_of_another() {
    let odd = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!([]),
        json!([[1]]),
        json!({ "a": [1] }),
        json!("x"),
        json!(7),
    ];
    let shown = |kind: &str, event: &Value| lines(Color::Off, None, &[(kind, &event.to_string())]);
    let (mut checked, mut shapes) = (0, BTreeSet::new());
    for name in ["events-9.2.jsonl", "events-10.2.jsonl"] {
        let recorded = std::fs::read_to_string(fixture(name)).unwrap();
        for text in recorded.lines() {
            let event: Value = serde_json::from_str(text).unwrap();
            let kind = event["type"].as_str().unwrap();
            // One of each shape.
            if !shapes.insert((kind.to_owned(), event["op"].to_string(), places(&event))) {
                continue;
            }
            let before = shown(kind, &event);
            for place in places(&event) {
                if NEEDED.contains(&&*format!("{kind} {place}")) {
                    continue;
                }
                // A text may have the words of another field in it.
                let own = event.pointer(&place).and_then(Value::as_str);
                let mut words = texts(&event, &place);
                words.retain(|word| {
                    before.contains(word) && !own.is_some_and(|own| own.contains(word))
                });
                for value in odd.iter().map(Some).chain([None]) {
                    let mut event = event.clone();
                    let (parent, name) = place.rsplit_once('/').unwrap();
                    let fields = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                    match value {
                        Some(value) => drop(fields.insert(name.to_owned(), value.clone())),
                        None => drop(fields.remove(name)),
                    }
                    let after = shown(kind, &event);
                    for word in &words {
                        assert!(
                            after.contains(word),
                            "{kind} {place} = {value:?} hides {word}:\n{before}{after}"
                        );
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 8_000, "{checked}");
}
