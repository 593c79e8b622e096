//! Answers that are as they should be: each element keeps its bytes, its id and its kind.

use super::{read, split_in_all_sizes, whole};
use crate::api::split::Splitter;

/// Name, body, lines, envelope.
const WHOLE: &[(&str, &str, &[&str], &str)] = &[
    ("empty list", r#"{"events":[]}"#, &[], r#"{"events":[]}"#),
    (
        "compact",
        r#"{"result":"success","events":[{"id":1},{"a":[{}]}],"queue_id":"q"}"#,
        &[r#"{"id":1}"#, r#"{"a":[{}]}"#],
        r#"{"result":"success","events":[],"queue_id":"q"}"#,
    ),
    (
        "spaces stay inside elements and go between them",
        "{\"events\": [ {\"a\" : [1, 2],\t\"b\": {} } ,\t{}\n], \"n\": 1}\r\n",
        &["{\"a\" : [1, 2],\t\"b\": {} }", "{}"],
        "{\"events\": [], \"n\": 1}\r\n",
    ),
    (
        "line breaks go",
        "{\n  \"events\": [\n    {\n      \"a\": \"x\\ny\",\r\n      \"b\": [\n1,\n2]\n}\n, {}\n]\n}\n",
        &["{      \"a\": \"x\\ny\",      \"b\": [1,2]}", "{}"],
        "{\n  \"events\": []\n}\n",
    ),
    (
        "brackets, quotes and backslashes in strings",
        r#"{"events":[{"a":"]}\"{[\\"},{"\\\\\"":"\\"}],"msg":"]}\"\\"}"#,
        &[r#"{"a":"]}\"{[\\"}"#, r#"{"\\\\\"":"\\"}"#],
        r#"{"events":[],"msg":"]}\"\\"}"#,
    ),
    (
        "the list after everything else",
        r#"{"retry-after":1.5,"x":null,"y":[[{"z":"]"}]],"events":[{}]}"#,
        &["{}"],
        r#"{"retry-after":1.5,"x":null,"y":[[{"z":"]"}]],"events":[]}"#,
    ),
    (
        "two lists",
        r#"{"events":[{"a":1}],"events":[{"a":2}]}"#,
        &[r#"{"a":1}"#, r#"{"a":2}"#],
        r#"{"events":[],"events":[]}"#,
    ),
    (
        "no list",
        r#"{"result":"error","msg":"x","code":"RATE_LIMIT_HIT","retry-after":1.2}"#,
        &[],
        r#"{"result":"error","msg":"x","code":"RATE_LIMIT_HIT","retry-after":1.2}"#,
    ),
    ("no fields", " \r\n\t{ } ", &[], " \r\n\t{ } "),
    (
        "the list is a string",
        r#"{"events":"[{}]"}"#,
        &[],
        r#"{"events":"[{}]"}"#,
    ),
    (
        "the list is an object",
        r#"{"events":{"a":[{}]}}"#,
        &[],
        r#"{"events":{"a":[{}]}}"#,
    ),
    (
        "the list is null",
        r#"{"events":null}"#,
        &[],
        r#"{"events":null}"#,
    ),
    (
        "null before the list",
        r#"{"events":null,"events":[{}]}"#,
        &["{}"],
        r#"{"events":null,"events":[]}"#,
    ),
    (
        "keys deeper down, in lists and as values are not the list",
        r#"{"a":{"events":[{}]},"b":[{"events":[{}]}],"c":"events","d":["events",[{}]]}"#,
        &[],
        r#"{"a":{"events":[{}]},"b":[{"events":[{}]}],"c":"events","d":["events",[{}]]}"#,
    ),
    (
        "keys that only look like the list's",
        r#"{"event":[{}],"eventss":[{}],"\"events":[{}],"events\"":[{}],"Events":[{}]}"#,
        &[],
        r#"{"event":[{}],"eventss":[{}],"\"events":[{}],"events\"":[{}],"Events":[{}]}"#,
    ),
    (
        "an element with a list of the same name",
        r#"{"events":[{"events":[{"events":[]}]}]}"#,
        &[r#"{"events":[{"events":[]}]}"#],
        r#"{"events":[]}"#,
    ),
    (
        "spaces before the colon",
        "{\"events\" \n:\t[{}]}",
        &["{}"],
        "{\"events\" \n:\t[]}",
    ),
    (
        "text in many scripts",
        r#"{"events":[{"a":"日本語 🦀 é"}],"m":"ü"}"#,
        &[r#"{"a":"日本語 🦀 é"}"#],
        r#"{"events":[],"m":"ü"}"#,
    ),
];

#[test]
fn elements_keep_their_bytes_and_the_envelope_all_else() {
    for (name, body, lines, envelope) in WHOLE {
        let (found, left) = split_in_all_sizes(name, body.as_bytes());
        assert_eq!(found, *lines, "{name}");
        assert_eq!(left.as_deref(), Ok(*envelope), "{name}");
    }
}

#[test]
fn escapes_are_read_across_blocks() {
    for len in 0..140 {
        let fill = "x".repeat(len);
        for text in [r#"\" {[é"#.repeat(20), r"\".repeat(70), r#"",""#.repeat(70)] {
            let element = format!(r#"{{"a":["{fill}{text}"]}}"#);
            let (lines, result) = whole(format!(r#"{{"events":[{element},{{}}]}}"#).as_bytes());
            assert_eq!(result.as_deref(), Ok(r#"{"events":[]}"#), "{element}");
            assert_eq!(lines[0].2, element);
            assert_eq!(lines[1].2, "{}");
        }
    }
}

#[test]
fn ids_and_kinds_belong_to_their_lines() {
    let body = "{\"events\":[{\"type\":\"a\",\n\"id\":-1},{\"op\":1},{\"id\":2,\"type\":\"b\"}]}";
    let line = |id, kind: &str, text: &str| (id, kind.to_owned(), text.to_owned());
    assert_eq!(
        whole(body.as_bytes()).0,
        [
            line(Some(-1), "a", r#"{"type":"a","id":-1}"#),
            line(None, "", r#"{"op":1}"#),
            line(Some(2), "b", r#"{"id":2,"type":"b"}"#),
        ]
    );
}

#[test]
fn another_list_may_be_asked_for() {
    let mut splitter = Splitter::new("messages");
    let mut lines = Vec::new();
    let body = br#"{"events":[1,[]],"messages":[{"id":7}],"found_newest":true}"#;
    read(&mut splitter, body, &mut lines).unwrap();
    assert_eq!(lines, [(Some(7), String::new(), r#"{"id":7}"#.to_owned())]);
    let envelope = splitter.finish().unwrap();
    assert_eq!(
        envelope,
        br#"{"events":[1,[]],"messages":[],"found_newest":true}"#
    );
}
