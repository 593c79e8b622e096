//! Answers: the scanner against `serde_json`, whole and in pieces.
//!
//! Input: six bytes that say where to cut, then the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use tail::api::scan::{Chunk, ScanError, Scanner};
use tail::fields::Fields;

const LIST: &str = "events";
/// Brackets that may be open at once, in an element or in the envelope.
const MAX_LEVELS: usize = 127;

/// What came out of an answer.
#[derive(Debug, PartialEq)]
struct Reading {
    lines: Vec<Line>,
    envelope: Result<Vec<u8>, ScanError>,
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
    let mut scanner = Scanner::new(LIST);
    let mut chunk = Chunk::default();
    let mut lines = Vec::new();
    for piece in pieces {
        chunk.clear();
        let result = scanner.push(piece, &mut chunk);
        let mut text = String::new();
        for event in chunk.iter() {
            text.push_str(event.text);
            text.push('\n');
            lines.push(Line {
                id: event.id.map(|id| id.0),
                kind: event.kind.to_owned(),
                text: event.text.to_owned(),
            });
        }
        assert_eq!(chunk.text(), text);
        if let Err(error) = result {
            assert_eq!(scanner.push(b"x", &mut chunk), Err(error), "it stays");
            let envelope = Err(error);
            assert_eq!(scanner.finish(), envelope);
            return Reading { lines, envelope };
        }
    }
    let envelope = scanner.finish();
    Reading { lines, envelope }
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
        // A key in other words (`\u0069d`) is none to the scanner, and needs not be.
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
    if let Err(ScanError::TooDeep { .. }) = whole.envelope {
        assert!(depth(body) > MAX_LEVELS, "not too deep");
        return;
    }
    let lists: Vec<&str> = fields
        .0
        .iter()
        .filter(|(key, value)| key == LIST && value.get().starts_with('['))
        .map(|(_, value)| value.get())
        .collect();
    let first = lists.first().copied().unwrap_or("[]");
    let elements: Vec<&RawValue> = serde_json::from_str(first).expect("it was valid");
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
            assert!(lists.len() < 2 && objects.len() == elements.len());
            let text = std::str::from_utf8(text).expect("the body is UTF-8");
            let envelope: Fields = serde_json::from_str(text).expect("as valid as the answer");
            assert_eq!(envelope.0.len(), fields.0.len());
            for ((key, value), (old_key, old_value)) in envelope.0.iter().zip(&fields.0) {
                assert_eq!(key, old_key);
                let is_list = key == LIST && old_value.get().starts_with('[');
                let expected = if is_list { "[]" } else { old_value.get() };
                assert_eq!(value.get(), expected);
            }
        }
        Err(ScanError::SecondList { .. }) => assert!(lists.len() > 1),
        Err(ScanError::Unexpected { .. }) => assert!(objects.len() < elements.len()),
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

/// One object with matching brackets, closed strings, and no control character but a tab outside them.
fn is_sound(line: &[u8]) -> bool {
    let mut open = Vec::new();
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
            _ if open.is_empty() && (at > 0 || byte != b'{') => return false,
            b'"' => string = true,
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' if open.pop() != Some(byte) => return false,
            b'\t' => {}
            0..b' ' | b'\\' => return false,
            _ => {}
        }
    }
    !line.is_empty() && !string && open.is_empty()
}

/// Most brackets of valid JSON that are open at once.
fn depth(body: &[u8]) -> usize {
    let (mut levels, mut most) = (0usize, 0);
    let (mut string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => levels += 1,
            b'}' | b']' if !string => levels -= 1,
            _ => {}
        }
        most = most.max(levels);
    }
    most
}
