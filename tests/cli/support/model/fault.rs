//! What can go wrong with a request, and with which.
//!
//! Not for carrying it out (`service.rs`).

use std::time::Duration;

use crate::support::http::Request;
use crate::support::reply::{Ending, Reply};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `POST /register`.
    Register,
    /// `GET /events`.
    Poll,
    /// `GET /messages`.
    History,
    /// `DELETE /events`.
    Delete,
    /// Anything else: the account, names.
    Lookup,
}

impl Step {
    /// What this request is for.
    pub fn of(request: &Request) -> Step {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/api/v1/register") => Step::Register,
            ("GET", "/api/v1/events") => Step::Poll,
            ("DELETE", "/api/v1/events") => Step::Delete,
            ("GET", "/api/v1/messages") => Step::History,
            _ => Step::Lookup,
        }
    }
}

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is not acted on; this is answered instead.
    Answer(Reply),
    /// It is acted on, and the answer never comes.
    Lost(Ending),
    /// It is acted on, and the answer ends in the middle.
    Truncated,
    /// It is acted on, and the answer is damaged.
    Garbled,
    /// It waits until it is released, and is acted on then.
    Held,
    /// It is acted on, and the answer waits until it is released.
    Late,
    /// It takes so long until it is acted on, and then until it is answered.
    Slow(Duration, Duration),
    /// The same, and the queue that was made is gone when that is told.
    Forgotten(Duration, Duration),
    /// It is acted on, and the second half of the answer waits until everything is healed.
    Stalled,
}

/// Trouble that passes: all the ways in which a request of any step can fail for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is thrown away.
    Reset,
    /// The connection is closed.
    Close,
    /// The answer ends in the middle.
    Truncated,
    /// The answer is damaged.
    Garbled,
    /// Too many requests: come back in a second.
    Limited,
    /// The gateway's page.
    Gateway,
    /// Somebody else's page.
    Page,
    /// The server's own fault.
    Error,
}

impl Trouble {
    /// All there is.
    pub const ALL: [Trouble; 8] = [
        Trouble::Reset,
        Trouble::Close,
        Trouble::Truncated,
        Trouble::Garbled,
        Trouble::Limited,
        Trouble::Gateway,
        Trouble::Page,
        Trouble::Error,
    ];

    /// What goes wrong.
    pub fn fault(self) -> Fault {
        let limited = || Reply::error(429, "RATE_LIMIT_HIT", "slow down");
        match self {
            Trouble::Reset => Fault::Lost(Ending::Reset),
            Trouble::Close => Fault::Lost(Ending::Close),
            Trouble::Truncated => Fault::Truncated,
            Trouble::Garbled => Fault::Garbled,
            Trouble::Limited => Fault::Answer(limited().header("Retry-After", "1")),
            Trouble::Gateway => Fault::Answer(Reply::html_502()),
            Trouble::Page => Fault::Answer(Reply::text(200, "text/html", "<html>")),
            Trouble::Error => Fault::Answer(Reply::error(500, "", "Internal server error")),
        }
    }
}

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// For one request.
    Once,
    /// Until the test says otherwise.
    UntilHealed,
}
