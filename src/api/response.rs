//! One request and its answer: sent, timed, read whole or split while it arrives.
//!
//! Each wait for the server has a limit of its own: the one for the head of the answer, and the one for each
//! piece of its body.

use std::io::Read;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Map, Value};

use super::client::{Client, EVENTS};
use super::error::ApiError;
use super::pace::{Budget, Pace};
use super::retry_after::date;
use super::split::{Chunk, Splitter};
use crate::fields::Fields;

/// How long a request that is no poll may take as a whole.
pub const SHORT: Duration = Duration::from_mins(1);
/// How long a silent answer is waited for. The server answers a poll within 55 s.
pub const SILENCE: Duration = Duration::from_secs(100);
/// Bytes that are split at a time: what the processor's cache takes.
const PIECE: usize = 64 << 10;
/// The longest answer that is read as a whole. Old servers may put all they know into that to
/// register, which is some megabytes.
const LONGEST_ANSWER: usize = 16 << 20;
/// The longest page of history, which is held until it is understood: 1,000 rows of 10,000 characters, with
/// room.
const LONGEST_PAGE: usize = 256 << 20;
/// The part of an error page that is read.
const LONGEST_ERROR: usize = 64 << 10;

/// A list of which elements are handed out while the answer arrives.
pub struct ListResponse {
    client: Client,
    endpoint: &'static str,
    list: &'static str,
    response: Response,
    /// How many elements were asked for: there may not be more, nor more than [`LONGEST_PAGE`] bytes.
    most: Option<usize>,
    splitter: Splitter,
    buffer: Vec<u8>,
    /// What is wrong with the last piece, of which the elements before the damage are handed out first.
    damage: Option<ApiError>,
    started: Instant,
    bytes: usize,
    elements: usize,
}

impl ListResponse {
    /// Waits for the next piece of the answer and puts the elements that it completes into `chunk`, in place
    /// of what is in there. False: the answer has ended.
    pub fn read(&mut self, chunk: &mut Chunk) -> Result<bool, ApiError> {
        chunk.clear();
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        let length = self.response.read(&mut self.buffer).map_err(|error| {
            let site = &self.client.account().site;
            ApiError::broken_off(site, self.endpoint, &error)
        })?;
        let piece = self.buffer.get(..length).unwrap_or_default();
        self.bytes = self.bytes.saturating_add(length);
        let split = self.splitter.push(piece, chunk);
        self.elements = self.elements.saturating_add(chunk.len());
        let damage = match self.most {
            Some(most) if self.elements > most => {
                Some("it has more rows than were asked for".to_owned())
            }
            Some(_) if self.bytes > LONGEST_PAGE => Some("it is too long".to_owned()),
            _ => split.err().map(|error| error.to_string()),
        };
        self.damage = damage.map(|damage| self.client.garbled(self.endpoint, damage));
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
    /// Sends a request and makes something of the answer's fields; the error says what is wrong with them.
    pub fn fetch<T>(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
        read: impl FnOnce(&Fields) -> Result<T, String>,
    ) -> Result<T, ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request)?;
        let status = response.status().as_u16();
        let body = self.read(endpoint, &mut response, LONGEST_ANSWER + 1)?;
        if body.len() > LONGEST_ANSWER {
            return Err(self.garbled(endpoint, "it is too long"));
        }
        self.trace_answer(endpoint, status, body.len(), started);
        let answer = serde_json::from_slice(&body).map_err(|error| error.to_string());
        let answer = answer.and_then(|answer| read(&answer));
        answer.map_err(|cause| self.garbled(endpoint, cause))
    }

    /// Sends a request for a list, and waits for the head of its answer.
    pub fn list_response(
        &self,
        endpoint: &'static str,
        list: &'static str,
        most: Option<usize>,
        request: RequestBuilder,
    ) -> Result<ListResponse, ApiError> {
        let started = Instant::now();
        Ok(ListResponse {
            client: self.clone(),
            endpoint,
            list,
            response: self.send(endpoint, request)?,
            most,
            splitter: Splitter::new(list),
            buffer: vec![0; PIECE],
            damage: None,
            started,
            bytes: 0,
            elements: 0,
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
        let mut response = request.send().map_err(|error| {
            let time = started.elapsed();
            let error = ApiError::unanswered(self.account(), endpoint, &error, time);
            self.trace(|| format!("{endpoint}: {error}, {} ms", time.as_millis()));
            error
        })?;
        let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse().ok();
        match number("x-ratelimit-limit").zip(number("x-ratelimit-remaining")) {
            Some((limit, remaining)) => self.paces().insert(
                budget,
                Pace {
                    sent: started,
                    limit,
                    remaining,
                },
            ),
            None => self.paces().remove(&budget),
        };
        let status = response.status().as_u16();
        if status == 200 {
            return Ok(response);
        }
        let body = match self.read(endpoint, &mut response, LONGEST_ERROR) {
            // Its body decides nothing.
            Err(_) if matches!(status, 408 | 429 | 500..) => Vec::new(),
            // A 400 may mean a lost queue or a proxy: only the whole body shows which.
            body => body?,
        };
        self.trace_answer(endpoint, status, body.len(), started);
        let headers = response.headers();
        Err(ApiError::of_answer(
            self.account(),
            endpoint,
            status,
            headers,
            &body,
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
            .map_err(|error| ApiError::broken_off(&self.account().site, endpoint, &error))?;
        Ok(body)
    }

    fn trace_answer(&self, endpoint: &str, status: u16, size: usize, started: Instant) {
        let time = started.elapsed().as_millis();
        self.trace(|| format!("{endpoint}: {status}, {size} bytes, {time} ms"));
    }
}
