//! Servers that are broken or mean it badly: memory stays bounded, nothing spins, and stderr says
//! in one line what is wrong.
//!
//! Not for ordinary trouble, which passes (`retry.rs`), nor for secrets (`secrets.rs`).

mod answers;
mod events;
mod history;
mod queues;
mod refusals;
mod wrong;

use std::thread;
use std::time::Duration;

use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::Tail;
use crate::support::running::Signal;
use crate::support::server::Server;

/// Most of it is the program itself, which is larger when built for tests.
const MODEST: u64 = 50_000;

/// How long a run is watched.
const WATCHED: Duration = Duration::from_secs(1);

/// Requests in that time: one a second at the most, and a few at the start.
const FEW: usize = 12;

fn json_reply(body: impl Into<Vec<u8>>) -> Reply {
    Reply::text(200, "application/json", body)
}

/// Watches a run for a while: it must say `part`, ask little, and hold little.
#[track_caller]
fn endures(name: &str, server: &Server, tail: Tail, part: &str, memory: u64) {
    let running = tail.args(["-v"]).start();
    running.wait_stderr(part);
    // Whoever spins asks hundreds of times meanwhile.
    thread::sleep(WATCHED);
    let peak = running.peak_memory();
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert!(peak < memory, "{name}: {peak} kB");
    assert_eq!(exit.signal, Some(Signal::TERM), "{name}: {exit}");
    let requests = server.requests();
    assert!(requests.len() <= FEW, "{name}: {requests:#?}");
    let about = exit.stderr.lines().filter(|line| line.contains(part));
    assert!(about.count() <= requests.len(), "{name}: {exit}");
    for line in exit.stderr.lines() {
        assert!(line.starts_with("wyzepal-tail: "), "{name}: {exit}");
        assert!(line.len() < 400, "{name}: {line}");
    }
}

/// Any poll of our queue.
fn any_poll() -> Expect {
    Expect::poll().param("queue_id", "q")
}
