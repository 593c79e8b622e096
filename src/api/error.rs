//! What a request can come back with instead of an answer, whether to try again, and what is said.
//!
//! Not for telling which failure it is (`refusal.rs`, `breakdown.rs`). The texts of servers are translated
//! and their codes came late, so neither decides anything but a lost queue.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::site::Site;

/// A request without an answer that can be used.
#[derive(Debug)]
pub struct ApiError {
    site: String,
    endpoint: &'static str,
    failure: Failure,
}

/// What happened.
#[derive(Debug)]
pub enum Failure {
    /// No connection, or it broke before an answer; the cause.
    Unreachable(String),
    /// No answer, or none that went on, for so long.
    Silent(Duration),
    /// The server's certificate does not convince; cause and remedy.
    Untrusted(String),
    /// Our certificate does not convince the server; cause and remedy.
    Unwelcome(String),
    /// A body that is cut off or no answer of this API; what is wrong with it.
    Garbled(String),
    /// A page of history beyond so many bytes; fewer rows may do.
    LongPage(usize),
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
        /// How long to stay away, if it says so.
        retry_after: Option<Duration>,
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
    /// The same with all the texts in it changed, most of which are the server's.
    #[must_use]
    pub fn map_texts(self, change: impl Fn(String) -> String) -> Failure {
        match self {
            Failure::Unreachable(cause) => Failure::Unreachable(change(cause)),
            Failure::Untrusted(cause) => Failure::Untrusted(change(cause)),
            Failure::Unwelcome(cause) => Failure::Unwelcome(change(cause)),
            Failure::Garbled(cause) => Failure::Garbled(change(cause)),
            Failure::Redirected(to) => Failure::Redirected(change(to)),
            Failure::Setup(cause) => Failure::Setup(change(cause)),
            Failure::Refused {
                status,
                code,
                message,
            } => Failure::Refused {
                status,
                code: change(code),
                message: change(message),
            },
            Failure::Silent(_)
            | Failure::LongPage(_)
            | Failure::Limited(_)
            | Failure::Foreign { .. } => self,
        }
    }
}

impl ApiError {
    /// A failure of a request to this endpoint.
    pub fn new(site: &Site, endpoint: &'static str, failure: Failure) -> ApiError {
        ApiError {
            site: site.to_string(),
            endpoint,
            failure,
        }
    }

    /// A client that cannot be built.
    pub fn setup(cause: String) -> ApiError {
        ApiError {
            site: String::new(),
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
            Failure::Unreachable(_)
            | Failure::Silent(_)
            | Failure::Garbled(_)
            | Failure::LongPage(_) => Verdict::Transient,
            Failure::Limited(stay) => Verdict::Later(*stay),
            Failure::Untrusted(_) | Failure::Unwelcome(_) => Verdict::Untrusted,
            Failure::Redirected(_) => Verdict::NotTheApi,
            Failure::Refused {
                status: 401 | 403, ..
            } => Verdict::Refused,
            Failure::Refused { .. } | Failure::Setup(_) => Verdict::Wrong,
            Failure::Foreign {
                status,
                retry_after,
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

    /// Whether it is a 401 or 403, of the API or of something in front of it.
    pub fn is_denial(&self) -> bool {
        let (Failure::Refused { status, .. } | Failure::Foreign { status, .. }) = &self.failure
        else {
            return false;
        };
        matches!(status, 401 | 403)
    }

    /// Whether the API itself said 400: to a poll it means that the queue is of no use any more.
    pub fn is_bad_request(&self) -> bool {
        matches!(self.failure, Failure::Refused { status: 400, .. })
    }

    /// Whether it is a page of history that is too long to be held.
    pub fn is_long_page(&self) -> bool {
        matches!(self.failure, Failure::LongPage(_))
    }

    /// Whether the server knows no such queue (any more), so that there is nothing to delete.
    /// Code-less servers are told by the text's beginning.
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

    /// What can be done about it, where that is known.
    fn hint(&self) -> Option<&'static str> {
        match &self.failure {
            Failure::Redirected(_) => Some("set site to the address that answers itself"),
            Failure::Refused { .. } if self.is_denial() => Some("check email, key and site"),
            Failure::Foreign { .. } if self.is_denial() => {
                Some("check email, key and site, and what stands before it")
            }
            Failure::Foreign { .. } if self.verdict() == Verdict::NotTheApi => Some("check site"),
            _ => None,
        }
    }
}

/// The innermost cause: the outer ones only say that a request failed.
pub fn deepest(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (site, endpoint) = (&self.site, self.endpoint);
        match &self.failure {
            Failure::Unreachable(cause) => write!(f, "cannot reach {site}: {cause}"),
            Failure::Silent(limit) => {
                let seconds = limit.as_secs();
                write!(f, "{site} was silent for {seconds} s ({endpoint})")
            }
            Failure::Untrusted(cause) => write!(f, "certificate of {site} is not trusted: {cause}"),
            Failure::Unwelcome(cause) => write!(f, "{site} does not let us in: {cause}"),
            Failure::Garbled(cause) => {
                write!(f, "answer of {site} to {endpoint} not understood: {cause}")
            }
            Failure::LongPage(limit) => {
                let mebibytes = limit >> 20;
                write!(
                    f,
                    "answer of {site} to {endpoint} is longer than {mebibytes} MiB"
                )
            }
            Failure::Limited(stay) => {
                let seconds = stay.as_secs_f32().ceil();
                write!(f, "{site} limits the rate: come back in {seconds} s")
            }
            Failure::Redirected(to) => write!(f, "{site} redirects {endpoint} to {to}"),
            Failure::Refused {
                status, message, ..
            } if self.is_denial() => {
                write!(f, "{site} refuses the account: {message} ({status})")
            }
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
            Failure::Foreign { status, .. } if self.is_denial() => {
                write!(
                    f,
                    "{site} answers {status} to {endpoint}, not as such a server does"
                )
            }
            Failure::Foreign { status, .. } if self.verdict() == Verdict::NotTheApi => {
                write!(
                    f,
                    "{site} is no such server: it answers {status} to {endpoint}"
                )
            }
            Failure::Foreign { status, .. } => write!(f, "{site} answers {status} to {endpoint}"),
            Failure::Setup(cause) => f.write_str(cause),
        }?;
        self.hint().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl StdError for ApiError {}
