//! Answers: the splitter against `serde_json`, whole and in pieces.
//!
//! Input: six bytes that say where to cut, then the body.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use tail::api::split::{SplitError, Splitter};
use tail::fields::Fields;

const LIST: &str = "events";

/// What came out of an answer.
#[derive(Debug, PartialEq)]
struct Reading {
    lines: Vec<Line>,
    envelope: Result<Vec<u8>, SplitError>,
}

#[derive(Debug, PartialEq)]
struct Line {
    id: Option<i64>,
    kind: String,
    text: String,
}

fuzz_target!(|data: &[u8]| {
    let Some((cuts, body)) = data.split_first_chunk::<6>() else {
        return;
    };
    let [a, b, c, d, e, f] = *cuts;
    let mut cuts =
        [[a, b], [c, d], [e, f]].map(|cut| usize::from(u16::from_le_bytes(cut)) % (body.len() + 1));
    let some = cuts[0];
    cuts.sort_unstable();

    let whole = read([body]);
    let [first, second, third] = cuts;
    let pieces = [
        &body[..first],
        &body[first..second],
        &body[second..third],
        &body[third..],
    ];
    assert_eq!(read(pieces), whole, "in pieces");
    assert_eq!(read(body.chunks(1)), whole, "byte by byte");

    check_lines(body, &whole.lines);
    match std::str::from_utf8(body).map(serde_json::from_str::<Fields>) {
        Ok(Ok(fields)) => check_valid(body, &fields, some, &whole),
        _ => check_broken(&whole),
    }
});

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut splitter = Splitter::new(LIST);
    let mut lines = Vec::new();
    for piece in pieces {
        if let Err(error) = read_piece(&mut splitter, piece, &mut lines) {
            let envelope = Err(error);
            return Reading { lines, envelope };
        }
    }
    let envelope = splitter.finish();
    Reading { lines, envelope }
}

fn read_piece(
    splitter: &mut Splitter,
    piece: &[u8],
    lines: &mut Vec<Line>,
) -> Result<(), SplitError> {
    splitter.begin(piece)?;
    while let Some(event) = splitter.next_element(piece)? {
        lines.push(Line {
            id: event.id.map(|id| id.0),
            kind: event.kind.to_owned(),
            text: event.text.to_owned(),
        });
    }
    Ok(())
}

/// Each is sound, stands in the body after the one before, and is known by its own fields.
fn check_lines(body: &[u8], lines: &[Line]) {
    let spaceless = |bytes: &[u8]| -> Vec<u8> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        bytes.iter().copied().filter(|b| !is_space(b)).collect()
    };
    let all = spaceless(body);
    let mut rest = all.as_slice();
    for line in lines {
        assert!(is_sound(line.text.as_bytes()), "unsound: {line:?}");
        let wanted = spaceless(line.text.as_bytes());
        let at = rest.windows(wanted.len()).position(|part| part == wanted);
        rest = &rest[at.expect("a line is part of the body") + wanted.len()..];
        // A key in other words (`\u0069d`) may be none to the splitter, and needs not be one.
        if let Ok(fields) = serde_json::from_str::<Fields>(&line.text)
            && !line.text.contains("\\u")
        {
            check_fields(line, &fields);
        }
    }
}

fn check_fields(line: &Line, fields: &Fields) {
    let last_id = fields.0.iter().rfind(|(key, _)| key == "id");
    let id = last_id.and_then(|(_, value)| value.get().parse().ok());
    let kind = fields
        .find("type")
        .and_then(|text| text.strip_prefix('"')?.strip_suffix('"'))
        .unwrap_or_default();
    assert_eq!((line.id, line.kind.as_str()), (id, kind), "{}", line.text);
}

fn check_valid(body: &[u8], fields: &Fields, some: usize, whole: &Reading) {
    // A list whose key is in other words (`"\u0065vents"`) is left where it is, and half a character in
    // a key is an error to `serde_json`, which is not asked about all elements.
    let is_respelt = |key: &Cow<str>| key == LIST && matches!(key, Cow::Owned(_));
    let text = std::str::from_utf8(body).expect("it was valid");
    if text.contains("\\ud") || text.contains("\\uD") || fields.0.iter().any(|f| is_respelt(&f.0)) {
        return;
    }
    let is_list = |key: &str, value: &RawValue| key == LIST && value.get().starts_with('[');
    let mut elements: Vec<&RawValue> = Vec::new();
    for (_, list) in fields.0.iter().filter(|(key, value)| is_list(key, value)) {
        let list: Vec<&RawValue> = serde_json::from_str(list.get()).expect("it was valid");
        elements.extend(list);
    }
    let objects = elements.iter().take_while(|e| e.get().starts_with('{'));
    let objects: Vec<&str> = objects.map(|element| element.get()).collect();
    let one_line = |text: &&str| text.replace(['\n', '\r'], "");
    let expected: Vec<String> = objects.iter().map(one_line).collect();
    let lines: Vec<&str> = whole.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, expected);

    // An answer that is cut off gives what was whole by then.
    let ends = |text: &&&str| text.as_ptr() as usize + text.len() - body.as_ptr() as usize <= some;
    let cut = read([&body[..some]]);
    assert_eq!(
        cut.lines.len(),
        objects.iter().filter(ends).count(),
        "cut off"
    );

    match &whole.envelope {
        Ok(text) => {
            assert_eq!(objects.len(), elements.len());
            let text = std::str::from_utf8(text).expect("the body is UTF-8");
            let envelope: Fields = serde_json::from_str(text).expect("as valid as the answer");
            assert_eq!(envelope.0.len(), fields.0.len());
            for ((key, value), (old_key, old_value)) in envelope.0.iter().zip(&fields.0) {
                assert_eq!(key, old_key);
                let list = is_list(key, old_value);
                // Spaces in an emptied list are gone.
                let expected = if list { "[]" } else { old_value.get() };
                assert_eq!(value.get(), expected);
            }
        }
        Err(SplitError::NotJson) => assert!(objects.len() < elements.len()),
        Err(error) => panic!("a valid answer is refused: {error}"),
    }
}

/// If every part that came out were valid, so would be the whole.
fn check_broken(whole: &Reading) {
    let is_valid = |text: &str| serde_json::from_str::<Fields>(text).is_ok();
    let Ok(envelope) = &whole.envelope else {
        return;
    };
    assert!(
        !std::str::from_utf8(envelope).is_ok_and(is_valid)
            || !whole.lines.iter().all(|line| is_valid(&line.text)),
        "a broken answer became a valid one"
    );
}

/// One object as far as brackets and strings tell, without a control character but tabs outside strings.
fn is_sound(line: &[u8]) -> bool {
    let mut open = 0;
    let mut string = false;
    let mut escaped = false;
    for (at, &byte) in line.iter().enumerate() {
        if string {
            match byte {
                0..b' ' => return false,
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            _ if open == 0 && (at > 0 || byte != b'{') => return false,
            b'"' => string = true,
            b'{' | b'[' => open += 1,
            b'}' | b']' => open -= 1,
            b'\t' => {}
            0..b' ' | b'\\' => return false,
            _ => {}
        }
    }
    !string && open == 0 && line.ends_with(b"}")
}
