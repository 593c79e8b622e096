//! How long things may take and must take, on a machine that is busy with other tests.
//!
//! Tests wait for what happens, and these only end waits that are in vain; where nothing tells that
//! something did *not* happen, they give it a moment.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::run::PROGRAM;

/// How long a test waits for anything. Long, as it costs nothing unless the test fails.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// What takes no time.
pub const SOON: Duration = Duration::from_millis(1400);

/// Less than the shortest pause that the program makes between two tries, as the times of requests
/// are noted late.
pub const PAUSE: Duration = Duration::from_millis(500);

/// Long enough for a request that would be wrong, if it were to come.
pub const MOMENT: Duration = Duration::from_millis(200);

/// Waits for what nobody announces, and fails at the deadline: `what` completes the sentence "waited in
/// vain for …".
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(
            Instant::now() < end,
            "waited {DEADLINE:?} in vain for {what}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// Fails unless `since` is no longer ago than `limit`, or this machine is so busy that nothing could be
/// done in that time.
#[track_caller]
pub fn assert_within(limit: Duration, since: Instant) {
    let took = since.elapsed();
    if took < limit {
        return;
    }
    let started = Instant::now();
    let mut nothing = Command::new(PROGRAM);
    nothing.arg("--version").stdout(Stdio::null());
    nothing.status().expect("the program starts");
    // On a quiet machine that is a quarter of a second.
    let late = 5 * started.elapsed();
    assert!(
        took < limit + late,
        "took {took:?}, of {limit:?} and {late:?}"
    );
}
