//! How deep and how long an answer may be, to the byte.

use serde_json::Value;

use super::scan;
use crate::api::scan::elements::Elements;
use crate::api::scan::{Chunk, ScanError, envelope, nesting};

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
