//! How fast requests may follow one another: servers limit their number and report how many are left.
//!
//! Pure: the time is handed in. `X-RateLimit-Limit` and `-Remaining` of each answer (Zulip's
//! `zerver/lib/rate_limiter.py`; 200 a minute by default). New servers count `/events` apart from all else.
//! `-Reset` is not used: on old servers it is garbage.

use std::time::{Duration, Instant};

/// The time that a limit is assumed to cover.
const WINDOW: Duration = Duration::from_mins(1);
/// No request is held back longer.
const LONGEST: Duration = Duration::from_secs(2);

/// What requests are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// That of `/events`.
    Events,
    /// That of all else.
    Others,
}

/// What the last answer told of one budget.
#[derive(Debug)]
pub struct Pace {
    /// When its request was sent.
    pub sent: Instant,
    /// How many requests the server allows.
    pub limit: u32,
    /// How many it allows still.
    pub remaining: u32,
}

impl Pace {
    /// How long the next request is held back: not at all while more than half of the limit is left, then
    /// so that requests leave at the rate of the limit at most. One that comes later than that leaves at once.
    pub fn wait(&self, now: Instant) -> Duration {
        if self.limit == 0 || self.remaining > self.limit / 2 {
            return Duration::ZERO;
        }
        let next = self.sent + WINDOW / self.limit;
        next.saturating_duration_since(now).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_half_of_the_limit_requests_leave_at_its_rate() {
        let ms = Duration::from_millis;
        for (name, reported, since, expected) in [
            ("much is left", (200, 101), 0, 0),
            ("half is left", (200, 100), 0, 300),
            ("a part of it has passed", (200, 5), 100, 200),
            ("the last one is long ago", (200, 0), 400, 0),
            ("a small limit", (4, 1), 0, 2000),
            ("no requests at all", (0, 0), 0, 0),
        ] {
            let (sent, (limit, remaining)) = (Instant::now(), reported);
            let pace = Pace {
                sent,
                limit,
                remaining,
            };
            assert_eq!(pace.wait(sent + ms(since)), ms(expected), "{name}");
        }
    }
}
