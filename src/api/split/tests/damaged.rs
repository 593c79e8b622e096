//! Answers that are cut off or are no JSON: what came before the damage, and which error comes of it.

use serde_json::Value;

use super::split_in_all_sizes;
use crate::api::split::SplitError;

/// Name, body, lines before the damage.
type Broken = (&'static str, &'static [u8], usize);

/// Refused while they are split.
const REFUSED: &[Broken] = &[
    ("HTML with brackets", b"<html><style>a{}", 0),
    ("two answers", b"{}{}", 0),
    ("closed twice", b"{}}", 0),
    ("a list", b"[]", 0),
    ("closed first", b"}", 0),
    ("byte order mark", b"\xef\xbb\xbf{}", 0),
    ("control in a value", b"{\"a\":\"\x01\"}", 0),
    ("line break in a value", b"{\"a\":\"\n\"}", 0),
    ("control in a nested value", b"{\"a\":[\0]}", 0),
    ("backslash in a nested value", br#"{"a":[\"]}"#, 0),
    ("no comma", br#"{"events":[{}{}]}"#, 1),
    ("word after an element", br#"{"events":[{}x]}"#, 1),
    ("two commas", br#"{"events":[{},,{}]}"#, 1),
    ("comma first", br#"{"events":[,{}]}"#, 0),
    ("comma last", br#"{"events":[{}, ]}"#, 1),
    ("number as an element", br#"{"events":[{},1,{}]}"#, 1),
    ("string as an element", br#"{"events":["{}",{}]}"#, 0),
    ("list as an element", br#"{"events":[[],{}]}"#, 0),
    ("null as an element", br#"{"events":[null]}"#, 0),
    ("control as an element", b"{\"events\":[\x02]}", 0),
    ("closed as a list", br#"{"events":[{}, {]]}"#, 1),
    ("crossed", br#"{"events":[{"a":[{]}}]}"#, 0),
    (
        "control outside strings",
        b"{\"events\":[{\"a\":\x0b1}]}",
        0,
    ),
    ("backslash outside", br#"{"events":[{\"a":1}]}"#, 0),
    (
        "control in a string",
        b"{\"events\":[{},{\"a\":\"\x1f\"}]}",
        1,
    ),
    ("tab in a string", b"{\"events\":[{},{\"a\":\"\t\"}]}", 1),
    (
        "line break in a string",
        b"{\"events\":[{},{\"a\":\"\n\"}]}",
        1,
    ),
    (
        "escaped line break in a string",
        b"{\"events\":[{},{\"a\":\"\\\r\"}]}",
        1,
    ),
    ("line breaks part digits", b"{\"events\":[{\"a\":1\n2}]}", 0),
    (
        "line breaks part digits between type and id",
        b"{\"events\":[{\"type\":\"x\",\"a\":1\n2,\"id\":3}]}",
        0,
    ),
    (
        "line breaks part a word",
        b"{\"events\":[{\"a\":tr\r\n\r\nue}]}",
        0,
    ),
    ("a space that is none in JSON", b" \x0c\0{}", 0),
    ("not UTF-8", b"{\"events\":[{},{\"a\":\"\xc3\"}]}", 1),
    (
        "half a character",
        b"{\"events\":[{\"a\":\"\xf0\x9f\"}]}",
        0,
    ),
    ("no JSON number", br#"{"events":[{"id":+3,"a":1}]}"#, 0),
    (
        "no JSON number at the end",
        br#"{"events":[{"type":"a","id":+3}]}"#,
        0,
    ),
    ("lone sign", br#"{"events":[{"id":-}]}"#, 0),
    ("sign in between", br#"{"events":[{"id":1-2}]}"#, 0),
    (
        "no colon",
        br#"{"events":[{"type":"x","a" 1,"id":2,"b":3}]}"#,
        0,
    ),
];

/// Not refused while they are split: the envelope is no JSON, as the answer is not.
const LEFT: &[Broken] = &[
    ("text after the answer", b"{} x", 0),
    ("key without quotes", b"{a:1}", 0),
    ("comma before the end", br#"{"a":1,}"#, 0),
    ("no value", br#"{"a":}"#, 0),
    ("no comma in the envelope", br#"{"a":1 "b":2}"#, 0),
    ("no comma after the list", br#"{"events":[{}]"b":2}"#, 1),
    ("two colons", br#"{"a":"events":[{}]}"#, 1),
    ("closed as a list", br#"{"a":1]"#, 0),
    ("value closed wrongly", br#"{"a":[1}}"#, 0),
    ("list closed as an object", br#"{"events":[{}}}"#, 1),
    ("not UTF-8", b"{\"events\":[{}],\"a\":\"\xff\"}", 1),
];

/// Name, body, lines before the end.
const CUT_OFF: &[Broken] = &[
    ("nothing", b"", 0),
    ("spaces", b" \r\n", 0),
    ("in the envelope", br#"{"events":[{}]"#, 1),
    ("between elements", br#"{"events":[{},"#, 1),
    ("in an element", br#"{"events":[{},{"a":"#, 1),
    ("in a string", br#"{"events":[{},{"a":"]}]}"#, 1),
];

#[test]
fn what_came_before_damage_is_kept() {
    for &(name, body, before) in REFUSED {
        let (lines, result) = split_in_all_sizes(name, body);
        assert_eq!(lines.len(), before, "{name}");
        let expected = match body.iter().find(|byte| **byte != b' ') {
            Some(b'{') | None => SplitError::NotJson,
            Some(first) => SplitError::NotAnObject(*first),
        };
        assert_eq!(result, Err(expected), "{name}");
    }
}

#[test]
fn the_envelope_is_no_json_where_the_answer_is_not() {
    for &(name, body, before) in LEFT {
        let (lines, result) = split_in_all_sizes(name, body);
        assert_eq!(lines.len(), before, "{name}");
        // In a text of its own a byte that is no UTF-8 is another character.
        let envelope = result.expect(name).replace('\u{fffd}', "\0");
        assert!(serde_json::from_str::<Value>(&envelope).is_err(), "{name}");
    }
}

#[test]
fn answers_that_are_cut_off_give_what_came_before() {
    for &(name, body, before) in CUT_OFF {
        let (lines, result) = split_in_all_sizes(name, body);
        assert_eq!(lines.len(), before, "{name}");
        assert_eq!(result, Err(SplitError::CutOff), "{name}");
    }
    let page = split_in_all_sizes("a page without brackets", b"<html>").1;
    assert_eq!(page, Err(SplitError::NotAnObject(b'<')));
}
