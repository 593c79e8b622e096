//! `wyzepal-tail`: tails the event queue of a WyzePal or Zulip server.
//!
//! A tour:
//!
//! - **What is wanted.** [`cli`] has the options as typed, [`command_line`] makes them of words, [`rcfile`] reads the
//!   account's file, [`login`] puts both and the environment together, [`config`] makes values of the others that are
//!   final, beside the [`timing`] that has no option. Types that read themselves from a text: [`duration`], [`when`], [`site`], [`secret`], and
//!   [`selection`] with its narrows. [`nearest`] guesses what a misspelt name was meant to be.
//! - **The run.** [`start`] wires the parts for whichever run it is: [`tail`], [`check`], [`replay`], or
//!   [`generate`]. [`watch`] is what may end it from outside, [`error`] how it ends and with which code, and
//!   [`notice`] is what it prints on stderr meanwhile. [`terminal`] knows what can be shown, and [`patient`] waits
//!   for streams that others have made non-blocking.
//! - **The server.** [`api`] sends requests to it, [`retry`] has how long to wait after a failure, [`lookup`] fetches
//!   names in the background. [`demo`] is a small one for people who have none.
//! - **What comes.** An [`event`] is its id, its kind and the server's own bytes, a [`row`] a message of the
//!   history, made into an event; [`kind`] has their names, a [`listed`] is an entry of a list of people or channels, [`fields`] parses objects.
//! - **What is printed.** [`delivery`] decides what is new, [`output`] makes lines of it (in the time of a
//!   [`zone`]), [`printer`] counts and writes them, [`cursor`] remembers where the next run goes on, [`seen`] names for
//!   completion; [`fsync`] knows which failures to save are real.
//!
//! One event's way: [`api`] splits the answer while it arrives, [`tail`] asks [`selection`] and [`delivery`]
//! about it, [`output`] renders it and writes the line, [`cursor`] saves the place, and the next poll, which
//! acknowledges it, leaves only after that. All of it on the main thread, which waits by [`watch`].
//!
//! Imports go from the run down to the parts, and parts know nothing of the run. Only [`api`] knows the HTTP
//! client, only [`output`] colours, and nothing but [`login`] knows the [`demo`].

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod api;
mod check;
mod cli;
mod command_line;
mod config;
mod cursor;
mod delivery;
mod demo;
mod duration;
mod error;
mod event;
mod fields;
mod fsync;
mod generate;
mod kind;
mod listed;
mod login;
mod lookup;
mod nearest;
mod notice;
mod output;
mod patient;
mod printer;
mod rcfile;
mod replay;
mod retry;
mod row;
mod secret;
mod seen;
mod selection;
mod site;
mod start;
mod tail;
mod terminal;
mod timing;
mod watch;
mod when;
mod zone;

use std::time::Instant;

fn main() {
    start::run(Instant::now());
}
