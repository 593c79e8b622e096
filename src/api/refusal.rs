//! Why an answer is none: what a status other than 200 means, and how long to stay away.
//!
//! Not for what follows from it (`error.rs`). Error bodies: `{"result":"error","msg":"…","code":"…"}`;
//! servers before feature level 76 often leave `code` out. `Retry-After` (RFC 9110, 10.2.3) comes as
//! seconds, also with a fraction, or as a date; Zulip has `retry-after` in the body as well.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

use super::error::Failure;

const SHORTEST_STAY: f64 = 1.0;
const LONGEST_STAY: f64 = 3600.0;

/// The head of an answer that is not a 200.
pub struct Head<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The header `Date`, against which a date in `Retry-After` is taken.
    pub date: Option<&'a str>,
    /// The header `Location`.
    pub location: Option<&'a str>,
}

impl Head<'_> {
    /// Whether it says when to come back, so that the body does not matter.
    pub fn says_when(&self) -> bool {
        matches!(self.status, 408 | 429 | 500..) && self.stay().is_some()
    }

    /// What the answer means that has this head and this body, or this beginning of one.
    pub fn failure(&self, body: &[u8]) -> Failure {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        let text = |key: &str| {
            let text = body.as_ref()?.get(key)?.as_str()?;
            Some(text.to_owned())
        };
        let status = self.status;
        let retry_after = self
            .stay()
            .or_else(|| body.as_ref()?.get("retry-after")?.as_f64().map(bounded));
        if status == 429 {
            return Failure::Limited(retry_after.unwrap_or(bounded(SHORTEST_STAY)));
        }
        if (300..400).contains(&status) {
            let to = self.location.unwrap_or("nowhere");
            return Failure::Redirected(to.to_owned());
        }
        match text("msg").filter(|_| text("result").is_some()) {
            Some(message) if status < 500 && status != 408 => Failure::Refused {
                status,
                code: text("code").unwrap_or_default(),
                message,
            },
            _ => Failure::Foreign {
                status,
                retry_after,
            },
        }
    }

    fn stay(&self) -> Option<Duration> {
        let header = self.retry_after?.trim();
        if let Ok(seconds) = header.parse::<f64>() {
            return seconds.is_finite().then(|| bounded(seconds));
        }
        let until = http_date(header)?;
        // Our own clock is the second choice, as it may be wrong.
        let now = self.date.and_then(http_date).unwrap_or_else(Timestamp::now);
        Some(bounded(until.duration_since(now).as_secs_f64()))
    }
}

/// The time of an HTTP header.
pub fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

fn bounded(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(SHORTEST_STAY, LONGEST_STAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_enough_only_where_it_says_when_to_come_back_and_the_body_decides_nothing() {
        for (status, retry_after, expected) in [
            (429, Some("2"), true),
            (503, Some("Sun, 06 Nov 1994 08:49:37 GMT"), true),
            (408, Some("0.5"), true),
            (429, None, false),
            (503, Some("soon"), false),
            (302, Some("2"), false),
            (400, Some("2"), false),
            (401, Some("2"), false),
        ] {
            let head = Head {
                status,
                retry_after,
                date: None,
                location: None,
            };
            assert_eq!(head.says_when(), expected, "{status} {retry_after:?}");
        }
    }
}
