//! The scripted server keeps to its script, and notices who does not.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::json;

use super::client::Client;
use crate::support::account::{EMAIL, KEY};
use crate::support::expect::Expect;
use crate::support::fixtures::exchange;
use crate::support::gate::Gate;
use crate::support::reply::{Ending, Reply};
use crate::support::server::Server;

fn empty() -> Reply {
    Reply::json(200, &json!({ "events": [] }))
}

#[test]
fn a_script_is_answered_in_order_on_one_connection() {
    let server = Server::new()
        .on(
            Expect::register().param("event_types", "[\"message\"]"),
            Reply::recorded(&exchange("register-minimal")),
        )
        .on(Expect::history().optional(), empty())
        .on(Expect::poll().param("last_event_id", "-1"), empty())
        .on(
            Expect::delete(),
            Reply::error(400, "BAD_EVENT_QUEUE_ID", "Bad event queue ID: x"),
        )
        .always(
            Expect::new("GET", "/users/me"),
            Reply::recorded(&exchange("users-me-bot")),
        );
    let mut client = Client::new(&server.site());
    let register = client.call("POST", "/register", &[("event_types", "[\"message\"]")]);
    assert_eq!(register.json()["zulip_feature_level"], 278);
    assert_eq!(client.call("GET", "/users/me", &[]).json()["user_id"], 24);
    assert_eq!(
        client
            .call("GET", "/events", &[("last_event_id", "-1")])
            .status,
        200
    );
    assert_eq!(
        client
            .call("DELETE", "/events", &[("queue_id", "ö &")])
            .json()["code"],
        "BAD_EVENT_QUEUE_ID"
    );
    server.wait_done();
    assert_eq!(server.connections(), 1);
    let seen = server.requests();
    assert_eq!(seen[3].param("queue_id"), Some("ö &"));
    assert_eq!(seen[0].credentials(), Some(format!("{EMAIL}:{KEY}")));
    assert_eq!(
        format!("{:?}", seen[2]),
        "#1 GET /api/v1/events last_event_id=-1"
    );
}

#[test]
#[should_panic(expected = "a request came that the script did not expect")]
fn a_request_out_of_order_fails_the_test() {
    let server = Server::new()
        .on(Expect::register(), empty())
        .on(Expect::poll(), empty());
    assert_eq!(
        Client::new(&server.site())
            .call("GET", "/events", &[])
            .status,
        400
    );
}

#[test]
#[should_panic(expected = "asked POST /api/v1/register\n        GET /api/v1/events a=1\n")]
fn an_answer_that_nobody_asks_for_fails_the_test() {
    let server = Server::new()
        .on(Expect::register(), empty())
        .on(Expect::poll().param("a", "1"), empty());
    Client::new(&server.site()).call("POST", "/register", &[]);
}

#[test]
fn a_held_poll_is_answered_when_it_is_released() {
    let server = Server::new().on(Expect::poll(), Reply::hold());
    let mut client = Client::new(&server.site());
    client.send("GET", "/events", &[("queue_id", "7")]);
    assert_eq!(server.wait_held().param("queue_id"), Some("7"));
    server.release(empty());
    assert_eq!(client.read().expect("an answer").body, b"{\"events\":[]}\n");
}

#[test]
fn a_client_that_hangs_up_is_noticed() {
    let server = Server::new().on(Expect::poll(), Reply::hold());
    let mut client = Client::new(&server.site());
    client.send("GET", "/events", &[]);
    server.wait_held();
    drop(client);
    server.wait_hung_up();
}

#[test]
fn connections_end_in_the_way_that_was_asked_for() {
    let cases = [
        (
            "close",
            Reply::nothing(Ending::Close),
            ErrorKind::UnexpectedEof,
        ),
        (
            "reset",
            Reply::nothing(Ending::Reset),
            ErrorKind::ConnectionReset,
        ),
        ("cut", empty().cut(), ErrorKind::UnexpectedEof),
        (
            "cut by reset",
            empty().cut_after(5, Ending::Reset),
            ErrorKind::ConnectionReset,
        ),
        (
            "no http",
            Reply::raw("SSH-2.0-OpenSSH\r\n\r\n"),
            ErrorKind::InvalidData,
        ),
    ];
    for (name, reply, expected) in cases {
        let server = Server::new().on(Expect::poll(), reply);
        let mut client = Client::new(&server.site());
        client.send("GET", "/events", &[]);
        assert_eq!(client.read().expect_err(name).kind(), expected, "{name}");
    }
}

#[test]
fn a_garbled_answer_has_the_same_length_but_is_no_json() {
    let server = Server::new().on(Expect::poll(), empty().garbled());
    let body = Client::new(&server.site()).call("GET", "/events", &[]).body;
    assert_eq!(body.len(), 14);
    assert!(body.starts_with(b"{\"event"), "{body:?}");
    assert!(
        serde_json::from_slice::<serde_json::Value>(&body).is_err(),
        "{body:?}"
    );
}

#[test]
fn a_trickled_answer_arrives_whole() {
    let server = Server::new().on(Expect::poll(), empty().trickled(Duration::from_millis(1)));
    assert_eq!(
        Client::new(&server.site()).call("GET", "/events", &[]).body,
        b"{\"events\":[]}\n"
    );
}

#[test]
fn chunks_come_when_the_gate_lets_them_through() {
    let gate = Gate::closed();
    let server = Server::new().on(
        Expect::poll(),
        Reply::text(200, "text/plain", "abcdefgh").chunked(3, &gate),
    );
    let mut client = Client::new(&server.site());
    client.send("GET", "/events", &[]);
    gate.let_through(1);
    let head_and_chunk = client.read_part(3).expect("a chunk");
    assert!(
        head_and_chunk.ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        "{head_and_chunk}"
    );
    assert!(client.is_quiet());
    gate.let_through(1);
    assert_eq!(client.chunk().expect("a chunk"), b"def");
    gate.open();
    assert_eq!(client.chunk().expect("a chunk"), b"gh");
    assert_eq!(client.chunk().expect("the end"), b"");
}
