//! How long to wait after a failure. No clock and no randomness inside: chance is handed in.

use std::time::Duration;

const LONGEST: Duration = Duration::from_mins(1);

/// Waits 1, 2, 4 … 60 seconds, each a quarter more or less, until a good answer resets it.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    failures: u32,
}

impl Backoff {
    /// There was no failure yet, after which to wait so long.
    pub fn new(first: Duration) -> Backoff {
        Backoff { first, failures: 0 }
    }

    /// The wait after one more failure; `chance` from 0 to 1 picks within plus or minus 25 %.
    pub fn next(&mut self, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(6));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(LONGEST)
            .mul_f64(0.75 + 0.5 * chance.clamp(0.0, 1.0))
    }

    /// Failures since the last good answer.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// A good answer came: the next failure waits for the first time again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_up_to_a_minute_and_start_again_after_a_good_answer() {
        let mut backoff = Backoff::new(SECOND);
        let waits: Vec<u64> = (0..9).map(|_| backoff.next(0.5).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.next(0.5), SECOND);
    }

    #[test]
    fn chance_moves_a_wait_by_a_quarter_at_most() {
        for (name, chance, expected) in [
            ("least", 0.0, 750),
            ("most", 1.0, 1250),
            ("out of range", 7.0, 1250),
        ] {
            assert_eq!(
                Backoff::new(SECOND).next(chance).as_millis(),
                expected,
                "{name}"
            );
        }
    }
}
