//! Answers that are cut off or are no JSON: what came before the damage, and what the error says of it.

use super::scan_in_all_sizes;
use crate::api::scan::ScanError;

/// Name, body, lines before the damage, place of the byte that is wrong.
type Wrong = (&'static str, &'static [u8], usize, usize);

/// What was expected, and where something else stands.
const UNEXPECTED: &[(&str, &[Wrong])] = &[
    (
        "the end of the answer",
        &[
            ("text after the answer", b"{} x", 0, 3),
            ("two answers", b"{}{}", 0, 2),
        ],
    ),
    (
        "a key",
        &[
            ("key without quotes", b"{a:1}", 0, 1),
            ("comma before the end", br#"{"a":1,}"#, 0, 7),
        ],
    ),
    ("a colon", &[("no colon", br#"{"a" 1}"#, 0, 5)]),
    ("a value", &[("no value", br#"{"a":}"#, 0, 5)]),
    (
        "a comma",
        &[
            ("no comma in the envelope", br#"{"a":1 "b":2}"#, 0, 7),
            ("no comma after the list", br#"{"events":[]"b":2}"#, 0, 12),
            ("two colons", br#"{"a":"events":[{}]}"#, 0, 13),
            ("envelope closed as a list", br#"{"a":1]"#, 0, 6),
            ("no comma", br#"{"events":[{}{}]}"#, 1, 13),
            ("word after an element", br#"{"events":[{}x]}"#, 1, 13),
            ("list closed as an object", br#"{"events":[{}}}"#, 1, 13),
        ],
    ),
    (
        "the ']' of a list",
        &[("value closed wrongly", br#"{"a":[1}}"#, 0, 7)],
    ),
    (
        "its escape in a string",
        &[
            ("control in a value", b"{\"a\":\"\x01\"}", 0, 6),
            ("line break in a value", b"{\"a\":\"\n\"}", 0, 6),
            (
                "control in a string",
                b"{\"events\":[{},{\"a\":\"\x1f\"}]}",
                1,
                20,
            ),
            (
                "tab in a string",
                b"{\"events\":[{},{\"a\":\"\t\"}]}",
                1,
                20,
            ),
            (
                "line break in a string",
                b"{\"events\":[{},{\"a\":\"\n\"}]}",
                1,
                20,
            ),
            (
                "escaped line break in a string",
                b"{\"events\":[{},{\"a\":\"\\\r\"}]}",
                1,
                21,
            ),
        ],
    ),
    (
        "a JSON token",
        &[
            ("control in a nested value", b"{\"a\":[\0]}", 0, 6),
            ("backslash in a nested value", br#"{"a":[\"]}"#, 0, 6),
            (
                "control outside strings",
                b"{\"events\":[{\"a\":\x0b1}]}",
                0,
                16,
            ),
            (
                "backslash outside strings",
                br#"{"events":[{\"a":1}]}"#,
                0,
                12,
            ),
        ],
    ),
    (
        "an object",
        &[
            ("two commas", br#"{"events":[{},,{}]}"#, 1, 14),
            ("comma first", br#"{"events":[,{}]}"#, 0, 11),
            ("comma last", br#"{"events":[{}, ]}"#, 1, 15),
            ("number as an element", br#"{"events":[{},1,{}]}"#, 1, 14),
            ("string as an element", br#"{"events":["{}",{}]}"#, 0, 11),
            ("list as an element", br#"{"events":[[],{}]}"#, 0, 11),
            ("null as an element", br#"{"events":[null]}"#, 0, 11),
            ("control as an element", b"{\"events\":[\x02]}", 0, 11),
        ],
    ),
    (
        "the '}' of an object",
        &[
            ("element closed as a list", br#"{"events":[{}, {]]}"#, 1, 16),
            ("brackets crossed", br#"{"events":[{"a":[{]}}]}"#, 0, 18),
        ],
    ),
];

#[test]
fn a_byte_that_cannot_be_is_named_with_its_place_and_what_came_before_it_is_kept() {
    for (expected, rows) in UNEXPECTED {
        for (name, body, before, at) in *rows {
            let (lines, result) = scan_in_all_sizes(name, body);
            assert_eq!(lines.len(), *before, "{name}");
            let error = ScanError::Unexpected {
                byte: body[*at],
                at: *at as u64,
                expected,
            };
            assert_eq!(result, Err(error), "{name}");
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
fn errors_say_what_is_wrong_and_where() {
    let cases = [
        (
            ScanError::NotJson { first: b'<' },
            "the answer is not a JSON object: it begins with '<'",
        ),
        (
            ScanError::Unexpected {
                byte: b'\n',
                at: 7,
                expected: "a comma",
            },
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
