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
    /// What was asked is done, or nobody reads the output any more.
    Done,
    /// Something was lost, with `--fail-on-gap`.
    Lost,
    /// `--check` has reported what is wrong; with which exit code a run would end.
    Problem(Exit),
    /// It cannot go on.
    Failed(Error),
}

impl Outcome {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Outcome::Done => Exit::Done,
            Outcome::Lost => Exit::Lost,
            Outcome::Problem(exit) => *exit,
            Outcome::Failed(error) => error.exit(),
        }
    }

    /// The server's refusal in it (a 400 of the API), which may not be the end; else itself.
    pub fn refusal(self) -> Result<ApiError, Outcome> {
        match self {
            Outcome::Failed(Error::Api(error)) if error.is_bad_request() => Ok(error),
            outcome => Err(outcome),
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
            WriteError::ReaderGone => Outcome::Done,
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
    /// The cursor file cannot be used; the text says which and why.
    Cursor(String),
    /// There is nothing to replay; the text says where and why.
    Replay(String),
    /// The input cannot be read on: its name, and the cause.
    Read(String, io::Error),
    /// Standard output cannot be written any more.
    Write(io::Error),
    /// Something of this machine failed: what, and the cause.
    System(&'static str, io::Error),
}

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Did what was asked.
    Done,
    /// Any failure without a code of its own.
    Failed,
    /// Usage or configuration.
    Usage,
    /// The server refused the account.
    Refused,
    /// The server was not reached.
    Unreachable,
    /// Events were lost, with `--fail-on-gap`.
    Lost,
    /// `--timeout` was over first.
    TimedOut,
}

impl Exit {
    /// The number that a shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Unreachable => 4,
            Exit::Lost => 5,
            Exit::TimedOut => 124,
        }
    }

    /// Ends the process without waiting for a thread that hangs in a request.
    pub fn leave(self) -> ! {
        process::exit(i32::from(self.code()))
    }

    fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "did what was asked, or the reader of the output has left",
            Exit::Failed => "any other failure: cannot write, cursor file locked or unreadable",
            Exit::Usage => "usage or configuration: option, narrow, file, no such server",
            Exit::Refused => "refused: wrong key or address, deactivated",
            Exit::Unreachable => "not reached for --give-up-after, or certificate not trusted",
            Exit::Lost => "events were lost, with --fail-on-gap",
            Exit::TimedOut => "--timeout was over before --count, --once or --until was done",
        }
    }
}

const EXITS: [Exit; 7] = [
    Exit::Done,
    Exit::Failed,
    Exit::Usage,
    Exit::Refused,
    Exit::Unreachable,
    Exit::Lost,
    Exit::TimedOut,
];

/// The exit codes as `--help` and the README show them.
pub fn exit_code_table() -> String {
    let rows = EXITS.map(|exit| format!("  {:<4}{}\n", exit.code(), exit.meaning()));
    rows.concat() + "  by INT, TERM, HUP: dies by that signal (a shell shows 130, 143, 129)"
}

impl Error {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Usage(_) => Exit::Usage,
            Error::GaveUp(_) => Exit::Unreachable,
            Error::Cursor(_)
            | Error::Replay(_)
            | Error::Read(..)
            | Error::Write(_)
            | Error::System(..) => Exit::Failed,
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
            Error::Usage(text) | Error::Cursor(text) | Error::Replay(text) => f.write_str(text),
            Error::Api(error) => error.fmt(f),
            Error::GaveUp(error) => write!(f, "gave up: {error}"),
            Error::Read(name, cause) => write!(f, "cannot read on in {name}: {cause}"),
            Error::Write(cause) => write!(f, "cannot write to standard output: {cause}"),
            Error::System(what, cause) => write!(f, "{what}: {cause}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Usage(_) | Error::Cursor(_) | Error::Replay(_) => None,
            Error::Api(error) | Error::GaveUp(error) => Some(error),
            Error::Read(_, cause) | Error::Write(cause) | Error::System(_, cause) => Some(cause),
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(error)
    }
}
