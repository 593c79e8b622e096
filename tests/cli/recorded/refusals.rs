//! Recorded refusals: whether each ends the run or is waited out, wherever in a run it may come.

use std::collections::BTreeSet;

use super::{Place, good, request, tail, until};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::fixtures::{exchange, exchanges};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Signal;

use super::Place::{Delete, FirstPoll, LaterPoll, Me, Register, Takeover};
use Outcome::{Ends, Ignored, Replaced, TriesAgain};

/// How the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// With this code, and one line that has both parts: what the server said, and what to do.
    Ends(i32, &'static str, &'static str),
    /// The same is asked again, and the notice has this part.
    TriesAgain(&'static str),
    /// A new queue takes the place of the lost one, and the old one is deleted if it still lives.
    Replaced,
    /// It makes no difference.
    Ignored,
}

const ACCOUNT: &str = "check email, key and site";
const SITE: &str = "check site";
const PARAMETER: &str = "BAD_REQUEST";

/// Refusals of a parameter of register, and what the server says of it.
const PARAMETERS: &[(&str, &str)] = &[
    ("register-lifespan-not-a-number", "queue_lifespan_secs"),
    ("register-event_types-not-a-list", "event_types"),
    (
        "register-event_types-json-string",
        "event_types is not a list",
    ),
    ("register-capital-True", "apply_markdown"),
    (
        "register-capabilities-missing-key",
        "notification_settings_null",
    ),
    (
        "register-all-public-streams-guest",
        "User not authorized for this query",
    ),
    ("narrow-register-pair-of-strings", "narrow[0] is not a list"),
    ("narrow-register-three-items", "narrow[0] should have"),
    ("narrow-register-int-operand", "narrow[0][1]"),
    ("narrow-register-near", "Operator near not supported."),
    ("narrow-register-pm-with", "Operator pm-with"),
    ("narrow-register-dm", "Operator dm"),
    ("narrow-register-has", "Operator has"),
    ("narrow-register-search", "Operator search"),
    ("narrow-register-id", "Operator id"),
    ("narrow-register-is-followed", "Operand followed"),
    ("narrow-register-unknown-operator", "Operator frobnicate"),
    ("narrow-register-negated", "Operator -stream"),
    ("narrow-register-not-json", "narrow"),
    ("narrow-register-not-a-list", "narrow is not a list"),
    ("message-by-id-unknown", "Invalid message(s)"),
    ("get-stream-id-unknown", "Invalid channel name"),
    ("user-groups", "does not accept bot requests"),
];

/// A refusal, where it may come, and what becomes of the run.
type Refusal = (&'static str, &'static [Place], Outcome);

/// The other refusals. The ones of `GET /messages` are left to those who ask for history.
const REFUSALS: &[Refusal] = &[
    (
        "register-negative-lifespan",
        &[Register],
        TriesAgain("answers 500 to register"),
    ),
    (
        "events-pruned-id",
        &[FirstPoll],
        Ends(2, "An event newer than 0", PARAMETER),
    ),
    ("events-pruned-id", &[LaterPoll], Replaced),
    (
        "events-pruned-id",
        &[Takeover],
        Ends(2, "An event newer than 0", "--queue-id"),
    ),
    ("events-pruned-id-minus-one", &[LaterPoll], Replaced),
    (
        "events-pruned-id-minus-one",
        &[Takeover],
        Ends(2, "An event newer than -1", "--last-event-id"),
    ),
    ("events-future-id", &[LaterPoll], Replaced),
    (
        "events-future-id",
        &[Takeover],
        Ends(2, "Event 9999 was not in this queue", "--last-event-id"),
    ),
    ("delete-queue-again", &[Delete], Ignored),
    ("delete-queue-without-id", &[Delete], Ignored),
    (
        "events-malformed-queue-id",
        &[FirstPoll],
        Ends(2, "Bad event queue ID", "BAD_EVENT_QUEUE_ID"),
    ),
    ("events-malformed-queue-id", &[LaterPoll], Replaced),
    (
        "events-malformed-queue-id",
        &[Takeover],
        Ends(2, "Bad event queue ID", "--queue-id"),
    ),
    (
        "events-no-queue-id",
        &[FirstPoll],
        Ends(2, "Missing 'queue_id'", PARAMETER),
    ),
    (
        "events-no-last-event-id",
        &[FirstPoll],
        Ends(2, "Missing 'last_event_id'", PARAMETER),
    ),
    (
        "events-last-event-id-text",
        &[FirstPoll],
        Ends(2, "last_event_id", PARAMETER),
    ),
    (
        "events-last-event-id-float",
        &[FirstPoll],
        Ends(2, "last_event_id is not an integer", PARAMETER),
    ),
    (
        "events-dont-block-True",
        &[FirstPoll],
        Ends(2, "dont_block", PARAMETER),
    ),
    (
        "wrong-key-django",
        &[Me, Register, FirstPoll, LaterPoll, Takeover],
        Ends(3, "Invalid API key", ACCOUNT),
    ),
    (
        "malformed-key-django",
        &[Me, Register],
        Ends(3, "Malformed API key", ACCOUNT),
    ),
    (
        "no-auth-django",
        &[Me, Register],
        Ends(3, "Not logged in", ACCOUNT),
    ),
    (
        "colon-in-email-django",
        &[Me, Register],
        Ends(3, "Invalid authorization header", ACCOUNT),
    ),
    (
        "no-auth-django-accept-html",
        &[Me, Register],
        Ends(2, "redirects", "set site"),
    ),
    (
        "no-auth-django-accept-html",
        &[LaterPoll],
        TriesAgain("redirects"),
    ),
    (
        "bearer-auth-django",
        &[Me, Register],
        Ends(2, "requires HTTP basic authentication", PARAMETER),
    ),
    (
        "users-by-unknown-id",
        &[Me],
        Ends(2, "No such user", PARAMETER),
    ),
    (
        "unknown-url",
        &[Me, Register, Takeover],
        Ends(2, "answers 404", SITE),
    ),
    ("unknown-url", &[LaterPoll], TriesAgain("answers 404")),
    (
        "get-register",
        &[Register],
        Ends(2, "Method Not Allowed", "(405)"),
    ),
    (
        "post-events",
        &[Register, Takeover],
        Ends(2, "answers 405", SITE),
    ),
    ("post-events", &[LaterPoll], TriesAgain("answers 405")),
    (
        "put-messages",
        &[Register],
        Ends(2, "Method Not Allowed", "(405)"),
    ),
    (
        "bad-host-header",
        &[Me, Register],
        Ends(3, "not associated with this subdomain", ACCOUNT),
    ),
    (
        "429-tornado",
        &[FirstPoll, LaterPoll, Takeover],
        TriesAgain("limits the rate: come back in 2 s"),
    ),
    (
        "429-django",
        &[Me],
        TriesAgain("limits the rate: come back in 8 s"),
    ),
    (
        "429-register",
        &[Register],
        TriesAgain("limits the rate: come back in 8 s"),
    ),
    ("django-502-while-down", &[Me], TriesAgain("answers 502")),
    (
        "register-while-django-down",
        &[Register],
        TriesAgain("answers 502 to register"),
    ),
    (
        "outage-graceful-parked-poll-https",
        &[FirstPoll, LaterPoll, Takeover],
        TriesAgain("answers 502 to events"),
    ),
    (
        "deactivated-django",
        &[Me, Register, LaterPoll],
        Ends(3, "Account is deactivated", ACCOUNT),
    ),
    (
        "webhook-bot-django",
        &[Me, Register],
        Ends(3, "not available to incoming webhook bots", ACCOUNT),
    ),
    (
        "realm-deactivated-tornado",
        &[FirstPoll, LaterPoll, Takeover],
        Ends(3, "This organization has been deactivated", ACCOUNT),
    ),
];

/// Each recorded refusal at the places where it may come.
fn refusals() -> impl Iterator<Item = Refusal> {
    let parameters = PARAMETERS.iter();
    let parameters =
        parameters.map(|&(name, said)| (name, &[Register][..], Ends(2, said, PARAMETER)));
    parameters.chain(REFUSALS.iter().copied())
}

/// The names of all of them.
pub fn names() -> BTreeSet<&'static str> {
    refusals().map(|(name, ..)| name).collect()
}

#[test]
fn every_recorded_refusal_has_its_row() {
    let known = names();
    for exchange in exchanges() {
        let history = exchange.method == "GET" && exchange.path == "/api/v1/messages";
        let refused = exchange.status >= 300 && !history;
        assert_eq!(
            refused,
            known.contains(exchange.name.as_str()),
            "{}",
            exchange.name
        );
    }
}

#[test]
fn every_recorded_refusal_ends_or_continues_the_run_as_documented() {
    let cases = refusals().flat_map(|(name, places, outcome)| {
        let case = move |place: &Place| (format!("{name} at {place:?}"), (name, *place, outcome));
        places.iter().map(case)
    });
    at_once(cases, |_, (name, place, outcome)| {
        let reply = Reply::recorded(&exchange(name));
        match outcome {
            Ends(code, said, todo) => ends(place, &reply, code, &[said, todo]),
            TriesAgain(notice) => tries_again(place, reply, notice),
            Replaced => is_replaced(reply, name),
            Ignored => is_ignored(reply),
        }
    });
}

fn ends(place: Place, reply: &Reply, code: i32, parts: &[&str]) {
    let mut server = until(place).on(request(place), reply.clone());
    // A fresh queue that is unknown at once may have died with its server: that is tried twice more.
    let unknown = parts.contains(&"Bad event queue ID");
    for _ in 0..if unknown && place == FirstPoll { 2 } else { 0 } {
        server = server
            .on(Expect::register(), good("register-minimal"))
            .on(request(place), reply.clone());
    }
    let exit = tail(&server, place)
        .with_short_waits()
        .code(code)
        .stderr(Expected::like(|text| {
            let last = text.lines().last().unwrap_or_default();
            last.starts_with("wyzepal-tail: error: ") && text.matches("error: ").count() == 1
        }))
        .run();
    for part in parts {
        assert!(exit.stderr.contains(part), "no {part:?}: {exit}");
    }
}

fn tries_again(place: Place, reply: Reply, notice: &str) {
    // Once more and more often, should the test be slower than the program.
    let server = until(place)
        .on(request(place), reply.clone())
        .always(request(place), reply);
    let running = tail(&server, place).args(["-v"]).start();
    running.wait_stderr(notice);
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    let reported = |line: &str| {
        let begins_so = ["lost: ", "not connected: "].map(|what| line.contains(what));
        begins_so.contains(&true) && line.contains("; trying again in ")
    };
    assert!(exit.stderr.lines().any(reported), "{exit}");
    assert!(!exit.stderr.contains("error: "), "{exit}");
}

fn is_replaced(reply: Reply, name: &str) {
    // The server keeps a queue whose events it has pruned, and knows nothing of a lost one.
    let lives = name != "events-malformed-queue-id";
    let mut server = until(LaterPoll).on(request(LaterPoll), reply);
    if lives {
        server = server.on(
            Expect::delete().param("queue_id", "91509c21-4a7c-4fe3-b88e-e48579893560"),
            good("delete-queue"),
        );
    }
    let server = server
        .on(Expect::register(), good("register-minimal-options"))
        .on(
            Expect::poll()
                .param("queue_id", "b74d5889-9a33-4058-a54e-3167fb994b99")
                .param("last_event_id", "-1"),
            good("events-ack-middle-of-batch"),
        );
    // It may be said in different words what is done about the gap.
    let exit = Tail::new(&server.site())
        .args(["-C", "6"])
        .stdout(Expected::like(|text| text.lines().count() == 6))
        .stderr(Expected::containing(&["gap "]))
        .run();
    assert!(!exit.stderr.contains("error: "), "{exit}");
}

fn is_ignored(reply: Reply) {
    let server = until(Delete).on(request(Delete), reply);
    tail(&server, Delete).args(["-C", "1"]).run();
}

#[test]
fn a_refused_deletion_says_nothing_when_a_signal_ends_the_run() {
    let server = until(Delete)
        .on(Expect::poll().param("last_event_id", "0"), Reply::hold())
        .on(Expect::delete(), good("delete-queue-again"));
    let running = Tail::new(&server.site()).start();
    server.wait_held();
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_eq!((exit.signal, exit.stderr.as_str()), (Some(Signal::INT), ""));
}
