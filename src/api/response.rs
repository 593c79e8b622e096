//! One request and its answer: sent, timed, read whole or split while it arrives.
//!
//! Each wait for the server has a limit of its own: the one for the head of the answer, and the one for each
//! piece of its body.

use std::io::Read;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::blocking::{RequestBuilder, Response};

use super::client::{Client, EVENTS};
use super::error::ApiError;
use super::pace::{Budget, Pace};
use super::retry_after::date;
use super::split::Splitter;
use crate::event::Event;
use crate::fields::{self, Fields};

/// How long a request that is no poll may take as a whole.
pub const SHORT: Duration = Duration::from_mins(1);
/// How long a silent answer is waited for. The server answers a poll within 55 s.
pub const SILENCE: Duration = Duration::from_secs(100);
/// Bytes that are split at a time, at most: what the processor's cache takes.
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
    /// How much of the buffer the piece in hand takes.
    length: usize,
    /// What is wrong with the piece in hand, behind the elements that it has brought.
    damage: Option<ApiError>,
    started: Instant,
    bytes: usize,
    elements: usize,
}

impl ListResponse {
    /// Waits for the next piece of the answer. False: the answer has ended.
    pub fn read(&mut self) -> Result<bool, ApiError> {
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        self.length = self.response.read(&mut self.buffer).map_err(|error| {
            let site = &self.client.account().site;
            ApiError::broken_off(site, self.endpoint, &error)
        })?;
        self.bytes = self.bytes.saturating_add(self.length);
        if self.most.is_some() && self.bytes > LONGEST_PAGE {
            return Err(self.client.garbled(self.endpoint, "it is too long"));
        }
        let piece = self.buffer.get(..self.length).unwrap_or_default();
        let begun = self.splitter.begin(piece);
        begun.map_err(|error| self.client.garbled(self.endpoint, error))?;
        Ok(self.length > 0)
    }

    /// The next element that the piece in hand completes; none: there is no more in it.
    pub fn next_element(&mut self) -> Option<Event<'_>> {
        if self.damage.is_some() {
            return None;
        }
        let piece = self.buffer.get(..self.length).unwrap_or_default();
        let damage = match self.splitter.next_element(piece) {
            Ok(None) => return None,
            Ok(Some(_)) if self.most.is_some_and(|most| self.elements == most) => {
                "it has more rows than were asked for".to_owned()
            }
            Ok(element) => {
                self.elements += 1;
                return element;
            }
            Err(error) => error.to_string(),
        };
        self.damage = Some(self.client.garbled(self.endpoint, damage));
        None
    }

    /// Whether it has brought an element.
    pub fn has_elements(&self) -> bool {
        self.elements > 0
    }

    /// Reads it to its end, in one go. What was handed out before an error is not all.
    pub fn for_each(mut self, mut each: impl FnMut(&Event)) -> Result<(), ApiError> {
        while self.read()? {
            while let Some(element) = self.next_element() {
                each(&element);
            }
        }
        self.finish(|_| ()).map(drop)
    }

    /// What `read` makes of the other fields of an answer that has ended, and when it was sent by the server's clock.
    pub fn finish<T>(
        self,
        read: impl FnOnce(&Fields) -> T,
    ) -> Result<(T, Option<Timestamp>), ApiError> {
        let (client, endpoint, list) = (&self.client, self.endpoint, self.list);
        let status = self.response.status().as_u16();
        client.trace_answer(endpoint, status, self.bytes, self.started);
        let date = date(self.response.headers());
        let envelope = self
            .splitter
            .finish()
            .map_err(|error| client.garbled(endpoint, error))?;
        let envelope: Fields =
            serde_json::from_slice(&envelope).map_err(|error| client.garbled(endpoint, error))?;
        // Not empty, it would be one that was not split: `"\u0065vents"`.
        let found = envelope.get(list).and_then(fields::list);
        if found.is_some_and(|list| list.is_empty()) {
            Ok((read(&envelope), date))
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
        let response = self.send(endpoint, request)?;
        let length = response.content_length().map(usize::try_from);
        let length = length.and_then(Result::ok).unwrap_or(PIECE);
        Ok(ListResponse {
            client: self.clone(),
            endpoint,
            list,
            response,
            most,
            splitter: Splitter::new(list),
            buffer: vec![0; PIECE.min(length)],
            length: 0,
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
