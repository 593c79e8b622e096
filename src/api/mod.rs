//! The server's HTTP API: one method per endpoint, typed replies, all time limits.
//!
//! Not for deciding what to do about a failure (`tail.rs`) and never for printing. Parameters and
//! replies: Zulip's `zerver/openapi/zulip.yaml`, `zerver/views/events_register.py` and
//! `zerver/tornado/views.py`; the same since 1.7 but where a comment says otherwise.

mod answer;
pub mod directory;
mod distrust;
mod error;
mod progress;
pub mod scan;
mod tls;

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, DATE, LOCATION};
use serde::Serialize;
use serde_json::{Map, Value};

use answer::Answer;
use error::{Answered, Failure};
pub use error::{ApiError, Verdict};
use progress::{Halt, Limits, Progress};
use scan::{Chunk, Scanner};

use crate::event::{EventId, MessageId, QueueId};
use crate::secret::{ApiKey, REDACTED};
use crate::site::Site;
pub use tls::Tls;

/// How long a silent answer is waited for. The server answers a poll within 55 s.
const SILENCE: Duration = Duration::from_secs(100);
/// How long any other request may take as a whole.
const SHORT: Duration = Duration::from_mins(1);
const CONNECT: Duration = Duration::from_secs(20);
/// How long a poll must wait at least to count; cut within 10 ms it may leave a ghost that keeps
/// the queue for another minute (measured on Zulip 9.2).
const PARKED: Duration = Duration::from_millis(150);
/// The server closes a connection that was idle for 65 s.
const IDLE: Duration = Duration::from_mins(1);
/// Bytes read at a time.
const BUFFER: usize = 64 * 1024;
/// The longest page of history: it is held until it is understood.
const LONGEST_PAGE: usize = 16 << 20;
/// The part of an error page that is read.
const LONGEST_ERROR: u64 = 64 << 10;

/// Whose events are read, where, and whom to trust.
#[derive(Debug)]
pub struct Account {
    /// The server.
    pub site: Site,
    /// The login address.
    pub email: String,
    /// The key that goes with it.
    pub key: ApiKey,
    /// Certificates.
    pub tls: Tls,
}

/// Told of each request: one line with its answer's status, size and time.
pub type Trace = Box<dyn Fn(&str) + Send + Sync>;

/// One account at one server, over connections that are kept alive.
pub struct Client {
    http: reqwest::blocking::Client,
    account: Account,
    trace: Option<Trace>,
}

/// What `POST /register` is asked for.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// None: every kind.
    pub event_types: Option<Vec<String>>,
    /// Terms that must all hold; only messages are filtered.
    pub narrow: Vec<(&'static str, String)>,
    /// Messages of public channels without a subscription as well.
    pub all_public: bool,
    /// Content as HTML.
    pub apply_markdown: bool,
    /// How long the server keeps the queue while nobody polls; none: its default.
    pub lifespan: Option<Duration>,
}

/// A queue as registered.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its name.
    pub queue: QueueId,
    /// The server's version, if it tells.
    pub version: Option<String>,
    /// 0 for servers before 3.0, which have none.
    pub feature_level: u64,
}

/// Whether a poll waits for the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Answer when there is something, at the latest with a heartbeat.
    Block,
    /// Answer at once.
    DontBlock,
}

/// The account as `GET /users/me` shows it.
#[derive(Clone, Debug)]
pub struct Me {
    /// The user id.
    pub user_id: i64,
    /// The address that messages carry, which need not be the login address.
    pub email: String,
    /// The name.
    pub name: String,
    /// Whether it is a bot.
    pub is_bot: bool,
}

/// The server as `GET /server_settings` shows it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organization.
    pub name: String,
    /// The server's version.
    pub version: String,
    /// 0 for servers before 3.0, which have none.
    pub feature_level: u64,
}

/// A page of `GET /messages`.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// Where it begins.
    pub anchor: Anchor,
    /// Rows before the anchor.
    pub before: u32,
    /// Rows after it.
    pub after: u32,
    /// Terms in JSON, as history takes them.
    pub narrow: String,
    /// Content as HTML.
    pub apply_markdown: bool,
}

/// The place in history that a page is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Beyond the newest message.
    Newest,
    /// This message, or the place where it would be; itself never on the page of a new server.
    Id(MessageId),
}

/// What a page says beside its rows. Servers before 1.8 may not tell, so that a count must do.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Whether nothing comes after it.
    pub found_newest: Option<bool>,
    /// Whether nothing comes before it.
    pub found_oldest: Option<bool>,
    /// When the server answered, by its own clock.
    pub date: Option<Timestamp>,
}

/// What a poll says beside its events.
#[derive(Clone, Copy, Debug)]
pub struct Polled {
    /// When the server answered, by its own clock.
    pub date: Option<Timestamp>,
}

/// Takes list elements while an answer arrives.
pub trait Outlet {
    /// Takes a chunk of elements and gives back an empty one to be filled next.
    fn put(&mut self, chunk: Chunk) -> Chunk;

    /// Takes the last chunk of an answer whose end has come; it may be kept until the answer is
    /// understood.
    fn put_last(&mut self, chunk: Chunk);
}

impl Client {
    /// A client for this account. Nothing is sent yet.
    pub fn new(account: Account, trace: Option<Trace>) -> Result<Client, ApiError> {
        let builder = reqwest::blocking::Client::builder()
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(SILENCE)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE);
        // Nobody wants a request to this machine, or the key in it, to go round by another one.
        let builder = if account.site.is_loopback() {
            builder.no_proxy()
        } else {
            builder
        };
        let http = tls::configure(builder, &account)?
            .build()
            .map_err(|error| tls::unusable_by(&account, &error))?;
        Ok(Client {
            http,
            account,
            trace,
        })
    }

    /// The account that it speaks for.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Registers a queue, with an answer as small as the server can make it.
    pub fn register(&self, register: &Register) -> Result<Registered, ApiError> {
        let mut form = vec![
            // The version is all that is asked of the server's state.
            ("fetch_event_types", json(&["zulip_version"])),
            // Both are named even where they are off: a bot account may have other defaults.
            ("all_public_streams", json(&register.all_public)),
            ("apply_markdown", json(&register.apply_markdown)),
            ("client_capabilities", CAPABILITIES.to_owned()),
        ];
        if let Some(kinds) = &register.event_types {
            form.push(("event_types", json(kinds)));
        }
        if let Some(lifespan) = register.lifespan {
            // Servers ignore the name that they do not know: the second is for those since 2026.
            form.push(("queue_lifespan_secs", json(&lifespan.as_secs())));
            form.push(("idle_queue_timeout", json(&lifespan.as_secs())));
        }
        if !register.narrow.is_empty() {
            form.push(("narrow", json(&register.narrow)));
        }
        let endpoint = "register";
        let request = self
            .http
            .post(self.url(endpoint))
            .form(&form)
            .timeout(SHORT);
        let body = self.whole(endpoint, request)?;
        let answer = self.parse(endpoint, &body)?;
        let queue = answer
            .queue_id()
            .map_err(|cause| self.garbled(endpoint, cause))?;
        if self.redact(&queue) != queue {
            // It would stand in the cursor file and in what is said.
            return Err(self.garbled(endpoint, "its queue_id holds the account's key".into()));
        }
        Ok(Registered {
            queue: QueueId(queue),
            version: answer.version().map(|version| self.redact(&version)),
            feature_level: answer.feature_level().unwrap_or(0),
        })
    }

    /// Acknowledges all events up to `last` and hands out the later ones as they arrive.
    pub fn events(
        &self,
        queue: &QueueId,
        last: EventId,
        wait: Wait,
        outlet: &mut dyn Outlet,
    ) -> Result<Polled, ApiError> {
        let mut query = vec![
            ("queue_id", queue.0.clone()),
            ("last_event_id", last.0.to_string()),
        ];
        if wait == Wait::DontBlock {
            query.push(("dont_block", json(&true)));
        }
        let endpoint = "events";
        let request = self.http.get(self.url(endpoint)).query(&query);
        let (_, date) = self.stream((endpoint, endpoint), Limits::NONE, request, outlet)?;
        Ok(Polled { date })
    }

    /// Parks a poll for a moment and hangs up: only a poll that waits restarts the clock by which
    /// the server drops the queue. Events that come just then are left for the next poll.
    pub fn park(&self, queue: &QueueId, last: EventId) {
        let request = self.http.get(self.url("events")).timeout(PARKED).query(&[
            ("queue_id", queue.0.as_str()),
            ("last_event_id", &last.0.to_string()),
        ]);
        // Hanging up is the expected end.
        let _ = self.send("events", request);
    }

    /// A page of history; rows in ascending order.
    pub fn messages(&self, page: &PageQuery, outlet: &mut dyn Outlet) -> Result<Page, ApiError> {
        let anchor = match page.anchor {
            // Beyond any id; old servers know no `newest`.
            Anchor::Newest => "10000000000000000".to_owned(),
            Anchor::Id(MessageId(id)) => id.to_string(),
        };
        let mut query = vec![
            ("anchor", anchor),
            ("num_before", page.before.to_string()),
            ("num_after", page.after.to_string()),
            ("narrow", page.narrow.clone()),
            ("apply_markdown", json(&page.apply_markdown)),
        ];
        if page.anchor != Anchor::Newest {
            query.push(("include_anchor", json(&false)));
        }
        let endpoint = "messages";
        let request = self.http.get(self.url(endpoint)).query(&query);
        let limits = Limits {
            // Old servers add the anchor's own row.
            elements: page.before.saturating_add(page.after).saturating_add(1) as usize,
            bytes: LONGEST_PAGE,
        };
        let (envelope, date) = self.stream((endpoint, endpoint), limits, request, outlet)?;
        let found = |name| envelope.get(name).and_then(Value::as_bool);
        Ok(Page {
            found_newest: found("found_newest"),
            found_oldest: found("found_oldest"),
            date,
        })
    }

    /// Deletes a queue; gives up after `limit`.
    pub fn delete(&self, queue: &QueueId, limit: Duration) -> Result<(), ApiError> {
        let request = self
            .http
            .delete(self.url("events"))
            .query(&[("queue_id", &queue.0)])
            .timeout(limit);
        self.whole("events", request).map(drop)
    }

    /// Who the account is to others.
    pub fn me(&self) -> Result<Me, ApiError> {
        let endpoint = "users/me";
        let body = self.whole(endpoint, self.http.get(self.url(endpoint)).timeout(SHORT))?;
        let answer = self.parse(endpoint, &body)?;
        let user = answer.user();
        let (user_id, email) = user.map_err(|cause| self.garbled(endpoint, cause))?;
        Ok(Me {
            user_id,
            email,
            name: answer.full_name().unwrap_or_default(),
            is_bot: answer.is_bot(),
        })
    }

    /// What answers there. Anybody may ask.
    pub fn settings(&self) -> Result<Settings, ApiError> {
        let endpoint = "server_settings";
        let body = self.whole(endpoint, self.http.get(self.url(endpoint)).timeout(SHORT))?;
        let answer = self.parse(endpoint, &body)?;
        let version = answer
            .version()
            .ok_or_else(|| self.garbled(endpoint, "no zulip_version in it".into()))?;
        Ok(Settings {
            name: answer.realm_name().unwrap_or_default(),
            version,
            feature_level: answer.feature_level().unwrap_or(0),
        })
    }

    fn url(&self, endpoint: &str) -> url::Url {
        self.account.site.endpoint(endpoint)
    }

    /// An answer that has the right form and makes no sense.
    pub fn not_understood(&self, endpoint: &'static str, cause: &str) -> ApiError {
        self.garbled(endpoint, cause.to_owned())
    }

    fn garbled(&self, endpoint: &'static str, cause: String) -> ApiError {
        self.failed(ApiError::new(
            &self.account.site,
            endpoint,
            Failure::Garbled(cause),
        ))
    }

    /// An error as it may be shown: it may quote a server that quotes us.
    fn failed(&self, error: ApiError) -> ApiError {
        error.map_texts(|text| self.redact(&text))
    }

    /// The text without the key, and without the form in which requests carry it.
    fn redact(&self, text: &str) -> String {
        let text = self.account.key.redact(text);
        let request = self.sign(self.http.get(self.url(""))).build().ok();
        let header = request
            .as_ref()
            .and_then(|r| r.headers().get(AUTHORIZATION));
        let header = header.and_then(|value| value.to_str().ok());
        match header.and_then(|value| value.strip_prefix("Basic ")) {
            Some(encoded) => text.replace(encoded, REDACTED),
            None => text,
        }
    }

    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.account.email, Some(self.account.key.expose()))
    }

    /// Sends a request and reads its answer's body as a whole.
    fn whole(&self, endpoint: &'static str, request: RequestBuilder) -> Result<Vec<u8>, ApiError> {
        let started = Instant::now();
        let response = self.send(endpoint, request)?;
        let status = response.status().as_u16();
        let body = answer::read(response)
            .map_err(|error| self.cut(endpoint, &error))?
            .ok_or_else(|| self.garbled(endpoint, answer::too_long()))?;
        self.note(endpoint, status, body.len(), started);
        Ok(body)
    }

    fn parse<'a>(&self, endpoint: &'static str, body: &'a [u8]) -> Result<Answer<'a>, ApiError> {
        Answer::parse(body).map_err(|error| self.garbled(endpoint, error.to_string()))
    }

    /// Sends a request and splits its answer's list while it arrives. Returns the other fields.
    fn stream(
        &self,
        (endpoint, list): (&'static str, &'static str),
        limits: Limits,
        request: RequestBuilder,
        outlet: &mut dyn Outlet,
    ) -> Result<(Map<String, Value>, Option<Timestamp>), ApiError> {
        let started = Instant::now();
        let mut response = self.send(endpoint, request)?;
        let date = response
            .headers()
            .get(DATE)
            .and_then(|date| date.to_str().ok());
        let date = date.and_then(error::http_date);
        let length = response.content_length();
        let needed = length.and_then(|length| usize::try_from(length).ok());
        let mut buffer = vec![0; needed.map_or(BUFFER, |needed| needed.clamp(1, BUFFER))];
        let mut scanner = Scanner::new(list);
        let mut chunk = outlet.put(Chunk::default());
        let mut size = 0;
        let mut progress = Progress::new(limits, SILENCE, Instant::now());
        loop {
            let read = match response.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.cut(endpoint, &error)),
            };
            size += read;
            let pushed = scanner.push(buffer.get(..read).unwrap_or_default(), &mut chunk);
            progress
                .note(read, chunk.len(), Instant::now())
                .map_err(|halt| self.halted(endpoint, halt))?;
            // With the last byte the end is known, and the chunk spares a wake-up of its own.
            let ended = length == Some(size as u64) && pushed.is_ok();
            if !chunk.is_empty() && !ended {
                chunk = outlet.put(chunk);
            }
            pushed.map_err(|error| self.garbled(endpoint, error.to_string()))?;
        }
        outlet.put_last(chunk);
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
            Halt::TooLong => Failure::LongPage(LONGEST_PAGE),
        };
        ApiError::new(&self.account.site, endpoint, failure)
    }

    /// Sends a request; anything but a 200 that can be read is an error.
    fn send(&self, endpoint: &'static str, request: RequestBuilder) -> Result<Response, ApiError> {
        let started = Instant::now();
        let response = self
            .sign(request)
            .header(ACCEPT, "application/json")
            .send()
            .map_err(|error| {
                let account = &self.account;
                let whose = (&account.site, &account.tls);
                let error = ApiError::from_reqwest(whose, endpoint, &error, SILENCE);
                let error = self.failed(error);
                self.note_failure(endpoint, &error, started);
                error
            })?;
        let status = response.status();
        if status.as_u16() == 200 {
            return match compression(&response) {
                None => Ok(response),
                Some(name) => Err(self.garbled(
                    endpoint,
                    format!("it is compressed ({name}), which nobody asked for: check what stands before the server"),
                )),
            };
        }
        let headers = response.headers().clone();
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let mut body = Vec::new();
        let read = response.take(LONGEST_ERROR).read_to_end(&mut body);
        self.note(endpoint, status.as_u16(), body.len(), started);
        // A 400 may mean a lost queue or a proxy: without the whole body there is no telling.
        read.map_err(|error| self.cut(endpoint, &error))?;
        Err(self.failed(ApiError::new(
            &self.account.site,
            endpoint,
            Failure::from_answer(&Answered {
                status: status.as_u16(),
                retry_after: header("retry-after"),
                date: header("date"),
                location: header(LOCATION.as_str()),
                body: &body,
            }),
        )))
    }

    fn cut(&self, endpoint: &'static str, error: &io::Error) -> ApiError {
        let site = &self.account.site;
        self.failed(ApiError::from_io(site, endpoint, error, SILENCE))
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

/// Without these new servers drop typing in channels, send one event for each of many deleted
/// messages, or send each setting twice. `notification_settings_null` must be there (Zulip 9.2).
const CAPABILITIES: &str = r#"{"notification_settings_null":true,"bulk_message_deletion":true,"stream_typing_notifications":true,"user_settings_object":true,"linkifier_url_template":true}"#;

/// How a body is compressed: no request of ours allows it, but some proxies do it all the same.
fn compression(response: &Response) -> Option<String> {
    let encoding = response.headers().get(CONTENT_ENCODING)?;
    let name = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
    Some(name).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
}

/// A parameter's value in the API's form: JSON.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
