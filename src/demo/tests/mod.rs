//! The demo's server over a socket, and what its cast looks like on a terminal.

mod client;
/// Pages of history.
mod pages;
/// Queues and polls.
mod queues;
/// Everything about a request that is not right, and the rest of the endpoints.
mod requests;
/// What the cast does, as summaries.
mod summaries;
