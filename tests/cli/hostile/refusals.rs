//! Refusals with wrong types in their fields, and times to come back at that cannot be.

use serde_json::json;

use super::wrong::{by_their_text, mutations};
use super::{MODEST, any_poll, endures};
use crate::support::answers::{events, following, lines, server};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::Tail;

#[test]
fn wrong_types_in_any_field_of_an_error_are_endured() {
    let refusal = json!({ "result": "error", "msg": "Bad event queue ID: q", "code": "BAD_EVENT_QUEUE_ID",
        "queue_id": "q", "retry-after": 1.5 });
    let outcomes = [(400, "9s", 2), (429, "1s", 0)];
    let cases = outcomes.into_iter().flat_map(|outcome| {
        let bodies = by_their_text(mutations(&refusal));
        bodies.map(move |(name, body)| (format!("{} {name}", outcome.0), (outcome, body)))
    });
    at_once(
        cases.collect::<Vec<_>>(),
        |name, ((status, limit, code), body)| {
            let server = server().always(Expect::register(), Reply::json(status, &body));
            let exit = Tail::new(&server.site())
                .args(["-W", limit])
                .start()
                .wait_exit();
            assert_eq!(exit.code, Some(code), "{name}: {exit}");
            assert!(exit.stderr.lines().count() <= 1, "{name}: {exit}");
            assert!(server.requests().len() <= 3, "{name}");
        },
    );
}

#[test]
fn it_stays_away_no_longer_than_an_hour_and_no_shorter_than_a_second() {
    let date = |reply: Reply, date: &str| reply.header("Date", date);
    let limit = || Reply::json(429, &json!({ "result": "error", "msg": "too much" }));
    let header = |value: &str| limit().header("Retry-After", value);
    let cases = vec![
        ("a year", (header("31536000"), 3600)),
        ("beyond any number", (header(&"9".repeat(400)), 1)),
        ("negative", (header("-31536000"), 1)),
        ("not a number", (header("NaN"), 1)),
        ("the past", (header("Sun, 06 Nov 1994 08:49:37 GMT"), 1)),
        (
            "the far future",
            (header("Mon, 31 Dec 9990 23:59:59 GMT"), 3600),
        ),
        (
            "before the server's own time",
            (
                date(
                    header("Sun, 06 Nov 1994 08:49:37 GMT"),
                    "Fri, 31 Dec 9999 23:59:59 GMT",
                ),
                1,
            ),
        ),
    ];
    at_once(cases, |name, (answer, seconds)| {
        let server = server().always(Expect::register(), answer);
        let part = format!("come back in {seconds} s");
        endures(name, &server, Tail::new(&server.site()), &part, MODEST);
    });
}

#[test]
fn a_servers_clock_may_run_backwards() {
    let dates = [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "yesterday",
    ];
    // Trouble each time, so that history is looked at, by the clock of the answer before.
    let mut server = following().on(any_poll(), events(&[0]));
    for (id, date) in (1..).zip(dates) {
        server = server
            .on(any_poll(), Reply::html_502().header("Date", date))
            .on(any_poll(), events(&[id]).header("Date", date));
    }
    let server = server.always(any_poll(), events(&[4]));
    Tail::new(&server.site())
        .with_short_waits()
        .args(["-C", "4"])
        .stdout(lines(&[0, 1, 2, 3]))
        .run();
}
