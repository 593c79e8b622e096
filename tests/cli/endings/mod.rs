//! The end of a run, whatever it is doing at that moment: what was printed is saved, the queue is deleted,
//! and it takes two seconds at most.
//!
//! Not for the simple cases of a signal (`interrupt.rs`) or of a reader that leaves (`pipe.rs`).

mod moments;
mod namespace;
mod slow;
mod table;

use std::time::Duration;

use serde_json::Value;

use crate::support::expect::Expect;
use crate::support::gate::Gate;
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::{Running, end};
use crate::support::server::Server;
use crate::support::times::wait_until;

/// How long an end may take, and a little for the machine.
const LIMIT: Duration = Duration::from_millis(2600);
/// The same where nothing is waited for.
const AT_ONCE: Duration = Duration::from_millis(1200);

/// The last event in the cursor file; none if there is no such file.
fn saved(home: &Home) -> Option<i64> {
    let text = std::fs::read_to_string(home.path("cursor")).ok()?;
    let place: Value = serde_json::from_str(&text).expect("a whole cursor file");
    place["last_event_id"].as_i64()
}

/// A run that keeps its place.
fn keeping(server: &Server, home: &Home) -> Tail {
    let tail = Tail::new(&server.site()).home(home);
    tail.args(["--cursor-file", "cursor"])
}

/// How many such requests have come.
fn count(server: &Server, wanted: &Expect) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| wanted.fits(request))
        .count()
}

/// The lines that are complete.
fn whole_lines(text: &str) -> Vec<&str> {
    let lines = text.split_inclusive('\n');
    lines.filter_map(|line| line.strip_suffix('\n')).collect()
}

/// The answer that has these events, in pieces of one event each.
fn in_pieces(texts: &[String], gate: &Gate) -> Reply {
    let (head, tail) = ("{\"result\":\"success\",\"msg\":\"\",\"events\":[", "]}");
    let width = head.len() + texts.iter().map(String::len).max().unwrap_or_default() + tail.len();
    let mut body = String::new();
    for (index, text) in texts.iter().enumerate() {
        let (before, after) = match index {
            0 => (head, ","),
            _ if index + 1 == texts.len() => ("", tail),
            _ => ("", ","),
        };
        let piece = format!("{before}{text}{after}");
        body.push_str(&piece);
        body.push_str(&" ".repeat(width - piece.len()));
    }
    Reply::text(200, "application/json", body).chunked(width, gate)
}

/// Events that take two pages of memory each, far more of them than a pipe holds.
fn long_pieces() -> Vec<String> {
    let long = "x".repeat(6000);
    let text = |id| format!("{{\"type\":\"typing\",\"id\":{id},\"text\":\"{long}\"}}");
    (0..50).map(text).collect()
}

/// Lets pieces through, which nobody reads, until one is stuck on its way into the pipe; how many were written
/// before.
#[track_caller]
fn write_until_stuck(running: &mut Running, gate: &Gate, pieces: &[String]) -> usize {
    running.stall();
    let mut due = 0;
    for (written, piece) in pieces.iter().enumerate() {
        due += piece.len() as u64 + 1;
        gate.let_through(1);
        wait_until("a piece to be written", || {
            running.is_stuck() || running.unread() >= due
        });
        if running.unread() < due {
            return written;
        }
    }
    panic!("a pipe holds {due} bytes");
}
