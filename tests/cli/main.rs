//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod cursor;
mod gap;
mod history;
mod meta;
mod recorded;
mod schedule;
mod support;
