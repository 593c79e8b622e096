//! Histories that never end, repeat themselves, are too long, or have wrong types in their rows.

use serde_json::{Value, json};

use super::wrong::mutations;
use super::{FEW, MODEST, endures, json_reply};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::greeter::HELLO;
use crate::support::reply::Reply;
use crate::support::run::Tail;
use crate::support::server::Server;

/// A page of rows with these ids.
fn page(ids: impl IntoIterator<Item = u64>, more: Value) -> Reply {
    let rows: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            json!({ "id": id, "type": "stream", "sender_id": 8, "sender_email": "a@example.com",
                "sender_full_name": "A", "display_recipient": "Denmark", "stream_id": 4,
                "subject": "castle", "content": "x", "timestamp": 1_795_356_000, "flags": ["historical"] })
        })
        .collect();
    let mut body = json!({ "result": "success", "msg": "", "messages": rows, "found_newest": false,
        "found_oldest": false, "found_anchor": false, "history_limited": false, "anchor": 0 });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    Reply::json(200, &body)
}

/// One-row pages that lead on and on, upwards from 1 or downwards from a thousand.
fn endless_history(server: Server, upwards: bool) -> Server {
    let mut server = server;
    for step in 0..60 {
        let id = if upwards { 1 + step } else { 1000 - step };
        let reply = page([id], json!({}));
        server = server.on(Expect::history().optional(), reply);
    }
    server
}

#[test]
fn history_that_never_ends_does_not_make_it_spin() {
    let upwards = || endless_history(Server::new(), true);
    let cases: Vec<(_, (Server, &[&str]))> = vec![
        ("upwards", (upwards(), &["--since", "2020-01-01"])),
        (
            "downwards",
            (endless_history(Server::new(), false), &["-n", "2000"]),
        ),
    ];
    at_once(cases, |name, (server, args)| {
        let exit = Tail::new(&server.site())
            .args(args.iter().copied())
            .args(["--once", "-W", "4s"])
            .start()
            .wait_exit();
        let requests = server.requests().len();
        // Where to begin is looked for by halving, a few dozen requests at most.
        assert!(requests <= FEW + 12, "{name}: {requests}, {exit}");
        assert_eq!(exit.stdout, "", "{name}");
    });
}

#[test]
fn history_that_repeats_itself_ends() {
    let rows = || 1..=3;
    let cases = vec![
        ("the same page", page(rows(), json!({}))),
        ("the wrong way round", page(rows().rev(), json!({}))),
        ("the same row", page([2, 2, 2], json!({}))),
    ];
    at_once(cases, |name, answer| {
        let server = Server::new().always(Expect::history(), answer);
        Tail::new(&server.site())
            .args(["--once", "-n", "50", "-W", "10s"])
            .run();
        let requests = server.requests().len();
        assert!(requests <= FEW, "{name}: {requests}");
    });
}

#[test]
fn a_page_with_more_than_was_asked_for_is_endured() {
    let row = r#"{"id":1,"content":"","flags":[]}"#;
    let head = "{\"result\":\"success\",\"msg\":\"\",\"found_newest\":true,\"messages\":[";
    let answer = json_reply(format!("{head}{row}")).repeated(&format!(",{row}"), 200_000, "]}");
    let server = Server::new().always(Expect::history(), answer);
    let tail = Tail::new(&server.site()).args(["--once", "-n", "1"]);
    let part = "more rows than were asked for";
    endures("rows without end", &server, tail, part, MODEST);
}

#[test]
fn wrong_types_in_any_field_of_history_are_printed_all_the_same() {
    let event: Value = serde_json::from_str(HELLO).expect("JSON");
    let mut row = event["message"].clone();
    row["flags"] = json!(["read"]);
    row["edit_history"] = json!([{ "prev_topic": "x", "timestamp": 7 }]);
    let mut rows = mutations(&row);
    for (id, row) in (1..).zip(&mut rows) {
        row["id"] = json!(id);
    }
    let body = json!({ "result": "success", "msg": "", "found_newest": true, "found_oldest": true, "messages": rows });
    let cases: Vec<(_, &[&str])> = vec![("json", &[]), ("summary", &["-o", "summary"])];
    at_once(cases, |name, args| {
        let server = Server::new().always(Expect::history(), Reply::json(200, &body));
        let exit = Tail::new(&server.site())
            .args(["--once", "-n", "1000"])
            .args(args.iter().copied())
            .start()
            .wait_exit();
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(exit.stdout.lines().count() >= rows.len(), "{name}");
    });
}

#[test]
fn rows_without_a_usable_id_are_endured() {
    let cases = [
        ("missing", r#"{"content":"x"}"#),
        ("text", r#"{"id":"7","content":"x"}"#),
    ];
    at_once(cases, |name, row| {
        let body = format!(
            "{{\"result\":\"success\",\"msg\":\"\",\"found_newest\":true,\"messages\":[{row}]}}"
        );
        let server = Server::new().always(Expect::history(), json_reply(body));
        let tail = Tail::new(&server.site()).args(["-n", "3"]);
        endures(name, &server, tail, "a row has no id", MODEST);
    });
}
