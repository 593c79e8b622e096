//! What the tests of the command line stand on: servers to talk to, a way to run the program, recorded data.
//!
//! Not for tests of behaviour; the harness itself is tested in `selftest`.

pub mod account;
pub mod answers;
pub mod board;
pub mod cases;
pub mod census;
pub mod expect;
pub mod fixtures;
pub mod flow;
pub mod gate;
pub mod greeter;
pub mod http;
pub mod listener;
pub mod model;
pub mod reply;
pub mod repository;
pub mod run;
pub mod running;
pub mod screen;
pub mod server;
pub mod takeover;
pub mod tally;
pub mod terminal;
pub mod times;
pub mod tls;
pub mod vitals;

mod selftest;
