//! The demo's server over a socket, and what its cast looks like on a terminal.

mod client;
mod pages;
mod queues;
mod requests;
mod summaries;
