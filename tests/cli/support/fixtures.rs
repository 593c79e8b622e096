//! What a real server was recorded to say (`tests/fixtures/README.md`).
//!
//! Not for made-up answers: a test writes those itself.

use serde_json::Value;

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

/// Those and the events of a newer server, the exact text of each, by file.
pub fn all_events() -> Vec<(&'static str, Vec<String>)> {
    let files = ["events-9.2.jsonl", "events-10.2.jsonl"];
    files
        .map(|name| (name, text(name).lines().map(str::to_owned).collect()))
        .into()
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
