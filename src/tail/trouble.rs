//! The server out of reach: since when, and how loudly that is said.
//!
//! Pure: the time is handed in. Not for what is done about it (`link`).

use std::time::{Duration, Instant};

use crate::api::ApiError;
use crate::notice::Level;

/// Trouble that lasts longer is said even where nobody watches.
const PATIENCE: Duration = Duration::from_mins(1);

/// So many cuts of the same kind are a rule.
pub const MANY: u32 = 3;

/// From the first failure to the next good answer.
#[derive(Debug)]
pub struct Trouble {
    /// When it began.
    pub start: Instant,
    /// When the server was heard last, or when it began.
    pub silent_since: Instant,
    /// Whether anything has failed.
    pub has_failed: bool,
    /// How loudly it was said so far.
    loudest: Option<Level>,
}

impl Trouble {
    /// Nothing has come back since then, and nothing has failed yet.
    pub fn since(start: Instant) -> Trouble {
        Trouble {
            start,
            silent_since: start,
            has_failed: false,
            loudest: None,
        }
    }

    /// A request fails. Tells how loudly to say so.
    pub fn fail(&mut self, error: &ApiError, now: Instant) -> Level {
        let reached = error.is_rate_limit();
        if reached {
            self.silent_since = now;
        }
        let lasts = now.saturating_duration_since(self.silent_since) >= PATIENCE;
        // Once is enough: a server that limits the rate may do so for hours.
        let level = if (reached || lasts) && self.loudest != Some(Level::Warning) {
            Level::Warning
        } else if self.loudest.is_none() {
            Level::Notice
        } else {
            return Level::Detail;
        };
        self.loudest = Some(level);
        level
    }

    /// How loudly to say that it is over.
    pub fn level(&self) -> Level {
        self.loudest.unwrap_or(Level::Detail)
    }
}

/// Waiting polls that something on the way cuts, again and again after the same time: some proxies do that with all
/// connections on which nothing comes. Nothing is lost by it, and there is no need to say it each time.
#[derive(Debug, Default)]
pub struct WaitCuts {
    /// How long the first of them had waited.
    pub age: Duration,
    /// How many there were in a row.
    count: u32,
}

impl WaitCuts {
    /// A poll was cut that had waited for so long. How many there were like it in a row.
    pub fn add(&mut self, age: Duration) -> u32 {
        let tolerance = (self.age / 10).max(Duration::from_secs(1));
        if self.count == 0 || self.age.abs_diff(age) > tolerance {
            *self = WaitCuts { age, count: 1 };
        } else {
            self.count = self.count.saturating_add(1);
        }
        self.count
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
            let error = ApiError::silent(&site, "requests", Duration::from_secs(1));
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
        let level = trouble.fail(&ApiError::silent(&site, "requests", minute), start + minute);
        assert_eq!(
            (level, trouble.start, trouble.silent_since),
            (Notice, start, start + minute)
        );
    }

    #[test]
    fn waiting_polls_that_are_cut_after_the_same_time_are_a_rule_from_the_third_on() {
        let mut cuts = WaitCuts::default();
        let counts = [30, 31, 29, 30, 30].map(|age| cuts.add(Duration::from_secs(age)));
        assert_eq!(counts, [1, 2, 3, 4, 5]);
        let counts = [5, 6, 50, 54, 55].map(|age| cuts.add(Duration::from_secs(age)));
        assert_eq!(counts, [1, 2, 1, 2, 3]);
    }
}
