//! A queue of events: registered, polled, kept alive, deleted (`/register`, `/events`).
//!
//! Not for what is done when one is lost (`tail/recovery.rs`). Parameters and answers: Zulip's
//! `zerver/openapi/zulip.yaml`, `zerver/views/events_register.py` and `zerver/tornado/views.py`; the same
//! since 1.7 but where a comment says otherwise.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use url::{Url, form_urlencoded};

use super::client::{Client, json};
use super::error::ApiError;
use super::response::{Limits, ListResponse, SHORT};
use crate::event::{EventId, QueueId};
use crate::secret::holds;
use crate::selection::Selection;

/// How long a poll must wait at least to count; cut within 10 ms it may leave a ghost that keeps
/// the queue for another minute (measured on Zulip 9.2).
const PARKED: Duration = Duration::from_millis(150);
/// Without these new servers drop typing in channels, send one event for each of many deleted
/// messages, or send each setting twice. `notification_settings_null` must be there (Zulip 9.2).
const CAPABILITIES: &str = r#"{"notification_settings_null":true,"bulk_message_deletion":true,"stream_typing_notifications":true,"user_settings_object":true,"linkifier_url_template":true}"#;

/// What `POST /register` is asked for.
#[derive(Debug)]
pub struct Register {
    /// None: every kind.
    event_types: Option<Vec<String>>,
    /// Terms that must all hold; only messages are filtered.
    narrow: Vec<(&'static str, String)>,
    /// Messages of public channels without a subscription as well.
    all_public: bool,
    /// Content as HTML.
    apply_markdown: bool,
    lifespan: Option<Duration>,
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

impl Register {
    /// What brings the events of a selection. `lifespan` is how long the server keeps the queue while
    /// nobody polls; none: its default.
    pub fn of(selection: &Selection, lifespan: Option<Duration>) -> Register {
        Register {
            event_types: selection.server_kinds(),
            narrow: selection.server_narrow(),
            all_public: selection.wants_all_public(),
            apply_markdown: selection.apply_markdown,
            lifespan,
        }
    }

    /// Leaves out public channels after a refusal that may be about them, if only a narrow made us
    /// ask for them: new servers refuse them to guests with a 400. Tells whether to ask again.
    pub fn ask_for_less(&mut self, selection: &Selection, refusal: &ApiError) -> bool {
        let asks_again = self.all_public && !selection.all_public && refusal.is_bad_request();
        self.all_public &= !asks_again;
        asks_again
    }
}

impl Client {
    /// Registers a queue, with an answer as small as the server can make it.
    pub fn register(&self, register: &Register) -> Result<Registered, ApiError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        // The version is all that is asked of the server's state.
        form.append_pair("fetch_event_types", &json(&["zulip_version"]));
        // Both are named even where they are off: a bot account may have other defaults.
        form.append_pair("all_public_streams", &json(&register.all_public));
        form.append_pair("apply_markdown", &json(&register.apply_markdown));
        form.append_pair("client_capabilities", CAPABILITIES);
        if let Some(kinds) = &register.event_types {
            form.append_pair("event_types", &json(kinds));
        }
        if let Some(lifespan) = register.lifespan {
            // Servers ignore the name that they do not know: the second is for those since 2026.
            form.append_pair("queue_lifespan_secs", &json(&lifespan.as_secs()));
            form.append_pair("idle_queue_timeout", &json(&lifespan.as_secs()));
        }
        if !register.narrow.is_empty() {
            form.append_pair("narrow", &json(&register.narrow));
        }
        let endpoint = "register";
        let request = self
            .request(Method::POST, self.url(endpoint))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish())
            .timeout(SHORT);
        let body = self.whole(endpoint, request)?;
        let answer = self.parse(endpoint, &body)?;
        let queue = answer
            .queue_id()
            .map_err(|cause| self.garbled(endpoint, cause))?;
        if self.secrets().iter().any(|secret| holds(&queue, secret)) {
            // It would stand in the cursor file and in what is said.
            return Err(self.garbled(endpoint, "its queue_id holds the account's key"));
        }
        Ok(Registered {
            queue: QueueId(queue),
            version: answer.version(),
            feature_level: answer.feature_level().unwrap_or(0),
        })
    }

    /// Acknowledges all events up to `last` and asks for the later ones.
    pub fn events(
        &self,
        queue: &QueueId,
        last: EventId,
        wait: Wait,
    ) -> Result<ListResponse, ApiError> {
        let mut url = self.poll(queue, last);
        if wait == Wait::DontBlock {
            url.query_pairs_mut().append_pair("dont_block", "true");
        }
        let request = self.request(Method::GET, url);
        self.list_response("events", "events", Limits::NONE, request)
    }

    /// Parks a poll for a moment and hangs up: only a poll that waits restarts the clock by which
    /// the server drops the queue. Events that come just then are left for the next poll.
    pub fn park(&self, queue: &QueueId, last: EventId) -> Result<(), ApiError> {
        let request = self.request(Method::GET, self.poll(queue, last));
        self.send("events", request.timeout(PARKED)).map(drop)
    }

    fn poll(&self, queue: &QueueId, last: EventId) -> Url {
        let mut url = self.url("events");
        url.query_pairs_mut()
            .append_pair("queue_id", &queue.0)
            .append_pair("last_event_id", &last.0.to_string());
        url
    }

    /// Deletes a queue; gives up after `limit`.
    pub fn delete(&self, queue: &QueueId, limit: Duration) -> Result<(), ApiError> {
        let endpoint = "events";
        let mut url = self.url(endpoint);
        url.query_pairs_mut().append_pair("queue_id", &queue.0);
        let request = self.request(Method::DELETE, url).timeout(limit);
        self.whole(endpoint, request).map(drop)
    }
}
