//! All spellings of narrows, and which of ten messages they match: `tests/fixtures/narrow-cases.jsonl` over
//! `narrow-messages.jsonl`. `tests/cli/narrow_cases.rs` has the same against a server.

use serde_json::Value;

use super::Narrow;
use crate::event::Event;
use crate::kind::MESSAGE;
use crate::listed::Listed;
use crate::selection::narrow::Directory;
use crate::selection::people::PersonRef;

const CASES: &str = include_str!("../../../tests/fixtures/narrow-cases.jsonl");
const MESSAGES: &str = include_str!("../../../tests/fixtures/narrow-messages.jsonl");

fn user(id: i64, address: &str, name: &str) -> Listed {
    Listed {
        id,
        address: address.to_owned(),
        name: name.to_owned(),
        ..Listed::default()
    }
}

/// What the server of the cases tells: the account is that of user 10.
fn server() -> Directory {
    let people = vec![
        user(8, "hamlet@example.com", "King Hamlet"),
        user(9, "cordelia@example.com", "Cordelia, Lear's daughter"),
        user(10, "me@example.com", "Me"),
    ];
    Directory {
        me: people.last().cloned().map(PersonRef::Known),
        people: Some(people),
        channels: None,
    }
}

/// What `--replay` knows where an account is configured.
fn configured() -> Directory {
    Directory {
        me: Some(PersonRef::Address("me@example.com".to_owned())),
        ..Directory::default()
    }
}

fn matched(narrow: &Narrow) -> Vec<u64> {
    let events = MESSAGES.lines().map(|text| Event::new(None, MESSAGE, text));
    let matched = events.filter(|event| narrow.has(event));
    matched
        .filter_map(|event| event.message_id())
        .map(|id| id.0)
        .collect()
}

#[test]
fn every_spelling_matches_what_it_says() {
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["narrow"].as_str().unwrap();
        let read = text.parse::<Narrow>();
        let Some(expected) = case["matches"].as_array() else {
            assert!(read.is_err(), "{text} was read as {:?}", read.ok());
            continue;
        };
        let narrow = read.unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected: Vec<u64> = expected.iter().filter_map(Value::as_u64).collect();
        for directory in [server(), configured()] {
            let mut narrow = narrow.clone();
            narrow.resolve(&directory).unwrap();
            assert_eq!(matched(&narrow), expected, "{text} with {directory:?}");
        }
    }
}
