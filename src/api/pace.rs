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

/// What is known of one budget.
#[derive(Debug, Default)]
pub struct Pace {
    /// How many requests the server allows, and how many it allowed still after the last answer.
    reported: Option<(u32, u32)>,
    last_sent: Option<Instant>,
}

impl Pace {
    /// How long the next request is held back: not at all while more than half of the limit is left, then
    /// so that requests leave at the rate of the limit at most. One that comes later than that leaves at once.
    pub fn wait(&self, now: Instant) -> Duration {
        match (self.reported, self.last_sent) {
            (Some((limit, remaining)), Some(last)) if limit > 0 && remaining <= limit / 2 => {
                let between = WINDOW / limit;
                (last + between).saturating_duration_since(now).min(LONGEST)
            }
            _ => Duration::ZERO,
        }
    }

    /// Remembers when a request was sent.
    pub fn set_last_sent(&mut self, now: Instant) {
        self.last_sent = Some(now);
    }

    /// Remembers the numbers of an answer: how many requests are allowed, and how many are left, where it has them.
    pub fn update(&mut self, limit: Option<u32>, remaining: Option<u32>) {
        self.reported = limit.zip(remaining);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_half_of_the_limit_requests_leave_at_its_rate() {
        let ms = Duration::from_millis;
        for (name, reported, since, expected) in [
            ("no limit is reported", (None, None), 0, 0),
            ("no rest is reported", (Some(200), None), 0, 0),
            ("much is left", (Some(200), Some(101)), 0, 0),
            ("half is left", (Some(200), Some(100)), 0, 300),
            ("a part of it has passed", (Some(200), Some(5)), 100, 200),
            ("the last one is long ago", (Some(200), Some(0)), 400, 0),
            ("a small limit", (Some(4), Some(1)), 0, 2000),
            ("no requests at all", (Some(0), Some(0)), 0, 0),
        ] {
            let (mut pace, now) = (Pace::default(), Instant::now());
            pace.set_last_sent(now);
            pace.update(reported.0, reported.1);
            assert_eq!(pace.wait(now + ms(since)), ms(expected), "{name}");
        }
    }

    #[test]
    fn the_first_request_is_not_held_back() {
        assert_eq!(Pace::default().wait(Instant::now()), Duration::ZERO);
    }
}
