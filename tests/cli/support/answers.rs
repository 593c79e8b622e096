//! Requests and answers that many scripts need, in the servers' form.
//!
//! Not for recorded ones (`fixtures.rs`).

use std::fmt::Write as _;

use serde_json::json;

use super::expect::Expect;
use super::reply::Reply;
use super::server::Server;

/// A script that has no history to tell, however often it is asked.
pub fn server() -> Server {
    Server::new().always(Expect::history(), no_history())
}

/// A script in which all goes well around the queue `q`; the polls are left to the test.
pub fn following() -> Server {
    server()
        .on(Expect::register(), registered("q"))
        .always(Expect::delete().param("queue_id", "q"), deleted())
}

/// A poll of that queue which acknowledges the events up to that one; -1 for none.
pub fn poll(queue: &str, last: i64) -> Expect {
    Expect::poll()
        .param("queue_id", queue)
        .param("last_event_id", &last.to_string())
}

/// The history of an account that has never received a message.
pub fn no_history() -> Reply {
    let body = json!({
        "result": "success", "msg": "", "messages": [], "found_newest": true, "found_oldest": true,
        "found_anchor": false, "history_limited": false, "anchor": 0,
    });
    Reply::json(200, &body)
}

/// A new queue of that id. Its `last_event_id` is not where a tail begins.
pub fn registered(queue: &str) -> Reply {
    let body = json!({
        "result": "success", "msg": "", "queue_id": queue, "last_event_id": 7,
        "zulip_version": "9.2", "zulip_feature_level": 278,
    });
    Reply::json(200, &body)
}

/// An event of that id, as its text.
pub fn event(id: i64) -> String {
    format!("{{\"type\":\"typing\",\"op\":\"start\",\"id\":{id}}}")
}

/// Events of these ids.
pub fn events(ids: &[i64]) -> Reply {
    let texts: Vec<String> = ids.iter().copied().map(event).collect();
    event_texts(&texts)
}

/// Events of these texts.
pub fn event_texts<T: AsRef<str>>(texts: &[T]) -> Reply {
    let list: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let list = list.join(",");
    let body = format!("{{\"result\":\"success\",\"msg\":\"\",\"events\":[{list}]}}\n");
    Reply::text(200, "application/json", body)
}

/// So many events from id 0 on, of a third of a kilobyte each: a pipe holds some two hundred of them.
pub fn long_events(count: i64) -> Vec<String> {
    let long = "x".repeat(300);
    let text = |id| format!("{{\"type\":\"typing\",\"id\":{id},\"text\":\"{long}\"}}");
    (0..count).map(text).collect()
}

/// The lines that events of these ids make.
pub fn lines(ids: &[i64]) -> String {
    ids.iter().fold(String::new(), |mut lines, &id| {
        let _ = writeln!(lines, "{}", event(id));
        lines
    })
}

/// The queue was deleted.
pub fn deleted() -> Reply {
    Reply::json(200, &json!({ "result": "success", "msg": "" }))
}

/// The server knows no such queue (any more).
pub fn unknown_queue(queue: &str) -> Reply {
    let msg = format!("Bad event queue ID: {queue}");
    let body = json!({
        "result": "error", "msg": msg, "queue_id": queue, "code": "BAD_EVENT_QUEUE_ID",
    });
    Reply::json(400, &body)
}
