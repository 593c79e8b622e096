//! The program as its users meet it: run against a server on loopback, and asked for what it
//! printed and how it ended.

mod interrupt;
mod lost;
mod pipe;
mod queue;
mod recorded;
mod retry;
mod support;
