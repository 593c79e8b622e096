//! Golden summaries: committed lines in `tests/fixtures` that whoever changes a description reads in
//! the diff. `UPDATE_GOLDEN=1 cargo test --bin wyzepal-tail golden` writes them anew.
//!
//! Not for odd events: those are beside each description.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Summary;
use super::telling::{summary, typed};
use crate::output::palette::Color;

/// Lines of events that follow each other: no colours, not cut, times of UTC.
pub struct Lines {
    summary: Summary,
    out: Vec<u8>,
}

impl Lines {
    /// None yet.
    pub fn new() -> Lines {
        Lines {
            summary: summary(Color::Off, None),
            out: Vec::new(),
        }
    }

    /// Adds the line of an event that arrives then.
    pub fn add(&mut self, text: &str, now: Timestamp) {
        self.summary.render(&typed(text), Some(now), &mut self.out);
    }

    /// Compares them with a file in `tests/fixtures`, or writes it.
    #[track_caller]
    pub fn assert_golden(self, name: &str) {
        let lines = String::from_utf8(self.out).expect("text");
        let path = fixture(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, lines).expect("the golden file written");
            return;
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        let todo = "UPDATE_GOLDEN=1 cargo test --bin wyzepal-tail golden";
        for (number, (line, wanted)) in lines.lines().zip(golden.lines()).enumerate() {
            let number = number + 1;
            assert_eq!(line, wanted, "{name}, line {number}; {todo}");
        }
        let (count, wanted) = (lines.lines().count(), golden.lines().count());
        assert_eq!(count, wanted, "number of lines in {name}; {todo}");
    }
}

/// A file in `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

#[track_caller]
fn assert_recorded(version: &str, now: &str) {
    let events = fixture(&format!("events-{version}.jsonl"));
    let recorded = fs::read_to_string(events).expect("the recording");
    // About when it was recorded; events with a time of their own have that.
    let now = now.parse().expect("a time");
    let mut lines = Lines::new();
    for event in recorded.lines() {
        lines.add(event, now);
    }
    lines.assert_golden(&format!("summaries-{version}.txt"));
}

#[test]
fn golden_lines_of_the_recorded_events() {
    assert_recorded("9.2", "2026-11-22T19:30:00Z");
    assert_recorded("10.2", "2026-11-28T10:30:00Z");
}
