//! What broke where no answer came, or one that breaks off: errors of the HTTP client as failures.
//!
//! Not for certificates (`distrust.rs`), nor for answers that came whole (`refusal.rs`).

use std::io;
use std::time::Duration;

use rustls::InvalidMessage;

use super::client::Account;
use super::distrust::{Doubt, causes, doubt};
use super::error::{Failure, deepest};
use super::response::SILENCE;
use crate::site::Site;

/// How the standard library begins where a name has no address; there is no kind for it.
const NO_ADDRESS: &str = "failed to lookup address information";

/// Why a request of this account was not answered, which took so long.
pub fn unanswered(error: &reqwest::Error, account: &Account, time: Duration) -> Failure {
    match doubt(error, &account.tls) {
        Some(Doubt::Theirs(cause)) => Failure::Untrusted(cause),
        Some(Doubt::Ours(cause)) => Failure::Unwelcome(cause),
        None if error.is_timeout() && !error.is_connect() => Failure::Silent(time),
        None if error.is_builder() => Failure::Setup(deepest(error)),
        None => Failure::Unreachable(unreached(error, &account.site)),
    }
}

/// Why a site was not reached, and what to do if it may be written wrong.
fn unreached(error: &reqwest::Error, site: &Site) -> String {
    let no_tls = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    if error.is_connect() && causes(error).any(|cause| cause.downcast_ref() == Some(&no_tls)) {
        let plain = site.to_string().replacen("https:", "http:", 1);
        return format!(
            "it does not speak TLS; if it speaks plain http, write {plain} as the site"
        );
    }
    let cause = deepest(error);
    if cause.starts_with(NO_ADDRESS) {
        return format!("{cause}; check the spelling of the site, and the network");
    }
    cause
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
