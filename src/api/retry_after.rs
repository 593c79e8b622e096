//! How long a server wants to be left alone.
//!
//! `Retry-After` (RFC 9110, 10.2.3) comes as seconds, also with a fraction, or as a date; Zulip has
//! `retry-after` in the body as well.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

const SHORTEST: f64 = 1.0;
const LONGEST: f64 = 3600.0;

/// The time that the head of an answer asks for.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return seconds.is_finite().then(|| bounded(seconds));
    }
    let until = parse_date(header)?;
    // Our own clock is the second choice, as it may be wrong.
    let now = date(headers).unwrap_or_else(Timestamp::now);
    Some(bounded(until.duration_since(now).as_secs_f64()))
}

/// When an answer was sent, by the server's clock.
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    parse_date(headers.get(DATE)?.to_str().ok()?)
}

/// So many seconds, within reason.
pub fn bounded(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(SHORTEST, LONGEST))
}

fn parse_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}
