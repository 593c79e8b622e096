//! What comes out of whole, cut, damaged and hostile answers.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::elements::Elements;
use super::fields::Fields;
use super::{Chunk, ScanError, Scanner, envelope, nesting};

/// An element: its id, its kind, its text.
type Line = (Option<i64>, String, String);

/// Reads `body` in the pieces that `pieces` makes of it.
fn scan<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Line>, Result<String, ScanError>) {
    let mut scanner = Scanner::new("events");
    let mut chunk = Chunk::default();
    let mut lines = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        chunk.clear();
        result = scanner.push(piece, &mut chunk);
        let from = lines.len();
        lines.extend(chunk.iter().map(|event| {
            (
                event.id.map(|id| id.0),
                event.kind.to_owned(),
                event.text.to_owned(),
            )
        }));
        assert_eq!(chunk.len(), lines.len() - from);
        assert_eq!(chunk.is_empty(), lines.len() == from);
        let mut text = String::new();
        for line in &lines[from..] {
            text += &line.2;
            text += "\n";
        }
        assert_eq!(chunk.text(), text);
        if result.is_err() {
            assert_eq!(
                scanner.push(b" ", &mut chunk),
                result,
                "an error does not go away"
            );
            break;
        }
    }
    let complete = scanner.is_complete();
    let envelope = scanner.finish();
    assert_eq!(envelope.is_ok(), complete);
    assert!(result.is_ok() || envelope == Err(result.unwrap_err()));
    (
        lines,
        envelope.map(|text| String::from_utf8_lossy(&text).into_owned()),
    )
}

fn whole(body: &[u8]) -> (Vec<Line>, Result<String, ScanError>) {
    scan(std::iter::once(body))
}

/// Checks that the result does not depend on how the body is cut, and gives it.
fn scan_in_all_sizes(name: &str, body: &[u8]) -> (Vec<String>, Result<String, ScanError>) {
    let expected = whole(body);
    for size in [1, 2, 3, 5, 7, 31, 63, 64, 65, 128, 1000] {
        assert_eq!(
            scan(body.chunks(size)),
            expected,
            "{name}, in pieces of {size}"
        );
    }
    (
        expected.0.into_iter().map(|line| line.2).collect(),
        expected.1,
    )
}

const fn unexpected(byte: u8, at: u64, expected: &'static str) -> ScanError {
    ScanError::Unexpected { byte, at, expected }
}

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
        "{\"events\": [], \"n\": 1}",
    ),
    (
        "line breaks go",
        "{\n  \"events\": [\n    {\n      \"a\": \"x\\ny\",\r\n      \"b\": [\n1,\n2]\n}\n, {}\n]\n}\n",
        &["{      \"a\": \"x\\ny\",      \"b\": [1,2]}", "{}"],
        "{\n  \"events\": []\n}",
    ),
    (
        "line breaks do not join what they part",
        "{\"events\":[{\"a\":1\n2,\"b\":tr\r\n\r\nue}]}",
        &[r#"{"a":1 2,"b":tr ue}"#],
        r#"{"events":[]}"#,
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
        "the list's key spelt with escapes",
        r#"{"events\"":[1],"\u0065vent\u0073" : [{}]}"#,
        &["{}"],
        r#"{"events\"":[1],"\u0065vent\u0073" : []}"#,
    ),
    (
        "no list",
        r#"{"result":"error","msg":"x","code":"RATE_LIMIT_HIT","retry-after":1.2}"#,
        &[],
        r#"{"result":"error","msg":"x","code":"RATE_LIMIT_HIT","retry-after":1.2}"#,
    ),
    ("no fields", " \r\n\t{ } ", &[], " \r\n\t{ }"),
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
        let (found, left) = scan_in_all_sizes(name, body.as_bytes());
        assert_eq!(found, *lines, "{name}");
        assert_eq!(left.as_deref(), Ok(*envelope), "{name}");
    }
}

const ESCAPED: &str = "its escape in a string";
const TOKEN: &str = "a JSON token";

#[test]
fn escapes_are_read_across_blocks() {
    for len in 0..140 {
        let fill = "x".repeat(len);
        for text in [r#"\" {[é"#.repeat(20), r"\".repeat(70), r#"""#.repeat(70)] {
            let element = format!(r#"{{"a":"{fill}{text}"}}"#);
            let (lines, result) = whole(format!(r#"{{"events":[{element},{{}}]}}"#).as_bytes());
            assert_eq!(result.as_deref(), Ok(r#"{"events":[]}"#), "{element}");
            assert_eq!(lines[0].2, element);
            assert_eq!(lines[1].2, "{}");
        }
    }
}

/// Name, body, lines before the damage, error.
const DAMAGED: &[(&str, &[u8], usize, ScanError)] = &[
    ("nothing", b"", 0, ScanError::Incomplete { read: 0 }),
    ("HTML", b"<html>", 0, ScanError::NotJson { first: b'<' }),
    (
        "HTML after a line break",
        b"\r\n<!doctype>",
        0,
        ScanError::NotJson { first: b'<' },
    ),
    (
        "byte order mark",
        b"\xef\xbb\xbf{}",
        0,
        ScanError::NotJson { first: 0xef },
    ),
    ("a list", b"[]", 0, ScanError::NotJson { first: b'[' }),
    (
        "cut in the envelope",
        br#"{"events":[{}]"#,
        1,
        ScanError::Incomplete { read: 14 },
    ),
    (
        "cut between elements",
        br#"{"events":[{},"#,
        1,
        ScanError::Incomplete { read: 14 },
    ),
    (
        "cut in an element",
        br#"{"events":[{},{"a":"#,
        1,
        ScanError::Incomplete { read: 19 },
    ),
    (
        "cut in a string",
        br#"{"events":[{},{"a":"]}]}"#,
        1,
        ScanError::Incomplete { read: 24 },
    ),
    (
        "text after the answer",
        b"{} x",
        0,
        unexpected(b'x', 3, "the end of the answer"),
    ),
    (
        "two answers",
        b"{}{}",
        0,
        unexpected(b'{', 2, "the end of the answer"),
    ),
    (
        "key without quotes",
        b"{a:1}",
        0,
        unexpected(b'a', 1, "a key"),
    ),
    (
        "comma before the end",
        br#"{"a":1,}"#,
        0,
        unexpected(b'}', 7, "a key"),
    ),
    ("no colon", br#"{"a" 1}"#, 0, unexpected(b'1', 5, "a colon")),
    ("no value", br#"{"a":}"#, 0, unexpected(b'}', 5, "a value")),
    (
        "no comma in the envelope",
        br#"{"a":1 "b":2}"#,
        0,
        unexpected(b'"', 7, "a comma"),
    ),
    (
        "no comma after the list",
        br#"{"events":[]"b":2}"#,
        0,
        unexpected(b'"', 12, "a comma"),
    ),
    (
        "two colons",
        br#"{"a":"events":[{}]}"#,
        0,
        unexpected(b':', 13, "a comma"),
    ),
    (
        "envelope closed as a list",
        br#"{"a":1]"#,
        0,
        unexpected(b']', 6, "a comma"),
    ),
    (
        "value closed wrongly",
        br#"{"a":[1}}"#,
        0,
        unexpected(b'}', 7, "the ']' of a list"),
    ),
    (
        "control in a value",
        b"{\"a\":\"\x01\"}",
        0,
        unexpected(1, 6, ESCAPED),
    ),
    (
        "line break in a value",
        b"{\"a\":\"\n\"}",
        0,
        unexpected(b'\n', 6, ESCAPED),
    ),
    (
        "control in a nested value",
        b"{\"a\":[\0]}",
        0,
        unexpected(0, 6, TOKEN),
    ),
    (
        "backslash in a nested value",
        br#"{"a":[\"]}"#,
        0,
        unexpected(b'\\', 6, TOKEN),
    ),
    (
        "no comma",
        br#"{"events":[{}{}]}"#,
        1,
        unexpected(b'{', 13, "a comma"),
    ),
    (
        "two commas",
        br#"{"events":[{},,{}]}"#,
        1,
        unexpected(b',', 14, "an object"),
    ),
    (
        "comma first",
        br#"{"events":[,{}]}"#,
        0,
        unexpected(b',', 11, "an object"),
    ),
    (
        "comma last",
        br#"{"events":[{}, ]}"#,
        1,
        unexpected(b']', 15, "an object"),
    ),
    (
        "number as an element",
        br#"{"events":[{},1,{}]}"#,
        1,
        unexpected(b'1', 14, "an object"),
    ),
    (
        "string as an element",
        br#"{"events":["{}",{}]}"#,
        0,
        unexpected(b'"', 11, "an object"),
    ),
    (
        "list as an element",
        br#"{"events":[[],{}]}"#,
        0,
        unexpected(b'[', 11, "an object"),
    ),
    (
        "null as an element",
        br#"{"events":[null]}"#,
        0,
        unexpected(b'n', 11, "an object"),
    ),
    (
        "control as an element",
        b"{\"events\":[\x02]}",
        0,
        unexpected(2, 11, "an object"),
    ),
    (
        "word after an element",
        br#"{"events":[{}x]}"#,
        1,
        unexpected(b'x', 13, "a comma"),
    ),
    (
        "list closed as an object",
        br#"{"events":[{}}}"#,
        1,
        unexpected(b'}', 13, "a comma"),
    ),
    (
        "element closed as a list",
        br#"{"events":[{}, {]]}"#,
        1,
        unexpected(b']', 16, "the '}' of an object"),
    ),
    (
        "brackets crossed",
        br#"{"events":[{"a":[{]}}]}"#,
        0,
        unexpected(b']', 18, "the '}' of an object"),
    ),
    (
        "control in a string",
        b"{\"events\":[{},{\"a\":\"\x1f\"}]}",
        1,
        unexpected(0x1f, 20, ESCAPED),
    ),
    (
        "tab in a string",
        b"{\"events\":[{},{\"a\":\"\t\"}]}",
        1,
        unexpected(b'\t', 20, ESCAPED),
    ),
    (
        "line break in a string",
        b"{\"events\":[{},{\"a\":\"\n\"}]}",
        1,
        unexpected(b'\n', 20, ESCAPED),
    ),
    (
        "escaped line break in a string",
        b"{\"events\":[{},{\"a\":\"\\\r\"}]}",
        1,
        unexpected(b'\r', 21, ESCAPED),
    ),
    (
        "control outside strings",
        b"{\"events\":[{\"a\":\x0b1}]}",
        0,
        unexpected(0x0b, 16, TOKEN),
    ),
    (
        "backslash outside strings",
        br#"{"events":[{\"a":1}]}"#,
        0,
        unexpected(b'\\', 12, TOKEN),
    ),
    (
        "not UTF-8",
        b"{\"events\":[{},{\"a\":\"\xc3\"}]}",
        1,
        ScanError::NotUtf8 { at: 20 },
    ),
    (
        "half a character",
        b"{\"events\":[{\"a\":\"\xf0\x9f\"}]}",
        0,
        ScanError::NotUtf8 { at: 17 },
    ),
    (
        "a second list, spelt with escapes",
        br#"{"events":[{}],"event\u0073":[{}]}"#,
        1,
        ScanError::SecondList { list: "events" },
    ),
    (
        "a second list",
        br#"{"events":[{}],"events":[{}]}"#,
        1,
        ScanError::SecondList { list: "events" },
    ),
];

#[test]
fn damaged_answers_give_an_error_and_what_came_before_it() {
    for (name, body, before, error) in DAMAGED {
        let (lines, result) = scan_in_all_sizes(name, body);
        assert_eq!(lines.len(), *before, "{name}");
        assert_eq!(result, Err(*error), "{name}");
    }
}

#[test]
fn limits_hold_however_the_body_is_cut() {
    let levels = nesting::MAX_LEVELS as usize;
    let deep = |levels: usize| {
        let inner = levels - 1;
        format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
    };
    let list = |element: &str| format!("{{\"events\":[{element}]}}");
    let padded = |len: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(len - r#"{"a":""}"#.len()));
    // One byte goes to the room kept for the list's bracket.
    let longest = envelope::MAX_LEN - 1;
    let cases: [(&str, String, Option<ScanError>); 6] = [
        ("deepest element", list(&deep(levels)), None),
        (
            "too deep an element",
            list(&deep(levels + 1)),
            Some(ScanError::TooDeep { at: 11 + 5 + 126 }),
        ),
        ("deepest envelope", deep(levels), None),
        (
            "too deep an envelope",
            deep(levels + 1),
            Some(ScanError::TooDeep { at: 5 + 126 }),
        ),
        ("longest envelope", padded(longest), None),
        (
            "too long an envelope",
            padded(longest + 1),
            Some(ScanError::LongEnvelope),
        ),
    ];
    for (name, body, error) in cases {
        for size in [13, 4096, usize::MAX] {
            let (_, result) = scan(body.as_bytes().chunks(size.min(body.len())));
            assert_eq!(result.err(), error, "{name}, in pieces of {size}");
        }
    }
}

#[test]
fn an_element_may_be_as_long_as_the_limit_and_no_longer() {
    for (name, list, error) in [
        ("as long", &br#"{},{"a":"xxxx"},"#[..], None),
        (
            "a byte longer",
            br#"{},{"a":"xxxxx"},"#,
            Some(ScanError::LongElement),
        ),
        (
            "without an end",
            br#"{},{"a":"xxxxxxx"#,
            Some(ScanError::LongElement),
        ),
    ] {
        for size in [1, 5, list.len()] {
            let mut elements = Elements::new(12);
            let mut chunk = Chunk::default();
            let mut base = 0;
            let result = list.chunks(size).try_for_each(|piece| {
                let result = elements.advance(piece, base, &mut chunk);
                base += piece.len() as u64;
                result.map(drop)
            });
            assert_eq!(result.err(), error, "{name}, in pieces of {size}");
            let whole = if error.is_none() { 2 } else { 1 };
            assert_eq!(chunk.len(), whole, "{name}, in pieces of {size}");
        }
    }
}

#[test]
fn serde_json_reads_what_is_just_not_too_deep() {
    for (levels, readable) in [
        (nesting::MAX_LEVELS, true),
        (nesting::MAX_LEVELS + 1, false),
    ] {
        let text = "[".repeat(levels as usize) + &"]".repeat(levels as usize);
        assert_eq!(
            serde_json::from_str::<Value>(&text).is_ok(),
            readable,
            "{levels} levels"
        );
    }
}

/// Name, element, id, kind.
const FIELDS: &[(&str, &str, Option<i64>, &str)] = &[
    (
        "at the ends",
        r#"{"type":"message","message":{"id":5},"id":12}"#,
        Some(12),
        "message",
    ),
    (
        "spaced",
        r#"{"type": "message", "id": 12}"#,
        Some(12),
        "message",
    ),
    (
        "widely spaced",
        "{ \t\"type\" :\t\"message\" , \"id\" : \t12 }",
        Some(12),
        "message",
    ),
    (
        "the other way round",
        r#"{"id":12,"type":"message"}"#,
        Some(12),
        "message",
    ),
    (
        "in the middle",
        r#"{"a":[1,{"id":3}],"type":"x","id":12,"b":{"type":"y"}}"#,
        Some(12),
        "x",
    ),
    ("only the id", r#"{"id":0}"#, Some(0), ""),
    ("only the kind", r#"{"type":"x"}"#, None, "x"),
    ("neither", "{}", None, ""),
    ("negative", r#"{"type":"x","id":-1}"#, Some(-1), "x"),
    (
        "largest",
        r#"{"id":9223372036854775807}"#,
        Some(i64::MAX),
        "",
    ),
    ("too large", r#"{"id":9223372036854775808}"#, None, ""),
    ("fraction", r#"{"id":1.0}"#, None, ""),
    ("exponent", r#"{"id":1e3}"#, None, ""),
    ("plus sign", r#"{"id":+3,"a":1}"#, None, ""),
    ("lone sign", r#"{"id":-}"#, None, ""),
    ("sign in between", r#"{"id":1-2}"#, None, ""),
    ("id as a string", r#"{"type":"x","id":"12"}"#, None, "x"),
    ("id as null", r#"{"type":"x","id":null}"#, None, "x"),
    (
        "id as a string before a number",
        r#"{"id":"1","n":2}"#,
        None,
        "",
    ),
    ("kind as a number", r#"{"type":7,"id":12}"#, Some(12), ""),
    (
        "kind as an object",
        r#"{"type":{"type":"x"},"id":12}"#,
        Some(12),
        "",
    ),
    ("empty kind", r#"{"type":"","id":12}"#, Some(12), ""),
    (
        "kind with escapes",
        r#"{"type":"a\"b\\","id":12}"#,
        Some(12),
        r#"a\"b\\"#,
    ),
    (
        "kind as the value of another key",
        r#"{"a":"type","b":"x","id":12}"#,
        Some(12),
        "",
    ),
    (
        "kind in a string",
        r#"{"a":"\"type\":\"y\"","type":"x","id":12}"#,
        Some(12),
        "x",
    ),
    (
        "id in a nested object at the tail",
        r#"{"type":"x","a":{"id":5}}"#,
        None,
        "x",
    ),
    (
        "id in a list at the tail",
        r#"{"type":"x","a":["id",5]}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's",
        r#"{"type":"x","a\"id":5}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's after a comma",
        r#"{"type":"x","a,\"id":5}"#,
        None,
        "x",
    ),
    (
        "key that ends like the id's after a backslash",
        r#"{"type":"x","\\\"id":5}"#,
        None,
        "x",
    ),
    (
        "key with the id's in it",
        r#"{"type":"x","user_id":5}"#,
        None,
        "x",
    ),
    (
        "string that looks like the tail",
        r#"{"type":"x","a":",\"id\":5}"}"#,
        None,
        "x",
    ),
    (
        "message of the history",
        r#"{"id":5,"sender_id":1,"type":"stream","client":"x"}"#,
        Some(5),
        "stream",
    ),
    (
        "twice",
        r#"{"type":"x","id":1,"type":"y","id":2}"#,
        Some(2),
        "x",
    ),
    (
        "twice, not at the ends",
        r#"{"a":1,"type":"x","id":1,"type":"y","id":2,"b":1}"#,
        Some(2),
        "x",
    ),
    (
        "broken before the id",
        r#"{"type":"x","a" 1,"id":2,"b":3}"#,
        None,
        "x",
    ),
];

#[test]
fn id_and_kind_are_found_wherever_they_stand() {
    for (name, element, id, kind) in FIELDS {
        let fields = Fields::of(element);
        assert_eq!((fields.id, &element[fields.kind]), (*id, *kind), "{name}");
    }
}

#[test]
fn ids_and_kinds_of_a_chunk_belong_to_their_lines() {
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
    let mut scanner = Scanner::new("messages");
    let mut chunk = Chunk::default();
    let body = br#"{"events":[1,[]],"messages":[{"id":7}],"found_newest":true}"#;
    scanner.push(body, &mut chunk).unwrap();
    assert_eq!(chunk.text(), "{\"id\":7}\n");
    let envelope = scanner.finish().unwrap();
    assert_eq!(
        envelope,
        br#"{"events":[1,[]],"messages":[],"found_newest":true}"#
    );
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let cases = [
        (
            ScanError::NotJson { first: b'<' },
            "the answer is not a JSON object: it begins with '<'",
        ),
        (
            unexpected(b'\n', 7, "a comma"),
            r"the answer is not valid JSON: '\n' at byte 7 instead of a comma",
        ),
        (
            ScanError::NotUtf8 { at: 7 },
            "the answer is not UTF-8 from byte 7 on",
        ),
        (
            ScanError::TooDeep { at: 7 },
            "the answer is nested deeper than 127 levels at byte 7",
        ),
        (
            ScanError::LongElement,
            "a list element of the answer is longer than 64 MiB",
        ),
        (
            ScanError::LongEnvelope,
            "the answer without its list is longer than 1 MiB",
        ),
        (
            ScanError::SecondList { list: "events" },
            "the answer has two lists named 'events'",
        ),
        (
            ScanError::Incomplete { read: 7 },
            "the answer was cut off after 7 bytes",
        ),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
    }
}

/// Fields in the order in which they are written, which `Map` does not keep.
type Object = Vec<(String, Value)>;

/// How servers and proxies set their JSON.
#[derive(Clone, Copy, Debug)]
enum Style {
    Compact,
    Spaced,
    Pretty,
}

impl Style {
    fn comma(self) -> &'static str {
        match self {
            Self::Compact => ",",
            Self::Spaced => ", ",
            Self::Pretty => " ,\r\n    ",
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Self::Compact => ":",
            Self::Spaced => ": ",
            Self::Pretty => " :\n\t",
        }
    }

    /// Beside a bracket.
    fn edge(self) -> &'static str {
        match self {
            Self::Compact | Self::Spaced => "",
            Self::Pretty => "\n  ",
        }
    }

    fn list(self, items: &[String]) -> String {
        let edge = self.edge();
        format!("[{edge}{}{edge}]", items.join(self.comma()))
    }

    fn object<'a>(self, fields: impl Iterator<Item = (&'a String, String)>) -> String {
        let fields: Vec<String> = fields
            .map(|(key, value)| format!("{}{}{value}", json!(key), self.colon()))
            .collect();
        format!(
            "{{{edge}{}{edge}}}",
            fields.join(self.comma()),
            edge = self.edge()
        )
    }

    fn value(self, value: &Value) -> String {
        match value {
            Value::Array(items) => self.list(
                &items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Vec<_>>(),
            ),
            Value::Object(fields) => {
                self.object(fields.iter().map(|(key, value)| (key, self.value(value))))
            }
            scalar => scalar.to_string(),
        }
    }

    fn element(self, element: &Object) -> String {
        self.object(element.iter().map(|(key, value)| (key, self.value(value))))
    }
}

/// An answer as a server might write it.
#[derive(Clone, Debug)]
struct Answer {
    style: Style,
    before: Object,
    elements: Vec<Object>,
    after: Object,
}

impl Answer {
    fn body(&self) -> String {
        let elements: Vec<String> = self
            .elements
            .iter()
            .map(|element| self.style.element(element))
            .collect();
        let list = ("events".to_owned(), self.style.list(&elements));
        let written = |fields: &Object| -> Vec<(String, String)> {
            fields
                .iter()
                .map(|(key, value)| (key.clone(), self.style.value(value)))
                .collect()
        };
        let fields = [written(&self.before), vec![list], written(&self.after)].concat();
        self.style
            .object(fields.iter().map(|(key, value)| (key, value.clone())))
            + "\n"
    }

    fn lines(&self) -> Vec<Line> {
        let line = |element: &Object| {
            let kind = element.iter().find(|field| field.0 == "type");
            let kind = kind
                .filter(|field| field.1.is_string())
                .map(|field| field.1.to_string());
            let id = element.iter().rfind(|field| field.0 == "id");
            (
                id.and_then(|field| field.1.as_i64()),
                kind.map(|kind| kind[1..kind.len() - 1].to_owned())
                    .unwrap_or_default(),
                self.style.element(element).replace(['\n', '\r'], ""),
            )
        };
        self.elements.iter().map(line).collect()
    }

    fn envelope(&self) -> Value {
        let list = [("events".to_owned(), json!([]))];
        let fields = [self.before.as_slice(), &list, &self.after].concat();
        Value::Object(fields.into_iter().collect::<Map<_, _>>())
    }
}

fn any_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "\\",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r",
        "\u{1}",
        "é",
        "🦀",
        "\u{2028}",
        "events",
        "\"id\":1}",
        "{\"type\":\"x\"",
        " ",
        "/",
        "0123456789 0123456789 0123456789",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..8).prop_map(|pieces| pieces.concat())
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => any_text().prop_filter("the list itself", |key| key != "events"),
        2 => prop::sample::select(&["id", "type", "a", "message"][..]).prop_map(str::to_owned),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 5, |inner| {
        let key = prop_oneof![any_key(), Just("events".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_object(fields: usize) -> impl Strategy<Value = Object> {
    prop::collection::vec((any_key(), any_value()), 0..fields)
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let style = prop::sample::select(&[Style::Compact, Style::Spaced, Style::Pretty][..]);
    let elements = prop::collection::vec(any_object(6), 0..6);
    (style, any_object(4), elements, any_object(4)).prop_map(|(style, before, elements, after)| {
        Answer {
            style,
            before,
            elements,
            after,
        }
    })
}

/// Where to cut a body.
fn any_cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..12)
}

fn cut<'a>(body: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    ends.push(body.len());
    ends.sort_unstable();
    let mut start = 0;
    let mut pieces = Vec::new();
    for end in ends {
        pieces.push(&body[start..end]);
        start = end;
    }
    pieces
}

/// Something that happens to an answer on its way.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Change(Index, u8),
    Remove(Index),
    Insert(Index, u8),
}

impl Damage {
    /// Does it to `body`, and says from where on.
    fn strike(&self, body: &mut Vec<u8>) -> usize {
        match self {
            Self::Cut(at) => body.truncate(at.index(body.len())),
            Self::Change(at, byte) => {
                let at = at.index(body.len());
                body[at] = *byte;
            }
            Self::Remove(at) => {
                body.remove(at.index(body.len()));
            }
            Self::Insert(at, byte) => body.insert(at.index(body.len()), *byte),
        }
        match self {
            // The length before the damage decided.
            Self::Cut(_) => body.len(),
            Self::Change(at, _) => at.index(body.len()),
            Self::Remove(at) => at.index(body.len() + 1),
            Self::Insert(at, _) => at.index(body.len() - 1),
        }
    }
}

fn any_damage() -> impl Strategy<Value = Damage> {
    let byte = || {
        prop_oneof![
            any::<u8>(),
            prop::sample::select(&b"{}[]\",:\\\n\t 1\xff"[..])
        ]
    };
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        any::<Index>().prop_map(Damage::Remove),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
    ]
}

/// Whether `line` is one object with matching brackets, closed strings and no raw control in them.
fn is_sound(line: &str) -> bool {
    let mut open = Vec::new();
    let mut bytes = line.bytes();
    let mut begun = false;
    while let Some(byte) = bytes.next() {
        if open.is_empty() && (begun || byte != b'{') {
            return false;
        }
        begun = true;
        match byte {
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' if open.pop() != Some(byte) => return false,
            b'"' => loop {
                match bytes.next() {
                    Some(b'"') => break,
                    Some(b'\\') => {
                        if bytes.next().is_none_or(|escaped| escaped < b' ') {
                            return false;
                        }
                    }
                    None | Some(0..b' ') => return false,
                    Some(_) => {}
                }
            },
            b'\t' => {}
            0..b' ' | b'\\' => return false,
            _ => {}
        }
    }
    begun && open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_gives_its_elements_and_its_envelope_however_it_is_cut(
        answer in any_answer(), cuts in any_cuts(),
    ) {
        let body = answer.body();
        prop_assert!(serde_json::from_str::<Value>(&body).is_ok(), "the test writes JSON: {body}");
        let (lines, envelope) = scan(cut(body.as_bytes(), &cuts).into_iter());
        prop_assert_eq!(lines, answer.lines());
        let envelope: Value = serde_json::from_str(&envelope.unwrap()).unwrap();
        prop_assert_eq!(envelope, answer.envelope());
    }

    #[test]
    fn damage_spoils_nothing_before_it_and_lets_no_broken_line_through(
        answer in any_answer(), damage in any_damage(), cuts in any_cuts(),
    ) {
        let mut body = answer.body().into_bytes();
        let from = damage.strike(&mut body);
        let (before, _) = whole(&body[..from]);
        let expected = answer.lines();
        prop_assert_eq!(&before[..], &expected[..before.len()]);

        let (lines, result) = scan(cut(&body, &cuts).into_iter());
        prop_assert_eq!(&lines[..before.len()], &before[..]);
        for line in &lines {
            prop_assert!(is_sound(&line.2), "{:?}", line);
        }
        prop_assert_eq!((lines, result), whole(&body), "cuts make no difference");
    }

    #[test]
    fn no_bytes_at_all_make_it_panic_or_give_a_broken_line(
        noise in prop::collection::vec(prop::sample::select(&b"{}[]\"\\,: \n\t1a\x01\xc3\xa9"[..]), 0..300),
        cuts in any_cuts(),
    ) {
        let body = [&b"{\"events\":["[..], &noise].concat();
        let (lines, result) = scan(cut(&body, &cuts).into_iter());
        prop_assert!(lines.iter().all(|line| is_sound(&line.2)));
        prop_assert_eq!((lines, result), whole(&body), "cuts make no difference");
    }
}
