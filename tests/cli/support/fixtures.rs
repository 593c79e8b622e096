//! What a real server was recorded to say (`tests/fixtures/README.md`).
//!
//! Not for made-up answers: a test writes those itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::repository;

/// A recorded request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the recording calls it.
    pub name: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// With `/api/v1`.
    pub path: String,
    /// Before encoding.
    pub params: BTreeMap<String, String>,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers, as far as they matter.
    pub headers: Vec<(String, String)>,
    /// The exact body, or its beginning where it is a long page.
    pub body: String,
}

/// The exchange of that name.
#[track_caller]
pub fn exchange(name: &str) -> Exchange {
    let found = exchanges()
        .into_iter()
        .find(|exchange| exchange.name == name);
    found.unwrap_or_else(|| {
        panic!("no recorded exchange {name:?} in tests/fixtures/exchanges-9.2.jsonl")
    })
}

/// All of them.
pub fn exchanges() -> Vec<Exchange> {
    text("exchanges-9.2.jsonl").lines().map(parse).collect()
}

/// Recorded events, the exact text of each.
pub fn events() -> Vec<String> {
    text("events-9.2.jsonl")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// All events of the recordings and the examples of all kinds, the exact text of each, by file. These
/// files lie beside the repository and not in it; where they are missing there are none, which is said.
pub fn event_archive() -> Vec<(String, Vec<String>)> {
    let folder = std::env::var_os("WYZEPAL_TAIL_ARCHIVE")
        .map_or_else(|| repository::path("../shared/data"), PathBuf::from);
    let read = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        let events: Vec<String> = text.lines().map(wrapped_event).collect();
        Some((name.to_owned(), events))
    };
    let archive: Option<_> = ARCHIVE.into_iter().map(read).collect();
    archive.unwrap_or_else(|| {
        // Straight to the stream: the test harness swallows what goes through the macros.
        let note =
            "left out: the archive of events is not beside the repository (WYZEPAL_TAIL_ARCHIVE)\n";
        let _ = io::stderr().write_all(note.as_bytes());
        Vec::new()
    })
}

const ARCHIVE: [&str; 4] = [
    "event-examples.jsonl",
    "event-examples-newer.jsonl",
    "recordings/events-9.2.jsonl",
    "recordings/events-10.2.jsonl",
];

/// The event of `{"queue":…,"event":{…}}`.
fn wrapped_event(line: &str) -> String {
    #[derive(Deserialize)]
    struct Wrapping<'a> {
        #[serde(borrow)]
        event: &'a RawValue,
    }
    let wrapping: Wrapping = serde_json::from_str(line).expect("an event in its wrapping");
    wrapping.event.get().to_owned()
}

fn parse(line: &str) -> Exchange {
    let value: Value = serde_json::from_str(line).expect("a line of JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = |value: &Value| -> Vec<(String, String)> {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    };
    let (request, response) = (&value["request"], &value["response"]);
    Exchange {
        name: text(&value["name"]),
        method: text(&request["method"]),
        path: text(&request["path"]),
        params: pairs(&request["params"]).into_iter().collect(),
        status: response["status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .expect("a status"),
        headers: pairs(&response["headers"]),
        body: text(&response["body"]),
    }
}

fn text(name: &str) -> String {
    repository::text(&format!("tests/fixtures/{name}"))
}
