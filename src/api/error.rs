//! A request without an answer that can be used: what happened, what that means for the run, the message,
//! and what can be done about it.
//!
//! The texts of servers are translated and their codes came late, so neither decides anything but a lost
//! queue. Error bodies: `{"result":"error","msg":"…","code":"…"}`; servers before feature level 76 often
//! leave `code` out. Certificates: rustls 0.23 (`CertificateError`) and the alerts of TLS 1.3 (RFC 8446, 6.2).

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;
use std::{fmt, iter};

use reqwest::header::{HeaderMap, LOCATION};
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use serde_json::Value;

use super::client::Account;
use super::proxy::Proxy;
use super::response::SILENCE;
use super::retry_after::{bounded, retry_after};
use super::tls::{CA_AS_SERVER, OLD_CERTIFICATE, Tls};
use crate::site::Site;

/// How the standard library begins where a name has no address; there is no kind for it.
const NO_ADDRESS: &str = "failed to lookup address information";

/// Where a server refuses all that we offer in the handshake.
const NOTHING_IN_COMMON: &str = "its key, or its TLS, is of a kind that this program does not take: that is TLS 1.2 and 1.3 with keys of RSA, P-256, P-384 or Ed25519";
/// What the HTTP client finds in the bytes with which a server refuses a handshake that is none.
const NO_HTTP: &str = "invalid HTTP version parsed";
/// How what the HTTP client says of a head ends that it cannot read, and what it says of a long one; its type for
/// them is not ours to name.
const ODD_HEAD: &str = " parsed";
const LONG_HEAD: &str = "message head is too large";
/// How the HTTP client says that a proxy has answered CONNECT with 407, or with another refusal; its type for them is
/// private.
const PROXY_LOGIN: &str = "tunnel error: proxy authorization required";
const NO_TUNNEL: &str = "tunnel error: unsuccessful";

/// A request without an answer that can be used.
#[derive(Debug)]
pub struct ApiError {
    site: Box<str>,
    /// Where address, key and site are from; empty where that is of no interest.
    origin: Box<str>,
    endpoint: &'static str,
    failure: Failure,
}

/// What happened.
#[derive(Debug)]
pub enum Failure {
    /// No connection, or it broke before an answer; the cause, and its kind if it is one of I/O.
    Unreachable(String, Option<ErrorKind>),
    /// No answer, or none that went on, for so long.
    Silent(Duration),
    /// The server's certificate is not accepted here; why, and what to do.
    Untrusted(String),
    /// Our certificate is not accepted there; why.
    ClientCertificate(String),
    /// 407: the proxy in between lets only users of its own pass; what it is called.
    ProxyLogin(String),
    /// A body that is cut off or no answer of this API; what is wrong with it.
    Garbled(String),
    /// 429: come back after this time.
    Limited(Duration),
    /// A redirection to this address.
    Redirected(String),
    /// A refusal in the API's own form.
    Refused {
        /// The HTTP status.
        status: u16,
        /// `code`, empty on old servers.
        code: String,
        /// `msg`, in the language of the account.
        message: String,
    },
    /// A refusal that is no answer of this API: a proxy's page, or another server.
    Foreign {
        /// The HTTP status.
        status: u16,
        /// How long to stay away, if the answer has that.
        retry_after: Option<Duration>,
        /// What a proxy is called that sees the request and may have answered it.
        proxy: Option<String>,
    },
    /// Nothing could be sent: certificates or keys that cannot be used.
    Setup(String),
}

/// What a failure means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again after a pause.
    Transient,
    /// Try again after just this pause; the server is there.
    Later(Duration),
    /// The account is refused: trying again cannot help.
    Refused,
    /// The request or the configuration is wrong.
    Wrong,
    /// Something that is not this API answers: wrong at the start, a proxy in between later.
    NotTheApi,
    /// A certificate is not trusted, on either side: ends the start, is tried again later.
    Untrusted,
}

impl Failure {
    /// Why a request of this account was not answered, which took so long.
    pub fn unanswered(error: &reqwest::Error, account: &Account, time: Duration) -> Failure {
        if let Some(failure) = certificate_failure(error, &account.tls) {
            failure
        } else if deepest(error) == PROXY_LOGIN {
            Failure::proxy_login(account)
        } else if error.is_timeout() && !error.is_connect() {
            Failure::Silent(time)
        } else if error.is_builder() {
            Failure::Setup(deepest(error))
        } else if is_odd_head(&deepest(error), &account.site) {
            Failure::Garbled(deepest(error))
        } else {
            let mut io = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
            let kind = io.find_map(|cause| cause.raw_os_error().map(|_| cause.kind()));
            // Of the proxy it says nothing that helps.
            let kind = kind.filter(|_| account.proxy.is_none());
            Failure::Unreachable(unreachable(error, account), kind)
        }
    }

    /// Why the body of an answer breaks off: the HTTP client's error stands in one of I/O.
    pub fn broken_off(error: &io::Error) -> Failure {
        let inner = error.get_ref();
        let inner = inner.and_then(|inner| inner.downcast_ref::<reqwest::Error>());
        match inner {
            Some(inner) if inner.is_timeout() => Failure::Silent(SILENCE),
            Some(inner) => Failure::Garbled(deepest(inner)),
            None => Failure::Garbled(error.to_string()),
        }
    }

    fn proxy_login(account: &Account) -> Failure {
        let proxy = account.proxy.as_ref();
        Failure::ProxyLogin(proxy.map_or_else(|| "on the way".to_owned(), Proxy::to_string))
    }

    /// What an answer to this account means that has another status than 200, this head, and a body that begins so.
    pub fn of_answer(account: &Account, status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let in_body = || body.get("retry-after").and_then(Value::as_f64).map(bounded);
        let retry_after = retry_after(headers).or_else(in_body);
        match (status, text("result"), text("msg")) {
            (407, ..) => Failure::proxy_login(account),
            (429, ..) => Failure::Limited(retry_after.unwrap_or(bounded(0.0))),
            (300..400, ..) => {
                let to = headers.get(LOCATION).and_then(|to| to.to_str().ok());
                Failure::Redirected(to.unwrap_or("nowhere").to_owned())
            }
            (..500, Some(_), Some(message)) if status != 408 => Failure::Refused {
                status,
                code: text("code").unwrap_or_default(),
                message,
            },
            _ => Failure::Foreign {
                status,
                retry_after,
                // Into what is encrypted it does not see.
                proxy: account
                    .proxy
                    .as_ref()
                    .filter(|_| !account.site.is_https())
                    .map(Proxy::to_string),
            },
        }
    }
}

/// Whether an answer came, with a head that no server should send.
fn is_odd_head(cause: &str, site: &Site) -> bool {
    let speaks_http = cause != NO_HTTP || site.is_https();
    speaks_http && (cause.ends_with(ODD_HEAD) || cause == LONG_HEAD)
}

/// Why a site is not reached, and what to do if it may be written wrong.
fn unreachable(error: &reqwest::Error, account: &Account) -> String {
    let Account { site, proxy, .. } = account;
    let no_tls = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    let proxy = proxy.as_ref();
    if error.is_connect() && causes(error).any(|cause| cause.downcast_ref() == Some(&no_tls)) {
        if let Some(proxy) = proxy.filter(|proxy| proxy.is_https()) {
            return format!("the proxy {proxy} does not speak TLS; write it with http://");
        }
        let plain = site.to_string().replacen("https:", "http:", 1);
        return format!(
            "it does not speak TLS; if it speaks plain http, write {plain} as the site"
        );
    }
    let cause = deepest(error);
    if cause == NO_HTTP && !site.is_https() && proxy.is_none() {
        let tls = site.to_string().replacen("http:", "https:", 1);
        return format!("it does not speak HTTP; if it speaks TLS, write {tls} as the site");
    }
    match proxy {
        Some(proxy) if cause == NO_TUNNEL => {
            format!("the proxy {proxy} does not let us through to it")
        }
        Some(proxy) if cause.starts_with(NO_ADDRESS) && proxy.leaves_names_to_us() => {
            format!("by the proxy {proxy}: {cause}; write socks5h:// if the proxy is to look it up")
        }
        Some(proxy) => format!("by the proxy {proxy}: {cause}"),
        None if cause.starts_with(NO_ADDRESS) => {
            format!("{cause}; check the spelling of the site, and the network")
        }
        None => cause,
    }
}

/// The failure of a handshake for somebody's certificate; none if it is about something else.
fn certificate_failure(error: &(dyn StdError + 'static), tls: &Tls) -> Option<Failure> {
    match causes(error).find_map(|cause| cause.downcast_ref())? {
        rustls::Error::InvalidCertificate(cause) => Some(Failure::Untrusted(untrusted(
            cause,
            tls.cert_bundle.as_deref(),
        ))),
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            Some(Failure::Untrusted(NOTHING_IN_COMMON.to_owned()))
        }
        rustls::Error::AlertReceived(alert) => {
            client_certificate_cause(*alert, tls.client_cert.as_deref())
                .map(Failure::ClientCertificate)
        }
        _ => None,
    }
}

/// Why the server's certificate is not accepted, and what to do.
fn untrusted(cause: &CertificateError, bundle: Option<&Path>) -> String {
    use CertificateError as Cause;
    match cause {
        Cause::UnknownIssuer => {
            let reason = match bundle {
                Some(bundle) => format!("no certificate in {} has signed it", bundle.display()),
                None => "no CA that this system knows has signed it".to_owned(),
            };
            format!(
                "{reason}; name its CA with --cert-bundle FILE (cert_bundle in the config file)"
            )
        }
        Cause::Expired
        | Cause::ExpiredContext { .. }
        | Cause::NotValidYet
        | Cause::NotValidYetContext { .. } => {
            format!("{cause}; have it renewed, and check the clock of this machine")
        }
        Cause::NotValidForName | Cause::NotValidForNameContext { .. } => {
            format!("{cause}; set site to a name that it is made for")
        }
        // What `openssl req -x509` makes by default.
        Cause::Other(other) if other.to_string().contains(CA_AS_SERVER) => {
            "it is a CA's own; if it is the right one, name a file with it by --cert-bundle FILE (cert_bundle in the config file)"
                .to_owned()
        }
        Cause::Other(other) if other.to_string().contains(OLD_CERTIFICATE) => {
            "it is of version 1, which says too little to be checked; have one of version 3 made, or check nothing with --insecure"
                .to_owned()
        }
        _ => format!("{cause}; have another one made, or check nothing with --insecure"),
    }
}

/// Why our certificate is not accepted, or that there is none; no text for an alert about something else.
fn client_certificate_cause(alert: AlertDescription, own: Option<&Path>) -> Option<String> {
    use AlertDescription as Alert;
    let reason = match alert {
        Alert::UnknownCA => "no CA that the server knows has signed it".to_owned(),
        Alert::CertificateExpired => "it has expired".to_owned(),
        Alert::CertificateRequired
        | Alert::NoCertificate
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateUnknown
        | Alert::AccessDenied => format!("{alert:?}"),
        _ => return None,
    };
    Some(match own {
        Some(file) => format!(
            "it does not accept the client certificate in {}: {reason}",
            file.display()
        ),
        None => "it wants a client certificate".to_owned(),
    })
}

/// The error and what is behind it, down to the innermost.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(
        Some(error),
        |&error| -> Option<&'a (dyn StdError + 'static)> {
            // An I/O error is no source of its wrapper, so both ways down are tried.
            let wrapped = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            match wrapped {
                Some(wrapped) => Some(wrapped),
                None => error.source(),
            }
        },
    )
}

/// The innermost cause in words: the outer ones only repeat that a request failed.
pub fn deepest(error: &(dyn StdError + 'static)) -> String {
    let cause = causes(error).last().unwrap_or(error).to_string();
    // The TLS library explains at length what is no attack but the rule where a proxy has waited long enough.
    if cause.contains("close_notify") {
        return "the connection was cut".to_owned();
    }
    cause
}

impl ApiError {
    /// A failure of a request to this endpoint.
    pub fn new(site: &Site, endpoint: &'static str, failure: Failure) -> ApiError {
        ApiError {
            site: site.to_string().into(),
            origin: Box::default(),
            endpoint,
            failure,
        }
    }

    /// With where address, key and site are from.
    pub fn with_origin(self, origin: &str) -> ApiError {
        ApiError {
            origin: format!(" ({origin})").into(),
            ..self
        }
    }

    /// A client that cannot be built.
    pub fn setup(cause: String) -> ApiError {
        ApiError {
            site: Box::default(),
            origin: Box::default(),
            endpoint: "",
            failure: Failure::Setup(cause),
        }
    }

    /// Nothing came back for so long.
    pub fn silent(site: &Site, limit: Duration) -> ApiError {
        ApiError::new(site, "requests", Failure::Silent(limit))
    }

    /// What it means for the run. A 400 to a poll may also be a lost queue: `is_bad_request`.
    pub fn verdict(&self) -> Verdict {
        match &self.failure {
            Failure::Unreachable(..) | Failure::Silent(_) | Failure::Garbled(_) => {
                Verdict::Transient
            }
            Failure::Limited(stay) => Verdict::Later(*stay),
            Failure::Untrusted(_) | Failure::ClientCertificate(_) => Verdict::Untrusted,
            Failure::Redirected(_) => Verdict::NotTheApi,
            Failure::ProxyLogin(_)
            | Failure::Refused {
                status: 401 | 403, ..
            } => Verdict::Refused,
            Failure::Refused { .. } | Failure::Setup(_) => Verdict::Wrong,
            Failure::Foreign {
                status,
                retry_after,
                ..
            } => match (*status, retry_after) {
                (408 | 500.., Some(stay)) => Verdict::Later(*stay),
                (0..300 | 408 | 500.., _) => Verdict::Transient,
                _ => Verdict::NotTheApi,
            },
        }
    }

    /// Whether the server answered, if only to keep us away.
    pub fn is_rate_limit(&self) -> bool {
        matches!(self.failure, Failure::Limited(_))
    }

    /// Whether it is a 401 or 403, of the API or of something in front of it, or a proxy's 407.
    pub fn is_denial(&self) -> bool {
        match &self.failure {
            Failure::Refused { status, .. } | Failure::Foreign { status, .. } => {
                matches!(status, 401 | 403)
            }
            Failure::ProxyLogin(_) => true,
            _ => false,
        }
    }

    /// Whether the API itself said 400: to a poll it means that the queue is of no use any more.
    pub fn is_bad_request(&self) -> bool {
        matches!(self.failure, Failure::Refused { status: 400, .. })
    }

    /// Whether the server knows no such queue (any more), so that there is nothing to delete.
    /// Servers without codes are recognised by the beginning of the text.
    pub fn is_unknown_queue(&self) -> bool {
        match &self.failure {
            Failure::Refused { code, message, .. } => {
                code == "BAD_EVENT_QUEUE_ID"
                    || message
                        .get(..19)
                        .is_some_and(|start| start.eq_ignore_ascii_case("Bad event queue id:"))
            }
            _ => false,
        }
    }

    /// What can be done about it where nobody waits for the server to come back.
    pub fn remedy(&self) -> Option<&'static str> {
        let Failure::Unreachable(_, kind) = self.failure else {
            return None;
        };
        match kind? {
            ErrorKind::ConnectionRefused => Some("check the port, and that the server is up"),
            ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::TimedOut => {
                Some("check the network, and the site's address")
            }
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (site, origin, endpoint) = (&self.site, &self.origin, self.endpoint);
        let by_proxy = match &self.failure {
            Failure::Foreign {
                proxy: Some(proxy), ..
            } => format!("; it may be the proxy {proxy} that answers"),
            _ => String::new(),
        };
        match &self.failure {
            Failure::Unreachable(cause, _) => write!(f, "cannot reach {site}: {cause}"),
            Failure::Silent(limit) => {
                let seconds = limit.as_secs();
                write!(f, "{site} was silent for {seconds} s ({endpoint})")
            }
            Failure::Untrusted(cause) => write!(f, "certificate of {site} is not trusted: {cause}"),
            Failure::ClientCertificate(cause) => write!(
                f,
                "{site} does not let us in: {cause}; name one with --client-cert FILE (client_cert in the config file)"
            ),
            Failure::ProxyLogin(proxy) => write!(
                f,
                "cannot reach {site}: the proxy {proxy} wants a login (407); write user and password into its address, as in http://USER:PASSWORD@HOST:PORT"
            ),
            Failure::Garbled(cause) => {
                write!(f, "answer of {site} to {endpoint} not understood: {cause}")
            }
            Failure::Limited(stay) => {
                let seconds = stay.as_secs_f32().ceil();
                write!(f, "{site} limits the rate: come back in {seconds} s")
            }
            Failure::Redirected(to) => write!(
                f,
                "{site} redirects {endpoint} to {to}; set site to the address that answers itself"
            ),
            Failure::Refused {
                status, message, ..
            } if self.is_denial() => write!(
                f,
                "{site} refuses the account: {message} ({status}); check email, key and site{origin}"
            ),
            Failure::Refused {
                status,
                code,
                message,
            } => {
                let space = if code.is_empty() { "" } else { " " };
                write!(
                    f,
                    "{site} refuses {endpoint}: {message} ({status}{space}{code})"
                )
            }
            Failure::Foreign { status, .. } if self.is_denial() => write!(
                f,
                "{site} answers {status} to {endpoint}, not as such a server does; check email, key and site{origin}, and what stands before it{by_proxy}"
            ),
            Failure::Foreign { status, .. } if self.verdict() == Verdict::NotTheApi => {
                let scheme = if *status == 400 && site.starts_with("http:") {
                    ", which may have to begin with https://"
                } else {
                    ""
                };
                write!(
                    f,
                    "{site} is no such server: it answers {status} to {endpoint}; check site{scheme}{by_proxy}"
                )
            }
            Failure::Foreign { status, .. } => {
                write!(f, "{site} answers {status} to {endpoint}{by_proxy}")
            }
            Failure::Setup(cause) => f.write_str(cause),
        }
    }
}

impl StdError for ApiError {}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn certificate_errors_are_found_in_any_wrapping_and_say_what_to_do() {
        let invalid = rustls::Error::InvalidCertificate;
        let alert = rustls::Error::AlertReceived;
        for (name, error, bundle, own, expected) in [
            (
                "unknown CA",
                invalid(CertificateError::UnknownIssuer),
                None,
                None,
                "is not trusted: no CA that this system knows has signed it; name its CA with --cert-bundle",
            ),
            (
                "not in the bundle",
                invalid(CertificateError::UnknownIssuer),
                Some("ca.pem"),
                None,
                "is not trusted: no certificate in ca.pem has signed it; name its CA with --cert-bundle",
            ),
            (
                "another name",
                invalid(CertificateError::NotValidForName),
                None,
                None,
                "NotValidForName; set site to a name that it is made for",
            ),
            (
                "not yet",
                invalid(CertificateError::NotValidYet),
                None,
                None,
                "NotValidYet; have it renewed, and check the clock",
            ),
            (
                "no certificate of ours",
                alert(AlertDescription::CertificateRequired),
                None,
                None,
                "does not let us in: it wants a client certificate; name one with --client-cert",
            ),
            (
                "ours is refused",
                alert(AlertDescription::UnknownCA),
                None,
                Some("me.pem"),
                "in me.pem: no CA that the server knows has signed it; name one",
            ),
            (
                "ours is of no use",
                alert(AlertDescription::CertificateRevoked),
                None,
                Some("me.pem"),
                "in me.pem: CertificateRevoked; name one",
            ),
        ] {
            let tls = Tls {
                cert_bundle: bundle.map(PathBuf::from),
                client_cert: own.map(PathBuf::from),
                ..Tls::default()
            };
            let wrapped = io::Error::other(io::Error::other(error));
            let failure = certificate_failure(&wrapped, &tls).expect(name);
            let site = "https://chat.example.com".parse().expect("a site");
            let error = ApiError::new(&site, "register", failure);
            assert!(error.to_string().contains(expected), "{name}: {error}");
            assert_eq!(error.verdict(), Verdict::Untrusted, "{name}");
        }
        let about_tls = io::Error::other(alert(AlertDescription::ProtocolVersion));
        assert!(certificate_failure(&about_tls, &Tls::default()).is_none());
    }
}
