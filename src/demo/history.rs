//! `GET /messages`: pages of the history, counted from an anchor.

use serde_json::{Value, json};

use super::http::Request;
use super::log::Log;
use super::server::ErrorAnswer;
use super::view::View;

/// Beyond any id: what the server itself means by `newest`.
const NEWEST: u64 = 10_000_000_000_000_000;

/// The page of a request.
pub fn page(log: &Log, request: &Request) -> Result<Value, ErrorAnswer> {
    let view = View::of_history(request)?;
    let anchor: u64 = match request.text("anchor") {
        Some("oldest") => 0,
        Some("newest") | None => NEWEST,
        Some(_) => request.json("anchor")?.unwrap_or(NEWEST),
    };
    let before: usize = request.json("num_before")?.unwrap_or(0);
    let after: usize = request.json("num_after")?.unwrap_or(0);
    let includes_anchor = request.json("include_anchor")?.unwrap_or(true);

    let shown = |(_, event): (&u64, &Value)| view.shows(event).then(|| row(event, &view));
    let older = log.messages.range(..anchor).rev().filter_map(shown);
    let mut rows: Vec<Value> = older.take(before).collect();
    rows.reverse();
    let found_oldest = rows.len() < before;
    let own = log.messages.range(anchor..=anchor).filter_map(shown);
    rows.extend(own.filter(|_| includes_anchor));
    let newer = log.messages.range(anchor.saturating_add(1)..);
    let newer: Vec<Value> = newer.filter_map(shown).take(after).collect();
    let found_newest = newer.len() < after || anchor >= NEWEST;
    rows.extend(newer);
    Ok(json!({
        "messages": rows,
        "anchor": anchor,
        "found_oldest": found_oldest,
        "found_newest": found_newest,
    }))
}

/// A message with its flags, which stand beside it in an event.
fn row(event: &Value, view: &View) -> Value {
    let mut row = event["message"].clone();
    row["flags"] = event["flags"].clone();
    view.format(&mut row);
    row
}
