//! A client on a plain socket, and demos that tests can direct.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::MutexGuard;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use url::form_urlencoded;

use crate::demo::clock::Moment;
use crate::demo::happening::Happening;
use crate::demo::message::{Message, Reading};
use crate::demo::place::Place;
use crate::demo::realm::Realm;
use crate::demo::roster::Person;
use crate::demo::{Casting, Demo, Settings, start_with};
use crate::event::MessageId;

/// Nothing in these tests takes nearly as long.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// The demo account's address and key.
pub const CREDENTIALS: &str = "Authorization: Basic dGFpbC1ib3RAbGFudGVybi5leGFtcGxlOmRlbW8wZGVtbzBkZW1vMGRlbW8wZGVtbzBkZW1vMGRl\r\n";

/// Names and values.
pub type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A demo with a history and without a cast, whose heartbeats come that late.
pub fn quiet(heartbeat: Duration) -> Demo {
    let settings = Settings {
        seed: Some(1),
        heartbeat: (heartbeat, heartbeat),
        casting: Casting::Absent,
    };
    start_with(settings).expect("a demo starts")
}

/// One without heartbeats, as far as these tests go.
pub fn still() -> Demo {
    quiet(Duration::from_mins(10))
}

/// Waits until it is so.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < DEADLINE, "not in time: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

impl Demo {
    /// The organization, locked.
    pub fn realm(&self) -> MutexGuard<'_, Realm> {
        self.stage.realm()
    }

    /// Lets something happen now.
    pub fn happen(&self, happening: Happening) {
        let now = self.stage.now();
        self.realm().apply(happening, now);
        self.stage.announce();
    }

    /// Somebody says something; gives its id.
    pub fn say(&self, sender: &'static Person, place: &Place, content: &str) -> u64 {
        let id = self
            .realm()
            .messages()
            .last()
            .map_or(1, |message| message.id.0 + 1);
        let message = message(id, sender, place, content, self.stage.now());
        self.happen(Happening::Said(message));
        id
    }
}

/// A message that nothing has happened to.
pub fn message(
    id: u64,
    sender: &'static Person,
    place: &Place,
    content: &str,
    at: Moment,
) -> Message {
    Message {
        id: MessageId(id),
        sender,
        place: place.clone(),
        content: content.to_owned(),
        at,
        reading: Reading::Unread,
        reactions: Vec::new(),
        edits: Vec::new(),
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub text: String,
}

impl Reply {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body's events.
    pub fn events(&self) -> Vec<Value> {
        let events = self.json()["events"].as_array().cloned();
        events.unwrap_or_else(|| panic!("no events: {}", self.text))
    }
}

/// A connection.
pub struct Client {
    stream: TcpStream,
    pending: Vec<u8>,
    pub headers: String,
}

impl Client {
    /// Connects, and knows the credentials.
    pub fn new(demo: &Demo) -> Client {
        let stream = TcpStream::connect(demo.address).expect("the demo listens");
        stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        Client {
            stream,
            pending: Vec::new(),
            headers: CREDENTIALS.to_owned(),
        }
    }

    /// Sends these bytes.
    pub fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).expect("written");
    }

    /// Sends a request; parameters of a GET go into the query.
    pub fn ask(&mut self, method: &str, path: &str, params: Pairs) {
        let params = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(params)
            .finish();
        let (query, body) = if method == "GET" {
            (format!("?{params}"), "")
        } else {
            (String::new(), &*params)
        };
        let (headers, length) = (&self.headers, body.len());
        let text = format!(
            "{method} {path}{query} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        self.send(&text);
    }

    /// The next answer; none if the connection ends.
    pub fn reply(&mut self) -> Option<Reply> {
        let head = loop {
            if let Some(end) = self
                .pending
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n")
            {
                break self.pending.drain(..end + 4).collect::<Vec<u8>>();
            }
            self.read_more()?;
        };
        let head = String::from_utf8(head).expect("text");
        let length = head
            .split_once("Content-Length: ")
            .and_then(|(_, rest)| rest.split_once('\r'));
        let length: usize = length.expect("a length").0.parse().expect("a number");
        while self.pending.len() < length {
            self.read_more()?;
        }
        let text = String::from_utf8(self.pending.drain(..length).collect()).expect("UTF-8");
        let status = head
            .get(9..12)
            .expect("a status")
            .parse()
            .expect("a number");
        Some(Reply { status, head, text })
    }

    fn read_more(&mut self) -> Option<()> {
        let mut chunk = [0; 4096];
        let count = match self.stream.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("no answer: {error}"),
        };
        self.pending.extend(&chunk[..count]);
        (count > 0).then_some(())
    }

    /// Asks and waits for the answer.
    #[track_caller]
    pub fn call(&mut self, method: &str, path: &str, params: Pairs) -> Reply {
        self.ask(method, path, params);
        self.reply().expect("an answer")
    }

    /// Registers, and gives the queue's name.
    #[track_caller]
    pub fn register(&mut self, params: Pairs) -> String {
        let reply = self.call("POST", "/api/v1/register", params);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["queue_id"]
            .as_str()
            .expect("a queue")
            .to_owned()
    }

    /// A poll that does not wait.
    #[track_caller]
    pub fn look(&mut self, queue: &str, last: i64) -> Reply {
        let last = last.to_string();
        self.call(
            "GET",
            "/api/v1/events",
            &[
                ("queue_id", queue),
                ("last_event_id", &last),
                ("dont_block", "true"),
            ],
        )
    }

    /// A poll that waits; its answer is not waited for.
    pub fn wait(&mut self, queue: &str, last: i64) {
        let last = last.to_string();
        self.ask(
            "GET",
            "/api/v1/events",
            &[("queue_id", queue), ("last_event_id", &last)],
        );
    }

    /// Hangs up.
    pub fn hang_up(&self) {
        self.stream.shutdown(Shutdown::Both).expect("shut");
    }
}
