//! Just enough of HTTP/1.1 for a test: one request at a time, `Content-Length`, keep-alive.
//!
//! Not a general server: no chunked requests, no pipelining, no `Expect`.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A request as it arrived.
#[derive(Clone)]
pub struct Request {
    /// Which connection it came on, counted from 1.
    pub connection: usize,
    /// When it was there completely.
    pub at: Instant,
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query: `/api/v1/events`.
    pub path: String,
    /// Parameters of the query and of the form, decoded; a form's win, as on the servers.
    pub params: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
}

impl Request {
    /// A parameter of query or form.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// A parameter that holds JSON; null where it is missing or none.
    pub fn json(&self, name: &str) -> Value {
        self.param(name)
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// What HTTP Basic authentication sends: `email:key`.
    pub fn credentials(&self) -> Option<String> {
        let text = self.header("Authorization")?.strip_prefix("Basic ")?;
        String::from_utf8(base64(text)?).ok()
    }
}

/// From each of these requests to the next.
pub fn pauses(requests: &[Request]) -> Vec<Duration> {
    let both = requests.iter().zip(requests.iter().skip(1));
    both.map(|(before, after)| after.at - before.at).collect()
}

/// One line, as failures quote it. Never the credentials.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} {}", self.connection, self.method, self.path)?;
        for (name, value) in &self.params {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// Reads requests from one connection.
#[derive(Debug)]
pub struct Requests<R> {
    source: R,
    connection: usize,
    pending: Vec<u8>,
}

impl<R: Read> Requests<R> {
    /// Reads from `source`, which is the connection of that number.
    pub fn new(source: R, connection: usize) -> Self {
        Requests {
            source,
            connection,
            pending: Vec::new(),
        }
    }

    /// The next request; `None` when the client has closed, an error when it spoke nonsense.
    pub fn read(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, length)) = parse(&self.pending, self.connection)? {
                self.pending.drain(..length);
                return Ok(Some(request));
            }
            let mut chunk = [0; 8192];
            let count = self.source.read(&mut chunk)?;
            if count == 0 {
                return Ok(None);
            }
            self.pending.extend_from_slice(&chunk[..count]);
        }
    }
}

fn parse(bytes: &[u8], connection: usize) -> io::Result<Option<(Request, usize)>> {
    let mut slots = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut slots);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers: Vec<_> = head
        .headers
        .iter()
        .map(|h| (h.name.to_owned(), text(h.value)))
        .collect();
    let (path, query) = head
        .path
        .unwrap_or_default()
        .split_once('?')
        .unwrap_or((head.path.unwrap_or_default(), ""));
    let mut request = Request {
        connection,
        at: Instant::now(),
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        params: form(query.as_bytes()).collect(),
        headers,
    };
    let length = request
        .header("Content-Length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let Some(body) = bytes.get(start..start + length) else {
        return Ok(None);
    };
    request.params.extend(form(body));
    Ok(Some((request, start + length)))
}

fn form(text: &[u8]) -> impl Iterator<Item = (String, String)> {
    url::form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = alphabet.iter().position(|&known| known == letter)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}
