//! Recorded answers of a real server: what the program makes of each of them.
//!
//! Not for events: each of the recorded ones goes through `json.rs` and `summary.rs`.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::expect::Expect;
use crate::support::fixtures::{events, exchange, exchanges};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;
use crate::support::takeover;

use Outcome::{Ends, Ignored, Replaced, TriesAgain};
use Place::{Delete, FirstPoll, LaterPoll, Me, Register, Takeover};

#[test]
fn recorded_events_are_objects_with_type_and_id_and_of_many_kinds() {
    let mut kinds = BTreeSet::new();
    for text in events() {
        let event: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(event["id"].is_i64(), "{text}");
        kinds.insert(
            event["type"]
                .as_str()
                .unwrap_or_else(|| panic!("no type: {text}"))
                .to_owned(),
        );
    }
    assert!(kinds.len() >= 40, "{kinds:?}");
}

#[test]
fn recorded_refusals_are_the_servers_errors_or_pages_of_a_gateway() {
    for exchange in exchanges()
        .into_iter()
        .filter(|exchange| exchange.status >= 400)
    {
        let is_html = exchange.body.trim_start().starts_with('<');
        let body: Value = serde_json::from_str(&exchange.body).unwrap_or_default();
        assert!(
            is_html || body["result"] == "error",
            "{}: {}",
            exchange.name,
            exchange.body
        );
    }
}

#[test]
fn a_recorded_exchange_is_found_by_its_name() {
    let limited = exchange("429-tornado");
    assert_eq!(
        (
            limited.method.as_str(),
            limited.path.as_str(),
            limited.status
        ),
        ("GET", "/api/v1/events", 429)
    );
    assert!(limited.params.contains_key("queue_id"));
    assert!(
        limited
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("retry-after")),
        "{limited:?}"
    );
}

/// Where in a run an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `GET /users/me`, for `sender:me`.
    Me,
    Register,
    /// The first poll of a queue of our own.
    FirstPoll,
    /// A later one.
    LaterPoll,
    /// The first poll of a queue of somebody else.
    Takeover,
    /// At the end, after `--count`.
    Delete,
}

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

/// Each recorded refusal at the places where it may come. The ones of `GET /messages` are left to
/// those who ask for history.
const REFUSALS: &[(&str, &[Place], Outcome)] = &[
    (
        "register-negative-lifespan",
        &[Register],
        TriesAgain("answers 500 to register"),
    ),
    (
        "register-lifespan-not-a-number",
        &[Register],
        Ends(2, "queue_lifespan_secs", PARAMETER),
    ),
    (
        "register-event_types-not-a-list",
        &[Register],
        Ends(2, "event_types", PARAMETER),
    ),
    (
        "register-event_types-json-string",
        &[Register],
        Ends(2, "event_types is not a list", PARAMETER),
    ),
    (
        "register-capital-True",
        &[Register],
        Ends(2, "apply_markdown", PARAMETER),
    ),
    (
        "register-capabilities-missing-key",
        &[Register],
        Ends(2, "notification_settings_null", PARAMETER),
    ),
    (
        "register-all-public-streams-guest",
        &[Register],
        Ends(2, "User not authorized for this query", PARAMETER),
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
        "narrow-register-pair-of-strings",
        &[Register],
        Ends(2, "narrow[0] is not a list", PARAMETER),
    ),
    (
        "narrow-register-three-items",
        &[Register],
        Ends(2, "narrow[0] should have", PARAMETER),
    ),
    (
        "narrow-register-int-operand",
        &[Register],
        Ends(2, "narrow[0][1]", PARAMETER),
    ),
    (
        "narrow-register-near",
        &[Register],
        Ends(2, "Operator near not supported.", PARAMETER),
    ),
    (
        "narrow-register-pm-with",
        &[Register],
        Ends(2, "Operator pm-with", PARAMETER),
    ),
    (
        "narrow-register-dm",
        &[Register],
        Ends(2, "Operator dm", PARAMETER),
    ),
    (
        "narrow-register-has",
        &[Register],
        Ends(2, "Operator has", PARAMETER),
    ),
    (
        "narrow-register-search",
        &[Register],
        Ends(2, "Operator search", PARAMETER),
    ),
    (
        "narrow-register-id",
        &[Register],
        Ends(2, "Operator id", PARAMETER),
    ),
    (
        "narrow-register-is-followed",
        &[Register],
        Ends(2, "Operand followed", PARAMETER),
    ),
    (
        "narrow-register-unknown-operator",
        &[Register],
        Ends(2, "Operator frobnicate", PARAMETER),
    ),
    (
        "narrow-register-negated",
        &[Register],
        Ends(2, "Operator -stream", PARAMETER),
    ),
    (
        "narrow-register-not-json",
        &[Register],
        Ends(2, "narrow", PARAMETER),
    ),
    (
        "narrow-register-not-a-list",
        &[Register],
        Ends(2, "narrow is not a list", PARAMETER),
    ),
    (
        "message-by-id-unknown",
        &[Register],
        Ends(2, "Invalid message(s)", PARAMETER),
    ),
    (
        "users-by-unknown-id",
        &[Me],
        Ends(2, "No such user", PARAMETER),
    ),
    (
        "get-stream-id-unknown",
        &[Register],
        Ends(2, "Invalid channel name", PARAMETER),
    ),
    (
        "user-groups",
        &[Register],
        Ends(2, "does not accept bot requests", PARAMETER),
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

#[test]
fn every_recorded_refusal_has_its_row() {
    let known: BTreeSet<&str> = REFUSALS.iter().map(|(name, ..)| *name).collect();
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
    for (name, places, outcome) in REFUSALS {
        for place in *places {
            let reply = Reply::recorded(&exchange(name));
            let case = format!("{name} at {place:?}");
            match *outcome {
                Ends(code, said, todo) => ends(&case, *place, &reply, code, &[said, todo]),
                TriesAgain(notice) => tries_again(&case, *place, reply, notice),
                Replaced => is_replaced(&case, reply, name),
                Ignored => is_ignored(&case, reply),
            }
        }
    }
}

fn good(name: &str) -> Reply {
    Reply::recorded(&exchange(name))
}

/// The recorded answers up to the place, and whatever may be asked around it.
fn until(place: Place) -> Server {
    let server = Server::new()
        .always(Expect::history(), good("messages-forward-exclude-at-end"))
        .always(Expect::delete(), good("delete-queue"));
    match place {
        Me | Register | Takeover => server,
        FirstPoll => server.on(Expect::register(), good("register-minimal")),
        LaterPoll | Delete => server.on(Expect::register(), good("register-minimal")).on(
            Expect::poll().param("last_event_id", "-1"),
            good("events-blocking-one-message"),
        ),
    }
}

fn request(place: Place) -> Expect {
    match place {
        Me => Expect::new("GET", "/users/me"),
        Register => Expect::register(),
        FirstPoll | Takeover => Expect::poll().param("last_event_id", "-1"),
        LaterPoll => Expect::poll().param("last_event_id", "0"),
        Delete => Expect::delete(),
    }
}

fn tail(server: &Server, place: Place) -> Tail {
    let tail = Tail::new(&server.site());
    let tail = match place {
        Me => tail.args(["--narrow", "sender:me"]),
        Takeover => tail.args(["--queue-id", "q"]),
        Register | FirstPoll | LaterPoll | Delete => tail,
    };
    match place {
        LaterPoll | Delete => tail.stdout(Expected::like(|text| text.lines().count() == 1)),
        Me | Register | FirstPoll | Takeover => tail,
    }
}

fn ends(case: &str, place: Place, reply: &Reply, code: i32, parts: &[&str]) {
    let mut server = until(place).on(request(place), reply.clone());
    // A fresh queue that is unknown at once may have died with its server: that is tried twice more.
    let unknown = parts.contains(&"Bad event queue ID");
    for _ in 0..if unknown && place == FirstPoll { 2 } else { 0 } {
        server = server
            .on(Expect::register(), good("register-minimal"))
            .on(request(place), reply.clone());
    }
    let exit = tail(&server, place)
        .code(code)
        .stderr(Expected::like(|text| {
            let last = text.lines().last().unwrap_or_default();
            last.starts_with("wyzepal-tail: error: ") && text.matches("error: ").count() == 1
        }))
        .run();
    for part in parts {
        assert!(exit.stderr.contains(part), "{case}: no {part:?}: {exit}");
    }
}

fn tries_again(case: &str, place: Place, reply: Reply, notice: &str) {
    // Once more and more often, should the test be slower than the program.
    let server = until(place)
        .on(request(place), reply.clone())
        .always(request(place), reply);
    let running = tail(&server, place).args(["-v"]).start();
    running.wait_stderr(notice);
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    let lost = exit.stderr.lines().find(|line| line.contains("lost: "));
    assert!(
        lost.is_some_and(|line| line.contains("; trying again in ")),
        "{case}: {exit}"
    );
    assert!(!exit.stderr.contains("error: "), "{case}: {exit}");
}

fn is_replaced(case: &str, reply: Reply, name: &str) {
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
    assert!(!exit.stderr.contains("error: "), "{case}: {exit}");
}

fn is_ignored(case: &str, reply: Reply) {
    let server = until(Delete).on(request(Delete), reply);
    let exit = tail(&server, Delete).args(["-C", "1"]).run();
    assert_eq!(exit.code, Some(0), "{case}");
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

/// The events in a recorded answer, each as its own text.
fn events_of(name: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    let body = exchange(name).body;
    let answer: Answer = serde_json::from_str(&body).expect("an answer with events");
    let texts = answer.events.iter().map(|event| event.get().to_owned());
    texts.collect()
}

#[test]
fn recorded_answers_to_register_are_understood() {
    let refused: BTreeSet<&str> = REFUSALS.iter().map(|(name, ..)| *name).collect();
    let good_ones = exchanges().into_iter().filter(|exchange| {
        exchange.path == "/api/v1/register" && !refused.contains(exchange.name.as_str())
    });
    let mut count = 0;
    for exchange in good_ones {
        count += 1;
        let body: Value = serde_json::from_str(&exchange.body).expect("JSON");
        let queue = body["queue_id"].as_str().expect("a queue").to_owned();
        let server = until(Register)
            .on(Expect::register(), Reply::recorded(&exchange))
            .on(
                Expect::poll()
                    .param("queue_id", &queue)
                    .param("last_event_id", "-1"),
                good("events-blocking-one-message"),
            );
        Tail::new(&server.site())
            .args(["-C", "1", "-v"])
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .stderr(Expected::containing(&[
                "server 9.2+git (feature level 278)",
                &queue,
            ]))
            .run();
    }
    assert!(count >= 3, "{count}");
}

#[test]
fn recorded_polls_are_printed_and_acknowledged() {
    for (name, last) in [
        ("events-blocking-one-message", "0"),
        ("events-ack-middle-of-batch", "50"),
        ("events-blocking-html-escapes", ""),
        ("outage-graceful-resume-all-events", "2"),
        ("realm-deactivated-parked-poll-all-events", "0"),
    ] {
        let texts = events_of(name);
        let acknowledged = Expect::poll();
        let acknowledged = match last {
            "" => acknowledged,
            last => acknowledged.param("last_event_id", last),
        };
        let server = until(FirstPoll)
            .on(request(FirstPoll), good(name))
            .on(acknowledged, Reply::hold());
        let running = Tail::new(&server.site()).start();
        server.wait_held();
        assert_eq!(running.wait_lines(texts.len()), texts, "{name}");
        running.signal(Signal::TERM);
        assert_eq!(running.wait_exit().stderr, "", "{name}");
    }
}

#[test]
fn recorded_heartbeats_are_acknowledged_and_not_printed() {
    for name in ["events-heartbeat", "events-heartbeat-unacknowledged"] {
        let id = events_of(name)
            .iter()
            .filter_map(|text| serde_json::from_str::<Value>(text).ok()?["id"].as_i64())
            .max()
            .expect("an id");
        let server = until(FirstPoll).on(request(FirstPoll), good(name)).on(
            Expect::poll().param("last_event_id", &id.to_string()),
            Reply::hold(),
        );
        let running = Tail::new(&server.site()).args(["-e", "message"]).start();
        server.wait_held();
        assert_eq!(running.lines(), [""; 0], "{name}");
        running.signal(Signal::TERM);
        assert_eq!(running.wait_exit().stderr, "", "{name}");
    }
}

#[test]
fn a_recorded_displacement_backs_off_and_keeps_the_queue() {
    for name in ["poller-displaced", "poll-deleted-under-it"] {
        let server = until(FirstPoll)
            .on(request(FirstPoll), good(name))
            .always(request(FirstPoll), good(name));
        let running = Tail::new(&server.site()).args(["-v"]).start();
        running.wait_stderr("warning: something else polls this queue");
        running.signal(Signal::TERM);
        assert_eq!(running.wait_exit().signal, Some(Signal::TERM), "{name}");
    }
}

#[test]
fn an_empty_recorded_answer_ends_a_drain() {
    let server = until(Takeover)
        .on(
            request(Takeover).param("dont_block", "true"),
            good("events-blocking-one-message"),
        )
        .on(
            Expect::poll()
                .param("last_event_id", "0")
                .param("dont_block", "true"),
            good("events-dont-block-empty"),
        );
    let texts = events_of("events-blocking-one-message");
    Tail::new(&server.site())
        .args(["--queue-id", "q", "--once"])
        .stdout(format!("{}\n", texts[0]))
        .run();
}

#[test]
fn me_is_who_the_recorded_account_is() {
    let own = r#"{"type":"message","message":{"id":1,"sender_id":24,"sender_email":"tail-bot@localhost","content":"mine"},"flags":[],"id":0}"#;
    let other = r#"{"type":"message","message":{"id":2,"sender_id":8,"sender_email":"user8@zulipdev.com","content":"theirs"},"flags":[],"id":1}"#;
    let server = until(Me)
        .on(Expect::new("GET", "/users/me"), good("users-me-bot"))
        .on(Expect::register(), good("register-minimal"))
        .on(request(FirstPoll), takeover::events([other, own]));
    Tail::new(&server.site())
        .args(["--narrow", "sender:me", "-C", "1"])
        .stdout(format!("{own}\n"))
        .run();
}
