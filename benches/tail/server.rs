//! The server of the benchmark: any number of events, as fast as loopback takes them.
//!
//! It keeps no state: the queue's name says what it holds (`100x1000`: a thousand batches of a hundred;
//! `100x1000-spaced-chunked`: the same in another form; `idle`: nothing, for ever), and
//! `last_event_id` says what comes next; who registers a queue gets the one that the site's path names.
//! So all clients ask the same questions and get the same bytes (`events.rs`); an answer is never held
//! as a whole.
//!
//! Not for events that come one by one (`live.rs`).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::events::FIRST;
use crate::form::{Coding, Form};

/// Events that are written at once.
const BLOCK: u64 = 1000;

/// The answer to all but polls: what the server is, a queue, and that there was nothing before it.
pub const REST: &str = r#"{"result":"success","msg":"","zulip_version":"9.2","zulip_feature_level":278,"push_notifications_enabled":false,"queue_id":"QUEUE","last_event_id":-1,"messages":[],"found_newest":true,"found_oldest":true}"#;

/// Serves a free loopback port until the process ends.
pub fn start() -> io::Result<SocketAddr> {
    listen(|stream| converse(BufReader::new(stream)))
}

/// The same for any way to treat a connection.
pub fn listen(
    treat: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let treat = Arc::new(treat);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let treat = Arc::clone(&treat);
            thread::spawn(move || {
                // A client that has gone is none of the server's business.
                let _ = stream.set_nodelay(true).and_then(|()| treat(stream));
            });
        }
    });
    Ok(address)
}

/// The query of a poll of a queue after this event.
pub fn query(queue: &str, last: &str) -> String {
    format!("queue_id={queue}&last_event_id={last}&dont_block=true")
}

/// The next request: its path with the query; none at the end. A body is read past.
pub fn request(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut header = String::from("-");
    let mut body = 0;
    while !header.trim().is_empty() {
        header.clear();
        from.read_line(&mut header)?;
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            body = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    io::copy(&mut from.take(body), &mut io::sink())?;
    Ok(line.split(' ').nth(1).map(ToOwned::to_owned))
}

/// A parameter of a path's query.
pub fn parameter<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = path.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The number of the event after this one; -1 is what a fresh queue is asked for.
pub fn next(last: &str) -> u64 {
    last.parse().map_or(0, |last: u64| last + 1 - FIRST)
}

/// An answer that is there as a whole.
pub fn send(to: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    to.write_all(&[head.as_bytes(), body].concat())?;
    to.flush()
}

/// Answers requests until the client goes.
pub fn converse<S: Read + Write>(mut stream: BufReader<S>) -> io::Result<()> {
    let mut out = Vec::new();
    while let Some(path) = request(&mut stream)? {
        let (site, what) = path.split_once("/api/v1/").unwrap_or_default();
        // A queue that is deleted has no last event.
        let last = parameter(&path, "last_event_id");
        let Some(last) = last.filter(|_| what.starts_with("events?")) else {
            let answer = REST.replace("QUEUE", site.trim_start_matches('/'));
            send(stream.get_mut(), answer.as_bytes())?;
            continue;
        };
        let Some(load) = parameter(&path, "queue_id").and_then(Load::parse) else {
            // Idle: parked until the client goes.
            io::copy(&mut stream.by_ref().take(1), &mut io::sink())?;
            return Ok(());
        };
        load.answer(stream.get_mut(), &mut out, next(last))?;
    }
    Ok(())
}

/// What a queue holds.
struct Load {
    batch: u64,
    batches: u64,
    form: Form,
}

impl Load {
    fn parse(queue: &str) -> Option<Load> {
        let (numbers, form) = queue.split_once('-').unwrap_or((queue, ""));
        let (batch, batches) = numbers.split_once('x')?;
        Some(Load {
            batch: batch.parse().ok()?,
            batches: batches.parse().ok()?,
            form: Form::parse(form),
        })
    }

    fn answer(&self, stream: &mut impl Write, out: &mut Vec<u8>, first: u64) -> io::Result<()> {
        let (template, coding) = (self.form.template(), self.form.coding);
        let more = first < self.batch * self.batches;
        let end = first + if more { self.batch } else { 0 };
        out.clear();
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
        match coding {
            Coding::Length => {
                let length = template.length(first..end);
                write!(out, "Content-Length: {length}\r\n\r\n")?;
            }
            Coding::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n"),
        }
        let mut block = template.head.clone().into_bytes();
        let mut number = first;
        loop {
            let until = (number + BLOCK).min(end);
            template.push(number..until, end, &mut block)?;
            number = until;
            if number == end {
                block.extend_from_slice(template.tail.as_bytes());
            }
            match coding {
                Coding::Length => out.append(&mut block),
                Coding::Chunked => {
                    write!(out, "{:x}\r\n", block.len())?;
                    out.append(&mut block);
                    out.extend_from_slice(b"\r\n");
                }
            }
            if number == end && coding == Coding::Chunked {
                out.extend_from_slice(b"0\r\n\r\n");
            }
            stream.write_all(out)?;
            out.clear();
            if number == end {
                return stream.flush();
            }
        }
    }
}
