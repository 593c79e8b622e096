//! Cases that run together, and limits of time, fail where they should.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::cases::at_once;
use crate::support::times::assert_within;

#[test]
fn all_cases_are_run_by_their_names_and_more_of_them_than_there_is_room_for() {
    let seen = Mutex::new(Vec::new());
    at_once(
        (0..50).map(|case| (case.to_string(), case)),
        |name, case| {
            assert_eq!(std::thread::current().name(), Some(name));
            seen.lock().expect("no case failed").push(case);
        },
    );
    let mut seen = seen.into_inner().expect("no case failed");
    seen.sort_unstable();
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_case_that_fails_fails_the_test() {
    at_once([("good", 1), ("bad", 2), ("good", 1)], |_, case| {
        assert_eq!(case, 1);
    });
}

#[test]
#[should_panic(expected = "took ")]
fn what_takes_too_long_on_any_machine_fails_the_test() {
    assert_within(Duration::ZERO, Instant::now());
    let long_ago = Instant::now().checked_sub(Duration::from_mins(2));
    assert_within(
        Duration::from_secs(1),
        long_ago.expect("a machine that has run so long"),
    );
}
