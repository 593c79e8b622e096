//! Whether the machine has slept: the monotonic clock stands still then, the wall clock does not.

use std::time::{Duration, Instant, SystemTime};

/// A difference that no correction of the clock explains.
const JUMP: Duration = Duration::from_secs(30);

/// Both clocks, as they were read last.
#[derive(Debug)]
pub struct Clocks {
    monotonic: Instant,
    wall: SystemTime,
}

impl Clocks {
    /// Reads both.
    pub fn read() -> Clocks {
        Clocks {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// Reads both again, and tells whether they have moved apart since.
    pub fn have_parted(&mut self) -> bool {
        let (monotonic, wall) = (self.monotonic.elapsed(), self.wall.elapsed());
        *self = Clocks::read();
        parted(monotonic, wall.map_err(|backwards| backwards.duration()))
    }
}

/// How long it was by each clock; the wall clock may have gone backwards by `Err`.
fn parted(monotonic: Duration, wall: Result<Duration, Duration>) -> bool {
    let apart = match wall {
        Ok(wall) => wall.abs_diff(monotonic),
        Err(backwards) => backwards.saturating_add(monotonic),
    };
    apart > JUMP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_of_the_wall_clock_against_the_other_is_seen() {
        let seconds = Duration::from_secs;
        for (name, monotonic, wall, expected) in [
            ("nothing special", seconds(5), Ok(seconds(5)), false),
            ("a correction", seconds(5), Ok(seconds(20)), false),
            ("a suspend", seconds(5), Ok(seconds(3600)), true),
            ("a long wait", seconds(3600), Ok(seconds(3601)), false),
            ("set back a little", seconds(5), Err(seconds(10)), false),
            ("set back", seconds(5), Err(seconds(60)), true),
        ] {
            assert_eq!(parted(monotonic, wall), expected, "{name}");
        }
    }
}
