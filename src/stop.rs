//! Why a run ends, whether it tails or replays. What follows from it is decided in `start`.

use crate::error::Error;
use crate::output::sink::WriteError;
use crate::signals::Signal;

/// Why the run ends.
#[derive(Debug)]
pub enum Stop {
    /// A signal came.
    Interrupted(Signal),
    /// Nobody reads our output any more.
    ReaderGone,
    /// `--timeout` is over.
    TimedOut,
    /// `--count` is reached.
    Counted,
    /// There is nothing more.
    Drained,
    /// `--fail-on-gap`: something was lost.
    Lost,
    /// It cannot go on.
    Failed(Error),
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ReaderGone => Stop::ReaderGone,
            WriteError::Failed(cause) => Stop::Failed(Error::Write(cause)),
        }
    }
}
