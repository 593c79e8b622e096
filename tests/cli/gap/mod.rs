//! Lost queues, restarts and trouble of every kind: each message that still exists is printed
//! once, and what cannot be recovered is said.

mod holes;
mod queues;
mod reported;
mod start;

use crate::support::model::Model;
use crate::support::run::{Home, Tail};
use crate::support::running::{Exit, Running, Signal};

/// A run of messages only that has registered its queue and waits.
fn follow(model: &Model, args: &[&str]) -> Running {
    start(Tail::new(&model.site()), model, args)
}

/// The same, which compares with history soon after trouble: all that must not look like a gap is sent before, or by a
/// clock of the server that makes it young.
fn follow_with_short_waits(model: &Model, args: &[&str]) -> Running {
    start(Tail::new(&model.site()).with_short_waits(), model, args)
}

fn start(tail: Tail, model: &Model, args: &[&str]) -> Running {
    let tail = tail.args(["-e", "message"]).args(args.iter().copied());
    let running = tail.start();
    model.wait_idle();
    running
}

/// Waits for that many lines and ends the run.
#[track_caller]
fn end_after(running: Running, lines: usize) -> Exit {
    running.wait_lines(lines);
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::INT), "{exit}");
    exit
}

fn once(model: &Model, home: &Home) -> Tail {
    Tail::new(&model.site())
        .home(home)
        .args(["-e", "message", "--once", "--cursor-file", "cursor"])
}
