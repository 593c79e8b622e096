//! What broke where no answer came, or one that breaks off: errors of the HTTP client as failures.
//!
//! Not for certificates (`distrust.rs`), nor for answers that came whole (`refusal.rs`).

use std::time::Duration;

use super::distrust::{Doubt, doubt};
use super::error::{Failure, deepest};
use super::tls::Tls;

/// Why a request was not answered, which took so long.
pub fn unanswered(error: &reqwest::Error, tls: &Tls, time: Duration) -> Failure {
    match doubt(error, tls) {
        Some(Doubt::Theirs(cause)) => Failure::Untrusted(cause),
        Some(Doubt::Ours(cause)) => Failure::Unwelcome(cause),
        None if error.is_timeout() && !error.is_connect() => Failure::Silent(time),
        None if error.is_builder() => Failure::Setup(deepest(error)),
        None => Failure::Unreachable(deepest(error)),
    }
}

/// Why the body of an answer breaks off, which had so much time.
pub fn broken_off(error: &reqwest::Error, limit: Duration) -> Failure {
    if error.is_timeout() {
        Failure::Silent(limit)
    } else {
        Failure::Garbled(deepest(error))
    }
}
