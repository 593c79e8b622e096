//! Answers that are none: endless, cut, nested, of another kind, byte by byte.

use super::{MODEST, any_poll, endures, json_reply};
use crate::support::answers::{events, following, lines, registered, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::Tail;
use crate::support::server::Server;

const OK_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// A name, the answer, and what is said of it.
type Bad = (&'static str, Reply, &'static str);

/// Answers that no request of any kind should be answered with.
fn bad_answers() -> Vec<Bad> {
    vec![
        (
            "endless headers",
            Reply::raw(format!("{OK_HEAD}{}", "X-More: more\r\n".repeat(500_000))),
            "not understood: message head is too large",
        ),
        (
            "two lengths",
            Reply::raw(format!(
                "{OK_HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"
            )),
            "not understood: invalid content-length parsed",
        ),
        (
            "a header with a NUL",
            Reply::raw(format!(
                "{OK_HEAD}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{{}}"
            )),
            "not understood: invalid HTTP header parsed",
        ),
        (
            "more than the length said",
            Reply::raw(format!("{OK_HEAD}Content-Length: 2\r\n\r\n{{}}{{}}{{}}")),
            "not understood: no ",
        ),
        (
            "endless text",
            json_reply("{\"result\":\"success\",\"msg\":\"").repeated(
                &"x".repeat(1000),
                40_000,
                "\"}",
            ),
            "too long",
        ),
        (
            "deep nesting",
            json_reply("{\"a\":").repeated(&"[".repeat(1000), 1000, "]"),
            "not understood",
        ),
        (
            "not UTF-8",
            json_reply(&b"{\"\xff\xfe\":1}"[..]),
            "not understood",
        ),
        ("a list", json_reply("[]"), "not understood"),
        (
            "a page",
            Reply::text(200, "text/html", "<!doctype html><p>hello"),
            "not understood",
        ),
        (
            "an error that calls itself a success",
            json_reply("{\"result\":\"error\",\"msg\":\"no\"}"),
            "not understood: no ",
        ),
        ("204", Reply::text(204, "text/plain", ""), "answers 204"),
    ]
}

/// Some of them, for requests that go the same way as others.
fn some_bad_answers() -> Vec<(&'static str, (Reply, &'static str))> {
    with_names(bad_answers().into_iter().step_by(3).collect())
}

#[test]
fn any_answer_to_register_is_endured() {
    at_once(with_names(bad_answers()), |name, (answer, part)| {
        let server = server().always(Expect::register(), answer);
        endures(name, &server, Tail::new(&server.site()), part, MODEST);
    });
}

#[test]
fn any_answer_to_a_poll_is_endured() {
    at_once(with_names(bad_answers()), |name, (answer, part)| {
        let server = following().always(any_poll(), answer);
        endures(name, &server, Tail::new(&server.site()), part, MODEST);
    });
}

#[test]
fn any_answer_in_place_of_history_is_endured() {
    at_once(some_bad_answers(), |name, (answer, part)| {
        let server = Server::new().always(Expect::history(), answer);
        let tail = Tail::new(&server.site()).args(["-n", "3"]);
        endures(name, &server, tail, part, MODEST);
    });
}

#[test]
fn any_answer_to_the_last_request_ends_the_run_all_the_same() {
    at_once(some_bad_answers(), |_, (answer, _)| {
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(any_poll(), events(&[0]))
            .on(Expect::delete(), answer);
        Tail::new(&server.site())
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .run();
    });
}

fn with_names(bad: Vec<Bad>) -> Vec<(&'static str, (Reply, &'static str))> {
    bad.into_iter()
        .map(|(name, answer, part)| (name, (answer, part)))
        .collect()
}

#[test]
fn lists_that_are_none_are_endured() {
    let body = |list: &str| {
        let text = format!("{{\"result\":\"success\",\"msg\":\"\",\"events\":{list}}}");
        json_reply(text)
    };
    let mut cases = vec![
        ("events deep", body(&"[".repeat(200)), "was cut off"),
        ("event cut", body("[{\"id\":1"), "was cut off"),
        (
            "a line break in a string",
            body("[{\"a\":\"\n\"}]"),
            "not valid JSON",
        ),
    ];
    for wrong in ["null", "\"x\"", "{}"] {
        cases.push(("no list", body(wrong), "no list of events"));
    }
    for wrong in ["[null]", "[[]]", "[{},]"] {
        cases.push(("no event", body(wrong), "not valid JSON"));
    }
    at_once(with_names(cases), |name, (answer, part)| {
        let server = following().always(any_poll(), answer);
        let tail = Tail::new(&server.site());
        let quiet = tail.args(["-e", "message"]);
        endures(name, &server, quiet, part, MODEST);
    });
}

#[test]
fn a_head_that_curl_and_browsers_accept_is_accepted() {
    for (name, value) in [
        ("X-Policy", "default-src 'self';\r\n\tscript-src 'none'"),
        ("X-Spaced ", "before the colon"),
        ("X-Bad\u{1}Name", "and its value"),
    ] {
        let server = Server::new().always(Expect::poll(), events(&[0]).header(name, value));
        Tail::new(&server.site())
            .args(["--queue-id", "q", "-C", "1"])
            .stdout(lines(&[0]))
            .run();
    }
}
