//! Tests of the harness: what it plays and what it must notice.
//!
//! Not for tests of the program.

mod client;
mod faults;
mod fixtures;
mod history;
mod queues;
mod run;
mod script;
mod waits;
