//! A request without an answer that can be used: what that means for the run, and the message, which says what
//! happened and what can be done about it.
//!
//! The texts of servers are translated and their codes came late, so neither decides anything but a lost
//! queue. Error bodies: `{"result":"error","msg":"…","code":"…"}`; servers before feature level 76 often
//! leave `code` out. Certificates: rustls 0.23 (`CertificateError`) and the alerts of TLS 1.3 (RFC 8446, 6.2).

use std::error::Error as StdError;
use std::io;
use std::time::Duration;
use std::{fmt, iter};

use reqwest::header::{HeaderMap, LOCATION};
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use serde_json::Value;

use super::client::Account;
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
/// How the TLS library says that the other side has left within the handshake, and how we do.
const HANDSHAKE_EOF: &str = "tls handshake eof";
const CUT_HANDSHAKE: &str = "the connection was cut in the TLS handshake";

/// A request without an answer that can be used.
#[derive(Debug)]
pub struct ApiError {
    text: String,
    verdict: Verdict,
    /// That of an answer that is an error, whoever gave it.
    status: Option<u16>,
    is_unknown_queue: bool,
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

impl ApiError {
    fn new(verdict: Verdict, text: String) -> ApiError {
        ApiError {
            text,
            verdict,
            status: None,
            is_unknown_queue: false,
        }
    }

    /// Nothing can be sent: certificates or keys that cannot be used.
    pub fn setup(cause: String) -> ApiError {
        ApiError::new(Verdict::Wrong, cause)
    }

    /// Nothing came back for so long.
    pub fn silent(site: &Site, endpoint: &str, limit: Duration) -> ApiError {
        let seconds = limit.as_secs();
        let text = format!("{site} was silent for {seconds} s ({endpoint})");
        ApiError::new(Verdict::Transient, text)
    }

    /// An answer that is cut off, none of this API, or makes no sense.
    pub fn garbled(site: &Site, endpoint: &str, cause: impl fmt::Display) -> ApiError {
        let text = format!("answer of {site} to {endpoint} not understood: {cause}");
        ApiError::new(Verdict::Transient, text)
    }

    /// A request of this account was not answered, which took so long.
    pub fn unanswered(
        account: &Account,
        endpoint: &str,
        error: &reqwest::Error,
        time: Duration,
    ) -> ApiError {
        let site = &account.site;
        let cause = deepest(error);
        if let Some(text) = distrust(error, site, &account.tls) {
            ApiError::new(Verdict::Untrusted, text)
        } else if cause == PROXY_LOGIN {
            ApiError::proxy_login(account)
        } else if error.is_timeout() && !error.is_connect() {
            ApiError::silent(site, endpoint, time)
        } else if is_odd_head(&cause, site) {
            ApiError::garbled(site, endpoint, cause)
        } else {
            let text = format!("cannot reach {site}: {}", unreachable(error, account));
            ApiError::new(Verdict::Transient, text)
        }
    }

    /// The body of an answer breaks off: the HTTP client's error stands in one of I/O.
    pub fn broken_off(site: &Site, endpoint: &str, error: &io::Error) -> ApiError {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        if inner.is_some_and(reqwest::Error::is_timeout) {
            ApiError::silent(site, endpoint, SILENCE)
        } else {
            ApiError::garbled(site, endpoint, deepest(error))
        }
    }

    fn proxy_login(account: &Account) -> ApiError {
        let proxy = account.proxy.as_ref().map(ToString::to_string);
        let text = format!(
            "cannot reach {}: the proxy {} wants a login (407); write user and password into its address, as in http://USER:PASSWORD@HOST:PORT",
            account.site,
            proxy.as_deref().unwrap_or("on the way")
        );
        ApiError {
            status: Some(407),
            ..ApiError::new(Verdict::Refused, text)
        }
    }

    /// What an answer means that has another status than 200, this head, and a body that begins so.
    pub fn of_answer(
        account: &Account,
        endpoint: &str,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> ApiError {
        let site = &account.site;
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |name: &str| body[name].as_str();
        let in_body = || body["retry-after"].as_f64().map(bounded);
        let retry_after = retry_after(headers).or_else(in_body);
        let code = field("code").unwrap_or_default();
        // In the API's own form.
        let message = field("msg").filter(|_| body["result"].is_string());
        let (verdict, text) = match (status, message) {
            (407, _) => return ApiError::proxy_login(account),
            (429, _) => {
                let stay = retry_after.unwrap_or(bounded(0.0));
                let seconds = stay.as_secs_f32().ceil();
                let text = format!("{site} limits the rate: come back in {seconds} s");
                (Verdict::Later(stay), text)
            }
            (300..=399, _) => {
                let to = headers.get(LOCATION).and_then(|to| to.to_str().ok());
                let to = to.unwrap_or("nowhere");
                let what = "set site to the address that answers itself";
                let text = format!("{site} redirects {endpoint} to {to}; {what}");
                (Verdict::NotTheApi, text)
            }
            (401 | 403, Some(message)) => {
                let check = format!("check email, key and site ({})", account.origin);
                let text = format!("{site} refuses the account: {message} ({status}); {check}");
                (Verdict::Refused, text)
            }
            (400..=407 | 409..=499, Some(message)) => {
                let number = format!("{status} {code}");
                let number = number.trim_end();
                let text = format!("{site} refuses {endpoint}: {message} ({number})");
                (Verdict::Wrong, text)
            }
            _ => foreign(account, endpoint, status, retry_after),
        };
        // Servers without codes are recognised by the beginning of the text.
        let begins_so = |message: &str| message.to_lowercase().starts_with("bad event queue id:");
        ApiError {
            status: Some(status),
            is_unknown_queue: code == "BAD_EVENT_QUEUE_ID" || message.is_some_and(begins_so),
            ..ApiError::new(verdict, text)
        }
    }

    /// What it means for the run. A 400 to a poll may also be a lost queue: `is_bad_request`.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the server answered, if only to keep us away.
    pub fn is_rate_limit(&self) -> bool {
        self.status == Some(429)
    }

    /// Whether it is a 401 or 403, of the API or of something in front of it, or a proxy's 407.
    pub fn is_denial(&self) -> bool {
        matches!(self.status, Some(401 | 403 | 407))
    }

    /// Whether the API itself said 400: to a poll it means that the queue is of no use any more.
    pub fn is_bad_request(&self) -> bool {
        self.status == Some(400) && self.verdict == Verdict::Wrong
    }

    /// Whether the server knows no such queue (any more), so that there is nothing to delete.
    pub fn is_unknown_queue(&self) -> bool {
        self.is_unknown_queue
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for ApiError {}

/// What an answer of this status means that is none of this API: a proxy's page, or another server.
fn foreign(
    account: &Account,
    endpoint: &str,
    status: u16,
    retry_after: Option<Duration>,
) -> (Verdict, String) {
    let Account { site, origin, .. } = account;
    // Into what is encrypted a proxy does not see.
    let proxy = account.proxy.as_ref().filter(|_| !site.is_https());
    let by_proxy = proxy.map(|proxy| format!("; it may be the proxy {proxy} that answers"));
    let by_proxy = by_proxy.unwrap_or_default();
    match status {
        ..=299 | 408 | 500.. => (
            retry_after.map_or(Verdict::Transient, Verdict::Later),
            format!("{site} answers {status} to {endpoint}{by_proxy}"),
        ),
        401 | 403 => (
            Verdict::NotTheApi,
            format!(
                "{site} answers {status} to {endpoint}, not as such a server does; check email, key and site ({origin}), and what stands before it{by_proxy}"
            ),
        ),
        _ => {
            let scheme = if status == 400 && !site.is_https() {
                ", which may have to begin with https://"
            } else {
                ""
            };
            let text = format!(
                "{site} is no such server: it answers {status} to {endpoint}; check site{scheme}{by_proxy}"
            );
            (Verdict::NotTheApi, text)
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
    let speaks_no_tls = causes(error).any(|cause| cause.downcast_ref() == Some(&no_tls));
    let cause = deepest(error);
    let plain = site.to_string().replacen("https:", "http:", 1);
    match proxy {
        Some(proxy) if speaks_no_tls && proxy.is_https() => {
            format!("the proxy {proxy} does not speak TLS; write it with http://")
        }
        _ if speaks_no_tls && error.is_connect() => {
            format!("it does not speak TLS; if it speaks plain http, write {plain} as the site")
        }
        Some(proxy) if cause == NO_TUNNEL => {
            format!("the proxy {proxy} does not let us through to it")
        }
        Some(proxy) => format!("by the proxy {proxy}: {cause}"),
        // Else it is a server in trouble: at its usual port https is spoken.
        None if cause == CUT_HANDSHAKE && site.has_port() => {
            format!("{cause}; if it speaks plain http, write {plain} as the site")
        }
        None if cause == NO_HTTP => {
            let tls = site.to_string().replacen("http:", "https:", 1);
            format!("it does not speak HTTP; if it speaks TLS, write {tls} as the site")
        }
        None if cause.starts_with(NO_ADDRESS) => {
            format!("{cause}; check the spelling of the site, and the network")
        }
        None => cause,
    }
}

/// Why a handshake failed for somebody's certificate, and what to do; none if it is about something else.
fn distrust(error: &(dyn StdError + 'static), site: &Site, tls: &Tls) -> Option<String> {
    let cause = match causes(error).find_map(|cause| cause.downcast_ref())? {
        rustls::Error::InvalidCertificate(cause) => untrusted(cause, tls),
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            NOTHING_IN_COMMON.to_owned()
        }
        // Those about certificates.
        rustls::Error::AlertReceived(alert)
            if matches!(u8::from(*alert), 41..=46 | 48 | 49 | 116) =>
        {
            let cause = match &tls.client_cert {
                Some(own) => {
                    let own = own.display();
                    format!("it does not accept the client certificate in {own}: {alert:?}")
                }
                None => "it wants a client certificate".to_owned(),
            };
            return Some(format!(
                "{site} does not let us in: {cause}; name one with --client-cert FILE (client_cert in the config file)"
            ));
        }
        _ => return None,
    };
    Some(format!("certificate of {site} is not trusted: {cause}"))
}

/// Why the server's certificate is not accepted, and what to do.
fn untrusted(cause: &CertificateError, tls: &Tls) -> String {
    use CertificateError as Cause;
    match cause {
        Cause::UnknownIssuer => {
            let reason = match &tls.cert_bundle {
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
    if cause == HANDSHAKE_EOF {
        return CUT_HANDSHAKE.to_owned();
    }
    cause
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn certificate_errors_are_found_in_any_wrapping_and_say_what_to_do() {
        let invalid = rustls::Error::InvalidCertificate;
        let alert = rustls::Error::AlertReceived;
        let site: Site = "https://chat.example.com".parse().expect("a site");
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
                "in me.pem: UnknownCA; name one",
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
            let text = distrust(&wrapped, &site, &tls).expect(name);
            assert!(text.contains(expected), "{name}: {text}");
        }
        let about_tls = io::Error::other(alert(AlertDescription::ProtocolVersion));
        assert!(distrust(&about_tls, &site, &Tls::default()).is_none());
    }
}
