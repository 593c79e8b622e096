//! Lines of the table, and the figures in them.

use std::io::{self, Write};
use std::time::Duration;

use crate::Outcome;
use crate::measure::median;

/// The names of the columns.
pub fn heading() -> Outcome<()> {
    say(&format!(
        "{:<52}{:>10}{:>10}{:>8}{:>8}{:>8}",
        "", "ours", "theirs", "ratio", "must", "goal"
    ))
}

/// A comparison; the limits are must and goal.
pub fn row(name: &str, ours: f64, theirs: f64, [must, goal]: [&str; 2]) -> Outcome<()> {
    let ratio = ours / theirs;
    say(&format!(
        "{name:<52}{ours:>10.2}{theirs:>10.2}{ratio:>8.3}{must:>8}{goal:>8}"
    ))
}

/// Anything else.
pub fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// The median.
pub fn middle<T: Copy + PartialOrd + Default>(values: impl IntoIterator<Item = T>) -> T {
    median(values.into_iter().collect()).unwrap_or_default()
}

/// In milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// From kB, of 1024 bytes.
pub fn mb(memory: u64) -> f64 {
    u32::try_from(memory).map_or(f64::INFINITY, f64::from) / 1024.0
}
