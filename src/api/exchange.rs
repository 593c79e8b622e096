//! One request and its answer: sent, timed, read whole or split while it arrives.
//!
//! Not for what is asked, nor for what a failure means (`error.rs`).

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_ENCODING, DATE, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::answer::{self, Answer};
use super::breakdown::{broken_off, unanswered};
use super::client::Client;
use super::error::{ApiError, Failure};
use super::outlet::Outlet;
use super::progress::{Halt, Limits, Progress};
use super::refusal::{Head, http_date};
use super::split::Splitter;

/// How long a request that is no poll may take as a whole.
pub const SHORT: Duration = Duration::from_mins(1);
/// How long a silent answer is waited for. The server answers a poll within 55 s.
const SILENCE: Duration = Duration::from_secs(100);
/// Bytes that are split at a time: what the processor's cache takes.
const PIECE: usize = 64 << 10;
/// The part of an error page that is read.
const LONGEST_ERROR: usize = 64 << 10;

impl Client {
    /// Sends a request and reads its answer's body as a whole.
    pub async fn whole(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Vec<u8>, ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request).await?;
        let body = self
            .read(endpoint, &mut response, answer::LONGEST + 1)
            .await?;
        if body.len() > answer::LONGEST {
            return Err(self.garbled(endpoint, answer::too_long()));
        }
        self.note(endpoint, response.status().as_u16(), body.len(), started);
        Ok(body)
    }

    /// The fields of a body.
    pub fn parse<'a>(
        &self,
        endpoint: &'static str,
        body: &'a [u8],
    ) -> Result<Answer<'a>, ApiError> {
        Answer::parse(body).map_err(|error| self.garbled(endpoint, error.to_string()))
    }

    /// Sends a request and splits its answer's list while it arrives. Returns the other fields.
    pub async fn stream(
        &self,
        endpoint: &'static str,
        list: &'static str,
        limits: Limits,
        request: RequestBuilder,
        outlet: &Outlet,
    ) -> Result<(Map<String, Value>, Option<Timestamp>), ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request).await?;
        let date = header(&response, &DATE).and_then(http_date);
        let mut splitter = Splitter::new(list);
        let mut chunk = outlet.empty();
        let mut size = 0;
        let mut progress = Progress::new(limits, SILENCE, Instant::now());
        while let Some(bytes) = self.next(endpoint, &mut response).await? {
            let bytes = bytes.as_ref();
            size += bytes.len();
            for piece in bytes.chunks(PIECE) {
                let pushed = splitter.push(piece, &mut chunk);
                let elements = chunk.len();
                chunk = outlet.put(chunk).await;
                // Only now: the answer is not slow where its reader is.
                progress
                    .note(piece.len(), elements, Instant::now())
                    .map_err(|halt| self.failed(endpoint, halted(halt, limits)))?;
                pushed.map_err(|error| self.garbled(endpoint, error.to_string()))?;
            }
        }
        outlet.give_back(chunk);
        self.note(endpoint, response.status().as_u16(), size, started);
        let envelope = splitter
            .finish()
            .map_err(|error| self.garbled(endpoint, error.to_string()))?;
        let envelope: Map<String, Value> = serde_json::from_slice(&envelope)
            .map_err(|error| self.garbled(endpoint, error.to_string()))?;
        // Not empty, it would be one that was not split: `"\u0065vents"`.
        let found = envelope.get(list).and_then(Value::as_array);
        if found.is_some_and(Vec::is_empty) {
            Ok((envelope, date))
        } else {
            Err(self.garbled(endpoint, format!("no list of {list} in it")))
        }
    }

    /// Sends a request; anything but a 200 that can be read is an error.
    pub async fn send(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Response, ApiError> {
        let started = Instant::now();
        let mut response = match timeout(SILENCE, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let failure = unanswered(&error, self.account(), started.elapsed());
                Err(self.failed(endpoint, failure))
            }
            Err(_) => Err(self.failed(endpoint, Failure::Silent(SILENCE))),
        }
        .inspect_err(|error| self.note_failure(endpoint, error, started))?;
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
        let body = self.read(endpoint, &mut response, LONGEST_ERROR).await;
        let length = body.as_ref().map_or(0, Vec::len);
        self.note(endpoint, status, length, started);
        let head = Head {
            status,
            retry_after: header(&response, &RETRY_AFTER),
            date: header(&response, &DATE),
            location: header(&response, &LOCATION),
        };
        let body = match body {
            Err(_) if head.says_when() => Vec::new(),
            // A 400 may mean a lost queue or a proxy: without the whole body there is no telling.
            body => body?,
        };
        Err(self.failed(endpoint, head.failure(&body)))
    }

    /// The body, or its first `limit` bytes.
    async fn read(
        &self,
        endpoint: &'static str,
        response: &mut Response,
        limit: usize,
    ) -> Result<Vec<u8>, ApiError> {
        let mut body = Vec::new();
        let mut progress = Progress::new(Limits::NONE, SILENCE, Instant::now());
        while body.len() < limit
            && let Some(bytes) = self.next(endpoint, response).await?
        {
            let bytes = bytes.as_ref();
            progress
                .note(bytes.len(), 0, Instant::now())
                .map_err(|halt| self.failed(endpoint, halted(halt, Limits::NONE)))?;
            body.extend_from_slice(bytes);
        }
        body.truncate(limit);
        Ok(body)
    }

    /// The next bytes of a body. Not reqwest's own limit between them: that one runs on while the
    /// last ones are being written to a reader who is slow.
    async fn next(
        &self,
        endpoint: &'static str,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>, ApiError> {
        match timeout(SILENCE, response.chunk()).await {
            Ok(Ok(bytes)) => Ok(bytes),
            // Only requests that are short as a whole have a limit besides ours.
            Ok(Err(error)) => Err(self.failed(endpoint, broken_off(&error, SHORT))),
            Err(_) => Err(self.failed(endpoint, Failure::Silent(SILENCE))),
        }
    }

    fn note(&self, endpoint: &str, status: u16, size: usize, started: Instant) {
        let time = started.elapsed().as_millis();
        self.trace(|| format!("{endpoint}: {status}, {size} bytes, {time} ms"));
    }

    fn note_failure(&self, endpoint: &str, error: &ApiError, started: Instant) {
        let time = started.elapsed().as_millis();
        self.trace(|| format!("{endpoint}: {error}, {time} ms"));
    }
}

fn halted(halt: Halt, limits: Limits) -> Failure {
    match halt {
        Halt::Slow => Failure::Silent(SILENCE),
        Halt::Futile => Failure::Garbled("it goes on and on with nothing in it".into()),
        Halt::TooMany => Failure::Garbled("it has more rows than were asked for".into()),
        Halt::TooLong => Failure::LongPage(limits.bytes),
    }
}

fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// How a body is compressed: no request of ours allows it, but some proxies do it all the same.
fn compression(response: &Response) -> Option<String> {
    let encoding = response.headers().get(CONTENT_ENCODING)?;
    let name = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
    Some(name).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
}
