//! What the cast does, without its clock; and the server, spoken to like any other.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::cast::{BEAT, Cast};
use super::http::Request;
use super::log::Log;
use super::roster::{AUTHORIZATION, DemoChannel, TAIL_BOT};
use super::script::{ScriptLine, play};
use super::view::View;
use crate::output::golden::{Lines, WIDTHS};
use crate::output::palette::Color;

/// What a queue for everything gets from the start for so long, with the time.
fn played(duration: Duration) -> Vec<(Timestamp, Value)> {
    let start: Timestamp = "2026-11-22T14:02:07Z".parse().unwrap();
    let mut log = Log::default();
    Cast::new().unwrap().play_history(&mut log, start);
    let queue = log.register(0, None, View::of_queue(&Request::default()).unwrap());
    let (mut cast, mut events, mut now) = (Cast::new().unwrap(), Vec::new(), start);
    while now < start + duration {
        cast.beat(&mut log, now);
        let last = events
            .last()
            .and_then(|(_, event): &(_, Value)| event["id"].as_i64());
        let new = log.events(&queue, last.unwrap_or(-1)).unwrap();
        events.extend(new.into_iter().map(|event| (now, event)));
        now += BEAT;
    }
    events
}

fn is_message(event: &Value) -> bool {
    event["type"] == "message"
}

fn channel(line: &ScriptLine) -> Option<i64> {
    line.place.channel().map(|channel| channel.id)
}

#[test]
fn golden_lines_of_the_cast() {
    let events = played(Duration::from_secs(30));
    let assert = |mut lines: Lines, name: String| {
        for (at, event) in &events {
            lines.add(&event.to_string(), *at);
        }
        lines.assert_golden(&name);
    };
    assert(Lines::summaries(), "summaries-demo.txt".to_owned());
    let own_id = TAIL_BOT.id;
    for width in WIDTHS {
        let lines = Lines::chat(Color::Off, width, own_id);
        assert(lines, format!("chat-demo-{width}.txt"));
    }
    let lines = Lines::chat(Color::All, 80, own_id);
    assert(lines, "chat-demo-80.ansi".to_owned());
}

#[test]
fn one_of_each_common_kind_comes_within_five_seconds() {
    let events = played(Duration::from_secs(5));
    let kinds = events
        .iter()
        .filter_map(|(_, event)| event["type"].as_str());
    let common = [
        "delete_message",
        "message",
        "presence",
        "reaction",
        "submessage",
        "typing",
        "update_message",
        "update_message_flags",
        "user_status",
    ];
    assert_eq!(kinds.collect::<BTreeSet<_>>(), common.into());
}

#[test]
fn each_channel_and_the_account_are_spoken_to_every_three_seconds() {
    let lines = play().unwrap();
    let all: BTreeSet<_> = lines.iter().map(channel).collect();
    assert_eq!(all.len(), 7);
    for round in lines.windows(7) {
        assert_eq!(round.iter().map(channel).collect::<BTreeSet<_>>(), all);
    }
    // Every other beat is a line.
    assert!(BEAT * 2 * 7 < Duration::from_secs(3));
}

#[test]
fn about_three_things_happen_in_a_second_and_most_are_messages() {
    let events = played(Duration::from_mins(1));
    let messages = events.iter().filter(|(_, event)| is_message(event)).count();
    assert!((150..210).contains(&events.len()), "{}", events.len());
    assert!(
        messages * 10 > events.len() * 6,
        "{messages} of {}",
        events.len()
    );
    assert!(events.iter().any(|(_, event)| event["type"] == "heartbeat"));
}

#[test]
fn whatever_the_script_directs_happens_where_the_account_hears_of_it() {
    let lines = play().unwrap();
    let directions: usize = lines.iter().map(|line| line.directions.len()).sum();
    for line in &lines {
        let channel = line.place.channel();
        let received = channel.is_none_or(DemoChannel::is_subscribed);
        assert!(received || line.directions.is_empty(), "{line:?}");
    }
    let beats = u32::try_from(lines.len() * 2).unwrap();
    let events = played(BEAT * beats);
    let done = events
        .iter()
        .filter(|(_, event)| !is_message(event) && event["type"] != "heartbeat");
    assert_eq!(done.count(), directions);
}

/// A connection to a demo.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(site: &str) -> Client {
        let stream = TcpStream::connect(site.trim_start_matches("http://")).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        Client(BufReader::new(stream))
    }

    fn request(&mut self, request: &str, key: &str) {
        let (method, path) = request.split_once(' ').unwrap();
        let text = format!("{method} /api/v1/{path} HTTP/1.1\r\nAuthorization: {key}\r\n\r\n");
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    fn answer(&mut self) -> Value {
        let mut length = 0;
        for line in self.0.by_ref().lines().map(Result::unwrap) {
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn call(&mut self, request: &str) -> Value {
        self.request(request, AUTHORIZATION);
        self.answer()
    }
}

#[test]
fn only_the_account_with_its_key_is_let_in() {
    let mut client = Client::new(&super::start().unwrap());
    client.request("GET users/me", "Basic dGFpbC1ib3Q6eA==");
    assert_eq!(client.answer()["code"], "UNAUTHORIZED");
    assert_eq!(client.call("GET users/me")["full_name"], "Tail Bot");
    client.request("GET server_settings", "");
    assert_eq!(client.answer()["realm_name"], "Lantern Playhouse");
}

#[test]
fn a_poll_is_held_until_its_queue_is_deleted_which_is_unknown_from_then_on() {
    let site = super::start().unwrap();
    let (mut client, mut other) = (Client::new(&site), Client::new(&site));
    let queue = client.call("POST register?event_types=[\"no_such_kind\"]")["queue_id"].clone();
    let queue = queue.as_str().unwrap();
    let poll = format!("GET events?queue_id={queue}&last_event_id=-1");
    assert_eq!(
        client.call(&format!("{poll}&dont_block=true"))["events"],
        Value::Array(vec![])
    );
    client.request(&poll, AUTHORIZATION);
    let deletion = format!("DELETE events?queue_id={queue}");
    assert_eq!(other.call(&deletion)["result"], "success");
    let answer = client.answer();
    // Deleted before it began to wait, or while it did.
    assert!(answer["events"] == Value::Array(vec![]) || answer["code"] == "BAD_EVENT_QUEUE_ID");
    for request in [&poll, &deletion] {
        assert_eq!(
            client.call(request)["code"],
            "BAD_EVENT_QUEUE_ID",
            "{request}"
        );
    }
}

#[test]
fn what_the_account_did_not_receive_is_shown_where_it_is_asked_for() {
    let mut client = Client::new(&super::start().unwrap());
    let mut rows = |narrow: &str| {
        let page = format!("GET messages?num_before=1000&apply_markdown=false&narrow={narrow}");
        let answer = client.call(&page);
        let rows = answer["messages"].as_array().cloned();
        rows.ok_or_else(|| answer["code"].clone())
    };
    let in_greenroom = |row: &Value| row["display_recipient"] == "greenroom";
    let received = rows("[]").unwrap();
    assert!(received.len() > 150 && !received.iter().any(in_greenroom));
    let public = rows(r#"[{"operator":"streams","operand":"public"}]"#).unwrap();
    assert!(public.len() > received.len() && public.iter().any(in_greenroom));
    let others = rows(r#"[{"operator":"stream","operand":"ops","negated":true}]"#).unwrap();
    assert!(!others.is_empty() && !others.iter().any(in_greenroom));
    let greenroom = rows(r#"[["stream","greenroom"],["topic","tea"]]"#).unwrap();
    assert!(!greenroom.is_empty() && greenroom.iter().all(in_greenroom));
    for unknown in [
        r#"[["stream","nowhere"]]"#,
        r#"[["sender","nobody@x"]]"#,
        r#"[{"operator":"sender","operand":999}]"#,
        r#"[{"operator":"dm","operand":[11,999]}]"#,
        r#"[{"operator":"stream","operand":999}]"#,
        r#"[["x","y"]]"#,
    ] {
        assert_eq!(rows(unknown), Err("BAD_NARROW".into()), "{unknown}");
    }
}
