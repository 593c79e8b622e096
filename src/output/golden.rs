//! Golden lines of summaries and of the chat: committed lines in `tests/fixtures` that whoever changes a sentence
//! reads in the diff. `UPDATE_GOLDEN=1 cargo test --bin wyzepal-tail golden` writes them anew.
//!
//! Not for odd events: those are beside each sentence.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Renderer;
use super::chat::{Chat, tests::chat};
use super::palette::Color;
use super::summary::telling::{summary, typed};

/// Lines of events that follow each other, with times of UTC.
pub struct Lines {
    renderer: Renderer,
    out: Vec<u8>,
}

/// Columns of terminals that people have.
pub const WIDTHS: [usize; 3] = [60, 80, 120];

impl Lines {
    /// Summaries, without colours and not cut.
    pub fn summaries() -> Lines {
        let summary = summary(Color::Off, None);
        Lines {
            renderer: Renderer::Summary(Box::new(summary)),
            out: Vec::new(),
        }
    }

    /// A chat, whose reader has that id.
    pub fn chat(color: Color, width: usize, own_id: i64) -> Lines {
        let mut chat: Chat = chat(color, width);
        chat.sentences.names().own_id = Some(own_id);
        Lines {
            renderer: Renderer::Chat(Box::new(chat)),
            out: Vec::new(),
        }
    }

    /// Adds the line of an event that arrives then.
    pub fn add(&mut self, text: &str, now: Timestamp) {
        let event = typed(text);
        if self.renderer.leaves_out(&event) {
            self.renderer.learn_names(&event);
        } else {
            self.renderer.render(&event, Some(now), &mut self.out);
        }
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
fn assert_recorded(version: &str, now: &str, own_id: i64) {
    let events = fixture(&format!("events-{version}.jsonl"));
    let recorded = fs::read_to_string(events).expect("the recording");
    // About when it was recorded; events with a time of their own have that.
    let now = now.parse().expect("a time");
    let assert = |mut lines: Lines, name: String| {
        for event in recorded.lines() {
            lines.add(event, now);
        }
        lines.assert_golden(&name);
    };
    assert(Lines::summaries(), format!("summaries-{version}.txt"));
    for width in WIDTHS {
        let lines = Lines::chat(Color::Off, width, own_id);
        assert(lines, format!("chat-{version}-{width}.txt"));
    }
}

#[test]
fn golden_lines_of_the_recorded_events() {
    assert_recorded("9.2", "2026-11-22T19:30:00Z", 24);
    assert_recorded("10.2", "2026-11-28T10:30:00Z", 42);
}
