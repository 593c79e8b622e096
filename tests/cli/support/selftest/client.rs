//! A client in a few lines, for tests of the servers without the program.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::account::ENCODED;

/// One connection.
pub struct Client(TcpStream);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its head, as text.
    pub head: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }

    /// The ids of its events.
    pub fn event_ids(&self) -> Vec<i64> {
        let list = self.json()["events"].as_array().cloned().expect("events");
        list.iter()
            .map(|event| event["id"].as_i64().expect("an id"))
            .collect()
    }

    /// The ids of its messages, from history or events.
    pub fn message_ids(&self) -> Vec<u64> {
        let body = self.json();
        let (rows, events) = (body["messages"].as_array(), body["events"].as_array());
        let ids = rows
            .into_iter()
            .flatten()
            .chain(events.into_iter().flatten().map(|event| &event["message"]));
        ids.filter_map(|message| message["id"].as_u64()).collect()
    }
}

impl Client {
    /// Connects to a server of the tests.
    pub fn new(site: &str) -> Client {
        Client(TcpStream::connect(site.trim_start_matches("http://")).expect("a connection"))
    }

    /// Sends a request; the answer can be read later.
    pub fn send(&mut self, method: &str, path: &str, params: &[(&str, &str)]) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(params).finish();
        let (target, body) = if method == "GET" {
            (format!("{path}?{form}"), "")
        } else {
            (path.to_owned(), form.as_str())
        };
        let head = format!(
            "{method} /api/v1{target} HTTP/1.1\r\nAuthorization: Basic {ENCODED}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.0
            .write_all(format!("{head}{body}").as_bytes())
            .expect("the request sent");
    }

    /// Reads an answer; an error if the connection ends before that.
    pub fn read(&mut self) -> io::Result<Answer> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.byte()?);
        }
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let field = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|text| text.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let mut body = Vec::new();
        match field("Content-Length:") {
            Some(length) => body.resize(length.parse().map_err(io::Error::other)?, 0),
            None => {
                return Ok(Answer {
                    status,
                    head,
                    body: self.chunks()?,
                });
            }
        }
        self.0.read_exact(&mut body)?;
        Ok(Answer { status, head, body })
    }

    /// The head of an answer in chunks, and its first chunk of `length` bytes.
    pub fn read_part(&mut self, length: usize) -> io::Result<String> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.byte()?);
        }
        // The length itself, and two line breaks.
        for _ in 0..length + 5 {
            bytes.push(self.byte()?);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// One chunk of an answer in chunks; empty at the end.
    pub fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(self.byte()?);
        }
        let text = String::from_utf8_lossy(&line);
        let length = usize::from_str_radix(text.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; length + 2];
        self.0.read_exact(&mut chunk)?;
        chunk.truncate(length);
        Ok(chunk)
    }

    /// Whether nothing more has arrived.
    pub fn is_quiet(&self) -> bool {
        self.0
            .set_nonblocking(true)
            .expect("a socket that does not block");
        let quiet = self.0.peek(&mut [0]).is_err();
        self.0.set_nonblocking(false).expect("a socket that blocks");
        quiet
    }

    /// A request and its answer.
    #[track_caller]
    pub fn call(&mut self, method: &str, path: &str, params: &[(&str, &str)]) -> Answer {
        self.send(method, path, params);
        self.read().expect("an answer")
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(body);
            }
            body.extend(chunk);
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

/// Registers a queue; its id.
#[track_caller]
pub fn register(client: &mut Client, params: &[(&str, &str)]) -> String {
    let answer = client.call("POST", "/register", params);
    answer.json()["queue_id"]
        .as_str()
        .unwrap_or_else(|| panic!("no queue: {answer:?}"))
        .to_owned()
}

/// Polls without blocking.
#[track_caller]
pub fn poll(client: &mut Client, queue: &str, last: &str) -> Answer {
    client.call(
        "GET",
        "/events",
        &[
            ("queue_id", queue),
            ("last_event_id", last),
            ("dont_block", "true"),
        ],
    )
}

/// Sends a poll that blocks; it is not waited for.
pub fn park(client: &mut Client, queue: &str, last: &str) {
    client.send(
        "GET",
        "/events",
        &[("queue_id", queue), ("last_event_id", last)],
    );
}

/// Reads history; the anchor is left out where the server can do that.
#[track_caller]
pub fn history(
    client: &mut Client,
    anchor: &str,
    before: &str,
    after: &str,
    narrow: &str,
) -> Answer {
    let params = [
        ("anchor", anchor),
        ("num_before", before),
        ("num_after", after),
        ("narrow", narrow),
        ("include_anchor", "false"),
    ];
    client.call("GET", "/messages", &params)
}
