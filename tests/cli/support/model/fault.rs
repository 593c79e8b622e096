//! What can go wrong with a request, and with which.
//!
//! Not for carrying it out (`service.rs`).

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
}

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// For one request.
    Once,
    /// Until the test says otherwise.
    UntilHealed,
}
