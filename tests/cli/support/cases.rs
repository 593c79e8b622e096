//! Many cases of one test at the same time, as each spends most of its time waiting.
//!
//! Not for cases that measure each other: whatever is timed closely has a test of its own.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// So many at a time, in all tests together: more would only wait for the processor.
const TOGETHER: usize = 16;

static PLACES: Mutex<usize> = Mutex::new(TOGETHER);
static LEFT: Condvar = Condvar::new();

/// A case that runs takes one of the places.
struct Place;

impl Place {
    fn take() -> Place {
        let places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        let free = LEFT.wait_while(places, |places| *places == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Place
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *PLACES.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        LEFT.notify_one();
    }
}

/// Runs all the cases, each on a thread of its name, which is what a failure shows first.
pub fn at_once<N: Into<String>, C: Send>(
    cases: impl IntoIterator<Item = (N, C)>,
    test: impl Fn(&str, C) + Sync,
) {
    let test = &test;
    thread::scope(|scope| {
        for (name, case) in cases {
            let (name, place) = (name.into(), Place::take());
            let thread = thread::Builder::new().name(name.clone());
            let run = move || {
                let _place = place;
                test(&name, case);
            };
            thread.spawn_scoped(scope, run).expect("a thread");
        }
    });
}
