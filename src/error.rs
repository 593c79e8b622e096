//! How a run ends, and *the* table of exit codes. Printing is `notice.rs`'s business.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::process;

use crate::api::{ApiError, Verdict};
use crate::output::sink::WriteError;

/// How the main thread ends a run. Signals and limits of time end it elsewhere (`watch.rs`).
#[derive(Debug)]
pub enum Outcome {
    /// With this exit code, and nothing more to say.
    Ended(Exit),
    /// It cannot go on.
    Failed(Error),
}

impl Outcome {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Outcome::Ended(exit) => *exit,
            Outcome::Failed(error) => error.exit(),
        }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Outcome::Failed(error)
    }
}

impl From<ApiError> for Outcome {
    fn from(error: ApiError) -> Self {
        Outcome::Failed(error.into())
    }
}

impl From<WriteError> for Outcome {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ReaderGone => Outcome::Ended(Exit::Done),
            WriteError::Failed(cause) => Outcome::Failed(Error::Write(cause)),
        }
    }
}

/// Why the program ends, other than by doing what was asked.
#[derive(Debug)]
pub enum Error {
    /// An option, the configuration, or what they name is wrong; the text says what to do.
    Usage(String),
    /// The server refused or could not be understood.
    Api(ApiError),
    /// Nothing but failures for `--give-up-after`; the last of them.
    GaveUp(ApiError),
    /// A file of ours or of the user's is of no use; the text says which and why.
    Failed(String),
    /// Standard output cannot be written any more.
    Write(io::Error),
    /// Something of this machine failed: what, and the cause.
    System(&'static str, io::Error),
}

/// How the process ends; the numbers are what a shell sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Did what was asked.
    Done = 0,
    /// Any failure without a code of its own.
    Failed = 1,
    /// Usage or configuration.
    Usage = 2,
    /// The server refused the account.
    Refused = 3,
    /// The server was not reached.
    Unreachable = 4,
    /// Events were lost, with `--fail-on-gap`.
    Lost = 5,
    /// `--timeout` was over first.
    TimedOut = 124,
}

/// What they mean to users.
const MEANINGS: [(Exit, &str); 7] = [
    (
        Exit::Done,
        "did what was asked, or the reader of the output has left",
    ),
    (
        Exit::Failed,
        "any other failure: cannot write, cursor file locked or unreadable",
    ),
    (
        Exit::Usage,
        "usage or configuration: option, narrow, file, no such server",
    ),
    (Exit::Refused, "refused: wrong key or address, deactivated"),
    (
        Exit::Unreachable,
        "not reached for --give-up-after, or certificate not trusted",
    ),
    (Exit::Lost, "events were lost, with --fail-on-gap"),
    (
        Exit::TimedOut,
        "--timeout was over before --count, --once or --until was done",
    ),
];

impl Exit {
    /// Ends the process without waiting for a thread that hangs in a request.
    pub fn leave(self) -> ! {
        process::exit(self as i32)
    }
}

/// The exit codes as `--help` and the README show them.
pub fn exit_code_table() -> String {
    let rows = MEANINGS.map(|(exit, meaning)| format!("  {:<4}{meaning}\n", exit as i32));
    rows.concat() + "  by INT, TERM, HUP: dies by that signal (a shell shows 130, 143, 129)"
}

impl Error {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Usage(_) => Exit::Usage,
            Error::GaveUp(_) => Exit::Unreachable,
            Error::Failed(_) | Error::Write(_) | Error::System(..) => Exit::Failed,
            Error::Api(error) if error.is_denial() => Exit::Refused,
            Error::Api(error) => match error.verdict() {
                Verdict::Refused => Exit::Refused,
                Verdict::Untrusted => Exit::Unreachable,
                Verdict::Wrong | Verdict::NotTheApi => Exit::Usage,
                Verdict::Transient | Verdict::Later(_) => Exit::Failed,
            },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Usage(text) | Error::Failed(text) => f.write_str(text),
            Error::Api(error) => error.fmt(f),
            Error::GaveUp(error) => write!(f, "gave up: {error}"),
            Error::Write(cause) => write!(f, "cannot write to standard output: {cause}"),
            Error::System(what, cause) => write!(f, "{what}: {cause}"),
        }
    }
}

impl StdError for Error {}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(error)
    }
}
