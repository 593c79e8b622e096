//! `--demo`: a small server inside this process, with a cast that talks, so that a tail can be tried without
//! an account. It is spoken to over HTTP, like any other.
//!
//! The [`cast`] plays a [`script`] into a [`log`] of all that has happened, and the [`server`] hands it out.
//! Their threads end with the process.

mod cast;
mod history;
mod http;
mod log;
mod roster;
mod script;
mod server;
#[cfg(test)]
mod tests;
mod view;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;

use cast::Cast;
use log::Log;
use server::Server;

/// The account that tails, a bot, and its key.
pub use roster::{EMAIL, KEY};

/// Starts a demo and returns at once with its address, `http://127.0.0.1:PORT`; an error if no port or no thread is
/// to be had.
pub fn start() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let site = format!("http://{}", listener.local_addr()?);
    let mut log = Log::default();
    Cast::new()?.play_history(&mut log, Timestamp::now());
    let cast = Cast::new()?;
    let server = Arc::new(Server::new(site.clone(), log));
    let playing = Arc::clone(&server);
    let thread = thread::Builder::new().name("demo cast".into());
    thread.spawn(move || playing.play(cast))?;
    let thread = thread::Builder::new().name("demo server".into());
    thread.spawn(move || server.serve(&listener))?;
    Ok(site)
}
