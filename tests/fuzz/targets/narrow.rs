//! Narrows: any text is read or refused in one line, and what was read is written as what reads the same.
//!
//! Input: the narrow; after a line break a channel, a topic and a sender to apply it to, a line each.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tail::event::Event;
use tail::kind::MESSAGE;
use tail::listed::Listed;
use tail::selection::Selection;
use tail::selection::narrow::{Directory, Narrow};
use tail::selection::people::PersonRef;

/// An error quotes the beginning of one term, perhaps once more in what was meant, and what `serde_json` says.
const LONGEST_ERROR: usize = 2000;

fuzz_target!(|text: &str| {
    let (narrow, message) = text.split_once('\n').unwrap_or((text, ""));
    let narrow = match narrow.parse::<Narrow>() {
        Ok(narrow) => narrow,
        Err(error) => {
            assert!(!error.contains(char::is_control), "{error:?}");
            assert!(error.chars().count() <= LONGEST_ERROR, "{error}");
            return;
        }
    };
    let written = narrow.to_string();
    // The server of a link is not written.
    let again: Narrow = written.parse().expect("our own narrow");
    assert_eq!(again.to_string(), written);
    assert!(!written.contains(char::is_control), "{written:?}");
    apply(narrow, message);
});

/// What the server tells: the account alone.
fn directory() -> Directory {
    let me = Listed {
        id: 7,
        address: "me@example.com".to_owned(),
        ..Listed::default()
    };
    Directory {
        me: Some(PersonRef::Known(me)),
        ..Directory::default()
    }
}

/// What matches must get through to us: all that the server is asked for holds for it as well.
fn apply(mut narrow: Narrow, message: &str) {
    let mut fields = message.split('\n');
    let mut field = || fields.next().unwrap_or_default();
    let message = serde_json::json!({
        "type": "stream", "display_recipient": field(), "subject": field(), "sender_email": field(),
        "sender_id": 7, "stream_id": 7,
    });
    let event =
        serde_json::json!({ "message": message, "flags": ["read", "mentioned"] }).to_string();
    let event = Event::new(None, MESSAGE, &event);
    narrow.resolve(&directory()).expect("nobody to look up");
    let mut selection = Selection {
        narrows: vec![narrow.clone()],
        ..Selection::default()
    };
    for query in selection.history_queries() {
        let terms: Vec<serde_json::Value> =
            serde_json::from_str(&query.narrow).expect("the server reads JSON");
        // People are terms of their own, and the last may be for all public channels.
        assert!(terms.len() <= narrow.to_string().len() + 1);
    }
    if narrow.has(&event) {
        for (operator, operand) in narrow.register_terms() {
            let term = serde_json::json!([operator, operand]).to_string();
            let term: Narrow = term.parse().expect("our own term");
            assert!(term.has(&event), "{operator}:{operand}");
        }
    }
    selection.narrows.clear();
    assert!(selection.server_narrow().is_empty());
}
