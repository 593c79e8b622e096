//! Recorded answers of a real server: what the program makes of each of them.
//!
//! Not for events: each of the recorded ones goes through `json.rs` and `summary`.

mod refusals;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::fixtures::{exchange, exchanges};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;
use crate::support::takeover;

use Place::{Delete, FirstPoll, LaterPoll, Me, Register, Takeover};

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
    let refused = refusals::names();
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
    let polls = [
        ("events-blocking-one-message", "0"),
        ("events-ack-middle-of-batch", "50"),
        ("events-blocking-html-escapes", ""),
        ("outage-graceful-resume-all-events", "2"),
        ("realm-deactivated-parked-poll-all-events", "0"),
    ];
    at_once(polls, |name, last| {
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
    });
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
    let names = [("poller-displaced", ()), ("poll-deleted-under-it", ())];
    at_once(names, |name, ()| {
        let server = until(FirstPoll)
            .on(request(FirstPoll), good(name))
            .always(request(FirstPoll), good(name));
        let tail = Tail::new(&server.site()).with_short_waits();
        let running = tail.args(["-v"]).start();
        running.wait_stderr("warning: something else polls this queue");
        running.signal(Signal::TERM);
        assert_eq!(running.wait_exit().signal, Some(Signal::TERM), "{name}");
    });
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
