//! The demo's server over a socket.

mod client;
/// Pages of history.
mod pages;
/// Queues and polls.
mod queues;
/// Everything about a request that is not right, and the rest of the endpoints.
mod requests;
