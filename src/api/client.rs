//! The account at its server: connections, addresses, and the signature of requests.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde::Serialize;
use url::Url;

use super::error::{ApiError, Failure, deepest};
use super::pace::{Budget, Paces};
use super::proxy::Proxy;
use super::response::SILENCE;
use super::tls::{self, Tls};
use crate::secret::ApiKey;
use crate::site::Site;

/// The endpoint of events.
pub const EVENTS: &str = "events";
const CONNECT: Duration = Duration::from_secs(20);
/// The server closes a connection that was idle for 65 s.
const IDLE: Duration = Duration::from_mins(1);
/// A connection that is dead, as after a suspend, is noticed by the kernel: after so long without a byte it
/// sends a probe, then further ones, and then gives the connection up.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 2;
/// How long what was sent may stay without an acknowledgement.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(30);

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
    /// What stands in between.
    pub proxy: Option<Proxy>,
    /// Where address, key and site are from, in words.
    pub origin: String,
}

/// Receives one line for each request, with its answer's status, size and time.
pub type Trace = Arc<dyn Fn(&str) + Send + Sync>;

/// One account at one server, over connections that are kept alive. All clones share them.
#[derive(Clone)]
pub struct Client {
    http: reqwest::blocking::Client,
    account: Arc<Account>,
    trace: Option<Trace>,
    paces: Arc<Mutex<Paces>>,
}

impl Client {
    /// A client for this account. Nothing is sent yet.
    pub fn new(account: Account, trace: Option<Trace>) -> Result<Client, ApiError> {
        Ok(Client {
            http: connections(&account)?,
            account: Arc::new(account),
            trace,
            paces: Arc::default(),
        })
    }

    /// The account that it speaks for.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The address of an endpoint.
    pub fn url(&self, endpoint: &str) -> Url {
        self.account.site.endpoint(endpoint)
    }

    /// A request in the name of the account.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .basic_auth(&self.account.email, Some(self.account.key.expose()))
            .header(ACCEPT, "application/json")
    }

    /// How long the next request of this budget has to be held back, so that the server does not refuse it.
    pub fn time_to_wait(&self, budget: Budget) -> Duration {
        self.paces().of(budget).wait(Instant::now())
    }

    /// The pace of requests, locked.
    pub fn paces(&self) -> MutexGuard<'_, Paces> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a line on to the trace, if there is one.
    pub fn trace(&self, text: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace(&text());
        }
    }

    /// An answer that has the right form and makes no sense.
    pub fn garbled(&self, endpoint: &'static str, cause: impl fmt::Display) -> ApiError {
        self.failed(endpoint, Failure::Garbled(cause.to_string()))
    }

    /// A failure of a request to this endpoint.
    pub fn failed(&self, endpoint: &'static str, failure: Failure) -> ApiError {
        ApiError::new(&self.account.site, endpoint, failure).with_origin(&self.account.origin)
    }

    /// What nothing may show that is printed or saved: the key, and the form in which requests carry it.
    pub fn secrets(&self) -> Vec<String> {
        let request = self.request(Method::GET, self.url("")).build().ok();
        let header = request
            .as_ref()
            .and_then(|request| request.headers().get(AUTHORIZATION)?.to_str().ok());
        let encoded = header.and_then(|header| header.strip_prefix("Basic "));
        let key = self.account.key.expose();
        [Some(key), encoded]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect()
    }
}

/// Connections for this account; none is made yet.
fn connections(account: &Account) -> Result<reqwest::blocking::Client, ApiError> {
    let Account { site, tls, .. } = account;
    let builder = reqwest::blocking::Client::builder()
        .user_agent(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .timeout(SILENCE)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(KEEPALIVE)
        .tcp_keepalive_interval(KEEPALIVE)
        .tcp_keepalive_retries(KEEPALIVE_RETRIES)
        // What some servers and proxies send, and curl and browsers accept (seanmonstar/reqwest#1189).
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true);
    #[cfg(target_os = "linux")]
    let builder = builder.tcp_user_timeout(USER_TIMEOUT);
    let builder = match &account.proxy {
        Some(proxy) => {
            let proxy = reqwest::Proxy::all(proxy.url().clone());
            builder.proxy(proxy.map_err(|error| ApiError::setup(deepest(&error)))?)
        }
        None => builder.no_proxy(),
    };
    tls::configure(builder, site, tls)?
        .build()
        .map_err(|error| tls::unusable_together(tls, &error))
}

/// A parameter's value in the API's form: JSON.
pub fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
