//! How long an answer may be, to the byte, and that it may be as deep as it likes.

use super::{read, split, whole};
use crate::api::split::{LONGEST_ELEMENT, LONGEST_ENVELOPE, SplitError, Splitter};

#[test]
fn an_envelope_may_be_as_long_as_the_limit_and_no_longer() {
    let padded = |len: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(len - r#"{"a":""}"#.len()));
    for (name, length, error) in [
        ("as long", LONGEST_ENVELOPE, None),
        (
            "a byte longer",
            LONGEST_ENVELOPE + 1,
            Some(SplitError::LongEnvelope),
        ),
    ] {
        let body = padded(length);
        for size in [13, 4096, length] {
            let (_, result) = split(body.as_bytes().chunks(size));
            assert_eq!(result.err(), error, "{name}, in pieces of {size}");
        }
    }
}

#[test]
fn an_element_may_be_as_long_as_the_limit_and_no_longer() {
    let (head, tail) = (&br#"{"type":"x","a":""#[..], &br#"","id":7}"#[..]);
    for (name, length, expected) in [
        ("as long", LONGEST_ELEMENT, Ok(())),
        (
            "a byte longer",
            LONGEST_ELEMENT + 1,
            Err(SplitError::LongElement),
        ),
    ] {
        let mut splitter = Splitter::new("events");
        let mut lines = Vec::new();
        read(&mut splitter, br#"{"events":["#, &mut lines).unwrap();
        read(&mut splitter, head, &mut lines).unwrap();
        // Read, they would take a second or two.
        splitter.element.resize(length - tail.len(), b'x');
        assert_eq!(read(&mut splitter, tail, &mut lines), expected, "{name}");
        assert_eq!(lines.len(), usize::from(expected.is_ok()), "{name}");
    }
}

#[test]
fn depth_is_no_matter() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for element in [
        format!(r#"{{"a":{deep}}}"#),
        format!(r#"{{"type":"x","a":{deep},"id":7}}"#),
    ] {
        let (lines, result) = whole(format!(r#"{{"events":[{element}]}}"#).as_bytes());
        assert_eq!(result.as_deref(), Ok(r#"{"events":[]}"#));
        assert_eq!(lines[0].2, element);
    }
}
