//! Whether an answer that arrives piece by piece gets on: not one that trickles, so that it would
//! never end and never be silent either, and not one that is nothing but padding.
//!
//! Pure: the time is handed in. A page of history has limits of its own, since it is held until it
//! is understood; events are passed on as they come, so that any number of them is fine.

use std::time::{Duration, Instant};

/// So many bytes are progress, whatever they are: slower than any line that can be worked with.
const SOME: usize = 64 << 10;
/// So many bytes without an element are nonsense; the longest element has 64 MiB.
const FUTILE: usize = 65 << 20;

/// The most that a list may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Elements.
    pub elements: usize,
    /// Bytes of the answer.
    pub bytes: usize,
}

impl Limits {
    /// Any number of any length.
    pub const NONE: Limits = Limits {
        elements: usize::MAX,
        bytes: usize::MAX,
    };
}

/// Why an answer is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It does not get on.
    Slow,
    /// It goes on and says nothing.
    Futile,
    /// More elements than were asked for.
    TooMany,
    /// More bytes than can be held.
    TooLong,
}

/// An answer's way so far.
#[derive(Debug)]
pub struct Progress {
    limits: Limits,
    patience: Duration,
    elements: usize,
    bytes: usize,
    /// When there was progress.
    at: Instant,
    /// Bytes since then.
    since: usize,
    /// Bytes since the last element.
    barren: usize,
}

impl Progress {
    /// An answer that begins now and must get on within `patience` each time.
    pub fn new(limits: Limits, patience: Duration, now: Instant) -> Progress {
        Progress {
            limits,
            patience,
            elements: 0,
            bytes: 0,
            at: now,
            since: 0,
            barren: 0,
        }
    }

    /// So many bytes have arrived, which completed so many elements.
    pub fn note(&mut self, bytes: usize, elements: usize, now: Instant) -> Result<(), Halt> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.elements = self.elements.saturating_add(elements);
        self.since = self.since.saturating_add(bytes);
        self.barren = if elements > 0 {
            0
        } else {
            self.barren.saturating_add(bytes)
        };
        if elements > 0 || self.since >= SOME {
            (self.at, self.since) = (now, 0);
        }
        if self.elements > self.limits.elements {
            Err(Halt::TooMany)
        } else if self.bytes > self.limits.bytes {
            Err(Halt::TooLong)
        } else if self.barren > FUTILE {
            Err(Halt::Futile)
        } else if now.saturating_duration_since(self.at) > self.patience {
            Err(Halt::Slow)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(100);
    const PAGE: Limits = Limits {
        elements: 3,
        bytes: 1 << 20,
    };

    /// Bytes, elements and seconds since the last piece; so many times; what comes of it.
    type Case = (&'static str, Limits, (usize, usize, u64), u32, Option<Halt>);

    #[test]
    fn an_answer_is_read_as_long_as_it_gets_on() {
        let cases: [Case; 8] = [
            (
                "a byte now and then",
                Limits::NONE,
                (1, 0, 50),
                3,
                Some(Halt::Slow),
            ),
            ("an event now and then", Limits::NONE, (100, 1, 90), 9, None),
            ("a slow line", Limits::NONE, (40 << 10, 0, 50), 99, None),
            (
                "nothing but spaces",
                Limits::NONE,
                (1 << 20, 0, 0),
                66,
                Some(Halt::Futile),
            ),
            ("a long element", Limits::NONE, (1 << 20, 0, 0), 64, None),
            ("rows as asked", PAGE, (100, 1, 0), 3, None),
            ("more rows", PAGE, (100, 1, 0), 4, Some(Halt::TooMany)),
            ("longer", PAGE, (1 << 19, 1, 0), 3, Some(Halt::TooLong)),
        ];
        for (name, limits, (bytes, elements, seconds), times, expected) in cases {
            let mut now = Instant::now();
            let mut progress = Progress::new(limits, PATIENCE, now);
            let mut last = Ok(());
            for _ in 0..times {
                assert_eq!(last, Ok(()), "{name}");
                now += Duration::from_secs(seconds);
                last = progress.note(bytes, elements, now);
            }
            assert_eq!(last.err(), expected, "{name}");
        }
    }
}
