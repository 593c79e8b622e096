//! Time for the demo: points in time that tests can make up, and the clock that gives real ones.
//!
//! Not for showing times, and not for how long a socket may take.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A point in time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// The later moment; the end of time where there is none.
    pub fn after(self, wait: Duration) -> Moment {
        Moment(self.0.saturating_add(millis(wait)))
    }

    /// The earlier moment; 1970 where there is none.
    pub fn before(self, wait: Duration) -> Moment {
        Moment(self.0.saturating_sub(millis(wait)))
    }

    /// How long after `earlier` this is; nothing if it is not after it.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Whole seconds since 1970, as messages carry them.
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Seconds with a fraction, as `presence` events carry them.
    pub fn fractional_seconds(self) -> f64 {
        Duration::from_millis(self.0).as_secs_f64()
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// A clock that never jumps: the wall clock is read once, when it starts.
#[derive(Debug)]
pub struct Clock {
    wall: Moment,
    started: Instant,
}

impl Clock {
    /// A clock that shows the wall's time now.
    pub fn start() -> Clock {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Clock {
            wall: Moment(millis(wall)),
            started: Instant::now(),
        }
    }

    /// What it shows.
    pub fn now(&self) -> Moment {
        self.wall.after(self.started.elapsed())
    }
}
