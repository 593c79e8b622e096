//! What happens to messages follows a narrow: by what an event carries, by what is remembered of the message, or by
//! looking it up; and what looks different from what is documented is never dropped in silence.
//!
//! Not for each term and each field (`src/selection/tests/follow.rs`, `odd_fields.rs`).

use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::answers::{deleted, event_texts, no_history, poll, server, unknown_queue};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;
use crate::support::tally::{message_ids, values};
use crate::support::times::assert_within;

/// The first feature level that knows `message_ids` is 300.
const NEW: u64 = 372;
const OLD: u64 = 0;

fn registered(level: u64) -> Reply {
    let body = json!({
        "result": "success", "msg": "", "queue_id": "q", "last_event_id": -1, "zulip_version": "10.2",
        "zulip_feature_level": level,
    });
    Reply::json(200, &body)
}

fn message(id: u64, channel: &str, channel_id: u64) -> Value {
    json!({
        "id": id, "type": "stream", "display_recipient": channel, "stream_id": channel_id, "subject": "deploy",
        "sender_id": 12, "sender_email": "bo@example.com", "sender_full_name": "Bo", "content": "text",
        "timestamp": 1_795_356_000 + id, "reactions": [],
    })
}

fn said(id: u64, channel: &str, channel_id: u64) -> Value {
    json!({ "type": "message", "message": message(id, channel, channel_id), "flags": [] })
}

fn reaction(id: u64) -> Value {
    json!({ "type": "reaction", "op": "add", "message_id": id, "emoji_name": "tada", "user_id": 12 })
}

fn starred(ids: &[u64]) -> Value {
    json!({ "type": "update_message_flags", "op": "add", "flag": "starred", "messages": ids, "all": false })
}

fn found(messages: &[Value]) -> Reply {
    let rows: Vec<Value> = messages
        .iter()
        .map(|message| {
            let mut row = message.clone();
            row["flags"] = json!([]);
            row
        })
        .collect();
    let body = json!({ "result": "success", "msg": "", "messages": rows, "found_newest": true, "found_oldest": true });
    Reply::json(200, &body)
}

fn look_up(ids: &str) -> Expect {
    Expect::history().param("message_ids", ids)
}

/// Numbers the events of a queue.
fn numbered(events: &[Value]) -> Vec<String> {
    let numbered = events.iter().zip(0..).map(|(event, id)| {
        let mut event = event.clone();
        event["id"] = json!(id);
        event.to_string()
    });
    numbered.collect()
}

/// What is looked up for ids before the start.
fn with_lists(server: Server) -> Server {
    let settings = json!({ "result": "success", "msg": "", "zulip_version": "10.2", "zulip_feature_level": NEW });
    server.always(
        Expect::new("GET", "/server_settings"),
        Reply::json(200, &settings),
    )
}

/// The ids of the events that are printed, and what is said. All of them are acknowledged.
#[track_caller]
fn follow(
    level: u64,
    args: &[&str],
    events: &[Value],
    look_ups: Vec<(Expect, Reply)>,
) -> (Vec<i64>, String) {
    let last = i64::try_from(events.len()).expect("a count") - 1;
    let server = with_lists(server())
        .on(Expect::register(), registered(level))
        .on(poll("q", -1), event_texts(&numbered(events)));
    let server = look_ups
        .into_iter()
        .fold(server, |server, (expect, reply)| server.on(expect, reply));
    let server = server
        .on(poll("q", last), Reply::hold())
        .always(Expect::delete(), deleted());
    let tail = Tail::new(&server.site()).args(args).start();
    server.wait_requests(1, &poll("q", last));
    tail.signal(Signal::TERM);
    let exit = tail.wait_exit();
    (printed(&exit.stdout), exit.stderr)
}

fn printed(stdout: &str) -> Vec<i64> {
    let ids = values(stdout).into_iter().map(|event| event["id"].as_i64());
    ids.map(|id| id.expect("an id")).collect()
}

const OPS: [&str; 2] = ["--narrow", "channel:ops"];

#[test]
fn it_is_shown_with_the_messages_that_match_and_the_rest_is_acknowledged() {
    let events = [
        /* 0 */ said(1, "ops", 7),
        /* 1, remembered */ reaction(1),
        /* 2, looked up */ reaction(2),
        /* 3, the same, which is remembered now */ reaction(2),
        /* 4, looked up */ reaction(3),
        /* 5, gone */ reaction(4),
        /* 6, the event says where */
        json!({ "type": "delete_message", "message_ids": [9], "message_type": "stream", "stream_id": 7, "topic": "x" }),
        /* 7 */
        json!({ "type": "delete_message", "message_ids": [9], "message_type": "stream", "stream_id": 8, "topic": "x" }),
        /* 8 */
        json!({ "type": "delete_message", "message_ids": [9], "message_type": "private" }),
        /* 9, one of several */ starred(&[2, 1]),
        /* 10 */ starred(&[5, 2, 6]),
        /* 11 */
        json!({ "type": "update_message_flags", "op": "add", "flag": "read", "messages": [], "all": true }),
        /* 12, a move into the narrow */
        json!({
            "type": "update_message", "message_id": 2, "message_ids": [2], "stream_id": 8, "stream_name": "design",
            "new_stream_id": 7, "orig_subject": "deploy", "propagate_mode": "change_one",
        }),
        /* 13 */ reaction(2),
        /* 14, and out of it */
        json!({
            "type": "update_message", "message_id": 1, "message_ids": [1], "stream_id": 7, "stream_name": "ops",
            "new_stream_id": 8, "orig_subject": "deploy", "propagate_mode": "change_one",
        }),
        /* 15 */ reaction(1),
        /* 16, about no message */ json!({ "type": "presence", "presences": {} }),
        /* 17 */
        json!({
            "type": "typing", "op": "start", "message_type": "direct", "sender": { "user_id": 12 },
            "recipients": [{ "user_id": 12 }],
        }),
    ];
    let mut args = OPS.to_vec();
    args.extend([
        "-e",
        "message,reaction,delete_message,update_message_flags,update_message,presence,typing",
    ]);
    let look_ups = vec![
        (look_up("[2]"), found(&[message(2, "design", 8)])),
        (look_up("[3]"), found(&[message(3, "ops", 7)])),
        (look_up("[4]"), found(&[])),
        (
            look_up("[5,6]"),
            found(&[message(5, "design", 8), message(6, "design", 8)]),
        ),
    ];
    let (ids, stderr) = follow(NEW, &args, &events, look_ups);
    assert_eq!(ids, [0, 1, 4, 5, 6, 9, 11, 12, 13, 14, 16]);
    assert_eq!(stderr, "");
}

#[test]
fn an_old_server_is_asked_for_what_follows_the_lowest_id() {
    let around = |anchor: &str, after: &str| {
        let history = Expect::history().param("anchor", anchor);
        history.param("num_before", "0").param("num_after", after)
    };
    let look_ups = vec![
        (around("2", "0"), found(&[message(2, "design", 8)])),
        (
            around("3", "4"),
            found(&[
                message(3, "design", 8),
                message(5, "ops", 7),
                message(7, "ops", 7),
            ]),
        ),
    ];
    let mut args = OPS.to_vec();
    args.extend(["-e", "reaction,update_message_flags"]);
    let events = [reaction(2), starred(&[7, 3]), reaction(3)];
    let (ids, stderr) = follow(OLD, &args, &events, look_ups);
    assert_eq!((ids.as_slice(), stderr.as_str()), (&[1][..], ""));
}

#[test]
fn where_messages_cannot_be_looked_up_what_happens_to_them_is_shown() {
    let mut args = OPS.to_vec();
    args.extend(["-e", "message,reaction"]);
    for refusal in [
        Reply::error(400, "BAD_REQUEST", "no"),
        Reply::html_502(),
        // It is not waited for longer than 2 s.
        Reply::hold(),
    ] {
        let began = Instant::now();
        // After that nothing is asked any more for this answer.
        let look_ups = vec![(look_up("[2]"), refusal)];
        let events = [said(1, "design", 8), reaction(1), reaction(2), reaction(3)];
        let (ids, stderr) = follow(NEW, &args, &events, look_ups);
        assert_eq!((ids.as_slice(), stderr.as_str()), (&[2, 3][..], ""));
        assert_within(std::time::Duration::from_secs(20), began);
    }
}

#[test]
fn the_start_of_history_is_remembered() {
    let server = Server::new()
        .on(
            Expect::history(),
            found(&[message(1, "design", 8), message(2, "ops", 7)]),
        )
        .on(Expect::register(), registered(NEW))
        .always(Expect::history(), no_history())
        .on(
            poll("q", -1),
            event_texts(&numbered(&[reaction(1), reaction(2)])),
        )
        .on(poll("q", 1), Reply::hold())
        .always(Expect::delete(), deleted());
    let tail = Tail::new(&server.site())
        .args(OPS)
        .args(["-e", "message,reaction"])
        .start();
    server.wait_held();
    tail.signal(Signal::TERM);
    assert_eq!(printed(&tail.wait_exit().stdout), [1]);
}

#[test]
fn a_signal_ends_the_wait_for_a_message_and_what_was_printed_is_saved() {
    let home = Home::new();
    let server = server()
        .on(Expect::register(), registered(NEW))
        .on(
            poll("q", -1),
            event_texts(&numbered(&[said(1, "ops", 7), reaction(2), reaction(1)])),
        )
        .on(look_up("[2]"), Reply::hold())
        .always(Expect::delete(), deleted());
    let tail = Tail::new(&server.site())
        .home(&home)
        .args(OPS)
        .args(["-e", "message,reaction", "--cursor-file", "cursor"])
        .start();
    server.wait_held();
    tail.signal(Signal::TERM);
    let exit = tail.wait_exit();
    assert_eq!(printed(&exit.stdout), [0], "{exit}");
    assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
    let cursor = fs::read_to_string(home.path("cursor")).expect("a cursor");
    let cursor: Value = serde_json::from_str(&cursor).expect("JSON");
    assert_eq!(cursor["last_event_id"], 0, "{cursor}");
}

#[test]
fn which_kinds_follow_and_which_do_not_is_said_on_a_terminal() {
    for (kinds, follows, unfiltered) in [
        ("message,reaction,presence", true, "unfiltered: presence"),
        ("reaction", true, ""),
        (
            "presence,user_status",
            false,
            "unfiltered: presence, user_status",
        ),
        ("message", false, ""),
    ] {
        let server = server()
            .on(Expect::register(), registered(NEW))
            .on(poll("q", -1), Reply::hold())
            .always(Expect::delete(), deleted());
        let tail = Tail::new(&server.site())
            .args(OPS)
            .args(["-e", kinds])
            .stderr_on_terminal(200, 20)
            .start();
        server.wait_held();
        tail.signal(Signal::TERM);
        let stderr = tail.wait_exit().stderr;
        assert_eq!(
            stderr.matches("follows the narrow").count(),
            usize::from(follows),
            "{kinds}: {stderr}"
        );
        let comes = stderr.matches("come unfiltered").count();
        assert_eq!(
            comes,
            usize::from(!unfiltered.is_empty()),
            "{kinds}: {stderr}"
        );
        assert!(stderr.contains(unfiltered), "{kinds}: {stderr}");
    }
}

#[test]
fn of_what_happens_nothing_is_said_where_only_history_is_read() {
    let model = Model::new();
    model.send(Post::lunch("x"));
    Tail::new(&model.site())
        .args(["-v", "--once", "-n", "1", "-o", "chat", "stream:Denmark"])
        .stdout(Expected::containing(&["lunch"]))
        .stderr(Expected::one_line(&["history only", "reaction"]))
        .run();
}

#[test]
fn a_new_name_of_the_channel_or_the_topic_is_told_and_a_narrow_by_id_goes_on() {
    let channel = json!({
        "type": "stream", "op": "update", "property": "name", "name": "ops", "value": "operations", "stream_id": 7,
    });
    let topic = json!({
        "type": "update_message", "message_id": 1, "message_ids": [1], "stream_id": 7, "stream_name": "ops",
        "orig_subject": "deploy", "subject": "✔ deploy", "propagate_mode": "change_all",
    });
    let mut resolved = said(2, "ops", 7);
    resolved["message"]["subject"] = json!("✔ deploy");
    for (narrow, change, later, ids, name) in [
        (
            "channel:ops",
            &channel,
            said(2, "operations", 7),
            &[0][..],
            Some("\"operations\""),
        ),
        (
            "channel-id:7",
            &channel,
            said(2, "operations", 7),
            &[0, 2],
            None,
        ),
        (
            "channel:7-ops",
            &channel,
            said(2, "operations", 7),
            &[0, 2],
            None,
        ),
        (
            "channel:ops topic:deploy",
            &topic,
            resolved.clone(),
            &[0],
            Some("\"✔ deploy\""),
        ),
        ("channel:ops", &topic, resolved, &[0, 2], None),
    ] {
        let events = [said(1, "ops", 7), change.clone(), later];
        let (printed, stderr) = follow(NEW, &["--narrow", narrow], &events, Vec::new());
        assert_eq!(printed, ids, "{narrow}");
        match name {
            None => assert_eq!(stderr, "", "{narrow}"),
            Some(name) => assert!(
                stderr.lines().count() == 1 && stderr.contains(name) && stderr.contains(narrow),
                "{narrow}: {stderr}"
            ),
        }
    }
}

#[test]
fn odd_fields_drop_nothing_live_in_history_or_in_a_gap() {
    let odd = |id: u64, field: &str, value: Value| {
        let mut message = message(id, "ops", 7);
        message[field] = value;
        message
    };
    let odd = [
        odd(1, "sender_email", Value::Null),
        odd(2, "timestamp", json!(1_795_356_000.5)),
        odd(3, "timestamp", json!({ "a": 1 })),
        odd(4, "subject", json!(5)),
        odd(5, "display_recipient", json!({ "name": "ops" })),
        odd(6, "stream_id", json!([7])),
    ];
    let warning = |narrow: &str| match narrow {
        "channel:ops" => Some("display_recipient"),
        "channel-id:7" => Some("stream_id"),
        _ => Some("sender_email"),
    };
    let narrows = ["channel:ops", "channel-id:7", "sender:bo@example.com"];
    at_once(narrows.map(|narrow| (narrow, ())), |narrow, ()| {
        let is_told = |stderr: &str| {
            let field = warning(narrow).unwrap_or_default();
            // Before that field another one may be met.
            stderr.lines().count() == 1
                && (stderr.contains(field) || stderr.contains("display_recipient"))
        };
        for start in [["-n", "10"], ["--since", "2026-11-01"]] {
            let server = with_lists(Server::new()).always(Expect::history(), found(&odd));
            let exit = Tail::new(&server.site())
                .args(["--once", "--narrow", narrow])
                .args(start)
                .stdout(Expected::like(|_| true))
                .stderr(Expected::like(move |_| true))
                .run();
            assert_eq!(
                message_ids(&exit.stdout),
                [1, 2, 3, 4, 5, 6],
                "{narrow} {start:?}"
            );
            assert!(is_told(&exit.stderr), "{narrow}: {exit}");
        }
        let events: Vec<Value> = odd
            .iter()
            .map(|message| json!({ "type": "message", "message": message, "flags": null }))
            .collect();
        let (ids, stderr) = follow(NEW, &["--narrow", narrow], &events, Vec::new());
        assert_eq!(ids, [0, 1, 2, 3, 4, 5], "{narrow}");
        assert!(is_told(&stderr), "{narrow}: {stderr}");
        let server = with_lists(Server::new())
            .on(Expect::history(), no_history())
            // Of all public channels too.
            .on(Expect::history().optional(), no_history())
            .on(Expect::register(), registered(NEW))
            .on(Expect::history().optional(), no_history())
            .on(Expect::history().optional(), no_history())
            .on(poll("q", -1), unknown_queue("q"))
            .on(Expect::register(), registered(NEW))
            .always(Expect::history(), found(&odd))
            .on(poll("q", -1), Reply::hold())
            .always(Expect::delete(), deleted());
        let tail = Tail::new(&server.site())
            .args(["--narrow", narrow, "-v"])
            .start();
        tail.wait_lines(odd.len());
        tail.wait_stderr("6 messages");
        server.wait_held();
        tail.signal(Signal::TERM);
        let exit = tail.wait_exit();
        assert_eq!(message_ids(&exit.stdout), [1, 2, 3, 4, 5, 6], "{exit}");
    });
}

#[test]
fn in_a_replay_nothing_is_looked_up() {
    let log = [
        said(1, "ops", 7),
        said(2, "design", 8),
        reaction(1),
        reaction(2),
        reaction(3),
        json!({ "type": "message", "message": {
            "type": "stream", "display_recipient": "ops", "subject": "t", "sender_email": null, "content": "hi",
        }, "flags": [] }),
        json!({ "type": "presence", "presences": {} }),
    ];
    let text = numbered(&log).join("\n");
    let replay = |narrow: &'static str| {
        Tail::new(NOWHERE)
            .without_rc()
            .args([
                "--replay",
                "-",
                "--narrow",
                narrow,
                "-e",
                "message,reaction,presence",
            ])
            .stdin(text.clone())
            .stdout(Expected::like(|_| true))
    };
    assert_eq!(
        printed(&replay("channel:ops").run().stdout),
        [0, 2, 4, 5, 6]
    );
    let told = replay("-sender:bo@example.com").stderr(Expected::one_line(&["sender_email"]));
    assert_eq!(printed(&told.run().stdout), [4, 5, 6]);
}
