//! The server of the benchmark: any number of events, as fast as loopback takes them.
//!
//! It keeps no state: the queue's name says what it holds (`100x1000`: a thousand batches of a hundred;
//! `idle`: nothing, for ever), and `last_event_id` says what comes next. So the program and curl ask
//! the same questions and get the same bytes. Events are copied from a template in which only the
//! ids are written anew; an answer is never held as a whole.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// The id of a queue's first event, of the width that all ids have.
pub const FIRST: u64 = 1_000_000_000;
/// The length of an event with its comma; 738 bytes is what real ones have on average.
const LENGTH: usize = START.len() + 10 + MIDDLE.len() + 10 + END.len();
/// Events that are written at once.
const BLOCK: u64 = 1000;

const HEAD: &str = r#"{"result":"success","msg":"","events":["#;
const TAIL: &str = "],\"queue_id\":\"bench\"}\n";

/// Serves a free loopback port until the process ends.
pub fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                // A client that has gone is none of the server's business.
                let _ = converse(&stream);
            });
        }
    });
    Ok(address)
}

/// The query of a poll of the queue `batch` x `batches` after this event.
pub fn query(batch: u64, batches: u64, last: &str) -> String {
    format!("queue_id={batch}x{batches}&last_event_id={last}&dont_block=true")
}

fn converse(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut requests = BufReader::new(stream);
    let mut out = Vec::new();
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut header = String::from("-");
        while !header.trim().is_empty() {
            header.clear();
            requests.read_line(&mut header)?;
        }
        let parameter = |name: &str| {
            let (_, query) = line.split(' ').nth(1)?.split_once('?')?;
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let Some((batch, batches)) = parameter("queue_id").and_then(numbers) else {
            // Idle: parked until the client goes.
            io::copy(&mut requests.take(1), &mut io::sink())?;
            return Ok(());
        };
        // -1 is what a fresh queue is asked for.
        let last = parameter("last_event_id").and_then(|last| last.parse().ok());
        let next = last.map_or(FIRST, |last: u64| last + 1);
        let count = if next < FIRST + batch * batches {
            batch
        } else {
            0
        };
        answer(stream, &mut out, next, count)?;
    }
}

fn numbers(queue: &str) -> Option<(u64, u64)> {
    let (batch, batches) = queue.split_once('x')?;
    Some((batch.parse().ok()?, batches.parse().ok()?))
}

fn answer(mut stream: &TcpStream, out: &mut Vec<u8>, first: u64, count: u64) -> io::Result<()> {
    let commas = usize::from(count > 0);
    let events = usize::try_from(count).map_err(io::Error::other)? * LENGTH - commas;
    let length = HEAD.len() + events + TAIL.len();
    out.clear();
    write!(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{HEAD}"
    )?;
    let mut id = first;
    while id < first + count {
        let end = (id + BLOCK).min(first + count);
        for id in id..end {
            push_event(out, id);
        }
        id = end;
        if id == first + count {
            out.pop();
            out.extend_from_slice(TAIL.as_bytes());
        }
        stream.write_all(out)?;
        out.clear();
    }
    if count == 0 {
        out.extend_from_slice(TAIL.as_bytes());
        stream.write_all(out)?;
    }
    Ok(())
}

/// As a server of version 9.2 writes it, with an avatar and half a dozen fields that nobody reads.
const START: &str = r#"{"type":"message","message":{"id":"#;
const MIDDLE: &str = r#","sender_id":8,"content":"The quick brown fox jumps over the lazy dog, and the \"dog\" says:\nnothing much, as dogs do; see https://example.com/a/b?c=d for what was meant by it, or was said.!!!!!","recipient_id":23,"timestamp":1795375290,"client":"website","subject":"lunch plans","topic_links":[],"is_me_message":false,"reactions":[],"submessages":[],"sender_full_name":"Cordelia, Lear's daughter","sender_email":"user8@chat.example.com","sender_realm_str":"example","display_recipient":"Denmark","type":"stream","stream_id":4,"avatar_url":"https://secure.gravatar.com/avatar/77c3871a68c8d70356156029fd0a4999?d=identicon&version=1","content_type":"text/x-markdown"},"flags":[],"id":"#;
const END: &str = "},";

fn push_event(out: &mut Vec<u8>, id: u64) {
    let mut digits = [b'0'; 10];
    let mut rest = id;
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    let (start, middle, end) = (START.as_bytes(), MIDDLE.as_bytes(), END.as_bytes());
    for part in [start, &digits, middle, &digits, end] {
        out.extend_from_slice(part);
    }
}
