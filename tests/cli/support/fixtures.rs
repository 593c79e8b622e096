//! What a real server was recorded to say (`tests/fixtures/README.md`).
//!
//! Not for made-up answers: a test writes those itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

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
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
