//! How often a list of names is asked for: once a minute at most, and less often where that is in vain.
//!
//! Pure: the time is handed in.

use std::time::{Duration, Instant};

/// Between two requests for a list.
const PAUSE: Duration = Duration::from_mins(1);
/// After so many requests in a row that failed or were of no use.
const WAITS: [Duration; 4] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
];

/// When a list may be asked for again.
#[derive(Debug, Default)]
pub struct Pace {
    under_way: bool,
    not_before: Option<Instant>,
    /// Requests in a row that brought nothing.
    in_vain: usize,
}

impl Pace {
    /// Whether it has been asked for and has not come yet.
    pub fn is_under_way(&self) -> bool {
        self.under_way
    }

    /// Whether it may be asked for now.
    pub fn allows(&self, now: Instant) -> bool {
        !self.under_way && self.not_before.is_none_or(|time| now >= time)
    }

    /// It is asked for.
    pub fn asked(&mut self, now: Instant) {
        self.under_way = true;
        self.hold_off(now + PAUSE);
    }

    /// It came and was of use.
    pub fn succeeded(&mut self) {
        self.under_way = false;
        self.in_vain = 0;
    }

    /// It did not come, or was of no use.
    pub fn failed(&mut self, ended: Instant) {
        self.under_way = false;
        let last = WAITS.len() - 1;
        let wait = WAITS.get(self.in_vain.min(last)).copied();
        self.in_vain += 1;
        self.hold_off(ended + wait.unwrap_or(PAUSE));
    }

    /// Not before this time in any case.
    pub fn hold_off(&mut self, until: Instant) {
        self.not_before = self.not_before.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a request, a second after it was sent.
    #[derive(Clone, Copy, Debug)]
    enum Outcome {
        Helps,
        Fails,
        FailsFor(u64),
    }

    /// How many seconds after each of these requests the next one is allowed.
    fn waits(outcomes: &[Outcome]) -> Vec<u64> {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        let second = Duration::from_secs(1);
        let mut waits = Vec::new();
        for outcome in outcomes {
            assert!(pace.allows(now));
            pace.asked(now);
            assert!(!pace.allows(now + Duration::from_hours(24)), "under way");
            let ended = now + second;
            match outcome {
                Outcome::Helps => pace.succeeded(),
                Outcome::Fails => pace.failed(ended),
                Outcome::FailsFor(stay) => {
                    pace.failed(ended);
                    pace.hold_off(ended + Duration::from_secs(*stay));
                }
            }
            let wait = (1..10_000).find(|wait| pace.allows(now + second * *wait));
            waits.extend(wait.map(u64::from));
            now += second * wait.unwrap_or_default();
        }
        waits
    }

    #[test]
    fn a_list_is_asked_for_once_a_minute_and_less_often_where_that_is_in_vain() {
        use Outcome::{Fails, FailsFor, Helps};
        for (outcomes, expected) in [
            (&[Helps, Helps, Helps][..], &[60, 60, 60][..]),
            (
                &[Fails, Fails, Fails, Fails, Fails],
                &[61, 301, 901, 3601, 3601],
            ),
            (&[Fails, Fails, Helps, Fails], &[61, 301, 60, 61]),
            (&[FailsFor(10), FailsFor(1000)], &[61, 1001]),
        ] {
            assert_eq!(waits(outcomes), expected, "{outcomes:?}");
        }
    }
}
