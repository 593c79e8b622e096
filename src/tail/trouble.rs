//! The server out of reach: since when, and how loudly that is said.
//!
//! Pure: the time is handed in. Not for what is done about it (`link`).

use std::time::{Duration, Instant};

use crate::api::ApiError;
use crate::notice::Level;

/// Trouble that lasts longer is said even where nobody watches.
const PATIENCE: Duration = Duration::from_mins(1);

/// From the first failure to the next good answer.
#[derive(Debug)]
pub struct Trouble {
    /// When it began.
    pub start: Instant,
    /// When the server was heard last, or when it began.
    pub silent_since: Instant,
    /// Whether anything has failed.
    pub has_failed: bool,
    warned: bool,
}

impl Trouble {
    /// Nothing has come back since then, and nothing has failed yet.
    pub fn since(start: Instant) -> Trouble {
        Trouble {
            start,
            silent_since: start,
            has_failed: false,
            warned: false,
        }
    }

    /// A request fails. Tells how loudly to say so.
    pub fn fail(&mut self, error: &ApiError, now: Instant) -> Level {
        let reached = error.is_rate_limit();
        if reached {
            self.silent_since = now;
        }
        let first = !self.has_failed;
        self.has_failed = true;
        let lasts = now.saturating_duration_since(self.silent_since) >= PATIENCE;
        // Once is enough: a server that limits the rate may do so for hours.
        if (reached || lasts) && !self.warned {
            self.warned = true;
            Level::Warning
        } else if first {
            Level::Notice
        } else {
            Level::Detail
        }
    }

    /// How loudly to say that it is over.
    pub fn level(&self) -> Level {
        if self.warned {
            Level::Warning
        } else {
            Level::Notice
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level::{Detail, Notice, Warning};
    use super::*;

    #[test]
    fn the_first_failure_is_said_to_those_who_watch_and_a_long_trouble_once_to_all() {
        let start = Instant::now();
        let site = "https://chat.example.com".parse().unwrap();
        let mut trouble = Trouble::since(start);
        let levels = [0, 1, 59, 60, 61, 7200].map(|seconds| {
            let error = ApiError::silent(&site, Duration::from_secs(1));
            trouble.fail(&error, start + Duration::from_secs(seconds))
        });
        assert_eq!(levels, [Notice, Detail, Detail, Warning, Detail, Detail]);
        assert_eq!(trouble.level(), Warning);
    }

    #[test]
    fn a_server_that_was_heard_meanwhile_is_not_out_of_reach() {
        let start = Instant::now();
        let minute = Duration::from_mins(1);
        let site = "https://chat.example.com".parse().unwrap();
        let mut trouble = Trouble::since(start);
        trouble.silent_since = start + minute;
        let level = trouble.fail(&ApiError::silent(&site, minute), start + minute);
        assert_eq!(
            (level, trouble.start, trouble.silent_since),
            (Notice, start, start + minute)
        );
    }
}
