//! Servers that are broken or mean it badly: memory stays bounded, nothing spins, and stderr says
//! in one line what is wrong.
//!
//! Not for ordinary trouble, which passes (`retry.rs`), nor for secrets (`secrets.rs`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::answers::{
    deleted, event, event_texts, events, following, lines, poll, registered, server, unknown_queue,
};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::fixtures;
use crate::support::greeter::HELLO;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, Tail};
use crate::support::server::Server;
use crate::support::takeover;

/// Most of it is the program itself, which is larger when built for tests.
const MODEST: u64 = 50_000;
/// For an event that never ends.
const WORST: u64 = 150_000;
/// How long a run is watched, as it is told; at most one request a second, and a few at the start.
const WATCHED: [&str; 3] = ["-v", "-W", "4s"];
const FEW: usize = 12;

const OK_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// A name, the answer, and what is said of it.
type Bad = (&'static str, Reply, &'static str);

fn json_reply(body: impl Into<Vec<u8>>) -> Reply {
    Reply::text(200, "application/json", body)
}

/// Answers that no request of any kind should be answered with.
fn bad_answers() -> Vec<Bad> {
    let compressed = || json_reply(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..]);
    vec![
        (
            "endless headers",
            Reply::raw(format!("{OK_HEAD}{}", "X-More: more\r\n".repeat(500_000))),
            "cannot reach",
        ),
        (
            "one endless header",
            Reply::raw(format!("{OK_HEAD}X-Long: {}", "x".repeat(8_000_000))),
            "cannot reach",
        ),
        (
            "endless interim answers",
            Reply::raw("HTTP/1.1 102 Processing\r\n\r\n".repeat(100_000)),
            "cannot reach",
        ),
        (
            "more than the length said",
            Reply::raw(format!("{OK_HEAD}Content-Length: 2\r\n\r\n{{}}{{}}{{}}")),
            "not understood: no ",
        ),
        (
            "a length that is none",
            Reply::raw(format!("{OK_HEAD}Content-Length: -1\r\n\r\n{{}}")),
            "cannot reach",
        ),
        (
            "endless text",
            json_reply("{\"result\":\"success\",\"msg\":\"").repeated(
                &"x".repeat(1000),
                40_000,
                "\"}",
            ),
            "longer than",
        ),
        (
            "endless list",
            json_reply("{\"result\":\"success\",\"zulip_version\":[0").repeated(
                &",0".repeat(500),
                40_000,
                "]}",
            ),
            "longer than",
        ),
        (
            "endless spaces",
            json_reply("{").repeated(&" ".repeat(1000), 40_000, "}"),
            "longer than",
        ),
        (
            "deep nesting",
            json_reply("{\"a\":").repeated(&"[".repeat(1000), 1000, "]"),
            "not understood",
        ),
        (
            "compressed",
            compressed().header("Content-Encoding", "gzip"),
            "is compressed (gzip)",
        ),
        (
            "compressed twice over",
            compressed().header("Content-Encoding", "br, zstd"),
            "is compressed (br, zstd)",
        ),
        ("not marked as compressed", compressed(), "not understood"),
        (
            "not UTF-8",
            json_reply(&b"{\"\xff\xfe\":1}"[..]),
            "not understood",
        ),
        ("a list", json_reply("[]"), "not understood"),
        ("a text", json_reply("\"success\""), "not understood"),
        ("a number", json_reply("1e999999999"), "not understood"),
        ("nothing", json_reply(""), "not understood"),
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
        ("206", Reply::json(206, &json!({})), "answers 206"),
        ("999", Reply::json(999, &json!({})), "answers 999"),
    ]
}

/// Some of them, for requests that go the same way as others.
fn some_bad_answers() -> Vec<(&'static str, (Reply, &'static str))> {
    with_names(bad_answers().into_iter().step_by(3).collect())
}

/// Watches a run for a while: it must say `part`, ask little, and hold little.
#[track_caller]
fn endures(name: &str, server: &Server, tail: Tail, part: &str, memory: u64) {
    let running = tail.args(WATCHED).start();
    running.wait_stderr(part);
    let peak = running.peak_memory();
    let exit = running.wait_exit();
    assert!(peak < memory, "{name}: {peak} kB");
    assert!(matches!(exit.code, Some(0 | 124)), "{name}: {exit}");
    let requests = server.requests();
    assert!(requests.len() <= FEW, "{name}: {requests:#?}");
    let about = exit.stderr.lines().filter(|line| line.contains(part));
    assert!(about.count() <= requests.len(), "{name}: {exit}");
    for line in exit.stderr.lines() {
        assert!(line.starts_with("wyzepal-tail: "), "{name}: {exit}");
        assert!(line.len() < 400, "{name}: {line}");
    }
}

/// Any poll of our queue.
fn any_poll() -> Expect {
    Expect::poll().param("queue_id", "q")
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
fn any_answer_to_who_we_are_is_endured() {
    at_once(some_bad_answers(), |name, (answer, part)| {
        let server = Server::new().always(Expect::new("GET", "/users/me"), answer);
        let tail = Tail::new(&server.site()).args(["--narrow", "sender:me"]);
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
        ("events deep", body(&"[".repeat(200)), "not valid JSON"),
        (
            "event deep",
            body(&format!("[{{\"a\":{}", "[".repeat(200))),
            "nested deeper than",
        ),
        ("two lists", body("[],\"events\":[]"), "two lists"),
        ("event cut", body("[{\"id\":1"), "cut off after"),
        (
            "a line break in a string",
            body("[{\"a\":\"\n\"}]"),
            "'\\n'",
        ),
    ];
    for wrong in ["null", "true", "7", "\"x\"", "{}", "{\"0\":{}}"] {
        cases.push(("no list", body(wrong), "no list of events"));
    }
    for wrong in ["[null]", "[7]", "[\"x\"]", "[[]]", "[{},]", "[,{}]"] {
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
fn an_event_that_never_ends_is_given_up() {
    let endless =
        json_reply("{\"result\":\"success\",\"msg\":\"\",\"events\":[{\"type\":\"x\",\"a\":\"")
            .repeated(&"x".repeat(1000), 200_000, "\"}]}");
    let server = following().always(any_poll(), endless);
    let running = Tail::new(&server.site()).args(["-v"]).start();
    running.wait_stderr("a list element of the answer is longer than");
    let peak = running.peak_memory();
    assert!(peak < WORST, "{peak} kB");
    assert!(server.requests().len() < FEW);
}

#[test]
fn events_that_cannot_be_acknowledged_do_not_make_it_spin() {
    let mut cases = vec![("id missing", r#"{"type":"typing"}"#.to_owned())];
    for (name, id) in [
        ("null", "null"),
        ("text", "\"7\""),
        ("fraction", "7.5"),
        ("negative", "-7"),
        ("far negative", "-9223372036854775808"),
        ("beyond i64", "9223372036854775808"),
        ("beyond u64", "99999999999999999999999999"),
        ("float", "1e3"),
        ("list", "[7]"),
        ("object", "{\"id\":7}"),
    ] {
        cases.push((name, format!("{{\"type\":\"typing\",\"id\":{id}}}")));
    }
    at_once(cases, |name, text| {
        let server = following().always(any_poll(), event_texts(&[text]));
        let tail = Tail::new(&server.site());
        endures(name, &server, tail, "an event has no id", MODEST);
    });
}

#[test]
fn the_highest_id_there_is_is_acknowledged() {
    let last = i64::MAX;
    let server = following()
        .on(poll("q", -1), events(&[last]))
        .on(poll("q", last), events(&[last]))
        .always(any_poll(), Reply::hold());
    let running = Tail::new(&server.site()).start();
    server.wait_held();
    assert_eq!(running.lines(), [event(last)]);
}

#[test]
fn answers_that_bring_nothing_do_not_make_it_spin() {
    let heartbeat = |id: i64| event_texts(&[format!("{{\"type\":\"heartbeat\",\"id\":{id}}}")]);
    let mut busy = following();
    for id in 0..30 {
        busy = busy.on(poll("q", id - 1).optional(), heartbeat(id));
    }
    let cases = vec![
        ("heartbeats", busy),
        ("nothing", following().always(any_poll(), events(&[]))),
        (
            "the same again",
            following()
                .on(any_poll(), events(&[3]))
                .always(any_poll(), events(&[3])),
        ),
    ];
    at_once(cases, |name, server| {
        let exit = Tail::new(&server.site()).args(WATCHED).start().wait_exit();
        assert_eq!(exit.code, Some(0), "{name}: {exit}");
        let requests = server.requests();
        assert!(requests.len() <= FEW, "{name}: {}", requests.len());
    });
}

#[test]
fn queues_that_are_lost_at_once_do_not_make_it_spin() {
    let server = server()
        .always(Expect::register(), registered("q"))
        .always(any_poll(), unknown_queue("q"))
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .stderr(Expected::one_line(&["error: ", "Bad event queue ID"]))
        .code(2)
        .run();
    assert!(server.requests().len() <= 10, "{:?}", server.requests());
}

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
    let cases = vec![
        (
            "rows without end",
            (
                json_reply(format!("{head}{row}")).repeated(&format!(",{row}"), 200_000, "]}"),
                "more rows than were asked for",
            ),
        ),
        (
            "rows that are too long",
            (
                json_reply(format!("{head}{{\"id\":1,\"content\":\"")).repeated(
                    &"x".repeat(1000),
                    40_000,
                    "\"}]}",
                ),
                "to messages is longer than 16 MiB",
            ),
        ),
    ];
    at_once(cases, |name, (answer, part)| {
        let server = Server::new().always(Expect::history(), answer);
        let tail = Tail::new(&server.site()).args(["--once", "-n", "1"]);
        endures(name, &server, tail, part, MODEST);
    });
}

#[test]
fn long_messages_are_read_in_smaller_pages() {
    let row = |id: u64| format!("{{\"id\":{id},\"content\":\"x\"}}");
    let rows = |ids: &[u64], found_newest: bool| {
        let rows: Vec<String> = ids.iter().copied().map(row).collect();
        let list = rows.join(",");
        json_reply(format!(
            "{{\"result\":\"success\",\"found_oldest\":true,\"found_newest\":{found_newest},\"messages\":[{list}]}}"
        ))
    };
    let long = json_reply("{\"messages\":[{\"id\":1,\"content\":\"").repeated(
        &"x".repeat(1000),
        18_000,
        "\"}]}",
    );
    let after = |id: &str, count: &str| {
        Expect::history()
            .param("anchor", id)
            .param("num_after", count)
    };
    let server = Server::new()
        .on(
            Expect::history().param("num_before", "4"),
            rows(&[1, 2, 3, 4], true),
        )
        .on(after("0", "1000"), long.clone())
        .on(after("0", "500"), rows(&[1, 2, 3], false))
        .on(after("3", "1000"), long)
        .on(after("3", "500"), rows(&[4], true));
    Tail::new(&server.site())
        .args(["--once", "-n", "4", "-m"])
        .stdout([1, 2, 3, 4].map(row).join("\n") + "\n")
        .run();
}

/// What stands in place of any value, one after the other.
fn wrong_values() -> Vec<Value> {
    let deep = (0..100).fold(json!({}), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5e300),
        json!("\u{1b}[31m\u{202e}x"),
        json!([]),
        json!([null, 7, {}]),
        json!({}),
        json!({ "": { "id": [] } }),
        deep,
    ]
}

/// The value with one of its parts replaced or left out, for each part and each wrong value.
fn mutations(whole: &Value) -> Vec<Value> {
    let mut paths = Vec::new();
    collect_paths(whole, String::new(), &mut paths);
    let mut mutated = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        for wrong in wrong_values() {
            let mut copy = whole.clone();
            *copy.pointer_mut(path).expect("the part") = wrong;
            mutated.push(copy);
        }
        let (parent, key) = path.rsplit_once('/').expect("a path");
        let mut copy = whole.clone();
        if let Some(Value::Object(fields)) = copy.pointer_mut(parent) {
            fields.remove(&key.replace("~1", "/").replace("~0", "~"));
            mutated.push(copy);
        }
    }
    mutated
}

fn collect_paths(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect_paths(value, format!("{path}/{key}"), paths);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().take(2).enumerate() {
                collect_paths(value, format!("{path}/{index}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}

/// An event of each kind, and all that can be wrong with it; numbered, as a queue does that.
fn wrong_events() -> Vec<String> {
    let mut kinds = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for text in fixtures::events().iter().map(String::as_str).chain([HELLO]) {
        let event: Value = serde_json::from_str(text).expect("JSON");
        let is_short = text.len() < 3000;
        if is_short && kinds.insert((event["type"].to_string(), event["op"].to_string())) {
            wrong.extend(mutations(&event));
        }
    }
    assert!(kinds.len() > 40, "{kinds:?}");
    for (id, event) in wrong.iter_mut().enumerate() {
        event["id"] = json!(id);
    }
    let heartbeat = |event: &Value| event["type"] == "heartbeat";
    wrong.retain(|event| !heartbeat(event));
    wrong.iter().map(Value::to_string).collect()
}

#[test]
fn wrong_types_in_any_field_of_an_event_are_printed_all_the_same() {
    let wrong = wrong_events();
    let wrong = &wrong;
    let forms: Vec<(_, &[&str])> = vec![
        ("json", &[]),
        ("summary", &["-o", "summary"]),
        ("coloured summary", &["-o", "summary", "--color", "always"]),
        (
            "narrow",
            &[
                "--narrow",
                "stream:x is:mentioned -sender:y@example.com topic:z",
            ],
        ),
        ("messages alone", &["-m"]),
    ];
    at_once(forms, |name, args| {
        let server = takeover::holding(takeover::events(wrong));
        let exit = takeover::drain(&server)
            .args(args.iter().copied())
            .start()
            .wait_exit();
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        let printed = exit.stdout.lines().count();
        match name {
            "json" => assert_eq!(printed, wrong.len()),
            "narrow" | "messages alone" => {}
            _ => assert!(
                printed >= wrong.len(),
                "{name}: {printed} of {}",
                wrong.len()
            ),
        }
    });
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
    let mut cases = vec![("missing", r#"{"content":"x"}"#.to_owned())];
    for (name, id) in [
        ("null", "null"),
        ("text", "\"7\""),
        ("negative", "-7"),
        ("beyond u64", "99999999999999999999999999"),
        ("fraction", "7.5"),
    ] {
        cases.push((name, format!("{{\"id\":{id},\"content\":\"x\"}}")));
    }
    at_once(cases, |name, row| {
        let body = format!(
            "{{\"result\":\"success\",\"msg\":\"\",\"found_newest\":true,\"messages\":[{row}]}}"
        );
        let server = Server::new().always(Expect::history(), json_reply(body));
        let tail = Tail::new(&server.site()).args(["-n", "3"]);
        endures(name, &server, tail, "a row has no id", MODEST);
    });
}

/// Cases that are called what they are.
fn by_their_text(values: Vec<Value>) -> impl Iterator<Item = (String, Value)> {
    values.into_iter().map(|value| (value.to_string(), value))
}

#[test]
fn wrong_types_in_the_answer_to_register_do_not_matter_but_in_the_queues_id() {
    let good = json!({ "result": "success", "msg": "", "queue_id": "q", "last_event_id": 7,
        "zulip_version": "9.2", "zulip_feature_level": 278, "more": [1, { "x": null }] });
    let (bad, fine): (Vec<Value>, Vec<Value>) = mutations(&good)
        .into_iter()
        .partition(|answer| !answer["queue_id"].is_string());
    assert!(bad.len() > 8 && fine.len() > 50);
    at_once(by_their_text(bad), |name, answer| {
        let server = server().always(Expect::register(), Reply::json(200, &answer));
        let tail = Tail::new(&server.site());
        endures(name, &server, tail, "no queue_id", MODEST);
    });
    at_once(by_their_text(fine), |_, answer| {
        let queue = answer["queue_id"].as_str().expect("a text");
        let server = server()
            .on(Expect::register(), Reply::json(200, &answer))
            .on(Expect::poll().param("queue_id", queue), events(&[0]))
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .run();
    });
}

#[test]
fn wrong_types_in_any_field_of_an_error_are_endured() {
    let refusal = json!({ "result": "error", "msg": "Bad event queue ID: q", "code": "BAD_EVENT_QUEUE_ID",
        "queue_id": "q", "retry-after": 1.5 });
    for (status, limit, code) in [
        (400, "9s", 2),
        (401, "9s", 3),
        (429, "1s", 0),
        (500, "1s", 0),
    ] {
        at_once(by_their_text(mutations(&refusal)), |name, body| {
            let server = server().always(Expect::register(), Reply::json(status, &body));
            let exit = Tail::new(&server.site())
                .args(["-W", limit])
                .start()
                .wait_exit();
            assert_eq!(exit.code, Some(code), "{status} {name}: {exit}");
            assert!(exit.stderr.lines().count() <= 1, "{status} {name}: {exit}");
            assert!(server.requests().len() <= 3, "{status} {name}");
        });
    }
}

#[test]
fn a_queue_may_have_any_name() {
    let names = [
        ("line breaks", "a\nb\r\nc"),
        ("NUL", "a\0b"),
        ("quotes", "\"'`"),
        ("of a query", "a&last_event_id=99&queue_id=b#c?d=e%00+%2B"),
        ("of a path", "../../../x/..;/"),
        ("controls", "\u{1b}]0;x\u{7}\u{9b}2J"),
        ("unicode", "ключ 😀 \u{202e}\u{feff}"),
        ("long", &"x".repeat(1000)),
    ]
    .map(|(name, queue)| (name, queue.to_owned()));
    at_once(names.to_vec(), |name, queue| {
        let home = Home::new();
        let first = server()
            .on(Expect::register(), registered(&queue))
            .on(poll(&queue, -1), events(&[0, 1]))
            .on(Expect::delete().param("queue_id", &queue), deleted());
        let exit = Tail::new(&first.site())
            .args(["-v", "-C", "1"])
            .start()
            .wait_exit();
        assert_eq!((exit.code, exit.stdout), (Some(0), lines(&[0])), "{name}");
        for line in exit.stderr.lines() {
            assert!(line.starts_with("wyzepal-tail: "), "{name}: {line:?}");
            assert!(!line.contains(char::is_control), "{name}: {line:?}");
        }
        let server = server()
            .on(Expect::register(), registered(&queue))
            .on(poll(&queue, -1), events(&[0, 1]))
            .on(poll(&queue, 0), events(&[1]));
        for id in [0, 1] {
            Tail::new(&server.site())
                .home(&home)
                .args(["--cursor-file", "cursor", "-C", "1"])
                .stdout(lines(&[id]))
                .run();
        }
    });
}

#[test]
fn a_queue_whose_name_is_no_name_is_refused() {
    let cases = vec![
        ("empty", (String::new(), "no queue_id")),
        (
            "too long",
            ("x".repeat(1_000_000), "queue_id has 1000000 bytes"),
        ),
    ];
    at_once(cases, |name, (queue, part)| {
        let server = server().always(Expect::register(), registered(&queue));
        endures(name, &server, Tail::new(&server.site()), part, MODEST);
    });
}

#[test]
fn it_stays_away_no_longer_than_an_hour_and_no_shorter_than_a_second() {
    let date = |reply: Reply, date: &str| reply.header("Date", date);
    let limit = || Reply::json(429, &json!({ "result": "error", "msg": "too much" }));
    let in_body = |value: Value| {
        Reply::json(
            429,
            &json!({ "result": "error", "msg": "too much", "retry-after": value }),
        )
    };
    let header = |value: &str| limit().header("Retry-After", value);
    let cases = vec![
        ("a year", (header("31536000"), 3600)),
        ("beyond any number", (header(&"9".repeat(400)), 1)),
        ("a year in the body", (in_body(json!(31_536_000)), 3600)),
        ("far beyond in the body", (in_body(json!(1e300)), 3600)),
        ("negative", (header("-31536000"), 1)),
        ("negative in the body", (in_body(json!(-1e300)), 1)),
        ("nothing", (header(""), 1)),
        ("words", (header("soon"), 1)),
        ("not a number", (header("NaN"), 1)),
        ("infinite", (header("inf"), 1)),
        ("text in the body", (in_body(json!("7")), 1)),
        ("the past", (header("Sun, 06 Nov 1994 08:49:37 GMT"), 1)),
        (
            "the far future",
            (header("Mon, 31 Dec 9990 23:59:59 GMT"), 3600),
        ),
        ("no such day", (header("Mon, 99 Foo 2026 99:99:99 GMT"), 1)),
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
        "Sun, 06 Nov 2033 08:49:37 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 0001 00:00:00 GMT",
        "yesterday",
        "",
    ];
    // Trouble each time, so that history is looked at, by the clock of the answer before.
    let mut server = following().on(any_poll(), events(&[0]));
    for (id, date) in (1..).zip(dates) {
        server = server
            .on(any_poll(), Reply::html_502().header("Date", date))
            .on(any_poll(), events(&[id]).header("Date", date));
    }
    let server = server.always(any_poll(), events(&[7]));
    Tail::new(&server.site())
        .args(["-C", "7"])
        .stdout(lines(&[0, 1, 2, 3, 4, 5, 6]))
        .run();
}

#[test]
fn an_answer_that_trickles_is_given_up() {
    let pause = Duration::from_millis(50);
    let slow = |reply: Reply| reply.trickled(pause);
    let spaces = json_reply("{".to_owned() + &" ".repeat(1000));
    let cases = vec![
        (
            "register",
            Server::new().always(Expect::history(), slow(spaces.clone())),
        ),
        ("history", server().always(Expect::register(), slow(spaces))),
    ];
    at_once(cases, |name, server| {
        let exit = Tail::new(&server.site())
            .args(["--give-up-after", "1s"])
            .stderr(Expected::one_line(&["gave up: ", "was silent"]))
            .code(4)
            .run();
        assert!(!server.requests().is_empty(), "{name}: {exit}");
    });
}
