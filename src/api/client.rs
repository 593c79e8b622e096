//! The account at its server: connections, addresses, and the signature of requests.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde::Serialize;

use super::error::{ApiError, deepest};
use super::pace::{Budget, Pace};
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
    /// Where address, key and site are from, in words: an option, variables, a file, the demo.
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
    paces: Arc<Mutex<HashMap<Budget, Pace>>>,
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

    /// A request in the name of the account. What its parameters are stands in the address.
    pub fn request(
        &self,
        method: Method,
        endpoint: &str,
        parameters: &[(&str, String)],
    ) -> RequestBuilder {
        let mut url = self.account.site.endpoint(endpoint);
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        self.http
            .request(method, url)
            .basic_auth(&self.account.email, Some(self.account.key.expose()))
            .header(ACCEPT, "application/json")
    }

    /// How long the next request of this budget has to be held back, so that the server does not refuse it.
    pub fn time_to_wait(&self, budget: Budget) -> Duration {
        let paces = self.paces();
        let pace = paces.get(&budget);
        pace.map_or(Duration::ZERO, |pace| pace.wait(Instant::now()))
    }

    /// The pace of requests, locked.
    pub fn paces(&self) -> MutexGuard<'_, HashMap<Budget, Pace>> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a line on to the trace, if there is one.
    pub fn trace(&self, text: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace(&text());
        }
    }

    /// An answer that is none of this API, or makes no sense.
    pub fn garbled(&self, endpoint: &str, cause: impl fmt::Display) -> ApiError {
        ApiError::garbled(&self.account.site, endpoint, cause)
    }

    /// What requests carry in place of the key, which nothing may show that is printed or saved either.
    pub fn credentials(&self) -> Option<String> {
        let request = self.request(Method::GET, "", &[]).build().ok()?;
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        Some(header.strip_prefix("Basic ")?.to_owned())
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
        .map_err(|error| tls::unusable_with_system(tls, &error))
}

/// A parameter's value in the API's form: JSON.
pub fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
