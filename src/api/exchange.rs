//! One request and its answer: sent, timed, read whole or split while it arrives.
//!
//! Not for what is asked (`mod.rs`), nor for what a failure means (`error.rs`).

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_ENCODING, DATE, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::answer::{self, Answer};
use super::error::{self, Answered, Failure};
use super::progress::{Halt, Limits, Progress};
use super::scan::Scanner;
use super::{Account, ApiError, Client, Outlet, SHORT, history, tls};

/// How long a silent answer is waited for. The server answers a poll within 55 s.
const SILENCE: Duration = Duration::from_secs(100);
const CONNECT: Duration = Duration::from_secs(20);
/// The server closes a connection that was idle for 65 s.
const IDLE: Duration = Duration::from_mins(1);
/// Bytes that are split at a time: what the processor's cache takes.
const PIECE: usize = 64 << 10;
/// The part of an error page that is read.
const LONGEST_ERROR: usize = 64 << 10;

/// Connections for this account; none is made yet.
pub fn connections(account: &Account) -> Result<reqwest::Client, ApiError> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE);
    // Nobody wants a request to this machine, or the key in it, to go round by another one.
    let builder = if account.site.is_loopback() {
        builder.no_proxy()
    } else {
        builder
    };
    tls::configure(builder, account)?
        .build()
        .map_err(|error| tls::unusable_by(account, &error))
}

impl Client {
    /// Sends a request and reads its answer's body as a whole.
    pub(super) async fn whole(
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
    pub(super) fn parse<'a>(
        &self,
        endpoint: &'static str,
        body: &'a [u8],
    ) -> Result<Answer<'a>, ApiError> {
        Answer::parse(body).map_err(|error| self.garbled(endpoint, error.to_string()))
    }

    /// Sends a request and splits its answer's list while it arrives. Returns the other fields.
    pub(super) async fn stream(
        &self,
        (endpoint, list): (&'static str, &'static str),
        limits: Limits,
        request: RequestBuilder,
        outlet: &Outlet,
    ) -> Result<(Map<String, Value>, Option<Timestamp>), ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request).await?;
        let date = header(&response, &DATE).and_then(error::http_date);
        let mut scanner = Scanner::new(list);
        let mut chunk = outlet.empty();
        let mut size = 0;
        let mut progress = Progress::new(limits, SILENCE, Instant::now());
        while let Some(bytes) = self.next(endpoint, &mut response).await? {
            let bytes = bytes.as_ref();
            size += bytes.len();
            for piece in bytes.chunks(PIECE) {
                let pushed = scanner.push(piece, &mut chunk);
                let elements = chunk.len();
                chunk = outlet.put(chunk).await;
                // Only now: the answer is not slow where its reader is.
                progress
                    .note(piece.len(), elements, Instant::now())
                    .map_err(|halt| self.halted(endpoint, halt))?;
                pushed.map_err(|error| self.garbled(endpoint, error.to_string()))?;
            }
        }
        outlet.give_back(chunk);
        self.note(endpoint, response.status().as_u16(), size, started);
        let envelope = scanner
            .finish()
            .map_err(|error| self.garbled(endpoint, error.to_string()))?;
        let envelope: Map<String, Value> = serde_json::from_slice(&envelope)
            .map_err(|error| self.garbled(endpoint, error.to_string()))?;
        if envelope.get(list).is_some_and(Value::is_array) {
            Ok((envelope, date))
        } else {
            Err(self.garbled(endpoint, format!("no list of {list} in it")))
        }
    }

    fn halted(&self, endpoint: &'static str, halt: Halt) -> ApiError {
        let failure = match halt {
            Halt::Slow => Failure::Silent(SILENCE),
            Halt::Futile => Failure::Garbled("it goes on and on with nothing in it".into()),
            Halt::TooMany => Failure::Garbled("it has more rows than were asked for".into()),
            Halt::TooLong => Failure::LongPage(history::LONGEST_PAGE),
        };
        ApiError::new(&self.account.site, endpoint, failure)
    }

    /// Sends a request; anything but a 200 that can be read is an error.
    pub(super) async fn send(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Response, ApiError> {
        let started = Instant::now();
        let sending = self.sign(request).header(ACCEPT, "application/json").send();
        let site = &self.account.site;
        let mut response = match timeout(SILENCE, sending).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let whose = (site, &self.account.tls);
                let error = ApiError::from_sending(whose, endpoint, &error, started.elapsed());
                Err(self.failed(error))
            }
            Err(_) => Err(self.silent(endpoint)),
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
        let mut answered = Answered {
            status,
            retry_after: header(&response, &RETRY_AFTER),
            date: header(&response, &DATE),
            location: header(&response, &LOCATION),
            body: &[],
        };
        let body = match body {
            Err(_) if answered.says_when() => Vec::new(),
            // A 400 may mean a lost queue or a proxy: without the whole body there is no telling.
            body => body?,
        };
        answered.body = &body;
        let failure = Failure::from_answer(&answered);
        Err(self.failed(ApiError::new(site, endpoint, failure)))
    }

    /// The body, or its first `limit` bytes.
    async fn read(
        &self,
        endpoint: &'static str,
        response: &mut Response,
        limit: usize,
    ) -> Result<Vec<u8>, ApiError> {
        let mut body = Vec::new();
        while body.len() < limit
            && let Some(bytes) = self.next(endpoint, response).await?
        {
            body.extend_from_slice(bytes.as_ref());
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
            Ok(Err(error)) => {
                let site = &self.account.site;
                // Only requests that are short as a whole have a limit besides ours.
                Err(self.failed(ApiError::from_body(site, endpoint, &error, SHORT)))
            }
            Err(_) => Err(self.silent(endpoint)),
        }
    }

    fn silent(&self, endpoint: &'static str) -> ApiError {
        ApiError::new(&self.account.site, endpoint, Failure::Silent(SILENCE))
    }

    fn note(&self, endpoint: &str, status: u16, size: usize, started: Instant) {
        if let Some(trace) = &self.trace {
            let time = started.elapsed().as_millis();
            trace(&format!("{endpoint}: {status}, {size} bytes, {time} ms"));
        }
    }

    fn note_failure(&self, endpoint: &str, error: &ApiError, started: Instant) {
        if let Some(trace) = &self.trace {
            let time = started.elapsed().as_millis();
            trace(&format!("{endpoint}: {error}, {time} ms"));
        }
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
