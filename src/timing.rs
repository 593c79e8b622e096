//! How long the program waits where no option says so.

use std::env;
use std::time::Duration;

/// The waits of a run.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long an event may be on its way to a queue.
    pub on_its_way: Duration,
    /// The pause after a first failure; the next ones are longer.
    pub retry: Duration,
}

impl Timing {
    /// That of this run. Tests that are not about it need not wait as long as users do: they may have a tenth of it,
    /// from a debug build only.
    pub fn of_this_run() -> Timing {
        let short = cfg!(debug_assertions) && env::var_os("WYZEPAL_TAIL_SHORT_WAITS").is_some();
        let part = if short { 10 } else { 1 };
        Timing {
            on_its_way: Duration::from_secs(10) / part,
            retry: Duration::from_secs(1) / part,
        }
    }
}
