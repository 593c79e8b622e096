//! The server's HTTP API: one method per endpoint, typed replies, all time limits.
//!
//! Not for deciding what to do about a failure (`tail/link.rs`) and never for printing. Parameters and
//! replies: Zulip's `zerver/openapi/zulip.yaml`, `zerver/views/events_register.py` and
//! `zerver/tornado/views.py`; the same since 1.7 but where a comment says otherwise.

mod answer;
pub mod directory;
mod distrust;
mod error;
mod exchange;
mod history;
mod outlet;
mod progress;
pub mod scan;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Serialize;
use url::{Url, form_urlencoded};

use error::Failure;
pub use error::{ApiError, Verdict};
use exchange::connections;
pub use history::{Anchor, PageQuery};
pub use outlet::Outlet;
use progress::Limits;

use crate::event::{EventId, QueueId};
use crate::secret::{ApiKey, REDACTED};
use crate::site::Site;
pub use tls::Tls;

/// How long a request that is no poll may take as a whole.
const SHORT: Duration = Duration::from_mins(1);
/// How long a poll must wait at least to count; cut within 10 ms it may leave a ghost that keeps
/// the queue for another minute (measured on Zulip 9.2).
const PARKED: Duration = Duration::from_millis(150);

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
    http: reqwest::Client,
    account: Arc<Account>,
    trace: Option<Arc<Trace>>,
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

/// What a poll says beside its events.
#[derive(Clone, Copy, Debug)]
pub struct Polled {
    /// When the server answered, by its own clock.
    pub date: Option<Timestamp>,
}

impl Client {
    /// A client for this account. Nothing is sent yet.
    pub fn new(account: Account, trace: Option<Trace>) -> Result<Client, ApiError> {
        Ok(Client {
            http: connections(&account)?,
            account: Arc::new(account),
            trace: trace.map(Arc::new),
        })
    }

    /// One more for the same account, for another thread: connections make progress only while the
    /// thread that made them waits for them. Slow with https, as certificates are read again.
    pub fn apart(&self) -> Result<Client, ApiError> {
        Ok(Client {
            http: connections(&self.account)?,
            account: Arc::clone(&self.account),
            trace: self.trace.clone(),
        })
    }

    /// The account that it speaks for.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Registers a queue, with an answer as small as the server can make it.
    pub async fn register(&self, register: &Register) -> Result<Registered, ApiError> {
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
            .http
            .post(self.url(endpoint))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish())
            .timeout(SHORT);
        let body = self.whole(endpoint, request).await?;
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
    pub async fn events(
        &self,
        queue: &QueueId,
        last: EventId,
        wait: Wait,
        outlet: &Outlet,
    ) -> Result<Polled, ApiError> {
        let mut url = self.poll(queue, last);
        if wait == Wait::DontBlock {
            url.query_pairs_mut().append_pair("dont_block", "true");
        }
        let endpoint = "events";
        let request = self.http.get(url);
        let (_, date) = self
            .stream((endpoint, "events"), Limits::NONE, request, outlet)
            .await?;
        Ok(Polled { date })
    }

    /// Parks a poll for a moment and hangs up: only a poll that waits restarts the clock by which
    /// the server drops the queue. Events that come just then are left for the next poll.
    pub async fn park(&self, queue: &QueueId, last: EventId) {
        let request = self.http.get(self.poll(queue, last)).timeout(PARKED);
        // Hanging up is the expected end.
        let _ = self.send("events", request).await;
    }

    fn poll(&self, queue: &QueueId, last: EventId) -> Url {
        let mut url = self.url("events");
        url.query_pairs_mut()
            .append_pair("queue_id", &queue.0)
            .append_pair("last_event_id", &last.0.to_string());
        url
    }

    /// Deletes a queue; gives up after `limit`.
    pub async fn delete(&self, queue: &QueueId, limit: Duration) -> Result<(), ApiError> {
        let endpoint = "events";
        let mut url = self.url(endpoint);
        url.query_pairs_mut().append_pair("queue_id", &queue.0);
        let request = self.http.delete(url).timeout(limit);
        self.whole(endpoint, request).await.map(drop)
    }

    /// Who the account is to others.
    pub async fn me(&self) -> Result<Me, ApiError> {
        let endpoint = "users/me";
        let request = self.http.get(self.url(endpoint)).timeout(SHORT);
        let body = self.whole(endpoint, request).await?;
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
    pub async fn settings(&self) -> Result<Settings, ApiError> {
        let endpoint = "server_settings";
        let request = self.http.get(self.url(endpoint)).timeout(SHORT);
        let body = self.whole(endpoint, request).await?;
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

    fn url(&self, endpoint: &str) -> Url {
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
}

/// Without these new servers drop typing in channels, send one event for each of many deleted
/// messages, or send each setting twice. `notification_settings_null` must be there (Zulip 9.2).
const CAPABILITIES: &str = r#"{"notification_settings_null":true,"bulk_message_deletion":true,"stream_typing_notifications":true,"user_settings_object":true,"linkifier_url_template":true}"#;

/// A parameter's value in the API's form: JSON.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
