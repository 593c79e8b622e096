//! Many cases of one test at the same time, as each spends most of its time waiting.
//!
//! Not for cases that measure each other: whatever is timed closely has a test of its own.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// So many at a time: more would only wait for the processor.
const TOGETHER: usize = 12;

/// Runs all the cases, each on a thread of its name, which is what a failure shows first.
pub fn at_once<N: Into<String> + Send, C: Send>(
    cases: impl IntoIterator<Item = (N, C), IntoIter: Send>,
    test: impl Fn(&str, C) + Sync,
) {
    let (cases, test) = (Mutex::new(cases.into_iter()), &test);
    let next = || cases.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some((name, case)) = next() {
            let name: String = name.into();
            thread::scope(|scope| {
                let thread = thread::Builder::new().name(name.clone());
                let run = || test(&name, case);
                thread.spawn_scoped(scope, run).expect("a thread");
            });
        }
    };
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(work);
        }
    });
}
