//! One request and its answer: sent, timed, read whole or split while it arrives.
//!
//! Each wait for the server has a limit of its own: the one for the head of the answer, and the one for each
//! piece of its body.

use std::io::Read;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::CONTENT_ENCODING;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::client::{Client, EVENTS};
use super::error::{ApiError, Failure};
use super::pace::Budget;
use super::retry_after::{date, retry_after};
use super::split::{Chunk, Splitter};

/// How long a request that is no poll may take as a whole.
pub const SHORT: Duration = Duration::from_mins(1);
/// How long a silent answer is waited for. The server answers a poll within 55 s.
pub const SILENCE: Duration = Duration::from_secs(100);
/// Bytes that are split at a time: what the processor's cache takes.
const PIECE: usize = 64 << 10;
/// More bytes than this without an element are nonsense; the longest element has 64 MiB.
const MOST_WITHOUT_ELEMENT: usize = 65 << 20;
/// Bytes of an empty chunk that are worth keeping: more are those of a monstrous event.
const MOST_KEPT: usize = 1 << 20;
/// The longest answer that is read as a whole. Old servers may put all they know into that to
/// register, which is some megabytes.
const LONGEST_ANSWER: usize = 16 << 20;
/// The part of an error page that is read.
const LONGEST_ERROR: usize = 64 << 10;

/// The most that a list may hold.
#[derive(Clone, Copy, Debug)]
pub struct ListLimits {
    /// Elements.
    pub elements: usize,
    /// Bytes of the answer.
    pub bytes: usize,
}

impl ListLimits {
    /// Any number of any length.
    pub const NONE: ListLimits = ListLimits {
        elements: usize::MAX,
        bytes: usize::MAX,
    };
}

/// A list of which elements are handed out while the answer arrives.
pub struct ListResponse {
    client: Client,
    endpoint: &'static str,
    list: &'static str,
    response: Response,
    limits: ListLimits,
    splitter: Splitter,
    buffer: Vec<u8>,
    /// What is wrong with the last piece, of which the elements before the damage are handed out first.
    damage: Option<ApiError>,
    started: Instant,
    bytes: usize,
    elements: usize,
    bytes_since_element: usize,
}

impl ListResponse {
    /// Waits for the next piece of the answer and puts the elements that it completes into `chunk`, in place
    /// of what is in there. False: the answer has ended.
    pub fn read(&mut self, chunk: &mut Chunk) -> Result<bool, ApiError> {
        if chunk.capacity() <= MOST_KEPT {
            chunk.clear();
        } else {
            *chunk = Chunk::default();
        }
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        let length = self.response.read(&mut self.buffer).map_err(|error| {
            self.client
                .failed(self.endpoint, Failure::broken_off(&error))
        })?;
        let piece = self.buffer.get(..length).unwrap_or_default();
        self.damage = self
            .splitter
            .push(piece, chunk)
            .map_err(|error| self.client.garbled(self.endpoint, error))
            .and_then(|()| self.count(length, chunk.len()))
            .err();
        Ok(length > 0)
    }

    /// Reads it to its end, in one go. What was handed out before an error is not all.
    pub fn for_each_chunk(mut self, mut each: impl FnMut(&Chunk)) -> Result<(), ApiError> {
        let mut chunk = Chunk::default();
        while self.read(&mut chunk)? {
            each(&chunk);
        }
        self.finish().map(drop)
    }

    /// Counts a piece against the limits.
    fn count(&mut self, bytes: usize, elements: usize) -> Result<(), ApiError> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.elements = self.elements.saturating_add(elements);
        self.bytes_since_element = if elements > 0 {
            0
        } else {
            self.bytes_since_element.saturating_add(bytes)
        };
        let cause = if self.elements > self.limits.elements {
            "it has more rows than were asked for".to_owned()
        } else if self.bytes > self.limits.bytes {
            format!("it is longer than {} MiB", self.limits.bytes >> 20)
        } else if self.bytes_since_element > MOST_WITHOUT_ELEMENT {
            "it goes on and on with nothing in it".to_owned()
        } else {
            return Ok(());
        };
        Err(self.client.garbled(self.endpoint, cause))
    }

    /// The other fields of an answer that has ended, and when it was sent by the server's clock.
    pub fn finish(self) -> Result<(Map<String, Value>, Option<Timestamp>), ApiError> {
        let (client, endpoint, list) = (&self.client, self.endpoint, self.list);
        let status = self.response.status().as_u16();
        client.trace_answer(endpoint, status, self.bytes, self.started);
        let date = date(self.response.headers());
        let envelope = self
            .splitter
            .finish()
            .map_err(|error| client.garbled(endpoint, error))?;
        let envelope: Map<String, Value> =
            serde_json::from_slice(&envelope).map_err(|error| client.garbled(endpoint, error))?;
        // Not empty, it would be one that was not split: `"\u0065vents"`.
        let found = envelope.get(list).and_then(Value::as_array);
        if found.is_some_and(Vec::is_empty) {
            Ok((envelope, date))
        } else {
            Err(client.garbled(endpoint, format!("no list of {list} in it")))
        }
    }
}

impl Client {
    /// Sends a request and reads the answer's fields.
    pub fn fetch<T: DeserializeOwned>(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<T, ApiError> {
        let body = self.whole(endpoint, request)?;
        serde_json::from_slice(&body).map_err(|error| self.garbled(endpoint, error))
    }

    /// Sends a request and reads its answer's body as a whole.
    pub fn whole(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Vec<u8>, ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request)?;
        let status = response.status().as_u16();
        let body = self.read(endpoint, &mut response, LONGEST_ANSWER + 1)?;
        if body.len() > LONGEST_ANSWER {
            let mebibytes = LONGEST_ANSWER >> 20;
            return Err(self.garbled(endpoint, format!("it is longer than {mebibytes} MiB")));
        }
        self.trace_answer(endpoint, status, body.len(), started);
        Ok(body)
    }

    /// Sends a request for a list, and waits for the head of its answer.
    pub fn list_response(
        &self,
        endpoint: &'static str,
        list: &'static str,
        limits: ListLimits,
        request: RequestBuilder,
    ) -> Result<ListResponse, ApiError> {
        let started = Instant::now();
        Ok(ListResponse {
            client: self.clone(),
            endpoint,
            list,
            response: self.send(endpoint, request)?,
            limits,
            splitter: Splitter::new(list),
            buffer: vec![0; PIECE],
            damage: None,
            started,
            bytes: 0,
            elements: 0,
            bytes_since_element: 0,
        })
    }

    /// Sends a request; anything but a 200 that can be read is an error.
    pub fn send(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Response, ApiError> {
        let started = Instant::now();
        let budget = match endpoint {
            EVENTS => Budget::Events,
            _ => Budget::Others,
        };
        self.paces().of(budget).set_last_sent(started);
        let mut response = request.send().map_err(|error| {
            let failure = Failure::unanswered(&error, self.account(), started.elapsed());
            let error = self.failed(endpoint, failure);
            let time = started.elapsed().as_millis();
            self.trace(|| format!("{endpoint}: {error}, {time} ms"));
            error
        })?;
        let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse().ok();
        let (limit, remaining) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
        self.paces().of(budget).update(limit, remaining);
        let status = response.status().as_u16();
        if status == 200 {
            return match compression(&response) {
                None => Ok(response),
                Some(name) => Err(self.garbled(
                    endpoint,
                    format!("it is compressed ({name}), which nobody asked for: check what stands before the server"),
                )),
            };
        }
        let body = self.read(endpoint, &mut response, LONGEST_ERROR);
        let length = body.as_ref().map_or(0, Vec::len);
        self.trace_answer(endpoint, status, length, started);
        let headers = response.headers();
        let body = match body {
            // When to come back is all that matters.
            Err(_) if matches!(status, 408 | 429 | 500..) && retry_after(headers).is_some() => {
                Vec::new()
            }
            // A 400 may mean a lost queue or a proxy: only the whole body shows which.
            body => body?,
        };
        Err(self.failed(
            endpoint,
            Failure::of_answer(self.account(), status, headers, &body),
        ))
    }

    /// The body, or its first `limit` bytes.
    fn read(
        &self,
        endpoint: &'static str,
        response: &mut Response,
        limit: usize,
    ) -> Result<Vec<u8>, ApiError> {
        let mut body = Vec::new();
        response
            .take(limit as u64)
            .read_to_end(&mut body)
            .map_err(|error| self.failed(endpoint, Failure::broken_off(&error)))?;
        Ok(body)
    }

    fn trace_answer(&self, endpoint: &str, status: u16, size: usize, started: Instant) {
        let time = started.elapsed().as_millis();
        self.trace(|| format!("{endpoint}: {status}, {size} bytes, {time} ms"));
    }
}

/// How a body is compressed: no request of ours allows it, but some proxies do it all the same.
fn compression(response: &Response) -> Option<String> {
    let encoding = response.headers().get(CONTENT_ENCODING)?;
    let name = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
    Some(name).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
}
