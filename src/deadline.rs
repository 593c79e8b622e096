//! `--timeout`: when the run is over, and with which code. The loops look at the time themselves; here
//! is what happens when they cannot.

use std::io;
use std::thread;
use std::time::Instant;

use crate::config::Plan;
use crate::error::Exit;
use crate::signals::LAST_WORDS;

/// When the run is over.
pub fn at(plan: &Plan, started: Instant) -> Option<Instant> {
    plan.timeout.and_then(|limit| started.checked_add(limit))
}

/// How it ends then: something may have been left to do.
pub fn exit(plan: &Plan) -> Exit {
    if plan.once || plan.count.is_some() {
        Exit::TimedOut
    } else {
        Exit::Done
    }
}

/// Ends the process some time after its deadline if it has not ended by itself: the main thread may
/// be stuck in a write that nobody reads. What was being written is not acknowledged.
pub fn watch(
    plan: &Plan,
    started: Instant,
    last_words: impl Fn() + Send + 'static,
) -> io::Result<()> {
    let Some(timeout) = plan.timeout else {
        return Ok(());
    };
    let exit = exit(plan);
    let left = timeout.saturating_sub(started.elapsed());
    thread::Builder::new()
        .name("deadline".into())
        .spawn(move || {
            thread::sleep(left.saturating_add(LAST_WORDS));
            last_words();
            exit.leave();
        })
        .map(drop)
}
