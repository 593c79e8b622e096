//! `wyzepal-tail`: tails the event queue of a WyzePal or Zulip server.
//!
//! This file parses, resolves, wires the parts, runs the tail, and turns its result into a message
//! and an exit code. One event's way: `api` splits the answer while it arrives, `poller` hands it to
//! the main thread, `tail` decides whether it is new, `output` renders it, and the next poll, which
//! acknowledges it, leaves only after its line has been written.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod account;
mod api;
mod bare;
mod check;
mod cli;
mod config;
mod cursor;
mod deadline;
mod delivery;
mod demo;
mod duration;
mod error;
mod event;
mod fields;
mod generate;
mod kind;
mod lookup;
mod notice;
mod output;
mod poller;
mod rcfile;
mod replay;
mod retry;
mod secret;
mod selection;
mod signals;
mod since;
mod site;
mod start;
mod stop;
mod tail;
mod zone;

use std::time::Instant;

use error::Exit;
use notice::Level;
use start::Ending;

fn main() {
    let started = Instant::now();
    let (notices, ending) = start::run(started);
    let exit = match ending {
        Ending::Done => Exit::Done,
        Ending::TimedOut => Exit::TimedOut,
        Ending::Lost => Exit::Lost,
        Ending::Checked(exit) => exit,
        Ending::Failed(error) => {
            notices.say(Level::Error, &error.to_string());
            error.exit()
        }
        Ending::Killed(signal) => {
            signal.die();
            Exit::Failed
        }
    };
    exit.leave();
}
