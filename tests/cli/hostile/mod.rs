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

use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::Tail;
use crate::support::server::Server;

/// Most of it is the program itself, which is larger when built for tests.
const MODEST: u64 = 50_000;

/// How long a run is watched, as it is told; at most one request a second, and a few at the start.
const WATCHED: [&str; 3] = ["-v", "-W", "4s"];

const FEW: usize = 12;

fn json_reply(body: impl Into<Vec<u8>>) -> Reply {
    Reply::text(200, "application/json", body)
}

/// Watches a run for a while: it must say `part`, ask little, and hold little.
#[track_caller]
fn endures(name: &str, server: &Server, tail: Tail, part: &str, memory: u64) {
    let running = tail.args(WATCHED).start();
    running.wait_stderr(part);
    let peak = running.peak_memory();
    let exit = running.wait_exit();
    assert!(peak < memory, "{name}: {peak} kB");
    assert!(matches!(exit.code, Some(0 | 124)), "{name}: {exit}");
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
